"""What `journal verify` asks of closings: the heads they hold, their protocol, the event by which they were made."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256

from ledger.book.chain import book_head
from ledger.book.verify_findings import ChangedClosingError
from ledger.store.engines import Store
from sepa.errors import KasseError

_CLOSINGS = """
    SELECT c.kind, c.period, c.book_head, c.heads, c.protocol, c.closed_by, c.closed_at, e.facts, e.by, e.at
    FROM closing c LEFT JOIN event e ON e.object = c.kind || ':' || c.period AND e.action = c.kind || '.close'
    ORDER BY c.last_day, c.kind"""
_UNSIGNED = """
    SELECT f.kind, f.period FROM closing_confirmation f WHERE NOT EXISTS (
        SELECT 1 FROM event e WHERE e.object = f.kind || ':' || f.period AND e.action = f.kind || '.confirm'
        AND e.by = f.confirmed_by AND e.at = f.confirmed_at) ORDER BY 1, 2"""
_REMOVED = """
    SELECT e.object FROM event e WHERE e.action IN ('day.close', 'month.close', 'year.close') AND NOT EXISTS (
        SELECT 1 FROM closing c WHERE c.kind || ':' || c.period = e.object) ORDER BY e.object"""


def changed_closings(store: Store) -> Iterator[KasseError]:
    """Yield each closing that is not what was written, and those that are gone."""
    for kind, period, head, heads, protocol, closed_by, closed_at, facts, by, at in store.rows(_CLOSINGS):
        noted = json.loads(facts) if facts else {}
        if not noted:
            yield ChangedClosingError(kind=kind, period=period, part="event")
        if noted.get("sha256") not in {None, sha256(protocol.encode()).hexdigest()}:
            yield ChangedClosingError(kind=kind, period=period, part="protocol")
        if noted.get("head") not in {None, bytes(head).hex()} or (noted and not _fits(heads, bytes(head))):
            yield ChangedClosingError(kind=kind, period=period, part="head")
        if noted and (closed_by, closed_at) != (by, at):
            yield ChangedClosingError(kind=kind, period=period, part="signature")
    for kind, period in store.rows(_UNSIGNED):
        yield ChangedClosingError(kind=kind, period=period, part="confirmation")
    for (name,) in store.rows(_REMOVED):
        kind, _, period = name.partition(":")
        yield ChangedClosingError(kind=kind, period=period, part="row")


def _fits(heads: str, head: bytes) -> bool:
    """Return whether the heads of the offices give the head of the book."""
    parts = [part.split(":") for part in json.loads(heads).get("heads", "").split()]
    return book_head((office, int(position), bytes.fromhex(value)) for office, position, value in parts) == head
