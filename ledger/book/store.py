"""The one place where entries are written: numbers, chain, texts, balances, head, in one unit of work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice

from ledger.book.chain import SALT_BYTES, entry_bytes, is_unambiguous, salted
from ledger.book.entry import ClosedAccountError, ClosedPeriodError, Draft, Posted, UnknownAccountError
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
NEVER = "~"
"""Sorts behind every day: when an open account closes."""
_ADD_BALANCE = """
    INSERT INTO month_balance (office, account, month, debit_cents, credit_cents)
    VALUES (:office, :account, :month, :debit, :credit)
    ON CONFLICT (office, account, month) DO UPDATE SET
        debit_cents = month_balance.debit_cents + excluded.debit_cents,
        credit_cents = month_balance.credit_cents + excluded.credit_cents"""


@dataclass(slots=True)
class _Chain:
    """The end of an office's chain while a unit of work appends to it; its years' numbers, its accounts' closing."""

    position: int
    hash: bytes
    numbers: dict[str, int] = field(default_factory=dict)
    closed_on: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Batch:
    """Rows of one chunk on their way into the tables."""

    entries: list[Row] = field(default_factory=list)
    postings: list[Row] = field(default_factory=list)
    texts: list[Row] = field(default_factory=list)


def post(store: Store, drafts: Iterable[Draft]) -> list[Posted]:
    """Append the drafts to their offices' chains and return where each one is, in order.

    Runs inside a unit of work that holds the offices. Raises `ClosedPeriodError`, `UnknownAccountError`,
    `ClosedAccountError`; the unit is then rolled back as a whole.
    """
    poster = _Poster(store)
    stream, posted = iter(drafts), []
    with without_collector():
        while chunk := list(islice(stream, CHUNK)):
            posted += poster.append(chunk)
        poster.finish()
    return posted


class _Poster:
    """Appends chunks of drafts and remembers heads, accounts and balances between them."""

    def __init__(self, store: Store) -> None:
        assert store.in_unit, "posting needs a unit of work"
        self.store = store
        self.closed: str = store.value("SELECT max(last_day) FROM closing") or ""
        self.chains: dict[str, _Chain] = {}
        self.debits: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.credits: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.group: tuple[int, str] | None = None

    def append(self, chunk: list[Draft]) -> list[Posted]:
        batch = _Batch()
        salts = self.store.salt(SALT_BYTES * len(chunk))
        posted = [
            self._add(batch, draft, salts[SALT_BYTES * place : SALT_BYTES * (place + 1)])
            for place, draft in enumerate(chunk)
        ]
        self.store.insert("posting", POSTING_COLUMNS, batch.postings)
        self.store.insert("entry_text", ("office", "position", "salt", "text"), batch.texts)
        self.store.insert("entry", ENTRY_COLUMNS, batch.entries)
        self.store.numbered += _spans(posted)
        return posted

    def finish(self) -> None:
        keys = sorted(
            {(*key, account) for sums in (self.debits, self.credits) for key in sums for account in sums[key]}
        )
        self.store.execute_many(
            _ADD_BALANCE,
            [
                {
                    "office": office,
                    "account": account,
                    "month": month,
                    "debit": self.debits[office, month][account],
                    "credit": -self.credits[office, month][account],
                }
                for office, month, account in keys
            ],
        )
        for office, chain in sorted(self.chains.items()):
            self.store.execute(
                "UPDATE head SET position = :position, hash = :hash WHERE office = :office",
                office=office,
                position=chain.position,
                hash=chain.hash,
            )

    def _add(self, batch: _Batch, draft: Draft, salt: bytes) -> Posted:
        office, day, postings = draft.office, draft.posting_day, draft.postings
        if draft.kind == CLOSING:
            check_closing(self.store, office, day, (posting.account for posting in postings))
        elif day <= self.closed:
            raise ClosedPeriodError(day=day, closed=self.closed)
        chain = self.chains.get(office) or self._load(office)
        position, number = chain.position + 1, (chain.numbers.get(day[:4]) or self._last_number(office, day[:4])) + 1
        transaction = self._transaction(draft, position) if draft.group is not None else None
        text_hash = _keep_text(batch, draft, position, salt) if draft.text else None
        year = int(day[:4])
        fields = (
            office, position, year, number, draft.kind, draft.source, transaction, day, draft.bank_day,
            draft.value_day, draft.payment_day, self.store.now, self.store.user, draft.reverses,
        )  # fmt: skip
        canonical = entry_bytes(chain.hash, fields, text_hash, postings)
        assert is_unambiguous(canonical, len(postings)), "a field holds a separator"
        chain.hash, chain.position, chain.numbers[day[:4]] = sha256(canonical).digest(), position, number
        batch.entries.append((*fields, len(postings), text_hash, canonical, chain.hash))
        batch.postings += [(*posting, office, position, line) for line, posting in enumerate(postings, 1)]
        self._balance(draft, chain.closed_on)
        return Posted(office, position, year, number, transaction)

    def _balance(self, draft: Draft, closed_on: dict[str, str]) -> None:
        """Add the postings to the balances of their month; every account must be open on the day."""
        office, day = draft.office, draft.posting_day
        month = balance_month(draft.kind, day)
        debits, credits_ = self.debits[office, month], self.credits[office, month]
        for posting in draft.postings:
            account, cents = posting[0], posting[1]
            if closed_on.get(account, "") <= day:
                self._check_account(office, account, day)
            if cents > 0:
                debits[account] += cents
            else:
                credits_[account] += cents

    def _load(self, office: str) -> _Chain:
        assert office in self.store.locked, f"the unit of work does not hold office {office}"
        row = self.store.one("SELECT position, hash FROM head WHERE office = :office", office=office)
        assert row is not None, f"office {office} has no head"
        self.chains[office] = _Chain(row[0], bytes(row[1]))
        return self.chains[office]

    def _last_number(self, office: str, year: str) -> int:
        sql = "SELECT max(number) FROM entry WHERE office = :office AND year = :year"
        return int(self.store.value(sql, office=office, year=int(year)) or 0)

    def _transaction(self, draft: Draft, position: int) -> str:
        assert draft.group is not None
        if self.group is None or self.group[0] != draft.group:
            self.group = (draft.group, f"{draft.office}-{position}")
        return self.group[1]

    def _check_account(self, office: str, account: str, day: str) -> None:
        sql = "SELECT closed_on FROM account WHERE office = :office AND number = :account"
        row = self.store.one(sql, office=office, account=account)
        if row is None:
            raise UnknownAccountError(office=office, account=account)
        if row[0] is not None and row[0] <= day:
            raise ClosedAccountError(office=office, account=account, day=row[0])
        self.chains[office].closed_on[account] = row[0] or NEVER


def _spans(posted: Iterable[Posted]) -> Iterator[tuple[str, int, int, int]]:
    """Yield office, year, first and last number of what was posted."""
    spans: dict[tuple[str, int], list[int]] = {}
    for one in posted:
        spans.setdefault((one.office, one.year), []).append(one.number)
    for (office, year), numbers in spans.items():
        yield office, year, numbers[0], numbers[-1]


def _keep_text(batch: _Batch, draft: Draft, position: int, salt: bytes) -> bytes:
    batch.texts.append((draft.office, position, salt, draft.text))
    return salted(salt, draft.text)


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
