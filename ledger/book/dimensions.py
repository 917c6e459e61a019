"""Dimensions of postings: Kostenstelle, Produkt, Haushaltsjahr, checked against the lists that the book holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sepa.errors import N_, NOWHERE, KasseError, Place

DIMENSIONS = ("haushaltsjahr", "kostenstelle", "produkt")
"""What a posting can say beside its account, in the order in which it is written."""
COST_OBJECT = "kostenstelle"
"""The dimension that the cost object of an order's line names."""
_VALUE = re.compile(r"[^;=\x00-\x1f\x7f]{1,40}")
_YEAR = re.compile(r"(19|20|21)[0-9]{2}")


class UnknownDimensionError(KasseError):
    """A dimension that postings do not have."""

    code = "dimension.unknown"
    template = N_("there is no dimension {dimension}")
    hint = N_("the dimensions are: {dimensions}")


class DimensionFormError(KasseError):
    """A text that is not DIMENSION=VALUE, or a value that cannot be written."""

    code = "dimension.form"
    template = N_("not a dimension with its value: {text}")
    hint = N_("write it like kostenstelle=4711; a value has at most 40 signs, none of them ; or =")


class DimensionValueError(KasseError):
    """A value that is not in the book's list of the dimension, or not for that office."""

    code = "dimension.value"
    template = N_("{dimension} {value} is not in the list of office {office}")
    hint = N_("see 'kasse dimension list {dimension}'; 'kasse dimension add' adds a value")


class DimensionClosedError(KasseError):
    """A value that is not open on the day."""

    code = "dimension.closed"
    template = N_("{dimension} {value} is not open on {day}")
    hint = N_("see 'kasse dimension list {dimension} --all' for the days from which and up to which it may be used")


@dataclass(frozen=True, slots=True)
class Span:
    """From which day on a value may be used, and from which day on no more."""

    opened_on: str
    closed_on: str | None = None

    def holds(self, day: str) -> bool:
        """Return whether the value may be used on the day."""
        return self.opened_on <= day and (self.closed_on is None or day < self.closed_on)


@dataclass(frozen=True, slots=True)
class Lists:
    """The values that the book holds, by dimension, value and office ('' is every office).

    A dimension without a single value is not checked: the book does not keep that list.
    """

    values: Mapping[tuple[str, str, str], Span] = field(default_factory=dict)
    kept: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kept", frozenset(dimension for dimension, _, _ in self.values))

    def check(self, office: str, day: str, given: Mapping[str, str]) -> Iterator[KasseError]:
        """Yield what is wrong with the dimensions of a posting of an office on a day."""
        for dimension, value in given.items():
            yield from self.check_value(office, day, dimension, value)

    def check_value(self, office: str, day: str, dimension: str, value: str) -> Iterator[KasseError]:
        """Yield what is wrong with one value: its form, its place in the list, its days."""
        if not well_formed(dimension, value):
            yield DimensionFormError(text=f"{dimension}={value}")
        elif dimension in self.kept:
            spans = [self.values[key] for o in (office, "") if (key := (dimension, value, o)) in self.values]
            if not spans:
                yield DimensionValueError(dimension=dimension, value=value, office=office)
            elif not any(span.holds(day) for span in spans):
                yield DimensionClosedError(dimension=dimension, value=value, day=day)


def well_formed(dimension: str, value: str) -> bool:
    """Return whether a value can be written: short, without separators; a Haushaltsjahr is a year."""
    fits = _YEAR if dimension == "haushaltsjahr" else _VALUE
    return fits.fullmatch(value) is not None and value == value.strip()


def check_dimension(name: str) -> str:
    """Return the dimension of that name; raises `UnknownDimensionError`."""
    if name.strip().lower() not in DIMENSIONS:
        raise UnknownDimensionError(dimension=name, dimensions=", ".join(DIMENSIONS))
    return name.strip().lower()


def parse_dimension(text: str) -> tuple[str, str]:
    """Return the dimension and the value a person wrote.

    >>> parse_dimension("Kostenstelle=4711")
    ('kostenstelle', '4711')

    Raises `DimensionFormError`, `UnknownDimensionError`.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise DimensionFormError(text=text)
    dimension = check_dimension(name)
    if not well_formed(dimension, value.strip()):
        raise DimensionFormError(text=text)
    return dimension, value.strip()


def canonical(given: Mapping[str, str]) -> str | None:
    """Return the dimensions as postings keep them, None where there are none.

    >>> canonical({"produkt": "12.6", "kostenstelle": "4711"})
    'kostenstelle=4711;produkt=12.6'
    """
    return ";".join(f"{name}={given[name]}" for name in DIMENSIONS if given.get(name)) or None


def parse_canonical(text: str | None) -> dict[str, str]:
    """Return the dimensions of a posting by name.

    >>> parse_canonical("kostenstelle=4711;produkt=12.6")
    {'kostenstelle': '4711', 'produkt': '12.6'}
    """
    return dict(part.partition("=")[::2] for part in (text or "").split(";") if part)


def of_cost_object(cost_object: str | None) -> str | None:
    """Return the dimensions of an order's line; a plain cost object is a Kostenstelle.

    >>> of_cost_object("4711"), of_cost_object("kostenstelle=4711;produkt=12.6"), of_cost_object(None)
    ('kostenstelle=4711', 'kostenstelle=4711;produkt=12.6', None)
    """
    if not cost_object:
        return None
    return cost_object if "=" in cost_object else f"{COST_OBJECT}={cost_object}"


def years_later(dimensions: str | None, years: int) -> str | None:
    """Return dimensions, or the cost object of an order's line, with their Haushaltsjahr so many years later.

    >>> years_later("haushaltsjahr=2026;kostenstelle=4711", 1), years_later("4711", 1)
    ('haushaltsjahr=2027;kostenstelle=4711', '4711')
    """
    if not years or "haushaltsjahr=" not in (dimensions or ""):
        return dimensions
    given = parse_canonical(dimensions)
    return canonical(given | {"haushaltsjahr": str(int(given["haushaltsjahr"]) + years)})


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A value of a dimension as somebody lists it; without an office it is for all."""

    dimension: str
    value: str
    name: str
    office: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class DimensionLine:
    """A value in a list, with the days between which it may be used."""

    dimension: str
    value: str
    name: str
    office: str
    opened_on: str
    closed_on: str | None


@dataclass(frozen=True, slots=True)
class DimensionsTaken:
    """What became of a list of values."""

    added: int
    renamed: int
    unchanged: int
    findings: Sequence[KasseError] = ()
