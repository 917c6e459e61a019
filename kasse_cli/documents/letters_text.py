"""A letter as plain text of 80 columns, for a terminal and an archive."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kasse_cli.documents.text import as_text
from ledger.documents import Address, Block, Document, Facts, Grid, Heading, PageBreak, Paragraph

BREAK = "\u200b"


def letter_text(content: Mapping[str, Any]) -> str:
    """Return the whole letter as text, in the order in which it stands on paper."""
    blocks = [*_head(content), *(part for block in content["blocks"] for part in _parts(block))]
    if content["plain"]:
        blocks += [PageBreak(), *(part for block in content["plain"] for part in _parts(block))]
    document = Document("letter", content["subject"], tuple(blocks), " · ".join(content["foot"]))
    return as_text(document).replace(BREAK, "")


def _head(content: Mapping[str, Any]) -> Iterator[Block]:
    if content["window"]:
        yield Address((*content["remarks"], *content["address"]), content["sender"])
    yield Facts(tuple((label, value) for label, value in content["information"]))


def _parts(block: Mapping[str, Any]) -> Iterator[Block]:
    match block["block"]:
        case "heading":
            yield Heading(block["text"])
        case "paragraph" | "signature":
            yield from (Paragraph(line) for line in block["lines"] if line)
        case "list":
            yield from (Paragraph(f"- {entry}") for entry in block["entries"])
        case "grid":
            rows = tuple(tuple(cell.replace(BREAK, "") for cell in row) for row in block["rows"])
            yield Grid(tuple(block["head"]), rows, frozenset(block["right"]))
        case "payment" | "facts":
            yield Facts(tuple((label, value) for label, value in block["rows"]))
        case _:
            yield PageBreak()
