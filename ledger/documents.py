"""Documents as plain values: what a sheet or a letter says, block by block; `kasse_cli/documents` makes it a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the largest."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Address:
    """The window of a letter: where it goes, and the sender's line above it."""

    lines: tuple[str, ...]
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values, one a line; long values such as hashes are set in a font of equal widths."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its headings, its rows, and the columns (from 0) that stand to the right; `total`: the last row sums."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    total: bool = False


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, each with what stands below it."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Address | Facts | Grid | Signatures | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    """One document: what kind it is, its title, its blocks in order, and the line at the foot of every page."""

    kind: str
    title: str
    blocks: tuple[Block, ...]
    footer: str = ""
    language: str = "de"
