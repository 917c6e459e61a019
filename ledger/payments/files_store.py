"""The files of a run in the book: made at its release, read for export and for banks' answers."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from ledger.payments.files import FilePlan, PaymentFile, Routed, file_message_id, plan
from ledger.payments.profiles_store import high_cents, profile_of
from ledger.payments.runs import Run, RunChangedError
from ledger.payments.warnings_reader import doubted_names, fresh_accounts, payments_seen
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_COLUMNS = (
    "office", "run", "number", "state", "message_id", "kind", "name_check", "profile", "charset", "ebics", "btf",
    "count", "total_cents", "created_stamp",
)  # fmt: skip
_MADE = f"""SELECT {", ".join(name for name in _COLUMNS if name != "state")} FROM payment_file
    WHERE office = :office AND run = :run ORDER BY number"""
_PUT = """
    UPDATE payment SET file = s.file, state = 'released' FROM routed s
    WHERE payment.office = :office AND payment.run = :run AND payment.line = s.line AND payment.state = 'proposed'"""
_FILES = """
    SELECT run, number, state, message_id, kind, name_check, profile, charset, ebics, btf, count, total_cents,
           created_stamp, sha256, exported_at
    FROM payment_file WHERE (CAST(:run AS BIGINT) IS NULL OR run = :run)
      AND (CAST(:message AS TEXT) IS NULL OR message_id = :message)
    ORDER BY run, number"""


class UnknownFileError(KasseError):
    """A file that the run does not have."""

    code = "payment.file_unknown"
    template = N_("run {run} has no file {file}")
    hint = N_("see 'kasse payment show {run}' for its files")


def planned(store: Store, run: Run) -> list[FilePlan]:
    """Return the files that the run would become now; inside `snapshot` or a unit."""
    return plan(list(_routed(store, run)), profile_of(store, run.iban), instant=run.instant)


def _routed(store: Store, run: Run) -> Iterator[Routed]:
    of_run: dict[str, str | int] = {"office": run.office, "run": run.number}
    high = high_cents(store)
    fresh, doubted = fresh_accounts(store, of_run), doubted_names(store, of_run)
    for one in payments_seen(store, of_run):
        asked = one.account in fresh or (one.iban, one.name) in doubted
        yield Routed(one.line, one.cents, one.cents >= high or one.purpose == "RRCT" or asked)


def make_files(store: Store, run: Run, message: str) -> int:
    """Release each payment into its file and return how many files there are; inside the unit of the release.

    Raises `RunChangedError` where not every payment of the run has a file.
    """
    profile, plans = profile_of(store, run.iban), planned(store, run)
    rows = [
        (
            run.office, run.number, one.number, "released", file_message_id(message, one.number, len(plans)), one.kind,
            int(one.name_check), profile.name, profile.charset, one.order.ebics, one.order.btf, len(one.lines),
            one.total_cents, store.now,
        )
        for one in plans
    ]  # fmt: skip
    store.insert("payment_file", _COLUMNS, rows)
    store.execute("CREATE TEMPORARY TABLE routed (line BIGINT PRIMARY KEY, file BIGINT)")
    store.insert("routed", ("line", "file"), ((line, one.number) for one in plans for line in one.lines))
    released = store.execute(_PUT, office=run.office, run=run.number)
    store.execute("DROP TABLE routed")
    if released != run.count:
        raise RunChangedError(run=run.number)
    return len(plans)


def files_hash(store: Store, office: str, number: int) -> str:
    """Return the hash over the files of a run as they were made at its release."""
    digest = sha256()
    for row in store.all(_MADE, office=office, run=number):
        digest.update(ascii(row).encode())
    return digest.hexdigest()


def files_of(store: Store, number: int) -> list[PaymentFile]:
    """Return the files of a run in their order; none before its release."""
    return [_file(row) for row in store.rows(_FILES, run=number, message=None)]


def file_named(store: Store, number: int, file: int) -> PaymentFile:
    """Return one file of a run; raises `UnknownFileError`."""
    found = next((one for one in files_of(store, number) if one.number == file), None)
    if found is None:
        raise UnknownFileError(run=number, file=file)
    return found


def file_of_message(store: Store, message: str) -> PaymentFile | None:
    """Return the file with that message id, None where it is not one of ours."""
    row = store.one(_FILES, run=None, message=message)
    return None if row is None else _file(row)


def _file(row: tuple[Any, ...]) -> PaymentFile:
    values = list(row)
    values[5] = bool(row[5])
    return PaymentFile(*values)
