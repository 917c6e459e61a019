"""Whether a statement adds up: opening balance and booked entries give the closing balance."""

from __future__ import annotations

from sepa.conversion import closing_balance, decimal_text, opening_balance
from sepa.errors import N_, KasseError, Place
from sepa.statements import Closed, Entry, Opened, StatementEvent


class BalanceError(KasseError):
    """A statement whose booked entries do not lead from its opening to its closing balance."""

    code = "statement.balance"
    template = N_("opening {opening} and booked {booked} {currency} do not give the closing balance {closing}")
    hint = N_("the file may be incomplete or one page of several; ask the bank before posting it")
    severity = "warning"


BOOKED = frozenset(("BOOK", ""))
_PROVED = ("camt.053", "MT940")


class Running:
    """Adds up the booked entries of each statement and says whether they lead to its closing balance."""

    def __init__(self) -> None:
        self._opened: Opened | None = None
        self._booked_cents = 0

    def take(self, event: StatementEvent) -> KasseError | None:
        """Look at the next event; at the end of a statement of booked entries say whether it adds up."""
        if isinstance(event, Entry):
            self._booked_cents += event.amount_cents if event.status in BOOKED else 0
        elif isinstance(event, Opened):
            self._opened, self._booked_cents = event, 0
        elif self._opened is not None and self._opened.message.startswith(_PROVED):
            return balance_finding(self._opened, event, self._booked_cents)
        return None


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
