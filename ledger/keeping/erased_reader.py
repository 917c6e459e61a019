"""What `journal verify` asks of erasing: words that are gone must have been erased by a decision."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.keeping.retention import retention
from ledger.payments.collection_changes import CHANGED_DAY
from ledger.store.engines import Store
from sepa.errors import N_, KasseError


class MissingWordsError(KasseError):
    """More words are gone than decisions of two people account for."""

    code = "verify.missing_words"
    template = N_("{missing} words of entries and details of events are gone, decisions to erase account for {erased}")
    hint = N_("keep this book as it is, compare it with the last backup and inform the audit office")


def erased_words(store: Store) -> int:
    """Return how many words of entries and details of events were erased by decisions."""
    decided = "SELECT coalesce(sum(texts), 0) + coalesce(sum(details), 0) FROM erasure WHERE state = 'done'"
    return int(store.value(decided))


def missing_words(store: Store, missing: int) -> Iterator[KasseError]:
    """Yield a finding where words are gone that nobody decided to erase."""
    erased = erased_words(store)
    if missing > erased:
        yield MissingWordsError(missing=missing, erased=erased)


_RUNS = {
    "payment": """SELECT DISTINCT t.run FROM payment t JOIN payment_run r ON r.office = t.office AND r.id = t.run
                  WHERE t.creditor_iban = '' AND r.execution_day <= CAST(:last AS TEXT)""",
    "collection": f"""SELECT DISTINCT t.run FROM collection t
                     JOIN collection_run r ON r.office = t.office AND r.id = t.run
                     WHERE t.debtor_iban = '' AND coalesce({CHANGED_DAY}, r.collection_day) <= CAST(:last AS TEXT)""",
}
_BATCHES = """
    SELECT DISTINCT o.batch FROM cash_order o JOIN order_batch b ON b.id = o.batch
    WHERE o.purpose = '' AND substr(b.created_at, 1, 10) <= CAST(:last AS TEXT)"""


def erased_runs(store: Store, what: str) -> set[int]:
    """Return the runs with names and accounts that a decision erased: their lists cannot be hashed again.

    Only runs so old that they could be erased when the last decision was made.
    """
    return _erased(store, _RUNS[what])


def erased_batches(store: Store) -> set[int]:
    """Return the batches of orders with words that a decision erased; only batches as old as that."""
    return _erased(store, _BATCHES)


def erased_until(store: Store) -> str:
    """Return the last day of which the last decision to erase vouchers could reach words, '' where nobody decided."""
    decided = store.value("SELECT max(decided_at) FROM erasure WHERE state = 'done'")
    return "" if decided is None else retention().classes["voucher"].last_day(str(decided)[:10])


def _erased(store: Store, sql: str) -> set[int]:
    last = erased_until(store)
    if not last:
        return set()
    return {int(number) for (number,) in store.rows(sql, last=last)}
