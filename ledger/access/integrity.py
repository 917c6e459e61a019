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
        "f.office", "f.position", "f.at", "f.by", "f.action", "coalesce(f.object, '')", "f.facts",
        "coalesce(encode(f.details_hash, 'hex'), '')",
    )
)  # fmt: skip
_EVENT_HASH = f"""SELECT 1 FROM fresh f JOIN office o ON o.code = f.office
    LEFT JOIN event e ON e.office = f.office AND e.position = f.position - 1
    WHERE f.hash <> sha256(coalesce(e.hash, o.genesis) || convert_to('{EVENT_FORMAT}' || {_EVENT_FIELDS}, 'UTF8'))"""
_HEAD = """SELECT 1 FROM fresh f JOIN former o ON o.office = f.office JOIN office c ON c.code = f.office
    WHERE (f.event_position, f.event_hash) IS DISTINCT FROM (o.event_position, o.event_hash) AND
    (f.event_position, f.event_hash) IS DISTINCT FROM (SELECT e.position, e.hash FROM event e
        WHERE e.office = f.office ORDER BY e.position DESC LIMIT 1)
    OR (f.position, f.hash) IS DISTINCT FROM (o.position, o.hash) AND
    (f.position, f.hash) IS DISTINCT FROM (SELECT e.position, e.hash FROM entry e
        WHERE e.office = f.office ORDER BY e.position DESC LIMIT 1)"""
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
