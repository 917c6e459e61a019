"""Whether a statement adds up: opening balance and booked entries give the closing balance."""

from __future__ import annotations

from collections.abc import Collection

from sepa.conversion import closing_balance, decimal_text, opening_balance
from sepa.errors import N_, KasseError, Place
from sepa.statements import Closed, Entry, Opened, StatementEvent


class BalanceError(KasseError):
    """A statement whose booked entries do not lead from its opening to its closing balance."""

    code = "statement.balance"
    template = N_("opening {opening} and booked {booked} {currency} do not give the closing balance {closing}")
    hint = N_("the file may be incomplete or one page of several; ask the bank before posting it")
    severity = "warning"


class MixedCurrenciesError(KasseError):
    """A statement whose balances and booked entries are in several currencies, so that no sum proves it."""

    code = "statement.mixed_currencies"
    template = N_("the balances in {currency} cannot be checked: booked entries or balances are in {others}")
    hint = N_("compare the statement with the account yourself, or ask the bank for the amounts in its currency")
    severity = "warning"


BOOKED = frozenset(("BOOK", ""))
_PROVED = ("camt.053", "MT940")


class Running:
    """Adds up the booked entries of each statement and says whether they lead to its closing balance."""

    def __init__(self) -> None:
        self._opened: Opened | None = None
        self._booked_cents = 0
        self._currencies: set[str] = set()

    def take(self, event: StatementEvent) -> KasseError | None:
        """Look at the next event; at the end of a statement of booked entries say whether it adds up."""
        if isinstance(event, Entry):
            if event.status in BOOKED:
                self._booked_cents += event.amount_cents
                self._currencies.add(event.currency)
        elif isinstance(event, Opened):
            self._opened, self._booked_cents, self._currencies = event, 0, set()
        elif self._opened is not None and self._opened.message.startswith(_PROVED):
            return balance_finding(self._opened, event, self._booked_cents, self._currencies)
        return None


def balance_finding(
    opened: Opened, closed: Closed, booked_cents: int, currencies: Collection[str] = ()
) -> KasseError | None:
    """Say whether opening, booked entries (in minor units) and closing contradict each other.

    A statement without both balances, an intraday report and a notification say nothing. `currencies` are those of
    the booked entries: with another one than the account's there is no sum to compare.
    """
    opening, closing = opening_balance(closed), closing_balance(closed)
    if opening is None or closing is None or opening.code == closing.code == "ITBD":
        return None
    currency = opened.currency or closing.currency
    others = {*currencies, opening.currency, closing.currency} - {currency, ""}
    if others:
        place = Place(line=opened.line, field="Bal")
        return MixedCurrenciesError(currency=currency, others=", ".join(sorted(others)), place=place)
    if opening.amount_cents + booked_cents == closing.amount_cents:
        return None
    return BalanceError(
        opening=decimal_text(opening.amount_cents, currency),
        booked=decimal_text(booked_cents, currency),
        closing=decimal_text(closing.amount_cents, currency),
        currency=currency,
        place=Place(line=opened.line, field="Bal"),
    )
