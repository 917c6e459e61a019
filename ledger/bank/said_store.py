"""Seals of what the bank said: bound by the event of each file, compared by `journal verify`."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter

from ledger.bank.said import (
    DETAILS,
    ENTRIES,
    OF_ENTRY,
    OF_STATEMENT,
    BankSealError,
    BankWordsError,
    Shape,
    WithdrawnEntriesError,
    hash_of,
    heard,
    stays,
)
from ledger.events.bound import Bound, unbound
from ledger.events.store import Fact
from ledger.keeping.erased_reader import erased_until
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

FACT = "bank_seal"
"""The fact of an event that binds rows of a file: `TABLE:OFFICE:FIRST-LAST:HASH …`, of statements without office."""
JOINED = "detail_seal"
"""The fact of an event that binds the details that an advice brought later: `OFFICE:ENTRY:HASH …`."""
PARTS = "part_seal"
"""The fact of an event that tells which statements lie in others: `STATEMENT-WHOLE …`."""
GONE = "withdrawal_seal"
"""The fact of an event that withdraws statements: `ENTRIES:CENTS:DAY:STATEMENT,STATEMENT`."""
FACTS = (FACT, JOINED, PARTS, GONE)
MOST = 100
Span = tuple[int, int]
_COUNT = ENTRIES.stays.index("detail_count")
_WITHDRAWN = """
    SELECT count(*), coalesce(sum(amount_cents), 0), coalesce(sum(CASE WHEN withdrawn = id THEN 0 ELSE 1 END), 0)
    FROM bank_entry WHERE state = 'withdrawn'"""


def seal_bank(store: Store, statements: Collection[int], entries: Mapping[str, Span]) -> dict[str, Fact]:
    """Return the fact that binds new statements, and entries by office, as they stand, for `record`.

    The numbers of both follow each other without a gap.
    """
    spans = [(shape, "", (min(statements), max(statements))) for shape in OF_STATEMENT if statements]
    spans += [(shape, office, span) for office, span in sorted(entries.items()) for shape in OF_ENTRY]
    told = [f"{shape.table}:{office}:{Bound(*span, _hash(store, shape, office, span)).text}"
            for shape, office, span in spans if _has(store, shape, office, span)]  # fmt: skip
    return {FACT: " ".join(told)} if told else {}


def seal_joined(store: Store, entries: Iterable[tuple[str, int]]) -> dict[str, Fact]:
    """Return the fact that binds the details that entries got from an advice."""
    told = []
    for office, entry in sorted(entries):
        count = store.value("SELECT detail_count FROM bank_entry WHERE office = :o AND id = :e", o=office, e=entry)
        rows = stays(DETAILS, _rows(store, DETAILS, office, (entry, entry)))
        told.append(f"{office}:{entry}:{_joined_hash(int(count), rows)}")
    return {JOINED: " ".join(told)} if told else {}


def seal_parts(parts: Iterable[tuple[int, int]]) -> dict[str, Fact]:
    """Return the fact that tells which statements lie in others."""
    told = " ".join(f"{part}-{whole}" for part, whole in sorted(parts))
    return {PARTS: told} if told else {}


def seal_withdrawn(pages: Sequence[int], day: str, entries: int, cents: int) -> dict[str, Fact]:
    """Return the fact that tells which statements were withdrawn, from which day, with how many entries."""
    return {GONE: f"{entries}:{cents}:{day}:{','.join(map(str, pages))}"}


def _has(store: Store, shape: Shape, office: str, span: Span) -> bool:
    return next(iter(_rows(store, shape, office, span)), None) is not None


def _hash(store: Store, shape: Shape, office: str, span: Span) -> str:
    return hash_of(stays(shape, _rows(store, shape, office, span)))


def _rows(store: Store, shape: Shape, office: str, span: Span | None = None) -> Iterator[Row]:
    values: dict[str, object] = {"office": office} if shape.by_office else {}
    if span is None:
        return store.stream(shape.sql(), **values)
    where = f"AND t.{shape.number} BETWEEN :first AND :last"
    return store.stream(shape.sql(where), first=span[0], last=span[1], **values)


def _joined_hash(count: int, rows: Iterable[Row]) -> str:
    digest = sha256(str(count).encode())
    for row in rows:
        digest.update(ascii(row).encode())
    return digest.hexdigest()[:32]


def wrong_bank(store: Store, told: Mapping[str, Sequence[str]]) -> Iterator[KasseError]:
    """Yield what the bank did not say so: rows added, changed or removed past the event log.

    `told` are the facts of all events, by their names.
    """
    known: dict[tuple[str, str], list[str]] = defaultdict(list)
    for part in (part for text in told[FACT] for part in text.split()):
        table, office, rest = part.split(":", 2)
        known[table, office].append(rest)
    walk = _Walk(store, known, told[JOINED])
    for shape in OF_STATEMENT:
        yield from islice(walk.findings(shape, ""), MOST)
    for (office,) in store.all("SELECT code FROM office ORDER BY code"):
        for shape in OF_ENTRY:
            yield from islice(walk.findings(shape, office), MOST)
    yield from islice(walk.joined_findings(), MOST)
    yield from _wrong_parts(store, told[PARTS])
    yield from _wrong_withdrawals(store, told[GONE])


class _Walk:
    """Goes through all rows once, in the order of their numbers."""

    def __init__(self, store: Store, known: Mapping[tuple[str, str], Sequence[str]], joined: Iterable[str]) -> None:
        self.store, self.known = store, known
        self.erased = erased_until(store)
        parts = (part.split(":") for text in joined for part in text.split())
        self.joined = {(office, int(entry)): value for office, entry, value in parts}
        self.counts: dict[tuple[str, int], int] = {}
        self.found: dict[tuple[str, int], str] = {}

    def findings(self, shape: Shape, office: str) -> Iterator[KasseError]:
        """Yield what is wrong with the rows of a table, or of one office in it."""
        wrong: list[Row] = []
        rows = heard(shape, _rows(self.store, shape, office), self.erased, wrong)
        if self.joined and shape is ENTRIES:
            rows = self._counted(office, rows)
        elif self.joined and shape is DETAILS:
            rows = self._apart(office, rows)
        before = f"{office}/" if office else ""
        for row, state in unbound(rows, self.known.get((shape.table, office), ()), hash_of):
            yield BankSealError(table=shape.table, row=before + row, office=office, state=state)
        for key in wrong:
            yield BankWordsError(table=shape.table, row=before + "/".join(map(str, key)), office=office)

    def _counted(self, office: str, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield entries as they were taken in: those that got details later had none."""
        for row in rows:
            if (office, row[0]) in self.joined:
                self.counts[office, row[0]] = row[_COUNT]
                yield (*row[:_COUNT], 0, *row[_COUNT + 1 :])
            else:
                yield row

    def _apart(self, office: str, rows: Iterator[Row]) -> Iterator[Row]:
        """Yield the details that came with their entry; those that came later are hashed by themselves."""
        for entry, members in groupby(rows, itemgetter(0)):
            if (office, entry) in self.joined:
                self.found[office, entry] = _joined_hash(self.counts.get((office, entry), -1), members)
            else:
                yield from members

    def joined_findings(self) -> Iterator[KasseError]:
        """Yield the entries whose details are not those that an advice brought."""
        for (office, entry), value in sorted(self.joined.items()):
            if self.found.get((office, entry)) != value:
                yield BankSealError(table=DETAILS.table, row=f"{office}/{entry}", office=office, state="changed")


def _wrong_parts(store: Store, told: Iterable[str]) -> Iterator[KasseError]:
    known = Counter(part for text in told for part in text.split())
    found = Counter(f"{part}-{whole}" for part, whole in store.rows("SELECT statement, whole FROM statement_part"))
    for row in sorted(known.keys() | found.keys()):
        if known[row] != found[row]:
            state = "added" if row not in known else "removed"
            yield BankSealError(table="statement_part", row=row, office="", state=state)


def _wrong_withdrawals(store: Store, told: Iterable[str]) -> Iterator[KasseError]:
    """Yield statements withdrawn past the event log or no longer, and entries where their number or sum differs."""
    days: dict[int, str] = {}
    entries = cents = 0
    for text in told:
        count, total, day, pages = text.split(":")
        entries, cents = entries + int(count), cents + int(total)
        days |= dict.fromkeys(map(int, pages.split(",")), day)
    found: dict[int, str] = dict(store.all("SELECT id, withdrawn_on FROM statement WHERE withdrawn_on IS NOT NULL"))
    for number in sorted(days.keys() | found.keys()):
        if days.get(number) != found.get(number):
            yield BankSealError(table="statement", row=str(number), office="", state="changed")
    row = store.one(_WITHDRAWN)
    assert row is not None, "a sum has a row"
    if (entries, cents, 0) != tuple(map(int, row)):
        yield WithdrawnEntriesError(count=int(row[0]), sum_cents=int(row[1]), told=entries, told_cents=cents)
