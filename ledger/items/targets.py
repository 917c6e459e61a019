"""What a reference may stand for besides one item, as values (Kassenzeichen of letters, plans, cases, accounts)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

TargetKind = Literal["claim", "letter", "plan", "case", "party"]
ItemKey = tuple[str, int]
KINDS = (N_("claim"), N_("letter"), N_("plan"), N_("case"), N_("party"))
"""What a reference may stand for."""


class ReferenceTakenError(KasseError):
    """A reference that names something else already."""

    code = "target.taken"
    template = N_("the reference {reference} stands for {kind} {office}/{number} already")
    hint = N_("leave the reference away: a fresh one is given")


class NoTargetItemsError(KasseError):
    """A reference that would stand for nothing."""

    code = "target.empty"
    template = N_("the reference {reference} names no item")
    hint = N_("name the items it stands for, as OFFICE/NUMBER")


class UnknownTargetItemError(KasseError):
    """A reference for an item that is none of money owed to us."""

    code = "target.item"
    template = N_("office {office} has no receivable {item}")
    hint = N_("see 'kasse report open-items --kind receivable'")


@dataclass(frozen=True, slots=True)
class Target:
    """A reference with what it stands for; the items of an account are those that the party owes at the moment."""

    reference: str
    kind: TargetKind
    office: str
    number: int
    items: tuple[ItemKey, ...]
