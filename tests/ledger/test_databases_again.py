"""Databases that tests use one after the other: each test finds what the template holds, whatever the last one did."""

from contextlib import closing, suppress

import psycopg
import pytest

from ledger.book.store import post
from ledger.people.users import add_user
from tests import books
from tests.databases import TABLES, Databases, read

REBUILT = {
    "a table more": "CREATE TABLE more (a BIGINT)",
    "a guard less": "DROP TRIGGER {guard} ON entry",
    "a guard that sleeps": "ALTER TABLE entry DISABLE TRIGGER {guard}",
    "a guard that does something else": "ALTER FUNCTION {function} SET search_path = public",
    "a right": "GRANT SELECT ON entry TO PUBLIC",
    "a right on the whole": "GRANT CREATE ON SCHEMA public TO PUBLIC",
    "a table emptied": "SET session_replication_role = replica; TRUNCATE counter",
    "an index less": "DROP INDEX {index}",
    "a row rule": "CREATE POLICY mine ON entry USING (true)",
    "statistics": "ANALYZE entry",
    "a setting": "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 65536', current_database()); END $$",
    "many rows": "SET session_replication_role = replica; "
    "INSERT INTO counter SELECT 'KASSE', n::text, n FROM generate_series(1, 4000) AS n",
}


@pytest.fixture
def databases(postgres_server, postgres_template):
    with closing(Databases(postgres_server, postgres_template)) as found:
        yield found


def content(databases, name):
    with psycopg.connect(books.database(databases.server, name)) as connection:
        tables = [table for (table,) in connection.execute(TABLES).fetchall()]
        return {table: sorted(read(connection, table).splitlines()) for table in tables}


def test_what_a_test_wrote_is_gone(databases):
    before = content(databases, databases.template)
    assert sum(map(len, before.values())) > 100
    with databases.one() as name:
        store = books.opened(books.database(databases.server, name))
        with store.unit(["KASSE"]):
            add_user(store, "gerd", [("*", "clerk")])
            post(store, [books.entry("3000 5,00", "5900 -5,00")])
            store.execute("UPDATE setting SET value = 'anders'")
            store.execute("CREATE TEMPORARY TABLE mine (a BIGINT PRIMARY KEY)")
        with psycopg.connect(
            books.database(databases.server, name), options="-c session_replication_role=replica"
        ) as owner:
            owner.execute("DELETE FROM user_role")
            owner.execute("UPDATE entry SET hash = 'x'::bytea")
        assert {table for table, rows in content(databases, name).items() if rows != before[table]} >= {
            "app_user", "entry", "event", "head", "posting", "setting", "user_role",
        }  # fmt: skip
    assert databases.waiting == [name]
    assert content(databases, name) == before
    with databases.one() as again:
        assert again == name
    with suppress(psycopg.Error):
        store.close()


@pytest.mark.parametrize("sql", REBUILT.values(), ids=REBUILT)
def test_a_database_that_was_rebuilt_is_not_used_again(databases, sql):
    with databases.one() as name, psycopg.connect(books.database(databases.server, name), autocommit=True) as owner:
        guard, function = owner.execute(
            "SELECT tgname, tgfoid::regprocedure::text FROM pg_trigger WHERE tgrelid = 'entry'::regclass AND NOT tgisinternal"
        ).fetchone()
        index = owner.execute("SELECT indexname FROM pg_indexes WHERE indexdef LIKE 'CREATE INDEX%'").fetchone()[0]
        owner.execute(sql.format(guard=guard, function=function, index=index))
    assert databases.waiting == []


def test_a_database_that_a_test_dropped_is_missed_by_nobody(databases):
    with databases.one() as name:
        books.run_sql(databases.server, f"DROP DATABASE {name}")
    assert databases.waiting == []
