"""What of a person is open or under way: their items, jointly owed ones too, and orders that are not decided."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.items.joint_debtors import OWED_JOINTLY
from ledger.items.orders import order_number
from ledger.keeping.erasing import OpenItemFinding, OrderWaitsFinding
from ledger.store.engines import Store
from sepa.errors import KasseError

OF_PARTY = "(SELECT id FROM party WHERE id = :party OR merged_into = :party)"
_ITEMS = f"""
    SELECT i.office, i.id, i.open_cents FROM item i WHERE i.open_cents <> 0 AND i.party IN {OF_PARTY}
    UNION SELECT i.office, i.id, i.open_cents FROM {OWED_JOINTLY} j
    JOIN item i ON i.office = j.office AND i.id = j.item
    WHERE i.open_cents <> 0 AND j.released_on IS NULL AND j.party IN {OF_PARTY} ORDER BY 1, 2"""
_ORDERS = (
    f"SELECT office, id, total_cents FROM cash_order WHERE waiting = 1 AND party IN {OF_PARTY} ORDER BY office, id"
)


def open_things(store: Store, party: int) -> Iterator[KasseError]:
    """Yield each item of a person that is open, and each order that waits, with its amount."""
    for office, item, cents in store.rows(_ITEMS, party=party):
        yield OpenItemFinding(office=office, item=item, open_cents=cents)
    for office, number, cents in store.rows(_ORDERS, party=party):
        yield OrderWaitsFinding(order=order_number(office, number), amount_cents=cents)
