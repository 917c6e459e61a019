"""Read many :86: fields of few forms: a bank writes the same numbers and keywords a hundred thousand times.

A form met once becomes a pattern that takes all its parts at once. What fits no pattern is read as ever; both ways
give the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from sepa.mt.information import (
    IN_ORDER,
    NUMBERS,
    PART,
    PURPOSE,
    Information,
    joined_name,
    joined_purpose,
    read_information,
)
from sepa.mt.keywords import KEYWORD, MAYBE_TEXT

_LEARNT = 8  # forms kept for each number of marks
_KEPT = 256  # numbers of marks for which forms are kept
_LATE = frozenset(("60", "61", "62", "63"))  # purpose behind the name; rare, so that it is not learnt
_NOTHING = slice(0, 0)
_SVWZ = len("SVWZ+")
PLAIN_WORDS = frozenset(("", "SVWZ", "EREF", "KREF", "MREF", "CRED", "BREF"))
_SINGLE = ("00", "10", "34", "30", "31", "38", "32", "33")


class Form(NamedTuple):
    """Which groups of a pattern go where; the last, empty one stands for what is missing.

    `plain` says that every keyword is one whose text goes as it is into a field; `alone` are those of one part,
    `several` the others. A text fits only with just the `pluses` of the keywords: none hides in a part. Counting them
    first is three times as fast as a pattern that forbids them.
    """

    pattern: re.Pattern[str]
    pluses: int
    single: tuple[int, ...]
    words: tuple[tuple[str, slice], ...]
    before: slice
    text: slice
    plain: bool
    alone: tuple[tuple[str, int], ...]
    several: tuple[tuple[str, slice], ...]

    def read(self, groups: tuple[str, ...]) -> Information:
        """Return the parts of a text by the groups of its match and an empty one."""
        booking_text, primanota, extension, bank, account, iban, name, second = self.single
        before = joined(groups[self.before], 0)
        text = joined(groups[self.text], _SVWZ)
        return Information(
            groups[0],
            groups[booking_text].strip(),
            groups[primanota].strip(),
            groups[extension].strip(),
            groups[bank].strip(),
            groups[account].strip(),
            groups[iban].strip(),
            joined_name(groups[name], groups[second]),
            {key: joined(groups[at], len(key) + 1) for key, at in self.words},
            (text,) if text and not before else tuple(filter(None, (before, text))),
        )


def joined(parts: tuple[str, ...], lead: int) -> str:
    """Return a text as `joined_purpose` gives it; `lead` characters of the first part are its keyword."""
    if len(parts) == 1:
        return parts[0].strip()
    if not parts:
        return ""
    if len(parts) == 2 and len(parts[0]) + lead >= PART:  # nearly all
        return (parts[0] + parts[1]).strip()
    return joined_purpose(("x" * lead + parts[0], *parts[1:]))[lead:].strip()


class InformationReader:
    """Reads :86: fields and remembers the forms it has met."""

    def __init__(self) -> None:
        self._forms: dict[tuple[int, int], list[Form]] = {}
        self._last: Form | None = None

    def read(self, text: str, note: Callable[[str], None]) -> Information:
        """Return what `read_information` returns."""
        if met := self.met(text):
            return met[0].read(met[1])
        whole = text.replace("\n", "")
        marks = whole.count("?"), whole.count("+")
        forms = self._forms.get(marks)
        if (forms is None and len(self._forms) < _KEPT) or (forms is not None and len(forms) < _LEARNT):
            self._forms.setdefault(marks, []).extend(_learnt(whole))
        return read_information(text, note)

    def met(self, text: str) -> tuple[Form, tuple[str, ...]] | None:
        """Return the form of a text, if one like it was read before, and the groups of its match and an empty one."""
        whole = text.replace("\n", "")
        pluses = whole.count("+")
        last = self._last
        if last is not None and last.pluses == pluses and (match := last.pattern.fullmatch(whole)):
            return last, match.groups()
        for form in self._forms.get((whole.count("?"), pluses), ()):
            if match := form.pattern.fullmatch(whole):
                self._last = form
                return form, match.groups()
        return None


def _learnt(whole: str) -> list[Form]:
    """Return the form of a text whose keywords all begin a part of their own, so that no text can hold one."""
    match = IN_ORDER.fullmatch(whole)
    if match is None:
        return []
    parts = {number: part for number, part in zip(NUMBERS, match.groups()[1:], strict=True) if part is not None}
    keys = {number: _key(part) for number, part in parts.items() if number in PURPOSE}
    used = [key for key in keys.values() if key]
    if (
        not keys.keys().isdisjoint(_LATE)
        or not used
        or len(used) != len(set(used))
        or MAYBE_TEXT & set(used)
        or len(used) != whole.count("+")
    ):
        return []
    literals = (rf"\?{number}" + (rf"{keys[number]}\+" if keys.get(number) else "") for number in parts)
    pattern = re.compile(r"\s*+([0-9]{3})" + "".join(f"{literal}([^?]*+)" for literal in literals) + "()")
    return [_form(pattern, len(used), list(parts), keys)]


def _key(part: str) -> str:
    found = KEYWORD.match(part)
    return found[1] if found else ""


def _form(pattern: re.Pattern[str], pluses: int, numbers: list[str], keys: dict[str, str]) -> Form:
    """Return where the groups go: a keyword reaches to the next one, over parts that have none."""
    at = {number: position for position, number in enumerate(numbers, start=1)}
    spans: dict[str, slice] = {}
    key = ""
    for number, begun in keys.items():
        key = begun or key
        first = spans[key].start if key in spans else at[number]
        spans[key] = slice(first, at[number] + 1)
    words = tuple((key, span) for key, span in spans.items() if key not in {"", "SVWZ"})
    return Form(
        pattern,
        pluses,
        tuple(at.get(number, -1) for number in _SINGLE),
        words,
        spans.get("", _NOTHING),
        spans.get("SVWZ", _NOTHING),
        plain="38" not in at and spans.keys() <= PLAIN_WORDS,
        alone=tuple((key, span.start) for key, span in words if span.stop - span.start == 1),
        several=tuple((key, span) for key, span in words if span.stop - span.start > 1),
    )
