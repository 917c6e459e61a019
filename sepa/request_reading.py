"""Reversals (pain.007) and recalls (camt.055) of others, every version, as a stream of values in constant memory."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sepa.errors import N_, KasseError, Place
from sepa.noted_values import minor_units
from sepa.notes import Notes
from sepa.pain002 import other_side, reasons, transaction_fields
from sepa.reading import UnknownVersionError, identify
from sepa.report_tables import (
    REQUEST_ASSIGNMENT,
    REQUEST_BATCH,
    REQUEST_FILE,
    REQUEST_GROUP,
    REQUEST_ORIGINAL,
    REQUEST_PAYMENT,
)
from sepa.requests import RequestBatch, RequestEnd, RequestHead, RequestPayment, RequestStream
from sepa.sources import DEFAULT, Limits, Source, opened
from sepa.xml.parser import elements, forget, line_of
from sepa.xml.table import local_name
from sepa.xml.walk import Record, read_element, read_on

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

REQUEST_FAMILIES = ("pain.007", "camt.055")
_BATCHES = ("OrgnlPmtInfAndRvsl", "OrgnlPmtInfAndCxl")
_FILES = ("GrpHdr", "OrgnlGrpInf", "OrgnlGrpInfAndCxl")
_NAMES = (*_FILES, "TxInf", *_BATCHES, "CstmrPmtRvsl", "CstmrPmtCxlReq")
_VERSIONS = re.compile(r"(?:pain\.007|camt\.055)(?:\.001\.(?:0[1-9]|1[0-4])(?:\.\w+)*)?")
_TRUE = frozenset(("true", "1"))


class NotARequestError(KasseError):
    """A known file, but neither a reversal nor a recall."""

    code = "file.not_a_request"
    template = N_("this is {name}, neither a reversal nor a recall")
    hint = N_("reversals come as pain.007, recalls as camt.055")


class NoRequestError(KasseError):
    """A request that names nothing to undo."""

    code = "request.none"
    template = N_("the request {message} names no file, batch or payment")
    hint = N_("make the file again, or ask who made it")


def read_requests(source: Path | BinaryIO | Source, *, limits: Limits = DEFAULT) -> RequestStream:
    """Yield `RequestHead`, each `RequestBatch` with its `RequestPayment`s, and `RequestEnd`.

    Raises `NotARequestError`, `UnknownVersionError`, `NoRequestError`, `XmlError` and the like, each with place.
    """
    with opened(source, limits) as file:
        kind = identify(file)
        if kind.family not in REQUEST_FAMILIES:
            raise NotARequestError(place=Place(file=file.name, line=1), name=kind.name)
        if not _VERSIONS.fullmatch(kind.name):
            raise UnknownVersionError(place=Place(file=file.name, line=1), name=kind.name)
        yield from _Reader(file, kind.name).events()


class _Reader:
    """What is known of the request being read."""

    def __init__(self, source: Source, message: str) -> None:
        self.source = source
        self.message = message
        self.notes = Notes(source.place)
        self.group = Record()
        self.head: RequestHead | None = None
        self.batch: RequestBatch | None = None
        self.batches = self.payments = self.cents = 0
        self.complete = True

    def events(self) -> RequestStream:
        """Yield the values of the request."""
        for name, element in elements(self.source, _NAMES):
            if name in _FILES:
                self._file(name, element)
            elif name == "TxInf":
                yield from self._payment(element)
            elif name in _BATCHES:
                yield from self._batch_end(element)
            else:
                yield from self._head(element)
        if not (self.batches or (self.head and self.head.whole)):
            raise NoRequestError(place=Place(file=self.source.name, line=1), message=self.message)
        yield RequestEnd(self.payments, self.cents, self.complete, self.notes.not_understood(), self.notes.findings())

    def _file(self, name: str, element: Element) -> None:
        """Keep what is said of the whole file; what a batch says of its file is read with the batch."""
        parent = element.getparent()
        if parent is None or local_name(parent.tag) in {*_BATCHES, "TxInf"}:
            return
        known = {"GrpHdr": REQUEST_GROUP, "OrgnlGrpInf": REQUEST_ORIGINAL}.get(name, REQUEST_FILE)
        read_on(self.group, element, known, self.notes.odd)

    def _head(self, element: Element) -> RequestStream:
        """Yield the head once, before the first batch; assignment and case of a recall stand beside the batches."""
        if self.head is not None:
            return
        path = [element, *element.iterancestors()]
        root = next((one for one in path if local_name(one.tag) in {"CstmrPmtCxlReq", "CstmrPmtRvsl"}), path[-1])
        if local_name(root.tag) == "CstmrPmtCxlReq":
            before = takewhile(lambda one: local_name(one.tag) != "Undrlyg", root)
            read_on(self.group, before, REQUEST_ASSIGNMENT, self.notes.odd)
        raw = self.group.raw
        self.head = RequestHead(
            message=self.message,
            message_id=raw.get("MsgId", ""),
            created=raw.get("CreDtTm", ""),
            initiator=raw.get("initiator", ""),
            case_id=raw.get("case_id", ""),
            request_id=self.group.plain.get("request_id", ""),
            original_message_id=raw.get("OrgnlMsgId", ""),
            original_message=raw.get("OrgnlMsgNmId", ""),
            **_level(self.group),
            line=line_of(root, self.source),
        )
        yield self.head

    def _begin(self, parent: Element, upto: Element) -> RequestStream:
        """Yield the head of a batch, which stands before its first payment."""
        yield from self._head(parent)
        before = list(takewhile(lambda one: one is not upto, parent))
        record = read_element(before, REQUEST_BATCH, self.notes.odd)
        self.batches += 1
        self.batch = RequestBatch(
            **record.plain,
            original_message_id=record.raw.get("OrgnlMsgId", ""),
            **_level(record),
            line=line_of(parent, self.source),
        )
        yield self.batch

    def _batch_end(self, element: Element) -> RequestStream:
        if self.batch is None:
            yield from self._begin(element, element)
        self.batch = None
        forget(element)

    def _payment(self, element: Element) -> RequestStream:
        parent = element.getparent()
        if parent is not None and self.batch is None:
            yield from self._begin(parent, element)
        record = read_element(element, REQUEST_PAYMENT, self.notes.odd)
        raw = record.raw
        fields = transaction_fields(record, self.notes, line_of(element, self.source))
        fields["day"] = fields.pop("execution_day", None)
        if "asked" in raw:
            fields["currency"] = raw.get("asked@") or "EUR"
            fields["asked_cents"] = minor_units(raw["asked"], fields["currency"], self.notes, fields["line"])
        fields |= other_side(raw, debit=self.message.startswith("pain.007"))
        batch = self.batch.payment_information_id if self.batch else ""
        made = RequestPayment(payment_information_id=batch, **fields)
        self._count(made)
        yield made
        forget(element)

    def _count(self, payment: RequestPayment) -> None:
        cents = payment.amount_cents if payment.asked_cents is None else payment.asked_cents
        self.payments += 1
        self.cents += cents or 0
        self.complete = self.complete and cents is not None


def _level(record: Record) -> dict[str, Any]:
    """Return what is asked for on the level of a file or a batch."""
    raw = record.raw
    return {
        "whole": raw.get("whole", "") in _TRUE,
        "reasons": reasons(record),
        "count": raw.get("count", ""),
        "control_sum": raw.get("control_sum", ""),
    }
