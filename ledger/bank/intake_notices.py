"""Messages that are taken but never posted: intraday reports (camt.052, MT942) and advices with details (camt.054).

An intraday report says what may stand in tomorrow's statement; it is shown, no more. An advice tells the transactions
of a Sammler that the statement books as one sum (`AddtlInfInd/MsgId` points to it): its details join that entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ledger.bank.intake import CURRENCY
from ledger.bank.intake_pages import Page
from ledger.bank.intake_rows import detail_rows, entry_row, iso, single_detail_row
from ledger.store.engines import Row
from sepa.errors import N_, KasseError, Severity
from sepa.statements import Entry

NoticeKind = Literal["intraday", "details"]
_KINDS: tuple[tuple[str, NoticeKind], ...] = (("camt.052", "intraday"), ("MT942", "intraday"), ("camt.054", "details"))
NOTICE_COLUMNS = (
    "line", "kind", "status", "bank_day", "value_day", "amount_cents", "gvc", "servicer_reference",
    "payment_information_id", "message_id", "notice_message_id", "end_to_end_id", "name", "counter_iban", "remittance",
    "detail_count",
)  # fmt: skip


class IntradayError(KasseError):
    """An intraday report, taken to be looked at."""

    code = "statement.intraday"
    template = N_("statement {statement} is an intraday report ({message}): shown, never posted")
    hint = N_("nothing is to be done where the bank delivers the statement of the day too")
    severity: Severity = "info"
    routine = True


class UnfitDetailsError(KasseError):
    """An advice whose details do not make its sum; they would explain an entry wrongly."""

    code = "statement.unfit_details"
    template = N_("the details of {amount_cents} in {statement} do not make that sum; they are not used")
    hint = N_("ask the bank; the entry itself is clarified by hand")
    severity: Severity = "warning"


@dataclass(slots=True)
class Notice:
    """One statement of such a message while it is read: its lines, the details of each by line."""

    page: Page
    kind: NoticeKind
    message: str
    lines: list[Row] = field(default_factory=list)
    details: list[Row] = field(default_factory=list)


def kind_of(message: str) -> NoticeKind | None:
    """Return what is done with a message besides posting it, None where nothing is."""
    return next((kind for start, kind in _KINDS if message.startswith(start)), None)


def message_of(message: str) -> str:
    """Return the name under which the message is kept: without version."""
    return next(start for start, _ in _KINDS if message.startswith(start))


def add(notice: Notice, entry: Entry) -> None:
    """Add an entry to a notice; entries over nothing or in other currencies are only counted."""
    if entry.currency != CURRENCY or not entry.amount_cents:
        notice.page.zero += 1
        return
    page = notice.page
    page.entries += 1
    if entry.status != "BOOK":
        page.pending += 1
    if entry.amount_cents > 0:
        page.credit_cents += entry.amount_cents
    else:
        page.debit_cents -= entry.amount_cents
    details = list(_details(notice, entry)) if notice.kind == "details" else []
    notice.lines.append(_line(notice, entry, len(details)))
    notice.details += [(page.entries, number, *row) for number, row in enumerate(details, 1)]


def _details(notice: Notice, entry: Entry) -> Iterator[Row]:
    rows = list(detail_rows(entry)) if len(entry.details) > 1 else [single_detail_row(entry)] if entry.details else []
    if rows and entry.details_agree and sum(row[0] or 0 for row in rows) == entry.amount_cents:
        yield from rows
    elif entry.details:
        name = notice.page.opened.id
        error = UnfitDetailsError(place=notice.page.place, amount_cents=entry.amount_cents, statement=name)
        notice.page.findings.append(error)


def _line(notice: Notice, entry: Entry, details: int) -> Row:
    row = entry_row(entry)
    batch = {detail.payment_information_id for detail in entry.details if detail.payment_information_id}
    own = next(iter(batch)) if len(batch) == 1 else None
    return (
        notice.page.entries, notice.kind, entry.status or "-", row[0], row[3], entry.amount_cents, row[5],
        entry.servicer_reference or None, entry.batch_payment_information_id or own, entry.batch_message_id or None,
        notice.page.opened.message_id or None, row[8], row[13], row[14], row[15], details,
    )  # fmt: skip


def day_of(notice: Notice) -> str | None:
    """Return the day a notice is of: of its report, else of its last line."""
    days = [day for line in notice.lines if (day := line[3] or line[4])]
    return notice.page.closing_day or max(days, default="") or iso(notice.page.opened.to_day)
