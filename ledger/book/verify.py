"""What proves the books: the pure checks over the chains of entries and events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any

from ledger.book.chain import entry_bytes, event_hash, salted
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

ENTRY_FIELDS = 14
CHAIN_SQL = """
    SELECT office, position, year, number, kind, source, transaction_id, posting_day, bank_day, value_day, payment_day,
           recorded_at, recorded_by, reverses, posting_count, text_hash, canonical, hash
    FROM entry ORDER BY office, position"""
POSTING_SQL = "SELECT office, position, account, cents, item, dimensions FROM posting ORDER BY office, position, line"
TEXT_SQL = "SELECT office, position, salt, text FROM entry_text ORDER BY office, position"
EVENT_SQL = """
    SELECT e.office, e.position, e.at, e.by, e.action, e.object, e.facts, e.details_hash, e.hash, d.salt, d.details
    FROM event e LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    ORDER BY e.office, e.position"""


@dataclass(slots=True)
class ChainReport:
    """What walking the chains found: entries seen, the computed heads, what is wrong in order."""

    entries: int = 0
    erased_texts: int = 0
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    wanted: dict[tuple[str, int], bytes] = field(default_factory=dict)
    findings: list[KasseError] = field(default_factory=list)


def walk_entries(
    entries: Iterable[Row],
    postings: Iterable[Row],
    texts: Iterable[Row],
    starts: dict[str, bytes],
    wanted: set[tuple[str, int]],
) -> ChainReport:
    """Recompute every entry from its columns, postings and text, and every link of every chain.

    The rows come in chain order; `wanted` are positions whose hash the caller compares with a head kept outside.
    """
    report, numbers = ChainReport(), dict[tuple[str, int], int]()
    lines, words = _Follower(postings, "posting"), _Follower(texts, "entry_text")
    heads = report.heads
    for row in entries:
        office, position = row[0], row[1]
        before = heads.get(office) or (0, starts.get(office, b""))
        own_lines = lines.take(office, position, report)
        own_text = words.take(office, position, report)
        _check_entry(row, before, own_lines, own_text, report)
        _check_number(row, numbers, report)
        heads[office] = (position, bytes(row[17]))
        if (office, position) in wanted:
            report.wanted[office, position] = bytes(row[17])
        report.entries += 1
    lines.rest(report)
    words.rest(report)
    return report


class _Follower:
    """Steps through rows that hang on entries, in step with the entries; what is left behind is an orphan."""

    def __init__(self, rows: Iterable[Row], table: str) -> None:
        self.groups = groupby(rows, key=itemgetter(0, 1))
        self.table = table
        self.key: tuple[str, int] | None = None
        self.rows: list[Row] = []
        self._step()

    def _step(self) -> None:
        found = next(self.groups, None)
        self.key, self.rows = (found[0], list(found[1])) if found else (None, [])

    def take(self, office: str, position: int, report: ChainReport) -> list[Row]:
        while self.key is not None and self.key < (office, position):
            report.findings.append(OrphanError(table=self.table, office=self.key[0], position=self.key[1]))
            self._step()
        if self.key != (office, position):
            return []
        rows = self.rows
        self._step()
        return rows

    def rest(self, report: ChainReport) -> None:
        while self.key is not None:
            report.findings.append(OrphanError(table=self.table, office=self.key[0], position=self.key[1]))
            self._step()


def _check_entry(row: Row, before: tuple[int, bytes], lines: list[Row], words: list[Row], report: ChainReport) -> None:
    office, position = row[0], row[1]
    text_hash = None if row[15] is None else bytes(row[15])
    canonical, value = bytes(row[16]), bytes(row[17])
    if position != before[0] + 1 or canonical[:32] != before[1]:
        report.findings.append(BrokenChainError(office=office, position=position))
    if sha256(canonical).digest() != value:
        report.findings.append(WrongHashError(office=office, position=position))
    expected = entry_bytes(canonical[:32], row[:ENTRY_FIELDS], text_hash, [line[2:6] for line in lines])
    if expected != canonical or len(lines) != row[14]:
        report.findings.append(AlteredEntryError(office=office, position=position))
    difference = sum([line[3] for line in lines])
    if difference:
        report.findings.append(UnbalancedPostingsError(office=office, position=position, difference_cents=difference))
    kept = words[0][2:4] if words else None
    _check_text(AlteredTextError, office, position, text_hash, kept, report)


def _check_text(
    error: type[KasseError], office: str, position: int, text_hash: bytes | None, kept: Any, report: ChainReport
) -> None:
    if kept is None:
        report.erased_texts += text_hash is not None
    elif text_hash is None or salted(bytes(kept[0]), kept[1]) != text_hash:
        report.findings.append(error(office=office, position=position))


def _check_number(row: Row, numbers: dict[tuple[str, int], int], report: ChainReport) -> None:
    office, year, number = row[0], row[2], row[3]
    expected = numbers.get((office, year), 0) + 1
    if number != expected:
        report.findings.append(NumberGapError(office=office, year=year, number=number, expected=expected))
    numbers[office, year] = number


def walk_events(events: Iterable[Row], starts: dict[str, bytes]) -> ChainReport:
    """Recompute every event and every link of the event chains."""
    report = ChainReport()
    for row in events:
        office, position = row[0], row[1]
        last, previous = report.heads.get(office) or (0, starts.get(office, b""))
        details_hash = None if row[7] is None else bytes(row[7])
        value = bytes(row[8])
        if position != last + 1 or event_hash(previous, row[:7], details_hash) != value:
            report.findings.append(BrokenEventChainError(office=office, position=position))
        kept = None if row[9] is None else (row[9], row[10])
        _check_text(AlteredDetailsError, office, position, details_hash, kept, report)
        report.heads[office] = (position, value)
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
