"""A town under the KAG NRW duns, writes and watches by its own files alone."""

import datetime as dt

import pytest

from enforcement.charges import Claim, accrue
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.law import Law
from enforcement.law.figures import FigureUnknownError
from enforcement.letters_make_store import LetterLine, NewLetter, make_letter, release_letter
from enforcement.letters_post_store import post_letters
from enforcement.letters_print_store import note_files, print_letters
from enforcement.letters_remedies import remedy_of
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_reader import named_claims
from enforcement.profiles import profile
from kasse_cli.documents.letters_text import letter_text
from tests.bankbooks import OFFICES, item, reference
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.enforcement.test_dunning import statement
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_profiles import TOWN

DAY, LAW = dt.date(2026, 11, 24), Law(TOWN)


@pytest.fixture
def town(store):
    """A book of North Rhine-Westphalia in which Erika owes a levy of 1,000 euros."""
    store.execute("UPDATE setting SET value = 'NW' WHERE key = 'land'")
    for iban in (MAIN_IBAN, SECOND_IBAN):
        statement(store, iban, "2026-11-23")
    store.today = DAY.isoformat()
    person = debtor(store, "Erika Muster")
    item(store, "1.000,00", reference(store, 1), person=person, profile="kag-nrw", due="2026-05-11", claim_kind="tax",
         purpose="Abfallgebühren")  # fmt: skip
    return act(store, "clara")


def text(store, number):
    (made,) = print_letters(store, [number], planned_on=DAY, law=LAW).letters
    note_files(store, [made], {number: "ab" * 32})
    return " ".join(letter_text(made.data()).split())


def test_a_mahnung_of_the_town(town):
    made = propose(town, DAY, law=LAW)
    charge = accrue("saeumniszuschlag_ao", Claim(1_000_00, dt.date(2026, 5, 11)), DAY, land="NW", law=LAW).cents
    assert (made.letters, made.charge_cents, made.fee_cents) == (1, charge, 15_00), "6 EUR and 1 % above 50"
    release(act(town, "emil"), made.run)
    said = text(town, 1)
    assert "Säumniszuschlag" in said or "Zuschläge" in said
    assert "Rechtsbehelf" not in said
    (posted,) = post_letters(town, [1], day=DAY, law=LAW).letters
    assert (posted.deemed_on, posted.demands) == ("2026-11-30", 1), "four days after posting and not on a weekend"
    ((claim, happened),) = named_claims(town, "ORDNUNG", [1])
    assert Lawbook("NW", LAW).standing(claim, happened).end == dt.date(2031, 12, 31), "the demand begins it anew"


def test_the_second_step_is_the_towns_own(town):
    town.execute("UPDATE item SET dunning_level = 1, dunned_on = '2026-10-01' WHERE id = 1 AND office = 'ORDNUNG'")
    made = propose(town, DAY, law=LAW)
    assert made.fee_cents == 0
    assert town.one("SELECT kind, way, level FROM letter") == ("ankuendigung", "service", 2)


def test_a_decision_of_the_town_tells_the_towns_remedy(town):
    with town.unit(OFFICES):
        person = town.value("SELECT party FROM item WHERE id = 1 AND office = 'ORDNUNG'")
        lines = (LetterLine("ORDNUNG", 1, 1_000_00),)
        number = make_letter(town, NewLetter("ablehnung", person, lines, DAY.isoformat(), profile="kag-nrw"))
    release_letter(act(town, "emil"), number)
    said = text(town, number)
    assert "innerhalb eines Monats nach Bekanntgabe Klage erheben" in said
    assert "Widerspruch" not in said


def test_a_remedy_that_is_nowhere_is_told(tmp_path):
    for file in TOWN.iterdir():
        (tmp_path / file.name).write_text(
            file.read_text("utf-8").replace('remedy = "klage"', 'remedy = "klagge"'), "utf-8"
        )
    with pytest.raises(FigureUnknownError):
        remedy_of(profile("kag-nrw", Law(tmp_path)))
