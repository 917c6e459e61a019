"""Where the book stands, as it is kept among its settings: Land, municipality, local holidays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.book.places import local_holidays
from ledger.book.store import kasse_office, setting
from ledger.events.seals_store import seal
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.calendar import place_with
from sepa.errors import N_, KasseError

_PUT = "UPDATE setting SET value = :value WHERE key = :key"


class LandFixedError(KasseError):
    """Another Land for a book that has one."""

    code = "book.land_fixed"
    template = N_("the book is one of {land}: its claims follow the law of that Land")
    hint = N_("create another book with 'kasse book create --land'")


@dataclass(frozen=True, slots=True)
class BookPlace:
    """Whose law and holidays hold in the book; `place` is what periods are counted with, '' without a Land."""

    land: str
    municipality: str
    holidays: tuple[str, ...]
    place: str
    findings: tuple[KasseError, ...] = ()
    changed: bool = False


def place_of(store: Store) -> str:
    """Return the Land of the book with its local holidays, as `BY+mariae_himmelfahrt`; '' where it has no Land."""
    land = setting(store, "land")
    return place_with(land, setting(store, "holidays").split()) if land else ""


def book_place(store: Store) -> BookPlace:
    """Return where the book stands."""
    local = tuple(setting(store, "holidays").split())
    return BookPlace(setting(store, "land"), setting(store, "municipality"), local, place_of(store))


def set_place(
    store: Store, *, land: str | None = None, municipality: str | None = None, said: Sequence[str] = ()
) -> BookPlace:
    """Set where the book stands, and return it; what is None stays as it is.

    A new municipality brings the holidays that are known of it, unless `said` names them. Raises `LandFixedError`,
    `UnknownHolidayError`, `PlaceNeedsLandError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, "admin")
    before = book_place(store)
    if land and before.land and land != before.land:
        raise LandFixedError(land=before.land)
    state, town = land or before.land, before.municipality if municipality is None else municipality.strip()
    choice = local_holidays(state, town, said)
    kept = said or municipality is not None or land
    after = BookPlace(state, town, choice.holidays if kept else before.holidays, "", choice.findings if kept else ())
    if (after.land, after.municipality, after.holidays) == (before.land, before.municipality, before.holidays):
        return BookPlace(before.land, before.municipality, before.holidays, before.place, after.findings)
    with store.unit([kasse]):
        for key, value in (("land", state), ("municipality", town), ("holidays", " ".join(after.holidays))):
            if not store.execute(_PUT, key=key, value=value):
                store.insert_one("setting", key=key, value=value)
        facts = {"land": state, "municipality": town, "holidays": " ".join(after.holidays)}
        seals = seal(store, *(("setting", key) for key in facts))
        record(store, kasse, "book.place", None, {**facts, **seals})
    return BookPlace(state, town, after.holidays, place_of(store), after.findings, changed=True)
