"""Postal addresses as the book keeps them with what leaves in a file, so that the file is the same for ever."""

from __future__ import annotations

import json

from sepa.countries import eea_countries
from sepa.errors import N_, KasseError
from sepa.payments import Address
from sepa.text import clean

ADDRESS = ("street", "house_number", "postcode", "town", "country")
"""What is kept of an address."""


class PayerTownError(KasseError):
    """An address of who pays without its town."""

    code = "payment.payer_town"
    template = N_("the payer's address has no town")
    hint = N_("give it with --town; the town must be there, Germany is the country unless --country names another")


def address_text(address: Address | None) -> str:
    """Return an address as the book keeps it with a run or a collection, '' for none."""
    if address is None:
        return ""
    return json.dumps([getattr(address, name) for name in ADDRESS])


def kept_address(text: str) -> Address | None:
    """Return the address that such a text holds, None for ''."""
    if not text:
        return None
    street, house_number, postcode, town, country = json.loads(text)
    return Address(town, country, street, house_number, postcode)


def abroad(address: Address | None) -> Address | None:
    """Return an address in the letters that banks outside Germany take (DK Anlage 3, EPC217-08)."""
    if address is None:
        return None
    street, number, postcode, town = (
        clean(text, "epc").text for text in (address.street, address.house_number, address.postcode, address.town)
    )
    return Address(town, address.country, street, number, postcode)


def beyond_eea(iban: str) -> bool:
    """Tell whether an account is kept outside the EEA, so that its bank is told who pays and where from.

    Regulation (EU) 2023/1113 Art. 4; within the EEA name and account are enough (Art. 5).
    """
    return iban[:2] not in eea_countries()
