"""Claims that a relief has written off: what comes in for them finds nothing open until the relief is ended.

Only what is not pursued any more is owed all the same (§ 261 AO): what was waived or taken off is not, and what is not
pursued for now is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ledger.store.engines import Store

_WRITTEN_OFF = """
    SELECT DISTINCT i.reference, r.id, r.kind FROM item i
    JOIN relief_item x ON x.office = i.office AND x.item = i.id AND x.position IS NOT NULL
    JOIN relief r ON r.id = x.relief AND r.state = 'granted'
    WHERE i.reference = :reference AND i.kind = 'receivable' AND i.open_cents = 0
        AND r.kind = 'niederschlagung_unbefristet' ORDER BY r.id"""


@dataclass(frozen=True, slots=True)
class WrittenOff:
    """A reference whose claim a granted relief took off the books: the number of the relief and its kind."""

    reference: str
    relief: int
    kind: str


def written_off(store: Store, references: Iterable[str]) -> Iterator[WrittenOff]:
    """Yield what granted relief has written off of the claims with these references."""
    for reference in references:
        for row in store.rows(_WRITTEN_OFF, reference=reference):
            yield WrittenOff(*row)
