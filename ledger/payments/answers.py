"""What banks answer to our files, as values: status reports, checks of payees' names, answers to recalls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sepa.errors import N_, KasseError
from sepa.pain002 import CounterError
from sepa.statusreports import (
    VOP_STATUSES,
    BatchStatus,
    CancellationHead,
    CancellationStatus,
    ReportEnd,
    ReportHead,
    StatusEvent,
    StatusReason,
    TransactionStatus,
    VopResult,
)
from sepa.statuswords import REPORT_WORDS

Kind = Literal["status", "vop", "recall"]
REJECTED = "RJCT"
DUPLICATE = frozenset({"DUPL", "AM05", "DU01", "DU02", "DU03", "DU04", "DU05"})
"""Reasons that speak of a copy: what they refuse was taken before (ISO 20022 external code set)."""
EXECUTING = ("ACSP", "ACSC", "ACCC", "ACWC")
"""What the bank says of payments that it carries out (ISO 20022 external code set)."""
UNNAMED = frozenset({"", "NOTPROVIDED"})
STOPPED = frozenset({"CANC", "BLCK"})
"""What the bank says of payments that it does not carry out, without refusing them (ISO 20022)."""
DEVIATIONS = ("RVNM", "RVMC", "RVNA")
ACCEPTED, REFUSED, PENDING = frozenset({"ACCR", "CNCL"}), frozenset({"RJCR"}), frozenset({"PDCR", "PDNG", "UWFW"})


class ForeignReportError(KasseError):
    """A report about a file that is not a payment run of this book."""

    code = "answer.foreign"
    template = N_("the report is about {message}, which is no file of a payment run of this book")
    hint = N_("nothing was taken from it; answers to collections are read with 'kasse collection status'")
    severity = "warning"


class UnknownPaymentsError(KasseError):
    """A report that names payments which the file does not have."""

    code = "answer.unknown_payments"
    template = N_("the report names {count} payments that file {message} does not have, the first is {first}")
    hint = N_("ask the bank; nothing was taken from these lines")


class OtherBatchError(KasseError):
    """A report that names our file and a batch that it does not have."""

    code = "answer.other_batch"
    template = N_("the report is about batch {batch}; file {message} has only {own}")
    hint = N_("nothing was taken from it; ask the bank what it is about")
    severity = "warning"


class OtherTotalsError(KasseError):
    """A report about more or fewer payments, or another sum, than the file has."""

    code = "answer.other_totals"
    template = N_("the report is about {count} payments, file {message} has {own_count}")
    hint = N_("ask the bank whether it has the whole file; what the report says of our payments was taken")
    severity = "warning"


class OtherSumError(KasseError):
    """A report about another sum than the file has."""

    code = "answer.other_sum"
    template = N_("the report is about {told_cents}, file {message} has {own_cents}")
    hint = N_("ask the bank whether it has the whole file; what the report says of our payments was taken")
    severity = "warning"


class NeverSentError(KasseError):
    """A report about a file that was never written."""

    code = "answer.never_sent"
    template = N_("the bank answers about file {message} of run {run}, which was never written")
    hint = N_("nothing was taken; ask the bank what it has: after 'kasse payment export {run}' it is read again")
    severity = "warning"


class ContradictedError(KasseError):
    """The bank executes what was given up, or what it refused before."""

    code = "answer.contradicted"
    template = N_("the bank says {status} of {count} payments of run {run} that were given up or refused before")
    hint = N_(
        "ask the bank before these items are paid again; a debit that names them bars it: 'kasse payment show {run}'"
    )
    severity = "warning"


class HalfRejectedError(KasseError):
    """The bank refuses a whole, and says of something in it that it is executed."""

    code = "answer.half_rejected"
    template = N_("the bank refuses {what} as a whole, but says {status} of {count} payments in it")
    hint = N_("nothing was taken back by that; ask the bank what it executes before it is paid or collected again")


class OtherStatusError(KasseError):
    """The bank says something else of payments than that it takes or refuses them."""

    code = "answer.other_status"
    template = N_("the bank says {status} of {count} payments of {message}; nothing was changed by that")
    hint = N_("ask the bank what becomes of them; what it never executes is given up with --cancelled, by two people")
    severity = "warning"


class RejectedFileError(KasseError):
    """The bank refused a file as a whole."""

    code = "answer.file_rejected"
    template = N_("the bank refused file {file} of run {run} as a whole: {reason}")
    hint = N_("correct the cause, then propose its items again with 'kasse payment propose'; they are open again")
    severity = "warning"


class RejectedPaymentError(KasseError):
    """The bank refused a payment."""

    code = "answer.payment_rejected"
    template = N_("the bank refused {payment} to {name} over {amount_cents}: {reason}")
    hint = N_(
        "its item is open again and locked against payment; correct it, the account with "
        "'kasse payment redirect', and lift the lock with 'kasse item unlock'"
    )
    severity = "warning"


class DuplicateFileError(KasseError):
    """The bank refused a second copy of a file: the first one stands."""

    code = "answer.duplicate_file"
    template = N_("the bank refused file {file} of run {run} as a duplicate ({reason}); nothing was taken back")
    hint = N_("the first copy is with the bank; if it is not, give the file up with 'kasse payment void --cancelled'")
    severity = "warning"


class DuplicatePaymentError(KasseError):
    """The bank refused a payment as one that it has already."""

    code = "answer.duplicate_payment"
    template = N_("the bank refuses {payment} as a duplicate ({reason}); nothing was taken back")
    hint = N_("ask the bank which one it means; what it executes comes with a statement")
    severity = "warning"


class RejectedLateError(KasseError):
    """The bank refuses what it has booked before."""

    code = "answer.rejected_late"
    template = N_("the bank refuses {count} payments of run {run} that it has executed or that came back before")
    hint = N_("ask the bank; the books follow the statement, nothing was changed")


class NamesMissingError(KasseError):
    """A check of names that is not finished, or whose answers do not all fit our payments."""

    code = "answer.names_missing"
    template = N_("the bank has not said of {count} payments of file {message} whether name and account match")
    hint = N_("fetch the report again before the order is released at the bank: who releases it bears the loss")
    severity = "warning"


class DeviationError(KasseError):
    """The name of a payee does not match the account."""

    code = "answer.deviation"
    template = N_("{payment}: the bank answers {status} to {name}: {found}")
    hint = N_("decide with 'kasse payment vop accept {payment}' or 'kasse payment vop correct {payment}'")
    severity = "warning"


class Answered(NamedTuple):
    """What a report says of one payment; name and account as they were sent are there in a check of names."""

    seq: int
    end_to_end_id: str
    status: str
    reason: str | None
    information: str | None
    found_name: str | None
    name: str = ""
    iban: str = ""


@dataclass(slots=True)
class Report:
    """A status report in one piece: its head, the status of the whole, what it says of single payments."""

    message_id: str = ""
    original_message_id: str = ""
    created: str = ""
    status: str = ""
    reason: StatusReason = field(default_factory=StatusReason)
    answers: list[Answered] = field(default_factory=list)
    batches: list[str] = field(default_factory=list)
    count: int | None = None
    sum_cents: int | None = None
    vop: VopResult | None = None
    findings: tuple[KasseError, ...] = ()

    @property
    def kind(self) -> Kind:
        """Whether it is about the names of payees."""
        return "vop" if self.vop is not None or self.status in VOP_STATUSES else "status"

    @property
    def complete(self) -> bool:
        """Whether what the report does not list has matched: it is finished, and lists all that the bank counts."""
        counted = not any(isinstance(one, CounterError) for one in self.findings)
        return self.vop is not None and self.vop.pending == 0 and counted


def collected(events: Iterable[StatusEvent]) -> Report:
    """Return a report from its stream; a batch that is refused refuses the file, which has one batch only."""
    report = Report()
    for event in events:
        match event:
            case ReportHead():
                report.message_id, report.created = event.message_id, event.created
                report.original_message_id = event.original_message_id
                report.count, report.sum_cents = event.original_count, event.original_sum_cents
                _whole(report, event)
            case BatchStatus():
                report.batches.append(event.payment_information_id)
                _whole(report, event)
            case TransactionStatus():
                report.answers.append(_answered(len(report.answers) + 1, event))
            case ReportEnd():
                report.vop, report.findings = event.vop, event.findings
    return report


def _whole(report: Report, event: ReportHead | BatchStatus) -> None:
    if event.status and (not report.status or event.status == REJECTED):
        report.status = event.status
        report.reason = event.reasons[0] if event.reasons else report.reason


def _answered(seq: int, event: TransactionStatus) -> Answered:
    reason = event.reasons[0] if event.reasons else StatusReason()
    words = " ".join(reason.information) or None
    said = (reason.code or None, words, event.found_name or None)
    payee = (event.name, event.iban) if event.status in VOP_STATUSES else ("", "")
    return Answered(seq, event.end_to_end_id, event.status, *said, *payee)


@dataclass(frozen=True, slots=True)
class StatusTaken:
    """What was taken from a report: about which file, how many of each status, what came back.

    `unchecked` counts the payments of the file about whose names the bank has not said anything yet.
    """

    kind: Kind
    original_message_id: str
    run: int | None
    file: int | None
    new: bool
    status: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    rejected: int = 0
    rejected_cents: int = 0
    entries: tuple[str, ...] = ()
    deviations: int = 0
    by_rule: int = 0
    unchecked: int = 0
    findings: tuple[KasseError, ...] = ()


def recall_state(status: str) -> str | None:
    """Return what an answer makes of a recall; None for a status that decides nothing."""
    for state, statuses in (("accepted", ACCEPTED), ("refused", REFUSED), ("pending", PENDING)):
        if status in statuses:
            return state
    return None


Cancellation = CancellationHead | CancellationStatus


def other_statuses(statuses: Mapping[str, int], message: str) -> Iterator[KasseError]:
    """Yield what the bank says that neither takes nor refuses: payments it stopped, statuses that no list has."""
    for status, count in sorted(statuses.items()):
        if status in STOPPED or (status and status not in REPORT_WORDS):
            yield OtherStatusError(status=status, count=count, message=message)
