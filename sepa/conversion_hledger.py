"""Statements as a journal for hledger: one transaction for each booked entry, the other side to be assigned.

Each closing balance is asserted on its last entry, so that hledger refuses a journal in which something is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sepa.conversion import decimal_text, text_of

BANK, INCOME, EXPENSES = "assets:bank", "income:unknown", "expenses:unknown"
OPENING = "equity:opening/closing balances"
BOOKED = frozenset(("BOOK", None))
_SPACES = re.compile(r"\s+")
_COMMENTS = ("end_to_end_id", "mandate_id", "iban", "gvc", "return_reason")
_OPENING_CODES = frozenset(("OPBD", "PRCD", "ITBD"))
_NEVER = "9999-12-31"
_FINAL = ("camt.053", "MT940")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as a row, where it comes from, and how its entries are fetched."""

    row: dict[str, Any]
    path: str
    rows: Callable[[], Iterable[dict[str, Any]]]

    @property
    def account(self) -> str:
        """Whose it is."""
        return str(self.row["account"] or "")

    @property
    def proves(self) -> bool:
        """Whether its booked entries lead from its opening to its closing balance."""
        row = self.row
        if row["opening_cents"] is None or row["closing_cents"] is None or not row["message"].startswith(_FINAL):
            return False
        booked = sum(one["amount_cents"] for one in self.rows() if is_posted(one))
        return bool(row["opening_cents"] + booked == row["closing_cents"])


def journal(statements: Sequence[Statement]) -> Iterator[str]:
    """Yield the journal in pieces; an account's balance is asserted as long as each statement follows the last.

    A statement that does not follow (another opening balance than the last closing one) gets a comment in place of the
    assertion: what lies between is missing, and hledger could not know it. Nor is a balance asserted where a later
    statement has entries of earlier days, because hledger goes by days.
    """
    balances: dict[str, int | None] = {}
    for one, later in zip(statements, _later_days(statements), strict=True):
        yield _heading(one)
        known = one.account in balances
        if not known:
            yield from _opening(one)
        follows = not known or balances[one.account] == one.row["opening_cents"]
        if not follows:
            yield "; does not follow the statement before: the balance is not asserted\n\n"
        asserted = follows and one.proves
        yield from (transaction(row, one.account) for row in one.rows())
        day = _closing_day(one)
        if asserted and day and day <= later:
            yield _assertion(day, one)
        balances[one.account] = one.row["closing_cents"] if asserted else None


def is_posted(row: dict[str, Any]) -> bool:
    """Tell whether an entry is a transaction of the journal: booked, and with a day."""
    return row["status"] in BOOKED and bool(row["booking_date"] or row["value_date"])


def _posted_days(one: Statement) -> Iterator[str]:
    return (row["booking_date"] or row["value_date"] for row in one.rows() if is_posted(row))


def _later_days(statements: Sequence[Statement]) -> list[str]:
    """Return for each statement the first day on which a later one of the same account has an entry."""
    first: dict[str, str] = {}
    found = []
    for one in reversed(statements):
        found.append(first.get(one.account, _NEVER))
        first[one.account] = min((first.get(one.account, _NEVER), *_posted_days(one)))
    return found[::-1]


def _closing_day(one: Statement) -> str:
    """Return the day of the closing balance, or of the last entry where that is later."""
    dates = (each["date"] for each in one.row["balances"] if each["code"] == "CLBD" and each["date"])
    return max((*_posted_days(one), *dates), default="")


def _assertion(day: str, one: Statement) -> str:
    """Return a transaction that moves nothing and asserts the balance after all others of the day."""
    currency, cents = one.row["currency"] or "", one.row["closing_cents"]
    zero = f"{decimal_text(0, currency)} {_commodity(currency)}"
    balance = f"{decimal_text(cents, currency)} {_commodity(currency)}"
    return f"{day} * closing balance\n    {account_name(one.account)}  {zero} = {balance}\n\n"


def transaction(row: dict[str, Any], account: str) -> str:
    """Return an entry as a transaction, or as a comment where it is not booked or has no date; amounts balance."""
    day = row["booking_date"] or row["value_date"]
    text = _plain(" | ".join(part for part in (row["name"] or "", text_of(row)) if part)).lstrip("(!* ") or "-"
    amount = decimal_text(row["amount_cents"], row["currency"])
    if not is_posted(row):
        return f"; not booked ({_plain(str(row['status']))}): {day} {amount} {_plain(row['currency'])} {text}\n\n"
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


def _opening(one: Statement) -> Iterator[str]:
    """Yield the transaction that brings the opening balance of an account's first statement, before its entries."""
    row = one.row
    first = next((each for each in row["balances"] if each["code"] in _OPENING_CODES and each["date"]), None)
    if first is None or not row["opening_cents"]:
        return
    commodity = _commodity(first["currency"])
    cents = row["opening_cents"]
    yield f"{min((first['date'], *_posted_days(one)))} * opening balance\n"
    yield f"    {account_name(one.account)}  {decimal_text(cents, first['currency'])} {commodity}\n"
    yield f"    {OPENING}  {decimal_text(-cents, first['currency'])} {commodity}\n\n"


def _heading(one: Statement) -> str:
    """Return a comment that names file, statement and its closing balance."""
    row = one.row
    lines = [f"; {_plain(one.path)}: statement {_plain(str(row['id'] or '-'))}"]
    if row["closing_cents"] is not None:
        closing = decimal_text(row["closing_cents"], row["currency"] or "")
        lines.append(f"; closing balance {closing} {_plain(row['currency'] or '')}".rstrip())
    return "\n".join(lines) + "\n\n"


def _plain(text: str) -> str:
    """Return a text on one line, without what begins a comment or could end a name."""
    return _SPACES.sub(" ", text.replace(";", ",")).strip()


def _commodity(currency: str) -> str:
    return currency if currency.isalpha() else f'"{_plain(currency)}"'
