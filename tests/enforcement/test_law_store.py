"""The law that a book keeps: its Land alone, files taken in whole or not at all, holidays of its municipality."""

import datetime as dt
import re
from pathlib import Path

import pytest

from enforcement.deadlines import deadline_of
from enforcement.dunning_store import propose
from enforcement.law import packaged_law
from enforcement.law.law_reader import LawText, law_texts
from enforcement.law.sections import LawSyntaxError
from enforcement.law_change_store import law_warnings, propose_drop, propose_law, refuse_law, release_law
from enforcement.law_changes import LawFileNameError, LawReasonError, NoLawChangeError, OtherLawWaitsError
from enforcement.law_differences import law_differences, reaching_back
from enforcement.law_store import book_law, law_files, law_of
from enforcement.profiles import profile_for, profiles
from enforcement.profiles_lands import profile_names, profiles_elsewhere
from ledger.access.rights import load_rights
from ledger.book.place_store import place_of
from ledger.book.verify_store import verify
from ledger.people.duties import law_duty
from ledger.people.duties_store import name_deputy
from ledger.people.users import NotAllowedError, OwnWorkError
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
    law, names = packaged_law(), profile_names(land)
    assert names
    for name in names:
        found = profile_for(name, land)
        deadlines = [law.deadline(rule).norm for step in found.dunning for rule in (step.wait, step.term)]
        named = [found.dunning_fee, found.cost_table, found.costs_round_up, found.norm, found.relief.norm, *deadlines]
        named += [*found.small.values(), found.settlement.norm, *(step.norm for step in found.dunning)]
        assert not [text for text in named if re.search("HH|Hmb|amburg|^vko|VKO ", text)]


def test_names_are_law_here_or_elsewhere():
    everywhere = ("bund", "justice", "private", "private-trade", "tax")
    assert profile_names("HH") == tuple(sorted((*everywhere, "amtshilfe", "fee", "fine", "hamburg-fee")))
    assert profile_names("BY+mariae_himmelfahrt") == everywhere
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


def in_force(store, change):
    """Let another head put a change in force that somebody proposed."""
    assert change.number is not None, change
    act(store, "frida")
    done = release_law(store, change.number)
    act(store, "emil")
    return done


def test_the_files_of_a_town_hold_for_its_book_once_another_person_releases_them(town):
    item(town, "1.000,00", reference(town, 1), person=person(town, "Erika"), profile="kag-nrw", due="2026-05-11")
    waits = propose_law(act(town, "emil"), FILES)
    assert (len(waits.files), waits.same, waits.wrong, waits.state) == (4, 0, (), "proposed")
    assert propose_law(town, FILES).number == waits.number, "the same again changes nothing"
    assert {(row.version, row.state) for row in law_files(town)} == {(1, "waits")}
    assert book_law(town) is packaged_law(), "until then the old law holds"
    assert [one.code for one in law_warnings(town)] == ["law.waits"]
    assert propose(act(town, "clara"), DAY).letters == 0
    assert in_force(town, waits).state == "released"
    assert propose_law(town, FILES).same == 4
    assert {(row.version, row.state, row.decided_by) for row in law_files(town)} == {(1, "held", "frida")}
    made = propose(act(town, "clara"), DAY)
    assert (made.letters, made.fee_cents) == (1, 15_00), "the fee of NRW: 6 EUR and 1 % above 50"
    assert book_law(town) is book_law(town), "read once"
    assert not law_warnings(town)


def test_nobody_puts_their_own_law_in_force(town):
    waits = propose_law(act(town, "emil"), FILES)
    with pytest.raises(OwnWorkError):
        release_law(town, waits.number)
    act(town, "root")
    name_deputy(town, "emil", "clara", office="*", role="head", since="2026-01-01", until="2026-12-31")
    with pytest.raises(OwnWorkError):
        release_law(act(town, "clara"), waits.number)
    assert {row.state for row in law_files(town)} == {"waits"}


def test_the_database_asks_what_the_duties_ask():
    text = Path("enforcement/rights.toml").read_text(encoding="utf-8")
    (signature,) = load_rights(text)["law_change"].signatures
    assert signature.never == tuple(f"{step}_by" for step in law_duty())
    assert signature.states == ("released",)


def test_one_change_waits_at_a_time_and_is_refused_with_a_reason(town):
    waits = propose_law(act(town, "emil"), FILES)
    with pytest.raises(OtherLawWaitsError):
        propose_law(act(town, "frida"), FILES[:2])
    with pytest.raises(LawReasonError):
        refuse_law(town, waits.number, " ")
    with pytest.raises(NoLawChangeError):
        release_law(town, waits.number + 1)
    assert refuse_law(town, waits.number, "erst ab 2027").state == "refused"
    with pytest.raises(NoLawChangeError):
        release_law(town, waits.number)
    assert {(row.state, row.decided_by) for row in law_files(town)} == {("refused", "frida")}
    assert book_law(town) is packaged_law()
    again = propose_law(town, FILES)
    assert {row.version for row in law_files(town) if row.change == again.number} == {2}
    said = town.all("SELECT action FROM event WHERE object LIKE 'law_change:%' ORDER BY office, position")
    assert [action for (action,) in said] == ["law.propose", "law.refuse", "law.propose"]


def test_wrong_files_are_not_taken(town):
    act(town, "emil")
    without = [one for one in FILES if one.name != "limitation-town.toml"]
    assert [error.code for error in propose_law(town, without).wrong] == ["law.unknown"]
    assert propose_law(town, [LawText("figures-x.toml", "[a.b]\nvalue = ")]).wrong
    assert law_files(town) == []
    assert book_law(town) is packaged_law()
    with pytest.raises(LawSyntaxError):
        law_texts([TOWN.parent / "pfaendungstabelle.csv"])


def test_an_empty_file_and_two_of_one_name_are_no_law(tmp_path):
    for folder, text in (("a", "[a]\n"), ("b", "[b]\n"), ("c", " \n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "figures-x.toml").write_text(text)
    for folders in (("a", "b"), ("c",)):
        with pytest.raises(LawSyntaxError):
            law_texts([tmp_path / folder for folder in folders])
    assert len(law_texts([tmp_path / "a", tmp_path / "a"])) == 1


def test_a_file_is_taken_away_when_nothing_needs_it(town):
    act(town, "emil")
    in_force(town, propose_law(town, FILES))
    assert propose_drop(town, "limitation-town.toml").wrong, "the profile names its rule"
    gone = propose_drop(town, "profile-kag-nrw.toml")
    assert {row.name: row.state for row in law_files(town) if row.version == 2} == {
        "profile-kag-nrw.toml": "drop_waits"
    }
    assert "kag-nrw" in profiles(book_law(town))
    in_force(town, gone)
    assert "kag-nrw" not in profiles(book_law(town))
    in_force(town, propose_drop(town, "limitation-town.toml"))
    with pytest.raises(LawFileNameError):
        propose_drop(town, "limitation-town.toml")
    assert [row.state for row in law_files(town)] == ["held", "earlier", "dropped", "earlier", "dropped", "held"]
    in_force(town, propose_law(town, FILES))
    assert {row.name: row.version for row in law_files(town) if row.state == "held"}["profile-kag-nrw.toml"] == 3


def test_who_may_take_law(town):
    with pytest.raises(NotAllowedError):
        propose_law(act(town, "clara"), FILES)
    waits = propose_law(act(town, "emil"), FILES)
    act(town, "clara")
    with pytest.raises(NotAllowedError):
        release_law(town, waits.number)
    with pytest.raises(NotAllowedError):
        refuse_law(town, waits.number, "x")


RATE = """[basiszins]
title_de = "Basiszinssatz"
title_en = "base rate"
unit = "percent_per_year"
norm = "§ 247 BGB"
known_until = {until}
values = [{{ from = {day}, value = {value}, source = "s" }}]
"""


@pytest.mark.parametrize(
    ("day", "until", "value", "told", "back"),
    [
        ("2027-01-01", "2027-06-30", "1.77", {("known_until", "2026-12-31", "2027-06-30"), ("value", None, "1.77")}, 0),
        ("2026-07-01", "2026-12-31", "1.99", {("value", "1.52", "1.99")}, 1),
        ("2026-10-01", "2026-12-31", "1.99", {("value", None, "1.99")}, 1),
    ],
)
def test_what_changes_is_told_value_by_value(day, until, value, told, back):
    """The base rate of 1 July 2026 is 1.52 (Bundesbank); one for days before today is a change of the past."""
    law = law_of({"figures-x.toml": RATE.format(day=day, until=until, value=value)})
    rows = law_differences(packaged_law(), law)
    assert {(row.key, row.before, row.after) for row in rows if row.key not in {"source", "confirmed"}} == told
    assert len(reaching_back(rows, DAY)) == back
    assert law_differences(law, law) == []


def test_a_new_profile_is_told_without_its_titles():
    rows = law_differences(packaged_law(), law_of({one.name: one.text for one in FILES}))
    told = {(row.key, row.after) for row in rows if row.name == "kag-nrw"}
    assert ("dunning.2.kind", "ankuendigung") in told
    assert not {"title_de", "norm"} & {key for key, _ in told}
    assert reaching_back(rows, DAY) == [], "what was not there changes no past"


def test_law_written_past_kasse_is_named(store):
    """Plain SQL by the owner of the file: `verify` names the rows."""
    in_force(store, propose_law(act(store, "emil"), FILES))
    assert not list(verify(store).findings)
    row = ", ".join(f"'{one}'" for one in ("figures-z.toml", "[z]", "00"))
    store.execute(
        f"INSERT INTO law_file (id, change, name, version, text, sha256, made_by, made_at) "
        f"SELECT 99, 1, {row.split(', ')[0]}, 1, '[z]', '00', proposed_by, proposed_at FROM law_change WHERE id = 1"
    )
    assert [one.code for one in verify(store).findings] == ["verify.master"]


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
