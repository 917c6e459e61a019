"""Giving up files: their payments come back, their ids are never used again."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any, Literal

from ledger.book.entry import Posted
from ledger.book.store import office_codes
from ledger.events.store import Fact, record
from ledger.payments.files import PaymentFile
from ledger.payments.files_store import file_named, files_of
from ledger.payments.run_posting_store import Scope, take_back
from ledger.payments.runs import ROLES, Run, check_step
from ledger.payments.runs_reader import run_named
from ledger.payments.steps import UnknownLineError
from ledger.payments.unclear_reader import unclear_debit
from ledger.payments.voiding import (
    VoidAnsweredError,
    VoidDebitError,
    Voided,
    VoidNotRecalledError,
    VoidReasonError,
    VoidStagedDebitError,
    VoidStateError,
    WhichFileError,
)
from ledger.people.users import check_apart, require, same_person, user_name
from ledger.store.engines import Store

_PAYMENTS = """
    UPDATE payment SET state = :state, active = 0
    WHERE office = :office AND run = :run AND state IN ('released', 'exported')
      AND (CAST(:file AS BIGINT) IS NULL OR file = :file) AND (CAST(:line AS BIGINT) IS NULL OR line = :line)"""
_FILE = "UPDATE payment_file SET state = :state WHERE office = :office AND run = :run AND number = :file"
_LEFT = """
    SELECT sum(CASE WHEN state IN ('released', 'exported') THEN 1 ELSE 0 END),
           sum(CASE WHEN state IN ('executed', 'returned') THEN 1 ELSE 0 END)
    FROM payment WHERE office = :office AND run = :run"""
_EXECUTED = """
    SELECT count(*) FROM payment
    WHERE office = :office AND run = :run AND file = :file AND state IN ('executed', 'returned')"""
_RUN = """
    UPDATE payment_run SET state = :state
    WHERE office = :office AND id = :run AND state IN ('released', 'exported')"""
_ASKED = """
    SELECT by, facts, at FROM event
    WHERE office = :office AND object = :object AND action = 'payment.ask_void' ORDER BY position DESC"""
_ANSWERED = """
    SELECT status, read_at FROM payment_report
    WHERE office = :office AND run = :run AND file = :file AND status <> '' ORDER BY id DESC"""
_LINE = """
    SELECT p.file, p.state, (SELECT max(1) FROM payment_recall r WHERE r.office = p.office AND r.run = p.run
                             AND r.line = p.line AND r.state = 'accepted')
    FROM payment p WHERE p.office = :office AND p.run = :run AND p.line = :line"""
Outcome = Literal["voided", "rejected"]


def void(
    store: Store,
    number: int,
    *,
    reason: str,
    file: int | None = None,
    line: int | None = None,
    cancelled: bool = False,
) -> Voided:
    """Give up a file that the bank never got: the first person asks, a second one with the right to release does it.

    Its payables are open again, money in transit is taken back; the second file of the same payments has new ids.
    `cancelled` says that the order was cancelled at the bank before it was executed; `line` is a single payment whose
    recall the bank has accepted before it was executed. Raises `UnknownRunError`, `RunStateError`, `WhichFileError`,
    `UnknownFileError`, `UnknownLineError`, `VoidReasonError`, `VoidStateError`, `VoidDebitError`,
    `VoidStagedDebitError`, `VoidAnsweredError`, `VoidNotRecalledError`, `NotAllowedError`, `ClosedPeriodError`.
    """
    office = run_named(store, number).office
    require(store, office, *ROLES["void"])
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        scope, done = _line_scope(store, run, line) if line is not None else _file_scope(store, run, file)
        asked = _asked(store, run, scope)
        if done:
            return Voided(run, scope.file or 0, asked[1] if asked else "", done=True, new=False, line=line)
        file_meant = file_named(store, number, scope.file or 0) if line is None else None
        if file_meant is not None:
            _check(store, run, file_meant, cancelled=cancelled)
        _check_debits(store, run, scope, file_meant)
        if asked is None or same_person(store, (asked[0], asked[2])):
            return _ask(store, run, scope, reason, new=asked is None)
        require(store, office, "releaser")
        check_apart(store, office, f"payment run {number}", (asked[0], asked[2]))
        return _do(store, run, scope, asked[1], reason)


def _file_scope(store: Store, run: Run, file: int | None) -> tuple[Scope, bool]:
    """Return the file that is meant, and whether it was given up before."""
    files = files_of(store, run.number)
    if not files:
        check_step(run, "void")
    if file is None and len(files) > 1:
        raise WhichFileError(run=run.number, count=len(files))
    chosen = file_named(store, run.number, file or 1)
    return Scope(chosen.number), chosen.state == "voided"


def _line_scope(store: Store, run: Run, line: int) -> tuple[Scope, bool]:
    """Return the payment that is meant, and whether it was given up before; the bank must have agreed to its recall."""
    where: dict[str, str | int] = {"office": run.office, "run": run.number, "line": line}
    row = store.one(_LINE, **where)
    if row is None:
        raise UnknownLineError(run=run.number, line=line)
    file, state, recalled = row
    if state != "voided" and (state != "exported" or not recalled):
        raise VoidNotRecalledError(run=run.number, line=line, state=state)
    return Scope(file, line), state == "voided"


def _check(store: Store, run: Run, file: PaymentFile, *, cancelled: bool) -> None:
    executed = store.value(_EXECUTED, office=run.office, run=run.number, file=file.number)
    if executed or file.state not in {"released", "exported"}:
        raise VoidStateError(run=run.number, file=file.number, state=file.state, executed=executed)
    answer = store.one(_ANSWERED, office=run.office, run=run.number, file=file.number)
    if answer is not None and not cancelled:
        raise VoidAnsweredError(run=run.number, file=file.number, status=answer[0], at=answer[1])


def _check_debits(store: Store, run: Run, scope: Scope, file: PaymentFile | None) -> None:
    """Check that no unclear debit of the account names what is to be given up: that would be paid again."""
    found = unclear_debit(store, run, scope, file)
    if found is None:
        return
    said: dict[str, Any] = {"run": run.number, "debit_cents": found.cents, "day": dt.date.fromisoformat(found.day)}
    if found.case is None:
        raise VoidStagedDebitError(**said)
    raise VoidDebitError(case=found.case, **said)


def _asked(store: Store, run: Run, scope: Scope) -> tuple[int, str, str] | None:
    """Return who asked to give this up, number and name, and when."""
    for by, facts, at in store.rows(_ASKED, office=run.office, object=f"run:{run.number}"):
        known = json.loads(facts)
        if (known["file"], known.get("line")) == (scope.file, scope.line):
            return int(by), user_name(store, int(by)), at
    return None


def _ask(store: Store, run: Run, scope: Scope, reason: str, *, new: bool) -> Voided:
    if new:
        if not reason.strip():
            raise VoidReasonError(run=run.number)
        facts: dict[str, Fact] = {"file": scope.file, "line": scope.line}
        record(store, run.office, "payment.ask_void", f"run:{run.number}", facts, {"reason": reason})
    return Voided(run, scope.file or 0, user_name(store, store.user), done=False, new=new, line=scope.line)


def _do(store: Store, run: Run, scope: Scope, asked_by: str, reason: str) -> Voided:
    text = f"{file_named(store, run.number, scope.file or 0).message_id}: void"
    count, cents, posted = undo(store, run, scope, state="voided", text=text, reason=reason)
    entries = tuple(f"{one.office}-{one.year}-{one.number}" for one in posted)
    now = run_named(store, run.number)
    return Voided(now, scope.file or 0, asked_by, True, True, count, cents, entries, scope.line)


def undo(
    store: Store, run: Run, scope: Scope, *, state: Outcome, text: str, reason: str
) -> tuple[int, int, list[Posted]]:
    """Take payments back that never left the bank account, and move payments, file and run on; inside a unit.

    Returns count, cents and entries; nothing where nothing of the scope is in transit any more.
    """
    count, cents, posted = take_back(store, run, scope, day=store.today, text=text)
    where = {"office": run.office, "run": run.number}
    store.execute(_PAYMENTS, state=state, file=scope.file, line=scope.line, **where)
    if scope.file is not None and scope.line is None:
        store.execute(_FILE, state=state, file=scope.file, **where)
    left, executed = store.one(_LEFT, **where) or (0, 0)
    if not left:
        store.execute(_RUN, state="executed" if executed else state, **where)
    step = "void" if state == "voided" else "reject"
    facts = {"count": count, "sum_cents": cents, "file": scope.file, "line": scope.line}
    record(store, run.office, f"payment.{step}", f"run:{run.number}", facts, {"reason": reason} if reason else None)
    return count, cents, posted
