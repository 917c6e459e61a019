"""What a run does to the books: payables become money in transit at its release, and come back where nothing left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ledger.book.entry import Draft, EntryKind, Posted, Posting
from ledger.book.store import account_with_role, post, setting
from ledger.book.transfer import across
from ledger.items.store import ClearingKind, NewClearing, clear, posting_for
from ledger.payments.gathering import counted
from ledger.payments.runs import Run
from ledger.store.engines import Store

_CHOSEN = """p.office = :office AND p.run = :run AND p.state <> 'discarded'
    AND (CAST(:file AS BIGINT) IS NULL OR p.file = :file) AND (CAST(:line AS BIGINT) IS NULL OR p.line = :line)"""
_SETTLED = f"""
    SELECT p.item_office, i.side, i.account, p.item, p.cents, p.discount_cents
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE {_CHOSEN} AND (:going = 1 OR p.state IN ('released', 'exported')) {{more}} ORDER BY p.item_office, p.line"""
_DISCOUNTED = f"""
    SELECT p.item_office, p.line, p.discount_cents, l.gl_account, l.amount_cents
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    LEFT JOIN cash_order_line l ON l.office = i.office AND l.order_id = i.order_id
    WHERE {_CHOSEN} AND p.discount_cents > 0 AND (:going = 1 OR p.state IN ('released', 'exported')) {{more}}
    ORDER BY p.item_office, p.line, l.line"""

_AFTER_ALL = "AND p.line IN (SELECT line FROM after_all)"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which payments of a run are meant: all, those of a file, or one."""

    file: int | None = None
    line: int | None = None


@dataclass(slots=True)
class _Books:
    """What the postings of one run are made of: lines by office, what they settle, their sum."""

    postings: dict[str, list[Posting]] = field(default_factory=lambda: defaultdict(list))
    settled: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    count: int = 0
    cents: int = 0


def post_release(
    store: Store, run: Run, day: str, message: str, step: Callable[[int], None] | None = None
) -> list[Posted]:
    """Post a run: each office's payables against the Kasse's money in transit, one entry for each office."""
    books = _gathered(store, run, Scope(), sign=1, step=step)
    assert books.cents == run.total_cents, "the list was checked against its sum"
    return _write(store, run, books, day=day, kind="run", clearing="run", text=message, payment_day=run.execution_day)


def take_back(store: Store, run: Run, scope: Scope, *, day: str, text: str) -> tuple[int, int, list[Posted]]:
    """Open the payables again that are in transit: what never left. Return count, cents and entries.

    Inside a unit of work, before the payments get their new state.
    """
    books = _gathered(store, run, scope, sign=-1)
    if not books.count:
        return 0, 0, []
    posted = _write(store, run, books, day=day, kind="return", clearing="reset", text=text, payment_day=day)
    return books.count, -books.cents, posted


def settle_again(store: Store, run: Run, *, day: str) -> list[Posted]:
    """Settle the items of payments that came back against money in transit once more; inside a unit.

    The temporary table `after_all` has their lines; they are still in the state that they came back in.
    """
    books = _gathered(store, run, Scope(), sign=1, more=_AFTER_ALL)
    text = f"{run.message_id}: executed after all"
    return _write(store, run, books, day=day, kind="execution", clearing="run", text=text, payment_day=day)


def _gathered(
    store: Store, run: Run, scope: Scope, *, sign: int, step: Callable[[int], None] | None = None, more: str = ""
) -> _Books:
    books = _Books()
    where: dict[str, str | int | None] = {
        "office": run.office,
        "run": run.number,
        "file": scope.file,
        "line": scope.line,
        "going": int(sign > 0),
    }
    for office, side, account, item, cents, discount in counted(
        store.stream(_SETTLED.format(more=more), **where), step
    ):
        whole = sign * (cents + discount)
        books.postings[office].append(posting_for(side, account, item, whole))
        books.settled[office].append((item, whole))
        books.count += 1
        books.cents += sign * cents
    for office, account, cents in _discounts(store, where, more):
        books.postings[office].append(Posting(account, -sign * cents))
    return books


def _discounts(store: Store, where: dict[str, str | int | None], more: str) -> Iterator[tuple[str, str, int]]:
    """Yield office, account and cents of every discount, spread over the coding of its order."""
    orders: defaultdict[tuple[str, int, int], list[tuple[str, int]]] = defaultdict(list)
    for office, line, discount, account, amount in store.rows(_DISCOUNTED.format(more=more), **where):
        orders[office, line, discount].append((account or setting(store, "default_account:payable"), amount or 1))
    for (office, _, discount), coding in orders.items():
        total, given = sum(amount for _, amount in coding), 0
        for account, amount in coding[:-1]:
            part = discount * amount // total
            given += part
            if part:
                yield office, account, part
        if discount - given:
            yield office, coding[-1][0], discount - given


def _write(
    store: Store,
    run: Run,
    books: _Books,
    *,
    day: str,
    kind: EntryKind,
    clearing: ClearingKind,
    text: str,
    payment_day: str,
) -> list[Posted]:
    transit = Posting(account_with_role(store, run.office, "transit_out"), -books.cents)
    books.postings[run.office].append(transit)
    drafts: list[Draft] = across(
        run.office, books.postings, kind=kind, posting_day=day, source=f"run:{run.number}", text=text, group=run.number
    )
    posted = post(store, drafts)
    places = {one.office: one.position for one in posted}
    clear(
        store,
        [
            NewClearing(office, clearing, places[office], day, payment_day, tuple(lines))
            for office, lines in sorted(books.settled.items())
        ],
    )
    return posted
