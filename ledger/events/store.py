"""Writing and reading the event log."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ledger.book.chain import SALT_BYTES, event_hash, salted, who
from ledger.store.engines import Store

Fact = str | int | bool | None


def record(
    store: Store,
    office: str,
    action: str,
    object_: str | None = None,
    facts: Mapping[str, Fact] | None = None,
    details: Mapping[str, Fact] | None = None,
) -> int:
    """Append an event to the office's chain and return its position; inside a unit that holds the office.

    Where the acting person stands in for somebody, the event names both. `facts` are counts, sums, days and hashes
    and are hashed as they are; `details` may hold personal data and free words: they lie outside the chain, which
    keeps only their salted hash.
    """
    assert office in store.locked, f"the unit of work does not hold office {office}"
    head = store.one("SELECT event_position, event_hash FROM head WHERE office = :office", office=office)
    assert head is not None, f"office {office} has no head"
    position, previous = int(head[0]) + 1, bytes(head[1])
    known = canonical_json(facts or {})
    details_hash = _keep_details(store, office, position, details) if details else None
    person = who(store.user, store.principal)
    value = event_hash(previous, (office, position, store.now, person, action, object_, known), details_hash)
    columns = ("office", "position", "at", "by", "on_behalf", "action", "object", "facts", "details_hash", "hash")
    row = (office, position, store.now, store.user, store.principal, action, object_, known, details_hash, value)
    store.insert("event", columns, [row])
    store.execute(
        "UPDATE head SET event_position = :position, event_hash = :hash WHERE office = :office",
        office=office,
        position=position,
        hash=value,
    )
    return position


def _keep_details(store: Store, office: str, position: int, details: Mapping[str, Fact]) -> bytes:
    salt, text = store.salt(SALT_BYTES), canonical_json(details)
    store.insert("event_details", ("office", "position", "salt", "details"), [(office, position, salt, text)])
    return salted(salt, text)


def canonical_json(values: Mapping[str, Fact]) -> str:
    """Return the values as JSON with sorted keys and no spaces; stored once, never written again."""
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
