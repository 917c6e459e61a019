"""`kasse book backup|restore`: a file that is whole or not there, and a book that goes on where the other stopped."""

import os
import subprocess
import sys

from ledger.book.store import post
from ledger.book.verify_store import verify
from tests import books
from tests.books import entry, opened
from tests.kasse_cli.striking import killed_after, lasting

CREATE = (
    "kasse book create --name Musterstadt --office KASSE=Stadtkasse --kasse KASSE --land HH "
    "--account DE02370400440000000024=Hauptkonto"
)


SHARES = (0.2, 0.5, 0.8)
"""How far a command has come when it is killed, of the time it lasts."""


def left(folder):
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith((".lock", "-wal", "-shm")))


def test_a_book_is_saved_and_restored(shell):
    shell.transcript(
        "book-backup",
        CREATE,
        "kasse book backup heute.backup --dry-run",
        "kasse book backup heute.backup --check",
        "kasse book backup heute.backup",
        "kasse book backup no/folder.backup",
        "kasse book restore heute.backup --dry-run",
        "kasse book restore heute.backup --book neu.db",
        "kasse book restore heute.backup --book neu.db",
        "kasse book restore kasse.db --book anders.db",
        "kasse book restore nichts.backup --book anders.db",
        "kasse journal verify --book neu.db",
    )
    assert left(shell.folder) == ["heute.backup", "kasse.db", "neu.db"]


def test_the_same_book_saved_again_replaces_the_file_only_when_told(shell):
    assert shell(CREATE).code == 0
    first = shell("kasse book backup b.backup --json").data
    assert shell("kasse book backup b.backup").code == 1
    again = shell("kasse book backup b.backup --force --json").data
    assert again["head"] == first["head"]
    assert again["rows"] == first["rows"] + 1, "that it was saved stands in the event log"


def test_a_file_becomes_a_database_on_a_server_and_back(shell, postgres_server):
    name = f"kasse_move_{os.getpid()}"
    books.run_sql(postgres_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    place = books.database(postgres_server, name)
    try:
        filled(shell.folder / "kasse.db", 30)
        saved = shell("kasse book backup a.backup --user root --json").data
        moved = shell(f"kasse book restore a.backup --book {place} --json", KASSE_USER="root")
        assert (moved.code, moved.data["head"]) == (0, saved["head"]), moved.out
        again = shell(f"kasse book restore a.backup --book {place} --json", KASSE_USER="root")
        assert again.json["errors"][0]["code"] == "book.exists"
        assert shell(f"kasse book backup b.backup --book {place} --user root --check").code == 0
        back = shell("kasse book restore b.backup --book back.db --json", KASSE_USER="root")
        assert (back.code, back.data["head"], back.data["engine"]) == (0, saved["head"], "postgresql"), back.out
    finally:
        books.run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def test_who_may_not_see_everything_may_not_save_it(shell):
    books.make_sqlite_template(shell.folder / "kasse.db")
    refused = shell("kasse book backup b.backup --user clara")
    assert refused.code == 1
    assert "admin / head / machine" in refused.err
    assert left(shell.folder) == ["kasse.db"]
    assert shell("kasse book backup b.backup --user import").code == 0


def filled(path, count):
    books.make_sqlite_template(path)
    store = opened(str(path))
    with store.unit(["KASSE"]):
        post(store, [entry("2800 1,00", "5100 -1,00", text=f"Zahlung {n}") for n in range(count)])
    store.close()


def kasse(folder, *arguments, most_kib=0):
    """Start a command, with a limit on the size of what it may write where one is given."""
    command = [sys.executable, "-m", "kasse_cli", *arguments, "--user", "root", "--json"]
    if most_kib:
        command = ["bash", "-c", f'ulimit -f {most_kib}; exec "$@"', "bash", *command]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_full_disk_leaves_no_backup(tmp_path):
    filled(tmp_path / "kasse.db", 3000)
    run = kasse(tmp_path, "book", "backup", "b.backup", most_kib=60)
    out, _ = run.communicate()
    assert run.returncode == 4, out
    assert b"disk.full" in out
    assert left(tmp_path) == ["kasse.db"]


def test_a_killed_backup_leaves_nothing_that_looks_like_one(shell):
    shell.user = "root"
    filled(shell.folder / "kasse.db", 1500)
    whole, line = shell.folder / "b.backup", "kasse book backup b.backup --force"
    length = lasting(shell, line)
    whole.unlink()
    struck = 0
    for share in SHARES:
        struck += killed_after(shell, line, share * length)
        assert set(left(shell.folder)) <= {"kasse.db", "b.backup", ".b.backup.part"}
        if whole.exists():
            assert shell("kasse book restore b.backup --dry-run").code == 0
            whole.unlink()
    assert struck
    assert shell(line).code == 0
    assert left(shell.folder) == ["b.backup", "kasse.db"], "the next run removes what was left"


def test_a_killed_restore_leaves_no_book(shell):
    shell.user = "root"
    filled(shell.folder / "kasse.db", 1500)
    assert shell("kasse book backup b.backup").code == 0
    new, line = shell.folder / "neu.db", "kasse book restore b.backup --book neu.db"
    length = lasting(shell, line)
    new.unlink()
    struck = 0
    for share in SHARES:
        struck += killed_after(shell, line, share * length)
        if new.exists():
            store = opened(str(new))
            assert verify(store).findings == ()
            store.close()
            new.unlink()
    assert struck


def test_a_list_of_erasures_goes_with_a_restore(shell):
    shell.transcript(
        "book-erasures",
        CREATE,
        "kasse user add berta --office '*' --role head",
        "kasse book backup vorher.backup -q",
        "kasse book erase --before 2026-01-01 --reason Fristen",
        "kasse book erasures loeschungen.list",
        "kasse book erasures loeschungen.list",
        "kasse book restore vorher.backup --book neu.db --erasures loeschungen.list",
        "kasse book restore vorher.backup --erasures loeschungen.list --dry-run",
        "kasse book restore vorher.backup --book anders.db --erasures vorher.backup",
        "kasse book restore vorher.backup --book anders.db --erasures fehlt.list",
    )
    assert left(shell.folder) == ["kasse.db", "loeschungen.list", "neu.db", "vorher.backup"]
