"""Recognise elements by their shape: a bank writes the same five forms of entry a hundred thousand times.

A shape is a pattern over the text of one element as it stands in the file: all tags literally, and between an
opening tag and its closing tag a text without markup or escapes. What matches is well-formed, because the element
from which the shape was learnt is, and has the same structure; so its record needs neither parser nor walk.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import NamedTuple

from lxml import etree

from sepa.xml.table import Field
from sepa.xml.walk import Record, read_element

MARK = "\ue000"  # stands before a number in place of a text; for private use, so no bank writes it

_LEARNT = 16  # shapes kept at once
_WAIT = 50  # elements seen before a shape is worth learning
_LONGEST = 20_000  # characters of an element whose shape is learnt
_RUNS = re.compile(">([^<]*)<")
_PREFIX = re.compile(r"^(/?)[\w.-]+:")
_TEXT = r"([^<>&\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*)"  # what stands for itself in XML 1.0, § 2.2 and § 2.4
_BLANK = r"[ \t\r\n]*"
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


class Shapes:
    """The shapes of one kind of element that were met so far, the last one first."""

    def __init__(self, table: Field) -> None:
        self._table = table
        self._shapes: list[_Shape] = []
        self._seen = 0

    def match(self, text: str) -> tuple[_Shape, tuple[str, ...]] | None:
        """Return shape and texts of an element as it stands in the file, or None; a new shape may be learnt."""
        for position, shape in enumerate(self._shapes):
            if found := shape.pattern.fullmatch(text):
                if position:
                    self._shapes.insert(0, self._shapes.pop(position))
                return shape, found.groups()
        self._seen += 1
        if self._seen > _WAIT and len(self._shapes) < _LEARNT and len(text) <= _LONGEST:
            self._learn(text)
        return None

    def _learn(self, text: str) -> None:
        shape = _shape(text, self._table)
        if shape:
            self._shapes.append(shape)


def filled(shape: _Shape, texts: tuple[str, ...], odd: Counter[str]) -> Record:
    """Return the record that `read_element` would give."""
    if shape.odd:
        odd.update(shape.odd)
    return _record(shape.plan, [text.strip() for text in texts], texts)


def _record(plan: _Plan, bare: list[str], texts: tuple[str, ...]) -> Record:
    record = Record()
    record.plain = {key: bare[number] for key, number in plan.plain}
    record.raw = {key: bare[number] for key, number in plan.raw}
    if "" in record.plain.values() or "" in record.raw.values():
        record.plain = {key: text for key, text in record.plain.items() if text}
        record.raw = {key: text for key, text in record.raw.items() if text}
    if plan.constants:
        record.raw |= plan.constants
    if plan.texts:
        record.texts = {key: [texts[number] for number in numbers] for key, numbers in plan.texts}
    if plan.records:
        record.records = {key: [_record(one, bare, texts) for one in plans] for key, plans in plan.records}
    return record


def _shape(text: str, table: Field) -> _Shape | None:
    """Return the shape of an element, by walking it once with numbers in place of its texts."""
    if MARK in text or "&" in text or "<!" in text or "<?" in text:
        return None
    tags, runs = _RUNS.split(text)[::2], _RUNS.findall(text)
    leaves = [_is_leaf(before, after) for before, after in itertools.pairwise(tags)]
    if any(run.strip(" \t\r\n") for run, leaf in zip(runs, leaves, strict=True) if not leaf):
        return None
    numbers = itertools.count()
    marked = [f"{MARK}{next(numbers)}" if leaf else "" for leaf in leaves]
    odd: Counter[str] = Counter()
    try:
        element = etree.fromstring(_joined([_PREFIX.sub(r"\1", tag) for tag in tags], marked), _PARSER)
    except etree.XMLSyntaxError:
        return None
    plan = _plan(read_element(element, table, odd))
    groups = [_TEXT if leaf else _BLANK for leaf in leaves]
    return _Shape(re.compile(_joined([re.escape(tag) for tag in tags], groups)), plan, odd)


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
        raw=tuple((key, _number(text)) for key, text in raw if text.startswith(MARK)),
        constants={key: text for key, text in raw if not text.startswith(MARK)},
        texts=tuple((key, tuple(map(_number, texts))) for key, texts in (record.texts or {}).items()),
        records=tuple((key, tuple(map(_plan, some))) for key, some in (record.records or {}).items()),
    )


def _number(text: str) -> int:
    return int(text[len(MARK) :])
