"""The files of a disclosure (Art. 15 DSGVO): data as JSON, a text and a PDF to read, the letters as they were sent."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from kasse_cli.documents.letters import letter_pdf
from kasse_cli.documents.pdf import render_pdf
from kasse_cli.documents.text import as_text
from kasse_cli.exports import TargetExistsError, check_target
from kasse_cli.spreadsheets.replacing import replacing
from ledger.keeping.disclosure import Disclosure, disclosure_document


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the disclosure, and the folder or ZIP file it is in."""

    place: str
    file: str


def check_place(out: Path) -> None:
    """Check that the folder or file can be made; what is there already is not touched.

    Raises `NoFolderError`, `TargetExistsError`.
    """
    check_target(out, replace_it=out.is_dir() and not any(out.iterdir()))
    if out.is_file():
        raise TargetExistsError(file=str(out))


def write_disclosure(found: Disclosure, out: Path, made: dt.datetime) -> list[Written]:
    """Write the files into a folder, or into one ZIP file where the name says so.

    Raises `FileWriteError`, `DocumentFormError`.
    """
    files = list(_files(found, made))
    if out.suffix.lower() == ".zip":
        with replacing(out) as temporary, ZipFile(temporary, "w", ZIP_DEFLATED) as archive:
            for name, content in files:
                archive.writestr(name, content)
    else:
        out.mkdir(mode=0o700, exist_ok=True)
        for name, content in files:
            place = out / name
            place.parent.mkdir(exist_ok=True)
            with replacing(place) as temporary:
                temporary.write_bytes(content)
    return [Written(str(out), name) for name, _ in files]


def _files(found: Disclosure, made: dt.datetime) -> Iterator[tuple[str, bytes]]:
    document = disclosure_document(found)
    yield "auskunft.pdf", render_pdf(document, made)
    yield "auskunft.txt", as_text(document).encode()
    yield "daten.json", (json.dumps(found.data(), ensure_ascii=False, indent=1) + "\n").encode()
    for number, content in found.letters:
        yield f"briefe/brief-{number:06d}.pdf", letter_pdf(json.loads(content))
