"""Counting a desk (Kassensturz): notes and coins by their values, Ist against Soll."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sepa.errors import N_, KasseError
from sepa.money import parse_amount

_PIECES = re.compile(r"([0-9]{1,6})\s*[x*×]\s*(.+)", re.IGNORECASE)

LARGE_CENTS = 100_00
"""Above this a difference or surplus is asked about before it is booked: one note too many or too few of the large."""


class PiecesError(KasseError):
    """A text that says not how many of what."""

    code = "cash.pieces"
    template = N_("not a number of notes or coins: {text}")
    hint = N_("write how many of which value: 3x50 12x0,20")
    exit_code = 2


class DenominationError(KasseError):
    """A value that no note or coin has."""

    code = "cash.denomination"
    template = N_("there is no note or coin of {value_cents}")
    hint = N_("notes: 500, 200, 100, 50, 20, 10, 5; coins: 2, 1, 0,50, 0,20, 0,10, 0,05, 0,02, 0,01")


class UnknownCountError(KasseError):
    """There is no such count, or none that waits."""

    code = "cash.count_unknown"
    template = N_("no count of cash desk {desk} waits for its second signature")
    hint = N_("see 'kasse cash show {desk}' for its counts; 'kasse cash count {desk}' makes one")


class WaitingCountError(KasseError):
    """A count that found a difference, and that nobody has signed or rejected yet: counting again would bury it."""

    code = "cash.count_waits"
    template = N_("count {number} of cash desk {desk} found {difference_cents} and waits for its second signature")
    hint = N_("another person confirms it with 'kasse cash confirm {desk}', or rejects it with --reject --reason TEXT; "
              "then count again")  # fmt: skip


class StaleCountError(KasseError):
    """A count that something happened after."""

    code = "cash.count_stale"
    template = N_("cash desk {desk} had {counted_cents} when it was counted and has {balance_cents} now")
    hint = N_("count it again with 'kasse cash count {desk}'; a count with a difference is rejected first: "
              "'kasse cash confirm {desk} --reject --reason TEXT'")  # fmt: skip


class MovedSinceCountError(KasseError):
    """A count that cash moved after, though the sum is the same again."""

    code = "cash.count_moved"
    template = N_("cash moved in {desk} after count {number}")
    hint = N_("count it again with 'kasse cash count {desk}'; a count with a difference is rejected first: "
              "'kasse cash confirm {desk} --reject --reason TEXT'")  # fmt: skip


class RejectCountReasonError(KasseError):
    """A rejected count without words."""

    code = "cash.count_reason"
    template = N_("no reason is given for rejecting the count of cash desk {desk}")
    hint = N_("say with --reason what was wrong; the count stays in the book with it")


class LargeDifferenceError(KasseError):
    """A difference that is likelier typed than missing: it would be booked at once."""

    code = "cash.count_large"
    template = N_(
        "cash desk {desk}: counted {counted_cents}, expected {expected_cents}: that is much, and would be booked"
    )
    hint = N_("look whether notes and coins are typed rightly and count once more; if it is so, add --yes")


class AuditDifferenceError(KasseError):
    """A difference that an auditor found: it would be booked, and the audit books nothing (docs/roles.md)."""

    code = "cash.count_audit"
    template = N_(
        "cash desk {desk}: counted {counted_cents}, expected {expected_cents}; the audit books no difference, and the "
        "count is not in the book"
    )
    hint = N_("let a head or the holder count it while you look on: their count books what is short or over")


class DifferenceFinding(KasseError):  # noqa: N818 - a finding that stops nothing
    """Ist and Soll differ."""

    code = "cash.difference"
    template = N_("cash desk {desk}: counted {counted_cents}, expected {expected_cents}, difference {difference_cents}")
    hint = N_("it is booked as case {case}: look for the mistake, then see 'kasse suspense show {case}'")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class Denominations:
    """The values of notes and coins in cents, the largest first."""

    source: str
    notes: tuple[int, ...]
    coins: tuple[int, ...]

    @property
    def values(self) -> tuple[int, ...]:
        """All values, the largest first."""
        return (*self.notes, *self.coins)


@cache
def denominations() -> Denominations:
    """Return the notes and coins that are legal tender."""
    data = tomllib.loads((files("ledger") / "cash" / "denominations.toml").read_text(encoding="utf-8"))
    return Denominations(str(data["source"]), tuple(data["notes"]), tuple(data["coins"]))


def parse_pieces(texts: Iterable[str]) -> dict[int, int]:
    """Return how many pieces were counted by value in cents; a value named twice is added up.

    >>> parse_pieces(["3x50", "2 x 0,20", "1x0.20"])
    {5000: 3, 20: 3}

    Raises `PiecesError`, `DenominationError`, `InvalidAmountError`.
    """
    found: dict[int, int] = {}
    for text in texts:
        match = _PIECES.fullmatch(text.strip())
        if match is None:
            raise PiecesError(text=text)
        value = parse_amount(match[2])
        check_value(value)
        found[value] = found.get(value, 0) + int(match[1])
    return {value: pieces for value, pieces in found.items() if pieces}


def check_value(cents: int) -> None:
    """Check that there is a note or coin of that value; raises `DenominationError`."""
    if cents not in denominations().values:
        raise DenominationError(value_cents=cents)


def check_difference(desk: str, expected_cents: int, counted_cents: int, *, sure: bool) -> None:
    """Check that a difference is no typing error, or that somebody is sure; raises `LargeDifferenceError`."""
    if abs(counted_cents - expected_cents) > LARGE_CENTS and not sure:
        raise LargeDifferenceError(desk=desk, counted_cents=counted_cents, expected_cents=expected_cents)


def counted(pieces: Mapping[int, int]) -> int:
    """Return the sum of notes and coins in cents.

    >>> counted({5000: 3, 20: 2})
    15040
    """
    return sum(value * count for value, count in pieces.items())
