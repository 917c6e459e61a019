"""What customers ask their bank to undo, as it stands in a file: reversals (pain.007) and recalls (camt.055).

A reader yields one `RequestHead`, then each `RequestBatch` followed by its `RequestPayment`s, then one `RequestEnd`.
What is asked for stands on the level it is about: a whole file or batch names no payments. Nothing here checks itself;
`sepa.rules.requests` says what is wrong. Texts are as written, what is missing is empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sepa.errors import KasseError
from sepa.statusreports import StatusReason


@dataclass(frozen=True, slots=True)
class RequestHead:
    """Whose request, about which file that was sent; `whole` where it is about all of that."""

    message: str
    message_id: str = ""
    created: str = ""
    initiator: str = ""
    case_id: str = ""
    request_id: str = ""
    original_message_id: str = ""
    original_message: str = ""
    whole: bool = False
    reasons: tuple[StatusReason, ...] = ()
    count: str = ""
    control_sum: str = ""
    line: int | None = None

    @property
    def reversal(self) -> bool:
        """Whether collections are given back (pain.007) and not payments recalled (camt.055)."""
        return self.message.startswith("pain.007")


@dataclass(frozen=True, slots=True)
class RequestBatch:
    """A batch that was sent; `whole` where the request is about all of it."""

    payment_information_id: str = ""
    request_id: str = ""
    original_message_id: str = ""
    whole: bool = False
    reasons: tuple[StatusReason, ...] = ()
    count: str = ""
    control_sum: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RequestPayment:
    """One payment to undo, with what the request repeats of it; name and account are those of the other side.

    `amount_cents` is what was paid or collected, `asked_cents` what a reversal gives back; None where not written.
    """

    payment_information_id: str = ""
    request_id: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    uetr: str = ""
    amount_cents: int | None = None
    asked_cents: int | None = None
    currency: str = ""
    day: date | None = None
    reasons: tuple[StatusReason, ...] = ()
    name: str = ""
    iban: str = ""
    bic: str = ""
    mandate_id: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RequestEnd:
    """The end of a request: payments named, their sum (what goes back), and what was noticed."""

    payments: int
    amount_cents: int
    complete: bool = True
    not_understood: tuple[tuple[str, int], ...] = ()
    findings: tuple[KasseError, ...] = ()


RequestEvent = RequestHead | RequestBatch | RequestPayment | RequestEnd
RequestStream = Iterator[RequestEvent]
