"""The policy of collections in the book: settings that change what comes with kasse."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.payments.collection_policy import MinimumError, Policy, policy
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.identifiers import parse_creditor_id

PREFIX = "collection."
_SETTINGS = "SELECT key, value FROM setting WHERE key LIKE 'collection.%' ORDER BY key"
_KNOWN = "SELECT value FROM setting WHERE key = :key"


def policy_of(store: Store) -> Policy:
    """Return what the book's collections go by."""
    return policy({key.removeprefix(PREFIX): value for key, value in store.rows(_SETTINGS)})


def configure(store: Store, values: Mapping[str, str]) -> tuple[Policy, tuple[str, ...]]:
    """Set values of the policy and return it with the names of those that changed.

    Keys are those of `policy`, `fee.PROFILE` among them. Raises `InvalidCreditorIdError`, `FeeBearerError`,
    `MinimumError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, "head", "admin")
    if "creditor_id" in values:
        values = {**values, "creditor_id": parse_creditor_id(values["creditor_id"])}
    wanted = policy(values)
    if wanted.minimum_cents < 0:
        raise MinimumError(minimum_cents=wanted.minimum_cents)
    with store.unit([kasse]):
        changed = [key for key, value in sorted(values.items()) if _set(store, PREFIX + key, value)]
        if changed:
            facts: dict[str, Fact] = {key: values[key] for key in changed}
            facts |= seal(store, *(("setting", PREFIX + key) for key in changed))
            record(store, kasse, "collection.setup", None, facts)
    return policy_of(store), tuple(changed)


def _set(store: Store, key: str, value: str) -> bool:
    row = store.one(_KNOWN, key=key)
    if row is None:
        store.insert_one("setting", key=key, value=value)
    elif row[0] != value:
        store.execute("UPDATE setting SET value = :value WHERE key = :key", key=key, value=value)
    return row is None or row[0] != value
