"""The schema by migrations is the schema of the tables, guards included, on both engines."""

import re

import pytest

from kasse_cli.migrations import create_schema
from kasse_cli.schema import create_fresh, declared, permitted_changes
from ledger.store import declared_reader
from ledger.store.access import SCHEMA_VERSION, NewerBookError, OlderBookError, connect, open_book, version_of
from ledger.store.guards import damaged_guards
from ledger.store.sqlite import BookNotFoundError, NotABookError, file_system
from tests import books

SQLITE = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite%' ORDER BY type, name"
POSTGRES = """
    SELECT 'column', table_name || '.' || column_name, data_type || ' ' || is_nullable || ' ' || coalesce(collation_name, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE proname LIKE 'guard%' ORDER BY 1, 2, 3"""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """A function that opens a new, empty database."""
    opened, server = [], ""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")

    def make(name):
        if server:
            books.run_sql(server, f"CREATE DATABASE {name}")
            store = connect(books.database(server, name), now=books.NOW, salt=books.CountingSalt())
        else:
            store = connect(str(tmp_path / f"{name}.db"), now=books.NOW, salt=books.CountingSalt(), create=True)
        opened.append((store, name))
        return store

    yield make
    for store, name in opened:
        store.close()
        if server:
            books.run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def shape(store):
    rows = store.all(SQLITE if store.engine.name == "sqlite" else POSTGRES)
    return {row[:2]: clauses(str(row[-1])) for row in rows if "alembic_version" not in str(row)}


def clauses(text):
    """The parts of a definition, whatever their order."""
    return sorted(re.split(r",(?: CONSTRAINT | )?", re.sub(r" \) (WITHOUT|STRICT)", r", \1", " ".join(text.split()))))


def test_migrations_build_what_the_tables_declare(empty):
    fresh, migrated = empty("kasse_fresh"), empty("kasse_migrated")
    create_fresh(fresh)
    create_schema(migrated)
    assert shape(migrated) == shape(fresh)
    assert version_of(migrated) == version_of(fresh) == SCHEMA_VERSION
    assert damaged_guards(migrated, permitted_changes()) == []


def test_what_verify_compares_guards_with_is_what_the_tables_declare():
    known = (declared_reader.files("ledger") / "store" / declared_reader.NAME).read_text("utf-8")
    assert known == declared(), "after a change of tables: python -m kasse_cli.schema"
    assert dict(declared_reader.permitted_changes()) == dict(permitted_changes())
    assert len(list(declared_reader.signatures())) > 80


def test_a_failed_migration_leaves_nothing(empty, monkeypatch):
    store = empty("kasse_failed")
    monkeypatch.setattr("ledger.store.guards.guard_statements", lambda *_: {"x": "CREATE TRIGGER nonsense"})
    with pytest.raises(Exception, match=r"syntax|incomplete"):
        create_schema(store)
    assert shape(store) == {}


@pytest.mark.parametrize(("version", "error"), [("9999", NewerBookError), ("0000", OlderBookError)])
def test_another_schema_is_refused(book, version, error):
    store = books.opened(book)
    store.execute("UPDATE alembic_version SET version_num = :version", version=version)
    store.close()
    with pytest.raises(error):
        books.opened(book)


def test_what_is_not_a_book_is_refused(tmp_path):
    def open_at(path):
        return open_book(str(path), now=books.NOW, salt=books.CountingSalt())

    with pytest.raises(BookNotFoundError):
        open_at(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("Dies ist kein Buch. " * 500)
    with pytest.raises(NotABookError):
        open_at(tmp_path / "text.db")
    (tmp_path / "empty.db").write_bytes(b"")
    with pytest.raises(NotABookError):
        open_at(tmp_path / "empty.db")


def test_the_file_system_of_a_path_is_known(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/a / ext4 rw 0 0\nserver:/x {tmp_path}/net nfs4 rw 0 0\n")
    assert file_system(tmp_path / "net" / "kasse.db", mounts) == "nfs4"
    assert file_system(tmp_path / "kasse.db", mounts) == "ext4"
    assert file_system(tmp_path / "network.db", mounts) == "ext4"
