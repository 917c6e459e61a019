"""Amounts of camt messages: minor units, signed by what they do to the account."""

from __future__ import annotations

from sepa.errors import N_, KasseError, Place
from sepa.noted_values import minor_units
from sepa.notes import Notes
from sepa.statements import Charge, OtherAmount
from sepa.xml.walk import Record

_KINDS = (("InstdAmt", "INSTD"), ("TxAmt", "TX"), ("CntrValAmt", "CNTRVAL"), ("AnncdPstngAmt", "ANNCD"))
_VIEWS = frozenset(key for key, _ in _KINDS)
SIGNS = {"CRDT": 1, "DBIT": -1}


class DirectionError(KasseError):
    """An amount that is neither marked as credit nor as debit."""

    code = "statement.direction"
    template = N_("the amount is marked neither CRDT nor DBIT, but: {text}")
    hint = N_("the file is broken; fetch it from the bank again")


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
