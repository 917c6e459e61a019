"""Parties in the book: found for many rows at once, made where there are none."""

from __future__ import annotations

from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store

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
_GROUP = """
    INSERT INTO new_party (seq, first_seq)
    SELECT seq, min(seq) OVER (PARTITION BY party_key) FROM {table} WHERE party IS NULL AND party_key IS NOT NULL"""
_RANK = """
    UPDATE new_party SET rank = r.rank FROM (
        SELECT seq, row_number() OVER (ORDER BY seq) AS rank FROM new_party WHERE seq = first_seq) r
    WHERE r.seq = new_party.seq"""
_MAKE = """
    INSERT INTO party (id, name, street, house_number, postcode, town, country, birth_date, match_key, address_key,
        created_at)
    SELECT n.rank + :before, s.name, s.street, s.house_number, s.postcode, s.town, s.country, s.birth_date,
        s.match_key, s.address_key, CAST(:now AS TEXT)
    FROM new_party n JOIN {table} s ON s.seq = n.seq WHERE n.rank IS NOT NULL ORDER BY n.rank"""
_LINK = """
    UPDATE {table} SET party = f.rank + :before FROM new_party n JOIN new_party f ON f.seq = n.first_seq
    WHERE n.seq = {table}.seq"""
_ACCOUNTS = """
    INSERT INTO party_account (party, iban, kind, source, since)
    SELECT DISTINCT s.party, s.bank_account, 'own', CAST(:source AS TEXT), CAST(:day AS TEXT) FROM {table} s
    WHERE s.party IS NOT NULL AND s.bank_account IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM party_account a WHERE a.party = s.party AND a.iban = s.bank_account)"""


def find_parties(store: Store, table: str) -> None:
    """Fill in the column `party` of a temporary table where the book knows the party.

    The table has the columns of a staged row. A payee is known by name and IBAN, anybody else by name, address and
    birth date; a name alone is no evidence.
    """
    store.execute(_FIND_PAYEES.format(table=table))
    store.execute(_FIND_OTHERS.format(table=table))


def make_parties(store: Store, table: str, *, source: str, day: str) -> int:
    """Make the parties that are still missing, one for each `party_key`, note the IBANs; return how many were made.

    Inside a unit of work, after `find_parties`.
    """
    store.execute("DROP TABLE IF EXISTS new_party")
    store.execute("CREATE TEMPORARY TABLE new_party (seq BIGINT PRIMARY KEY, first_seq BIGINT, rank BIGINT)")
    store.execute(_GROUP.format(table=table))
    made = int(store.value("SELECT count(*) FROM new_party WHERE seq = first_seq"))
    if made:
        before = take_ids(store, BOOK, "party", made) - 1
        store.execute(_RANK)
        store.execute(_MAKE.format(table=table), before=before, now=store.now)
        store.execute(_LINK.format(table=table), before=before)
    store.execute("DROP TABLE new_party")
    store.execute(_ACCOUNTS.format(table=table), source=source, day=day)
    return made
