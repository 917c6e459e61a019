"""One line of a statement: from the record of a Ntry to an `Entry`."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sepa.bankcodes import is_return, split_code
from sepa.camt.amounts import charges, minor_units, other_amounts, sign_of
from sepa.camt.detail import View, detail, domain_code
from sepa.errors import N_, KasseError, Place
from sepa.notes import Notes
from sepa.statements import Charge, Detail, Entry
from sepa.xml.walk import Record

_TRUE = {"true", "1"}


class InvalidDateError(KasseError):
    """A date that does not exist."""

    code = "statement.invalid-date"
    template = N_("not a date: {text}")
    hint = N_("ask the bank; the entry stays without this date")
    severity = "warning"


class EntryAmountError(KasseError):
    """An entry without an amount."""

    code = "statement.entry-amount"
    template = N_("an entry has no amount")
    hint = N_("the file is broken; fetch it from the bank again")


class DetailSumError(KasseError):
    """Details whose amounts do not add up to their entry."""

    code = "statement.detail-sum"
    template = N_("the details add up to {details_cents}, the entry is {entry_cents}")
    hint = N_("post the entry only as a whole and ask the bank for the missing details")
    severity = "warning"


class DetailCountError(KasseError):
    """Another number of details than the batch names."""

    code = "statement.detail-count"
    template = N_("the entry names {expected} transactions, but {found} details are there")
    hint = N_("post the entry only as a whole and ask the bank for the missing details")
    severity = "warning"


def read_day(text: str, notes: Notes, line: int | None) -> date | None:
    """Return the day of an ISO date or date-time as written there, without any shift of time zone."""
    day = _day(text)
    if text and day is None:
        notes.add(InvalidDateError(place=Place(value=text), text=text), line)
    return day


@lru_cache(maxsize=1024)
def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def view_of(record: Record, currency: str, own_account: str, notes: Notes, line: int | None) -> View:
    """Return what the details of an entry inherit from it; raises `DirectionError`."""
    code = split_code(record.get("proprietary", ""))
    returned = record.get("RvslInd", "") in _TRUE or is_return(code.gvc, record.get("subfamily", ""))
    return View(
        sign=sign_of(record, notes, line),
        currency=record.get("Amt@") or currency,
        returned=returned,
        own_account=own_account,
        line=line,
    )


def entry(record: Record, index: int, view: View, earlier: list[Detail], notes: Notes) -> Entry:
    """Return the entry with its details, those of `earlier` first.

    Raises `EntryAmountError`, `InvalidAmountError` and `DirectionError` with their place.
    """
    get, line = record.get, view.line
    cents, written = _amount(record, view, notes)
    details = (*earlier, *(detail(one, view, notes) for one in record.many("TxDtls")))
    fees = charges(record, view.currency, notes, line) if record.records else ()
    message_id, payment_information_id, count = _batch(record)
    code = split_code(get("proprietary") or (details[0].proprietary_code if details else ""))
    return Entry(
        index=index,
        amount_cents=cents,
        currency=view.currency,
        status=get("Sts.code") or get("Sts", ""),
        booking_day=read_day(get("BookgDt", ""), notes, line),
        value_day=read_day(get("ValDt", ""), notes, line),
        reversal=get("RvslInd", "") in _TRUE,
        reference=get("NtryRef", ""),
        servicer_reference=get("AcctSvcrRef", ""),
        bank_transaction_code=domain_code(record),
        proprietary_code=get("proprietary", ""),
        gvc=code.gvc,
        primanota=code.primanota,
        text_key_extension=code.text_key_extension,
        batch_message_id=message_id,
        batch_payment_information_id=payment_information_id,
        batch_count=count,
        detail_message_id=get("AddtlInfInd/MsgId", ""),
        charges=fees,
        other_amounts=other_amounts(record, view.currency, notes, line),
        details=details,
        additional_information=get("AddtlNtryInf", ""),
        line=line,
        amount_written=written,
        details_agree=_agree(cents, view, details, fees, count, notes),
    )


def _amount(record: Record, view: View, notes: Notes) -> tuple[int, str]:
    """Return the signed cents, and the amount as written where it does not fit the currency."""
    written = record.get("Amt", "")
    if not written:
        raise EntryAmountError(place=Place(line=view.line).within(notes.place))
    before = notes.count
    cents = view.sign * minor_units(written, view.currency, notes, view.line)
    return cents, "" if notes.count == before else written


def _batch(record: Record) -> tuple[str, str, int | None]:
    """Return MsgId, PmtInfId and number of transactions of the batch; several batches only add their numbers."""
    batches = record.many("Btch")
    if not batches:
        return "", "", None
    numbers = [one.get("NbOfTxs", "") for one in batches]
    count = sum(map(int, numbers)) if all(map(_is_number, numbers)) else None
    one = batches[0] if len(batches) == 1 else Record()
    return one.get("MsgId", ""), one.get("PmtInfId", ""), count


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15


def _agree(
    cents: int,
    view: View,
    details: tuple[Detail, ...],
    fees: tuple[Charge, ...],
    count: int | None,
    notes: Notes,
) -> bool:
    """Tell whether the details fit the entry in number and sum, with or without the fees named beside them."""
    if details and count is not None and count != len(details):
        notes.add(DetailCountError(expected=count, found=len(details)), view.line)
        return False
    given = [one.amount_cents for one in details if one.currency == view.currency]
    if not given or len(given) != len(details):
        return True
    total = sum(amount or 0 for amount in given)
    taken = sum(fee.amount_cents for one in (fees, *(d.charges for d in details)) for fee in one)
    if cents in {total, total + taken}:
        return True
    notes.add(DetailSumError(details_cents=total, entry_cents=cents), view.line)
    return False
