"""Joins between statements: where one ends and the next one begins with the same balance, nothing can lie between.

A statement of an older day that says more than was known, so that the day after it no longer begins where it ends,
contradicts the bank's own later balance: what it adds may be told again under another day. It is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from ledger.bank.continuity import number_years, numbers_missing, ordered
from ledger.bank.continuity_order import Link, StatementLink
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
