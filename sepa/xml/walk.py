"""Read an element by a table in one walk: no path is searched twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from sepa.xml.table import AMOUNT, BRANCH, LEFT_OUT, PLAIN, RECORD, TEXT, TEXTS, Field

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_COUNTED = 1000  # different paths that are counted one by one


class Record:
    """The texts of an element by key: `plain` ones are fields of the value to be, `raw` ones need a look.

    Repeated texts and records stand aside.
    """

    __slots__ = ("plain", "raw", "records", "texts")

    def __init__(self) -> None:
        self.plain: dict[str, Any] = {}
        self.raw: dict[str, str] = {}
        self.texts: dict[str, list[str]] | None = None
        self.records: dict[str, list[Record]] | None = None

    def many(self, key: str) -> list[Record]:
        """Return the records under a key, in order."""
        return self.records.get(key, []) if self.records else []

    def lines(self, key: str) -> tuple[str, ...]:
        """Return the repeated texts under a key, in order, exactly as they stand in the file."""
        return tuple(self.texts.get(key, ())) if self.texts else ()


def read_element(element: Iterable[Element], table: Field, odd: Counter[str]) -> Record:
    """Return what the table names of an element, or of some of its children.

    What it does not know, and a second element where it expects one, is counted by path.
    """
    return read_on(Record(), element, table, odd)


def read_on(record: Record, element: Iterable[Element], table: Field, odd: Counter[str]) -> Record:
    """Read more of the same element into its record, and return it."""
    children = table.children
    for child in element:
        field = children[child.tag]
        kind = field.kind
        if kind == TEXT:
            _keep(record.raw, field, child.text, odd)
        elif kind == PLAIN:
            _keep(record.plain, field, child.text, odd)
        elif kind == BRANCH:
            if field.key and not len(child):
                _keep(record.raw, field, child.text, odd)
            else:
                read_on(record, child, field, odd)
        elif kind == AMOUNT:
            _keep(record.raw, field, child.text, odd)
            record.raw.setdefault(field.key + "@", child.get("Ccy", ""))
        elif kind != LEFT_OUT:
            _read_rare(child, field, record, odd)
    return record


def _keep(texts: dict[str, Any], field: Field, text: str | None, odd: Counter[str]) -> None:
    if text and (bare := text.strip()):
        if field.key in texts:
            count(odd, field.path)
        else:
            texts[field.key] = bare


def _read_rare(child: Element, field: Field, record: Record, odd: Counter[str]) -> None:
    if field.kind == TEXTS:
        record.texts = record.texts or {}
        record.texts.setdefault(field.key, []).append(child.text or "")
    elif field.kind == RECORD:
        record.records = record.records or {}
        record.records.setdefault(field.key, []).append(read_element(child, field, odd))
    else:
        count(odd, field.path)


def count(odd: Counter[str], path: str) -> None:
    """Count an element that was not understood; a file of ten thousand odd names costs no more memory."""
    odd[path if path in odd or len(odd) < _COUNTED else "…"] += 1
