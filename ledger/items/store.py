"""Open items and their clearings in the book: made, settled, reset; the open amount is kept with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import count as counted
from operator import attrgetter, itemgetter
from typing import Literal, NamedTuple

from ledger.book.entry import Posting
from ledger.events.store import Fact
from ledger.items.item_seals import TOLD, ItemSeals
from ledger.items.item_seals_store import note_items
from ledger.store.counters import take_ids
from ledger.store.engines import Row, Store

ItemKind = Literal["receivable", "payable", "credit", "suspense", "advance"]
ClearingKind = Literal["bank", "assign", "run", "opening", "setoff", "reduction", "relief", "reset", "reversal", "cash"]
SIDES: dict[str, str] = {"receivable": "D", "payable": "C", "credit": "C", "suspense": "C", "advance": "D"}


@dataclass(frozen=True, slots=True)
class NewItem:
    """An open item to be written: `position` is the entry that made it, both amounts are positive cents."""

    office: str
    id: int
    kind: ItemKind
    account: str
    amount_cents: int
    due: str
    opened_on: str
    position: int
    party: int | None = None
    reference: str | None = None
    foreign_reference: bool = False
    order_id: int | None = None
    main_item: int | None = None
    claim_kind: str | None = None
    profile: str | None = None
    purpose: str | None = None
    bank_account: str | None = None
    original_due: str | None = None
    dunning_level: int = 0
    dunned_on: str | None = None
    paid_by: str | None = None


class NewClearing(NamedTuple):
    """A clearing to be written: which entry, which days, and (item, cents) lines; cents reduce what is open.

    A tuple, because a bank day makes them by the ten thousand.
    """

    office: str
    kind: ClearingKind
    position: int
    posting_day: str
    payment_day: str
    lines: tuple[tuple[int, int], ...]
    resets: int | None = None


def reserve_items(store: Store, office: str, count: int = 1) -> int:
    """Return the first of `count` fresh item numbers of the office."""
    return take_ids(store, office, "item", count)


_PLAIN = tuple(f.name for f in fields(NewItem))
ITEM_COLUMNS = (*_PLAIN, "side", "open_cents")
sealed_columns = itemgetter(*map(ITEM_COLUMNS.index, TOLD))
"""Returns of the row of an item what an event seals of it."""
_values = attrgetter(*_PLAIN)
_FOREIGN, _ORIGINAL_DUE = _PLAIN.index("foreign_reference"), _PLAIN.index("original_due")
_ORDER = _PLAIN.index("order_id")


def insert_items(store: Store, items: Sequence[NewItem], told: Mapping[str, Fact] | None = None) -> None:
    """Write new items, wholly open; an event seals those that no order made, and holds what else is `told` of them."""
    rows, seals = list(item_rows(items)), ItemSeals()
    store.insert("item", ITEM_COLUMNS, rows)
    for row in rows:
        if row[_ORDER] is None:
            seals.take_row(row[0], sealed_columns(row))
    note_items(store, seals.seals(), told)


def item_rows(items: Iterable[NewItem]) -> Iterator[Row]:
    """Yield new items as rows, wholly open."""
    return (_item_row(item) for item in items)


def _item_row(item: NewItem) -> Row:
    values = list(_values(item))
    values[_FOREIGN] = int(item.foreign_reference)
    values[_ORIGINAL_DUE] = item.original_due or item.due
    return (*values, SIDES[item.kind], item.amount_cents)


def posting_for(side: str, account: str, item: int, cents: int) -> Posting:
    """Return the posting that settles `cents` of an item on its control account (negative re-opens)."""
    return Posting(account, -cents if side == "D" else cents, item)


def opening_posting(side: str, account: str, item: int, cents: int) -> Posting:
    """Return the posting that makes an item on its control account."""
    return posting_for(side, account, item, -cents)


CLEARING_COLUMNS = ("office", "id", "kind", "position", "posting_day", "payment_day", "resets")
CLEARING_LINE_COLUMNS = ("office", "clearing", "line", "item", "cents")


class Numbered(NamedTuple):
    """Clearings with their numbers, as rows to be written: `first` is the lowest number of each office."""

    given: list[int]
    first: dict[str, int]
    heads: list[Row]
    lines: list[Row]


def clear(store: Store, clearings: Sequence[NewClearing]) -> list[int]:
    """Write clearings, take their cents off the items, and return their numbers in order.

    The caller has checked that no item is settled beyond what is open: the database refuses it.
    """
    given, first, heads, lines = number_clearings(store, clearings)
    store.insert("clearing", CLEARING_COLUMNS, heads)
    store.insert("clearing_line", CLEARING_LINE_COLUMNS, lines)
    take_off(store, first)
    return given


def number_clearings(store: Store, clearings: Sequence[NewClearing]) -> Numbered:
    """Give clearings their numbers."""
    wanted = Counter([clearing.office for clearing in clearings])
    first = {office: take_ids(store, office, "clearing", count) for office, count in sorted(wanted.items())}
    fresh = {office: counted(number) for office, number in first.items()}
    given: list[int] = []
    heads: list[Row] = []
    lines: list[Row] = []
    for office, kind, position, posting_day, payment_day, cleared, resets in clearings:
        number = next(fresh[office])
        given.append(number)
        heads.append((office, number, kind, position, posting_day, payment_day, resets))
        lines += [(office, number, line, item, cents) for line, (item, cents) in enumerate(cleared, 1)]
    return Numbered(given, first, heads, lines)


def take_off(store: Store, first: Mapping[str, int]) -> None:
    """Take off the items what the clearings of each office settle, from the first of these numbers on."""
    for office, start in sorted(first.items()):
        store.update_or_fail(_TAKE_OFF, office=office, start=start)


_TAKE_OFF = """
    UPDATE item SET open_cents = open_cents - taken.cents
    FROM (SELECT min(item) AS item, sum(cents) AS cents FROM clearing_line
          WHERE office = :office AND clearing >= :start GROUP BY +item) AS taken
    WHERE item.office = :office AND item.id = taken.item"""
"""The sign keeps the index by item out, which holds the clearings of all years."""
