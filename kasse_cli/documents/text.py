"""A document as plain text of 80 columns."""

from __future__ import annotations

from itertools import zip_longest
from textwrap import wrap

from ledger.documents import Address, Block, Document, Facts, Grid, Heading, PageBreak, Paragraph, Signatures

WIDTH = 80
NARROWEST = 12
"""No column of texts is made narrower than this."""


def as_text(document: Document) -> str:
    """Return the document as text, each block with a blank line behind it.

    >>> print(as_text(Document("note", "Notiz", (Facts((("Summe", "1,00 EUR"),)),))), end="")
    Notiz
    =====
    <BLANKLINE>
    Summe  1,00 EUR
    """
    blocks = [f"{document.title}\n{'=' * len(document.title)}\n", *map(_block, document.blocks)]
    if document.footer:
        blocks.append(f"{document.footer}\n")
    return "\n".join(blocks)


def _block(block: Block) -> str:
    match block:
        case Heading():
            text = f"{block.text}\n{'-' * len(block.text)}\n"
        case Paragraph():
            text = "".join(f"{line}\n" for line in wrap(block.text, WIDTH))
        case Address():
            text = "".join(f"{line}\n" for line in block.lines)
        case Facts():
            text = _facts(block)
        case Grid():
            text = _grid(block)
        case Signatures():
            text = "".join(f"\n\n{'_' * 40}\n{label}\n" for label in block.labels)
        case PageBreak():
            text = "\f"
    return text


def _facts(facts: Facts) -> str:
    width = max((len(label) for label, _ in facts.rows), default=0)
    rest = " " * (width + 2)
    return "".join(
        f"{line}\n"
        for label, value in facts.rows
        for line in wrap(f"{label:<{width}}  {value}", WIDTH, subsequent_indent=rest, break_on_hyphens=False) or [label]
    )


def _grid(grid: Grid) -> str:
    rows = (grid.head, *grid.rows)
    widths = _widths(grid, rows)
    lines = [
        "  ".join(_cell(line, widths, column, grid) for column in range(len(widths))).rstrip()
        for row in rows
        for line in _lines(row, widths)
    ]
    rule = "  ".join("-" * width for width in widths)
    if grid.total:
        lines.insert(len(lines) - len(_lines(grid.rows[-1], widths)), rule)
    lines.insert(len(_lines(grid.head, widths)), rule)
    return "".join(f"{line}\n" for line in lines)


def _widths(grid: Grid, rows: tuple[tuple[str, ...], ...]) -> list[int]:
    """Return how wide the columns are: the widest of texts gives way until all fit, as far as its words let it."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(grid.head))]
    over = sum(widths) + 2 * (len(widths) - 1) - WIDTH
    texts = [column for column in range(len(widths)) if column not in grid.right]
    while over > 0 and texts:
        widest = max(texts, key=lambda column: widths[column])
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
        over -= 1
    return widths


def _lines(row: tuple[str, ...], widths: list[int]) -> list[tuple[str, ...]]:
    """Return the lines that a row takes."""
    cells = [wrap(text, width, break_on_hyphens=False) or [""] for text, width in zip(row, widths, strict=True)]
    return list(zip_longest(*cells, fillvalue=""))


def _cell(row: tuple[str, ...], widths: list[int], column: int, grid: Grid) -> str:
    text, width = row[column], widths[column]
    return text.rjust(width) if column in grid.right else text.ljust(width)
