"""What a granted relief does beside the books: due days and levels, locks, legal events, and all of it back again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from enforcement.relief import KINDS, ItemKey, Kind
from enforcement.relief_law import ReliefBook
from enforcement.relief_reader import Relief, ReliefItemRow
from enforcement.relief_rules import event_kind, is_penal
from ledger.items.locks import LockKind, Span
from ledger.items.locks_store import lift_placed, place_item_lock
from ledger.store.counters import take_ids
from ledger.store.engines import Store

LOCKED: tuple[LockKind, ...] = ("dunning", "enforcement")
_MOVE = "UPDATE item SET due = :due, dunning_level = 0, dunned_on = NULL WHERE office = :office AND id = :item"
_BACK = """UPDATE item SET due = :due, dunning_level = :level, dunned_on = CAST(:dunned AS TEXT)
           WHERE office = :office AND id = :item"""
_EVENTS = """SELECT e.office, e.item, e.id, e.kind, e.day, e.until, e.amount_cents FROM claim_event e
             WHERE e.relief = :relief AND e.office = :office AND e.item = :item AND e.withdrawn_at IS NULL"""
_WITHDRAW = """UPDATE claim_event SET withdrawn_by = :user, withdrawn_at = CAST(:now AS TEXT),
                   withdrawn_reason = :reason WHERE office = :office AND item = :item AND id = :id"""
_JOINT = """
    SELECT count(*) FROM item i JOIN item_debtor d ON d.office = i.office AND d.item = coalesce(i.main_item, i.id)
    WHERE i.office = :office AND i.id = :item AND d.since <= :day AND (d.released_on IS NULL OR d.released_on > :day)"""
_UNTIL = "UPDATE claim_event SET until = CAST(:until AS TEXT) WHERE office = :office AND item = :item AND id = :id"


def lock_reason(kind: str, number: int) -> str:
    """Return the words of the locks of a relief: they say where to look."""
    return f"{kind} {number}"


def move_dues(store: Store, dues: Mapping[ItemKey, str]) -> None:
    """Let claims fall due later, and their dunning begin anew; the original due day stays."""
    rows = [{"due": due, "office": office, "item": item} for (office, item), due in sorted(dues.items())]
    store.execute_many(_MOVE, rows)


def dues_back(store: Store, items: Sequence[ReliefItemRow]) -> None:
    """Give claims the due days and dunning levels back that they had before."""
    store.execute_many(
        _BACK,
        [
            {
                "due": one.due_before,
                "level": one.level_before,
                "dunned": one.dunned_before,
                "office": one.office,
                "item": one.item,
            }
            for one in items
        ],
    )


def is_joint(store: Store, key: ItemKey) -> bool:
    """Return whether somebody else owes a claim, or the one it stands beside, too."""
    return bool(store.value(_JOINT, office=key[0], item=key[1], day=store.today))


def lock(store: Store, relief: Relief, keys: Sequence[ItemKey]) -> None:
    """Lock claims against dunning and enforcement while the relief lasts; what is deferred is not dunned anyway.

    The death or insolvency of one of joint debtors does not keep the others from being asked (§ 425 BGB, § 43 InsO):
    such claims are not locked, dunning leaves that debtor out by himself.
    """
    row = relief.row
    if KINDS[row.kind].whole:
        keys = [key for key in keys if not is_joint(store, key)]
    kinds: tuple[LockKind, ...] = ("enforcement",) if KINDS[row.kind].moves_due else LOCKED
    since = max(row.first_day, store.today) if KINDS[row.kind].moves_due else store.today
    if row.last_day is not None and row.last_day < since:
        return
    for office, item in keys:
        for kind in kinds:
            place_item_lock(store, office, item, kind, lock_reason(row.kind, row.number), Span(since, row.last_day))


def unlock(store: Store, relief: Relief, keys: Sequence[ItemKey], day: str) -> int:
    """Lift the locks of the relief from claims."""
    reason = lock_reason(relief.row.kind, relief.number)
    return sum(lift_placed(store, *key, reason, day) for key in keys)


def note_events(store: Store, relief: Relief, book: ReliefBook, items: Sequence[ReliefItemRow]) -> int:
    """Write what the relief is to each main claim in law; it goes on until its last day, or until it is ended."""
    row, made = relief.row, 0
    kind = KINDS[row.kind]
    for one in items:
        name = _barred(one, book) if kind.name == "insolvenz" else event_kind(kind, book.profile(one.profile), book.law)
        if name is not None and one.main_item is None:
            write_event(store, one, name, row.first_day, relief=relief, until=row.last_day)
            made += 1
    return made


def _barred(one: ReliefItemRow, book: ReliefBook) -> str | None:
    """Return what an insolvency is to a penalty: it cannot be enforced meanwhile (§ 89 InsO, § 34 (4) no. 1 OWiG).

    What is filed is noted with its filing.
    """
    profile = book.profile(one.profile)
    if profile is None or not profile.limitation or not is_penal(one, profile):
        return None
    return "impossible" if "impossible" in profile.limitation_rule(book.law).suspend else None


def write_event(
    store: Store, one: ReliefItemRow, name: str, day: str, *, relief: Relief, until: str | None, source: str = ""
) -> None:
    """Write one legal event of a claim; of joint debtors it concerns the one who has the relief."""
    store.insert_one(
        "claim_event", office=one.office, item=one.item, id=take_ids(store, one.office, "claim_event"), kind=name,
        day=day, until=until, ongoing=int(until is None), amount_cents=None, relief=relief.number,
        debtor=relief.row.party_number, source=source or f"relief:{relief.number}",
        made_by=store.user, made_at=store.now,
    )  # fmt: skip


def end_events(store: Store, relief: Relief, items: Sequence[ReliefItemRow], day: str, reason: str) -> None:
    """Let the events of a relief end with a day; one that ends early is withdrawn and written with its true end."""
    for one in items:
        for office, item, number, name, first, until, _ in store.all(
            _EVENTS, relief=relief.number, office=one.office, item=one.item
        ):
            where = {"office": office, "item": item, "id": number}
            if until is None and first <= day:
                store.execute(_UNTIL, until=day, **where)
            elif until is None or until > day:
                store.execute(_WITHDRAW, user=store.user, now=store.now, reason=reason, **where)
                if first <= day:
                    write_event(store, one, name, first, relief=relief, until=day)


def kind_of(relief: Relief) -> Kind:
    """Return the kind of a relief."""
    return KINDS[relief.row.kind]
