"""Matching and posting what is staged, as one unit of work: whole or absent."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import count
from typing import NamedTuple

from ledger.bank.effects_store import apply_effects
from ledger.bank.executed_store import execute_runs
from ledger.bank.ladder import decide, paid_at_once
from ledger.bank.match_store import Candidates, Scope, candidates, drop, gather
from ledger.bank.matching import Decision, ItemKey, Paid, Running, Share, Staged
from ledger.bank.outcome import COUNTED, LatePostingError, Outcome
from ledger.bank.overpaid_store import still_owing
from ledger.bank.posting import CASE_COLUMNS, MATCH_COLUMNS, Plan, Records, fresh_items, note, plan
from ledger.bank.rules_store import bank_rules
from ledger.bank.rungs import Data
from ledger.bank.settled_store import entries_of, keep_unclear, settle, settle_share, single
from ledger.book.store import Poster, Rows, account_with_role, insert_all, kasse_office, office_codes
from ledger.events.store import record
from ledger.items.settlement import Order
from ledger.items.store import (
    CLEARING_COLUMNS,
    CLEARING_LINE_COLUMNS,
    ITEM_COLUMNS,
    NewClearing,
    item_rows,
    number_clearings,
    reserve_items,
    take_off,
)
from ledger.payments.collection_policy_store import policy_of
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store

EVERYTHING = Scope()


def post_staged(store: Store, scope: Scope = EVERYTHING, *, orders: Mapping[str, Order] | None = None) -> Outcome:
    """Match and post the staged entries of the scope, all in one unit of work, and return what became of them.

    `orders` are the settlement orders by profile (default: those that come with kasse). Raises `NotAllowedError`.
    """
    require(store, kasse_office(store), "clerk", "machine")
    outcome = Outcome()
    with store.unit(office_codes(store)):
        post_in_unit(store, scope, outcome, orders)
    return outcome


def post_in_unit(store: Store, scope: Scope, outcome: Outcome, orders: Mapping[str, Order] | None = None) -> None:
    """Match and post the staged entries of the scope; inside a unit of work that holds all offices."""
    with without_collector():
        found = gather(store, scope)
        outcome.entries = found
        if found:
            matched = _Matched(store, outcome, matching_data(store, orders))
            matched.post(candidates(store, found))
            matched.finish()
            _note_event(store, scope, outcome)
        drop(store)


def matching_data(store: Store, orders: Mapping[str, Order] | None) -> Data:
    """Return what the rungs decide by besides candidates."""
    own = frozenset(iban for (iban,) in store.rows("SELECT iban FROM bank_account"))
    return Data(tuple(bank_rules(store)), orders, own, kasse_office(store), policy_of(store))


class Way(NamedTuple):
    """How an entry is posted: with how many entries, by the only share with the number of its item, or by a plan."""

    entries: int
    share: Share | None = None
    item: int | None = None
    plan: Plan | None = None


_AT_HOME, _ACROSS = Way(1), Way(2)


class _Matched:
    """Posts chunk after chunk and remembers between them what is used up, and which accounts have which role."""

    def __init__(self, store: Store, outcome: Outcome, data: Data) -> None:
        self.store = store
        self.outcome = outcome
        self.data = data
        self.running = Running()
        self.poster = Poster(store)
        self.closed = str(store.value("SELECT max(last_day) FROM closing") or "")
        self.accounts: dict[tuple[str, str], str] = {}
        self.credits: list[ItemKey] = []
        self.clearings: list[NewClearing] = []
        self.first: dict[str, int] = {}
        self.runs: list[Row] = []
        self.effects: dict[str, list[Row]] = {}
        for name, columns in _TABLES.items():
            store.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")

    def post(self, chunks: Iterator[Sequence[Candidates]]) -> None:
        """Decide, post and write down the entries: the rows of one chunk are written while the next is computed.

        Between the two the book is asked for what both need: fresh numbers, and the candidates after that.
        """
        rows: list[Rows] = []
        chunk = next(chunks, None)
        while chunk is not None:
            decided = [self._decide(one) for one in chunk]
            numbers = self._numbers([one for one in decided if isinstance(one, Decision)])
            chunk = next(chunks, None)
            self.store.behind.start(partial(_write, self.store, [*rows, *self._clearings()]))
            rows = self._post(decided, numbers)
        _write(self.store, [*rows, *self._clearings()])

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

    def _clearings(self) -> list[Rows]:
        """Return the rows of the clearings so far, with their numbers."""
        found = number_clearings(self.store, self.clearings)
        self.clearings = []
        self.first = {**found.first, **self.first}
        heads = Rows("clearing", CLEARING_COLUMNS, found.heads)
        return [heads, Rows("clearing_line", CLEARING_LINE_COLUMNS, found.lines)]

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

    def finish(self) -> None:
        """Take off what was settled, in one pass over the items, and mark payments as executed."""
        self.poster.finish()
        take_off(self.store, self.first)
        self.outcome.findings += still_owing(self.store, self.credits, self.store.today)
        touched = set(self.store.rows("SELECT DISTINCT office, run FROM match_paid"))
        self.store.execute(_MARK_PAID)
        execute_runs(self.store, self.runs, touched)
        apply_effects(self.store, self.effects)
        for name in _TABLES:
            self.store.execute(f"DROP TABLE {name}")


def _write(store: Store, rows: Sequence[Rows]) -> None:
    """Write the rows of a chunk and mark its bank entries as posted."""
    insert_all(store, rows)
    store.execute(_MARK_POSTED)
    store.execute("DELETE FROM match_posted")


_TABLES = {
    "match_posted": "office TEXT, id BIGINT, position BIGINT",
    "match_paid": "office TEXT, run BIGINT, number BIGINT, bank_office TEXT, bank_entry BIGINT",
}
_MARK_POSTED = """
    UPDATE bank_entry SET state = 'posted', position = m.position
    FROM match_posted m WHERE bank_entry.office = m.office AND bank_entry.id = m.id"""
_MARK_PAID = """
    UPDATE payment SET state = 'executed', active = 0, bank_office = m.bank_office, bank_entry = m.bank_entry
    FROM match_paid m WHERE payment.office = m.office AND payment.run = m.run AND payment.line = m.number"""


def _note_event(store: Store, scope: Scope, outcome: Outcome) -> None:
    """Record one event for the unit of work: what was posted, in counts and sums."""
    facts = {name: getattr(outcome, name) for name in COUNTED}
    facts |= {"credit_cents": outcome.credit_cents, "debit_cents": outcome.debit_cents}
    what = f"file:{scope.file_sha256}" if scope.file_sha256 else f"account:{scope.iban}" if scope.iban else None
    record(store, kasse_office(store), "bank.post", what, facts)
