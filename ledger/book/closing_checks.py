"""Checks of a closing that need nothing but the parts of its protocol."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.book.closing_findings import (
    BetweenDifferenceError,
    ControlDifferenceError,
    OldUnclearError,
    TransitDifferenceError,
    UncarriedResultError,
    UnexplainedBalanceError,
    UnsignedDayError,
    UnsignedMonthError,
)
from ledger.book.closing_protocol import AgeLine, Subject, TransitLine, UnclearLine
from ledger.store.engines import Store
from sepa.errors import KasseError

OLD_DAYS = 90
"""Unclear money older than this is noted at the end of months and years: one of the limits of its ages."""


def unsigned(_store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield the days of a month, or months of a year, that lack their second signature."""
    error = UnsignedDayError if subject.kind == "month" else UnsignedMonthError
    for line in subject.parts["periods"]:
        if not line.confirmed:
            yield error(day=line.period, number=line.protocol)


def controls(_store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield control accounts that are not the sum of their open items (invariant 4)."""
    for line in subject.parts["controls"]:
        if line.balance_cents != line.items_cents:
            yield ControlDifferenceError(
                office=line.office, account=line.account, balance_cents=line.balance_cents,
                items_cents=line.items_cents,
            )  # fmt: skip


def transit(_store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield money in transit that neither a run nor a person explains."""
    for line in subject.parts["transit"]:
        if line.under_way_cents is not None:
            yield from _run(line)
        elif not line.reason:
            yield UnexplainedBalanceError(
                office=line.office, account=line.account, name=line.name, balance_cents=line.balance_cents
            )


def _run(line: TransitLine) -> Iterator[KasseError]:
    held = line.balance_cents + (line.since_cents or 0)
    if held != line.under_way_cents:
        yield TransitDifferenceError(
            office=line.office, account=line.account, held_cents=held, under_way_cents=line.under_way_cents
        )


def between(_store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield pairs of offices whose Verrechnung is not zero together."""
    for line in subject.parts["between"]:
        difference = line.balance_cents + line.back_cents
        if difference:
            yield BetweenDifferenceError(office=line.office, other=line.other, difference_cents=difference)


def old_unclear(_store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield number and sum of old unclear money by kind."""
    sums: dict[str, list[int]] = {}
    for line in (*subject.parts.get("ages", ()), *subject.parts.get("unclear", ())):
        count, age = _counted(line)
        if age > OLD_DAYS:
            entry = sums.setdefault(line.kind, [0, 0])
            entry[0] += count
            entry[1] += line.open_cents
    for kind, (count, cents) in sorted(sums.items()):
        yield OldUnclearError(days=OLD_DAYS, kind=kind, count=count, sum_cents=cents)


def _counted(line: AgeLine | UnclearLine) -> tuple[int, int]:
    return (line.count, line.from_days) if isinstance(line, AgeLine) else (1, line.age_days)


def uncarried(_store: Store, subject: Subject) -> Iterator[KasseError]:
    """Yield accounts of income and expense that still hold something of the year."""
    for line in subject.parts["results"]:
        if line.balance_cents != line.carried_cents:
            left = line.balance_cents - line.carried_cents
            yield UncarriedResultError(
                office=line.office, account=line.account, balance_cents=left, year=int(subject.period)
            )
