"""General orders (allgemeine Anordnungen): money expected before any single order, under references of a scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.book.dimensions_store import coded
from ledger.book.offices_store import check_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact
from ledger.items.order_changes import ChangeReasonError, MadeOrder
from ledger.items.order_import_store import CREATORS
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.order_rules import AmountNotPositiveError
from ledger.items.order_transfer_store import check_coding
from ledger.items.orders import order_number
from ledger.items.schemes_store import UnknownSchemeError, list_schemes
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_SAME = """
    SELECT o.id FROM general_order g JOIN cash_order o ON o.office = g.office AND o.id = g.order_id
    JOIN cash_order_line l ON l.office = o.office AND l.order_id = o.id
    WHERE g.office = :office AND g.scheme = :scheme AND g.amounts = :amounts AND l.gl_account = :account
      AND l.amount_cents = :highest AND o.purpose = :purpose AND o.state <> 'objected'
      AND coalesce(l.cost_object, '') = :cost AND coalesce(o.profile, '') = :profile
      AND coalesce(o.claim_kind, '') = :kind AND (g.ended_on IS NULL OR g.ended_on >= :first)
      AND (CAST(:last AS TEXT) IS NULL OR g.first_day <= :last)
    ORDER BY o.id LIMIT 1"""


class ExpectedAlreadyError(KasseError):
    """A general order that says what another one says, for days that are its too."""

    code = "order.general_again"
    template = N_("the general order {order} expects the same: this scheme, these amounts, this account and purpose")
    hint = N_("nothing was made; 'kasse order show {order}' shows it, 'kasse order cancel {order}' ends it")


class LastDayError(KasseError):
    """A time that ends before it begins."""

    code = "order.general_days"
    template = N_("a general order from {first} until {last} ends before it begins")
    hint = N_("give a day with --until that is not before the one of --from")
    exit_code = 2


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

    Raises `UnknownOfficeError`, `UnknownSchemeError`, `AmountNotPositiveError`, `LastDayError`,
    `ExpectedAlreadyError`, the errors of the coding, `NotAllowedError`.
    """
    check_office(store, wanted.office)
    highest = max(wanted.amounts, default=wanted.max_cents)
    if highest <= 0 or min(wanted.amounts, default=1) <= 0:
        raise AmountNotPositiveError(amount_cents=highest)
    if wanted.last_day is not None and wanted.last_day < wanted.first_day:
        raise LastDayError(first=wanted.first_day, last=wanted.last_day)
    if not wanted.purpose.strip():
        raise ChangeReasonError
    if wanted.scheme not in {row.code for row in list_schemes(store) if row.active}:
        raise UnknownSchemeError(code=wanted.scheme)
    with store.unit([wanted.office]):
        require(store, wanted.office, *CREATORS)
        check_coding(store, wanted.office, wanted.account, wanted.first_day)
        cost = coded(store, wanted.office, wanted.first_day, wanted.cost_object)
        _check_new(store, wanted, highest, cost)
        line = NewLine(1, wanted.account, highest, cost)
        new = NewOrder(
            wanted.office, "receivable", "general", wanted.first_day, wanted.purpose.strip(), (line,), "general order",
            profile=wanted.profile, claim_kind=wanted.claim_kind,
        )  # fmt: skip
        return write_order(store, new, lambda number: _write(store, wanted, number))


def _write(store: Store, wanted: Expectation, number: int) -> dict[str, Fact]:
    store.insert_one(
        "general_order",
        office=wanted.office,
        order_id=number,
        scheme=wanted.scheme,
        amounts=_amounts(wanted),
        first_day=wanted.first_day,
        ended_on=wanted.last_day,
    )
    return seal(store, ("general_order", wanted.office, number))


def _check_new(store: Store, wanted: Expectation, highest: int, cost: str | None) -> None:
    """Check that no general order expects the same in the same days; raises `ExpectedAlreadyError`."""
    known = store.value(
        _SAME, office=wanted.office, scheme=wanted.scheme, amounts=_amounts(wanted), account=wanted.account,
        highest=highest, purpose=wanted.purpose.strip(), cost=cost or "", profile=wanted.profile or "",
        kind=wanted.claim_kind or "", first=wanted.first_day, last=wanted.last_day,
    )  # fmt: skip
    if known is not None:
        raise ExpectedAlreadyError(order=order_number(wanted.office, int(known)))


def _amounts(wanted: Expectation) -> str:
    return ",".join(map(str, sorted(set(wanted.amounts))))
