"""Amounts of camt messages: minor units, signed by what they do to the account."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from sepa.currencies import minor_digits
from sepa.errors import N_, KasseError, Place
from sepa.money import FractionOfCentError, parse_decimal
from sepa.notes import Notes
from sepa.statements import Charge, OtherAmount
from sepa.xml.walk import Record

_KINDS = (("InstdAmt", "INSTD"), ("TxAmt", "TX"), ("CntrValAmt", "CNTRVAL"), ("AnncdPstngAmt", "ANNCD"))
_VIEWS = frozenset(key for key, _ in _KINDS)
SIGNS = {"CRDT": 1, "DBIT": -1}


class UnfitAmountError(KasseError):
    """An amount finer than the smallest unit of its currency."""

    code = "statement.unfit_amount"
    template = N_("the amount {amount} {currency} has more decimals than the currency; it was rounded")
    hint = N_("ask the bank; the entry must not be posted automatically")


class DirectionError(KasseError):
    """An amount that is neither marked as credit nor as debit."""

    code = "statement.direction"
    template = N_("the amount is marked neither CRDT nor DBIT, but: {text}")
    hint = N_("the file is broken; fetch it from the bank again")


def minor_units(text: str, currency: str, notes: Notes, line: int | None) -> int:
    """Return an amount as whole minor units; one that does not fit is rounded and noted.

    Raises `InvalidAmountError` with its place for a text that is no amount: it is never taken for zero.
    """
    try:
        return _parsed(text, currency)
    except FractionOfCentError:
        notes.add(UnfitAmountError(amount=text, currency=currency), line)
        return int(Decimal(text).scaleb(minor_digits(currency)).to_integral_value(ROUND_HALF_UP))
    except KasseError as error:
        raise error.at(Place(line=line, value=text)).at(notes.place) from None


@lru_cache(maxsize=256)  # the amount of a detail is nearly always the one of its entry
def _parsed(text: str, currency: str) -> int:
    digits = minor_digits(currency)
    bare = text[:-3] + text[-2:]
    if digits == 2 and text[-3:-2] == "." and len(bare) < 16 and bare.isascii() and bare.isdigit():
        return int(bare)  # nearly all, and four times faster
    return parse_decimal(text, digits)


def sign_of(raw: dict[str, str], notes: Notes, line: int | None) -> int:
    """Return 1 for a credit and -1 for a debit; raises `DirectionError`."""
    mark = raw.get("CdtDbtInd", "")
    if mark not in SIGNS:
        raise DirectionError(place=Place(line=line, field="CdtDbtInd").within(notes.place), text=mark)
    return SIGNS[mark]


def charges(record: Record, currency: str, notes: Notes, line: int | None) -> tuple[Charge, ...]:
    """Return the fees of an entry or detail; a fee without direction is money taken."""
    found: list[Charge] = []
    for block in record.many("Chrgs"):
        for fee in block.many("Rcrd") or (block,):
            key = "Amt" if "Amt" in fee.raw else "TtlChrgsAndTaxAmt"
            if key in fee.raw:
                found.append(_charge(fee.raw, key, currency, notes, line))
    return tuple(found)


def _charge(fee: dict[str, str], key: str, currency: str, notes: Notes, line: int | None) -> Charge:
    unit = fee.get(f"{key}@") or currency
    cents = minor_units(fee[key], unit, notes, line)
    return Charge(
        amount_cents=cents if fee.get("CdtDbtInd") == "CRDT" else -cents,
        currency=unit,
        included=fee.get("ChrgInclInd", "true") in {"true", "1"},
        bearer=fee.get("bearer", ""),
        kind=fee.get("kind", ""),
    )


def other_amounts(record: Record, currency: str, notes: Notes, line: int | None) -> tuple[OtherAmount, ...]:
    """Return the amounts in other views, with the exchange rate where one is given; always positive."""
    raw = record.raw
    if not record.records and _VIEWS.isdisjoint(raw):
        return ()
    found: list[OtherAmount] = []
    for key, kind in _KINDS:
        if key in raw:
            unit = raw.get(key + "@") or currency
            cents = minor_units(raw[key], unit, notes, line)
            found.append(OtherAmount(kind, cents, unit, raw.get(key + ".rate", "")))
    for one in record.many("AmtDtls/PrtryAmt"):
        unit = one.raw.get("Amt@") or currency
        cents = minor_units(one.raw.get("Amt", ""), unit, notes, line)
        found.append(OtherAmount("PRTRY", cents, unit, one.raw.get("Amt.rate", ""), one.raw.get("Tp", "")))
    return tuple(found)
