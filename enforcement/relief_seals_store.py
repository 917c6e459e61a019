"""Seals of reliefs: each step of one notes what it is from then on, and `journal verify` asks that nothing else is.

A seal is a hash over a relief with its items, instalments, credits and legal events, but for the words that a decision
may erase. A step tells the seal before it and the one since: whoever changes a relief past the event log breaks that
way, and no later step mends it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from ledger.events.bound import Ahead
from ledger.events.seals import GONE, differing, digest, name_of, packed
from ledger.events.seals_store import MasterDataError
from ledger.events.store import Fact
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

FACT = "relief_seal"
"""The fact of an event that seals reliefs: `relief/NUMBER=BEFORE>SINCE …`."""
MOST = 100
RELIEF = (
    "id", "kind", "state", "party", "batch", "profile", "first_day", "last_day", "watch_day", "sum_cents", "charge",
    "reference", "proposed_by", "proposed_at", "decided_by", "decided_at", "ended_by", "ended_on", "ended_at",
    "filed_on", "filed_cents",
)  # fmt: skip
PARTS: Mapping[str, tuple[str, ...]] = {
    "relief_item": (
        "relief", "line", "office", "item", "part", "cents", "due_before", "level_before", "dunned_before", "position",
    ),
    "relief_paid": ("relief", "line", "office", "item", "party", "cents", "position"),
    "relief_instalment": ("relief", "line", "due", "cents", "interest_cents"),
    "claim_event": (
        "relief", "office", "item", "id", "kind", "day", "until", "ongoing", "amount_cents", "letter", "debtor",
        "made_by", "made_at", "withdrawn_by", "withdrawn_at",
    ),
}  # fmt: skip
"""What of the rows beside a relief is sealed with it; its number leads."""
_RELIEFS = f"SELECT {', '.join(RELIEF)} FROM relief {{where}} ORDER BY id"
_ORDER = {"claim_event": "t.relief, t.office, t.item, t.id"}
_ROWS = {
    name: f"SELECT {', '.join(f't.{one}' for one in columns)} FROM {name} t WHERE {{where}} "
    f"ORDER BY {_ORDER.get(name, 't.relief, t.line')}"
    for name, columns in PARTS.items()
}
# the legal events of a claim are found by the claim
_OF_ONE = {
    "claim_event": """t.relief = :relief
        AND (t.office, t.item) IN (SELECT x.office, x.item FROM relief_item x WHERE x.relief = :relief)"""
}
_TOLD = f"""
    SELECT facts FROM event WHERE (action LIKE 'relief.%' OR action = 'opening.plans') AND facts LIKE '%"{FACT}":%'"""


def seal_fresh(store: Store, numbers: Sequence[int]) -> dict[str, Fact]:
    """Return the fact that tells of reliefs that this unit of work made, for `record`."""
    return _told(store, dict.fromkeys(numbers, GONE))


def seal_relief(store: Store, number: int) -> dict[str, Fact]:
    """Return the fact that tells what a relief was before this unit of work, and what it is now, for `record`."""
    return _told(store, {number: store.told.get(_name(number)) or _standing(store.committed, number)})


def _told(store: Store, before: Mapping[int, str]) -> dict[str, Fact]:
    now = {number: _standing(store, number) for number in before}
    store.told.update({_name(number): seal for number, seal in now.items()})
    return packed({_name(number): (was, now[number]) for number, was in before.items()}, FACT)


def _name(number: int) -> str:
    return name_of("relief", (number,))


def _standing(store: Store, number: int) -> str:
    """Return the seal of a relief as it stands."""
    row = store.one(_RELIEFS.format(where="WHERE id = :relief"), relief=number)
    if row is None:
        return GONE
    of_one = ((name, sql.format(where=_OF_ONE.get(name, "t.relief = :relief"))) for name, sql in _ROWS.items())
    return _seal(row, [(name, store.all(sql, relief=number)) for name, sql in of_one])


def _seal(row: Row, beside: Sequence[tuple[str, Sequence[Row]]]) -> str:
    return digest((tuple(row), *((name, [tuple(one) for one in rows]) for name, rows in beside)))


def wrong_reliefs(store: Store) -> Iterator[KasseError]:
    """Yield the reliefs that somebody added, changed or removed past the event log, legal events included."""
    with store.snapshot():
        found = dict(_found(store))
        told = [str(json.loads(facts)[FACT]) for (facts,) in store.stream(_TOLD)]
        for name, state in islice(differing(found, told), MOST):
            table, _, row = name.partition("/")
            yield MasterDataError(table=table, row=row, state=state)


def _found(store: Store) -> Iterator[tuple[str, str]]:
    """Yield every relief with its seal, and one of no worth for rows of a relief that there is not."""
    where = "t.relief IS NOT NULL"
    beside = [(name, Ahead(store.stream(sql.format(where=where)))) for name, sql in _ROWS.items()]
    for row in store.stream(_RELIEFS.format(where="")):
        yield from _stray(beside, row[0] - 1)
        yield _name(row[0]), _seal(row, [(name, list(ahead.until(row[0]))) for name, ahead in beside])
    yield from _stray(beside, None)


def _stray(beside: Sequence[tuple[str, Ahead]], last: int | None) -> Iterator[tuple[str, str]]:
    for name, ahead in beside:
        for row in ahead.until(last):
            yield _name(row[0]), name
