"""Beside § 850c ZPO: exempt parts of pay, orders with stated amounts, the protected account."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.garnishment import StatedAmountError, garnishable_cents
from enforcement.garnishment_protection import (
    ORDERS,
    OrderKindError,
    PayPartError,
    added_incomes,
    exempt_part,
    ordered_garnishment,
    pkonto_base_cents,
)
from enforcement.law.figures import DayAfterLawError

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("on", "base", "christmas"),
    [
        ("2021-12-01", 1_260_00, 500_00),
        ("2022-01-01", 1_260_00, 630_00),
        ("2022-07-01", 1_340_00, 670_00),
        ("2023-07-01", 1_410_00, 705_00),
        ("2024-07-01", 1_500_00, 750_00),
        ("2025-07-01", 1_560_00, 780_00),
        ("2026-07-01", 1_590_00, 795_00),
    ],
)
def test_the_base_of_the_protected_account_and_the_free_christmas_pay(on, base, christmas):
    day = dt.date.fromisoformat(on)
    assert pkonto_base_cents(on=day) == base, "§ 899(1) ZPO"
    assert exempt_part("christmas", 5_000_00, on=day).exempt_cents == christmas, "§ 850a no. 4 ZPO"


@pytest.mark.parametrize(
    ("kind", "gross", "exempt", "norm"),
    [
        ("overtime", 301_01, 150_51, "§ 850a Nr. 1 ZPO"),
        ("holiday", 800_00, 800_00, "§ 850a Nr. 2 ZPO"),
        ("hardship", 120_00, 120_00, "§ 850a Nr. 3 ZPO"),
        ("christmas", 300_00, 300_00, "§ 850a Nr. 4 ZPO"),
        ("blindness", 50_00, 50_00, "§ 850a Nr. 8 ZPO"),
    ],
)
def test_parts_of_pay_that_cannot_be_taken(kind, gross, exempt, norm):
    part = exempt_part(kind, gross, on=TODAY)
    assert (part.exempt_cents, part.norm, part.findings) == (exempt, norm, ())


def test_the_old_limit_of_christmas_pay_is_not_confirmed():
    assert [finding.code for finding in exempt_part("christmas", 1, on=dt.date(2021, 12, 1)).findings] == [
        "law.unconfirmed"
    ]


@pytest.mark.parametrize(
    ("source", "order", "stated", "expected"),
    [
        ("§ 850d ZPO, less is left than by the table", "850d", 1_300_00, 1_200_00),
        ("§ 850d ZPO, never more than the table", "850d", 2_400_00, 157_59),
        ("§ 850f(2) ZPO", "850f2", 1_500_00, 1_000_00),
        ("§ 850f(1) ZPO, more is left", "850f1", 100_00, 57_59),
        ("§ 850f(1) ZPO, nothing remains to take", "850f1", 200_00, 0),
    ],
)
def test_an_order_states_an_amount(source, order, stated, expected):
    found = ordered_garnishment(2_500_00, 1, order=order, stated_cents=stated, on=TODAY)
    assert found.garnishable_cents == expected, source
    assert found.table.garnishable_cents == 157_59


def test_several_incomes_are_added():
    assert added_incomes((1_200_00, 450_00), 100_00) == 1_750_00, "§ 850e ZPO"


@pytest.mark.parametrize(
    ("why", "error", "make"),
    [
        ("unknown part", PayPartError, lambda: exempt_part("tips", 1, on=TODAY)),
        ("negative part", StatedAmountError, lambda: exempt_part("overtime", -1, on=TODAY)),
        ("negative income", StatedAmountError, lambda: added_incomes((-1,))),
        ("unknown order", OrderKindError, lambda: ordered_garnishment(1, 0, order="x", stated_cents=0, on=TODAY)),
        (
            "negative order",
            StatedAmountError,
            lambda: ordered_garnishment(1, 0, order="850d", stated_cents=-1, on=TODAY),
        ),
        ("too late", DayAfterLawError, lambda: pkonto_base_cents(on=dt.date(2027, 7, 1))),
    ],
)
def test_what_no_paragraph_answers_is_refused(why, error, make):
    with pytest.raises(error):
        make()


@given(
    net=st.integers(0, 8_000_00),
    dependants=st.integers(0, 5),
    order=st.sampled_from(ORDERS),
    stated=st.integers(0, 9_000_00),
)
def test_orders_stay_between_nothing_and_the_net_and_on_their_side_of_the_table(net, dependants, order, stated):
    taken = ordered_garnishment(net, dependants, order=order, stated_cents=stated, on=TODAY).garnishable_cents
    by_table = garnishable_cents(net, dependants, on=TODAY)
    assert 0 <= taken <= net
    assert taken <= by_table if order == "850f1" else taken >= by_table
