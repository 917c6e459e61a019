"""Payments that we ask our bank to stop or fetch back: recalls, as values that are valid once they exist.

A recall is a question: until the bank answers (camt.029), nothing is cancelled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sepa.calendar import add_months, add_target_days
from sepa.errors import N_, KasseError, Place
from sepa.fields import (
    NAME_LENGTH,
    amount_problem,
    bic_problem,
    identifier_problem,
    optional_identifier_problem,
    optional_text_problem,
    refuse,
    text_problem,
)
from sepa.payments import DuplicateBatchError, Totals, zone_problem
from sepa.text import Charset

# DK Anlage 3, camt.055.001.05 (CancellationReason5Code)
RECALL_REASONS = ("AGNT", "CURR", "CUST", "CUTA", "DUPL", "FRAD", "TECH", "UPAY")
INFORMATION_LENGTH = 105
RECALL_DAYS = 10  # banking days, for DUPL and TECH
RECALL_MONTHS = 13
_SHORT = frozenset(("DUPL", "TECH"))


class RecallReasonError(KasseError):
    """A recall without a reason, or with one that the scheme does not have."""

    code = "recall.reason"
    template = N_("not a reason for a recall: {value}")
    hint = N_("use DUPL, TECH, FRAD or CUST; AGNT, CURR, CUTA and UPAY exist as well")


class RecallScopeError(KasseError):
    """A recall of nothing, or of a whole and of its parts at once."""

    code = "recall.scope"
    template = N_("the recall {identifier} must name one scope: the file, whole batches, or single payments")
    hint = N_("send one recall for each scope")


def last_recall_day(reason: str, executed: date) -> date:
    """Return the last day for a recall: ten banking days for DUPL and TECH, thirteen months for the rest (EPC125-05).

    >>> last_recall_day("DUPL", date(2026, 11, 16)).isoformat(), last_recall_day("FRAD", date(2026, 11, 16)).isoformat()
    ('2026-11-30', '2027-12-16')
    """
    return add_target_days(executed, RECALL_DAYS) if reason in _SHORT else add_months(executed, RECALL_MONTHS)


def reason_problem(reason: str) -> KasseError | None:
    """Say whether the reason is missing or unknown (DK Anlage 3: it is mandatory)."""
    return None if reason in RECALL_REASONS else RecallReasonError(value=reason, place=Place(field="reason"))


@dataclass(frozen=True, slots=True)
class Recall:
    """One payment to recall by the id it was sent with; amount and day make the match exact."""

    end_to_end_id: str
    reason: str
    amount_cents: int | None = None
    execution_day: date | None = None
    collection_day: date | None = None
    instruction_id: str = ""
    recall_id: str = ""
    information: str = ""

    def __post_init__(self) -> None:
        problems = (
            identifier_problem(self.end_to_end_id, "end_to_end_id"),
            reason_problem(self.reason),
            None if self.amount_cents is None else amount_problem(self.amount_cents),
            optional_identifier_problem(self.instruction_id, "instruction_id"),
            optional_identifier_problem(self.recall_id, "recall_id"),
            optional_text_problem(self.information, INFORMATION_LENGTH, "information"),
        )
        refuse(problems, Place(payment=self.end_to_end_id))


@dataclass(frozen=True, slots=True)
class RecallBatch:
    """A batch that was sent: recalled as a whole, for which the reason stands here, or in single payments."""

    payment_information_id: str
    recalls: tuple[Recall, ...] = ()
    reason: str = ""
    information: str = ""

    def __post_init__(self) -> None:
        refuse(self._problems(), Place(payment=self.payment_information_id))

    def _problems(self) -> Iterator[KasseError | None]:
        yield identifier_problem(self.payment_information_id, "payment_information_id")
        yield optional_text_problem(self.information, INFORMATION_LENGTH, "information")
        if bool(self.recalls) == bool(self.reason) or (self.recalls and self.information):
            yield RecallScopeError(identifier=self.payment_information_id)
        if self.reason:
            yield reason_problem(self.reason)


@dataclass(frozen=True, slots=True)
class Sent:
    """The file that was sent: its message id, its format (pain.001.001.09), when it was made, what it held."""

    message_id: str
    format: str
    created: datetime | None = None
    totals: Totals | None = None


@dataclass(frozen=True, slots=True)
class RecallMessage:
    """One recall to the bank out of one file: as a whole, for which the reason stands here, or by batches."""

    message_id: str
    created: datetime
    initiator: str
    bank_bic: str
    sent: Sent
    batches: tuple[RecallBatch, ...] = ()
    reason: str = ""
    information: str = ""
    charset: Charset = "dk"

    def __post_init__(self) -> None:
        refuse((*self._head_problems(), *self._scope_problems()))

    def _head_problems(self) -> Iterator[KasseError | None]:
        yield identifier_problem(self.message_id, "message_id")
        yield zone_problem(self.created)
        yield text_problem(self.initiator, NAME_LENGTH, "initiator", self.charset)
        yield bic_problem(self.bank_bic)
        yield identifier_problem(self.sent.message_id, "original_message_id")
        yield identifier_problem(self.sent.format, "format")

    def _scope_problems(self) -> Iterator[KasseError | None]:
        whole = {bool(batch.reason) for batch in self.batches}
        if bool(self.batches) == bool(self.reason) or len(whole) > 1 or (self.batches and self.information):
            yield RecallScopeError(identifier=self.message_id)
        if self.reason:
            yield reason_problem(self.reason)
        names = [batch.payment_information_id for batch in self.batches]
        for name in sorted(set(names)) if len(set(names)) < len(names) else ():
            if names.count(name) > 1:
                yield DuplicateBatchError(identifier=name)
        for text in self._texts():
            yield optional_text_problem(text, INFORMATION_LENGTH, "information", self.charset)

    def _texts(self) -> Iterator[str]:
        yield self.information
        for batch in self.batches:
            yield batch.information
            yield from (recall.information for recall in batch.recalls)
