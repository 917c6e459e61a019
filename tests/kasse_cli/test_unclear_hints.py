"""What may stand behind unclear money is said alike by the commands and on the full screen."""

import datetime as dt

from kasse_cli.i18n import sentence
from kasse_cli.tui.session import Session
from kasse_cli.unclear_hints import hints
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, UndoEntry
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_store import show_case
from tests.bankbooks import item, open_cents, reference, staged
from tests.books import act
from tests.enforcement.test_relief_store import fee, granted, wish
from tests.ledger.payables import IBANS
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


def test_what_may_have_come_back_without_an_id_is_asked_about(store):
    line = f"BAU 50 2026-11-10 Meyer {IBANS['Meyer']} RE-2026/0471"
    released(store, "\n".join([line] * 6))
    staged(store, "-300", message_id=store.value("SELECT message_id FROM payment_run"), gvc="191")
    text = "RETOURE RE-2026/0471 ENTGELT 2,50"
    entry = staged(store, "47,50", text, counter_iban=IBANS["Meyer"], gvc="159", day="2026-11-18", name=None)
    post_staged(store)
    number = case_of(store, entry)
    *asked, more, alike = said(act(store, "clara"), number)
    assert [line.split()[1] for line in asked] == ["1-1", "1-2", "1-3", "1-4", "1-5"]
    assert asked[0] == (
        "payment 1-1 of 2026-11-16 over 50.00 EUR that came back, less 2.50 EUR (score 90: invoice number, account, "
        f"amount but for a fee, marked as a return)? 'kasse payment returned 1-1 --case {number} --fee …'"
    )
    assert more == "as likely or less, and not shown: 1 more that may have come back"
    assert alike.startswith("several fit as well as the first")


def test_one_payment_that_may_have_come_back_has_no_rival(store):
    released(store, f"BAU 50 2026-11-10 Meyer {IBANS['Meyer']} RE-2026/0471")
    staged(store, "-50", message_id=store.value("SELECT message_id FROM payment_run"), gvc="191")
    entry = staged(store, "50", "RE-2026/0471", counter_iban=IBANS["Meyer"], gvc="159", day="2026-11-18", name=None)
    post_staged(store)
    number = case_of(store, entry)
    (line,) = said(act(store, "clara"), number)
    assert line.endswith(f"marked as a return)? 'kasse payment returned 1-1 --case {number}'")
    assert "Meyer" not in line, "who is restricted is not named by a proposal"


def test_what_is_paid_already_is_named_with_the_payment_and_the_way_back(store):
    number = reference(store, 1)
    claim = item(act(store, "import"), "50", number, name="Erika")
    for day in ("2026-11-18", "2026-11-19"):
        entry = staged(store, "50", number, day=day, name="Erika", counter_iban=IBANS["Meyer"])
        post_staged(store)
    case = case_of(store, entry)
    (line,) = said(act(store, "clara"), case)
    assert line.startswith(f"{number} is paid since 2026-11-18 (entry ORDNUNG-2026-2); paid twice?")
    assert line.endswith(f"'kasse suspense refund {case} --reason …'")
    decide(store, [UndoEntry("ORDNUNG-2026-2", "nicht Erika")], day=DAY)
    assert open_cents(store, claim) == 5000
    assert not [line for line in said(store, case) if "is paid since" in line], "it is open again"
    entry = staged(act(store, "import"), "70", number, day="2026-11-20", name="Niemand")
    post_staged(store)
    other = case_of(store, entry)
    decide(act(store, "clara"), [Assign(other, (Wish(number),))], day=DAY)
    assert not [line for line in said(store, other) if "is paid since" in line], "this money has paid it"
    assert [line for line in said(store, case) if "is paid since 2026-11-20" in line]
