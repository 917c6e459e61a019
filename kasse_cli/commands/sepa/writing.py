"""From a list of payments to files: read, check all, write all or nothing."""

from __future__ import annotations

import datetime as dt
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

from kasse_cli.commands.sepa.params import OutputExistsError
from kasse_cli.commands.sepa.payment_list import COLUMNS, NEEDED, Own, ReadList, read_list
from kasse_cli.context import Call
from kasse_cli.exports import NoFolderError
from kasse_cli.output import Column, Result, Table, say
from kasse_cli.spreadsheets import read_table
from kasse_cli.spreadsheets.replacing import replacing
from sepa import pain001, pain008
from sepa.banks import account_finding
from sepa.debits import DirectDebitMessage
from sepa.errors import N_, KasseError, Place
from sepa.fields import creditor_id_problem
from sepa.payments import CreditTransferMessage, Totals, count
from sepa.profiles import Kind, Profile, messages
from sepa.profiles import check as check_profile
from sepa.profiles.debits import debit_messages
from sepa.rules import debits, transfers
from sepa.schemas import SchemaFile, schema_for, validate
from sepa.text import clean

FILES = (
    Column("file", N_("File")),
    Column("message_id", N_("Message")),
    Column("payments", N_("Payments"), "count"),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("ebics", N_("Order type")),
    Column("btf", N_("BTF")),
)
CHANGES = (
    Column("row", N_("Row"), "count"),
    Column("column", N_("Column")),
    Column("was", N_("In the list")),
    Column("now", N_("In the file")),
)
Message = CreditTransferMessage | DirectDebitMessage


class ListRefusedError(KasseError):
    """A list with errors, of which nothing was written."""

    code = "write.refused"
    template = N_("the list has {count} errors, nothing was written")
    hint = N_("correct the list and write it again")


class EmptyListError(KasseError):
    """A list without payments."""

    code = "write.empty"
    template = N_("the list holds no payment")
    hint = N_("put one payment into each row below the heading")


@dataclass(frozen=True, slots=True)
class Task:
    """The list, its sheet, where the files go, the day and hour it is done, and the schemas to check the files by."""

    payments: Path
    sheet: str | None
    out: Path
    on: dt.date
    now: dt.datetime
    schemas: tuple[SchemaFile, ...] = ()


def write_files(call: Call, task: Task, own: Own) -> Result:
    """Return what was written; raises `ListRefusedError` with every finding where one is an error."""
    own, renamed = _taken(own)
    found = _read(call, task.payments, task.sheet, own)
    found.changes[:0] = renamed
    made = _messages(found, own, task.now)
    findings = [*found.findings, *_rule_findings(made, found, own.profile, task.on, task.now)]
    _refuse(findings, task)
    if not made:
        raise EmptyListError(place=Place(file=str(task.payments)))
    with ExitStack() as stack:
        files = [_file(message, task, stack, dry_run=call.dry_run) for message in made]
        findings += _schema_findings(zip(made, files, strict=True), task)
        _refuse(findings, task)
    rows = [_row(message, file.path, own.profile) for message, file in zip(made, files, strict=True)]
    return _result(rows, found, findings, dry_run=call.dry_run)


def _taken(own: Own) -> tuple[Own, list[dict[str, object]]]:
    """Return ourselves with a name in letters that the bank takes, and what was changed in it."""
    name = clean(own.party.name, own.profile.charset).text
    if name == own.party.name:
        return own, []
    change: dict[str, object] = {"row": None, "column": "--name", "was": own.party.name, "now": name}
    return replace(own, party=replace(own.party, name=name)), [change]


def _refuse(findings: Sequence[KasseError], task: Task) -> None:
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        raise ListRefusedError(count=errors, findings=tuple(findings), place=Place(file=str(task.payments)))


def _read(call: Call, payments: Path, sheet: str | None, own: Own) -> ReadList:
    stdin = io.BytesIO(call.stdin()) if str(payments) == "-" else None
    found = read_list(read_table(payments, COLUMNS, required=NEEDED, sheet=sheet, stdin=stdin), own)
    if found.debits and (problem := creditor_id_problem(own.creditor_id, "--creditor-id")) is not None:
        raise problem
    return found


def _messages(found: ReadList, own: Own, now: dt.datetime) -> tuple[Message, ...]:
    settings: dict[str, Any] = {"base_id": own.base_id, "created": now, "initiator": own.party.name}
    if found.debits:
        return debit_messages(found.collections, own.profile, **settings)
    return messages(found.transfers, own.profile, **settings)


def _rule_findings(
    made: Iterable[Message], found: ReadList, profile: Profile, on: dt.date, now: dt.datetime
) -> Iterator[KasseError]:
    """Yield what the rules say of the files, with the cell where one payment is meant."""
    for message in made:
        if isinstance(message, DirectDebitMessage):
            yield from (found.placed(finding) for finding in debits.check(message, on))
        else:
            yield from (found.placed(finding) for finding in transfers.check(message, on))
        yield from check_profile(message, profile, now.replace(year=on.year, month=on.month, day=on.day))
    yield from (found.placed(finding) for finding in _account_findings(found))


def _account_findings(found: ReadList) -> Iterator[KasseError]:
    """Yield what the directory of banks says of the German accounts of the list, each account once."""
    told: set[str] = set()
    paid = [(one.transfer.creditor.iban, one.transfer.end_to_end_id) for one in found.transfers]
    collected = [(one.collection.debtor.iban, one.collection.end_to_end_id) for one in found.collections]
    for iban, payment in (*paid, *collected):
        if iban not in told and (finding := account_finding(iban)) is not None:
            yield finding.at(Place(payment=payment))
        told.add(iban)


@dataclass(frozen=True, slots=True)
class _File:
    """One file: its name, and where it is until all are right; nowhere where it is not asked for."""

    path: Path
    temporary: Path | None


def _file(message: Message, task: Task, stack: ExitStack, *, dry_run: bool) -> _File:
    """Write one file beside its place; all come to their places when the stack ends well, or none."""
    if not task.out.is_dir():
        raise NoFolderError(file=str(task.out / "*.xml"))
    path = task.out / f"{message.message_id}.xml"
    if path.exists():
        raise OutputExistsError(file=str(path))
    if dry_run and not task.schemas:
        return _File(path, None)
    if dry_run:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory())) / path.name
    else:
        temporary = stack.enter_context(replacing(path))
    with temporary.open("wb") as stream:
        stream.writelines(_chunks(message))
    return _File(path, temporary)


def _schema_findings(made: Iterable[tuple[Message, _File]], task: Task) -> Iterator[KasseError]:
    """Yield what the user's schemas do not allow in the files."""
    for message, file in made:
        if task.schemas and file.temporary is not None:
            namespace = pain008.NAMESPACE if isinstance(message, DirectDebitMessage) else pain001.NAMESPACE
            schema = schema_for(namespace, task.schemas)
            place = Place(file=str(file.path))
            opened = cast("Callable[[], BinaryIO]", partial(file.temporary.open, "rb"))
            found = validate(opened, schema)
            yield from (finding.at(place) for finding in found)


def _chunks(message: Message) -> Iterator[bytes]:
    return pain008.write(message) if isinstance(message, DirectDebitMessage) else pain001.write(message)


def _row(message: Message, path: Path, profile: Profile) -> dict[str, Any]:
    if isinstance(message, DirectDebitMessage):
        kind: Kind = "core" if message.scheme == "CORE" else "b2b"
        totals = sum((count(batch.collections) for batch in message.batches), Totals())
    else:
        kind = "instant" if message.batches[0].instant else "transfer"
        totals = sum((count(batch.transfers) for batch in message.batches), Totals())
    way = profile.order_type(kind)
    return {
        "file": str(path),
        "message_id": message.message_id,
        "payments": totals.count,
        "sum_cents": totals.amount_cents,
        "ebics": way.ebics,
        "btf": way.btf,
    }


def _result(rows: list[dict[str, Any]], found: ReadList, findings: list[KasseError], *, dry_run: bool) -> Result:
    template = N_(
        "would be written: files {files}, payments {payments}, together {sum_cents}, texts changed: {changes}"
    )
    if not dry_run:
        template = N_("written: files {files}, payments {payments}, together {sum_cents}, texts changed: {changes}")
    line = say(
        template,
        files=len(rows),
        payments=found.count,
        sum_cents=sum(row["sum_cents"] for row in rows),
        changes=len(found.changes),
    )
    tables = [Table("files", FILES, rows, N_("Files"))]
    tables += [Table("changes", CHANGES, found.changes, N_("Changed texts"))] if found.changes else []
    return Result(data={"changes": []}, tables=tables, lines=[line], findings=findings)
