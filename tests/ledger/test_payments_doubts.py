"""Answers of banks that must be doubted: about another batch or nothing sent, worse than what was accepted, too late."""

import pytest

from ledger.book.verify_store import verify
from ledger.payments.propose_store import propose
from ledger.payments.void_store import void
from ledger.payments.voiding import VoidAnsweredError
from ledger.payments.vop_store import accept, cases
from tests.books import act
from tests.ledger.test_payments_answers import (
    GROUP,
    MONDAY,
    REASON,
    answer,
    codes,
    counts,
    names,
    sent,  # noqa: F401 - a fixture
    states,
    tx,
)
from tests.ledger.test_payments_steps import released

ALL_RIGHT = {"file": GROUP.format("RCVC") + counts("RCVC 3")}
READ = {
    "names differ": names,
    "all names match": lambda store: answer(store, **ALL_RIGHT),
    "accepted": lambda store: answer(store, file=GROUP.format("ACTC")),
    "refused as a copy": lambda store: answer(store, file=GROUP.format("RJCT") + REASON.format("AM05", "x")),
}


@pytest.mark.parametrize("case", READ)
def test_a_file_of_which_any_answer_was_read_is_given_up_only_when_it_was_cancelled(sent, case):  # noqa: F811
    READ[case](sent)
    with pytest.raises(VoidAnsweredError):
        void(sent, 1, reason="lost")
    assert not void(sent, 1, reason="storniert", cancelled=True).done
    with pytest.raises(VoidAnsweredError):
        void(act(sent, "emil"), 1, reason="lost")
    assert states(sent) == ["exported"] * 3


REFUSED_ONE_BY_ONE = ("KASSE-R1-1", "KASSE-R1-2", "KASSE-R1-3")


@pytest.mark.parametrize("status", ["PART", ""])
def test_payments_refused_one_by_one_lock_their_items_though_it_is_all_of_them(sent, status):  # noqa: F811
    closed = REASON.format("AC04", "Konto aufgeloest")
    done = answer(
        sent, *(tx(one, "RJCT", closed) for one in REFUSED_ONE_BY_ONE), file=GROUP.format(status) if status else ""
    )
    assert (done.rejected, done.rejected_cents, states(sent)) == (3, 700, ["rejected"] * 3)
    assert codes(done.findings) == ["answer.payment_rejected"] * 3
    assert [one.why for one in propose(sent, today=MONDAY).skipped] == ["locked"] * 3
    assert sent.value("SELECT state FROM payment_run") == "rejected"
    assert verify(sent).findings == ()


def test_a_refusal_of_the_whole_file_locks_nothing(sent):  # noqa: F811
    answer(sent, file=GROUP.format("RJCT") + REASON.format("FF01", "x"))
    assert propose(sent, today=MONDAY, trial=True).run.count == 3


def test_an_answer_about_another_batch_changes_nothing(sent):  # noqa: F811
    done = answer(sent, batch="<PmtInfSts>RJCT</PmtInfSts>" + REASON.format("FF01", ""), own="FREMD")
    assert (done.new, codes(done.findings), states(sent)) == (False, ["answer.other_batch"], ["exported"] * 3)
    assert answer(sent, batch="<PmtInfSts>RJCT</PmtInfSts>" + REASON.format("FF01", "")).rejected == 3


TOTALS = {
    "more payments": ({"number": 99}, ["answer.other_totals"]),
    "another sum": ({"total": "24.60"}, ["answer.other_sum"]),
    "both": ({"number": 2, "total": "7.01"}, ["answer.other_totals", "answer.other_sum"]),
    "none": ({}, []),
}


@pytest.mark.parametrize("case", TOTALS)
def test_an_answer_about_other_totals_is_said(sent, case):  # noqa: F811
    given, expected = TOTALS[case]
    done = answer(sent, tx("KASSE-R1-2", "ACSP"), file=GROUP.format("ACSP"), **given)
    assert (done.new, codes(done.findings)) == (True, expected)


def test_an_answer_about_what_was_never_written_changes_nothing(store):
    released(store)
    done = answer(act(store, "dirk"), file=GROUP.format("RJCT") + REASON.format("FF01", "x"), number=2, total="119.99")
    assert (done.new, codes(done.findings)) == (False, ["answer.never_sent"])
    assert set(states(store)) == {"released"}


GIVEN_UP = {
    "refused": lambda store: answer(store, file=GROUP.format("RJCT") + REASON.format("FF01", "x")),
    "given up": lambda store: (
        void(act(store, "dirk"), 1, reason="x"),
        void(act(store, "emil"), 1, reason="x"),
        act(store, "dirk"),
    ),
}


@pytest.mark.parametrize("case", GIVEN_UP)
def test_what_the_bank_executes_after_it_was_given_up_is_said(sent, case):  # noqa: F811
    GIVEN_UP[case](sent)
    done = answer(sent, file=GROUP.format("ACSC"))
    assert [(one.code, one.fields["status"], one.fields["count"]) for one in done.findings] == [
        ("answer.contradicted", "ACSC", 3)
    ]
    single = answer(sent, tx("KASSE-R1-2", "ACCC"), file=GROUP.format("PART"))
    assert [one.fields["count"] for one in single.findings] == [1]


def test_what_was_accepted_as_unknown_is_not_accepted_as_somebody_else(sent):  # noqa: F811
    answer(sent, tx("KASSE-R1-3", "RVNA"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNA 1"))
    accept(sent, 1, 3, reason="Karte")
    assert accept(act(sent, "emil"), 1, 3, reason="").case.state == "accepted"
    worse = answer(act(sent, "dirk"), tx("KASSE-R1-3", "RVNM"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNM 1"))
    assert (worse.deviations, codes(worse.findings)) == (1, ["answer.deviation"])
    assert [(one.payment, one.status, one.state) for one in cases(sent)] == [("1-3", "RVNM", "open")]
    accept(sent, 1, 3, reason="Firmenname")
    assert accept(act(sent, "emil"), 1, 3, reason="").case.state == "accepted"
    better = answer(act(sent, "dirk"), tx("KASSE-R1-3", "RVMC"), file=GROUP.format("RVCM") + counts("RCVC 2 RVMC 1"))
    assert (better.deviations, cases(sent)) == (0, [])
