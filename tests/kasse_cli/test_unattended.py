"""Invariant 10: an inbox reconciled unattended, killed or out of space at any moment: every file, row and figure once."""

import csv
import json
import random
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.book.verify_store import verify
from tests import books
from tests.bankbooks import check_invariants, item, reference

resource = pytest.importorskip("resource", reason="this system has no limit of file sizes")
FIRST, DAYS, EACH = date(2026, 11, 2), 5, 60


class Place:
    """A book, an inbox with a week of statements, and `kasse reconcile` as a timer starts it."""

    def __init__(self, book: str, folder) -> None:
        self.book, self.folder, self.bank = book, folder, DemoBank(books.MAIN_IBAN, 0)
        store = books.opened(book, "import")
        refs = [reference(store, number) for number in range(1, 21)]
        for ref in refs:
            item(store, "50", ref)
        store.close()
        inbox = folder / "inbox"
        inbox.mkdir()
        for number in range(DAYS):
            day = FIRST + timedelta(days=number)
            bookings = (Booking(100 + n, "Max Mustermann", lines=(refs[n % 20],)) for n in range(EACH))
            (inbox / f"{day}.xml").write_bytes(self.bank.statement(day, tuple(bookings)))
        (inbox / "broken.xml").write_text("<Document", "utf-8")

    def command(self, export: str) -> list[str]:
        words = "reconcile inbox --archive done --reject broken --user import --on 2026-11-09 --json"
        files = ["--export", f"{export}.csv", "--metrics", "kasse.prom", "--report", "report.txt"]
        return [sys.executable, "-m", "kasse_cli", *words.split(), *files, "--book", self.book]

    def run(self, export: str, **more) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(export), cwd=self.folder, capture_output=True, text=True, check=False, **more
        )

    def killed(self, export: str, seconds: float) -> None:
        with subprocess.Popen(
            self.command(export), cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(seconds)
            process.kill()

    def check(self) -> None:
        """Check that everything is in the book once, every file put away, every share exported."""
        assert list((self.folder / "inbox").iterdir()) == []
        done = sorted(path.name for path in (self.folder / "done").iterdir())
        assert done == [f"{FIRST + timedelta(days=number)}.xml" for number in range(DAYS)]
        assert sorted(path.name for path in (self.folder / "broken").iterdir()) == [
            "broken.xml",
            "broken.xml.findings.txt",
        ]
        rows = {}
        for path in self.folder.glob("*.csv"):
            with path.open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    rows[row["office"], row["position"], row["line"]] = int(row["amount"].replace(".", ""))
        assert sum(rows.values()) == self.bank.balance_cents
        store = books.opened(self.book, "import")
        assert store.value("SELECT count(*) FROM bank_entry WHERE state = 'posted'") == DAYS * EACH
        check_invariants(store)
        assert verify(store).findings == ()
        store.close()


@pytest.fixture
def place(tmp_path, sqlite_template):
    with books.sqlite_copy(sqlite_template, tmp_path) as book:
        yield Place(book, tmp_path)


def kill_and_finish(place: Place, kills: int, seed: int) -> None:
    dice = random.Random(seed)
    for number in range(kills):
        place.killed(f"k{number}", dice.uniform(0.3, 2.2))
    last = place.run("last")
    assert last.returncode in {0, 1, 3}, last.stdout + last.stderr
    place.check()
    again = place.run("again")
    assert (again.returncode, json.loads(again.stdout)["data"]["posted"]) == (0, 0)


def test_killed_at_any_moment_nothing_is_lost_or_told_twice(place):
    kill_and_finish(place, kills=2, seed=3)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(30))
def test_killed_at_many_moments(place, seed):
    kill_and_finish(place, kills=5, seed=seed)


def test_a_full_disk_at_any_moment_changes_nothing_or_a_whole_file(place):
    """Each run may write a little more; what it refuses it refuses with exit code 4, and the last one ends it."""
    start = Path(place.book).stat().st_size
    codes = []
    for number in range(3):
        limit = start + 40_000 + number * 150_000
        done = place.run(f"f{number}", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))  # noqa: B023
        codes.append(done.returncode)
        assert done.returncode in {0, 3, 4}, done.stdout + done.stderr
        store = books.opened(place.book, "import")
        assert store.value("SELECT count(*) FROM bank_entry") % EACH == 0, "files are taken whole"
        check_invariants(store)
        store.close()
    assert 4 in codes
    assert place.run("last").returncode in {0, 1, 3}
    place.check()
