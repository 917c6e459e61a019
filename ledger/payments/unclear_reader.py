"""Bank entries that name a file of ours and are not settled yet: what was debited or credited is not given up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ledger.payments.collection_runs import CollectionRun
from ledger.payments.collection_runs import batch_id as collection_batch
from ledger.payments.files import PaymentFile
from ledger.payments.run_posting_store import Scope
from ledger.payments.runs import Run, batch_id
from ledger.payments.voiding import UnclearEntry
from ledger.store.engines import Store

_WAITING = """
    WITH waiting AS (
        SELECT office, id AS entry, CAST(NULL AS BIGINT) AS number FROM bank_entry WHERE state = 'staged'
        UNION ALL
        SELECT c.office, c.entry, i.id FROM item i JOIN suspense_case c ON c.office = i.office AND c.item = i.id
        WHERE i.kind = :kind AND i.open_cents > 0 AND c.entry IS NOT NULL)
    SELECT e.office, e.id, w.number, e.bank_day, :sign * e.amount_cents, e.message_id, e.payment_information_id,
           e.end_to_end_id, e.remittance
    FROM waiting w JOIN bank_entry e ON e.office = w.office AND e.id = w.entry
    WHERE e.iban = :iban AND :sign * e.amount_cents > 0 ORDER BY e.bank_day, e.id"""
_DETAILS = "SELECT end_to_end_id, remittance FROM bank_detail WHERE office = :office AND entry = :entry"
_PAYMENT = """
    SELECT 1 FROM payment WHERE office = :office AND run = :run AND end_to_end_id = :name
      AND (CAST(:file AS BIGINT) IS NULL OR file = :file) AND (CAST(:line AS BIGINT) IS NULL OR line = :line)"""
_COLLECTION = "SELECT 1 FROM collection WHERE office = :office AND run = :run AND end_to_end_id = :name"
_BATCHES = "SELECT DISTINCT batch FROM collection WHERE office = :office AND run = :run ORDER BY batch"
_NAME = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+")


def unclear_debit(store: Store, run: Run, scope: Scope, file: PaymentFile | None) -> UnclearEntry | None:
    """Return the first debit of the paying account that names the file, its batch, the run or a payment of the scope.

    It is staged, or waits as an advance. Without a file only the payments of the scope count: a debit that names a
    whole file says nothing about one of them.
    """
    ours = _ids(run, file)
    for names, found in _waiting(store, run.iban, "advance", -1):
        if names & ours or any(_pays(store, run, scope, name) for name in sorted(names)):
            return found
    return None


def unclear_credit(store: Store, run: CollectionRun) -> UnclearEntry | None:
    """Return the first credit of the collecting account that names the file, a batch or a collection of the run.

    It is staged, or waits as unclear money.
    """
    message, where = run.message_id or "", {"office": run.office, "run": run.number}
    batches = [collection_batch(message, int(batch)) for (batch,) in store.rows(_BATCHES, **where)]
    ours = {name.upper() for name in (message, *batches)}
    for names, found in _waiting(store, run.iban, "suspense", 1):
        if names & ours or any(store.one(_COLLECTION, name=name, **where) for name in sorted(names)):
            return found
    return None


def _waiting(store: Store, iban: str, kind: str, sign: int) -> Iterator[tuple[frozenset[str], UnclearEntry]]:
    """Yield the entries of an account that are not settled yet, each with the identifiers that it names."""
    for office, entry, number, day, cents, *texts in store.all(_WAITING, iban=iban, kind=kind, sign=sign):
        details = [text for row in store.rows(_DETAILS, office=office, entry=entry) for text in row]
        yield names_in([*texts, *details]), UnclearEntry(number, day, cents)


def _ids(run: Run, file: PaymentFile | None) -> frozenset[str]:
    if file is None:
        return frozenset()
    known = [file.message_id, *([run.message_id] if run.message_id else [])]
    return frozenset(name.upper() for one in known for name in (one, batch_id(one)))


def names_in(texts: Iterable[str | None]) -> frozenset[str]:
    """Return what looks like an identifier of ours: letters and digits joined by hyphens."""
    return frozenset(name.upper() for text in texts if text for name in _NAME.findall(text))


def _pays(store: Store, run: Run, scope: Scope, name: str) -> bool:
    found = store.one(_PAYMENT, office=run.office, run=run.number, name=name, file=scope.file, line=scope.line)
    return found is not None
