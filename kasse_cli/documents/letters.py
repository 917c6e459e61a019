"""Letters as PDF, by typst: DIN 5008 form B, archivable and accessible, the same bytes for the same letter."""

from __future__ import annotations

import datetime as dt
import json
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


def letter_pdf(content: Content) -> bytes:
    """Return a letter as PDF, dated with the moment it was composed; raises `DocumentFormError`."""
    return _set([content], str(content["subject"]))


def letter_picture(content: Content, ppi: int = 100) -> list[bytes]:
    """Return the pages of a letter as PNG pictures."""
    pages = _compiled([content], str(content["subject"]), format="png", ppi=ppi)
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


def _set(contents: Sequence[Content], title: str) -> bytes:
    data: bytes = _compiled(contents, title, pdf_standards=list(STANDARDS))
    return data


def _compiled(contents: Sequence[Content], title: str, **how: Any) -> Any:
    import typst

    given = {"title": title, "letters": [_drawn(one) for one in contents]}
    made = max(str(one["made_at"]) for one in contents)
    try:
        return _compiler(f"letter_{contents[0]['layout']}.typ").compile(
            sys_inputs={"letters": json.dumps(given, ensure_ascii=False)},
            timestamp=int(dt.datetime.fromisoformat(made).timestamp()),
            **how,
        )
    except typst.TypstError as error:
        raise DocumentFormError(title=title, reason=str(error)) from error


def _compiler(layout: str) -> Any:
    """Return the compiler of a layout, with its fonts read once; each thread has its own, it serves one at a time."""
    import typst

    held: dict[str, Any] = _OWN.__dict__
    if layout not in held:
        folder = Path(__file__).parent
        held[layout] = typst.Compiler(str(folder / layout), root=str(folder), ignore_system_fonts=True)
    return held[layout]


def _drawn(content: Content) -> dict[str, Any]:
    """Return the letter with its codes for banking apps as pictures."""
    blocks = [block | {"code": code_picture(block["qr"])} if "qr" in block else block for block in content["blocks"]]
    return {**content, "blocks": blocks}
