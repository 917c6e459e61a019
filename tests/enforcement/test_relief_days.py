"""Days that cannot be: nobody dies tomorrow, nobody looks again yesterday."""

import datetime as dt

import pytest

from enforcement.relief_days import ReliefFutureError, ReliefWatchPastError
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
