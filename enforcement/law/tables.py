"""The tables of § 850c ZPO: the amounts of each Bekanntmachung, and where its printed cells differ."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.law.sections import Section

PERIODS = ("monthly", "weekly", "daily")
MOST_DEPENDANTS = 5  # the last column: five and more


@dataclass(frozen=True, slots=True)
class Limits:
    """The amounts of one period in cents: what is free, what is fully taken above, how wide a bracket is.

    `unrounded` are the free amounts in thousandths of a euro (base, first, each next) the table is printed
    from; `odd_cells` holds, by (dependants, start of the bracket), what a printed cell still differs by.
    """

    base_cents: int
    first_cents: int
    next_cents: int
    cap_cents: int
    step_cents: int
    unrounded: tuple[int, int, int]
    odd_cells: dict[tuple[int, int], int]

    def free_cents(self, dependants: int) -> int:
        """Return what stays free, § 850c (1), (2) ZPO."""
        return _free(self.base_cents, self.first_cents, self.next_cents, dependants)

    def free_thousandths(self, dependants: int) -> int:
        """Return what the table is printed from, in thousandths of a euro."""
        return _free(*self.unrounded, dependants)


def _free(base: int, first: int, following: int, dependants: int) -> int:
    return base + (first if dependants else 0) + following * max(0, dependants - 1)


@dataclass(frozen=True, slots=True)
class GarnishmentTable:
    """One Bekanntmachung: the limits of each period and the tenths of the surplus taken by dependants."""

    limits: dict[str, Limits]
    tenths: tuple[int, ...]


def garnishment_table(section: Section) -> GarnishmentTable:
    """Return the table one value of the series describes."""
    tenths = tuple(int(tenth) for tenth in section.numbers("tenths"))
    if len(tenths) != MOST_DEPENDANTS + 1:
        raise section.wrong("tenths", "six numbers")
    return GarnishmentTable({period: _limits(section, period) for period in PERIODS}, tenths)


def _limits(section: Section, period: str) -> Limits:
    numbers = section.numbers(period)
    if len(numbers) != 4 or not 0 < numbers[0] < numbers[3]:
        raise section.wrong(period, "base, first, next and cap in euros")
    base, first, following, cap = (int(euros * 100) for euros in numbers)
    steps = section.section("steps")
    return Limits(
        base_cents=base,
        first_cents=first,
        next_cents=following,
        cap_cents=cap,
        step_cents=steps.cents(period),
        unrounded=_unrounded(section, period),
        odd_cells=_odd_cells(section, period),
    )


def _unrounded(section: Section, period: str) -> tuple[int, int, int]:
    own = section.section("unrounded")
    base, first, following = own.numbers(period) if own.has(period) else section.numbers(period)[:3]
    return int(base * 1000), int(first * 1000), int(following * 1000)


def _odd_cells(section: Section, period: str) -> dict[tuple[int, int], int]:
    cells: dict[tuple[int, int], int] = {}
    for part in section.sections("odd_cells"):
        if part.word("period", PERIODS) == period:
            by, dependants = part.cents("by"), part.count("dependants")
            cells |= {(dependants, int(net * 100)): by for net in part.numbers("nets")}
    return cells
