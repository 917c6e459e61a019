"""What all tables of a book declare, read without declaring them: SQLModel takes two seconds to do so.

The data stand in `declared.json` beside this module, made from the tables by `python -m kasse_cli.schema`; a test
compares them with the tables. Whoever makes guards takes them from the tables, whoever compares them from here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ledger.store.changes import Changes

NAME = "declared.json"
"""The file with the data, a line for each table."""


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    text = (files("ledger") / "store" / NAME).read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


def permitted_changes() -> Mapping[str, Changes]:
    """Return for each table of a book what may change after a row was written."""
    return {name: _changes(table) for name, table in _tables().items() if "mutable" in table}


def signatures() -> Iterator[tuple[str, str, str]]:
    """Yield table and columns of each signature: a person and, beside it, the moment."""
    for name, table in _tables().items():
        for column, moment in table.get("signed", ()):
            yield name, column, moment


def _changes(table: Mapping[str, Any]) -> Changes:
    return Changes(
        tuple(table["mutable"]),
        tuple(table.get("once", ())),
        {name: {old: tuple(new) for old, new in steps.items()} for name, steps in table.get("steps", {}).items()},
        tuple(table.get("erasable", ())),
        tuple((tuple(own), of, tuple(key)) for own, of, key in table.get("refers", ())),
    )
