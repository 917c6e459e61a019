"""Status reports of a bank about our orders (pain.002), verification of payee included, in constant memory."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from sepa.errors import N_, KasseError, Place
from sepa.noted_values import minor_units, read_day
from sepa.notes import Notes
from sepa.reading import UnknownVersionError, identify
from sepa.report_tables import REPORT_BATCH, REPORT_FILE, REPORT_GROUP, REPORT_TRANSACTION
from sepa.sources import DEFAULT, Limits, Source, opened
from sepa.statusreports import (
    VOP_STATUSES,
    BatchStatus,
    ReportEnd,
    ReportHead,
    StatusCount,
    StatusReason,
    StatusStream,
    TransactionStatus,
    VopResult,
)
from sepa.xml.parser import elements, forget, line_of
from sepa.xml.walk import Record, read_element

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NAMES = ("GrpHdr", "OrgnlGrpInfAndSts", "OrgnlPmtInfAndSts", "TxInfAndSts")
_VERSIONS = re.compile(r"pain\.002(?:\.00[1-3]\.(?:0[2-9]|1[0-5])(?:\.\w+)*)?")
_UNFINISHED = frozenset({"RVNC", "PDNG"})
_LISTED = frozenset({"RJCT", "RVMC", "RVNM", "RVNA", "RVNC"})  # what a bank counts, it must list


class NotAStatusReportError(KasseError):
    """A known file, but no status report."""

    code = "file.not_a_status_report"
    template = N_("this is {name}, not a status report")
    hint = N_("status reports come as pain.002")


class NoStatusError(KasseError):
    """A status report that says nothing about any file of ours."""

    code = "report.none"
    template = N_("the report {message} names no file, batch or payment")
    hint = N_("ask the bank for the complete file")


class CounterError(KasseError):
    """Another number of transactions under a status than the bank counts."""

    code = "report.counter"
    template = N_("the bank counts {expected} transactions as {status}, the report lists {found}")
    hint = N_("the report may be incomplete; ask the bank before relying on it")
    severity = "warning"


def read_status_report(source: Path | BinaryIO | Source, *, limits: Limits = DEFAULT) -> StatusStream:
    """Yield `ReportHead`, each `BatchStatus` with its `TransactionStatus`es, and `ReportEnd`.

    Raises `NotAStatusReportError`, `UnknownVersionError`, `NoStatusError`, `XmlError` and the like, each with place.
    """
    with opened(source, limits) as file:
        kind = identify(file)
        if kind.family != "pain.002":
            raise NotAStatusReportError(place=Place(file=file.name, line=1), name=kind.name)
        if not _VERSIONS.fullmatch(kind.name):
            raise UnknownVersionError(place=Place(file=file.name, line=1), name=kind.name)
        yield from _Reader(file, kind.name).events()


class _Reader:
    """What is known of the report being read."""

    def __init__(self, source: Source, message: str) -> None:
        self.source = source
        self.message = message
        self.notes = Notes(source.place)
        self.group = Record()
        self.head: ReportHead | None = None
        self.batch: BatchStatus | None = None
        self.seen: Counter[str] = Counter()
        self.levels: set[str] = set()

    def events(self) -> StatusStream:
        """Yield the values of the report."""
        for name, element in elements(self.source, _NAMES):
            if name == "GrpHdr":
                self.group = read_element(element, REPORT_GROUP, self.notes.odd)
            elif name == "OrgnlGrpInfAndSts":
                yield self._head(element)
            elif name == "OrgnlPmtInfAndSts":
                if self.batch is None:
                    yield self._batch(element, element)
                self.batch = None
            else:
                yield from self._transaction(element)
            forget(element)
        if self.head is None and not self.seen and not self.levels:
            raise NoStatusError(place=Place(file=self.source.name, line=1), message=self.message)
        yield self._end()

    def _head(self, element: Element) -> ReportHead:
        record = read_element(element, REPORT_FILE, self.notes.odd)
        raw, line = record.raw, line_of(element, self.source)
        self.head = ReportHead(
            message=self.message,
            message_id=self.group.raw.get("MsgId", ""),
            original_message_id=raw.get("OrgnlMsgId", ""),
            original_message=raw.get("OrgnlMsgNmId", ""),
            created=self.group.raw.get("CreDtTm", ""),
            **self._status(record, line),
        )
        return self.head

    def _batch(self, element: Element, upto: Element) -> BatchStatus:
        """Return the head of a batch, which stands before its first transaction."""
        before = list(takewhile(lambda one: one is not upto, element))
        record = read_element(before, REPORT_BATCH, self.notes.odd)
        status = self._status(record, line_of(element, self.source))
        self.batch = BatchStatus(payment_information_id=record.raw.get("OrgnlPmtInfId", ""), **status)
        return self.batch

    def _status(self, record: Record, line: int | None) -> dict[str, Any]:
        """Return what file and batch have in common."""
        raw = record.raw
        self.levels.add(raw.get("status", ""))
        number = raw.get("OrgnlNbOfTxs", "")
        return {
            "status": raw.get("status", ""),
            "reasons": reasons(record),
            "counts": tuple(self._count(one.raw, line) for one in record.many("NbOfTxsPerSts")),
            "original_count": int(number) if _is_number(number) else None,
            "original_sum_cents": self._sum(raw.get("OrgnlCtrlSum", ""), line),
            "line": line,
        }

    def _count(self, raw: dict[str, str], line: int | None) -> StatusCount:
        number = raw.get("DtldNbOfTxs", "")
        total = self._sum(raw.get("DtldCtrlSum", ""), line)
        return StatusCount(raw.get("DtldSts", ""), int(number) if _is_number(number) else 0, total)

    def _sum(self, text: str, line: int | None) -> int | None:
        return minor_units(text, "EUR", self.notes, line) if text else None

    def _transaction(self, element: Element) -> StatusStream:
        parent = element.getparent()
        if parent is not None and self.batch is None and str(parent.tag).endswith("OrgnlPmtInfAndSts"):
            yield self._batch(parent, element)
        record = read_element(element, REPORT_TRANSACTION, self.notes.odd)
        fields = transaction_fields(record, self.notes, line_of(element, self.source))
        batch = self.batch.payment_information_id if self.batch else record.raw.get("batch", "")
        status = record.raw.get("status", "")
        self.seen[status] += 1
        yield TransactionStatus(payment_information_id=batch, status=status, **self._other_side(record.raw), **fields)

    def _other_side(self, raw: dict[str, str]) -> dict[str, Any]:
        """Return name and account of the other side: the payee of a transfer, the debtor of a direct debit."""
        debit = bool(self.head and self.head.original_message.startswith("pain.008"))
        return other_side(raw, debit=debit)

    def _end(self) -> ReportEnd:
        self._check_counts()
        vop = (self.seen.keys() | self.levels) & VOP_STATUSES
        return ReportEnd(
            transactions=self.seen.total(),
            by_status=tuple(sorted(self.seen.items())),
            vop=self._vop() if vop else None,
            not_understood=self.notes.not_understood(),
            findings=self.notes.findings(),
        )

    def _check_counts(self) -> None:
        """Note where the file's counters and the listed transactions disagree (payments that match may be left out)."""
        for count in self.head.counts if self.head else ():
            if count.status in _LISTED and count.number != self.seen[count.status]:
                finding = CounterError(status=count.status, expected=count.number, found=self.seen[count.status])
                self.notes.add(finding, self.head.line if self.head else None)

    def _vop(self) -> VopResult:
        """Return the result, from transactions and counters, whichever is worse; doubt counts as pending."""
        counted = {one.status: one.number for one in self.head.counts} if self.head else {}
        close, wrong, unavailable, pending, matched = (
            sum(max(self.seen[status], counted.get(status, 0)) for status in statuses)
            for statuses in (("RVMC",), ("RVNM",), ("RVNA",), _UNFINISHED, ("RCVC",))
        )
        total = (self.head.original_count if self.head else None) or self.seen.total()
        if not pending and self.levels & _UNFINISHED:
            pending = max(pending, total - matched - close - wrong - unavailable, 1)
        listed = close + wrong + unavailable + pending
        if not listed and self.levels & VOP_STATUSES - {"RCVC"}:
            return VopResult(matched, 0, 0, 0, max(total - matched, 1))
        return VopResult(matched or max(total - listed, 0), close, wrong, unavailable, pending)


def reasons(record: Record) -> tuple[StatusReason, ...]:
    """Return the reasons of a status."""
    return tuple(
        StatusReason(
            code=one.raw.get("code", ""),
            information=tuple(line.strip() for line in one.lines("AddtlInf")),
            originator=one.raw.get("originator", ""),
        )
        for one in record.many("StsRsnInf")
    )


def transaction_fields(record: Record, notes: Notes, line: int | None) -> dict[str, Any]:
    """Return what a report and an answer repeat of a payment."""
    raw, fields = record.raw, record.plain
    fields["reasons"] = reasons(record)
    fields["line"] = line
    key = "Amt" if "Amt" in raw else "settled"
    if key in raw:
        fields["currency"] = raw.get(f"{key}@") or "EUR"
        fields["amount_cents"] = minor_units(raw[key], fields["currency"], notes, line)
    if mandate := raw.get("mandate_id"):
        fields["mandate_id"] = mandate
    if day := raw.get("day"):
        fields["execution_day"] = read_day(day, notes, line)
    return fields


def other_side(raw: dict[str, str], *, debit: bool) -> dict[str, Any]:
    """Return name, IBAN and BIC of the payee, or of the debtor of a direct debit or where only he is named."""
    role = "Dbtr" if debit or not ({"Cdtr", "Cdtr.iban"} & raw.keys()) else "Cdtr"
    return {
        "name": raw.get(role, ""),
        "iban": raw.get(f"{role}.iban", ""),
        "bic": raw.get(f"{role}.bic", ""),
    }


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
