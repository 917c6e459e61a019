"""What money names that is paid: by which payment, so that nobody has to look up whether it was paid twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.book.journal import EntryNumber
from ledger.store.engines import Store

if TYPE_CHECKING:
    from ledger.bank.suspense_store import CaseDetails

# the last clearing of an item without anything open is the one that settled it; relief and reduction are no payment
_PAID = """
    SELECT c.payment_day, e.office, e.year, e.number FROM item i
    JOIN clearing_line l ON l.office = i.office AND l.item = i.id
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing AND c.kind IN ('bank', 'assign', 'cash', 'run')
    JOIN entry e ON e.office = c.office AND e.position = c.position
        AND coalesce(e.source, '') NOT IN (:bank, :case)
    WHERE i.reference = :reference AND i.kind = 'receivable' AND i.open_cents = 0
      AND NOT EXISTS (SELECT 1 FROM clearing_line n WHERE n.office = l.office AND n.item = l.item
          AND n.clearing > l.clearing)
      AND NOT EXISTS (SELECT 1 FROM item o WHERE o.reference = i.reference AND o.kind = 'receivable'
          AND o.open_cents > 0)
    ORDER BY c.payment_day DESC, e.office, e.position DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class PaidBefore:
    """A reference on which nothing is open, since when, and the entry of the payment that settled it."""

    reference: str
    day: str
    entry: str


def paid_before(store: Store, case: CaseDetails, references: Iterable[str]) -> Iterator[PaidBefore]:
    """Yield what of these references is paid to the last cent, where other money than that of the case paid it."""
    own = {"bank": f"bank:{case.office}/{case.entry}", "case": f"{case.kind}:{case.office}/{case.number}"}
    for reference in references:
        row = store.one(_PAID, reference=reference, **own)
        if row is not None:
            yield PaidBefore(reference, row[0], str(EntryNumber(*row[1:])))
