"""Invariant 3: whatever way a bank tells its bookings, the book has each exactly once, or says that it cannot know."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.bank.continuity_order import StatementLink
from ledger.bank.intake_bags import may_sum_to, some_may_sum_to
from ledger.bank.intake_joins import broken_join
from ledger.bank.intake_places import places
from ledger.bank.intake_sheets import (
    BalanceBreakError,
    OlderIssueError,
    PagesOverlapError,
    ReissueDiffersError,
    Sheet,
    made_before,
    meeting,
)
from ledger.bank.merge import AmbiguousStatementsError, Reading, UnconnectedStatementsError, read_together
from sepa.errors import KasseError
from tests.ledger.histories import History, booking, histories


class Book:
    """What intake keeps of an account, without a database."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.places: dict[int, dict] = {}
        self.entries: Counter = Counter()
        self.findings: list[KasseError] = []
        self.closing_days: dict[int, str] = {}

    def take(self, sheets: list[Sheet], days: list[str]) -> None:
        """Take a file: compare what meets, as the store does, and change nothing where any of it is refused."""
        self.closing_days |= dict(zip((sheet.number for sheet in sheets), days, strict=True))
        groups = [self.read(group, sheets) for group in self.meeting(sheets)]
        self.check_joins(groups)
        for together, reading in groups:
            self.keep(together, reading)

    def check_joins(self, groups: list[tuple[list[Sheet], Reading]]) -> None:
        """Refuse a file that breaks a join, where it meets what is in the book."""
        parts, new, touched = set(), [], False
        for together, reading in groups:
            fresh = [one for one in together if not one.known and one.number not in reading.repeats]
            touched = touched or bool(fresh and len(together) > len([one for one in together if not one.known]))
            new += fresh
            parts |= reading.parts
        after = [self.link(one, part=one.part or one.number in parts) for one in (*self.sheets, *new)]
        broken = broken_join([self.link(one, part=one.part) for one in self.sheets], after)
        if broken and touched:
            raise broken

    def link(self, sheet: Sheet, *, part: bool) -> StatementLink:
        return StatementLink(
            sheet.number, "DE", sheet.name, None, sheet.page, sheet.last, sheet.opening_cents, sheet.closing_cents,
            self.closing_days[sheet.number], sum(cents * n for (_, _, cents), n in sheet.entries.items()), part=part,
        )  # fmt: skip

    def meeting(self, sheets: list[Sheet]) -> list[list[int]]:
        """Return what meets: by day or identity, and then what meets those that were met first."""
        marks = {sheet.number: {sheet.identity, *self.days(sheet)} for sheet in sheets}
        met: set[int] = set()
        for _ in range(2):
            known = {sheet for own in marks.values() for sheet in own}
            hit = [sheet for sheet in self.sheets if not known.isdisjoint({sheet.identity, *self.days(sheet)})]
            names = {sheet.identity for sheet in hit}
            met = {sheet.number for sheet in self.sheets if sheet.identity in names}
            marks |= {one.number: {one.identity, *self.days(one)} for one in self.sheets if one.number in met}
        return [group for group in meeting(marks) if any(sheet.number in group for sheet in sheets)]

    @staticmethod
    def days(sheet: Sheet) -> set[str]:
        return {day for day, _, _ in sheet.entries}

    def read(self, group: list[int], sheets: list[Sheet]) -> tuple[list[Sheet], Reading]:
        together = [sheet for sheet in (*self.sheets, *sheets) if sheet.number in group]
        return together, read_together(together)

    def keep(self, together: list[Sheet], reading: Reading) -> None:
        fresh = [sheet for sheet in together if not sheet.known]
        lines = {sheet.number: list(enumerate(Counter(sheet.entries).elements(), 1)) for sheet in fresh}
        for place in places(together, reading, self.places, lines):
            assert place.fresh == (place.occurrence > self.entries[place.key]), "occurrences have no gaps"
            self.entries[place.key] += place.fresh
            self.places.setdefault(place.sheet, {}).setdefault(place.key, {})[place.occurrence] = place.line
        for sheet in fresh:
            told = {key: len(found) for key, found in self.places.get(sheet.number, {}).items()}
            assert sheet.number in reading.repeats or told == sheet.entries, "each line tells an entry of its own"
        others = [sheet for sheet in self.sheets if sheet.number not in {one.number for one in together}]
        kept = [sheet for sheet in together if sheet.number not in reading.repeats]
        self.sheets = others + [replace(sheet, known=True, part=sheet.number in reading.parts) for sheet in kept]
        self.findings += reading.findings


def deliver(history: History) -> tuple[Book, list[KasseError]]:
    """Import the files in order, then again those that were refused, as long as that helps."""
    book, number = Book(), 0
    waiting = list(history.files)
    while True:
        refused, errors = [], []
        for file in waiting:
            sheets = [history.sheet(told, number + index) for index, told in enumerate(file)]
            number += len(sheets)
            before = +book.entries
            try:
                book.take(sheets, [told.day for told in file])
            except KasseError as error:
                assert book.entries == before, "a refused file changes nothing"
                refused.append(file)
                errors.append(error)
            assert book.entries <= history.truth, "never more than the truth"
        if not refused or len(refused) == len(waiting):
            return book, errors
        waiting = refused


@given(histories())
def test_the_book_ends_with_the_truth_or_with_a_finding(history):
    book, errors = deliver(history)
    assert errors or book.findings or book.entries == history.truth


@given(histories(ordinary=True))
def test_an_ordinary_history_is_read_without_a_finding(history):
    book, errors = deliver(history)
    assert (errors, book.findings) == ([], [])
    assert book.entries == history.truth


@pytest.mark.soak
@given(histories())
def test_the_book_ends_with_the_truth_or_with_a_finding_many_times(history):
    book, errors = deliver(history)
    assert errors or book.findings or book.entries == history.truth


BAGS = st.dictionaries(st.integers(-6, 6).filter(bool), st.integers(1, 3), max_size=4)


@given(BAGS, st.integers(-20, 20))
def test_sums_of_parts_are_what_trying_them_all_finds(cents, target):
    flat = [value for value, count in cents.items() for _ in range(count)]
    parts = [part for size in range(len(flat) + 1) for part in combinations(flat, size)]
    assert may_sum_to(cents, target) == any(sum(part) == target for part in parts)
    assert some_may_sum_to(cents, target) == any(part and sum(part) == target for part in parts)


def test_too_many_sums_exclude_nothing():
    assert may_sum_to(dict.fromkeys(range(2, 4000, 2), 1), 100_001)
    assert not may_sum_to(dict.fromkeys(range(2, 20, 2), 1), 31)


def sheet(text, number=0, **more) -> Sheet:
    """Build a sheet from `100 a+5 b-3 102`: opening balance, bookings of one day, closing balance."""
    opening, *bookings, closing = text.split()
    entries = Counter(booking("2026-11-16", one[0], int(one[1:])) for one in bookings)
    balances = [None if one == "-" else int(one) for one in (opening, closing)]
    values = {"identity": number, "page": 1, "last": True, "name": f"S{number}"} | more
    return Sheet(number=number, opening_cents=balances[0], closing_cents=balances[1], entries=entries, **values)


def read(*texts):
    return read_together([sheet(text, number) for number, text in enumerate(texts)])


READINGS = {
    "second half of the day": (["100 a+5 105", "105 a+5 110"], set()),
    "second half first": (["105 a+5 110", "100 a+5 105"], set()),
    "a third part between": (["100 a+5 105", "105 b+1 106", "106 a+5 111"], set()),
    "longer": (["100 a+5 105", "100 a+5 b+1 106"], {0}),
    "longer and nothing left to add": (["100 a+5 b+1 106", "100 a+5 105"], {1}),
    "the same under another id": (["100 a+5 105", "100 a+5 105"], {1}),
    "the last part after the whole": (["100 a+5 b+1 106", "105 b+1 106"], {1}),
    "the middle part after whole and first": (["100 a+5 b+1 c+2 108", "100 a+5 105", "105 b+1 106"], {1, 2}),
    "the whole after its parts": (["100 a+5 105", "105 b+1 106", "100 a+5 b+1 106"], {0, 1}),
    "no balances, nothing shared": (["- a+5 -", "- b+5 -"], set()),
    "without an opening balance": (["- a+5 105", "105 a+5 110"], set()),
    "a day without bookings": (["100 100", "100 100", "100 a+5 105"], set()),
}


@pytest.mark.parametrize(("texts", "parts"), READINGS.values(), ids=READINGS)
def test_balances_decide(texts, parts):
    assert read(*texts).parts == parts


UNDECIDED = {
    "a day that sums to nothing": (["100 a+5 b-5 100", "100 a+5 b-5 100"], AmbiguousStatementsError),
    "a bridge makes the same a repetition": (["100 a+5 105", "105 b-5 100", "100 a+5 105"], AmbiguousStatementsError),
    "the whole ends where a part begins": (["100 c+3 a+5 b-5 103", "103 a+5 b-5 103"], AmbiguousStatementsError),
    "a statement between is missing": (["100 a+5 105", "120 a+5 125"], UnconnectedStatementsError),
    "told otherwise": (["100 a+5 105", "100 b+5 105"], UnconnectedStatementsError),
    "a booking less, another more": (["100 a+5 b+1 106", "100 a+5 c+1 106"], UnconnectedStatementsError),
    "the middle of the whole": (["100 a+5 b+1 c+2 108", "105 b+1 106"], UnconnectedStatementsError),
    "shared bookings without balances": (["- a+5 -", "- a+5 -"], UnconnectedStatementsError),
    "does not add up": (["100 a+5 106"], BalanceBreakError),
}


@pytest.mark.parametrize(("texts", "error"), UNDECIDED.values(), ids=UNDECIDED)
def test_nobody_guesses(texts, error):
    with pytest.raises(error):
        read(*texts)


def test_what_was_read_as_a_repetition_is_doubted_when_a_bridge_comes():
    known = [sheet("100 a+5 105", 0, known=True), sheet("100 a+5 105", 1, known=True, part=True)]
    with pytest.raises(AmbiguousStatementsError):
        read_together([*known, sheet("105 b-5 100", 2)])


ISSUES = {
    "longer": ("100 a+5 105", "100 a+5 b+1 106", None),
    "older and longer": ("100 a+5 105", "100 a+5 b+1 106", OlderIssueError),
    "another opening balance": ("100 a+5 105", "101 a+5 106", ReissueDiffersError),
    "other bookings": ("100 a+5 105", "100 b+5 105", ReissueDiffersError),
}


@pytest.mark.parametrize(("first", "second", "error"), ISSUES.values(), ids=ISSUES)
def test_issues_of_one_statement(first, second, error):
    stamps = ("2", "1") if error is OlderIssueError else ("1", "2")
    sheets = [
        sheet(first, 0, identity="A", created=stamps[0], known=True),
        sheet(second, 1, identity="A", created=stamps[1]),
    ]
    if error:
        with pytest.raises(error):
            read_together(sheets)
    else:
        assert read_together(sheets).parts == {0}


PAGES = {
    "equal bookings, balances between": (["100 a+5 105", "105 a+5 110"], None),
    "equal bookings, no balances between": (["100 a+5 -", "- a+5 110"], None),
    "may tell the same": (["100 a+5 b-5 -", "- a+5 b-5 100"], PagesOverlapError),
    "do not add up": (["100 a+5 -", "- a+5 111"], BalanceBreakError),
}


@pytest.mark.parametrize(("texts", "error"), PAGES.values(), ids=PAGES)
def test_pages_add_up(texts, error):
    sheets = [
        sheet(text, number, identity="P", page=number + 1, last=number + 1 == len(texts))
        for number, text in enumerate(texts)
    ]
    if error:
        with pytest.raises(error):
            read_together(sheets)
    else:
        assert read_together(sheets).parts == set()


def test_a_page_alone_is_not_compared_with_others():
    page = sheet("100 a+5 -", 1, identity="P", last=False)
    with pytest.raises(UnconnectedStatementsError):
        read_together([sheet("100 a+5 105", 0, known=True), page])


STAMPS = {
    "an hour apart": ("2026-11-16T21:00:00", "2026-11-16T22:00:00", True),
    "the night in which clocks go back": ("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00", True),
    "the same moment": ("2026-11-16T22:00:00+01:00", "2026-11-16T21:00:00Z", False),
    "a fraction of a second": ("2026-11-16T22:00:00", "2026-11-16T22:00:00.250", True),
    "one without its distance to UTC": ("2026-11-16T21:00:00", "2026-11-16T22:00:00+01:00", True),
    "none": ("", "2026-11-16T22:00:00", False),
    "of MT940": ("2611162100", "2611162200", True),
}


@pytest.mark.parametrize(("one", "other", "before"), STAMPS.values(), ids=STAMPS)
def test_stamps_of_banks_are_compared_as_moments(one, other, before):
    assert made_before(one, other) is before
    assert not made_before(other, one)
