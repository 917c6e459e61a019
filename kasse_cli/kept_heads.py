"""Heads of a book that were kept outside: in a file, or typed from paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ledger.book.journal import parse_head

if TYPE_CHECKING:
    from ledger.book.printed_head import PrintedHead

LONGEST_PATH = 4096


def kept_head(text: str) -> PrintedHead | str:
    """Return a head that was kept outside: of a file where there is one of that name, else as it was typed.

    Raises `HeadFileError`, `InvalidHeadError`.
    """
    path = Path(text)
    if len(text) < LONGEST_PATH and path.is_file():
        from ledger.book.printed_head import read_head

        return read_head(path.read_text("utf-8", errors="replace"))
    return parse_head(text)


def head_of(kept: PrintedHead | str | None) -> str | None:
    """Return the head of the book that was given, in hex."""
    return kept if kept is None or isinstance(kept, str) else kept.head
