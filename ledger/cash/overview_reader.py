"""Cash desks and funds at a glance: what is in each, what is under way, when it was counted, what is late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.cash.desks import Desk, over_limit
from ledger.cash.desks_reader import balance, desks
from ledger.cash.settle_store import deadlines
from ledger.cash.transport_reader import late_transports
from ledger.store.engines import Store
from sepa.errors import KasseError

_UNDER_WAY = """
    SELECT coalesce(sum(cents), 0) FROM cash_transport
    WHERE state = 'under_way' AND ((desk = :desk AND kind IN ('deposit', 'cheques', 'transfer')) OR other = :desk)"""
_COUNTED_ON = "SELECT max(day) FROM cash_count WHERE desk = :desk AND confirmed_by IS NOT NULL"
_COUNTS = """
    SELECT c.number, c.day, c.expected_cents, c.counted_cents, c.counted_cents - c.expected_cents, c.item,
           coalesce(a.name, CAST(c.counted_by AS TEXT)), coalesce(b.name, CAST(c.confirmed_by AS TEXT)),
           coalesce(r.name, CAST(c.rejected_by AS TEXT))
    FROM cash_count c LEFT JOIN app_user a ON a.id = c.counted_by LEFT JOIN app_user b ON b.id = c.confirmed_by
    LEFT JOIN app_user r ON r.id = c.rejected_by
    WHERE c.desk = :desk ORDER BY c.number DESC LIMIT :limit"""


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A desk or fund in a list."""

    code: str
    kind: str
    name: str
    office: str
    account: str
    holder: str | None
    balance_cents: int
    under_way_cents: int
    limit_cents: int | None
    fixed_cents: int | None
    counted_on: str | None
    closed_on: str | None


@dataclass(frozen=True, slots=True)
class CountLine:
    """A count in a list, the latest first."""

    number: int
    day: str
    expected_cents: int
    counted_cents: int
    difference_cents: int
    case: int | None
    counted_by: str
    confirmed_by: str | None
    rejected_by: str | None


def overview(store: Store, *, every: bool = False) -> list[DeskLine]:
    """Return the desks and funds that are open today, or every one, with what is in them now."""
    return [_line(store, desk) for desk in desks(store, store.today, every=every)]


def concerns(store: Store) -> Iterator[KasseError]:
    """Yield what is late or too much: funds to be settled, cash under way for long, desks above their limit."""
    for desk in desks(store, store.today):
        yield from over_limit(desk, balance(store, desk))
        if desk.kind == "fund":
            yield from deadlines(store, desk, store.today)
    yield from late_transports(store, store.today)


def counts_of(store: Store, desk: Desk, limit: int = 10) -> list[CountLine]:
    """Return the last counts of a desk, the latest first."""
    return [CountLine(*row) for row in store.rows(_COUNTS, desk=desk.code, limit=limit)]


def _line(store: Store, desk: Desk) -> DeskLine:
    moving = int(store.value(_UNDER_WAY, desk=desk.code))
    counted = store.value(_COUNTED_ON, desk=desk.code)
    return DeskLine(
        desk.code, desk.kind, desk.name, desk.office, desk.account, desk.holder_name, balance(store, desk), moving,
        desk.limit_cents, desk.fixed_cents, counted, desk.closed_on,
    )  # fmt: skip
