"""Status reports, answers, reversals and recalls into the spool."""

from __future__ import annotations

from collections.abc import Callable

from kasse_cli.commands.sepa.families import Group
from kasse_cli.commands.sepa.taking import FileRead, Taker, not_understood
from sepa.camt029 import read_cancellation_answer
from sepa.conversion_notices import (
    answer_head_row,
    answer_row,
    batch_status_row,
    payment_status_row,
    report_end_row,
    report_head_row,
    request_batch_row,
    request_head_row,
    request_payment_row,
)
from sepa.pain002 import read_status_report
from sepa.request_reading import read_requests
from sepa.requests import RequestBatch, RequestEnd, RequestHead, RequestPayment
from sepa.sources import Source
from sepa.statusreports import (
    BatchStatus,
    CancellationEnd,
    CancellationHead,
    CancellationStatus,
    ReportEnd,
    ReportHead,
    TransactionStatus,
)


def take_report(taker: Taker, source: Source, file: FileRead) -> None:
    """Read a status report: a section for each batch; payments outside of one have a section of their own."""
    batch: BatchStatus | None = None
    taker.begin()
    for event in read_status_report(source):
        if isinstance(event, TransactionStatus):
            batch = batch or BatchStatus(event.payment_information_id)
            file.currencies |= {event.currency: None} if event.currency else {}
            file.statuses[event.status] += 1
            taker.row(payment_status_row, event, file)
        elif isinstance(event, BatchStatus):
            _end_batch(taker, batch, file)
            batch = event
        elif isinstance(event, ReportHead):
            file.head = report_head_row(event) | file.head
        else:
            assert isinstance(event, ReportEnd)
            _end_batch(taker, batch, file)
            file.head |= report_end_row(event)
            _end(event, file)


def _end_batch(taker: Taker, batch: BatchStatus | None, file: FileRead) -> None:
    if batch is not None:
        taker.end(batch_status_row(batch), file)


def take_answer(taker: Taker, source: Source, file: FileRead) -> None:
    """Read an answer to recalls: one section, each row with its level."""
    head: CancellationHead | None = None
    taker.begin()
    for event in read_cancellation_answer(source):
        if isinstance(event, CancellationStatus):
            file.currencies |= {event.currency: None} if event.currency else {}
            file.statuses[event.status] += 1
            taker.row(answer_row, event, file)
        elif isinstance(event, CancellationHead):
            head = event
        else:
            assert isinstance(event, CancellationEnd)
            assert head is not None
            file.head = answer_head_row(head, event)
            _end(event, file)
    taker.end({}, file)


def take_request(taker: Taker, source: Source, file: FileRead) -> None:
    """Read reversals or recalls: a section for each batch."""
    head: RequestHead | None = None
    batch: RequestBatch | None = None
    taker.begin()
    for event in read_requests(source):
        if isinstance(event, RequestPayment):
            file.currencies |= {event.currency: None} if event.currency else {}
            taker.row(request_payment_row, event, file)
        elif isinstance(event, RequestHead):
            head = event
        else:
            if batch is not None:
                taker.end(request_batch_row(batch), file)
            batch = event if isinstance(event, RequestBatch) else None
            if isinstance(event, RequestEnd):
                assert head is not None
                file.head = request_head_row(head, event)
                _end(event, file)


def _end(end: ReportEnd | CancellationEnd | RequestEnd, file: FileRead) -> None:
    file.findings += end.findings
    file.findings += not_understood(end.not_understood, file.path, None)


TAKERS: dict[Group, Callable[[Taker, Source, FileRead], None]] = {
    "reports": take_report,
    "answers": take_answer,
    "requests": take_request,
}
