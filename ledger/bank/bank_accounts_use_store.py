"""What in the book still names a bank account: asked before it is closed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ledger.bank.bank_accounts_use import (
    PayableUsesError,
    RuleAsksError,
    RunPaysThereError,
    TerminalUsesError,
    TransportUsesError,
)
from ledger.store.engines import Store
from sepa.errors import KasseError

Naming = Callable[[Store, str], Iterable[KasseError]]
"""What packages above know of that names an account: letterheads and wordings."""
_TERMINALS = "SELECT code, desk FROM cash_terminal WHERE iban = :iban AND closed_on IS NULL ORDER BY desk, code"
_TRANSPORTS = """
    SELECT reference, desk, cents FROM cash_transport WHERE iban = :iban AND state = 'under_way' ORDER BY id"""
_PAYABLES = """
    SELECT office, id, open_cents FROM item
    WHERE kind = 'payable' AND open_cents > 0 AND bank_account = :iban ORDER BY office, id"""
_RUNS = """
    SELECT p.office, p.run, p.line FROM payment p JOIN payment_run r ON r.office = p.office AND r.id = p.run
    WHERE p.creditor_iban = :iban AND p.active = 1 AND r.state IN ('proposed', 'reviewed', 'released', 'exported')
    ORDER BY p.office, p.run, p.line"""
_RULES = "SELECT id, name FROM bank_rule WHERE iban = :iban AND active = 1 ORDER BY rank, id"


def uses(store: Store, iban: str) -> Iterator[KasseError]:
    """Yield what money would still be sent to or from the account for; each names what to do about it."""
    for terminal, desk in store.rows(_TERMINALS, iban=iban):
        yield TerminalUsesError(iban=iban, terminal=terminal, desk=desk)
    for reference, desk, cents in store.rows(_TRANSPORTS, iban=iban):
        yield TransportUsesError(iban=iban, reference=reference, desk=desk, amount_cents=cents)
    for office, item, cents in store.rows(_PAYABLES, iban=iban):
        yield PayableUsesError(iban=iban, office=office, item=item, open_cents=cents)
    for office, run, line in store.rows(_RUNS, iban=iban):
        yield RunPaysThereError(iban=iban, office=office, run=run, line=line)


def rules_asking(store: Store, iban: str) -> tuple[KasseError, ...]:
    """Return the active rules of the Kasse that ask for the account: they serve until its last entry came."""
    return tuple(RuleAsksError(iban=iban, rule=rule, name=name) for rule, name in store.rows(_RULES, iban=iban))
