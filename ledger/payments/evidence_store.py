"""What `journal verify` asks of payment runs: their columns against their events."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from ledger.payments.run_evidence import COLUMNS, RunEvent, contradictions
from ledger.store.engines import Store

_PREFIX = "payment."
_RUNS = f"SELECT office, id, state, {', '.join(COLUMNS)} FROM payment_run ORDER BY office, id"
_EVENTS = """
    SELECT office, object, action, by, at, facts FROM event
    WHERE object >= 'run:' AND object < 'run;' AND action >= 'payment.' AND action < 'payment/'
    ORDER BY office, position"""


def run_contradictions(store: Store) -> Iterator[tuple[str, int, str, str, str]]:
    """Yield office and number of each run that contradicts its events, with column, content and what they say."""
    events: dict[tuple[str, str], list[RunEvent]] = defaultdict(list)
    for office, name, action, by, at, facts in store.rows(_EVENTS):
        known = {**json.loads(facts), "by": by, "at": at}
        events[office, name].append(RunEvent(action.removeprefix(_PREFIX), known))
    for office, number, state, *values in store.rows(_RUNS):
        own = events.get((office, f"run:{number}"), [])
        for column, held, expected in contradictions(state, dict(zip(COLUMNS, values, strict=True)), own):
            yield office, number, column, held, expected
