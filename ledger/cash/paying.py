"""What keeps a payable from being paid in cash, each with the way out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ledger.items.orders import order_number
from ledger.people.parties import match_key
from ledger.people.users import OwnWorkError
from sepa.errors import N_, KasseError


class PaidTooMuchError(KasseError):
    """More is to be paid than is owed."""

    code = "cash.paid_too_much"
    template = N_("{wanted_cents} are to be paid for {reference}, but only {open_cents} are owed")
    hint = N_("pay at most what is open; what is owed beyond it needs an order of its own")


class InRunError(KasseError):
    """An item that a payment run holds."""

    code = "cash.in_run"
    template = N_("item {office}/{item} is in payment run {run}")
    hint = N_("take it out with 'kasse payment change {run}', or let the run pay it")


class CollectedBySupplierError(KasseError):
    """An item that the supplier collects."""

    code = "cash.direct_debit"
    template = N_("item {office}/{item} is collected by its supplier and never paid by us")
    hint = N_("nothing is to be paid; the bank statement clears it")


class LockedItemError(KasseError):
    """An item that is locked against payment."""

    code = "cash.locked"
    template = N_("item {office}/{item} is locked against payment")
    hint = N_("the lock and its reason stand in 'kasse item show {office}/{item}' or at the party")


class ChangingItemError(KasseError):
    """An item that an order under way cancels or makes less."""

    code = "cash.changing"
    template = N_("item {office}/{item} is not to be paid: the order {change} cancels or reduces it")
    hint = N_("accept {change} or object to it first; see 'kasse order show {change}'")


class AttachedItemError(KasseError):
    """Money that belongs to somebody else."""

    code = "cash.attached"
    template = N_("what item {office}/{item} pays belongs wholly or in part to {creditor} (attachment {number})")
    hint = N_("pay it by a run, which splits it: 'kasse payment propose'; see 'kasse attachment list'")


class OwesError(KasseError):
    """A payee who owes the city something that is due."""

    code = "cash.owes"
    template = N_("the payee of item {office}/{item} owes {owed_cents} that is due")
    hint = N_("set it off with 'kasse payment set-off {office}/{item}', or pay with --despite-debts")


class TwinOwesError(KasseError):
    """Somebody owes who seems to be the payee: of the same name at the same address, or born on the same day."""

    code = "cash.twin_owes"
    template = N_("the payee of item {office}/{item} seems to be party {other} too, who owes {owed_cents} that is due")
    hint = N_("if it is one person: 'kasse party merge', then set it off; else pay with --despite-debts")


class OtherPayeeFinding(KasseError):  # noqa: N818 - a finding that stops nothing
    """Cash for another person than the one whom the city owes it, and no word why."""

    code = "cash.other_payee"
    template = N_("item {office}/{item} is owed to {name}, the money goes to {payee}")
    hint = N_("have the power of attorney shown and say so with --note: without it the debt is not settled (§ 362 BGB)")
    severity = "warning"


class PayeeNeededError(KasseError):
    """Cash for nobody: the receipt must say who signs it."""

    code = "cash.payee"
    template = N_("nobody is named who gets the money")
    hint = N_("give --payee NAME: the person who signs the receipt")


class PayableRow(NamedTuple):
    """A payable with what may keep it from being paid in cash; `step` is one the acting person took with its order."""

    office: str
    item: int
    account: str
    open_cents: int
    party: int | None
    name: str | None
    run: int | None
    paid_by: str | None
    locked: int
    owed_cents: int
    step: str | None
    twin: int | None = None
    twin_owes_cents: int = 0
    changing: int | None = None


def check_payable(row: PayableRow, user: str, *, despite_debts: bool) -> None:
    """Check that a payable may be paid in cash by this person.

    Raises `InRunError`, `CollectedBySupplierError`, `LockedItemError`, `ChangingItemError`, `OwesError`,
    `TwinOwesError`, `OwnWorkError`.
    """
    where: dict[str, Any] = {"office": row.office, "item": row.item}
    if row.run is not None:
        raise InRunError(run=row.run, **where)
    if row.paid_by is not None:
        raise CollectedBySupplierError(**where)
    if row.locked:
        raise LockedItemError(**where)
    if row.changing is not None:
        raise ChangingItemError(change=order_number(row.office, row.changing), **where)
    if row.step is not None:
        raise OwnWorkError(user=user, what=f"item {row.office}/{row.item}", office=row.office)
    if row.owed_cents and not despite_debts:
        raise OwesError(owed_cents=row.owed_cents, **where)
    if row.twin is not None and not despite_debts:
        raise TwinOwesError(other=row.twin, owed_cents=row.twin_owes_cents, **where)


def other_payees(rows: Sequence[PayableRow], payee: str, note: str) -> tuple[KasseError, ...]:
    """Return a finding for each payable that is owed to another than who gets the money, where no note says why."""
    return tuple(
        OtherPayeeFinding(office=row.office, item=row.item, name=row.name, payee=payee)
        for row in rows
        if row.name and not note and match_key(row.name) != match_key(payee)
    )
