"""Reversals: the mirror of an entry and of all it did to open items, once and only once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.book.entry import OWN_KINDS, Draft, EntryKind, Posting
from ledger.book.journal import EntryNumber
from ledger.items.store import NewClearing
from sepa.errors import N_, KasseError


class OwnCommandError(KasseError):
    """The entry was made by a command that has its own way of undoing."""

    code = "reversal.own_command"
    template = N_("entry {number} is of kind {kind} and is not reversed by hand")
    hint = N_("what was assigned or matched is undone with 'kasse suspense undo --entry {number}', a set-off with "
              "'kasse payment set-off-undo {number}'; orders, runs, the take-over and the result carried by a closing "
              "are mended where they were made")  # fmt: skip


class ReversalOfReversalError(KasseError):
    """A reversal is final."""

    code = "reversal.of_reversal"
    template = N_("entry {number} is itself a reversal")
    hint = N_("post anew what it took back")


class AlreadyReversedError(KasseError):
    """An entry is reversed once and only once."""

    code = "reversal.again"
    template = N_("entry {number} is reversed already, by {by}")
    hint = N_("see 'kasse journal show {by}'")


class MissingReasonError(KasseError):
    """A reversal without words."""

    code = "reversal.reason"
    template = N_("no reason is given for reversing {number}")
    hint = N_("say with --reason why the entry is taken back")


class ReversalTooEarlyError(KasseError):
    """A reversal dated before the entry it takes back."""

    code = "reversal.day"
    template = N_("entry {number} is of {posted} and cannot be reversed on {day}")
    hint = N_("give its own day or a later one with --on")


class UndoneClearingError(KasseError):
    """A clearing of the entry was undone by another one, or undoes one itself."""

    code = "reversal.clearing"
    template = N_("clearing {clearing} of entry {number} was undone already, or undoes another one")
    hint = N_("post what is still wrong as an entry of its own")


class SettledItemError(KasseError):
    """The entry made an item that others have settled since."""

    code = "reversal.settled"
    template = N_("item {item} made by entry {number} is settled by {settled_cents} since")
    hint = N_("undo that settlement first")


class ReservedItemError(KasseError):
    """The entry made an item that a payment run holds."""

    code = "reversal.reserved"
    template = N_("item {item} made by entry {number} is in payment run {run}")
    hint = N_("take it out of the run first")


class BoundItemError(KasseError):
    """The entry made an item whose money an order is to pay out."""

    code = "reversal.bound"
    template = N_("item {item} made by entry {number} is to be paid out by the order {order}")
    hint = N_("have it objected to with 'kasse order object {order} --reason …', then try again")


class RefundedItemError(KasseError):
    """The entry made a credit that is being paid back."""

    code = "reversal.refunded"
    template = N_("credit {office}/{item} made by entry {number} is being paid back")
    hint = N_("withdraw that with 'kasse payment refund withdraw {office}/{item} --reason …', then try again")


@dataclass(frozen=True, slots=True)
class Reversible:
    """An entry that may be reversed, as it stands in the book; `reversed_by` is the number of its reversal."""

    number: EntryNumber
    position: int
    kind: EntryKind
    posting_day: str
    postings: tuple[Posting, ...]
    reversed_by: EntryNumber | None = None
    source: str | None = None

    @property
    def closes_by_hand(self) -> bool:
        """Whether somebody posted it in period 13: its mirror stands there too, while the year is open."""
        return self.kind == "closing" and (self.source or "").startswith("manual:")

    @property
    def ordered(self) -> bool:
        """Whether an order posted it, which only another order takes back: four people, not one."""
        return (self.source or "").startswith("order:")


@dataclass(frozen=True, slots=True)
class OldClearing:
    """A clearing the entry wrote: its lines as (item, cents); `entangled` where it is part of a reset."""

    office: str
    id: int
    position: int
    payment_day: str
    lines: tuple[tuple[int, int], ...]
    entangled: bool


@dataclass(frozen=True, slots=True)
class MadeItem:
    """An item the entry made, what is open of it, and the payment run that holds it."""

    office: str
    id: int
    position: int
    amount_cents: int
    open_cents: int
    run: int | None = None


@dataclass(frozen=True, slots=True)
class Involved:
    """Everything a reversal touches: the entries of the transaction, their clearings, the items they made."""

    entries: tuple[Reversible, ...]
    clearings: tuple[OldClearing, ...]
    items: tuple[MadeItem, ...]

    def number(self, office: str, position: int) -> str:
        """Return the number of the entry at that place."""
        return next(str(e.number) for e in self.entries if (e.number.office, e.position) == (office, position))


def check_reversible(involved: Involved, day: str, own_kinds: frozenset[str] = OWN_KINDS) -> None:
    """Check that the entries can be taken back on that day, with all they did; entries of `own_kinds` cannot.

    Raises `OwnCommandError`, `ReversalOfReversalError`, `AlreadyReversedError`, `ReversalTooEarlyError`,
    `UndoneClearingError`, `SettledItemError`, `ReservedItemError`.
    """
    for entry in involved.entries:
        _check_entry(entry, day, own_kinds)
    for clearing in involved.clearings:
        if clearing.entangled:
            number = involved.number(clearing.office, clearing.position)
            raise UndoneClearingError(clearing=clearing.id, number=number)
    for item in involved.items:
        _check_item(item, involved)


def _check_entry(entry: Reversible, day: str, own_kinds: frozenset[str]) -> None:
    number = str(entry.number)
    if (entry.ordered and "order" in own_kinds) or (entry.kind in own_kinds and not entry.closes_by_hand):
        raise OwnCommandError(number=number, kind=entry.kind)
    if entry.kind == "reversal":
        raise ReversalOfReversalError(number=number)
    if entry.reversed_by is not None:
        raise AlreadyReversedError(number=number, by=str(entry.reversed_by))
    if day < entry.posting_day and not entry.closes_by_hand:
        raise ReversalTooEarlyError(number=number, posted=entry.posting_day, day=day)


def _check_item(item: MadeItem, involved: Involved) -> None:
    number = involved.number(item.office, item.position)
    own = sum(c for old in involved.clearings if old.office == item.office for i, c in old.lines if i == item.id)
    settled = item.amount_cents - item.open_cents - own
    if settled:
        raise SettledItemError(item=item.id, number=number, settled_cents=settled)
    if item.run is not None:
        raise ReservedItemError(item=item.id, number=number, run=item.run)


def mirrors(entries: Sequence[Reversible], day: str, reason: str) -> list[Draft]:
    """Return the mirror of each entry: the same lines with their signs turned, one transaction again."""
    group = 1 if len(entries) > 1 else None
    return [_mirror(entry, day, reason, group) for entry in entries]


def mirror_day(entry: Reversible, day: str) -> str:
    """Return the day of the mirror: that of the entry in period 13, else the one given."""
    return entry.posting_day if entry.closes_by_hand else day


def _mirror(entry: Reversible, day: str, reason: str, group: int | None) -> Draft:
    return Draft(
        office=entry.number.office,
        kind="closing" if entry.closes_by_hand else "reversal",
        posting_day=mirror_day(entry, day),
        postings=tuple(posting._replace(cents=-posting.cents) for posting in entry.postings),
        source=f"entry:{entry.number}",
        text=reason,
        reverses=entry.position,
        group=group,
    )


def counter_clearings(involved: Involved, positions: dict[tuple[str, int], int], day: str) -> Iterator[NewClearing]:
    """Yield the clearings of the mirrors: what was settled is open again, what was made is settled.

    `positions` says where the mirror of an entry stands. A reset keeps the payment day of what it undoes, so that
    charges and limitation are computed as if it had never been paid.
    """
    for old in involved.clearings:
        yield NewClearing(
            old.office, "reset", positions[old.office, old.position], day, old.payment_day,
            tuple((item, -cents) for item, cents in old.lines), resets=old.id,
        )  # fmt: skip
    for item in involved.items:
        lines = ((item.id, item.amount_cents),)
        yield NewClearing(item.office, "reversal", positions[item.office, item.position], day, day, lines)
