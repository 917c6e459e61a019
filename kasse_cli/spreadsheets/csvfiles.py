"""Lists as CSV: one form for machines, one that Excel opens rightly by a double click."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import IO

from kasse_cli.columns import Column
from kasse_cli.spreadsheets.rows import Value
from sepa.money import plain

_RISKY = re.compile(r"'*[=+\-@\t\r]")  # a spreadsheet program would take the text for a formula
_Form = Callable[[Value], str]


def write_csv(stream: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Value]], *, excel: bool) -> None:
    """Write the list as UTF-8: keys, `,`, 1234.56 and ISO dates; for Excel labels, `;`, 1234,56 and 21.11.2026.

    Cells of `cents` columns are whole cents, those of `permille` whole per mille. In the form for Excel a text that
    could be a formula gets a leading apostrophe, which our own reader takes away again.
    """
    text = io.TextIOWrapper(stream, "utf-8-sig" if excel else "utf-8", errors="replace", newline="")
    writer = csv.writer(_Lines(text, "\r\n" if excel else "\n"), delimiter=";" if excel else ",")
    cents, day, words = (_german_cents, _german_day, guarded) if excel else (_plain_cents, _iso_day, str)
    forms: dict[str, _Form] = {
        "cents": cents,
        "day": day,
        "count": str,
        "flag": lambda value: str(value).lower(),
        "permille": _german_percent if excel else str,
    }
    try:
        writer.writerow([column.label if excel else column.key for column in columns])
        chosen = [forms.get(column.kind, lambda value: words(str(value))) for column in columns]
        for row in rows:
            writer.writerow([_written(value, form) for value, form in zip(row, chosen, strict=True)])
    finally:
        text.flush()
        text.detach()


class _Lines:
    """Ends lines its own way: the csv module quotes a carriage return only where its lines end with one."""

    def __init__(self, text: io.TextIOWrapper, end: str) -> None:
        self._text, self._end = text, end

    def write(self, line: str) -> None:
        """Write one record."""
        self._text.write(line.removesuffix("\r\n") + self._end)


def guarded(text: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet program could take it for a formula.

    >>> guarded("=1+1"), guarded("Test GmbH")
    ("'=1+1", 'Test GmbH')
    """
    return f"'{text}" if _RISKY.match(text) else text


def _written(value: Value, form: _Form) -> str:
    return "" if value is None else form(value)


def _plain_cents(value: Value) -> str:
    return plain(value) if isinstance(value, int) else str(value)


def _german_cents(value: Value) -> str:
    return _plain_cents(value).replace(".", ",")


def _german_percent(value: Value) -> str:
    return f"{value / 10:.1f} %".replace(".", ",") if isinstance(value, int) else str(value)


def _iso_day(value: Value) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _german_day(value: Value) -> str:
    return value.strftime("%d.%m.%Y") if isinstance(value, dt.date) else str(value)
