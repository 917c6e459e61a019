"""What becomes of staged bank entries: decided by this process, or beside it where a day is large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from ledger.bank.ladder import decide, paid_at_once
from ledger.bank.match_store import Candidates, Scope, candidates, drop, gather, waiting
from ledger.bank.matching import Decision, Running
from ledger.bank.outcome import Outcome
from ledger.bank.rules_store import bank_rules
from ledger.bank.rungs import Data
from ledger.bank.settled import Short, paid, short_of
from ledger.book.store import kasse_office
from ledger.items.settlement import Order
from ledger.payments.collection_policy_store import policy_of
from ledger.store.access import connect
from ledger.store.beside import OPENED, beside, opened
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store

LARGE = 20_000
"""From so many staged entries on a second process is worth its start."""
Orders = Mapping[str, Order] | None
Decided = list[Short | Decision]


@contextmanager
def decided(store: Store, scope: Scope, orders: Orders) -> Iterator[Iterator[Decided | Outcome]]:
    """Yield what becomes of the staged entries of the scope, chunk by chunk in bank order, and at last the outcome.

    Inside a unit of work that holds all offices. While a chunk is posted the candidates of the next are known already;
    what earlier chunks used up is remembered, not read.
    """
    if not store.as_committed or waiting(store, scope, LARGE) < LARGE:
        yield _decided(store, scope, orders)
        return
    with beside(decided_there, store.book, store.now, store.user, scope, orders) as answers:
        found = opened(answers)
        yield _decided(store, scope, orders) if found is None else map(_unpacked, found)


def _decided(store: Store, scope: Scope, orders: Orders) -> Iterator[Decided | Outcome]:
    outcome = Outcome(entries=gather(store, scope))
    if outcome.entries:
        running, data = Running(), matching_data(store, orders)
        chunks = candidates(store, outcome.entries)
        chunk = next(chunks, None)
        while chunk is not None:
            found = [_decide(one, running, data, outcome) for one in chunk]
            chunk = next(chunks, None)
            yield found
    yield outcome
    drop(store)


def _decide(one: Candidates, running: Running, data: Data, outcome: Outcome) -> Short | Decision:
    entry, named, found, parts = one
    target = None if parts or found else paid_at_once(entry, named, running, data)
    if target is not None:
        running.settle(target)
        outcome.count_settled(entry)
        return paid(entry, target)
    decision = decide(one.cases(), running, data)
    outcome.count(decision)
    return short_of(decision) or decision


def matching_data(store: Store, orders: Orders) -> Data:
    """Return what the rungs decide by besides candidates."""
    own = frozenset(iban for (iban,) in store.rows("SELECT iban FROM bank_account"))
    return Data(tuple(bank_rules(store)), orders, own, kasse_office(store), policy_of(store))


def decided_there(location: str, now: str, user: int, scope: Scope, orders: Orders) -> Iterator[Any]:
    """Yield `OPENED`, then what `decided` yields, packed: the other process holds the offices, and writes."""
    store = connect(location, now=now, salt=bytes)
    store.user = user
    try:
        with without_collector(), store.snapshot(scratch=True):
            yield OPENED
            for one in _decided(store, scope, orders):
                yield _packed(one)
    finally:
        store.close()


_SHORT: Callable[[Row], Short] = partial(tuple.__new__, Short)


def _packed(chunk: Decided | Outcome) -> list[Row | Decision] | Outcome:
    """Return a chunk without the name of its class for each entry, which takes longer to write than the entry."""
    if isinstance(chunk, Outcome):
        return chunk
    return [tuple(one) if isinstance(one, Short) else one for one in chunk]


def _unpacked(chunk: list[Row | Decision] | Outcome) -> Decided | Outcome:
    if isinstance(chunk, Outcome):
        return chunk
    return [one if isinstance(one, Decision) else _SHORT(one) for one in chunk]
