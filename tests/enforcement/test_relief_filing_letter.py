"""The letters that file claims in an insolvency: what ranks with the others, and apart what the court asks for."""

import datetime as dt

import pytest

from enforcement.letters_make_store import release_letter
from enforcement.letters_print_store import print_letters
from enforcement.letters_reader import find_letter
from enforcement.letters_relief_store import NoReliefLetterError, NothingToFileError, letter_of_relief
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose
from tests.books import act
from tests.enforcement.test_letters_life import debtor as addressed
from tests.enforcement.test_relief_store import TODAY, fee, granted, kasse, wish

__all__ = ["kasse"]  # a fixture
DOCUMENT = "AG Hamburg, 67a IN 12/26"


def insolvent(store, *claims):
    """Return the insolvency of a person with claims as (amount, profile, kind, day on which they arose)."""
    person = addressed(store, "Ina Solv")
    for number, (amount, profile, kind) in enumerate(claims, 1):
        fee(store, amount, person=person, profile=profile, claim_kind=kind, number=number, due="2026-11-02")
    made = propose(act(store, "clara"), wish("insolvenz", first=dt.date(2026, 11, 2), party=person, document=DOCUMENT))
    return grant(act(store, "emil"), made.number).number


def told(store, relief, **more):
    """Return the sum and the printed words of the letter that files."""
    administrator = store.value("SELECT id FROM party WHERE name = 'Kanzlei Wolf'")
    if administrator is None:
        administrator = addressed(store, "Kanzlei Wolf")
    made = letter_of_relief(act(store, "clara"), relief, day=TODAY.isoformat(), recipient=administrator, **more)
    release_letter(act(store, "emil"), made.letter)
    (printed,) = print_letters(act(store, "clara"), [made.letter], planned_on=TODAY).letters
    return made.kind, find_letter(store, made.letter).sum_cents, printed.content


def test_what_is_subordinate_is_filed_in_a_letter_of_its_own(kasse):
    relief = insolvent(kasse, ("500", "fee", "fee"), ("400", "fine", "bussgeld"))
    kind, cents, words = told(kasse, relief)
    assert (kind, cents) == ("forderungsanmeldung", 50000)
    assert "400,00" not in words
    assert f"(Aktenzeichen: {DOCUMENT})" in words
    assert "Anlagen" not in words
    kind, cents, words = told(kasse, relief, on_request=True)
    assert (kind, cents) == ("nachranganmeldung", 40000)
    assert "400,00 EUR nach § 39 Abs. 1 Nr. 3 InsO" in words
    assert "500,00" not in words


def test_nothing_is_filed_that_is_not_there(kasse):
    relief = insolvent(kasse, ("400", "fine", "bussgeld"))
    with pytest.raises(NothingToFileError):
        told(kasse, relief)
    assert kasse.value("SELECT count(*) FROM letter") == 0


def test_only_a_filing_is_asked_for(kasse):
    done = granted(kasse, wish("stundung", fee(kasse), last=dt.date(2027, 3, 31)))
    with pytest.raises(NoReliefLetterError):
        letter_of_relief(act(kasse, "clara"), done.number, day=TODAY.isoformat(), on_request=True)
