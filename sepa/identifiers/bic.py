"""Bank identifiers: the BIC of ISO 9362:2022, whose first four characters may hold digits."""

from __future__ import annotations

import re

from sepa.errors import N_, KasseError
from sepa.identifiers.countries import is_country
from sepa.identifiers.iban import compact

_FORM = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


class InvalidBicError(KasseError):
    """A text that is not a BIC."""

    code = "bic.invalid"
    template = N_("not a BIC: {bic}")
    hint = N_("a BIC has 8 or 11 characters, the fifth and sixth name the country; it may be left out")


def parse_bic(text: str) -> str:
    """Return the BIC in capitals without spaces (ISO 9362:2022).

    >>> parse_bic("cobadeff xxx")
    'COBADEFFXXX'

    Raises `InvalidBicError`.
    """
    bic = compact(text)
    if not is_bic(bic):
        raise InvalidBicError(bic=bic)
    return bic


def is_bic(text: str) -> bool:
    """Tell whether the text is a BIC in capitals, without asking whether a bank has it."""
    return _FORM.fullmatch(text) is not None and is_country(text[4:6])


def bic_key(bic: str | None) -> str:
    """Return a BIC as BICs are compared: XXX is the bank as a whole, as no branch is; '' for none (ISO 9362).

    >>> bic_key("COBADEFF") == bic_key("COBADEFFXXX"), bic_key("COBADEFF060"), bic_key(None)
    (True, 'COBADEFF060', '')
    """
    return f"{bic}XXX"[:11] if bic else ""
