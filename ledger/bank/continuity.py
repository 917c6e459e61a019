"""Whether an account's statements follow each other without a gap: balances, numbers and pages (invariant 3).

Pure over what is known of the statements, so that a gap disappears by itself when the missing file comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ledger.bank.beginning import unknown_beginning
from ledger.bank.continuity_order import Link, Series, StatementLink, TakenOver, in_order, number_gaps
from ledger.bank.intake_sheets import identity
from ledger.bank.skipping import Skipped, with_skipped, written
from sepa.errors import N_, KasseError, Place, Severity


class NumberGapError(KasseError):
    """Statements are missing by their number."""

    code = "statement.number_gap"
    template = N_("account {iban}: missing statements of {year}: {numbers}")
    hint = N_(
        "fetch them from the bank and import them; the gap is closed by that. Where the bank says that it never gave "
        "these numbers, a person with the role head notes it: kasse statement skip {iban} {numbers} --year {year} "
        "--reason …"
    )
    severity: Severity = "warning"


class ChainBreakError(KasseError):
    """A statement does not begin with the balance at which the one before ended."""

    code = "statement.chain_break"
    template = N_(
        "account {iban}: statement {statement} begins on {day} with {opening_cents}, "
        "but {before} ended on {before_day} with {closing_cents}"
    )
    hint = N_(
        "a statement between them is missing, or one of the two is wrong; compare them with the bank, and import what "
        "is missing"
    )
    severity: Severity = "warning"


class TakeOverBreakError(KasseError):
    """The first statement does not begin with the balance with which the account was taken over."""

    code = "statement.take_over_break"
    template = N_(
        "account {iban}: the first statement, {statement}, begins on {day} with {opening_cents}, "
        "but the account was taken over on {taken} with {closing_cents}"
    )
    hint = N_("statements between the two days are missing: fetch them from the bank and import them")
    severity: Severity = "warning"


class MissingPageError(KasseError):
    """Pages of a statement are missing."""

    code = "statement.page_missing"
    template = N_("account {iban}: pages of statement {statement} are missing, there are: {pages}")
    hint = N_("fetch the whole statement from the bank and import it")
    severity: Severity = "warning"


class NoBalanceError(KasseError):
    """A statement without balances cannot be proven complete."""

    code = "statement.no_balance"
    template = N_("account {iban}: statement {statement} has no balances")
    hint = N_("ask the bank for statements with opening and closing balance")
    severity: Severity = "warning"


class NoNumbersError(KasseError):
    """Statements without a number: only their balances say that they follow each other."""

    code = "statement.no_numbers"
    template = N_("account {iban}: {count} statements up to {day} have no number; their balances alone are compared")
    hint = N_(
        "a missing statement whose bookings cancel out would not be noticed; ask the bank to number its statements, "
        "or compare the number of bookings now and then"
    )
    severity: Severity = "info"


@dataclass(frozen=True, slots=True)
class Gap:
    """A finding, the statements it lies between, and the last day before it."""

    finding: KasseError
    beside: frozenset[int]
    complete_until: str | None


@dataclass(frozen=True, slots=True)
class Chain:
    """An account's statements in order: what is missing, and up to which day nothing is.

    `closings` are the balances at the end of the days that have a statement, `notes` what keeps the proof from being
    a full one, `beginning` what is wrong with the balance before the first one.
    """

    iban: str
    first_day: str
    last_day: str
    statements: int
    complete_until: str | None
    gaps: tuple[Gap, ...]
    closings: Mapping[str, int]
    notes: tuple[KasseError, ...] = ()
    beginning: Gap | None = None

    @property
    def findings(self) -> tuple[KasseError, ...]:
        """What is missing, as findings."""
        return tuple(gap.finding for gap in self.gaps)


def chains(
    statements: Iterable[StatementLink], taken: Mapping[str, TakenOver] | None = None,
    skips: Mapping[str, Skipped] | None = None,
) -> list[Chain]:  # fmt: skip
    """Return the chain of each account, by IBAN.

    `taken` says with what accounts were taken over, `skips` which numbers their banks never gave.
    """
    by_account: defaultdict[str, list[StatementLink]] = defaultdict(list)
    for one in statements:
        by_account[one.iban].append(one)
    return [
        _chain(iban, found, (taken or {}).get(iban), (skips or {}).get(iban, {}))
        for iban, found in sorted(by_account.items())
    ]


def _chain(iban: str, found: Sequence[StatementLink], taken: TakenOver | None, skips: Skipped) -> Chain:
    links = ordered(found, taken)
    numbers = with_skipped(number_years(found), skips)
    gaps = [*_own_gaps(links), *_number_gaps(iban, numbers, links), *_breaks(iban, links, numbers)]
    gaps += _take_over_break(iban, links[0], taken)
    days = [gap.complete_until for gap in gaps]
    until = links[-1].day if not gaps else None if None in days else min(day for day in days if day is not None)
    return Chain(
        iban=iban,
        first_day=links[0].day,
        last_day=links[-1].day,
        statements=len(found),
        complete_until=until,
        gaps=tuple(sorted(gaps, key=lambda gap: gap.complete_until or "")),
        closings={link.day: link.closing_cents for link in links if link.closing_cents is not None},
        notes=tuple(_notes(iban, [link for link in links if link.electronic_number is None])),
        beginning=_beginning(iban, links[0]) if taken is None else None,
    )


def _beginning(iban: str, first: Link) -> Gap | None:
    """Return what is wrong where an account that nobody took over begins with money."""
    finding = unknown_beginning(iban, first)
    return None if finding is None else Gap(finding, frozenset(first.numbers), None)


def _notes(iban: str, unnumbered: Sequence[Link]) -> Iterator[KasseError]:
    if unnumbered:
        yield NoNumbersError(iban=iban, count=len(unnumbered), day=unnumbered[-1].day)


def _links(found: Iterable[StatementLink]) -> list[Link]:
    """Return the statements that count, their pages put together."""
    groups: defaultdict[Hashable, list[StatementLink]] = defaultdict(list)
    for one in found:
        if not one.part:
            single = one.page == 1 and one.last_page
            key = identity(one.statement_id, one.electronic_number, one.closing_day, single=single)
            groups[key].append(one)
    return [_link(sorted(pages, key=lambda one: (one.page, one.number))) for pages in groups.values()]


def _link(pages: Sequence[StatementLink]) -> Link:
    first, last, iban = pages[0], pages[-1], pages[0].iban
    total = sum(page.sum_cents for page in pages)
    opening = first.opening_cents if first.page == 1 else None
    closing = last.closing_cents if last.last_page else None
    name = first.statement_id
    gap: KasseError | None = None
    if first.page != 1 or not last.last_page or any(b.page != a.page + 1 for a, b in pairwise(pages)):
        there = ", ".join(str(page.page) for page in pages)
        gap = MissingPageError(place=Place(file=last.file), iban=iban, statement=name, pages=there)
    elif opening is None and closing is None:
        gap = NoBalanceError(place=Place(file=first.file), iban=iban, statement=name)
    elif opening is None and closing is not None:
        opening = closing - total
    elif closing is None and opening is not None:
        closing = opening + total
    numbers = tuple(page.number for page in pages)
    return Link(
        numbers, first.electronic_number, name, opening, closing, last.closing_day, last.file, gap, first.message
    )


def _take_over_break(iban: str, first: Link, taken: TakenOver | None) -> Iterator[Gap]:
    if taken is None or first.opening_cents is None or first.opening_cents == taken.cents:
        return
    finding = TakeOverBreakError(
        place=Place(file=first.file),
        iban=iban,
        statement=first.name,
        day=first.day,
        opening_cents=first.opening_cents,
        taken=taken.day,
        closing_cents=taken.cents,
    )
    yield Gap(finding, frozenset(first.numbers), taken.day if taken.day < first.day else None)


def ordered(found: Iterable[StatementLink], taken: TakenOver | None = None) -> list[Link]:
    """Return the statements of an account that count, in order, the pages of each put together."""
    return in_order(_links(found), taken)


def number_years(found: Iterable[StatementLink]) -> dict[Series, list[int]]:
    """Return the electronic numbers of each year, sorted; those of statements that add nothing count too."""
    years: defaultdict[Series, set[int]] = defaultdict(set)
    for one in found:
        if one.electronic_number is not None:
            years[one.series].add(one.electronic_number)
    return {series: sorted(numbers) for series, numbers in sorted(years.items())}


def _number_gaps(iban: str, numbers: Mapping[Series, Sequence[int]], links: Sequence[Link]) -> Iterator[Gap]:
    for series, low, high in number_gaps(numbers):
        yield _number_gap(iban, series, (low, high), links)


def _number_gap(iban: str, series: Series, ends: tuple[int, int], links: Sequence[Link]) -> Gap:
    (low, high), year = ends, series[1]
    after = [i for i, one in enumerate(links) if one.series == series and (one.electronic_number or 0) >= high]
    position = after[0] if after else next((i for i, one in enumerate(links) if one.day[:4] == year), 0)
    link = links[position]
    first, last = low + 1, high - 1
    finding = NumberGapError(
        place=Place(file=link.file), iban=iban, numbers=written(first, last), first=first, last=last, year=year
    )
    return _gap(finding, links, position)


def _gap(finding: KasseError, links: Sequence[Link], position: int) -> Gap:
    """Return the gap in front of the link at this position."""
    before = links[:position]
    beside = frozenset(links[position].numbers + (before[-1].numbers if before else ()))
    days = [link.day for link in before if link.day < links[position].day]
    return Gap(finding, beside, days[-1] if days else None)


def _own_gaps(links: Sequence[Link]) -> Iterator[Gap]:
    for position, link in enumerate(links):
        if link.gap is not None:
            yield _gap(link.gap, links, position)


def _breaks(iban: str, links: Sequence[Link], numbers: Mapping[Series, Sequence[int]]) -> Iterator[Gap]:
    for position, (before, link) in enumerate(pairwise(links), 1):
        if before.closing_cents is None or link.opening_cents is None or before.closing_cents == link.opening_cents:
            continue
        if numbers_missing(before, link, numbers):
            continue
        finding = ChainBreakError(
            place=Place(file=link.file),
            iban=iban,
            statement=link.name,
            day=link.day,
            opening_cents=link.opening_cents,
            before=before.name,
            before_day=before.day,
            closing_cents=before.closing_cents,
        )
        yield _gap(finding, links, position)


def numbers_missing(before: Link, link: Link, numbers: Mapping[Series, Sequence[int]]) -> bool:
    """Return whether a gap in the numbers, which is a finding of its own, explains that the balances differ."""
    low, high = before.electronic_number, link.electronic_number
    if low is None or high is None or before.message != link.message:
        return False
    if before.series != link.series:
        return any(series == link.series and last <= high for series, _, last in number_gaps(numbers))
    present = set(numbers.get(link.series, ())) if high > low + 1 else set()
    return any(number not in present for number in range(low + 1, high))
