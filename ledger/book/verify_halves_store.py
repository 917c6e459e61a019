"""Walking the chains of a large book on two cores: another process takes the first part, this one the rest.

Entries are never changed, so both parts are those of one moment; only words may be erased meanwhile, which is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from ledger.book.chain import ENTRY_HEAD
from ledger.book.verify import CHAIN_SQL, POSTING_SQL, TEXT_SQL, Begun, ChainReport, walk_entries
from ledger.keeping.erased_reader import erased_words
from ledger.store.access import connect
from ledger.store.beside import beside
from ledger.store.collector import without_collector
from ledger.store.engines import Store
from sepa.errors import KasseError

LARGE = 200_000
"""From so many entries on a second process is worth its start."""
FIRST_SHARE = 0.54  # it must start first, but this one has the other checks to do
_HEADS = "SELECT office, position FROM head WHERE position > 0 ORDER BY office"
_PIVOT = "SELECT hash FROM entry WHERE office = :office AND position = :position"
_NUMBERS = "SELECT year, max(number) FROM entry WHERE office = :office AND position <= :position GROUP BY year"
_FIRST = "WHERE (office, position) <= (:office, :position)"
_REST = "WHERE (office, position) > (:office, :position)"
Place = tuple[str, int]


class _Half(NamedTuple):
    """What the other process found in its half, where nothing was wrong with it."""

    entries: int
    postings: int
    erased_texts: int
    heads: Mapping[str, tuple[int, bytes]]
    wanted: Mapping[Place, bytes]
    debits: Mapping[tuple[str, str], Mapping[str, int]]
    credits: Mapping[tuple[str, str], Mapping[str, int]]
    words_erased: int


@contextmanager
def walking(
    store: Store, starts: Mapping[str, bytes], wanted: Collection[Place]
) -> Iterator[Callable[[], ChainReport]]:
    """Have every entry and every link recomputed, on two cores where the book is large; inside `snapshot`.

    Another process begins at once, so that other things can be checked meanwhile; what is yielded walks the rest and
    returns the report of all. Where the other process cannot be had, or finds something wrong, all is walked here:
    findings stand in their order.
    """
    whole, pivot = partial(_walk, store, "", None, starts, wanted), _pivot(store)
    if pivot is None:
        yield whole
        return
    with beside(first_half, store.book, store.now, pivot, dict(starts), set(wanted)) as answers:
        yield whole if answers is None else partial(_walked, store, pivot, starts, wanted, answers)


def _walked(
    store: Store, pivot: Place, starts: Mapping[str, bytes], wanted: Collection[Place], answers: Iterator[_Half]
) -> ChainReport:
    rest = _walk(store, _REST, pivot, starts, wanted, _begun(store, pivot))
    half = _taken(answers)
    if half is None or half.words_erased != erased_words(store):
        return _walk(store, "", None, starts, wanted)
    return _joined(half, rest)


def first_half(location: str, now: str, pivot: Place, starts: dict[str, bytes], wanted: set[Place]) -> Iterator[_Half]:
    """Walk the entries up to one, in a process of its own; nothing comes of it where anything is wrong with them."""
    store = connect(location, now=now, salt=bytes)
    try:
        with without_collector(), store.snapshot():
            found = _walk(store, _FIRST, pivot, starts, wanted)
            if not found.findings:
                yield _Half(
                    found.entries, found.postings, found.erased_texts, found.heads, found.wanted, _plain(found.debits),
                    _plain(found.credits), erased_words(store),
                )  # fmt: skip
    finally:
        store.close()


def _plain(sums: Mapping[tuple[str, str], Mapping[str, int]]) -> dict[tuple[str, str], dict[str, int]]:
    return {key: dict(accounts) for key, accounts in sums.items()}


def _walk(
    store: Store, where: str, pivot: Place | None, starts: Mapping[str, bytes], wanted: Collection[Place],
    begun: Begun | None = None,
) -> ChainReport:  # fmt: skip
    chosen: dict[str, str | int] = {"office": pivot[0], "position": pivot[1]} if pivot else {}
    return walk_entries(
        store.stream(CHAIN_SQL.format(where=where), head=ENTRY_HEAD, **chosen),
        store.stream(POSTING_SQL.format(where=where), **chosen),
        store.stream(TEXT_SQL.format(where=where), **chosen),
        dict(starts),
        set(wanted),
        begun,
    )


def _pivot(store: Store) -> Place | None:
    """Return the entry up to which the first half goes; None for a book that is not large."""
    heads = [(str(office), int(position)) for office, position in store.rows(_HEADS)]
    total = sum(position for _, position in heads)
    left = int(total * FIRST_SHARE)
    for office, position in heads if total >= LARGE else ():
        if left <= position:
            return office, max(left, 1)
        left -= position
    return None


def _begun(store: Store, pivot: Place) -> Begun:
    office, position = pivot
    value = store.value(_PIVOT, office=office, position=position)
    numbers: dict[int, int] = dict(store.all(_NUMBERS, office=office, position=position))
    return Begun(office, position, bytes(value or b""), numbers)


def _taken(answers: Iterator[_Half]) -> _Half | None:
    """Return the answer of the other process, None where it has none, died or could not open the book."""
    try:
        return next(answers, None)
    except KasseError:
        return None


def _joined(half: _Half, rest: ChainReport) -> ChainReport:
    """Return both halves as one report; what ends in the second half ends there."""
    rest.entries += half.entries
    rest.postings += half.postings
    rest.erased_texts += half.erased_texts
    rest.heads = {**half.heads, **rest.heads}
    rest.wanted = {**half.wanted, **rest.wanted}
    for sums, found in ((rest.debits, half.debits), (rest.credits, half.credits)):
        for key, accounts in found.items():
            for account, cents in accounts.items():
                sums[key][account] += cents
    return rest
