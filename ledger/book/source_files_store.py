"""Files that were imported, known by their hash: for one purpose the same file is never taken twice."""

from __future__ import annotations

from ledger.store.engines import Store

_RESULT = "SELECT result FROM source_file WHERE sha256 = :sha256 AND purpose = :purpose"


def known_file(store: Store, purpose: str, sha256: str) -> str | None:
    """Return what came of the file of this hash when it was imported, None where it is new."""
    found: str | None = store.value(_RESULT, sha256=sha256, purpose=purpose)
    return found


def keep_file(store: Store, purpose: str, *, sha256: str, name: str, size_bytes: int, result: str) -> None:
    """Remember that the acting person imports a file now, and what comes of it; inside a unit of work."""
    store.insert_one(
        "source_file", sha256=sha256, purpose=purpose, name=name, size_bytes=size_bytes, imported_by=store.user,
        imported_at=store.now, result=result,
    )  # fmt: skip
