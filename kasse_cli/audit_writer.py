"""The audit export on disk: a folder of CSV files with their hashes and a description for programs and for people."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from kasse_cli.i18n import _
from kasse_cli.spreadsheets.replacing import FileWriteError
from ledger.book.export import AuditColumn, AuditFile
from sepa.errors import N_, KasseError
from sepa.system_errors import why_refused

TYPES = {"cents": "integer", "flag": "integer", "hex": "string", "json": "string"}
"""Types of the description for programs (Frictionless Data Package) where they differ from ours."""
CHAIN = N_(
    "How to recompute: an entry's bytes are the hash before it (32 bytes; of the first one the genesis of the office), "
    "then as UTF-8 the word kasse-entry-1 and, each after the sign U+001F, office, position, year, number, kind, "
    "source, transaction_id, posting_day, bank_day, value_day, payment_day, recorded_at, recorded_by, reverses, "
    "text_hash; then for each posting, by line, the sign U+001E and account, cents, item, dimensions with U+001F "
    "between them. Blank values are nothing. SHA-256 of these bytes is the hash of the entry. An event is the hash "
    "before it and kasse-event-1, office, position, at, by, action, object, facts, details_hash, with U+001F between."
)
MONEY = N_("Amounts are whole cents in EUR. Days are ISO days, moments are UTC. Files are UTF-8 with commas.")


class FolderTakenError(KasseError):
    """A folder to write to that holds something."""

    code = "export.folder"
    template = N_("the folder {folder} is there already")
    hint = N_("name a folder that does not exist yet; the export makes it")


class NoParentError(KasseError):
    """A folder to make inside one that is not there."""

    code = "export.no_parent"
    template = N_("there is no folder in which {folder} could be made")
    hint = N_("make the folder above it first, or name another one")


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file of the export: its name, rows, size and SHA-256 in hex."""

    name: str
    rows: int
    size_bytes: int
    sha256: str


def check_folder(folder: Path) -> None:
    """Check before the work begins that the folder can be made; raises `FolderTakenError`, `NoParentError`."""
    if folder.exists():
        raise FolderTakenError(folder=str(folder))
    if not folder.absolute().parent.is_dir():
        raise NoParentError(folder=str(folder))


def write_audit(
    folder: Path,
    files: Iterable[AuditFile],
    rows: Callable[[AuditFile], Iterable[tuple[Any, ...]]],
    facts: Mapping[str, str],
) -> list[WrittenFile]:
    """Write the export into a new folder, whole or not at all, and return its files.

    Raises `FolderTakenError`, `FileWriteError`.
    """
    check_folder(folder)
    temporary = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir()
        given = list(files)
        written = [_write(temporary, file, rows(file)) for file in given]
        _describe(temporary, given, written, facts)
        temporary.rename(folder)
    except OSError as error:
        raise FileWriteError(file=str(folder), reason=why_refused(error)) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return written


class _Counted(io.RawIOBase):
    """Writes through to a file and keeps count and hash of what went by."""

    def __init__(self, path: Path) -> None:
        self.stream = path.open("wb")
        self.digest, self.size = sha256(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.stream.write(data)

    def close(self) -> None:
        if not self.closed:
            self.stream.close()
        super().close()


def _write(folder: Path, file: AuditFile, rows: Iterable[tuple[Any, ...]]) -> WrittenFile:
    raw, count = _Counted(folder / f"{file.name}.csv"), 0
    places = [index for index, column in enumerate(file.columns) if column.type == "hex"]
    with io.TextIOWrapper(io.BufferedWriter(raw, 1 << 16), "utf-8", newline="", write_through=False) as text:
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([column.name for column in file.columns])
        for row in rows:
            writer.writerow(_plain(row, places))
            count += 1
    return WrittenFile(f"{file.name}.csv", count, raw.size, raw.digest.hexdigest())


def _plain(row: tuple[Any, ...], places: list[int]) -> list[Any]:
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = bytes(values[place]).hex()
    return values


def _describe(folder: Path, files: list[AuditFile], written: list[WrittenFile], facts: Mapping[str, str]) -> None:
    package = {
        "profile": "tabular-data-package",
        "name": "kasse-audit",
        "title": facts.get("name", ""),
        "description": f"{_(MONEY)} {_(CHAIN)}",
        "facts": dict(facts),
        "resources": [_resource(file, done) for file, done in zip(files, written, strict=True)],
    }
    text = json.dumps(package, ensure_ascii=False, indent=2) + "\n"
    (folder / "datapackage.json").write_text(text, "utf-8", newline="\n")
    (folder / "description.txt").write_text("".join(_pages(files, written, facts)), "utf-8", newline="\n")
    sums = "".join(f"{done.sha256}  {done.name}\n" for done in written)
    (folder / "SHA256SUMS").write_text(sums, "ascii", newline="\n")


def _resource(file: AuditFile, done: WrittenFile) -> dict[str, object]:
    schema = {
        "fields": [_field(column) for column in file.columns], "primaryKey": list(file.key), "missingValues": [""],
    }  # fmt: skip
    return {
        "name": file.name, "path": done.name, "title": _(file.meaning), "profile": "tabular-data-resource",
        "encoding": "utf-8", "bytes": done.size_bytes, "hash": f"sha256:{done.sha256}", "rows": done.rows,
        "schema": schema,
    }  # fmt: skip


def _field(column: AuditColumn) -> dict[str, str]:
    return {"name": column.name, "type": TYPES.get(column.type, column.type), "description": _(column.meaning)}


def _pages(files: list[AuditFile], written: list[WrittenFile], facts: Mapping[str, str]) -> Iterator[str]:
    """Yield the description for people."""
    from textwrap import fill

    yield f"{_('Export of the books for an audit')}\n\n"
    for name, value in facts.items():
        yield f"{name}: {value}\n"
    yield f"\n{fill(_(MONEY), 100)}\n\n{fill(_(CHAIN), 100)}\n"
    for file, done in zip(files, written, strict=True):
        yield f"\n{done.name}: {_(file.meaning)}\n"
        yield f"  {_('rows')}: {done.rows}  SHA-256: {done.sha256}\n  {_('key')}: {', '.join(file.key)}\n"
        width = max(len(column.name) for column in file.columns)
        for column in file.columns:
            yield f"  {column.name:<{width}}  {column.type:<8}  {_(column.meaning)}\n"
