"""Set-off against money that others have a right to: what § 392 BGB, for assignments § 406 BGB, still allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.items.settlement import Claim
from ledger.payments.attachments import Attachment, Taking, spread, used
from ledger.payments.set_off import SetOff
from sepa.errors import N_, KasseError

ItemKey = tuple[str, int]


class SetOffSeizedError(KasseError):
    """A set-off that the law excludes: the money is another's, and our claim is younger than that."""

    code = "set_off.seized"
    template = N_("item {item} of office {office} cannot be set off: its money is attached by {creditor} "
                  "(attachment {number}) since {day}, our claim arose or fell due later")  # fmt: skip
    hint = N_("§§ 392, 406 BGB; pay it by 'kasse payment propose --without-set-off', and see 'kasse attachment list'")


class SetOffAttachedError(KasseError):
    """A set-off against attached money that the law allows, wholly or in part."""

    code = "set_off.attached"
    template = N_("item {item} of office {office}: its money is attached by {creditor} (attachment {number})")
    hint = N_("only what §§ 392, 406 BGB allow is set off, the rest is the creditor's by rank; tell {creditor}")
    severity = "warning"


def seized(one: SetOff) -> SetOffSeizedError:
    """Return why nothing of an attached payable may be set off."""
    number, creditor, served = one.attachments[0]
    day = dt.date.fromisoformat(served)
    return SetOffSeizedError(office=one.office, item=one.item, number=number, creditor=creditor, day=day)


def attached(found: Iterable[SetOff]) -> list[KasseError]:
    """Return a finding for each attachment of what is set off."""
    return [
        SetOffAttachedError(office=one.office, item=one.item, number=number, creditor=creditor)
        for one in found
        for number, creditor, _ in one.attachments
    ]


@dataclass(frozen=True, slots=True)
class Aged:
    """A claim of ours with the day from which it stands in the book (ISO text)."""

    claim: Claim
    acquired_on: str


def bars(attachment: Attachment, one: Aged, due: str) -> bool:
    """Return whether an attachment excludes the set-off of our claim against a payable that is due on a day (ISO text).

    It does where we acquired the claim after the service, or where the claim fell due after the service and later
    than the payable (§ 392 BGB; § 406 BGB for an assignment, which we know of since it was served).
    """
    served = attachment.served_on
    return one.acquired_on > served or (one.claim.due > served and one.claim.due > due)


def lawful(claims: Sequence[Aged], free_cents: int, due: str, takings: Sequence[Taking]) -> list[Claim]:
    """Return our claims with what may be set off of each against a payable of which attachments take something.

    Claims that an attachment excludes are met from money only that neither it nor the other claims need.
    """
    barred = [one for one in claims if any(bars(taking.attachment, one, due) for taking in takings)]
    seized = sum(taking.cents for taking in takings)
    first = sum(one.claim.open_cents for one in claims if one not in barred)
    left, allowed = max(free_cents - seized - first, 0), []
    for one in claims:
        cents = one.claim.open_cents
        if one in barred:
            cents = min(cents, left)
            left -= cents
        allowed.append(replace(one.claim, open_cents=cents))
    return [claim for claim in allowed if claim.open_cents]


def seizures(
    payables: Iterable[tuple[ItemKey, int, int]], held: Mapping[int, Sequence[Attachment]]
) -> dict[ItemKey, list[Taking]]:
    """Return what the attachments take of each payable: a limited sum counts once over all payables of the payee.

    `payables` are key, party and free cents in the order in which the attachments take; `held` are those of a party.
    """
    standing, found = {party: list(own) for party, own in held.items()}, {}
    for key, party, cents in payables:
        own = standing.get(party, [])
        found[key] = spread(cents, own)[1]
        for attachment, part in found[key]:
            own[own.index(attachment)] = used(attachment, part)
    return found
