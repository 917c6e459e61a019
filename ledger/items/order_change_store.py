"""Changing and cancelling accepted orders: a new order with reference to the old one, which acceptance carries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.book.dimensions import years_later
from ledger.items.order_changes import (
    Change,
    ChangeOfChangeError,
    ChangeReasonError,
    ChangeWaitsError,
    ClosedCodingError,
    CodedLine,
    ErasedPersonError,
    MadeOrder,
    NoSuchChangeError,
    NotAcceptedError,
    PaidAlreadyError,
    PayoutOrderError,
    UnneededAccountError,
    plan_changes,
)
from ledger.items.order_decisions import UnknownOrderError
from ledger.items.order_import_store import CREATORS
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.order_paid_store import check_paid
from ledger.items.order_transfer_store import check_coding
from ledger.items.orders import order_number, parse_order_number
from ledger.items.schedules import EndedAlreadyError, NoDueDayError
from ledger.people.users import require
from ledger.store.engines import Store

_ROOT = """
    SELECT kind, act, state, changes, party, reference, foreign_reference, bank_account, profile, claim_kind, due,
           total_cents, main_reference, paid_by, purpose_code
    FROM cash_order WHERE office = :office AND id = :id"""
_WAITS = """SELECT id FROM cash_order WHERE office = :office AND changes = :id
            AND state NOT IN ('accepted', 'objected') ORDER BY id LIMIT 1"""
_LINES = """
    SELECT l.line, min(l.gl_account), min(l.cost_object),
           sum(CASE WHEN o.act IN ('reduction', 'cancellation') THEN -l.amount_cents ELSE l.amount_cents END)
    FROM cash_order o JOIN cash_order_line l ON l.office = o.office AND l.order_id = o.id
    WHERE o.office = :office AND (o.id = :id OR (o.changes = :id AND o.state = 'accepted'
        AND o.act IN ('increase', 'reduction', 'cancellation')
        AND (CAST(:due AS TEXT) IS NULL OR o.period_from = :due))) GROUP BY l.line
    ORDER BY l.line"""
_OPEN = """
    SELECT coalesce(sum(i.open_cents), 0) FROM item i JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    WHERE i.office = :office AND (o.id = :id OR (o.changes = :id AND o.act = 'increase'))
    AND (CAST(:due AS TEXT) IS NULL OR i.original_due = :due OR o.period_from = :due)
    AND i.kind IN ('receivable', 'payable')"""
_STANDING_ITEM = "SELECT 1 FROM standing_item WHERE office = :office AND order_id = :id AND due = :due"
_ENDS = """
    SELECT ended_on, last_due FROM standing_order WHERE office = :office AND order_id = :id
    UNION ALL SELECT ended_on, NULL FROM general_order WHERE office = :office AND order_id = :id"""
_CLOSED = "SELECT number, closed_on FROM account WHERE office = :office AND closed_on <= :day"
_ERASED = "SELECT 1 FROM erased_party WHERE party = :party"
_PAYOUT = "SELECT item FROM suspense_payout WHERE office = :office AND order_id = :id"
BY_SCHEDULE = ("standing", "general")
TAKES_OFF = ("reduction", "cancellation")


@dataclass(frozen=True, slots=True)
class Root:
    """The order that is changed, as the change takes it over."""

    kind: str
    act: str
    state: str
    changes: int | None
    party: int | None
    reference: str | None
    foreign_reference: int
    bank_account: str | None
    profile: str | None
    claim_kind: str | None
    due: str
    total_cents: int
    main_reference: str | None
    paid_by: str | None
    purpose_code: str | None


def change_order(
    store: Store,
    office: str,
    number: int,
    *,
    reason: str,
    day: str,
    to_cents: int | None = None,
    lines: Mapping[int, int] | None = None,
    as_credit: bool = False,
    due: str | None = None,
    account: str | None = None,
) -> list[MadeOrder]:
    """Make the orders that bring an accepted order to another amount, and return them; nothing is posted yet.

    One that takes off, one that adds, or both where lines change in both ways. They are certified, approved and
    accepted like any order. `day` is when what is added falls due, if that is later than the old due day; `due` names
    the item of a standing order that is meant, `account` what replaced an account that was closed since. Raises the
    errors of `order_changes`, `NoDueDayError`, `UnknownOrderError`, `NotAllowedError` and those of `check_coding`.
    """
    if not reason.strip():
        raise ChangeReasonError
    name = order_number(office, number)
    with store.unit([office]):
        root = changeable(store, office, number)
        require(store, office, *CREATORS)
        _check_kind(store, root, name, due)
        changes = plan_changes(name, _lines(store, office, number, due, root), to_cents=to_cents, wanted=lines or {})
        made = []
        for change in _open_accounts(store, (office, name), changes, account, day):
            adds = change.act == "increase"
            credit = as_credit and root.kind == "receivable" and not adds
            if not adds:
                _check_open(store, office, number, change.total_cents, due, credit=credit)
            new = _successor(root, office, number, change.act, reason.strip())
            falls_due = max(due or root.due, day) if adds else due or root.due
            coded = tuple(NewLine(one.line, one.gl_account, one.amount_cents, one.cost_object) for one in change.lines)
            whole = replace(new, due=falls_due, lines=coded, period_from=due, as_credit=int(credit))
            made.append(write_order(store, whole))
    return made


def end_order(store: Store, office: str, number: int, *, reason: str, last_day: str) -> MadeOrder:
    """Make the order that ends a standing or general order after a day; accepted like any order.

    Raises the errors of `order_changes`, `EndedAlreadyError`, `UnknownOrderError`, `NotAllowedError`.
    """
    if not reason.strip():
        raise ChangeReasonError
    with store.unit([office]):
        root = changeable(store, office, number)
        require(store, office, *CREATORS)
        if root.act not in BY_SCHEDULE:
            raise NoSuchChangeError(order=order_number(office, number), kind=root.act)
        check_end(store, office, number, last_day)
        lines = _lines(store, office, number, "", root)
        coded = tuple(NewLine(one.line, one.gl_account, one.amount_cents, one.cost_object) for one in lines)
        new = _successor(root, office, number, "cancellation", reason.strip())
        return write_order(store, replace(new, due=last_day, lines=coded))


def changeable(store: Store, office: str, number: int) -> Root:
    """Return an order that may be changed: accepted, no change itself, none under way.

    Raises `UnknownOrderError`, `ChangeOfChangeError`, `NotAcceptedError`, `ErasedPersonError`, `ChangeWaitsError`.
    """
    row = store.one(_ROOT, office=office, id=number)
    name = order_number(office, number)
    if row is None:
        raise UnknownOrderError(order=name)
    root = Root(*row)
    if root.changes is not None and root.act not in BY_SCHEDULE:
        raise ChangeOfChangeError(order=name, root=order_number(office, root.changes))
    if root.act in TAKES_OFF:
        raise ChangeOfChangeError(order=name, root=root.main_reference or name)
    case = store.value(_PAYOUT, office=office, id=number)
    if case is not None:
        raise PayoutOrderError(order=name, case=case)
    if root.state != "accepted":
        raise NotAcceptedError(order=name, state=root.state)
    check_person(store, name, root.party)
    waits = store.value(_WAITS, office=office, id=number)
    if waits is not None:
        raise ChangeWaitsError(order=name, change=order_number(office, waits))
    return root


def check_person(store: Store, name: str, party: int | None) -> None:
    """Check that the person of an order or item was not erased (Art. 17 GDPR); raises `ErasedPersonError`."""
    if party is not None and store.value(_ERASED, party=party) is not None:
        raise ErasedPersonError(order=name, party=party)


def check_end(store: Store, office: str, number: int, last_day: str) -> None:
    """Check that a standing or general order would go on after a day; raises `EndedAlreadyError`."""
    days = [day for row in store.rows(_ENDS, office=office, id=number) for day in row if day is not None]
    if days and min(days) <= last_day:
        raise EndedAlreadyError(order=order_number(office, number), day=min(days))


def act_of(store: Store, office: str, number: int) -> str:
    """Return what the order does: `order`, `standing`, `general` and so on; '' where there is none."""
    return str(
        store.value("SELECT act FROM cash_order WHERE office = :office AND id = :id", office=office, id=number) or ""
    )


def _check_kind(store: Store, root: Root, name: str, due: str | None) -> None:
    if root.kind == "transfer" or root.act == "general" or (root.act == "standing") != (due is not None):
        raise NoSuchChangeError(order=name, kind=root.kind if root.kind == "transfer" else root.act)
    office, number = parse_order_number(name)
    if due is not None and not store.value(_STANDING_ITEM, office=office, id=number, due=due):
        raise NoDueDayError(order=name, day=due)


def _lines(store: Store, office: str, number: int, due: str | None, root: Root) -> list[CodedLine]:
    """Return the lines as they are now; of a standing order as its schedule or its item of a due day has them."""
    rows = store.rows(_LINES, office=office, id=number, due=due)
    later = int(due[:4]) - int(root.due[:4]) if due else 0
    return [CodedLine(line, account, int(cents), years_later(cost, later)) for line, account, cost, cents in rows]


def _open_accounts(
    store: Store, order: tuple[str, str], changes: Sequence[Change], account: str | None, day: str
) -> list[Change]:
    """Return the changes coded to accounts that are open on a day: `account` replaces those that were closed since."""
    office, name = order
    closed: dict[str, str] = dict(store.rows(_CLOSED, office=office, day=day))
    found = sorted({line.gl_account for change in changes for line in change.lines} & closed.keys())
    if account is None and found:
        raise ClosedCodingError(order=name, account=found[0], day=closed[found[0]])
    if account is None:
        return list(changes)
    if not found:
        raise UnneededAccountError(order=name)
    check_coding(store, office, account, day)
    return [
        replace(change, lines=tuple(
            replace(line, gl_account=account) if line.gl_account in closed else line for line in change.lines
        ))
        for change in changes
    ]  # fmt: skip


def _check_open(store: Store, office: str, number: int, reduction_cents: int, due: str | None, *, credit: bool) -> None:
    open_cents = int(store.value(_OPEN, office=office, id=number, due=due))
    if credit and open_cents < reduction_cents:
        check_paid(store, office, number, due, reduction_cents=reduction_cents, open_cents=open_cents)
    elif open_cents < reduction_cents:
        raise PaidAlreadyError(
            order=order_number(office, number), reduction_cents=reduction_cents, open_cents=open_cents
        )


def _successor(root: Root, office: str, number: int, act: str, reason: str) -> NewOrder:
    return NewOrder(
        office,
        root.kind,
        act,
        root.due,
        reason,
        (),
        f"change of {order_number(office, number)}",
        party=root.party,
        reference=root.reference,
        foreign_reference=root.foreign_reference,
        bank_account=root.bank_account,
        profile=root.profile,
        claim_kind=root.claim_kind,
        main_reference=root.main_reference if act == "increase" else None,
        changes=number,
        paid_by=root.paid_by,
        purpose_code=root.purpose_code,
    )
