"""A statement file on its way in: read once, and kept aside in portions until it is known which entries are new.

The rows wait in memory, beyond some size in an unnamed temporary file, so that a file of any length needs little
memory; nothing of it outlives the process.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

from ledger.bank.formats import NotLeadingError, OwnAccount, not_told_before, noted
from ledger.bank.intake import begin, end, is_taken
from ledger.bank.intake_bags import Key
from ledger.bank.intake_pages import Page
from ledger.bank.intake_rows import AMOUNT, BANK_DAY, FINGERPRINT, detail_rows, entry_row
from ledger.store.engines import Row
from sepa.statements import Closed, Entry, Opened, StatementEvent

_ROWS_AT_ONCE = 5000
_IN_MEMORY_BYTES = 32 << 20
Line = tuple[int, Row, tuple[Row, ...]]
"""A booked entry that waits: its line in the statement, its columns, those of its details."""


class Spool:
    """The entries of a file by statement, in the order of the file."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - closed by __exit__
        self._portions: dict[int, list[tuple[int, int]]] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Forget everything."""
        self._file.close()

    def put(self, sheet: int, lines: list[Line]) -> None:
        """Append lines of a statement."""
        if lines:
            data = marshal.dumps(lines)
            self._portions.setdefault(sheet, []).append((self._file.tell(), len(data)))
            self._file.write(data)

    def keep(self, pages: Sequence[Page]) -> None:
        """Forget the lines of all other statements, and count these anew."""
        self._portions = {index: self._portions.get(page.index, []) for index, page in enumerate(pages)}
        for index, page in enumerate(pages):
            page.index = index

    def portions(self, page: Page) -> Iterator[list[Line]]:
        """Yield the lines of a statement again; those without a booking day have its closing day now."""
        for start, size in self._portions.get(page.index, ()):
            self._file.seek(start)
            lines: list[Line] = marshal.loads(self._file.read(size))  # noqa: S302 - our own rows
            yield [_with_day(line, page.closing_day) for line in lines] if page.without_day else lines

    def keys(self, page: Page) -> list[tuple[int, Key]]:
        """Return line and key of every entry of a statement."""
        return [
            (number, (row[BANK_DAY], row[FINGERPRINT], row[AMOUNT]))
            for lines in self.portions(page)
            for number, row, _ in lines
        ]


def _with_day(line: Line, day: str) -> Line:
    number, row, details = line
    return line if row[BANK_DAY] is not None else (number, (day, *row[BANK_DAY + 1 :]), details)


def read_into(
    spool: Spool, name: str, accounts: Mapping[str, OwnAccount], stream: Iterable[StatementEvent]
) -> list[Page]:
    """Read the whole file and return its statements; those in a format that does not lead their account are left out.

    Raises what `begin`, `is_taken`, `end` and `not_told_before` raise; `NotLeadingError` only where nothing is left.
    """
    pages: list[Page] = []
    left_out: list[NotLeadingError] = []
    lines: list[Line] = []
    page: Page | None = None
    for value in stream:
        if isinstance(value, Opened):
            try:
                page = begin(len(pages), value, accounts, name)
                pages.append(page)
            except NotLeadingError as error:
                page = None
                left_out.append(error)
        elif page is not None:
            lines = _take(spool, page, value, lines)
    if left_out and not pages:
        raise left_out[0]
    kept = not_told_before(noted(pages, left_out), accounts)
    spool.keep(kept)
    return kept


def _take(spool: Spool, page: Page, value: Entry | Closed, lines: list[Line]) -> list[Line]:
    """Take an entry or the end of a statement, and return the lines that are still to be put away."""
    if isinstance(value, Closed):
        end(page, value)
    elif is_taken(page, value):
        lines.append(_line(page, value))
    if len(lines) < _ROWS_AT_ONCE and isinstance(value, Entry):
        return lines
    spool.put(page.index, lines)
    return []


def _line(page: Page, entry: Entry) -> Line:
    row = entry_row(entry)
    day: str | None = row[BANK_DAY]
    if day is None:
        page.without_day += 1
    else:
        page.days.add(day)
    return page.entries, row, tuple(detail_rows(entry)) if len(entry.details) > 1 else ()
