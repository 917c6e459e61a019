"""Claims and what happened to them, as the watch over limitation takes them: one stream, in constant memory."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from enforcement.events_reader import PERSON
from enforcement.limitation import LimitationEvent
from enforcement.limitation_watch import NOTHING, Claim, Happened, Lawbook, Standing
from enforcement.limitation_watch_report import Barred, barred
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes
from ledger.people.users import require
from ledger.store.engines import Store

READERS = ("enforcement", "clerk", "head", "audit", "machine")
"""Who looks at limitation."""
CHUNK = 500
_COLUMNS = """
    i.office, i.id, i.reference, coalesce(p.legal_name, p.name), i.profile, i.claim_kind, i.due, i.original_due,
    i.amount_cents, w.open_cents, w.side_cents, i.dunned_on,
    coalesce(o.notice_date, f.notice_date), coalesce(o.final_on, f.final_on)"""
WIDTH = len(Claim._fields)
_EVENTS = """
    SELECT e.office AS office, e.item AS item, e.id AS number, e.kind AS kind, e.day AS day, e.until AS until,
           e.ongoing AS ongoing, e.amount_cents AS cents, r.state AS relief,
           coalesce(b.merged_into, e.debtor) AS debtor
    FROM claim_event e LEFT JOIN relief r ON r.id = e.relief {person} WHERE e.withdrawn_at IS NULL {events}
    UNION ALL SELECT e.office, e.item, 0, 'debtor', '', NULL, 0, NULL, coalesce(p.legal_name, p.name), p.id
    FROM item_debtor e JOIN party p ON p.id = e.party WHERE e.released_on IS NULL {events}
    UNION ALL SELECT e.office, e.item, 0, 'debtor', '', NULL, 0, NULL, coalesce(p.legal_name, p.name), p.id
    FROM item_debtor e JOIN item i ON i.office = e.office AND i.id = e.item JOIN party p ON p.id = i.party
    WHERE e.released_on IS NULL {events}""".replace("{person}", PERSON)
_PAID = """
    SELECT l.office, l.item, 0, 'payment', c.payment_day, NULL, 0, NULL, NULL, NULL
    FROM {first} item i CROSS JOIN clearing_line l CROSS JOIN clearing c
    WHERE i.kind = 'receivable' AND i.main_item IS NULL AND i.open_cents < i.amount_cents {paid}
      AND l.office = i.office AND l.item = i.id AND l.cents > 0 AND c.office = l.office AND c.id = l.clearing
      AND c.kind IN ('bank', 'assign', 'cash') AND c.resets IS NULL
      AND NOT EXISTS (SELECT 1 FROM clearing r WHERE r.office = c.office AND r.resets = c.id)"""
_LONE = {
    "first": """(SELECT DISTINCT s.office AS office, s.main_item AS item FROM item s
        WHERE s.kind = 'receivable' AND s.open_cents > 0 AND s.main_item IS NOT NULL) y CROSS JOIN""",
    "paid": "AND i.open_cents = 0 AND i.office = y.office AND i.id = y.item",
}
"""Which claims are paid, while side claims of them are open."""
_CLEARED = """
    SELECT l.office, coalesce(i.main_item, i.id), 0, 'cleared', c.payment_day, NULL, 0, l.cents, NULL, NULL
    FROM clearing c JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
    JOIN item i ON i.office = l.office AND i.id = l.item
    WHERE c.payment_day > :first AND i.kind = 'receivable'"""
_OWED = """
    SELECT i.office AS office, coalesce(i.main_item, i.id) AS item,
           sum(CASE WHEN i.main_item IS NULL THEN i.open_cents ELSE 0 END) AS open_cents,
           sum(CASE WHEN i.main_item IS NULL THEN 0 ELSE i.open_cents END) AS side_cents
    FROM item i WHERE i.kind = 'receivable' AND {wanted} AND (CAST(:office AS TEXT) IS NULL OR i.office = :office)
    GROUP BY i.office, coalesce(i.main_item, i.id)"""
_LATER = """
    (i.open_cents > 0 OR EXISTS (
        SELECT 1 FROM clearing_line l JOIN clearing c ON c.office = l.office AND c.id = l.clearing
        WHERE l.office = i.office AND l.item = i.id AND c.payment_day > :first))"""
_NAMED = """
    SELECT i.office AS office, i.id AS item, i.open_cents AS open_cents,
           (SELECT coalesce(sum(s.open_cents), 0) FROM item s
            WHERE s.office = i.office AND s.main_item = i.id AND s.kind = 'receivable') AS side_cents
    FROM item i WHERE i.office = :office AND i.id IN ({numbers})"""
_CLAIMS = """
    SELECT {columns}, e.kind, e.day, e.until, e.ongoing, e.cents, e.relief, e.debtor
    FROM ({owed}) w JOIN item i ON i.office = w.office AND i.id = w.item
    LEFT JOIN party p ON p.id = i.party
    LEFT JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    LEFT JOIN item_facts f ON f.office = i.office AND f.item = i.id
    LEFT JOIN ({happened}) e ON e.office = w.office AND e.item = w.item
    ORDER BY i.office, i.id, e.day, e.number"""
_NOTED = """
    SELECT e.id, e.kind, e.day, e.until, e.ongoing, e.amount_cents, e.source, e.note, u.name, e.made_at, w.name,
           e.withdrawn_at, e.withdrawn_reason,
           (SELECT coalesce(p.legal_name, p.name) FROM party p WHERE p.id = e.debtor)
    FROM claim_event e LEFT JOIN app_user u ON u.id = e.made_by LEFT JOIN app_user w ON w.id = e.withdrawn_by
    WHERE e.office = :office AND e.item = :item ORDER BY e.day, e.id"""
Told = tuple[Claim, Happened]


def check_reader(store: Store, office: str | None) -> None:
    """Check that the user may look at limitation, in an office or in all; raises `NotAllowedError`."""
    check_office(store, office)
    require(store, office or kasse_office(store), *READERS)


def open_claims(store: Store, office: str | None = None) -> Iterator[Told]:
    """Yield every open main claim, or one with open side claims, with what happened; inside `snapshot` or a unit."""
    owed = _OWED.format(wanted="i.open_cents > 0")
    paid = f"{_PAID.format(first='', paid='AND i.open_cents > 0')} UNION ALL {_PAID.format(**_LONE)}"
    happened = f"{_EVENTS.format(events='')} UNION ALL {paid}"
    yield from _told(store.stream(_sql(owed, happened), office=office))


def claims_since(store: Store, first: dt.date, office: str | None = None) -> Iterator[Told]:
    """Yield the main claims that are open or were settled in any way after a day, with what happened and with that."""
    owed = _OWED.format(wanted=_LATER)
    happened = f"{_EVENTS.format(events='')} UNION ALL {_PAID.format(first='', paid='')} UNION ALL {_CLEARED}"
    yield from _told(store.stream(_sql(owed, happened), office=office, first=first.isoformat()))


def named_claims(store: Store, office: str, numbers: Sequence[int]) -> Iterator[Told]:
    """Yield items of one office as claims, with what happened to them."""
    named = ", ".join(str(int(number)) for number in numbers)
    of_events = f"AND e.office = :office AND e.item IN ({named})"
    of_paid = f"AND i.office = :office AND i.id IN ({named})"
    happened = f"{_EVENTS.format(events=of_events)} UNION ALL {_PAID.format(first='', paid=of_paid)}"
    yield from _told(store.rows(_sql(_NAMED.format(numbers=named), happened), office=office))


def _sql(owed: str, happened: str) -> str:
    return _CLAIMS.format(columns=_COLUMNS, owed=owed, happened=happened)


def _told(rows: Iterable[tuple[Any, ...]]) -> Iterator[Told]:
    for _, group in groupby(rows, key=lambda row: row[:2]):
        lines = list(group)
        head = lines[0][:WIDTH]
        claim = Claim(*head[:8], *(int(cents) for cents in head[8:11]), *head[11:])
        yield claim, _happened(lines) if lines[0][WIDTH] else NOTHING


def _happened(rows: Iterable[tuple[Any, ...]]) -> Happened:
    events, failed, cleared = [], set(), []
    debtors: dict[int, str] = {}
    whose: list[int | None] = []
    for row in rows:
        kind, day, until, ongoing, cents, relief, debtor = row[WIDTH:]
        if kind == "cleared":
            cleared.append((day, int(cents)))
            continue
        if kind == "debtor":
            debtors[debtor] = relief
            continue
        event = LimitationEvent(
            kind, dt.date.fromisoformat(day), dt.date.fromisoformat(until) if until else None,
            bool(ongoing) and not until, int(cents) if cents is not None else None,
        )  # fmt: skip
        events.append(event)
        whose.append(debtor)
        if relief == "failed":
            failed.add((kind, event.day))
    return Happened(tuple(events), frozenset(failed), tuple(cleared), _by_debtor(debtors, events, whose))


def _by_debtor(
    debtors: dict[int, str], events: Sequence[LimitationEvent], whose: Sequence[int | None]
) -> tuple[tuple[str, tuple[LimitationEvent, ...]], ...]:
    """Return what counts towards each of joint debtors, nothing where they all stand alike."""
    if not debtors or not any(whose):
        return ()
    names = {number: name if [*debtors.values()].count(name) == 1 else f"{name} ({number})"
             for number, name in sorted(debtors.items())}  # fmt: skip
    return tuple(
        (name, tuple(one for one, debtor in zip(events, whose, strict=True) if debtor in {None, number}))
        for number, name in names.items()
    )


class Ending:
    """Which claims end when, as numbers of eight bytes: a list of many claims, in the order of their ends."""

    def __init__(self, offices: Sequence[str]) -> None:
        self.offices = list(offices)
        self.packed = array("Q")

    def add(self, end: dt.date, office: str, item: int) -> None:
        """Keep a claim."""
        self.packed.append(end.toordinal() << 42 | self.offices.index(office) << 32 | item)

    def chunks(self) -> Iterator[tuple[str, list[int]]]:
        """Yield offices with some of their items, in the order of the ends."""
        for head, group in groupby(sorted(self.packed), key=lambda number: number >> 32):
            items = [number & 0xFFFFFFFF for number in group]
            for at in range(0, len(items), CHUNK):
                yield self.offices[head & 0x3FF], items[at : at + CHUNK]


def ending(store: Store) -> Ending:
    """Return an empty list of claims by their ends."""
    return Ending(office_codes(store))


def in_order(store: Store, book: Lawbook, listed: Ending) -> Iterator[tuple[Claim, Standing]]:
    """Yield the claims of a list in the order of their ends."""
    for office, items in listed.chunks():
        for claim, happened in named_claims(store, office, items):
            yield claim, book.standing(claim, happened)


def barred_since(
    store: Store, book: Lawbook, first: dt.date, day: dt.date, office: str | None = None
) -> Iterator[Barred]:
    """Yield what became time-barred since a day, and what has no known end; inside `snapshot` or a unit."""
    yield from barred(claims_since(store, first, office), book, first, day)


@dataclass(frozen=True, slots=True)
class NotedRow:
    """A legal event of a claim as the book has it, with who noted it and who withdrew it."""

    number: int
    kind: str
    day: str
    until: str | None
    ongoing: bool
    amount_cents: int | None
    source: str
    note: str | None
    made_by: str | None
    made_at: str
    withdrawn_by: str | None
    withdrawn_at: str | None
    withdrawn_reason: str | None
    debtor: str | None = None


def noted(store: Store, office: str, item: int) -> list[NotedRow]:
    """Return all legal events of a claim, withdrawn ones too."""
    rows = store.rows(_NOTED, office=office, item=item)
    return [NotedRow(*(*row[:4], bool(row[4]) and row[3] is None, *row[5:])) for row in rows]
