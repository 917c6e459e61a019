"""Money of a case that is the debit of a payment run: booked without a name, or after the run was given up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ledger.bank.agreeing_store import Agreement, Matter, agree, is_second, money_of_case
from ledger.bank.booked_desk import (
    ROLES,
    Booked,
    Debit,
    DebitSumError,
    Line,
    NotADebitError,
    NotInTransitError,
    Plan,
    WithoutReasonError,
    looks_strange,
    plan_of,
)
from ledger.bank.executed_store import execute_runs
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import drafts, explain, note_event, shown, write_step
from ledger.bank.suspense_store import Case
from ledger.book.entry import Posting
from ledger.book.store import account_with_role, office_codes, post
from ledger.events.store import Fact
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.payments.after_all_store import pay_after_all
from ledger.payments.run_posting_store import Scope
from ledger.payments.runs import Run
from ledger.payments.runs_reader import run_named
from ledger.payments.unclear_reader import names_in
from ledger.payments.void_store import undo
from ledger.people.users import require
from ledger.store.engines import Row, Store
from sepa.reasons import reason as known_reason

_BANK_OF = """
    SELECT office, id, iban, gvc, name, counter_iban, end_to_end_id, remittance, message_id, payment_information_id
    FROM bank_entry WHERE office = :office AND id = :entry"""
_DETAILS = "SELECT end_to_end_id, remittance FROM bank_detail WHERE office = :office AND entry = :entry"
_LINES = """
    SELECT line, state, cents, end_to_end_id FROM payment
    WHERE office = :office AND run = :run AND (:file = 0 OR file = :file)
      AND state IN ('released', 'exported', 'voided', 'rejected') ORDER BY line"""
_LINE = (
    "SELECT item_office, item, cents, end_to_end_id FROM payment WHERE office = :office AND run = :run AND line = :line"
)
_NAMES = "SELECT DISTINCT creditor_name FROM payment WHERE office = :office AND run = :run AND creditor_name = :name"
_ACCOUNTS = "SELECT DISTINCT creditor_iban FROM payment WHERE office = :office AND run = :run AND creditor_iban = :iban"
_EXECUTED = """
    UPDATE payment SET state = 'executed', active = 0, bank_office = :bank_office, bank_entry = :bank_entry
    WHERE office = :office AND run = :run AND line = :line"""


def book_run(
    store: Store, number: int, case_number: int, *, day: str, file: int = 0, without: Iterable[int] = (),
    reason: str = "",
) -> Booked:  # fmt: skip
    """Take the money of a case as the debit of what is left of a run, or of one file of it, in one unit of work.

    Its payments are executed by the bank entry of the case. `without` names payments that the bank refused and did
    not pay: their items are open again and locked with the bank's `reason`. What was given up or refused before counts
    as executed after all where that makes the amount. That, and a debit that does not look like ours, takes a second
    person with the right to release. Raises `NotADebitError`, `DebitSumError`, `NotInTransitError`,
    `WithoutReasonError`, `NeverWrittenError`, `PaidTwiceError`, `UnknownRunError`, `NotAllowedError`, `OwnWorkError`
    and what the desk raises about the case.
    """
    refused = sorted(set(without))
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        facts: dict[str, Fact] = {"case": case_number, "file": file, "without": " ".join(map(str, refused))}
        matter = Matter(run.office, number, "booked", facts)
        second = is_second(store, matter)
        require(store, run.office, *(("releaser",) if second else ROLES))
        case = money_of_case(store, case_number, *ROLES, second=second)
        entry = _bank_entry(store, case, run)
        names = _names(store, entry)
        plan = _plan(store, case, run, file, refused, names)
        agreement = None
        if plan.again or _strange(store, run, entry, names):
            agreement = agree(store, matter, reason.strip())
        told = tuple(one.line for one in plan.again)
        if agreement is not None and not agreement.done:
            return Booked(number, case_number, case.free_cents, 0, "", again=told, done=False,
                          asked_by=agreement.asked_by, new=agreement.new)  # fmt: skip
        return _book(store, run, case, plan, (entry, file, refused, reason.strip(), day), agreement)


_Given = tuple[Row, int, list[int], str, str]


def _book(store: Store, run: Run, case: Case, plan: Plan, given: _Given, agreement: Agreement | None) -> Booked:
    entry, file, without, reason, day = given
    lines = {one.line: one for one in _lines(store, run, file)}
    gone = _refuse(store, run, [line for line in without if lines[line].under_way], reason)
    day = max(day, case.posting_day)
    again = tuple(one.line for one in plan.again)
    if again:
        pay_after_all(store, run, again, day=day)
    posted = _post(store, case, run, day)
    for line in () if plan.whole else again:
        where = {"office": run.office, "run": run.number, "line": line}
        store.execute(_EXECUTED, bank_office=entry[0], bank_entry=entry[1], **where)
    execute_runs(
        store, [(run.office, run.number, file, entry[0], entry[1])] if plan.whole else [], [(run.office, run.number)]
    )
    count = len(again) + sum(plan.whole and one.under_way and one.line not in without for one in lines.values())
    return Booked(
        run.number, case.number, case.free_cents, count, posted, tuple(gone), sum(gone.values()), again,
        asked_by=agreement.asked_by if agreement else "",
    )  # fmt: skip


def _plan(store: Store, case: Case, run: Run, file: int, without: list[int], names: frozenset[str]) -> Plan:
    lines = _lines(store, run, file)
    known = {one.line for one in lines}
    for line in without:
        if line not in known:
            raise NotInTransitError(run=run.number, line=line)
    left = [one for one in lines if one.line not in without]
    plan = plan_of(left, case.free_cents, names)
    if plan is None:
        cents = sum(one.cents for one in left if one.under_way)
        raise DebitSumError(number=case.number, held_cents=case.free_cents, left_cents=cents, run=run.number)
    return plan


def _lines(store: Store, run: Run, file: int) -> list[Line]:
    return [Line(*row) for row in store.rows(_LINES, office=run.office, run=run.number, file=file)]


def _names(store: Store, entry: Row) -> frozenset[str]:
    """Return what looks like an id of ours in a bank entry and its details."""
    details = [text for row in store.rows(_DETAILS, office=entry[0], entry=entry[1]) for text in row]
    return names_in([*entry[6:], *details])


def _strange(store: Store, run: Run, entry: Row, named: frozenset[str]) -> bool:
    """Return whether the debit does not look like transfers of the run; what names its file does."""
    if run.message_id and any(name.startswith(run.message_id.upper()) for name in named):
        return False
    debit, where = Debit(*entry[3:6]), {"office": run.office, "run": run.number}
    names = [name for (name,) in store.rows(_NAMES, name=debit.name or "", **where)]
    accounts = [iban for (iban,) in store.rows(_ACCOUNTS, iban=debit.counter_iban or "", **where)]
    return looks_strange(debit, run.debtor_name, names, [*accounts, run.iban])


def _refuse(store: Store, run: Run, lines: list[int], reason: str) -> Mapping[int, int]:
    """Open and lock the items of payments that the bank refused; return the lines with their cents."""
    if lines and not reason:
        raise WithoutReasonError(run=run.number)
    why = f"{reason} {known_reason(reason).german}".strip() if lines else ""
    cents = {}
    for line in lines:
        office, item, cents[line], sent = store.one(_LINE, office=run.office, run=run.number, line=line) or (
            "",
            0,
            0,
            "",
        )
        undo(store, run, Scope(None, line), state="rejected", text=f"{sent}: {why}", reason=why)
        place_item_lock(store, office, item, "payment", f"{sent}: {why}", Span(store.today))
    return cents


def _bank_entry(store: Store, case: Case, run: Run) -> Row:
    row = store.one(_BANK_OF, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind != "advance" or row[2] != run.iban:
        raise NotADebitError(number=case.number, run=run.number)
    return row


def _post(store: Store, case: Case, run: Run, day: str) -> str:
    """Post the case against what is under way, and say so beside the bank entry."""
    cents = case.free_cents
    money = posting_for(SIDES[case.kind], case.account, case.number, cents)
    postings: dict[str, list[Posting]] = {case.office: [money]}
    postings.setdefault(run.office, []).append(Posting(account_with_role(store, run.office, "transit_out"), cents))
    posted = post(store, drafts(case, postings, day, run.message_id or ""))
    paid = case.payment_day or day
    clear(store, [NewClearing(case.office, "assign", posted[0].position, day, paid, ((case.number, cents),))])
    sitting = Sitting(day, None)
    write_step(store, case, "executed", posted[0].position, cents, sitting)
    explain(store, case, "executed", [(None, None, cents)], sitting)
    note_event(store, case, "executed", {"cents": cents, "run": run.number})
    return shown(posted[0])
