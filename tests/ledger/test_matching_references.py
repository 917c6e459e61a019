"""References in payers' texts: what is surely meant, what only may be, what is something else."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.bank.references import _OTHER_NUMBERS, Finder
from ledger.items.kassenzeichen import Scheme
from sepa.identifiers import make_rf

SCHEME = Scheme("standard", "[0-9]{13}", 13, "iso7064_mod_11_10", "", issues=True)
FINDER = Finder((SCHEME,))
A, B = "0001234567899", "9876543210125"
RF_A = make_rf(A)

CASES = {
    # alone and in words
    "as Kasse.Hamburg asks: the Referenznummer of the notice, nothing else": (A, A, ""),
    "with a label": (f"Kassenzeichen {A}", A, ""),
    "label with a colon": (f"KZ:{A}", A, ""),
    "label without a blank": (f"Kassenzeichen{A}", A, ""),
    "a short label without a blank": (f"KZ{A}", A, ""),
    "words behind without a blank": (f"{A}Hundesteuer", A, ""),
    "trade name first (DK: search, do not slice)": (f"Blumen Meier GmbH & Co KG Gewerbesteuer {A} Q4", A, ""),
    "in brackets": (f"Bescheid ({A})", A, ""),
    "with a hash": (f"Zahlung zu #{A}.", A, ""),
    # spaced, dotted, hyphenated, as printed on letters
    "groups of four": ("0001 2345 6789 9", A, ""),
    "groups with a label": ("KZ 0001 2345 6789 9 Hundesteuer", A, ""),
    "dotted": ("0001.2345.6789.9", A, ""),
    "hyphens": ("000-123456-7899", A, ""),
    "slashes": ("0001/234567/899", A, ""),
    "mixed single separators": ("0001.234-567/899", A, ""),
    "no-break spaces": ("0001\u00a02345\u00a06789\u00a09", A, ""),
    "a dash of a word processor": ("0001234567–899", A, ""),
    "a minus sign and a hyphen of typesetters": ("0001−234567‐899", A, ""),
    "thin spaces, figure spaces": ("0001\u20092345\u20076789\u20099", A, ""),
    "each digit apart": (" ".join(A), A, ""),
    # wrapped by the bank: MT940 27 characters, camt 35 or 140
    "wrapped inside": ("GEWERBESTEUER KZ 000123456\n7899 DANKE", A, ""),
    "wrapped with the blank kept at the end": ("KZ 0001 2345 \n6789 9", A, ""),
    "wrapped with the blank kept at the start": ("KZ 0001 2345\n 6789 9", A, ""),
    "wrapped after a hyphen": ("KZ 000-123456-\n7899", A, ""),
    "wrapped between label and number": (f"KASSENZEICHEN\n{A}", A, ""),
    "wrapped inside the label, the blank missing": (f"KASSENZEI\nCHEN{A}", A, ""),
    "wrapped twice": ("00012\n34567\n899", A, ""),
    "the next line begins with a word": (f"{A}\nMUSTERMANN", A, ""),
    # structured in free text
    "RF reference": ("RF95 0001 2345 6789 9", A, ""),
    "RF reference without blanks in words": (f"Zahlung {RF_A} danke", A, ""),
    "RF reference in small letters": (RF_A.lower(), A, ""),
    "RF reference wrapped": ("RF95 0001 2345\n6789 9", A, ""),
    "RF reference, then another number": (f"{RF_A} 2026", A, ""),
    "RF reference with wrong check digits: the number may be meant": (f"RF96 {A}", "", A),
    # several
    "two with a blank": (f"{A} {B}", f"{A} {B}", ""),
    "two with a comma": (f"{A},{B}", f"{A} {B}", ""),
    "two with and": (f"{A} und {B}", f"{A} {B}", ""),
    "two with a slash": (f"{A}/{B}", f"{A} {B}", ""),
    "two lines": (f"{A}\n{B}", f"{A} {B}", ""),
    "two spaced lines": ("0001 2345 6789 9\n9876 5432 1012 5", f"{A} {B}", ""),
    "two dotted with a blank": ("0001.2345.6789.9 9876.5432.1012.5", f"{A} {B}", ""),
    "the same twice": (f"{A} {A}", A, ""),
    # beside other numbers
    "a date in front": (f"Bescheid vom 16.11.2026 {A}", A, ""),
    "a date behind": (f"{A} 16.11.26", A, ""),
    "an ISO date in front": (f"2026-11-16 {A}", A, ""),
    "month and year in front": (f"Miete 11/2026 {A}", A, ""),
    "an amount in front": (f"EUR 1.234,56 {A}", A, ""),
    "an amount behind": (f"{A} 50,00 EUR", A, ""),
    "an amount of a machine": (f"{A} 50.00 EUR", A, ""),
    "an IBAN in front": (f"IBAN DE89 3704 0044 0532 0130 00 {A}", A, ""),
    "a year in front, one blank: part of a longer run": (f"Hundesteuer 2026 {A}", "", A),
    "a year on the line before": (f"HUNDESTEUER 2026\n{A}", "", A),
    "a customer number behind": (f"{A} 4711", "", A),
    "a year and a spaced number: no window inside": ("2026 0001 2345 6789 9", "", ""),
    "a slash and a year behind": (f"{A}/2026", "", A),
    "a year and a hyphen in front": (f"2026-{A}", "", A),
    "between other numbers, hyphens": (f"99-{A}-77", "", A),
    "a year and a comma": (f"2026, {A}", A, ""),
    "two groups that make one number": ("000123 4567899", A, ""),
    # something else
    "nothing": ("", "", ""),
    "words": ("Miete November", "", ""),
    "a wrong digit": ("0001234567898", "", ""),
    "two digits swapped": ("0001235467899", "", ""),
    "a digit more": (f"{A}0", "", ""),
    "a digit in front": (f"1{A}", "", ""),
    "inside a longer number": (f"77{A}88", "", ""),
    "two blanks part it": ("0001234  567899", "", ""),
    "a word parts it": ("0001234 und 567899", "", ""),
    "a comma parts it": ("0001234,567899", "", ""),
    "a phone number of thirteen digits (3 + 10)": ("Tel. 040/1234567898", "", "0401234567898"),
    "a phone number with a plus": ("+0401234567898", "", "0401234567898"),
    "the Norwegian example IBAN: 13 digits, right check digit": ("NO93 8601 1117 947", "", ""),
    "a German IBAN": ("DE89370400440532013000", "", ""),
    "a date and a short number make no reference": ("12.01.2026 00017", "", ""),
    "an amount and a short number make no reference": ("1234567,89 9123", "", ""),
    "a letter touches it: part of another identifier": (f"AB{A}", "", A),
    "a letter behind": (f"{A}X", "", A),
    "the payer's own EndToEndId": (f"EREF+{A}", "", A),
    "the purpose tag of MT940 in front": (f"SVWZ+{A}", A, ""),
    "Arabic digits are no digits of ours": ("٠٠٠١٢٣٤٥٦٧٨٩٩", "", ""),
}


@pytest.mark.parametrize(("text", "surely", "maybe"), CASES.values(), ids=CASES)
def test_references_in_free_text(text, surely, maybe):
    found = FINDER.in_text(text)
    assert sorted(key for key, strong in found.items() if strong) == sorted(surely.split())
    assert sorted(key for key, strong in found.items() if not strong) == sorted(maybe.split())


AMID = {
    "alone": (A, False),
    "a year in front": (f"Hundesteuer 2026 {A}", False),
    "a year behind": (f"{A}/2026", False),
    "a year on the line before": (f"HUNDESTEUER 2026\n{A}", False),
    "spaced, a year in front": ("2026 0001 2345 6789 9", False),
    "a customer's number in front": (f"Kd 99 {A}", True),
    "between two": (f"Kd 99 {A} 77", True),
    "among others, and alone": (f"Kd 99 {A} 77, {A}", False),
    "behind a date": (f"16.11.2026 {A}", False),
    "behind a word": (f"EREF+{A}", False),
}


@pytest.mark.parametrize(("text", "expected"), AMID.values(), ids=AMID)
def test_a_number_among_others_is_told_apart(text, expected):
    assert FINDER.amid_numbers(text, A) is expected


FIELDS = {
    "the number": (A, {A: True}),
    "spaced": ("0001 2345 6789 9", {A: True}),
    "RF": (RF_A, {A: True}),
    "RF, printed": ("RF95 0001 2345 6789 9", {A: True}),
    "RF with wrong check digits": (f"RF96{A}", {}),
    "a wrong digit": ("0001234567898", {}),
    "RF of a number that is not ours (ISO 11649 example)": ("RF18539007547034", {}),
    "empty": ("", {}),
}


@pytest.mark.parametrize(("text", "expected"), FIELDS.values(), ids=FIELDS)
def test_references_in_a_field_of_their_own(text, expected):
    assert FINDER.structured(text) == expected
    assert FINDER.possible(text) == dict.fromkeys(expected, False)


FOREIGN = {
    "as printed": ("Rechnung HH-2026/4711", {"HH20264711"}),
    "with blanks": ("HH 2026 4711", {"HH20264711"}),
    "in small letters": ("hh-2026-4711 danke", {"HH20264711"}),
    "wrapped": ("Rechnung HH-2026\n-4711", {"HH20264711"}),
    "another length": ("HH-2026-471", set()),
    "words only": ("Hallo Welt Heute", set()),
    "a longer number in front, a slash": (f"{A}/HH20264711", {"HH20264711"}),
}


@pytest.mark.parametrize(("text", "expected"), FOREIGN.values(), ids=FOREIGN)
def test_foreign_numbers_are_never_sure(text, expected):
    found = Finder((SCHEME,), frozenset({10})).in_text(text)
    assert expected <= found.keys() or not expected
    assert "HH20264711" not in found or expected
    assert not any(sure for key, sure in found.items() if key != A)


def test_a_number_of_a_scheme_does_not_hide_the_foreign_one_around_it():
    plain = Scheme("plain", "2026[0-9]{5}", 9, "none", "", issues=False)
    found = Finder((SCHEME, plain), frozenset({11})).in_text("HH202600012")
    assert found == {"202600012": False, "HH202600012": False}


def test_a_scheme_without_check_digit_is_never_sure():
    plain = Scheme("plain", "[0-9]{9}", 9, "none", "", issues=False)
    assert Finder((plain,)).in_text("KZ 123 456 789") == {"123456789": False}
    assert Finder((plain,)).structured(make_rf("123456789")) == {"123456789": True}  # RF has check digits of its own


NUMBERS = st.integers(0, 9 * 10**11 - 1).map(SCHEME.number)
WORDS = st.sampled_from(["", "Kassenzeichen", "KZ:", "Hundesteuer Q4,", "Bescheid vom 16.11.2026,", "EUR 50,00", "Az."])


@given(NUMBERS, st.lists(st.integers(1, 12), max_size=5), st.sampled_from(" -/."), WORDS, WORDS, st.data())
def test_a_reference_written_in_a_tolerated_way_is_found(number, cuts, separator, before, after, data):
    places = sorted(set(cuts))
    pieces = [number[start:end] for start, end in zip([0, *places], [*places, 13], strict=True)]
    written = pieces[0]
    for piece in pieces[1:]:
        written += (
            data.draw(st.sampled_from([separator, separator, separator + "\n" if separator == "-" else "\n"])) + piece
        )
    text = f"{before} {written} {after}"
    start = len(before) + 1
    others = [m for m in _OTHER_NUMBERS.finditer(text) if m.end() > start and m.start() < start + len(written)]
    assume(not others)  # a piece of it looks like a date or an amount
    found = FINDER.in_text(text)
    assert found == {number: True}


@given(
    st.integers(1, 40).filter(lambda n: n != 13).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)), WORDS
)
def test_a_run_of_another_length_never_matches(digits, before):
    assert FINDER.in_text(f"{before} {digits}") == {}


@given(st.lists(st.one_of(NUMBERS, st.text("0123456789 .-/\nABCkz,+", max_size=20)), max_size=4).map("".join))
def test_what_is_found_is_there_and_valid(text):
    bare = "".join(c for c in text if c in "0123456789")
    for key in FINDER.in_text(text):
        assert SCHEME.valid(key)
        assert key in bare
