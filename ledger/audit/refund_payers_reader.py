"""From which account money came that was paid back: of a collective entry that of the part, or of each that may be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ledger.audit.checks import Hit
from ledger.bank.parts import DECIDED
from ledger.bank.unclear_parts_store import part_of_order, parts_of_case
from ledger.payments.refund_payer_reader import payer_of_credit
from ledger.store.engines import Store


def with_payers(store: Store, hits: Iterable[Hit]) -> Iterator[Hit]:
    """Yield rows of money paid back with the accounts that may have paid it as `accounts`; '' is one not known.

    A refund keeps the account that was known when it was asked for. An order that pays unclear money back is about a
    part of a collective entry, or about any part of the case.
    """
    for hit in list(hits):
        if hit["order_id"] is not None and hit["parts"]:
            found = _of_order(store, hit)
        elif hit["order_id"] is None and not hit["paying"]:
            found = [account or "" for account in payer_of_credit(store, hit["office"], hit["item"]).accounts]
        else:
            found = []
        yield hit | {"accounts": tuple(sorted(set(found or [hit["paying"] or ""])))}


def _of_order(store: Store, hit: Hit) -> list[str]:
    part = part_of_order(store, hit["office"], hit["order_id"])
    every = parts_of_case(store, hit["office"], hit["item"])
    own = [one for one in every if (one.line == part if part is not None else one.state != DECIDED)]
    return [one.bank_account or hit["paying"] or "" for one in own]
