"""A source that takes elements of known shape out before the parser sees them, and keeps what they say.

In place of each stands an empty element with a number and as many line breaks, so that the parser goes on checking
the whole and counting lines. What has no known shape, another encoding or is too long goes to the parser as it is.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import TYPE_CHECKING

from sepa.sources import HEAD_BYTES, Source
from sepa.xml.shapes import MARK, Shapes, filled
from sepa.xml.table import Field
from sepa.xml.walk import Record, read_element

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

    from sepa.xml.shapes import _Shape

_LONGEST = 4 * HEAD_BYTES  # bytes of an element that are waited for; a longer one is left to the parser
_DECLARED = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)")
_MARK = b"&#%d;" % ord(MARK)
_ENCODINGS = {b"": "utf-8", b"UTF-8": "utf-8", b"UTF8": "utf-8", b"ISO-8859-1": "latin-1"}


class Shortened:
    """Reads a source for the parser, without the elements of one name whose shape is known."""

    def __init__(self, source: Source, name: str, table: Field) -> None:
        self._source = source
        self._table = table
        self._opening = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?%s)>" % name.encode())
        self._tags: tuple[bytes, bytes] | None = None
        self._shapes = Shapes(table)
        self._taken: deque[tuple[str, _Shape, tuple[str, ...]]] = deque()
        self._count = 0
        self._rest = b""
        declared = _DECLARED.match(source.head().removeprefix(b"\xef\xbb\xbf"))
        self._encoding = _ENCODINGS.get(declared[1].upper() if declared else b"")

    @property
    def shortened(self) -> bool:
        """Whether anything was taken out, so that columns are no longer those of the file."""
        return self._count > 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes for the parser; raises what `Source.read` raises."""
        if self._encoding is None:
            return self._source.read(size)
        while chunk := self._source.read(HEAD_BYTES):
            if short := self._without_known(self._rest + chunk):
                return short
        rest, self._rest = self._rest, b""
        return rest

    def record(self, element: Element, odd: Counter[str]) -> Record:
        """Return what the table names of an element, whether it was taken out or not."""
        mark = element.text
        if mark and mark.startswith(MARK):
            while self._taken:
                number, shape, texts = self._taken.popleft()
                if number == mark:
                    return filled(shape, texts, odd)
        return read_element(element, self._table, odd)

    def _without_known(self, data: bytes) -> bytes:
        """Return the data up to the last element that is whole, without those of known shape; keep the rest."""
        tags = self._tags or self._find_tags(data)
        if tags is None:
            last = max(data.rfind(b"<"), 0)
            return self._kept_from(data, last, data[:last])
        opening, closing = tags
        out: list[bytes] = []
        done = 0
        while (start := data.find(opening, done)) >= 0:
            end = data.find(closing, start) + len(closing)
            if end < len(closing):
                break
            taken = self._take(data[start:end])
            out += (data[done:start], taken) if taken else (data[done:end],)
            done = end
        keep = start if start >= 0 else max(data.rfind(b"<", done), done)
        return self._kept_from(data, keep, b"".join((*out, data[done:keep])))

    def _kept_from(self, data: bytes, keep: int, before: bytes) -> bytes:
        """Keep what begins there for the next time, unless it is too long to wait for its end."""
        if len(data) - keep > _LONGEST:
            self._rest = b""
            return before + data[keep:]
        self._rest = data[keep:]
        return before

    def _find_tags(self, data: bytes) -> tuple[bytes, bytes] | None:
        found = self._opening.search(data)
        self._tags = (b"<%s>" % found[1], b"</%s>" % found[1]) if found else None
        return self._tags

    def _take(self, data: bytes) -> bytes:
        """Return what stands in place of an element of known shape, or nothing."""
        try:
            found = self._shapes.match(data.decode(self._encoding or "utf-8"))
        except UnicodeDecodeError:
            return b""
        if found is None or self._tags is None:
            return b""
        self._count += 1
        self._taken.append((f"{MARK}{self._count}", *found))
        opening, closing = self._tags
        return b"%s%s%d%s%s" % (opening, _MARK, self._count, closing, b"\n" * data.count(b"\n"))
