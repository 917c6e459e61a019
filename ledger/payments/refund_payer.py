"""Whose money a credit is: what is left of what bank entries brought for an item, and of which account it was."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

UNDONE = "undone"
"""The rule of a share that takes a match back, whichever part it was of."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a bank entry brought for an item, or took off it again; of which part of it, where that is known."""

    office: str
    entry: int
    cents: int
    rule: str
    part: int | None = None
    item: tuple[str, int] = ("", 0)


@dataclass(frozen=True, slots=True)
class Said:
    """What the bank said of an entry, or of a part of it; `own` says that the account is the credit's person's."""

    iban: str | None
    name: str | None
    bank_day: str
    remittance: str | None
    part: int | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Payer:
    """Where the money of a credit came from; where several accounts may have paid it, only the `parts` are known.

    `accounts` are all that may have paid it. Nothing is known of money that no bank entry brought.
    """

    iban: str | None = None
    name: str | None = None
    bank_day: str | None = None
    remittance: str | None = None
    parts: tuple[int, ...] = ()
    bank_entry: str = ""
    accounts: tuple[str | None, ...] = ()


def standing(rows: Iterable[Brought]) -> list[Brought]:
    """Return what still stands of rows in the order in which they were written: what was taken back brought nothing.

    >>> one = Brought("KASSE", 1, 500, "reference", 2)
    >>> standing([one, Brought("KASSE", 1, -500, "undone")])
    []
    >>> [left.cents for left in standing([one, Brought("KASSE", 1, -200, "unassigned", 2)])]
    [300]
    """
    left: list[Brought] = []
    for row in rows:
        if row.cents > 0:
            left.append(row)
        else:
            left = _without(left, row)
    return left


def _without(left: Sequence[Brought], back: Brought) -> list[Brought]:
    """Return rows without what was taken back: of its own part first, the latest of the same amount first."""
    rest, kept = -back.cents, list(left)
    where = back.office, back.entry, back.item
    same = [index for index, one in enumerate(left) if (one.office, one.entry, one.item) == where]
    for index in sorted(same, key=lambda at: _nearness(left[at], back, at), reverse=True):
        taken = min(rest, kept[index].cents)
        kept[index] = replace(kept[index], cents=kept[index].cents - taken)
        rest -= taken
    return [one for one in kept if one.cents]


def _nearness(one: Brought, back: Brought, at: int) -> tuple[bool, bool, int]:
    return back.rule != UNDONE and one.part == back.part, one.cents == -back.cents, at


def without_others(
    said: Mapping[tuple[str, int], Sequence[Said]], others: Collection[str]
) -> dict[tuple[str, int], Sequence[Said]]:
    """Return what the bank said of entries without what came from accounts of `others`, unless that is all there is.

    >>> eva, max_ = Said("DE1", "Eva", "2026-11-16", "a", 1), Said("DE2", "Max", "2026-11-17", "b", 2)
    >>> [one.name for one in without_others({("KASSE", 1): [eva, max_]}, {"DE2"})["KASSE", 1]]
    ['Eva']
    """
    kept = {entry: [one for one in every if one.own or one.iban not in others] for entry, every in said.items()}
    return {entry: every for entry, every in kept.items() if every} or dict(said)


def payer_among(said: Sequence[Said], bank_entry: str) -> Payer:
    """Return the payer where all that the bank said names one account, else the parts that may have paid.

    A person's own account goes before those of others.

    >>> eva, max_ = Said("DE1", "Eva", "2026-11-16", "a", 1), Said("DE2", "Max", "2026-11-16", "b", 2)
    >>> payer_among([eva], "KASSE/1").iban, payer_among([eva, max_], "KASSE/1").parts
    ('DE1', (1, 2))
    """
    meant = [one for one in said if one.own] or list(said)
    first = meant[0]
    accounts = tuple(dict.fromkeys(one.iban for one in meant))
    if len(accounts) > 1:
        parts = tuple(one.part or 0 for one in meant)
        return Payer(bank_day=first.bank_day, parts=parts, bank_entry=bank_entry, accounts=accounts)
    return Payer(first.iban, first.name, first.bank_day, first.remittance, accounts=accounts)
