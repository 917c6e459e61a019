"""Letters as PDF, by typst: DIN 5008 form B, archivable and accessible, the same bytes for the same letter."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from kasse_cli.documents.codes import code_picture
from kasse_cli.documents.pdf import DocumentFormError

Content = Mapping[str, Any]
MANY = 40
"""From so many letters on a second process helps."""
STANDARDS = ("a-2a", "ua-1")
_OWN = threading.local()
_NORM = re.compile(r"(§|\b(?:Abs\.|Nr\.|Satz|Art\.)) (?=\d)")


def letter_pdf(content: Content) -> bytes:
    """Return a letter as PDF, dated with the moment it was composed; raises `DocumentFormError`."""
    data: bytes = _compiled(content, pdf_standards=list(STANDARDS))
    return data


def letter_picture(content: Content, ppi: int = 100) -> list[bytes]:
    """Return the pages of a letter as PNG pictures."""
    pages = _compiled(content, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [pages]


def letter_pdfs(contents: Sequence[str], workers: int) -> Iterator[bytes]:
    """Yield the PDF of each letter, given as JSON text, in order; many are made by several processes."""
    if workers < 2 or len(contents) < MANY:
        yield from map(_from_text, contents)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_from_text, contents, chunksize=8)


def _from_text(text: str) -> bytes:
    return letter_pdf(json.loads(text))


def _compiled(content: Content, **how: Any) -> Any:
    import typst

    layout = f"letter_{content['layout']}.typ"
    made = dt.datetime.fromisoformat(str(content["made_at"]))
    try:
        return _compiler().compile(_source(layout, content), timestamp=int(made.timestamp()), **how)
    except typst.TypstError as error:
        raise DocumentFormError(title=str(content["subject"]), reason=str(error)) from error


def _source(layout: str, content: Content) -> bytes:
    """Return a page that hands a letter's data to its layout, which typst then reads only once for many letters.

    No line ends between a paragraph and its number.
    """
    text = _NORM.sub("\\1\u00a0", json.dumps(_drawn(content), ensure_ascii=False))
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'#import "/{layout}": posted\n#posted(json(bytes("{text}")))\n'.encode()


def _compiler() -> Any:
    """Return a compiler with its fonts read once; each thread has its own, it serves one at a time."""
    import typst

    held: dict[str, Any] = _OWN.__dict__
    if "compiler" not in held:
        held["compiler"] = typst.Compiler(root=str(Path(__file__).parent), ignore_system_fonts=True)
    return held["compiler"]


def _drawn(content: Content) -> dict[str, Any]:
    """Return the letter with its codes for banking apps as pictures."""
    blocks = [block | {"code": code_picture(block["qr"])} if "qr" in block else block for block in content["blocks"]]
    return {**content, "blocks": blocks}
