"""The files of printed letters: a PDF for each, and for a run one of all letters with the list for the print shop."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kasse_cli.columns import Column
from kasse_cli.documents.joining import Joiner
from kasse_cli.documents.letters import letter_pdfs
from kasse_cli.documents.letters_text import letter_text
from kasse_cli.exports import NoFolderError
from kasse_cli.progress import progress
from kasse_cli.spreadsheets.csvfiles import write_csv
from kasse_cli.spreadsheets.replacing import replacing
from sepa.errors import N_

if TYPE_CHECKING:
    from enforcement.letters_prints import Printed

_COUNT = re.compile(rb"/Type/Pages/Count (\d+)")
LIST = (
    Column("position", "lfd. Nr.", "count"),
    Column("letter", "Brief", "count"),
    Column("file", "Datei"),
    Column("first_page", "ab Seite", "count"),
    Column("pages", "Seiten", "count"),
    Column("kind", "Art"),
    Column("way", "Zustellart"),
    Column("receiver", "Empfänger"),
    Column("place", "Ort"),
    Column("sha256", "SHA-256"),
)
"""The print shop's list is German, as the letters are."""


@dataclass(frozen=True, slots=True)
class LetterFile:
    """A letter's file: its pages, also where they begin in the file of all, and its hash."""

    letter: int
    kind: str
    way: str
    file: str
    pages: int
    first_page: int
    receiver: str
    place: str
    sum_cents: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LetterFiles:
    """What was written: a file for each letter, and the file of all with its list."""

    letters: tuple[LetterFile, ...]
    joined: tuple[Path, ...] = ()


def file_name(letter: int) -> str:
    """Return the name of a letter's file."""
    return f"brief-{letter:06d}.pdf"


def write_letters(prints: Sequence[Printed], output: Path, run: int | None) -> LetterFiles:
    """Write the PDF of each letter, for a run also the file of all letters and its list.

    `output` is a folder, made where it is not there, or the name of one PDF. Raises `NoFolderError`, `FileWriteError`,
    `DocumentFormError`.
    """
    alone = output.suffix.lower() == ".pdf"
    if not output.absolute().parent.is_dir():
        raise NoFolderError(file=str(output))
    if not alone:
        output.mkdir(exist_ok=True)
    if not prints or (run is None and not alone):
        return LetterFiles(tuple(_each(prints, output, None)))
    if alone and len(prints) == 1:
        (made,) = _each(prints, output, None)
        return LetterFiles((made,), (output,))
    batch = output if alone else output / f"druckdatei-lauf-{run}.pdf"
    with replacing(batch) as temporary, temporary.open("wb") as out:
        joiner = Joiner(out)
        written = tuple(_each(prints, output, joiner))
        joiner.close()
    if alone:
        return LetterFiles(written, (batch,))
    listed = output / f"druckliste-lauf-{run}.csv"
    _write_list(listed, written)
    return LetterFiles(written, (batch, listed))


def save_letters(contents: Sequence[Mapping[str, Any]], output: Path) -> None:
    """Write letters that are kept as data into one file: .pdf is a PDF, anything else text, - is standard output.

    Raises `FileWriteError`, `DocumentFormError`.
    """
    if output.suffix.lower() != ".pdf":
        text = "\n".join(letter_text(one) for one in contents)
        if str(output) == "-":
            sys.stdout.write(text)
        else:
            _write(output, text.encode())
        return
    with replacing(output) as temporary, temporary.open("wb") as out:
        joiner = Joiner(out)
        for data in letter_pdfs([json.dumps(one) for one in contents], _workers()):
            joiner.add(data)
        joiner.close()


def _each(prints: Sequence[Printed], output: Path, joiner: Joiner | None) -> Iterator[LetterFile]:
    """Yield each letter's file as it was written, and add it to the file of all."""
    alone, page = output.suffix.lower() == ".pdf", 1
    pdfs = letter_pdfs([one.content for one in prints], _workers())
    with progress(N_("letters to debtors"), len(prints)) as step:
        for one, data in zip(prints, pdfs, strict=True):
            if not alone or joiner is None:
                _write(output if alone else output / file_name(one.letter), data)
            if joiner is not None:
                joiner.add(data)
            made = _file(one, data, page, output.name if alone else file_name(one.letter))
            page += made.pages
            yield made
            step(1)


def _workers() -> int:
    return min(os.cpu_count() or 1, 4)


def _file(one: Printed, data: bytes, page: int, name: str) -> LetterFile:
    content = one.data()
    address = content["address"] or [""]
    way = "Zustellung" if content["remarks"] else "Post"
    return LetterFile(
        one.letter, content["kind"], way, name, _pages(data), page, address[0], address[-1],
        content["sum_cents"], sha256(data).hexdigest(),
    )  # fmt: skip


def _pages(pdf: bytes) -> int:
    found = _COUNT.search(pdf)
    assert found is not None, "typst writes the page tree in the open"
    return int(found[1])


def _write(path: Path, data: bytes) -> None:
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def _write_list(path: Path, files: Sequence[LetterFile]) -> None:
    rows: Iterator[list[int | str]] = (
        [at, one.letter, one.file, one.first_page, one.pages, one.kind, one.way, one.receiver, one.place, one.sha256]
        for at, one in enumerate(files, 1)
    )
    with replacing(path) as temporary, temporary.open("wb") as out:
        write_csv(out, LIST, rows, excel=True)
