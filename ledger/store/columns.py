"""The columns every table is made of, one spelling for both engines.

SQLite's STRICT tables refuse VARCHAR and DATE, so days are ISO text on both engines (docs/adr/0002): one SQL
text then serves both, and ordering is the same because PostgreSQL sorts them by bytes (collation C).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    event,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field


class Text(TypeDecorator[str]):
    """Unicode text, compared and sorted by its bytes."""

    impl = SqlText
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return TEXT COLLATE "C" on PostgreSQL and TEXT on SQLite."""
        return dialect.type_descriptor(
            postgresql.TEXT(collation="C") if dialect.name == "postgresql" else sqlite.TEXT()
        )


class Day(Text):
    """A calendar day as ISO text, checked for its shape."""

    cache_ok = True


class Cents(TypeDecorator[int]):
    """Whole cents in 64 bits."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return BIGINT on PostgreSQL and INTEGER on SQLite."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "postgresql" else Integer())


class Number(Cents):
    """A count, an identifier or a position in 64 bits."""

    cache_ok = True


class Flag(TypeDecorator[int]):
    """0 or 1."""

    impl = SmallInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Return SMALLINT on PostgreSQL and INTEGER on SQLite."""
        return dialect.type_descriptor(SmallInteger() if dialect.name == "postgresql" else Integer())


class Bytes(TypeDecorator[bytes]):
    """Raw bytes: hashes, salts, what was hashed."""

    impl = LargeBinary
    cache_ok = True


@event.listens_for(Column, "after_parent_attach")
def _check_shape(column: Column[Any], table: Any) -> None:
    """Give every day and flag column the check that its type promises."""
    if not isinstance(table, Table):
        return
    name = column.name
    if isinstance(column.type, Day):
        shape = f"{name} LIKE '____-__-__'"  # one call: rows have up to four days
        table.append_constraint(CheckConstraint(shape, name=f"ck_{table.name}_{name}_day"))
    if isinstance(column.type, Flag):
        table.append_constraint(CheckConstraint(f"{name} IN (0, 1)", name=f"ck_{table.name}_{name}_flag"))


def text(**kw: Any) -> Any:
    """Declare a text column."""
    return Field(sa_type=Text, **kw)


def day(**kw: Any) -> Any:
    """Declare a day column."""
    return Field(sa_type=Day, **kw)


def cents(**kw: Any) -> Any:
    """Declare a money column."""
    return Field(sa_type=Cents, **kw)


def number(**kw: Any) -> Any:
    """Declare a count or identifier column."""
    kw.setdefault("sa_column_kwargs", {"autoincrement": False} if kw.get("primary_key") else {})
    return Field(sa_type=Number, **kw)


def flag(**kw: Any) -> Any:
    """Declare a 0/1 column."""
    return Field(sa_type=Flag, **kw)


def raw(**kw: Any) -> Any:
    """Declare a bytes column."""
    return Field(sa_type=Bytes, **kw)


def proven_key(columns: Sequence[str], targets: Sequence[str], *, name: str, **kw: Any) -> ForeignKeyConstraint:
    """Return a foreign key of rows that are written by the ten thousand and never change what they refer to.

    SQLite checks it as a constraint. A guard of PostgreSQL does for all rows of a statement, because the server
    would look up, and lock, what each single row refers to; nothing that is referred to is ever deleted.
    """
    return ForeignKeyConstraint(columns, targets, name=name, info={"proven": True}, **kw).ddl_if(dialect="sqlite")


def strict(*constraints: Any, clustered: bool = False, updated: bool = False) -> tuple[Any, ...]:
    """Return the table arguments all tables share; `clustered` keeps narrow rows in their key's order.

    `updated` leaves half of each page free on PostgreSQL, so that rows which change in bulk soon after they are
    written stay in their page and no index is touched.
    """
    options: dict[str, Any] = {"sqlite_strict": True}
    if updated:
        options["postgresql_with"] = {"fillfactor": 50}
    if clustered:
        options["sqlite_with_rowid"] = False
    return (*constraints, options)
