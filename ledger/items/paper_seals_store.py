"""Seals of what items brought along: days of notice and service of claims, payer and words of unclear money.

Told when they are taken over, or taken in cash for a number that nobody knows. Words may be erased: as with items,
their hash stands in the details of the event and goes with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice

from ledger.events.bound import Bound
from ledger.events.store import Fact, record
from ledger.items.item_seals import spans
from ledger.items.items_reader import item_name
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

FACT = "paper_seal"
"""The fact of an event that seals what items brought along, and the detail with the hash of its words."""
NOTED = "item.note"
"""The event that tells of it."""
MOST = 100
_STAYS = ("f.notice_date", "f.served_on", "f.final_on", "f.enforceable", "f.period_from", "f.period_to", "o.bank_day")
_WORDS = ("f.debt_reason", "f.document", "o.name", "o.counter_iban", "o.remittance")
_DIGITS = 32
_ROWS = f"""
    SELECT i.id, {", ".join((*_STAYS, *_WORDS))} FROM item i
    LEFT JOIN item_facts f ON f.office = i.office AND f.item = i.id
    LEFT JOIN suspense_origin o ON o.office = i.office AND o.item = i.id
    WHERE i.office = :office AND i.id BETWEEN :first AND :last AND (f.item IS NOT NULL OR o.item IS NOT NULL)
    ORDER BY i.id"""
_HELD = "SELECT office, item FROM item_facts UNION SELECT office, item FROM suspense_origin ORDER BY 1, 2"
Told = list[tuple[str, Bound, str | None]]
"""Office and numbers of items, hash of what stays, and hash of the words; None where they may have been erased."""


class PaperSealError(KasseError):
    """What items brought along is not what the event log tells of it."""

    code = "verify.item_papers"
    template = N_("items {name}: {state} past the event log: days of notice or service, or payer of unclear money")
    hint = N_(
        "see 'kasse item show' and 'kasse suspense show'; pay nothing back and enforce nothing, keep this book as it "
        "is, compare it with the last backup, and inform the audit office"
    )


def note_papers(store: Store, office: str, first: int, last: int) -> None:
    """Tell of what these items brought along, if anything; inside a unit of work."""
    found = _hashes(store, office, first, last)
    if found is None:
        return
    stays, words = ({FACT: f"{office}:{Bound(first, last, value).text}"} for value in found)
    facts: dict[str, Fact] = {**stays}
    details: dict[str, Fact] = {**words}
    record(store, office, NOTED, None, facts, details)


def _hashes(store: Store, office: str, first: int, last: int) -> tuple[str, str] | None:
    stays, words, found = sha256(), sha256(), False
    for row in store.stream(_ROWS, office=office, first=first, last=last):
        found = True
        stays.update(ascii(row[: 1 + len(_STAYS)]).encode())
        said = tuple(word or None for word in row[1 + len(_STAYS) :])
        words.update(ascii((row[0], *said)).encode())
    return (stays.hexdigest()[:_DIGITS], words.hexdigest()[:_DIGITS]) if found else None


def take_papers(told: Told, facts: str, details: str | None) -> None:
    """Take over what an event tells, words included where they were not erased."""
    words = None if details is None else next(spans(json.loads(details)[FACT]))[1].hash
    told += [(office, span, words) for office, span in spans(json.loads(facts)[FACT])]


def wrong_papers(store: Store, told: Told) -> Iterator[KasseError]:
    """Yield where somebody added, changed or took away past the event log what items brought along."""
    yield from islice(_changed(store, told), MOST)
    yield from islice(_added(store, told), MOST)


def _changed(store: Store, told: Told) -> Iterator[KasseError]:
    for office, span, words in sorted(told, key=_place):
        found = _hashes(store, office, span.first, span.last) or ("", "")
        if found[0] != span.hash or words not in (None, found[1]):
            name = item_name(office, span.first) + (f"-{span.last}" if span.last > span.first else "")
            yield PaperSealError(name=name, office=office, state="changed")


def _added(store: Store, told: Told) -> Iterator[KasseError]:
    """Yield what no event tells of; both come in the order of items."""
    ahead = iter(sorted(told, key=_place))
    one = next(ahead, None)
    for office, item in store.stream(_HELD):
        while one is not None and (one[0], one[1].last) < (office, item):
            one = next(ahead, None)
        if one is None or (one[0], one[1].first) > (office, item):
            yield PaperSealError(name=item_name(office, item), office=office, state="added")


def _place(one: tuple[str, Bound, str | None]) -> tuple[str, int]:
    return one[0], one[1].first
