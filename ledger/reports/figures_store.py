"""Key figures (Kennzahlen) of the Kasse as of a day: each one a count and a sum by one named query."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.reports.items_store import as_of
from ledger.store.engines import Store
from sepa.errors import N_


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: a number of things, their sum in cents (None where money says nothing), a share in per mille."""

    name: str
    count: int
    sum_cents: int | None = None
    share_permille: int | None = None


NAMES = (
    N_("receivables open"),
    N_("of these overdue"),
    N_("of these overdue by more than a year"),
    N_("payables open"),
    N_("of these past due"),
    N_("credits open"),
    N_("money received and unclear"),
    N_("of these older than 30 days"),
    N_("money paid out and unclear"),
    N_("bank entries"),
    N_("matched without a person"),
    N_("payments sent"),
    N_("payments returned"),
    N_("orders accepted"),
    N_("orders objected"),
    N_("entries posted"),
    N_("entries reversed"),
)
_OPEN = "SELECT count(*), coalesce(sum({{open}}), 0) FROM item i {{later}} WHERE {{open}} > 0 {{wanted}} {more}"
_STANDING = (
    (NAMES[0], "receivable", ""),
    (NAMES[1], "receivable", "AND i.due < '{day}'"),
    (NAMES[2], "receivable", "AND i.due < '{year_ago}'"),
    (NAMES[3], "payable", ""),
    (NAMES[4], "payable", "AND i.due < '{day}'"),
    (NAMES[5], "credit", ""),
    (NAMES[6], "suspense", ""),
    (NAMES[7], "suspense", "AND i.due < '{month_ago}'"),
    (NAMES[8], "advance", ""),
)
_ENTRIES = "SELECT count(*), coalesce(sum(abs(amount_cents)), 0) FROM bank_entry WHERE {days}"
_MATCHED = """
    SELECT count(*), coalesce(sum(abs(e.amount_cents)), 0) FROM bank_entry e WHERE {days} AND e.state = 'posted'
    AND NOT EXISTS (SELECT 1 FROM bank_match m WHERE m.office = e.office AND m.entry = e.id
                    AND m.rule IN ('clarify', 'assigned'))
    AND NOT EXISTS (SELECT 1 FROM suspense_case s WHERE s.office = e.office AND s.entry = e.id)"""
_STEPS = """
    SELECT facts FROM event WHERE action = :action AND substr(at, 1, 10) >= :first AND substr(at, 1, 10) <= :day"""
_SENT = """
    SELECT count(*), coalesce(sum(p.cents), 0) FROM payment p JOIN payment_run r ON r.office = p.office AND r.id = p.run
    WHERE r.execution_day >= :first AND r.execution_day <= :day AND p.state IN {states}"""
_POSTED = """
    SELECT count(*) FROM office o CROSS JOIN entry e
    WHERE e.office = o.code AND e.posting_day >= :first AND e.posting_day <= :day"""


def key_figures(store: Store, first: str, day: str) -> tuple[Figure, ...]:
    """Return what stands at the end of `day`, and what happened from `first` to `day`, both included."""
    with store.snapshot():
        return (*_standing(store, day), *_happened(store, first, day))


def _standing(store: Store, day: str) -> list[Figure]:
    here = date.fromisoformat(day)
    days = {"day": day, "year_ago": _before(here, 365), "month_ago": _before(here, 30)}
    found: list[Figure] = []
    whole: dict[str, int] = {}
    for name, kind, more in _STANDING:
        sql, values = as_of(store, _OPEN.format(more=more.format(**days)), day, None, kind)
        row = store.one(sql, **values)
        assert row is not None, "an aggregate has a row"
        count, cents = int(row[0]), int(row[1])
        share = _permille(cents, whole[kind]) if more else None
        whole.setdefault(kind, cents)
        found.append(Figure(name, count, cents, share))
    return found


def _happened(store: Store, first: str, day: str) -> list[Figure]:
    where = {"first": first, "day": day}
    days = "bank_day >= :first AND bank_day <= :day"
    entries = _pair(store, _ENTRIES.format(days=days), where)
    matched = _pair(store, _MATCHED.format(days=days), where)
    sent = _pair(store, _SENT.format(states="('released', 'exported', 'executed', 'returned')"), where)
    returned = _pair(store, _SENT.format(states="('returned', 'returned')"), where)
    events = [_steps(store, action, where) for action in ("order.accept", "order.object")]
    posted = int(store.value(_POSTED, **where))
    reversed_ = int(store.value(f"{_POSTED} AND e.reverses IS NOT NULL", **where))
    return [
        Figure(NAMES[9], *entries),
        Figure(NAMES[10], *matched, _permille(matched[0], entries[0])),
        Figure(NAMES[11], *sent),
        Figure(NAMES[12], *returned, _permille(returned[0], sent[0])),
        Figure(NAMES[13], events[0]),
        Figure(NAMES[14], events[1], None, _permille(events[1], sum(events))),
        Figure(NAMES[15], posted),
        Figure(NAMES[16], reversed_, None, _permille(reversed_, posted)),
    ]


def _pair(store: Store, sql: str, where: dict[str, str]) -> tuple[int, int]:
    row = store.one(sql, **where)
    assert row is not None, "an aggregate has a row"
    return int(row[0]), int(row[1])


def _steps(store: Store, action: str, where: dict[str, str]) -> int:
    """Return on how many orders the step was taken: one event may stand for a whole batch."""
    return sum(int(json.loads(facts).get("count", 1)) for (facts,) in store.rows(_STEPS, action=action, **where))


def _before(day: date, days: int) -> str:
    return (day - timedelta(days=days)).isoformat()


def _permille(part: int, whole: int) -> int | None:
    return (2000 * part + whole) // (2 * whole) if whole else None
