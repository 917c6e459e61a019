"""Writing a document under a name: .pdf is a PDF, anything else text, - is standard output."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from kasse_cli.documents.pdf import render_pdf
from kasse_cli.documents.text import as_text
from kasse_cli.masking import masked
from kasse_cli.spreadsheets.replacing import replacing
from ledger.documents import Document


def save(document: Document, out: Path, made: dt.datetime) -> None:
    """Write the document, complete before it has its name; raises `FileWriteError`, `DocumentFormError`."""
    document = masked(document)
    if str(out) == "-":
        sys.stdout.write(as_text(document))
        return
    data = render_pdf(document, made) if out.suffix.lower() == ".pdf" else as_text(document).encode()
    with replacing(out) as temporary:
        temporary.write_bytes(data)
