"""Money that an order or a refund is about to pay out is taken from under it by nobody, and what is accepted is there."""

import pytest

from enforcement.proofs import PROOFS
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.bank.suspense_decisions import Assign, Forward, Undo, UndoEntry
from ledger.bank.suspense_desk_store import decide
from ledger.bank.suspense_undo import PendingPayoutError
from ledger.bank.withdraw_store import ask_withdrawal, confirm_withdrawal
from ledger.book.reversal import BoundItemError, RefundedItemError
from ledger.book.verify_store import verify
from ledger.cash.bounce_store import bounce
from ledger.cash.bouncing import BounceUsedError
from ledger.cash.cancel_store import cancel
from ledger.cash.receipts import Label
from ledger.cash.take_store import Payment
from ledger.cash.take_store import take as take_cash
from ledger.cash.transport_store import deposit_cheques
from ledger.items.order_decisions import Choice
from ledger.items.order_steps_store import decide as decide_orders
from ledger.items.orders import parse_order_number
from ledger.payments.refund_store import ask_refund, withdraw_refund
from ledger.payments.refunds import Wish as RefundWish
from tests.bankbooks import check_invariants, item, matches, reference, staged
from tests.books import act
from tests.cashbooks import desk
from tests.ledger.order_lists import IBAN
from tests.ledger.statement_texts import statement, take

NEXT, OTHER_IBAN = "2026-11-17", "DE89370400440532013000"
REFERENCE = 41


def ordered(store, case, user="import"):
    """Have the money of a case paid on by an order, which others certified and approved."""
    (done,) = decide(act(store, user), [Forward(case, "fremdes Geld", payee="Dritte GmbH", iban=IBAN)], day=NEXT).done
    step(store, done.order, ("anna", "certified"), ("bernd", "approved"))
    return done.order


def step(store, order, *steps, reason=""):
    for user, name in steps:
        choice = Choice(numbers=(parse_order_number(order),))
        decide_orders(act(store, user), name, choice, day=NEXT, reason=reason)


def sound(store):
    check_invariants(store)
    assert [(one.code, one.fields) for one in verify(act(store, "emil"), proofs=PROOFS).findings] == []


def case_of(store):
    return store.value("SELECT max(item) FROM suspense_case")


def told(store):
    """Take a statement with one credit that says nothing, and return its case."""
    act(store, "import")
    take(store, statement("16.11. 0,00 | +50,00 Adam / Danke | 50,00", named="MO", number=1))
    post_staged(store)
    ask_withdrawal(store, 1, "falsches Konto")
    return case_of(store)


def withdrawn(store):
    confirm_withdrawal(act(store, "dirk"), 1, day=NEXT)


def taken(store):
    """Take cash that nobody knows what for, and return its case."""
    desk(store)
    return take_cash(store, "B1", [], cents=1000, payment=Payment(payer="Erika")).receipt.parts[0].item


def cancelled(store):
    (label,) = store.all("SELECT desk, year, number FROM cash_receipt")
    cancel(act(store, "frida"), Label(*label), "Irrtum")


WAYS = {
    "the statement is withdrawn": (told, withdrawn, PendingPayoutError),
    "the receipt is cancelled": (taken, cancelled, BoundItemError),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_an_order_pays_out_stays_until_it_is_objected_to(store, way):
    made, away, error = WAYS[way]
    order = ordered(store, made(store))
    before = store.value("SELECT count(*) FROM entry")
    with pytest.raises(error) as refused:
        away(store)
    assert refused.value.fields["order"] == order
    assert store.value("SELECT count(*) FROM entry") == before
    step(store, order, ("clara", "objected"), reason="doch nicht")
    away(store)
    sound(store)


@pytest.mark.parametrize("way", WAYS)
def test_what_was_refused_for_an_order_is_paid_by_it(store, way):
    made, away, error = WAYS[way]
    case = made(store)
    order = ordered(store, case)
    with pytest.raises(error):
        away(store)
    step(store, order, ("clara", "accepted"))
    assert store.value("SELECT open_cents FROM item WHERE office = 'KASSE' AND id = :case", case=case) == 0
    sound(store)


def test_a_booking_that_the_bank_undoes_leaves_what_an_order_pays_out(store):
    """The debit is unclear: a person decides whether the order or the bank comes first."""
    act(store, "import")
    first = staged(store, "50", "Danke", name="Adam", counter_iban=OTHER_IBAN)
    post_staged(store)
    order = ordered(store, case_of(store))
    act(store, "import")
    back = staged(store, "-50", "Danke", name="Adam", counter_iban=OTHER_IBAN, reversal=1, day=NEXT)
    post_staged(store)
    assert [row[0] for row in matches(store, back)] == ["clarify"]
    step(store, order, ("clara", "accepted"))
    assert [row[0] for row in matches(store, first)][-1] == "paid_out"
    sound(store)


def test_a_cheque_that_bounces_leaves_what_an_order_pays_out(store):
    desk(store)
    done = take_cash(store, "B1", [], cents=5000, payment=Payment("cheque", cheque="S1", payer="Erika"))
    transport = deposit_cheques(store, "B1").transport.reference
    act(store, "import")
    staged(store, "50", f"Schecks {transport}", day=NEXT)
    post_staged(store)
    order = ordered(store, done.receipt.parts[0].item)
    back = staged(act(store, "import"), "-50", "Scheck S1", gvc="111", return_reason="AM04", day=NEXT)
    post_staged(store)
    assert [row[0] for row in matches(store, back)] == ["clarify"]
    with pytest.raises(BounceUsedError):
        bounce(store, done.receipt.label, case_of(store))
    step(store, order, ("clara", "accepted"))
    sound(store)


def overpaid(store):
    """Let Erika pay 60.00 for a claim of 50.00; return the case and her credit's place."""
    act(store, "import")
    item(store, "50", reference(store, REFERENCE), name="Erika Muster")
    staged(store, "60", "alles", name="Wer auch immer", counter_iban=OTHER_IBAN)
    post_staged(store)
    case = case_of(store)
    decide(act(store, "clara"), [Assign(case, (Wish(reference(store, REFERENCE)),), surplus=True)], day=NEXT)
    return [Undo(case, "falsch")]


def matched(store):
    """The same, but matched by itself."""
    act(store, "import")
    item(store, "50", reference(store, REFERENCE), name="Erika Muster")
    staged(store, "60", f"KZ {reference(store, REFERENCE)}", name="Erika Muster", counter_iban=OTHER_IBAN)
    post_staged(store)
    (number,) = store.all("SELECT office, year, number FROM entry WHERE kind = 'bank' AND office = 'KASSE'")
    return [UndoEntry("{}-{}-{}".format(*number), "falsch")]


@pytest.mark.parametrize("made", [overpaid, matched])
def test_a_credit_that_is_being_paid_back_stays_until_that_is_withdrawn(store, made):
    undoing = made(store)
    (credit,) = store.all("SELECT office, id FROM item WHERE kind = 'credit'")
    ask_refund(act(store, "dirk"), *credit, RefundWish("zu viel", set_off=False), day=NEXT)
    with pytest.raises(RefundedItemError):
        decide(act(store, "clara"), undoing, day=NEXT)
    withdraw_refund(act(store, "dirk"), *credit, reason="doch nicht")
    decide(act(store, "clara"), undoing, day=NEXT)
    sound(store)
