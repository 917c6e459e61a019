"""What we order our bank to do: credit transfers, as values that are valid once they exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Address:
    """A structured postal address; street and house number apart, town and country always."""

    town: str
    country: str
    street: str = ""
    house_number: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A payer or payee: the legal name of the account holder, the IBAN, and what else the scheme allows."""

    name: str
    iban: str
    bic: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """One credit transfer: cents, payee, and either free remittance text or one structured reference."""

    end_to_end_id: str
    amount_cents: int
    creditor: Party
    remittance: str = ""
    creditor_reference: str = ""
    instruction_id: str = ""
    purpose: str = ""
    ultimate_debtor: str = ""
    ultimate_creditor: str = ""


@dataclass(frozen=True, slots=True)
class TransferBatch:
    """Transfers of one account and one day (PmtInf): id, payer, requested execution day, booking form."""

    payment_information_id: str
    debtor: Party
    execution_day: date
    instant: bool = False
    batch_booking: bool | None = None
    category_purpose: str = ""
