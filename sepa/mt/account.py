"""The account of a statement as the field :25: names it."""

from __future__ import annotations

import re
from typing import NamedTuple

from sepa.errors import KasseError
from sepa.identifiers import is_iban, make_iban

_GERMAN = re.compile(r"([0-9]{8})/([0-9]{1,10})")
_BIC_BEFORE = re.compile(r"([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)/(.+)")
_CURRENCY_AFTER = re.compile(r"(.*[0-9])/?\s*([A-Z]{3})")


class OwnAccount(NamedTuple):
    """Whose statement it is; `account` is the IBAN where it is known, else what the bank wrote."""

    account: str
    iban: str = ""
    bic: str = ""
    currency: str = ""


NO_ACCOUNT = OwnAccount("")


def own_account(text: str) -> OwnAccount:
    """Return the account of :25:; the IBAN of a German bank code and account number is calculated.

    >>> own_account("37040044/532013000EUR")
    OwnAccount(account='DE89370400440532013000', iban='DE89370400440532013000', bic='', currency='EUR')
    """
    first, _, second = text.strip().partition("\n")
    bare = first.strip()
    bic = second.strip()  # :25P: names the bank in its second line
    bare, currency = _without_currency(bare)
    if before := _BIC_BEFORE.fullmatch(bare):
        bic, bare = before[1], before[2]
    iban = _iban(bare)
    return OwnAccount(iban or bare, iban, bic, currency)


def _without_currency(text: str) -> tuple[str, str]:
    match = _CURRENCY_AFTER.fullmatch(text)
    return (text, "") if match is None or is_iban(_compact(text)) else (match[1], match[2])


def _compact(text: str) -> str:
    return "".join(text.split()).upper()


def _iban(text: str) -> str:
    if is_iban(compact := _compact(text)):
        return compact
    german = _GERMAN.fullmatch(compact)
    if german is None:
        return ""
    try:
        return make_iban("DE", german[1] + german[2].zfill(10))
    except KasseError:
        return ""
