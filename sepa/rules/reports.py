"""The rules over a bank's status reports (pain.002) and answers to recalls (camt.029): what cannot be relied on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sepa.errors import N_, KasseError, Place
from sepa.reasons import reason as meaning
from sepa.rules.catalogue import Rule
from sepa.rules.foreign import placed
from sepa.statusreports import (
    BatchStatus,
    CancellationEnd,
    CancellationHead,
    CancellationStatus,
    CancellationStream,
    ReportEnd,
    ReportHead,
    StatusReason,
    StatusStream,
    TransactionStatus,
)
from sepa.statuswords import ANSWER_WORDS, GOOD, REPORT_WORDS

_DEVIATIONS = frozenset(("RVMC", "RVNM", "RVNA", "RVNC"))


class NoOriginalError(KasseError):
    """A report that does not say which file it is about."""

    code = "report.no_original"
    severity = "warning"
    template = N_("the report does not say which file it is about")
    hint = N_("find the payments by their ids; ask the bank for a complete report")


class NoPaymentIdError(KasseError):
    """A status of a payment without any id of it."""

    code = "report.no_id"
    severity = "warning"
    template = N_("a status names no id of its payment")
    hint = N_("find the payment by name, account and amount")


class UnknownStatusError(KasseError):
    """A status that no list has."""

    code = "report.unknown_status"
    severity = "warning"
    template = N_("no list has the status {value}")
    hint = N_("ask the bank what it means, and do not rely on the payment until then")


class NoReasonError(KasseError):
    """A rejection without a reason."""

    code = "report.no_reason"
    severity = "warning"
    template = N_("the bank gives no reason for {value}")
    hint = N_("ask the bank before sending the payment again")


class UnknownReasonError(KasseError):
    """A reason code that our list lacks."""

    code = "report.unknown_reason"
    severity = "warning"
    template = N_("the list of reasons lacks {value}")
    hint = N_("ask the bank what it means")


class ContradictionError(KasseError):
    """A status of the whole that its parts do not bear out."""

    code = "report.contradiction"
    severity = "warning"
    template = N_("the whole has the status {whole}, but a payment in it {part}")
    hint = N_("the payments count; ask the bank before relying on the rest")


def check_report(events: StatusStream) -> Iterator[KasseError]:
    """Yield what is odd about a status report; `events` come from `read_status_report`, whose errors pass through."""
    checker = _Checker()
    for event in events:
        if isinstance(event, TransactionStatus):
            place = Place(line=event.line, payment=event.end_to_end_id or event.instruction_id or None)
            yield from placed(checker.payment(event), place)
        elif isinstance(event, BatchStatus):
            place = Place(line=event.line, payment=event.payment_information_id or None)
            yield from placed(checker.begin(event), place)
        elif isinstance(event, ReportHead):
            yield from placed(checker.file(event), Place(line=event.line))
        else:
            assert isinstance(event, ReportEnd)
            yield from placed(checker.end(event), Place(line=checker.head_line))


class _Checker:
    """What the levels above a payment say."""

    def __init__(self) -> None:
        self.file_status = self.batch_status = ""
        self.reasons_above: tuple[StatusReason, ...] = ()
        self.batch_reasons: tuple[StatusReason, ...] = ()
        self.head_line: int | None = None
        self.told: set[tuple[str, str]] = set()
        self.headless = True

    def file(self, head: ReportHead) -> Iterator[KasseError]:
        self.file_status, self.reasons_above, self.head_line = head.status, head.reasons, head.line
        self.headless = not head.original_message_id
        yield from _status_problems(head.status, head.reasons, (), REPORT_WORDS)

    def begin(self, batch: BatchStatus) -> Iterator[KasseError]:
        self.batch_status, self.batch_reasons = batch.status, batch.reasons
        yield from _status_problems(batch.status, batch.reasons, self.reasons_above, REPORT_WORDS)

    def payment(self, payment: TransactionStatus) -> Iterator[KasseError]:
        above = (*self.reasons_above, *self.batch_reasons)
        yield from _status_problems(payment.status, payment.reasons, above, REPORT_WORDS)
        if not (payment.end_to_end_id.removeprefix("NOTPROVIDED") or payment.instruction_id or payment.transaction_id):
            yield NoPaymentIdError()
        for whole in (self.file_status, self.batch_status):
            if _contradicts(whole, payment.status) and (whole, payment.status) not in self.told:
                self.told.add((whole, payment.status))
                yield ContradictionError(whole=whole, part=payment.status)

    def end(self, end: ReportEnd) -> Iterator[KasseError]:
        yield from end.findings
        if self.headless:
            yield NoOriginalError()


def _contradicts(whole: str, part: str) -> bool:
    if whole == "RJCT":
        return part not in {"RJCT", ""}
    if whole == "RCVC":
        return part in _DEVIATIONS
    return whole in GOOD and part == "RJCT"


def _status_problems(
    status: str, reasons: Iterable[StatusReason], above: Iterable[StatusReason], known: dict[str, str]
) -> Iterator[KasseError]:
    """Yield what is wrong with a status and its reasons; a reason stands on exactly one level."""
    if status and status not in known:
        yield UnknownStatusError(value=status, place=Place(field="status", value=status))
    codes = [reason.code for reason in reasons if reason.code]
    if status in {"RJCT", "RJCR"} and not codes and not any(reason.code for reason in above):
        yield NoReasonError(value=status, place=Place(field="reason"))
    for code in codes:
        if not meaning(code).known and code not in known:  # a VoP report repeats its status as the reason
            yield UnknownReasonError(value=code, place=Place(field="reason", value=code))


def check_answer(events: CancellationStream) -> Iterator[KasseError]:
    """Yield what is odd about an answer; `events` come from `read_cancellation_answer`, whose errors pass through."""
    line: int | None = None
    above: tuple[StatusReason, ...] = ()
    headless = True
    for event in events:
        if isinstance(event, CancellationHead):
            line = event.line
            headless = not event.case_id
            if event.status and event.status not in ANSWER_WORDS:
                yield UnknownStatusError(value=event.status, place=Place(line=line, field="status"))
        elif isinstance(event, CancellationStatus):
            headless = headless and not (event.original_message_id or event.payment_information_id)
            above = event.reasons if event.level != "payment" else above
            place = Place(line=event.line, payment=event.end_to_end_id or event.payment_information_id or None)
            yield from placed(_status_problems(event.status, event.reasons, above, ANSWER_WORDS), place)
        else:
            assert isinstance(event, CancellationEnd)
            yield from event.findings
    if headless:
        yield NoOriginalError(place=Place(line=line))


REPORT_RULES: tuple[Rule, ...] = (
    Rule(NoOriginalError, "ISO 20022, pain.002 and camt.029", "message"),
    Rule(NoPaymentIdError, "ISO 20022, pain.002", "payment"),
    Rule(UnknownStatusError, "ISO 20022 external code sets", "field"),
    Rule(NoReasonError, "Anlage 3: one level holds the reason", "payment"),
    Rule(UnknownReasonError, "ISO 20022 external code sets", "field"),
    Rule(ContradictionError, "ISO 20022, pain.002; EPC218-23", "message"),
)
