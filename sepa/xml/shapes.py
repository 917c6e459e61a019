"""Read many elements of few shapes: a bank writes the same five forms of entry a hundred thousand times.

The walk by a table asks Python for every element. Here the parser's own serialisation of the element, which has
one spelling for each structure, is matched with a pattern made from an earlier element: then one match gives all
its texts. What fits no pattern is walked as before; both ways give the same record.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from sepa.xml.table import Field
from sepa.xml.walk import Record, read_element

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_LEARNT = 16  # shapes kept at once
_WALKED_FIRST = 100  # elements walked before a shape is worth learning
_LONGEST = 20_000  # characters of an element whose shape is learnt
_MARK = "\ue000"  # stands before the number of a text; private use, so no bank writes it
_RUNS = re.compile(">([^<]*)<")
_PARSER = etree.XMLParser(no_network=True)


class _Plan(NamedTuple):
    """Which text of an element goes where in its record."""

    plain: tuple[tuple[str, int], ...]
    raw: tuple[tuple[str, int], ...]
    constants: dict[str, str]
    texts: tuple[tuple[str, tuple[int, ...]], ...]
    records: tuple[tuple[str, tuple[_Plan, ...]], ...]


class _Shape(NamedTuple):
    pattern: re.Pattern[str]
    plan: _Plan
    odd: Counter[str]


class ShapedReader:
    """Reads elements by one table and remembers the shapes it has met."""

    def __init__(self, table: Field) -> None:
        self._table = table
        self._shapes: list[_Shape] = []
        self._walked = 0

    def read(self, element: Element, odd: Counter[str]) -> Record:
        """Return what `read_element` returns."""
        if self._walked < _WALKED_FIRST:
            self._walked += 1
            return read_element(element, self._table, odd)
        text = etree.tostring(element, encoding="unicode", with_tail=False)
        return self._matched(text, odd) or self._walk(element, text, odd)

    def _matched(self, text: str, odd: Counter[str]) -> Record | None:
        if "&" in text:  # an escaped character is left to the parser
            return None
        for position, shape in enumerate(self._shapes):
            if match := shape.pattern.fullmatch(text):
                if position:
                    self._shapes.insert(0, self._shapes.pop(position))
                return _filled(shape, match.groups(), odd)
        return None

    def _walk(self, element: Element, text: str, odd: Counter[str]) -> Record:
        if len(self._shapes) < _LEARNT and len(text) <= _LONGEST and (shape := _learn(text, self._table)):
            self._shapes.append(shape)
        return read_element(element, self._table, odd)


def _filled(shape: _Shape, texts: tuple[str, ...], odd: Counter[str]) -> Record | None:
    """Return the record of the texts, or None where one is blank, which the walk would leave out."""
    bare = [text.strip() for text in texts]
    if "" in bare:
        return None
    if shape.odd:
        odd.update(shape.odd)
    return _record(shape.plan, bare, texts)


def _record(plan: _Plan, bare: list[str], texts: tuple[str, ...]) -> Record:
    record = Record()
    record.plain = {key: bare[number] for key, number in plan.plain}
    record.raw = {key: bare[number] for key, number in plan.raw}
    if plan.constants:
        record.raw |= plan.constants
    if plan.texts:
        record.texts = {key: [texts[number] for number in numbers] for key, numbers in plan.texts}
    if plan.records:
        record.records = {key: [_record(one, bare, texts) for one in plans] for key, plans in plan.records}
    return record


def _learn(text: str, table: Field) -> _Shape | None:
    """Return the shape of a serialised element, by walking it once with numbers in place of its texts."""
    if _MARK in text or "&" in text:
        return None
    tags, runs = _RUNS.split(text)[::2], _RUNS.findall(text)
    leaves = [_is_leaf(before, after) for before, after in itertools.pairwise(tags)]
    if any(run.strip() for run, leaf in zip(runs, leaves, strict=True) if not leaf):
        return None
    numbers = itertools.count()
    marked = [f"{_MARK}{next(numbers)}" if leaf else "" for leaf in leaves]
    odd: Counter[str] = Counter()
    record = read_element(etree.fromstring(_joined(tags, marked), _PARSER), table, odd)
    groups = ["([^<]*)" if leaf else r"\s*" for leaf in leaves]
    return _Shape(re.compile(_joined([re.escape(tag) for tag in tags], groups)), _plan(record), odd)


def _is_leaf(before: str, after: str) -> bool:
    """Tell whether nothing but text stands between two tags: an opening one and its closing one."""
    return after.startswith("/") and not before.startswith("/") and not before.endswith("/")


def _joined(tags: list[str], between: list[str]) -> str:
    """Return the tags with something between each two."""
    pieces = [f">{run}<{tag}" for run, tag in zip(between, tags[1:], strict=True)]
    return tags[0] + "".join(pieces)


def _plan(record: Record) -> _Plan:
    raw = record.raw.items()
    return _Plan(
        plain=tuple((key, _number(text)) for key, text in record.plain.items()),
        raw=tuple((key, _number(text)) for key, text in raw if text.startswith(_MARK)),
        constants={key: text for key, text in raw if not text.startswith(_MARK)},
        texts=tuple((key, tuple(map(_number, texts))) for key, texts in (record.texts or {}).items()),
        records=tuple((key, tuple(map(_plan, some))) for key, some in (record.records or {}).items()),
    )


def _number(text: str) -> int:
    return int(text[len(_MARK) :])
