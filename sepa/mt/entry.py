"""One entry of an MT message: its :61: and what :86: and :NS: say of it, as an `Entry` with one `Detail`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from sepa.bankcodes import is_return
from sepa.mt.amounts import fee, original, other_amount
from sepa.mt.information import Information, read_information
from sepa.mt.line import Line, read_line
from sepa.mt.nonswift import read_nonswift
from sepa.notes import Notes
from sepa.reasons import reason_of_text_key, transaction
from sepa.statements import Detail, Entry, StructuredReference
from sepa.xml.walk import count

_FIELDS = {
    "EREF": "end_to_end_id",
    "KREF": "payment_information_id",
    "PREF": "payment_information_id",
    "MREF": "mandate_id",
    "MARF": "mandate_id",
    "CRED": "creditor_id",
    "CSID": "creditor_id",
    "BREF": "servicer_reference",
    "IREF": "instruction_id",
    "NAME": "name",
    "BIC": "bic",
    "IBAN": "iban",
    "RTRN": "return_reason",
}
_ULTIMATES = {"ABWA": True, "ULTD": True, "ABWE": False, "ULTB": False, "ULTC": False}
_AMOUNTS = {"OAMT": original, "OCMT": original, "COAM": fee, "CHGS": fee}
_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_SUPPLEMENT = re.compile(r"/(OCMT|CHGS)/([^/\n]*)/?")


class Pending(NamedTuple):
    """The fields of one entry as they stand in the file, with the line where it begins."""

    text: str
    line: int
    information: list[str]
    nonswift: list[str]


class Frame(NamedTuple):
    """What an entry takes from its statement."""

    currency: str
    interim: bool


def read_entry(pending: Pending, index: int, frame: Frame, notes: Notes) -> Entry:
    """Return the entry; raises `MtFieldError` and `InvalidAmountError` with their place."""
    line = read_line(pending.text, frame.currency, notes, pending.line)
    fields: dict[str, Any] = {
        "index": index,
        "amount_cents": line.amount_cents,
        "currency": frame.currency,
        "status": "PDNG" if frame.interim or line.expected else "BOOK",
        "booking_day": line.booking_day,
        "value_day": line.value_day,
        "line": pending.line,
    }
    if line.reversal:
        fields["reversal"] = True
    if line.reference:
        fields["reference"] = line.reference
    if line.servicer_reference:
        fields["servicer_reference"] = line.servicer_reference
    if line.written:
        fields["amount_written"] = line.written
    _add_information(fields, line, pending, notes)
    return Entry.of(fields)


def _add_information(fields: dict[str, Any], line: Line, pending: Pending, notes: Notes) -> None:
    """Add the codes and the one transaction that the texts tell of."""
    information = _information(pending, notes)
    parts = information.parts
    primanota, extension = parts.get("10", "").strip(), parts.get("34", "").strip()
    fields["gvc"] = information.gvc
    fields["primanota"] = primanota
    fields["text_key_extension"] = extension
    fields["proprietary_code"] = f"{line.type}+{information.gvc}+{primanota}+{extension}".rstrip("+")
    if booking_text := parts.get("00", "").strip():
        fields["additional_information"] = booking_text
    detail = _detail(fields, line, information)
    if line.supplement:
        _add_supplement(fields, detail, line.supplement, notes, pending.line)
    for odd in _add_amounts(fields, information.words, notes, pending.line):
        detail["other_references"] = (*detail.get("other_references", ()), odd)
    if transaction(information.gvc).batch and "payment_information_id" in detail:
        fields["batch_payment_information_id"] = detail["payment_information_id"]
    if detail:
        detail["amount_cents"], detail["currency"] = line.amount_cents, fields["currency"]
        fields["details"] = (Detail.of(detail),)


def _information(pending: Pending, notes: Notes) -> Information:
    if pending.nonswift:
        information, odd = read_nonswift("\n".join(pending.nonswift))
        _count(odd, notes)
        if not pending.information:
            return information
    texts = pending.information
    information = read_information(texts[0] if len(texts) == 1 else "\n".join(texts))
    _count(information.odd, notes)
    return information


def _count(odd: Iterable[str], notes: Notes) -> None:
    for path in odd:
        count(notes.odd, path)


def _detail(fields: dict[str, Any], line: Line, information: Information) -> dict[str, Any]:
    """Return the fields of the transaction; the numbered parts go before the keywords."""
    detail: dict[str, Any] = {}
    returned = line.reversal or is_return(information.gvc, "")
    for word, text in information.words.items():
        if word in _FIELDS:
            detail[_FIELDS[word]] = text
        elif word in _ULTIMATES:
            other = _ULTIMATES[word] == ((line.amount_cents > 0) != returned)
            detail["ultimate_name" if other else "own_ultimate_name"] = text
        elif word not in _AMOUNTS:
            _add_rare(detail, word, text)
    if information.parts:
        _add_party(detail, information)
    if information.remittance:
        detail["remittance"] = information.remittance
    if returned and (reason := reason_of_text_key(fields["text_key_extension"])):
        detail.setdefault("return_reason", reason)
    return detail


def _add_rare(detail: dict[str, Any], word: str, text: str) -> None:
    if word == "STRD":
        detail["structured"] = (StructuredReference(text, "SCOR" if text.startswith("RF") else ""),)
    elif word == "PURP":
        detail["purpose"] = text.removeprefix("CD/").strip("/")
    else:
        detail["other_references"] = (*detail.get("other_references", ()), (word, text))


def _add_party(detail: dict[str, Any], information: Information) -> None:
    """Add bank, account and name of the other side from ?30 to ?33 and ?38."""
    parts = information.parts
    bank, account = parts.get("30", "").strip(), parts.get("31", "").strip()
    if name := information.name:
        detail["name"] = name
    if _ACCOUNT.fullmatch(account):
        detail["iban"] = account
    elif account:
        detail["account"] = f"{bank}/{account}" if bank.isdigit() else account
    if bank and not bank.isdigit():
        detail["bic"] = bank
    if "38" in parts and (iban := "".join(parts["38"].split())):
        detail.setdefault("iban" if _ACCOUNT.fullmatch(iban) else "account", iban)


def _add_amounts(fields: dict[str, Any], words: dict[str, str], notes: Notes, line: int) -> list[tuple[str, str]]:
    """Add original amount and fees; return those that are no amounts, so that nothing is lost."""
    odd: list[tuple[str, str]] = []
    for word in _AMOUNTS.keys() & words.keys():
        found = other_amount(words[word], fields["currency"], notes, line)
        if found is None:
            odd.append((word, words[word]))
        else:
            key = "other_amounts" if _AMOUNTS[word] is original else "charges"
            fields[key] = (*fields.get(key, ()), _AMOUNTS[word](*found))
    return sorted(odd)


def _add_supplement(fields: dict[str, Any], detail: dict[str, Any], text: str, notes: Notes, line: int) -> None:
    """Add what stands in the second line of :61:: amounts in the DK form, else a text."""
    words = dict(_SUPPLEMENT.findall(text))
    if words:
        for odd in _add_amounts(fields, words, notes, line):
            detail["other_references"] = (*detail.get("other_references", ()), odd)
        return
    if "additional_information" in fields:
        detail["additional_information"] = text
    else:
        fields["additional_information"] = text
