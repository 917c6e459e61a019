"""`journal gaps`, and the log of postings that were broken off (kept outside the unit of work that failed)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from ledger.bank.skipping import written
from ledger.book.journal_gaps import (
    AbortedPosting,
    EmptyDays,
    GapReport,
    MissingNumbersError,
    NumberRange,
    NumbersOutOfTimeError,
    days_between,
    empty_days,
)
from ledger.book.offices_store import check_office
from ledger.events.store import Fact, record
from ledger.store.engines import Store
from sepa.calendar import is_target_day
from sepa.errors import KasseError

ABORTED = "journal.aborted"
Taken = tuple[str, int, int, int]
"""Office, year, first and last number that a unit of work gave to entries."""
_WANTED = """(CAST(:office AS TEXT) IS NULL OR office = :office) AND (CAST(:year AS BIGINT) IS NULL OR year = :year)"""
_RANGES = f"""
    SELECT office, year, count(*), min(number), max(number) FROM entry WHERE {_WANTED}
    GROUP BY office, year ORDER BY office, year"""
_MISSING = """
    SELECT before_it + 1, number - 1 FROM (
        SELECT number, lag(number, 1, 0) OVER (ORDER BY number) AS before_it FROM entry
        WHERE office = :office AND year = :year) AS numbered
    WHERE number <> before_it + 1 ORDER BY number"""
_OUT_OF_TIME = """
    SELECT count(*), min(number) FROM (
        SELECT number, recorded_at, lag(recorded_at) OVER (ORDER BY position) AS before_it FROM entry
        WHERE office = :office AND year = :year) AS timed
    WHERE recorded_at < before_it"""
_DAYS = f"SELECT DISTINCT posting_day FROM entry WHERE {_WANTED} ORDER BY posting_day"
_ABORTED = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.office, e.facts FROM event e
    LEFT JOIN app_user u ON u.id = e.by
    WHERE e.action = :action AND (CAST(:office AS TEXT) IS NULL OR e.office = :office)
    ORDER BY e.at, e.office, e.position"""


def note_aborted(store: Store, taken: Sequence[Taken], error: BaseException) -> None:
    """Write to the event log that a posting was broken off after it had taken numbers, in a unit of its own.

    Where even that fails (a full disk, a lost connection) the error that broke it off goes on alone.
    """
    reason = error.code if isinstance(error, KasseError) else type(error).__name__
    spans: dict[tuple[str, int], list[int]] = {}
    for office, year, first, last in taken:
        spans.setdefault((office, year), []).extend((first, last))
    with suppress(Exception), store.unit(sorted({office for office, _ in spans}), dated=False):
        for (office, year), numbers in sorted(spans.items()):
            facts: dict[str, Fact] = {"year": year, "first": min(numbers), "last": max(numbers), "reason": reason}
            record(store, office, ABORTED, None, facts)


def gap_report(store: Store, *, office: str | None = None, year: int | None = None) -> GapReport:
    """Return which numbers, days and postings are missing, of an office and a year or of the whole book.

    Raises `UnknownOfficeError`.
    """
    with store.snapshot():
        check_office(store, office)
        wanted = {"office": office, "year": year}
        aborted = [one for one in _aborted(store, office) if year in (None, one.year)]
        findings: list[KasseError] = []
        ranges = [
            _range(store, row, sum(one.office == row[0] and one.year == row[1] for one in aborted), findings)
            for row in store.all(_RANGES, **wanted)
        ]
        days = tuple(_empty(store, office, year))
    return GapReport(tuple(ranges), days, tuple(aborted), tuple(findings))


def _range(store: Store, row: tuple[str, int, int, int, int], aborted: int, findings: list[KasseError]) -> NumberRange:
    office, year, entries, first, last = row
    where: dict[str, Any] = {"office": office, "year": year}
    missing = 0
    if (first, last) != (1, entries):
        for start, end in store.all(_MISSING, **where):
            missing += end - start + 1
            findings.append(MissingNumbersError(**where, first=start, last=end, numbers=written(start, end)))
    count, number = store.one(_OUT_OF_TIME, **where) or (0, None)
    if count:
        findings.append(NumbersOutOfTimeError(**where, count=int(count), number=f"{office}-{year}-{number}"))
    return NumberRange(office, year, entries, first, last, missing, int(count), aborted)


def _aborted(store: Store, office: str | None) -> list[AbortedPosting]:
    found = []
    for at, user, code, text in store.all(_ABORTED, action=ABORTED, office=office):
        facts = json.loads(text)
        found.append(AbortedPosting(at, user, code, facts["year"], facts["first"], facts["last"], facts["reason"]))
    return found


def _empty(store: Store, office: str | None, year: int | None) -> list[EmptyDays]:
    posted = [day for (day,) in store.all(_DAYS, office=office, year=year)]
    if not posted:
        return []
    between = days_between(date.fromisoformat(posted[0]), date.fromisoformat(posted[-1]))
    return list(empty_days([day for day in between if is_target_day(day)], set(posted)))
