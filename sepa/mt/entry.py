"""One entry of an MT message: its :61: and what :86: and :NS: say of it, as an `Entry` with one `Detail`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from sepa.bankcodes import is_return
from sepa.identifiers import is_iban
from sepa.mt.amounts import fee, original, other_amount
from sepa.mt.information import Information
from sepa.mt.line import Line
from sepa.notes import Notes
from sepa.reasons import reason_of_text_key, transaction
from sepa.statements import Detail, Entry, StructuredReference

FIELDS = {
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
_SUPPLEMENT = re.compile(r"/(OCMT|CHGS)/([^/\n]*)/?")


class _Codes(NamedTuple):
    """What the codes of an entry say; banks use few combinations, so that they are put together once."""

    fields: dict[str, Any]
    returned: bool
    batch: bool
    reason: str


@lru_cache(maxsize=1024)
def codes_of(kind: str, gvc: str, primanota: str, extension: str) -> _Codes:
    """Return what the codes of :61: and :86: say."""
    fields = {
        "gvc": gvc,
        "primanota": primanota,
        "text_key_extension": extension,
        "proprietary_code": f"{kind}+{gvc}+{primanota}+{extension}".rstrip("+"),
    }
    return _Codes(fields, is_return(gvc, ""), transaction(gvc).batch, reason_of_text_key(extension))


def is_other_iban(text: str) -> bool:
    """Return whether a text has the form of an IBAN: two letters, two digits, 11 to 30 capital letters or digits.

    >>> is_other_iban("DE08000000000000039595"), is_other_iban("de08000000000000039595"), is_other_iban("4711")
    (True, False, False)
    """
    return (
        15 <= len(text) <= 34
        and text[2:4].isdigit()
        and text[:2].isalpha()
        and text.isascii()
        and text.isalnum()
        and text.isupper()
    )


def read_entry(line: Line, information: Information, index: int, notes: Notes) -> Entry:
    """Return the entry with one transaction, where a text tells of one."""
    fields, kind, supplement = line
    codes = codes_of(kind, information.gvc, information.primanota, information.extension)
    fields |= codes.fields
    fields["index"] = index
    if information.booking_text:
        fields["additional_information"] = information.booking_text
    detail = _detail(fields, information, codes, notes)
    if supplement:
        _add_supplement(fields, detail, supplement, notes)
    if codes.batch and "payment_information_id" in detail:
        fields["batch_payment_information_id"] = detail.pop("payment_information_id")
    if "iban" not in detail:
        add_referenced(fields, detail)
    if detail:
        detail["amount_cents"] = fields["amount_cents"]
        detail["currency"] = fields["currency"]
        fields["details"] = (Detail.of(detail),)
    return Entry.of(fields)


def _detail(fields: dict[str, Any], information: Information, codes: _Codes, notes: Notes) -> dict[str, Any]:
    """Return the fields of the transaction; the numbered parts go before the keywords."""
    detail: dict[str, Any] = {}
    words = information.words
    for word, text in words.items():
        if word in FIELDS:
            detail[FIELDS[word]] = text
        elif word in _AMOUNTS:
            _add_amount(fields, detail, word, text, notes)
        else:
            _add_rare(detail, word, text)
    if information.remittance:
        detail["remittance"] = information.remittance
    _add_party(detail, information)
    returned = codes.returned or "reversal" in fields
    if returned and codes.reason:
        detail.setdefault("return_reason", codes.reason)
    if words and not _ULTIMATES.keys().isdisjoint(words):
        _add_ultimates(detail, words, debtor_is_other=(fields["amount_cents"] > 0) != returned)
    return detail


def _add_ultimates(detail: dict[str, Any], words: dict[str, str], *, debtor_is_other: bool) -> None:
    """Add those on whose behalf is paid or received, each on its side."""
    for word in _ULTIMATES.keys() & words.keys():
        detail["ultimate_name" if _ULTIMATES[word] == debtor_is_other else "own_ultimate_name"] = words[word]


def _add_rare(detail: dict[str, Any], word: str, text: str) -> None:
    if word in _ULTIMATES:
        return
    if word == "STRD":
        detail["structured"] = (StructuredReference(text, "SCOR" if text.startswith("RF") else ""),)
    elif word == "PURP":
        detail["purpose"] = text.removeprefix("CD/").strip("/")
    else:
        detail["other_references"] = (*detail.get("other_references", ()), (word, text))


def _add_party(detail: dict[str, Any], information: Information) -> None:
    """Add name, account and bank of the other side; a German bank code stays beside its account number."""
    bank, account = information.bank, information.account
    if information.name:
        detail["name"] = information.name
    if account:
        if is_other_iban(account):
            detail["iban"] = account
        else:
            detail["account"] = f"{bank}/{account}" if bank.isdigit() else account
    if bank and not bank.isdigit():
        detail["bic"] = bank
    if information.iban:
        bare = "".join(information.iban.split())
        detail.setdefault("iban" if is_other_iban(bare) else "account", bare)


def add_referenced(fields: dict[str, Any], detail: dict[str, Any]) -> None:
    """Add the other side's IBAN where the bank puts it among the references of :61:."""
    for key in ("servicer_reference", "reference"):
        if is_iban(fields.get(key, "")):
            detail["iban"] = fields[key]
            return


def _add_amount(fields: dict[str, Any], detail: dict[str, Any], word: str, text: str, notes: Notes) -> None:
    """Add an original amount or a fee; what is no amount stays as a reference, so that nothing is lost."""
    found = other_amount(text, fields["currency"], notes, fields["line"])
    value = (word, text) if found is None else _AMOUNTS[word](*found)
    key = "other_references" if found is None else "other_amounts" if _AMOUNTS[word] is original else "charges"
    detail[key] = (*detail.get(key, ()), value)


def _add_supplement(fields: dict[str, Any], detail: dict[str, Any], text: str, notes: Notes) -> None:
    """Add the second line of :61:: amounts in the DK form, else a text."""
    words = _SUPPLEMENT.findall(text)
    for word, amount in words:
        _add_amount(fields, detail, word, amount, notes)
    if words:
        return
    if "additional_information" in fields:
        detail["additional_information"] = text
    else:
        fields["additional_information"] = text
