"""Amounts of camt messages: minor units, signed by what they do to the account."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from sepa.currencies import minor_digits
from sepa.errors import N_, KasseError, Place
from sepa.money import FractionOfCentError, parse_decimal
from sepa.notes import Notes
from sepa.statements import Charge, OtherAmount
from sepa.xml.walk import Record

_KINDS = {"InstdAmt": "INSTD", "TxAmt": "TX", "CntrValAmt": "CNTRVAL", "AnncdPstngAmt": "ANNCD"}
_SIGNS = {"CRDT": 1, "DBIT": -1}


class UnfitAmountError(KasseError):
    """An amount finer than the smallest unit of its currency."""

    code = "statement.unfit-amount"
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
    digits = minor_digits(currency)
    try:
        return parse_decimal(text, digits)
    except FractionOfCentError:
        notes.add(UnfitAmountError(amount=text, currency=currency), line)
        return int(Decimal(text).scaleb(digits).to_integral_value(ROUND_HALF_UP))
    except KasseError as error:
        raise error.at(Place(line=line, value=text)).at(notes.place) from None


def sign_of(record: Record, notes: Notes, line: int | None) -> int:
    """Return 1 for a credit and -1 for a debit; raises `DirectionError`."""
    mark = record.get("CdtDbtInd", "")
    if mark not in _SIGNS:
        raise DirectionError(place=Place(line=line, field="CdtDbtInd").within(notes.place), text=mark)
    return _SIGNS[mark]


def charges(record: Record, currency: str, notes: Notes, line: int | None) -> tuple[Charge, ...]:
    """Return the fees of an entry or detail; a fee without direction is money taken."""
    found: list[Charge] = []
    for block in record.many("Chrgs"):
        fees = block.many("Rcrd") or (block,)
        for fee in fees:
            text, unit = _fee_amount(fee)
            if text:
                found.append(_charge(fee, text, unit or currency, notes, line))
    return tuple(found)


def _fee_amount(fee: Record) -> tuple[str, str]:
    key = "Amt" if "Amt" in fee else "TtlChrgsAndTaxAmt"
    return fee.get(key, ""), fee.get(f"{key}@", "")


def _charge(fee: Record, text: str, currency: str, notes: Notes, line: int | None) -> Charge:
    cents = minor_units(text, currency, notes, line)
    return Charge(
        amount_cents=cents if fee.get("CdtDbtInd") == "CRDT" else -cents,
        currency=currency,
        included=fee.get("ChrgInclInd", "true") in {"true", "1"},
        bearer=fee.get("bearer", ""),
        kind=fee.get("kind", ""),
    )


def other_amounts(record: Record, currency: str, notes: Notes, line: int | None) -> tuple[OtherAmount, ...]:
    """Return the amounts in other views, with the exchange rate where one is given; always positive."""
    found = [
        OtherAmount(
            kind=kind,
            amount_cents=minor_units(record[key], record.get(f"{key}@") or currency, notes, line),
            currency=record.get(f"{key}@") or currency,
            rate=record.get(f"{key}.rate", ""),
        )
        for key, kind in _KINDS.items()
        if key in record
    ]
    for own in record.many("AmtDtls/PrtryAmt"):
        unit = own.get("Amt@") or currency
        cents = minor_units(own.get("Amt", ""), unit, notes, line)
        found.append(OtherAmount("PRTRY", cents, unit, own.get("Amt.rate", ""), own.get("Tp", "")))
    return tuple(found)
