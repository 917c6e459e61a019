"""All the law there is: figures, schedules, rules and tables, read when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from enforcement.law.figures import Entry, Figure, FigureUnknownError, Series
from enforcement.law.law_reader import LawText, dated_values, read_sections
from enforcement.law.rules import ChargeRule, DeadlineRule, charge_rule, deadline_rule
from enforcement.law.schedules import Schedule, schedule
from enforcement.law.sections import Section
from enforcement.law.tables import GarnishmentTable, garnishment_table

T = TypeVar("T")


class Law:
    """The law of this package, with an office's own folders on top, and above them the texts that a book keeps.

    Every lookup by name raises `FigureUnknownError` for a name that is nowhere, and `LawFileError` or
    `LawSyntaxError` where a file cannot be used.
    """

    def __init__(self, *extra: Path, texts: tuple[LawText, ...] = ()) -> None:
        self.extra = extra
        self.texts = texts
        self._parsed: dict[str, Mapping[str, Any]] = {}

    def parsed(self, kind: str, parse: Callable[[Section], T]) -> Mapping[str, T]:
        """Return the tables of one kind of law file by name, each made into a value once."""
        if kind not in self._parsed:
            sections = read_sections(kind, self.extra, self.texts)
            self._parsed[kind] = {name: parse(section) for name, section in sections.items()}
        return self._parsed[kind]

    @property
    def figures(self) -> Mapping[str, Figure]:
        """All numbers by name."""
        return self.parsed("figures", _figure)

    @property
    def schedules(self) -> Mapping[str, Series[Schedule]]:
        """All fee schedules by name."""
        return self.parsed("schedules", _schedule)

    @property
    def charges(self) -> Mapping[str, ChargeRule]:
        """All charge rules by name."""
        return self.parsed("charges", charge_rule)

    @property
    def deadlines(self) -> Mapping[str, DeadlineRule]:
        """All deadline rules by name."""
        return self.parsed("deadlines", deadline_rule)

    @property
    def garnishment(self) -> Series[GarnishmentTable]:
        """The tables of § 850c ZPO."""
        return self.parsed("garnishment", _garnishment)["zpo850c"]

    def figure(self, name: str) -> Figure:
        """Return the number of that name."""
        return found(self.figures, name, "figure")

    def schedule(self, name: str) -> Series[Schedule]:
        """Return the fee schedule of that name."""
        return found(self.schedules, name, "schedule")

    def charge(self, name: str) -> ChargeRule:
        """Return the charge rule of that name."""
        return found(self.charges, name, "charge")

    def deadline(self, name: str) -> DeadlineRule:
        """Return the deadline rule of that name."""
        return found(self.deadlines, name, "deadline")


@lru_cache(maxsize=1)
def packaged_law() -> Law:
    """Return the law this package brings along, read once."""
    return Law()


def found(known: Mapping[str, T], name: str, kind: str) -> T:
    """Return what has that name; raises `FigureUnknownError` where nothing has."""
    if name not in known:
        raise unknown(kind, name, known)
    return known[name]


def unknown(kind: str, name: str, known: Iterable[str]) -> FigureUnknownError:
    """Return the error for a name that is nowhere, with the names closest to it."""
    near = get_close_matches(name, list(known), n=5, cutoff=0.4)
    return FigureUnknownError(kind=kind, name=name, near=", ".join(near) or "–")


def _figure(section: Section) -> Figure:
    return _series(section, _number)


def _schedule(section: Section) -> Series[Schedule]:
    return _series(section, schedule)


def _garnishment(section: Section) -> Series[GarnishmentTable]:
    return _series(section, garnishment_table)


def _number(section: Section) -> Decimal:
    return section.number("value")


def _series(section: Section, parse: Callable[[Section], T]) -> Series[T]:
    entries = sorted((_entry(value, parse) for value in dated_values(section)), key=lambda entry: entry.valid_from)
    if not entries or len({entry.valid_from for entry in entries}) < len(entries):
        raise section.wrong("values", "at least one value, each from another day")
    series = Series(
        name=section.name,
        title_de=section.text("title_de"),
        title_en=section.text("title_en"),
        unit=section.text("unit"),
        norm=section.text("norm"),
        file=section.file,
        entries=tuple(entries),
        known_until=section.day_or_none("known_until"),
        checked=section.day_or_none("checked"),
    )
    for inherited in ("source", "confirmed", "tenths", "steps"):
        section.touch(inherited)
    return section.finish(series)


def _entry(section: Section, parse: Callable[[Section], T]) -> Entry[T]:
    entry = Entry(
        valid_from=section.day("from"),
        value=parse(section),
        norm=section.text("norm"),
        source=section.text("source"),
        confirmed=section.flag("confirmed", default=True),
    )
    return section.finish(entry)
