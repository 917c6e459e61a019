"""What has accrued and was not demanded: to the cent what the next letters demand and the calculator computes."""

import datetime as dt
import random

import pytest

from enforcement.accrued_reader import GROUPS, accrued_charges, accrued_rows, accrued_sums, accrued_total
from enforcement.charges import Claim, Payment, accrue
from enforcement.dunning_reader import letter_items
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.profiles import profile_for
from ledger.bank.posting_store import post_staged
from ledger.bank.suspense import Wish
from ledger.cash.cancel_store import cancel
from ledger.cash.take_store import Payment as Paid
from ledger.cash.take_store import take
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.people.users import NotAllowedError
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.cashbooks import desk
from tests.enforcement.test_dunning_joint import DAY, kasse
from tests.enforcement.test_letters_life import debtor
from tests.ledger.order_lists import accepted, row
from tests.ledger.test_order_changes import change, through

__all__ = ["kasse"]  # a fixture
LAWS = {"tax": "tax", "fee": "fee", "private": "rent", "fine": "fine", "bund": "fee"}


def told(store, day=DAY, **how):
    with accrued_charges(store, day, **how):
        rows = {(one.office, one.item): one for one in accrued_rows(store)}
        assert accrued_total(store) == (len(rows), sum(one.accrued_cents for one in rows.values()))
        for by in GROUPS:
            sums = list(accrued_sums(store, by))
            assert sum(one.accrued_cents for one in sums) == sum(one.accrued_cents for one in rows.values())
    return rows


def filled(store, seed, count=30):
    """Claims of five laws with due days of two years, a third of them paid in part, some late in full."""
    chance = random.Random(seed)
    people = [debtor(store, f"Person {number}") for number in range(8)]
    claims = {}
    for number in range(1, count + 1):
        name = chance.choice(sorted(LAWS))
        due = DAY - dt.timedelta(days=chance.randint(1, 700))
        cents = chance.randint(5_00, 5_000_00)
        made = item(
            store, f"{cents / 100:.2f}".replace(".", ","), reference(store, number), person=chance.choice(people),
            profile=name, claim_kind=LAWS[name], due=due.isoformat(),
        )  # fmt: skip
        claims["ORDNUNG", made] = (name, cents, due, [])
    for number, (key, (_, cents, due, payments)) in enumerate(claims.items(), 1):
        part = chance.choice([0, 0, 0, 0.3, 0.5, 1])
        paid = round(cents * part)
        if paid:
            day = min(due + dt.timedelta(days=chance.randint(1, 300)), DAY - dt.timedelta(days=3))
            staged(act(store, "clara"), f"{paid / 100:.2f}".replace(".", ","), reference(store, number), day=str(day))
            post_staged(store)
            payments.append(Payment(day, paid))
        del key
    return claims


def alone(claim, day):
    name, cents, due, payments = claim
    rule = profile_for(name, "HH").late_charge
    paid = tuple(one for one in payments if one.day <= day)
    return accrue(rule, Claim(cents, due, paid), day, land="HH").cents if rule and due < day else 0


def expected(claims, day):
    """What each claim bears by itself; nobody asks for the charge on what was paid late more than a year ago."""
    past = day - dt.timedelta(days=366)
    paid = {
        key for key, (_, cents, _, got) in claims.items() if sum(one.cents for one in got if one.day < past) == cents
    }
    return {key: cents for key, claim in claims.items() if key not in paid and (cents := alone(claim, day))}


@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_what_letters_demand_and_the_calculator_says(kasse, seed):
    claims = filled(kasse, seed)
    rows = told(act(kasse, "clara"))
    got = {key: row.accrued_cents for key, row in rows.items()}
    assert got == expected(claims, DAY)
    made = propose(kasse, DAY)
    with kasse.snapshot():
        demanded = {(one.office, one.item): one.charge_cents for one in letter_items(kasse, made.run)}
    assert demanded
    assert demanded == {key: got.get(key, 0) for key in demanded}
    release(act(kasse, "emil"), made.run, given_cents=made.sum_cents)
    after = {key: row.accrued_cents for key, row in told(act(kasse, "clara")).items()}
    assert after == {key: cents for key, cents in got.items() if not demanded.get(key)}


def test_it_is_told_of_days_before(kasse):
    """What was paid since bore charges until then, and what was demanded since was not demanded yet."""
    claims = filled(kasse, 3, 20)
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run, given_cents=made.sum_cents)
    day = dt.date(2026, 10, 1)
    assert {key: row.accrued_cents for key, row in told(act(kasse, "clara"), day).items()} == expected(claims, day)
    again = told(act(kasse, "clara"), DAY)
    later = told(act(kasse, "clara"), DAY + dt.timedelta(days=30))
    for key, claim in claims.items():
        grown = alone(claim, DAY + dt.timedelta(days=30))
        if key in later and claim[2] < DAY:
            assert later[key].accrued_cents + later[key].demanded_cents == grown
        assert key not in again or again[key].accrued_cents <= later[key].accrued_cents


def test_who_is_not_asked_is_told_with_the_reason(kasse):
    person = debtor(kasse, "Erika")
    locked = item(kasse, "1.000,00", reference(kasse, 1), person=person, profile="tax", due="2026-03-10")
    place_item_lock(act(kasse, "frida"), "ORDNUNG", locked, "dunning", "Widerspruch", Span("2026-11-01", None))
    other = item(kasse, "1.000,00", reference(kasse, 2), profile="tax", due="2026-03-10")
    item(kasse, "1.000,00", reference(kasse, 3), person=person, profile="fine", due="2026-03-10")
    rows = told(act(kasse, "clara"))
    assert {number: (row.why, row.accrued_cents) for (_, number), row in rows.items()} == {
        locked: ("locked", 90_00), other: (None, 90_00),
    }  # fmt: skip
    assert set(told(kasse, party=person)) == {("ORDNUNG", locked)}
    assert told(kasse, office="BAU") == {}


def test_who_may_look(kasse):
    with pytest.raises(NotAllowedError), accrued_charges(act(kasse, "anna"), DAY):
        pass


REDUCED = {  # law, interest or surcharge on 30 December of 1,000.00 due on 1 June of which 400.00 were taken off
    "§§ 286, 288 BGB: what was never owed bears nothing, 29 days of 6.27 and 183 of 6.52 percent on 600.00": (
        "private", 22_60,
    ),
    "§ 240 (1) sentence 4 AO: what arose until 16 November stays, 6 x 10.00, 1 x 6.00": ("tax", 66_00),
}  # fmt: skip


@pytest.mark.parametrize("later", ["2026-11-16", "2026-12-20"])
@pytest.mark.parametrize("case", REDUCED)
def test_a_cash_receipt_taken_back_charges_nothing_for_what_was_cancelled_before(store, case, later):
    """The credit that its money became went with it: the claim is less from the day of the order, nobody paid it."""
    law, cents = REDUCED[case]
    accepted(store, row("ORDNUNG receivable 1.000,00 Erika", due="2026-06-01", profile=law))
    desk(store, limit_cents=200_000, single_cents=200_000)
    act(store, "dirk")
    label = take(store, "B1", [Wish("ORDNUNG/1")], payment=Paid(payer="Erika")).receipt.label
    through(store, change(store, to_cents=600_00, as_credit=True)[0].number)
    store.today = later
    cancel(act(store, "clara"), label, "nie gezahlt")
    found = told(store, dt.date(2026, 12, 30))["ORDNUNG", 1]
    assert (found.open_cents, found.accrued_cents) == (600_00, cents)
