"""What dunning remembers for very many claims is what the law says of each one alone."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.charges import Claim, accrue
from enforcement.dunning_claims import Due, Left, Overdue
from enforcement.dunning_rules import Rulebook
from enforcement.law import packaged_law
from enforcement.limitation import LimitationFactError, limitation
from enforcement.limitation_watch import split_facts
from enforcement.profiles import Profile, profile_for

LAW = packaged_law()
DAY = dt.date(2026, 11, 24)
BOOK = Rulebook(DAY, "HH", LAW)
NAMES = ("fee", "fine", "tax", "private", "private-trade")
DAYS = st.dates(dt.date(2010, 1, 1), dt.date(2026, 6, 30))
FINAL = st.none() | DAYS


def profile(name: str) -> Profile:
    """Return a profile of the law data."""
    found = profile_for(name, "HH", LAW)
    assert found is not None
    return found


def end_alone(name: str, due: dt.date, final: dt.date | None, cents: int) -> dt.date | None:
    """Return the end of limitation of one claim, worked out for it alone."""
    rule = profile(name).limitation_rule(LAW)
    text = final.isoformat() if final else None
    try:
        return limitation(rule, *split_facts((due.isoformat(), text, text), cents, rule, ()), land="HH", law=LAW).end
    except LimitationFactError:
        return None


def decided(name: str, due: dt.date, final: dt.date | None, cents: int) -> Due | Left:
    """Return what one rulebook says that has met many claims before."""
    day, text = due.isoformat(), final.isoformat() if final else None
    return BOOK.decide(
        Overdue(
            "BAU", 1, None, day, day, cents, cents, 0, None, name, None, None, 1, "Ada", "Ulm", text, text, 0, None, 0
        )
    )


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(NAMES), due=DAYS, final=FINAL, cents=st.integers(1, 300_000))
def test_a_rulebook_that_remembers_says_what_the_law_says_of_each_claim(
    name: str, due: dt.date, final: dt.date | None, cents: int
) -> None:
    """Ends of limitation are remembered by year where only years count; charges by equal stretches of interest."""
    end, found = end_alone(name, due, final, cents), decided(name, due, final, cents)
    if isinstance(found, Left):
        assert (found.why, found.until) == ("barred", end.isoformat() if end else None)
    else:
        rule = profile(name).late_charge
        alone = accrue(rule, Claim(cents, due), DAY, land="HH", law=LAW).cents if rule else 0
        assert (found.limitation_end, found.charge_cents) == (end.isoformat() if end else None, alone)
