"""Exporting a run: the same bytes whenever it is written, and the note that it was (invariant 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime

from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.payments.addresses import kept_address
from ledger.payments.files import PaymentFile
from ledger.payments.files_store import file_named
from ledger.payments.gathering import counted
from ledger.payments.runs import ROLES, FileDiffersError, Run, RunChangedError, batch_id, check_step
from ledger.payments.runs_reader import hash_of, lines, run_named, seen_facts
from ledger.payments.steps_store import LISTED
from ledger.payments.transfers import stored_transfer
from ledger.payments.warnings_reader import hindrances
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.pain001 import write
from sepa.payments import CreditTransferMessage, Party, Totals, Transfer, TransferBatch

_RUN = """
    UPDATE payment_run SET state = 'exported', file_sha256 = :sha256, exported_at = :now
    WHERE office = :office AND id = :run AND state = 'released' AND file_sha256 IS NULL"""
_FILE = """
    UPDATE payment_file SET state = CASE WHEN state = 'released' THEN 'exported' ELSE state END, sha256 = :sha256,
           exported_at = :now
    WHERE office = :office AND run = :run AND number = :file"""
_READY = "SELECT line FROM payment WHERE office = :office AND run = :run AND state = 'released'"
_PAYMENTS = """
    UPDATE payment SET state = 'exported'
    WHERE office = :office AND run = :run AND file = :file AND state = 'released'"""


class ExportHinderedError(KasseError):
    """A lock or somebody's right came up between the release of a run and its files."""

    code = "payment.hindered"
    template = N_("{count} payments of run {run} must not leave any more; no file was written")
    hint = N_(
        "give the file up with 'kasse payment void {run} --reason …', as two people; what may be paid is in the next "
        "proposal"
    )


class FileGoneError(KasseError):
    """A file that was given up or refused as a whole."""

    code = "payment.file_gone"
    template = N_("file {file} of run {run} is {state} and must not be sent")
    hint = N_("its payments are proposed again with 'kasse payment propose', under new ids")


def exportable(store: Store, number: int) -> Run:
    """Return a run whose files may be written by the acting person.

    What the bank has not got yet must not leave past a lock or a right of others (§ 829 ZPO) that came up since.
    Raises `UnknownRunError`, `RunStateError`, `RunChangedError`, `ExportHinderedError`, `NotAllowedError`.
    """
    run = run_named(store, number)
    require(store, run.office, *ROLES["export"])
    check_step(run, "export")
    with store.snapshot():
        if hash_of(store, run) != run.list_hash:
            raise RunChangedError(run=number)
        _check_free(store, run)
    return run


def _check_free(store: Store, run: Run) -> None:
    ready = {line for (line,) in store.rows(_READY, office=run.office, run=run.number)}
    found = [one for one in hindrances(store, run) if one.fields["line"] in ready] if ready else []
    if found:
        count = len({one.fields["line"] for one in found})
        raise ExportHinderedError(count=count, run=run.number, findings=tuple(found[:LISTED]))


@contextmanager
def file_of(
    store: Store, run: Run, number: int = 1, step: Callable[[int], None] | None = None
) -> Iterator[Iterator[bytes]]:
    """Give a file of the run, pain.001.001.09, in chunks, read from one moment of the book; what is stored decides all.

    Raises `TotalsError` where the payments are not those the run was released with, `UnknownFileError`.
    """
    with store.snapshot():
        file = file_named(store, run.number, number)
        with closing(lines(store, run, number)) as stored:
            yield write(message_of(run, file, (stored_transfer(line) for line in counted(stored, step))))


def message_of(run: Run, file: PaymentFile, transfers: Iterable[Transfer]) -> CreditTransferMessage:
    """Return a file of the run as a message: one batch, so that a collective booking stands for one file."""
    batch = TransferBatch(
        batch_id(file.message_id),
        Party(run.debtor_name, run.iban, address=kept_address(run.debtor_address)),
        date.fromisoformat(run.execution_day),
        instant=file.kind == "instant",
        batch_booking=not run.single_booking,
        transfers=transfers,
        totals=Totals(file.count, file.total_cents),
    )
    created = datetime.fromisoformat(file.created_stamp)
    return CreditTransferMessage(file.message_id, created, run.debtor_name, (batch,), file.letters)


def note_export(store: Store, number: int, sha256: str, file: int = 1) -> Run:
    """Note that a file with this hash is complete and will lie under its name; a second time changes nothing.

    Raises `FileDiffersError` where an earlier export had other bytes, `FileGoneError`.
    """
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        require(store, run.office, *ROLES["export"])
        check_step(run, "export")
        known = file_named(store, number, file)
        if known.state in {"voided", "rejected"}:
            raise FileGoneError(run=number, file=file, state=known.state)
        if known.sha256 is None:
            where = {"office": run.office, "run": number}
            store.execute(_FILE, sha256=sha256, now=store.now, file=file, **where)
            store.execute(_RUN, sha256=sha256, now=store.now, **where)
            store.execute(_PAYMENTS, file=file, **where)
            facts = seen_facts(run) | {"sha256": sha256, "file": file}
            record(store, run.office, "payment.export", f"run:{number}", facts)
        elif known.sha256 != sha256:
            raise FileDiffersError(run=number, found=sha256, stored=known.sha256)
        else:
            record(store, run.office, "payment.export_again", f"run:{number}", {"sha256": sha256, "file": file})
        return run_named(store, number)
