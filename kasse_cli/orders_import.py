"""A list of orders from a file into the book: the file's hash, its rows, the list of those left out."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kasse_cli.columns import Column
from kasse_cli.i18n import _
from kasse_cli.invoice_reader import is_invoice
from kasse_cli.messages import message
from kasse_cli.orders_columns import FINDING, NEEDED, ORDER_COLUMNS, REJECT_NAMES
from kasse_cli.orders_reader import ListFile, RowReader, faults, rejected_rows
from kasse_cli.progress import progress
from kasse_cli.spreadsheets import Sheet, Table, write_csv, write_xlsx
from kasse_cli.spreadsheets.replacing import replacing
from kasse_cli.spreadsheets.rows import Value
from kasse_cli.spreadsheets.sources import open_source
from kasse_cli.wiring import law_profiles
from ledger.items.order_import_store import Imported, Source, Wishes, import_orders, known_import
from ledger.items.order_rules import check_order
from ledger.items.staging_store import load_rules
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.store.engines import Store

T = TypeVar("T")
_CHUNK_BYTES = 1 << 20
_LARGEST_INVOICE = 64 << 20


class RejectsExistError(KasseError):
    """The list of rows left out would overwrite a file, perhaps one that is being mended."""

    code = "order.rejects_exist"
    template = N_("there is a file {file} already")
    hint = N_("give another name with --rejects, or remove the file; nothing was changed")


@dataclass(frozen=True, slots=True)
class OrderImport:
    """What is to be imported and how; `rejects` is where bad rows go with `partial`."""

    file: ListFile
    source: Source
    partial: bool = False
    rejects: Path | None = None


def chosen_file(call: Call, path: Path, sheet: str | None = None) -> tuple[ListFile, Source]:
    """Return the file to read, all of standard input for `-`, with its hash.

    Raises what `open_source` raises.
    """
    stdin = io.BytesIO(call.stdin()) if str(path) == "-" else None
    digest, size = sha256(), 0
    with open_source(path, stdin).stream as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return ListFile(str(path), stdin, sheet), Source(path.name, digest.hexdigest(), size)


def beginning(call: Call, path: Path) -> bytes:
    """Return the bytes of a file that may be an invoice: all of it, or only its head where it is a list.

    Standard input is always a list; a missing file is reported by whoever reads it.
    """
    del call
    if str(path) == "-" or not path.is_file():
        return b""
    with path.open("rb") as stream:
        head = stream.read(1024)
        return head + stream.read(_LARGEST_INVOICE) if is_invoice(head) else head


def run_import(call: Call, store: Store, wanted: OrderImport) -> Imported:
    """Import the list and return what became of it; its findings have their place in the file."""
    if old := known_import(store, wanted.source):
        return old
    if wanted.partial and wanted.rejects and wanted.rejects.exists() and not call.dry_run:
        raise RejectsExistError(file=str(wanted.rejects))
    table = wanted.file.open(ORDER_COLUMNS, NEEDED)
    day = call.today.isoformat()
    reader = RowReader(table, ORDER_COLUMNS, load_rules(store, day, law_profiles(store)), check_order)
    wishes = Wishes(
        day,
        wanted.partial,
        call.dry_run,
        keep_rejects=lambda numbers, findings: _write_rejects(wanted, numbers, findings),
        placed=reader.placed,
    )
    with progress(N_("rows read"), quiet=call.quiet) as step:
        done = import_orders(store, wanted.source, counted(reader.rows(), step), wishes)
    return replace(done, findings=(*table.findings, *done.findings))


def counted(rows: Iterable[T], step: Callable[[int], None]) -> Iterator[T]:
    """Yield the rows and count each."""
    for row in rows:
        yield row
        step(1)


def rejects_name(path: Path) -> Path:
    """Return where the bad rows of a list go if nothing else is said: beside it."""
    stem = "orders" if str(path) == "-" else path.stem
    return path.with_name(f"{stem}-rejects.xlsx")


def _write_rejects(wanted: OrderImport, numbers: Sequence[int], findings: Sequence[KasseError]) -> None:
    assert wanted.rejects is not None
    table = wanted.file.open(ORDER_COLUMNS, NEEDED)
    kept = [at for at in range(len(table.heading.names)) if at != table.heading.positions.get(FINDING)]
    names = [table.heading.names[at] for at in kept] + [_finding_name()]
    columns = [Column(name, name) for name in names]
    rows = _rejects(table, kept, numbers, faults(findings))
    if wanted.rejects.suffix.lower() == ".csv":
        with replacing(wanted.rejects) as temporary, temporary.open("wb") as out:
            write_csv(out, columns, rows, excel=True)
    else:
        write_xlsx(wanted.rejects, [Sheet(table.place.sheet or _("Orders"), columns, rows)])


def _finding_name() -> str:
    from kasse_cli.i18n import language

    return REJECT_NAMES[0] if language() == "de" else FINDING


def _rejects(
    table: Table, kept: Sequence[int], numbers: Sequence[int], found: dict[int, list[KasseError]]
) -> Iterator[list[Value]]:
    for row in rejected_rows(table, numbers):
        values = [row.values[at] if at < len(row.values) else None for at in kept]
        words = "; ".join(message(finding) for finding in found.get(row.number, ()))
        yield [*values, words or _("another row of this order has a finding")]
