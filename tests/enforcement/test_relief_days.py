"""Days that cannot be: nobody dies tomorrow, nobody looks again yesterday."""

import datetime as dt

import pytest

from enforcement.relief import Schedule
from enforcement.relief_days import ReliefEarlierError, ReliefFutureError, ReliefWatchPastError
from enforcement.relief_end_store import file_claims, watch
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose
from tests.books import act
from tests.enforcement.test_relief_store import TODAY, debtor, events, fee, granted, kasse, sound, wish

__all__ = ["kasse"]  # a fixture
ONE = dt.timedelta(days=1)
WRONG = {
    "a death tomorrow": ("tod", TODAY + ONE, None, ReliefFutureError),
    "an opening in two years": ("insolvenz", dt.date(2028, 3, 1), None, ReliefFutureError),
    "looked at again today": ("niederschlagung", TODAY, TODAY, ReliefWatchPastError),
    "looked at again last year": ("niederschlagung", TODAY, dt.date(2025, 11, 24), ReliefWatchPastError),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_day_that_cannot_be_is_refused(kasse, case):
    kind, first, watched, error = WRONG[case]
    person = debtor(kasse)
    claim = fee(kasse, person=person, profile="fine", claim_kind="bussgeld")
    wanted = wish(kind, *(() if watched is None else (claim,)), first=first, watch=watched,
                  party=person if watched is None else None)  # fmt: skip
    with pytest.raises(error):
        propose(kasse, wanted)
    assert kasse.value("SELECT count(*) FROM relief") == 0


@pytest.mark.parametrize("kind", ["tod", "insolvenz"])
def test_what_happened_today_is_taken(kasse, kind):
    person = debtor(kasse)
    fee(kasse, person=person)
    made = propose(kasse, wish(kind, first=TODAY, party=person))
    assert grant(act(kasse, "emil"), made.number).items == 1
    assert sound(kasse) == []


def test_a_watch_day_is_put_off_and_never_back(kasse):
    done = granted(kasse, wish("niederschlagung", fee(kasse), watch=TODAY + ONE))
    with pytest.raises(ReliefWatchPastError):
        watch(kasse, done.number, TODAY.isoformat(), reason="noch nichts")
    watch(kasse, done.number, (TODAY + 2 * ONE).isoformat(), reason="noch nichts")


def test_claims_were_not_filed_tomorrow(kasse):
    person = debtor(kasse)
    fee(kasse, person=person)
    done = granted(kasse, wish("insolvenz", first=TODAY, party=person))
    with pytest.raises(ReliefFutureError):
        file_claims(kasse, done.number, (TODAY + ONE).isoformat())
    assert events(kasse) == []


DEFERRED = {
    "before the due day": ("stundung", {"last": TODAY + 6 * ONE}, True),
    "on the due day": ("stundung", {"last": TODAY + 7 * ONE}, True),
    "a day later": ("stundung", {"last": TODAY + 8 * ONE}, False),
    "first instalment before the due day": ("ratenplan", {"schedule": Schedule(TODAY + 6 * ONE, 3)}, True),
    "first instalment on the due day": ("ratenplan", {"schedule": Schedule(TODAY + 7 * ONE, 3)}, False),
    "one of its own before the due day": (
        "ratenplan", {"schedule": Schedule(each=((TODAY + ONE, 1_00), (TODAY + 99 * ONE, 999_00)))}, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DEFERRED)
def test_relief_never_brings_a_due_day_forward(kasse, case):
    """§ 222 AO: what is due is deferred; a claim of 1 December is not asked for in November."""
    kind, more, refused = DEFERRED[case]
    due = (TODAY + 7 * ONE).isoformat()
    wanted = wish(kind, fee(kasse, due=due, dunning_level=0, dunned_on=None), **more)
    if refused:
        with pytest.raises(ReliefEarlierError):
            propose(kasse, wanted)
        assert kasse.value("SELECT count(*) FROM relief") == 0
        return
    granted(kasse, wanted)
    assert kasse.value("SELECT min(due) FROM item WHERE main_item IS NULL") > due


def test_an_older_claim_may_be_paid_before_another_one_is_due(kasse):
    """The instalments pay claims in their order: only what is not due yet must not be asked for."""
    person = debtor(kasse)
    old, new = fee(kasse, person=person), fee(kasse, person=person, due=(TODAY + 20 * ONE).isoformat(), number=2)
    first, second = (TODAY + days * ONE for days in (5, 40))
    made = propose(kasse, wish("ratenplan", old, new, schedule=Schedule(each=((first, 1020_47), (second, 1000_00)))))
    assert grant(act(kasse, "emil"), made.number).items == 2
