"""What items bring along when they are taken over: papers of claims, cases of unclear money, locks."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from ledger.events.store import Fact
from ledger.items.opening_parts import UnknownFormerPartyError
from ledger.people.users import UnknownUserError
from ledger.store.counters import take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

_PAPERS = (
    "notice_date", "served_on", "final_on", "enforceable", "debt_reason", "period_from", "period_to", "document",
)  # fmt: skip
_OF = "FROM opening_item p JOIN staged_row s ON s.seq = p.seq WHERE p.office = :office"
_FACTS = f"""
    INSERT INTO item_facts (office, item, {", ".join(_PAPERS)})
    SELECT s.office, p.place + :items, {", ".join(f"s.{name}" for name in _PAPERS)} {_OF}
    AND ({" OR ".join(f"s.{name} IS NOT NULL" for name in _PAPERS)})"""
_CASES = f"""
    INSERT INTO suspense_case (office, item, reason, owner, hold_until)
    SELECT s.office, p.place + :items, 'opening', (SELECT u.id FROM app_user u WHERE u.name = s.owner), s.hold_until
    {_OF} AND s.kind IN ('suspense', 'advance')"""
_ORIGINS = f"""
    INSERT INTO suspense_origin (office, item, bank_day, name, counter_iban, remittance)
    SELECT s.office, p.place + :items, s.due, s.name, s.bank_account, s.purpose {_OF}
    AND s.kind IN ('suspense', 'advance')"""
_HELD = """
    SELECT item, owner, hold_until FROM suspense_case WHERE office = :office AND item BETWEEN :first AND :last
    AND (owner IS NOT NULL OR hold_until IS NOT NULL) ORDER BY item"""
HELD = "held"
"""The fact of an event that tells who works on cases taken over and until when they rest: `ITEM=USER:DAY …`."""
_LOCKED = f"{_OF} AND s.lock_kind IS NOT NULL"
_LOCKS = f"""
    INSERT INTO item_lock (office, item, id, kind, reason, since, until, made_by, made_at)
    SELECT s.office, p.place + :items, row_number() OVER (ORDER BY p.place) + :before, s.lock_kind,
        coalesce(s.lock_reason, 'übernommen'), CAST(:day AS TEXT), s.lock_until, :user, CAST(:now AS TEXT)
    {_LOCKED} ORDER BY p.place"""
_BY_NUMBER = """
    UPDATE staged_row SET party = (SELECT f.party FROM party_former f WHERE f.key = staged_row.party_number)
    WHERE party_number IS NOT NULL AND kind NOT IN ('suspense', 'advance')"""
_NO_PARTY = """
    SELECT s.seq, s.party_number FROM staged_row s WHERE s.party_number IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM party_former f WHERE f.key = s.party_number) ORDER BY s.seq"""
_NO_OWNER = """
    SELECT s.seq, s.owner FROM staged_row s WHERE s.owner IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM app_user u WHERE u.name = s.owner) ORDER BY s.seq"""


def name_parties(store: Store) -> Iterator[KasseError]:
    """Give items the parties that their numbers of the old system stand for, and yield numbers nobody has."""
    if store.value("SELECT 1 FROM staged_row WHERE party_number IS NOT NULL LIMIT 1") is None:
        return
    store.execute(_BY_NUMBER)
    for seq, number in store.all(_NO_PARTY):
        yield UnknownFormerPartyError(party=number, place=Place(row=seq, column="party", value=number))


def unknown_owners(store: Store) -> Iterator[KasseError]:
    """Yield unclear money that somebody works on who is no user of this book."""
    for seq, name in store.all(_NO_OWNER):
        yield UnknownUserError(user=name, place=Place(row=seq, column="owner", value=name))


@dataclass(frozen=True, slots=True)
class Brought:
    """What the items of a list bring along at all: the columns that any row fills, and whether any are unclear."""

    columns: Collection[str]
    unclear: bool

    @property
    def papers(self) -> bool:
        """Whether any claim has papers."""
        return not set(_PAPERS).isdisjoint(self.columns)


def write_facts(store: Store, day: str, office: str, items: int, brought: Brought) -> None:
    """Write what the items of an office bring along; `items` is the number before the first of them."""
    if brought.papers:
        store.execute(_FACTS, office=office, items=items)
    if brought.unclear:
        store.execute(_CASES, office=office, items=items)
        store.execute(_ORIGINS, office=office, items=items)
    if "lock_kind" not in brought.columns:
        return
    count = int(store.value(f"SELECT count(*) {_LOCKED}", office=office))
    if count:
        before = take_ids(store, office, "item_lock", count) - 1
        store.execute(_LOCKS, office=office, items=items, before=before, day=day, user=store.user, now=store.now)


def taken_cases(store: Store, office: str, first: int, last: int) -> dict[str, Fact]:
    """Return the fact that tells who works on the cases among these items, and until when they rest."""
    rows = store.all(_HELD, office=office, first=first, last=last)
    told = " ".join(f"{item}={'' if owner is None else owner}:{until or ''}" for item, owner, until in rows)
    return {HELD: told} if told else {}
