"""Cash on its way between desks and banks, as values (Geldtransport): it is nobody's until it is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

TransportKind = Literal["deposit", "withdrawal", "cheques", "transfer"]
KINDS = (N_("deposit"), N_("withdrawal"), N_("cheques"), N_("transfer"))
STATES = ("under_way", N_("there"), "taken_back")
CHEQUE_STATES = ("held", "presented", N_("credited"), N_("bounced"), "given_back")
WORDS = {
    "under_way": N_("under way"), "taken_back": N_("taken back"), "presented": N_("at the bank"),
    "given_back": N_("given back"), "held": N_("in the drawer"),
}  # fmt: skip
"""States in words, where their own names are none."""
LATE_DAYS = 7
"""Days after which cash under way is named: a night deposit is booked in two or three."""


class NothingToBringError(KasseError):
    """An amount that moves nothing."""

    code = "cash.nothing"
    template = N_("nothing of {desk} is to be moved with the amount {wanted_cents}")
    hint = N_("give an amount above zero; 'kasse cash show {desk}' says what is there")


class NoChequesError(KasseError):
    """Cheques to be handed in, and none is in the drawer."""

    code = "cash.no_cheques"
    template = N_("no cheque is in the drawer of cash desk {desk}")
    hint = N_("see 'kasse cash show {desk}'")


class SameDeskError(KasseError):
    """Cash from a desk to itself."""

    code = "cash.same_desk"
    template = N_("{desk} cannot give cash to itself")
    hint = N_("name the desk or fund that gets it")


class FullFundError(KasseError):
    """A fund that has what it shall have, or more under way."""

    code = "cash.full"
    template = N_("fund {desk} needs nothing: it has {balance_cents} of {fixed_cents}, under way {under_way_cents}")
    hint = N_("settle its vouchers first: 'kasse cash settle {desk} FILE'")


class OverFixedError(KasseError):
    """More for a fund than its fixed sum."""

    code = "cash.over_fixed"
    template = N_("fund {desk} holds {fixed_cents} at most: it has {balance_cents}, under way {under_way_cents}, "
                  "and would get {wanted_cents}")  # fmt: skip
    hint = N_("fill it up with --refill; a head fixes another sum with 'kasse cash change {desk}'")


class NoIncomingError(KasseError):
    """Nothing is on its way to the desk."""

    code = "cash.no_incoming"
    template = N_("nothing with the name {reference} is on its way to {desk}")
    hint = N_("see 'kasse cash show {desk}' for what is under way")


class NothingIncomingError(KasseError):
    """Nothing at all is on its way to the desk."""

    code = "cash.nothing_incoming"
    template = N_("nothing is on its way to {desk}")
    hint = N_("the other desk gives it away first: 'kasse cash transfer DESK {desk} AMOUNT'")


class SeveralIncomingError(KasseError):
    """More than one transport is on its way to the desk, and none was named."""

    code = "cash.several_incoming"
    template = N_("several are on their way to {desk}: {references}")
    hint = N_("say which: 'kasse cash accept {desk} NAME'")


class LateTransportFinding(KasseError):  # noqa: N818 - a finding that stops nothing
    """Cash that is under way for too long."""

    code = "cash.transport_late"
    template = N_("{reference}: {sum_cents} are under way since {day}")
    hint = N_("ask the bank or who carried it; see 'kasse cash show {desk}'")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Transport:
    """Cash or cheques under way: from a desk to a bank (deposit, cheques), from a bank, or between desks."""

    number: int
    kind: TransportKind
    desk: str
    other: str | None
    iban: str | None
    reference: str
    bag: str | None
    amount_cents: int
    day: str
    state: str
    made_by: str
    there_on: str | None


def reference_of(office: str, number: int) -> str:
    """Return what a transport is called on the paying-in slip: `KASSE-T12`."""
    return f"{office}-T{number}"
