"""Payees whose name does not match their account (VoP), as values: what the bank said, what is decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

CaseState = Literal["open", "asked", "accepted", "named", "corrected", "refused", "over"]
"""What is decided: `named` is a right name that a second person has to confirm, `over` was refused or given up."""
N_("open"), N_("asked"), N_("accepted"), N_("named"), N_("corrected"), N_("refused"), N_("over")  # words of lists
WAITING = frozenset({"open", "asked", "named"})
STOPPING = frozenset({"named", "corrected", "refused"})
"""States of payments with which the file must not be released at the bank."""
_RANKS = {"RVNA": 1, "RVMC": 2, "RVNM": 3}
"""Answers of banks about a name: it cannot be checked, it is nearly right, it is another one."""
ANY_DIGITS = "**"
"""Stands where an IBAN has its check digits."""
_PREFIX = re.compile(r"([A-Z]{2})(?:[0-9]{2}|\*\*)([A-Z0-9]{8,30})")
ROLES = ("payments", "releaser", "head")
CONFIRM_ROLES = ("releaser", "head")
"""Who confirms what one person accepted, or a payee's right name: it becomes the name in the book."""


class NoVopCaseError(KasseError):
    """A payment to whose name the bank had nothing to say."""

    code = "vop.none"
    template = N_("the bank found nothing against the name of payment {payment}")
    hint = N_("see 'kasse payment vop list' for the names that do not match")


class VopExecutedError(KasseError):
    """A payment that the bank has made cannot be stopped any more."""

    code = "vop.executed"
    template = N_("payment {payment} is executed by the bank, refusing its name stops nothing any more")
    hint = N_("call it back with 'kasse payment recall {payment}', lock what must not be paid with 'kasse item lock'")


class VopReasonError(KasseError):
    """A decision without a reason."""

    code = "vop.reason"
    template = N_("no reason is given for the decision on payment {payment}")
    hint = N_("say with --reason how it was clarified: the city bears the loss if the money goes astray")


class VopDecidedError(KasseError):
    """A decision was made already."""

    code = "vop.decided"
    template = N_("payment {payment} is {state} already")
    hint = N_("see 'kasse payment vop list --all'")


class VopDataError(KasseError):
    """A correction that corrects nothing."""

    code = "vop.data"
    template = N_("nothing is corrected of payment {payment}")
    hint = N_("give the account holder's right name with --name, or another account of the payee with --iban")


class VopNotPayeeError(KasseError):
    """A correction of data that is not the payee's."""

    code = "vop.not_payee"
    template = N_("payment {payment} does not go to the payee of an order, but to {name}")
    hint = N_("end the attachment and take it up anew, or withdraw the refund and ask for it anew, with the right data")


class VopRuleError(KasseError):
    """A rule for too many accounts."""

    code = "vop.rule"
    template = N_("a rule for all accounts that begin with {prefix} would be too wide")
    hint = N_(
        "give the account as an IBAN begins: country, check digits (any, or **) and at least eight more for the bank"
    )


def worse(answer: str, accepted: str) -> bool:
    """Return whether the bank's answer says more against a name than the one that was accepted.

    >>> worse("RVNM", "RVNA"), worse("RVNA", "RVNM")
    (True, False)
    """
    return _RANKS.get(answer, 0) > _RANKS.get(accepted, 0)


def rule_prefix(text: str) -> str:
    """Return how the accounts of a rule begin, without check digits: they differ from account to account of a bank.

    >>> rule_prefix("DE12 1203 0000 17")
    'DE**1203000017'

    Raises `VopRuleError` where it does not name a bank.
    """
    bare = "".join(text.split()).upper()
    found = _PREFIX.fullmatch(bare)
    if found is None:
        raise VopRuleError(prefix=text)
    return f"{found[1]}{ANY_DIGITS}{found[2]}"


@dataclass(frozen=True, slots=True)
class VopCase:
    """One payment whose payee the bank could not confirm; `found` is the real name where the bank gave it."""

    payment: str
    run: int
    line: int
    file: int
    name: str
    iban: str
    amount_cents: int
    status: str
    found: str
    read_at: str
    state: CaseState
    reason: str | None = None
    made_by: str | None = None
    confirmed_by: str | None = None
    rule: int | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody has to decide, or to confirm what is decided."""
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class VopDone:
    """What a decision did: `left` counts the cases of the file that still wait, `corrected` those that stop it.

    `live` counts the cases whose payments are with the bank still, `unchecked` the payments of the file about whose
    names it has not said anything yet.
    """

    case: VopCase
    new: bool
    left: int
    corrected: int
    live: int = 0
    unchecked: int = 0


@dataclass(frozen=True, slots=True)
class VopRule:
    """A rule for accounts that no bank can check; it works once a second person has confirmed it."""

    number: int
    iban_prefix: str
    reason: str
    made_by: str
    confirmed_by: str | None
    ended_on: str | None
    used: int = 0
