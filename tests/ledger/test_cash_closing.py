"""Cash in the closing of a day: no desk is closed over that nobody counted, and the protocol has all of them."""

import pytest

from ledger.book.closing_findings import ClosingRefusedError
from ledger.book.closing_protocol import protocol_text, read_protocol
from ledger.book.closing_service import close_day, show_day
from ledger.book.entry import ClosedPeriodError
from ledger.book.verify_store import verify
from ledger.cash.count_store import confirm, count
from ledger.cash.counting import WaitingCountError
from ledger.cash.desks import RestingDeskError
from ledger.cash.desks_reader import find_desk, rests
from ledger.cash.desks_store import NoRestError, RestReasonError, RestTakenBackError, rest, take_rest_back
from ledger.cash.reject_store import reject
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import accept, transfer
from ledger.people.users import NotAllowedError
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.cashbooks import check, counted, desk, fund, on, pieces

MONDAY, TUESDAY, WEDNESDAY, SUNDAY = "2026-11-16", "2026-11-17", "2026-11-18", "2026-11-22"
QUIET = {MAIN_IBAN: "kein Umsatz", SECOND_IBAN: "kein Umsatz"}


def pay_in(store, cents: int, code="B1", holder="dirk") -> None:
    take(act(store, holder), code, (), cents=cents, payment=Payment(payer="Erika"))


def close(store, day):
    act(store, "clara")
    return close_day(store, day, today="2026-12-31", reasons=QUIET)


def refusals(store, day) -> list[str]:
    with pytest.raises(ClosingRefusedError) as caught:
        close(store, day)
    return [finding.code for finding in caught.value.findings]


def test_a_day_is_not_closed_over_an_uncounted_desk(store):
    desk(store)
    pay_in(store, 5000)
    assert refusals(store, MONDAY) == ["closing.cash_uncounted"]
    count(act(store, "dirk"), "B1", pieces(4990))
    assert refusals(store, MONDAY) == ["closing.cash_unsigned"]
    confirm(act(store, "emil"), "B1")
    done = close(store, MONDAY)
    (line,) = done.protocol.desks
    assert (line.desk, line.holder, line.balance_cents, line.counted_cents, line.difference_cents, line.state) == (
        "B1", "dirk", 4990, 4990, -10, "counted",
    )  # fmt: skip
    assert read_protocol(protocol_text(done.protocol)) == show_day(store, MONDAY).protocol == done.protocol
    assert ("cash", 0) in [(one.code, one.notes) for one in done.protocol.checks]
    check(store)
    assert verify(act(store, "root")).findings == ()


def test_what_moves_after_the_count_is_counted_again(store):
    desk(store)
    pay_in(store, 5000)
    counted(store, pieces(5000))
    pay_in(store, 100)
    assert refusals(store, MONDAY) == ["closing.cash_uncounted"]
    counted(store, pieces(5100))
    assert close(store, MONDAY).protocol.desks[0].count == 2


def test_a_desk_without_movement_is_counted_or_shown_as_not_open(store):
    desk(store)
    assert refusals(store, MONDAY) == ["closing.cash_uncounted"]
    rest(act(store, "dirk"), "B1", "Urlaub")
    assert close(store, MONDAY).protocol.desks[0].state == "not_open"


def test_no_desk_is_open_on_a_sunday(store):
    desk(store)
    counted(store, {})
    close(store, MONDAY)
    on(store, "2026-11-20")
    assert refusals(store, SUNDAY)[0] == "closing.cash_uncounted"  # from Tuesday to Friday it was open
    counted(store, {})
    assert close(store, SUNDAY).protocol.desks[0].state == "counted"
    on(store, "2026-11-29")
    for day in ("23", "24", "25", "26", "27"):
        rest(act(on(store, f"2026-11-{day}"), "dirk"), "B1", "Betriebsurlaub")
    assert close(store, "2026-11-27").protocol.desks[0].state == "not_open"
    assert close(store, "2026-11-29").protocol.desks[0].state == "no_banking_day"  # nobody noted the Sunday


def test_a_friday_is_not_closed_uncounted_by_closing_the_weekend_with_it(store):
    desk(store)
    pay_in(store, 30000)
    for day in (MONDAY, TUESDAY, WEDNESDAY, "2026-11-19"):
        counted(on(store, day), pieces(30000))
    close(store, "2026-11-19")
    for day in ("2026-11-20", "2026-11-21", SUNDAY):
        assert refusals(store, day) == ["closing.cash_uncounted"]
    rest(act(on(store, "2026-11-20"), "dirk"), "B1", "Betriebsausflug")
    assert close(store, SUNDAY).protocol.desks[0].state == "not_open"


def test_a_difference_is_signed_whatever_is_counted_after_it(store):
    desk(store)
    pay_in(store, 10000)
    count(act(store, "dirk"), "B1", pieces(1000))
    with pytest.raises(WaitingCountError) as refused:
        count(store, "B1", pieces(1000))
    assert refused.value.fields["difference_cents"] == -9000
    confirm(act(store, "clara"), "B1")
    counted(store, pieces(1000))
    close(store, MONDAY)


def test_a_day_is_not_closed_over_a_difference_that_was_counted_over(store, monkeypatch):
    desk(store)
    pay_in(store, 10000)
    count(act(store, "dirk"), "B1", pieces(1000))
    monkeypatch.setattr("ledger.cash.count_store._check_signed", lambda *_: None)  # as a book before that rule has it
    counted(store, pieces(1000))
    assert refusals(store, MONDAY) == ["closing.cash_unsigned"]
    reject(act(store, "emil"), "B1", "ein Schein zu wenig getippt")
    counted(store, pieces(10000))
    assert close(store, MONDAY).protocol.desks[0].difference_cents == 0
    check(store)


def test_a_wrong_note_that_a_desk_is_not_open_is_taken_back(store):
    desk(store)
    rest(act(store, "dirk"), "B1", "Tippfehler")
    with pytest.raises(RestingDeskError):
        pay_in(store, 100)
    with pytest.raises(NotAllowedError):
        take_rest_back(act(store, "anna"), "B1", "doch offen")
    with pytest.raises(RestReasonError):
        take_rest_back(act(store, "dirk"), "B1", " ")
    take_rest_back(act(store, "dirk"), "B1", "doch offen")
    pay_in(store, 100)
    (line,) = rests(store, find_desk(store, "B1", MONDAY))
    assert (line.day, line.reason, line.noted_by, line.taken_back_by) == (MONDAY, "Tippfehler", "dirk", "dirk")
    assert refusals(store, MONDAY) == ["closing.cash_uncounted"]
    with pytest.raises(NoRestError):
        take_rest_back(act(store, "dirk"), "B1", "noch einmal")
    assert verify(act(store, "root")).findings == ()


def test_a_note_taken_back_is_not_made_again_and_none_is_taken_back_after_the_close(store):
    desk(store)
    rest(act(store, "dirk"), "B1", "Tippfehler")
    close(store, MONDAY)
    with pytest.raises(ClosedPeriodError):
        take_rest_back(act(store, "dirk"), "B1", "doch offen")
    rest(on(store, TUESDAY), "B1", "Urlaub")
    take_rest_back(store, "B1", "doch offen")
    with pytest.raises(RestTakenBackError):
        rest(store, "B1", "Urlaub")


def test_days_closed_together_are_covered_by_the_last_count_and_noted(store):
    desk(store)
    pay_in(store, 5000)
    on(store, TUESDAY)
    pay_in(store, 100)
    counted(store, pieces(5100))
    done = close(store, TUESDAY)
    assert [finding.code for finding in done.findings] == ["closing.cash_skipped"]
    assert done.findings[0].fields["day"] == MONDAY


def test_open_days_without_movement_are_noted_too(store):
    desk(store)
    counted(store, {})
    close(store, MONDAY)
    counted(on(store, "2026-11-19"), {})
    found = close(store, "2026-11-19").findings
    told = [one.fields for one in found if one.code == "closing.cash_skipped"]
    assert [(one["day"], one["last"], one["count"]) for one in told] == [(TUESDAY, WEDNESDAY, 2)]


def test_a_forgotten_count_is_made_good_by_the_next(store):
    desk(store)
    pay_in(store, 5000)
    assert refusals(store, MONDAY) == ["closing.cash_uncounted"]
    on(store, WEDNESDAY)
    counted(store, pieces(5000))
    assert close(store, WEDNESDAY).protocol.desks[0].counted_on == WEDNESDAY


def test_funds_stand_in_the_protocol_and_are_not_counted_daily(store):
    desk(store)
    fund(store, settle_days=1)
    pay_in(store, 20000)
    transfer(store, "B1", "H1", None)
    accept(act(store, "clara"), "H1")
    counted(store, {})
    assert [(line.desk, line.state) for line in close(store, MONDAY).protocol.desks] == [
        ("B1", "counted"),
        ("H1", "fund"),
    ]
    on(store, WEDNESDAY)
    counted(store, {})
    assert "cash.settle_due" in [finding.code for finding in close(store, WEDNESDAY).findings]


def test_a_book_without_cash_closes_as_before(store):
    assert close(store, MONDAY).protocol.desks == ()
