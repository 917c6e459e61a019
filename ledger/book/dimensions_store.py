"""The lists of dimensions in the book: added, imported, closed, listed, and read for checking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.book.accounts_store import KEEPERS
from ledger.book.creation import UnknownOfficeError
from ledger.book.dimensions import (
    COST_OBJECT,
    DimensionClosedError,
    DimensionFormError,
    DimensionLine,
    DimensionRow,
    DimensionsTaken,
    DimensionValueError,
    Lists,
    Span,
    canonical,
    check_dimension,
    parse_dimension,
    well_formed,
)
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import check_reach, require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_LIST = """
    SELECT dimension, value, name, office, opened_on, closed_on FROM dimension_value
    WHERE (CAST(:dimension AS TEXT) IS NULL OR dimension = :dimension)
    AND (:every = 1 OR closed_on IS NULL OR closed_on > :day) ORDER BY dimension, value, office"""
_KEY = "dimension = :dimension AND value = :value AND office = :office"


class RefusedDimensionsError(KasseError):
    """A list of values with findings, of which nothing was taken."""

    code = "dimension.refused"
    template = N_("nothing was changed: the list has findings: {count}")
    hint = N_("mend the list and give it again")


def load_lists(store: Store) -> Lists:
    """Return the values the book holds, for checking."""
    rows = store.rows("SELECT dimension, value, office, opened_on, closed_on FROM dimension_value")
    return Lists(
        {(dimension, value, office): Span(opened, closed) for dimension, value, office, opened, closed in rows}
    )


def coded(store: Store, office: str, day: str, text: str | None) -> str | None:
    """Return a cost object as an order's line keeps it: plain, or with Produkt and Haushaltsjahr as dimensions.

    Raises what is wrong with it by the lists of the book.
    """
    if not text:
        return None
    parts = text.split(";") if "=" in text else [f"{COST_OBJECT}={text}"]
    given = dict(map(parse_dimension, parts))
    for finding in load_lists(store).check(office, day, given):
        raise finding
    return text if "=" not in text else canonical(given)


def list_values(store: Store, day: str, *, dimension: str | None = None, every: bool = False) -> list[DimensionLine]:
    """Return the values that are not closed on the day, or `every` one, by dimension, value and office."""
    rows = store.rows(_LIST, dimension=dimension and check_dimension(dimension), every=int(every), day=day)
    return [DimensionLine(*row) for row in rows]


def take_values(
    store: Store, rows: Sequence[DimensionRow], *, day: str, findings: Sequence[KasseError] = ()
) -> DimensionsTaken:
    """Add values from a day on and take over names, whole or not at all; those as given are nothing new.

    `findings` are faults the reading found already. Needs the role head or admin in the Kasse, of an admin in the
    offices of the values too. Raises `RefusedDimensionsError` with the findings, `NotAllowedError`.
    """
    with store.unit([kasse_office(store)]):
        require(store, kasse_office(store), *KEEPERS)
        known = {(line.dimension, line.value, line.office): line for line in list_values(store, day, every=True)}
        faults = [*findings, *_faults(store, rows)]
        if faults:
            raise RefusedDimensionsError(count=len(faults), findings=tuple(faults))
        fresh = {(row.dimension, row.value, row.office): row for row in rows}
        added = [row for key, row in fresh.items() if key not in known]
        renamed = [row for key, row in fresh.items() if key in known and known[key].name != row.name]
        check_reach(store, {row.office for row in (*added, *renamed) if row.office}, *KEEPERS)
        columns = ("dimension", "value", "office", "name", "opened_on")
        store.insert("dimension_value", columns, [(r.dimension, r.value, r.office, r.name, day) for r in added])
        for row in renamed:
            store.execute(
                f"UPDATE dimension_value SET name = :name WHERE {_KEY}", name=row.name, dimension=row.dimension,
                value=row.value, office=row.office,
            )  # fmt: skip
        if added or renamed:
            facts: dict[str, Fact] = {"added": len(added), "renamed": len(renamed), "day": day}
            facts |= seal(store, *(("dimension_value", r.dimension, r.value, r.office) for r in (*added, *renamed)))
            record(store, kasse_office(store), "dimension.take", _object(added or renamed), facts)
    return DimensionsTaken(len(added), len(renamed), len(rows) - len(added) - len(renamed))


def _object(rows: Sequence[DimensionRow]) -> str:
    names = {row.dimension for row in rows}
    value = f"/{rows[0].value}" if len(rows) == 1 else ""
    return f"dimension:{'+'.join(sorted(names))}{value}"


def _faults(store: Store, rows: Sequence[DimensionRow]) -> Iterator[KasseError]:
    offices = ("", *office_codes(store))
    for row in rows:
        if not well_formed(row.dimension, row.value):
            yield DimensionFormError(text=f"{row.dimension}={row.value}", place=row.place)
        if row.office not in offices:
            yield UnknownOfficeError(office=row.office, offices=", ".join(offices[1:]), place=row.place)


def close_value(store: Store, dimension: str, value: str, *, day: str, office: str = "") -> bool:
    """Close a value from a day on and return whether that was new; what was posted with it stays.

    Needs the role head or admin in the Kasse, of an admin in the office of the value too. Raises
    `DimensionValueError`, `DimensionClosedError`, `NotAllowedError`.
    """
    key = {"dimension": check_dimension(dimension), "value": value, "office": office}
    check_office(store, office or None)
    with store.unit([kasse_office(store)]):
        require(store, kasse_office(store), *KEEPERS)
        check_reach(store, [office] if office else [], *KEEPERS)
        row = store.one(f"SELECT closed_on FROM dimension_value WHERE {_KEY}", **key)
        if row is None:
            raise DimensionValueError(dimension=key["dimension"], value=value, office=office or "*")
        if row[0] == day:
            return False
        if row[0] is not None:
            raise DimensionClosedError(dimension=key["dimension"], value=value, day=day)
        store.execute(f"UPDATE dimension_value SET closed_on = CAST(:day AS TEXT) WHERE {_KEY}", day=day, **key)
        object_ = f"dimension:{key['dimension']}/{value}"
        sealed = seal(store, ("dimension_value", key["dimension"], value, office))
        record(store, kasse_office(store), "dimension.close", object_, {"day": day, "office": office, **sealed})
    return True
