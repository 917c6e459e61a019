"""The format of statements that each bank account is kept by, in the book."""

from __future__ import annotations

from ledger.bank.formats import CAMT, MT, FormatRow, OwnAccount, UnknownBankAccountError, format_of
from ledger.book.store import kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.engines import Store

ROLES = ("head", "admin")
"""Who says in which form the bank sends its statements."""
_UNTIL = (
    "(SELECT max(s.closing_day) FROM statement s WHERE s.iban = b.iban AND s.message = '{format}'"
    " AND s.withdrawn_on IS NULL)"
)
_ACCOUNTS = f"""
    SELECT b.iban, b.office, b.statements,
           CASE WHEN b.statements = '{CAMT}' THEN {_UNTIL.format(format=MT)}
                ELSE {_UNTIL.format(format=CAMT)} END
    FROM bank_account b ORDER BY b.iban"""
_LIST = f"""
    SELECT b.iban, b.name, b.office, b.statements, {_UNTIL.format(format=CAMT)},
           {_UNTIL.format(format=MT)}
    FROM bank_account b WHERE b.iban = :iban OR :iban = '' ORDER BY b.iban"""


def own_accounts(store: Store) -> dict[str, OwnAccount]:
    """Return the bank accounts of the book by IBAN."""
    return {
        iban: OwnAccount(iban, office, leading, until or "") for iban, office, leading, until in store.rows(_ACCOUNTS)
    }


def list_formats(store: Store, iban: str = "") -> list[FormatRow]:
    """Return the format that each bank account, or one, is kept by; raises `UnknownBankAccountError`."""
    rows = [FormatRow(*row) for row in store.rows(_LIST, iban=iban)]
    if iban and not rows:
        raise UnknownBankAccountError(account=iban)
    return rows


def set_format(store: Store, iban: str, wanted: str) -> FormatRow:
    """Keep a bank account by another format from its next statement on, and return what holds now.

    What the other format told stays; the new one is taken from the day after that on, so that nothing counts twice.
    Needs the role head or admin in the Kasse. Raises `UnknownFormatError` and `UnknownBankAccountError`.
    """
    chosen, office = format_of(wanted), kasse_office(store)
    with store.unit([office]):
        require(store, office, *ROLES)
        (before,) = list_formats(store, iban)
        if before.format != chosen:
            store.execute("UPDATE bank_account SET statements = :chosen WHERE iban = :iban", chosen=chosen, iban=iban)
            facts = {"format": chosen, "before": before.format, **seal(store, ("bank_account", iban))}
            record(store, office, "statement.format", f"bank_account:{iban}", facts)
        return list_formats(store, iban)[0]
