"""Walking the chains of a large book on two cores: another process takes the first part, this one the rest.

Entries are never changed, so both parts are those of one moment; only words may be erased meanwhile, which is asked.
What lies above the ledger is proven by the other process too: each proof holds rows against events of one moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

from ledger.book.chain import ENTRY_HEAD
from ledger.book.verify import CHAIN_SQL, POSTING_SQL, TEXT_SQL, Begun, ChainReport, walk_entries
from ledger.keeping.erased_reader import erased_words
from ledger.store.access import connect
from ledger.store.beside import beside
from ledger.store.collector import without_collector
from ledger.store.engines import Store
from sepa.errors import KasseError

LARGE = 200_000
"""From so many entries and items on a second process is worth its start."""
FIRST_SHARE = 0.54  # it must start first, but this one has the other checks to do
ITEM_SHARE = 0.8  # and all items, which take so much of the time of an entry each
MOST_SHARE = 0.95
_ITEMS = "SELECT count(*) FROM item"
_HEADS = "SELECT office, position FROM head WHERE position > 0 ORDER BY office"
_PIVOT = "SELECT hash FROM entry WHERE office = :office AND position = :position"
_NUMBERS = "SELECT year, max(number) FROM entry WHERE office = :office AND position <= :position GROUP BY year"
_FIRST = "WHERE (office, position) <= (:office, :position)"
_REST = "WHERE (office, position) > (:office, :position)"
Place = tuple[str, int]
Proof = Callable[[Store], Iterable[KasseError]]
"""Further checks of a whole book: what lies above the ledger adds its own."""
Walked = tuple[ChainReport, Sequence[KasseError]]
"""What the chains are, and what further checks found."""


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
    store: Store, starts: Mapping[str, bytes], wanted: Collection[Place], proofs: Sequence[Proof]
) -> Iterator[Callable[[], Walked]]:
    """Have every entry and link recomputed, and proofs asked, on two cores where the book is large; inside `snapshot`.

    Another process begins at once, so that other things can be checked meanwhile; what is yielded walks the rest and
    returns the report of all. Where the other process cannot be had, or finds something wrong, all is walked here:
    findings stand in their order.
    """
    whole, pivot = partial(_alone, store, starts, wanted, proofs), _pivot(store)
    if pivot is None:
        yield whole
        return
    what = store.book, store.now, pivot, dict(starts), set(wanted), tuple(proofs)
    with beside(first_half, *what) as answers:
        yield whole if answers is None else partial(_walked, store, pivot, starts, wanted, proofs, answers)


def _alone(store: Store, starts: Mapping[str, bytes], wanted: Collection[Place], proofs: Sequence[Proof]) -> Walked:
    return _walk(store, "", None, starts, wanted), _proven(store, proofs)


def _walked(
    store: Store, pivot: Place, starts: Mapping[str, bytes], wanted: Collection[Place], proofs: Sequence[Proof],
    answers: Iterator[Any],
) -> Walked:  # fmt: skip
    rest = _walk(store, _REST, pivot, starts, wanted, _begun(store, pivot))
    half: _Half | None = _taken(answers)
    proven: Sequence[KasseError] | None = _taken(answers)
    if half is None or half.words_erased != erased_words(store):
        report = _walk(store, "", None, starts, wanted)
    else:
        report = _joined(half, rest)
    return report, _proven(store, proofs) if proven is None else proven


def _proven(store: Store, proofs: Sequence[Proof]) -> list[KasseError]:
    return [finding for proof in proofs for finding in proof(store)]


def first_half(
    location: str, now: str, pivot: Place, starts: dict[str, bytes], wanted: set[Place], proofs: Sequence[Proof]
) -> Iterator[_Half | list[KasseError] | None]:
    """Walk the entries up to one, in a process of its own, and ask the proofs.

    Yields its half, None where anything is wrong with that, and then what the proofs found.
    """
    store = connect(location, now=now, salt=bytes)
    try:
        with without_collector(), store.snapshot():
            found = _walk(store, _FIRST, pivot, starts, wanted)
            yield None if found.findings else _half(store, found)
            yield _proven(store, proofs)
    finally:
        store.close()


def _half(store: Store, found: ChainReport) -> _Half:
    sums = _plain(found.debits), _plain(found.credits)
    words = found.entries, found.postings, found.erased_texts, found.heads, found.wanted
    return _Half(*words, *sums, erased_words(store))


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
    total, items = sum(position for _, position in heads), int(store.value(_ITEMS))
    left = int(min(FIRST_SHARE * total + ITEM_SHARE / 2 * items, MOST_SHARE * total))
    for office, position in heads if total + items >= LARGE else ():
        if left <= position:
            return office, max(left, 1)
        left -= position
    return None


def _begun(store: Store, pivot: Place) -> Begun:
    office, position = pivot
    value = store.value(_PIVOT, office=office, position=position)
    numbers: dict[int, int] = dict(store.all(_NUMBERS, office=office, position=position))
    return Begun(office, position, bytes(value or b""), numbers)


def _taken(answers: Iterator[Any]) -> Any:
    """Return the next answer of the other process, None where it has none, died or could not open the book."""
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
