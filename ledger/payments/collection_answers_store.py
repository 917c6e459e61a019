"""What the bank answers to files of collections: refused ones (pain.002), recalled ones (camt.029) are open again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.book.store import office_codes
from ledger.events.store import Fact, record
from ledger.payments.answers import DUPLICATE
from ledger.payments.collection_bank_store import follow
from ledger.payments.collection_lines import Line
from ledger.payments.collection_outcomes_store import undo
from ledger.payments.collection_reader import lines, run_named
from ledger.payments.collection_runs import CollectionRun, batch_id
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.statusreports import (
    BatchStatus,
    CancellationHead,
    CancellationStatus,
    CancellationStream,
    ReportHead,
    StatusReason,
    StatusStream,
    TransactionStatus,
)

ROLES = ("payments", "clerk", "machine")
REFUSED, ACCEPTED_RECALL, REFUSED_RECALL = "RJCT", frozenset({"ACCR", "CNCL"}), frozenset({"RJCR"})
_RUN = "SELECT id FROM collection_run WHERE message_id = :message"
_OPEN = "SELECT line FROM collection WHERE office = :office AND run = :run AND state IN ('released', 'exported')"
_ASKED = """SELECT line FROM collection WHERE office = :office AND run = :run AND asked = 'recall'
    AND state IN ('released', 'exported')"""
_FREE = """UPDATE collection SET asked = NULL, asked_at = NULL, asked_message = NULL
    WHERE office = :office AND run = :run AND line = :line"""


class NotOurFileError(KasseError):
    """An answer to a file that is no collection run of this book."""

    code = "collection.answer_unknown"
    template = N_("{message} answers the file {original}, which is no collection run of this book")
    hint = N_("answers to credit transfers are read with 'kasse payment status'")
    severity = "warning"


class RefusedAfterCreditError(KasseError):
    """A refusal for collections that are settled in the books."""

    code = "collection.refused_late"
    template = N_("{count} refused collections of run {run} are not under way any more; nothing was changed for them")
    hint = N_("see 'kasse collection show {run}'; where the bank took money back, its statement says so")
    severity = "warning"


class RefusedCopyError(KasseError):
    """The bank refuses a second copy: the first one is under way there."""

    code = "collection.duplicate"
    template = N_("the bank refused {count} collections of run {run} as a duplicate ({reason}); nothing was taken back")
    hint = N_("the first copy is with the bank; if it is not, give the run up with 'kasse collection void {run}'")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer changed: the run, how many collections it refused or stopped, their sum, which entries."""

    message: str
    run: int | None
    status: str
    refused: int = 0
    recalled: int = 0
    sum_cents: int = 0
    entries: tuple[str, ...] = ()
    findings: tuple[KasseError, ...] = ()


def take_status(store: Store, events: StatusStream, *, day: str) -> Answer:
    """Take a status report: what it refuses is open again, mandates follow the reason; again it changes nothing.

    What it refuses as a copy of what the bank has, stays under way. Raises `NotAllowedError` and what the reader raises.
    """
    head = ReportHead("", "", "")
    refused: dict[str, str] = {}
    batches: dict[str, str] = {}
    for event in events:
        if isinstance(event, ReportHead):
            head = event
        elif isinstance(event, BatchStatus) and event.status == REFUSED:
            batches[event.payment_information_id] = _code(event.reasons) or _code(head.reasons)
        elif isinstance(event, TransactionStatus) and event.status == REFUSED:
            refused[event.end_to_end_id] = _code(event.reasons)
    run = _run(store, head.original_message_id)
    if run is None:
        return _unknown(head.message_id, head.original_message_id)
    require(store, run.office, *ROLES)
    whole = _code(head.reasons) if head.status == REFUSED else None
    sent = lines(store, run)
    found = {line.line: reason for line in sent if (reason := _why(run, line, refused, batches, whole))}
    copies = _copies(sent, found, {batch for batch in batches if not batches[batch]}, run)
    if whole is not None and copies:
        copies = dict.fromkeys(found, next(iter(copies.values())))
    real = {line: reason for line, reason in found.items() if line not in copies}
    done = _end(store, run, real, ("rejected", head.message_id, head.status), day)
    if not copies:
        return done
    said = RefusedCopyError(count=len(copies), run=run.number, reason=" ".join(sorted(set(copies.values()))))
    return replace(done, findings=(*done.findings, said))


def _copies(sent: Sequence[Line], found: dict[int, str], bare: set[str], run: CollectionRun) -> dict[int, str]:
    """Return the collections that are refused as a copy, with the reason.

    A batch refused without a reason (`bare`) is a copy where one of its collections is.
    """
    copies = {line.line: found[line.line] for line in sent if found.get(line.line) in DUPLICATE}
    names = {line.line: batch_id(run.message_id or "", line.batch) for line in sent}
    batches = {names[line]: reason for line, reason in copies.items() if names[line] in bare}
    return {line: batches[names[line]] for line in found if names[line] in batches} | copies


def _why(
    run: CollectionRun, line: Line, refused: dict[str, str], batches: dict[str, str], whole: str | None
) -> str | None:
    """Return the reason for which the bank refuses a collection, '-' where it gives none, None where it does not."""
    if line.end_to_end_id in refused:
        return refused[line.end_to_end_id] or "-"
    batch = batches.get(batch_id(run.message_id or "", line.batch))
    if batch is not None:
        return batch or "-"
    return None if whole is None else whole or "-"


def take_cancellation(store: Store, events: CancellationStream, *, day: str) -> Answer:
    """Take the bank's answer to a recall: what it stopped is open again, what it did not may be asked once more.

    Raises `NotAllowedError` and what the reader raises.
    """
    message, said = "", []
    for event in events:
        if isinstance(event, CancellationHead):
            message = event.assignment_id
        elif isinstance(event, CancellationStatus):
            said.append(event)
    original = next((one.original_message_id for one in said if one.original_message_id), "")
    run = _run(store, original)
    if run is None:
        return _unknown(message, original)
    require(store, run.office, *ROLES)
    by_id = {line.end_to_end_id: line.line for line in lines(store, run)}
    asked = {line for (line,) in store.rows(_ASKED, office=run.office, run=run.number)}
    stopped = {line: "" for one in said if one.status in ACCEPTED_RECALL for line in _named(one, by_id, asked)}
    kept = [line for one in said if one.status in REFUSED_RECALL for line in _named(one, by_id, asked)]
    if kept:
        with store.unit(office_codes(store)):
            for line in kept:
                store.execute(_FREE, office=run.office, run=run.number, line=line)
            facts: dict[str, Fact] = {"count": len(kept), "message_id": message}
            record(store, run.office, "collection.recall_refused", f"collection_run:{run.number}", facts)
    return _end(store, run, stopped, ("recalled", message, "ACCR" if stopped else "RJCR" if kept else "PDCR"), day)


def _named(one: CancellationStatus, by_id: dict[str, int], asked: set[int]) -> Iterable[int]:
    if one.level != "payment":
        return sorted(asked)
    line = by_id.get(one.end_to_end_id)
    return [line] if line in asked and line is not None else []


def _run(store: Store, message: str) -> CollectionRun | None:
    number = store.value(_RUN, message=message)
    return None if number is None else run_named(store, int(number))


def _unknown(message: str, original: str) -> Answer:
    finding = NotOurFileError(message=message, original=original)
    return Answer(message, None, "", findings=(finding,))


def _end(store: Store, run: CollectionRun, outcomes: dict[int, str], said: tuple[str, str, str], day: str) -> Answer:
    state, message, status = said
    with store.unit(office_codes(store)):
        under_way = {line for (line,) in store.rows(_OPEN, office=run.office, run=run.number)}
        fresh = {line: (state, reason.strip("-")) for line, reason in outcomes.items() if line in under_way}
        if not fresh:
            return Answer(message, run.number, status, findings=_late(store, run, outcomes))
        chosen = [line for line in lines(store, run) if line.line in fresh]
        total = sum(line.cents for line in chosen)
        posted = undo(store, (run.office, run.number), fresh, (day, f"{state} {run.message_id}"))
        facts: dict[str, Fact] = {"count": len(fresh), "sum_cents": total, "message_id": message}
        record(store, run.office, f"collection.{state}", f"collection_run:{run.number}", facts)
        if state == "rejected":
            for line in chosen:
                follow(store, line.mandate, fresh[line.line][1], f"L{run.number}-{line.line}")
    count = len(fresh)
    entries = tuple(f"{one.office}-{one.year}-{one.number}" for one in posted)
    refused, recalled = (count, 0) if state == "rejected" else (0, count)
    return Answer(message, run.number, status, refused, recalled, total, entries)


def _late(store: Store, run: CollectionRun, outcomes: dict[int, str]) -> tuple[KasseError, ...]:
    """Return a finding where the bank refuses what is collected in the books; what it refused before is nothing new."""
    sql = """SELECT line FROM collection WHERE office = :office AND run = :run
             AND state IN ('collected', 'returned', 'reversed')"""
    late = {line for (line,) in store.rows(sql, office=run.office, run=run.number)} & outcomes.keys()
    return (RefusedAfterCreditError(count=len(late), run=run.number),) if late else ()


def _code(reasons: Iterable[StatusReason]) -> str:
    return next((one.code for one in reasons if one.code), "")
