"""Reversals: the mirror of an entry and of all it did to items, once and only once."""

import threading
from typing import get_args

import pytest

from ledger.book.entry import ClosedPeriodError, Draft, EntryKind, Posting
from ledger.book.journal import EntryNumber, UnknownEntryError
from ledger.book.journal_store import show_entry
from ledger.book.reversal import (
    AlreadyReversedError,
    MissingReasonError,
    OwnCommandError,
    ReservedItemError,
    ReversalOfReversalError,
    ReversalTooEarlyError,
    SettledItemError,
    UndoneClearingError,
)
from ledger.book.reversal_store import reverse
from ledger.book.store import post
from ledger.book.transfer import across
from ledger.book.verify_store import verify
from ledger.items.order_transfer_store import Transfer, make_transfer
from ledger.items.store import NewClearing, NewItem, clear, insert_items, posting_for, reserve_items
from ledger.people.users import NotAllowedError, add_user
from ledger.reports.balances_store import trial_balance
from sepa.errors import KasseError
from tests.books import MAIN_IBAN, act, entry, opened
from tests.ledger.bank_days import DAY, NEXT, OPENED, claim, settle
from tests.ledger.test_order_changes import through


def number(posted):
    return EntryNumber(posted.office, posted.year, posted.number)


def put(store, *drafts):
    with store.unit(sorted({draft.office for draft in drafts})):
        return [number(posted) for posted in post(store, drafts)]


def state(store):
    """Balances and what is open: what a reversal must restore."""
    balances = {(a.office, a.number): a.balance_cents for a in trial_balance(store, "2026-12-31").accounts}
    return {key: cents for key, cents in balances.items() if cents}, dict(
        store.rows("SELECT id, open_cents FROM item WHERE open_cents > 0")
    )


def back(store, which, day=NEXT, user="clara"):
    act(store, user)
    return reverse(store, which, reason="Irrtum", day=day)


def test_a_reversal_is_the_mirror_and_leaves_no_trace_in_the_balances(store):
    claim(store, "9,00")
    before = state(store)
    (wrong,) = put(store, entry("6100 5,00", "5900 -4,00", "5000 -1,00", text="Falsch"))
    done = back(store, wrong)
    assert state(store) == before
    (pair,) = done.entries
    assert (pair.number, pair.amount_cents, done.items) == (str(wrong), 500, ())
    mirror = show_entry(store, EntryNumber("KASSE", 2026, wrong.number + 1))
    assert [(p.account, p.amount_cents) for p in mirror.postings] == [("6100", -500), ("5900", 400), ("5000", 100)]
    line = mirror.line
    assert (line.kind, line.text, line.posting_day, line.reverses) == ("reversal", "Irrtum", NEXT, str(wrong))
    assert show_entry(store, wrong).line.reversed_by == line.number == pair.reversal
    assert verify(store).findings == ()


def test_a_reversal_is_noted_with_its_reason_outside_the_chain(store):
    (wrong,) = put(store, entry("6100 5,00", "5900 -5,00"))
    back(store, wrong)
    facts, details = store.one(
        """SELECT e.facts, d.details FROM event e JOIN event_details d ON d.office = e.office AND d.position = e.position
           WHERE e.action = 'journal.reverse' AND e.object = :object""",
        object=f"entry:{wrong}",
    )  # fmt: skip
    assert details == '{"reason":"Irrtum"}'
    assert "Irrtum" not in facts
    assert f"{wrong}>KASSE-2026-2" in facts


def test_what_an_entry_settled_is_open_again_with_its_old_payment_day(store):
    one, other = claim(store, "10,00"), claim(store, "20,00", due="2026-10-01")
    before = state(store)
    with store.unit(["KASSE"]):
        lines = (posting_for("D", "2400", one, 1000), posting_for("D", "2400", other, 500), Posting("2890", 1500))
        (posted,) = post(store, [Draft("KASSE", "manual", DAY, lines)])
        new = NewClearing("KASSE", "assign", posted.position, DAY, "2026-11-02", ((one, 1000), (other, 500)))
        (clearing,) = clear(store, [new])
    done = back(store, number(posted))
    assert state(store) == before
    assert [(item.item, item.open_cents) for item in done.items] == [(one, 1000), (other, 2000)]
    row = store.one("SELECT kind, posting_day, payment_day FROM clearing WHERE resets = :id", id=clearing)
    assert row == ("reset", NEXT, "2026-11-02")
    assert store.value("SELECT due FROM item WHERE id = :id", id=other) == "2026-10-01"
    assert verify(store).findings == ()


def made(store, kind="receivable"):
    """Post a manual entry that makes an item, and return its number and the item."""
    item = claim(store, "10,00", kind=kind, how="manual")
    position = store.value("SELECT position FROM item WHERE id = :id", id=item)
    return EntryNumber("KASSE", 2026, store.value("SELECT number FROM entry WHERE position = :p", p=position)), item


def test_what_an_entry_made_is_settled_by_its_reversal(store):
    for kind in ("receivable", "payable", "credit"):
        wrong, item = made(store, kind)
        done = back(store, wrong)
        assert [(i.item, i.open_cents) for i in done.items] == [(item, 0)]
        assert state(store) == ({}, {})
    assert verify(store).findings == ()


def test_an_item_that_is_settled_since_stands_against_the_reversal(store):
    wrong, item = made(store)
    posted, _ = settle(store, item, "3,00")
    with pytest.raises(SettledItemError) as caught:
        back(store, wrong)
    assert caught.value.fields == {"item": item, "number": str(wrong), "settled_cents": 300}
    back(store, number(posted))
    back(store, wrong)
    assert state(store) == ({}, {})
    assert verify(store).findings == ()


@pytest.mark.parametrize("to", ["ORDNUNG", "BAU"])
def test_a_transfer_that_was_ordered_is_taken_back_by_an_order(store, to):
    act(store, "import")
    made = make_transfer(store, Transfer("BAU", "6100", to, "6200", 5000, "Papier"), day=DAY)
    through(store, made.number)
    before = state(store)
    with pytest.raises(OwnCommandError) as caught:
        back(store, EntryNumber("BAU", 2026, 1))
    assert caught.value.fields == {"number": "BAU-2026-1", "kind": "transfer"}
    assert state(store) == before


def test_an_item_in_a_payment_run_stands_against_the_reversal(store):
    wrong, item = made(store, "payable")
    with store.unit(["KASSE"]):
        store.insert_one(
            "payment_run", office="KASSE", id=4, state="proposed", iban=MAIN_IBAN, execution_day=DAY, count=1,
            total_cents=1000, list_hash=b"x", created_by=1, created_at=store.now,
        )  # fmt: skip
        store.insert_one(
            "payment", office="KASSE", run=4, line=1, item_office="KASSE", item=item, cents=1000, end_to_end_id="E1",
            creditor_name="Test", creditor_iban=MAIN_IBAN, remittance="x", state="proposed", active=1,
        )  # fmt: skip
    with pytest.raises(ReservedItemError) as caught:
        back(store, wrong)
    assert caught.value.fields["run"] == 4
    with store.unit(["KASSE"]):
        store.execute("UPDATE payment SET active = 0, state = 'discarded' WHERE run = 4")
    back(store, wrong)


def test_the_whole_transaction_is_reversed_from_either_end(store):
    lines = {"KASSE": [Posting("6100", 500)], "BAU": [Posting("5900", -300)], "ORDNUNG": [Posting("5900", -200)]}
    for named in range(3):
        before = state(store)
        drafts = across("KASSE", lines, kind="transfer", posting_day=OPENED, group=1)
        numbers = put(store, *drafts)
        done = back(store, numbers[named])
        assert [pair.number for pair in done.entries] == [str(which) for which in numbers]
        assert state(store) == before
        mirrors = {store.value(_TRANSACTION, number=pair.reversal) for pair in done.entries}
        assert len(mirrors) == 1
        assert None not in mirrors
        for which in numbers:
            with pytest.raises(AlreadyReversedError):
                back(store, which)
    assert verify(store).findings == ()


_TRANSACTION = "SELECT transaction_id FROM entry WHERE office || '-' || CAST(year AS TEXT) || '-' || CAST(number AS TEXT) = :number"


def test_an_entry_is_reversed_once_and_a_reversal_never(store):
    (wrong,) = put(store, entry("6100 5,00", "5900 -5,00"))
    done = back(store, wrong)
    with pytest.raises(AlreadyReversedError) as caught:
        back(store, wrong)
    assert caught.value.fields["by"] == done.entries[0].reversal
    with pytest.raises(ReversalOfReversalError):
        back(store, EntryNumber("KASSE", 2026, 2))
    assert store.value("SELECT count(*) FROM entry") == 2


def test_entries_of_others_are_undone_by_their_own_command(store):
    for kind in sorted(set(get_args(EntryKind)) - {"manual", "transfer", "reversal", "closing"}):
        (other,) = put(store, entry("6100 5,00", "5900 -5,00", kind=kind))
        with pytest.raises(OwnCommandError) as caught:
            back(store, other)
        assert caught.value.fields == {"number": str(other), "kind": kind}


def test_a_clearing_that_was_undone_elsewhere_stands_against_the_reversal(store):
    item = claim(store, "10,00")
    posted, clearing = settle(store, item, "4,00")
    with store.unit(["KASSE"]):
        lines = (posting_for("D", "2400", item, -400), Posting("2890", -400))
        (undone,) = post(store, [Draft("KASSE", "manual", DAY, lines)])
        clear(store, [NewClearing("KASSE", "reset", undone.position, DAY, DAY, ((item, -400),), resets=clearing)])
    before = state(store)
    for which in (posted, undone):
        with pytest.raises(UndoneClearingError):
            back(store, number(which))
    assert state(store) == before


def test_the_day_must_be_open_and_not_before_the_entry(store):
    (wrong,) = put(store, entry("6100 5,00", "5900 -5,00", day=DAY))
    with pytest.raises(ReversalTooEarlyError):
        back(store, wrong, OPENED)
    with store.unit():
        store.insert_one(
            "closing", kind="day", period=DAY, year=2026, number=1, last_day=DAY, closed_by=1, closed_at=store.now,
            book_head=b"x", heads="{}", protocol="{}",
        )  # fmt: skip
    with pytest.raises(ClosedPeriodError):
        back(store, wrong, DAY)
    back(store, wrong, NEXT)


def test_it_takes_a_clerk_of_every_office(store):
    with store.unit(["KASSE", "BAU", "ORDNUNG"]):
        add_user(store, "gina", [("BAU", "clerk"), ("KASSE", "cashier")])
    lines = {"KASSE": [Posting("6100", 500)], "BAU": [Posting("5900", -500)]}
    kasse, bau = put(store, *across("KASSE", lines, kind="transfer", posting_day=OPENED, group=1))
    (own,) = put(store, entry("6100 5,00", "5900 -5,00", office="BAU"))
    for which in (kasse, bau):
        with pytest.raises(NotAllowedError):
            back(store, which, user="gina")
    for user in ("anna", "emil"):
        with pytest.raises(NotAllowedError):
            back(store, kasse, user=user)
    back(store, own, user="gina")
    back(store, kasse, user="clara")


def test_what_is_not_there_cannot_be_reversed(store):
    with pytest.raises(UnknownEntryError):
        back(store, EntryNumber("KASSE", 2026, 1))


def test_a_reversal_has_a_reason(store):
    (wrong,) = put(store, entry("6100 5,00", "5900 -5,00"))
    with pytest.raises(MissingReasonError):
        reverse(act(store, "clara"), wrong, reason=" ", day=NEXT)


def test_a_manual_entry_that_moves_money_between_items_is_taken_back_whole(store):
    old = claim(store, "10,00")
    before = state(store)
    with store.unit(["KASSE"]):
        new = reserve_items(store, "KASSE")
        lines = (posting_for("D", "2400", old, 1000), posting_for("D", "2410", new, -1000))
        (posted,) = post(store, [Draft("KASSE", "manual", DAY, lines)])
        insert_items(store, [NewItem("KASSE", new, "receivable", "2410", 1000, DAY, DAY, posted.position)])
        clear(store, [NewClearing("KASSE", "setoff", posted.position, DAY, DAY, ((old, 1000),))])
    back(store, number(posted))
    assert state(store) == before
    assert verify(store).findings == ()


def test_of_two_who_reverse_at_once_one_succeeds(book):
    store = opened(book, "clara")
    (wrong,) = put(store, entry("6100 5,00", "5900 -5,00"))
    gate, results = threading.Barrier(2), []

    def attempt():
        own = opened(book, "clara")
        gate.wait()
        try:
            results.append(reverse(own, wrong, reason="Irrtum", day=NEXT).entries[0].reversal)
        except KasseError as error:
            results.append(error.code)
        finally:
            own.close()

    threads = [threading.Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["KASSE-2026-2", "reversal.again"]
    assert store.value("SELECT count(*) FROM entry") == 2
    assert verify(store).findings == ()
    store.close()
