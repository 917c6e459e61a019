"""More lists of a take-over in the book: staged in temporary tables, written by single statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ledger.items.joint_seals_store import join
from ledger.items.opening_parts import (
    AccountRow,
    DebtorRow,
    LockRow,
    PartDone,
    PartyRow,
    Placed,
    RepeatedPartyError,
    SameDebtorError,
    UnknownFormerPartyError,
    UnknownTakenItemError,
    account_row,
    debtor_row,
    lock_row,
    party_row,
)
from ledger.items.order_checks_store import other_bics
from ledger.items.staging_store import drop, text_type
from ledger.people.parties_store import note_bics
from ledger.people.party_seals_store import mark, mark_fresh
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import KasseError, Place

CHUNK = 5000
_NUMBERS = frozenset({"seq", "ongoing", "amount_cents", "cents", "interest_cents", "id"})
Listed = tuple[Any, tuple[KasseError, ...]]
"""A row (a tuple with names) with what is wrong with its cells."""
Write = Callable[[Store, str, str], Iterable[KasseError | int]]


@dataclass(slots=True)
class ListPart:
    """A list that goes through a temporary table: its rows, the check of each, what is written of all.

    `write` yields findings and, for each kind of thing it writes, how many; `placed` tells where findings are.
    """

    name: str
    shape: type[Any]
    check: Callable[[Any, str], Listed]
    write_rows: Write
    rows: Iterable[Listed]
    today: str
    placed: Placed = tuple
    early: bool = False
    count: int = 0
    found: list[KasseError] = field(default_factory=list)

    @property
    def table(self) -> str:
        """The temporary table."""
        return f"staged_{self.name}"

    def stage(self, store: Store) -> list[KasseError]:
        """Read the rows into the temporary table; those with errors are left out and reported."""
        fields = self.shape._fields
        kinds = (f"{name} {'BIGINT' if name in _NUMBERS else text_type(store)}" for name in fields)
        drop(store, self.table)
        store.execute(f"CREATE TEMPORARY TABLE {self.table} ({', '.join(kinds)})")
        stream = self._checked()
        while chunk := list(islice(stream, CHUNK)):
            self.count += store.insert(self.table, fields, chunk)
        return self.found

    def _checked(self) -> Iterator[Row]:
        for row, findings in self.rows:
            full, more = self.check(row, self.today)
            self.found += (*findings, *self.placed(more))
            if not any(one.severity == "error" for one in (*findings, *more)):
                yield tuple(full)

    def write(self, store: Store, day: str) -> PartDone:
        """Write the staged rows."""
        count, findings = 0, list[KasseError]()
        for one in self.write_rows(store, self.table, day):
            if isinstance(one, int):
                count += one
            else:
                findings.append(one)
        return PartDone(count, tuple(self.placed(findings)))

    def drop(self, store: Store) -> None:
        """Remove the temporary table."""
        drop(store, self.table)


_TWICE = """
    SELECT seq, party, first_seq FROM (
        SELECT seq, party, min(seq) OVER (PARTITION BY party) AS first_seq FROM {table}) AS grouped
    WHERE seq <> first_seq ORDER BY seq"""
_SAME = """
    UPDATE {table} SET id = (
        SELECT min(p.id) FROM party p WHERE p.match_key = {table}.match_key AND p.merged_into IS NULL
        AND p.address_key = {table}.address_key AND coalesce(p.birth_date, '') = coalesce({table}.birth_date, ''))
    WHERE id IS NULL AND (address_key <> '' OR birth_date IS NOT NULL)"""
_NUMBER = """
    UPDATE {table} SET id = r.place + :before FROM (
        SELECT seq AS at, row_number() OVER (ORDER BY seq) AS place FROM {table} WHERE id IS NULL) r
    WHERE r.at = {table}.seq"""
_PARTIES = """
    INSERT INTO party (id, name, legal_name, street, house_number, postcode, town, country, birth_date, vat_id,
        match_key, address_key, created_at)
    SELECT id, name, legal_name, street, house_number, postcode, town, country, birth_date, vat_id, match_key,
        address_key, CAST(:now AS TEXT)
    FROM {table} WHERE id > :before ORDER BY id"""
_FORMER = """
    INSERT INTO party_former (key, party) SELECT s.party, min(s.id) FROM {table} s
    WHERE NOT EXISTS (SELECT 1 FROM party_former f WHERE f.key = s.party) GROUP BY s.party"""
_KNOWN = "UPDATE {table} SET id = (SELECT f.party FROM party_former f WHERE f.key = {table}.party)"


def write_parties(store: Store, table: str, day: str) -> Iterator[KasseError | int]:
    """Write parties that the book does not know by number, or name and address or birth date, and their numbers."""
    del day
    for seq, party, first in store.all(_TWICE.format(table=table)):
        yield RepeatedPartyError(party=party, row=first, place=Place(row=seq, column="party", value=party))
    store.execute(f"ALTER TABLE {table} ADD COLUMN id BIGINT")
    store.execute(_KNOWN.format(table=table))
    store.execute(_SAME.format(table=table))
    fresh = int(store.value(f"SELECT count(*) FROM {table} WHERE id IS NULL"))
    before = take_ids(store, BOOK, "party", fresh) - 1 if fresh else 0
    if fresh:
        store.execute(_NUMBER.format(table=table), before=before)
        store.execute(_PARTIES.format(table=table), before=before, now=store.now)
        mark_fresh(store, "SELECT id AS party FROM party WHERE id > :before", before=before)
    yield store.execute(_FORMER.format(table=table))


_NEW_ACCOUNTS = """
    FROM {table} s JOIN party_former f ON f.key = s.party
    WHERE NOT EXISTS (SELECT 1 FROM party_account a WHERE a.party = f.party AND a.iban = s.bank_account)"""
_OF_NEW_ACCOUNTS = f"SELECT DISTINCT f.party {_NEW_ACCOUNTS}"
_ACCOUNTS = f"""
    INSERT INTO party_account (party, iban, kind, source, since, until, bic)
    SELECT f.party, s.bank_account, min(s.account_kind), 'opening', min(coalesce(s.since, CAST(:day AS TEXT))),
        CASE WHEN count(*) = count(s.until) THEN max(s.until) ELSE NULL END, max(s.bic) {_NEW_ACCOUNTS}
    GROUP BY f.party, s.bank_account"""


def write_accounts(store: Store, table: str, day: str) -> Iterator[KasseError | int]:
    """Write the IBANs of parties; one that the book has stays as it is, but gets a BIC that it lacks."""
    yield from unknown_parties(store, table)
    yield from other_bics(store, table)
    mark(store, _OF_NEW_ACCOUNTS.format(table=table))
    yield store.execute(_ACCOUNTS.format(table=table), day=day)
    note_bics(store, table)


_UNKNOWN_PARTY = """
    SELECT s.seq, s.party FROM {table} s WHERE s.party IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM party_former f WHERE f.key = s.party) ORDER BY s.seq"""
_TAKEN = "i.reference = s.reference AND i.office || '' = s.office AND i.order_id IS NULL"
_UNKNOWN_ITEM = f"""
    SELECT s.seq, s.office, s.reference FROM {{table}} s WHERE s.reference IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM item i WHERE {_TAKEN}{{more}}) ORDER BY s.seq"""


def unknown_parties(store: Store, table: str) -> Iterator[KasseError]:
    """Yield rows whose party is not in the list of parties."""
    for seq, party in store.all(_UNKNOWN_PARTY.format(table=table)):
        yield UnknownFormerPartyError(party=party, place=Place(row=seq, column="party", value=party))


def unknown_items(store: Store, table: str, *, receivable: bool = False) -> Iterator[KasseError]:
    """Yield rows whose reference no item has that was taken over."""
    more = " AND i.kind = 'receivable'" if receivable else ""
    for seq, office, reference in store.all(_UNKNOWN_ITEM.format(table=table, more=more)):
        place = Place(row=seq, column="reference", value=reference)
        yield UnknownTakenItemError(office=office or "–", reference=reference, place=place)


_REASON = "coalesce(s.reason, 'übernommen')"
_ITEM_LOCKS = f"""
    SELECT i.office, i.id, s.lock, {_REASON}, s.since, s.until FROM {{table}} s JOIN item i ON {_TAKEN}
    WHERE s.party IS NULL AND i.open_cents > 0 ORDER BY i.office, i.id, s.seq"""
_PARTY_LOCKS = f"""
    SELECT f.party, s.lock, {_REASON}, s.since, s.until FROM {{table}} s JOIN party_former f ON f.key = s.party
    ORDER BY s.seq"""
_LOCK = ("kind", "reason", "since", "until", "made_by", "made_at")


def write_locks(store: Store, table: str, day: str) -> Iterator[KasseError | int]:
    """Write locks of parties, and of all open items with a reference."""
    del day
    yield from unknown_parties(store, table)
    yield from unknown_items(store, table)
    of_items, of_parties = store.all(_ITEM_LOCKS.format(table=table)), store.all(_PARTY_LOCKS.format(table=table))
    sign = (store.user, store.now)
    for office in sorted({row[0] for row in of_items}):
        rows = [row for row in of_items if row[0] == office]
        first = take_ids(store, office, "item_lock", len(rows))
        given = [(number, *row, *sign) for number, row in enumerate(rows, first)]
        yield store.insert("item_lock", ("id", "office", "item", *_LOCK), given)
    if of_parties:
        first = take_ids(store, BOOK, "party_lock", len(of_parties))
        given = [(number, *row, *sign) for number, row in enumerate(of_parties, first)]
        yield store.insert("party_lock", ("id", "party", *_LOCK), given)


_DEBTORS = f"""
    SELECT i.office, i.id, f.party FROM {{table}} s JOIN item i ON {_TAKEN} JOIN party_former f ON f.key = s.party
    WHERE i.kind = 'receivable'"""
_SAME_DEBTOR = f"""
    SELECT s.seq, s.party, s.reference FROM {{table}} s JOIN item i ON {_TAKEN}
    JOIN party_former f ON f.key = s.party WHERE i.party = f.party ORDER BY s.seq"""


def write_debtors(store: Store, table: str, day: str) -> Iterator[KasseError | int]:
    """Write joint debtors of receivables besides their first ones."""
    yield from unknown_parties(store, table)
    yield from unknown_items(store, table, receivable=True)
    for seq, party, reference in store.all(_SAME_DEBTOR.format(table=table)):
        yield SameDebtorError(party=party, reference=reference, place=Place(row=seq, column="party", value=party))
    yield join(store, _DEBTORS.format(table=table), day)


@dataclass(frozen=True, slots=True)
class PartKind:
    """One kind of list: the form of its rows, their check, what writes them, whether items refer to it."""

    name: str
    shape: type[Any]
    check: Callable[[Any, str], Listed]
    write: Write
    early: bool = False

    def part(self, rows: Iterable[Listed], today: str, placed: Placed = tuple) -> ListPart:
        """Return the list with these rows as a part of a take-over."""
        return ListPart(self.name, self.shape, self.check, self.write, rows, today, placed, self.early)


PARTIES = PartKind("parties", PartyRow, party_row, write_parties, early=True)
ACCOUNTS = PartKind("accounts", AccountRow, account_row, write_accounts, early=True)
LOCKS = PartKind("locks", LockRow, lock_row, write_locks)
DEBTORS = PartKind("debtors", DebtorRow, debtor_row, write_debtors)
KINDS: Sequence[PartKind] = (PARTIES, ACCOUNTS, DEBTORS, LOCKS)
