"""Numbers that a bank never gave to a statement: what a person says of a gap, and what stands against it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.bank.continuity_order import Link, Series, number_gaps
from sepa.errors import N_, KasseError, Severity

MOST = 100_000
"""How many numbers one word may be about: a bank that leaves out more numbers anew."""
_NUMBERS = re.compile(r"\s*(\d{1,9})(?:\s*-\s*(\d{1,9}))?\s*")


class SkipNumbersError(KasseError):
    """Numbers that cannot be read."""

    code = "statement.skip_numbers"
    template = N_("not numbers of statements: {text}")
    hint = N_("write 7 or 7-9, as 'kasse statement continuity' names them; at most {most} numbers at once")


class SkipReasonError(KasseError):
    """Somebody says without a reason that a statement does not exist."""

    code = "statement.skip_reason"
    template = N_("that statements {numbers} of {year} do not exist needs a reason")
    hint = N_("say with --reason who at the bank said so, when, and why")


class NotMissingError(KasseError):
    """Numbers that no gap has."""

    code = "statement.skip_not_missing"
    template = N_("account {iban}: {numbers} are not missing between statements of {year}")
    hint = N_("'kasse statement continuity --iban {iban}' names what is missing; numbers are given with their --year")


class SkipBalanceError(KasseError):
    """Balances on both sides of a gap differ: money moved in between, and a statement tells of it."""

    code = "statement.skip_balance"
    template = N_(
        "account {iban}: {before} ended on {before_day} with {closing_cents}, "
        "but {after} begins on {after_day} with {opening_cents}"
    )
    hint = N_("money moved in between: a statement is missing; fetch it from the bank and import it")


class SkipKnownError(KasseError):
    """A number that a withdrawn statement has: it exists."""

    code = "statement.skip_known"
    template = N_("account {iban}: statement {number} of {year} was taken, and withdrawn on {day}: the number exists")
    hint = N_("import the right file of the bank: 'kasse reconcile'")


class SkipUnprovenError(KasseError):
    """Nothing proves that no money moved within a gap."""

    code = "statement.skip_unproven"
    template = N_("account {iban}: no balance proves that nothing is missing between {before} and {after}")
    hint = N_("import the pages or statements that are missing beside the gap, or have the bank send them again")


class NotSkippedError(KasseError):
    """A word is to be taken back that nobody gave."""

    code = "statement.not_skipped"
    template = N_("account {iban}: nobody has said that statements {numbers} of {year} do not exist")
    hint = N_(
        "'kasse statement continuity --iban {iban}' shows of which numbers somebody did, and how they are written"
    )


class SkipCameError(KasseError):
    """A statement came of which a person had said that it does not exist."""

    code = "statement.skip_came"
    template = N_(
        "account {iban}: statement {number} of {year} came, of which {user} had said on {day} that it does not exist"
    )
    hint = N_("the statement counts, and what was said of its number does not any more; nothing is to be done")
    severity: Severity = "warning"


class SkipRangeCameError(SkipCameError):
    """A statement came that was one of several of which a person had said that they do not exist."""

    hint = N_("the statement counts; of {numbers} nothing counts any more that was said: ask the bank for the others")


@dataclass(frozen=True, slots=True)
class Skip:
    """What a person said of numbers of an account; `state` is accepted, taken_back or came (one of them came)."""

    iban: str
    line: int
    message: str
    year: int
    first: int
    last: int
    reason: str
    user: str
    at: str
    state: str

    @property
    def series(self) -> Series:
        """The numbers among which these stand."""
        return self.message, str(self.year)

    @property
    def numbers(self) -> str:
        """The numbers as people write them."""
        return written(self.first, self.last)


Skipped = Mapping[Series, frozenset[int]]
"""Of an account: the numbers that do not exist."""


def read_numbers(text: str) -> tuple[int, int]:
    """Return the first and the last of some numbers; raises `SkipNumbersError`.

    >>> read_numbers("7"), read_numbers("7-9")
    ((7, 7), (7, 9))
    """
    match = _NUMBERS.fullmatch(text)
    first, last = (0, 0) if match is None else (int(match[1]), int(match[2] or match[1]))
    if not 0 < first <= last < first + MOST:
        raise SkipNumbersError(text=text, most=MOST)
    return first, last


def written(first: int, last: int) -> str:
    """Return numbers as `read_numbers` reads them.

    >>> written(7, 7), written(7, 9)
    ('7', '7-9')
    """
    return f"{first}" if first == last else f"{first}-{last}"


def skipped(skips: Iterable[Skip]) -> dict[str, Skipped]:
    """Return by account the numbers that do not exist, of words that count."""
    found: defaultdict[str, defaultdict[Series, set[int]]] = defaultdict(lambda: defaultdict(set))
    for one in skips:
        if one.state == "accepted":
            found[one.iban][one.series].update(range(one.first, one.last + 1))
    return {iban: {series: frozenset(numbers) for series, numbers in own.items()} for iban, own in found.items()}


def with_skipped(present: Mapping[Series, Sequence[int]], known: Skipped) -> dict[Series, list[int]]:
    """Return the numbers of each year, with those in front of its last one that do not exist: they leave no gap."""
    return {
        series: sorted({*numbers, *(one for one in known.get(series, ()) if one < numbers[-1])})
        for series, numbers in present.items()
    }


def gap_around(
    present: Mapping[Series, Sequence[int]], year: str, span: tuple[int, int], leading: str
) -> tuple[Series, int, int] | None:
    """Return the gap that holds all numbers of the span: its series and the numbers at its ends, 0 for the beginning.

    Where two formats of a year have such a gap, that of the `leading` one.
    """
    first, last = span
    found = [gap for gap in number_gaps(present) if gap[0][1] == year and gap[1] < first and last < gap[2]]
    return min(found, key=lambda gap: gap[0][0] != leading, default=None)


def check_joined(iban: str, links: Sequence[Link], gap: tuple[Series, int, int]) -> None:
    """Check that the balances go on over a gap; raises `SkipBalanceError` and `SkipUnprovenError`."""
    series, low, high = gap
    own = [(index, link.electronic_number or 0) for index, link in enumerate(links) if link.series == series]
    end = next((index for index, number in own if number >= high), None)
    start = next((index for index, number in reversed(own) if 0 < number <= low), None if end is None else end - 1)
    if start is None or end is None or start < 0 or start >= end:
        raise SkipUnprovenError(iban=iban, before=low, after=high)
    for before, after in pairwise(links[start : end + 1]):
        if before.gap or after.gap or before.closing_cents is None or after.opening_cents is None:
            raise SkipUnprovenError(iban=iban, before=before.name, after=after.name)
        if before.closing_cents != after.opening_cents:
            raise SkipBalanceError(
                iban=iban, before=before.name, before_day=before.day, closing_cents=before.closing_cents,
                after=after.name, after_day=after.day, opening_cents=after.opening_cents,
            )  # fmt: skip
