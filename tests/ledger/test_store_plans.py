"""Figures for the planners: taken after much was written, never by what only tries."""

import os
import sqlite3
from contextlib import closing

import pytest

from ledger.store import postgres
from ledger.store.sqlite import MANY_CHANGES
from tests.bankbooks import OFFICES
from tests.books import database, opened, run_sql, sqlite_copy


@pytest.fixture
def place(sqlite_template, tmp_path):
    with sqlite_copy(sqlite_template, tmp_path) as location:
        yield location


def write(store, count: int) -> None:
    with store.unit(OFFICES):
        store.execute("CREATE TEMPORARY TABLE many (n BIGINT)")
        store.insert("many", ("n",), ((number,) for number in range(count)))
        store.execute("DROP TABLE many")


def counted(place: str) -> bool:
    with closing(sqlite3.connect(place)) as book:
        return bool(book.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone()[0])


CASES = {"few rows": (MANY_CHANGES - 1, False), "many rows": (MANY_CHANGES, True)}


@pytest.mark.parametrize("case", CASES)
def test_after_many_changes_the_rows_are_counted(place, case):
    count, expected = CASES[case]
    store = opened(place)
    write(store, count)
    store.close()
    assert counted(place) == expected
    if expected:
        with closing(sqlite3.connect(place)) as book:
            tables = {table for (table,) in book.execute("SELECT tbl FROM sqlite_stat1")}
            assert "account" in tables


def test_a_rehearsal_leaves_the_file_as_it_is(place):
    store = opened(place)
    with store.rehearsal():
        write(store, 2 * MANY_CHANGES)
    store.close()
    assert not counted(place)


def test_another_who_writes_is_no_reason_to_wait_or_fail(place):
    store = opened(place)
    write(store, 2 * MANY_CHANGES)
    with closing(sqlite3.connect(place, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.close()
    assert not counted(place)


@pytest.fixture
def served(postgres_server, postgres_template):
    name = f"kasse_plans_{os.getpid()}"
    run_sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield database(postgres_server, name)
    run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize(("limit", "expected"), [(50, 80), (1_000, 0)])
def test_a_server_counts_tables_anew_that_grew_by_much(served, monkeypatch, limit, expected):
    """Its own counting comes a minute later: until then it compares each new item with each."""
    monkeypatch.setattr(postgres, "MANY_ROWS", limit)
    store = opened(served)
    user = store.value("SELECT min(id) FROM app_user")
    before = analysed(served)
    with store.unit(OFFICES):
        store.insert("user_role", ("user_id", "office", "role"), [(user, f"O{n}", "audit") for n in range(80)])
    store.close()
    assert analysed(served) - before >= expected
    assert expected or analysed(served) == before


def analysed(place: str) -> int:
    """Return how many rows the server believes the table to have."""
    store = opened(place)
    rows = store.value("SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE relname = 'user_role'")
    store.close()
    return int(rows)
