"""The field :NS: of some older banks: numbered lines in place of :86:."""

from __future__ import annotations

import re
from collections.abc import Callable

from sepa.mt.information import Information

_LINE = re.compile(r"([0-9]{2})(.*)")
_PURPOSE = frozenset(f"{number:02d}" for number in range(1, 15))
_PARTS = frozenset(("15", "16", "17", "18", "33", "34"))


def read_nonswift(text: str, note: Callable[[str], None]) -> Information:
    """Return purpose (01 to 14), name (15, 16), booking text (17), Primanota (18), bank and account (33, 34).

    `note` is called with each other number.
    """
    parts: dict[str, str] = {}
    lines: list[str] = []
    for line in text.split("\n"):
        match = _LINE.match(line)
        number, value = match.groups() if match else ("", line)
        if not (value := value.strip()):
            continue
        if number in _PURPOSE or not number:
            lines.append(value)
        elif number in _PARTS:
            parts[number] = value
        else:
            note(f":NS:{number}")
    get = parts.get
    return Information(
        booking_text=get("17", ""),
        primanota=get("18", ""),
        bank=get("33", ""),
        account=get("34", ""),
        name=f"{get('15', '')} {get('16', '')}".strip(),
        remittance=tuple(lines),
    )
