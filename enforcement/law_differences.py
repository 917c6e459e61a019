"""What a change of law files changes, value by value: for the one who proposes it and the one who releases it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from enforcement.law import Law
from enforcement.law.law_reader import KINDS, dated_values, read_sections
from enforcement.law.sections import Section

_SAID_BESIDE = {"source", "norm", "title_de", "title_en", "checked", "unit", "confirmed", "known_until", "file", "text"}
"""What stands beside the values: left out where a whole rule comes or goes."""
_Key = tuple[str, dt.date | None]


@dataclass(frozen=True, slots=True)
class LawDifference:
    """What becomes of one value of the law: `key` says which of the rule, `valid_from` from which day it holds.

    `before` is None for what is new, `after` for what goes; `fresh` where the whole rule is new.
    """

    kind: str
    name: str
    key: str
    valid_from: dt.date | None
    before: str | None
    after: str | None
    fresh: bool = False


def law_differences(before: Law, after: Law) -> list[LawDifference]:
    """Return every value that is other in `after` than in `before`, by kind and name; none where both say the same."""
    return [row for kind in KINDS for row in _of_kind(kind, before, after)]


def reaching_back(rows: list[LawDifference], today: dt.date) -> list[LawDifference]:
    """Return what changes rules that were there already for days before today."""
    return [
        row
        for row in rows
        if not row.fresh and row.key not in _SAID_BESIDE and (row.valid_from is None or row.valid_from < today)
    ]


def _of_kind(kind: str, before: Law, after: Law) -> Iterator[LawDifference]:
    old, new = (read_sections(kind, law.extra, law.texts) for law in (before, after))
    for name in sorted(old.keys() | new.keys()):
        was, now = (_values(found.get(name)) for found in (old, new))
        short = name not in old or name not in new
        for key, day in sorted(was.keys() | now.keys(), key=_order):
            first, second = was.get((key, day)), now.get((key, day))
            if first != second and not (short and key.rpartition(".")[2] in _SAID_BESIDE):
                yield LawDifference(kind, name, key, day, first, second, name not in old)


def _order(key: _Key) -> tuple[str, dt.date]:
    return key[0], key[1] or dt.date.min


def _values(section: Section | None) -> dict[_Key, str]:
    if section is None:
        return {}
    dated = section.has("values")
    rest = {key: value for key, value in section.data.items() if not (dated and key in {"values", "source"})}
    found: dict[_Key, str] = {(key, None): text for key, text in _flat("", rest)}
    for value in dated_values(section) if dated else ():
        day = value.day("from")
        own = {key: one for key, one in value.data.items() if key != "from" and one != rest.get(key)}
        found |= {(key, day): text for key, text in _flat("", own)}
    return found


def _flat(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield the texts of nested tables with their path: `dunning.1.wait`."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), inner)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for place, inner in enumerate(value, 1):
            yield from _flat(f"{prefix}.{place}", inner)
    elif isinstance(value, list):
        yield prefix, ", ".join(map(str, value))
    else:
        yield prefix, str(value).lower() if isinstance(value, bool) else str(value)
