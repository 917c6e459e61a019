"""Statements as a journal for hledger: one transaction for each booked entry, the other side to be assigned."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from sepa.conversion import decimal_text, text_of

BANK, INCOME, EXPENSES = "assets:bank", "income:unknown", "expenses:unknown"
OPENING = "equity:opening/closing balances"
BOOKED = frozenset(("BOOK", None))
_SPACES = re.compile(r"\s+")
_COMMENTS = ("end_to_end_id", "mandate_id", "iban", "gvc", "return_reason")


def transaction(row: dict[str, Any], account: str) -> str:
    """Return an entry as a transaction, or as a comment where it is not booked or has no date; amounts balance."""
    day = row["booking_date"] or row["value_date"]
    text = _plain(" | ".join(part for part in (row["name"] or "", text_of(row)) if part)).lstrip("(!* ") or "-"
    amount = decimal_text(row["amount_cents"], row["currency"])
    if row["status"] not in BOOKED or day is None:
        return f"; not booked ({row['status']}): {day} {amount} {row['currency']} {text}\n\n"
    other = INCOME if row["amount_cents"] >= 0 else EXPENSES
    value_day = f"={row['value_date']}" if row["value_date"] and row["value_date"] != day else ""
    reference = _plain(str(row.get("servicer_reference") or "")).replace(")", "")
    lines = [f"{day}{value_day} *{f' ({reference})' if reference else ''} {text}"]
    lines += [f"    ; {key}: {_plain(str(row[key]))}" for key in _COMMENTS if row[key]]
    lines += [
        f"    {account_name(account)}  {amount} {_commodity(row['currency'])}",
        f"    {other}  {decimal_text(-row['amount_cents'], row['currency'])} {_commodity(row['currency'])}",
    ]
    return "\n".join(lines) + "\n\n"


def account_name(account: str) -> str:
    """Return the name of a bank account in the journal."""
    return f"{BANK}:{_plain(account).replace(':', '-') or 'unknown'}"


def opening(row: dict[str, Any]) -> Iterator[str]:
    """Yield the transaction that brings the opening balance of an account's first statement."""
    first = next((one for one in row["balances"] if one["code"] in {"OPBD", "PRCD", "ITBD"} and one["date"]), None)
    if first is None or not row["opening_cents"]:
        return
    commodity = _commodity(first["currency"])
    cents = row["opening_cents"]
    yield f"{first['date']} * opening balance\n"
    yield f"    {account_name(row['account'] or '')}  {decimal_text(cents, first['currency'])} {commodity}\n"
    yield f"    {OPENING}  {decimal_text(-cents, first['currency'])} {commodity}\n\n"


def heading(row: dict[str, Any], path: str) -> str:
    """Return a comment that names file, statement and its closing balance."""
    lines = [f"; {_plain(path)}: statement {_plain(str(row['id'] or '-'))}"]
    if row["closing_cents"] is not None:
        closing = decimal_text(row["closing_cents"], row["currency"] or "")
        lines.append(f"; closing balance {closing} {row['currency'] or ''}".rstrip())
    return "\n".join(lines) + "\n\n"


def _plain(text: str) -> str:
    """Return a text on one line, without what begins a comment or could end a name."""
    return _SPACES.sub(" ", text.replace(";", ",")).strip()


def _commodity(currency: str) -> str:
    return currency if currency.isalpha() else f'"{_plain(currency)}"'
