"""What keeps persons honest: each change notes salted hashes of the row and of its accounts, bound by the event log.

Names, addresses and accounts are personal data that may be erased, so that no chain holds them, nor a hash that could
be guessed. A seal is two hashes with a salt of their own, and lies outside the chain; an event holds one hash over the
seals of its step. Erasing takes the salts away, and the blank rows are sealed anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from json import loads

from ledger.book.chain import RS, US, salted
from ledger.events.seals import joined
from ledger.store.engines import Row

FACT = "person_seals"
"""The fact of an event that binds the seals of its step: `FIRST-LAST:HASH`."""
PERSON = (
    "name", "legal_name", "street", "house_number", "postcode", "town", "country", "birth_date", "vat_id", "match_key",
    "address_key", "merged_into", "created_at",
)  # fmt: skip
"""The columns of a person that are sealed, after its number."""
ACCOUNT = ("iban", "kind", "source", "since", "until", "bic")
"""The columns of an account that are sealed, with all others of the person."""
_BYTES = 16
Seal = tuple[int, int, bytes | None, bytes, bytes | None]
"""A row of a seal: number, person, salt (None once erased), hash of the person's row and of its accounts."""


def person_hash(salt: bytes | None, row: Row) -> bytes:
    """Return the hash of a person: its number and the columns `PERSON`."""
    return salted(salt or b"", joined(row, US))[:_BYTES]


def accounts_hash(salt: bytes | None, accounts: Sequence[Row]) -> bytes | None:
    """Return the hash of a person's accounts in the order of their IBANs, None where there are none."""
    if not accounts:
        return None
    return salted(salt or b"", joined([joined(row, US) for row in accounts], RS))[:_BYTES]


def hash_of(seals: Iterable[Row]) -> str:
    """Return the hash over seals; their salts are not in it, they may go."""
    digest = sha256()
    for _, party, _, person, accounts in seals:
        digest.update(b"%d:%b%b;" % (party, person, accounts or b""))
    return digest.hexdigest()


def beside(people: Iterable[Row], accounts: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Yield each person with its accounts; both come in the order of persons, an account begins with its person."""
    rest = iter(accounts)
    account = next(rest, None)
    for person in people:
        own: list[Row] = []
        while account is not None and account[0] <= person[0]:
            if account[0] == person[0]:
                own.append(account[1:])
            account = next(rest, None)
        yield person, own


def covers(facts: str, seal: int | None) -> bool:
    """Return whether the event with these facts binds that seal.

    >>> covers('{"person_seals":"4-13:20","persons":10}', 7), covers('{"person_seals":"4-13:20"}', 14)
    (True, False)
    """
    first, _, last = str(loads(facts).get(FACT, "")).partition(":")[0].partition("-")
    return seal is not None and bool(last) and int(first) <= seal <= int(last)
