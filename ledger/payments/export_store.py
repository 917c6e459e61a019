"""Exporting a run: the same bytes whenever it is written, and the note that it was (invariant 7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime

from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.payments.runs import ROLES, FileDiffersError, Run, RunChangedError, batch_id, check_step
from ledger.payments.runs_reader import hash_of, lines, run_named, seen_facts
from ledger.payments.transfers import stored_transfer
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.pain001 import write
from sepa.payments import CreditTransferMessage, Party, Totals, TransferBatch

_RUN = """
    UPDATE payment_run SET state = :state, file_sha256 = :sha256, exported_at = :now
    WHERE office = :office AND id = :run"""
_PAYMENTS = "UPDATE payment SET state = 'exported' WHERE office = :office AND run = :run AND state = 'released'"


def exportable(store: Store, number: int) -> Run:
    """Return a run whose file may be written by the acting person.

    Raises `UnknownRunError`, `RunStateError`, `RunChangedError`, `NotAllowedError`.
    """
    run = run_named(store, number)
    require(store, run.office, *ROLES["export"])
    check_step(run, "export")
    with store.snapshot():
        if hash_of(store, run) != run.list_hash:
            raise RunChangedError(run=number)
    return run


@contextmanager
def file_of(store: Store, run: Run) -> Iterator[Iterator[bytes]]:
    """Give the run's pain.001.001.09 file in chunks, read from one moment of the book; what is stored decides it all.

    Raises `TotalsError` where the payments are not those the run was released with.
    """
    assert run.message_id is not None, "a released run has its message id"
    assert run.created_stamp is not None, "and its time"
    created = datetime.fromisoformat(run.created_stamp)
    with store.snapshot(), closing(lines(store, run)) as stored:
        batch = TransferBatch(
            batch_id(run.message_id),
            Party(run.debtor_name, run.iban),
            date.fromisoformat(run.execution_day),
            batch_booking=not run.single_booking,
            transfers=(stored_transfer(line) for line in stored),
            totals=Totals(run.count, run.total_cents),
        )
        yield write(CreditTransferMessage(run.message_id, created, run.debtor_name, (batch,)))


def note_export(store: Store, number: int, sha256: str) -> Run:
    """Note that the run's file with this hash is complete and will lie under its name; a second time changes nothing.

    Raises `FileDiffersError` where an earlier export had other bytes.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        require(store, run.office, *ROLES["export"])
        check_step(run, "export")
        if run.file_sha256 is None:
            state = "exported" if run.state == "released" else run.state
            store.execute(_RUN, state=state, sha256=sha256, now=store.now, office=run.office, run=number)
            store.execute(_PAYMENTS, office=run.office, run=number)
            record(store, run.office, "payment.export", f"run:{number}", seen_facts(run) | {"sha256": sha256})
        elif run.file_sha256 != sha256:
            raise FileDiffersError(run=number, found=sha256, stored=run.file_sha256)
        else:
            record(store, run.office, "payment.export_again", f"run:{number}", {"sha256": sha256})
        return run_named(store, number)
