"""Paying back credits and wrong money: to the paying account; to another one only with papers and the Kassenleitung."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

ASK_ROLES = ("clerk", "payments", "head")
APPROVE_ROLES = ("cashier", "head")
OTHER_ACCOUNT_ROLES = ("head",)
KINDS = ("credit",)
RefundState = Literal["asked", "approved", "paid", "returned", "withdrawn"]
PAID: dict[str, RefundState] = {"released": "paid", "exported": "paid", "executed": "paid", "returned": "returned"}
"""What the state of its payment makes of a refund."""
N_("asked"), N_("approved"), N_("paid"), N_("returned"), N_("withdrawn")  # words of lists


class NotRefundableError(KasseError):
    """An item that is no money to be paid back."""

    code = "refund.item"
    template = N_("item {item} of office {office} is not open money to be paid back")
    hint = N_("credits are paid back here; unclear money goes back with 'kasse suspense refund'")


class RefundAmountError(KasseError):
    """More to be paid back than is open."""

    code = "refund.amount"
    template = N_("of item {item} of office {office} {open_cents} are open, not {asked_cents}")
    hint = N_("leave --amount away to pay back all of it")


class RefundReasonError(KasseError):
    """A refund without a reason."""

    code = "refund.reason"
    template = N_("no reason is given for paying back item {item} of office {office}")
    hint = N_("say with --reason why; the payee reads it too if it is short")


class RefundAccountError(KasseError):
    """A refund to another account than the one the money came from."""

    code = "refund.account"
    template = N_("the money came from {paying}; {iban} needs a document that proves it")
    hint = N_("give --document with the paper; the Kassenleitung approves, and the bank checks the name")


class RefundPayerError(KasseError):
    """Nobody knows where the money came from."""

    code = "refund.payer"
    template = N_("the book does not know from which account the money of item {item} of office {office} came")
    hint = N_("give --iban, --name and --document; the Kassenleitung approves")


class RefundPayersError(KasseError):
    """Money of a collective entry that several accounts may have paid."""

    code = "refund.payers"
    template = N_(
        "the money of item {item} of office {office} came with a collective credit: nothing says which of the parts "
        "{parts} of bank entry {bank_entry} paid it, and they came from different accounts"
    )
    hint = N_(
        "take back what was assigned without a part ('kasse suspense undo') and assign it with --part NUMBER, or give "
        "--iban, --name and --document; the Kassenleitung approves"
    )


class RefundServiceError(KasseError):
    """An account on which a payment service collects for many."""

    code = "refund.payment_service"
    template = N_("{iban} is the account of a payment service: the money would not reach the payer")
    hint = N_("pay it back through the service, or give the payer's own account with --iban, --name and --document")


class RefundDebtorError(KasseError):
    """The payee owes something that is due."""

    code = "refund.set_off_first"
    template = N_("{name} owes {owed_cents} that is due")
    hint = N_("set it off first with 'kasse payment set-off {office}/{item}', or say --without-set-off")


class RefundOwesError(KasseError):
    """The payee owes something that became due after the refund was asked for."""

    code = "refund.owes"
    template = N_("{name} owes {owed_cents} that is due by now; the refund was asked for before")
    hint = N_(
        "take it back with 'kasse payment refund withdraw {office}/{item} --reason …' and set the money off, or ask "
        "for it anew with --without-set-off"
    )


class RefundOpenError(KasseError):
    """A refund that is under way."""

    code = "refund.open"
    template = N_("item {item} of office {office} is being paid back already, asked for by {asked_by}")
    hint = N_("see 'kasse payment refund list'")


class RefundUnderWayError(KasseError):
    """A refund that a run holds or has paid."""

    code = "refund.under_way"
    template = N_("the refund of item {item} of office {office} is in run {run}: {state}")
    hint = N_(
        "take it out with 'kasse payment change {run} --without LINE --reason …' as long as the run is not released"
    )


class NoRefundError(KasseError):
    """A refund that nobody asked for."""

    code = "refund.none"
    template = N_("nobody asked to pay back item {item} of office {office}")
    hint = N_("ask for it with 'kasse payment refund ask {office}/{item} --reason …'")


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to be paid back as it stands; `other_account` where it does not go to where it came from."""

    office: str
    item: int
    cents: int
    name: str
    iban: str
    paying_iban: str | None
    purpose: str
    reason: str
    document: str | None
    asked_by: str
    asked_at: str
    approved_by: str | None
    open_cents: int
    run: int | None
    number: int = 0
    payment: str | None = None
    ended_by: str | None = None

    @property
    def state(self) -> RefundState:
        """How far the refund is; one that the bank sent back is over: the next one needs another account."""
        if self.ended_by is not None:
            return "withdrawn"
        if self.payment is not None and self.payment in PAID:
            return PAID[self.payment]
        return "asked" if self.approved_by is None else "approved"

    @property
    def waits(self) -> bool:
        """Whether the money is still to leave."""
        return self.state in {"asked", "approved"}

    @property
    def other_account(self) -> bool:
        """Whether the money goes to another account than it came from."""
        return self.iban != self.paying_iban


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for: all of an item to the paying account, unless said otherwise."""

    reason: str
    cents: int | None = None
    iban: str | None = None
    name: str | None = None
    document: str | None = None
    set_off: bool = True
