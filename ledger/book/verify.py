"""What proves the books: the pure checks over the chains of entries and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from ledger.book.chain import SHA_BYTES, entry_tail, event_hash, salted
from ledger.book.verify_findings import (
    AlteredDetailsError,
    AlteredEntryError,
    AlteredTextError,
    BrokenChainError,
    BrokenEventChainError,
    NumberGapError,
    OrphanError,
    UnbalancedPostingsError,
    WrongHashError,
)
from ledger.store.engines import Row
from sepa.errors import KasseError

CHAIN_SQL = """
    SELECT office, position, year, number,
           CASE kind WHEN 'closing' THEN substr(posting_day, 1, 4) || '-13' ELSE substr(posting_day, 1, 7) END,
           posting_count, text_hash, canonical, hash,
           format(CAST(:head AS TEXT), office, position, year, number, kind, source, transaction_id, posting_day,
                  bank_day, value_day, payment_day, recorded_at, recorded_by, reverses)
    FROM entry {where} ORDER BY office, position"""
POSTING_SQL = """SELECT account, cents, item, dimensions, line, office, position FROM posting {where}
    ORDER BY office, position, line"""
TEXT_SQL = "SELECT salt, text, office, position FROM entry_text {where} ORDER BY office, position"
EVENT_SQL = """
    SELECT e.office, e.position, e.at, CAST(e.by AS TEXT) || coalesce('/' || CAST(e.on_behalf AS TEXT), ''), e.action,
           e.object, e.facts, e.details_hash, e.hash, d.salt, d.details
    FROM event e LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    ORDER BY e.office, e.position"""


def _sums() -> dict[tuple[str, str], dict[str, int]]:
    return defaultdict(lambda: defaultdict(int))


class Begun(NamedTuple):
    """The entry after which a part of the chains goes on, with the last number of each year up to it."""

    office: str
    position: int
    hash: bytes
    numbers: Mapping[int, int]


@dataclass(slots=True)
class ChainReport:
    """What walking the chains found: entries seen, the computed heads and sums, what is wrong in order.

    `debits` and `credits` are cents by (office, month) and account, credits negative.
    """

    entries: int = 0
    postings: int = 0
    erased_texts: int = 0
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    wanted: dict[tuple[str, int], bytes] = field(default_factory=dict)
    debits: dict[tuple[str, str], dict[str, int]] = field(default_factory=_sums)
    credits: dict[tuple[str, str], dict[str, int]] = field(default_factory=_sums)
    findings: list[KasseError] = field(default_factory=list)


def walk_entries(
    entries: Iterable[Row],
    postings: Iterable[Row],
    texts: Iterable[Row],
    starts: dict[str, bytes],
    wanted: set[tuple[str, int]],
    begun: Begun | None = None,
) -> ChainReport:
    """Recompute every entry from its columns, postings and text, and every link of every chain.

    The rows come in chain order; `wanted` are positions whose hash the caller compares with a head kept outside. Where
    the rows do not start with the book, `begun` is the entry before them.
    """
    report = ChainReport()
    lines, words = _Follower(postings, "posting", report), _Follower(texts, "entry_text", report)
    office, last, value = "", 0, b""
    for row in entries:
        if row[0] != office:
            office, last, value, numbers = row[0], 0, starts.get(row[0], b""), dict[int, int]()
            if begun is not None and begun.office == office:
                last, value, numbers = begun.position, begun.hash, dict(begun.numbers)
        before, position, value = value, row[1], row[8]
        own_lines = lines.take(office, position)
        if position != last + 1 or row[7][:SHA_BYTES] != before:
            report.findings.append(BrokenChainError(office=office, position=position))
        _check_entry(row, own_lines, report)
        if row[6] is not None or words.row is not None:
            _check_words(row, words.take(office, position), report)
        if row[3] != numbers.get(row[2], 0) + 1:
            gap = NumberGapError(office=office, year=row[2], number=row[3], expected=numbers.get(row[2], 0) + 1)
            report.findings.append(gap)
        numbers[row[2]], last = row[3], position
        report.heads[office] = (position, value)
        if (office, position) in wanted:
            report.wanted[office, position] = value
        report.entries += 1
    lines.rest()
    words.rest()
    return report


class _Follower:
    """Steps through rows that hang on entries, in step with the entries; what is left behind is an orphan.

    The last two columns of a row are the office and position of its entry.
    """

    def __init__(self, rows: Iterable[Row], table: str, report: ChainReport) -> None:
        self.rows = iter(rows)
        self.table = table
        self.report = report
        self.row: Row | None = next(self.rows, None)

    def take(self, office: str, position: int) -> list[Row]:
        """Return the rows of an entry; `groupby` would take twice as long."""
        row, rows, found = self.row, self.rows, list[Row]()
        if row is not None and (row[-1] != position or row[-2] != office):
            row = self._skip(office, position)
        while row is not None and row[-1] == position and row[-2] == office:
            found.append(row)
            row = next(rows, None)
        self.row = row
        return found

    def _skip(self, office: str, position: int) -> Row | None:
        """Report what is left behind before an entry, and return the row that is not."""
        while self.row is not None and self.row[-2:] < (office, position):
            self._leave(self.row[-2], self.row[-1])
        return self.row

    def _leave(self, office: str, position: int) -> None:
        self.report.findings.append(OrphanError(table=self.table, office=office, position=position))
        self.take(office, position)

    def rest(self) -> None:
        """Report what is left behind all entries."""
        while self.row is not None:
            self._leave(self.row[-2], self.row[-1])


def _check_entry(row: Row, lines: list[Row], report: ChainReport) -> None:
    """Compare an entry with what was hashed, and add its postings up."""
    office, month, canonical, difference = row[0], row[4], row[7], 0
    if sha256(canonical).digest() != row[8]:
        report.findings.append(WrongHashError(office=office, position=row[1]))
    expected = row[9] + entry_tail(row[6], lines)
    counted = not lines or (lines[0][4] == 1 and lines[-1][4] == len(lines))  # no two lines have one number
    if expected.encode() != canonical[SHA_BYTES:] or len(lines) != row[5] or not counted:
        report.findings.append(AlteredEntryError(office=office, position=row[1]))
    debits, credits_ = report.debits[office, month], report.credits[office, month]
    for line in lines:
        cents = line[1]
        difference += cents
        if cents > 0:
            debits[line[0]] += cents
        else:
            credits_[line[0]] += cents
    report.postings += len(lines)
    if difference:
        report.findings.append(UnbalancedPostingsError(office=office, position=row[1], difference_cents=difference))


def _check_words(row: Row, words: list[Row], report: ChainReport) -> None:
    _check_text(AlteredTextError, row[0], row[1], row[6], words[0][:2] if words else None, report)


def _check_text(
    error: type[KasseError], office: str, position: int, text_hash: bytes | None, kept: Any, report: ChainReport
) -> None:
    if kept is None:
        report.erased_texts += text_hash is not None
    elif text_hash is None or salted(kept[0], kept[1]) != text_hash:
        report.findings.append(error(office=office, position=position))


def month_sums(report: ChainReport) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return debits and credits, both positive, of each office, account and month as recomputed from the postings."""
    keys = {(*key, account) for sums in (report.debits, report.credits) for key in sums for account in sums[key]}
    return {
        (office, account, month): (report.debits[office, month][account], -report.credits[office, month][account])
        for office, month, account in keys
    }


def walk_events(
    events: Iterable[Row], starts: dict[str, bytes], wanted: Collection[tuple[str, int]] = ()
) -> ChainReport:
    """Recompute every event and every link of the event chains; `wanted` as in `walk_entries`."""
    report = ChainReport()
    for row in events:
        office, position = row[0], row[1]
        last, previous = report.heads.get(office) or (0, starts.get(office, b""))
        details_hash, value = row[7], row[8]
        if position != last + 1 or event_hash(previous, row[:7], details_hash) != value:
            report.findings.append(BrokenEventChainError(office=office, position=position))
        kept = None if row[9] is None else (row[9], row[10])
        _check_text(AlteredDetailsError, office, position, details_hash, kept, report)
        report.heads[office] = (position, value)
        if (office, position) in wanted:
            report.wanted[office, position] = value
        report.entries += 1
    return report


def compare_heads(
    stored: Iterable[tuple[str, int, bytes]], computed: dict[str, tuple[int, bytes]], error: type[KasseError]
) -> Iterator[KasseError]:
    """Yield the error for each office whose stored head is not the end of its chain."""
    for office, position, value in stored:
        found = computed.get(office)
        if (position and found != (position, value)) or (not position and found is not None):
            yield error(office=office)
