"""Schemes of Kassenzeichen as data: check digits by weights, one issuer, on and off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from ledger.items.check_digits import weighted
from ledger.items.kassenzeichen import METHODS, ExhaustedSchemeError, Scheme, active_schemes, issue
from ledger.items.schemes_store import (
    SchemeExistsError,
    SchemeMethodError,
    SchemePatternError,
    SecondIssuerError,
    UnknownSchemeError,
    add_scheme,
    fitting_schemes,
    list_schemes,
    switch_scheme,
)
from ledger.people.users import NotAllowedError
from tests.books import act

OWI = Scheme("owi", "58[0-9]{10}", 12, "weights:11:2-3-4-5-6-7", "58", issues=False)


@given(st.text("0123456789", min_size=1, max_size=20))
def test_weights_two_one_with_digits_are_luhn(body):
    right, append = weighted("weights:10:2-1:digits")
    assert append(body) == body + luhn.calc_check_digit(body)
    assert right(append(body))


@given(st.text("0123456789", min_size=2, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_modulus_eleven_finds_every_wrong_digit(body, place, by):
    right, append = weighted("weights:11:2-3-4-5-6-7")
    number = append(body)
    if number:
        at = place % len(number)
        wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
        assert right(number)
        assert not right(wrong)


PUBLISHED = [
    pytest.param("luhn", "7992739871", "79927398713", id="Luhn, US patent 2,950,048"),
    pytest.param("verhoeff", "236", "2363", id="Verhoeff 1969"),
    pytest.param("damm", "572", "5724", id="Damm 2004"),
    pytest.param("iso7064_mod_97_10", "794", "79444", id="ISO 7064 MOD 97-10"),
    pytest.param("iso7064_mod_11_2", "0794", "07940", id="ISO 7064 MOD 11-2"),
]


@pytest.mark.parametrize(("method", "body", "number"), PUBLISHED)
def test_published_methods_give_published_check_digits(method, body, number):
    right, append = METHODS[method]
    assert append(body) == number
    assert right(number)
    assert not right(number[:-1] + "X")


@pytest.mark.parametrize("method", sorted(METHODS))
@given(body=st.text("0123456789", min_size=3, max_size=12), place=st.integers(0, 11), by=st.integers(1, 9))
def test_every_method_finds_every_wrong_digit(method, body, place, by):
    right, append = METHODS[method]
    number = append(body)
    if number:
        at = place % len(number)
        assert right(number)
        assert not right(number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :])


@pytest.mark.parametrize("method", sorted(METHODS))
def test_a_scheme_of_every_method_gives_out_numbers_of_its_length(store, method):
    act(store, "root")
    old = next(scheme.code for scheme in active_schemes(store) if scheme.issues)
    switch_scheme(store, old, active=False)
    add_scheme(store, Scheme("neu", "47[0-9]{10}", 12, method, "47", issues=True))
    with store.unit(["KASSE"]):
        numbers = issue(store, 30)
    assert {len(number) for number in numbers} == {12}
    assert all(METHODS[method][0](number) for number in numbers)
    assert len(set(numbers)) == 30


@pytest.mark.parametrize("method", ["", "luhn", "weights:12:2", "weights:11:", "weights:11:0-1", "weights:11:2-3-"])
def test_other_texts_name_no_weights(method):
    assert weighted(method) is None


def test_schemes_are_added_tried_and_switched(store):
    act(store, "root")
    assert add_scheme(store, OWI) is True
    assert add_scheme(store, OWI) is False
    number = weighted(OWI.method)[1]("58000000001")
    assert [scheme.code for scheme in fitting_schemes(store, number)] == ["owi"]
    assert fitting_schemes(store, number[:-1] + str((int(number[-1]) + 1) % 10)) == []
    assert switch_scheme(store, "owi", active=False)
    assert not switch_scheme(store, "owi", active=False)
    assert fitting_schemes(store, number) == []
    assert [row.active for row in list_schemes(store) if row.code == "owi"] == [0]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"length": 11}, SchemeExistsError),
        ({"code": "x", "method": "lohn"}, SchemeMethodError),
        ({"code": "x", "pattern": "58("}, SchemePatternError),
        ({"code": "x", "issues": True}, SecondIssuerError),
        ({"code": "x", "issues": True, "pattern": "[a-z]+"}, SchemePatternError),
    ],
)
def test_a_scheme_is_refused(store, changes, error):
    act(store, "root")
    add_scheme(store, OWI)
    values = {name: getattr(OWI, name) for name in ("code", "pattern", "length", "method", "prefix", "issues")}
    with pytest.raises(error):
        add_scheme(store, Scheme(**values | changes))


def test_rights_and_names_of_schemes(store):
    act(store, "anna")
    with pytest.raises(NotAllowedError):
        add_scheme(store, OWI)
    act(store, "root")
    with pytest.raises(UnknownSchemeError):
        switch_scheme(store, "none", active=True)


def test_another_scheme_issues_after_the_first_is_off(store):
    act(store, "root")
    old = next(scheme.code for scheme in active_schemes(store) if scheme.issues)
    switch_scheme(store, old, active=False)
    add_scheme(store, Scheme("neu", "47[0-9]{8}", 10, "weights:11:2-3-4-5-6-7", "47", issues=True))
    with store.unit(["KASSE"]):
        numbers = issue(store, 30)
    assert len(set(numbers)) == 30
    assert all(number.startswith("47") and len(number) == 10 for number in numbers)


def test_a_scheme_with_the_year_begins_anew_each_year(store):
    act(store, "root")
    switch_scheme(store, next(scheme.code for scheme in active_schemes(store) if scheme.issues), active=False)
    scheme = Scheme("jahr", "47[0-9]{8}", 10, "iso7064_mod_11_10", "47YY", issues=True)
    add_scheme(store, scheme)
    given = {}
    for day in ("2026-12-31", "2027-01-01", "2027-06-30"):
        store.today = day
        with store.unit(["KASSE"]):
            given[day] = issue(store, 2)
    assert [[number[:9] for number in numbers] for numbers in given.values()] == [
        ["472600001", "472600002"], ["472700001", "472700002"], ["472700003", "472700004"],
    ]  # fmt: skip
    assert all(scheme.valid(number) for numbers in given.values() for number in numbers)


def test_a_scheme_says_when_its_numbers_are_used_up():
    scheme = Scheme("kurz", "47[0-9]{3}", 5, "iso7064_mod_11_10", "47", issues=True)
    assert len(scheme.number(99)) == 5
    with pytest.raises(ExhaustedSchemeError):
        scheme.number(100)
