"""Who may save a book, and what the event log says of it."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book.guards_made_store import guard_facts
from ledger.book.store import kasse_office
from ledger.book.verify_halves_store import Proof
from ledger.book.verify_store import Verification, verify
from ledger.events.store import Fact, record
from ledger.keeping.backups import Manifest, RestoreDiffersError
from ledger.people.users import require
from ledger.store.engines import Store

SAVERS = ("admin", "head", "machine")


def check_saver(store: Store) -> None:
    """Check that the acting person may take all data out of the book.

    Raises `NotAllowedError`.
    """
    require(store, kasse_office(store), *SAVERS)


def note_backup(store: Store, manifest: Manifest, sha256: str) -> None:
    """Write to the event log that the book was saved: which moment of it, and the hash of the file."""
    office = kasse_office(store)
    facts: dict[str, Fact] = {"head": manifest.head, "rows": manifest.rows, "sha256": sha256}
    with store.unit([office], dated=False):
        record(store, office, "book.backup", None, facts)


def prove(store: Store, manifest: Manifest, proofs: Sequence[Proof]) -> Verification:
    """Verify a restored book and compare its head with that of the backup.

    Raises `RestoreDiffersError`.
    """
    found = verify(store, proofs=proofs)
    if found.head != manifest.head:
        raise RestoreDiffersError(part="head")
    return found


def note_restore(store: Store, manifest: Manifest) -> None:
    """Write to the event log of a restored book what it was restored from."""
    office = kasse_office(store)
    facts: dict[str, Fact] = {
        "head": manifest.head,
        "made_at": manifest.made_at,
        "engine": manifest.engine,
        "rows": manifest.rows,
    }
    with store.unit([office], dated=False):
        record(store, office, "book.restore", None, facts | guard_facts(store))
