"""Debits of the bank that name a file of ours and are not settled yet: what it took must not be given up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ledger.payments.files import PaymentFile
from ledger.payments.run_posting_store import Scope
from ledger.payments.runs import Run, batch_id
from ledger.payments.voiding import UnclearDebit
from ledger.store.engines import Store

_WAITING = """
    WITH waiting AS (
        SELECT office, id AS entry, CAST(NULL AS BIGINT) AS number FROM bank_entry WHERE state = 'staged'
        UNION ALL
        SELECT c.office, c.entry, i.id FROM item i JOIN suspense_case c ON c.office = i.office AND c.item = i.id
        WHERE i.kind = 'advance' AND i.open_cents > 0 AND c.entry IS NOT NULL)
    SELECT e.office, e.id, w.number, e.bank_day, -e.amount_cents, e.message_id, e.payment_information_id,
           e.end_to_end_id, e.remittance
    FROM waiting w JOIN bank_entry e ON e.office = w.office AND e.id = w.entry
    WHERE e.iban = :iban AND e.amount_cents < 0 ORDER BY e.bank_day, e.id"""
_DETAILS = "SELECT end_to_end_id, remittance FROM bank_detail WHERE office = :office AND entry = :entry"
_PAYMENT = """
    SELECT 1 FROM payment WHERE office = :office AND run = :run AND end_to_end_id = :name
      AND (CAST(:file AS BIGINT) IS NULL OR file = :file) AND (CAST(:line AS BIGINT) IS NULL OR line = :line)"""
_NAME = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")


def unclear_debit(store: Store, run: Run, scope: Scope, file: PaymentFile | None) -> UnclearDebit | None:
    """Return the first debit of the paying account that names the file, its batch, the run or a payment of the scope.

    It is staged, or waits as an advance. Without a file only the payments of the scope count: a debit that names a
    whole file says nothing about one of them.
    """
    ours = _ids(run, file)
    for office, entry, number, day, cents, *texts in store.all(_WAITING, iban=run.iban):
        details = [text for row in store.rows(_DETAILS, office=office, entry=entry) for text in row]
        names = _names([*texts, *details])
        if names & ours or any(_pays(store, run, scope, name) for name in sorted(names)):
            return UnclearDebit(number, day, cents)
    return None


def _ids(run: Run, file: PaymentFile | None) -> frozenset[str]:
    if file is None:
        return frozenset()
    known = [file.message_id, *([run.message_id] if run.message_id else [])]
    return frozenset(name.upper() for one in known for name in (one, batch_id(one)))


def _names(texts: Iterable[str | None]) -> frozenset[str]:
    """Return what looks like an identifier of ours: letters and digits joined by hyphens."""
    return frozenset(name.upper() for text in texts if text for name in _NAME.findall(text))


def _pays(store: Store, run: Run, scope: Scope, name: str) -> bool:
    found = store.one(_PAYMENT, office=run.office, run=run.number, name=name, file=scope.file, line=scope.line)
    return found is not None
