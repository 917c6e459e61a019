"""What a bank says became of our orders: the values of pain.002, verification of payee included, and of camt.029.

A reader yields one `ReportHead`, then each `BatchStatus` followed by its `TransactionStatus`es, then one `ReportEnd`.
A status stands on the level on which the bank decided: a rejected head or batch rejects everything below it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sepa.errors import KasseError

# Verification of payee (ISO 20022 external code set, 2Q2026; EPC218-23): none of these accepts or rejects a payment.
VOP_STATUSES = frozenset({"RCVC", "RVMC", "RVNM", "RVNA", "RVNC", "RVCM", "RCVM"})
Level = Literal["file", "batch", "payment"]
_LEADING_CODE = re.compile(r"(?:RVMC|RVNM|RVNA|RCVC)\s+")


@dataclass(frozen=True, slots=True)
class StatusReason:
    """Why: the reason code (ISO 20022), the bank's own lines, and who decided."""

    code: str = ""
    information: tuple[str, ...] = ()
    originator: str = ""


@dataclass(frozen=True, slots=True)
class StatusCount:
    """How many transactions the bank counts under a status."""

    status: str
    number: int
    sum_cents: int | None = None


@dataclass(frozen=True, slots=True)
class ReportHead:
    """Whose report, about which of our files, and the status of the whole file if there is one."""

    message: str
    message_id: str
    original_message_id: str
    original_message: str = ""
    original_count: int | None = None
    original_sum_cents: int | None = None
    status: str = ""
    reasons: tuple[StatusReason, ...] = ()
    counts: tuple[StatusCount, ...] = ()
    created: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """The status of one of our batches (PmtInf), if there is one."""

    payment_information_id: str
    status: str = ""
    reasons: tuple[StatusReason, ...] = ()
    counts: tuple[StatusCount, ...] = ()
    original_count: int | None = None
    original_sum_cents: int | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class TransactionStatus:
    """The status of one payment, with what the bank repeats of it; name and account are those of the other side."""

    payment_information_id: str
    status: str
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    uetr: str = ""
    status_id: str = ""
    servicer_reference: str = ""
    reasons: tuple[StatusReason, ...] = ()
    amount_cents: int | None = None
    currency: str = ""
    execution_day: date | None = None
    name: str = ""
    iban: str = ""
    bic: str = ""
    mandate_id: str = ""
    line: int | None = None

    @property
    def found_name(self) -> str:
        """The holder's real name that the bank supplies with a close match (RVMC), else nothing."""
        if self.status != "RVMC":
            return ""
        lines = [line for reason in self.reasons for line in reason.information]
        return "".join(_LEADING_CODE.sub("", line, count=1) for line in lines).strip()


@dataclass(frozen=True, slots=True)
class VopResult:
    """Result of verifying payees, derived from the transactions; what a report does not list was a match."""

    matched: int
    close: int
    mismatched: int
    unavailable: int
    pending: int

    @property
    def clean(self) -> bool:
        """Whether every payee was checked and matched."""
        return not (self.close or self.mismatched or self.unavailable or self.pending)


@dataclass(frozen=True, slots=True)
class ReportEnd:
    """The end of a report: transactions by status, the result of verifying payees if it is about that, findings."""

    transactions: int
    by_status: tuple[tuple[str, int], ...]
    vop: VopResult | None = None
    not_understood: tuple[tuple[str, int], ...] = ()
    findings: tuple[KasseError, ...] = ()


StatusEvent = ReportHead | BatchStatus | TransactionStatus | ReportEnd
StatusStream = Iterator[StatusEvent]


@dataclass(frozen=True, slots=True)
class CancellationHead:
    """Whose answer to a cancellation, about which case, and what it confirms on the whole."""

    message: str
    assignment_id: str
    case_id: str = ""
    status: str = ""
    created: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class CancellationStatus:
    """The answer to one of our cancellations (camt.029): accepted (ACCR), rejected (RJCR) or not yet final (PDCR).

    `level` is file, batch or payment: what the answer is about.
    """

    level: Level
    status: str
    case_id: str = ""
    original_message_id: str = ""
    payment_information_id: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    uetr: str = ""
    cancellation_id: str = ""
    status_id: str = ""
    reasons: tuple[StatusReason, ...] = ()
    amount_cents: int | None = None
    currency: str = ""
    name: str = ""
    iban: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class CancellationEnd:
    """The end of an answer: how many statuses it gave, and what was noticed."""

    statuses: int
    not_understood: tuple[tuple[str, int], ...] = ()
    findings: tuple[KasseError, ...] = ()


CancellationStream = Iterator[CancellationHead | CancellationStatus | CancellationEnd]
