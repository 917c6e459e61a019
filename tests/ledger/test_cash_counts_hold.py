"""A count holds for what was there then: movements after it, closed days, typing errors; funds keep their fixed sum."""

import pytest

from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.bank.suspense import Wish
from ledger.bank.suspense_desk_store import assign
from ledger.book.entry import ClosedPeriodError
from ledger.book.verify_store import verify
from ledger.cash.check_store import cash_contradictions
from ledger.cash.closing_reader import desk_lines, uncounted
from ledger.cash.count_store import confirm, count
from ledger.cash.counting import (
    AuditDifferenceError,
    LargeDifferenceError,
    MovedSinceCountError,
    RejectCountReasonError,
    UnknownCountError,
)
from ledger.cash.desks import UncountedDeskError
from ledger.cash.desks_reader import check_counted, find_desk
from ledger.cash.overview_reader import counts_of
from ledger.cash.reject_store import reject
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import accept, deposit, transfer, withdraw
from ledger.cash.transports import OverFixedError
from ledger.people.users import NotAllowedError, OwnWorkError, add_user
from sepa.errors import KasseError
from tests.attacks import without_guards
from tests.bankbooks import close_day, item, reference
from tests.books import act
from tests.cashbooks import DAY, check, counted, desk, fund, held, pieces


@pytest.fixture
def town(store):
    desk(store)
    take(store, "B1", [], cents=45000, payment=Payment(payer="Erika Muster"))
    return store


def to_bank_and_back(store):
    deposit(store, "B1", 20000)
    withdraw(store, "B1", 20000)


def left(store):
    return [finding.code for finding in uncounted(store, DAY, DAY)]


def test_a_day_is_not_closed_on_a_count_before_the_last_movement(town):
    counted(town, pieces(45000))
    assert left(town) == []
    to_bank_and_back(town)
    assert left(town) == ["closing.cash_uncounted"]
    with pytest.raises(UncountedDeskError):
        check_counted(town, find_desk(town, "B1", DAY), DAY)
    counted(town, pieces(45000))
    assert left(town) == []
    check_counted(town, find_desk(town, "B1", DAY), DAY)


def test_the_audit_counts_what_agrees_and_books_no_difference(town):
    with act(town, "root").unit(["KASSE"]):
        add_user(town, "gerda", [("*", "audit")])
    before = town.value("SELECT count(*) FROM entry")
    with pytest.raises(AuditDifferenceError) as refused:
        count(act(town, "gerda"), "B1", pieces(44000))
    assert refused.value.fields == {"desk": "B1", "counted_cents": 44000, "expected_cents": 45000}
    assert count(town, "B1", pieces(45000)).difference_cents == 0
    assert town.value("SELECT count(*) FROM entry") == before
    confirm(act(town, "dirk"), "B1")
    assert count(act(town, "emil"), "B1", pieces(44000)).difference_cents == -1000


def test_movements_of_other_desks_and_later_days_leave_a_count_alone(town):
    counted(town, pieces(45000))
    desk(town, "B2", holder="clara")
    take(town, "B2", [], cents=100, payment=Payment(payer="Max"))
    counted(town, pieces(100), "B2", counter="clara")
    town.now = "2026-11-17T09:00:00Z"
    act(town, "dirk").today = "2026-11-17"
    take(town, "B1", [], cents=100, payment=Payment(payer="Max"))
    assert left(town) == []


def test_a_count_that_differs_and_is_booked_holds(town):
    counted(town, pieces(44000))
    assert left(town) == []
    check(town)


def test_nobody_signs_a_count_that_cash_moved_after(town):
    count(town, "B1", pieces(45000))
    to_bank_and_back(town)
    with pytest.raises(MovedSinceCountError):
        confirm(act(town, "emil"), "B1")


def test_nothing_is_counted_for_a_day_that_is_closed(town):
    counted(town, pieces(45000))
    close_day(town, DAY)
    with pytest.raises(ClosedPeriodError):
        count(town, "B1", pieces(45000))
    assert town.value("SELECT count(*) FROM cash_count") == 1


@pytest.mark.parametrize(
    ("cents", "refused"), [(107500, True), (45000 + 10001, True), (45000 + 10000, False), (34999, True), (0, True)]
)
def test_a_large_difference_is_booked_only_when_somebody_is_sure(town, cents, refused):
    if refused:
        with pytest.raises(LargeDifferenceError):
            count(town, "B1", pieces(cents), sure=False)
        assert (held(town), town.value("SELECT count(*) FROM cash_count")) == (45000, 0)
    assert count(town, "B1", pieces(cents), sure=refused).difference_cents == cents - 45000
    check(town)


def test_a_fund_never_gets_more_than_its_fixed_sum(town):
    fund(town, holder="clara", fixed_cents=10000)
    withdraw(town, "H1", 6000)
    with pytest.raises(OverFixedError):
        withdraw(town, "H1", 4001)
    act(town, "dirk")
    with pytest.raises(OverFixedError) as refused:
        transfer(town, "B1", "H1", 4001)
    assert refused.value.fields["wanted_cents"] == 4001
    transfer(town, "B1", "H1", 3000)
    with pytest.raises(OverFixedError):
        transfer(town, "B1", "H1", 1001)
    accept(act(town, "clara"), "H1")
    withdraw(town, "H1", None)
    assert held(town, "H1") == 10000
    check(town)
    assert verify(act(town, "root")).findings == ()


def mistyped(store, cents=99900):
    """Count as dirk what is not there."""
    act(store, "dirk")
    return count(store, "B1", pieces(cents))


def test_a_count_that_was_mistyped_is_rejected_and_its_difference_taken_back(town):
    wrong = mistyped(town)
    assert held(town) == 99900
    done = reject(act(town, "emil"), "B1", "999 statt 450")
    assert (done.number, done.rejected, done.confirmed) == (wrong.number, True, False)
    assert held(town) == 45000
    assert town.value("SELECT sum(open_cents) FROM item WHERE kind = 'suspense' AND id = :case", case=wrong.case) == 0
    check(town)
    assert left(town) == ["closing.cash_uncounted"]
    with pytest.raises(UnknownCountError):
        confirm(town, "B1")
    with pytest.raises(UnknownCountError):
        reject(town, "B1", "noch einmal")
    counted(town, pieces(45000))
    assert left(town) == []
    assert [(line.number, line.rejected_by) for line in counts_of(town, find_desk(town, "B1", DAY))] == [
        (2, None), (1, "emil"),
    ]  # fmt: skip
    assert desk_lines_difference(town) == 0
    check(town)
    assert verify(act(town, "root")).findings == ()


def desk_lines_difference(store) -> int:
    return sum(line.difference_cents for line in desk_lines(store, DAY, DAY))


def test_a_shortage_is_taken_back_too_and_what_moved_meanwhile_stays(town):
    wrong = mistyped(town, 40000)
    take(act(town, "dirk"), "B1", [], cents=700, payment=Payment(payer="Max"))
    reject(act(town, "clara"), "B1", "eine Rolle vergessen")
    assert held(town) == 45700
    assert town.value("SELECT open_cents FROM item WHERE kind = 'advance' AND id = :case", case=wrong.case) == 0
    check(town)


def test_a_count_without_a_difference_is_rejected_without_an_entry(town):
    before = town.value("SELECT count(*) FROM entry")
    mistyped(town, 45000)
    assert reject(act(town, "emil"), "B1", "falscher Tag").rejected
    assert town.value("SELECT count(*) FROM entry") == before
    check(town)


def reject_as(who, reason="falsch"):
    return lambda store: reject(act(store, who), "B1", reason)


def confirmed(store):
    confirm(act(store, "emil"), "B1")
    reject(act(store, "clara"), "B1", "doch falsch")


def decided(store):
    case = store.value("SELECT max(id) FROM item WHERE kind = 'suspense'")
    debt = item(store, "549", reference(store, 1))
    assign(act(store, "clara"), case, [Wish(f"ORDNUNG/{debt}")], day=DAY)
    reject(act(store, "emil"), "B1", "falsch")


NOT_REJECTED = {
    "by who counted": (reject_as("dirk"), NotAllowedError),
    "by who may not": (reject_as("anna"), NotAllowedError),
    "without a word": (reject_as("emil", "  "), RejectCountReasonError),
    "after the second signature": (confirmed, UnknownCountError),
    "after the money went elsewhere": (decided, KasseError),
}


@pytest.mark.parametrize(("attempt", "error"), NOT_REJECTED.values(), ids=NOT_REJECTED)
def test_what_keeps_a_count_from_being_rejected(town, attempt, error):
    mistyped(town)
    books = held(town)
    with pytest.raises(error):
        attempt(town)
    assert held(town) == books
    check(town)


def test_who_holds_the_desk_rejects_no_count_of_a_head(store):
    desk(store, holder="clara")
    take(store, "B1", [], cents=45000, payment=Payment(payer="Erika Muster"))
    count(act(store, "emil"), "B1", pieces(40000))
    with pytest.raises(OwnWorkError):
        reject(act(store, "clara"), "B1", "ich hatte mehr")
    with pytest.raises(OwnWorkError):
        reject(act(store, "emil"), "B1", "verzählt")
    assert reject(act(store, "frida"), "B1", "verzählt").rejected


def test_the_audit_notes_a_rejected_difference(town):
    mistyped(town)
    reject(act(town, "emil"), "B1", "vertippt")
    found = [one for one in audit(act(town, "root"), Scope("2026-11-01", DAY)).findings if "cash" in one.template]
    (noted,) = [one for one in found if one.code == "audit.count_rejected"]
    assert (noted.severity, noted.fields["amount_cents"], noted.fields["reason"]) == ("info", 54900, "vertippt")


def test_the_audit_notes_what_was_short_and_names_a_count_that_nobody_signed(town):
    count(act(town, "dirk"), "B1", pieces(44000))
    today, later = Scope("2026-11-01", DAY), Scope("2026-11-01", "2026-11-30")
    assert codes(town, today) == []  # it may be signed before the day is over
    assert codes(town, later) == [("count_unsigned", "warning", -1000)]
    confirm(act(town, "emil"), "B1")
    assert codes(town, later) == [("difference_accepted", "info", -1000)]


def test_the_audit_asks_about_no_count_that_a_signed_one_of_the_day_covers(town):
    year = Scope("2026-01-01", "2026-12-31")
    count(act(town, "dirk"), "B1", pieces(45000))
    assert codes(town, year) == [("count_unsigned", "warning", 0)]
    take(town, "B1", [], cents=100, payment=Payment(payer="Erika Muster"))
    counted(town, pieces(45100))
    assert codes(town, year) == []


def codes(store, scope):
    found = audit(act(store, "root"), scope).findings
    told = [(one.code.removeprefix("audit."), one.severity, one.fields["amount_cents"]) for one in found
            if one.code in {"audit.count_unsigned", "audit.difference_accepted"}]  # fmt: skip
    act(store, "dirk")
    return told


def test_a_rejected_count_without_its_event_is_named(town):
    mistyped(town)
    reject(act(town, "emil"), "B1", "vertippt")
    without_guards(town, "cash_count")
    town.execute("UPDATE cash_count SET rejected_by = :who", who=act(town, "frida").user)
    assert [one.code for one in cash_contradictions(town)] == ["verify.cash_signature"]
