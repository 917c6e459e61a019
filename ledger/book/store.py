"""The one place where entries are written: numbers, chain, texts, balances, head, in one unit of work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import chain as together
from itertools import islice
from typing import Any, NamedTuple

from ledger.book.chain import SALT_BYTES, PostingFields, entry_bytes, is_unambiguous, salted
from ledger.book.entry import (
    ClosedAccountError,
    ClosedPeriodError,
    Draft,
    EntryKind,
    NotYetOpenError,
    Posted,
    UnknownAccountError,
)
from ledger.book.periods import CLOSING, balance_month
from ledger.book.periods_store import check_closing
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store

CHUNK = 10_000
ENTRY_COLUMNS = (
    "office", "position", "year", "number", "kind", "source", "transaction_id", "posting_day", "bank_day",
    "value_day", "payment_day", "recorded_at", "recorded_by", "reverses", "posting_count", "text_hash", "canonical",
    "hash",
)  # fmt: skip
POSTING_COLUMNS = ("account", "cents", "item", "dimensions", "office", "position", "line")
TEXT_COLUMNS = ("office", "position", "salt", "text")
NEVER = "~"
"""Sorts behind every day: when an open account closes."""
_ADD_BALANCE = """
    INSERT INTO month_balance (office, account, month, debit_cents, credit_cents)
    VALUES (:office, :account, :month, :debit, :credit)
    ON CONFLICT (office, account, month) DO UPDATE SET
        debit_cents = month_balance.debit_cents + excluded.debit_cents,
        credit_cents = month_balance.credit_cents + excluded.credit_cents"""


@dataclass(slots=True)
class Chain:
    """The end of an office's chain while a unit of work appends to it.

    `numbers` are the last ones by year, `noted` those the store knows of; `sums` are debits, credits and the days of
    closing and opening of every account by month. Rows wait here, so that those of each office are written together.
    """

    office: str
    position: int
    hash: bytes
    numbers: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)
    sums: dict[str, dict[str, list[Any]]] = field(default_factory=partial(defaultdict, dict))
    entries: list[Row] = field(default_factory=list)
    postings: list[Row] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)


class Rows(NamedTuple):
    """Rows to be written into a table."""

    table: str
    columns: Sequence[str]
    rows: Iterable[Row]


def insert_all(store: Store, taken: Iterable[Rows]) -> None:
    """Insert the rows of several tables in their order."""
    for table, columns, rows in taken:
        store.insert(table, columns, rows)


def post(store: Store, drafts: Iterable[Draft], *, earlier: bool = False) -> list[Posted]:
    """Append the drafts to their offices' chains and return where each one is, in order.

    Runs inside a unit of work that holds the offices. Raises `ClosedPeriodError`, `UnknownAccountError`,
    `ClosedAccountError`, `NotYetOpenError` unless `earlier`; the unit is then rolled back as a whole.
    """
    poster = Poster(store, earlier=earlier)
    stream, posted = iter(drafts), list[Posted]()
    with without_collector():
        while chunk := list(islice(stream, CHUNK)):
            poster.expect(len(chunk))
            posted += [poster.draft(draft) for draft in chunk]
            insert_all(store, poster.take())
        poster.finish()
    return posted


class Poster:
    """Appends entries, given as rows, and remembers heads, accounts and balances until it has finished.

    Nobody else posts in the unit of work before that. `expect` so many entries, `add` them, `take` their rows and
    insert them as they stand. `chains` are those of another process that has added everything: only `finish` is left.
    Entries that are `earlier` may lie before their accounts were opened: a balance that is taken over, and what a bank
    booked, which has its day from others.
    """

    def __init__(self, store: Store, chains: dict[str, Chain] | None = None, *, earlier: bool = False) -> None:
        assert store.in_unit, "posting needs a unit of work"
        self.store = store
        self.earlier = earlier
        self.closed: str = store.value("SELECT max(last_day) FROM closing") or ""
        self.recorded = store.now, store.user
        self.salts: Iterator[bytes] = iter(())
        self.chains: dict[str, Chain] = {} if chains is None else chains
        self.group: tuple[int, str] | None = None

    def expect(self, count: int) -> None:
        """Draw the salts of so many entries at once."""
        salts = self.store.salt(SALT_BYTES * count)
        self.salts = iter([salts[start : start + SALT_BYTES] for start in range(0, len(salts), SALT_BYTES)])

    def draft(self, draft: Draft) -> Posted:
        """Add a draft and return where it is."""
        office, day = draft.office, draft.posting_day
        transaction = self._transaction(draft) if draft.group is not None else None
        position = self.add(
            office, draft.kind, day, draft.postings, draft.source, draft.text, draft.bank_day, draft.value_day,
            draft.payment_day, transaction, draft.reverses,
        )  # fmt: skip
        return Posted(office, position, int(day[:4]), self.chains[office].numbers[day[:4]], transaction)

    def add(
        self, office: str, kind: EntryKind, day: str, postings: Sequence[PostingFields], source: str | None, text: str,
        bank_day: str | None, value_day: str | None, payment_day: str | None, transaction: str | None,
        reverses: int | None = None,
    ) -> int:  # fmt: skip
        """Append an entry whose postings are known to sum to zero and return its position."""
        if kind == CLOSING:
            check_closing(self.store, office, day, (posting[0] for posting in postings))
        elif day <= self.closed:
            raise ClosedPeriodError(day=day, closed=self.closed)
        chain = self.chains.get(office) or self._load(office)
        year, position = day[:4], chain.position + 1
        number = (chain.numbers.get(year) or self._last_number(chain, year)) + 1
        fields = (
            office, position, int(year), number, kind, source, transaction, day, bank_day, value_day, payment_day,
            *self.recorded, reverses,
        )  # fmt: skip
        salt, text_hash = next(self.salts), None
        if text:
            chain.texts.append((office, position, salt, text))
            text_hash = salted(salt, text)
        canonical = entry_bytes(chain.hash, fields, text_hash, postings)
        assert is_unambiguous(canonical, len(postings)), "a field holds a separator"
        chain.hash, chain.position, chain.numbers[year] = sha256(canonical).digest(), position, number
        chain.entries.append((*fields, len(postings), text_hash, canonical, chain.hash))
        self._add_postings(chain, position, day, balance_month(kind, day), postings)
        return position

    def _add_postings(
        self, chain: Chain, position: int, day: str, month: str, postings: Sequence[PostingFields]
    ) -> None:
        """Keep the rows of the postings and their sums; every account must be open on the day."""
        office, sums, rows = chain.office, chain.sums[month], chain.postings
        for line, (account, cents, item, dimensions) in enumerate(postings, 1):
            rows.append((account, cents, item, dimensions, office, position, line))
            known = sums.get(account)
            if known is None or known[2] <= day or day < known[3]:
                known = self._open_account(chain, month, account, day)
            known[cents < 0] += cents

    def next_transaction(self, office: str) -> str:
        """Return the identifier of the transaction whose first entry is the next one of the office."""
        return f"{office}-{(self.chains.get(office) or self._load(office)).position + 1}"

    def last_number(self, office: str, year: str) -> int:
        """Return the number of the last entry that the office was given in a year."""
        return self.chains[office].numbers[year]

    def take(self) -> list[Rows]:
        """Return the rows of the entries so far, in the order in which they are to be written."""
        chains = [chain for _, chain in sorted(self.chains.items())]
        taken = [
            Rows("posting", POSTING_COLUMNS, together.from_iterable([chain.postings for chain in chains])),
            Rows("entry_text", TEXT_COLUMNS, together.from_iterable([chain.texts for chain in chains])),
            Rows("entry", ENTRY_COLUMNS, together.from_iterable([chain.entries for chain in chains])),
        ]
        for chain in chains:
            chain.entries, chain.postings, chain.texts = [], [], []
            for year, number in chain.numbers.items():
                if number > chain.noted[year]:
                    self.store.numbered.append((chain.office, int(year), chain.noted[year] + 1, number))
                    chain.noted[year] = number
        return taken

    def finish(self) -> None:
        """Write month balances and heads."""
        balances = [
            {"office": chain.office, "account": account, "month": month, "debit": debit, "credit": -credit}
            for _, chain in sorted(self.chains.items())
            for month, sums in sorted(chain.sums.items())
            for account, (debit, credit, *_) in sorted(sums.items())
        ]
        self.store.execute_many(_ADD_BALANCE, balances)
        for office, chain in sorted(self.chains.items()):
            self.store.execute(
                "UPDATE head SET position = :position, hash = :hash WHERE office = :office",
                office=office,
                position=chain.position,
                hash=chain.hash,
            )

    def _load(self, office: str) -> Chain:
        assert office in self.store.locked, f"the unit of work does not hold office {office}"
        row = self.store.one("SELECT position, hash FROM head WHERE office = :office", office=office)
        assert row is not None, f"office {office} has no head"
        self.chains[office] = Chain(office, row[0], bytes(row[1]))
        return self.chains[office]

    def _last_number(self, chain: Chain, year: str) -> int:
        sql = "SELECT max(number) FROM entry WHERE office = :office AND year = :year"
        last = int(self.store.value(sql, office=chain.office, year=int(year)) or 0)
        return chain.noted.setdefault(year, last)

    def _transaction(self, draft: Draft) -> str:
        assert draft.group is not None
        if self.group is None or self.group[0] != draft.group:
            self.group = (draft.group, self.next_transaction(draft.office))
        return self.group[1]

    def _open_account(self, chain: Chain, month: str, account: str, day: str) -> list[Any]:
        """Return the sums of an account that is open on the day."""
        sql = "SELECT closed_on, opened_on FROM account WHERE office = :office AND number = :account"
        row = self.store.one(sql, office=chain.office, account=account)
        if row is None:
            raise UnknownAccountError(office=chain.office, account=account)
        closed, opened = row[0] or NEVER, "" if self.earlier else row[1]
        if closed <= day:
            raise ClosedAccountError(office=chain.office, account=account, day=closed)
        if day < opened:
            raise NotYetOpenError(office=chain.office, account=account, opened=opened)
        return chain.sums[month].setdefault(account, [0, 0, closed, opened])


def heads(store: Store) -> Iterator[tuple[str, int, bytes]]:
    """Yield the present head of every office: code, position, hash."""
    for office, position, value in store.rows("SELECT office, position, hash FROM head ORDER BY office"):
        yield office, position, bytes(value)


def office_codes(store: Store) -> tuple[str, ...]:
    """Return the codes of all offices, sorted: the locks of a unit of work that may touch any of them."""
    return tuple(code for (code,) in store.rows("SELECT code FROM office ORDER BY code"))


def kasse_office(store: Store) -> str:
    """Return the code of the office that is the Kasse."""
    return str(store.value("SELECT code FROM office WHERE is_kasse = 1"))


def account_with_role(store: Store, office: str, role: str) -> str:
    """Return the number of the office's account with that role (the lowest where there are several)."""
    sql = "SELECT min(number) FROM account WHERE office = :office AND role = :role AND closed_on IS NULL"
    found = store.value(sql, office=office, role=role)
    if found is None:
        raise UnknownAccountError(office=office, account=role)
    return str(found)


def setting(store: Store, key: str) -> str:
    """Return a setting of the book, '' where it is not set."""
    return str(store.value("SELECT value FROM setting WHERE key = :key", key=key) or "")
