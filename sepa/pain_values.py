"""Payment orders of others as they stand in a file, right or wrong: nothing here checks itself.

What is wrong with them is for `sepa.rules.foreign` to say; what they would be as orders of ours, for
`sepa.pain_orders`. Texts are as written, without blanks around them; what is missing is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sepa.errors import KasseError


@dataclass(frozen=True, slots=True)
class ForeignReference:
    """A structured remittance: reference, its code, its issuer, the length of its XML inside `Strd`."""

    reference: str = ""
    kind: str = ""
    issuer: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True)
class ForeignAddress:
    """A postal address: its fields under the names of `sepa.payments.Address`, and its free lines."""

    fields: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()


NO_ADDRESS = ForeignAddress()


@dataclass(frozen=True)  # no slots: `of` leaves defaults to the class, as in sepa.statements
class _Fields:
    """What may stand at a batch or at a payment alike; `present` are the names of the elements directly inside.

    `misplaced` are those behind one that they have to precede, with that one; `old_bic` is a BIC under its old name.
    """

    line: int | None = None
    name: str = ""
    iban: str = ""
    account: str = ""
    bic: str = ""
    bank_id: str = ""
    address: ForeignAddress = NO_ADDRESS
    service_level: str = ""
    own_service_level: str = ""
    local_instrument: str = ""
    own_local_instrument: str = ""
    sequence: str = ""
    category_purpose: str = ""
    charge_bearer: str = ""
    creditor_id: str = ""
    creditor_scheme: str = ""
    ultimate_debtor: str = ""
    ultimate_creditor: str = ""
    present: frozenset[str] = frozenset()
    empty: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    misplaced: tuple[tuple[str, str], ...] = ()
    old_bic: str = ""

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Any:
        """Return a value with these fields, for readers of many."""
        made = object.__new__(cls)
        made.__dict__.update(fields)
        return made


@dataclass(frozen=True)
class PaymentFile:
    """The head of a payment file: message with version, id, time of making, who ordered, its counters as written."""

    message: str
    message_id: str = ""
    created: str = ""
    initiator: str = ""
    count: str = ""
    control_sum: str = ""
    present: frozenset[str] = frozenset()
    empty: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    misplaced: tuple[tuple[str, str], ...] = ()
    line: int | None = None

    @property
    def debits(self) -> bool:
        """Whether it collects (pain.008) and does not pay."""
        return self.message.startswith("pain.008")


@dataclass(frozen=True)
class ForeignBatch(_Fields):
    """The head of a batch (PmtInf): its own account, day and counters as written; `time` where a time is given.

    `day_forms` are the elements inside the day, an empty name for a day that stands there by itself.
    """

    index: int = 0
    id: str = ""
    method: str = ""
    booking: str = ""
    count: str = ""
    control_sum: str = ""
    day: str = ""
    time: str = ""
    day_forms: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForeignPayment(_Fields):
    """One transfer or collection; `amount_cents` is None where the amount is none, `amount` what is written.

    Name, account and bank are the other side's. `amendment` is the flag as written, `original_…` what was before.
    """

    index: int = 0
    end_to_end_id: str = ""
    instruction_id: str = ""
    uetr: str = ""
    amount: str = ""
    amount_cents: int | None = None
    currency: str = ""
    purpose: str = ""
    own_purpose: str = ""
    remittance: tuple[str, ...] = ()
    structured: tuple[ForeignReference, ...] = ()
    mandate_id: str = ""
    signed: str = ""
    amendment: str = ""
    original_mandate_id: str = ""
    original_creditor_id: str = ""
    original_creditor_name: str = ""
    original_creditor_scheme: str = ""
    original_iban: str = ""
    original_account: str = ""
    original_bic: str = ""
    original_old_bic: str = ""
    original_bank_id: str = ""

    @property
    def text(self) -> str:
        """All free remittance lines joined."""
        return "".join(self.remittance)

    @property
    def reference(self) -> str:
        """The first structured reference."""
        return self.structured[0].reference if self.structured else ""


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """What was counted in a batch: payments, minor units; whether every amount could be read."""

    count: int
    amount_cents: int
    complete: bool = True


@dataclass(frozen=True, slots=True)
class FileEnd:
    """What was counted in the file, and what was noticed on the way."""

    batches: int
    count: int
    amount_cents: int
    complete: bool = True
    not_understood: tuple[tuple[str, int], ...] = ()
    findings: tuple[KasseError, ...] = ()


PaymentEvent = PaymentFile | ForeignBatch | ForeignPayment | BatchEnd | FileEnd
PaymentStream = Iterator[PaymentEvent]
