"""Which office gets the invoices with a Leitweg-ID."""

from __future__ import annotations

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.engines import Store


def route_leitweg(store: Store, leitweg: str, office: str) -> bool:
    """Let an office get the invoices with a Leitweg-ID; return whether that is new.

    Raises `UnknownOfficeError`, `NotAllowedError`.
    """
    check_office(store, office)
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, office, "admin", "approver")
        sql = "SELECT office FROM leitweg_office WHERE leitweg = :leitweg"
        old = store.value(sql, leitweg=leitweg)
        if old == office:
            return False
        if old is None:
            store.insert_one("leitweg_office", leitweg=leitweg, office=office)
        else:
            sql = "UPDATE leitweg_office SET office = :office WHERE leitweg = :leitweg"
            store.execute(sql, leitweg=leitweg, office=office)
        facts = {"leitweg": leitweg, "office": office, "before": old, **seal(store, ("leitweg_office", leitweg))}
        record(store, kasse, "order.leitweg", None, facts)
    return True


def list_routes(store: Store) -> list[tuple[str, str]]:
    """Return the Leitweg-IDs with their offices."""
    return [(leitweg, office) for leitweg, office in store.rows("SELECT * FROM leitweg_office ORDER BY leitweg")]
