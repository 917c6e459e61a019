"""What a status report says of a file of collections: which are refused, and what of it fits none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.payments.answers import (
    EXECUTING,
    UNNAMED,
    HalfRejectedError,
    OtherSumError,
    OtherTotalsError,
    other_statuses,
)
from ledger.payments.collection_lines import Line
from ledger.payments.collection_runs import CollectionRun, batch_id
from sepa.errors import N_, KasseError
from sepa.statusreports import BatchStatus, ReportEnd, ReportHead, StatusEvent, StatusReason, TransactionStatus

REFUSED = "RJCT"


class StrangeCollectionsError(KasseError):
    """A report about collections that the file does not have, or without their ids."""

    code = "collection.answer_strange"
    template = N_("the report names {count} collections that file {message} does not have, the first is {first}")
    hint = N_("ask the bank; nothing was taken from these lines")


class StrangeBatchError(KasseError):
    """A report about a batch that the file does not have."""

    code = "collection.answer_batch"
    template = N_("the report is about batch {batch}, which file {message} does not have")
    hint = N_("ask the bank; nothing was taken from what it says of the whole batch")


class NeverWrittenError(KasseError):
    """A report about a run whose file was never written."""

    code = "collection.answer_never_sent"
    template = N_("the bank answers about file {message} of run {run}, which was never written")
    hint = N_("nothing was taken; ask the bank what it has: after 'kasse collection export {run}' it is read again")
    severity = "warning"


class ContradictedCollectionsError(KasseError):
    """The bank carries out what was given up, or what it stopped or refused before."""

    code = "collection.answer_contradicted"
    template = N_("the bank says {status} of {count} collections of run {run} that were given up or refused before")
    hint = N_("ask the bank before these claims are collected or dunned again; a credit for them waits as a case")
    severity = "warning"


class Said:
    """What a status report says: its head, refused batches and collections with the bank's code, all that it names."""

    def __init__(self) -> None:
        self.head = ReportHead("", "", "")
        self.refused: dict[str, str] = {}
        self.batches: dict[str, str] = {}
        self._statuses: Counter[str] = Counter()
        self._executing: dict[str, str] = {}
        self._alive: set[str] = set()
        self._named: list[str] = []
        self._named_batches: list[str] = []
        self._findings: tuple[KasseError, ...] = ()

    def take(self, event: StatusEvent) -> None:
        """Note what one part of the report says."""
        if isinstance(event, ReportHead):
            self.head = event
        elif isinstance(event, BatchStatus):
            self._named_batches.append(event.payment_information_id)
            if event.status == REFUSED:
                self.batches[event.payment_information_id] = code_of(event.reasons) or code_of(self.head.reasons)
        elif isinstance(event, TransactionStatus):
            self._named.append(event.end_to_end_id)
            self._statuses[event.status] += 1
            if event.status in EXECUTING:
                self._executing[event.end_to_end_id] = event.status
                self._alive.add(event.payment_information_id)
            if event.status == REFUSED:
                self.refused[event.end_to_end_id] = code_of(event.reasons)
        elif isinstance(event, ReportEnd):
            self._findings = event.findings

    def why(self, run: CollectionRun, line: Line) -> str | None:
        """Return the reason for which the bank refuses a collection: '-' where it gives none, None: it does not.

        A whole of which the bank executes something is not refused as such.
        """
        if line.end_to_end_id in self.refused:
            return self.refused[line.end_to_end_id] or "-"
        name = batch_id(run.message_id or "", line.batch)
        batch = self.batches.get(name)
        if batch is not None and name not in self._alive:
            return batch or "-"
        return code_of(self.head.reasons) or "-" if self.head.status == REFUSED and not self._alive else None

    def contradiction(self, run: CollectionRun, gone: Mapping[str, str]) -> KasseError | None:
        """Return a finding where the bank carries out collections that are gone, given as their ids with their states.

        What it says of the whole is about collections that were given up, not about those that it refused itself.
        """
        whole = self.head.status if self.head.status in EXECUTING else ""
        said = {one: self._executing.get(one) or (whole if state == "voided" else "") for one, state in gone.items()}
        statuses = [status for status in said.values() if status]
        if not statuses:
            return None
        status = " ".join(sorted(set(statuses)))
        return ContradictedCollectionsError(status=status, count=len(statuses), run=run.number)

    def findings(self, run: CollectionRun, sent: Sequence[Line]) -> Iterator[KasseError]:
        """Yield what the reader noticed, and what of the report fits nothing in the file that was sent."""
        message = run.message_id or ""
        yield from self._findings
        strange = sorted(set(self._named_batches) - UNNAMED - {batch_id(message, line.batch) for line in sent})
        for batch in strange:
            yield StrangeBatchError(batch=batch, message=message)
        ids = {line.end_to_end_id for line in sent}
        others = [one or "NOTPROVIDED" for one in self._named if one not in ids]
        if others:
            yield StrangeCollectionsError(count=len(others), message=message, first=others[0])
        yield from self._totals(run, message)
        yield from other_statuses(self._statuses | Counter({self.head.status: run.count}), message)
        whole = message if self.head.status == REFUSED else " ".join(sorted(self.batches.keys() & self._alive))
        if whole and self._executing:
            status = " ".join(sorted(set(self._executing.values())))
            yield HalfRejectedError(what=whole, status=status, count=len(self._executing))

    def _totals(self, run: CollectionRun, message: str) -> Iterator[KasseError]:
        count, cents = self.head.original_count, self.head.original_sum_cents
        if count not in {None, run.count}:
            yield OtherTotalsError(count=count, message=message, own_count=run.count)
        if cents not in {None, run.total_cents}:
            yield OtherSumError(told_cents=cents, message=message, own_cents=run.total_cents)


def code_of(reasons: Iterable[StatusReason]) -> str:
    """Return the first reason code that is given, '' for none."""
    return next((one.code for one in reasons if one.code), "")
