"""Invariant 3: whatever way a bank tells its bookings, the book has each exactly once, or says that it cannot know."""

from collections import Counter
from dataclasses import replace

from hypothesis import given

from ledger.bank.intake_places import places
from ledger.bank.intake_sheets import Sheet
from ledger.bank.merge import read_together
from sepa.errors import KasseError
from tests.ledger.histories import History, histories


class Book:
    """What intake keeps of an account, without a database."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self.places: dict[int, dict] = {}
        self.entries: Counter = Counter()
        self.findings: list[KasseError] = []

    def take(self, sheets: list[Sheet]) -> None:
        together = [*self.sheets, *sheets]
        reading = read_together(together)
        lines = {sheet.number: list(enumerate(Counter(sheet.entries).elements())) for sheet in sheets}
        keys = {sheet.number: [key for _, key in lines[sheet.number]] for sheet in sheets}
        flat = [(number, line, key) for number, found in lines.items() for line, key in found]
        numbered = {number: [] for number in lines}
        for index, (number, _, key) in enumerate(flat):
            numbered[number].append((index, key))
        made = set()
        for place in places(together, reading, self.places, numbered):
            number, _, key = flat[place.line]
            self.places.setdefault(number, {}).setdefault(key, []).append(place.occurrence)
            assert place.fresh == (place.occurrence > self.entries[key]), "occurrences have no gaps"
            if place.fresh:
                self.entries[key] += 1
                made.add((key, place.occurrence))
        for number, found in keys.items():
            linked = self.places.get(number, {})
            assert number in reading.repeats or {k: len(set(v)) for k, v in linked.items()} == Counter(found)
        kept = [sheet for sheet in together if sheet.number not in reading.repeats]
        self.sheets = [replace(sheet, known=True, part=sheet.number in reading.parts) for sheet in kept]
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
                book.take(sheets)
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
