"""Säumniszuschlag and interest: the worked examples of the sources, part payments, joint debtors."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.charges import Claim, JointRuleError, Payment, accrue, interest_start, joint
from enforcement.charges_interest import year_fraction
from enforcement.charges_monthly import full_months
from enforcement.charges_surcharge import SMALL, started_months
from enforcement.charges_values import ClaimAmountError, PaymentAmountError, PaymentWayError
from enforcement.law import packaged_law
from enforcement.law.figures import DayAfterLawError, DayBeforeLawError, FigureUnknownError
from sepa.money import parse_amount


def day(text):
    return dt.date.fromisoformat(text)


def paid(amount, due, paid_on, rule="saeumniszuschlag_ao", way="transfer", **more):
    """Return the charge on a claim paid in full on one day."""
    cents = parse_amount(amount)
    payment = (Payment(day(paid_on), cents, way),) if cents else ()
    return accrue(rule, Claim(cents, day(due), payment, **more), day(paid_on))


@pytest.mark.parametrize(
    ("source", "amount", "due", "paid_on", "expected"),
    [
        ("§ 240(3) AO, grace", "1234,56", "2026-03-10", "2026-03-13", "0,00"),
        ("§ 240(1) AO, after grace from the due day", "1234,56", "2026-03-10", "2026-03-16", "12,00"),
        ("§ 188(2) BGB, last day of month 1", "1234,56", "2026-03-10", "2026-04-10", "12,00"),
        ("§ 240(1) AO, month 2", "1234,56", "2026-03-10", "2026-04-13", "24,00"),
        ("§ 108(3) AO, third day is a Sunday", "1234,56", "2026-03-05", "2026-03-09", "0,00"),
        ("§ 108(3) AO, third day moves to Monday", "2500,00", "2026-10-30", "2026-11-02", "0,00"),
        ("BFH V B 16/09, Friday trap", "2500,00", "2026-10-30", "2026-11-03", "25,00"),
        ("Reformationstag moves the due day, in grace", "2500,00", "2026-10-31", "2026-11-05", "0,00"),
        ("Reformationstag moves the due day, late", "2500,00", "2026-10-31", "2026-11-06", "25,00"),
        ("§ 240(1) AO, below 50 euros", "49,99", "2026-03-10", "2027-03-10", "0,00"),
        ("Haufe § 240, two months", "100,00", "2026-05-10", "2026-06-12", "2,00"),
        ("§ 188(3) BGB, end of January", "100,00", "2025-01-31", "2025-02-28", "1,00"),
        ("§ 188(3) BGB, from the original day", "100,00", "2025-01-31", "2025-03-31", "2,00"),
        ("§ 188(3) BGB, a day later", "100,00", "2025-01-31", "2025-04-01", "3,00"),
    ],
    ids=lambda value: value if isinstance(value, str) and "," not in value[:4] else None,
)
def test_the_surcharge_on_taxes(source, amount, due, paid_on, expected):
    assert paid(amount, due, paid_on).cents == parse_amount(expected), source


@pytest.mark.parametrize(
    ("source", "rule", "amount", "due", "paid_on", "expected"),
    [
        ("§ 19 GebG HH, 100 days, rate frozen", "saeumniszinsen_gebg", "1000,00", "2026-05-04", "2026-08-12", "11,70"),
        ("§ 234 AO", "stundungszinsen_ao", "10030,00", "2026-01-15", "2026-07-15", "300,00"),
        ("§ 239(2) AO, 7.50 becomes 7 is below 10", "stundungszinsen_ao", "530,00", "2026-01-15", "2026-04-15", "0,00"),
        ("§ 239(2) AO, 10.50 becomes 10", "stundungszinsen_ao", "700,00", "2026-01-15", "2026-04-15", "10,00"),
        ("§ 238 AO, 87.75 becomes 87", "stundungszinsen_ao", "1999,99", "2026-02-28", "2026-12-15", "87,00"),
        ("§ 236 AO, 10.50 becomes 11", "prozesszinsen_ao", "700,00", "2026-01-15", "2026-04-15", "11,00"),
        ("§ 16 BGebG, not above 50 euros", "saeumniszuschlag_bgebg", "50,00", "2026-03-10", "2026-05-20", "0,00"),
        ("§ 16 BGebG, above 50 euros", "saeumniszuschlag_bgebg", "50,01", "2026-03-10", "2026-05-20", "1,50"),
        ("§ 16 BGebG, three days", "saeumniszuschlag_bgebg", "500,00", "2026-03-10", "2026-03-13", "0,00"),
        ("§ 16 BGebG, four days", "saeumniszuschlag_bgebg", "500,00", "2026-03-10", "2026-03-14", "5,00"),
        ("§ 24 SGB IV, below 150 euros", "saeumniszuschlag_sgb4", "149,99", "2026-03-10", "2026-03-11", "0,00"),
        ("§ 24 SGB IV, no grace", "saeumniszuschlag_sgb4", "150,00", "2026-03-10", "2026-03-11", "1,50"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("§") else None,
)
def test_other_charges(source, rule, amount, due, paid_on, expected):
    assert paid(amount, due, paid_on, rule).cents == parse_amount(expected), source


PARTS = [  # what is paid of 100.00, or of what is said, due Tuesday 10 March 2026; the charge until a day
    # § 16 BGebG: only an arrear above 50 euros is charged, in each month begun
    ("saeumniszuschlag_bgebg", 10000, "2026-03-12 5000 transfer", "2026-05-20", 0),
    ("saeumniszuschlag_bgebg", 10000, "2026-03-12 4999 transfer", "2026-05-20", 150),
    ("saeumniszuschlag_bgebg", 10000, "2026-04-01 5000 transfer", "2026-05-20", 100),
    ("saeumniszuschlag_ao", 10000, "2026-04-01 5000 transfer", "2026-05-20", 100 + 50 + 50),
    # § 240 (3) sentence 2 AO: cash has no days of grace, but pays no more than what is owed
    ("saeumniszuschlag_ao", 9999, "2026-03-09 5394 transfer, 2026-03-11 5000 cash", "2026-03-11", 0),
    ("saeumniszuschlag_ao", 10000, "2026-03-11 6000 transfer, 2026-03-12 6000 cash", "2026-03-13", 0),
    ("saeumniszuschlag_ao", 10000, "2026-03-11 6000 transfer, 2026-03-12 6000 cash", "2026-03-20", 0),
    ("saeumniszuschlag_ao", 10000, "2026-03-11 4999 transfer, 2026-03-12 6000 cash", "2026-03-13", 50),
    ("saeumniszuschlag_ao", 10000, "2026-03-12 10000 cash", "2026-03-12", 100),
    ("saeumniszuschlag_ao", 10000, "2026-03-12 10000 cash", "2026-03-11", 0),
]


@pytest.mark.parametrize(("rule", "cents", "payments", "until", "expected"), PARTS)
def test_what_is_paid_in_part(rule, cents, payments, until, expected):
    rows = (part.split() for part in payments.split(", "))
    claim = Claim(cents, day("2026-03-10"), tuple(Payment(day(when), int(part), way) for when, part, way in rows))
    charge = accrue(rule, claim, day(until))
    assert charge.cents == expected
    if not expected and day(until) > day("2026-03-13"):
        assert charge.lines[0].template == SMALL


@pytest.mark.parametrize(
    ("source", "rule", "expected"),
    [
        ("§ 288(1) BGB, consumer", "verzugszinsen_bgb", 106_91),
        ("§ 288(2) BGB, between businesses", "verzugszinsen_bgb_unternehmer", 173_76),
        ("§ 291 BGB", "prozesszinsen_bgb", 106_91),
    ],
)
def test_interest_follows_the_base_rate_of_each_half_year(source, rule, expected):
    claim = Claim(10_000_00, day("2026-05-29"), bears_from=day("2026-06-01"))
    charge = accrue(rule, claim, day("2026-07-31"))
    assert charge.cents == expected, source
    assert [(line.count, line.end) for line in charge.lines] == [(30, day("2026-06-30")), (31, day("2026-07-31"))]
    assert charge.lines[1].rate_percent - charge.lines[0].rate_percent == pytest.approx(0.25)


def test_a_due_day_on_sunday_is_still_in_time_on_monday():
    claim = Claim(10_000_00, day("2026-05-31"))
    assert accrue("verzugszinsen_bgb", claim, day("2026-06-02")).lines[0].start == day("2026-06-02")


def test_hamburg_freezes_the_base_rate_of_the_first_day():
    charge = paid("1000,00", "2026-05-04", "2026-08-12", "saeumniszinsen_gebg")
    assert [f"{line.rate_percent}" for line in charge.lines] == ["4.27"]


def test_hamburg_doubts_show_as_warnings():
    charge = paid("1000,00", "2026-05-04", "2026-08-12", "saeumniszinsen_gebg")
    assert [(finding.code, finding.severity) for finding in charge.findings] == [
        ("law.unconfirmed", "warning"),
        ("law.open_point", "info"),
    ]


def test_the_surcharge_on_taxes_raises_no_doubt():
    assert paid("1234,56", "2026-03-10", "2026-04-13").findings == ()


def test_whether_weekends_stretch_a_month_is_said_to_be_open_only_where_it_matters():
    # due 2026-03-11, the first month ends on Saturday 2026-04-11
    assert paid("100,00", "2026-03-11", "2026-04-10").findings == ()
    late = paid("100,00", "2026-03-11", "2026-04-13")
    assert (late.cents, [finding.code for finding in late.findings]) == (2_00, ["law.open_point"])
    assert paid("100,00", "2026-03-11", "2026-04-14").findings == ()


def test_interest_on_additional_tax_splits_where_the_rate_fell():
    # 9 months to the end of 2018 at 0.5 %, 7 at 0.15 %, on 1,000 euros: 45.00 + 10.50
    claim = Claim(1_000_00, day("2018-03-31"), bears_from=day("2018-04-01"))
    charge = accrue("nachzahlungszinsen_ao", claim, day("2019-08-15"))
    assert [(line.count, line.cents) for line in charge.lines[:2]] == [(270, 45_00), (210, 10_50)]
    assert charge.cents == 55_00


@pytest.mark.parametrize(
    ("tax_year", "farming", "first"),
    [
        (2018, False, "2020-04-01"),
        (2019, False, "2021-10-01"),
        (2020, False, "2022-10-01"),
        (2021, False, "2023-10-01"),
        (2022, False, "2024-09-01"),
        (2023, False, "2025-07-01"),
        (2024, False, "2026-06-01"),
        (2025, False, "2027-04-01"),
        (2018, True, "2020-12-01"),
        (2019, True, "2022-05-01"),
        (2021, True, "2024-06-01"),
        (2024, True, "2027-02-01"),
    ],
)
def test_interest_on_additional_tax_starts_after_the_months_of_the_year(tax_year, farming, first):
    assert interest_start(tax_year, packaged_law(), farming=farming) == day(first), "Haufe § 233a Rz. 38, 43"


def test_a_transfer_within_the_grace_reduces_the_first_month():
    claim = Claim(1_000_00, day("2026-03-10"), (Payment(day("2026-03-12"), 400_00),))
    charge = accrue("saeumniszuschlag_ao", claim, day("2026-03-20"))
    assert [(line.base_cents, line.cents) for line in charge.lines] == [(600_00, 6_00)]


def test_cash_has_no_grace():
    claim = Claim(1_000_00, day("2026-03-10"), (Payment(day("2026-03-12"), 1_000_00, "cash"),))
    assert accrue("saeumniszuschlag_ao", claim, day("2026-03-12")).cents == 10_00
    assert accrue("saeumniszuschlag_ao", claim, day("2026-06-12")).cents == 10_00


def test_a_cheque_pays_three_days_after_it_came():
    claim = Claim(1_000_00, day("2026-03-10"), (Payment(day("2026-03-09"), 1_000_00, "cheque"),))
    assert accrue("saeumniszuschlag_ao", claim, day("2026-03-12")).cents == 10_00


def test_a_debit_under_a_mandate_pays_on_the_due_day():
    assert paid("1000,00", "2026-03-10", "2026-04-20", way="debit").cents == 0


def test_each_month_takes_what_was_open_when_it_began():
    # 1,020 → 1,000; 620 from April on → 600; 120 from June on → 100
    claim = Claim(1_020_00, day("2026-03-10"), (Payment(day("2026-04-10"), 400_00), Payment(day("2026-06-01"), 500_00)))
    charge = accrue("saeumniszuschlag_ao", claim, day("2026-07-10"))
    assert [(line.count, line.base_cents, line.cents) for line in charge.lines] == [
        (1, 1_000_00, 10_00),
        (2, 600_00, 12_00),
        (1, 100_00, 1_00),
    ]


def test_interest_is_taken_on_what_was_open_each_day():
    claim = Claim(1_000_00, day("2026-05-04"), (Payment(day("2026-05-14"), 500_00),))
    charge = accrue("saeumniszinsen_gebg", claim, day("2026-05-24"))
    assert [(line.count, line.base_cents) for line in charge.lines] == [(10, 1_000_00), (10, 500_00)]
    assert charge.cents == round(4.27 * 15_000 / 365)


def test_only_the_whole_claim_is_rounded_down_when_paid_in_instalments():
    # AEAO § 238 no. 2: 1,030 → 1,000; the last instalment bears the 30
    payments = (Payment(day("2026-02-15"), 510_00), Payment(day("2026-03-15"), 520_00))
    claim = Claim(1_030_00, day("2026-01-15"), payments)
    charge = accrue("prozesszinsen_ao", claim, day("2026-12-31"))
    assert [(line.base_cents, line.count) for line in charge.lines[:2]] == [(490_00, 2), (510_00, 1)]


def test_joint_debtors_together_owe_one_surcharge():
    early, late = (paid("1000,00", due, "2026-06-20") for due in ("2026-03-10", "2026-04-10"))
    shared = joint((early, late))
    assert [charge.cents for charge in shared.each] == [40_00, 30_00]
    assert shared.together_cents == 40_00


def test_joint_debtors_need_one_rule():
    with pytest.raises(JointRuleError):
        joint((paid("10,00", "2026-03-10", "2026-04-20"), paid("10,00", "2026-03-10", "2026-04-20", "zinsen_bgb246")))


def test_months_of_a_surcharge_and_of_interest_end_differently():
    assert started_months(day("2026-02-28"), day("2026-03-28")) == 1
    assert full_months(day("2026-03-01"), day("2026-03-30")) == 0
    assert full_months(day("2026-03-01"), day("2026-03-31")) == 1


@pytest.mark.parametrize(
    ("count", "start", "end", "days", "of"),
    [
        ("act/365", "2024-01-01", "2024-12-31", 366, 365),
        ("act/360", "2026-01-01", "2026-01-31", 31, 360),
        ("act/act", "2024-01-01", "2024-12-31", 1, 1),
        ("act/act", "2023-07-01", "2024-06-30", 184 * 366 + 182 * 365, 365 * 366),
        ("30/360", "2026-01-01", "2026-02-28", 60, 360),
        ("30/360", "2026-01-31", "2026-01-31", 0, 360),
        ("30/360", "2026-01-01", "2026-12-31", 360, 360),
    ],
)
def test_days_are_counted_as_the_rule_says(count, start, end, days, of):
    assert year_fraction(day(start), day(end), count) * of == days


@pytest.mark.parametrize(
    ("error", "make"),
    [
        (ClaimAmountError, lambda: Claim(-1, day("2026-01-01"))),
        (PaymentAmountError, lambda: Payment(day("2026-01-01"), 0)),
        (PaymentWayError, lambda: Payment(day("2026-01-01"), 1, "barter")),
        (FigureUnknownError, lambda: accrue("no_such_rule", Claim(1, day("2026-01-01")), day("2026-02-01"))),
        (DayBeforeLawError, lambda: accrue("saeumniszuschlag_ao", Claim(1, day("2001-06-05")), day("2002-02-01"))),
        (DayAfterLawError, lambda: accrue("verzugszinsen_bgb", Claim(1, day("2026-12-01")), day("2027-01-01"))),
    ],
)
def test_what_cannot_be_computed_is_refused(error, make):
    with pytest.raises(error):
        make()


def test_a_frozen_rate_needs_no_later_base_rate():
    claim = Claim(1_000_00, day("2026-12-01"))
    assert accrue("saeumniszinsen_gebg", claim, day("2027-12-01")).cents == round(4.52 * 100_000 * 365 / 36_500)


ACCRUING = st.sampled_from(sorted(packaged_law().charges))
DAYS = st.dates(dt.date(2014, 8, 1), dt.date(2026, 6, 30))
PAYMENTS = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 500_00), st.sampled_from(["transfer", "cash"])))


def claim_of(amount, due, payments):
    return Claim(
        amount, due, tuple(Payment(due + dt.timedelta(days=after), cents, way) for after, cents, way in payments)
    )


@given(rule=ACCRUING, amount=st.integers(0, 100_000_00), due=DAYS, payments=PAYMENTS, days=st.integers(-10, 180))
def test_charges_are_never_negative_and_never_fall_with_time(rule, amount, due, payments, days):
    claim = claim_of(amount, due, payments)
    until = due + dt.timedelta(days=days)
    sooner, later = (accrue(rule, claim, until + dt.timedelta(days=more)).cents for more in (0, 1))
    assert 0 <= sooner <= later


@given(rule=ACCRUING, amount=st.integers(0, 100_000_00), due=DAYS, payments=PAYMENTS)
def test_the_lines_of_the_working_add_up_and_their_sentences_can_be_written(rule, amount, due, payments):
    charge = accrue(rule, claim_of(amount, due, payments), dt.date(2026, 11, 21))
    assert sum(line.cents for line in charge.lines) == charge.cents
    assert charge.lines
    assert all(line.norm in line.template.format(**line.fields()) for line in charge.lines)


@given(rule=ACCRUING, amount=st.integers(0, 50_000_00), more=st.integers(0, 500_00), due=DAYS)
def test_a_larger_claim_never_bears_less(rule, amount, more, due):
    smaller, larger = (accrue(rule, Claim(cents, due), dt.date(2026, 7, 15)).cents for cents in (amount, amount + more))
    assert smaller <= larger
