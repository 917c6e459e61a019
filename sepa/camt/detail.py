"""One transaction behind an entry: from the record of a TxDtls to a `Detail`."""

from __future__ import annotations

from dataclasses import dataclass

from sepa.bankcodes import is_return, split_code
from sepa.camt.amounts import charges, minor_units, other_amounts, sign_of
from sepa.camt.party import counterparty, creditor_id
from sepa.notes import Notes
from sepa.statements import Detail, StructuredReference
from sepa.xml.walk import Record

_REFERENCES = (
    "ChqNb",
    "ClrSysRef",
    "AcctOwnrTxId",
    "AcctSvcrTxId",
    "MktInfrstrctrTxId",
    "PrcgId",
    "RtrId",
)
_AMOUNT_KEYS = ("Amt", "TxAmt", "CntrValAmt")


@dataclass(frozen=True, slots=True)
class View:
    """What a detail inherits from its entry and statement."""

    sign: int
    currency: str
    returned: bool
    own_account: str
    line: int | None


def detail(record: Record, view: View, notes: Notes) -> Detail:
    """Return the transaction; raises `InvalidAmountError` and `DirectionError` with their place."""
    get = record.get
    sign = sign_of(record, notes, view.line) if "CdtDbtInd" in record else view.sign
    cents, currency = _amount(record, view, notes)
    other, own = counterparty(
        record,
        credit=sign > 0,
        returned=view.returned or _returned(record),
        own_account=view.own_account,
    )
    return Detail(
        amount_cents=None if cents is None else sign * cents,
        currency=currency,
        message_id=get("Refs/MsgId", ""),
        servicer_reference=get("Refs/AcctSvcrRef", ""),
        payment_information_id=get("Refs/PmtInfId", ""),
        instruction_id=get("Refs/InstrId", ""),
        end_to_end_id=get("Refs/EndToEndId", ""),
        transaction_id=get("Refs/TxId", ""),
        mandate_id=get("Refs/MndtId", ""),
        creditor_id=creditor_id(record) if record.records else "",
        name=other.name,
        iban=other.iban,
        account=other.account,
        bic=other.bic,
        ultimate_name=other.ultimate_name,
        own_ultimate_name=own.ultimate_name,
        remittance=record.lines("RmtInf/Ustrd"),
        structured=_structured(record) if record.records else (),
        purpose=get("purpose", ""),
        return_reason=get("return_reason", ""),
        return_information=record.lines("RtrInf/AddtlInf"),
        bank_transaction_code=domain_code(record),
        proprietary_code=get("proprietary", ""),
        charges=charges(record, view.currency, notes, view.line) if record.records else (),
        other_amounts=other_amounts(record, view.currency, notes, view.line),
        additional_information=get("AddtlTxInf", ""),
        uetr=get("Refs/UETR", ""),
        other_references=_other_references(record),
        structured_text=_structured_text(record) if record.records else (),
        return_originator=get("return_originator", ""),
        local_instrument=get("local_instrument", ""),
    )


def domain_code(record: Record) -> str:
    """Return the ISO bank transaction code as `PMNT-RCDT-ESCT`, or nothing."""
    parts = [record[key] for key in ("domain", "family", "subfamily") if key in record]
    return "-".join(parts)


def _returned(record: Record) -> bool:
    gvc = split_code(record.get("proprietary", "")).gvc
    return "return_reason" in record or is_return(gvc, record.get("subfamily", ""))


def _amount(record: Record, view: View, notes: Notes) -> tuple[int | None, str]:
    """Return the amount in the currency of the entry if the bank gives it, else in its own currency."""
    given = [(record[key], record.get(f"{key}@") or view.currency) for key in _AMOUNT_KEYS if key in record]
    for text, currency in given:
        if currency == view.currency:
            return minor_units(text, currency, notes, view.line), currency
    for text, currency in given:
        return minor_units(text, currency, notes, view.line), currency
    return None, ""


def _structured(record: Record) -> tuple[StructuredReference, ...]:
    found: list[StructuredReference] = []
    for block in record.many("RmtInf/Strd"):
        for one in (block, *block.many("RfrdDocInf")):
            if "reference" in one:
                kind, issuer = one.get("kind", ""), one.get("issuer", "")
                found.append(StructuredReference(one["reference"], kind, issuer))
    return tuple(found)


def _structured_text(record: Record) -> tuple[str, ...]:
    return tuple(line for block in record.many("RmtInf/Strd") for line in block.lines("AddtlRmtInf"))


def _other_references(record: Record) -> tuple[tuple[str, str], ...]:
    known = tuple((name, record[key]) for name in _REFERENCES if (key := f"Refs/{name}") in record)
    own = tuple((one.get("Tp", ""), one["Ref"]) for one in record.many("Refs/Prtry") if "Ref" in one)
    return known + own
