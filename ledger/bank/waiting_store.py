"""What is staged and waits to be posted, as scopes of units of work in the order of the bank."""

from __future__ import annotations

from ledger.bank.match_store import Scope
from ledger.store.engines import Store

_FILES = """
    SELECT s.file_sha256 FROM bank_entry e JOIN statement s ON s.id = e.statement
    WHERE e.state = 'staged' AND e.amount_cents <> 0
    GROUP BY s.file_sha256 ORDER BY min(e.bank_day), s.file_sha256"""


def files_waiting(store: Store) -> list[Scope]:
    """Return one scope for each file of which entries wait, by their first bank day, whoever took it and when.

    Whoever pays first settles a claim: what a run left behind that was killed comes before the days that follow it.
    """
    return [Scope(file_sha256=sha256) for (sha256,) in store.rows(_FILES)]
