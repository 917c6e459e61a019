"""References that stand for several items: registered by whoever sends them out, expanded when money comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.items.kassenzeichen import active_schemes, check_reference
from ledger.items.targets import (
    ItemKey,
    NoTargetItemsError,
    ReferenceTakenError,
    Target,
    TargetKind,
    UnknownTargetItemError,
)
from ledger.store.engines import Store

_TARGET = "SELECT reference, kind, office, number FROM reference_target WHERE reference = :reference"
_OF = "SELECT reference FROM reference_target WHERE kind = :kind AND office = :office AND number = :number"
_NAMED = "SELECT office, item FROM reference_target_item WHERE reference = :reference ORDER BY office, item"
_OWED = (
    "SELECT office, id FROM item WHERE party = :party AND kind = 'receivable' AND open_cents > 0 ORDER BY office, id"
)
_IS_RECEIVABLE = "SELECT 1 FROM item WHERE office = :office AND id = :item AND kind = 'receivable'"


def register(
    store: Store, reference: str, kind: TargetKind, office: str, number: int, items: Sequence[ItemKey] = ()
) -> Target:
    """Let a reference stand for these receivables (for a party: for all it owes); inside a unit of work.

    `number` is the letter's, plan's, case's or party's own. Fresh references come from
    `ledger.items.kassenzeichen.issue`. Registering the same again adds the items that are new. Raises
    `InvalidReferenceError`, `ReferenceTakenError`, `NoTargetItemsError`, `UnknownTargetItemError`.
    """
    assert store.in_unit, "a target is registered together with the thing it stands for"
    bare = check_reference(active_schemes(store), reference, foreign=False)
    known = store.one(_TARGET, reference=bare)
    if known is not None and known[1:] != (kind, office, number):
        raise ReferenceTakenError(reference=bare, kind=known[1], office=known[2], number=known[3])
    if not items and kind != "party" and known is None:
        raise NoTargetItemsError(reference=bare)
    if known is None:
        columns = ("reference", "kind", "office", "number", "made_at")
        store.insert("reference_target", columns, [(bare, kind, office, number, store.now)])
    _add_items(store, bare, items)
    found = target_of(store, bare)
    assert found is not None, "a target that was just registered"
    return found


def register_many(store: Store, targets: Iterable[Target]) -> int:
    """Write fresh targets in bulk and return how many; inside a unit, references and items known to be right."""
    rows = list(targets)
    heads = [(one.reference, one.kind, one.office, one.number, store.now) for one in rows]
    store.insert("reference_target", ("reference", "kind", "office", "number", "made_at"), heads)
    lines = ((one.reference, office, item) for one in rows for office, item in one.items)
    store.insert("reference_target_item", ("reference", "office", "item"), lines)
    return len(rows)


def register_selected(store: Store, kind: TargetKind, office: str, heads: str, items: str) -> None:
    """Write fresh targets from two queries: reference and number, and reference, office and item; inside a unit.

    References and items are known to be right.
    """
    head = "INSERT INTO reference_target (reference, kind, office, number, made_at)"
    values = "h.reference, CAST(:kind AS TEXT), CAST(:office AS TEXT), h.number, CAST(:now AS TEXT)"
    store.execute(f"{head} SELECT {values} FROM ({heads}) h", kind=kind, office=office, now=store.now)
    store.execute(f"INSERT INTO reference_target_item (reference, office, item) SELECT * FROM ({items}) i")


def target_of(store: Store, reference: str) -> Target | None:
    """Return what a compact reference stands for besides single items, None where nothing."""
    row = store.one(_TARGET, reference=reference)
    if row is None:
        return None
    _, kind, office, number = row
    items = store.all(_OWED, party=number) if kind == "party" else store.all(_NAMED, reference=reference)
    return Target(reference, kind, office, number, tuple((code, item) for code, item in items))


def references_of(store: Store, kind: TargetKind, office: str, number: int) -> list[str]:
    """Return the references that stand for a letter, plan, case or party."""
    return [reference for (reference,) in store.rows(_OF, kind=kind, office=office, number=number)]


def _add_items(store: Store, reference: str, items: Sequence[ItemKey]) -> None:
    known = set(store.rows(_NAMED, reference=reference))
    fresh = [key for key in dict.fromkeys(items) if key not in known]
    for office, item in fresh:
        if store.value(_IS_RECEIVABLE, office=office, item=item) is None:
            raise UnknownTargetItemError(office=office, item=item)
    rows = [(reference, office, item) for office, item in fresh]
    store.insert("reference_target_item", ("reference", "office", "item"), rows)
