"""What a bank says happened on an account: Statement → Entry → Detail, the same for camt and MT940.

A reader yields, for each statement, one `Opened`, its `Entry`s in the order of the file and one `Closed`, so
that nothing needs to fit into memory. Amounts are minor units of their currency, credit positive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sepa.errors import KasseError


@dataclass(frozen=True, slots=True)
class Balance:
    """One balance of a statement: ISO balance code (OPBD, PRCD, CLBD, ITBD, CLAV, …), cents, day."""

    code: str
    amount_cents: int
    currency: str
    day: date | None


@dataclass(frozen=True, slots=True)
class StructuredReference:
    """A creditor reference the payer gave in structured form; `kind` is SCOR, QRR, or the bank's own word."""

    reference: str
    kind: str = ""
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """A fee the bank names inside an entry, signed like the entry: money taken is negative."""

    amount_cents: int
    currency: str
    included: bool = True
    bearer: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OtherAmount:
    """An amount in another view: kind INSTD, TX, CNTRVAL, ANNCD or PRTRY (then `own_kind` is the bank's word).

    Always positive; `rate` is the exchange rate as written.
    """

    kind: str
    amount_cents: int
    currency: str
    rate: str = ""
    own_kind: str = ""


@dataclass(frozen=True)  # no slots: `of` leaves defaults to the class, which is ten times faster than __init__
class Detail:
    """One transaction behind an entry (TxDtls): references, counterparty, remittance, return.

    `amount_cents` is signed like an entry and None where the bank gives none in the account's view. Name, IBAN
    and the like are the other side's, also for returns. `structured` holds creditor references and the numbers
    of documents referred to (`kind` CINV, …); `structured_text` the free lines beside them. `other_references`
    are pairs of the bank's word (or the ISO element) and the reference.
    """

    amount_cents: int | None = None
    currency: str = ""
    message_id: str = ""
    servicer_reference: str = ""
    payment_information_id: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    mandate_id: str = ""
    creditor_id: str = ""
    name: str = ""
    iban: str = ""
    account: str = ""
    bic: str = ""
    ultimate_name: str = ""
    own_ultimate_name: str = ""
    remittance: tuple[str, ...] = ()
    structured: tuple[StructuredReference, ...] = ()
    purpose: str = ""
    return_reason: str = ""
    return_information: tuple[str, ...] = ()
    bank_transaction_code: str = ""
    proprietary_code: str = ""
    charges: tuple[Charge, ...] = ()
    other_amounts: tuple[OtherAmount, ...] = ()
    additional_information: str = ""
    uetr: str = ""
    other_references: tuple[tuple[str, str], ...] = ()
    structured_text: tuple[str, ...] = ()
    return_originator: str = ""
    local_instrument: str = ""

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Detail:
        """Return a detail that takes over these fields, for readers of many."""
        detail = object.__new__(cls)
        object.__setattr__(detail, "__dict__", fields)
        return detail

    @property
    def text(self) -> str:
        """All unstructured remittance lines joined in order, without inventing or losing a character."""
        return "".join(self.remittance)


NO_DETAIL = Detail()


@dataclass(frozen=True)  # no slots, as for Detail
class Entry:
    """One line of a statement; `amount_cents` is what it does to the balance (a reversal by its effect).

    `amount_written` is empty unless the amount does not fit the currency (then the cents are rounded).
    `details_agree` is false where the details' amounts or number contradict the entry.
    """

    index: int
    amount_cents: int
    currency: str
    status: str
    booking_day: date | None
    value_day: date | None
    reversal: bool = False
    reference: str = ""
    servicer_reference: str = ""
    bank_transaction_code: str = ""
    proprietary_code: str = ""
    gvc: str = ""
    primanota: str = ""
    text_key_extension: str = ""
    batch_message_id: str = ""
    batch_payment_information_id: str = ""
    batch_count: int | None = None
    detail_message_id: str = ""
    charges: tuple[Charge, ...] = ()
    other_amounts: tuple[OtherAmount, ...] = ()
    details: tuple[Detail, ...] = ()
    additional_information: str = ""
    line: int | None = None
    amount_written: str = ""
    details_agree: bool = True

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Entry:
        """Return an entry that takes over these fields, all without default among them, for readers of many."""
        entry = object.__new__(cls)
        object.__setattr__(entry, "__dict__", fields)
        return entry

    @property
    def first(self) -> Detail:
        """The first detail, or an empty one where the bank gave none."""
        return self.details[0] if self.details else NO_DETAIL


@dataclass(frozen=True, slots=True)
class Opened:
    """The head of a statement: who, which, from when to when."""

    message: str
    message_id: str
    id: str
    account: str
    iban: str
    currency: str
    owner: str = ""
    bic: str = ""
    electronic_number: int | None = None
    legal_number: int | None = None
    page: int | None = None
    last_page: bool = True
    created: str = ""
    from_day: date | None = None
    to_day: date | None = None
    duplicate: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The end of a statement: its balances, the sums read, and what was noticed on the way.

    `last_page` is the last word on whether more pages follow: of MT messages only the end tells (:62M:).
    """

    balances: tuple[Balance, ...]
    entries: int
    credit_cents: int
    debit_cents: int
    not_understood: tuple[tuple[str, int], ...] = ()
    findings: tuple[KasseError, ...] = ()
    last_page: bool = True

    def balance(self, *codes: str) -> Balance | None:
        """Return the first balance that has the first of the codes that occurs."""
        for code in codes:
            for balance in self.balances:
                if balance.code == code:
                    return balance
        return None


StatementEvent = Opened | Entry | Closed
StatementStream = Iterator[StatementEvent]
