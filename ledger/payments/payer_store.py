"""What payments beyond the EEA need besides name and IBAN: the payer's address, a setting, and the BICs of payees."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.book.store import kasse_office, setting
from ledger.events.seals_store import seal
from ledger.events.store import record
from ledger.payments.addresses import ADDRESS, PayerTownError, address_text, beyond_eea, kept_address
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.payments import Address

KEY = "payer_address"
_PUT = "INSERT INTO setting (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_BICS = "SELECT iban, max(bic) FROM party_account WHERE bic IS NOT NULL GROUP BY iban"


def payer_address(store: Store) -> Address | None:
    """Return the address of who pays, None where nobody gave one."""
    return kept_address(setting(store, KEY))


def set_payer_address(store: Store, parts: Mapping[str, str]) -> Address:
    """Set the address of who pays, by the names of `ADDRESS`; what is not named stays. Return it whole.

    A bank beyond the EEA gets it with a payment (Regulation (EU) 2023/1113 Art. 4). Town and country must be there,
    Germany unless said otherwise. Raises `NotAllowedError`, `PayerTownError`, and what the rules of addresses raise.
    """
    office = kasse_office(store)
    require(store, office, "head", "admin")
    known = payer_address(store)
    said = {name: parts.get(name, getattr(known, name, "")) for name in ADDRESS}
    if not said["town"]:
        raise PayerTownError
    whole = Address(
        said["town"], said["country"].upper() or "DE", said["street"], said["house_number"], said["postcode"]
    )
    with store.unit([office]):
        store.execute(_PUT, key=KEY, value=address_text(whole))
        record(store, office, "payment.payer", None, seal(store, ("setting", KEY)))
    return whole


def bics_abroad(store: Store) -> dict[str, str]:
    """Return the BICs of accounts beyond the EEA, by IBAN.

    Within it no bank may ask for one (Regulation (EU) 260/2012 Art. 5 (7)), so that none is told.
    """
    return {iban: bic for iban, bic in store.rows(_BICS) if beyond_eea(iban)}
