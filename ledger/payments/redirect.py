"""Paying a payable to another account of its payee than the order names, once two people looked."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.errors import N_, KasseError

ASK_ROLES = ("clerk", "payments", "head")
CONFIRM_ROLES = ("releaser", "head")


class NotPayableError(KasseError):
    """An item that is not to be paid."""

    code = "redirect.item"
    template = N_("item {item} of office {office} is not open to be paid")
    hint = N_("see 'kasse item show {office}/{item}'; refunds are withdrawn and asked for anew")


class OtherAccountError(KasseError):
    """An account that is not known to be the payee's own."""

    code = "redirect.account"
    template = N_("{iban} is not known to be an account of {name}; known are: {known}")
    hint = N_("ask the payee in a second way, not by the letter that named the account; then add it with "
              "'kasse party change {party} --iban {iban}'")  # fmt: skip


class RedirectReasonError(KasseError):
    """Another account without a reason."""

    code = "redirect.reason"
    template = N_("no reason is given for paying item {item} of office {office} to another account")
    hint = N_("say with --reason how the account was checked: a wrong one is the most common fraud")


class SameAccountError(KasseError):
    """A payable that is paid to this account anyway."""

    code = "redirect.same"
    template = N_("item {item} of office {office} is paid to {iban} already")
    hint = N_("nothing to do; another account that was asked for is given up with "
              "'kasse payment redirect {office}/{item} --refuse --reason …'")  # fmt: skip


class RedirectWaitsError(KasseError):
    """Another account while one waits to be confirmed."""

    code = "redirect.waits"
    template = N_("{waiting} was asked for by {name} for item {item} of office {office} and is not confirmed yet")
    hint = N_("another person confirms it, or give it up with "
              "'kasse payment redirect {office}/{item} --refuse --reason …'")  # fmt: skip


class NothingAskedError(KasseError):
    """A refusal where no other account waits."""

    code = "redirect.none"
    template = N_("no other account waits to be confirmed for item {item} of office {office}")
    hint = N_("see 'kasse item show {office}/{item}'; ask for another account with --iban")


class RedirectWhatError(KasseError):
    """Neither an account nor a refusal, or both."""

    code = "redirect.what"
    template = N_("say either to which account, or that what was asked for is refused")
    hint = N_("give --iban IBAN, or --refuse with --reason")
    exit_code = 2


class RedirectedSinceError(KasseError):
    """A run pays to an account that is replaced, or is to be replaced."""

    code = "redirect.since"
    template = N_(
        "{name} is paid to {iban}, but {wanted} was asked for as the account of item {item} of office {office}"
    )
    hint = N_("confirm or refuse it with 'kasse payment redirect {office}/{item}'; once confirmed, take the payment "
              "out with 'kasse payment change {run} --without {line} --reason …' and propose it again")  # fmt: skip
    severity = "warning"


class RedirectReservedError(KasseError):
    """A payable that a run holds."""

    code = "redirect.reserved"
    template = N_("item {item} of office {office} is in payment run {run}")
    hint = N_("take it out with 'kasse payment change {run} --without LINE --reason …', or give the run up first")


@dataclass(frozen=True, slots=True)
class Redirect:
    """Another account for a payable; it holds once a second person has confirmed it."""

    office: str
    item: int
    number: int
    name: str
    iban: str
    before: str | None
    reason: str
    asked_by: str
    confirmed_by: str | None
    refused_by: str | None = None
    new: bool = True

    @property
    def lock(self) -> str:
        """The words of the lock that keeps the item out of runs until the account is confirmed."""
        return f"IBAN {self.iban}: {self.reason}"
