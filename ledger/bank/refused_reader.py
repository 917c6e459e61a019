"""What became of a file that was refused: why, and whether anything came since that may change it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger.book.store import kasse_office
from ledger.store.engines import Store

_REFUSED = """
    SELECT position, facts FROM event
    WHERE office = :office AND object = :object AND action = 'statement.refuse' ORDER BY position DESC LIMIT 1"""
_SINCE = """
    SELECT 1 FROM event WHERE office = :office AND position > :position AND action = 'statement.import' LIMIT 1"""
_TAKEN = "SELECT 1 FROM source_file WHERE sha256 = :sha256 AND purpose = 'statement'"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The code with which a file was refused last, whether others came since, and whether it was taken itself."""

    code: str
    others_since: bool
    taken: bool


def last_refusal(store: Store, sha256: str) -> Refusal | None:
    """Return how the file of this hash was refused last, None where it never was."""
    office = kasse_office(store)
    row = store.one(_REFUSED, office=office, object=f"file:{sha256}")
    if row is None:
        return None
    since = store.value(_SINCE, office=office, position=row[0]) is not None
    taken = store.value(_TAKEN, sha256=sha256) is not None
    return Refusal(json.loads(row[1])["code"], since, taken)
