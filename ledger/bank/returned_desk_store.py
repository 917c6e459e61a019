"""Money of a case that is a payment of ours coming back, which the bank sent without its id."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.bank.effects_store import return_payments
from ledger.bank.returned_desk import ROLES, CameBack, NotAReturnError, NotExecutedError, ReturnSumError
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import case_with_money, drafts, explain, note_event, shown, write_step
from ledger.bank.suspense_store import Case
from ledger.book.entry import Posting
from ledger.book.store import account_with_role, office_codes, post
from ledger.events.store import Fact, record
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.payments.runs import Run
from ledger.payments.runs_reader import run_named
from ledger.payments.steps import UnknownLineError
from ledger.people.users import require
from ledger.store.engines import Store

_BANK_OF = "SELECT iban, coalesce(return_reason, '') FROM bank_entry WHERE office = :office AND id = :entry"
_PAID = """
    SELECT p.state, p.cents, p.item_office, p.item, i.side, i.account, i.amount_cents - i.open_cents
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run AND p.line = :line"""


@dataclass(frozen=True, slots=True)
class _Paid:
    state: str
    cents: int
    office: str
    item: int
    side: str
    account: str
    settled: int


def take_return(
    store: Store, number: int, line: int, case_number: int, *, day: str, reason: str = "", fee_cents: int = 0
) -> CameBack:
    """Take the money of a case as a payment that came back: its item is open again and locked with the reason.

    The case must hold what was paid, less the `fee_cents` that the bank kept; `reason` is the bank's code, by default
    that of the bank entry. Raises `UnknownRunError`, `UnknownLineError`, `NotAReturnError`, `NotExecutedError`,
    `ReturnSumError`, `NotAllowedError` and what the desk raises about the case.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        require(store, run.office, *ROLES)
        case = case_with_money(store, case_number, None)
        said = _reason(store, case, run)
        paid = _paid(store, run, line)
        if fee_cents < 0 or case.free_cents + fee_cents != paid.cents:
            raise ReturnSumError(
                number=case_number, held_cents=case.free_cents, run=number, line=line, paid_cents=paid.cents
            )
        entry = _post(store, case, run, paid, max(day, case.posting_day))
        why = reason.strip() or said
        return_payments(store, [(run.office, number, line, why)])
        facts: dict[str, Fact] = {"line": line, "case": case_number}
        record(store, run.office, "payment.came_back", f"run:{number}", facts, {"reason": why} if why else None)
    return CameBack(f"{number}-{line}", case_number, paid.cents, fee_cents, f"{paid.office}/{paid.item}", entry)


def _reason(store: Store, case: Case, run: Run) -> str:
    """Return the bank's reason beside the money of a case that can be a return to the run's account."""
    row = store.one(_BANK_OF, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind != "suspense" or row[0] != run.iban:
        raise NotAReturnError(number=case.number, run=run.number)
    return str(row[1])


def _paid(store: Store, run: Run, line: int) -> _Paid:
    row = store.one(_PAID, office=run.office, run=run.number, line=line)
    if row is None:
        raise UnknownLineError(run=run.number, line=line)
    paid = _Paid(*row)
    if paid.state != "executed" or paid.settled < paid.cents:
        raise NotExecutedError(run=run.number, line=line, state=paid.state)
    return paid


def _post(store: Store, case: Case, run: Run, paid: _Paid, day: str) -> str:
    """Post the case against what is open again, and say so beside the bank entry."""
    cents, fee = case.free_cents, paid.cents - case.free_cents
    postings = {case.office: [posting_for(SIDES[case.kind], case.account, case.number, cents)]}
    postings.setdefault(paid.office, []).append(posting_for(paid.side, paid.account, paid.item, -paid.cents))
    parts: list[tuple[str | None, int | None, int]] = [(paid.office, paid.item, paid.cents)]
    if fee:
        postings[case.office].append(Posting(account_with_role(store, case.office, "bank_fees"), fee))
        parts.append((None, None, -fee))
    posted = post(store, drafts(case, postings, day, f"R{run.number}"))
    places = {one.office: one.position for one in posted}
    clear(store, [NewClearing(case.office, "assign", places[case.office], day, day, ((case.number, cents),))])
    back = NewClearing(
        paid.office, "reset", places[paid.office], day, case.payment_day or day, ((paid.item, -paid.cents),)
    )
    clear(store, [back])
    sitting = Sitting(day, None)
    write_step(store, case, "returned", places[case.office], cents, sitting)
    explain(store, case, "returned", parts, sitting)
    note_event(store, case, "returned", {"cents": cents, "run": run.number})
    return shown(posted[0])
