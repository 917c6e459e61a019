"""Instalments that nobody paid: what they cost between their days and the failing of their plan."""

import datetime as dt
from fractions import Fraction

import pytest

from enforcement.charges import Claim, Payment
from enforcement.dunning_store import propose as dun
from enforcement.relief_default import default_charge
from enforcement.relief_end_store import end
from enforcement.relief_filing_reader import filing
from enforcement.relief_grant_store import grant
from enforcement.relief_plan import Share
from enforcement.relief_propose_store import propose
from enforcement.relief_reader import find_relief, owed
from enforcement.relief_rules import late_charge
from ledger.bank.posting_store import post_staged
from sepa.money import plain
from tests.bankbooks import staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.enforcement.test_relief_store import fee, granted, kasse, later_law, sound, three_rates, wish

__all__ = ["kasse"]  # a fixture


LATER = later_law()


def day(text):
    return dt.date.fromisoformat(text)


def parts(text):
    rows = (part.split() for part in text.split(", "))
    return [Share(("BAU", 1), line, day(due), int(cents)) for line, (due, cents) in enumerate(rows, 1)]


def paid(text):
    rows = (part.split() for part in text.split(", ") if part)
    return [Payment(day(when), int(cents)) for when, cents in rows]


RATES = "2026-12-15 40000, 2027-01-15 40000, 2027-02-15 40000"
CHARGED = [
    # Tuesday 15 December; one percent of 400.00 for each month that is over
    ("§ 240 AO, no month is over", "saeumniszuschlag_ao", "", "2027-01-14", 0),
    ("§ 240 AO, one month is over", "saeumniszuschlag_ao", "", "2027-01-15", 400),
    ("§ 240 AO, two of the first, one of the second", "saeumniszuschlag_ao", "", "2027-02-20", 800 + 400),
    ("§ 240 AO, the first was paid in time", "saeumniszuschlag_ao", "2026-12-14 40000", "2027-02-20", 400),
    ("§ 240 (3) AO, paid within three days of grace", "saeumniszuschlag_ao", "2026-12-18 40000", "2027-02-20", 400),
    ("§ 240 AO, paid after a month", "saeumniszuschlag_ao", "2027-01-18 40000", "2027-02-20", 800 + 400),
    ("§ 240 (1) AO, rounded down to fifty euros", "saeumniszuschlag_ao", "2026-12-10 9900", "2027-01-20", 300),
    ("§ 240 AO, one payment for two instalments", "saeumniszuschlag_ao", "2026-12-10 80000", "2027-03-20", 400),
    ("§ 240 AO, paid late in the month that runs", "saeumniszuschlag_ao", "2026-12-22 40000", "2027-01-05", 400),
    (
        "§ 240 AO, half of it paid late: a month begins anew for the rest",
        "saeumniszuschlag_ao",
        "2026-12-22 20000",
        "2027-01-05",
        200,
    ),
    ("§ 240 (3) AO, in grace, in the month that runs", "saeumniszuschlag_ao", "2026-12-18 40000", "2027-01-05", 0),
    ("§ 240 AO, paid in its second month", "saeumniszuschlag_ao", "2027-01-18 40000", "2027-01-20", 800),
    # § 19 GebG HH: 1.52 + 3 percent; 36 days of 400.00 are 1.7832, 5 days 0.2477
    ("§ 19 GebG HH, by days", "saeumniszinsen_gebg", "", "2027-01-20", 178 + 25),
    ("§ 288 (1) BGB, by days", "verzugszinsen_bgb", "", "2026-12-25", round(40000 * 0.0652 * 10 / 365)),
    ("nothing before an instalment is due", "verzugszinsen_bgb", "", "2026-12-15", 0),
]


@pytest.mark.parametrize(("source", "rule", "payments", "until", "cents"), CHARGED, ids=[row[0] for row in CHARGED])
def test_a_missed_instalment_costs_what_its_law_says(source, rule, payments, until, cents):
    found, _ = default_charge(
        LATER.charge(rule), parts(RATES), paid(payments), day(until), land="HH", law=LATER
    )  # fmt: skip
    assert found == cents, source


def charges(store):
    sql = """SELECT x.part, i.claim_kind, i.amount_cents, i.due FROM relief_item x
             JOIN item i ON i.office = x.office AND i.id = x.item WHERE x.part <> 'claim' ORDER BY x.relief, x.line"""
    return store.all(sql)


def test_a_failed_plan_books_what_its_missed_instalments_cost(kasse):
    claim = fee(kasse, profile="tax", claim_kind="tax")
    done = granted(kasse, three_rates(claim))
    # 1,000.00 and six months of 10.00: 353.33, 353.33, 293.34 of tax; the first has been open for a month
    kasse.today = "2027-01-20"
    ended = end(kasse, done.number, reason="zwei Raten fehlen", way="failed", law=LATER)
    assert ended.default_cents == 350, "one percent of 350.00"
    assert ("default", "saeumniszuschlag", 350, "2027-01-20") in charges(kasse)
    assert [one.demanded_cents for one in owed(kasse, [("ORDNUNG", claim)]) if one.item == claim] == [6000]
    assert find_relief(kasse, done.number).paid_cents == 0
    assert sound(kasse) == []


def test_the_next_mahnung_does_not_count_it_as_demanded(kasse):
    done = granted(kasse, three_rates(fee(kasse, profile="tax", claim_kind="tax")))
    kasse.today = "2027-01-20"
    end(kasse, done.number, reason="Raten fehlen", way="failed", law=LATER)
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2027-02-09")
    act(kasse, "clara").today = "2027-02-10"
    assert dun(kasse, day("2027-02-10"), law=LATER).charge_cents == 1000, "one month begun since the plan failed"


def test_what_was_paid_in_time_is_not_charged(kasse):
    done = granted(kasse, three_rates(fee(kasse, profile="tax", claim_kind="tax")))
    staged(act(kasse, "clara"), "360", f"Rate {done.reference}", day="2026-12-14")
    post_staged(kasse)
    act(kasse, "emil").today = "2027-02-20"
    ended = end(kasse, done.number, reason="Raten fehlen", way="failed", law=LATER)
    # the first instalment is 353.33, the 6.67 beyond it pay the second: 346.66 are open for the month until 15 February
    assert ended.default_cents == 300, "one percent of 300.00"
    assert sound(kasse) == []


def test_instalments_paid_to_the_cent_and_the_day_cost_nothing_when_a_later_one_is_missed(kasse):
    """Interest of the instalments to come is booked already: money of the first does not pay it before the claim."""
    done = granted(kasse, three_rates(fee(kasse, "60.000,00")))
    for one in find_relief(kasse, done.number).instalments[:2]:
        staged(act(kasse, "clara"), plain(one.sum_cents), f"Rate {done.reference}", day=one.due)
        post_staged(kasse)
    act(kasse, "emil").today = "2027-02-15"
    ended = end(kasse, done.number, reason="will nicht mehr", way="failed", law=LATER)
    assert (ended.default_cents, ended.interest_off_cents) == (0, 0)
    assert sound(kasse) == []


def test_it_ranks_with_what_arose_before_the_insolvency(kasse):
    claim = fee(kasse, profile="tax", claim_kind="tax")
    done = granted(kasse, three_rates(claim))
    kasse.today = "2027-01-20"
    end(kasse, done.number, reason="Raten fehlen", way="failed", law=LATER)
    kasse.today = "2027-03-05"
    party = kasse.value("SELECT party FROM item WHERE id = :id AND office = 'ORDNUNG'", id=claim)
    made = propose(act(kasse, "clara"), wish("insolvenz", first=day("2027-03-01"), party=party), law=LATER)
    grant(act(kasse, "emil"), made.number, law=LATER)
    found = filing(kasse, made.number, day("2027-03-05"), law=LATER)
    late = [line.cents for line in found.lines if line.claim_kind == "saeumniszuschlag" and line.rank == "ordinary"]
    assert sorted(late) == [350, 2000, 6000], "the plan's, two months since it failed, six before it"
    assert sound(kasse) == []


def test_a_span_that_ends_on_a_saturday_loses_no_day():
    """§ 193 BGB moves due days; the end of a suspension is none: 48 days before it, 11 from Sunday 31 May on."""
    claim, span = Claim(1000_00, day("2026-01-12")), (day("2026-03-02"), day("2026-05-30"))
    cents, _ = late_charge("verzugszinsen_bgb", claim, day("2026-06-10"), [span], land="HH", law=LATER)
    assert cents == sum(round(Fraction(1000_00 * 627, 10000) * days / 365) for days in (48, 11)), "6.27 percent"
