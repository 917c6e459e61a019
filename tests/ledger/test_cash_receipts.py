"""Receipts at a desk: money goes to items as bank money does, numbers have no gap, nothing is taken back alone."""

import pytest

from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.bank.candidates_store import candidates_of
from ledger.bank.suspense import ClosedTargetError, UnknownTargetError, Wish
from ledger.bank.suspense_desk_store import assign
from ledger.bank.suspense_store import find_case
from ledger.book.entry import ClosedPeriodError, Draft, Posting
from ledger.book.journal import parse_entry_number
from ledger.book.reversal import OwnCommandError, SettledItemError
from ledger.book.reversal_store import reverse
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.cash.cancel_store import cancel
from ledger.cash.cancelling import (
    CancelledAlreadyError,
    CancelOfCancelError,
    CancelReasonError,
    ClearedCardError,
    CreditUnderWayError,
    GoneChequeError,
)
from ledger.cash.cards import UnknownTerminalError
from ledger.cash.desks import NotEnoughCashError, OverSingleError
from ledger.cash.desks_reader import find_desk
from ledger.cash.pay_store import pay
from ledger.cash.paying import (
    CollectedBySupplierError,
    InRunError,
    LockedItemError,
    OwesError,
    PayeeNeededError,
    TwinOwesError,
)
from ledger.cash.receipts import (
    ChequeAgainError,
    Label,
    NoMoneyError,
    PayerNeededError,
    ReceiptLabelError,
    TenderFactsError,
    TooLittleError,
    UnknownReceiptError,
    UnnamedSumError,
    parse_label,
)
from ledger.cash.receipts_reader import receipt_named, receipts_of
from ledger.cash.take_store import Payment, take
from ledger.cash.terminals_store import TerminalPlan, put_terminal
from ledger.cash.transport_store import deposit, deposit_cheques
from ledger.items.locks import Span
from ledger.items.locks_store import lock_items
from ledger.items.order_takeover_store import take_off_taken_over
from ledger.items.store import NewClearing, clear, posting_for
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.errors import KasseError
from tests.attacks import attacked
from tests.bankbooks import close_day, item, open_cents, reference, run
from tests.books import act
from tests.cashbooks import DAY, check, desk, held
from tests.ledger.order_lists import accepted, row
from tests.ledger.test_opening import CLAIM, DEBT, PAID, take_over
from tests.ledger.test_order_changes import change, through
from tests.ledger.test_verify_bank_books import found

ERIKA = Payment(payer="Erika Muster")


@pytest.fixture
def town(store):
    """A desk held by dirk, two debts of Erika in two offices, one of Adam, payables of a supplier."""
    act(store, "import")
    store.dog = item(store, "50", reference(store, 1), name="Erika Muster")
    erika = store.value("SELECT max(id) FROM party")
    store.house = item(store, "30", reference(store, 2), office="BAU", person=erika)
    store.fine = item(store, "20", reference(store, 3), name="Adam Muster")
    store.invoice = item(store, "15", "RE4711", office="BAU", kind="payable", foreign_reference=True, name="Laden")
    desk(store, single_cents=10000)
    return store


def what(done) -> list[tuple[str, str, int, int]]:
    return [(part.kind, part.office, part.item, part.amount_cents) for part in done.receipt.parts]


def test_several_debts_are_paid_with_one_receipt(town):
    done = take(town, "B1", [Wish(reference(town, 1)), Wish(f"BAU/{town.house}")], payment=ERIKA)
    assert what(done) == [("settled", "ORDNUNG", town.dog, 5000), ("settled", "BAU", town.house, 3000)]
    assert (str(done.receipt.label), done.receipt.amount_cents, done.balance_cents) == ("B1-2026-1", 8000, 8000)
    assert (open_cents(town, town.dog), open_cents(town, town.house, "BAU")) == (0, 0)
    rows = town.all("SELECT DISTINCT kind, payment_day FROM clearing WHERE kind = 'cash'")
    assert rows == [("cash", DAY)]
    check(town)


def test_a_part_may_be_paid(town):
    assert what(take(town, "B1", [Wish(reference(town, 1), 1000)])) == [("settled", "ORDNUNG", town.dog, 1000)]
    assert what(take(town, "B1", [Wish(reference(town, 1))], cents=1500)) == [("settled", "ORDNUNG", town.dog, 1500)]
    assert open_cents(town, town.dog) == 2500
    check(town)


def test_a_surplus_is_the_credit_of_the_one_person_paid_for(town):
    done = take(town, "B1", [Wish(reference(town, 1)), Wish(reference(town, 2))], cents=10000)
    assert [row[0::3] for row in what(done)] == [("settled", 5000), ("settled", 3000), ("credit", 2000)]
    credit = town.one("SELECT office, open_cents, party FROM item WHERE kind = 'credit'")
    debtor = town.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = :id", id=town.dog)
    assert credit == ("BAU", 2000, debtor)
    check(town)


def test_a_surplus_of_nobody_in_particular_is_unclear_money(town):
    done = take(town, "B1", [Wish(reference(town, 1)), Wish(reference(town, 3))], cents=8000, payment=ERIKA)
    kind, office, number, cents = what(done)[-1]
    case = find_case(town, office, number)
    assert (kind, office, cents, case.reason, case.payment_day) == ("suspense", "KASSE", 1000, "several", DAY)
    check(town)


def test_what_the_book_does_not_know_is_unclear_money_and_is_assigned_later(town):
    done = take(town, "B1", [Wish("4711", 1200), Wish(reference(town, 3))], payment=ERIKA)
    number = what(done)[-1][2]
    assert find_case(town, "KASSE", number).reason == "unknown"
    assert [(one.code, one.fields["reference"]) for one in done.findings] == [("cash.nothing_open", "4711")]
    check(town)
    assigned = assign(act(town, "clara"), number, [Wish(reference(town, 1))], day="2026-11-18")
    assert assigned.settled_cents == 1200
    paid = town.value("SELECT max(payment_day) FROM clearing WHERE kind = 'assign'")
    assert paid == DAY  # it counts from the day it was brought
    check(town)


def test_the_number_that_a_payer_showed_stays_with_money_that_the_book_does_not_know(town):
    done = take(town, "B1", [Wish("4711", 1200), Wish("RE 99/8", 300)], payment=ERIKA)
    said = town.all("SELECT bank_day, name, remittance FROM suspense_origin ORDER BY item")
    assert said == [(DAY, ERIKA.payer, "Kassenzeichen 4711"), (DAY, ERIKA.payer, "Kassenzeichen RE 99/8")]
    written = town.all("SELECT purpose FROM item WHERE kind = 'suspense' ORDER BY id")
    assert [purpose.split(";")[0] for (purpose,) in written] == ["Kassenzeichen 4711", "Kassenzeichen RE 99/8"]
    assert [part.kind for part in done.receipt.parts] == ["suspense", "suspense"]
    check(town)


def test_an_order_that_comes_later_is_suggested_for_cash_brought_before(town):
    number = what(take(town, "B1", [Wish(reference(town, 9), 1200)], payment=ERIKA))[0][2]
    assert {one.rule for one in candidates_of(town, find_case(town, "KASSE", number))} == {"name"}
    later = item(town, "44", reference(town, 9), name="Sonst Jemand")
    surest = candidates_of(town, find_case(town, "KASSE", number))[0]
    assert (surest.office, surest.item, surest.target) == ("ORDNUNG", later, reference(town, 9))


def test_what_is_paid_already_is_unclear_money(town):
    take(town, "B1", [Wish(reference(town, 3))])
    done = take(town, "B1", [Wish(reference(town, 3), 2000)], payment=ERIKA)
    assert find_case(town, "KASSE", what(done)[0][2]).reason == "closed"
    check(town)


REFUSED = {
    "nothing at all": ([], {}, NoMoneyError),
    "unknown without an amount": ([Wish("4711")], {}, UnnamedSumError),
    "unknown from nobody": ([Wish("4711", 100)], {}, PayerNeededError),
    "no reference from nobody": ([], {"cents": 100}, PayerNeededError),
    "less than is named": ([Wish("{1}", 2000)], {"cents": 1000}, TooLittleError),
    "nothing left for the second": ([Wish("{1}"), Wish("{3}")], {"cents": 5000}, TooLittleError),
    "a negative sum": ([Wish("{1}")], {"cents": -5}, NoMoneyError),
    "a terminal that there is not": ([Wish("{1}")], {"payment": Payment("card", "T9")}, UnknownTerminalError),
}


@pytest.mark.parametrize(("wishes", "more", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_taken(town, wishes, more, error):
    named = [
        Wish(w.target.replace("{1}", reference(town, 1)).replace("{3}", reference(town, 3)), w.cents) for w in wishes
    ]
    with pytest.raises(error):
        take(town, "B1", named, **more)
    assert (held(town), town.value("SELECT count(*) FROM cash_receipt")) == (0, 0)
    check(town)


def test_how_it_was_paid_must_be_clear():
    for facts in ({"tender": "card"}, {"tender": "cheque"}, {"terminal": "T1"}, {"cheque": "1"}):
        with pytest.raises(TenderFactsError):
            Payment(**facts)


def test_a_closed_day_takes_nothing(town):
    close_day(town, DAY)
    with pytest.raises(ClosedPeriodError):
        take(town, "B1", [Wish(reference(town, 1))])


def test_numbers_have_no_gap_by_desk_and_year(town):
    desk(town, "B2", holder="import")
    for _ in range(3):
        take(act(town, "dirk"), "B1", [Wish(reference(town, 1), 100)])
    take(act(town, "import"), "B2", [Wish(reference(town, 1), 100)])
    with pytest.raises(KasseError):
        take(act(town, "dirk"), "B1", [Wish("4711")])
    take(town, "B1", [Wish(reference(town, 1), 100)])
    town.today = "2027-01-04"
    take(town, "B1", [Wish(reference(town, 1), 100)])
    labels = town.all("SELECT desk, year, number FROM cash_receipt ORDER BY desk, year, number")
    assert labels == [*[("B1", 2026, n) for n in (1, 2, 3, 4)], ("B1", 2027, 1), ("B2", 2026, 1)]
    check(town)


def test_a_receipt_is_taken_back_by_another_person_with_a_counter_receipt(town):
    done = take(town, "B1", [Wish(reference(town, 1)), Wish("4711", 700)], cents=6000, payment=ERIKA)
    label = done.receipt.label
    with pytest.raises(NotAllowedError):
        cancel(town, label, "falsches Kassenzeichen")
    act(town, "clara")
    with pytest.raises(CancelReasonError):
        cancel(town, label, " ")
    back = cancel(town, label, "falsches Kassenzeichen")
    assert (str(back.receipt.label), back.receipt.amount_cents, back.receipt.cancels) == (
        "B1-2026-2",
        -6000,
        "B1-2026-1",
    )
    assert (back.cancelled.cancelled_by, back.balance_cents) == ("B1-2026-2", 0)
    assert open_cents(town, town.dog) == 5000
    assert town.value("SELECT sum(open_cents) FROM item WHERE kind IN ('suspense', 'credit')") == 0
    with pytest.raises(CancelledAlreadyError):
        cancel(town, label, "noch einmal")
    with pytest.raises(CancelOfCancelError):
        cancel(town, back.receipt.label, "doch")
    check(town)
    assert verify(act(town, "root")).findings == ()


def test_nobody_takes_back_the_own_receipt(town):
    desk(town, "B2", holder="clara")
    done = take(town, "B2", [Wish(reference(town, 1))])
    with pytest.raises(OwnWorkError):
        cancel(town, done.receipt.label, "vertippt")


def test_cash_that_is_gone_is_not_given_back(town):
    done = take(town, "B1", [Wish(reference(town, 1))])
    deposit(town, "B1", 4000)
    with pytest.raises(NotEnoughCashError):
        cancel(act(town, "clara"), done.receipt.label, "vertippt")


def test_what_was_done_with_the_money_since_is_undone_first(town):
    done = take(town, "B1", [Wish("4711", 1200)], payment=ERIKA)
    act(town, "clara")
    assign(town, what(done)[0][2], [Wish(reference(town, 1))], day=DAY)
    with pytest.raises(SettledItemError):
        cancel(town, done.receipt.label, "vertippt")


def test_entries_of_a_desk_are_not_reversed_by_hand(town):
    done = take(town, "B1", [Wish(reference(town, 1))])
    with pytest.raises(OwnCommandError):
        reverse(act(town, "clara"), parse_entry_number(done.receipt.entry), reason="vertippt", day=DAY)


def test_a_payable_is_paid_in_cash(town):
    take(town, "B1", [Wish(reference(town, 1))])
    done = pay(town, "B1", [Wish(f"BAU/{town.invoice}", 500)])
    assert (done.receipt.amount_cents, done.receipt.person, done.balance_cents) == (-500, "Laden", 4500)
    assert pay(town, "B1", [Wish("RE4711")], payee="Frau Laden").balance_cents == 3500
    assert open_cents(town, town.invoice, "BAU") == 0
    check(town)
    back = cancel(act(town, "clara"), done.receipt.label, "nicht abgeholt")
    assert (back.balance_cents, open_cents(town, town.invoice, "BAU")) == (4000, 500)
    check(town)


def test_a_desk_never_pays_more_than_it_has_or_may(town):
    with pytest.raises(NotEnoughCashError):
        pay(town, "B1", [Wish("RE4711")])
    town.big = item(act(town, "import"), "150", "RE1", kind="payable", foreign_reference=True, name="Laden")
    act(town, "dirk")
    take(town, "B1", [], cents=20000, payment=ERIKA)
    with pytest.raises(OverSingleError):
        pay(town, "B1", [Wish("RE1")])
    with pytest.raises(UnknownTargetError):
        pay(town, "B1", [Wish(reference(town, 1))])  # a claim is not paid out
    assert held(town) == 20000


def test_what_others_pay_or_nobody_may_is_not_paid_in_cash(town):
    take(town, "B1", [], cents=20000, payment=ERIKA)
    run(town, "E1 25,00")
    in_run = town.value("SELECT item FROM payment")
    debit = item(town, "5", "RE2", kind="payable", foreign_reference=True, paid_by="direct_debit", name="Strom")
    locked = item(town, "6", "RE3", kind="payable", foreign_reference=True, name="Laden")
    erika = town.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = :id", id=town.dog)
    owing = item(town, "7", "RE4", kind="payable", foreign_reference=True, person=erika)
    lock_items(act(town, "clara"), [("ORDNUNG", locked)], "payment", "Reklamation", Span(DAY))
    act(town, "dirk")
    for number, error in (
        (in_run, InRunError),
        (debit, CollectedBySupplierError),
        (locked, LockedItemError),
        (owing, OwesError),
    ):
        with pytest.raises(error):
            pay(town, "B1", [Wish(f"ORDNUNG/{number}")])
    assert pay(town, "B1", [Wish(f"ORDNUNG/{owing}")], despite_debts=True).receipt.amount_cents == -700
    with pytest.raises(ClosedTargetError):
        pay(town, "B1", [Wish(f"ORDNUNG/{owing}")])
    nobody = town.value("SELECT id FROM item WHERE kind = 'payable' AND open_cents > 0 AND party IS NULL")
    assert nobody is None
    with pytest.raises(PayeeNeededError):
        pay(town, "B1", [Wish(f"BAU/{town.invoice}", 100), Wish(f"ORDNUNG/{other(town)}", 100)])
    check(town)


TWINS = {
    "the same address": ({}, {}, TwinOwesError),
    "the same birth date at another address": (
        {"birth_date": "1980-05-01"},
        {"birth_date": "1980-05-01", "address_key": "y"},
        TwinOwesError,
    ),
    "another address": ({}, {"address_key": "y"}, None),
    "no address": ({"address_key": ""}, {"address_key": ""}, None),
    "father and son": ({"birth_date": "1980-05-01"}, {"birth_date": "2005-05-01"}, None),
    "another name": ({}, {"match_key": "q zora"}, None),
}


@pytest.mark.parametrize(("payee", "debtor", "error"), TWINS.values(), ids=TWINS)
@pytest.mark.parametrize("due", ["2026-10-01", "2026-12-01"])
def test_a_debt_of_the_same_person_under_another_number_is_named(town, payee, debtor, error, due):
    take(town, "B1", [], cents=20000, payment=ERIKA)
    number = item(town, "9", "RE8", kind="payable", foreign_reference=True, name="Zeb Q")
    item(town, "300", None, name="Zeb Q", due=due)
    for values, kind in ((payee, "payable"), (debtor, "receivable")):
        sets = {"address_key": "weg7|20999|musterstadt", **values}
        columns = ", ".join(f"{name} = :{name}" for name in sets)
        with town.unit(["KASSE", "ORDNUNG", "BAU"]):
            sql = f"UPDATE party SET {columns} WHERE id = (SELECT max(party) FROM item WHERE kind = :kind)"
            town.execute(sql, kind=kind, **sets)
    wish = [Wish(f"ORDNUNG/{number}")]
    if error is not None and due < DAY:
        with pytest.raises(error) as refused:
            pay(town, "B1", wish)
        assert refused.value.fields["owed_cents"] == 30000
    assert pay(town, "B1", wish, despite_debts=error is not None).receipt.amount_cents == -900
    check(town)


def test_cash_for_somebody_else_needs_a_word(town):
    take(town, "B1", [], cents=20000, payment=ERIKA)
    where = f"BAU/{town.invoice}"
    (finding,) = pay(town, "B1", [Wish(where, 100)], payee="Mallory").findings
    assert (finding.code, finding.fields["name"], finding.fields["payee"]) == ("cash.other_payee", "Laden", "Mallory")
    assert pay(town, "B1", [Wish(where, 100)], payee="Mallory", note="Vollmacht").findings == ()
    assert pay(town, "B1", [Wish(where, 100)], payee="LADEN").findings == ()


def other(town) -> int:
    return item(town, "8", "RE5", kind="payable", foreign_reference=True, name="Gärtnerei")


def test_a_cheque_counts_three_days_later_and_lies_in_the_drawer(town):
    done = take(town, "B1", [Wish(reference(town, 1))], payment=Payment("cheque", cheque="0004711"))
    assert (done.receipt.payment_day, done.balance_cents) == ("2026-11-19", 0)
    assert town.value("SELECT payment_day FROM clearing WHERE kind = 'cash'") == "2026-11-19"
    check(town)
    given = take(town, "B1", [Wish(reference(town, 3))], payment=Payment("cheque", cheque="0004712"))
    cancel(act(town, "clara"), given.receipt.label, "Scheck zurückgegeben")
    act(town, "dirk")
    assert deposit_cheques(town, "B1").transport.amount_cents == 5000
    check(town)
    with pytest.raises(GoneChequeError):
        cancel(act(town, "clara"), done.receipt.label, "zu spät")


def test_card_payments_of_a_day_are_one_sum_that_the_acquirer_owes(town):
    put_terminal(act(town, "emil"), "B1", TerminalPlan("61234567", "Girocard AG", fee_ppm=2500))
    act(town, "dirk")
    card = Payment("card", "61234567")
    first = take(town, "B1", [Wish(reference(town, 1))], payment=card)
    take(town, "B1", [Wish(reference(town, 3))], payment=card)
    assert held(town) == 0
    assert town.all("SELECT terminal, day FROM cash_batch") == [("61234567", DAY)]
    check(town)
    cancel(act(town, "clara"), first.receipt.label, "doppelt")
    assert town.value("SELECT sum(cents) FROM cash_receipt WHERE tender = 'card'") == 2000
    check(town)
    town.today = "2026-11-17"
    take(act(town, "dirk"), "B1", [Wish(reference(town, 1))], payment=card)
    assert town.value("SELECT count(*) FROM cash_batch") == 2
    assert issubclass(ClearedCardError, KasseError)


def test_receipts_are_listed_and_looked_at(town):
    take(town, "B1", [Wish(reference(town, 1))], payment=ERIKA)
    found = receipt_named(town, parse_label("b1/2026/1"))
    assert (found.officer, found.person, found.tender, found.parts[0].reference) == (
        "dirk", "Erika Muster", "cash", reference(town, 1),
    )  # fmt: skip
    opened = desk(town, "B2")
    assert list(receipts_of(town, opened, DAY, DAY)) == []
    with pytest.raises(UnknownReceiptError):
        receipt_named(town, Label("B1", 2026, 9))
    with pytest.raises(ReceiptLabelError):
        parse_label("B1 17")


def test_a_receipt_of_december_is_taken_back_in_january(town):
    town.now = "2027-01-11T05:00:00Z"
    town.today = "2026-12-30"
    old = take(town, "B1", [Wish(reference(town, 1), 1000)], payment=ERIKA).receipt.label
    town.today = "2027-01-05"
    new = take(town, "B1", [Wish(reference(town, 1), 500)], payment=ERIKA).receipt.label
    assert (str(old), str(new)) == ("B1-2026-1", "B1-2027-1")
    counter = cancel(act(town, "clara"), old, "doppelt").receipt
    assert (counter.cancels, receipt_named(town, old).cancelled_by) == (str(old), str(counter.label))
    assert receipt_named(town, new).cancelled_by is None
    with pytest.raises(CancelledAlreadyError):
        cancel(town, old, "noch einmal")
    again = cancel(town, new, "auch falsch")  # the same number of another year
    assert (again.receipt.cancels, again.balance_cents) == (str(new), 0)
    assert [
        (r.number, r.cancels, r.cancelled_by)
        for r in receipts_of(town, find_desk(town, "B1", town.today), "2026-12-01", "2027-12-31")
    ] == [
        ("B1-2026-1", None, "B1-2027-2"),
        ("B1-2027-1", None, "B1-2027-3"),
        ("B1-2027-2", "B1-2026-1", None),
        ("B1-2027-3", "B1-2027-1", None),
    ]
    check(town)
    assert verify(act(town, "root")).findings == ()


OTHERS = {
    "another person": ({"payee": "Mallory Dieb"}, True),
    "another person with a word why": ({"payee": "Mallory Dieb", "note": "Vollmacht vom 12.11."}, False),
    "the payee": ({}, False),
    "the payee in other writing": ({"payee": " LADEN "}, False),
}


@pytest.mark.parametrize(("said", "named"), OTHERS.values(), ids=OTHERS)
def test_the_audit_names_cash_for_another_than_the_payee(town, said, named):
    take(town, "B1", [Wish(reference(town, 1))])
    pay(town, "B1", [Wish("RE4711")], **said)
    found = [one for one in audit(act(town, "root"), Scope(DAY, DAY)).findings if "payee" in one.fields]
    assert [(one.code, one.fields["receipt"], one.fields["amount_cents"]) for one in found] == (
        [("audit.cash_other_payee", "B1-2026-2", 1500)] if named else []
    )


def test_a_cheque_is_taken_once_while_it_is_in_the_drawer_or_at_the_bank(town):
    def cheque(number):
        return Payment("cheque", cheque=number, payer="Erika")

    first = take(town, "B1", [Wish(reference(town, 1), 1000)], payment=cheque("0004711")).receipt.label
    for again in ("4711", "0004 711", "0004711"):
        with pytest.raises(ChequeAgainError):
            take(town, "B1", [Wish(reference(town, 1), 500)], payment=cheque(again))
    take(town, "B1", [Wish(reference(town, 1), 500)], payment=cheque("4711 Sparkasse"))
    cancel(act(town, "clara"), first, "zurückgegeben")
    take(act(town, "dirk"), "B1", [Wish(reference(town, 1), 1000)], payment=cheque("4711"))
    deposit_cheques(town, "B1")
    with pytest.raises(ChequeAgainError):
        take(town, "B1", [Wish(reference(town, 1), 500)], payment=cheque("4711"))
    check(town)


@pytest.fixture
def ordered(store):
    """A claim of 125.50 by order ORDNUNG-1, paid in cash at a desk of dirk, and the receipt of it."""
    accepted(store, row("ORDNUNG receivable 125,50 Erika Musterfrau"))
    desk(store, limit_cents=100000)
    done = take(act(store, "dirk"), "B1", [Wish(store.value("SELECT reference FROM item"))], payment=ERIKA)
    store.label = done.receipt.label
    return store


def left(store) -> dict[str, list[int]]:
    rows = store.all("SELECT kind, open_cents FROM item ORDER BY kind, id")
    return {kind: [cents for known, cents in rows if known == kind] for kind, _ in rows}


@pytest.mark.parametrize(
    ("to_cents", "claim", "taken"), [(0, 0, 12550), (8000, 8000, 4550)], ids=["cancelled", "reduced"]
)
def test_a_receipt_of_a_claim_that_was_cancelled_since_takes_its_credit_back(ordered, to_cents, claim, taken):
    through(ordered, change(ordered, to_cents=to_cents, as_credit=True)[0].number)
    assert left(ordered) == {"credit": [taken], "receivable": [0]}
    done = cancel(act(ordered, "clara"), ordered.label, "nie gezahlt")
    assert (done.credit_cents, left(ordered)) == (taken, {"credit": [0], "receivable": [claim]})
    check(ordered)
    assert verify(act(ordered, "root")).findings == ()


def test_a_receipt_of_a_claim_taken_over_and_cancelled_since_takes_its_credit_back(store):
    take_over(store, CLAIM, PAID, DEBT)
    desk(store, limit_cents=100000)
    label = take(act(store, "dirk"), "B1", [Wish("ORDNUNG/1")], payment=ERIKA).receipt.label
    act(store, "import")
    (made,) = take_off_taken_over(store, "ORDNUNG", 1, reason="x", day=DAY, to_cents=0, account="5100", as_credit=True)
    through(store, made.number)
    done = cancel(act(store, "clara"), label, "nie gezahlt")
    assert (done.credit_cents, left(store)["credit"], open_cents(store, 1)) == (10000, [0], 0)
    assert verify(act(store, "root")).findings == ()


ATTACKS = {
    "paid earlier": "UPDATE clearing SET payment_day = '2026-10-01' WHERE kind = 'cash'",
    "cancelled earlier": "UPDATE clearing SET payment_day = '2026-10-01' WHERE kind = 'reversal'",
}


@pytest.mark.engines
def test_days_on_which_cash_was_paid_or_taken_off_are_those_of_the_books(ordered):
    through(ordered, change(ordered, to_cents=8000, as_credit=True)[0].number)
    cancel(act(ordered, "clara"), ordered.label, "nie gezahlt")
    seen = {name: attacked(act(ordered, "root"), "clearing", sql, found) for name, sql in ATTACKS.items()}
    assert {name: codes for name, codes in seen.items() if "verify.clearing" not in codes} == {}


def pay_out(store, cents):
    """Let so much of the one credit be paid out."""
    with store.unit(["ORDNUNG"]):
        number, account = store.one("SELECT id, account FROM item WHERE kind = 'credit'")
        lines = (Posting("6200", -cents), posting_for("C", account, number, cents))
        (out,) = post(store, [Draft("ORDNUNG", "bank", DAY, lines)])
        clear(store, [NewClearing("ORDNUNG", "bank", out.position, DAY, DAY, ((number, cents),))])


def test_what_of_the_credit_was_paid_out_is_owed_again(ordered):
    through(ordered, change(ordered, to_cents=0, as_credit=True)[0].number)
    pay_out(ordered, 2550)
    done = cancel(act(ordered, "clara"), ordered.label, "nie gezahlt")
    assert (done.credit_cents, left(ordered)) == (10000, {"credit": [0], "receivable": [2550]})
    check(ordered)


@pytest.mark.engines
@pytest.mark.parametrize(("out", "owed"), [(0, 0), (4000, 4000)], ids=["all of it", "a part was paid out"])
def test_claims_of_one_order_share_the_credit_that_it_made(store, out, owed):
    accepted(store, row("ORDNUNG receivable 100,00 Erika Musterfrau"))
    through(store, change(store, to_cents=15000)[0].number)
    desk(store, limit_cents=100000)
    label = take(act(store, "dirk"), "B1", [Wish("ORDNUNG/1"), Wish("ORDNUNG/2")], payment=ERIKA).receipt.label
    through(store, change(store, to_cents=0, as_credit=True)[0].number)
    if out:
        pay_out(store, out)
    done = cancel(act(store, "clara"), label, "nie gezahlt")
    assert (done.credit_cents, left(store)["credit"], sum(left(store)["receivable"])) == (15000 - out, [0], owed)
    check(store)
    assert verify(act(store, "root")).findings == ()


def test_a_credit_that_is_about_to_be_paid_out_keeps_its_receipt(ordered):
    through(ordered, change(ordered, to_cents=0, as_credit=True)[0].number)
    run(ordered, "E1 50,00", state="proposed")
    credit = ordered.value("SELECT id FROM item WHERE kind = 'credit'")
    with ordered.unit(["KASSE", "ORDNUNG"]):
        ordered.insert_one(
            "payment", office="KASSE", run=1, line=2, item_office="ORDNUNG", item=credit, cents=12550,
            end_to_end_id="E2", creditor_name="P", creditor_iban="DE", remittance="", state="proposed", active=1,
        )  # fmt: skip
    with pytest.raises(CreditUnderWayError):
        cancel(act(ordered, "clara"), ordered.label, "nie gezahlt")
