"""A claim that had relief, or a charge that was paid, before the next relief: what was demanded is not counted twice."""

import datetime as dt

import pytest

from enforcement.dunning_store import propose as dun
from enforcement.relief import Schedule
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end
from enforcement.relief_filing_reader import filing
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose
from ledger.bank.posting_store import post_staged
from ledger.book.entry import Draft, Posting
from ledger.book.store import account_with_role, post
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from tests.bankbooks import OFFICES, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.enforcement.test_dunning_joint import taken_off
from tests.enforcement.test_relief_store import TODAY, debtor, fee, granted, kasse, later_law, sound, three_rates, wish

__all__ = ["kasse"]  # a fixture

LATER = later_law()


def ran_out(store, claim):
    """Defer a claim until New Year's Eve, a Thursday, and end that after nothing was paid."""
    done = granted(store, wish("stundung", claim, last=dt.date(2026, 12, 31)))
    act(store, "emil").today = "2027-03-15"
    end(store, done.number, reason="nichts gezahlt", law=LATER)
    return done


def test_the_time_between_two_deferrals_is_charged(kasse):
    claim = fee(kasse, profile="tax", claim_kind="tax")
    first = ran_out(kasse, claim)
    assert first.late_cents == 6000, "six started months from 2 June to 23 November"
    wanted = wish("stundung", claim, first=dt.date(2027, 3, 16), last=dt.date(2027, 6, 30))
    made = propose(act(kasse, "clara"), wanted, law=LATER)
    assert made.late_cents == 3000, "§ 240 (1) AO: three started months from 1 January to 15 March"
    assert grant(act(kasse, "emil"), made.number, law=LATER).late_cents == 3000
    assert sound(kasse) == []


def test_the_time_between_a_deferral_and_an_insolvency_is_filed(kasse):
    claim = fee(kasse, profile="tax", claim_kind="tax")
    ran_out(kasse, claim)
    party = kasse.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = :id", id=claim)
    made = propose(act(kasse, "clara"), wish("insolvenz", first=dt.date(2027, 2, 1), party=party), law=LATER)
    assert grant(act(kasse, "emil"), made.number, law=LATER).late_cents == 1000, "January"
    found = filing(kasse, made.number, dt.date(2027, 3, 15), law=LATER)
    assert (found.cents("ordinary"), found.cents("subordinate")) == (100000 + 6000 + 1000, 2000), "§ 39 (1) no. 1 InsO"


def test_what_is_no_tax_bears_nothing_before_during_and_after_relief(kasse):
    """§ 240 (2), § 233 sentence 2 AO: neither surcharge nor interest on a late filing surcharge."""
    claim = fee(kasse, profile="tax", claim_kind="verspaetungszuschlag")
    done = granted(kasse, three_rates(claim))
    assert (done.late_cents, done.interest_cents) == (0, 0)
    kasse.today = "2027-01-20"
    assert end(kasse, done.number, reason="Raten fehlen", way="failed", law=LATER).default_cents == 0
    kasse.today = "2027-02-01"
    held = propose(act(kasse, "clara"), wish("aussetzung", claim, first=dt.date(2027, 2, 1)), law=LATER)
    grant(act(kasse, "emil"), held.number, law=LATER)
    kasse.today = "2027-12-01"
    assert end(kasse, held.number, reason="Einspruch ohne Erfolg", lost=True, law=LATER).interest_cents == 0
    assert sound(kasse) == []


def charge(store, claim, person, cents, day, number):
    """Demand a surcharge on a day, as a Mahnung does."""
    with store.unit(OFFICES):
        item, account = reserve_items(store, "ORDNUNG"), account_with_role(store, "ORDNUNG", "receivable")
        opening = opening_posting("D", account, item, cents)
        (posted,) = post(store, [Draft("ORDNUNG", "order", day, (opening, Posting("5100", -cents)), None)])
        made = NewItem(
            office="ORDNUNG", id=item, kind="receivable", account=account, amount_cents=cents, due=day, opened_on=day,
            position=posted.position, party=person, reference=reference(store, number), profile="tax",
            claim_kind="saeumniszuschlag", main_item=claim,
        )  # fmt: skip
        insert_items(store, [made])
    return item


def test_a_charge_paid_before_the_opening_leaves_no_room_for_a_later_one(kasse):
    person = debtor(kasse)
    claim = fee(kasse, profile="tax", claim_kind="tax", person=person)
    charge(kasse, claim, person, 2000, "2026-07-20", 2)
    staged(kasse, "20", reference(kasse, 2), day="2026-08-03")
    post_staged(kasse)
    late = charge(kasse, claim, person, 4000, "2026-11-10", 3)
    made = propose(kasse, wish("insolvenz", first=dt.date(2026, 11, 2), party=person))
    assert grant(act(kasse, "emil"), made.number).late_cents == 0, "more than that was demanded on 10 November"
    found = filing(kasse, made.number, dt.date(2026, 11, 24))
    # § 240 AO: five started months until 1 November are 50.00; 20.00 of them were demanded in July, and paid
    cut = [(one.cents, one.rank) for one in found.lines if one.item == late]
    assert cut == [(3000, "ordinary"), (1000, "subordinate")]


GIVEN_UP = {  # how the rest of a claim ended of which 900.00 were paid on 15 September; what dunning then charges
    "niederschlagung_unbefristet": 0,
    "insolvenz": 0,
    "erlass": 4200,  # § 227 AO: four months of 10.00 and two of 1.00 are not waived with the tax
}


@pytest.mark.parametrize("kind", GIVEN_UP)
def test_what_is_given_up_is_charged_no_more(kasse, kind):
    person = debtor(kasse)
    claim = fee(kasse, profile="tax", claim_kind="tax", person=person)
    staged(kasse, "900", reference(kasse, 1), day="2026-09-15")
    post_staged(kasse)
    wanted = wish(kind, party=person, first=dt.date(2026, 8, 3)) if kind == "insolvenz" else wish(kind, claim)
    done = granted(kasse, wanted)
    if kind == "insolvenz":
        end(kasse, done.number, reason="Restschuldbefreiung", way="discharged")
    assert kasse.value("SELECT sum(open_cents) FROM item") == 0
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2026-11-24")
    act(kasse, "clara").today = "2026-11-25"
    assert dun(kasse, dt.date(2026, 11, 25)).charge_cents == GIVEN_UP[kind]


@pytest.mark.parametrize("law", ["fee", "hamburg-fee"])
def test_a_part_is_waived_of_what_money_would_pay_first(kasse, law):
    """§ 18 (1) VKO HH: the fee of a Mahnung before the claim, though it fell due later."""
    person = debtor(kasse)
    claim = fee(kasse, "100", profile=law, person=person)
    fee(
        kasse, "3,10", profile=law, claim_kind="mahngebuehr", main_item=claim, due="2026-07-20", person=person, number=2
    )
    made = propose(kasse, wish("erlass", claim, cents=400))
    grant(act(kasse, "emil"), made.number)
    assert kasse.all("SELECT open_cents FROM item ORDER BY id") == [(9910,), (0,)]


OPENED = {  # § 238 (1) AO: 5.00 for each full month since 24 November; seven have run until 20 July
    "2027-07-01": (3500, 0),  # the seventh until 23 June
    "2027-06-24": (3500, 0),
    "2027-06-23": (3000, 500),  # the day before it, the seventh is not full
    "2026-12-01": (0, 3500),
}


@pytest.mark.parametrize("opened", OPENED)
def test_interest_of_a_plan_ranks_by_the_days_that_it_is_for(kasse, opened):
    claim = fee(kasse, profile="tax", claim_kind="tax")
    person = kasse.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = :id", id=claim)
    done = granted(kasse, wish("ratenplan", claim, schedule=Schedule(first=dt.date(2027, 11, 30), count=1)))
    kasse.today = "2027-07-20"
    end(kasse, done.number, reason="Insolvenz", way="failed", law=LATER)
    first = dt.date.fromisoformat(opened)
    made = propose(act(kasse, "clara"), wish("insolvenz", first=first, party=person), law=LATER)
    grant(act(kasse, "emil"), made.number, law=LATER)
    lines = [one for one in filing(kasse, made.number, dt.date(2027, 7, 20), law=LATER).lines if one.booked]
    ranks = {one.rank: one.cents for one in lines if one.claim_kind == "stundungszinsen"}
    assert (ranks.get("ordinary", 0), ranks.get("subordinate", 0)) == OPENED[opened], "§§ 38, 39 (1) no. 1 InsO"


def test_the_charge_on_missed_instalments_ranks_by_its_days(kasse):
    """§ 39 (1) no. 1 InsO: who learns of the opening later ends the plan after it; the charge ran before."""
    claim = fee(kasse)
    person = kasse.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = :id", id=claim)
    plan = Schedule(first=dt.date(2026, 12, 15), count=2)
    done = granted(kasse, wish("ratenplan", claim, schedule=plan))
    kasse.today = "2026-12-31"
    # of the first instalment, 510.23, 20.47 are interest: § 19 GebG HH, 4.52 % of 489.76 for 16 days, for ten of them
    assert end(kasse, done.number, reason="Insolvenz", way="failed").default_cents == 97
    made = propose(act(kasse, "clara"), wish("insolvenz", first=dt.date(2026, 12, 26), party=person))
    grant(act(kasse, "emil"), made.number)
    default = kasse.value("SELECT item FROM relief_item WHERE part = 'default'")
    lines = [one for one in filing(kasse, made.number, dt.date(2026, 12, 31)).lines if one.item == default]
    assert [(one.cents, one.rank) for one in lines] == [(61, "ordinary"), (36, "subordinate")]
    assert sound(kasse) == []


def reduced(store, law, kind):
    """Demand 20.00 for paying 1,000.00 late, and let an order take 900.00 off afterwards."""
    person = debtor(store)
    claim = fee(store, profile=law, claim_kind=law, person=person)
    late = fee(store, "20", profile=law, claim_kind=kind, main_item=claim, person=person, number=2)
    taken_off(store, claim, 900_00)
    return late


def test_interest_on_what_was_never_owed_is_named_until_it_is_taken_off(kasse):
    late = reduced(kasse, "fee", "saeumniszinsen")
    (found,) = check(kasse, TODAY)
    # § 19 GebG HH: 4.27 % of 100.00 for the 176 days from 2 June to 24 November
    assert (found.code, found.fields["demanded_cents"], found.fields["owed_cents"]) == ("relief.overcharged", 2000, 206)
    made = propose(kasse, wish("absetzung", late, cents=1794))
    assert check(kasse, TODAY) == (), "somebody decides"
    grant(act(kasse, "emil"), made.number)
    assert check(kasse, TODAY) == ()
    assert sound(kasse) == []


def test_a_surcharge_for_days_that_were_suspended_later_is_named(kasse):
    """§ 361 AO: suspended from the due day on, which was said months later; nothing was late then."""
    person = debtor(kasse)
    claim = fee(kasse, profile="tax", claim_kind="tax", person=person)
    fee(kasse, "50", profile="tax", claim_kind="saeumniszuschlag", main_item=claim, person=person, number=2)
    assert check(kasse, TODAY) == ()
    granted(kasse, wish("aussetzung", claim, first=dt.date(2026, 6, 1)))
    (found,) = check(kasse, TODAY)
    assert (found.code, found.fields["demanded_cents"], found.fields["owed_cents"]) == ("relief.overcharged", 5000, 0)


def test_without_the_rate_of_the_day_nobody_says_what_is_owed(kasse):
    reduced(kasse, "private", "verzugszinsen")
    assert [one.code for one in check(kasse, TODAY)] == ["relief.overcharged"]
    assert check(kasse, dt.date(2027, 1, 4)) == (), "no base rate of January 2027 is known"


def test_a_surcharge_stays_when_the_tax_is_reduced(kasse):
    """§ 240 (1) sentence 4 AO: six months of 10.00 had arisen."""
    reduced(kasse, "tax", "saeumniszuschlag")
    assert check(kasse, TODAY) == ()
