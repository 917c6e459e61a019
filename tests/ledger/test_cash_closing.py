"""Cash in the closing of a day: no desk is closed over that nobody counted, and the protocol has all of them."""

import pytest

from ledger.book.closing_findings import ClosingRefusedError
from ledger.book.closing_protocol import protocol_text, read_protocol
from ledger.book.closing_service import close_day, show_day
from ledger.book.verify_store import verify
from ledger.cash.count_store import confirm, count
from ledger.cash.desks_store import rest
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import accept, transfer
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
    on(store, SUNDAY)
    assert close(store, SUNDAY).protocol.desks[0].state == "not_open"


def test_days_closed_together_are_covered_by_the_last_count_and_noted(store):
    desk(store)
    pay_in(store, 5000)
    on(store, TUESDAY)
    pay_in(store, 100)
    counted(store, pieces(5100))
    done = close(store, TUESDAY)
    assert [finding.code for finding in done.findings] == ["closing.cash_skipped"]
    assert done.findings[0].fields["day"] == MONDAY


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
