"""Seals of persons in the book: made when persons or their accounts change, compared by `journal verify`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from ledger.book.store import kasse_office
from ledger.events.bound import Bound, unbound
from ledger.events.seals_store import MasterDataError
from ledger.events.store import Fact, record
from ledger.people.party_seals import (
    ACCOUNT,
    FACT,
    PERSON,
    Seal,
    accounts_hash,
    beside,
    hash_of,
    person_hash,
)
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError

MOST = 100
CHUNK = 5000
_SALT_BYTES = 16
_MARKS = "CREATE TEMPORARY TABLE IF NOT EXISTS party_to_seal (party BIGINT PRIMARY KEY, state BIGINT)"
_FRESH, _CHANGED, _UNLIKE = 0, 1, 2
_MARK = """
    INSERT INTO party_to_seal SELECT m.party, CAST(:state AS BIGINT)
    FROM (SELECT DISTINCT party FROM ({parties}) AS f) m
    WHERE NOT EXISTS (SELECT 1 FROM party_to_seal s WHERE s.party = m.party)"""
_OF_STATE = "JOIN party_to_seal m ON m.party = {of} AND m.state = :state"
_SOUND = "JOIN party_to_seal m ON m.party = {of} AND m.state < :state"
_PERSON = ", ".join(f"p.{name}" for name in ("id", *PERSON))
_ACCOUNT = ", ".join(f"a.{name}" for name in ("party", *ACCOUNT))
_PEOPLE = f"SELECT {_PERSON} FROM party p {_SOUND.format(of='p.id')} ORDER BY p.id"
_ACCOUNTS = f"SELECT {_ACCOUNT} FROM party_account a {{which}} ORDER BY a.party, a.iban"
_COLUMNS = ("id", "party", "salt", "person", "accounts")
_LAST = f"""
    SELECT {_PERSON}, s.salt, s.person, s.accounts FROM party p {{which}}
    LEFT JOIN party_seal s ON s.id = (SELECT max(l.id) FROM party_seal l WHERE l.party = p.id) ORDER BY p.id"""
_GONE = "SELECT DISTINCT party FROM party_seal s WHERE NOT EXISTS (SELECT 1 FROM party p WHERE p.id = s.party)"


def mark(store: Store, parties: str, **values: object) -> None:
    """Note, before they change, who is sealed when the step is told: a statement that yields them as `party`.

    Who is not what the last seal says was changed past the event log: no honest change vouches for that.
    """
    _mark(store, parties, _CHANGED, values)
    unlike = [(finding.fields["row"],) for finding in _differing(store, _OF_STATE, state=_CHANGED)]
    store.execute("UPDATE party_to_seal SET state = :fresh WHERE state = :changed", fresh=_FRESH, changed=_CHANGED)
    for (party,) in unlike:
        store.execute("UPDATE party_to_seal SET state = :state WHERE party = :party", state=_UNLIKE, party=party)


def mark_fresh(store: Store, parties: str, **values: object) -> None:
    """Note who was made or erased in this step, and is sealed as they stand when it is told; as `mark`."""
    _mark(store, parties, _FRESH, values)


def _mark(store: Store, parties: str, state: int, values: Mapping[str, object]) -> None:
    store.execute(_MARKS)
    store.execute(_MARK.format(parties=parties), state=state, **values)


def seal_marked(store: Store, *, erased: bool = False) -> dict[str, Fact]:
    """Return the fact that binds the seals of those marked as they stand now, for `record`; inside a unit of work.

    Of those whose data are `erased` nothing is left to be guessed: their seals have no salt.
    """
    store.execute(_MARKS)
    count = int(store.value("SELECT count(*) FROM party_to_seal WHERE state < :state", state=_UNLIKE))
    facts: dict[str, Fact] = {}
    if count:
        first = take_ids(store, BOOK, "party_seal", count)  # before anything is read: who comes later seals later
        facts = {FACT: Bound(first, first + count - 1, hash_of(_written(store, first, erased=erased))).text}
    store.execute("DROP TABLE party_to_seal")
    return facts


def note_marked(store: Store, action: str = "party.import") -> None:
    """Tell of the persons that were marked, if any, in one event; inside a unit of work."""
    store.execute(_MARKS)
    count = int(store.value("SELECT count(*) FROM party_to_seal"))
    facts = seal_marked(store)
    if count:
        kasse = kasse_office(store)
        record(store, kasse if kasse in store.locked else store.locked[0], action, None, {"persons": count, **facts})


def _written(store: Store, first: int, *, erased: bool) -> Iterator[Seal]:
    accounts_sql = _ACCOUNTS.format(which=_SOUND.format(of="a.party"))
    people = beside(store.stream(_PEOPLE, state=_UNLIKE), store.stream(accounts_sql, state=_UNLIKE))
    while some := list(islice(people, CHUNK)):
        salts = b"" if erased else store.salt(_SALT_BYTES * len(some))
        seals: list[Seal] = []
        for place, (person, accounts) in enumerate(some):
            salt = salts[_SALT_BYTES * place : _SALT_BYTES * (place + 1)] or None
            hashes = person_hash(salt, person), accounts_hash(salt, accounts)
            seals.append((first + place, person[0], salt, *hashes))
        store.insert("party_seal", _COLUMNS, seals)
        yield from seals
        first += len(some)


def wrong_parties(store: Store, told: Iterable[str]) -> Iterator[KasseError]:
    """Yield persons whose rows, accounts or seals somebody changed past the event log.

    `told` are the facts of all events that bind seals.
    """
    seals = store.stream(f"SELECT {', '.join(_COLUMNS)} FROM party_seal ORDER BY id")
    for row, state in islice(unbound(seals, told, hash_of), MOST):
        yield MasterDataError(table="party_seal", row=row, state=state)
    yield from islice(_differing(store), MOST)
    for (party,) in store.rows(_GONE):
        yield MasterDataError(table="party", row=party, state="removed")


def _differing(store: Store, which: str = "", **values: object) -> Iterator[KasseError]:
    """Yield the persons that are not what their last seals say."""
    width = 1 + len(PERSON)
    people = store.stream(_LAST.format(which=which.format(of="p.id")), **values)
    accounts_of = store.stream(_ACCOUNTS.format(which=which.format(of="a.party")), **values)
    for row, accounts in beside(people, accounts_of):
        salt, person, own = row[width:]
        if person is None:
            yield MasterDataError(table="party", row=row[0], state="added")
        elif person_hash(salt, row[:width]) != person:
            yield MasterDataError(table="party", row=row[0], state="changed")
        if person is not None and accounts_hash(salt, accounts) != own:
            yield MasterDataError(table="party_account", row=row[0], state="changed")
