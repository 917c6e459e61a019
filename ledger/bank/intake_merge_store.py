"""A file's statements beside those in the book: only what meets is loaded and compared, the rest is new as it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.bank.continuity_order import StatementLink
from ledger.bank.intake_bags import Key
from ledger.bank.intake_joins import Numbered, broken_join, not_continued, not_taken_over
from ledger.bank.intake_meeting_store import Mark, known_marks
from ledger.bank.intake_pages import Page
from ledger.bank.intake_places import Place, places
from ledger.bank.intake_reader import known_sheet, statement_links
from ledger.bank.intake_rows import ENTRY_COLUMNS
from ledger.bank.intake_sheets import balances, meeting
from ledger.bank.intake_spool_store import Spool
from ledger.bank.kept_store import OWN_IDS, Kept, kept_entries
from ledger.bank.merge import Reading, read_together
from ledger.bank.taken_over_reader import taken_over
from ledger.store.engines import Store
from sepa.errors import KasseError

_NUMBERED = """
    SELECT electronic_number, closing_day, opening_cents, closing_cents, page, last_page FROM statement
    WHERE iban = :iban AND message = :message AND electronic_number IS NOT NULL AND closing_day IS NOT NULL
      AND withdrawn_on IS NULL"""


@dataclass(slots=True)
class Merged:
    """What was decided about the pages of a file.

    `repeats` are pages that repeat others exactly; `parts` pairs (part, whole) that are new; `placed` the lines of
    each page that met others; `known` the entries of the book that these may tell, by IBAN, key and occurrence;
    `touched` the accounts of which statements in the book were met. While a file is compared its pages have numbers
    below 0, statements of the book their own.
    """

    count: int
    repeats: set[int] = field(default_factory=set)
    parts: list[tuple[int, int]] = field(default_factory=list)
    placed: dict[int, list[Place]] = field(default_factory=dict)
    known: dict[tuple[str, Key, int], int] = field(default_factory=dict)
    findings: list[KasseError] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def number(self, compared: int, given: Mapping[int, int]) -> int:
        """Return the number in the book of what was compared under a number."""
        return compared if compared >= 0 else given[compared + self.count]


def merge_file(store: Store, pages: Sequence[Page], spool: Spool) -> Merged:
    """Return what is known, new or part of something else in a file.

    Raises what `read_together` raises, with the place of the statement.
    """
    merged, count = Merged(len(pages)), len(pages)
    identities = {page.index - count: (page.iban, page.identity) for page in pages}
    own: dict[int, set[Mark]] = {
        page.index - count: {identities[page.index - count], *((page.iban, day) for day in page.days)} for page in pages
    }
    days = {(page.iban, day) for page in pages for day in page.days}
    known = known_marks(store, days, {(page.iban, page.opened.id) for page in pages}, identities.values())
    kept = [one for iban in sorted({page.iban for page in pages}) for one in kept_entries(store, iban)]
    for group in meeting(own | known):
        mine = [pages[number + count] for number in group if number < 0]
        try:
            if len(group) == 1 and mine and mine[0].single and not _kept_beside(mine[0], kept):
                _check_alone(mine[0])
            elif mine:
                _read_group(store, merged, mine, [number for number in group if number >= 0], spool)
        except KasseError as error:
            raise error.at(mine[0].place) from None
    _adopt(merged, pages, kept, spool)
    for iban in sorted(merged.touched):
        _check_joins(store, merged, iban, pages)
    for iban in sorted({page.iban for page in pages}):
        _check_take_over(store, merged, iban, pages)
        _check_numbers(store, iban, [page for page in pages if page.iban == iban and page.index not in merged.repeats])
    return merged


def _kept_beside(page: Page, kept: Sequence[Kept]) -> bool:
    """Whether a booking that no statement tells any more lies on a day of the page."""
    return any(one.iban == page.iban and one.key[0] in page.days for one in kept)


def _adopt(merged: Merged, pages: Sequence[Page], kept: list[Kept], spool: Spool) -> None:
    """Let lines tell the bookings that stayed when their statement was withdrawn, instead of making them anew.

    First those that are told as before, then those of which only our own ids are the same.
    """
    for exact in (True, False):
        for page in pages if kept else ():
            found = merged.placed.get(page.index, [])
            ids = {} if exact else _ids(spool, page)
            for at, place in enumerate(found):
                own = ids.get(place.line, ())
                told = [
                    one for one in kept
                    if one.is_told(page.iban, place.key, place.occurrence)
                    or (not exact and one.is_booked_anew(page.iban, place.key, own))
                ]  # fmt: skip
                if place.fresh and told:
                    kept.remove(told[0])
                    merged.known[page.iban, place.key, place.occurrence] = told[0].entry
                    found[at] = replace(place, fresh=False)


def _ids(spool: Spool, page: Page) -> dict[int, tuple[str, ...]]:
    """Return the ids of ours that each line has."""
    at = [ENTRY_COLUMNS.index(name) for name in OWN_IDS]
    return {
        number: tuple(row[where] or "" for where in at) for lines in spool.portions(page) for number, row, _ in lines
    }


def _check_numbers(store: Store, iban: str, pages: Sequence[Page]) -> None:
    """Refuse what follows directly on a statement by its number, but not by its balance."""
    new = [one for one in map(_numbered, pages) if one is not None]
    if not new:
        return
    known = [
        Numbered(number, day[:4], opening if page in {None, 1} else None, closing if last else None)
        for number, day, opening, closing, page, last in store.rows(_NUMBERED, iban=iban, message=pages[0].message)
    ]
    broken = not_continued(iban, new, known)
    if broken is not None:
        raise broken.at(pages[0].place)


def _numbered(page: Page) -> Numbered | None:
    number, day = page.opened.electronic_number, page.closing_day
    if number is None or not day:
        return None
    opening = None if page.opening is None or page.number > 1 else page.opening.amount_cents
    closing = None if page.closing is None or not page.last else page.closing.amount_cents
    return Numbered(number, day[:4], opening, closing)


def _check_take_over(store: Store, merged: Merged, iban: str, pages: Sequence[Page]) -> None:
    """Refuse a first statement that cannot begin otherwise than with the balance taken over, but does."""
    taken = taken_over(store, iban).get(iban)
    new = _new_pages(merged, iban, pages)
    if taken is None or not new:
        return
    known = statement_links(store, iban)
    if not_taken_over(iban, known, taken) is not None:
        return  # the statement before it was withdrawn: what comes now does not make that worse
    broken = not_taken_over(iban, _links_after(merged, known, new), taken)
    if broken is not None:
        raise broken.at(new[0].place)


def _check_joins(store: Store, merged: Merged, iban: str, pages: Sequence[Page]) -> None:
    """Refuse what contradicts the balance with which a later statement begins."""
    known = statement_links(store, iban)
    new = _new_pages(merged, iban, pages)
    broken = broken_join(known, _links_after(merged, known, new))
    if broken is not None:
        raise broken.at(new[0].place)


def _new_pages(merged: Merged, iban: str, pages: Sequence[Page]) -> list[Page]:
    return [page for page in pages if page.iban == iban and page.index not in merged.repeats]


def _links_after(merged: Merged, known: Sequence[StatementLink], new: Sequence[Page]) -> list[StatementLink]:
    """Return the statements of an account as they would be with the new pages."""
    parts = {part for part, _ in merged.parts}
    after = [replace(link, part=link.part or link.number in parts) for link in known]
    links = [page.link(page.index - merged.count, part=page.index - merged.count in parts) for page in new]
    return [*after, *(link for link in links if link.closing_day)]


def _check_alone(page: Page) -> None:
    sheet = page.sheet(0, {})
    balances(sheet.name, sheet.opening_cents, page.credit_cents - page.debit_cents, sheet.closing_cents)


def _read_group(store: Store, merged: Merged, pages: Sequence[Page], known: Sequence[int], spool: Spool) -> None:
    iban, count = pages[0].iban, merged.count
    lines = {page.index - count: spool.keys(page) for page in pages}
    old = [known_sheet(store, number) for number in known]
    new = [page.sheet(page.index - count, Counter(key for _, key in lines[page.index - count])) for page in pages]
    sheets = [*(sheet for sheet, _ in old), *new]
    reading = read_together(sheets)
    entries = {sheet.number: found for sheet, found in old}
    merged.placed |= {page.index: [] for page in pages}
    for place in places(sheets, reading, entries, lines):
        merged.placed[place.sheet + count].append(place)
    for found in entries.values():
        merged.known |= {(iban, key, nth): entry for key, by_nth in found.items() for nth, entry in by_nth.items()}
    merged.repeats |= {number + count for number in reading.repeats}
    if old and len(reading.repeats) < len(new):
        merged.touched.add(iban)
    merged.parts += _new_parts(reading, {sheet.number for sheet in sheets if sheet.part})
    merged.findings += [finding.at(pages[0].place) for finding in reading.findings]


def _new_parts(reading: Reading, before: set[int]) -> list[tuple[int, int]]:
    return [(one, reading.home[one]) for one in sorted(reading.parts - reading.repeats - before)]
