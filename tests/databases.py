"""Databases made from the template of a test server, used again: after a test one gets its rows back.

To make a database a thousand files are copied, and nothing of it is in memory; a test changes some rows of a few tables.
A database is dropped instead where its catalogue was changed (tables, triggers, rights, statistics) or much was written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import psycopg

from tests.books import database, run_sql

NUMBERS = count(1)
MOST_USES, MOST_ROWS = 40, 3000  # deleted rows stay in the files
TEMPORARY = ("pg_class", "pg_attribute", "pg_attrdef", "pg_type", "pg_index", "pg_constraint", "pg_namespace")
"""Where temporary tables leave nothing; whatever else of the catalogue was written is a change."""
QUIET = "-c session_replication_role=replica -c track_counts=off"  # no trigger fires, and none of this is counted
TABLES = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
OTHERS_END = """SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_get_activity(NULL) AS one
                WHERE one.datid = (SELECT oid FROM pg_database WHERE datname = current_database())
                      AND one.pid <> pg_backend_pid()"""  # what they wrote is counted when they have ended
WRITTEN = """SELECT relname, relnamespace = 'public'::regnamespace, written FROM pg_class,
             LATERAL (SELECT pg_stat_get_tuples_inserted(oid) + pg_stat_get_tuples_updated(oid)
                             + pg_stat_get_tuples_deleted(oid)) AS counted (written)
             WHERE relkind = 'r' AND NOT relisshared AND written > 0"""
NEWER = "SELECT count(*), min(age(xmin)) >= age('{mark}'::xid) FROM {name} {which}"  # a changed row counts as a new one
LASTING = {"pg_namespace": "WHERE nspname !~ '^pg_(toast_)?temp_'"}
OWN = """SELECT datdba, datacl, datallowconn, datconnlimit,
                (SELECT count(*) FROM pg_db_role_setting WHERE setdatabase = oid),
                (SELECT sum(reltuples) FROM pg_class WHERE relnamespace = 'public'::regnamespace)
         FROM pg_database WHERE datname = current_database()"""


class Databases:
    """Databases of one template; those given back and whole wait to be taken."""

    def __init__(self, server: str, template: str) -> None:
        self.server, self.template = server, template
        self.uses: dict[str, int] = {}
        self.waiting: list[str] = []
        with psycopg.connect(database(server, template)) as connection:
            self.mark = str(connection.execute("SELECT pg_current_xact_id()::xid::text").fetchone()[0])
            self.own = connection.execute(OWN).fetchone()
            self.counts = {name: connection.execute(self._newer(name)).fetchone() for name in TEMPORARY}
            self.rows = {name: read(connection, name) for (name,) in connection.execute(TABLES).fetchall()}

    @contextmanager
    def one(self) -> Iterator[str]:
        """Yield the name of a database as the template is."""
        name = self.waiting.pop() if self.waiting else self._made()
        try:
            yield name
        finally:
            self._back(name)

    def _back(self, name: str) -> None:
        self.uses[name] += 1
        if self.uses[name] < MOST_USES and self._restored(name):
            self.waiting.append(name)
        else:
            run_sql(self.server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def close(self) -> None:
        """Drop those that wait."""
        for name in self.waiting:
            run_sql(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def _made(self) -> str:
        name = f"kasse_{os.getpid()}_{next(NUMBERS)}"
        run_sql(self.server, f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY = FILE_COPY")
        self.uses[name] = 0
        return name

    def _restored(self, name: str) -> bool:
        """Give a database the rows of its template; return whether that is enough."""
        try:
            connection = psycopg.connect(database(self.server, name), autocommit=True, options=QUIET)
        except psycopg.OperationalError:  # the test dropped it
            return False
        with connection:
            connection.execute(OTHERS_END)
            written = connection.execute(WRITTEN).fetchall()
            tables = {table: rows for table, ours, rows in written if ours}
            catalogue = [table for table, ours, _ in written if not ours]
            if sum(tables.values()) > MOST_ROWS or not self._same(connection, catalogue):
                return False
            self._write(connection, list(tables))
        return True

    def _same(self, connection: psycopg.Connection, written: list[str]) -> bool:
        """Return whether the catalogue says what the template's says, where some of it was written."""
        if connection.execute(OWN).fetchone() != self.own or not {*TEMPORARY, "pg_depend"}.issuperset(written):
            return False
        asked = [name for name in written if name in self.counts]
        return all(connection.execute(self._newer(name)).fetchone() == self.counts[name] for name in asked)

    def _newer(self, name: str) -> str:
        return NEWER.format(mark=self.mark, name=name, which=LASTING.get(name, ""))

    def _write(self, connection: psycopg.Connection, tables: list[str]) -> None:
        deleted = "".join(f'DELETE FROM "{table}";' for table in tables)
        connection.execute(f"BEGIN; {deleted}")
        for table in filter(self.rows.get, tables):
            with connection.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(self.rows[table])
        connection.execute("COMMIT; SELECT pg_stat_reset()")


def read(connection: psycopg.Connection, table: str) -> bytes:
    """Return all rows of a table in the form of COPY."""
    with connection.cursor().copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(block) for block in copy)
