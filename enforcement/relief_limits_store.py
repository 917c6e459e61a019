"""Who may grant how much relief of which kind: data of the book."""

from __future__ import annotations

from enforcement.relief import relief_kind
from enforcement.relief_reader import ReliefLimitRow
from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import EVERYWHERE, require, user_id
from ledger.store.engines import Store

ANY_KIND = "*"


def set_limit(store: Store, name: str, kind: str, max_cents: int | None) -> ReliefLimitRow:
    """Set up to which sum a person may grant a kind of relief, or any ('*'); an admin does it.

    Raises `UnknownUserError`, `UnknownReliefKindError`, `NotAllowedError`.
    """
    chosen = ANY_KIND if kind == ANY_KIND else relief_kind(kind).name
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, EVERYWHERE, "admin")
        user = user_id(store, name)
        sql = "SELECT max_cents FROM relief_limit WHERE user_id = :user AND kind = :kind"
        row = store.one(sql, user=user, kind=chosen)
        if row is not None and row[0] == max_cents:
            return ReliefLimitRow(name, chosen, max_cents)
        if row is None:
            store.insert_one("relief_limit", user_id=user, kind=chosen, max_cents=max_cents)
        else:
            update = "UPDATE relief_limit SET max_cents = CAST(:cents AS BIGINT) WHERE user_id = :user AND kind = :kind"
            store.execute(update, user=user, kind=chosen, cents=max_cents)
        facts: dict[str, Fact] = {"kind": chosen, "max_cents": max_cents, "before_cents": row[0] if row else None}
        facts |= seal(store, ("relief_limit", user, chosen))
        record(store, kasse, "relief.limit", f"user:{user}", facts)
    return ReliefLimitRow(name, chosen, max_cents, new=True)
