"""Rows that wait outside of memory until a whole file is known to be good."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from kasse_cli.output import json_text

_IN_MEMORY_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Section:
    """A statement or batch: its own row, and where in the spool the rows under it begin and end."""

    row: dict[str, Any]
    start: int
    stop: int


class Spool:
    """Keeps rows as lines of JSON, in a temporary file once they are many."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - `close` closes it
        self.size = 0

    def close(self) -> None:
        """Forget everything."""
        self._file.close()

    def add(self, row: object) -> None:
        """Keep a row."""
        line = json_text(row).encode() + b"\n"
        self._file.write(line)
        self.size += len(line)

    def forget(self, start: int) -> None:
        """Drop what was kept since the spool had that size."""
        self._file.seek(start)
        self._file.truncate()
        self.size = start

    def lines(self, section: Section) -> Iterator[str]:
        """Yield the rows under a section as text; one section after the other."""
        self._file.seek(section.start)
        at = section.start
        while at < section.stop:
            line = self._file.readline()
            at += len(line)
            yield line[:-1].decode()

    def rows(self, section: Section) -> Iterator[dict[str, Any]]:
        """Yield the rows under a section."""
        return (cast("dict[str, Any]", json.loads(line)) for line in self.lines(section))
