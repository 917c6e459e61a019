"""The end of claims and of plans: failed plans are named, death, insolvency with filing and discharge, small amounts."""

import datetime as dt

import pytest

from enforcement.dunning_claims import Overdue
from enforcement.dunning_rules import Rulebook
from enforcement.law import packaged_law
from enforcement.limitation import LimitationEvent
from enforcement.relief import Owed, ReliefEndError, ReliefStateError, Schedule, relief_kind
from enforcement.relief_check_reader import check
from enforcement.relief_end_store import end, file_claims, watch
from enforcement.relief_filing_reader import cut_at_opening, filing
from enforcement.relief_grant_store import grant
from enforcement.relief_limits_store import set_limit
from enforcement.relief_propose_store import propose
from enforcement.relief_reader import find_relief, limits
from enforcement.relief_small_store import ReliefBatchError, grant_batch, propose_small
from ledger.bank.posting_store import post_staged
from ledger.people.users import NotAllowedError, OwnWorkError, add_user
from tests.bankbooks import reference, staged
from tests.books import act
from tests.enforcement.test_relief_store import (
    TODAY,
    debtor,
    events,
    fee,
    granted,
    items,
    kasse,
    locks,
    sound,
    three_rates,
    wish,
)

__all__ = ["kasse"]  # a fixture


def codes(store, day):
    return [finding.code for finding in check(store, dt.date.fromisoformat(day))]


# § 802b (3) ZPO as the model of every profile: two weeks after the day of the instalment, to a working day
GRACE = [("2026-12-15", []), ("2026-12-29", []), ("2026-12-30", ["relief.plan_failed"])]


@pytest.mark.parametrize(("day", "expected"), GRACE)
def test_a_plan_fails_two_weeks_after_an_instalment_and_only_a_person_ends_it(kasse, day, expected):
    done = granted(kasse, three_rates(fee(kasse)))
    assert codes(kasse, day) == expected
    assert kasse.value("SELECT state FROM relief WHERE id = :id", id=done.number) == "granted"


def test_a_plan_with_the_due_instalments_paid_is_left_alone(kasse):
    done = granted(kasse, three_rates(fee(kasse)))
    staged(act(kasse, "clara"), "342,27", f"Rate {done.reference}", day="2026-12-14")
    post_staged(kasse)
    assert codes(kasse, "2026-12-30") == []
    assert codes(kasse, "2027-02-15") == ["relief.plan_failed"]


def test_what_is_left_to_do_is_listed(kasse):
    down = granted(kasse, wish("niederschlagung", fee(kasse, "100"), watch=dt.date(2027, 1, 4)))
    granted(kasse, wish("stundung", fee(kasse, "200", number=2), last=dt.date(2026, 12, 31)))
    assert codes(kasse, "2026-12-31") == []
    assert codes(kasse, "2027-01-04") == ["relief.watch", "relief.run_out"]
    watch(kasse, down.number, "2028-01-04", reason="noch nichts zu holen")
    staged(act(kasse, "clara"), "30", reference(kasse, 1), day="2026-12-01")
    post_staged(kasse)
    assert codes(kasse, "2027-01-04") == ["relief.paid", "relief.run_out"]
    staged(act(kasse, "clara"), "70", reference(kasse, 1), day="2026-12-01")
    post_staged(kasse)
    assert codes(kasse, "2027-01-04") == ["relief.settled", "relief.run_out"]


def late_row(**more):
    values = dict.fromkeys(Overdue._fields) | {
        "office": "BAU", "item": 1, "due": "2026-01-12", "original_due": "2026-01-12", "amount_cents": 100000,
        "open_cents": 100000, "level": 0, "number": 1, "demanded_cents": 0, "letter_open": 0, "profile": "tax",
    }  # fmt: skip
    return Overdue(**(values | more))


CHARGED = {  # § 240 AO: 1 % a started month of 1,000; nothing runs while a claim is deferred or its execution suspended
    "never deferred": ((), "2026-06-30", 6000),
    "deferred from March to May": ((("deferral", "2026-03-13", "2026-05-31"),), "2026-06-30", 2000 + 1000),
    "suspended alike": ((("suspended_execution", "2026-03-13", "2026-05-31"),), "2026-06-30", 2000 + 1000),
    "suspended still": ((("suspended_execution", "2026-03-13", None),), "2026-06-30", 2000),
    "a stay stops nothing (§ 258 AO)": ((("stay", "2026-03-13", "2026-05-31"),), "2026-06-30", 6000),
}


@pytest.mark.parametrize("case", CHARGED)
def test_what_a_claim_is_charged_after_relief(case):
    spans, day, cents = CHARGED[case]
    made = tuple(
        LimitationEvent(kind, dt.date.fromisoformat(a), dt.date.fromisoformat(b) if b else None, ongoing=b is None)
        for kind, a, b in spans
    )
    book = Rulebook(dt.date.fromisoformat(day), "HH", packaged_law(), events={("BAU", 1): made})
    assert book.decide(late_row()).charge_cents == cents


def test_charges_demanded_with_a_plan_are_not_demanded_again_when_it_failed(kasse):
    done = granted(kasse, three_rates(fee(kasse, profile="tax", claim_kind="tax")))
    assert done.late_cents == 6000, "six started months from 2 June to 23 November"
    kasse.today = "2027-01-20"
    end(kasse, done.number, reason="Raten fehlen", way="failed")
    made = (LimitationEvent("deferral", TODAY, dt.date(2027, 1, 20)),)
    book = Rulebook(dt.date(2027, 2, 10), "HH", packaged_law(), events={("BAU", 1): made})
    row = late_row(due="2026-06-01", original_due="2026-06-01", demanded_cents=6000)
    assert book.decide(row).charge_cents == 1000, "one month begun since the plan failed"


def test_a_fine_ends_with_death_its_costs_and_fees_do_not(kasse):
    person = debtor(kasse)
    fine = fee(kasse, "80", profile="fine", claim_kind="bussgeld", person=person)
    cost = fee(kasse, "28,50", profile="fine", claim_kind="gebuehr", person=person, main_item=fine, number=2)
    duty = fee(kasse, "250", claim_kind="zwangsgeld", person=person, number=3)
    tax = fee(kasse, "900", profile="tax", claim_kind="tax", person=person, number=4)
    made = propose(kasse, wish("tod", first=dt.date(2026, 11, 2), party=person))
    done = grant(act(kasse, "emil"), made.number)
    assert done.written_off_cents == 8000 + 25000, "§ 101 OWiG, § 45 (1) sentence 2 AO"
    assert {row[1]: row[4] for row in items(kasse)} == {fine: 0, cost: 2850, duty: 0, tax: 90000}
    assert {row[0] for row in locks(kasse)} == {cost, tax}
    assert [row[:3] for row in events(kasse)] == [(tax, "estate", "2026-11-02")]
    assert codes(kasse, "2026-11-24") == ["relief.heirs"]
    assert sound(kasse) == []
    ended = end(kasse, done.number, reason="Erbin hat angenommen")
    assert (ended.state, ended.reopened, ended.unlocked) == ("ended", 0, 4)
    assert codes(kasse, "2026-11-25") == []


def test_a_death_that_was_none_is_lifted_by_another_person(kasse):
    person = debtor(kasse)
    fee(kasse, "80", profile="fine", claim_kind="bussgeld", person=person)
    before = items(kasse)
    done = granted(kasse, wish("tod", first=dt.date(2026, 11, 2), party=person))
    with kasse.unit(["KASSE"]):
        add_user(act(kasse, "clara"), "clara", [("*", "enforcement")])
    with pytest.raises(OwnWorkError):
        end(kasse, done.number, reason="verwechselt", way="lifted")
    assert end(act(kasse, "emil"), done.number, reason="verwechselt", way="lifted").reopened == 1
    assert items(kasse) == before
    assert sound(kasse) == []


@pytest.fixture
def insolvency(kasse):
    """Erika owes a fee, a fine with a cost, and a charge that was demanded after the opening on 2 November."""
    person = debtor(kasse)
    claim = fee(kasse, person=person)
    fee(kasse, "80", profile="fine", claim_kind="bussgeld", person=person, number=2)
    late = fee(kasse, "25", claim_kind="saeumniszinsen", person=person, main_item=claim, number=3)
    made = propose(kasse, wish("insolvenz", first=dt.date(2026, 11, 2), party=person, document="67a IN 12/26"))
    return grant(act(kasse, "emil"), made.number), claim, late


def test_claims_are_cut_at_the_opening_day(kasse, insolvency):
    done, claim, late = insolvency
    found = filing(kasse, done.number, TODAY)
    # § 19 GebG: 4.27 % of 1,000 for 153 days to 1 November are 17.90; the 25.00 were demanded before the opening
    lines = {(line.item, line.rank, line.booked): (line.cents, line.norm) for line in found.lines}
    assert lines == {
        (claim, "ordinary", True): (100000, "§ 38 InsO"),
        (late, "ordinary", True): (2500, "§ 38 InsO"),
        (2, "subordinate", True): (8000, "§ 39 Abs. 1 Nr. 3 InsO"),
    }
    assert (found.cents("ordinary"), found.cents("subordinate")) == (102500, 8000)
    assert codes(kasse, "2026-11-24") == ["relief.not_filed"]


def test_charges_after_the_opening_are_subordinate(kasse):
    person = debtor(kasse)
    claim = fee(kasse, person=person)
    made = propose(kasse, wish("insolvenz", first=dt.date(2026, 11, 2), party=person))
    done = grant(act(kasse, "emil"), made.number)
    assert done.late_cents == round(100000 * 4.27 / 100 * 153 / 365) == 1790
    found = filing(kasse, done.number, TODAY)
    assert [(one.item, one.cents, one.rank, one.booked) for one in found.lines] == [
        (claim, 100000, "ordinary", True),
        (2, 1790, "ordinary", True),
        (claim, round(100000 * 4.27 / 100 * 176 / 365) - 1790, "subordinate", False),
    ]
    assert sound(kasse) == []


def test_filing_interrupts_limitation_and_discharge_ends_what_it_does_not_except(kasse, insolvency):
    done, claim, _ = insolvency
    assert file_claims(kasse, done.number, "2026-11-24") == 1
    with pytest.raises(ReliefStateError):
        file_claims(kasse, done.number, "2026-11-24")
    assert events(kasse) == [
        (claim, "insolvency_filing", "2026-11-24", None, 1, False),
        (2, "impossible", "2026-11-02", None, 1, False),
    ]
    kasse.today = "2029-11-05"
    ended = end(kasse, done.number, reason="Restschuldbefreiung", way="discharged")
    assert ended.written_off_cents == 102500
    assert {row[1]: row[4] for row in items(kasse)} == {1: 0, 2: 8000, 3: 0}, "§ 302 no. 2 InsO: the fine outlasts it"
    assert events(kasse) == [
        (claim, "insolvency_filing", "2026-11-24", "2029-11-05", 1, False),
        (2, "impossible", "2026-11-02", "2029-11-05", 1, False),
    ]
    assert sound(kasse) == []


def test_what_a_tort_made_is_kept(kasse, insolvency):
    done, claim, _ = insolvency
    ended = end(kasse, done.number, reason="RSB", way="discharged", keep=[("ORDNUNG", claim)])
    assert (ended.written_off_cents, items(kasse)[0][4]) == (0, 100000)


def test_only_an_insolvency_is_filed(kasse):
    done = granted(kasse, wish("erlass", fee(kasse)))
    with pytest.raises(ReliefEndError):
        file_claims(kasse, done.number, "2026-11-24")
    with pytest.raises(ReliefEndError):
        filing(kasse, done.number, TODAY)


def remainder(store, amount, rest, number, **more):
    """Make a claim of which a rest is open."""
    person = more.pop("person", None) or debtor(store, f"Schuldner {number}")
    claim = fee(store, amount, person=person, number=number, **more)
    paid = round((float(amount) - float(rest)) * 100)
    staged(store, f"{paid / 100:.2f}".replace(".", ","), reference(store, number), day="2026-11-20")
    post_staged(store)
    return claim


def test_remainders_below_the_limit_are_written_off_by_one_decision(kasse):
    small = remainder(kasse, "300.00", "4.10", 1)
    remainder(kasse, "300.00", "25.00", 2)
    fee(kasse, "12", person=debtor(kasse, "Nie gezahlt"), number=3)
    locked = remainder(kasse, "300.00", "5.00", 4)
    kasse.insert_one(
        "item_lock", office="ORDNUNG", item=locked, id=1, kind="dunning", reason="Widerspruch", since="2026-11-24",
        made_by=1, made_at=kasse.now,
    )  # fmt: skip
    person = debtor(kasse, "Zwei Reste")
    remainder(kasse, "300.00", "20.00", 5, person=person)
    remainder(kasse, "300.00", "20.00", 6, person=person)
    found = propose_small(act(kasse, "clara"), TODAY)
    assert [(one.item, one.open_cents, one.limit_cents) for one in found.rows] == [(small, 410, 2500)]
    assert [one.code for one in found.findings] == ["law.unconfirmed"], "Hamburg's own amount is not known"
    assert propose_small(kasse, TODAY).rows == (), "what waits is not proposed again"
    with pytest.raises(NotAllowedError):
        grant_batch(kasse, found.batch)
    done = grant_batch(act(kasse, "emil"), found.batch)
    assert (done.reliefs, done.written_off_cents, items(kasse)[0][4]) == (1, 410, 0)
    for batch in (found.batch, 99):
        with pytest.raises(ReliefBatchError):
            grant_batch(kasse, batch)
    assert sound(kasse) == []
    assert propose_small(kasse, TODAY, whole=True).sum_cents == 1200


def test_a_remainder_that_changed_is_named_and_left(kasse):
    claim = remainder(kasse, "300.00", "4.10", 1)
    found = propose_small(act(kasse, "clara"), TODAY)
    staged(kasse, "1,00", reference(kasse, 1), day="2026-11-23")
    post_staged(kasse)
    done = grant_batch(act(kasse, "emil"), found.batch)
    assert (done.reliefs, [one.code for one in done.findings]) == (0, ["relief.changed"])
    assert kasse.value("SELECT open_cents FROM item WHERE id = :id", id=claim) == 310


def test_who_may_grant_how_much_is_data_of_the_book(kasse):
    with pytest.raises(NotAllowedError):
        set_limit(kasse, "emil", "erlass", 50000)
    act(kasse, "root")
    assert set_limit(kasse, "emil", "waiver", 50000).new
    assert not set_limit(kasse, "emil", "erlass", 50000).new
    set_limit(kasse, "emil", "*", None)
    assert [(one.name, one.kind, one.max_cents) for one in limits(kasse)] == [
        ("emil", "*", None), ("emil", "erlass", 50000),
    ]  # fmt: skip


def test_kinds_have_plain_names_too():
    assert relief_kind("instalments").name == relief_kind("Raten").name == "ratenplan"
    assert Schedule().given is False


def side(kind, opened, cents=2400, due="2026-10-01"):
    return Owed("BAU", 2, "2400", cents, due, 0, None, "tax", kind, 1, 1, None, cents, opened)


CUTS = {  # § 39 (1) no. 1, 2 InsO; opened on 2 November, 10.00 of charges ran until 1 November and were not demanded
    "demanded before the opening": (side("saeumniszuschlag", "2026-10-15"), True, (2400, "Nr. 1")),
    "booked after it, for both times": (side("saeumniszuschlag", "2026-11-20"), False, (1000, "Nr. 1")),
    "a fee after it": (side("mahngebuehr", "2026-11-20", 310), False, (0, "Nr. 2")),
    "interest of an instalment before it": (side("stundungszinsen", "2026-09-01"), True, (2400, "Nr. 1")),
    "interest of an instalment after it": (
        side("stundungszinsen", "2026-09-01", due="2026-12-01"), True, (0, "Nr. 1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CUTS)
def test_a_side_claim_is_cut_at_the_opening(case):
    one, early, (cents, number) = CUTS[case]
    found = cut_at_opening(one, early=early, room=1000, opened_on="2026-11-02")
    assert found == (cents, f"§ 39 Abs. 1 {number} InsO")


BACK = {  # kind: what it is proposed with, and how it ends; § 62 LHO: whatever was granted can be taken back
    "stundung": ({"last": dt.date(2027, 6, 30)}, None),
    "ratenplan": ({"schedule": Schedule(count=5)}, "failed"),
    "aufschub": ({"schedule": Schedule(count=2)}, "failed"),
    "aussetzung": ({}, None),
    "niederschlagung_befristet": ({"watch": dt.date(2027, 11, 24)}, None),
    "niederschlagung_unbefristet": ({}, None),
    "erlass": ({}, None),
}


@pytest.mark.parametrize("kind", BACK)
@pytest.mark.parametrize("law", ["fee", "tax", "fine", "private", "private-trade"])
def test_what_is_granted_and_ended_is_as_it_was(kasse, kind, law):
    more, way = BACK[kind]
    claim = fee(kasse, profile=law, claim_kind=law)
    fee(kasse, "3,10", person=1, profile=law, claim_kind="mahngebuehr", main_item=claim, number=2)
    before = items(kasse)
    done = granted(kasse, wish(kind, claim, **more))
    assert sound(kasse) == []
    kasse.today = "2026-12-01"
    end(kasse, done.number, reason="zurück", way=way)
    assert items(kasse)[:2] == before, "due days, dunning levels and what is open"
    assert all(row[3] is not None for row in locks(kasse)), "no lock is left"
    assert sound(kasse) == []
    assert codes(kasse, "2027-12-31") == []


def test_money_after_the_opening_is_looked_at_and_the_sum_filed_stays(kasse, insolvency):
    done, _, _ = insolvency
    file_claims(kasse, done.number, "2026-11-24")
    assert codes(kasse, "2026-11-24") == []
    staged(act(kasse, "clara"), "500", reference(kasse, 1), day="2026-11-23")
    post_staged(kasse)
    (found,) = check(kasse, TODAY)
    assert (found.code, found.fields["paid_cents"]) == ("relief.insolvent_paid", 50000)
    assert find_relief(kasse, done.number).row.filed_cents == 102500
    assert filing(kasse, done.number, TODAY).cents("ordinary") == 52500
    watch(act(kasse, "emil"), done.number, "2027-02-01", reason="Quote des Verwalters")
    assert codes(kasse, "2026-12-01") == []
    assert codes(kasse, "2027-02-01") == ["relief.insolvent_paid"]
    kasse.today = "2026-11-25"
    staged(act(kasse, "clara"), "20", reference(kasse, 1), day="2026-11-24")
    post_staged(kasse)
    (found,) = check(kasse, TODAY)
    assert found.fields["paid_cents"] == 2000, "what came after somebody had looked"
    assert sound(kasse) == []


def test_money_of_before_the_opening_is_kept(kasse):
    person = debtor(kasse)
    fee(kasse, person=person)
    staged(act(kasse, "clara"), "100", reference(kasse, 1), day="2026-11-01")
    post_staged(kasse)
    granted(kasse, wish("insolvenz", first=dt.date(2026, 11, 2), party=person))
    assert codes(kasse, "2026-11-24") == ["relief.not_filed"]
