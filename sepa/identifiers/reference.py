"""The structured creditor reference (RF) of ISO 11649."""

from __future__ import annotations

import re

from sepa.errors import N_, KasseError
from sepa.identifiers.iban import compact
from sepa.identifiers.mod97 import check_digits

_FORM = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
_NOT_IN_REFERENCE = re.compile(r"[\s\-./]")


class InvalidReferenceError(KasseError):
    """A text that is not an RF reference."""

    code = "rf.invalid"
    template = N_("not an RF reference: {reference}")
    hint = N_("it is RF, two check digits and up to 21 letters and digits, such as RF18 5390 0754 7034")


class ReferenceCheckDigitsError(InvalidReferenceError):
    """An RF reference whose check digits are not the calculated ones."""

    code = "rf.check_digits"
    template = N_("the check digits of the RF reference are wrong: {reference}")
    hint = N_("compare it with the invoice character by character")


def parse_rf(text: str) -> str:
    """Return the RF reference in capitals without spaces (ISO 11649).

    >>> parse_rf("rf18 5390 0754 7034")
    'RF18539007547034'

    Raises `InvalidReferenceError`, alias check digits (00, 01, 99) included.
    """
    reference = compact(text)
    if not _FORM.fullmatch(reference):
        raise InvalidReferenceError(reference=reference)
    if reference[2:4] != check_digits(reference[4:] + "RF"):
        raise ReferenceCheckDigitsError(reference=reference)
    return reference


def make_rf(reference: str) -> str:
    """Return the RF reference for a reference of one's own; spaces, dots, hyphens and slashes are left out.

    >>> make_rf("539007547034")
    'RF18539007547034'

    Raises `InvalidReferenceError` where nothing, more than 21 characters or another character remains.
    """
    own = compact(_NOT_IN_REFERENCE.sub("", reference))
    if not re.fullmatch("[A-Z0-9]{1,21}", own):
        raise InvalidReferenceError(reference=reference)
    return f"RF{check_digits(own + 'RF')}{own}"


def format_rf(reference: str) -> str:
    """Return the RF reference in groups of four for people (ISO 11649).

    >>> format_rf("RF18539007547034")
    'RF18 5390 0754 7034'
    """
    return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
