"""Claims that were paid too late are charged all the same; small sums are neither announced nor dunned for ever."""

import datetime as dt

import pytest

from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.letters_print_store import print_letters
from ledger.bank.posting_store import post_staged
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.items.store import NewClearing, clear, posting_for
from tests.bankbooks import OFFICES, item, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.enforcement.test_dunning_joint import DAY, kasse, sound
from tests.enforcement.test_letters_life import debtor

__all__ = ["kasse"]  # a fixture


def tax(store, amount, *, number=1, due="2026-03-10", **more):
    values = {"profile": "tax", "claim_kind": "tax", "person": debtor(store, f"Person {number}")} | more
    return item(store, amount, reference(store, number), due=due, **values)


def pay(store, amount, number=1, *, day):
    staged(act(store, "clara"), amount, reference(store, number), day=day)
    post_staged(store)


LATE = {  # § 240 AO: one percent of what is rounded down to 50 euros for each month begun; three days of grace
    "ten days late": ("10.000,00", "2026-03-20", 100_00),
    "five months begun": ("10.000,00", "2026-07-20", 500_00),
    "within the days of grace": ("10.000,00", "2026-03-13", 0),
    "in time": ("10.000,00", "2026-03-10", 0),
    "less than is asked for alone (BMF 02.01.2025)": ("449,00", "2026-03-20", 0),
    "just as much": ("500,00", "2026-03-20", 5_00),
}


@pytest.mark.parametrize("case", LATE)
def test_what_was_paid_too_late_is_charged_once(kasse, case):
    amount, paid_on, cents = LATE[case]
    tax(kasse, amount)
    pay(kasse, amount, day=paid_on)
    made = propose(kasse, DAY)
    assert (made.letters, made.charge_cents, made.fee_cents, made.whys) == (bool(cents), cents, 0, ())
    if cents:
        done = release(act(kasse, "emil"), made.run, given_cents=cents)
        assert (done.taken_out, done.fee_cents) == (0, cents)
        row = kasse.one("SELECT claim_kind, main_item, dunning_level, open_cents FROM item WHERE main_item IS NOT NULL")
        assert row == ("saeumniszuschlag", 1, 0, cents)
        assert propose(act(kasse, "clara"), DAY).charge_cents == 0, "not again"
    assert sound(kasse) == []


def test_what_a_mahnung_asked_for_before_is_taken_off(kasse):
    tax(kasse, "10.000,00", due="2026-06-10")
    first = propose(kasse, DAY)
    assert first.charge_cents == 600_00
    release(act(kasse, "emil"), first.run)
    kasse.today = "2026-12-22"
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(kasse, iban, "2026-12-21", number=2)
    pay(kasse, "10.600,00", day="2026-12-14")
    made = propose(kasse, dt.date(2026, 12, 22))
    assert (made.letters, made.open_cents, made.charge_cents) == (1, 0, 100_00), "seven months begun, six asked for"


def test_its_letter_says_what_it_is_about(kasse):
    tax(kasse, "10.000,00")
    pay(kasse, "10.000,00", day="2026-03-20")
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    (printed,) = print_letters(kasse, [1], planned_on=DAY).letters
    (table,) = [part for part in printed.data()["blocks"] if part["block"] == "grid"]
    assert table["rows"][0][1:] == ["Forderung (ursprünglich 10.000,00)", "10.03.2026", "", "100,00", "100,00"]
    assert printed.data()["sum_cents"] == 100_00


def test_one_letter_with_what_is_open(kasse):
    person = debtor(kasse, "Anna")
    tax(kasse, "10.000,00", person=person)
    tax(kasse, "200,00", number=2, due="2026-11-02", person=person)
    pay(kasse, "10.000,00", day="2026-03-20")
    made = propose(kasse, DAY)
    assert (made.letters, made.items, made.charge_cents) == (1, 2, 100_00 + 2_00)


def test_small_charges_add_up_and_go_with_others(kasse):
    person = debtor(kasse, "Anna")
    for number in (1, 2):
        tax(kasse, "449,00", number=number, person=person)
        pay(kasse, "449,00", number, day="2026-03-20")
    assert propose(act(kasse, "clara"), DAY).charge_cents == 2 * 4_00
    other = debtor(kasse, "Bert")
    tax(kasse, "449,00", number=3, person=other)
    tax(kasse, "200,00", number=4, due="2026-11-02", person=other)
    pay(kasse, "449,00", 3, day="2026-03-20")
    kasse.execute("UPDATE dunning_run SET state = 'discarded'")
    assert propose(act(kasse, "clara"), DAY).charge_cents == 2 * 4_00 + 4_00 + 2_00


def test_what_is_locked_or_was_taken_off_is_left_alone(kasse):
    tax(kasse, "10.000,00")
    with kasse.unit(OFFICES):
        place_item_lock(kasse, "ORDNUNG", 1, "dunning", "Einspruch", Span("2026-03-01"))
    pay(kasse, "10.000,00", day="2026-03-20")
    assert propose(kasse, DAY).letters == 0


def fee(store, amount, **more):
    return item(store, amount, reference(store, 1), person=debtor(store, "Anna"), **more)


def test_what_is_not_enforced_is_not_announced(kasse):
    more = {"profile": "fee", "claim_kind": "fee", "due": "2026-06-01", "dunning_level": 1, "dunned_on": "2026-07-01"}
    fee(kasse, "10,00", **more)
    assert propose(kasse, DAY).whys == (("small", 1),)
    item(kasse, "30,00", reference(kasse, 2), person=debtor(kasse, "Bert"), **more)
    made = propose(kasse, DAY)
    assert (made.letters, made.whys) == (1, (("small", 1),))
    assert kasse.value("SELECT kind FROM letter WHERE state = 'made'") == "ankuendigung"


def test_a_claim_without_a_law_is_dunned_twice(kasse):
    fee(kasse, "100", due="2026-06-01", dunning_level=2, dunned_on="2026-08-01")
    assert propose(kasse, DAY).whys == (("last_step", 1),)


WORDS = {
    "private": ("gerichtlich geltend gemacht", "beigetrieben"),
    "fee": ("zwangsweise beigetrieben", "gerichtlich"),
    "fine": ("zwangsweise beigetrieben", "gerichtlich"),
    None: ("können weitere Kosten entstehen", "beigetrieben"),
}


@pytest.mark.parametrize("profile", WORDS)
def test_a_mahnung_threatens_only_what_the_law_allows(kasse, profile):
    fee(kasse, "400", due="2026-06-01", profile=profile)
    made = propose(kasse, DAY)
    release(act(kasse, "emil"), made.run)
    (printed,) = print_letters(kasse, [1], planned_on=DAY).letters
    said = " ".join(line for part in printed.data()["blocks"] if part["block"] == "paragraph" for line in part["lines"])
    there, missing = WORDS[profile]
    assert there in said
    assert missing not in said
    assert "ohne weitere Ankündigung" not in said


def reduced(store, number, cents, *, day):
    """Take a part off as the acceptance of a changing order does."""
    with store.unit(OFFICES):
        lines = (Posting("5100", cents), posting_for("D", "2400", number, cents))
        (entry,) = post(store, [Draft("ORDNUNG", "order", store.today, lines)])
        clear(store, [NewClearing("ORDNUNG", "reduction", entry.position, store.today, day, ((number, cents),))])


REDUCED = {  # 10,000.00 due on Tuesday 1 September, 9,900.00 taken off on 1 October
    # § 19 GebG HH: 1.52 + 3 percent on 100.00 for 84 days from 2 September to 24 November
    "fee": round(100_00 * 0.0452 * 84 / 365),
    # § 288 (1) BGB: 1.52 + 5 percent
    "private": round(100_00 * 0.0652 * 84 / 365),
    # § 240 (1) sentence 4 AO: the first month of 10,000.00 stays, then two of 100.00
    "tax": 100_00 + 2 * 1_00,
}


@pytest.mark.parametrize("profile", REDUCED)
def test_what_was_never_owed_bears_nothing_but_a_surcharge_that_arose(kasse, profile):
    fee(kasse, "10.000,00", due="2026-09-01", profile=profile, claim_kind=profile)
    reduced(kasse, 1, 9_900_00, day="2026-10-01")
    assert propose(kasse, DAY).charge_cents == REDUCED[profile]
