"""`kasse db upgrade`: on a copy first; the books are the same before and after, or nothing is changed."""

import pytest

from kasse_cli import migrations
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.store.access import connect, version_of
from tests import books
from tests.books import entry, opened

HEAD = '''"""A second schema, for tests."""

import sqlalchemy as sa
from alembic import op

from kasse_cli.schema import permitted_changes
from ledger.store import columns as col
from ledger.store.guards import install_guards

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    store = op.get_context().config.attributes["store"]
{body}
    install_guards(store, permitted_changes())
'''
GOOD = """    op.add_column("party", sa.Column("nickname", col.Text(), nullable=True))
    op.create_table("note", sa.Column("id", col.Number(), nullable=False), sa.PrimaryKeyConstraint("id"))"""
LOSING = """    for (name,) in store.all(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
    ) if store.engine.name == "sqlite" else []:
        store.execute(f"DROP TRIGGER {name}")
    if store.engine.name != "sqlite":
        store.execute("ALTER TABLE event DISABLE TRIGGER USER")
    store.execute("DELETE FROM event WHERE position = 1")
    if store.engine.name != "sqlite":
        store.execute("ALTER TABLE event ENABLE TRIGGER USER")"""
FAILING = GOOD + "\n    raise RuntimeError"


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """Let the program know a second revision, with what it does given as code."""

    def release(body):
        folder = tmp_path / "migrations"
        (folder / "versions").mkdir(parents=True)
        for name in ("env.py", "script.py.mako", "versions/0001_first_schema.py"):
            if (migrations.FOLDER / name).exists():
                (folder / name).write_bytes((migrations.FOLDER / name).read_bytes())
        (folder / "versions/0002_second.py").write_text(HEAD.format(body=body), "utf-8")
        monkeypatch.setattr(migrations, "FOLDER", folder)

    return release


@pytest.fixture
def filled(book):
    store = opened(book)
    with store.unit(["KASSE"]):
        post(store, [entry("2800 5,00", "5100 -5,00", text="Gebühr")])
    store.close()
    return book


def state(book):
    """The schema and every table name of the database, in whatever schema or file beside."""
    store = connect(book, now=books.NOW, salt=books.CountingSalt())
    try:
        found = version_of(store)
        store.user = 1
        sql = "SELECT name FROM sqlite_master WHERE type = 'table'"
        if store.engine.name == "postgresql":
            sql = "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT LIKE 'pg%'"
        tables = {str(name).removeprefix("public.") for (name,) in store.all(sql)}
        return found, tables, store.value("SELECT count(*) FROM event")
    finally:
        store.close()


def test_a_book_of_this_version_stays_as_it_is(shell, filled):
    before = state(filled)
    done = shell(f"kasse db upgrade --user root --book {filled}")
    assert (done.code, state(filled)) == (0, before), done.err
    assert done.out.startswith("nothing new: the book has schema 0001\ncompared: 1 entries, 2 postings")


def test_an_upgrade_is_tried_on_a_copy_then_done(shell, filled, next_version):
    next_version(GOOD)
    before = state(filled)
    tried = shell(f"kasse db upgrade --dry-run --user root --book {filled} --json")
    assert (tried.code, tried.data["new"], state(filled)) == (0, True, before), tried.out
    done = shell(f"kasse db upgrade --user root --book {filled} --backup {shell.folder}/vorher.backup --json")
    assert done.code == 0, done.out
    found, tables, events = state(filled)
    assert (found, tables - before[1]) == ("0002", {"note"})
    assert events == before[2] + 3, "saved, upgraded, verified"
    assert shell(f"kasse db upgrade --user root --book {filled} --json").data["new"] is False
    restored = shell(f"kasse book restore {shell.folder}/vorher.backup --book {shell.folder}/alt.db --json")
    assert restored.code == 0, restored.out
    assert state(f"{shell.folder}/alt.db")[0] == "0002", "an older backup comes to this version"


@pytest.mark.parametrize(("body", "code"), [(LOSING, 1), (FAILING, 70)], ids=["loses an event", "breaks off"])
def test_an_upgrade_that_goes_wrong_changes_nothing(shell, filled, next_version, body, code):
    next_version(body)
    before = state(filled)
    for more in ("--dry-run", ""):
        done = shell(f"kasse db upgrade {more} --user root --book {filled}")
        assert (done.code, state(filled)) == (code, before), done.err
    store = opened(filled)
    assert verify(store).findings == ()
    store.close()


def test_only_an_admin_upgrades(shell, filled):
    refused = shell(f"kasse db upgrade --user clara --book {filled}")
    assert refused.code == 1
    assert "it needs the role admin" in refused.err
