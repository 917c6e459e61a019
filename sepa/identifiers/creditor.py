"""The creditor identifier (Gläubiger-ID) of SEPA direct debits, EPC262-08."""

from __future__ import annotations

import re

from sepa.errors import N_, KasseError
from sepa.identifiers.iban import compact
from sepa.identifiers.mod97 import check_digits

_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}")
_GERMAN = re.compile(r"DE[0-9]{2}[A-Z0-9]{3}0[0-9]{10}")


class InvalidCreditorIdError(KasseError):
    """A text that is not a creditor identifier."""

    code = "creditor_id.invalid"
    template = N_("not a creditor identifier: {creditor_id}")
    hint = N_("a German one has 18 characters, such as DE98 ZZZ 0 9999999999; the Bundesbank issues it")


class CreditorIdCheckDigitsError(InvalidCreditorIdError):
    """A creditor identifier whose check digits are not the calculated ones."""

    code = "creditor_id.check_digits"
    template = N_("the check digits of the creditor identifier are wrong: {creditor_id}")
    hint = N_("compare it with the letter of the Bundesbank; the business code does not count for the digits")


def parse_creditor_id(text: str) -> str:
    """Return the creditor identifier in capitals without spaces (EPC262-08, ISO 7064 MOD 97-10).

    >>> parse_creditor_id("de98 abc 0 9999999999")
    'DE98ABC09999999999'

    Raises `InvalidCreditorIdError`; the three characters of the business code are free.
    """
    found = compact(text)
    form = _GERMAN if found.startswith("DE") else _FORM
    if not form.fullmatch(found):
        raise InvalidCreditorIdError(creditor_id=found)
    if found[2:4] != check_digits(found[7:] + found[:2]):
        raise CreditorIdCheckDigitsError(creditor_id=found)
    return found


def creditor_key(creditor_id: str) -> str:
    """Return the identifier without its business code: two that agree name the same creditor.

    >>> creditor_key("DE98ABC09999999999") == creditor_key("DE98ZZZ09999999999")
    True
    """
    return creditor_id[:4] + creditor_id[7:]


def make_creditor_id(country: str, national: str, business_code: str = "ZZZ") -> str:
    """Return the creditor identifier of a national number, its check digits calculated (EPC262-08).

    >>> make_creditor_id("DE", "09999999999")
    'DE98ZZZ09999999999'

    Raises `InvalidCreditorIdError` where the parts do not fit.
    """
    if not re.fullmatch("[A-Z0-9]+", national):
        raise InvalidCreditorIdError(creditor_id=country + national)
    return parse_creditor_id(country + check_digits(national + country) + business_code + national)
