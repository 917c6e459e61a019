"""A receipt taken back whose claim was cancelled since: the credit that its money became goes with it."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.cash.cancelling import CreditUnderWayError
from ledger.cash.receipts import Label
from ledger.events.store import record
from ledger.payments.credited_store import TakenBack, take_credits
from ledger.store.engines import Store


def take_credits_of_receipt(store: Store, label: Label, items: Sequence[tuple[str, int]], reason: str) -> int:
    """Settle claims that were cancelled since with the credits that the money became, and return the cents.

    Inside the unit that takes the receipt back. Raises `CreditUnderWayError`.
    """
    back = TakenBack(
        f"cash:{label}", f"Storno {label}: {reason}", store.today,
        lambda office, item: CreditUnderWayError(label=str(label), office=office, item=item),
    )  # fmt: skip
    taken = take_credits(store, back, items)
    for office, cents in taken.items():
        record(store, office, "cash.take_credit", f"receipt:{label}", {"cents": cents})
    return sum(taken.values())
