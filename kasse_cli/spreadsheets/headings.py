"""The row of a list that names its columns: which row that is, and which column stands where, by names that vary."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, islice

from kasse_cli.spreadsheets.rows import RawRow, Value, empty_row, shown
from sepa.errors import N_, KasseError, Place

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
Columns = Mapping[str, Collection[str]]


TITLE_ROWS = 10
"""In so many rows, from the first on that is not empty, the heading is looked for: people write titles above it."""


class NoHeadingError(KasseError):
    """First rows none of which names a column."""

    code = "list.no_heading"
    template = N_("no row at the top names a known column; the first says: {found}")
    hint = N_("put the column names into one row above the values, for example: {expected}")


class TitleRowsError(KasseError):
    """Rows above the heading, which are not read."""

    code = "list.title_rows"
    severity = "info"
    template = N_("rows above the column names, not read: {count} ({text})")


class MissingColumnError(KasseError):
    """A column the list cannot do without."""

    code = "list.column_missing"
    template = N_("the column {column} is missing")
    hint = N_("add it; these names are understood: {names}")


class DuplicateColumnError(KasseError):
    """Two columns that mean the same."""

    code = "list.column_twice"
    template = N_("these columns mean the same: {names}")
    hint = N_("keep one of them and delete or rename the other")


class UnknownColumnError(KasseError):
    """A column whose name means nothing here; its values are not read."""

    code = "list.column_unknown"
    severity = "warning"
    template = N_("the column {column} is unknown and is not read")
    hint = N_("names close to it: {near}")


class StrangeColumnError(UnknownColumnError):
    """An unknown column whose name is like no other."""

    hint = N_("rename it if its values are to be read; otherwise nothing is to be done")


class HeadingError(KasseError):
    """Several faults of one heading, each a finding."""

    code = "list.heading"
    template = N_("the heading of the list has {count} faults")
    hint = N_("mend the row with the column names")


@dataclass(frozen=True, slots=True)
class Heading:
    """The names in the row that is the heading, and at which position which column stands."""

    row: int
    names: tuple[str, ...]
    positions: Mapping[str, int]
    unnamed: tuple[int, ...] = field(init=False)
    """Positions without a name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "unnamed", tuple(place for place, name in enumerate(self.names) if not name))


def fold(name: str) -> str:
    """Return the name as it is compared: without case, umlauts, spaces, underscores and signs.

    >>> fold("Straße / Haus-Nr."), fold("due_date")
    ('strassehausnr', 'duedate')
    """
    plain = unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS)
    return "".join(letter for letter in plain if letter.isalnum())


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns of a list by the folded names they go by, and the keys that it cannot do without."""

    keys: Mapping[str, str]
    required: frozenset[str]

    def known(self, values: Sequence[Value]) -> int:
        """Return how many of the columns a row names."""
        return len(self._named(values))

    def is_heading(self, values: Sequence[Value]) -> bool:
        """Return whether a row names all that is needed; where nothing is, most of what it says are columns."""
        named = self._named(values)
        if self.required:
            return self.required <= named
        return 2 * len(named) > len([name for name in names_in(values) if name])

    def _named(self, values: Sequence[Value]) -> set[str]:
        return {self.keys[name] for text in names_in(values) if (name := fold(text)) in self.keys}


def wanted(columns: Columns, required: Collection[str]) -> Wanted:
    """Return what a heading is known by."""
    return Wanted(keys_by_name(columns), frozenset(required))


def heading_among(rows: Iterable[RawRow], look: Wanted) -> tuple[int, list[RawRow]]:
    """Return which row is the heading, and the rows read for that from the first on that is not empty.

    It is the first that names all that is needed; else, to say what is wrong with it, that with most known names.
    """
    read: list[RawRow] = []
    for row in islice(dropwhile(empty_row, rows), TITLE_ROWS):
        read.append(row)
        if look.is_heading(row.values):
            return len(read) - 1, read
    known = [look.known(row.values) for row in read]
    return (known.index(max(known)) if read else 0), read


def find_heading(
    first: RawRow, columns: Columns, required: Collection[str], place: Place
) -> tuple[Heading, tuple[KasseError, ...]]:
    """Return which column stands where, and a warning for each name that means nothing.

    Raises `NoHeadingError`, `MissingColumnError`, `DuplicateColumnError`, or `HeadingError` with several of them.
    """
    names = names_in(first.values)
    keys = keys_by_name(columns)
    meant = [keys.get(fold(name)) for name in names]
    positions = {key: position for position, key in enumerate(meant) if key}
    if not positions:
        expected = ", ".join(required or columns)
        raise NoHeadingError(found=", ".join(filter(None, names)), expected=expected, place=place)
    faults = [*_doubled(names, meant, place), *_missing(positions, columns, required, place)]
    if faults:
        raise faults[0] if len(faults) == 1 else HeadingError(count=len(faults), findings=tuple(faults), place=place)
    unknown = tuple(_unknown(name, keys, place) for name, key in zip(names, meant, strict=True) if name and not key)
    return Heading(first.number, names, positions), unknown


def names_in(values: Sequence[Value]) -> tuple[str, ...]:
    """Return the names in a row, empty ones inside it as empty texts, without those at its end."""
    names = [" ".join(shown(value).split()) for value in values]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def keys_by_name(columns: Columns) -> dict[str, str]:
    """Return the key of each column by every folded name it goes by."""
    pairs = {(fold(name), key) for key, names in columns.items() for name in (*names, key)}
    keys = dict(pairs)
    assert len(keys) == len(pairs), "two columns share a name"
    return keys


def _doubled(names: Sequence[str], meant: Sequence[str | None], place: Place) -> Iterator[KasseError]:
    same: dict[str, list[tuple[str, str]]] = {}
    for name, key in zip(names, meant, strict=True):
        if name:
            same.setdefault(key or fold(name), []).append((name, key or name))
    for (name, key), *others in same.values():
        if others:
            told = ", ".join((name, *(other for other, _ in others)))
            yield DuplicateColumnError(column=key, names=told, place=Place(column=name).within(place))


def _missing(
    positions: Collection[str], columns: Columns, required: Collection[str], place: Place
) -> Iterator[KasseError]:
    for key in required:
        if key not in positions:
            yield MissingColumnError(column=key, names=", ".join(dict.fromkeys((key, *columns[key]))), place=place)


def _unknown(name: str, keys: Mapping[str, str], place: Place) -> KasseError:
    near = dict.fromkeys(keys[match] for match in difflib.get_close_matches(fold(name), keys, n=3, cutoff=0.7))
    where = Place(column=name).within(place)
    if not near:
        return StrangeColumnError(column=name, place=where)
    return UnknownColumnError(column=name, near=", ".join(near), place=where)
