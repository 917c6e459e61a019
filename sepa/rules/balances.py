"""Whether a statement adds up: opening balance and booked entries give the closing balance."""

from __future__ import annotations

from sepa.conversion import closing_balance, decimal_text, opening_balance
from sepa.errors import N_, KasseError, Place
from sepa.statements import Closed, Opened


class BalanceError(KasseError):
    """A statement whose booked entries do not lead from its opening to its closing balance."""

    code = "statement.balance"
    template = N_("opening {opening} and booked {booked} {currency} do not give the closing balance {closing}")
    hint = N_("the file may be incomplete or one page of several; ask the bank before posting it")
    severity = "warning"


def balance_finding(opened: Opened, closed: Closed, booked_cents: int) -> KasseError | None:
    """Say whether opening, booked entries (in minor units) and closing contradict each other.

    A statement without both balances, an intraday report and a notification say nothing.
    """
    opening, closing = opening_balance(closed), closing_balance(closed)
    if opening is None or closing is None or opening.code == closing.code == "ITBD":
        return None
    if opening.amount_cents + booked_cents == closing.amount_cents:
        return None
    currency = opened.currency or closing.currency
    return BalanceError(
        opening=decimal_text(opening.amount_cents, currency),
        booked=decimal_text(booked_cents, currency),
        closing=decimal_text(closing.amount_cents, currency),
        currency=currency,
        place=Place(line=opened.line, field="Bal"),
    )
