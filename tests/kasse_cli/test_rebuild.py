"""Invariant 13: a fresh book rebuilt from the bank files, orders and decisions has the same balances and items."""

import shutil

import pytest

from kasse_cli.demo import play, town
from kasse_cli.demo.week import Week, write_lists
from kasse_cli.main import run
from ledger.book.verify_store import verify
from ledger.reports.balances_store import trial_balance
from sepa.money import plain
from tests import books

FAR = "2026-12-31"


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The book of the demo, as the week wrote it day by day."""
    folder = tmp_path_factory.mktemp("lived") / "demo"
    week = Week(folder, run)
    play.play(week)
    return week


def figures(folder):
    store = books.opened(str(folder / "kasse.db"), user="leitung")
    accounts = {(a.office, a.number): a.balance_cents for a in trial_balance(store, FAR).accounts if a.balance_cents}
    items = store.all(
        """SELECT i.office, i.kind, i.reference, p.name, i.amount_cents, i.open_cents, i.due
           FROM item i LEFT JOIN party p ON p.id = i.party ORDER BY 1, 2, 3, 4, 5, 6, 7"""
    )
    findings = verify(store).findings
    store.close()
    return accounts, items, findings


def test_the_demo_ends_with_books_that_prove_themselves(lived):
    accounts, items, findings = figures(lived.folder)
    assert findings == ()
    assert accounts["KASSE", "2800"] == lived.bank.balance_cents - play.FINE_CENTS, "its statement waits for the reader"
    assert ("KASSE", "2880") not in accounts, "nothing is in transit any more"
    assert len(items) == 17


def test_a_book_rebuilt_from_files_orders_and_decisions_is_the_same(lived, tmp_path, capsys):
    """The statements come all at once, in one folder, after the run was written; no day is closed meanwhile."""
    again = Week(tmp_path / "demo", run)
    again.folder.mkdir()
    write_lists(again.folder)
    play.found_the_book(again)
    play.take_orders(again)
    assert again.references == lived.references
    again.type(f"payment propose --due-until {play.WED}", user="dirk", day=play.TUE, may_find=True)
    again.type("payment review 1", user="dirk", day=play.TUE, may_find=True)
    total = plain(again.ask("payment show 1", user="dirk", day=play.TUE)["run"]["total_cents"])
    again.type(f"payment release 1 --sum {total}", user="emil", day=play.TUE)
    written = again.folder / "zahllauf-1.xml"
    again.type(f"payment export 1 --out {written}", user="dirk", day=play.TUE)
    assert written.read_bytes() == (lived.folder / "zahllauf-1.xml").read_bytes()
    shutil.make_archive(str(tmp_path / "bank"), "zip", lived.folder / "bank")
    again.type(f"reconcile {tmp_path / 'bank.zip'}", user="clara", day=play.SATURDAY, may_find=True)
    cases = again.ask("suspense list", user="clara", day=play.SATURDAY)["cases"]
    number = next(case["number"] for case in cases if case["amount_cents"] == 125000)
    target = again.references[town.JUERGEN.name]
    again.type(f"suspense assign {number} {target}", user="clara", day=play.SATURDAY)
    assert figures(again.folder) == figures(lived.folder)
