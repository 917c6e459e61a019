"""A book that may be read but not written: said with a code and a way out, and nothing is changed."""

import pytest

from ledger.book.verify_store import verify
from tests.books import opened, run_sql, sqlite_copy
from tests.kasse_cli.striking import hit

LINES = ("journal verify", "book backup b.kasse", "reconcile --user import")
SAID = "error: the book cannot be written here; nothing was changed\nhint: your user needs the right to write"


def only_read(store):
    """Let SQLite refuse what is written from now on, as it does for a file that may not be written."""
    store.connection.execute("PRAGMA query_only = ON")


@pytest.fixture
def town(shell, book, request):
    """A book whose server writes nothing, or that SQLite may still write."""
    shell.environ |= {"KASSE_BOOK": book, "KASSE_USER": "emil"}
    if book.startswith("postgresql"):
        name, server = book.partition("?")[0].rpartition("/")[2], request.getfixturevalue("postgres_server")
        run_sql(server, f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        yield shell
        run_sql(server, f"ALTER DATABASE {name} RESET default_transaction_read_only")
    else:
        yield shell


@pytest.mark.parametrize("line", LINES)
def test_a_book_that_is_only_read_says_so(town, book, line):
    if book.startswith("postgresql"):
        done = town(f"kasse {line}")
        assert (done.code, done.err.startswith(SAID)) == (1, True), done.err
    else:
        assert hit(town, f"kasse {line}", ("write", 1), only_read) == (True, 1)


@pytest.mark.parametrize("line", [*LINES, "journal list"])
def test_files_beside_the_book_that_cannot_be_made(shell, tmp_path, sqlite_template, line):
    """As in a folder where only others may write."""
    shell.environ["KASSE_USER"] = "emil"
    with sqlite_copy(sqlite_template, tmp_path):
        (tmp_path / "kasse.db-wal").mkdir()
        done = shell(f"kasse {line}")
        assert (done.code, done.err.startswith(SAID)) == (1, True), done.err
        (tmp_path / "kasse.db-wal").rmdir()
        store = opened(str(tmp_path / "kasse.db"))
        assert verify(store).findings == ()
        store.close()
