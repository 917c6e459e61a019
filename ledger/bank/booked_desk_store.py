"""Money of a case that is the debit of a payment run, which the bank booked without a name."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.bank.booked_desk import (
    ROLES,
    Booked,
    DebitSumError,
    NotADebitError,
    NotInTransitError,
    WithoutReasonError,
)
from ledger.bank.executed_store import execute_runs
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import case_with_money, drafts, explain, note_event, shown, write_step
from ledger.bank.suspense_store import Case
from ledger.book.entry import Posting
from ledger.book.store import account_with_role, office_codes, post
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.payments.run_posting_store import Scope
from ledger.payments.runs import Run
from ledger.payments.runs_reader import run_named
from ledger.payments.void_store import undo
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.reasons import reason as known_reason

_BANK_OF = "SELECT office, id, iban FROM bank_entry WHERE office = :office AND id = :entry"
_LINE = """
    SELECT item_office, item, cents, end_to_end_id FROM payment
    WHERE office = :office AND run = :run AND line = :line AND (:file = 0 OR file = :file)
      AND state IN ('released', 'exported')"""
_LEFT = """
    SELECT coalesce(sum(cents), 0), count(*) FROM payment
    WHERE office = :office AND run = :run AND (:file = 0 OR file = :file) AND state IN ('released', 'exported')"""


def book_run(
    store: Store, number: int, case_number: int, *, day: str, file: int = 0, without: Iterable[int] = (),
    reason: str = "",
) -> Booked:  # fmt: skip
    """Take the money of a case as the debit of what is left of a run, or of one file of it, in one unit of work.

    Its payments are executed by the bank entry of the case. `without` names payments that the bank refused and did
    not pay: their items are open again and locked with the bank's `reason`. Raises `NotADebitError`, `DebitSumError`,
    `NotInTransitError`, `WithoutReasonError`, `UnknownRunError`, `NotAllowedError` and what the desk raises about the
    case.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        require(store, run.office, *ROLES)
        case = case_with_money(store, case_number, None)
        office, entry = _bank_entry(store, case, run)
        refused = _refuse(store, run, file, sorted(set(without)), reason.strip())
        left, count = store.one(_LEFT, office=run.office, run=number, file=file) or (0, 0)
        if not count or int(left) != case.free_cents:
            raise DebitSumError(number=case_number, held_cents=case.free_cents, left_cents=int(left), run=number)
        posted = _post(store, case, run, max(day, case.posting_day))
        execute_runs(store, [(run.office, number, file, office, entry)])
    return Booked(number, case_number, int(left), int(count), posted, tuple(refused), sum(refused.values()))


def _refuse(store: Store, run: Run, file: int, lines: list[int], reason: str) -> dict[int, int]:
    """Open and lock the items of payments that the bank refused; return the lines with their cents."""
    if lines and not reason:
        raise WithoutReasonError(run=run.number)
    known = known_reason(reason)
    why = f"{reason} {known.german}".strip() if lines else ""
    cents = {}
    for line in lines:
        row = store.one(_LINE, office=run.office, run=run.number, line=line, file=file)
        if row is None:
            raise NotInTransitError(run=run.number, line=line)
        office, item, cents[line], sent = row
        undo(store, run, Scope(None, line), state="rejected", text=f"{sent}: {why}", reason=why)
        place_item_lock(store, office, item, "payment", f"{sent}: {why}", Span(store.today))
    return cents


def _bank_entry(store: Store, case: Case, run: Run) -> tuple[str, int]:
    row = store.one(_BANK_OF, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind != "advance" or row[2] != run.iban:
        raise NotADebitError(number=case.number, run=run.number)
    return row[0], row[1]


def _post(store: Store, case: Case, run: Run, day: str) -> str:
    """Post the case against what is under way, and say so beside the bank entry."""
    cents = case.free_cents
    money = posting_for(SIDES[case.kind], case.account, case.number, cents)
    postings: dict[str, list[Posting]] = {case.office: [money]}
    postings.setdefault(run.office, []).append(Posting(account_with_role(store, run.office, "transit_out"), cents))
    posted = post(store, drafts(case, postings, day, run.message_id or ""))
    clear(store, [NewClearing(case.office, "assign", posted[0].position, day, day, ((case.number, cents),))])
    sitting = Sitting(day, None)
    write_step(store, case, "executed", posted[0].position, cents, sitting)
    explain(store, case, "executed", [(None, None, cents)], sitting)
    note_event(store, case, "executed", {"cents": cents, "run": run.number})
    return shown(posted[0])
