"""What `journal verify` asks of runs: their columns against their events, transit against what is under way."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from ledger.payments.run_evidence import (
    COLUMNS,
    CollectionEvidenceError,
    RunEvent,
    TransitError,
    contradictions,
)
from ledger.store.engines import Store
from sepa.errors import KasseError

_RUNS = f"SELECT office, id, state, {', '.join(COLUMNS)} FROM {{table}} ORDER BY office, id"
_EVENTS = """
    SELECT office, object, action, by, at, facts FROM event
    WHERE object >= '{object}:' AND object < '{object};' AND action >= '{word}.' AND action < '{word}/'
    ORDER BY office, position"""
_TRANSIT = """
    SELECT a.office, a.number, coalesce(b.cents, 0), {sign} * coalesce(u.cents, 0) FROM account a
    LEFT JOIN (SELECT office, account, sum(debit_cents - credit_cents) AS cents FROM month_balance
               GROUP BY office, account) b ON b.office = a.office AND b.account = a.number
    LEFT JOIN ({under_way}) u ON u.office = a.office
    WHERE a.role = '{role}' AND coalesce(b.cents, 0) <> {sign} * coalesce(u.cents, 0)
    ORDER BY a.office, a.number"""
_PAYMENTS = "SELECT office, sum(cents) AS cents FROM payment WHERE state IN ('released', 'exported') GROUP BY office"
_COLLECTIONS = """
    SELECT office, sum(cents) AS cents FROM collection
    WHERE credit_entry IS NULL AND state IN ('released', 'exported', 'collected', 'returned', 'reversed')
    GROUP BY office"""


def run_contradictions(store: Store) -> Iterator[tuple[str, int, str, str, str]]:
    """Yield office and number of each run that contradicts its events, with column, content and what they say."""
    return _contradictions(store, "payment_run", "run", "payment")


def further_findings(store: Store) -> Iterator[KasseError]:
    """Yield what is wrong with collection runs, and with money in transit both ways."""
    for office, run, column, held, expected in _contradictions(store, "collection_run", "collection_run", "collection"):
        yield CollectionEvidenceError(office=office, run=run, column=column, held=held, expected=expected)
    for role, sign, under_way, what in (
        ("transit_out", -1, _PAYMENTS, "payments"),
        ("transit_in", 1, _COLLECTIONS, "collections"),
    ):
        for office, account, held_cents, expected_cents in store.rows(
            _TRANSIT.format(role=role, sign=sign, under_way=under_way)
        ):
            yield TransitError(
                office=office,
                account=account,
                held_cents=int(held_cents),
                expected_cents=int(expected_cents),
                what=what,
            )


def _contradictions(store: Store, table: str, name: str, word: str) -> Iterator[tuple[str, int, str, str, str]]:
    events: dict[tuple[str, str], list[RunEvent]] = defaultdict(list)
    for office, about, action, by, at, facts in store.rows(_EVENTS.format(object=name, word=word)):
        known = {**json.loads(facts), "by": by, "at": at}
        events[office, about].append(RunEvent(action.removeprefix(f"{word}."), known))
    for office, number, state, *values in store.rows(_RUNS.format(table=table)):
        own = events.get((office, f"{name}:{number}"), [])
        for column, held, expected in contradictions(state, dict(zip(COLUMNS, values, strict=True)), own):
            yield office, number, column, held, expected
