"""Taking back, by two people, that a debit was that of a payment run: the run is under way again, the debit unclear."""

from __future__ import annotations

from typing import Any

from ledger.bank.agreeing_store import Matter, agree, is_second
from ledger.bank.booked_desk import ROLES, Booked, CameBackSinceError, NotBookedError, UndoReasonError
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import explain, note_event, open_case, shown, write_step
from ledger.bank.suspense_store import find_case
from ledger.bank.suspense_undo import HAND_KINDS
from ledger.bank.suspense_undo_store import open_day
from ledger.book.journal import EntryNumber
from ledger.book.reversal_store import places_of, take_back
from ledger.book.store import kasse_office, office_codes
from ledger.payments.runs import Run
from ledger.payments.runs_reader import run_named
from ledger.people.users import require
from ledger.store.engines import Row, Store

_STEP = """
    SELECT s.line, s.position, s.cents, e.year, e.number FROM suspense_step s
    JOIN entry e ON e.office = s.office AND e.position = s.position
    WHERE s.office = :office AND s.item = :item AND s.kind = 'executed' AND NOT EXISTS (
        SELECT 1 FROM suspense_step u WHERE u.office = s.office AND u.item = s.item AND u.undoes = s.line)
    ORDER BY s.line DESC"""
_PAID = """
    SELECT count(*), coalesce(sum(CASE WHEN state = 'returned' THEN 1 ELSE 0 END), 0) FROM payment
    WHERE office = :office AND run = :run AND bank_office = :bank_office AND bank_entry = :bank_entry"""
_BACK = """
    UPDATE payment SET state = :state, active = 1, bank_office = NULL, bank_entry = NULL
    WHERE office = :office AND run = :run AND state = 'executed'
      AND bank_office = :bank_office AND bank_entry = :bank_entry"""
_RUN = "UPDATE payment_run SET state = :state WHERE office = :office AND id = :run AND state = 'executed'"


def unbook_run(store: Store, number: int, case_number: int, *, day: str, reason: str) -> Booked:
    """Take back that the money of a case was the debit of a run: asked for by one person, done by another.

    Its payments are under way again, the case is unclear again. Raises `NotBookedError`, `CameBackSinceError`,
    `UndoReasonError`, `UnknownRunError`, `UnknownCaseError`, `NotAllowedError`, `OwnWorkError`.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        matter = Matter(run.office, number, "unbooked", {"case": case_number})
        second = is_second(store, matter)
        require(store, run.office, *(("releaser",) if second else ROLES))
        case = find_case(store, kasse_office(store), case_number)
        step = store.one(_STEP, office=case.office, item=case_number)
        bank = {"bank_office": case.office, "bank_entry": case.entry}
        count, back = store.one(_PAID, office=run.office, run=number, **bank) or (0, 0)
        if step is None or not count:
            raise NotBookedError(number=case_number, run=number)
        if back:
            raise CameBackSinceError(count=int(back), number=case_number, run=number)
        if not second:
            open_case(store, case_number, None, *ROLES)
            if not reason.strip():
                raise UndoReasonError(number=case_number, run=number)
        agreement = agree(store, matter, reason.strip())
        told: dict[str, Any] = {"asked_by": agreement.asked_by, "new": agreement.new}
        if not agreement.done:
            return Booked(number, case_number, step[2], count, "", done=False, **told)
        entry = _reverse(store, run, case_number, step, day, reason.strip() or "-")
        state = "released" if run.file_sha256 is None else "exported"
        store.execute(_BACK, office=run.office, run=number, state=state, **bank)
        store.execute(_RUN, office=run.office, run=number, state=state)
        return Booked(number, case_number, step[2], count, entry, **told)


def _reverse(store: Store, run: Run, case_number: int, step: Row, day: str, reason: str) -> str:
    """Mirror the entry that took the case as the debit; the case is open again."""
    line, position, cents, year, number = step
    case, sitting = find_case(store, kasse_office(store), case_number), Sitting(day, None)
    entry = EntryNumber(case.office, year, number)
    places = places_of(store, entry)
    _, posted = take_back(store, places, reason=reason, day=open_day(store, day), own_kinds=HAND_KINDS)
    lead = next(one for one, place in zip(posted, places, strict=True) if place == (case.office, position))
    write_step(store, case, "undone", lead.position, cents, sitting, undoes=line)
    explain(store, case, "unassigned", [(None, None, -cents)], sitting)
    note_event(store, case, "undo", {"cents": cents, "entry": str(entry), "run": run.number}, {"reason": reason})
    return shown(lead)
