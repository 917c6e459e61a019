"""The field :NS: of some older banks: numbered lines in place of :86:."""

from __future__ import annotations

import re

from sepa.mt.information import Information

_LINE = re.compile(r"([0-9]{2})(.*)")
_PURPOSE = frozenset(f"{number:02d}" for number in range(1, 15))
_PARTS = {"17": "00", "18": "10", "15": "32", "16": "33", "33": "30", "34": "31"}


def read_nonswift(text: str) -> tuple[Information, tuple[str, ...]]:
    """Return purpose (01 to 14), name (15, 16), booking text (17), Primanota (18), bank and account (33, 34).

    Beside it, the numbers that are not read.
    """
    parts: dict[str, str] = {}
    lines: list[str] = []
    odd: list[str] = []
    for line in text.split("\n"):
        match = _LINE.match(line)
        number, value = match.groups() if match else ("", line.strip())
        value = value.strip()
        if not value:
            continue
        if number in _PURPOSE or not number:
            lines.append(value)
        elif number in _PARTS:
            parts[_PARTS[number]] = value
        else:
            odd.append(f":NS:{number}")
    return Information(parts=parts, remittance=tuple(lines)), tuple(odd)
