"""One line of a statement: from the record of a Ntry to an `Entry`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from sepa.bankcodes import domain_code, is_return, split_code
from sepa.camt.amounts import SIGNS, DirectionError, charges, other_amounts
from sepa.camt.detail import View
from sepa.errors import N_, KasseError, Place
from sepa.noted_values import minor_units, read_day
from sepa.notes import Notes
from sepa.statement_errors import DetailCountError, DetailSumError
from sepa.statements import Charge, Detail, Entry
from sepa.xml.walk import Record

_TRUE = {"true", "1"}


class EntryAmountError(KasseError):
    """An entry without an amount."""

    code = "statement.entry_amount"
    template = N_("an entry has no amount")
    hint = N_("the file is broken; fetch it from the bank again")


class Codes(NamedTuple):
    """What the codes of an entry or detail say; banks use few combinations, so that they are read once."""

    sign: int
    reversal: bool
    returned: bool
    fields: dict[str, Any]


def codes_of(raw: dict[str, str], plain: dict[str, Any], notes: Notes, line: int | None) -> Codes:
    """Return what the codes of an entry say; raises `DirectionError`."""
    get = raw.get
    if (mark := get("CdtDbtInd")) not in SIGNS:
        raise DirectionError(place=Place(line=line, field="CdtDbtInd").within(notes.place), text=mark or "")
    status = get("Sts.code") or get("Sts")
    own = plain.get("proprietary_code", "")
    return _codes(mark, get("RvslInd"), status, get("domain"), get("family"), get("subfamily"), own)


@lru_cache(maxsize=512)
def _codes(
    mark: str,
    reversal: str | None,
    status: str | None,
    domain: str | None,
    family: str | None,
    subfamily: str | None,
    proprietary: str,
) -> Codes:
    own = split_code(proprietary)
    fields: dict[str, Any] = {
        "status": status or "",
        "reversal": reversal in _TRUE,
        "bank_transaction_code": domain_code(domain, family, subfamily),
        "gvc": own.gvc,
        "primanota": own.primanota,
        "text_key_extension": own.text_key_extension,
    }
    returned = reversal in _TRUE or is_return(own.gvc, subfamily or "")
    return Codes(SIGNS[mark], reversal in _TRUE, returned, fields)


def view_of(record: Record, currency: str, own_account: str, notes: Notes, line: int | None) -> View:
    """Return what the details of an entry inherit from it; raises `DirectionError`."""
    codes = codes_of(record.raw, record.plain, notes, line)
    return View(codes.sign, record.raw.get("Amt@") or currency, codes.returned, own_account, line, codes.fields)


def entry(record: Record, index: int, view: View, details: tuple[Detail, ...], notes: Notes) -> Entry:
    """Return the entry with its details.

    Raises `EntryAmountError`, `InvalidAmountError` and `DirectionError` with their place.
    """
    raw, fields, line = record.raw, record.plain, view.line
    fields |= view.codes
    cents = _add_amount(fields, raw, view, notes)
    fields["index"] = index
    fields["line"] = line
    fields["booking_day"] = read_day(raw.get("BookgDt", ""), notes, line)
    fields["value_day"] = read_day(raw.get("ValDt", ""), notes, line)
    if others := other_amounts(record, view.currency, notes, line):
        fields["other_amounts"] = others
    fees = charges(record, view.currency, notes, line)
    if fees:
        fields["charges"] = fees
    count = _add_batch(fields, record)
    if details:
        fields["details"] = details
        if not fields["gvc"] and details[0].proprietary_code:
            _add_code(fields, details[0].proprietary_code)
        if len(details) > 1 or details[0].amount_cents != cents or count is not None:
            fields["details_agree"] = _agree(cents, view, details, fees, count, notes)
    return Entry.of(fields)


def _add_code(fields: dict[str, Any], proprietary: str) -> None:
    code = split_code(proprietary)
    fields["gvc"], fields["primanota"] = code.gvc, code.primanota
    fields["text_key_extension"] = code.text_key_extension


def _add_amount(fields: dict[str, Any], raw: dict[str, str], view: View, notes: Notes) -> int:
    """Add the signed cents, and the amount as written where it does not fit the currency."""
    written = raw.get("Amt", "")
    if not written:
        raise EntryAmountError(place=Place(line=view.line).within(notes.place))
    before = notes.count
    cents = view.sign * minor_units(written, view.currency, notes, view.line)
    if notes.count != before:
        fields["amount_written"] = written
    fields["amount_cents"] = cents
    fields["currency"] = view.currency
    return cents


def _add_batch(fields: dict[str, Any], record: Record) -> int | None:
    """Add MsgId, PmtInfId and number of transactions of the batch; of several only their numbers, added."""
    batches = [one.raw for one in record.many("Btch")]
    if not batches:
        return None
    numbers = [one.get("NbOfTxs", "") for one in batches]
    count = sum(map(int, numbers)) if all(map(_is_number, numbers)) else None
    one = batches[0] if len(batches) == 1 else {}
    fields["batch_message_id"] = one.get("MsgId", "")
    fields["batch_payment_information_id"] = one.get("PmtInfId", "")
    fields["batch_count"] = count
    return count


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
    if count is not None and count != len(details):
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
