"""Nothing is lost on the way unseen: not written, on no statement, undecided, executed although undecided."""

import datetime as dt

import pytest

from ledger.bank.booked_desk_store import book_run
from ledger.payments.overdue_reader import overdue, unreleased
from ledger.payments.profiles_store import set_overdue
from ledger.payments.propose_store import propose
from ledger.payments.vop import VopExecutedError
from ledger.payments.vop_store import accept, refuse
from tests.books import act
from tests.ledger.payables import payables
from tests.ledger.test_payments_answers import MONDAY, names, sent  # noqa: F401 - a fixture
from tests.ledger.test_payments_desk import case_of
from tests.ledger.test_payments_steps import released

DAYS = {
    "on its day": (MONDAY, [], []),
    "the day after": (dt.date(2026, 11, 17), ["payment.not_written"], []),
    "after two bank days": (dt.date(2026, 11, 18), ["payment.not_written"], []),
    "after three": (dt.date(2026, 11, 19), ["payment.not_written"], ["payment.not_on_statement"]),
}


def codes(store, day):
    return [one.code for one in overdue(store, day)]


@pytest.mark.parametrize("case", DAYS)
def test_what_was_released_and_not_written_is_said_when_its_day_is_over(store, case):
    day, expected, _ = DAYS[case]
    released(store)
    assert codes(store, day) == expected


@pytest.mark.parametrize("case", DAYS)
def test_what_is_on_no_statement_is_said_some_bank_days_later(sent, case):  # noqa: F811
    day, _, expected = DAYS[case]
    assert codes(sent, day) == expected
    said = {(one.fields["run"], one.fields["count"], one.fields["sum_cents"]) for one in overdue(sent, day)}
    assert said == ({(1, 3, 700)} if expected else set())


def test_a_run_that_nobody_released_is_said_when_its_day_is_closed(store):
    payables(act(store, "dirk"), "ORDNUNG 100,00 2026-11-10 Meyer | Miete")
    propose(store, today=MONDAY)
    said = [(one.fields["run"], one.fields["count"], one.fields["sum_cents"])
            for one in unreleased(store, "2026-11-15", "2026-11-16")]  # fmt: skip
    assert said == [(1, 1, 10000)]
    assert [*unreleased(store, "2026-11-01", "2026-11-15"), *unreleased(store, "2026-11-17", "2026-11-30")] == []


def test_a_released_run_does_not_wait_any_more(store):
    released(store)
    assert [*unreleased(store, "2026-11-01", "2026-11-30")] == []


def test_the_days_are_set_by_the_head(sent):  # noqa: F811
    set_overdue(act(sent, "emil"), 0)
    assert codes(sent, dt.date(2026, 11, 17)) == ["payment.not_on_statement"]


def test_names_to_decide_are_said_on_the_day_and_again_when_they_were_executed(sent):  # noqa: F811
    names(sent)
    found = overdue(sent, MONDAY)
    assert [(one.code, one.fields["count"]) for one in found] == [("payment.names_undecided", 2)]
    accept(sent, 1, 2, reason="x")
    accept(act(sent, "emil"), 1, 2, reason="")
    assert [one.fields["count"] for one in overdue(sent, MONDAY)] == [1]
    refuse(act(sent, "dirk"), 1, 3, reason="unbekannt")
    assert overdue(sent, MONDAY) == ()
    book_run(sent, 1, case_of(sent, "-7"), day="2026-11-18")
    found = overdue(sent, MONDAY)
    assert [(one.code, one.fields["count"]) for one in found] == [("payment.executed_undecided", 1)]


def test_an_executed_payment_is_not_stopped_by_refusing_its_name(sent):  # noqa: F811
    names(sent)
    book_run(sent, 1, case_of(sent, "-7"), day="2026-11-18")
    with pytest.raises(VopExecutedError):
        refuse(sent, 1, 3, reason="unbekannt")


def test_a_proposal_says_what_is_lost(store):
    released(store)
    payables(store, "KASSE 1,00 2026-11-10 Meyer | x")
    found = propose(act(store, "dirk"), today=MONDAY, trial=True)
    assert "payment.not_written" not in [one.code for one in found.findings]
    assert codes(store, dt.date(2026, 11, 23)) == ["payment.not_written"]
