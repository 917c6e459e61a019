"""Open items as a clerk looks for them: by office, kind, person, reference, due day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.book.offices_store import check_office
from ledger.items.items_reader import SeveralClaimsError, UnknownItemError, find_items
from ledger.items.kassenzeichen import compact
from ledger.items.targets import Target
from ledger.items.targets_store import target_of
from ledger.people.parties import match_key
from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What the list holds: open items unless `settled` ones are wanted too; words of a name in any order."""

    office: str | None = None
    kind: str | None = None
    party: str | None = None
    reference: str | None = None
    due_until: str | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item in the list; both amounts are positive, `kind` tells the side."""

    office: str
    number: int
    kind: str
    reference: str | None
    party: str | None
    party_number: int | None
    due: str
    amount_cents: int
    open_cents: int
    account: str
    purpose: str | None
    claim_kind: str | None
    main_item: int | None
    paid_by: str | None


_SQL = """
    SELECT i.office, i.id, i.kind, i.reference, p.name, i.party, i.due, i.amount_cents, i.open_cents, i.account,
           i.purpose, i.claim_kind, i.main_item, i.paid_by
    FROM item i LEFT JOIN party p ON p.id = i.party
    WHERE {where} ORDER BY i.office, i.due, i.id"""
_TOTAL = """
    SELECT count(*), coalesce(sum(CASE WHEN i.side = 'D' THEN i.open_cents ELSE 0 END), 0),
           coalesce(sum(CASE WHEN i.side = 'C' THEN i.open_cents ELSE 0 END), 0)
    FROM item i LEFT JOIN party p ON p.id = i.party WHERE {where}"""
_CONDITIONS = {
    "office": "i.office = :office", "kind": "i.kind = :kind", "due_until": "i.due <= :due_until",
    "reference": "i.reference = :reference",
}  # fmt: skip


def list_items(store: Store, wanted: ItemFilter) -> Iterator[ListedItem]:
    """Yield the items that the filter wants by office and due day; inside `snapshot` or a unit."""
    where, values = _conditions(wanted)
    return (ListedItem(*row) for row in store.stream(_SQL.format(where=where), **values))


def item_total(store: Store, wanted: ItemFilter) -> tuple[int, int, int]:
    """Return how many items the filter wants, what is open on those that we are owed, and on those that we owe.

    Raises `UnknownOfficeError`.
    """
    check_office(store, wanted.office)
    where, values = _conditions(wanted)
    row = store.one(_TOTAL.format(where=where), **values)
    assert row is not None, "a count has a row"
    return int(row[0]), int(row[1]), int(row[2])


def _conditions(wanted: ItemFilter) -> tuple[str, dict[str, str]]:
    values: dict[str, str] = {}
    conditions = [] if wanted.settled else ["i.open_cents > 0"]
    for name, condition in _CONDITIONS.items():
        given = getattr(wanted, name)
        if given is not None:
            conditions.append(condition)
            values[name] = compact(given) if name == "reference" else given
    for index, word in enumerate(match_key(wanted.party or "").split()):
        conditions.append(f"' ' || p.match_key LIKE :word{index}")
        values[f"word{index}"] = f"% {word}%"
    return " AND ".join(conditions) or "1 = 1", values


def stands_for(store: Store, text: str) -> Target | None:
    """Return the letter, plan, case or account that a text names by its reference, None where it names none."""
    return target_of(store, compact(text))


def named_items(store: Store, text: str, target: Target | None) -> list[ListedItem]:
    """Return the items that a text names, settled ones too, those of its target included.

    Raises `UnknownItemError`.
    """
    keys = list(target.items) if target else []
    try:
        keys += [key for key in find_items(store, text) if key not in keys]
    except (UnknownItemError, SeveralClaimsError):
        if target is None:
            raise
    sql = _SQL.format(where="i.office = :office AND i.id = :item")
    return [ListedItem(*row) for office, item in keys for row in store.rows(sql, office=office, item=item)]
