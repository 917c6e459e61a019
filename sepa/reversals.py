"""Collections that we give back: reversals of our own direct debits, as values that are valid once they exist."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sepa.debits import Collection, CollectionBatch, Scheme
from sepa.errors import N_, KasseError, Place
from sepa.fields import identifier_problem, optional_identifier_problem, refuse
from sepa.payments import NoBatchError, Totals, count, head_problems
from sepa.text import Charset

# ISO 20022 external code sets, 2Q2026, ExternalReversalReason1Code
REVERSAL_REASONS = ("AC03", "AC04", "AG02", "AM05", "AM09", "MD01", "MD05", "MS02", "MS03", "RC07", "TM01")


class ReversalReasonError(KasseError):
    """A reason that ISO does not have for reversals."""

    code = "reversal.reason"
    template = N_("not a reason for a reversal: {value}")
    hint = N_("use AM05 for a collection made twice, else MS02")


class ReversalAmountError(KasseError):
    """A reversal of more than was collected, or of nothing."""

    code = "reversal.amount"
    template = N_("{amount_cents} cannot be given back of a collection of {collected_cents}")
    hint = N_("give back what was collected, or a part of it")


@dataclass(frozen=True, slots=True)
class Reversal:
    """One collection to give back, wholly unless `reversed_cents` names a part; ISO reason code."""

    collection: Collection
    reason: str = "MS02"
    reversed_cents: int | None = None
    reversal_id: str = ""

    def __post_init__(self) -> None:
        collected = self.collection.amount_cents
        known = self.reason in REVERSAL_REASONS
        amount = ReversalAmountError(amount_cents=self.amount_cents, collected_cents=collected)
        refuse(
            (
                None if known else ReversalReasonError(value=self.reason),
                None if 0 < self.amount_cents <= collected else amount,
                optional_identifier_problem(self.reversal_id, "reversal_id"),
            ),
            Place(payment=self.collection.end_to_end_id),
        )

    @property
    def amount_cents(self) -> int:
        """What goes back."""
        return self.collection.amount_cents if self.reversed_cents is None else self.reversed_cents


@dataclass(frozen=True, slots=True)
class ReversalBatch:
    """Reversals out of one batch that was sent; `batch` is that batch, its collections are not looked at."""

    payment_information_id: str
    batch: CollectionBatch
    reversals: tuple[Reversal, ...]
    batch_booking: bool | None = None

    def __post_init__(self) -> None:
        empty = None if self.reversals else NoBatchError(identifier=self.payment_information_id)
        refuse((identifier_problem(self.payment_information_id, "payment_information_id"), empty))

    @property
    def totals(self) -> Totals:
        """Number and sum of what goes back."""
        return count(self.reversals)


@dataclass(frozen=True, slots=True)
class ReversalMessage:
    """One file of reversals out of one direct debit file that was sent."""

    message_id: str
    created: datetime
    initiator: str
    original_message_id: str
    batches: tuple[ReversalBatch, ...]
    scheme: Scheme = "CORE"
    charset: Charset = "dk"

    def __post_init__(self) -> None:
        refuse(self._problems())

    def _problems(self) -> Iterator[KasseError | None]:
        originals = [one.batch.payment_information_id for one in self.batches]
        yield from head_problems(self.message_id, self.created, self.initiator, originals)
        yield identifier_problem(self.original_message_id, "original_message_id")
