"""The city as third-party debtor: who takes what of a payee's money, by rank (§§ 804, 829, 835 ZPO, § 398 BGB)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from sepa.errors import N_, KasseError

Kind = Literal["garnishment", "assignment"]
KINDS: tuple[Kind, ...] = ("garnishment", "assignment")
N_("garnishment"), N_("assignment")  # words of lists
DECLARATION_DAYS = 14  # § 840 Abs. 1 ZPO: binnen zwei Wochen von der Zustellung
ROLES = ("clerk", "payments", "head")


class UnknownAttachmentError(KasseError):
    """No such attachment."""

    code = "attachment.unknown"
    template = N_("there is no garnishment or assignment {number}")
    hint = N_("see 'kasse attachment list'")


class AttachmentEndedError(KasseError):
    """The attachment has ended."""

    code = "attachment.ended"
    template = N_("garnishment or assignment {number} has ended on {day}")
    hint = N_("take up a new one with 'kasse attachment add' if another paper was served")


class AttachmentKindError(KasseError):
    """No such kind of attachment."""

    code = "attachment.kind"
    template = N_("there is no kind {kind} of right to a payee's money")
    hint = N_("the kinds are: {kinds}")
    exit_code = 2


class AttachmentReasonError(KasseError):
    """An attachment ends without a reason."""

    code = "attachment.reason"
    template = N_("no reason is given for ending {number}")
    hint = N_("say with --reason which paper ended it")


class UnknownPartyError(KasseError):
    """No such party."""

    code = "attachment.party"
    template = N_("there is no party {party}")
    hint = N_("give the number of the party, or the number of an item of it as OFFICE/ITEM")


class DeclarationDueError(KasseError):
    """Our declaration as third-party debtor is due (§ 840 ZPO)."""

    code = "attachment.declaration"
    template = N_("the declaration on {number} for {creditor} is due on {day}")
    hint = N_("send it and note it with 'kasse attachment declare {number}'; after that day the city is liable")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A right to a party's money as it stands; `paid_cents` is what left for it or is on its way."""

    number: int
    party: int
    party_name: str
    kind: str
    creditor: str
    creditor_iban: str | None
    text: str
    rank: int
    served_on: str
    sum_cents: int | None
    pays: bool
    document: str | None
    declared_on: str | None
    ended_on: str | None
    paid_cents: int

    @property
    def left_cents(self) -> int | None:
        """What it may still take; None without a limit."""
        return None if self.sum_cents is None else max(self.sum_cents - self.paid_cents, 0)

    @property
    def declaration_due(self) -> str | None:
        """The last day for our declaration (§ 840 Abs. 1 ZPO), None where none is asked for or it was made."""
        if self.kind != "garnishment" or self.declared_on is not None:
            return None
        return (dt.date.fromisoformat(self.served_on) + dt.timedelta(days=DECLARATION_DAYS)).isoformat()


class Taking(NamedTuple):
    """What one attachment takes of one payable: paid to its creditor, or held back where it may only block."""

    attachment: Attachment
    cents: int


def spread(cents: int, held: Iterable[Attachment]) -> tuple[int, list[Taking]]:
    """Return what is left for the payee and what each attachment takes, the oldest rank first."""
    takings, left = [], cents
    for one in sorted(held, key=lambda each: (each.rank, each.served_on, each.number)):
        part = left if one.left_cents is None else min(left, one.left_cents)
        if part > 0:
            takings.append(Taking(one, part))
            left -= part
    return left, takings


def used(attachment: Attachment, cents: int) -> Attachment:
    """Return the attachment after it took so much more."""
    return replace(attachment, paid_cents=attachment.paid_cents + cents)


def reminders(held: Iterable[Attachment]) -> list[KasseError]:
    """Return a finding for each declaration of ours that is still to be made."""
    return [
        DeclarationDueError(number=one.number, creditor=one.creditor, day=dt.date.fromisoformat(due))
        for one in held
        if one.ended_on is None and (due := one.declaration_due)
    ]
