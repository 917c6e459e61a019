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
_FIRST = """
    SELECT min(position) FROM event WHERE office = :office AND object = :object AND action = 'statement.refuse'"""
_TAKEN = """
    SELECT 1 FROM source_file f WHERE f.sha256 = :sha256 AND f.purpose = 'statement' AND NOT EXISTS (
        SELECT 1 FROM statement s WHERE s.file_sha256 = f.sha256 AND s.withdrawn_on IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The code with which a file was refused last, whether others came since, and whether it was taken itself.

    A file of which a statement was withdrawn does not count as taken.
    """

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


def first_refused(store: Store, sha256: str) -> int | None:
    """Return the position of the event that tells when the file of this hash was refused first."""
    position: int | None = store.value(_FIRST, office=kasse_office(store), object=f"file:{sha256}")
    return position
