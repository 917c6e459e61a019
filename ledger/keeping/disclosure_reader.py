"""Gathering everything the book holds of one person; that it was handed out is an event."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ledger.book.store import kasse_office, setting
from ledger.events.store import record
from ledger.keeping.disclosure import ROLES, SHARED, TOLD_BY_OTHERS, Disclosure
from ledger.keeping.layout_store import layouts
from ledger.keeping.personal import ITEM_OF, Kind, Personal
from ledger.keeping.retention_store import blanked_columns
from ledger.people.users import require
from ledger.store.changes import Changes
from ledger.store.engines import Store

HIDDEN = frozenset({"match_key", "address_key", "fingerprint", "salt", "said_hash", "list_hash", "seen_hash"})
"""Columns that say nothing to a person: how the program compares and proves."""
MINE = "(SELECT id FROM party WHERE id = :party OR merged_into = :party)"
_FURTHER = {
    "clearing_line": f"""
        SELECT c.payment_day, c.posting_day, c.kind, i.office, i.id AS item, i.reference, l.cents FROM clearing_line l
        JOIN clearing c ON c.office = l.office AND c.id = l.clearing
        JOIN item i ON i.office = l.office AND i.id = l.item
        JOIN {ITEM_OF} w ON w.office = i.office AND w.item = i.id WHERE w.party IN {MINE}
        ORDER BY c.payment_day, i.office, i.id, l.clearing""",
    "party_restriction": f"""
        SELECT r.made_at, r.reason, r.lifted_at, r.lifted_reason FROM party_restriction r WHERE r.party IN {MINE}
        ORDER BY r.number""",
}
_FURTHER_COLUMNS = {
    "clearing_line": ("payment_day", "posting_day", "kind", "office", "item", "reference", "cents"),
    "party_restriction": ("made_at", "reason", "lifted_at", "lifted_reason"),
}


def disclose(store: Store, where: Personal, allowed: Mapping[str, Changes], party: int) -> Disclosure:
    """Return everything of a person, merged ones included; words that are about other persons too are left out.

    Who of the staff looked is not told, when and at what is (Art. 15 (1) DSGVO; EuGH C-579/21). Raises
    `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse], dated=False):
        require(store, kasse, *ROLES)
        rows: dict[str, list[dict[str, Any]]] = {}
        left_out = 0
        columns = {table.name: table.columns for table in layouts(store)}
        for kind in (one for one in where.kinds if one.table not in TOLD_BY_OTHERS):
            rows[kind.table], left = _rows(store, kind, allowed[kind.table], columns[kind.table], party)
            left_out += left
        for table, sql in _FURTHER.items():
            names = _FURTHER_COLUMNS[table]
            rows[table] = [dict(zip(names, row, strict=True)) for row in store.rows(sql, party=party)]
        events = _events(store, where, party)
        letters = [(row["letter"], row["content"]) for row in rows.pop("letter_print", ()) if row["content"]]
        name = str(store.value("SELECT name FROM party WHERE id = :party", party=party))
        record(store, kasse, "party.export", f"party:{party}", {"rows": sum(map(len, rows.values()))})
    latest = dict(letters)
    return Disclosure(party, name, store.today, setting(store, "name"), rows, events, sorted(latest.items()), left_out)


def _rows(
    store: Store, kind: Kind, changes: Changes, columns: tuple[str, ...], party: int
) -> tuple[list[dict[str, Any]], int]:
    keys = ", ".join(kind.key)
    view = f"SELECT {keys} FROM ({kind.view()}) v WHERE person"
    shown = [name for name in columns if name not in HIDDEN]
    shared = f"({keys}) IN ({view} IS NOT NULL AND person NOT IN {MINE})" if kind.table in SHARED else "0 = 1"
    sql = f"""
        SELECT CASE WHEN {shared} THEN 1 ELSE 0 END, {", ".join(shown)} FROM {kind.table}
        WHERE ({keys}) IN ({view} IN {MINE}) ORDER BY {keys}"""
    words, found, left = set(blanked_columns(kind, changes) or columns), list[dict[str, Any]](), 0
    for with_others, *values in store.rows(sql, party=party, on=store.today):
        row = {name: _plain(value) for name, value in zip(shown, values, strict=True)}
        if with_others:
            left += 1
            row |= dict.fromkeys(words & row.keys() - set(kind.key))
        found.append(row)
    return found, left


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def _events(store: Store, where: Personal, party: int) -> list[dict[str, Any]]:
    """Return what happened to the person and who looked, without the names of the staff."""
    objects = f"({' UNION ALL '.join(where.objects)})"
    sql = f"""
        SELECT DISTINCT e.at, e.office, e.position, e.action, e.object, e.facts, d.details FROM event e
        JOIN {objects} w ON w.object = e.object AND w.office IN ('', e.office) AND w.party IN {MINE}
        LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
        ORDER BY e.at, e.office, e.position"""
    return [
        {
            "at": at, "action": action, "object": about, "facts": json.loads(facts),
            "details": json.loads(details) if details and str(about) == f"party:{party}" else None,
        }
        for at, _, _, action, about, facts, details in store.rows(sql, party=party)
    ]  # fmt: skip
