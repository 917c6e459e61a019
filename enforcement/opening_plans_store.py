"""Instalment plans as a part of a take-over: granted before, they go on with the instalments still to come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from enforcement.opening_parts import PlanDebtorsError, PlanRow, PlanSumError, PlanTwiceError, mixed, plan_row
from enforcement.relief import Instalment, Owed
from enforcement.relief_effects_store import kind_of, lock, move_dues, note_events
from enforcement.relief_law import ReliefBook
from enforcement.relief_plan import shares
from enforcement.relief_propose_store import relief_book, write_items
from enforcement.relief_reader import find_relief, owed
from enforcement.relief_seals_store import seal_fresh
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.items.item_seals import DUES
from ledger.items.kassenzeichen import active_schemes, check_reference, compact, issue
from ledger.items.opening_parts import UnknownTakenItemError
from ledger.items.opening_parts_store import PartKind
from ledger.items.targets import Target
from ledger.items.targets_store import register_many, target_of
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

_ROWS = """
    SELECT seq, plan, kind, office, claims, granted_on, due, amount_cents, interest_cents, plan_reference, reason,
        document
    FROM {table} ORDER BY plan, due, seq"""
_ITEMS = """
    SELECT i.id FROM item i WHERE i.reference = :reference AND i.office || '' = :office AND i.order_id IS NULL
    AND i.kind = 'receivable' AND i.open_cents > 0 ORDER BY i.id"""
_BEFORE = "UPDATE item SET due = original_due WHERE office = :office AND id = :item AND due <> original_due"
_MOVED = "SELECT 1 FROM item WHERE office = :office AND id = :item AND due <> original_due"
_GRANT = """
    UPDATE relief SET state = 'granted', decided_by = :user, decided_at = CAST(:now AS TEXT),
        decided_reason = 'übernommen', reference = CAST(:reference AS TEXT) WHERE id = :id"""


def plans(proposer: int) -> PartKind:
    """Return the list of plans; `proposer` is the person who signed first, whoever signs last grants them.

    While the lists are only tried nobody has signed (0): the plans are proposed by whoever tries them.
    """
    return PartKind("plans", PlanRow, plan_row, _writer(proposer))


def _writer(proposer: int) -> Callable[[Store, str, str], Iterator[KasseError | int]]:
    def write(store: Store, table: str, day: str) -> Iterator[KasseError | int]:
        """Write every plan whose instalments are what is open of its claims."""
        book, used, made, dues = relief_book(store), set[tuple[str, int]](), list[int](), list[str]()
        rows = [PlanRow(*row) for row in store.all(_ROWS.format(table=table))]
        for _, group in groupby(rows, key=lambda row: row.plan):
            lines = sorted(group, key=lambda row: row.seq)
            faults = [*mixed(lines)]
            claims = list(_claims(store, lines[0], faults))
            faults += _wrong(lines, claims, used)
            if any(fault.severity == "error" for fault in faults):
                yield from faults
                continue
            used |= {one.key for one in claims}
            dues += [f"{one.office}/{one.item}={one.due}" for one in claims if _moved(store, one)]
            made.append(_take(store, book, lines, claims, proposer, day))
            yield 1
        if made:  # who signed the lists first is who proposed the plans; their own event is of another moment
            signed: dict[str, Fact] = {"plans": len(made), "signed": f"{proposer}@{store.now}"}
            signed |= seal_fresh(store, made)
            signed |= {DUES: " ".join(dues)} if dues else {}
            record(store, kasse_office(store), "opening.plans", None, signed)

    return write


def _moved(store: Store, one: Owed) -> bool:
    """Return whether a claim falls due on another day than at first."""
    return store.value(_MOVED, office=one.office, item=one.item) is not None


def _claims(store: Store, head: PlanRow, faults: list[KasseError]) -> Iterator[Owed]:
    """Yield the open claims of a plan with their side claims."""
    keys = []
    for reference in (head.claims or "").split():
        found = store.all(_ITEMS, reference=compact(reference), office=head.office)
        if not found:
            place = Place(row=head.seq, column="claims", value=reference)
            faults.append(UnknownTakenItemError(office=head.office or "–", reference=reference, place=place))
        keys += [(head.office or "", item) for (item,) in found]
    yield from owed(store, keys)


def _wrong(lines: Sequence[PlanRow], claims: Sequence[Owed], used: set[tuple[str, int]]) -> Iterator[KasseError]:
    head = lines[0]
    place = Place(row=head.seq, column="plan", value=head.plan)
    if not claims:
        return
    if len({one.party for one in claims}) > 1 or claims[0].party is None:
        yield PlanDebtorsError(plan=head.plan, place=place)
    given, due = (
        sum((row.amount_cents or 0) + (row.interest_cents or 0) for row in lines),
        sum(one.cents for one in claims),
    )
    if given != due:
        yield PlanSumError(plan=head.plan, given_cents=given, open_cents=due, place=place)
    for one in claims:
        if one.key in used:
            yield PlanTwiceError(plan=head.plan, what=one.reference or str(one.item), place=place)


def _take(
    store: Store, book: ReliefBook, lines: Sequence[PlanRow], claims: Sequence[Owed], proposer: int, day: str
) -> int:
    """Write one plan as proposed, then as granted, with all that a grant does beside the books; return its number."""
    head, number = lines[0], take_ids(store, BOOK, "relief")
    plan = sorted(
        (
            Instalment(dt.date.fromisoformat(row.due or ""), row.amount_cents or 0, row.interest_cents or 0)
            for row in lines
        ),
        key=lambda one: one.due,
    )
    first = min(head.granted_on or day, plan[0].due.isoformat())
    profiles = {one.profile for one in claims}
    store.insert_one(
        "relief", id=number, kind=head.kind, state="proposed", party=claims[0].party,
        profile=profiles.pop() if len(profiles) == 1 else None, first_day=first, last_day=plan[-1].due.isoformat(),
        sum_cents=sum(one.cents for one in claims), reason=head.reason or "übernommen", document=head.document,
        proposed_by=proposer or store.user, proposed_at=store.now,
    )  # fmt: skip
    store.execute_many(_BEFORE, [{"office": one.office, "item": one.item} for one in claims])
    write_items(store, number, owed(store, [one.key for one in claims]))
    rows = [(number, at, one.due.isoformat(), one.cents, one.interest_cents) for at, one in enumerate(plan, 1)]
    store.insert("relief_instalment", ("relief", "line", "due", "cents", "interest_cents"), rows)
    reference = _reference(store, head, number, claims)
    if proposer:
        store.execute(_GRANT, user=store.user, now=store.now, reference=reference, id=number)
    _effects(store, book, number, plan, claims)
    return number


def _effects(store: Store, book: ReliefBook, number: int, plan: Sequence[Instalment], claims: Sequence[Owed]) -> None:
    """Let the claims fall due by the plan, lock them, note what the plan is to them in law."""
    for one in claims:
        book.profile(one.profile)
    whole = [Instalment(one.due, one.sum_cents) for one in plan]
    move_dues(store, {share.key: share.due.isoformat() for share in shares(claims, whole, book.orders())})
    relief = find_relief(store, number)
    if kind_of(relief).locks or kind_of(relief).moves_due:
        lock(store, relief, [one.key for one in relief.items])
    note_events(store, relief, book, relief.items)


def _reference(store: Store, head: PlanRow, number: int, claims: Sequence[Owed]) -> str | None:
    """Let the plan's own reference stand for its claims, a fresh one where the old system had none."""
    given = head.plan_reference and check_reference(active_schemes(store), head.plan_reference, foreign=True)
    if given and (given in {one.reference for one in claims} or target_of(store, given)):
        return None
    reference = given or issue(store)[0]
    keys = tuple(one.key for one in claims)
    register_many(store, [Target(reference, "plan", kasse_office(store), number, keys)])
    return reference
