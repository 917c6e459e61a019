"""Invariant 10 for `kasse reconcile`: killed, cut off or out of space at any write, thread and file included.

Each case begins with the same town and the same inbox and strikes one moment; then the next run ends the work, and
the book, the archive and the export are as if nothing had happened.
"""

import csv
import os
import random
import shutil
from collections import Counter
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import count

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.bank import match_store
from ledger.book.verify_store import verify
from ledger.reports.balances_store import trial_balance
from tests.bankbooks import check_invariants, item, reference, run
from tests.books import MAIN_IBAN, another, opened
from tests.kasse_cli.striking import at_once, cut, fill_up, hit, kill, moments_of

FIRST, DAYS, EACH, CHUNK = date(2026, 11, 2), 3, 24, 7
LINE = (
    "kasse reconcile inbox --archive done --reject broken --user import --on 2026-11-09 --json "
    "--metrics kasse.prom --report report.txt --export {export}.csv"
)
STRUCK = {kill: {-9}, cut: {0, 3, 4}, fill_up: {0, 3, 4}}
KINDS = ("write", "behind", "commit", "committed", "rename", "renamed")


def bookings(refs, day: int):
    """Full, part and over-payments, a run, a fee, a supplier's debit, money that says nothing."""
    yield Booking(-80_00, gvc="191", batch=f"KASSE-00000000-R{day + 1:06}-1")
    yield Booking(-12_50, gvc="808", lines=("Entgelte",))
    yield Booking(-9_90, "Stadtwerke", lines=("Abschlag",), gvc="105")
    yield Booking(7_77, "Unbekannt", lines=("danke",))
    for n in range(EACH - 4):
        ref = refs[(n + 5 * day) % len(refs)]
        yield Booking(30_00 + 7 * (n % 4) * 100, "Max Mustermann", lines=(f"KZ {ref[:5]}", f"{ref[5:]} danke"))


class Town:
    """One book as it is before the inbox is reconciled, the inbox, and what becomes of both when nothing strikes."""

    def __init__(self, shell, book: str, server: str) -> None:
        self.shell, self.book, self.server, self.numbers = shell, book, server, count(1)
        store = opened(book, "import")
        refs = [reference(store, number) for number in range(1, 13)]
        for number, ref in enumerate(refs):
            item(store, "60", ref, office=("ORDNUNG", "BAU")[number % 2])
        for day in range(DAYS):
            run(store, f"E{day} 80", message=f"KASSE-00000000-R{day + 1:06}", number=day + 1)
        store.close()
        self.bank, self.mail = DemoBank(MAIN_IBAN, 0), shell.folder / "mail"
        self.mail.mkdir()
        for day in range(DAYS):
            statement = self.bank.statement(FIRST + timedelta(days=day), tuple(bookings(refs, day)))
            (self.mail / f"{day}.xml").write_bytes(statement)
        (self.mail / "1-broken.xml").write_text("<Document", "utf-8")
        with self.copied() as one:
            self.moments = moments_of(one.shell, LINE.format(export="a"))
            self.wanted = one.outcome()

    @contextmanager
    def copied(self):
        """Give a copy of the book and a folder with the whole inbox, to strike at."""
        number = next(self.numbers)
        folder = self.shell.folder / f"case{number}"
        shutil.copytree(self.mail, folder / "inbox")
        with another(self.book, self.server, folder, number) as location:
            yield Case(type(self.shell)(folder, environ={"KASSE_BOOK": location}), location, self.bank.balance_cents)

    def spread(self, kind: str, wanted: int | None) -> list[tuple[str, int]]:
        """Return moments of a kind: all of them, or some drawn by a fixed die."""
        numbers = range(1, self.moments[kind] + 1)
        if wanted is None or wanted >= len(numbers):
            return [(kind, number) for number in numbers]
        return [(kind, number) for number in sorted(random.Random(kind).sample(numbers, wanted))]

    def strike(self, strike, moment) -> None:
        """Strike at a moment; the book is whole at once, and after another run it is what it would have been."""
        with self.copied() as one:
            came, code = hit(one.shell, LINE.format(export="a"), moment, strike)
            assert came, moment
            assert code in STRUCK[strike], (moment, code)
            one.check_whole()
            assert strike is kill or list(one.shell.folder.glob("**/*.part")) == []
            if code:
                one.a_while_later()
                assert one.shell(LINE.format(export="b")).code in {0, 1, 3}
            assert one.outcome() == self.wanted, moment
            again = one.shell(LINE.format(export="c"))
            assert (again.code, again.data["posted"], again.data["exported"]) == (0, 0, 0)


class Case:
    """A copy of the town in a folder of its own."""

    def __init__(self, shell, location: str, balance_cents: int) -> None:
        self.shell, self.location, self.balance_cents = shell, location, balance_cents

    def check_whole(self) -> None:
        """Check that each file is in the book whole or not at all, staged or posted, and the books balance."""
        store = opened(self.location, "import")
        sql = """SELECT s.file_sha256, e.state, count(*) FROM bank_entry e JOIN statement s ON s.id = e.statement
                 GROUP BY s.file_sha256, e.state"""
        found = store.all(sql)
        assert {entries for _, _, entries in found} <= {EACH}, found
        assert len({sha for sha, _, _ in found}) == len(found), found
        check_invariants(store)
        store.close()

    def a_while_later(self) -> None:
        """Let what was half done be old when the next run comes; only who was killed leaves temporary files."""
        for path in self.shell.folder.glob("*/*"):
            os.utime(path, (0, 0))

    def outcome(self) -> dict[str, object]:
        """Return the book, the folders and the exports, as far as they do not depend on when what was done."""
        store = opened(self.location, "import")
        check_invariants(store)
        told = {
            "accounts": {(a.office, a.number): a.balance_cents for a in trial_balance(store, "2026-12-31").accounts},
            "items": store.all("SELECT office, kind, amount_cents, open_cents, reference FROM item ORDER BY 1, 2, 3, 4, 5"),
            "matches": store.all("SELECT rule, item_office, cents, count(*) FROM bank_match GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"),
            "runs": store.all("SELECT run, state, bank_entry IS NULL FROM payment ORDER BY run"),
            "verify": {finding.code for finding in verify(store).findings} - {"verify.payment_run"},  # made without a list
            "staged": store.value("SELECT count(*) FROM bank_entry WHERE state = 'staged'"),
            "twice": store.all("SELECT position FROM bank_entry GROUP BY position HAVING count(*) > 1"),
        }  # fmt: skip
        store.close()
        folders = {name: self.files(name) for name in FOLDERS}
        return {**told, **folders, "exported": self.exported()}

    def files(self, name: str) -> list[bytes | str]:
        """Return what lies in a folder: a file that was refused as its bytes, each with its findings beside it.

        Who was killed between findings and file leaves an empty one; the next run takes another name.
        """
        found = [path for path in sorted((self.shell.folder / name).iterdir()) if path.stat().st_size]
        if name != "broken":
            return [path.name for path in found]
        files = [path for path in found if path.suffix == ".xml"]
        assert all(path.with_name(f"{path.name}.findings.txt") in found for path in files)
        return [path.read_bytes() for path in files]

    def exported(self) -> Counter[tuple[str, ...]]:
        """Return the rows of all exports; who was killed between file and note tells rows again, the same ones."""
        rows: dict[tuple[str, ...], tuple[str, ...]] = {}
        for path in sorted(self.shell.folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    told = tuple(row[name] for name in ("event", "reference", "amount", "bank_day"))
                    assert rows.setdefault((row["office"], row["position"], row["line"]), told) == told
        return Counter(rows.values())


FOLDERS = ("inbox", "done", "broken")


@pytest.fixture
def town(shell, book, request, monkeypatch):
    """The town on either engine, in chunks so small that each file is written by the thread behind several times."""
    monkeypatch.setattr(match_store, "CHUNK", CHUNK)
    server = request.getfixturevalue("postgres_server") if book.startswith("postgresql") else ""
    return Town(shell, book, server)


def test_killed_at_any_moment(town):
    few = 2 if town.server else 4
    for kind in KINDS:
        for moment in town.spread(kind, few if kind in {"write", "behind"} else few // 2):
            town.strike(kill, moment)


def test_cut_off_by_the_server_or_out_of_space(town):
    strike = cut if town.server else fill_up
    for kind, few in (("write", 2), ("behind", 2), ("commit", 1)):
        for moment in town.spread(kind, few):
            town.strike(strike, moment)


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_struck_at_every_moment(town, kind):
    for moment in town.spread(kind, None):
        town.strike(kill, moment)
        if kind in {"write", "behind", "commit"}:
            town.strike(cut if town.server else fill_up, moment)


def test_three_at_once_take_every_file_once(town):
    with town.copied() as one:
        done = at_once(one.shell, [LINE.format(export=name) for name in "abc"])
        assert {each.code for each in done} <= {0, 3}, [each.out for each in done]
        assert sum(each.data["posted"] for each in done) == DAYS * EACH
        assert one.outcome() == town.wanted
