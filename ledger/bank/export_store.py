"""Which movements were handed to the leading finance system already: the cursor of the last export is an event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ledger.bank.movements import read_cursor, written_cursor
from ledger.bank.movements_reader import check_cursor, heads_of
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.engines import Store

_ACTION, _OBJECT = "reconcile.export", "export:reconcile"
_LAST = """
    SELECT facts FROM event WHERE object = :object AND office = :office ORDER BY position DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Span:
    """What an export holds: everything behind one cursor up to another."""

    after: dict[str, int]
    until: dict[str, int]


@contextmanager
def next_export(store: Store, name: str) -> Iterator[Span]:
    """Give the span of the next export and note it once the file is written.

    The file must appear inside, as the last act: where it fails nothing is noted, and where the process dies between,
    the next export holds the same rows again, under the same office, position and line. Raises `NotAllowedError`.
    """
    office = kasse_office(store)
    require(store, office, "clerk", "machine")
    with store.unit(office_codes(store)):
        span = Span(last_export(store), heads_of(store, office_codes(store)))
        check_cursor(span.after, span.until)
        yield span
        facts = {"cursor": written_cursor(span.until), "since": written_cursor(span.after)}
        record(store, office, _ACTION, _OBJECT, facts, {"name": name})


def last_export(store: Store) -> dict[str, int]:
    """Return up to where the last export went."""
    facts = store.value(_LAST, office=kasse_office(store), object=_OBJECT)
    return {} if facts is None else read_cursor(str(json.loads(facts)["cursor"]))
