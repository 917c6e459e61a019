"""Answers of a bank to our cancellations and recalls (camt.029), in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sepa.errors import N_, KasseError, Place
from sepa.notes import Notes
from sepa.pain002 import other_side, transaction_fields
from sepa.reading import UnknownVersionError, identify
from sepa.report_tables import ANSWER_BATCH, ANSWER_CASE, ANSWER_FILE, ANSWER_TRANSACTION
from sepa.sources import DEFAULT, Limits, Source, opened
from sepa.statusreports import (
    CancellationEnd,
    CancellationHead,
    CancellationStatus,
    CancellationStream,
    Level,
)
from sepa.xml.parser import elements, forget, line_of
from sepa.xml.table import Field, local_name
from sepa.xml.walk import read_element

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NAMES = ("OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts", "CxlDtls", "RsltnOfInvstgtn")
_VERSIONS = re.compile(r"camt\.029(?:\.001\.(?:0[3-9]|1[0-4]))?")


class NotACancellationAnswerError(KasseError):
    """A known file, but no answer to a cancellation."""

    code = "file.not_a_cancellation_answer"
    template = N_("this is {name}, not an answer to a cancellation")
    hint = N_("answers to cancellations come as camt.029")


class NoAnswerError(KasseError):
    """An answer that gives no status."""

    code = "answer.none"
    template = N_("the answer {message} gives no status")
    hint = N_("ask the bank for the complete file")


def read_cancellation_answer(source: Path | BinaryIO | Source, *, limits: Limits = DEFAULT) -> CancellationStream:
    """Yield `CancellationHead`, a `CancellationStatus` for each file, batch or payment, and `CancellationEnd`.

    Raises `NotACancellationAnswerError`, `UnknownVersionError`, `NoAnswerError`, `XmlError` and the like, with place.
    """
    with opened(source, limits) as file:
        kind = identify(file)
        if kind.family != "camt.029":
            raise NotACancellationAnswerError(place=Place(file=file.name, line=1), name=kind.name)
        if not _VERSIONS.fullmatch(kind.name):
            raise UnknownVersionError(place=Place(file=file.name, line=1), name=kind.name)
        yield from _Reader(file, kind.name).events()


class _Reader:
    """What is known of the answer being read."""

    def __init__(self, source: Source, message: str) -> None:
        self.source = source
        self.message = message
        self.notes = Notes(source.place)
        self.head: CancellationHead | None = None
        self.batch: CancellationStatus | None = None
        self.statuses = 0

    def events(self) -> CancellationStream:
        """Yield the values of the answer."""
        for name, element in elements(self.source, _NAMES):
            if self.head is None:
                yield self._head(element)
            yield from self._take(name, element)
            if name != "RsltnOfInvstgtn":
                forget(element)
        if not self.statuses and not (self.head and self.head.status):
            raise NoAnswerError(place=Place(file=self.source.name, line=1), message=self.message)
        yield CancellationEnd(self.statuses, self.notes.not_understood(), self.notes.findings())

    def _take(self, name: str, element: Element) -> CancellationStream:
        if name == "OrgnlGrpInfAndSts":
            yield from self._given(self._status("file", element, ANSWER_FILE, line_of(element, self.source)))
        elif name == "TxInfAndSts":
            yield from self._payment(element)
        elif name == "OrgnlPmtInfAndSts":
            if self.batch is None:
                yield from self._begin_batch(element, element)
            self.batch = None

    def _head(self, element: Element) -> CancellationHead:
        """Return what stands before the first status."""
        path = [element, *element.iterancestors()]
        root = next((one for one in path if local_name(one.tag) == "RsltnOfInvstgtn"), path[-1])
        before = takewhile(lambda one: one not in path, root)
        raw = read_element(before, ANSWER_CASE, self.notes.odd).raw
        self.head = CancellationHead(
            message=self.message,
            assignment_id=raw.get("id", ""),
            case_id=raw.get("case_id", ""),
            status=raw.get("status", ""),
            created=raw.get("created", ""),
            line=line_of(root, self.source),
        )
        return self.head

    def _begin_batch(self, element: Element, upto: Element) -> CancellationStream:
        """Read the head of a batch, which stands before its first payment."""
        before = list(takewhile(lambda one: one is not upto, element))
        self.batch = self._status("batch", before, ANSWER_BATCH, line_of(element, self.source))
        yield from self._given(self.batch)

    def _payment(self, element: Element) -> CancellationStream:
        parent = element.getparent()
        if parent is not None and self.batch is None and local_name(parent.tag) == "OrgnlPmtInfAndSts":
            yield from self._begin_batch(parent, element)
        made = self._status("payment", element, ANSWER_TRANSACTION, line_of(element, self.source))
        if self.batch:
            made = replace(
                made,
                payment_information_id=self.batch.payment_information_id,
                original_message_id=made.original_message_id or self.batch.original_message_id,
            )
        yield from self._given(made)

    def _status(self, level: Level, element: Iterable[Element], known: Field, line: int | None) -> CancellationStatus:
        record = read_element(element, known, self.notes.odd)
        fields = transaction_fields(record, self.notes, line)
        for name in ("mandate_id", "execution_day"):
            fields.pop(name, None)
        side = other_side(record.raw, debit=False)
        return CancellationStatus(
            level=level,
            status=record.raw.get("status", ""),
            case_id=record.raw.get("case_id", "") or (self.head.case_id if self.head else ""),
            name=side["name"],
            iban=side["iban"],
            **fields,
        )

    def _given(self, status: CancellationStatus) -> CancellationStream:
        """Yield a status if the bank gave one."""
        if status.status or status.reasons:
            self.statuses += 1
            yield status
