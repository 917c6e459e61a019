"""General orders (allgemeine Anordnungen): money expected before any single order, under references of a scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.book.dimensions_store import coded
from ledger.book.offices_store import check_office
from ledger.items.order_changes import ChangeReasonError, MadeOrder
from ledger.items.order_import_store import CREATORS
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.order_rules import AmountNotPositiveError
from ledger.items.order_transfer_store import check_coding
from ledger.items.schemes_store import UnknownSchemeError, list_schemes
from ledger.people.users import require
from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a general order lets come in: in these amounts only, from a first day to a last one.

    `amounts` are cents; empty takes any amount up to `max_cents`.
    """

    office: str
    scheme: str
    account: str
    purpose: str
    first_day: str
    amounts: Sequence[int] = ()
    max_cents: int = 0
    last_day: str | None = None
    profile: str | None = None
    claim_kind: str | None = None
    cost_object: str | None = None


def make_general_order(store: Store, wanted: Expectation) -> MadeOrder:
    """Make a general order; when it is accepted, money under its scheme is accepted in full or stays unclear.

    Raises `UnknownOfficeError`, `UnknownSchemeError`, `AmountNotPositiveError`, the errors of the coding,
    `NotAllowedError`.
    """
    check_office(store, wanted.office)
    highest = max(wanted.amounts, default=wanted.max_cents)
    if highest <= 0 or min(wanted.amounts, default=1) <= 0:
        raise AmountNotPositiveError(amount_cents=highest)
    if not wanted.purpose.strip():
        raise ChangeReasonError
    if wanted.scheme not in {row.code for row in list_schemes(store) if row.active}:
        raise UnknownSchemeError(code=wanted.scheme)
    with store.unit([wanted.office]):
        require(store, wanted.office, *CREATORS)
        check_coding(store, wanted.office, wanted.account, wanted.first_day)
        line = NewLine(1, wanted.account, highest, coded(store, wanted.office, wanted.first_day, wanted.cost_object))
        new = NewOrder(
            wanted.office, "receivable", "general", wanted.first_day, wanted.purpose.strip(), (line,), "general order",
            profile=wanted.profile, claim_kind=wanted.claim_kind,
        )  # fmt: skip
        made = write_order(store, new)
        store.insert_one(
            "general_order",
            office=wanted.office,
            order_id=int(made.number.rpartition("-")[2]),
            scheme=wanted.scheme,
            amounts=",".join(map(str, sorted(wanted.amounts))),
            first_day=wanted.first_day,
            ended_on=wanted.last_day,
        )
    return made
