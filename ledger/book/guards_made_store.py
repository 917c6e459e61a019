"""Which version of kasse made the guards of a book: noted in the event log, so that another version is no damage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256

from ledger.book.chain import RS, US
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.store import guards_postgres, guards_sqlite
from ledger.store.engines import Store

VERSION = "0.1.0"
"""The version of kasse that makes guards; a test compares it with that of the program."""
_NOTED = """
    SELECT at, facts FROM event
    WHERE action IN ('book.create', 'book.guards', 'book.restore', 'db.upgrade') AND facts LIKE '%"guards"%'
    ORDER BY at DESC, position DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Made:
    """Who made the guards as they stand: the version of kasse, and when."""

    version: str
    at: str


def fingerprint(store: Store) -> str:
    """Return the hash over all guards as they stand in the database."""
    read = guards_sqlite.standing if store.engine.name == "sqlite" else guards_postgres.standing
    lines = [f"{name}{US}{text}" for name, text in sorted(read(store).items())]
    return sha256(RS.join(lines).encode()).hexdigest()


def guard_facts(store: Store) -> dict[str, Fact]:
    """Return what the event says by which guards are made: their fingerprint and the version of kasse."""
    return {"guards": fingerprint(store), "version": VERSION}


def note_guards(store: Store) -> None:
    """Note that this version of kasse made the guards anew; inside a unit of work that holds the Kasse's office.

    Whoever upgrades a book calls it after the guards are installed.
    """
    record(store, kasse_office(store), "book.guards", None, guard_facts(store))


def made_by(store: Store) -> Made | None:
    """Return which version made the guards that stand, None where nobody noted them or they were changed since."""
    row = store.one(_NOTED)
    facts = json.loads(row[1]) if row else {}
    if row is None or facts["guards"] != fingerprint(store):
        return None
    return Made(str(facts.get("version", "")), str(row[0]))
