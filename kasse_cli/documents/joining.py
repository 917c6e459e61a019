"""Many PDFs of our own as one for a printing machine: pages in their order, what they share once, constant memory.

It reads only what typst writes (a plain table of objects, no object streams). The pages keep what is needed to print
them; tags and metadata stay in the single files, which are the ones that are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_KIDS = re.compile(rb"/Kids\s*\[([^\]]*)\]")
_PARENT = re.compile(rb"/Parent \d+ 0 R")
_TAGGED = re.compile(rb"/StructParents \d+|/Tabs/\w+")
_STREAM = b"\nstream\n"
_PAGES, _CATALOG = 1, 2


@dataclass(slots=True)
class Joiner:
    """Writes the pages of PDFs to one file; `add` for each of them, then `close`."""

    out: IO[bytes]
    offsets: dict[int, int] = field(default_factory=dict)
    pages: list[int] = field(default_factory=list)
    shared: dict[bytes, int] = field(default_factory=dict)
    last: int = _CATALOG
    at: int = 0

    def __post_init__(self) -> None:
        self._write(b"%PDF-1.7\n%\x80\x80\x80\x80\n\n")

    def add(self, pdf: bytes) -> int:
        """Write the pages of a PDF and return how many they are."""
        objects = _objects(pdf)
        before = len(self.pages)
        known: dict[int, int] = {}
        for number in _page_numbers(objects):
            body = _PARENT.sub(b"", _TAGGED.sub(b"", objects[number]))
            made = self._placed(body.replace(b"<<", b"<</Parent 1 0 R", 1), objects, known)
            self.pages.append(made)
        return len(self.pages) - before

    def close(self) -> None:
        """Write the list of pages and the table of objects."""
        kids = b" ".join(b"%d 0 R" % page for page in self.pages)
        self._object(_PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(self.pages), kids))
        self._object(_CATALOG, b"<</Type/Catalog/Pages 1 0 R/Lang(de)>>")
        table = self.at
        lines = [b"xref\n0 %d\n0000000000 65535 f\r\n" % (self.last + 1)]
        lines += [b"%010d 00000 n\r\n" % self.offsets[number] for number in range(1, self.last + 1)]
        self._write(b"".join(lines))
        self._write(b"trailer\n<</Size %d/Root 2 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (self.last + 1, table))

    def _placed(self, body: bytes, objects: dict[int, bytes], known: dict[int, int]) -> int:
        """Write an object and all it names, and return its number here; one that names nothing is written once."""
        head, stream, data = body.partition(_STREAM)
        named = _REFERENCE.search(head.replace(b"/Parent 1 0 R", b""))
        key = sha256(body).digest() if named is None else b""
        if key in self.shared:
            return self.shared[key]
        renumbered = _REFERENCE.sub(lambda found: self._renumbered(found, objects, known), head)
        self.last += 1
        if key:
            self.shared[key] = self.last
        self._object(self.last, renumbered + stream + data)
        return self.last

    def _renumbered(self, found: re.Match[bytes], objects: dict[int, bytes], known: dict[int, int]) -> bytes:
        number = int(found[1])
        if found.string[max(0, found.start() - 8) : found.start()].endswith(b"/Parent "):
            return found[0]
        if number not in known:
            known[number] = self._placed(objects[number], objects, known)
        return b"%d 0 R" % known[number]

    def _object(self, number: int, body: bytes) -> None:
        self.offsets[number] = self.at
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _write(self, data: bytes) -> None:
        self.out.write(data)
        self.at += len(data)


def _objects(pdf: bytes) -> dict[int, bytes]:
    """Return the objects of a PDF by their numbers, read at the offsets of its table."""
    start = int(pdf[pdf.rindex(b"startxref") + 9 :].split()[0])
    lines = pdf[start : pdf.rindex(b"trailer")].splitlines()[2:]
    offsets = {number: int(line[:10]) for number, line in enumerate(lines) if line[17:18] == b"n"}
    ends = dict(zip(sorted(offsets.values()), [*sorted(offsets.values())[1:], start], strict=True))
    found: dict[int, bytes] = {}
    for number, offset in offsets.items():
        text = pdf[offset : ends[offset]]
        found[number] = text[text.index(b"obj\n") + 4 : text.rindex(b"endobj")].rstrip(b"\n")
    return found


def _page_numbers(objects: dict[int, bytes]) -> Iterator[int]:
    """Yield the pages in their order."""
    root = next(number for number, body in objects.items() if b"/Type/Pages" in body and not _PARENT.search(body))
    yield from _kids(root, objects)


def _kids(number: int, objects: dict[int, bytes]) -> Iterator[int]:
    found = _KIDS.search(objects[number])
    if found is None:
        yield number
        return
    for kid in _REFERENCE.findall(found[1]):
        yield from _kids(int(kid), objects)
