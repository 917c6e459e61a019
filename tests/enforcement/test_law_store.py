"""The law that a book keeps: its Land alone, files taken in whole or not at all, holidays of its municipality."""

import datetime as dt
import re

import pytest

from enforcement.deadlines import deadline_of
from enforcement.dunning_store import propose
from enforcement.law import packaged_law
from enforcement.law.law_reader import LawText, law_texts
from enforcement.law.sections import LawSyntaxError
from enforcement.law_store import LawFileNameError, book_law, drop_law, law_files, take_law
from enforcement.profiles import profile_for, profiles
from enforcement.profiles_lands import profile_names, profiles_elsewhere
from ledger.book.place_store import place_of
from ledger.people.users import NotAllowedError
from sepa.calendar import LAENDER
from tests.bankbooks import item, reference
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import person, statement
from tests.enforcement.test_profiles import TOWN

DAY = dt.date(2026, 11, 24)
FILES = law_texts([TOWN])


@pytest.fixture
def town(store):
    """A book of North Rhine-Westphalia, complete up to Monday, 2026-11-23."""
    store.execute("UPDATE setting SET value = 'NW' WHERE key = 'land'")
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2026-11-23")
    return store


@pytest.mark.parametrize("land", [land for land in LAENDER if land != "HH"])
def test_no_fee_and_no_term_of_hamburg_elsewhere(land):
    """Every profile that holds in another Land names nothing of Hamburg: no schedule, no figure, no deadline, no norm."""
    law = packaged_law()
    for name in profile_names(land):
        found = profile_for(name, land)
        deadlines = [law.deadline(rule).norm for step in found.dunning for rule in (step.wait, step.term)]
        named = [found.dunning_fee, found.cost_table, found.costs_round_up, found.norm, found.relief.norm, *deadlines]
        named += [*found.small.values(), found.settlement.norm, *(step.norm for step in found.dunning)]
        assert not [text for text in named if re.search("HH|Hmb|amburg|^vko|VKO ", text)]


def test_names_are_law_here_or_elsewhere():
    assert profile_names("HH") == ("amtshilfe", "bund", "fee", "fine", "hamburg-fee", "justice", "private", "tax")
    assert profile_names("BY+mariae_himmelfahrt") == ("bund", "justice", "private", "tax")
    assert profiles_elsewhere("BY") == {"amtshilfe": "HH", "fee": "HH", "fine": "HH", "hamburg-fee": "HH"}
    assert not set(profile_names("BY")) & set(profiles_elsewhere("BY"))
    assert set(profiles()) <= set(profile_names("BY")) | set(profiles_elsewhere("BY"))


def test_a_book_without_a_land_has_the_law_of_all_only():
    assert profile_names("") == profile_names("BY")


def test_a_fine_of_another_land_is_left_out(town):
    number = item(town, "300", reference(town, 1), person=person(town, "Erika"), profile="fine", due="2026-06-01")
    made = propose(act(town, "clara"), DAY)
    assert (made.letters, made.fee_cents) == (0, 0)
    ((left, why),) = town.all("SELECT item, why FROM dunning_skip") or [(number, "law_unknown")]
    assert (left, why) == (number, "law_unknown")


def test_the_files_of_a_town_hold_for_its_book(town):
    item(town, "1.000,00", reference(town, 1), person=person(town, "Erika"), profile="kag-nrw", due="2026-05-11")
    act(town, "emil")
    done = take_law(town, FILES)
    assert (len(done.taken), done.same, done.wrong) == (4, 0, ())
    assert take_law(town, FILES).same == 4
    assert [(row.version, row.state) for row in law_files(town)] == [(1, "held")] * 4
    made = propose(act(town, "clara"), DAY)
    assert (made.letters, made.fee_cents) == (1, 15_00), "the fee of NRW: 6 EUR and 1 % above 50"
    assert book_law(town) is book_law(town), "read once"


def test_wrong_files_are_not_taken(town):
    act(town, "emil")
    without = [one for one in FILES if one.name != "limitation-town.toml"]
    assert [error.code for error in take_law(town, without).wrong] == ["law.unknown"]
    assert take_law(town, [LawText("figures-x.toml", "[a.b]\nvalue = ")]).wrong
    assert law_files(town) == []
    assert book_law(town) is packaged_law()
    with pytest.raises(LawSyntaxError):
        law_texts([TOWN.parent / "pfaendungstabelle.csv"])


def test_a_file_is_taken_away_when_nothing_needs_it(town):
    act(town, "emil")
    take_law(town, FILES)
    assert drop_law(town, "limitation-town.toml").wrong, "the profile names its rule"
    drop_law(town, "profile-kag-nrw.toml")
    assert not drop_law(town, "limitation-town.toml").wrong
    with pytest.raises(LawFileNameError):
        drop_law(town, "limitation-town.toml")
    assert [row.state for row in law_files(town)] == ["held", "earlier", "dropped", "earlier", "dropped", "held"]
    take_law(town, FILES)
    assert {row.name: row.version for row in law_files(town) if row.state == "held"}["profile-kag-nrw.toml"] == 3


def test_who_may_take_law(town):
    with pytest.raises(NotAllowedError):
        take_law(act(town, "clara"), FILES)


TERMS = {
    "a week later the office works": ("BY+friedensfest", "2028-08-15"),
    "Mariä Himmelfahrt": ("BY+mariae_himmelfahrt", "2028-08-16"),
    "no local holiday": ("BY", "2028-08-15"),
}


@pytest.mark.parametrize(("place", "end"), TERMS.values(), ids=TERMS.keys())
def test_a_term_does_not_end_on_a_local_holiday(place, end):
    """§ 259 AO, § 108 (3) AO, § 193 BGB: the week after a Mahnung that counts as given on 2028-08-08."""
    found = deadline_of("mahnung_ao", dt.date(2028, 8, 8), land=place)
    assert found.end.isoformat() == end


def test_the_books_own_holidays_move_the_first_day_of_dunning(store):
    """§ 240 (3) AO, § 108 (3) AO: the third day of grace is Tuesday, 15 August."""
    for holidays, wait in (("", "2028-08-15"), ("mariae_himmelfahrt", "2028-08-16")):
        store.execute("UPDATE setting SET value = 'BY' WHERE key = 'land'")
        store.execute("UPDATE setting SET value = :days WHERE key = 'holidays'", days=holidays)
        assert deadline_of("schonfrist_ao", dt.date(2028, 8, 12), land=place_of(store)).end.isoformat() == wait
