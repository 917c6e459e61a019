"""Accounts whose first statement begins with money of which the book knows nothing: no day can be closed so."""

from __future__ import annotations

from ledger.bank.continuity_order import Link
from sepa.errors import N_, KasseError, Place, Severity


class UnknownBeginningError(KasseError):
    """An account whose first statement begins with money that the book knows nothing of."""

    code = "statement.unknown_beginning"
    template = N_(
        "account {iban}: its first statement, {statement} of {day}, begins with {opening_cents}, of which the book "
        "knows nothing: no day can be closed"
    )
    hint = N_(
        "if earlier statements are missing, import them; if the account held that when it joined the book, two heads "
        "enter it: kasse bank balance {iban} AMOUNT --day … --account … --reason … --document …"
    )
    severity: Severity = "info"


def unknown_beginning(iban: str, first: Link) -> UnknownBeginningError | None:
    """Return what is wrong with the first statement of an account that was not taken over, None where it was empty."""
    if not first.opening_cents:
        return None
    return UnknownBeginningError(
        place=Place(file=first.file), iban=iban, statement=first.name, day=first.day, opening_cents=first.opening_cents
    )
