"""The law of a book: what comes with kasse, and above it the files that the office keeps in the book."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from enforcement.law import Law, packaged_law
from enforcement.law.law_reader import LawText
from enforcement.limitation_rules import limitation_rules
from enforcement.profiles import profile, profiles
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

_NEWEST = """
    SELECT f.name, f.text FROM law_file f JOIN law_change c ON c.id = f.change AND c.state = 'released'
    WHERE f.text <> '' AND f.version = (
        SELECT max(o.version) FROM law_file o JOIN law_change d ON d.id = o.change AND d.state = 'released'
        WHERE o.name = f.name) ORDER BY f.name"""
_LIST = """
    SELECT f.name, f.version, f.text, f.sha256, f.change, c.state, p.name, c.proposed_at,
           coalesce(r.name, e.name), coalesce(c.released_at, c.ended_at), w.details
    FROM law_file f JOIN law_change c ON c.id = f.change JOIN app_user p ON p.id = c.proposed_by
    LEFT JOIN app_user r ON r.id = c.released_by LEFT JOIN app_user e ON e.id = c.ended_by
    LEFT JOIN event v ON v.object = 'law_change:' || CAST(c.id AS TEXT) AND v.action = 'law.refuse'
    LEFT JOIN event_details w ON w.office = v.office AND w.position = v.position
    ORDER BY f.name, f.version"""


@dataclass(frozen=True, slots=True)
class LawFileRow:
    """A version of a law file; `state` is `held`, `earlier`, `dropped`, `refused`, `waits` or `drop_waits`.

    `made_by` proposed it at `made_at`, `decided_by` put it in force or refused it, for that `reason`.
    """

    name: str
    version: int
    text: str
    sha256: str
    change: int
    state: str
    made_by: str
    made_at: str
    decided_by: str | None
    decided_at: str | None
    reason: str | None = None


def book_law(store: Store) -> Law:
    """Return the law of the book; raises `LawFileError` and `LawSyntaxError` when something of it cannot be used."""
    return law_of(held_law(store))


def held_law(store: Store) -> dict[str, str]:
    """Return the law files that are in force in the book, name by name; what waits is not among them."""
    return dict(store.rows(_NEWEST))


def law_of(files: Mapping[str, str]) -> Law:
    """Return the law with these files on top of what comes with kasse; read once for the same files."""
    texts = tuple(LawText(*row) for row in sorted(files.items()))
    return _law(texts) if texts else packaged_law()


@lru_cache(maxsize=4)
def _law(texts: tuple[LawText, ...]) -> Law:
    return Law(texts=texts)


def law_files(store: Store) -> list[LawFileRow]:
    """Return every version of the law files that the book keeps, those that wait or were refused too."""
    rows = store.all(_LIST)
    last = {name: version for name, version, _, _, _, state, *_ in rows if state == "released"}
    return [
        LawFileRow(
            name, version, text, digest, change, _state(state, text, newest=version >= last.get(name, 0)),
            by, at, decided_by, decided_at, json.loads(words or "{}").get("reason"),
        )
        for name, version, text, digest, change, state, by, at, decided_by, decided_at, words in rows
    ]  # fmt: skip


def _state(state: str, text: str, *, newest: bool) -> str:
    if state == "proposed":
        return "waits" if text else "drop_waits"
    if state == "refused":
        return "refused"
    return "earlier" if not newest else "held" if text else "dropped"


def faults(law: Law) -> tuple[KasseError, ...]:
    """Return what cannot be used in the law, every name that a profile uses looked up; none where it is in order."""
    readings = (
        lambda: law.figures, lambda: law.schedules, lambda: law.charges, lambda: law.deadlines,
        lambda: law.garnishment, lambda: limitation_rules(law), lambda: profiles(law),
    )  # fmt: skip
    found = [error for reading in readings if (error := _fault(reading))]
    if found:
        return tuple(found)
    named = ((one.file, lambda name=name: profile(name, law)) for name, one in profiles(law).items())
    return tuple(error.at(Place(file=file)) for file, reading in named if (error := _fault(reading)))


def _fault(reading: Callable[[], object]) -> KasseError | None:
    try:
        reading()
    except KasseError as error:
        return error
    return None
