"""What is short or over in a cash desk: others decide about it, and what comes back is set against it."""

import pytest

from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.bank.suspense import ClearedCaseError, UnknownTargetError, Wish
from ledger.bank.suspense_decisions import Forward, Undo
from ledger.bank.suspense_desk_store import assign, decide
from ledger.bank.suspense_store import find_case, show_case
from ledger.book.verify_store import verify
from ledger.cash.count_store import confirm, count
from ledger.cash.desks import HolderRoleError
from ledger.cash.desks_store import hand_over
from ledger.cash.take_store import Payment, take
from ledger.people.duties import CashHolderRoleError
from ledger.people.users import NotAllowedError, OwnWorkError
from ledger.people.users_store import grant
from ledger.reports.balances_store import trial_balance
from sepa.errors import KasseError
from tests.attacks import without_guards
from tests.bankbooks import item, open_cents, reference
from tests.books import act
from tests.cashbooks import DAY, check, desk, held, pieces


@pytest.fixture
def short(store):
    """A desk that dirk holds and in which 10.00 of 100.00 are missing; `store.case` is the advance."""
    desk(store)
    take(store, "B1", [], cents=10000, payment=Payment(payer="Erika"))
    store.case = count(store, "B1", pieces(9000)).case
    confirm(act(store, "clara"), "B1")
    return act(store, "dirk")


def fate(case, account="6100"):
    return Forward(case, to_office="KASSE", account=account, reason="Fehlbetrag")


def test_the_holder_of_a_desk_decides_nothing_about_its_differences(short):
    with pytest.raises(OwnWorkError):
        decide(short, [fate(short.case)], day=DAY)
    over = count(short, "B1", pieces(9500)).case
    with pytest.raises(OwnWorkError):
        decide(short, [fate(over, "5900")], day=DAY)
    unclear = take(short, "B1", [], cents=1000, payment=Payment(payer="Frau Unbekannt")).receipt.parts[0].item
    with pytest.raises(OwnWorkError):
        assign(short, unclear, [Wish(f"KASSE/{short.case}")], day=DAY)
    act(short, "clara")
    with pytest.raises(NotAllowedError):
        decide(short, [fate(short.case)], day=DAY)
    decide(act(short, "emil"), [fate(short.case), fate(over, "5900")], day=DAY)
    assert find_case(short, "KASSE", short.case).open_cents == 0
    check(short)


def test_who_counted_decides_neither(short):
    act(short, "emil")
    case = count(short, "B1", pieces(8000)).case
    with short.unit(["KASSE"]):
        short.insert_one("user_role", user_id=short.user, office="*", role="clerk")
    with pytest.raises(OwnWorkError):
        decide(short, [fate(case)], day=DAY)


def test_a_shortage_is_paid_back_at_the_desk(short):
    done = take(short, "B1", [Wish(f"KASSE/{short.case}", 400)], payment=Payment(payer="Dirk"))
    assert [(part.kind, part.item) for part in done.receipt.parts] == [("settled", short.case)]
    assert (find_case(short, "KASSE", short.case).open_cents, held(short)) == (600, 9400)
    take(short, "B1", [Wish(f"KASSE/{short.case}")], payment=Payment(payer="Dirk"))
    assert find_case(short, "KASSE", short.case).open_cents == 0
    check(short)
    assert verify(act(short, "root")).findings == ()


def test_what_is_found_again_is_set_against_what_was_short(short):
    over = count(short, "B1", pieces(10000)).case
    act(short, "clara")
    done = assign(short, over, [Wish(f"KASSE/{short.case}")], day=DAY)
    assert (done.settled_cents, done.left_cents) == (1000, 0)
    assert [find_case(short, "KASSE", case).open_cents for case in (over, short.case)] == [0, 0]
    check(short)
    decide(short, [Undo(over, reason="doch nicht")], day=DAY)
    assert [find_case(short, "KASSE", case).open_cents for case in (over, short.case)] == [1000, 1000]
    check(short)


def test_a_shortage_is_set_against_what_was_found_said_the_other_way_round(short):
    over = count(short, "B1", pieces(9400)).case
    done = assign(act(short, "clara"), short.case, [Wish(f"kasse/{over}")], day=DAY)
    assert (done.number, done.settled_cents, done.left_cents) == (short.case, 400, 600)
    assert [find_case(short, "KASSE", case).open_cents for case in (over, short.case)] == [0, 600]
    check(short)
    with pytest.raises(ClearedCaseError):
        assign(short, short.case, [Wish(f"KASSE/{over}")], day=DAY)
    with pytest.raises(OwnWorkError):
        assign(act(short, "dirk"), short.case, [Wish(f"KASSE/{over}")], day=DAY)


def test_what_is_short_stands_on_the_account_of_shortages(short):
    assert find_case(short, "KASSE", short.case).account == "2610"
    assert trial(short) == {"2610": 1000, "2600": 0}
    with pytest.raises(KasseError) as refused:
        decide(act(short, "emil"), [fate(short.case, "2610")], day=DAY)
    assert refused.value.code == "order.kept_account"
    decide(short, [fate(short.case)], day=DAY)
    assert trial(short) == {"2610": 0, "2600": 0}
    check(short)
    assert verify(act(short, "root")).findings == ()


def test_a_chart_without_such_an_account_takes_the_one_of_advances(store):
    desk(store)
    take(store, "B1", [], cents=10000, payment=Payment(payer="Erika"))
    store.execute("UPDATE account SET role = NULL WHERE number = '2610'")
    case = count(store, "B1", pieces(9000)).case
    assert find_case(store, "KASSE", case).account == "2600"
    check(store)


def trial(store) -> dict[str, int]:
    accounts = trial_balance(store, DAY).accounts
    held = {one.number: one.balance_cents for one in accounts if one.office == "KASSE"}
    return {number: held.get(number, 0) for number in ("2610", "2600")}


def test_an_advance_is_named_by_its_number_only(short):
    debt = item(act(short, "import"), "5", reference(short, 1), kind="advance")
    act(short, "clara")
    unclear = find_case(short, "KASSE", short.value("SELECT min(id) FROM item WHERE kind = 'suspense'")).number
    with pytest.raises(UnknownTargetError):
        assign(short, unclear, [Wish(reference(short, 1))], day=DAY)
    assign(short, unclear, [Wish(f"ORDNUNG/{debt}")], day=DAY)
    assert open_cents(short, debt) == 0
    check(short)


def found(store):
    report = audit(act(store, "root"), Scope("2026-11-01", DAY))
    return {(one.code, one.fields["object"]) for one in report.findings if one.code in CASH_CODES}


CASH_CODES = {"audit.difference_own", "audit.holder_role"}


def test_the_audit_names_who_decided_about_their_own_difference(short):
    decide(act(short, "emil"), [fate(short.case)], day=DAY)
    assert found(short) == set()
    without_guards(short, "suspense_step")
    short.execute("UPDATE suspense_step SET by = :dirk", dirk=act(short, "dirk").user)
    assert found(short) == {("audit.difference_own", f"item:{short.case}")}


def test_who_holds_cash_orders_no_payments(short):
    with pytest.raises(CashHolderRoleError):
        grant(act(short, "root"), "dirk", [("BAU", "approver")], exception="klein")
    dirk = act(short, "dirk").user
    short.insert_one("user_role", user_id=dirk, office="BAU", role="approver")
    with pytest.raises(HolderRoleError):
        take(short, "B1", [], cents=100, payment=Payment(payer="Erika"))
    assert found(short) == {("audit.holder_role", f"user:{dirk}")}


def test_a_case_says_when_it_was_counted_and_who_held_the_cash_then(short):
    act(short, "emil")
    short.now = short.now.replace("00:00Z", "01:00Z")
    hand_over(short, "B1", "clara")
    known = show_case(short, short.case)
    assert (known.counted_on, known.holder, known.bank_day) == (DAY, "dirk", DAY)
    assert known.name == "Kassenfehlbetrag B1, Barkasse im Rathaus"
    unclear = take(act(short, "clara"), "B1", [], cents=500, payment=Payment(payer="Frau Unbekannt")).receipt.parts[0]
    said = show_case(short, unclear.item)
    assert (said.holder, said.name) == (None, "Frau Unbekannt; Quittung B1-2026-2")
