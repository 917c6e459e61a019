"""Identifiers: what is accepted, what is refused and by which code."""

import re

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban
from stdnum import iso11649
from stdnum.eu import at_02
from stdnum.iban import _ibandb

from sepa.errors import KasseError
from sepa.identifiers import (
    InvalidIbanError,
    creditor_key,
    format_iban,
    format_rf,
    iban_countries,
    is_bic,
    is_country,
    is_iban,
    is_identifier,
    make_creditor_id,
    make_iban,
    make_rf,
    mandate_key,
    parse_bic,
    parse_creditor_id,
    parse_iban,
    parse_identifier,
    parse_rf,
)
from sepa.identifiers.iban import _table

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

IBANS = {
    "SWIFT registry, Germany": ("DE89370400440532013000", "DE89370400440532013000"),
    "lower case, groups of four": ("de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    "no-break spaces and a tab": (
        "DE89\u00a03704\u00a00044\u00a00532\u00a00130\t00\n",
        "DE89370400440532013000",
    ),
    "SWIFT registry, United Kingdom": ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
    "SWIFT registry, Norway, shortest": ("NO93 8601 1117 947", "NO9386011117947"),
    "SWIFT registry, Malta, letters and digits": (
        "MT84 MALT 0110 0001 2345 MTLC AST0 01S",
        "MT84MALT011000012345MTLCAST001S",
    ),
    "SWIFT registry, France": ("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
    "SWIFT registry, Switzerland": ("CH93 0076 2011 6238 5295 7", "CH9300762011623852957"),
}


@pytest.mark.parametrize(("text", "iban"), IBANS.values(), ids=IBANS.keys())
def test_an_iban_is_read_whatever_its_spaces_and_case(text: str, iban: str) -> None:
    assert parse_iban(text) == iban
    assert is_iban(iban)


NO_IBANS = {
    "empty": ("", "iban.invalid"),
    "a name": ("Musterstadt", "iban.invalid"),
    "a word in front": ("IBAN DE89370400440532013000", "iban.invalid"),
    "Arabic digits": ("DE٨٩370400440532013000", "iban.invalid"),
    "long s that would become S": ("Eſ9121000418450200051332", "iban.invalid"),
    "dotless i that would become I": ("ıT60X0542811101000000123456", "iban.invalid"),
    "no such country": ("DD89370400440532013000", "iban.country"),
    "a country without IBANs": ("US89370400440532013000", "iban.country"),
    "a digit missing": ("DE8937040044053201300", "iban.length"),
    "a digit too many": ("DE893704004405320130000", "iban.length"),
    "letter O for zero": ("DE89370400440532O13000", "iban.structure"),
    "wrong check digits": ("DE88370400440532013000", "iban.check_digits"),
    "two digits swapped": ("DE89370400440532010300", "iban.check_digits"),
}


@pytest.mark.parametrize(("text", "code"), NO_IBANS.values(), ids=NO_IBANS.keys())
def test_what_is_no_iban_is_refused_by_its_reason(text: str, code: str) -> None:
    with pytest.raises(InvalidIbanError) as error:
        parse_iban(text)
    assert error.value.code == code
    assert not is_iban(text)


@pytest.mark.parametrize(("alias", "right"), [("00", "97"), ("01", "98"), ("99", "02")])
def test_an_alias_of_the_check_digits_is_refused(alias: str, right: str) -> None:
    """ISO 13616: 00, 01 and 99 leave remainder 1 as well, but no bank calculates them."""
    bban = next(b for n in range(1000) if make_iban("DE", b := f"{n:018d}")[2:4] == right)
    assert int(bban + "1314" + alias) % 97 == 1
    with pytest.raises(InvalidIbanError) as error:
        parse_iban("DE" + alias + bban)
    assert error.value.code == "iban.check_digits"


GERMAN_BBANS = st.integers(0, 10**18 - 1).map(lambda n: f"{n:018d}")


@given(GERMAN_BBANS, st.integers(2, 21), st.integers(1, 9))
def test_one_changed_digit_is_always_noticed(bban: str, at: int, step: int) -> None:
    iban = make_iban("DE", bban)
    changed = iban[:at] + str((int(iban[at]) + step) % 10) + iban[at + 1 :]
    assert parse_iban(format_iban(iban)) == iban
    assert not is_iban(changed)


@given(GERMAN_BBANS, st.integers(4, 20))
def test_two_neighbours_swapped_are_always_noticed(bban: str, at: int) -> None:
    iban = make_iban("DE", bban)
    swapped = iban[:at] + iban[at + 1] + iban[at] + iban[at + 2 :]
    assert swapped == iban or not is_iban(swapped)


@given(st.text())
def test_any_text_is_an_iban_or_an_error(text: str) -> None:
    try:
        assert is_iban(parse_iban(text))
    except InvalidIbanError:
        assert not is_iban(text)


@pytest.mark.parametrize("country", sorted(iban_countries()))
def test_the_structure_of_a_country_agrees_with_an_independent_table(country: str) -> None:
    for letters in ({"n": "7", "a": "Q", "c": "Z"}, {"n": "0", "a": "A", "c": "9"}):
        bban = "".join(letters[kind] * int(count) for count, kind in re.findall(r"(\d+)([nac])", _table()[country]))
        assert stdnum_iban.is_valid(make_iban(country, bban), check_country=False)


def test_no_country_with_ibans_is_missing() -> None:
    assert iban_countries() >= {a + b for a in _LETTERS for b in _LETTERS if _ibandb.info(a + b + "00")[0][1]}


def test_a_national_number_of_wrong_length_makes_no_iban() -> None:
    with pytest.raises(InvalidIbanError):
        make_iban("DE", "37040044053201300")
    with pytest.raises(InvalidIbanError):
        make_iban("DE", "")


BICS = {
    "eight characters": ("COBADEFF", True),
    "eleven characters": ("COBADEFFXXX", True),
    "ISO 9362:2022, digits in the prefix": ("E097AEXX", True),
    "Kosovo": ("NCBVXKPR", True),
    "lower case": ("cobadeff", False),
    "ten characters": ("COBADEFFXX", False),
    "no such country": ("COBAZZFF", False),
    "digit in the country": ("COBAD1FF", False),
    "umlaut": ("CÖBADEFF", False),
    "line feed behind": ("COBADEFF\n", False),
    "empty": ("", False),
}


@pytest.mark.parametrize(("text", "right"), BICS.values(), ids=BICS.keys())
def test_a_bic_has_the_form_of_the_standard(text: str, right: bool) -> None:
    assert is_bic(text) is right


def test_a_bic_is_read_in_any_case_and_refused_with_its_code() -> None:
    assert parse_bic(" mark de f1 100 ") == "MARKDEF1100"
    with pytest.raises(KasseError) as error:
        parse_bic("MARKDEF")
    assert error.value.code == "bic.invalid"


def test_country_codes_agree_with_an_independent_list() -> None:
    theirs = {country.alpha_2 for country in pycountry.countries} | {"XK"}
    assert {a + b for a in _LETTERS for b in _LETTERS if is_country(a + b)} == theirs


CREDITOR_IDS = {
    "Bundesbank's test number": ("DE98ZZZ09999999999", "DE98ZZZ09999999999"),
    "another business code, same digits": ("de98 abc 0 9999999999", "DE98ABC09999999999"),
    "Austria": ("AT61ZZZ01234567890", "AT61ZZZ01234567890"),
}


@pytest.mark.parametrize(("text", "creditor_id"), CREDITOR_IDS.values(), ids=CREDITOR_IDS.keys())
def test_a_creditor_id_is_read(text: str, creditor_id: str) -> None:
    assert parse_creditor_id(text) == creditor_id
    assert at_02.is_valid(creditor_id)


NO_CREDITOR_IDS = {
    "wrong check digits": ("DE97ZZZ09999999999", "creditor_id.check_digits"),
    "alias check digits": ("DE01ZZZ09999999999", "creditor_id.check_digits"),
    "seventeen characters": ("DE98ZZZ0999999999", "creditor_id.invalid"),
    "German without the zero": ("DE98ZZZ19999999999", "creditor_id.invalid"),
    "empty": ("", "creditor_id.invalid"),
}


@pytest.mark.parametrize(("text", "code"), NO_CREDITOR_IDS.values(), ids=NO_CREDITOR_IDS.keys())
def test_a_wrong_creditor_id_is_refused(text: str, code: str) -> None:
    with pytest.raises(KasseError) as error:
        parse_creditor_id(text)
    assert error.value.code == code


@given(st.integers(0, 10**10 - 1), st.sampled_from(["ZZZ", "A1B", "007"]))
def test_a_made_creditor_id_is_read_back(number: int, business: str) -> None:
    made = make_creditor_id("DE", f"0{number:010d}", business)
    assert parse_creditor_id(made) == made
    assert at_02.is_valid(made)
    assert creditor_key(made) == creditor_key(make_creditor_id("DE", f"0{number:010d}"))


REFERENCES = {
    "ISO 11649 example": ("RF18 5390 0754 7034", "RF18539007547034"),
    "lower case": ("rf18539007547034", "RF18539007547034"),
}


@pytest.mark.parametrize(("text", "reference"), REFERENCES.values(), ids=REFERENCES.keys())
def test_an_rf_reference_is_read(text: str, reference: str) -> None:
    assert parse_rf(text) == reference
    assert format_rf(reference) == "RF18 5390 0754 7034"


NO_REFERENCES = {
    "wrong check digits": ("RF19539007547034", "rf.check_digits"),
    "22 characters": ("RF18" + "1" * 22, "rf.invalid"),
    "nothing behind the digits": ("RF18", "rf.invalid"),
    "a hyphen": ("RF18-539007547034", "rf.invalid"),
}


@pytest.mark.parametrize(("text", "code"), NO_REFERENCES.values(), ids=NO_REFERENCES.keys())
def test_a_wrong_rf_reference_is_refused(text: str, code: str) -> None:
    with pytest.raises(KasseError) as error:
        parse_rf(text)
    assert error.value.code == code


@given(st.from_regex(r"[A-Z0-9]{1,21}", fullmatch=True))
def test_a_made_rf_reference_is_right_by_an_independent_check(own: str) -> None:
    assert parse_rf(make_rf(own)) == make_rf(own)
    assert iso11649.is_valid(make_rf(own))


def test_an_rf_reference_is_made_from_a_reference_as_people_write_it() -> None:
    assert make_rf("5390-0754 70.34") == "RF18539007547034"
    for text in ("", "ä", "1" * 22):
        with pytest.raises(KasseError):
            make_rf(text)


IDENTIFIERS = {
    "all legal signs": ("aZ09+?-:().,' x", ""),
    "one slash inside": ("2026/0815", ""),
    "35 characters": ("X" * 35, ""),
    "36 characters": ("X" * 36, "identifier.length"),
    "empty": ("", "identifier.characters"),
    "blanks only": ("   ", "identifier.characters"),
    "blank in front": (" A", "identifier.characters"),
    "blank behind": ("A ", "identifier.characters"),
    "umlaut": ("Müller", "identifier.characters"),
    "the bar that the schema's pattern lets through": ("A|B", "identifier.characters"),
    "line feed": ("A\n", "identifier.characters"),
    "ampersand": ("A&B", "identifier.characters"),
    "slash in front, EPC230-15": ("/A", "identifier.slashes"),
    "slash behind, EPC230-15": ("A/", "identifier.slashes"),
    "two slashes, EPC230-15": ("A//B", "identifier.slashes"),
}


@pytest.mark.parametrize(("text", "code"), IDENTIFIERS.values(), ids=IDENTIFIERS.keys())
def test_identifiers_are_taken_as_they_are_or_refused(text: str, code: str) -> None:
    assert is_identifier(text) is not bool(code)
    if not code:
        assert parse_identifier(text) == text
        return
    with pytest.raises(KasseError) as error:
        parse_identifier(text)
    assert error.value.code == code


def test_mandates_are_compared_without_case_and_spaces() -> None:
    assert mandate_key("MREF 2026-a") == mandate_key("mref2026-A")
