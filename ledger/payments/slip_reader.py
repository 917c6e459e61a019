"""The Begleitzettel of a run, from the book."""

from __future__ import annotations

from ledger.documents import Document
from ledger.payments.files_store import files_of
from ledger.payments.runs import check_step
from ledger.payments.runs_reader import run_named
from ledger.payments.slip import slip
from ledger.store.engines import Store


def slip_of(store: Store, number: int) -> Document:
    """Return the sheet of a released run; raises `UnknownRunError`, `RunStateError`."""
    run = run_named(store, number)
    files = files_of(store, number)
    if not files:
        check_step(run, "export")
    name = store.value("SELECT name FROM bank_account WHERE iban = :iban", iban=run.iban)
    return slip(run, files, str(name))
