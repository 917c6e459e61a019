"""Which statements of the book a file meets: those that can tell the same bookings, or where these ones stand."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from ledger.bank.formats import FORMATS
from ledger.bank.intake_sheets import identity
from ledger.store.engines import Row, Store

Mark = tuple[str, Hashable]
"""An IBAN with a bank day or with the identity of a statement: who shares one meets."""
_ON_DAY = """
    SELECT DISTINCT l.statement FROM bank_entry e
    JOIN statement_entry l ON l.office = e.office AND l.entry = e.id
    JOIN statement s ON s.id = l.statement AND s.withdrawn_on IS NULL
    WHERE e.iban = :iban AND e.bank_day = :day"""
_HEAD = "SELECT id, iban, statement_id, electronic_number, page, last_page, closing_day FROM statement"
_DAYS = """
    SELECT DISTINCT e.iban, e.bank_day FROM statement_entry l
    JOIN bank_entry e ON e.office = l.office AND e.id = l.entry WHERE l.statement = :id"""
_ROUNDS = 2  # what a file meets, and what these meet: the pieces that say which balances are known inside them


class _Met:
    """The statements found so far with their marks."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.marks: dict[int, set[Mark]] = {}

    def on_days(self, days: Iterable[Mark]) -> None:
        """Add the statements with an entry on one of these days."""
        for iban, day in sorted(days, key=repr):
            for (number,) in self.store.all(_ON_DAY, iban=iban, day=day):
                if number not in self.marks:
                    row = self.store.one(f"{_HEAD} WHERE id = :id", id=number)
                    assert row is not None, "an entry belongs to a statement"
                    self._add(row)

    def same_names(self, names: Iterable[tuple[str, str]], wanted: Iterable[Mark]) -> None:
        """Add the pages and issues of these identities; `names` are their (IBAN, statement id)."""
        identities = set(wanted)
        sql = f"{_HEAD} WHERE iban = :iban AND message IN {FORMATS} AND statement_id = :id AND withdrawn_on IS NULL"
        for iban, name in sorted(names):
            for row in self.store.all(sql, iban=iban, id=name):
                if row[0] not in self.marks and _mark(row) in identities:
                    self._add(row)

    def _add(self, row: Row) -> None:
        days = self.store.all(_DAYS, id=row[0])
        self.marks[row[0]] = {_mark(row), *((iban, day) for iban, day in days)}

    def siblings(self) -> None:
        """Add the other pages and issues of what was found."""
        names = set()
        for number in self.marks:
            names.add(self.store.one("SELECT iban, statement_id FROM statement WHERE id = :id", id=number))
        self.same_names({(row[0], row[1]) for row in names if row}, {m for own in self.marks.values() for m in own})


def _mark(row: Row) -> Mark:
    _, iban, name, electronic, page, last, day = row
    return iban, identity(name, electronic, day or "", single=(page or 1) == 1 and bool(last))


def known_marks(
    store: Store, days: Iterable[Mark], names: Iterable[tuple[str, str]], identities: Iterable[Mark]
) -> dict[int, set[Mark]]:
    """Return the statements of the book that a file meets, with the marks by which they meet it and each other.

    They have an entry on one of the (IBAN, bank day) of the file, or one of its identities. Each is met with all its
    pages and issues, and with what lies on any of its days.
    """
    met = _Met(store)
    met.same_names(names, identities)
    for _ in range(_ROUNDS):
        met.on_days(days)
        met.siblings()
        days = {mark for own in met.marks.values() for mark in own if isinstance(mark[1], str)}
    return met.marks
