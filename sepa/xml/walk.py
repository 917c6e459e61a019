"""Read an element by a table in one walk: no path is searched twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sepa.xml.table import Field, Kind

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_COUNTED = 1000  # different paths that are counted one by one


class Record(dict[str, str]):
    """The texts of an element by key; repeated texts and records stand aside."""

    texts: dict[str, list[str]] | None = None
    records: dict[str, list[Record]] | None = None

    def many(self, key: str) -> tuple[Record, ...]:
        """Return the records under a key, in order."""
        return tuple(self.records.get(key, ())) if self.records else ()

    def lines(self, key: str) -> tuple[str, ...]:
        """Return the repeated texts under a key, in order, exactly as they stand in the file."""
        return tuple(self.texts.get(key, ())) if self.texts else ()


def read_element(element: Iterable[Element], table: Field, odd: Counter[str]) -> Record:
    """Return what the table names of an element, or of some of its children.

    What it does not know, and a second element where it expects one, is counted by path.
    """
    record = Record()
    _read(element, table, record, odd)
    return record


def _read(element: Iterable[Element], at: Field, record: Record, odd: Counter[str]) -> None:
    children = at.children
    for child in element:
        field = children[child.tag]
        if field.kind == Kind.TEXT:
            if text := child.text:
                _keep(record, field, text.strip(), odd)
        elif field.kind == Kind.BRANCH:
            if field.key and not len(child):
                _keep(record, field, (child.text or "").strip(), odd)
            else:
                _read(child, field, record, odd)
        elif field.kind != Kind.LEFT_OUT:
            _read_rare(child, field, record, odd)


def _keep(record: Record, field: Field, text: str, odd: Counter[str]) -> None:
    if not text:
        return
    if field.key in record:
        count(odd, field.path)
    else:
        record[field.key] = text


def _read_rare(child: Element, field: Field, record: Record, odd: Counter[str]) -> None:
    if field.kind == Kind.AMOUNT:
        _keep(record, field, (child.text or "").strip(), odd)
        record.setdefault(f"{field.key}@", child.get("Ccy", ""))
    elif field.kind == Kind.TEXTS:
        record.texts = record.texts or {}
        record.texts.setdefault(field.key, []).append(child.text or "")
    elif field.kind == Kind.RECORD:
        record.records = record.records or {}
        record.records.setdefault(field.key, []).append(read_element(child, field, odd))
    else:
        count(odd, field.path)


def count(odd: Counter[str], path: str) -> None:
    """Count an element that was not understood; a file of ten thousand odd names costs no more memory."""
    odd[path if path in odd or len(odd) < _COUNTED else "…"] += 1
