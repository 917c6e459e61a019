"""Checks that keep the chain and the open amounts true whoever writes them: rows that agree with each other.

`verify` finds such rows afterwards; people who are bound by the database cannot write them in the first place.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.book.chain import EVENT_FORMAT

_US = "chr(31)"
_EVENT_FIELDS = " || ".join(
    f"{_US} || {field}"
    for field in (
        "f.office", "f.position", "f.at", "f.by || coalesce('/' || f.on_behalf, '')", "f.action",
        "coalesce(f.object, '')", "f.facts", "coalesce(encode(f.details_hash, 'hex'), '')",
    )
)  # fmt: skip
_EVENT_HASH = f"""SELECT 1 FROM fresh f JOIN office o ON o.code = f.office
    LEFT JOIN event e ON e.office = f.office AND e.position = f.position - 1
    WHERE f.hash <> sha256(coalesce(e.hash, o.genesis) || convert_to('{EVENT_FORMAT}' || {_EVENT_FIELDS}, 'UTF8'))"""


def _not_the_end(chain: str, prefix: str) -> str:
    """Return the condition that a head has moved, and not to the last row of its chain."""
    position, value = f"{prefix}position", f"{prefix}hash"
    return f"""(f.{position}, f.{value}) IS DISTINCT FROM (o.{position}, o.{value}) AND (NOT EXISTS (
        SELECT 1 FROM {chain} e WHERE e.office = f.office AND e.position = f.{position} AND e.hash = f.{value})
        OR EXISTS (SELECT 1 FROM {chain} e WHERE e.office = f.office AND e.position = f.{position} + 1))"""


_HEAD = f"""SELECT 1 FROM fresh f JOIN former o ON o.office = f.office
    WHERE {_not_the_end("event", "event_")} OR {_not_the_end("entry", "")}"""
_CLEARED = """coalesce((SELECT sum(l.cents) FROM clearing_line l
        WHERE l.office = f.office AND l.item = f.id), 0)"""
_OPEN = f"SELECT 1 FROM fresh f WHERE f.open_cents <> f.amount_cents - {_CLEARED}"
_OPENED = f"""SELECT 1 FROM fresh f JOIN former o ON o.office = f.office AND o.id = f.id
    WHERE f.open_cents <> o.open_cents AND f.open_cents <> f.amount_cents - {_CLEARED}"""

INSERT: Mapping[str, tuple[str, str]] = {
    "event": (_EVENT_HASH, "an event carries the hash of the chain"),
    "entry": ("SELECT 1 FROM fresh WHERE hash <> sha256(canonical)", "an entry carries the hash of its bytes"),
    "item": (_OPEN, "an item is open by what was not cleared"),
}
"""By table: rows that must not be there after an insert, and what is said then."""
UPDATE: Mapping[str, tuple[str, str]] = {
    "head": (_HEAD, "a head is the end of its chain"),
    "item": (_OPENED, "an item is open by what was not cleared"),
}
"""The same after an update."""
