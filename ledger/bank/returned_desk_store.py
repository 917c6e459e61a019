"""Money of a case that is a payment of ours coming back, which the bank sent without its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.bank.agreeing_store import Matter, agree, is_second, money_of_case
from ledger.bank.effects_store import return_payments
from ledger.bank.returned_desk import (
    ROLES,
    CameBack,
    Credit,
    NotAReturnError,
    NotExecutedError,
    PartReturnedError,
    Payee,
    ReturnSumError,
    looks_strange,
)
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import drafts, explain, note_event, shown, write_step
from ledger.bank.suspense_store import Case
from ledger.book.entry import Posting
from ledger.book.store import account_with_role, office_codes, post
from ledger.events.store import Fact, record
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.payments.runs import Run
from ledger.payments.runs_reader import run_named
from ledger.payments.steps import UnknownLineError
from ledger.payments.unclear_reader import names_in
from ledger.people.users import require
from ledger.store.engines import Store

_BANK_OF = """
    SELECT iban, coalesce(return_reason, ''), gvc, name, counter_iban, end_to_end_id, remittance
    FROM bank_entry WHERE office = :office AND id = :entry"""
_DETAILS = "SELECT end_to_end_id, remittance FROM bank_detail WHERE office = :office AND entry = :entry"
_PAID = """
    SELECT p.state, p.cents, p.item_office, p.item, i.side, i.account, i.amount_cents - i.open_cents,
           p.creditor_name, p.creditor_iban, p.end_to_end_id
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run AND p.line = :line"""


@dataclass(frozen=True, slots=True)
class _Paid:
    run: int
    line: int
    state: str
    cents: int
    office: str
    item: int
    side: str
    account: str
    settled: int
    payee: Payee

    @property
    def name(self) -> str:
        return f"{self.run}-{self.line}"


def take_return(
    store: Store, payments: Sequence[tuple[int, int]], case_number: int, *, day: str, reason: str = "",
    fee_cents: int = 0,
) -> CameBack:  # fmt: skip
    """Take the money of a case as payments that came back, one or several at once, each by its run and line.

    Their items are open again and locked with the reason. The case must hold what was paid, less the `fee_cents` that
    the bank kept; `reason` is the bank's code, by default that of the bank entry. A credit that has neither our id nor
    the payee's name or account takes a second person with the right to release. Raises `UnknownRunError`,
    `UnknownLineError`, `NotAReturnError`, `NotExecutedError`, `ReturnSumError`, `NotAllowedError`, `OwnWorkError` and
    what the desk raises about the case.
    """
    with store.unit(office_codes(store)):
        runs = {number: run_named(store, number) for number, _ in payments}
        matter = _matter(runs[payments[0][0]], payments, case_number, fee_cents)
        second = is_second(store, matter)
        for run in runs.values():
            require(store, run.office, *(("releaser",) if second else ROLES))
        case = money_of_case(store, case_number, *ROLES, second=second)
        said = [_credit(store, case, run) for run in runs.values()]
        paid = [_paid(store, runs[number], line) for number, line in dict.fromkeys(payments)]
        total, names = sum(one.cents for one in paid), tuple(one.name for one in paid)
        if fee_cents < 0 or case.free_cents + fee_cents != total:
            part = not fee_cents and case.free_cents < total
            raise (PartReturnedError if part else ReturnSumError)(
                number=case_number, held_cents=case.free_cents, names=", ".join(names), paid_cents=total
            )
        items = tuple(f"{one.office}/{one.item}" for one in paid)
        asked_by = ""
        if looks_strange(said[0], [one.payee for one in paid]):
            agreement = agree(store, matter, reason.strip())
            asked_by = agreement.asked_by
            if not agreement.done:
                return CameBack(names, case_number, total, fee_cents, items, "", False, asked_by, agreement.new)
        entry = _post(store, case, paid, max(day, case.posting_day))
        _note(store, runs, paid, case_number, reason.strip() or said[0].reason)
    return CameBack(names, case_number, total, fee_cents, items, entry, asked_by=asked_by)


def _matter(run: Run, payments: Sequence[tuple[int, int]], case: int, fee_cents: int) -> Matter:
    named = " ".join(f"{number}-{line}" for number, line in sorted(set(payments)))
    return Matter(run.office, run.number, "returned", {"case": case, "payments": named, "fee_cents": fee_cents})


def _note(store: Store, runs: Mapping[int, Run], paid: Sequence[_Paid], case: int, why: str) -> None:
    """Mark the payments as returned, with an event each."""
    return_payments(store, [(runs[one.run].office, one.run, one.line, why) for one in paid])
    for one in paid:
        facts: dict[str, Fact] = {"line": one.line, "case": case}
        office = runs[one.run].office
        record(store, office, "payment.came_back", f"run:{one.run}", facts, {"reason": why} if why else None)


def _credit(store: Store, case: Case, run: Run) -> Credit:
    """Return what the bank said of the money of a case that can be a return to the run's account."""
    row = store.one(_BANK_OF, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind != "suspense" or row[0] != run.iban:
        raise NotAReturnError(number=case.number, run=run.number)
    details = [text for one in store.rows(_DETAILS, office=case.office, entry=case.entry) for text in one]
    return Credit(row[2], row[3], row[4], str(row[1]), names_in([*row[5:], *details]))


def _paid(store: Store, run: Run, line: int) -> _Paid:
    row = store.one(_PAID, office=run.office, run=run.number, line=line)
    if row is None:
        raise UnknownLineError(run=run.number, line=line)
    values = (*row[:7], Payee(*row[7:]))
    paid = _Paid(run.number, line, *values)
    if paid.state != "executed" or paid.settled < paid.cents:
        raise NotExecutedError(run=run.number, line=line, state=paid.state)
    return paid


def _post(store: Store, case: Case, paid: Sequence[_Paid], day: str) -> str:
    """Post the case against what is open again, and say so beside the bank entry."""
    cents, fee = case.free_cents, sum(one.cents for one in paid) - case.free_cents
    postings = {case.office: [posting_for(SIDES[case.kind], case.account, case.number, cents)]}
    for one in paid:
        postings.setdefault(one.office, []).append(posting_for(one.side, one.account, one.item, -one.cents))
    parts: list[tuple[str | None, int | None, int]] = [(one.office, one.item, one.cents) for one in paid]
    if fee:
        postings[case.office].append(Posting(account_with_role(store, case.office, "bank_fees"), fee))
        parts.append((None, None, -fee))
    runs = sorted({one.run for one in paid})
    posted = post(store, drafts(case, postings, day, " ".join(f"R{run}" for run in runs)))
    places = {one.office: one.position for one in posted}
    paid_on = case.payment_day or day
    settled = NewClearing(case.office, "assign", places[case.office], day, paid_on, ((case.number, cents),))
    back = [
        NewClearing(
            one.office, "reset", places[one.office], day, paid_on, ((one.item, -one.cents),)
        )
        for one in paid
    ]  # fmt: skip
    clear(store, [settled, *back])
    sitting = Sitting(day, None)
    write_step(store, case, "returned", places[case.office], cents, sitting)
    explain(store, case, "returned", parts, sitting)
    note_event(store, case, "returned", {"cents": cents, "run": runs[0], "payments": len(paid)})
    return shown(posted[0])
