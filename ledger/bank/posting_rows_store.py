"""What matching and posting writes, as rows: computed by this process, or beside it where a day is large."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import shake_256
from itertools import count
from typing import NamedTuple

from ledger.bank.ladder import decide, paid_at_once
from ledger.bank.match_store import Candidates, Scope, candidates, drop, gather, waiting
from ledger.bank.matching import Decision, ItemKey, Paid, Running, Share, Staged
from ledger.bank.outcome import LatePostingError, Outcome
from ledger.bank.posting import CASE_COLUMNS, MATCH_COLUMNS, Plan, Records, fresh_items, note, plan
from ledger.bank.rules_store import bank_rules
from ledger.bank.rungs import Data
from ledger.bank.settled_store import entries_of, keep_unclear, settle, settle_share, single
from ledger.book.store import Chain, Poster, Rows, account_with_role, kasse_office, office_codes
from ledger.items.kassenzeichen import active_schemes
from ledger.items.settlement import Order
from ledger.items.store import (
    CLEARING_COLUMNS,
    CLEARING_LINE_COLUMNS,
    ITEM_COLUMNS,
    NewClearing,
    item_rows,
    number_clearings,
    reserve_items,
)
from ledger.payments.collection_policy_store import policy_of
from ledger.store.access import connect
from ledger.store.beside import OPENED, beside, opened
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store

LARGE = 20_000
"""From so many staged entries on a second process is worth its start."""
SEED_BYTES = 32
Orders = Mapping[str, Order] | None
Batch = list[Rows]


class Rest(NamedTuple):
    """What is left to do when all rows are written: heads, items settled from which clearing on, marks, counters."""

    outcome: Outcome
    chains: dict[str, Chain]
    first: dict[str, int]
    credits: list[ItemKey]
    runs: list[Row]
    effects: dict[str, list[Row]]
    counted: dict[tuple[str, str], int]


Numbered = list[tuple[str, int, int, int]]


@contextmanager
def computed(store: Store, scope: Scope, orders: Orders) -> Iterator[Iterator[Batch | Rest]]:
    """Yield the rows of the staged entries of the scope, batch by batch, and at last what is left to do.

    Nothing is yielded where there are none. Inside a unit of work that holds all offices.
    """
    if not store.as_committed or waiting(store, scope, LARGE) < LARGE:
        yield _computed(store, scope, orders)
        return
    what = store.book, store.now, store.user, store.salt(SEED_BYTES), scope, orders
    with beside(computed_there, *what) as answers:
        found = opened(answers)
        yield _computed(store, scope, orders) if found is None else _taken(store, found)


def _computed(store: Store, scope: Scope, orders: Orders) -> Iterator[Batch | Rest]:
    outcome = Outcome(entries=gather(store, scope))
    if outcome.entries:
        matched = _Matched(store, outcome, matching_data(store, orders))
        yield from matched.batches(candidates(store, outcome.entries))
        yield matched.rest()
    drop(store)


def _taken(store: Store, found: Iterator[tuple[Batch, Numbered] | Rest]) -> Iterator[Batch | Rest]:
    """Yield what another process computed; the numbers it gave are known here before they are written."""
    for one in found:
        if isinstance(one, Rest):
            yield one
        else:
            store.numbered += one[1]
            yield one[0]


def computed_there(
    location: str, now: str, user: int, seed: bytes, scope: Scope, orders: Orders
) -> Iterator[tuple[Batch, Numbered] | Rest | str]:
    """Yield `OPENED`, then the rows with the numbers of entries: another process holds the offices, and writes."""
    store = connect(location, now=now, salt=_Drawn(seed))
    store.user, store.counted = user, {}
    try:
        with without_collector(), store.snapshot(scratch=True):
            store.locked = office_codes(store)
            yield OPENED
            for one in _computed(store, scope, orders):
                if isinstance(one, Rest):
                    yield one
                    continue
                taken, store.numbered = store.numbered, []
                yield [Rows(name, columns, list(rows)) for name, columns, rows in one], taken
    finally:
        store.close()


class _Drawn:
    """Draws salts from a random seed, so that the other process needs no source of chance."""

    def __init__(self, seed: bytes) -> None:
        self.seed = seed
        self.drawn = 0

    def __call__(self, size: int) -> bytes:
        """Return so many bytes, never the same again."""
        self.drawn += 1
        return shake_256(self.seed + self.drawn.to_bytes(8, "big")).digest(size)


def matching_data(store: Store, orders: Orders) -> Data:
    """Return what the rungs decide by besides candidates."""
    own = frozenset(iban for (iban,) in store.rows("SELECT iban FROM bank_account"))
    rules, schemes = tuple(bank_rules(store)), active_schemes(store)
    return Data(rules, orders, own, kasse_office(store), policy_of(store), schemes)


class Way(NamedTuple):
    """How an entry is posted: with how many entries, by the only share with the number of its item, or by a plan."""

    entries: int
    share: Share | None = None
    item: int | None = None
    plan: Plan | None = None


_AT_HOME, _ACROSS = Way(1), Way(2)


class _Matched:
    """Decides chunk after chunk and remembers between them what is used up, and which accounts have which role."""

    def __init__(self, store: Store, outcome: Outcome, data: Data) -> None:
        self.store = store
        self.outcome = outcome
        self.data = data
        self.running = Running()
        self.poster = Poster(store, earlier=True)
        self.closed = str(store.value("SELECT max(last_day) FROM closing") or "")
        self.accounts: dict[tuple[str, str], str] = {}
        self.credits: list[ItemKey] = []
        self.clearings: list[NewClearing] = []
        self.first: dict[str, int] = {}
        self.runs: list[Row] = []
        self.effects: dict[str, list[Row]] = {}

    def batches(self, chunks: Iterator[Sequence[Candidates]]) -> Iterator[Batch]:
        """Yield what is to be written, chunk by chunk: rows of one may be written while the next is computed.

        Between the two the book is asked for what both need: fresh numbers, and the candidates after that.
        """
        rows: list[Rows] = []
        chunk = next(chunks, None)
        while chunk is not None:
            decided = [self._decide(one) for one in chunk]
            numbers = self._numbers([one for one in decided if isinstance(one, Decision)])
            chunk = next(chunks, None)
            yield self._with_clearings(rows)
            rows = self._post(decided, numbers)
        yield self._with_clearings(rows)

    def _post(self, decided: Sequence[Decision | Paid], numbers: Mapping[str, Iterator[int]]) -> list[Rows]:
        """Post what was decided and return the rows of it."""
        ways = [self._way(one, numbers) for one in decided]
        self.poster.expect(sum([way.entries for way in ways]))
        records, closed = Records(), self.closed
        for one, way in zip(decided, ways, strict=True):
            entry = one[0]
            day = entry.bank_day if entry.bank_day > closed else self.posting_day(entry.bank_day)
            if isinstance(one, Paid):
                settle(self.poster, records, one, day)
                self.outcome.count_settled(entry)
            else:
                self._post_decision(records, one, way, day)
                self.outcome.count(one)
            if day != entry.bank_day:
                self._note_late(entry, day)
        return [*self.poster.take(), *self._keep(records)]

    def _way(self, one: Decision | Paid, numbers: Mapping[str, Iterator[int]]) -> Way:
        """Return how an entry is posted: the short way with the number of its item, or as planned."""
        if isinstance(one, Paid):
            return _AT_HOME if one.entry.office == one.target.office else _ACROSS
        share = single(one)
        if share is None:
            planned = self._plan(one, numbers)
            return Way(len(planned.drafts), plan=planned)
        if share.act == "clarify":
            return Way(1, share, next(numbers[one.entry.office]))
        return Way(entries_of(one.entry, share.target), share)

    def _post_decision(self, records: Records, one: Decision, way: Way, day: str) -> None:
        share = way.share
        if share is None:
            assert way.plan is not None, "what is not posted the short way is planned"
            self._post_plan(records, way.plan, day)
        elif way.item is None:
            settle_share(self.poster, records, one.entry, share, day)
        else:
            keep_unclear(self.poster, records, one.entry, share, way.item, day, self.role)

    def _decide(self, one: Candidates) -> Decision | Paid:
        entry, named, found, parts = one
        target = None if parts or found else paid_at_once(entry, named, self.running, self.data)
        if target is None:
            return decide(one.cases(), self.running, self.data)
        self.running.settle(target)
        return Paid(entry, target)

    def _plan(self, decision: Decision, numbers: Mapping[str, Iterator[int]]) -> Plan:
        day = self.posting_day(decision.entry.bank_day)
        return plan(decision, day, self.role, lambda office: next(numbers[office]))

    def _post_plan(self, records: Records, each: Plan, day: str) -> None:
        posted = [self.poster.draft(draft) for draft in each.drafts]
        note(records, each, {one.office: one.position for one in posted}, day)

    def posting_day(self, bank_day: str) -> str:
        """Return the day an entry is posted on: its own, or the first open one."""
        if bank_day > self.closed:
            return bank_day
        return (dt.date.fromisoformat(self.closed) + dt.timedelta(days=1)).isoformat()

    def role(self, office: str, role: str) -> str:
        """Return the number of the office's account with that role."""
        if role == "kasse":
            return self.data.kasse
        found = self.accounts.get((office, role))
        if found is None:
            found = self.accounts[office, role] = account_with_role(self.store, office, role)
        return found

    def _numbers(self, decisions: Sequence[Decision]) -> Mapping[str, Iterator[int]]:
        wanted = Counter(office for decision in decisions for office in fresh_items(decision))
        return {office: count(reserve_items(self.store, office, n)) for office, n in sorted(wanted.items())}

    def _with_clearings(self, rows: list[Rows]) -> Batch:
        """Return rows with those of the clearings so far, which get their numbers."""
        found = number_clearings(self.store, self.clearings)
        self.clearings = []
        self.first = {**found.first, **self.first}
        heads = Rows("clearing", CLEARING_COLUMNS, found.heads)
        return [*rows, heads, Rows("clearing_line", CLEARING_LINE_COLUMNS, found.lines)]

    def _note_late(self, entry: Staged, day: str) -> None:
        self.outcome.late += 1
        self.outcome.findings.append(
            LatePostingError(
                entry=f"{entry.office}-{day[:4]}-{self.poster.last_number(entry.office, day[:4])}",
                iban=entry.iban,
                amount_cents=entry.amount_cents,
                bank_day=entry.bank_day,
                posting_day=day,
            )
        )

    def _keep(self, records: Records) -> list[Rows]:
        """Keep what is done at the end, and return the rows that are written beside the entries."""
        self.credits += [(item.office, item.id) for item in records.items if item.kind == "credit"]
        self.clearings += records.clearings
        self.runs += records.runs
        for name, rows in records.effects.items():
            self.effects.setdefault(name, []).extend(rows)
        return [
            Rows("item", ITEM_COLUMNS, item_rows(records.items)),
            Rows("bank_match", MATCH_COLUMNS, records.matches),
            Rows("suspense_case", CASE_COLUMNS, records.cases),
            Rows("match_posted", ("office", "id", "position"), records.posted),
            Rows("match_paid", ("office", "run", "number", "bank_office", "bank_entry"), records.payments),
        ]

    def rest(self) -> Rest:
        """Return what is left to do when all rows are written."""
        return Rest(
            self.outcome, self.poster.chains, self.first, self.credits, self.runs, self.effects,
            self.store.counted or {},
        )  # fmt: skip
