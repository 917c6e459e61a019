"""Transfer orders (Umbuchungsanordnungen): from one account to another, in one office or between two."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.book.dimensions_store import coded
from ledger.book.entry import ClosedAccountError, UnknownAccountError
from ledger.book.offices_store import check_office
from ledger.items.order_changes import ChangeReasonError, MadeOrder
from ledger.items.order_coding import KEPT_ROLES, KeptAccountError
from ledger.items.order_import_store import CREATORS
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.order_rules import AmountNotPositiveError
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError


class SameAccountError(KasseError):
    """A transfer from an account to itself."""

    code = "order.same_account"
    template = N_("a transfer needs two accounts, both are {account}")
    hint = N_("give the account that gives with --from and the one that gets with --to")


@dataclass(frozen=True, slots=True)
class Transfer:
    """What is to be transferred: `cents` leave the account (credit) and reach the other (debit)."""

    office: str
    account: str
    to_office: str
    to_account: str
    cents: int
    purpose: str
    cost_object: str | None = None


def make_transfer(store: Store, wanted: Transfer, *, day: str) -> MadeOrder:
    """Make a transfer order; acceptance posts it, over the Verrechnung accounts where two offices are in it.

    Raises `UnknownOfficeError`, `UnknownAccountError`, `ClosedAccountError`, `KeptAccountError`, `SameAccountError`,
    `AmountNotPositiveError`, `NotAllowedError`.
    """
    for office in (wanted.office, wanted.to_office):
        check_office(store, office)
    if (wanted.office, wanted.account) == (wanted.to_office, wanted.to_account):
        raise SameAccountError(account=wanted.account)
    if wanted.cents <= 0:
        raise AmountNotPositiveError(amount_cents=wanted.cents)
    if not wanted.purpose.strip():
        raise ChangeReasonError
    with store.unit([wanted.office]):
        require(store, wanted.office, *CREATORS)
        check_coding(store, wanted.office, wanted.account, day)
        check_coding(store, wanted.to_office, wanted.to_account, day)
        line = NewLine(
            1,
            wanted.account,
            wanted.cents,
            coded(store, wanted.office, day, wanted.cost_object),
            contra_office=wanted.to_office,
            contra_account=wanted.to_account,
        )
        new = NewOrder(wanted.office, "transfer", "order", day, wanted.purpose.strip(), (line,), "transfer")
        return write_order(store, new)


def check_coding(store: Store, office: str, account: str, day: str) -> None:
    """Check that an account can be coded to on a day: it exists, is open, and no items or banks explain it."""
    row = store.one(
        "SELECT role, closed_on FROM account WHERE office = :office AND number = :number", office=office, number=account
    )
    if row is None:
        raise UnknownAccountError(office=office, account=account)
    if row[1] is not None and row[1] <= day:
        raise ClosedAccountError(office=office, account=account, day=row[1])
    if row[0] in KEPT_ROLES:
        raise KeptAccountError(office=office, account=account, role=row[0])
