"""Asking the bank to stop or give back collections: by one person, approved by another, as files that never change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from ledger.book.store import office_codes
from ledger.events.store import Fact, record
from ledger.payments.collection_lines import Line, batches, stored_collection
from ledger.payments.collection_messages import (
    IN_STATES,
    AskedBeforeError,
    AskedTooLateError,
    BankBicError,
    Kind,
    Message,
    MessageSumError,
    NotApprovedError,
    NotAskableError,
    ReplacedError,
    SeveralRunsError,
    UnknownMessageError,
    message_id,
)
from ledger.payments.collection_policy import coming_back
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_reader import head_of, lines, run_named
from ledger.payments.collection_runs import ROLES, CollectionRun, FileDiffersError
from ledger.payments.mandates import NoReasonError
from ledger.payments.runs import RunSumMissingError
from ledger.people.users import check_apart, require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa import camt055, pain007
from sepa.pain008 import NAMESPACE
from sepa.payments import Totals
from sepa.recalls import RECALL_REASONS, Recall, RecallBatch, RecallMessage, RecallReasonError, Sent
from sepa.reversals import REVERSAL_REASONS, Reversal, ReversalBatch, ReversalMessage, ReversalReasonError

_REASONS: dict[Kind, tuple[str, ...]] = {"recall": RECALL_REASONS, "reversal": REVERSAL_REASONS}
_STATES = """
    SELECT c.line, c.state, c.asked, CASE WHEN m.file_sha256 IS NULL THEN 0 ELSE 1 END FROM collection c
    LEFT JOIN collection_message m ON m.message_id = c.asked_message
    WHERE c.office = :office AND c.run = :run ORDER BY c.line"""
_REPLACED = """
    SELECT count(*) FROM collection_message_line l
    JOIN collection c ON c.office = l.office AND c.run = l.run AND c.line = l.line
    WHERE l.office = :office AND l.message = :message AND coalesce(c.asked_message, '') <> :identifier"""
_ASK = """UPDATE collection SET asked = CAST(:kind AS TEXT), asked_at = CAST(:now AS TEXT),
    asked_message = CAST(:message AS TEXT) WHERE office = :office AND run = :run AND line = :line"""
_MESSAGE = """
    SELECT m.id, m.office, m.run, m.kind, m.reason, m.text, m.message_id, m.count, m.total_cents,
           coalesce(c.name, CAST(m.created_by AS TEXT)), m.created_at, coalesce(r.name, CAST(m.released_by AS TEXT)),
           m.released_at, m.created_stamp, m.file_sha256, m.exported_at
    FROM collection_message m
    LEFT JOIN app_user c ON c.id = m.created_by LEFT JOIN app_user r ON r.id = m.released_by WHERE m.id = :message"""
_LINES = "SELECT line FROM collection_message_line WHERE office = :office AND message = :message ORDER BY line"
_APPROVED = """UPDATE collection_message SET released_by = :user, released_at = :now, created_stamp = :now
    WHERE office = :office AND id = :message"""
_EXPORTED = """UPDATE collection_message SET file_sha256 = :sha256, exported_at = :now
    WHERE office = :office AND id = :message"""
_MAKER = "SELECT created_by, created_at FROM collection_message WHERE office = :office AND id = :message"


def ask(
    store: Store, kind: Kind, numbers: Sequence[tuple[int, int]], *, code: str, text: str, today: dt.date
) -> Message:
    """Note that the bank shall stop (recall) or give back (reversal) collections of one run, for an ISO reason.

    What was asked for and never written is asked otherwise: a recall comes too late, a reversal takes its place. Raises
    `SeveralRunsError`, `NotAskableError`, `AskedBeforeError`, `AskedTooLateError`, `RecallReasonError`,
    `ReversalReasonError`, `NoReasonError`, `NotAllowedError`.
    """
    runs = sorted({run for run, _ in numbers})
    if len(runs) != 1:
        raise SeveralRunsError(runs=", ".join(map(str, runs)))
    run = run_named(store, runs[0])
    require(store, run.office, *ROLES["ask"])
    _check_reason(kind, code, text)
    with store.unit(office_codes(store)):
        wanted = [line for line in lines(store, run) if (run.number, line.line) in set(numbers)]
        _check_lines(store, run, kind, [line for _, line in numbers])
        if kind == "reversal":
            _check_time(store, run, today)
        number = take_ids(store, BOOK, "collection_message")
        identifier = message_id(run.message_id or "", number)
        _keep(store, run, (kind, number, identifier), wanted, (code, text))
        facts: dict[str, Fact] = {"run": run.number, "count": len(wanted), "reason": code, "message_id": identifier}
        record(store, run.office, f"collection.ask_{kind}", f"collection_run:{run.number}", facts, {"text": text})
    return message_numbered(store, number)


def _check_reason(kind: Kind, code: str, text: str) -> None:
    if not text.strip():
        raise NoReasonError
    if code not in _REASONS[kind]:
        raise RecallReasonError(value=code) if kind == "recall" else ReversalReasonError(value=code)


def _check_lines(store: Store, run: CollectionRun, kind: Kind, wanted: Sequence[int]) -> None:
    known = {line: rest for line, *rest in store.rows(_STATES, office=run.office, run=run.number)}
    for line in wanted:
        state, asked, written = known.get(line, ("unknown", None, 0))
        number = f"{run.number}-{line}"
        if state not in IN_STATES[kind]:
            raise NotAskableError(number=number, state=state, needed=" / ".join(IN_STATES[kind]))
        if asked is not None and (written or asked == kind):
            raise AskedBeforeError(number=number, asked=asked)


def _check_time(store: Store, run: CollectionRun, today: dt.date) -> None:
    until = coming_back(run.scheme, run.collection_day, policy_of(store).refunds).reversal_until
    if today.isoformat() > until:
        raise AskedTooLateError(day=dt.date.fromisoformat(until))


def _keep(
    store: Store, run: CollectionRun, head: tuple[Kind, int, str], wanted: Sequence[Line], why: tuple[str, str]
) -> None:
    kind, number, identifier = head
    store.insert_one(
        "collection_message", office=run.office, id=number, run=run.number, kind=kind, reason=why[0], text=why[1],
        message_id=identifier, count=len(wanted), total_cents=sum(line.cents for line in wanted),
        created_by=store.user, created_at=store.now,
    )  # fmt: skip
    columns = ("office", "message", "run", "line")
    store.insert("collection_message_line", columns, ((run.office, number, run.number, one.line) for one in wanted))
    for line in wanted:
        where = {"office": run.office, "run": run.number, "line": line.line}
        store.execute(_ASK, kind=kind, now=store.now, message=identifier, **where)


def message_numbered(store: Store, number: int) -> Message:
    """Return a request.

    Raises `UnknownMessageError`.
    """
    row = store.one(_MESSAGE, message=number)
    if row is None:
        raise UnknownMessageError(message=number)
    found = Message(*row)
    asked = tuple(f"{found.run}-{line}" for (line,) in store.rows(_LINES, office=found.office, message=number))
    return replace(found, collections=asked)


def approve(store: Store, number: int, *, sum_cents: int | None) -> Message:
    """Approve a request that another person made, with its control sum; a second time changes nothing.

    Raises `UnknownMessageError`, `OwnWorkError`, `RunSumMissingError`, `MessageSumError`, `NotAllowedError`.
    """
    office = message_numbered(store, number).office
    require(store, office, *ROLES["release"])
    with store.unit(office_codes(store)):
        found = message_numbered(store, number)
        made = store.one(_MAKER, office=office, message=number)
        check_apart(store, office, found.message_id, *([(made[0], made[1])] if made else []))
        if sum_cents is None:
            raise RunSumMissingError
        if sum_cents != found.total_cents:
            raise MessageSumError(given_cents=sum_cents, message=number, count=found.count, sum_cents=found.total_cents)
        if found.released_by is None:
            store.execute(_APPROVED, user=store.user, now=store.now, office=office, message=number)
            facts: dict[str, Fact] = {"message_id": found.message_id, "sum_cents": found.total_cents}
            record(store, office, "collection.approve", f"collection_run:{found.run}", facts)
    return message_numbered(store, number)


@contextmanager
def message_file(store: Store, number: int, bic: str = "") -> Iterator[Iterator[bytes]]:
    """Give the file of an approved request (camt.055.001.05 or pain.007.001.09) in chunks: always the same bytes.

    A recall names our bank by its BIC. Raises `NotApprovedError`, `ReplacedError`, `BankBicError`, `NotAllowedError`.
    """
    found = message_numbered(store, number)
    require(store, found.office, *ROLES["export"])
    if found.created_stamp is None:
        raise NotApprovedError(message=number)
    where: dict[str, str | int] = {"office": found.office, "message": number, "identifier": found.message_id}
    if found.file_sha256 is None and store.value(_REPLACED, **where):
        raise ReplacedError(message=number)
    created = dt.datetime.fromisoformat(found.created_stamp)
    with store.snapshot():
        run = run_named(store, found.run)
        asked = {int(one.rpartition("-")[2]) for one in found.collections}
        everything = lines(store, run)
        if found.kind == "recall":
            yield camt055.write(_recall(run, found, [one for one in everything if one.line in asked], created, bic))
        else:
            yield pain007.write(_reversal(run, found, everything, asked, created))


def _recall(
    run: CollectionRun, found: Message, wanted: Sequence[Line], created: dt.datetime, bic: str
) -> RecallMessage:
    known = bic or run.creditor_bic or ""
    if not known:
        raise BankBicError(iban=run.iban)
    day = dt.date.fromisoformat(run.collection_day)
    stamp = dt.datetime.fromisoformat(run.created_stamp or "")
    sent = Sent(run.message_id or "", NAMESPACE.rpartition(":")[2], stamp, Totals(run.count, run.total_cents))
    groups: dict[int, list[Recall]] = {}
    for line in wanted:
        recall = Recall(
            line.end_to_end_id, found.reason, line.cents, collection_day=day, recall_id=f"Q{found.number}-{line.line}"
        )  # fmt: skip
        groups.setdefault(line.batch, []).append(recall)
    parts = tuple(RecallBatch(f"{run.message_id}-{batch}", tuple(group)) for batch, group in groups.items())
    letters = head_of(run).charset
    return RecallMessage(found.message_id, created, run.creditor_name, known, sent, parts, charset=letters)


def _reversal(
    run: CollectionRun, found: Message, everything: Sequence[Line], asked: set[int], created: dt.datetime
) -> ReversalMessage:
    head = head_of(run)
    whole = {batch.payment_information_id: batch for batch in batches(head, run.message_id or "", everything)}
    groups: dict[int, list[Reversal]] = {}
    for line in everything:
        if line.line in asked:
            groups.setdefault(line.batch, []).append(
                Reversal(stored_collection(line), found.reason, reversal_id=f"Q{found.number}-{line.line}")
            )
    parts = tuple(
        ReversalBatch(f"{found.message_id}-{batch}", whole[f"{run.message_id}-{batch}"], tuple(group))
        for batch, group in groups.items()
    )
    return ReversalMessage(
        found.message_id, created, run.creditor_name, run.message_id or "", parts, head.scheme, head.charset
    )


def note_message(store: Store, number: int, sha256: str) -> Message:
    """Note that the file of a request is complete; a second time changes nothing.

    Raises `FileDiffersError` where an earlier one had other bytes.
    """
    with store.unit(office_codes(store)):
        found = message_numbered(store, number)
        if found.file_sha256 is None:
            store.execute(_EXPORTED, sha256=sha256, now=store.now, office=found.office, message=number)
            facts: dict[str, Fact] = {"message_id": found.message_id, "sha256": sha256}
            record(store, found.office, "collection.request", f"collection_run:{found.run}", facts)
        elif found.file_sha256 != sha256:
            raise FileDiffersError(run=found.run, found=sha256, stored=found.file_sha256)
    return message_numbered(store, number)
