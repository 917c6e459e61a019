"""A decision about claims of several laws tells the remedy of each, and nothing that was meant for the file."""

import datetime as dt

import pytest

from enforcement.letters_make_store import release_letter
from enforcement.letters_print_store import print_letters
from enforcement.letters_relief_store import letter_of_relief
from enforcement.relief_grant_store import grant
from enforcement.relief_propose_store import propose
from tests.books import act
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_relief_store import TODAY, fee, kasse, wish

__all__ = ["kasse"]  # a fixture
TAX, FINE, NONE = ("tax", "tax"), ("fine", "bussgeld"), ("private", "principal")


def decided(store, *laws):
    """Return the blocks of the letter about a deferral of claims of these laws, and the codes of what is found."""
    person = debtor(store, "Erika")
    claims = [
        fee(store, person=person, profile=law, claim_kind=kind, number=n) for n, (law, kind) in enumerate(laws, 1)
    ]
    made = propose(act(store, "clara"), wish("stundung", *claims, last=dt.date(2026, 12, 31), reason="INTERN"))
    grant(act(store, "emil"), made.number, reason="weil es geht")
    letter = letter_of_relief(act(store, "clara"), made.number, day=TODAY.isoformat()).letter
    release_letter(act(store, "emil"), letter)
    done = print_letters(act(store, "clara"), [letter], planned_on=TODAY)
    (printed,) = done.letters
    return printed, [one.code for one in done.findings]


REMEDIES = {  # the laws of the claims: how often each remedy is told, whether one is missing
    "a tax": ([TAX], {"Einspruch einlegen": 1, "103 Abs. 1 OWiG": 0, "Soweit die Forderung": 0}, False),
    "a tax and a fine": (
        [TAX, FINE],
        {"Einspruch einlegen": 1, "103 Abs. 1 OWiG": 1, "Soweit die Forderung": 2},
        False,
    ),
    "two taxes": ([TAX, TAX], {"Einspruch einlegen": 1, "Soweit die Forderung": 0}, False),
    "a tax and a claim of private law": ([TAX, NONE], {"Einspruch einlegen": 1, "Soweit die Forderung": 1}, True),
}


@pytest.mark.parametrize("case", REMEDIES)
def test_each_law_tells_its_remedy(kasse, case):
    laws, told, missing = REMEDIES[case]
    printed, codes = decided(kasse, *laws)
    assert {words: printed.content.count(words) for words in told} == told
    assert printed.content.count('"Rechtsbehelfsbelehrung"') == 1
    assert ("letter.no_remedy" in codes) is missing


def test_notice_and_term_are_those_of_each_law(kasse):
    printed, _ = decided(kasse, TAX, FINE)
    assert "innerhalb eines Monats nach Bekanntgabe Einspruch" in printed.content
    assert "§ 122 Abs. 2" in printed.content


def test_the_letter_says_when_claims_fell_due_and_keeps_what_is_for_the_file(kasse):
    printed, _ = decided(kasse, TAX)
    (grid,) = [block for block in printed.data()["blocks"] if block["block"] == "grid"]
    assert grid["rows"][0][2] == "01.06.2026"
    assert "INTERN" not in printed.content
    assert "weil es geht" in printed.content
