"""Seals of orders: what each list ordered is hashed when it is made, and compared by `journal verify`.

Nothing of an order changes but its state; `order_step` says who took it there. The hashes stand in the event of its
making, for all orders of a batch: one of what stays, one of the words and accounts that a decision may erase.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from itertools import groupby

from ledger.events.store import Fact
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

FACT = "order_seal"
"""The fact of an event that seals the orders of a batch: `BATCH:COUNT:HASH:HASH OF WORDS`."""
_STAYS = (
    "office", "id", "kind", "act", "changes", "as_credit", "party", "total_cents", "due", "reference",
    "foreign_reference", "profile", "claim_kind", "notice_date", "served_on", "final_on", "enforceable", "period_from",
    "period_to", "joint_group", "main_reference", "order_key", "paid_by",
)  # fmt: skip
_WORDS = ("purpose", "bank_account", "document", "debt_reason", "purpose_code")
_CODING = ("line", "gl_account", "amount_cents", "cost_object", "contra_office", "contra_account")
_WIDTH = len(_STAYS) + 1
_CODED = _WIDTH + len(_WORDS)
_ROWS = f"""
    SELECT o.batch, {", ".join(f"o.{name}" for name in (*_STAYS, *_WORDS))},
        {", ".join(f"l.{name}" for name in (*_CODING, "purpose"))}
    FROM cash_order o LEFT JOIN cash_order_line l ON l.office = o.office AND l.order_id = o.id {{where}}
    ORDER BY o.batch, o.office, o.id, l.line"""


class ChangedOrdersError(KasseError):
    """The orders of a batch are not those that were made."""

    code = "verify.orders"
    template = N_("orders of batch {batch}: {state} past the event log")
    hint = N_(
        "'kasse order list --batch {batch}' shows them; pay nothing of it, keep this book as it is, compare it with "
        "the last backup, and inform the audit office"
    )


def seal_orders(store: Store, batch: int) -> dict[str, Fact]:
    """Return the fact that tells of the orders of a batch as they stand now, for `record`."""
    (seal,) = _seals(store, "WHERE o.batch = :batch", batch=batch)
    return {FACT: ":".join(map(str, seal))}


def wrong_orders(store: Store, told: Iterable[str], erased: Collection[int]) -> Iterator[KasseError]:
    """Yield the batches whose orders somebody added, changed or removed past the event log.

    `told` are the facts of all events that seal orders. The words of `erased` batches are not compared.
    """
    said = {int(batch): rest for batch, *rest in (fact.split(":") for fact in told)}
    for batch, *found in _seals(store):
        known, compared = said.pop(batch, None), 2 if batch in erased else 3
        if known is None or known[:compared] != [str(one) for one in found[:compared]]:
            state = "added" if known is None else "changed"
            yield ChangedOrdersError(batch=batch, state=state)
    for batch in sorted(said):
        yield ChangedOrdersError(batch=batch, state="removed")


def _seals(store: Store, where: str = "", **values: object) -> Iterator[tuple[int, int, str, str]]:
    """Yield number, count and both hashes of each batch.

    Rows are hashed as Python writes tuples in ASCII: no two look alike, whatever stands in them.
    """
    rows = store.stream(_ROWS.format(where=where), **values)
    for batch, members in groupby(rows, key=lambda row: row[0]):
        stays, words, count = sha256(), sha256(), 0
        order: Row = ()
        for row in members:
            if row[1:3] != order:
                order = row[1:3]
                count += 1
                stays.update(ascii(row[1:_WIDTH]).encode())
                words.update(ascii(row[_WIDTH:_CODED]).encode())
            stays.update(ascii(row[_CODED:-1]).encode())
            words.update(ascii(row[-1:]).encode())
        yield int(batch), count, stays.hexdigest(), words.hexdigest()
