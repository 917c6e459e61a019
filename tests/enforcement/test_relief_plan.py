"""Instalment plans as rules: cents are conserved, interest grows with the days, money pays by days."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.charges import accrue
from enforcement.law import packaged_law
from enforcement.profiles import profile
from enforcement.relief import KINDS, Instalment, InstalmentDaysError, InstalmentSumError, Owed, Schedule
from enforcement.relief_interest_store import correction
from enforcement.relief_law import ReliefBook
from enforcement.relief_plan import deferred_claim, instalments, shares, spread_paid, standing
from enforcement.relief_reader import ReliefItemRow
from enforcement.relief_rules import event_kind, is_penal

FIRST = dt.date(2026, 1, 16)
LAW = packaged_law()


def owed(item, cents, due="2026-01-15", name="tax", kind="tax", main=None):
    return Owed("BAU", item, "2400", cents, due, 0, None, name, kind, main, 1, None, cents, due)


def book(land="HH"):
    return ReliefBook(land, LAW, lambda key: (), lambda key: ())


SCHEDULES = {
    "so many": (Schedule(first=dt.date(2026, 2, 28), count=3), 10000, [(2, 28, 3333), (3, 28, 3333), (4, 28, 3334)]),
    "a month later where no day is named": (Schedule(count=2), 10001, [(2, 16, 5000), (3, 16, 5001)]),
    "so much until it is paid": (
        Schedule(first=dt.date(2026, 1, 31), rate_cents=4000), 10000, [(1, 31, 4000), (2, 28, 4000), (3, 31, 2000)],
    ),
    "one by one": (
        Schedule(each=((dt.date(2026, 5, 1), 1), (dt.date(2026, 2, 1), 99))), 100, [(2, 1, 99), (5, 1, 1)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SCHEDULES)
def test_a_sum_is_cut_into_instalments(case):
    schedule, cents, expected = SCHEDULES[case]
    assert [(one.due.month, one.due.day, one.cents) for one in instalments(schedule, cents, FIRST)] == expected


@pytest.mark.parametrize(
    ("schedule", "error"),
    [
        (Schedule(each=((dt.date(2026, 2, 1), 50),)), InstalmentSumError),
        (Schedule(each=((dt.date(2026, 2, 1), 150), (dt.date(2026, 3, 1), -50))), InstalmentSumError),
        (Schedule(count=101), InstalmentSumError),
        (Schedule(first=dt.date(2026, 1, 15), count=2), InstalmentDaysError),
        (Schedule(each=((dt.date(2026, 2, 1), 50), (dt.date(2026, 2, 1), 50))), InstalmentDaysError),
    ],
)
def test_instalments_that_cannot_be_are_refused(schedule, error):
    with pytest.raises(error):
        instalments(schedule, 100, FIRST)


DEFERRED = [  # law.md 2.3: Stundungszinsen § 234 AO on one sum, from the day after the due day to the end
    (1003000, dt.date(2026, 1, 15), dt.date(2026, 7, 15), 30000),
    (53000, dt.date(2026, 1, 15), dt.date(2026, 4, 15), 0),
    (70000, dt.date(2026, 1, 15), dt.date(2026, 4, 15), 1000),
    (199999, dt.date(2026, 2, 28), dt.date(2026, 12, 15), 8700),
]


@pytest.mark.parametrize(("cents", "due", "until", "interest"), DEFERRED)
def test_a_deferral_bears_the_interest_of_the_law(cents, due, until, interest):
    first = due + dt.timedelta(days=1)
    found = book().plan([owed(1, cents, due.isoformat())], (Instalment(until, cents),), first)
    assert [one.interest_cents for one in found.instalments] == [interest]


def test_a_hamburg_fee_is_deferred_at_the_rate_of_its_first_day():
    # § 21 (2) GebG: 1.27 + 2 = 3.27 % for 181 days; the base rate of 1.52 from July on changes nothing
    claim = owed(1, 100000, name="hamburg-fee", kind="fee")
    found = book().plan([claim], (Instalment(dt.date(2026, 7, 15), 100000),), FIRST)
    assert [one.interest_cents for one in found.instalments] == [round(100000 * 3.27 / 100 * 181 / 365)]


def test_a_plan_longer_than_the_model_is_named():
    plan = instalments(Schedule(count=14), 100000, FIRST)
    found = book().plan([owed(1, 100000)], plan, FIRST)
    assert "relief.long" in [one.code for one in found.findings], "§ 802b (2) ZPO: twelve months"


CLAIMS = st.lists(
    st.tuples(
        st.integers(1, 500000),
        st.sampled_from(["tax", "hamburg-fee", "fine", "private", "private-trade"]),
        st.integers(0, 900),
    ),
    min_size=1,
    max_size=4,
)
COUNTS = st.integers(1, 12)


@given(CLAIMS, COUNTS, st.booleans())
def test_instalments_are_claims_and_interest_to_the_cent(given_claims, count, one_law):
    claims = [
        owed(place, cents, (FIRST - dt.timedelta(days=days)).isoformat(), given_claims[0][1] if one_law else name, "x")
        for place, (cents, name, days) in enumerate(given_claims, 1)
    ]
    total = sum(one.cents for one in claims)
    bare = instalments(Schedule(count=min(count, total)), total, FIRST)
    found = book().plan(claims, bare, FIRST)
    assert sum(one.cents for one in found.instalments) == total
    assert sum(one.interest_cents for one in found.instalments) == sum(one.cents for one in found.interest)
    parts = shares(claims, bare, book().orders())
    for one in claims:
        own = [part for part in parts if part.key == one.key]
        assert sum(part.cents for part in own) == one.cents
        rule = profile(one.profile).deferral_charge
        interest = sum(part.cents for part in found.interest if part.key == one.key)
        whole = accrue(rule, deferred_claim(one, FIRST, own), own[-1].due, law=LAW).cents if rule else 0
        assert interest == whole, "what falls due with instalments is the interest of the claim, rounded once"
        assert found.dues[one.key] == own[-1].due.isoformat()


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=12), st.integers(0, 10**7))
def test_money_pays_instalments_one_after_the_other(amounts, paid):
    plan = [Instalment(FIRST + dt.timedelta(days=30 * place), cents) for place, cents in enumerate(amounts)]
    missing = [left for _, left in spread_paid(plan, paid)]
    assert sum(missing) == max(0, sum(amounts) - paid)
    assert all(left in (0, one.cents) for one, left in zip(plan, missing, strict=True)) or sum(
        0 < left < one.cents for one, left in zip(plan, missing, strict=True)
    ) == 1  # fmt: skip
    day = plan[len(plan) // 2].due
    assert standing(plan, paid, day).behind_cents == max(0, sum(amounts[: len(plan) // 2 + 1]) - paid)


def row(item, part, cents, open_cents, main=None, due="2026-02-01"):
    return ReliefItemRow(
        item, "BAU", item, part, cents, open_cents, due, due, 0, None, None, None, None, main, "2400", None, None
    )


@given(
    st.integers(0, 900), st.lists(st.tuples(st.integers(1, 300), st.integers(0, 300)), max_size=5), st.integers(0, 900)
)
def test_taking_interest_off_conserves_what_was_paid(main_open, interest, kept):
    items = [row(1, "claim", 900, main_open)]
    items += [
        row(number, "interest", cents, min(left, cents), 1, f"2026-{number:02d}-01")
        for number, (cents, left) in enumerate(interest, 2)
    ]
    found = correction(items, {("BAU", 1): kept})
    off, away, to = (sum(one.cents for one in part) for part in (found.off, found.away, found.to))
    booked = sum(one.cents for one in items[1:])
    assert away == to <= main_open
    assert off <= max(0, booked - kept)
    assert off - away <= sum(one.open_cents for one in items[1:])
    if away < main_open:
        assert off == max(0, booked - kept)
    opened = {one.item: one.open_cents for one in items}
    moved = {one.item: one.cents for one in found.away}
    assert all(one.cents <= opened[one.item] + moved.get(one.item, 0) for one in found.off)


EVENTS = {  # which event a relief is, by the law of the claim (limitation.toml)
    "§ 231 (1) no. 1 AO, Stundung": ("stundung", "tax", "deferral"),
    "§ 231 (1) no. 1 AO, Aussetzung": ("aussetzung", "tax", "suspended_execution"),
    "§ 231 (1) no. 1 AO, Vollstreckungsaufschub": ("aufschub", "tax", "stay"),
    "§ 22 GebG HH": ("ratenplan", "hamburg-fee", "deferral"),
    "§ 34 (4) no. 3 OWiG, Zahlungserleichterung": ("ratenplan", "fine", "relief"),
    "§ 34 (4) OWiG, Aussetzung": ("aussetzung", "fine", "suspended_execution"),
    "§ 205 BGB": ("stundung", "private", "deferral"),
    "§ 5 (3) GKG": ("stundung", "justice", "deferral"),
    "Niederschlagung leaves limitation alone (§ 261 AO)": ("niederschlagung_befristet", "tax", None),
    "without a law": ("stundung", None, "deferral"),
}


@pytest.mark.parametrize("case", EVENTS)
def test_each_law_has_its_own_event(case):
    kind, name, expected = EVENTS[case]
    assert event_kind(KINDS[kind], profile(name) if name else None, LAW) == expected


PENAL = {  # § 101 OWiG, § 45 (1) AO, § 39 (1) no. 3 InsO, § 302 no. 2 InsO
    "a fine": ("fine", "bussgeld", True),
    "a fine whose kind is not said": ("fine", None, True),
    "the costs of a fine": ("fine", "gebuehr", False),
    "the fee of its Mahnung": ("fine", "mahngebuehr", False),
    "a Zwangsgeld": ("hamburg-fee", "zwangsgeld", True),
    "a fee": ("hamburg-fee", "fee", False),
    "a tax": ("tax", "tax", False),
    "a Geldstrafe": ("justice", "geldstrafe", True),
    "without a law": (None, "zwangsgeld", False),
}


@pytest.mark.parametrize("case", PENAL)
def test_what_is_a_penalty(case):
    name, kind, expected = PENAL[case]
    assert is_penal(owed(1, 100, kind=kind), profile(name) if name else None) is expected
