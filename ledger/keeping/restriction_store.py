"""Restricting the processing of a person's data (Art. 18 DSGVO): hidden but for those who must see them."""

from __future__ import annotations

from ledger.book.store import kasse_office
from ledger.events.store import record
from ledger.keeping.erasing import NotRestrictedError, RestrictedPartyError, StillOpenError
from ledger.keeping.open_reader import open_things
from ledger.people.users import may, require, user_name
from ledger.store.engines import Store

SEE = ("head", "audit", "admin")
RESTRICTORS = ("head", "admin")
ACTIVE = "SELECT r.party FROM party_restriction r WHERE r.lifted_by IS NULL"
"""The parties whose data are restricted now."""


def may_see(store: Store) -> bool:
    """Return whether the acting person may see restricted data."""
    return may(store, kasse_office(store), *SEE)


def hidden(store: Store) -> tuple[list[str], list[str]]:
    """Return the names and the accounts of restricted persons that the acting person must not see."""
    if store.value(f"{ACTIVE} LIMIT 1") is None or may_see(store):
        return [], []
    names = store.rows(f"SELECT name, coalesce(legal_name, name) FROM party WHERE id IN ({ACTIVE}) AND name <> ''")
    accounts = store.rows(f"SELECT iban FROM party_account WHERE kind = 'own' AND party IN ({ACTIVE})")
    return sorted({name for row in names for name in row}), [iban for (iban,) in accounts]


def is_restricted(store: Store, party: int) -> bool:
    """Return whether a person's data are restricted."""
    sql = f"SELECT 1 FROM party WHERE id = :party AND id IN ({ACTIVE})"
    return store.value(sql, party=party) is not None


def check_sight(store: Store, party: int) -> None:
    """Check that the acting person may see a party; that restricted data were looked at is an event.

    Raises `RestrictedPartyError`.
    """
    if not is_restricted(store, party):
        return
    kasse = kasse_office(store)
    if not may_see(store):
        raise RestrictedPartyError(party=party, role=" / ".join(SEE), user=user_name(store, store.user), office=kasse)
    if not store.in_unit:
        with store.unit([kasse], dated=False):
            record(store, kasse, "party.look_restricted", f"party:{party}")


def restrict(store: Store, party: int, reason: str) -> bool:
    """Restrict a person's data and return whether that is new.

    Who has something open cannot be restricted: payments and letters would show the name. Raises `StillOpenError`,
    `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse], dated=False):
        require(store, kasse, *RESTRICTORS)
        if is_restricted(store, party):
            return False
        if found := tuple(open_things(store, party)):
            raise StillOpenError(party=party, findings=found)
        _restrict(store, kasse, party, reason.strip())
    return True


def lift(store: Store, party: int, reason: str) -> None:
    """End the restriction of a person's data.

    Raises `NotRestrictedError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse], dated=False):
        require(store, kasse, *RESTRICTORS)
        if not is_restricted(store, party):
            raise NotRestrictedError(party=party)
        _lift(store, kasse, party, reason.strip())


def restrict_all(store: Store, fresh: list[int], over: list[int], reason: str) -> tuple[int, int]:
    """Restrict the data of these persons, end the restriction of those, and return how many of each were new.

    Raises `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse], dated=False):
        require(store, kasse, *RESTRICTORS)
        active = {party for (party,) in store.rows(ACTIVE)}
        new, old = [party for party in fresh if party not in active], [party for party in over if party in active]
        for party in new:
            _restrict(store, kasse, party, reason)
        for party in old:
            _lift(store, kasse, party, reason)
    return len(new), len(old)


def _restrict(store: Store, kasse: str, party: int, reason: str) -> None:
    number = 1 + int(
        store.value("SELECT coalesce(max(number), 0) FROM party_restriction WHERE party = :party", party=party)
    )
    store.insert_one(
        "party_restriction", party=party, number=number, reason=reason, made_by=store.user, made_at=store.now
    )
    record(store, kasse, "party.restrict", f"party:{party}", {"number": number})


def _lift(store: Store, kasse: str, party: int, reason: str) -> None:
    store.execute(
        """UPDATE party_restriction SET lifted_by = :user, lifted_at = CAST(:now AS TEXT), lifted_reason = :reason
           WHERE party = :party AND lifted_by IS NULL""",
        user=store.user,
        now=store.now,
        reason=reason,
        party=party,
    )
    record(store, kasse, "party.restrict_lift", f"party:{party}")
