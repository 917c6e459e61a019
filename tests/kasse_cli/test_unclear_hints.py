"""What may stand behind unclear money is said alike by the commands and on the full screen."""

import datetime as dt

from kasse_cli.i18n import sentence
from kasse_cli.tui.session import Session
from kasse_cli.unclear_hints import hints
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_store import show_case
from tests.bankbooks import staged
from tests.books import act
from tests.enforcement.test_relief_store import fee, granted, wish
from tests.ledger.test_matching_returns import ids, released

DAY = "2026-11-24"


def said(store, number) -> list[str]:
    """Return what the commands say, having asked the screen for the same."""
    session = Session(store, DAY, lambda: "2026-11-24T09:00:00Z")
    with store.snapshot():
        details = show_case(store, number)
        lines = [sentence(line.template, line.fields) for line in hints(store, details)]
    assert list(session.hints(details)) == lines
    return lines


def case_of(store, entry) -> int:
    return store.value("SELECT item FROM suspense_case WHERE entry = :entry", entry=entry)


def test_the_relief_behind_money_on_a_claim_written_off_is_named(store):
    store.today = DAY
    claim = fee(act(store, "clara"))
    number = store.value("SELECT reference FROM item")
    done = granted(store, wish("niederschlagung_unbefristet", claim, first=dt.date(2026, 11, 24)))
    entry = staged(act(store, "import"), "1000", number, name="Erika")
    post_staged(store)
    (line,) = said(act(store, "clara"), case_of(store, entry))
    assert f"{number} was written off by relief {done.number} (Niederschlagung without end)" in line
    assert f"'kasse relief end {done.number} --reason …'" in line


def test_a_return_that_came_before_is_named(store):
    released(store, "BAU 50 2026-11-10 Meyer")
    staged(store, "-50", end_to_end_id=ids(store)[0])
    for day in ("2026-11-18", "2026-11-20"):
        entry = staged(store, "50", end_to_end_id=ids(store)[0], return_reason="AC04", gvc="159", day=day)
    post_staged(store)
    (line,) = said(act(store, "clara"), case_of(store, entry))
    assert line.startswith("payment or collection 1-1 came back before: entry KASSE-2026-")
    assert "of 2026-11-18 booked 50.00 EUR, which opened BAU/1 again" in line
    assert line.endswith("ask the bank whether it sent one return twice")
