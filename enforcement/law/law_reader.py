"""Read law files: those of this package first, then those of an office's own directories."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from enforcement.law.sections import LawSyntaxError, Section
from sepa.errors import N_, Place
from sepa.system_errors import why_refused

KINDS = ("figures", "schedules", "charges", "limitation", "deadlines", "garnishment", "profile")
PACKAGED = "enforcement/law"
INHERITED = ("norm", "source", "confirmed", "tenths", "steps")  # taken from the series by a silent value


@dataclass(frozen=True, slots=True)
class LawText:
    """A law file that is no file: its name, which says its kind, and its text."""

    name: str
    text: str

    def read_text(self, encoding: str) -> str:
        """Return the text, as a file does."""
        del encoding
        return self.text


def read_sections(kind: str, extra: tuple[Path, ...], texts: tuple[LawText, ...] = ()) -> dict[str, Section]:
    """Return the tables of one kind by name, later directories on top of earlier ones, `texts` above all.

    A table of the same name replaces the earlier one, but its `values` join the earlier values, a value of
    the same day taking the place of the other. Raises `LawSyntaxError` for what is no law file.
    """
    found: dict[str, Section] = {}
    for file, label in _law_files(extra, texts):
        if _kind(file.name) == kind:
            for section in _tables(file, label, kind):
                found[section.name] = _merged(found.get(section.name), section)
    return found


def _law_files(extra: tuple[Path, ...], texts: tuple[LawText, ...]) -> list[tuple[Traversable | LawText, str]]:
    found: list[tuple[Traversable | LawText, str]] = []
    found += [(file, f"{PACKAGED}/{file.name}") for file in _toml(files("enforcement.law"))]
    found += [(file, str(file)) for directory in extra for file in _toml(directory)]
    found += [(text, text.name) for text in texts]
    for file, label in found:
        if _kind(file.name) not in KINDS:
            raise _no_law_file(N_("no known kind in its name"), label)
    return found


def law_texts(paths: Iterable[Path]) -> list[LawText]:
    """Return the law files of folders, and files named themselves, as text; raises `LawSyntaxError`."""
    found: dict[str, LawText] = {}
    for file in (file for path in paths for file in (_toml(path) if path.is_dir() else [path])):
        if _kind(file.name) not in KINDS or not file.name.endswith(".toml"):
            raise _no_law_file(N_("no known kind in its name"), str(file))
        one = LawText(file.name, _text(file))
        if found.setdefault(one.name, one) != one:
            raise _no_law_file(N_("there are two different files of that name"), str(file))
    return list(found.values())


def _text(file: Traversable) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise _no_law_file(why_refused(error), str(file)) from error
    except UnicodeDecodeError as error:
        raise _no_law_file(str(error), str(file)) from error
    if not text.strip():
        raise _no_law_file(N_("the file is empty"), str(file))
    return text


def _toml(directory: Traversable) -> list[Traversable]:
    if not directory.is_dir():
        raise _no_law_file(N_("no such directory"), str(directory))
    return sorted((file for file in directory.iterdir() if file.name.endswith(".toml")), key=_name)


def _name(file: Traversable) -> str:
    return file.name


def _kind(name: str) -> str:
    return name.removesuffix(".toml").split("-")[0]


def _no_law_file(reason: str, label: str) -> LawSyntaxError:
    return LawSyntaxError(reason=reason, kinds=", ".join(KINDS), place=Place(file=label))


def _tables(file: Traversable | LawText, label: str, kind: str) -> list[Section]:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _no_law_file(str(error), label) from error
    if kind == "profile":
        return [Section(file.name.removesuffix(".toml").removeprefix("profile-"), label, data)]
    return [Section(name, label, table) for name, table in _flat("", data)]


def _flat(prefix: str, data: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the innermost groups: `[ao240.rate]` becomes the table named `ao240.rate`."""
    if not data or not all(isinstance(value, dict) for value in data.values()):
        return [(prefix, data)]
    return [pair for key, value in data.items() for pair in _flat(f"{prefix}.{key}" if prefix else key, value)]


def _merged(earlier: Section | None, later: Section) -> Section:
    if earlier is None or not (earlier.has("values") and later.has("values")):
        return later
    own = Section(later.name, later.file, {"source": later.file} | later.data)
    values = {entry.day("from"): entry.data for part in (earlier, own) for entry in dated_values(part)}
    data = earlier.data | later.data | {"values": [values[day] for day in sorted(values)]}
    return Section(later.name, later.file, data)


def dated_values(section: Section) -> list[Section]:
    """Return the values of a series, each with what it takes from the series."""
    inherited = {key: section.data[key] for key in INHERITED if section.has(key)}
    return [Section(entry.name, entry.file, inherited | entry.data) for entry in section.sections("values")]
