"""What the row rules of the database hide from the acting person, so that nobody takes a part for the whole."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.access.standing_reader import FINGERPRINT
from ledger.book.store import office_codes, setting
from ledger.store.engines import Store


def unseen_offices(store: Store, roles: Sequence[str]) -> tuple[str, ...]:
    """Return the offices in which the acting person holds none of these roles, so that their rows are hidden.

    None where nothing is enforced: in a file, before the first grant, for the owner of the tables.
    """
    if store.engine.name != "postgresql" or not setting(store, FINGERPRINT):
        return ()
    if not store.value("SELECT row_security_active('entry')"):
        return ()
    seen = store.value("SELECT access_offices(CAST(:roles AS text[]))", roles=list(roles))
    return tuple(sorted(set(office_codes(store)) - set(seen)))
