"""Heads of a book that were kept outside: in a file, or typed from paper."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ledger.book.journal import parse_head
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.book.printed_head import PrintedHead

LONGEST_PATH = 4096
_FILE_NAME = re.compile(r"[/\\._]|[g-z]", re.IGNORECASE)
"""What a name of a file has and no head."""


class MissingHeadFileError(KasseError):
    """A file with a head that is not there."""

    code = "head.no_file"
    template = N_("there is no file {file}, and it is no head of a book typed from paper")
    hint = N_("give the file that 'kasse book head --out FILE' wrote, or the 64 signs of the head")
    exit_code = 2


def kept_head(text: str) -> PrintedHead | str:
    """Return a head that was kept outside: of a file where there is one of that name, else as it was typed.

    Raises `HeadFileError`, `MissingHeadFileError`, `InvalidHeadError`.
    """
    path = Path(text)
    if len(text) < LONGEST_PATH and path.is_file():
        from ledger.book.printed_head import read_head

        return read_head(path.read_text("utf-8", errors="replace"))
    if _FILE_NAME.search(text):
        raise MissingHeadFileError(file=text)
    return parse_head(text)


def head_of(kept: PrintedHead | str | None) -> str | None:
    """Return the head of the book that was given, in hex."""
    return kept if kept is None or isinstance(kept, str) else kept.head


HeadOption = Annotated[
    str | None,
    typer.Option(
        "--head",
        parser=kept_head,
        metavar="FILE|HEAD",
        help=N_("a head kept outside: a file of 'kasse book head', or typed from paper"),
    ),
]
