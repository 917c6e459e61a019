"""Seals of what matching decided: told with the posting, compared by `journal verify`."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter

from ledger.bank.match_seals import DIGITS, FACT, PARTED, MatchSeals, first_shares, said, stays
from ledger.bank.posting import MATCH_COLUMNS
from ledger.book.store import kasse_office
from ledger.events.bound import Bound
from ledger.events.store import record
from ledger.items.item_seals import spans
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

NOTED = "bank.note"
"""The event that tells of shares."""
MOST = 100
_ROWS = f"""
    SELECT {", ".join(f"m.{name}" for name in MATCH_COLUMNS)}, b.position, b.amount_cents
    FROM bank_match m JOIN bank_entry b ON b.office = m.office AND b.id = m.entry
    WHERE m.office = :office AND b.position IS NOT NULL ORDER BY m.entry, m.line"""
_ENTRY, _CENTS = MATCH_COLUMNS.index("entry"), MATCH_COLUMNS.index("cents")


class MatchSealError(KasseError):
    """Why bank entries were posted as they were is not what the event log tells."""

    code = "verify.match"
    template = N_(
        "bank entries of office {office} with the journal entries {first} to {last}: rule, evidence or shares were "
        "changed past the event log"
    )
    hint = N_(
        "see 'kasse item explain'; keep this book as it is, compare it with the last backup, and inform the audit "
        "office"
    )


def note_matches(store: Store, seals: MatchSeals) -> None:
    """Tell of the shares that were posted, if any; inside a unit of work."""
    facts, details = seals.told()
    if facts:
        record(store, kasse_office(store), NOTED, None, facts, details)


class ToldMatches:
    """What the events tell of shares, by the positions of the entries that they became."""

    def __init__(self) -> None:
        self.spans: dict[str, list[tuple[Bound, str | None]]] = defaultdict(list)
        self.parted: dict[tuple[str, int], int] = {}

    def take(self, facts: str, details: str | None) -> None:
        """Take over what an event tells, evidence included where it was not erased."""
        told = json.loads(facts)
        words = [] if details is None else [span.hash for _, span in spans(json.loads(details)[FACT])]
        for place, (office, span) in enumerate(spans(told[FACT])):
            self.spans[office].append((span, words[place] if words else None))
        for part in told.get(PARTED, "").split():
            name, _, count = part.partition("=")
            office, _, entry = name.rpartition("/")
            self.parted[office, int(entry)] = int(count)


def wrong_matches(store: Store, told: ToldMatches) -> Iterator[KasseError]:
    """Yield the bank entries whose rule, evidence or shares somebody changed past the event log."""
    for (office,) in store.all("SELECT code FROM office ORDER BY code"):
        yield from islice(_wrong(store, office, told), MOST)


def _wrong(store: Store, office: str, told: ToldMatches) -> Iterator[KasseError]:
    bounds = sorted(told.spans.get(office, ()), key=lambda one: one[0].first)
    firsts = [span.first for span, _ in bounds]
    hashes = [(sha256(), sha256()) for _ in bounds]
    unknown: set[int] = set()
    for entry, rows in _entries(store, office):
        position, amount = rows[0][-2:]
        place = bisect_right(firsts, position) - 1
        if place < 0 or position > bounds[place][0].last:
            unknown.add(position)
            continue
        count = 1
        if len(rows) > 1:
            count = told.parted.get((office, entry)) or first_shares([row[_CENTS] for row in rows], amount)
        kept, words = hashes[place]
        for row in rows[:count]:
            kept.update(ascii(stays(row)).encode())
            words.update(ascii(said(row)).encode())
    for (span, evidence), (kept, words) in zip(bounds, hashes, strict=True):
        same = kept.hexdigest()[:DIGITS] == span.hash
        if not same or evidence not in (None, words.hexdigest()[:DIGITS]):
            yield MatchSealError(office=office, first=span.first, last=span.last)
    for position in sorted(unknown)[:MOST]:
        yield MatchSealError(office=office, first=position, last=position)


def _entries(store: Store, office: str) -> Iterator[tuple[int, list[Row]]]:
    for entry, rows in groupby(store.stream(_ROWS, office=office), key=itemgetter(_ENTRY)):
        yield entry, list(rows)
