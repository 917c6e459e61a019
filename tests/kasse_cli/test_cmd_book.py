"""`kasse book create`: a whole book or nothing, in a file or on a server."""

import os
import stat
import sys

import pytest

from kasse_cli import book_writer
from tests import books
from tests.books import opened

CREATE = (
    "kasse book create --name Musterstadt --office KASSE=Stadtkasse --office ORDNUNG=Ordnungsamt --kasse KASSE "
    "--account 'DE02 3704 0044 0000 0000 24=Hauptkonto@KASSE' --account DE75512108001245126199=Nebenkonto --land HH"
)


@pytest.fixture
def empty_database(postgres_server):
    """The address of a database without a table."""
    name = f"kasse_empty_{os.getpid()}"
    books.run_sql(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    yield books.database(postgres_server, name)
    books.run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def left(shell):
    return sorted(path.name for path in shell.folder.iterdir())


def test_a_book_is_created_once(shell):
    shell.transcript(
        "book",
        CREATE,
        CREATE,
        f"{CREATE} --book second.db --identity declared --user root --municipality Musterstadt --json",
        f"{CREATE} --book third.db --user root",
        f"{CREATE.replace('--kasse KASSE', '--kasse ZOO')} --book third.db",
        f"{CREATE.replace('KASSE=Stadtkasse', 'KASSE=Stadtkasse --office KASSE=Zwilling')} --book third.db",
        f"{CREATE.replace('ORDNUNG=', 'ORDNUNGSAMT=')} --book third.db",
        f"{CREATE} --account DE75512108001245126199=Dritter --book third.db",
        f"{CREATE} --account DE00120300000000000036=Dritter --book third.db",
        f"{CREATE} --account DE75512108001245126199 --book third.db",
        f"{CREATE.replace('--land HH', '--land XX')} --book third.db",
        f"{CREATE} --book no/such/folder.db",
        "kasse book create --name Musterstadt --book third.db",
    )
    assert left(shell) == ["kasse.db", "second.db"]


def test_the_book_holds_what_was_given(shell):
    assert shell(f"{CREATE} --municipality Musterstadt --on 2026-01-02").code == 0
    store = opened(str(shell.folder / "kasse.db"), "anna")
    settings = dict(store.all("SELECT key, value FROM setting"))
    assert {key: settings[key] for key in ("name", "identity", "land", "municipality")} == {
        "name": "Musterstadt", "identity": "system", "land": "HH", "municipality": "Musterstadt",
    }  # fmt: skip
    assert len(settings["book_id"]) == 32
    assert store.all("SELECT code, name, is_kasse FROM office ORDER BY code") == [
        ("KASSE", "Stadtkasse", 1), ("ORDNUNG", "Ordnungsamt", 0),
    ]  # fmt: skip
    assert store.all("SELECT iban, office, account, opened_on FROM bank_account ORDER BY account") == [
        ("DE02370400440000000024", "KASSE", "2800", "2026-01-02"), ("DE75512108001245126199", "KASSE", "2801", "2026-01-02"),
    ]  # fmt: skip
    assert store.all("SELECT u.name, r.office, r.role FROM app_user u JOIN user_role r ON r.user_id = u.id") == [
        ("anna", "*", "admin"),
    ]  # fmt: skip
    store.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_only_its_owner_may_read_the_file(shell):
    shell(CREATE)
    assert stat.S_IMODE((shell.folder / "kasse.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("step", ["create_schema", "fill_book"])
@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device"), KeyboardInterrupt(), RuntimeError()], ids=type
)
def test_a_creation_that_fails_leaves_nothing(shell, monkeypatch, step, error):
    def fail(*_given, **_more):
        raise error

    monkeypatch.setattr(book_writer, step, fail)
    assert shell(CREATE).code == {OSError: 4, KeyboardInterrupt: 130, RuntimeError: 70}[type(error)]
    assert left(shell) == []


def test_a_book_that_appears_meanwhile_is_not_replaced(shell, monkeypatch):
    fill = book_writer.fill_book

    def meanwhile(*given):
        fill(*given)
        (shell.folder / "kasse.db").write_text("another book")

    monkeypatch.setattr(book_writer, "fill_book", meanwhile)
    done = shell(f"{CREATE} --json")
    assert (done.code, done.json["errors"][0]["code"]) == (1, "book.exists")
    assert left(shell) == ["kasse.db"]
    assert (shell.folder / "kasse.db").read_text() == "another book"


def test_what_an_earlier_creation_left_is_no_obstacle(shell):
    (shell.folder / f".kasse.db.{os.getpid()}.part").write_text("half a book")
    assert shell(CREATE).code == 0
    assert left(shell) == ["kasse.db"]


def test_the_identity_of_the_book_decides_who_may_be_declared(shell):
    shell(f"{CREATE} --book system.db")
    shell(f"{CREATE} --book declared.db --identity declared --user root")
    assert shell("kasse user list --book system.db").code == 0
    assert shell("kasse user list --book system.db --user anna").code == 1
    assert shell("kasse user list --book declared.db --user root").code == 0
    assert shell("kasse user list --book declared.db").code == 1


def test_a_book_on_a_server_is_created_once(shell, empty_database):
    shell.environ["KASSE_BOOK"] = empty_database
    done = shell(f"{CREATE} --json")
    assert (done.code, done.data["first_user"]) == (0, "postgres")
    assert shell("kasse user list --json").data["users"][0]["role"] == "admin"
    again = shell(f"{CREATE} --json")
    assert (again.code, again.json["errors"][0]["code"]) == (1, "book.exists")


def test_a_database_with_a_table_is_refused(shell, empty_database):
    books.run_sql(empty_database, "CREATE TABLE alembic_version (version_num text)")
    assert shell(CREATE, KASSE_BOOK=empty_database).code == 1


@pytest.mark.parametrize("step", ["create_schema", "fill_book"])
def test_a_creation_on_a_server_that_fails_leaves_nothing(shell, monkeypatch, empty_database, step):
    make = getattr(book_writer, step)

    def fail(*given):
        make(*given)
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(book_writer, step, fail)
        assert shell(CREATE, KASSE_BOOK=empty_database).code == 70
    assert shell(CREATE, KASSE_BOOK=empty_database).code == 0


def test_an_address_that_cannot_be_read_is_no_defect(shell):
    done = shell("kasse item list --book postgresql://clara:geheim@server/kasse?hots=x")
    assert (done.code, "not an address of a database: postgresql://clara@server" in done.err) == (1, True)
    assert "geheim" not in done.err + done.out


DAMAGED = {
    "cut off": lambda book: book[:50_000],
    "cut in its first page": lambda book: book[:500],
    "written over": lambda book: book[: 8 * 8192] + bytes(len(book) - 8 * 8192),
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
@pytest.mark.parametrize("command", ["journal verify", "book backup x.backup", "day list", "user list", "book audit"])
def test_a_damaged_file_is_named_as_such(shell, damage, command):
    shell(f"{CREATE} --identity declared --user root")
    book = shell.folder / "kasse.db"
    book.write_bytes(damage(book.read_bytes()))
    done = shell(f"kasse {command} --user root --json")
    (error,) = done.json["errors"]
    assert (done.code, error["code"]) == (1, "book.damaged")
    assert "kasse.db" in error["message"]
    assert "kasse book restore" in error["hint"]
    assert shell("kasse health --json").json["data"]["checks"][0]["state"] == "critical"
