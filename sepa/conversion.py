"""Statements as rows for JSON and tables: the names that scripts build on, and how amounts become text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from sepa.currencies import minor_digits
from sepa.statements import Balance, Closed, Detail, Entry, Opened

_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)
_INTERIM = "ITBD"
_ENTRY_MAIN = frozenset(
    ("index", "booking_day", "value_day", "amount_cents", "currency", "status", "gvc", "details", "line")
)
_DETAIL_MAIN = frozenset(
    ("amount_cents", "currency", "name", "iban", "remittance", "end_to_end_id", "mandate_id", "return_reason")
)
_ENTRY_OTHERS = tuple(one.name for one in fields(Entry) if one.name not in _ENTRY_MAIN)
_DETAIL_OTHERS = tuple(one.name for one in fields(Detail) if one.name not in _DETAIL_MAIN)
_SHARED = ("name", "iban", "text", "end_to_end_id", "mandate_id", "return_reason")


def decimal_text(amount_cents: int, currency: str) -> str:
    """Return minor units as a decimal number with the currency's digits (ISO 4217).

    >>> decimal_text(-123456, "EUR"), decimal_text(5, "KWD"), decimal_text(100, "JPY")
    ('-1234.56', '0.005', '100')
    """
    digits = minor_digits(currency)
    sign, bare = "-" if amount_cents < 0 else "", str(abs(amount_cents)).zfill(digits + 1)
    return f"{sign}{bare[:-digits]}.{bare[-digits:]}" if digits else sign + bare


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def opening_balance(closed: Closed) -> Balance | None:
    """Return the balance before the first entry: booked, else the first of two interim ones (a page)."""
    return closed.balance(*_OPENING) or next(iter(_interim(closed)[:-1]), None)


def closing_balance(closed: Closed) -> Balance | None:
    """Return the balance after the last entry: booked, else the last interim one (a page, an intraday report)."""
    return closed.balance(*_CLOSING) or next(iter(_interim(closed)[-1:]), None)


def _interim(closed: Closed) -> list[Balance]:
    return [balance for balance in closed.balances if balance.code == _INTERIM]


def statement_row(opened: Opened, closed: Closed) -> dict[str, Any]:
    """Return the head of a statement, without its entries; what the bank left out is None."""
    opening, closing = opening_balance(closed), closing_balance(closed)
    return {
        "account": opened.account or None,
        "id": opened.id or None,
        "sequence": opened.electronic_number,
        "opening_cents": None if opening is None else opening.amount_cents,
        "closing_cents": None if closing is None else closing.amount_cents,
        "currency": opened.currency or None,
        "message": opened.message,
        "message_id": opened.message_id or None,
        "iban": opened.iban or None,
        "bic": opened.bic or None,
        "owner": opened.owner or None,
        "legal_number": opened.legal_number,
        "page": opened.page,
        "last_page": opened.last_page and closed.last_page,
        "created": opened.created or None,
        "from_date": _iso(opened.from_day),
        "to_date": _iso(opened.to_day),
        "duplicate": opened.duplicate,
        "balances": [_balance_row(one) for one in closed.balances],
        "entry_count": closed.entries,
        "credit_cents": closed.credit_cents,
        "debit_cents": closed.debit_cents,
        "not_understood": dict(closed.not_understood),
    }


def _balance_row(balance: Balance) -> dict[str, Any]:
    return {
        "code": balance.code,
        "amount_cents": balance.amount_cents,
        "currency": balance.currency,
        "date": _iso(balance.day),
    }


def entry_row(entry: Entry) -> dict[str, Any]:
    """Return an entry with its details; what all details share stands at the entry, what the bank left out is None.

    Beside the fixed names, others appear where the bank gave something, under the names of `Entry` and `Detail`.
    """
    given, details = entry.__dict__, entry.details
    shared = _shared(details)
    row: dict[str, Any] = {
        "booking_date": _iso(entry.booking_day),
        "value_date": _iso(entry.value_day),
        "amount_cents": entry.amount_cents,
        "currency": entry.currency,
        "status": entry.status or None,
        "gvc": entry.gvc or None,
        "name": shared[0] or None,
        "iban": shared[1] or None,
        "remittance": shared[2] or None,
        "end_to_end_id": shared[3] or None,
        "mandate_id": shared[4] or None,
        "return_reason": shared[5] or None,
        "details": [detail_row(one) for one in details],
    }
    for key in _ENTRY_OTHERS:
        if key in given and (given[key] or key == "details_agree"):
            row[key] = given[key]
    row["line"] = entry.line
    return row


def _shared(details: tuple[Detail, ...]) -> tuple[str, ...]:
    """Return what all details have in common; a batch of many payers has no name."""
    if not details:
        return ("",) * len(_SHARED)
    first = tuple(getattr(details[0], key) for key in _SHARED)
    if len(details) == 1:
        return first
    found = [{getattr(one, key) for one in details} for key in _SHARED]
    return tuple(value if len(some) == 1 else "" for value, some in zip(first, found, strict=True))


def detail_row(detail: Detail) -> dict[str, Any]:
    """Return one transaction behind an entry; `remittance` is its free text joined."""
    given = detail.__dict__
    row: dict[str, Any] = {
        "amount_cents": detail.amount_cents,
        "currency": detail.currency or None,
        "name": detail.name or None,
        "iban": detail.iban or None,
        "remittance": detail.text or None,
        "end_to_end_id": detail.end_to_end_id or None,
        "mandate_id": detail.mandate_id or None,
        "return_reason": detail.return_reason or None,
    }
    for key in _DETAIL_OTHERS:
        if given.get(key):
            row[key] = given[key]
    return row


def parts_of(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each single payment of a batch, with the entry's days; together they are the entry.

    What the payments leave of the entry, such as fees, comes last. An entry whose payments are not known stays whole.
    """
    details = row["details"]
    amounts = [one["amount_cents"] for one in details if one["currency"] == row["currency"]]
    if len(details) < 2 or len(amounts) != len(details) or None in amounts:
        yield row
        return
    common = {key: row.get(key) for key in _OF_ENTRY}
    for number, one in enumerate(details, start=1):
        yield common | one | {"part": f"{number}/{len(details)}"}
    if rest := row["amount_cents"] - sum(amounts):
        empty = dict.fromkeys(("name", "iban", "remittance", "end_to_end_id", "mandate_id", "return_reason"))
        yield common | empty | {"amount_cents": rest, "currency": row["currency"], "part": "rest"}


_OF_ENTRY = ("booking_date", "value_date", "status", "gvc", "additional_information", "servicer_reference", "line")


def text_of(row: dict[str, Any]) -> str:
    """Return what a person reads of an entry or detail: its text, else its references, else the bank's words."""
    if row.get("remittance"):
        return str(row["remittance"])
    if row.get("reference") and "details" not in row:
        return str(row["reference"])
    references = [one for part in (row, *row.get("details", ())) for one in _references(part)]
    return " ".join(references) or str(row.get("additional_information") or "")


def _references(row: dict[str, Any]) -> list[str]:
    found = row.get("structured", ())
    return [one["reference"] if isinstance(one, dict) else one.reference for one in found]
