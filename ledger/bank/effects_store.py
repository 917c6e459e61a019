"""What matching changes besides the books: payments that came back; other rooms add the effects of their rungs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from ledger.bank.collected import COLLECTION_RETURNED, COLLECTION_REVERSED, CREDITED
from ledger.bank.rungs_returns import RETURNED
from ledger.cash.bank_store import cards_cleared, cash_there, cheques_bounced
from ledger.cash.found import ARRIVED, CARDS_CLEARED, CHEQUE_BOUNCED
from ledger.events.store import record
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.payments.collection_bank_store import credit_collections, return_collections, reverse_collections
from ledger.store.engines import Row, Store

_RETURN = """
    UPDATE payment SET state = 'returned', active = 0 WHERE office = :office AND run = :run AND line = :line"""
_ITEM = "SELECT item_office, item, cents FROM payment WHERE office = :office AND run = :run AND line = :line"


def apply_effects(store: Store, effects: Mapping[str, Sequence[Row]]) -> None:
    """Write the effects of a match by their names; each row ends with office and number of the bank entry."""
    for name, rows in effects.items():
        if name in EFFECTS:
            EFFECTS[name](store, rows)


def return_payments(store: Store, rows: Sequence[Row]) -> None:
    """Mark payments as returned and lock what is open again, so that no run pays to the same account once more."""
    returned: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for office, run, line, reason, *_ in rows:
        store.execute(_RETURN, office=office, run=run, line=line)
        payable = store.one(_ITEM, office=office, run=run, line=line)
        assert payable is not None, "a payment that was just found"
        item_office, item, cents = payable
        returned[office, run].append(cents)
        why = f"R{run}-{line} {reason}".strip()
        place_item_lock(store, item_office, item, "payment", why, Span(store.today))
        facts = {"kind": "payment", "since": store.today, "until": None}
        record(store, item_office, "lock.set", f"item:{item}", facts, {"reason": why})
    for (office, run), amounts in sorted(returned.items()):
        record(store, office, "payment.return", f"run:{run}", {"payments": len(amounts), "cents": sum(amounts)})


EFFECTS: Mapping[str, Callable[[Store, Sequence[Row]], None]] = {
    RETURNED: return_payments,
    CREDITED: credit_collections,
    COLLECTION_RETURNED: return_collections,
    COLLECTION_REVERSED: reverse_collections,
    ARRIVED: cash_there,
    CARDS_CLEARED: cards_cleared,
    CHEQUE_BOUNCED: cheques_bounced,
}
"""Who writes which effect; a room that brings rungs of its own adds its row."""
