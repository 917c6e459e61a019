"""Money of a case that is the credit of a collection run, short of what the bank refused without a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.bank.collected_desk import ROLES, Credited, CreditSumError, NotACreditError, NotUnderWayError
from ledger.bank.collection_back import NotADebitError
from ledger.bank.matching import Evidence
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import case_with_money, drafts, explain, note_event, shown, write_step
from ledger.bank.suspense_store import Case
from ledger.book.entry import Posting
from ledger.book.store import account_with_role, office_codes, post
from ledger.events.store import record
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.payments.collection_bank_store import credit_collections, follow
from ledger.payments.collection_outcomes_store import TRANSIT, undo
from ledger.payments.collection_reader import run_named
from ledger.payments.collection_runs import CollectionRun
from ledger.people.users import require
from ledger.store.engines import Store

_BANK_OF = "SELECT office, id, iban FROM bank_entry WHERE office = :office AND id = :entry"
_WAITS = """
    SELECT line, cents, mandate FROM collection
    WHERE office = :office AND run = :run AND state IN ('released', 'exported') AND credit_entry IS NULL"""
_LEFT = """
    SELECT coalesce(sum(cents), 0) FROM collection
    WHERE office = :office AND run = :run AND credit_entry IS NULL AND (:batch = 0 OR batch = :batch)
      AND state IN ('released', 'exported', 'returned', 'reversed')"""


def credit_run(
    store: Store, number: int, case_number: int, *, day: str, without: Iterable[int] = (), reason: str = "",
    batch: int = 0, less: int | None = None,
) -> Credited:  # fmt: skip
    """Take the money of a case as the credit of a run (or one batch of it), whatever the bank wrote beside it.

    `without` names collections that the bank refused and that are missing in the sum: they are open again and their
    mandates follow the reason code. `less` is the case of a debit by which the bank took back what it had refused but
    credited with the rest. Raises `NotACreditError`, `NotUnderWayError`, `CreditSumError`,
    `UnknownRunError`, `NotAllowedError` and what the desk raises about the case.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        require(store, run.office, *ROLES)
        case = case_with_money(store, case_number, None, *ROLES)
        office, entry = _bank_entry(store, case, run)
        refused = _refused(store, run, sorted(set(without)), reason, day)
        back = _taken_back(store, run, less)
        left = int(store.value(_LEFT, office=run.office, run=number, batch=batch))
        held = case.free_cents - (back.free_cents if back else 0)
        if left != held:
            raise CreditSumError(number=case_number, held_cents=held, left_cents=left, run=number)
        moved = [one for one in (case, back) if one is not None]
        on = max(day, *(one.posting_day for one in moved))
        posted = post_credit(store, moved, run, left, Sitting(on, None))
        credit_collections(store, [(run.office, number, batch, 0, left, office, entry)])
    return Credited(number, case_number, left, posted, tuple(refused), sum(refused.values()))


def _bank_entry(store: Store, case: Case, run: CollectionRun) -> tuple[str, int]:
    row = store.one(_BANK_OF, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind != "suspense" or row[2] != run.iban or run.message_id is None:
        raise NotACreditError(number=case.number, run=run.number)
    return row[0], row[1]


def _taken_back(store: Store, run: CollectionRun, number: int | None) -> Case | None:
    """Return the case of a debit on the collecting account that takes a part of the credit back."""
    if number is None:
        return None
    case = case_with_money(store, number, None, *ROLES)
    row = store.one(_BANK_OF, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind != "advance" or row[2] != run.iban:
        raise NotADebitError(number=number, run=run.number)
    return case


def _refused(store: Store, run: CollectionRun, lines: list[int], reason: str, day: str) -> dict[int, int]:
    """Open the claims of the collections that are missing, and return them with their cents."""
    waits = {line: (cents, mandate) for line, cents, mandate in store.rows(_WAITS, office=run.office, run=run.number)}
    strange = next((line for line in lines if line not in waits), None)
    if strange is not None:
        raise NotUnderWayError(run=run.number, line=strange)
    if lines:
        outcomes = dict.fromkeys(lines, ("rejected", reason))
        undo(store, (run.office, run.number), outcomes, (day, f"rejected {run.message_id}"))
        total = sum(waits[line][0] for line in lines)
        facts = {"count": len(lines), "sum_cents": total, "reason": reason}
        record(store, run.office, "collection.rejected", f"collection_run:{run.number}", facts)
        for line in lines:
            follow(store, waits[line][1], reason, f"L{run.number}-{line}")
    return {line: waits[line][0] for line in lines}


def post_credit(
    store: Store, moved: Sequence[Case], run: CollectionRun, cents: int, sitting: Sitting, proof: Evidence | None = None
) -> str:
    """Post a case, and the debits that take a part of it back, against what is under way; say so at each entry.

    `cents` is what is left of the credit, and what of the run it is; with `proof` a rule decided it. Inside a unit.
    """
    case, day = moved[0], sitting.day
    postings: dict[str, list[Posting]] = {case.office: []}
    for one in moved:
        postings.setdefault(one.office, []).append(
            posting_for(SIDES[one.kind], one.account, one.number, one.free_cents)
        )
    if cents:
        transit = Posting(account_with_role(store, run.office, TRANSIT), -cents)
        postings.setdefault(run.office, []).append(transit)
    posted = post(store, drafts(case, postings, day, run.message_id or ""))
    places, paid = {one.office: one.position for one in posted}, case.payment_day or day
    for one in moved:
        free = one.free_cents
        clear(store, [NewClearing(one.office, "assign", places[one.office], day, paid, ((one.number, free),))])
        write_step(store, one, "collected", places[one.office], free, sitting)
        explain(store, one, "collected", [(None, None, free)], sitting, proof)
        note_event(store, one, "collected", {"cents": free, "collection_run": run.number})
    return shown(posted[0])
