"""A document as PDF, by typst: archivable (PDF/A) and accessible (PDF/UA), the same bytes for the same values."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from enforcement.letters_paper import Paper
from ledger.documents import Block, Document
from sepa.errors import N_, KasseError

TEMPLATE = Path(__file__).parent / "document.typ"


class DocumentFormError(KasseError):
    """A document cannot be set."""

    code = "document.form"
    template = N_("the document {title} cannot be made a PDF: {reason}")
    hint = N_("write it as text with a file name that ends in .txt, and report this")


def render_pdf(document: Document, made: dt.datetime) -> bytes:
    """Return the document as PDF, dated with `made`; nothing of its texts is taken for markup.

    Signs that the font lacks become ? (Chinese, Arabic, pictures; the book keeps them). Raises `DocumentFormError`.
    """
    import typst

    content = {
        "title": document.title,
        "footer": document.footer,
        "language": document.language,
        "blocks": [_block(block) for block in document.blocks],
    }
    try:
        return _compiled(json.dumps(content, ensure_ascii=False), made)
    except typst.TypstError:
        pass  # a name in signs that the font lacks, most likely: the sheet is written with ? in their place
    try:
        return _compiled(json.dumps(on_paper(content), ensure_ascii=False), made)
    except typst.TypstError as error:
        raise DocumentFormError(title=document.title, reason=str(error)) from error


def on_paper(content: Any) -> Any:
    """Return values with every text as the font can show it, signs that it lacks as ?."""
    if isinstance(content, str):
        return Paper().plain(content)
    if isinstance(content, dict):
        return {name: on_paper(value) for name, value in content.items()}
    return [on_paper(value) for value in content] if isinstance(content, (list, tuple)) else content


def _compiled(content: str, made: dt.datetime) -> bytes:
    import typst

    return typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        sys_inputs={"document": content},
        ignore_system_fonts=True,
        pdf_standards=["a-2a", "ua-1"],
        timestamp=int(made.timestamp()),
    )


def _block(block: Block) -> dict[str, Any]:
    values = asdict(block)
    if "right" in values:
        values["right"] = sorted(values["right"])
    return {"block": type(block).__name__.lower(), **values}
