"""Taking off claims and debts that no order made, as they were taken over: a new order that refers to the item."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ledger.items.items_reader import item_name
from ledger.items.order_change_store import check_person
from ledger.items.order_changes import (
    ChangeReasonError,
    ChangeWaitsError,
    CodedLine,
    MadeByOrderError,
    MadeOrder,
    MoreTakenOverError,
    NothingTakenOffError,
    NotTakenOverError,
    TakenOverAccountError,
    TakenOverPaidError,
    plan_changes,
)
from ledger.items.order_import_store import CREATORS
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.order_paid_store import check_paid_since
from ledger.items.order_transfer_store import check_coding
from ledger.items.orders import order_number
from ledger.people.users import require
from ledger.store.engines import Row, Store

_ITEM = """
    SELECT i.kind, i.order_id, e.kind, i.party, i.reference, i.foreign_reference, i.bank_account, i.profile,
        i.claim_kind, i.due, i.amount_cents, i.open_cents, i.paid_by
    FROM item i JOIN entry e ON e.office = i.office AND e.position = i.position
    WHERE i.office = :office AND i.id = :item"""
_TAKING = "office = :office AND main_reference = :name AND changes IS NULL AND act IN ('reduction', 'cancellation')"
_WAITS = f"SELECT min(id) FROM cash_order WHERE waiting = 1 AND {_TAKING}"
_TAKEN = f"SELECT coalesce(sum(total_cents), 0) FROM cash_order WHERE state = 'accepted' AND {_TAKING}"


@dataclass(frozen=True, slots=True)
class _Item:
    kind: str
    order: int | None
    made_by: str
    party: int | None
    reference: str | None
    foreign_reference: int
    bank_account: str | None
    profile: str | None
    claim_kind: str | None
    due: str
    amount_cents: int
    open_cents: int
    paid_by: str | None


def take_off_taken_over(
    store: Store, office: str, number: int, *, reason: str, day: str, to_cents: int, account: str | None,
    as_credit: bool = False,
) -> list[MadeOrder]:  # fmt: skip
    """Make the order that brings an item that was taken over to a smaller amount, or to 0; nothing is posted yet.

    It is certified, approved and accepted like any order; `account` is what it is coded to, as the old system's coding
    is not in the book. What was paid of a claim since it was taken over becomes a credit where `as_credit` says so.
    Raises `NotTakenOverError`, `MadeByOrderError`, `TakenOverAccountError`, `MoreTakenOverError`, `TakenOverPaidError`,
    `PaidBeforeError`, `ChangeReasonError`, `ChangeWaitsError`, `NothingTakenOffError`, `ErasedPersonError`,
    `NotAllowedError` and the errors of `check_coding`.
    """
    if not reason.strip():
        raise ChangeReasonError
    name = item_name(office, number)
    with store.unit([office]):
        item = _taken_over(store, office, number)
        require(store, office, *CREATORS)
        check_person(store, name, item.party)
        if waits := store.value(_WAITS, office=office, name=name):
            raise ChangeWaitsError(order=name, change=order_number(office, int(waits)))
        if account is None:
            raise TakenOverAccountError(item=name)
        check_coding(store, office, account, day)
        present = item.amount_cents - int(store.value(_TAKEN, office=office, name=name))
        if to_cents == present:
            raise NothingTakenOffError(item=name, amount_cents=present)
        (change,) = plan_changes(name, [CodedLine(1, account, present)], to_cents=to_cents, wanted={})
        if change.act == "increase":
            raise MoreTakenOverError(item=name, amount_cents=change.total_cents)
        credit = as_credit and item.kind == "receivable"
        _check_open(store, (office, number), change.total_cents, item.open_cents, credit=credit)
        new = NewOrder(
            office, item.kind, change.act, item.due, reason.strip(), (NewLine(1, account, change.total_cents),),
            f"change of {name}", party=item.party, reference=item.reference, foreign_reference=item.foreign_reference,
            bank_account=item.bank_account, profile=item.profile, claim_kind=item.claim_kind, main_reference=name,
            paid_by=item.paid_by, as_credit=int(credit),
        )  # fmt: skip
        return [replace(write_order(store, new), changes=name)]


def _check_open(store: Store, key: tuple[str, int], reduction_cents: int, open_cents: int, *, credit: bool) -> None:
    """Check that no more is taken off than is open, or was paid since and becomes a credit."""
    if credit:
        check_paid_since(store, *key, reduction_cents=reduction_cents, open_cents=open_cents)
    elif reduction_cents > open_cents:
        raise TakenOverPaidError(item=item_name(*key), reduction_cents=reduction_cents, open_cents=open_cents)


def _taken_over(store: Store, office: str, number: int) -> _Item:
    row: Row | None = store.one(_ITEM, office=office, item=number)
    name = item_name(office, number)
    item = None if row is None else _Item(*row)
    if item is not None and item.order is not None:
        raise MadeByOrderError(item=name, order=order_number(office, item.order))
    if item is None or item.made_by != "opening" or item.kind not in {"receivable", "payable"}:
        raise NotTakenOverError(item=name)
    return item
