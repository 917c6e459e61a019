"""Empty lists of a take-over: one workbook with all of them, or a folder with a file for each."""

from __future__ import annotations

from pathlib import Path

from kasse_cli.i18n import _
from kasse_cli.opening_columns import KINDS, ListKind
from kasse_cli.orders_template import FileExistsAlreadyError, entries, example_rows, write_list
from kasse_cli.spreadsheets import TemplateList, write_workbook_template
from sepa.errors import N_


def workbook_template(path: Path) -> Path:
    """Write all empty lists into one workbook; raises `FileExistsAlreadyError`, `FileWriteError`."""
    if path.exists():
        raise FileExistsAlreadyError(file=str(path))
    lists = [
        TemplateList(
            kind.title, entries(kind.columns, kind.needed), example_rows(kind.columns, kind.examples), _(kind.about)
        )
        for kind in KINDS
    ]
    write_workbook_template(path, _(N_("Take-over")), lists)
    return path


def folder_templates(folder: Path) -> list[Path]:
    """Write every empty list to a file in the folder and return them.

    Raises `FileExistsAlreadyError` before anything is written, `FileWriteError`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{kind.key}.xlsx" for kind in KINDS]
    for path in paths:
        if path.exists():
            raise FileExistsAlreadyError(file=str(path))
    for path, kind in zip(paths, KINDS, strict=True):
        _write(path, kind)
    return paths


def _write(path: Path, kind: ListKind) -> None:
    write_list(path, kind.title, kind.columns, kind.needed, kind.examples)
