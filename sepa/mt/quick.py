"""Entries of the plainest kind at once: a line of :61: without anything rare, and a :86: of a form met before.

Nearly all entries of a large file are such. What is not goes the long way (`sepa.mt.line`, `.information`, `.entry`);
both ways give the same, which a test proves.
"""

from __future__ import annotations

import re
from typing import Any

from sepa.mt.amounts import plain_days
from sepa.mt.entry import FIELDS, add_referenced, codes_of, is_other_iban
from sepa.mt.forms import Form, InformationReader, joined
from sepa.mt.information import joined_name
from sepa.mt.line import NO_REFERENCE, Frame
from sepa.statements import Detail, Entry

_LINE = re.compile(r"([0-9]{6})([0-9]{4})?([CD])R?([0-9]{1,13}),([0-9]{2})([A-Z][A-Z0-9]{3})([^\n/]*)(?://([^\n]*))?")


def quick_entry(
    text: str, information: str, frame: Frame, line: int, index: int, texts: InformationReader
) -> Entry | None:
    """Return the entry of a :61: and its :86:, or None where they are not of the plainest kind."""
    match = _LINE.fullmatch(text)
    if match is None or frame.currency != "EUR":
        return None
    value, entry, mark, whole, cents, kind, own, servicer = match.groups("")
    days = plain_days(value, entry)
    met = texts.met(information)
    if days is None or met is None or not met[0].plain:
        return None
    amount = int(whole + cents) if mark == "C" else -int(whole + cents)
    fields: dict[str, Any] = {
        "amount_cents": amount,
        "currency": "EUR",
        "status": frame.status,
        "booking_day": days.booking_day,
        "value_day": days.value_day,
        "line": line,
        "index": index,
    }
    if (own := own.strip()) not in NO_REFERENCE:
        fields["reference"] = own
    if (servicer := servicer.strip()) not in NO_REFERENCE:
        fields["servicer_reference"] = servicer
    _add_text(fields, kind, *met)
    return Entry.of(fields)


def _add_text(fields: dict[str, Any], kind: str, form: Form, groups: tuple[str, ...]) -> None:
    """Add what the text says: codes, booking text, and its one transaction."""
    booking_text, primanota, extension, bank, account, _, name, second = form.single
    codes = codes_of(kind, groups[0], groups[primanota].strip(), groups[extension].strip())
    fields |= codes.fields
    if booking := groups[booking_text].strip():
        fields["additional_information"] = booking
    detail: dict[str, Any] = {FIELDS[key]: groups[at].strip() for key, at in form.alone}
    for key, span in form.several:
        detail[FIELDS[key]] = joined(groups[span], len(key) + 1)
    before, free = joined(groups[form.before], 0), joined(groups[form.text], 5)
    if before or free:
        detail["remittance"] = (before, free) if before and free else (before or free,)
    _add_party(detail, joined_name(groups[name], groups[second]), groups[bank].strip(), groups[account].strip())
    if codes.returned and codes.reason:
        detail.setdefault("return_reason", codes.reason)
    if codes.batch and "payment_information_id" in detail:
        fields["batch_payment_information_id"] = detail.pop("payment_information_id")
    if "iban" not in detail:
        add_referenced(fields, detail)
    if detail:
        detail["amount_cents"] = fields["amount_cents"]
        detail["currency"] = "EUR"
        fields["details"] = (Detail.of(detail),)


def _add_party(detail: dict[str, Any], name: str, bank: str, account: str) -> None:
    if name:
        detail["name"] = name
    if account:
        if is_other_iban(account):
            detail["iban"] = account
        else:
            detail["account"] = f"{bank}/{account}" if bank.isdigit() else account
    if bank and not bank.isdigit():
        detail["bic"] = bank
