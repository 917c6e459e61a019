"""Checks that keep the chain and the open amounts true whoever writes them: rows that agree with each other.

`verify` finds such rows afterwards; people who are bound by the database cannot write them in the first place.
"""

from __future__ import annotations

from collections.abc import Mapping

from ledger.book.chain import EVENT_FORMAT
from ledger.cash.desks import NEVER_HOLDS
from ledger.people.duties import deputy_pairs, deputy_roles
from ledger.store.changes import quoted

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
    WHERE f.open_cents <> o.open_cents AND f.open_cents <> f.amount_cents - {_CLEARED}
    OR f.party IS DISTINCT FROM o.party AND NOT EXISTS (
        SELECT 1 FROM party_merge m WHERE m.source = o.party AND m.target = f.party AND m.state = 'merged')"""
_MERGED = """SELECT 1 FROM fresh f JOIN former o ON o.id = f.id WHERE f.merged_into IS DISTINCT FROM o.merged_into
    AND NOT EXISTS (SELECT 1 FROM party_merge m WHERE m.source = coalesce(o.merged_into, f.id)
        AND m.target = f.merged_into AND m.state = 'merged')"""

_LATEST = "to_char(current_date + 7, 'YYYY-MM-DD')"
_CLOSING = f"""SELECT 1 FROM fresh f WHERE f.last_day > {_LATEST}
    OR f.number <> 1 + coalesce((SELECT max(c.number) FROM closing c
        WHERE c.kind = f.kind AND c.year = f.year AND c.period <> f.period), 0)
    OR f.last_day <= (SELECT max(c.last_day) FROM closing c WHERE c.kind = f.kind AND c.period <> f.period)
    OR f.kind = 'year' AND NOT access_holds(ARRAY['head'])
    OR NOT EXISTS (SELECT 1 FROM event e WHERE e.object = f.kind || ':' || f.period AND e.action = f.kind || '.close'
        AND e.by = f.closed_by AND e.at = f.closed_at
        AND e.facts::json ->> 'sha256' = encode(sha256(convert_to(f.protocol, 'UTF8')), 'hex'))"""
_HOLDS = """EXISTS (SELECT 1 FROM cash_holder h WHERE h.desk = f.desk AND h.user_id = f.{by} AND h.since <= f.day
        AND (h.until IS NULL OR h.until >= f.day))"""
_HOLDER = f"""SELECT 1 FROM fresh f WHERE f.user_id = f.made_by OR EXISTS (SELECT 1 FROM user_role r
        WHERE r.user_id = f.user_id AND r.role IN ({quoted(NEVER_HOLDS)}))"""
_COUNT = (
    f"SELECT 1 FROM fresh f WHERE NOT {_HOLDS.format(by='counted_by')} AND NOT access_holds(ARRAY['head', 'audit'])"
)
_RECEIPT = f"SELECT 1 FROM fresh f WHERE f.kind <> 'cancel' AND NOT {_HOLDS.format(by='made_by')}"
_TRANSPORT = f"SELECT 1 FROM fresh f WHERE NOT {_HOLDS.format(by='made_by')}"
MOST_NUMBERS = 10_000_000
"""More numbers nobody takes in one step: a counter that somebody pushed on is used up for ever."""
_COUNTER = f"""SELECT 1 FROM fresh f JOIN former o ON o.office = f.office AND o.name = f.name
    WHERE f.last < o.last OR f.last > o.last + {MOST_NUMBERS}"""

_PAIRS = ", ".join(f"('{role}', '{other}')" for role, other in deputy_pairs())
_DEPUTY = f"""SELECT 1 FROM fresh f WHERE f.deputy = f.made_by OR f.role NOT IN ({quoted(deputy_roles())})
    OR NOT EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = f.principal AND r.role = f.role
        AND r.office IN (f.office, '*'))
    OR EXISTS (SELECT 1 FROM user_role r WHERE r.user_id = f.deputy AND (f.role, r.role) IN ({_PAIRS}))"""
KEPT_SETTINGS = ("book_id", "database_roles", "holidays", "identity", "land", "municipality", "name")
_SETTING = f"""SELECT 1 FROM fresh f JOIN former o ON o.key = f.key WHERE f.value <> o.value
    AND f.key IN ({quoted(KEPT_SETTINGS)}) AND NOT access_holds(ARRAY['admin'])"""

INSERT: Mapping[str, tuple[str, str]] = {
    "cash_count": (_COUNT, "a desk is counted by its holder, a head or the audit"),
    "cash_holder": (_HOLDER, "nobody takes a desk for themselves, nor who orders payments"),
    "cash_receipt": (_RECEIPT, "the holder of the desk takes and pays cash"),
    "cash_transport": (_TRANSPORT, "the holder of the desk gives cash away and fetches it"),
    "closing": (_CLOSING, "a closing follows the last one, lies not ahead, and stands in the event log"),
    "deputy": (_DEPUTY, "nobody is a deputy by their own word, or joins roles that must stay apart"),
    "event": (_EVENT_HASH, "an event carries the hash of the chain"),
    "entry": ("SELECT 1 FROM fresh WHERE hash <> sha256(canonical)", "an entry carries the hash of its bytes"),
    "item": (_OPEN, "an item is open by what was not cleared"),
}
"""By table: rows that must not be there after an insert, and what is said then."""
UPDATE: Mapping[str, tuple[str, str]] = {
    "counter": (_COUNTER, "a counter goes on by the numbers that are used"),
    "setting": (_SETTING, "what makes the book what it is stays as it is"),
    "head": (_HEAD, "a head is the end of its chain"),
    "item": (_OPENED, "an item is open by what was not cleared, and stays with its person but for a merge"),
    "party": (_MERGED, "a person becomes part of another by a merge that two people signed"),
}
"""The same after an update."""
