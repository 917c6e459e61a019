"""What keeps an open collection run from leaving: locks set and money that arrived since it was proposed."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.items.locks_store import locked
from ledger.payments.collection_runs import ClaimLockedError, ClaimPaidError, CollectionRun
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

_ITEMS = f"""
    SELECT p.item_office, p.item, c.end_to_end_id,
           CASE WHEN {locked("payment")} OR {locked("dunning")} THEN 1 ELSE 0 END
    FROM collection_item p JOIN item i ON i.office = p.item_office AND i.id = p.item
    JOIN collection c ON c.office = p.office AND c.run = p.run AND c.line = p.line
    WHERE p.office = :office AND p.run = :run AND p.active = 1 ORDER BY p.line, p.part"""


def hindrances(store: Store, run: CollectionRun) -> Iterator[KasseError]:
    """Yield the claims of a run that are locked on its day, or that money in suspense may have paid."""
    paid = may_be_paid_by(store)
    for office, item, identifier, lock in store.all(_ITEMS, office=run.office, run=run.number, day=run.collection_day):
        place = Place(payment=identifier)
        if lock:
            yield ClaimLockedError(item=item, office=office, run=run.number, place=place)
        if (office, item) in paid:
            yield ClaimPaidError(item=item, office=office, run=run.number, place=place)
