"""Kassenzeichen: check digits by ISO 7064 MOD 11,10, fresh numbers that nothing uses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_10 as oracle

from ledger.items.kassenzeichen import InvalidReferenceError, active_schemes, check_reference, compact, issue, mod_11_10
from tests.ledger.order_lists import row, take


@given(st.text("0123456789", min_size=2, max_size=30))
def test_check_digits_are_those_of_python_stdnum(digits):
    assert (mod_11_10(digits) == 1) == oracle.is_valid(digits)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("100.000-000 0015", "1000000000015", id="separators"),
        pytest.param("ab-12/3", "AB123", id="capitals"),
        pytest.param(" 12\n34 ", "1234", id="line break"),
    ],
)
def test_a_reference_loses_its_separators(text, plain):
    assert compact(text) == plain


def test_an_issued_number_passes_its_scheme_with_any_separators(store):
    with store.unit():
        number = issue(store)[0]
    written = f"{number[:4]}.{number[4:8]}-{number[8:]}"
    assert check_reference(active_schemes(store), written, foreign=False) == number


@pytest.mark.parametrize("position", range(13))
def test_a_wrong_digit_is_refused(store, position):
    with store.unit():
        number = issue(store)[0]
    wrong = number[:position] + str((int(number[position]) + 1) % 10) + number[position + 1 :]
    with pytest.raises(InvalidReferenceError):
        check_reference(active_schemes(store), wrong, foreign=False)


@pytest.mark.parametrize("text", ["AZ", "A" * 36, "ÄZ 17", "AZ_17", ""])
def test_a_foreign_reference_is_3_to_35_letters_and_digits(store, text):
    with pytest.raises(InvalidReferenceError):
        check_reference(active_schemes(store), text, foreign=True)


def test_fresh_numbers_differ_from_those_the_book_and_the_list_use(store):
    with store.unit():
        scheme = next(s for s in active_schemes(store) if s.issues)
    taken, listed = scheme.number(2), scheme.number(3)
    take(store, row("ORDNUNG receivable 5,00 Erika", reference=taken))
    with store.unit():
        assert issue(store, 3, {listed}) == [scheme.number(1), scheme.number(4), scheme.number(5)]
        assert issue(store) == [scheme.number(6)]


def test_numbers_start_with_a_digit_that_no_spreadsheet_drops(store):
    with store.unit():
        assert all(number[0] != "0" and len(number) == 13 for number in issue(store, 20))
