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
        lines = {sheet.number: list(enumerate(Counter(sheet.entries).elements(), 1)) for sheet in sheets}
        for place in places(together, reading, self.places, lines):
            assert place.fresh == (place.occurrence > self.entries[place.key]), "occurrences have no gaps"
            self.entries[place.key] += place.fresh
            self.places.setdefault(place.sheet, {}).setdefault(place.key, {})[place.occurrence] = place.line
        for sheet in sheets:
            told = {key: len(found) for key, found in self.places.get(sheet.number, {}).items()}
            assert sheet.number in reading.repeats or told == sheet.entries, "each line tells an entry of its own"
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
