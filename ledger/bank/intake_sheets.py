"""Statements as intake compares them: pages and issues as sheets, what one statement says as a whole as a stretch."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

from ledger.bank.intake_bags import Bag, amounts, common, holds, size, some_may_sum_to, total
from sepa.errors import N_, KasseError, Severity


class BalanceBreakError(KasseError):
    """Opening balance and entries do not make the closing balance."""

    code = "statement.balance_break"
    template = N_(
        "statement {statement}: opening balance {opening_cents} and entries {entries_cents} "
        "do not make the closing balance {closing_cents}"
    )
    hint = N_("nothing of this file was taken; fetch the complete statement from the bank")


class ReissueDiffersError(KasseError):
    """Two issues of one statement contradict each other."""

    code = "statement.reissue_differs"
    template = N_("statement {statement} was read before with other bookings or another opening balance")
    hint = N_(
        "nothing of this file was taken; ask the bank which of the two is right; if it is this one, have the other one "
        "withdrawn first: 'kasse statement withdraw NUMBER --reason …', with its number from 'kasse statement list'"
    )


class OlderIssueError(KasseError):
    """An older issue of a statement has bookings that a later issue, read before, has not."""

    code = "statement.older_issue"
    template = N_("statement {statement} is an older issue and has {count} bookings that the later one lacks")
    hint = N_("nothing of this file was taken; ask the bank whether the bookings were withdrawn")


class WithdrawnEntryError(KasseError):
    """A statement was issued again without bookings that an earlier issue had."""

    code = "statement.withdrawn"
    template = N_("statement {statement} was issued again and lacks {count} bookings that are in the book")
    hint = N_(
        "nothing is deleted; ask the bank: it corrects it by another booking, or the first issue was wrong; then have "
        "that withdrawn: 'kasse statement withdraw NUMBER --reason …', with its number from 'kasse statement list'"
    )
    severity: Severity = "warning"


class PagesOverlapError(KasseError):
    """Two pages of a statement have equal bookings, and it is not certain that these are different ones."""

    code = "statement.pages_overlap"
    template = N_("pages {page} and {other_page} of statement {statement} may tell the same bookings")
    hint = N_("nothing of this file was taken; import all pages of the statement, from one download")


def identity(statement_id: str, electronic_number: int | None, closing_day: str, *, single: bool) -> Hashable:
    """Return what pages and issues of one statement share.

    Banks number anew each year, and some give every statement the same id: the year, or the day, tells them apart.
    """
    if electronic_number is not None:
        return statement_id, electronic_number, closing_day[:4]
    return statement_id, closing_day if single else "pages"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statement, or one page of one, as a file brought it.

    `identity` is what pages and issues of one statement share, `name` what people call it. `known` sheets are in
    the book already; `part` says that a known one added nothing to it. `created` is the bank's time stamp.
    """

    number: int
    identity: Hashable
    page: int
    last: bool
    opening_cents: int | None
    closing_cents: int | None
    entries: Bag
    name: str = ""
    known: bool = False
    part: bool = False
    created: str = ""

    def same_page(self, other: Sheet) -> bool:
        """Return whether another issue of this page has the same bookings and the same end."""
        return self.entries == other.entries and self.last == other.last

    def repeats(self, other: Sheet) -> bool:
        """Return whether this sheet says nothing that the other issue of it does not say."""
        mine, others = (self.opening_cents, self.closing_cents), (other.opening_cents, other.closing_cents)
        return self.same_page(other) and mine == others


def made_before(one: str, other: str) -> bool:
    """Return whether a bank's time stamp is earlier than another; nothing is earlier than none, nor none than one.

    In the night in which clocks go back the later one may have the smaller hour, as between one with `Z` and one
    without. Stamps of which only one says how far it is from UTC are compared as written.

    >>> made_before("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00")
    True
    """
    if not one or not other:
        return False
    try:
        first, second = dt.datetime.fromisoformat(one), dt.datetime.fromisoformat(other)
    except ValueError:  # MT940 has times of its own
        return one < other
    alike = (first.tzinfo is None) == (second.tzinfo is None)
    return first < second if alike else first.replace(tzinfo=None) < second.replace(tzinfo=None)


def meeting(marks: Mapping[int, Iterable[Hashable]]) -> list[list[int]]:
    """Return the groups of statements that share a mark (a day, an identity), directly or through others.

    >>> meeting({1: ["Mo"], 2: ["Tu", "We"], 3: ["We"]})
    [[1], [2, 3]]
    """
    groups: dict[int, list[int]] = {number: [number] for number in marks}
    owner: dict[Hashable, int] = {}
    for number, own in marks.items():
        for mark in own:
            mine, others = groups[number], groups[owner.setdefault(mark, number)]
            if mine is not others:
                others += mine
                groups |= dict.fromkeys(mine, others)
    return [sorted(group) for number, group in groups.items() if group[0] == number]


@dataclass(slots=True)
class Issues:
    """The sheets that count, which sheets they stand for, exact repetitions, and what was noticed."""

    heads: list[Sheet] = field(default_factory=list)
    head_of: dict[int, int] = field(default_factory=dict)
    repeats: set[int] = field(default_factory=set)
    findings: list[KasseError] = field(default_factory=list)


def sort_issues(sheets: Iterable[Sheet]) -> Issues:
    """Return for every page the issue that says most; the others add nothing.

    Raises `ReissueDiffersError` and `OlderIssueError`.
    """
    groups: defaultdict[tuple[Hashable, int], list[Sheet]] = defaultdict(list)
    for sheet in sheets:
        groups[sheet.identity, sheet.page].append(sheet)
    issues = Issues()
    for group in groups.values():
        head, *others = sorted(group, key=lambda one: (-size(one.entries), not one.known, one.number))
        issues.heads.append(head)
        for other in others:
            issues.head_of[other.number] = head.number
            _compare(head, other, issues)
    return issues


def _compare(head: Sheet, other: Sheet, issues: Issues) -> None:
    openings = {head.opening_cents, other.opening_cents} - {None}
    single = head.page == 1 and head.last and other.last
    fits = holds(head.entries, other.entries) if single else head.same_page(other)
    if len(openings) > 1 or not fits:
        raise ReissueDiffersError(statement=head.name)
    if other.repeats(head) and not other.known:
        issues.repeats.add(other.number)
    lacking = size(head.entries) - size(other.entries)
    if not lacking or (head.known and other.known):
        return
    if not head.known and made_before(head.created, other.created):
        raise OlderIssueError(statement=head.name, count=lacking)
    if not other.known and not made_before(other.created, head.created):
        issues.findings.append(WithdrawnEntryError(statement=head.name, count=lacking))


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one statement says with all its pages that are there.

    Where pages are missing the balances are those at the ends of what is there; they are None where not certain.
    """

    number: int
    name: str
    sheets: tuple[Sheet, ...]
    opening_cents: int | None
    closing_cents: int | None
    entries: Bag
    complete: bool

    @property
    def known(self) -> bool:
        """Whether all of it is in the book already."""
        return all(sheet.known for sheet in self.sheets)

    @property
    def part(self) -> bool:
        """Whether it is known that it adds nothing."""
        return all(sheet.part for sheet in self.sheets)

    @property
    def days(self) -> set[str]:
        """The bank days of its bookings."""
        return {day for day, _, _ in self.entries}


def stretches(heads: Iterable[Sheet]) -> list[Stretch]:
    """Return the statements that the pages make.

    Raises `BalanceBreakError`, `ReissueDiffersError` and `PagesOverlapError`.
    """
    groups: defaultdict[Hashable, list[Sheet]] = defaultdict(list)
    for sheet in heads:
        groups[sheet.identity].append(sheet)
    return [_stretch(sorted(group, key=lambda one: one.page)) for group in groups.values()]


def _stretch(pages: Sequence[Sheet]) -> Stretch:
    first = pages[0]
    entries = Counter(first.entries)
    for page in pages[1:]:
        entries.update(page.entries)
    whole = complete(pages)
    opening, closing = _ends(pages)
    if whole or opening is None or closing is None:
        opening, closing = balances(first.name, opening, total(entries), closing)
    if not all(page.known for page in pages):
        _check_pages(pages, whole=whole)
    if not _in_order(pages):
        opening = closing = None
    return Stretch(first.number, first.name, tuple(pages), opening, closing, entries, whole)


def _ends(pages: Sequence[Sheet]) -> tuple[int | None, int | None]:
    """Return the balances that are certain: a later page may repeat the opening of the whole, and so on."""
    first, last = pages[0], pages[-1]
    return first.opening_cents if first.page == 1 else None, last.closing_cents if last.last else None


def _in_order(pages: Sequence[Sheet]) -> bool:
    return all(after.page == before.page + 1 for before, after in pairwise(pages))


def complete(pages: Sequence[Sheet]) -> bool:
    """Return whether sorted pages are all there, from the first to the last."""
    return pages[0].page == 1 and pages[-1].last and _in_order(pages)


def balances(name: str, opening: int | None, entries: int, closing: int | None) -> tuple[int | None, int | None]:
    """Return both balances, the missing one computed from the entries; raises `BalanceBreakError`."""
    if opening is None:
        return (None if closing is None else closing - entries), closing
    if closing is not None and opening + entries != closing:
        raise BalanceBreakError(statement=name, opening_cents=opening, entries_cents=entries, closing_cents=closing)
    return opening, opening + entries


def _check_pages(pages: Sequence[Sheet], *, whole: bool) -> None:
    """Refuse pages that may come from two issues cut differently, so that some bookings would count twice."""
    if any(page.last for page in pages[:-1]):
        raise ReissueDiffersError(statement=pages[0].name)
    for before, after in combinations(pages, 2):
        if _may_share(before, after, whole=whole):
            raise PagesOverlapError(statement=before.name, page=before.page, other_page=after.page)


def _may_share(before: Sheet, after: Sheet, *, whole: bool) -> bool:
    if before.created and before.created == after.created:  # pages of one issue
        return False
    shared = amounts(common(before.entries, after.entries))
    if before.closing_cents is not None and after.opening_cents is not None:
        return some_may_sum_to(shared, before.closing_cents - after.opening_cents)
    return some_may_sum_to(shared, 0) if whole else bool(shared)
