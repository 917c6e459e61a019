"""Candidates for staged bank entries: keys read for many of them, then one SQL statement for each lookup."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, NamedTuple

from ledger.bank.keys import KEY_COLUMNS, Texts, keys_of
from ledger.bank.lookup import Lookup
from ledger.bank.lookups import LOOKUPS, TARGETS
from ledger.bank.matching import NOTHING, Case, Part, Staged, Target, whole_part
from ledger.bank.references import Finder
from ledger.items.kassenzeichen import active_schemes
from ledger.store.engines import Row, Store

CHUNK, FIRST, PART = 2_500, 1_000, 5_000
"""How many entries are read at once, and for how many keys are looked up at once: first for few, to begin soon."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Which entries one unit of work takes: the staged ones of a file, of an account, or all.

    `unclear` are posted ones instead: whole, in suspense, and untouched by people.
    """

    file_sha256: str | None = None
    iban: str | None = None
    unclear: bool = False


UNCLEAR = Scope(unclear=True)


_ENTRY = "seq INTEGER PRIMARY KEY, office TEXT, id BIGINT, details INTEGER"
_TABLES = {
    "match_entry": _ENTRY,
    "match_key": "seq BIGINT, line BIGINT, key TEXT, strong INTEGER, place TEXT, iban TEXT, cents BIGINT",
} | {lookup.table: lookup.columns for lookup in LOOKUPS}
_STAGED_ENTRIES = """
    FROM bank_entry e
    WHERE e.state = 'staged' AND e.amount_cents <> 0
      AND (CAST(:iban AS TEXT) IS NULL OR e.iban = :iban)
      AND (CAST(:file AS TEXT) IS NULL
           OR e.statement IN (SELECT s.id FROM statement s WHERE s.file_sha256 = :file))"""
_GATHER = f"""
    INSERT INTO match_all (seq, office, id, details)
    SELECT row_number() OVER (ORDER BY e.bank_day, e.iban, e.id), e.office, e.id, e.detail_count {_STAGED_ENTRIES}"""
_GATHER_UNCLEAR = """
    INSERT INTO match_all (seq, office, id, details)
    SELECT row_number() OVER (ORDER BY e.bank_day, e.iban, e.id), e.office, e.id, e.detail_count
    FROM suspense_case c
    JOIN item i ON i.office = c.office AND i.id = c.item AND i.kind = 'suspense' AND i.open_cents > 0
    JOIN bank_entry e ON e.office = c.office AND e.id = c.entry
    WHERE i.open_cents = i.amount_cents AND i.amount_cents = e.amount_cents
      AND c.owner IS NULL AND c.hold_until IS NULL AND c.reason <> 'undone'
      AND NOT EXISTS (SELECT 1 FROM suspense_step s WHERE s.office = c.office AND s.item = c.item)
      AND NOT EXISTS (
          SELECT 1 FROM suspense_payout p JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
          WHERE p.office = c.office AND p.item = c.item AND o.state IN ('created', 'certified', 'approved'))
      AND (CAST(:iban AS TEXT) IS NULL OR e.iban = :iban)
      AND (CAST(:file AS TEXT) IS NULL
           OR e.statement IN (SELECT s.id FROM statement s WHERE s.file_sha256 = :file))"""
_PART = "INSERT INTO match_entry SELECT * FROM match_all WHERE seq > :start AND seq <= :stop"
_ENTRIES = """
    SELECT m.seq, e.office, e.id, e.iban, b.account, e.bank_day, e.value_day, e.amount_cents, e.reversal, e.gvc,
           e.name, e.counter_iban, e.remittance, e.return_reason, e.detail_count, e.end_to_end_id,
           e.creditor_reference, e.payment_information_id, e.message_id
    FROM match_entry m JOIN bank_entry e ON e.office = m.office AND e.id = m.id
    JOIN bank_account b ON b.iban = e.iban ORDER BY m.seq"""
_DETAILS = """
    SELECT m.seq, d.line, d.amount_cents, d.name, d.counter_iban, d.remittance, d.return_reason, d.end_to_end_id,
           d.creditor_reference
    FROM match_entry m JOIN bank_detail d ON d.office = m.office AND d.entry = m.id
    WHERE m.details > 0 ORDER BY m.seq, d.line"""


def waiting(store: Store, scope: Scope, most: int) -> int:
    """Return how many staged entries the scope has, at most so many."""
    sql = f"SELECT count(*) FROM (SELECT 1 {_STAGED_ENTRIES} LIMIT :most) AS found"
    return int(store.value(sql, iban=scope.iban, file=scope.file_sha256, most=most))


def gather(store: Store, scope: Scope) -> int:
    """Note the entries of one match in the order of the bank and return how many; inside a unit of work."""
    store.execute(f"CREATE TEMPORARY TABLE match_all ({_ENTRY})")
    return store.execute(_GATHER_UNCLEAR if scope.unclear else _GATHER, iban=scope.iban, file=scope.file_sha256)


def drop(store: Store) -> None:
    """Forget the entries of a match."""
    store.execute("DROP TABLE match_all")


def book_finder(store: Store) -> Finder:
    """Return the finder for the schemes and foreign numbers of the book."""
    sql = """
        SELECT f.size FROM (SELECT DISTINCT length(reference) AS size FROM item WHERE foreign_reference = 1) AS f
        WHERE EXISTS (
            SELECT 1 FROM item WHERE foreign_reference = 1 AND kind = 'receivable' AND length(reference) = f.size)
        UNION SELECT DISTINCT length(reference) FROM reference_target WHERE kind = 'plan'
            AND length(reference) NOT IN (SELECT length FROM reference_scheme WHERE active = 1)"""
    return Finder(active_schemes(store), frozenset(length for (length,) in store.rows(sql)))


class _Read(NamedTuple):
    """Entries as the bank told them, and their parts by entry; what follows their fields is read for keys alone."""

    entries: list[Row]
    parts: Mapping[int, list[Row]]

    def between(self, start: int, stop: int) -> _Read:
        """Return those of some entries, counted from the first one read."""
        return _Read(self.entries[start:stop], self.parts)

    def staged(self) -> Iterator[tuple[Staged, Sequence[Part]]]:
        """Yield each entry with its parts."""
        for row in self.entries:
            parts = self.parts.get(row[0])
            yield _STAGED(row[:_STAGED_FIELDS]), [Part._make(part[1:_PART_FIELDS]) for part in parts] if parts else ()

    def texts(self) -> Iterator[Texts]:
        """Yield what the keys are read from: each entry, then its parts."""
        for row in self.entries:
            (
                seq, _, _, _, _, day, _, cents, reversal, gvc, name, iban, text, reason, details, end_to_end,
                structured, batch, message,
            ) = row  # fmt: skip
            yield Texts(
                seq, 0, cents, end_to_end, structured, iban, text, batch, message, reason, details, gvc, reversal, name,
                day,
            )  # fmt: skip
            for _, line, cents, name, iban, text, reason, end_to_end, structured in self.parts.get(seq, ()):
                yield Texts(
                    seq, line, cents, end_to_end, structured, iban, text, None, None, reason, 0, gvc, reversal, name,
                    day,
                )  # fmt: skip


_STAGED_FIELDS, _PART_FIELDS = len(Staged._fields), len(Part._fields) + 1


def _read(store: Store) -> _Read:
    parts: defaultdict[int, list[Row]] = defaultdict(list)
    for row in store.rows(_DETAILS):
        parts[row[0]].append(row)
    return _Read(store.all(_ENTRIES), parts)


def _look_up(store: Store, finder: Finder, start: int, stop: int) -> _Read:
    """Read the entries from one to another and their keys, and run the statement of every lookup that may find any.

    The keys are read before they are written: what is written behind goes on meanwhile.
    """
    for name, columns in _TABLES.items():
        store.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")
    store.execute(_PART, start=start, stop=stop)
    store.execute("ANALYZE match_entry")
    read = _read(store)
    for first in range(0, stop - start, CHUNK):
        texts = read.between(first, first + CHUNK).texts()
        keys = list(chain.from_iterable([keys_of(finder, one) for one in texts]))
        store.insert("match_key", KEY_COLUMNS, keys)
    places = frozenset(place for (place,) in store.rows("SELECT DISTINCT place FROM match_key"))
    store.execute("ANALYZE match_key")  # else PostgreSQL plans for no keys, SQLite for so many that it reads all items
    for lookup in LOOKUPS:
        found = 0
        for statement in lookup.statements:
            if (not statement.places or places & statement.places) and (
                not statement.probe or store.value(statement.probe)
            ):
                found += store.execute(statement.sql)
        if found:
            store.execute(f"CREATE INDEX {lookup.table}_seq ON {lookup.table} (seq)")
    return read


class Candidates(NamedTuple):
    """An entry with everything the book knows that it may be, as rows: what references name, the other lookups, parts.

    `found` is by part, 0 being the whole entry; where there are no parts, everything belongs to the whole.
    """

    entry: Staged
    targets: Sequence[Target]
    found: Mapping[int, Mapping[str, tuple[Any, ...]]]
    parts: Sequence[Part]

    def cases(self) -> list[Case]:
        """Return the cases that the ladder decides: the whole entry, or its parts."""
        entry, targets, found, parts = self
        if not parts:
            return [Case(entry, whole_part(entry), tuple(targets), found.get(0, NOTHING) if found else NOTHING)]
        named: defaultdict[int, list[Target]] = defaultdict(list)
        for target in targets:
            named[target.line].append(target)
        return [Case(entry, part, tuple(named.get(part.line, ())), _of(found, part.line)) for part in parts]


_STAGED: Callable[[Row], Staged] = partial(tuple.__new__, Staged)
_TARGET: Callable[[Row], Target] = partial(tuple.__new__, Target)
"""As `_make`, for rows by the ten thousand: their queries name as many columns."""


def candidates(store: Store, count: int) -> Iterator[list[Candidates]]:
    """Yield the entries in bank order, in chunks, each with its candidates."""
    finder = book_finder(store)
    for start in (0, *range(FIRST, count, PART)):
        stop = min(start + PART if start else FIRST, count)
        read = _look_up(store, finder, start, stop)
        filled = [one for one in LOOKUPS if one is not TARGETS and store.value(f"SELECT 1 FROM {one.table} LIMIT 1")]
        for first in range(start, stop, CHUNK):
            last = min(first + CHUNK, stop)
            yield _candidates(store, filled, read.between(first - start, last - start), first, last)
        for name in _TABLES:
            store.execute(f"DROP TABLE {name}")


def _candidates(store: Store, filled: list[Lookup], read: _Read, start: int, stop: int) -> list[Candidates]:
    where = {"start": start, "stop": stop}
    targets: dict[int, list[Target]] = {}
    for target in map(_TARGET, store.rows(_selected(TARGETS), **where)):
        if target[0] in targets:
            targets[target[0]].append(target)
        else:
            targets[target[0]] = [target]
    found = _found(store, filled, where)
    return [
        Candidates(entry, targets.get(entry[0], ()), found.get(entry[0], {}), parts) for entry, parts in read.staged()
    ]


_Found = dict[int, dict[int, dict[str, tuple[Any, ...]]]]


def _found(store: Store, lookups: list[Lookup], where: dict[str, int]) -> _Found:
    """Return the rows of the lookups by entry, part and lookup."""
    found: _Found = {}
    for lookup in lookups:
        for row in store.rows(_selected(lookup), **where):
            named = found.setdefault(row[0], {}).setdefault(row[1], {})
            named[lookup.name] = (*named.get(lookup.name, ()), lookup.row._make(row))
    return found


_WHOLE = tuple(lookup.name for lookup in LOOKUPS if lookup.whole)


def _of(found: Mapping[int, Mapping[str, tuple[Any, ...]]], line: int) -> Mapping[str, tuple[Any, ...]]:
    """Return what was found for a part; what names the whole entry belongs to each of its parts."""
    own = found.get(line, NOTHING)
    whole = found.get(0, NOTHING)
    return {**own, **{name: whole[name] for name in _WHOLE if name in whole}}


def _selected(lookup: Lookup) -> str:
    return f"SELECT * FROM {lookup.table} WHERE seq > :start AND seq <= :stop ORDER BY {lookup.order}"
