"""Parties in the book: found for many rows at once, made where there are none."""

from __future__ import annotations

from ledger.people.party_seals_store import mark, mark_fresh, note_marked
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store


def whole_bic(column: str) -> str:
    """Return the SQL of a BIC as BICs are compared: XXX is the bank as a whole, as no branch is (ISO 9362)."""
    return f"substr({column} || 'XXX', 1, 11)"


_PAYEE = "kind = 'payable' AND bank_account IS NOT NULL"
_FIND_PAYEES = f"""
    UPDATE {{table}} SET party = (
        SELECT min(p.id) FROM party_account a JOIN party p ON p.id = a.party
        WHERE a.iban = {{table}}.bank_account AND a.until IS NULL AND p.match_key = {{table}}.match_key)
    WHERE {_PAYEE}"""
_FIND_OTHERS = f"""
    UPDATE {{table}} SET party = (
        SELECT min(p.id) FROM party p
        WHERE p.match_key = {{table}}.match_key AND p.address_key = {{table}}.address_key
        AND coalesce(p.birth_date, '') = coalesce({{table}}.birth_date, ''))
    WHERE NOT ({_PAYEE}) AND (address_key <> '' OR birth_date IS NOT NULL)"""
_FRESH = """
    CREATE TEMPORARY TABLE new_party AS SELECT row_number() OVER (ORDER BY seq) AS rank, seq, party_key
    FROM (SELECT party_key, min(seq) AS seq FROM {table} WHERE party IS NULL AND party_key IS NOT NULL
          GROUP BY party_key) AS firsts"""
_MAKE = """
    INSERT INTO party (id, name, street, house_number, postcode, town, country, birth_date, match_key, address_key,
        created_at)
    SELECT n.rank + :before, s.name, s.street, s.house_number, s.postcode, s.town, s.country, s.birth_date,
        s.match_key, s.address_key, CAST(:now AS TEXT)
    FROM new_party n JOIN {table} s ON s.seq = n.seq"""
_LINK = """
    UPDATE {table} SET party = n.rank + :before FROM new_party n
    WHERE {table}.party IS NULL AND n.party_key = {table}.party_key"""
_NEW_ACCOUNTS = """
    FROM {table} s WHERE s.party IS NOT NULL AND s.bank_account IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM party_account a WHERE a.party = s.party AND a.iban = s.bank_account)"""
_OF_NEW_ACCOUNTS = f"SELECT DISTINCT s.party {_NEW_ACCOUNTS}"
_ACCOUNTS = f"""
    INSERT INTO party_account (party, iban, kind, source, since, bic)
    SELECT s.party, s.bank_account, 'own', CAST(:source AS TEXT), CAST(:day AS TEXT), max(s.bic) {_NEW_ACCOUNTS}
    GROUP BY s.party, s.bank_account"""
_LACKING = "FROM party_account a JOIN {table} s ON s.bank_account = a.iban WHERE a.bic IS NULL AND s.bic IS NOT NULL"
_OF_LACKING = f"SELECT DISTINCT a.party {_LACKING}"
_BICS = """
    UPDATE party_account SET bic = (SELECT max(b.bic) FROM {table} b WHERE b.bank_account = party_account.iban)
    WHERE bic IS NULL AND iban IN (SELECT c.bank_account FROM {table} c WHERE c.bic IS NOT NULL)"""


def find_parties(store: Store, table: str) -> None:
    """Fill in the column `party` of a temporary table where the book knows the party.

    The table has the columns of a staged row. A payee is known by name and IBAN, anybody else by name, address and
    birth date; a name alone is no evidence.
    """
    if store.value("SELECT 1 FROM party LIMIT 1") is None:
        return
    store.execute(_FIND_PAYEES.format(table=table))
    store.execute(_FIND_OTHERS.format(table=table))


def make_parties(store: Store, table: str, *, source: str, day: str) -> int:
    """Make the parties that are still missing, one for each `party_key`, note the IBANs; return how many were made.

    Inside a unit of work, after `find_parties`.
    """
    made, before = make_new(store, table)
    if made:
        store.execute(_LINK.format(table=table), before=before)
    drop_new(store)
    note_accounts(store, table, source=source, day=day)
    note_marked(store)
    return made


def make_new(store: Store, table: str) -> tuple[int, int]:
    """Make the missing parties alone and return how many, and what is to be added to their rank.

    The temporary table `new_party` then has key and rank of each, until `drop_new`; `note_marked` then tells of them.
    """
    drop_new(store)
    store.execute(_FRESH.format(table=table))
    made = int(store.value("SELECT count(*) FROM new_party"))
    if not made:
        return 0, 0
    before = take_ids(store, BOOK, "party", made) - 1
    store.execute(_MAKE.format(table=table), before=before, now=store.now)
    mark_fresh(store, "SELECT id AS party FROM party WHERE id > :before", before=before)
    store.execute("CREATE INDEX ix_new_party ON new_party (party_key)")
    return made, before


def drop_new(store: Store) -> None:
    """Remove the temporary table of new parties, if it is there."""
    store.execute("DROP TABLE IF EXISTS new_party")


def known_bic(store: Store, iban: str) -> str | None:
    """Return the BIC that the book knows of an account, whoever's it is."""
    found = store.value("SELECT max(bic) FROM party_account WHERE iban = :iban", iban=iban)
    return None if found is None else str(found)


def note_accounts(store: Store, table: str, *, source: str, day: str) -> None:
    """Note the IBANs of rows for their parties, and BICs that the book lacks; `note_marked` then tells of it."""
    mark(store, _OF_NEW_ACCOUNTS.format(table=table))
    store.execute(_ACCOUNTS.format(table=table), source=source, day=day)
    note_bics(store, table)


def note_bics(store: Store, table: str) -> None:
    """Note the BICs of rows with accounts of which the book has none; `note_marked` then tells of it."""
    if store.value(f"SELECT 1 {_LACKING.format(table=table)} LIMIT 1") is not None:
        mark(store, _OF_LACKING.format(table=table))
        store.execute(_BICS.format(table=table))
