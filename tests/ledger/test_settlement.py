"""Tilgung: the order of payment is the law's, no cent is lost, no claim is overpaid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.items.settlement import Claim, in_order, packaged_orders, spread


def claim(text: str) -> Claim:
    """Build a claim from `#1 50,00 2026-01-15 tax saeumniszuschlag`."""
    from sepa.money import parse_amount

    number, amount, due, *rest = text.split()
    profile, kind = [*rest, None, None][:2]
    return Claim("KASSE", int(number.lstrip("#")), parse_amount(amount), due, profile, kind)


CASES = {
    "§ 225 (2) AO: tax before cost before interest before surcharge": (
        [
            "#1 10 2026-01-01 tax saeumniszuschlag", "#2 5 2026-01-01 tax zinsen",
            "#3 7,50 2026-01-01 tax mahngebuehr", "#4 100 2026-03-15 tax hundesteuer",
        ],
        "110", {4: 10000, 3: 750, 2: 250},
    ),
    "§ 225 (2) AO: fines and Zwangsgeld before taxes": (
        ["#1 100 2026-01-01 tax", "#2 50 2026-05-01 tax zwangsgeld", "#3 20 2026-06-01 tax bussgeld"],
        "60", {3: 2000, 2: 4000},
    ),
    "§ 225 (2) AO: inside a class by due day": (
        ["#1 100 2026-05-15 tax", "#2 100 2026-02-15 tax"], "150", {2: 10000, 1: 5000},
    ),
    "§ 367 (1) BGB: costs, interest, principal": (
        ["#1 100 2026-01-01 private", "#2 3 2026-04-01 private verzugszinsen", "#3 5 2026-04-01 private mahngebuehr"],
        "10", {3: 500, 2: 300, 1: 200},
    ),
    "§ 94 OWiG: fine before costs": (
        ["#1 28,50 2026-01-01 fine cost", "#2 100 2026-01-01 fine bussgeld"], "110", {2: 10000, 1: 1000},
    ),
    "no profile: oldest due first": (
        ["#1 10 2026-03-01", "#2 10 2026-01-01", "#3 10 2026-02-01"], "25", {2: 1000, 3: 1000, 1: 500},
    ),
    "two profiles: oldest due first": (
        ["#1 10 2026-03-01 tax saeumniszuschlag", "#2 10 2026-04-01 fine bussgeld"], "15", {1: 1000, 2: 500},
    ),
    "a surplus stays over": (["#1 10 2026-03-01"], "25", {1: 1000}),
}  # fmt: skip


@pytest.mark.parametrize(("claims", "amount", "expected"), CASES.values(), ids=CASES)
def test_money_is_spread_in_the_order_of_the_law(claims, amount, expected):
    from sepa.money import parse_amount

    paid = spread([claim(text) for text in claims], parse_amount(amount))
    assert {c.item: cents for c, cents in paid} == expected
    assert [c.item for c, _ in paid] == list(expected)


PLAN = ("#1 900 2027-02-15 fee", "#2 3,10 2026-12-15 fee mahngebuehr", "#3 1,91 2026-12-15 fee stundungszinsen",
        "#4 1,84 2027-01-15 fee stundungszinsen")  # fmt: skip
AHEAD = [  # interest of a plan is booked when it is granted, for instalments to come
    ("2026-12-15", "300", {2: 310, 3: 191, 1: 29499}),
    ("2026-12-14", "300", {2: 310, 1: 29690}),
    ("2027-01-15", "300", {2: 310, 3: 191, 4: 184, 1: 29315}),
    ("2026-12-15", "906", {2: 310, 3: 191, 1: 90000, 4: 99}),
    ("", "300", {2: 310, 3: 191, 4: 184, 1: 29315}),
]


@pytest.mark.parametrize(("day", "amount", "expected"), AHEAD)
def test_interest_for_days_to_come_is_not_owed_yet(day, amount, expected):
    """§§ 366 (2), 367 BGB: what is not due is not paid before what the instalment is for."""
    from sepa.money import parse_amount

    paid = spread([claim(text) for text in PLAN], parse_amount(amount), day=day)
    assert {c.item: cents for c, cents in paid} == expected


def test_orders_of_the_caller_replace_the_packaged_ones():
    class Backwards:
        def rank(self, claim_kind: str) -> int:
            return {"b": 0, "a": 1}.get(claim_kind, 2)

    claims = [claim("#1 10 2026-01-01 own a"), claim("#2 10 2026-02-01 own b")]
    assert [c.item for c, _ in spread(claims, 1500, {"own": Backwards()})] == [2, 1]


KINDS = st.sampled_from([None, "mahngebuehr", "zinsen", "saeumniszuschlag", "bussgeld", "hundesteuer"])
CLAIMS = st.lists(
    st.builds(
        Claim,
        office=st.just("KASSE"),
        item=st.integers(1, 10**6),
        open_cents=st.integers(0, 10**6),
        due=st.dates().map(str),
        profile=st.sampled_from([None, "tax", "fee", "fine", "private"]),
        claim_kind=KINDS,
    ),
    max_size=8,
    unique_by=lambda made: made.item,
)


@given(CLAIMS, st.integers(0, 3 * 10**6))
def test_no_cent_is_lost_and_no_claim_overpaid(claims, cents):
    paid = spread(claims, cents)
    assert sum(part for _, part in paid) == min(cents, sum(c.open_cents for c in claims))
    assert all(0 < part <= c.open_cents for c, part in paid)
    reached = [c for c in in_order(claims, packaged_orders()) if c.open_cents][: len(paid)]
    assert [c for c, _ in paid] == reached
    assert all(part == c.open_cents for c, part in paid[:-1])
