"""One transaction behind an entry: from the record of a TxDtls to a `Detail`."""

from __future__ import annotations

from typing import Any, NamedTuple

from sepa.bankcodes import domain_code, is_return, split_code
from sepa.camt.amounts import charges, other_amounts, sign_of
from sepa.camt.party import add_counterparty, creditor_id
from sepa.mt.keywords import KEYWORD, split_keywords
from sepa.noted_values import minor_units
from sepa.notes import Notes
from sepa.reasons import reason_of_text_key
from sepa.statements import Detail, StructuredReference
from sepa.xml.walk import Record

_REFERENCES = ("ChqNb", "ClrSysRef", "AcctOwnrTxId", "AcctSvcrTxId", "MktInfrstrctrTxId", "PrcgId", "RtrId")
_AMOUNT_KEYS = ("Amt", "TxAmt", "CntrValAmt")


class View(NamedTuple):
    """What a detail inherits from its entry and statement."""

    sign: int
    currency: str
    returned: bool
    own_account: str
    line: int | None
    codes: dict[str, Any]


def detail(record: Record, view: View, notes: Notes) -> Detail:
    """Return the transaction; raises `InvalidAmountError` and `DirectionError` with their place."""
    raw, texts, fields = record.raw, record.texts, record.plain
    sign = sign_of(raw, notes, view.line) if "CdtDbtInd" in raw else view.sign
    _add_amount(fields, raw, sign, view, notes)
    returned = view.returned or _returned(fields, raw)
    if returned and "return_reason" not in fields and (reason := _reason_of_codes(fields, view)):
        fields["return_reason"] = reason
    add_counterparty(fields, raw, credit=sign > 0, returned=returned, own_account=view.own_account)
    if "domain" in raw:
        fields["bank_transaction_code"] = domain_code(raw["domain"], raw.get("family"), raw.get("subfamily"))
    if others := other_amounts(record, view.currency, notes, view.line):
        fields["other_amounts"] = others
    if texts and "RmtInf/Ustrd" in texts:
        lines = texts["RmtInf/Ustrd"]
        fields["remittance"] = tuple(lines)
        if lines[0][4:5] == "+" and KEYWORD.match(lines[0]):
            _split_keywords(fields, "".join(lines))
    if record.records or (texts and len(texts) > ("remittance" in fields)):
        fields |= {key: value for key, value in _rare(record, view, notes).items() if value or key not in fields}
    return Detail.of(fields)


_KEYWORD_FIELDS = {
    "EREF": "end_to_end_id",
    "KREF": "payment_information_id",
    "MREF": "mandate_id",
    "CRED": "creditor_id",
    "PURP": "purpose",
}


def _split_keywords(fields: dict[str, Any], text: str) -> None:
    """Take the keywords of MT940 apart that some banks leave in the text; what has its own element already counts."""
    words, remittance = split_keywords(text)
    fields["remittance"] = remittance
    for word, value in words.items():
        if word in _KEYWORD_FIELDS:
            fields.setdefault(_KEYWORD_FIELDS[word], value)
        else:
            fields["other_references"] = (*fields.get("other_references", ()), (word, value))


def _rare(record: Record, view: View, notes: Notes) -> dict[str, Any]:
    """Return the fields that come from repeated elements."""
    blocks = record.many("RmtInf/Strd")
    return {
        "creditor_id": creditor_id(record),
        "structured": _structured(blocks),
        "structured_text": tuple(line for block in blocks for line in block.lines("AddtlRmtInf")),
        "return_information": record.lines("RtrInf/AddtlInf"),
        "charges": charges(record, view.currency, notes, view.line),
        "other_references": _other_references(record),
    }


def _returned(fields: dict[str, Any], raw: dict[str, str]) -> bool:
    if "return_reason" in fields:
        return True
    code, subfamily = fields.get("proprietary_code"), raw.get("subfamily")
    return bool(code or subfamily) and is_return(split_code(code or "").gvc, subfamily or "")


def _reason_of_codes(fields: dict[str, Any], view: View) -> str:
    """Return the reason that the German code of the transaction, else of its entry, gives for a return."""
    own = split_code(fields.get("proprietary_code", "")).text_key_extension
    return reason_of_text_key(own or view.codes["text_key_extension"])


def _add_amount(fields: dict[str, Any], raw: dict[str, str], sign: int, view: View, notes: Notes) -> None:
    """Add the amount in the currency of the entry if the bank gives it, else in its own currency."""
    first = ""
    for key in _AMOUNT_KEYS:
        if key in raw:
            first = first or key
            if (raw.get(key + "@") or view.currency) == view.currency:
                fields["currency"] = view.currency
                fields["amount_cents"] = sign * minor_units(raw[key], view.currency, notes, view.line)
                return
    if first:
        fields["currency"] = raw[first + "@"]
        fields["amount_cents"] = sign * minor_units(raw[first], raw[first + "@"], notes, view.line)


def _structured(blocks: list[Record]) -> tuple[StructuredReference, ...]:
    found: list[StructuredReference] = []
    for block in blocks:
        for one in (block, *block.many("RfrdDocInf")):
            if "reference" in one.raw:
                kind, issuer = one.raw.get("kind", ""), one.raw.get("issuer", "")
                found.append(StructuredReference(one.raw["reference"], kind, issuer))
    return tuple(found)


def _other_references(record: Record) -> tuple[tuple[str, str], ...]:
    known = [(name, text.strip()) for name in _REFERENCES for text in record.lines(name)]
    own = [(one.raw.get("Tp", ""), one.raw["Ref"]) for one in record.many("Refs/Prtry") if "Ref" in one.raw]
    return (*known, *own)
