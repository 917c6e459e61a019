"""A file's statements beside those in the book: only what meets is loaded and compared, the rest is new as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.bank import intake_staging_store as staging
from ledger.bank.intake import MESSAGE, Page
from ledger.bank.intake_places import places
from ledger.bank.intake_reader import known_marks, known_sheet
from ledger.bank.intake_sheets import balances, meeting
from ledger.bank.merge import Reading, read_together
from ledger.store.engines import Store
from sepa.errors import KasseError


@dataclass(slots=True)
class Merged:
    """What was decided: pages that repeat others exactly, and pairs (part, whole) that are new.

    While a file is compared its pages have numbers below 0, statements of the book their own.
    """

    count: int
    repeats: set[int] = field(default_factory=set)
    parts: list[tuple[int, int]] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)

    def number(self, compared: int, given: Mapping[int, int]) -> int:
        """Return the number in the book of what was compared under a number."""
        return compared if compared >= 0 else given[compared + self.count]


def merge_file(store: Store, pages: Sequence[Page]) -> Merged:
    """Give every entry in the temporary tables its place and return what was decided about the statements.

    Raises what `read_together` raises, with the place of the statement.
    """
    merged, count, alone = Merged(len(pages)), len(pages), []
    days = staging.days_of(store)
    marks: dict[int, set[Hashable]] = {
        page.index - count: {(page.iban, page.identity), *((page.iban, day) for day in days.get(page.index, ()))}
        for page in pages
    }
    known = known_marks(store, MESSAGE, {(page.iban, page.opened.id) for page in pages})
    for group in meeting(marks | known):
        mine = [pages[number + count] for number in group if number < 0]
        try:
            if len(group) == 1 and mine and mine[0].single:
                _check_alone(mine[0])
                alone.append(mine[0].index)
            elif mine:
                _read_group(store, merged, mine, [number for number in group if number >= 0])
        except KasseError as error:
            raise error.at(mine[0].place) from None
    staging.keep_all_new(store, alone)
    return merged


def _check_alone(page: Page) -> None:
    sheet = page.sheet(0, {})
    balances(sheet.name, sheet.opening_cents, page.credit_cents - page.debit_cents, sheet.closing_cents)


def _read_group(store: Store, merged: Merged, pages: Sequence[Page], known: Sequence[int]) -> None:
    lines = staging.lines_of(store, (page.index for page in pages))
    numbered = {index - merged.count: found for index, found in lines.items()}
    old = [known_sheet(store, number) for number in known]
    sheets = [sheet for sheet, _ in old]
    for page in pages:
        bag = Counter(key for _, key in lines[page.index])
        sheets.append(page.sheet(page.index - merged.count, bag))
    reading = read_together(sheets)
    found = {sheet.number: occurrences for sheet, occurrences in old}
    staging.keep_places(store, ((p.line, p.occurrence, int(p.fresh)) for p in places(sheets, reading, found, numbered)))
    merged.repeats |= {number + merged.count for number in reading.repeats}
    merged.parts += _new_parts(reading, {sheet.number for sheet in sheets if sheet.part})
    merged.findings += [finding.at(pages[0].place) for finding in reading.findings]


def _new_parts(reading: Reading, before: set[int]) -> list[tuple[int, int]]:
    return [(one, reading.home[one]) for one in sorted(reading.parts - reading.repeats - before)]
