"""What the book says of the days to be closed, and the rows of closings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ledger.book.closing import StatementBalance, next_day
from ledger.book.closing_findings import StagedEntriesError
from ledger.book.closing_protocol import (
    ClosingKind,
    DayLine,
    FloatingLine,
    OfficeLine,
    Protocol,
    TransitLine,
    protocol_text,
    read_protocol,
)
from ledger.book.journal import EntryNumber
from ledger.reports.balances_store import BankBalance, TrialBalance, bank_balances
from ledger.store.engines import Store
from sepa.errors import KasseError

TRANSIT_ROLES = ("transit_out", "transit_in", "transit_own", "transit_cash", "transit_card", "cheques")


@dataclass(frozen=True, slots=True)
class StoredClosing:
    """A closing as it lies in the book, with its second signature where it has one."""

    protocol: Protocol
    text: str
    heads: str
    book_head: str
    closed_by: int
    closed_at: str
    confirmed_by: int | None
    confirmed_at: str | None


# SQLite joins what is CROSS JOINed in the order written: from the few days by their index, never from all postings
_RANGE = "office o CROSS JOIN entry e"
_IN_RANGE = "e.office = o.code AND e.posting_day >= :first AND e.posting_day <= :last"
_ON_BANK = """p.office = e.office AND p.position = e.position AND b.office = p.office AND b.account = p.account
    AND o.code IN (SELECT office FROM bank_account)"""
_FIRST_DAY = "SELECT min((SELECT min(posting_day) FROM entry WHERE office = o.code)) FROM office o"
_MOVED = f"""
    SELECT p.office, p.account, sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
           sum(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END)
    FROM {_RANGE} CROSS JOIN posting p CROSS JOIN bank_account b
    WHERE {_IN_RANGE} AND {_ON_BANK} GROUP BY p.office, p.account"""
_TAKEN_OVER = """
    SELECT p.office, p.account, sum(p.cents) FROM bank_account b
    JOIN posting p ON p.office = b.office AND p.account = b.account
    JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE b.iban = :iban AND e.kind = 'opening' AND e.posting_day <= :day GROUP BY p.office, p.account"""
_USED = "SELECT 1 FROM month_balance WHERE office = :office AND account = :account"
_FINAL = "closing_cents IS NOT NULL AND withdrawn_on IS NULL AND message IN ('camt.053', 'MT940')"
# the last row of a day counts: one whose entries all lie in another (an earlier issue, a piece of the day) comes first
_STATEMENTS = f"""
    SELECT iban, closing_day, coalesce(CAST(electronic_number AS TEXT), statement_id), closing_cents FROM statement s
    WHERE {_FINAL} AND closing_day >= :first AND closing_day <= :last
    ORDER BY iban, closing_day,
             CASE WHEN EXISTS (SELECT 1 FROM statement_part p WHERE p.statement = s.id) THEN 0 ELSE 1 END,
             coalesce(electronic_number, 0), coalesce(page, 0), coalesce(created, ''), id"""
_LAST_BEFORE = f"SELECT max(closing_day) FROM statement WHERE {_FINAL} AND iban = :iban AND closing_day <= :day"
_SINCE = """
    SELECT coalesce(sum(amount_cents), 0) FROM bank_entry
    WHERE iban = :iban AND bank_day > :since AND bank_day <= :day AND state <> 'withdrawn'"""
_STAGED = """
    SELECT iban, count(*), sum(amount_cents) FROM bank_entry
    WHERE state = 'staged' AND bank_day <= :day GROUP BY iban ORDER BY iban"""
_DAYS = f"SELECT e.posting_day, count(*) FROM {_RANGE} WHERE {_IN_RANGE} GROUP BY e.posting_day"
_OFFICES = f"""
    SELECT e.office, e.year, count(*), min(e.number), max(e.number)
    FROM {_RANGE} WHERE {_IN_RANGE} GROUP BY e.office, e.year ORDER BY e.office, e.year"""
_FLOATING = f"""
    SELECT e.office, e.year, e.number, p.account, e.bank_day, e.posting_day, sum(p.cents)
    FROM {_RANGE} CROSS JOIN posting p CROSS JOIN bank_account b
    WHERE {_IN_RANGE} AND e.bank_day < e.posting_day AND {_ON_BANK}
    GROUP BY e.office, e.year, e.number, p.account, e.bank_day, e.posting_day
    ORDER BY e.office, e.year, e.number"""
# a year is signed first by who proposed it; who closes it signs second
_CLOSINGS = """
    SELECT c.protocol, c.heads, c.book_head, coalesce(p.proposed_by, c.closed_by), coalesce(p.proposed_at, c.closed_at),
           CASE WHEN p.serial IS NULL THEN f.confirmed_by ELSE c.closed_by END,
           CASE WHEN p.serial IS NULL THEN f.confirmed_at ELSE c.closed_at END
    FROM closing c
    LEFT JOIN closing_confirmation f ON f.kind = c.kind AND f.period = c.period
    LEFT JOIN closing_proposal p ON p.kind = c.kind AND p.period = c.period AND p.serial = (
        SELECT max(serial) FROM closing_proposal WHERE kind = c.kind AND period = c.period)
    WHERE c.kind = :kind"""


def first_open_day(store: Store, day: str) -> str:
    """Return the first day that a closing of `day` closes: after the last closed day, else the book's first entry."""
    closed = store.value("SELECT max(last_day) FROM closing")
    if closed:
        return next_day(closed)
    first = first_entry_day(store)
    return min(first, day) if first else day


def moved(store: Store, first: str, last: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return debits and credits of the bank accounts in these days by office and account."""
    rows = store.rows(_MOVED, first=first, last=last)
    return {(office, account): (int(debit), int(credit)) for office, account, debit, credit in rows}


def last_statements(store: Store, day: str, balances: tuple[BankBalance, ...]) -> dict[str, StatementBalance]:
    """Return for each account what its last statement up to the day says, and what the bank booked since."""
    found = {}
    for own in balances:
        last = store.value(_LAST_BEFORE, iban=own.iban, day=day) or ""
        known = statements(store, last, last).get((own.iban, last)) if last else None
        since = 0 if last == day else int(store.value(_SINCE, iban=own.iban, since=last, day=day))
        cents, name = (known.cents, known.statement) if known else (0, "")
        found[own.iban] = StatementBalance(last, name, cents, since)
    return found


def statements(store: Store, first: str, last: str) -> dict[tuple[str, str], StatementBalance]:
    """Return the closing balances of these days by IBAN and day; of several statements of a day the last counts."""
    rows = store.rows(_STATEMENTS, first=first, last=last)
    return {(iban, day): StatementBalance(day, name, cents) for iban, day, name, cents in rows}


def earlier_statements(store: Store, first: str, day: str) -> Iterator[tuple[BankBalance, StatementBalance]]:
    """Yield books and bank for each day before `day` that has a statement and is closed along with it."""
    found = {key: known for key, known in statements(store, first, day).items() if key[1] < day}
    for earlier in sorted({known.day for known in found.values()}):
        for own in bank_balances(store, earlier):
            if (own.iban, earlier) in found:
                yield own, found[own.iban, earlier]


def taken_over(store: Store, day: str, balances: tuple[BankBalance, ...]) -> dict[tuple[str, str], int]:
    """Return what opening entries put on the bank accounts, by office and account.

    Accounts on which nothing was ever posted are passed over: looking for their entries may mean reading all.
    """
    used = [own for own in balances if store.one(_USED, office=own.office, account=own.account)]
    rows = (row for own in used for row in store.all(_TAKEN_OVER, iban=own.iban, day=day))
    return {(office, account): int(cents) for office, account, cents in rows}


def staged(store: Store, day: str) -> Iterator[KasseError]:
    """Yield a finding for each account with bank entries up to the day that wait to be posted."""
    for iban, count, cents in store.rows(_STAGED, day=day):
        yield StagedEntriesError(iban=iban, day=day, count=count, sum_cents=int(cents))


def day_lines(store: Store, first: str, last: str) -> Iterator[DayLine]:
    """Yield the days with entries, and the last day in any case."""
    counts: dict[str, int] = dict(store.rows(_DAYS, first=first, last=last))
    for day in sorted({*counts, last}):
        yield DayLine(day, counts.get(day, 0))


def office_lines(store: Store, first: str, last: str) -> Iterator[OfficeLine]:
    """Yield number and range of the entries of these days by office."""
    yield from (OfficeLine(*row) for row in store.rows(_OFFICES, first=first, last=last))


def transit_lines(balances: TrialBalance) -> Iterator[TransitLine]:
    """Yield the accounts for money in transit that hold some."""
    for account in balances.accounts:
        if account.role in TRANSIT_ROLES and account.balance_cents:
            yield TransitLine(account.office, account.number, account.name, account.balance_cents)


def floating_lines(store: Store, first: str, last: str) -> Iterator[FloatingLine]:
    """Yield the entries of these days that the bank had booked on a day closed before (Schwebeposten)."""
    for office, year, number, account, bank_day, posting_day, cents in store.rows(_FLOATING, first=first, last=last):
        yield FloatingLine(str(EntryNumber(office, year, number)), account, bank_day, posting_day, int(cents))


def next_number(store: Store, kind: ClosingKind, year: int) -> int:
    """Return the number of the next protocol of the kind in the year."""
    sql = "SELECT coalesce(max(number), 0) FROM closing WHERE kind = :kind AND year = :year"
    return int(store.value(sql, kind=kind, year=year)) + 1


def insert_closing(store: Store, protocol: Protocol, heads: str) -> str:
    """Write the closing and return the stored text of its protocol."""
    text = protocol_text(protocol)
    store.insert_one(
        "closing", kind=protocol.kind, period=protocol.period, year=protocol.year, number=protocol.number,
        last_day=protocol.last_day, closed_by=protocol.closed_by, closed_at=protocol.closed_at,
        book_head=bytes.fromhex(protocol.head), heads=heads, protocol=text,
    )  # fmt: skip
    return text


def insert_confirmation(store: Store, protocol: Protocol) -> None:
    """Write the second signature under the closing with that protocol."""
    store.insert_one(
        "closing_confirmation", kind=protocol.kind, period=protocol.period, confirmed_by=store.user,
        confirmed_at=store.now,
    )  # fmt: skip


def closing_of(store: Store, kind: ClosingKind, day: str) -> StoredClosing | None:
    """Return the closing of the kind by which the day was closed, or None while it is open."""
    row = store.one(f"{_CLOSINGS} AND c.last_day >= :day ORDER BY c.last_day LIMIT 1", kind=kind, day=day)
    closing = None if row is None else _stored(row)
    return closing if closing is not None and closing.protocol.first_day <= day else None


def closings(
    store: Store, kind: ClosingKind, *, unconfirmed: bool = False, first: str = "", last: str = "9999-12-31"
) -> Iterator[StoredClosing]:
    """Yield the closings of the kind that end in these days, or only those that wait for their second signature."""
    wanted = " AND f.period IS NULL" if unconfirmed else ""
    sql = f"{_CLOSINGS}{wanted} AND c.last_day >= :first AND c.last_day <= :last ORDER BY c.last_day"
    for row in store.all(sql, kind=kind, first=first, last=last):
        yield _stored(row)


def last_closed(store: Store, kind: ClosingKind) -> str:
    """Return the last day that a closing of the kind closed, '' before the first."""
    return str(store.value("SELECT max(last_day) FROM closing WHERE kind = :kind", kind=kind) or "")


def first_entry_day(store: Store) -> str | None:
    """Return the day of the book's first entry."""
    found = store.value(_FIRST_DAY)
    return None if found is None else str(found)


def _stored(row: tuple[str, str, bytes, int, str, int | None, str | None]) -> StoredClosing:
    text, heads, book_head, closed_by, closed_at, confirmed_by, confirmed_at = row
    head = bytes(book_head).hex()
    return StoredClosing(read_protocol(text), text, heads, head, closed_by, closed_at, confirmed_by, confirmed_at)


def noted_hash(store: Store, protocol: Protocol) -> str | None:
    """Return the hash of the protocol that the event log noted when the period was closed."""
    sql = "SELECT facts FROM event WHERE object = :object AND action = :action"
    about = f"{protocol.kind}:{protocol.period}"
    facts = store.value(sql, object=about, action=f"{protocol.kind}.close")
    return None if facts is None else str(json.loads(facts)["sha256"])


def hashes_at(store: Store, positions: Mapping[str, int]) -> dict[str, str]:
    """Return the hash of each office's entry at that place in its chain."""
    sql = "SELECT hash FROM entry WHERE office = :office AND position = :position"
    found = {o: store.value(sql, office=o, position=position) for o, position in positions.items() if position}
    return {office: bytes(value).hex() for office, value in found.items() if value is not None}
