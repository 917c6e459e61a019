"""A wrong statement is withdrawn by two persons: everything is open again, nothing is deleted, the right one is taken."""

import random
from dataclasses import replace

import pytest

from bench.reconcile_data import fill_town
from bench.reconcile_mix import Days
from ledger.bank.intake_reader import continuity, list_statements, show_statement
from ledger.bank.intake_sheets import ReissueDiffersError
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense_decisions import Wish
from ledger.bank.suspense_desk_store import assign
from ledger.bank.suspense_store import list_cases
from ledger.bank.suspense_undo import OpenedAgainError
from ledger.bank.withdraw_store import ask_withdrawal, confirm_withdrawal, drop_withdrawal, waiting
from ledger.bank.withdrawing import (
    HangingPaymentError,
    KeptEntryError,
    NotAskedError,
    StatementHangsError,
    WithdrawnFileError,
    WithdrawnStatementError,
    WithdrawReasonError,
)
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.statements import Detail, Entry
from tests.bankbooks import check_invariants, close_day, item, matches, open_cents, payments, reference, run
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.statement_texts import booked, day, entry, statement, take
from tests.ledger.test_intake_notices import advice, sammler

TODAY = "2026-11-20"
FRIDAY = "13.11. 90,00 | +10,00 Alt | 100,00"


def monday(number, *, amount="50,00", closing="153,50"):
    debit = entry("-4,50 Bank", 5, day("16.11."), gvc="808")
    return statement(
        f"16.11. 100,00 | +{amount} Max Mustermann / {number} | +8,00 Adam / Danke | {closing}", named="MO", number=2,
        entries=[debit],
    )  # fmt: skip


@pytest.fixture
def town(store):
    """A right statement, a wrong one of which one booking was matched, one assigned by a person, one booked by rule."""
    act(store, "import")
    number, other = reference(store, 1), reference(store, 2)
    items = item(store, "50", number), item(store, "8", other)
    act(store, "clara")
    take(store, statement(FRIDAY, named="FR", number=1))
    take(store, monday(number), name="wrong.xml", sha="9" * 64)
    post_staged(store)
    with store.snapshot():
        case = next(case for case in list_cases(store, TODAY) if case.name == "Adam")
    assign(store, case.number, [Wish(other)], day="2026-11-17")
    assert [open_cents(store, one) for one in items] == [0, 0]
    return store, number, items


def rejected(store, number, days="2026-11-20"):
    ask_withdrawal(act(store, "clara"), number, "the bank sent the file of another customer")
    return confirm_withdrawal(act(store, "dirk"), number, day=days)


def test_everything_is_open_again_and_the_right_statement_is_taken(town):
    store, number, items = town
    done = rejected(store, 2)
    assert (done.state, done.entries, done.posted, done.sum_cents) == ("done", 3, 3, 5350)
    assert [open_cents(store, one) for one in items] == [5000, 800]
    with store.snapshot():
        assert {case.name for case in list_cases(store, TODAY)} == {"Alt"}
    check_invariants(store)
    assert verify(store).findings == ()
    assert continuity(store)[0].complete_until == "2026-11-13"
    assert [(row.kind, row.statement_id) for row in list_statements(store)] == [
        ("statement", "FR"),
        ("withdrawn", "MO"),
    ]
    assert {line.state for line in show_statement(store, 2)[1]} == {"withdrawn"}
    act(store, "clara")
    assert take(store, monday(number, amount="30,00", closing="133,50")).new == 3
    post_staged(store)
    assert [open_cents(store, one) for one in items] == [2000, 800]
    assert continuity(store)[0].complete_until == "2026-11-16"
    check_invariants(store)
    assert verify(store).findings == ()


def test_the_wrong_file_does_not_come_again_and_the_same_bookings_may(town):
    store, number, items = town
    with pytest.raises(ReissueDiffersError):
        take(store, monday(number, amount="30,00", closing="133,50"))
    rejected(store, 2)
    with pytest.raises(WithdrawnFileError):
        take(store, monday(number), name="wrong.xml", sha="9" * 64)
    with pytest.raises(WithdrawnStatementError):
        ask_withdrawal(act(store, "clara"), 2, "again")
    assert take(store, monday(number), name="right.xml", sha="8" * 64).new == 3
    post_staged(store)
    assert open_cents(store, items[0]) == 0
    rejected(store, 3)
    assert take(act(store, "clara"), monday(number), name="last.xml", sha="7" * 64).new == 3
    check_invariants(store)


def test_a_payment_and_the_booking_that_undid_it_are_withdrawn_the_last_one_first(store):
    act(store, "import")
    number = reference(store, 1)
    claim = item(store, "50", number)
    act(store, "clara")
    take(store, statement(f"16.11. 100,00 | +50,00 Max Mustermann / {number} | 150,00", named="MO", number=2))
    post_staged(store)
    back = entry(f"-50,00 Max Mustermann / {number}", 9, day("17.11."), reversal=True)
    take(store, statement("17.11. 150,00 | 100,00", named="TU", number=3, entries=[back]))
    assert post_staged(store).returned == 1
    with pytest.raises(OpenedAgainError):
        rejected(store, 1)
    drop_withdrawal(act(store, "clara"), 1)
    for one, cents in ((2, 0), (1, 5000)):
        assert rejected(store, one).state == "done"
        assert open_cents(store, claim) == cents
    check_invariants(store)
    assert verify(store).findings == ()


def test_two_persons_a_reason_and_a_way_back(town):
    store, _, items = town
    act(store, "clara")
    with pytest.raises(WithdrawReasonError):
        ask_withdrawal(store, 2, " ")
    with pytest.raises(NotAskedError):
        confirm_withdrawal(store, 2, day=TODAY)
    ask_withdrawal(store, 2, "wrong")
    assert ask_withdrawal(store, 2, "said again").reason == "wrong"
    with pytest.raises(OwnWorkError):
        confirm_withdrawal(store, 2, day=TODAY)
    with pytest.raises(NotAllowedError):
        confirm_withdrawal(act(store, "bernd"), 2, day=TODAY)
    assert drop_withdrawal(act(store, "clara"), 2).state == "dropped"
    with pytest.raises(NotAskedError):
        confirm_withdrawal(act(store, "dirk"), 2, day=TODAY)
    assert rejected(store, 2).reason == "the bank sent the file of another customer"
    assert store.all("SELECT line, state FROM statement_withdrawal ORDER BY line") == [(1, "dropped"), (2, "done")]
    assert open_cents(store, items[0]) == 5000


def test_what_another_statement_tells_too_stays(town):
    store, number, items = town
    half = statement(f"16.11. 100,00 | +50,00 Max Mustermann / {number} | 150,00", named="HALF")
    assert take(store, half).new == 0
    assert rejected(store, 2).entries == 2
    assert [open_cents(store, one) for one in items] == [0, 800]
    assert continuity(store)[0].complete_until == "2026-11-16"
    check_invariants(store)


def test_a_closed_day_stays_as_it_is(town):
    store, _, _ = town
    close_day(store, "2026-11-20")
    before = store.value("SELECT max(position) FROM entry WHERE office = 'KASSE'")
    rejected(store, 2)
    days = store.all("SELECT DISTINCT posting_day FROM entry WHERE office = 'KASSE' AND position > :p", p=before)
    assert days == [("2026-11-21",)]
    check_invariants(store)


def test_bookings_that_wait_are_withdrawn_too(store):
    act(store, "clara")
    take(store, statement(FRIDAY, named="FR"))
    assert (rejected(store, 1).entries, store.value("SELECT count(*) FROM entry")) == (1, 0)
    assert post_staged(store).posted == 0


BY_HAND = {"verify.payment_run", "verify.transit"}
"""What `verify` says of a run that a test made without a list and an entry."""


def own_debit(index=5, name="E1", cents="-50,00"):
    """Build a debit that executes our payment of that name."""
    paid = entry(f"{cents} P", index, day("16.11."), gvc="116")
    return replace(paid, details=(replace(paid.details[0], name="P", end_to_end_id=name),))


def hanging(store):
    """Take a wrong statement: a payment of ours executed, a claim paid, money that says nothing, twice the same."""
    act(store, "import")
    number = reference(store, 1)
    claim = item(store, "40", number)
    act(store, "clara")
    run(store, "E1 50,00")
    told = f"16.11. 100,00 | +40,00 Max Mustermann / {number} | +3,00 Adam / Danke | 93,00"
    take(store, statement(told, named="MO", number=2, entries=[own_debit()]), name="wrong.xml", sha="9" * 64)
    assert post_staged(store).executed == 1
    return number, claim


def test_a_run_of_ours_hangs_on_it(store):
    hanging(store)
    with pytest.raises(StatementHangsError) as refused:
        ask_withdrawal(store, 1, "wrong")
    (found,) = refused.value.findings
    assert (type(found), found.fields["rule"], found.fields["run"]) == (HangingPaymentError, "payment", 1)
    with pytest.raises(StatementHangsError):
        rejected(store, 1)
    assert len(booked(store)) == 3


@pytest.mark.parametrize("right", ["less", "alone", "with another day", "booked anew"])
def test_what_payments_hang_on_stays_until_the_right_statement_tells_it(store, right):
    """The others are open again; the right file tells the payment, which stays executed, and brings the rest anew."""
    number, claim = hanging(store)
    ask_withdrawal(act(store, "clara"), 1, "wrong", keep=True)
    done = confirm_withdrawal(act(store, "dirk"), 1, day=TODAY, keep=True)
    assert (done.entries, done.kept, open_cents(store, claim)) == (2, 1, 4000)
    check_invariants(store)
    (left,) = waiting(store)
    assert (type(left), left.fields["amount_cents"]) == (KeptEntryError, -5000)
    act(store, "clara")
    texts = {
        "less": f"16.11. 100,00 | +30,00 Max Mustermann / {number} | 80,00",
        "alone": "16.11. 100,00 | 50,00",
        "booked anew": "16.11. 100,00 | 50,00",
        "with another day": f"16.11. 100,00 | +3,00 Adam / Danke | +30,00 Max Mustermann / {number} | 83,00",
    }
    entries = [own_debit()] if right != "with another day" else [own_debit(), entry("+1,00 Eva", 6, day("17.11."))]
    if right == "with another day":
        texts[right] = texts[right].replace("83,00", "84,00")
    if right == "booked anew":
        entries = [replace(own_debit(), servicer_reference="ANOTHER")]
    staged = take(store, statement(texts[right], named="MO", number=2, entries=entries), name="right.xml", sha="8" * 64)
    new = {"less": 1, "alone": 0, "booked anew": 0, "with another day": 3}[right]
    assert (staged.new, staged.duplicates, waiting(store)) == (new, 1, [])
    post_staged(store)
    assert payments(store) == [("E1", "executed", 0, 3)]
    assert open_cents(store, claim) == (4000 if right in {"alone", "booked anew"} else 1000)
    assert not continuity(store)[0].gaps
    check_invariants(store)
    assert {finding.code for finding in verify(store).findings} <= BY_HAND


def test_a_statement_with_a_transfer_between_own_accounts_is_withdrawn(store):
    """The leg is taken back; what the other account told stays, as money on its way."""
    act(store, "clara")
    away = replace(entry("-20,00 Stadt", 5, day("16.11.")), details=(Detail(name="Stadt", iban=SECOND_IBAN),))
    take(store, statement("16.11. 100,00 | 80,00", named="MO", entries=[away]))
    assert post_staged(store).transfers == 1
    assert (rejected(store, 1).posted, balance(store, "transit_own")) == (1, 0)
    check_invariants(store)
    assert verify(store).findings == ()


def balance(store, role):
    sql = """SELECT coalesce(sum(p.cents), 0) FROM posting p
             JOIN account a ON a.office = p.office AND a.number = p.account WHERE a.role = :role"""
    return store.value(sql, role=role)


def test_the_advice_of_a_withdrawn_sammler_explains_that_of_the_right_statement(store):
    """The bank sends the advice once: whichever statement tells the Sammler rightly gets its details."""
    act(store, "import")
    number, other = reference(store, 1), reference(store, 2)
    items = item(store, "10", number, name="Erika"), item(store, "20", other, name="Adam")
    told = advice(("Erika", 1000, number), ("Adam", 2000, other))
    take(store, told, name="advice.xml", sha="a" * 64)
    wrong = statement("16.11. 0,00 | +8,00 Fremd | 38,00", named="S", entries=[sammler()])
    take(store, wrong, name="wrong.xml", sha="9" * 64)
    post_staged(store)
    assert [open_cents(store, one) for one in items] == [0, 0]
    rejected(store, 1 + store.value("SELECT min(id) FROM statement"))
    assert [open_cents(store, one) for one in items] == [1000, 2000]
    act(store, "import")
    take(store, statement("16.11. 0,00 | 30,00", named="S", entries=[sammler()]), name="right.xml", sha="8" * 64)
    assert post_staged(store).suspense == 0
    assert [open_cents(store, one) for one in items] == [0, 0]
    rejected(store, store.value("SELECT max(id) FROM statement"))
    act(store, "import")
    twice = [sammler(servicer_reference="X"), sammler(servicer_reference="Y")]
    take(store, statement("16.11. 0,00 | 60,00", named="S", entries=twice), name="two.xml", sha="7" * 64)
    assert post_staged(store).suspense == 2, "nobody guesses"
    check_invariants(store)
    assert verify(store).findings == ()


def test_what_became_of_the_money_is_told(town):
    store, *_ = town
    rejected(store, 2)
    paid = store.value("SELECT id FROM bank_entry WHERE amount_cents = 5000")
    assert [(rule, cents) for rule, _, _, cents in matches(store, paid)] == [
        ("reference", 5000), ("undone", -5000), ("clarify", 5000), ("withdrawn", -5000),
    ]  # fmt: skip
    (event,) = store.all("SELECT facts FROM event WHERE action = 'statement.withdraw'")
    assert '"entries":3' in event[0]


def drawn(days, index):
    """Draw a booking that moves items and accounts only, as the bank would tell it."""
    one = days.draw()
    while one.kind in {"transfer", "other return"} or one.iban != MAIN_IBAN:
        one = days.draw()
    details = tuple(
        Detail(name="", remittance=tuple(part.text.split("\n")), amount_cents=part.cents, currency="EUR")
        for part in one.details
    ) or (Detail(name=one.name or "", iban=one.counter_iban or "", remittance=tuple(one.text.split("\n"))),)
    return Entry(
        index=index, amount_cents=one.cents, currency="EUR", booking_day=day("16.11."), value_day=day("16.11."),
        status="BOOK", details=details, gvc=one.gvc, line=10 + index,
    )  # fmt: skip


def test_a_drawn_day_leaves_no_trace_on_any_item(store):
    """Whatever a wrong day paid, in part, too much, in lists and for others: each item is as it was."""
    act(store, "import")
    town = fill_town(store, 400, 3, 5)
    days = Days(random.Random(5), town)
    entries = [drawn(days, index) for index in range(150)]
    total = sum(one.amount_cents for one in entries)
    before = store.all("SELECT office, id, open_cents FROM item ORDER BY office, id")
    act(store, "clara")
    balance = f"{abs(total) // 100}.{abs(total) % 100:02d}"
    take(store, statement(f"16.11. 0,00 | {'-' if total < 0 else ''}{balance.replace('.', ',')}", entries=entries))
    outcome = post_staged(store)
    assert outcome.matched > 60
    assert outcome.surpluses
    assert store.all("SELECT office, id, open_cents FROM item ORDER BY office, id")[: len(before)] != before
    assert rejected(store, 1).posted == 150
    after = store.all("SELECT office, id, open_cents FROM item ORDER BY office, id")
    known = {row[:2] for row in before}
    assert [row for row in after if row[:2] in known] == before
    assert {row[2] for row in after if row[:2] not in known} == {0}
    check_invariants(store)
    drawn_persons = "verify.master"  # written without a command: nothing vouches for them
    assert {one.code for one in verify(store).findings} <= {drawn_persons}
