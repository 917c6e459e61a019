"""The city as third-party debtor: who takes what of a payee's money, by rank (§§ 804, 829, 835 ZPO, § 398 BGB)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal, NamedTuple

from sepa.errors import N_, KasseError

Kind = Literal["garnishment", "assignment"]
KINDS: tuple[Kind, ...] = ("garnishment", "assignment")
N_("garnishment"), N_("assignment")  # words of lists
DECLARATION_DAYS = 14  # § 840 Abs. 1 ZPO: binnen zwei Wochen von der Zustellung
ROLES = ("clerk", "payments", "head")
CONFIRM_ROLES = ("releaser", "head")


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


class AttachmentDocumentError(KasseError):
    """A right to a payee's money without the paper that gives it."""

    code = "attachment.document"
    template = N_("no document is named that gives {creditor} a right to the money")
    hint = N_("say with --document where the order or the deed of assignment lies")
    exit_code = 2


class AttachmentTextError(KasseError):
    """A right to a payee's money without the creditor's reference."""

    code = "attachment.text"
    template = N_("no reference of {creditor} is given")
    hint = N_("say with --text the file number of the paper: by it the creditor knows the payment, and we the paper")
    exit_code = 2


class AttachmentSumError(KasseError):
    """A right to nothing."""

    code = "attachment.sum"
    template = N_("{sum_cents} is no sum that can be attached")
    hint = N_("give more than 0 with --sum, or leave it away where the paper takes everything")
    exit_code = 2


class AttachmentServedError(KasseError):
    """A paper that was served on a day still to come."""

    code = "attachment.served"
    template = N_("{day}, the day of service, is still to come")
    hint = N_("give with --served the day that the certificate of service names")
    exit_code = 2


class AttachmentTwiceError(KasseError):
    """A paper that is in the book with other values."""

    code = "attachment.twice"
    template = N_("{text} of {creditor}, served on {day}, is attachment {number} already, with other values")
    hint = N_("end that one with 'kasse attachment end {number} --reason …' and take the paper up anew")


class AttachmentRankError(KasseError):
    """Two papers of one day, and nobody says which came first."""

    code = "attachment.rank"
    template = N_("attachment {number} of {creditor} was served on {day} too, and no rank among both is given")
    hint = N_(
        "what was served earlier goes first (§ 804 Abs. 3 ZPO): give a --rank above {rank} where this paper came later "
        "on that day, one below it where it came before, {rank} itself where both came at once and share"
    )


class AttachmentHeldError(KasseError):
    """A right that only holds the money back."""

    code = "attachment.held"
    template = N_("attachment {number} pays nobody: the money is held back, no account of {creditor} was given")
    hint = N_(
        "end it with 'kasse attachment end {number}' and take it up anew with --iban when the money is to be paid"
    )


class AttachmentIbanError(KasseError):
    """Another account than the one that was taken up."""

    code = "attachment.iban"
    template = N_("{iban} is not the account that attachment {number} was taken up with: {known}")
    hint = N_(
        "compare both with the paper; a wrong one is ended with 'kasse attachment end {number}' and taken up anew"
    )


class AttachmentAccountError(KasseError):
    """An account that is not known to be the creditor's own."""

    code = "attachment.account"
    template = N_("{iban} is not known to be an account of {creditor}; known are: {known}")
    hint = N_("ask the creditor in a second way, not by the paper that named the account; then add it with "
              "'kasse party add' or 'kasse party change', each with --iban")  # fmt: skip


class AttachmentWaitsError(KasseError):
    """A payout that no second person has confirmed."""

    code = "attachment.waits"
    template = N_("attachment {number}: the money is held back until another person confirms {iban} of {creditor}")
    hint = N_("the other person types the account from the paper: 'kasse attachment confirm {number} --iban …'")
    severity = "warning"


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
    """A right to a party's money as it stands; `paid_cents` is what left for it or is on its way.

    It `pays` where a second person has confirmed the creditor's account, else the money is held back. `rank` is its
    place among those of the party that stand: by day of service, then by the rank given for papers of one day.
    """

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
    def waits(self) -> bool:
        """Whether the creditor's account is still to be confirmed by a second person."""
        return self.creditor_iban is not None and not self.pays and self.ended_on is None

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
    """Return what is left for the payee and what each attachment takes: the better rank goes first, equal ones share.

    Those of one rank get parts in proportion to what each may still take (§§ 804, 853 ZPO).
    """
    takings, left = [], cents
    for _, same in groupby(sorted(held, key=_place), key=lambda each: each.rank):
        group = list(same)
        for one, part in zip(group, _shares(left, [_want(one, left) for one in group]), strict=True):
            if part > 0:
                takings.append(Taking(one, part))
                left -= part
    return left, takings


def _place(one: Attachment) -> tuple[int, int]:
    return one.rank, one.number


def _want(one: Attachment, cents: int) -> int:
    return cents if one.left_cents is None else one.left_cents


def _shares(cents: int, wants: list[int]) -> list[int]:
    """Return what each gets of the cents by what it wants; the cents that do not divide go to the first in order."""
    whole = sum(wants)
    if whole <= cents:
        return wants
    parts = [cents * want // whole for want in wants]
    for index in range(cents - sum(parts)):
        parts[index] += 1
    return parts


def used(attachment: Attachment, cents: int) -> Attachment:
    """Return the attachment after it took so much more."""
    return replace(attachment, paid_cents=attachment.paid_cents + cents)


def reminders(held: Iterable[Attachment]) -> list[KasseError]:
    """Return a finding for each account that is still to be confirmed and each declaration of ours still to be made."""
    standing = [one for one in held if one.ended_on is None]
    return [
        *(
            AttachmentWaitsError(number=one.number, iban=one.creditor_iban, creditor=one.creditor)
            for one in standing
            if one.waits
        ),
        *(
            DeclarationDueError(number=one.number, creditor=one.creditor, day=dt.date.fromisoformat(due))
            for one in standing
            if (due := one.declaration_due)
        ),
    ]
