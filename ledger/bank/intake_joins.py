"""Joins between statements: where one ends and the next one begins with the same balance, nothing can lie between.

A statement of an older day that says more than was known, so that the day after it no longer begins where it ends,
contradicts the bank's own later balance: what it adds may be told again under another day. It is refused, and so is
the first statement after a take-over that does not begin with the balance taken over. So is a
statement whose number follows directly on one that is known, but whose balance does not: nothing lies between the two
that could still come, and what is posted of a wrong file could never be replaced by the right one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.bank.continuity import number_years, numbers_missing, ordered
from ledger.bank.continuity_order import Link, StatementLink, TakenOver
from sepa.calendar import next_target_day
from sepa.errors import N_, KasseError

Join = tuple[Link, Link]


class BrokenJoinError(KasseError):
    """A file would break a join of statements that fitted before."""

    code = "statement.breaks_join"
    template = N_(
        "with it, statement {before} of {before_day} would end with {closing_cents}, "
        "but {after} of {after_day} begins with {opening_cents}, and both fitted before"
    )
    hint = N_("nothing of this file was taken; ask the bank whether the later statements are to be replaced too")


class NotContinuedError(KasseError):
    """A statement that follows directly on another by its number, but not by its balance."""

    code = "statement.not_continued"
    template = N_(
        "account {iban}: statement number {number} begins with {opening_cents}, but number {before}, which is "
        "directly before it, ended with {closing_cents}"
    )
    hint = N_(
        "nothing of this file was taken; no statement is missing between them, so ask the bank which of the two is "
        "right; if the one in the book is wrong, have it withdrawn: 'kasse statement withdraw NUMBER --reason …'"
    )


class NotTakenOverError(KasseError):
    """The first statement after a take-over begins on the next bank day, but not with the balance taken over."""

    code = "statement.not_taken_over"
    template = N_(
        "account {iban}: its first statement, {statement}, begins on {day} with {opening_cents}, but the account was "
        "taken over on {taken} with {closing_cents}, and no bank day lies between"
    )
    hint = N_(
        "nothing of this file was taken; compare both with the bank: either an earlier statement comes first, or this "
        "one is wrong, or the balance taken over is; what was entered with 'kasse bank balance' is corrected there, "
        "for a balance of the take-over take over again, into a new book"
    )


@dataclass(frozen=True, slots=True)
class Numbered:
    """Number, year and balances of a statement or page; a balance between pages is None."""

    number: int
    year: str
    opening_cents: int | None
    closing_cents: int | None


def not_continued(iban: str, new: Collection[Numbered], known: Iterable[Numbered]) -> NotContinuedError | None:
    """Return the first of the new statements that does not join its direct neighbour by number, else None.

    That it joins the one on its other side does not help it: which of the two is wrong the bank knows, and in another
    order the other one would have been refused. Any issue of a neighbour counts, as a bank that withdraws a booking
    goes on from the shorter one.
    """
    found = [*known, *new]
    for one in new:
        own = [each for each in found if (each.number, each.year) == (one.number, one.year) and each is not one]
        if any(each.opening_cents == one.opening_cents for each in own):
            continue
        before = {each.closing_cents for each in found if (each.number, each.year) == (one.number - 1, one.year)}
        after = {each.opening_cents for each in found if (each.number, each.year) == (one.number + 1, one.year)}
        inside = {each.closing_cents for each in own}
        ends = _joins_one(one.opening_cents, before, inside), _joins_one(one.closing_cents, after, set())
        if False in ends:
            return _not_continued(iban, one, before if ends[0] is False else set(), after)
    return None


def _joins_one(cents: int | None, beside: set[int | None], inside: set[int | None]) -> bool | None:
    """Return whether a balance is that of a neighbour, None where either is not known."""
    told = beside - {None}
    return None if cents is None or not told else cents in told | inside


def _not_continued(iban: str, one: Numbered, before: set[int | None], after: set[int | None]) -> NotContinuedError:
    closings = [cents for cents in before if cents is not None]
    if closings and one.opening_cents is not None:
        number, opening, closing = one.number, one.opening_cents, max(closings)
    else:
        number, opening = one.number + 1, max(cents for cents in after if cents is not None)
        closing = one.closing_cents or 0
    return NotContinuedError(iban=iban, number=number, before=number - 1, opening_cents=opening, closing_cents=closing)


def not_taken_over(iban: str, statements: Iterable[StatementLink], taken: TakenOver | None) -> NotTakenOverError | None:
    """Return the first statement of an account if nothing can lie between it and the take-over but its balance differs.

    Statements of several days reach back to their first one, which is not known here: they are warned of only.
    """
    first = next(iter(ordered(statements, taken)), None)
    if taken is None or first is None or first.opening_cents in {None, taken.cents}:
        return None
    day = dt.date.fromisoformat(taken.day)
    if dt.date.fromisoformat(first.day) > next_target_day(day + dt.timedelta(days=1)):
        return None
    return NotTakenOverError(
        iban=iban, statement=first.name, day=first.day, opening_cents=first.opening_cents, taken=taken.day,
        closing_cents=taken.cents,
    )  # fmt: skip


def broken_join(before: Sequence[StatementLink], after: Sequence[StatementLink]) -> BrokenJoinError | None:
    """Return the first join between statements of one account that fitted before and no longer does, else None."""
    fitting = [pair for pair, fits in _joins(before) if fits]
    ending = {number for link, _ in fitting for number in link.numbers}
    beginning = {number for _, link in fitting for number in link.numbers}
    for (one, other), fits in _joins(after):
        if not fits and not (ending.isdisjoint(one.numbers) and beginning.isdisjoint(other.numbers)):
            return BrokenJoinError(
                before=one.name,
                before_day=one.day,
                closing_cents=one.closing_cents,
                after=other.name,
                after_day=other.day,
                opening_cents=other.opening_cents,
            )
    return None


def _joins(statements: Iterable[StatementLink]) -> Iterator[tuple[Join, bool]]:
    """Yield the neighbours of an account of which both balances are known, and whether they fit."""
    found = list(statements)
    numbers = number_years(found)
    for one, other in pairwise(ordered(found)):
        known = one.closing_cents is not None and other.opening_cents is not None
        if known and not numbers_missing(one, other, numbers):
            yield (one, other), one.closing_cents == other.opening_cents
