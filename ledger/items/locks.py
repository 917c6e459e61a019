"""Locks (Sperren) as values: what is locked, from when to when, and what is wrong with a lock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sepa.errors import N_, KasseError

LockKind = Literal["dunning", "payment", "enforcement"]
KINDS: tuple[LockKind, ...] = ("dunning", "payment", "enforcement")
N_("dunning"), N_("payment"), N_("enforcement")  # words of lists
ItemKey = tuple[str, int]
"""An office and the number of an item there."""
ROLES: dict[LockKind, tuple[str, ...]] = {
    "dunning": ("clerk", "enforcement", "head"),
    "payment": ("clerk", "payments", "head"),
    "enforcement": ("enforcement", "head"),
}
"""Who may lock and lift, by kind of lock."""


class UnknownLockKindError(KasseError):
    """No such kind of lock."""

    code = "lock.kind"
    template = N_("there is no lock of the kind {kind}")
    hint = N_("the kinds are: {kinds}")
    exit_code = 2


class NoReasonError(KasseError):
    """A step that needs a reason has none."""

    code = "lock.reason"
    template = N_("a lock needs a reason")
    hint = N_("give one with --reason: who looks at it in a year must understand it")


class LockDaysError(KasseError):
    """A lock that ends before it begins."""

    code = "lock.days"
    template = N_("a lock from {since} cannot end on {until}")
    hint = N_("give a last day that is not before the first")


class NotLockedError(KasseError):
    """There is nothing to lift."""

    code = "lock.none"
    template = N_("{what} has no lock of the kind {kind} that could be lifted")
    hint = N_("see 'kasse item show' or 'kasse party show' for the locks that hold")


def lock_kind(text: str) -> LockKind:
    """Return the kind of lock that a text names.

    Raises `UnknownLockKindError`.
    """
    for kind in KINDS:
        if text.strip().lower() == kind:
            return kind
    raise UnknownLockKindError(kind=text, kinds=", ".join(KINDS))


@dataclass(frozen=True, slots=True)
class Span:
    """The days a lock holds, both included; without an end it holds until lifted.

    Raises `LockDaysError`.
    """

    since: str
    until: str | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise LockDaysError(since=self.since, until=self.until)


@dataclass(frozen=True, slots=True)
class Lock:
    """One lock: on an item of an office, or on a party; `lifted_on` is the first day it no longer holds."""

    office: str | None
    item: int | None
    party: int | None
    id: int
    kind: str
    reason: str
    since: str
    until: str | None
    made_by: str
    made_at: str
    lifted_by: str | None
    lifted_at: str | None
    lifted_on: str | None

    def holds(self, day: str) -> bool:
        """Return whether the lock holds on a day."""
        ended = self.until is not None and self.until < day
        lifted = self.lifted_on is not None and self.lifted_on <= day
        return self.since <= day and not ended and not lifted


@dataclass(frozen=True, slots=True)
class Locked:
    """What a lock or its lifting did; `new` is false where everything was so before."""

    kind: str
    new: bool
    items: tuple[tuple[str, int], ...] = ()
    parties: tuple[int, ...] = ()
    since: str = ""
    until: str | None = None


@dataclass(frozen=True, slots=True)
class ActiveLocks:
    """All that is locked in one way on one day; for bulk work that must say what it leaves out."""

    items: frozenset[ItemKey]
    parties: frozenset[int]

    def hold(self, office: str, item: int, party: int | None) -> bool:
        """Return whether the item or its party is locked."""
        return (office, item) in self.items or party in self.parties


NO_LOCKS = ActiveLocks(frozenset(), frozenset())
