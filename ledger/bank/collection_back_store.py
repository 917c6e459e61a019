"""Money of a case that is a collection of ours coming back: without its id, with a dear fee, or late."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger.bank.collection_back import (
    ROLES,
    BackSumError,
    CollectionBack,
    Meant,
    NotADebitError,
    NotOutError,
    PartBackError,
    UnsettledError,
)
from ledger.bank.posting import RETURN_COSTS
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import case_with_money, drafts, explain, note_event, shown, write_step
from ledger.bank.suspense_store import Case
from ledger.book.entry import Posted, Posting
from ledger.book.store import account_with_role, office_codes, post
from ledger.items.store import (
    SIDES,
    NewClearing,
    NewItem,
    clear,
    insert_items,
    opening_posting,
    posting_for,
    reserve_items,
)
from ledger.payments.collection_bank_store import return_collections
from ledger.payments.collection_outcomes_store import Held, held, resets
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_reader import run_named
from ledger.payments.collection_runs import CollectionRun
from ledger.payments.steps import UnknownLineError
from ledger.people.users import require
from ledger.store.engines import Store

FEE_KIND = "ruecklastschrift"
_OUT = ("released", "exported", "collected")
_BANK_OF = "SELECT iban, coalesce(return_reason, ''), bank_day FROM bank_entry WHERE office = :office AND id = :entry"
_COLLECTION = "SELECT state, cents FROM collection WHERE office = :office AND run = :run AND line = :line"
_PAID = "SELECT state, cents FROM payment WHERE office = :office AND run = :run AND line = :line"
_LEFT = "SELECT evidence FROM bank_match WHERE office = :office AND entry = :entry AND rule = 'clarify' ORDER BY line"
_SETTLED = """SELECT amount_cents - open_cents, party, reference, profile, account FROM item
    WHERE office = :office AND id = :item"""


@dataclass(frozen=True, slots=True)
class _Fee:
    """What the banks charged: as a claim beside the main one (its number), or as a cost of the Kasse (None)."""

    cents: int
    main: Held
    item: int | None


def take_collection_return(
    store: Store, number: int, line: int, case_number: int, *, day: str, reason: str = "", fee_cents: int = 0
) -> CollectionBack:
    """Take the money of a case as a collection that came back: its claims are open again, with old due day and level.

    The case must hold what was collected and the `fee_cents`, which become a claim or a cost as the policy says; the
    mandate follows the `reason`, by default that of the bank entry. Raises `UnknownRunError`, `UnknownLineError`,
    `NotADebitError`, `NotOutError`, `UnsettledError`, `BackSumError`, `NotAllowedError` and what the desk raises about
    the case.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        require(store, run.office, *ROLES)
        case = case_with_money(store, case_number, None, *ROLES)
        said, bank_day = _debit(store, case, run)
        cents, parts = _out(store, run, line)
        if fee_cents < 0 or case.free_cents != cents + fee_cents:
            raise (PartBackError if case.free_cents < cents else BackSumError)(
                number=case_number, held_cents=case.free_cents, run=number, line=line, collected_cents=cents
            )
        fee = _fee(store, parts[0], fee_cents)
        on = max(day, case.posting_day)
        posted = _post(store, case, parts, fee, on)
        if fee is not None and fee.item is not None:
            _claim(store, fee, posted, (bank_day, on))
        why = reason.strip().upper() or said
        return_collections(store, [(run.office, number, line, why, fee_cents, case.office, case.entry)])
    items = tuple(f"{part.office}/{part.item}" for part in parts)
    made = f"{fee.main.office}/{fee.item}" if fee is not None and fee.item is not None else None
    return CollectionBack(f"{number}-{line}", case_number, cents, fee_cents, made, items, shown(posted[0]))


def meant_return(store: Store, office: str, entry: int | None, kind: str) -> Meant | None:
    """Return the collection, or payment, of ours that money left to a person names and that can come back by it.

    A collection comes back by a debit (`kind` advance) while it is out, a payment that was executed by a credit.
    """
    for (evidence,) in store.rows(_LEFT, office=office, entry=entry):
        said = json.loads(evidence)
        if "collection_run" in said and "collection" in said:
            run, line = int(said["collection_run"]), int(said["collection"])
            state, cents = store.one(_COLLECTION, office=said["office"], run=run, line=line) or ("", 0)
            out = kind == "advance" and state in _OUT
            return Meant("collection", f"{run}-{line}", int(cents)) if out else None
        if "run" in said and "payment" in said:
            run, line = int(said["run"]), int(said["payment"])
            state, cents = store.one(_PAID, office=said["office"], run=run, line=line) or ("", 0)
            out = kind == "suspense" and state == "executed"
            return Meant("payment", f"{run}-{line}", int(cents)) if out else None
    return None


def _debit(store: Store, case: Case, run: CollectionRun) -> tuple[str, str]:
    """Return the bank's reason and day of a case that can be a return to the run's account."""
    row = store.one(_BANK_OF, office=case.office, entry=case.entry) if case.entry is not None else None
    if row is None or case.kind != "advance" or row[0] != run.iban:
        raise NotADebitError(number=case.number, run=run.number)
    return str(row[1]), str(row[2])


def _out(store: Store, run: CollectionRun, line: int) -> tuple[int, list[Held]]:
    """Return what a collection took, and of which claims; it must be out and still settle them."""
    row = store.one(_COLLECTION, office=run.office, run=run.number, line=line)
    if row is None:
        raise UnknownLineError(run=run.number, line=line)
    state, cents = row
    if state not in _OUT:
        raise NotOutError(run=run.number, line=line, state=state)
    parts = held(store, run.office, run.number, [line])
    for part in parts:
        settled = store.one(_SETTLED, office=part.office, item=part.item)
        if settled is None or settled[0] < part.cents:
            raise UnsettledError(run=run.number, line=line)
    return cents, parts


def _fee(store: Store, main: Held, cents: int) -> _Fee | None:
    if not cents:
        return None
    row = store.one(_SETTLED, office=main.office, item=main.item)
    charged = row is not None and policy_of(store).fee(row[3]) == "item"
    return _Fee(cents, main, reserve_items(store, main.office) if charged else None)


def _post(store: Store, case: Case, parts: list[Held], fee: _Fee | None, day: str) -> list[Posted]:
    """Post the case against what is open again and the fee, and say so beside the bank entry."""
    postings = {case.office: [posting_for(SIDES[case.kind], case.account, case.number, case.free_cents)]}
    for part in parts:
        postings.setdefault(part.office, []).append(posting_for(part.side, part.account, part.item, -part.cents))
    said: list[tuple[str | None, int | None, int]] = [(part.office, part.item, part.cents) for part in parts]
    if fee is not None and fee.item is not None:
        postings[fee.main.office].append(opening_posting("D", fee.main.account, fee.item, fee.cents))
        said.append((fee.main.office, fee.item, fee.cents))
    elif fee is not None:
        postings[case.office].append(Posting(account_with_role(store, case.office, "bank_fees"), fee.cents))
        said.append((None, None, fee.cents))
    posted = post(store, drafts(case, postings, day, f"L{parts[0].line}"))
    places = {one.office: one.position for one in posted}
    paid = case.payment_day or day
    settled = NewClearing(case.office, "assign", places[case.office], day, paid, ((case.number, case.free_cents),))
    clear(store, [settled, *resets(parts, places, day)])
    sitting = Sitting(day, None)
    write_step(store, case, "returned", places[case.office], case.free_cents, sitting)
    explain(store, case, "returned", said, sitting)
    note_event(store, case, "returned", {"cents": case.free_cents, "collections": 1})
    return posted


def _claim(store: Store, fee: _Fee, posted: list[Posted], days: tuple[str, str]) -> None:
    """Write the claim for the fee beside the main one, as the rungs do."""
    main, place = fee.main, next(one for one in posted if one.office == fee.main.office)
    row = store.one(_SETTLED, office=main.office, item=main.item) or (0, None, None, None, "")
    new = NewItem(
        main.office, fee.item or 0, "receivable", main.account, fee.cents, *days, place.position,
        party=row[1], reference=row[2], main_item=main.item, profile=row[3], claim_kind=FEE_KIND, purpose=RETURN_COSTS,
    )  # fmt: skip
    insert_items(store, [new])
