"""What is staged and waits to be posted, as scopes of units of work in the order of the bank."""

from __future__ import annotations

from collections.abc import Collection

from ledger.bank.match_store import Scope
from ledger.store.engines import Store

_FILES = """
    SELECT s.file_sha256 FROM bank_entry e JOIN statement s ON s.id = e.statement
    WHERE e.state = 'staged' AND e.amount_cents <> 0
    GROUP BY s.file_sha256 ORDER BY min(e.bank_day), s.file_sha256"""
_ACCOUNTS = """
    SELECT iban FROM bank_entry WHERE state = 'staged' AND amount_cents <> 0
    GROUP BY iban ORDER BY min(bank_day), iban"""


def files_waiting(store: Store, files: Collection[str]) -> list[Scope]:
    """Return one scope for each of these files (by SHA-256) of which entries wait, by their first bank day."""
    return [Scope(file_sha256=sha256) for (sha256,) in store.rows(_FILES) if sha256 in files] if files else []


def accounts_waiting(store: Store) -> list[Scope]:
    """Return one scope for each bank account of which entries wait, by their first bank day."""
    return [Scope(iban=iban) for (iban,) in store.rows(_ACCOUNTS)]
