"""The rules over reversals (pain.007) and recalls (camt.055) of others: what a bank would refuse, what is odd."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from sepa.calendar import add_target_days
from sepa.errors import N_, KasseError, Place
from sepa.fields import (
    amount_problem,
    iban_problem,
    identifier_problem,
    optional_identifier_problem,
    optional_text_problem,
)
from sepa.money import plain
from sepa.payments import NoBatchError
from sepa.recalls import (
    INFORMATION_LENGTH,
    RECALL_REASONS,
    RecallReasonError,
    RecallScopeError,
    last_recall_day,
)
from sepa.requests import RequestBatch, RequestEnd, RequestHead, RequestPayment, RequestStream
from sepa.reversals import REVERSAL_REASONS, ReversalAmountError, ReversalReasonError
from sepa.rules.catalogue import Rule
from sepa.rules.foreign import cents_of, created_problems, placed
from sepa.rules.foreign_errors import (
    CurrencyError,
    ElementMissingError,
    OldVersionError,
    StatedCountError,
    StatedSumError,
)
from sepa.rules.odd import DuplicateIdError, NoEndToEndIdError, present
from sepa.statusreports import StatusReason

CURRENT = {"pain.007": "pain.007.001.09", "camt.055": "camt.055.001.05"}
REVERSAL_DAYS = 5  # TARGET days after the due day


class LateRequestError(KasseError):
    """A reversal or recall beyond the period of its scheme."""

    code = "request.late"
    severity = "warning"
    template = N_("the period for this ended on {last}")
    hint = N_("ask the bank, or ask the other side to pay it back")


def check_requests(events: RequestStream, on: date) -> Iterator[KasseError]:
    """Yield the findings over a reversal or recall file as seen on a day, each with line, payment, field and value.

    `events` come from `read_requests`, whose errors pass through.
    """
    checker = _Checker(on)
    for event in events:
        if isinstance(event, RequestPayment):
            yield from placed(checker.payment(event), Place(line=event.line, payment=event.end_to_end_id or None))
        elif isinstance(event, RequestBatch):
            place = Place(line=event.line, payment=event.payment_information_id or None)
            yield from checker.batch_end()
            yield from placed(checker.begin(event), place)
        elif isinstance(event, RequestHead):
            yield from placed(checker.file(event), Place(line=event.line))
        else:
            yield from checker.batch_end()
            yield from checker.end(event)


class _Checker:
    """What is known of the file and the batch on the way."""

    def __init__(self, on: date) -> None:
        self.on = on
        self.head = RequestHead("")
        self.batch: RequestBatch | None = None
        self.scopes: set[str] = set()
        self.in_batch = 0
        self.seen: set[int] = set()

    def file(self, head: RequestHead) -> Iterator[KasseError]:
        self.head = head
        current = CURRENT[head.message[:8]]
        if head.message != current:
            yield OldVersionError(name=head.message, current=current, place=Place(field="version", value=head.message))
        yield from created_problems(head.created)
        yield from present((identifier_problem(head.message_id, "message_id"),))
        if head.reversal and not head.original_message_id:
            yield ElementMissingError(element="OrgnlMsgId", place=Place(field="OrgnlMsgId"))
        if head.whole:
            self.scopes.add("file")
            yield from self._reasons(head.reasons)

    def begin(self, batch: RequestBatch) -> Iterator[KasseError]:
        self.batch, self.in_batch = batch, 0
        yield from present((identifier_problem(batch.payment_information_id, "payment_information_id"),))
        if not (self.head.original_message_id or batch.original_message_id):
            yield ElementMissingError(element="OrgnlMsgId", place=Place(field="OrgnlMsgId"))
        if batch.whole:
            self.scopes.add("batch")
            yield from self._reasons(batch.reasons)

    def batch_end(self) -> Iterator[KasseError]:
        batch, self.batch = self.batch, None
        if batch is not None and not batch.whole and not self.in_batch:
            place = Place(line=batch.line, payment=batch.payment_information_id or None)
            yield NoBatchError(identifier=batch.payment_information_id, place=place)

    def payment(self, payment: RequestPayment) -> Iterator[KasseError]:
        self.in_batch += 1
        self.scopes.add("payment")
        yield from present(_identifier_problems(payment))
        if payment.end_to_end_id and self._seen_before(payment.end_to_end_id):
            value = payment.end_to_end_id
            yield DuplicateIdError(value=value, place=Place(field="end_to_end_id", value=value))
        yield from _amount_problems(payment)
        if payment.iban:
            yield from present((iban_problem(payment.iban),))
        if self.head.reversal and not payment.mandate_id:
            yield ElementMissingError(element="MndtId", place=Place(field="OrgnlTxRef"))
        above = self.batch.reasons if self.batch else ()
        yield from self._reasons(payment.reasons or above or self.head.reasons)
        yield from self._late(payment)

    def _seen_before(self, value: str) -> bool:
        size = len(self.seen)
        self.seen.add(hash(value))
        return len(self.seen) == size

    def _reasons(self, reasons: tuple[StatusReason, ...]) -> Iterator[KasseError]:
        known = REVERSAL_REASONS if self.head.reversal else RECALL_REASONS
        error = ReversalReasonError if self.head.reversal else RecallReasonError
        if not reasons and not self.head.reversal:  # DK Anlage 3: the reason of a recall is mandatory
            yield error(value="–", place=Place(field="reason"))
        for reason in reasons:
            if reason.code not in known:
                yield error(value=reason.code or "–", place=Place(field="reason", value=reason.code))
            for text in reason.information:
                yield from present((optional_text_problem(text, INFORMATION_LENGTH, "information"),))

    def _late(self, payment: RequestPayment) -> Iterator[KasseError]:
        if payment.day is None:
            return
        if self.head.reversal:
            last = add_target_days(payment.day, REVERSAL_DAYS)
        else:
            last = min(last_recall_day(code, payment.day) for code in {"", *(one.code for one in payment.reasons)})
        if self.on > last:
            yield LateRequestError(last=last, place=Place(field="day", value=payment.day.isoformat()))

    def end(self, end: RequestEnd) -> Iterator[KasseError]:
        yield from end.findings
        place = Place(line=self.head.line)
        if not self.head.reversal and len(self.scopes) > 1:
            yield RecallScopeError(identifier=self.head.message_id, place=place)
        yield from placed(self._totals(end), place)

    def _totals(self, end: RequestEnd) -> Iterator[KasseError]:
        """Yield where the counters are not what was found; a whole file or batch names no payments to count."""
        head = self.head
        if self.scopes != {"payment"}:
            return
        if head.reversal and not head.count:
            yield ElementMissingError(element="NbOfTxs", place=Place(field="NbOfTxs"))
        if head.count and head.count.lstrip("0") != str(end.payments):
            place = Place(field="NbOfTxs", value=head.count)
            yield StatedCountError(stated=head.count, found=end.payments, place=place)
        if head.control_sum and end.complete and cents_of(head.control_sum) != end.amount_cents:
            place = Place(field="CtrlSum", value=head.control_sum)
            yield StatedSumError(stated=head.control_sum, found=plain(end.amount_cents), place=place)


def _identifier_problems(payment: RequestPayment) -> Iterable[KasseError | None]:
    ids = (payment.end_to_end_id, payment.instruction_id, payment.transaction_id, payment.uetr)
    yield None if any(ids) else NoEndToEndIdError(place=Place(field="end_to_end_id"))
    yield optional_identifier_problem(payment.end_to_end_id, "end_to_end_id")
    yield optional_identifier_problem(payment.instruction_id, "instruction_id")
    yield optional_identifier_problem(payment.request_id, "request_id")


def _amount_problems(payment: RequestPayment) -> Iterator[KasseError]:
    amount, asked = payment.amount_cents, payment.asked_cents
    if (amount is not None or asked is not None) and payment.currency != "EUR":
        yield CurrencyError(value=payment.currency, place=Place(field="currency", value=payment.currency))
    if amount is not None:
        yield from present((amount_problem(amount),))
    if asked is not None and (asked <= 0 or (amount is not None and asked > amount)):
        yield ReversalAmountError(amount_cents=asked, collected_cents=amount or 0, place=Place(field="amount"))


REQUEST_RULES: tuple[Rule, ...] = (
    Rule(LateRequestError, "EPC016-06: 5 TARGET days; EPC125-05: 10 banking days, 13 months", "payment"),
)
