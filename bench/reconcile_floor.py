"""What matching and posting takes in plain SQL, where nothing is guarded, explained or spelled in a text.

One table of items with a reference and a payer's account, one of bank entries that hold either as a column. They are
matched by two joins, posted with bytes, hash and chain, cleared and taken off: rows without which it cannot be done.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

_SCHEMA = """
    CREATE TABLE item (id INTEGER PRIMARY KEY, reference TEXT, iban TEXT, amount_cents INTEGER, open_cents INTEGER);
    CREATE UNIQUE INDEX item_reference ON item (reference);
    CREATE INDEX item_iban ON item (iban, open_cents);
    CREATE TABLE bank_entry (id INTEGER PRIMARY KEY, day TEXT, cents INTEGER, reference TEXT, iban TEXT, text TEXT);
    CREATE TABLE entry (id INTEGER PRIMARY KEY, number TEXT UNIQUE, day TEXT, bank_entry INTEGER REFERENCES bank_entry,
        canonical BLOB, hash BLOB);
    CREATE INDEX entry_day ON entry (day);
    CREATE TABLE posting (entry INTEGER REFERENCES entry, line INTEGER, account TEXT, cents INTEGER, item INTEGER,
        PRIMARY KEY (entry, line)) WITHOUT ROWID;
    CREATE INDEX posting_account ON posting (account, cents);
    CREATE TABLE clearing_line (entry INTEGER REFERENCES entry, item INTEGER REFERENCES item, cents INTEGER,
        PRIMARY KEY (entry, item)) WITHOUT ROWID;
    CREATE INDEX clearing_item ON clearing_line (item);
    CREATE TABLE month_balance (account TEXT PRIMARY KEY, cents INTEGER);
    CREATE TEMPORARY TABLE matched (bank_entry INTEGER PRIMARY KEY, item INTEGER);"""
_BY_REFERENCE = """
    INSERT INTO matched SELECT b.id, i.id FROM bank_entry b JOIN item i ON i.reference = b.reference"""
_BY_ACCOUNT = """
    INSERT OR IGNORE INTO matched SELECT b.id, min(i.id) FROM bank_entry b
    JOIN item i ON i.iban = b.iban AND i.open_cents = b.cents
    WHERE b.reference IS NULL GROUP BY b.id HAVING count(*) = 1"""
_TO_POST = "SELECT b.id, b.day, b.cents, b.text, m.item FROM bank_entry b LEFT JOIN matched m ON m.bank_entry = b.id"
_POSTINGS = (("1800", 1), ("2800", -1))
_CLEARED = "INSERT INTO clearing_line SELECT entry, item, -cents FROM posting WHERE item IS NOT NULL"
_TAKEN_OFF = """
    UPDATE item SET open_cents = open_cents - paid.cents
    FROM (SELECT item, sum(cents) AS cents FROM clearing_line GROUP BY item) AS paid WHERE item.id = paid.item"""
_BALANCES = "INSERT INTO month_balance SELECT account, sum(cents) FROM posting GROUP BY account"


def plain_sql(entries: int, items: int) -> float:
    """Match, post and clear that many bank entries against that many open items; return CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        raw = sqlite3.connect(Path(folder) / "raw.db", isolation_level=None)
        raw.executescript(f"PRAGMA journal_mode = WAL; PRAGMA cache_size = -65536; PRAGMA foreign_keys = ON; {_SCHEMA}")
        raw.execute("BEGIN")
        raw.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?)", _items(items))
        raw.executemany("INSERT INTO bank_entry VALUES (?, ?, ?, ?, ?, ?)", _paid(entries, items))
        raw.execute("COMMIT")
        raw.execute("ANALYZE")
        start = time.process_time()
        _reconcile(raw)
        return time.process_time() - start


def _reconcile(raw: sqlite3.Connection) -> None:
    raw.execute("BEGIN IMMEDIATE")
    raw.execute(_BY_REFERENCE)
    raw.execute(_BY_ACCOUNT)
    posted = list(_posted(raw))
    raw.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)", [row[:6] for row in posted])
    lines = (
        (row[0], line, account, sign * row[6], row[7] if sign < 0 else None)
        for row in posted
        for line, (account, sign) in enumerate(_POSTINGS, 1)
    )
    raw.executemany("INSERT INTO posting VALUES (?, ?, ?, ?, ?)", lines)
    for statement in (_CLEARED, _TAKEN_OFF, _BALANCES):
        raw.execute(statement)
    assert raw.execute("SELECT sum(cents) FROM month_balance").fetchone() == (0,), "the books balance"
    raw.execute("COMMIT")


def _posted(raw: sqlite3.Connection) -> Iterator[tuple[int, str, str, int, bytes, bytes, int, int | None]]:
    value = bytes(32)
    for number, day, cents, text, item in raw.execute(_TO_POST):
        written = f"entry-1\x1f{number}\x1f{day}\x1f{text}\x1e1800\x1f{cents}\x1e2800\x1f{-cents}\x1f{item or ''}"
        canonical = value + written.encode()
        value = sha256(canonical).digest()
        yield number, f"2026-{number}", day, number, canonical, value, cents, item


def _items(count: int) -> Iterator[tuple[int, str, str, int, int]]:
    """Yield items with references in no order, as those of a city are, and two items for every payer."""
    for number in range(1, count + 1):
        yield number, _reference(number), f"DE{number // 2:020d}", 500 + number % 9000, 500 + number % 9000


def _paid(entries: int, items: int) -> Iterator[tuple[int, str, int, str | None, str, str]]:
    """Yield bank entries: eight of nine name a reference, the others come from a known account."""
    for number in range(1, entries + 1):
        item = number * 7919 % items + 1
        reference = None if number % 9 == 0 else _reference(item)
        yield number, "2026-11-16", 500 + item % 9000, reference, f"DE{item // 2:020d}", f"Zahlung {number}"


def _reference(number: int) -> str:
    return f"{number * 2654435761 % 10**12:012d}{number % 97:02d}"
