"""Who is due for a dunning letter: the days of the law, nobody who may have paid, everybody else (§ 4 no. 5)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.dunning import IncompleteError, latest_due
from enforcement.dunning_store import propose
from ledger.book.creation import UnknownOfficeError
from ledger.people.users import NotAllowedError
from ledger.store.counters import BOOK, take_ids
from sepa.calendar import next_working_day
from tests.bankbooks import OFFICES, close_day, item, party, reference, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act

TUESDAY = dt.date(2026, 11, 24)
DAYS = {
    "a Tuesday after a working Monday": ("2026-11-24", 10, "HH", "2026-11-13"),
    "Monday: the time that ended on Sunday ends today (§ 193 BGB)": ("2026-11-23", 10, "HH", "2026-11-10"),
    "Reformationstag is a holiday in Hamburg": ("2025-11-01", 10, "HH", "2025-10-20"),
    "but not in Hessen": ("2025-11-01", 10, "HE", "2025-10-21"),
    "without a Land every Land's holidays count": ("2025-11-01", 10, "", "2025-10-20"),
    "Allerheiligen counts for a town without a Land": ("2024-11-02", 0, "", "2024-10-30"),
    "Christmas": ("2026-12-28", 7, "HH", "2026-12-17"),
    "no waiting time": ("2026-11-24", 0, "HH", "2026-11-23"),
}


@pytest.mark.parametrize("case", DAYS)
def test_the_last_due_day_that_counts(case):
    day, wait, land, expected = DAYS[case]
    assert latest_due(dt.date.fromisoformat(day), wait, land) == dt.date.fromisoformat(expected)


@given(st.dates(dt.date(2024, 1, 1), dt.date(2028, 12, 31)), st.integers(0, 40))
def test_it_is_the_last_day_whose_waiting_time_is_over(day, wait):
    due = latest_due(day, wait, "HH")
    over = [next_working_day(due + dt.timedelta(days=wait + more), "HH") < day for more in (0, 1)]
    assert over == [True, False]


def statement(store, iban, day, opening=0, closing=0, number=1):
    with store.unit(["KASSE"]):
        store.insert_one(
            "statement", id=take_ids(store, BOOK, "statement"), iban=iban, message="camt.053", statement_id=f"{number}",
            electronic_number=number, page=1, last_page=1, file_sha256="00", opening_cents=opening, opening_day=day,
            closing_cents=closing, closing_day=day, entry_count=0, credit_cents=max(closing - opening, 0),
            debit_cents=max(opening - closing, 0),
        )  # fmt: skip


@pytest.fixture
def kasse(store):
    """A book whose accounts are complete up to Monday, 2026-11-23."""
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2026-11-23")
    return act(store, "clara")


def person(store, name, **fields):
    with store.unit(OFFICES):
        number = party(store, name)
        given = {"street": "Lange Straße", "house_number": "1", "postcode": "20095", "town": "Hamburg"} | fields
        marks = ", ".join(f"{key} = :{key}" for key in given)
        store.execute(f"UPDATE party SET {marks} WHERE id = :id", id=number, **given)
    return number


def test_debtors_come_with_all_their_items(kasse):
    erika, max_ = person(kasse, "Erika Musterfrau"), person(kasse, "Max Mustermann")
    item(kasse, "50", reference(kasse, 1), person=erika, due="2026-11-13")
    item(kasse, "20", reference(kasse, 2), person=erika, due="2026-10-01", office="BAU", dunning_level=1)
    item(kasse, "99", reference(kasse, 3), person=max_, due="2026-11-13", dunned_on="2026-11-13", dunning_level=1)
    found = propose(kasse, TUESDAY)
    assert (found.day, found.due_until, found.count, found.sum_cents) == ("2026-11-24", "2026-11-13", 3, 16900)
    first, second = found.debtors
    assert (first.party, first.address, first.count, first.sum_cents, first.oldest_due, first.next_level) == (
        "Erika Musterfrau", "Lange Straße 1, 20095 Hamburg", 2, 7000, "2026-10-01", 2,
    )  # fmt: skip
    assert [(one.office, one.reference, one.open_cents, one.next_level, one.days_overdue) for one in first.items] == [
        ("BAU", reference(kasse, 2), 2000, 2, 54),
        ("ORDNUNG", reference(kasse, 1), 5000, 1, 11),
    ]
    assert (second.party, second.next_level) == ("Max Mustermann", 2)
    assert found.skipped == found.findings == ()


NOT_DUE = {
    "the waiting time is not over": {"due": "2026-11-14"},
    "the last letter is too new": {"due": "2026-01-01", "dunned_on": "2026-11-14", "dunning_level": 1},
    "a payable": {"due": "2026-01-01", "kind": "payable"},
    "money in suspense": {"due": "2026-01-01", "kind": "suspense"},
}


@pytest.mark.parametrize("case", NOT_DUE)
def test_others_are_not_dunned(kasse, case):
    item(kasse, "50", person=person(kasse, "Erika"), **NOT_DUE[case])
    assert propose(kasse, TUESDAY).debtors == ()


def test_what_is_paid_is_not_dunned(kasse):
    item(kasse, "50", person=person(kasse, "Erika"))
    with kasse.unit(OFFICES):
        kasse.execute("UPDATE item SET open_cents = 0")
    assert propose(kasse, TUESDAY).debtors == ()


def test_wait_and_office_choose(kasse):
    item(kasse, "50", person=person(kasse, "Erika"), due="2026-11-20")
    item(kasse, "70", person=person(kasse, "Max"), due="2026-11-20", office="BAU")
    assert propose(kasse, TUESDAY).debtors == ()
    assert [one.party for one in propose(kasse, TUESDAY, wait_days=0).debtors] == ["Erika", "Max"]
    assert [one.party for one in propose(kasse, TUESDAY, wait_days=0, office="BAU").debtors] == ["Max"]
    with pytest.raises(UnknownOfficeError):
        propose(kasse, TUESDAY, office="X")


SUSPENSE = {
    "its Kassenzeichen is in the text": lambda store: f"Zahlung {reference(store, 7)} danke",
    "a foreign reference is in the text": lambda _: "zu AZ4711X",
}


@pytest.mark.parametrize("case", SUSPENSE)
def test_who_may_have_paid_is_left_out(kasse, case):
    erika = person(kasse, "Erika")
    ref = reference(kasse, 7) if "its" in case else "AZ4711X"
    mine = item(kasse, "50", ref, person=erika, foreign_reference="foreign" in case)
    item(kasse, "20", reference(kasse, 8), person=erika)
    item(kasse, "50", kind="suspense", office="KASSE", purpose=SUSPENSE[case](kasse))
    found = propose(kasse, TUESDAY)
    assert [(one.item, one.why, one.number) for one in found.skipped] == [(mine, "suspense", erika)]
    assert [debtor.sum_cents for debtor in found.debtors] == [2000]


def test_a_claim_without_a_debtor_is_listed_as_left_out(kasse):
    item(kasse, "50")
    with kasse.unit(OFFICES):
        kasse.execute("UPDATE item SET party = NULL")
    found = propose(kasse, TUESDAY)
    assert ([one.why for one in found.skipped], found.debtors) == (["no-debtor"], ())


def test_a_credit_of_the_same_person_is_pointed_out(kasse):
    erika = person(kasse, "Erika")
    item(kasse, "50", person=erika)
    item(kasse, "12,34", person=erika, kind="credit", office="BAU")
    found = propose(kasse, TUESDAY)
    assert found.debtors[0].credit_cents == 1234
    assert [(one.code, one.fields["credit_cents"]) for one in found.findings] == [("dunning.set_off", 1234)]


def test_a_debtor_without_an_address_is_pointed_out(kasse):
    item(kasse, "50", person=person(kasse, "Erika", town=None, street=None, postcode=None, house_number=None))
    assert [one.code for one in propose(kasse, TUESDAY).findings] == ["dunning.no_address"]


def refused(store, day=TUESDAY):
    with pytest.raises(IncompleteError) as error:
        propose(store, day)
    return [(one.code, one.fields["iban"]) for one in error.value.findings]


def test_an_account_without_a_statement_stops_all(store):
    act(store, "clara")
    assert refused(store) == [("dunning.no_statement", MAIN_IBAN), ("dunning.no_statement", SECOND_IBAN)]


def test_an_account_that_lacks_the_last_bank_day_stops_all(store):
    statement(act(store, "clara"), MAIN_IBAN, "2026-11-20")
    statement(store, SECOND_IBAN, "2026-11-23")
    assert refused(store) == [("dunning.account", MAIN_IBAN)]
    assert propose(store, dt.date(2026, 11, 23)).debtors == (), "ECB: no bank day between Friday and Monday"
    close_day(store, "2026-11-23")
    assert propose(store, TUESDAY).debtors == (), "a closing says why the bank sent no statement"


def test_a_gap_stops_all_even_when_the_day_is_closed(store):
    statement(act(store, "clara"), MAIN_IBAN, "2026-11-20", 0, 1000, number=1)
    statement(store, MAIN_IBAN, "2026-11-23", 5000, 5000, number=3)
    statement(store, SECOND_IBAN, "2026-11-23")
    close_day(store, "2026-11-23")
    assert refused(store) == [("dunning.account", MAIN_IBAN)]


def test_an_account_that_collects_nothing_does_not_count(store):
    statement(act(store, "clara"), MAIN_IBAN, "2026-11-23")
    with store.unit(["KASSE"]):
        store.execute("UPDATE bank_account SET closed_on = '2026-10-31' WHERE iban = :iban", iban=SECOND_IBAN)
    assert propose(store, TUESDAY).debtors == ()


def test_entries_that_wait_to_be_posted_stop_all(kasse):
    staged(kasse, "50", day="2026-11-23")
    assert refused(kasse) == [("dunning.staged", MAIN_IBAN)]


def test_a_proposal_changes_nothing_but_the_event_log(kasse):
    item(kasse, "50", person=person(kasse, "Erika"))
    before = kasse.all("SELECT * FROM item ORDER BY id"), kasse.value("SELECT count(*) FROM entry")
    assert propose(kasse, TUESDAY) == propose(kasse, TUESDAY)
    assert before == (kasse.all("SELECT * FROM item ORDER BY id"), kasse.value("SELECT count(*) FROM entry"))
    facts = kasse.value("SELECT facts FROM event WHERE action = 'dunning.propose'")
    assert '"items":1' in facts
    assert "Erika" not in facts


@pytest.mark.parametrize("user", ["anna", "emil"])
def test_only_who_may_see_debtors_proposes(kasse, user):
    with pytest.raises(NotAllowedError):
        propose(act(kasse, user), TUESDAY)
