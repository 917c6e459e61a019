"""Bank money taken back from a claim that was cancelled since: the credit that it became goes with it."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.bank.suspense_undo import CreditUnderWayError
from ledger.events.store import Fact
from ledger.payments.credited_store import TakenBack, take_credits
from ledger.store.engines import Store


def give_up_credits(
    store: Store, entry: str, items: Iterable[tuple[str | None, int | None, int]], *, reason: str, day: str
) -> dict[str, Fact]:
    """Settle what is open again of cancelled claims with their credits; return what the event says of it.

    Inside the unit that takes the entry back. Raises `CreditUnderWayError`.
    """
    back = TakenBack(
        f"credit:{entry}", reason, day,
        lambda office, item: CreditUnderWayError(entry=entry, office=office, item=item),
    )  # fmt: skip
    keys = [(office, item) for office, item, _ in items if office is not None and item is not None]
    taken = take_credits(store, back, keys)
    return {"credit_cents": sum(taken.values())} if taken else {}
