"""The rules for single fields of an order, each an error with its own code and its source.

Every `…_problem` function returns what is wrong with a value as it stands, or None.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sepa.countries import sepa_countries
from sepa.errors import N_, KasseError, Place
from sepa.identifiers import (
    InvalidBicError,
    InvalidCreditorIdError,
    InvalidIbanError,
    InvalidIdentifierError,
    InvalidReferenceError,
    is_bic,
    is_country,
    is_iban,
    is_identifier,
    parse_creditor_id,
    parse_iban,
    parse_identifier,
    parse_rf,
)
from sepa.text import BlankTextError, Charset, check_text

MIN_CENTS, MAX_CENTS = 1, 99_999_999_999  # 0.01 to 999,999,999.99 EUR (DK Anlage 3, GBIC_5)
NAME_LENGTH, REMITTANCE_LENGTH, REFERENCE_LENGTH = 70, 140, 35
_CODE = re.compile(r"[A-Z0-9]{1,4}")


class InvalidOrderError(KasseError):
    """An order that breaks several rules; the findings name them."""

    code = "order.invalid"
    template = N_("the order breaks {count} rules")
    hint = N_("correct each of them")


class OutsideSepaError(KasseError):
    """An account that SEPA does not reach."""

    code = "iban.not_sepa"
    template = N_("SEPA does not reach accounts in {country}: {iban}")
    hint = N_("make it a foreign payment with your bank")


class AmountRangeError(KasseError):
    """An amount that no SEPA payment can have."""

    code = "amount.range"
    template = N_("an amount of {amount_cents} cannot be paid, the range is 0.01 to 999,999,999.99 EUR")
    hint = N_("correct the amount; split what is larger")


class RemittanceTwiceError(KasseError):
    """Free text and a structured reference in one payment."""

    code = "remittance.twice"
    template = N_("free text and a creditor reference exclude each other")
    hint = N_("keep the reference if the payee gave one")


class CodeFormError(KasseError):
    """A purpose code that cannot be one."""

    code = "purpose.form"
    template = N_("not a purpose code: {value}")
    hint = N_("it has one to four capital letters or digits, such as SALA or SUPP")


class CountryCodeError(KasseError):
    """An address with a country that ISO 3166 does not know."""

    code = "address.country"
    template = N_("not a country code: {value}")
    hint = N_("use two letters by ISO 3166, such as DE")


class AddressLinesError(KasseError):
    """An address with more than two free lines."""

    code = "address.lines"
    template = N_("the address has {count} free lines, at most two are allowed beside town and country")
    hint = N_("put street, house number and postcode into their own fields")


def refuse(problems: Iterable[KasseError | None], place: Place | None = None) -> None:
    """Raise the problem, or one `InvalidOrderError` over several; do nothing where there is none."""
    found = [problem for problem in problems if problem is not None]
    if not found:
        return
    if place is not None:
        found = [problem.at(place) for problem in found]
    if len(found) == 1:
        raise found[0]
    raise InvalidOrderError(count=len(found), findings=tuple(found), place=place or Place())


def _at(problem: KasseError, field: str, value: str) -> KasseError:
    return problem.at(Place(field=field, value=value))


def iban_problem(iban: str, field: str = "iban") -> KasseError | None:
    """Say what is wrong with an account: an IBAN in electronic form, in a SEPA country (ISO 13616, EPC409-09)."""
    if is_iban(iban):
        country = iban[:2]
        if country in sepa_countries():
            return None
        return _at(OutsideSepaError(country=country, iban=iban), field, iban)
    try:
        parse_iban(iban)
    except InvalidIbanError as error:
        return _at(error, field, iban)
    return _at(InvalidIbanError(iban=iban), field, iban)


def bic_problem(bic: str, field: str = "bic") -> KasseError | None:
    """Say what is wrong with a bank identifier; none at all is right (ISO 9362)."""
    if not bic or is_bic(bic):
        return None
    return _at(InvalidBicError(bic=bic), field, bic)


def text_problem(text: str, limit: int, field: str, charset: Charset = "dk") -> KasseError | None:
    """Say what is wrong with a name or a text that must be there (DK Anlage 3)."""
    problem = check_text(text, limit, charset)
    return None if problem is None else _at(problem, field, text)


def optional_text_problem(text: str, limit: int, field: str, charset: Charset = "dk") -> KasseError | None:
    """Say what is wrong with a text that may be missing; blanks are not nothing (DK Anlage 3, V26.11)."""
    return text_problem(text, limit, field, charset) if text else None


def identifier_problem(text: str, field: str) -> KasseError | None:
    """Say what is wrong with an identifier (DK Anlage 3, EPC230-15)."""
    if is_identifier(text):
        return None
    try:
        parse_identifier(text)
    except InvalidIdentifierError as error:
        return _at(error, field, text)
    raise AssertionError(text)


def optional_identifier_problem(text: str, field: str) -> KasseError | None:
    """Say what is wrong with an identifier that may be missing."""
    return identifier_problem(text, field) if text else None


def amount_problem(amount_cents: int) -> KasseError | None:
    """Say whether the amount is outside 0.01 to 999,999,999.99 EUR (DK Anlage 3)."""
    if MIN_CENTS <= amount_cents <= MAX_CENTS:
        return None
    return AmountRangeError(amount_cents=amount_cents, place=Place(field="amount"))


def code_problem(text: str, field: str) -> KasseError | None:
    """Say whether a purpose or category purpose cannot be a code; none at all is right (ISO 20022)."""
    if not text or _CODE.fullmatch(text):
        return None
    return CodeFormError(value=text, place=Place(field=field, value=text))


def remittance_problem(text: str, reference: str) -> KasseError | None:
    """Say what is wrong with the remittance: one free text, or one creditor reference, or nothing (EPC088-22)."""
    if text and reference:
        return RemittanceTwiceError(place=Place(field="remittance", value=text))
    if reference:
        return reference_problem(reference)
    return optional_text_problem(text, REMITTANCE_LENGTH, "remittance")


def reference_problem(reference: str) -> KasseError | None:
    """Say what is wrong with a creditor reference: what begins with RF must be right (ISO 11649, DK Anlage 3)."""
    if not reference.startswith("RF"):
        return identifier_problem(reference, "creditor_reference")
    try:
        if parse_rf(reference) == reference:
            return None
    except InvalidReferenceError as error:
        return _at(error, "creditor_reference", reference)
    return _at(InvalidReferenceError(reference=reference), "creditor_reference", reference)


def country_problem(country: str) -> KasseError | None:
    """Say what is wrong with the country of an address (ISO 3166)."""
    if is_country(country):
        return None
    problem: KasseError = CountryCodeError(value=country) if country else BlankTextError()
    return _at(problem, "country", country)


def creditor_id_problem(creditor_id: str, field: str) -> KasseError | None:
    """Say what is wrong with a creditor identifier in electronic form (EPC262-08)."""
    try:
        if parse_creditor_id(creditor_id) == creditor_id:
            return None
    except InvalidCreditorIdError as error:
        return _at(error, field, creditor_id)
    return _at(InvalidCreditorIdError(creditor_id=creditor_id), field, creditor_id)
