"""What the bank answers to files of collections: refused ones (pain.002), recalled ones (camt.029) are open again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ledger.book.store import office_codes
from ledger.events.store import Fact, record
from ledger.payments.answers import DUPLICATE
from ledger.payments.collection_bank_store import follow
from ledger.payments.collection_lines import Line
from ledger.payments.collection_outcomes_store import undo
from ledger.payments.collection_reader import lines, run_named
from ledger.payments.collection_runs import CollectionRun, batch_id
from ledger.payments.collection_said import REFUSED, NeverWrittenError, Said, code_of
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.statusreports import CancellationHead, CancellationStatus, CancellationStream, StatusStream

ROLES = ("payments", "clerk", "machine")
ACCEPTED_RECALL, REFUSED_RECALL = frozenset({"ACCR", "CNCL"}), frozenset({"RJCR"})
_KNOWN = "SELECT count(*) FROM collection_report WHERE file_sha256 = :sha256"
_RUN = "SELECT id FROM collection_run WHERE message_id = :message"
_OPEN = "SELECT line FROM collection WHERE office = :office AND run = :run AND state IN ('released', 'exported')"
_ASKED = """SELECT line FROM collection WHERE office = :office AND run = :run AND asked = 'recall'
    AND state IN ('released', 'exported')"""
_GONE = """SELECT end_to_end_id, state FROM collection WHERE office = :office AND run = :run
    AND state IN ('voided', 'rejected', 'recalled')"""
_EVER_ASKED = """
    SELECT DISTINCT l.line FROM collection_message_line l
    JOIN collection_message m ON m.office = l.office AND m.id = l.message
    WHERE l.office = :office AND l.run = :run AND m.kind = 'recall'"""
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
    hint = N_(
        "the first copy is with the bank; if it is not, give the run up with 'kasse collection void {run} --cancelled'"
    )
    severity = "warning"


class NeverAskedError(KasseError):
    """An answer to a recall about collections that were never recalled."""

    code = "collection.answer_never_asked"
    template = N_("the bank answers a recall of {count} collections of run {run} that was never asked for: {first}")
    hint = N_("ask the bank; nothing was taken from these lines")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer changed: the run, how many collections it refused or stopped, their sum, which entries.

    `new` is false where the file was read before.
    """

    message: str
    run: int | None
    status: str
    refused: int = 0
    recalled: int = 0
    sum_cents: int = 0
    entries: tuple[str, ...] = ()
    findings: tuple[KasseError, ...] = ()
    new: bool = True


def take_status(store: Store, events: StatusStream, sha256: str, *, day: str) -> Answer:
    """Take a status report: what it refuses is open again, mandates follow the reason; again it changes nothing.

    What it refuses as a copy of what the bank has, stays under way; the report is kept, `sha256` is of the file it came
    in. Raises `NotAllowedError` and what the reader raises.
    """
    said = Said()
    for event in events:
        said.take(event)
    head = said.head
    run = _run(store, head.original_message_id)
    if run is None:
        return _unknown(head.message_id, head.original_message_id)
    require(store, run.office, *ROLES)
    if run.file_sha256 is None:
        never = NeverWrittenError(message=run.message_id, run=run.number)
        return Answer(head.message_id, run.number, head.status, findings=(never,), new=False)
    with store.unit(office_codes(store)):
        if not _keep(store, run, ("status", sha256), (head.message_id, head.status, code_of(head.reasons))):
            return Answer(head.message_id, run.number, head.status, new=False)
        return _refusals(store, run, said, day)


def _keep(store: Store, run: CollectionRun, file: tuple[str, str], said: tuple[str, str, str]) -> bool:
    """Keep an answer of the bank once; return whether it was not known; inside a unit."""
    (kind, sha256), (message, status, reason) = file, said
    if store.value(_KNOWN, sha256=sha256):
        return False
    store.insert_one(
        "collection_report", id=take_ids(store, BOOK, "collection_report"), kind=kind, file_sha256=sha256,
        message_id=message, status=status or "-", reason=reason or None, office=run.office, run=run.number,
        read_by=store.user, read_at=store.now,
    )  # fmt: skip
    facts: dict[str, Fact] = {"kind": kind, "status": status, "sha256": sha256}
    record(store, run.office, "collection.answer", f"collection_run:{run.number}", facts)
    return True


def _refusals(store: Store, run: CollectionRun, said: Said, day: str) -> Answer:
    sent = lines(store, run)
    gone: dict[str, str] = dict(store.all(_GONE, office=run.office, run=run.number))
    found = {line.line: reason for line in sent if (reason := said.why(run, line))}
    copies = _copies(sent, found, {batch for batch, reason in said.batches.items() if not reason}, run)
    if said.head.status == REFUSED and copies:
        copies = dict.fromkeys(found, next(iter(copies.values())))
    real = {line: reason for line, reason in found.items() if line not in copies}
    done = _end(store, run, real, ("rejected", said.head.message_id, said.head.status), day)
    contradicted = said.contradiction(run, gone)
    noticed = [*said.findings(run, sent), *([contradicted] if contradicted else []), *done.findings]
    if copies:
        reason = " ".join(sorted(set(copies.values())))
        noticed.append(RefusedCopyError(count=len(copies), run=run.number, reason=reason))
    return replace(done, findings=tuple(noticed))


def _copies(sent: Sequence[Line], found: dict[int, str], bare: set[str], run: CollectionRun) -> dict[int, str]:
    """Return the collections that are refused as a copy, with the reason.

    A batch refused without a reason (`bare`) is a copy where one of its collections is.
    """
    copies = {line.line: found[line.line] for line in sent if found.get(line.line) in DUPLICATE}
    names = {line.line: batch_id(run.message_id or "", line.batch) for line in sent}
    batches = {names[line]: reason for line, reason in copies.items() if names[line] in bare}
    return {line: batches[names[line]] for line in found if names[line] in batches} | copies


def take_cancellation(store: Store, events: CancellationStream, sha256: str, *, day: str) -> Answer:
    """Take the bank's answer to a recall: what it stopped is open again, what it did not may be asked once more.

    It is kept, `sha256` is of the file it came in. Raises `NotAllowedError` and what the reader raises.
    """
    message, said = "", []
    noticed: tuple[KasseError, ...] = ()
    for event in events:
        if isinstance(event, CancellationHead):
            message = event.assignment_id
        elif isinstance(event, CancellationStatus):
            said.append(event)
        else:
            noticed = event.findings
    original = next((one.original_message_id for one in said if one.original_message_id), "")
    run = _run(store, original)
    if run is None:
        return _unknown(message, original)
    require(store, run.office, *ROLES)
    with store.unit(office_codes(store)):
        status = _verdict(said)
        if not _keep(store, run, ("recall", sha256), (message, status, "")):
            return Answer(message, run.number, status, new=False)
        done = _recalled(store, run, said, message, day)
        return replace(done, findings=(*noticed, *_never_asked(store, run, said), *done.findings))


def _verdict(said: Iterable[CancellationStatus]) -> str:
    statuses = {one.status for one in said}
    return "ACCR" if statuses & ACCEPTED_RECALL else "RJCR" if statuses & REFUSED_RECALL else "PDCR"


def _recalled(store: Store, run: CollectionRun, said: Sequence[CancellationStatus], message: str, day: str) -> Answer:
    waiting = {line for (line,) in store.rows(_ASKED, office=run.office, run=run.number)}
    asked = _Asked(run, (line for line in lines(store, run) if line.line in waiting))
    stopped = {line: "" for one in said if one.status in ACCEPTED_RECALL for line in asked.named(one)}
    kept = [line for one in said if one.status in REFUSED_RECALL for line in asked.named(one)]
    if kept:
        for line in kept:
            store.execute(_FREE, office=run.office, run=run.number, line=line)
        facts: dict[str, Fact] = {"count": len(kept), "message_id": message}
        record(store, run.office, "collection.recall_refused", f"collection_run:{run.number}", facts)
    return _end(store, run, stopped, ("recalled", message, _verdict(said)), day)


def _never_asked(store: Store, run: CollectionRun, said: Sequence[CancellationStatus]) -> Iterator[KasseError]:
    """Yield what an answer says of collections that no recall was ever asked for."""
    recalled = {line for (line,) in store.rows(_EVER_ASKED, office=run.office, run=run.number)}
    ids = {line.end_to_end_id for line in lines(store, run) if line.line in recalled}
    others = [one.end_to_end_id or "NOTPROVIDED" for one in said if one.level == "payment"]
    strange = [one for one in others if one not in ids]
    if strange:
        yield NeverAskedError(count=len(strange), run=run.number, first=strange[0])


class _Asked:
    """The collections of a run that were asked to be stopped, by what an answer names."""

    def __init__(self, run: CollectionRun, waiting: Iterable[Line]) -> None:
        self._all: list[int] = []
        self._by_id: dict[str, int] = {}
        self._by_batch: defaultdict[str, list[int]] = defaultdict(list)
        for line in waiting:
            self._all.append(line.line)
            self._by_id[line.end_to_end_id] = line.line
            self._by_batch[batch_id(run.message_id or "", line.batch)].append(line.line)

    def named(self, one: CancellationStatus) -> list[int]:
        """Return which of them an answer is about; that about a batch is about this one alone."""
        if one.level == "payment":
            return [self._by_id[one.end_to_end_id]] if one.end_to_end_id in self._by_id else []
        whole = one.level == "file" or not one.payment_information_id
        return self._all if whole else self._by_batch.get(one.payment_information_id, [])


def _run(store: Store, message: str) -> CollectionRun | None:
    number = store.value(_RUN, message=message)
    return None if number is None else run_named(store, int(number))


def _unknown(message: str, original: str) -> Answer:
    finding = NotOurFileError(message=message, original=original)
    return Answer(message, None, "", findings=(finding,))


def _end(store: Store, run: CollectionRun, outcomes: dict[int, str], said: tuple[str, str, str], day: str) -> Answer:
    """Open the claims of what is refused or stopped and still under way; inside a unit."""
    state, message, status = said
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
