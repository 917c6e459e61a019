"""What the field :86: says of an entry: the German form in numbered parts, words between slashes, or free text.

Source of the German form: DFÜ-Abkommen Anlage 3, MT940 (business transaction code, then `?00` to `?63`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sepa.mt.keywords import split_keywords
from sepa.mt.slashes import SLASHED, split_slashes

_FORM = re.compile(r"\s*([0-9]{3})([?>~^@<|])(?=[0-9]{2})")
_PARTS = {mark: re.compile(re.escape(mark) + "([0-9]{2})") for mark in "?>~^@<|"}
_PURPOSE = frozenset(("20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "60", "61", "62", "63"))
_OTHERS = frozenset(("00", "10", "30", "31", "32", "33", "34", "38"))
_UNSTRUCTURED = re.compile(r"\s*(999)(?![0-9])")
_NAME_PART = 27


@dataclass(slots=True)
class Information:
    """The parts of a :86: field; `parts` are those of the German form by number, `words` by SEPA keyword."""

    gvc: str = ""
    parts: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    remittance: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of the other side; a bank breaks one longer than 27 characters into two parts."""
        first, second = self.parts.get("32", ""), self.parts.get("33", "")
        if not second or len(first) >= _NAME_PART:
            return (first + second).strip()
        return f"{first.strip()} {second.strip()}".strip()


def read_information(text: str) -> Information:
    """Return what a :86: field says; nothing of its text is lost but white space at its ends."""
    form = _FORM.match(text)
    if form is not None:
        return _german(form[1], form[2], text[form.end() - 1 :].replace("\n", ""))
    if SLASHED.match(text):
        words, remittance = split_slashes(text.replace("\n", ""))
        return Information(words=words, remittance=remittance)
    marked = _UNSTRUCTURED.match(text)
    return _free(marked[1], text[marked.end() :]) if marked else _free("", text)


def _german(gvc: str, mark: str, text: str) -> Information:
    """Split into numbered parts, join the purpose, and only then split it into its keywords: they may be broken."""
    pieces = _PARTS[mark].split(text)
    parts: dict[str, str] = {}
    purpose: list[str] = []
    odd: list[str] = []
    last = ""
    for number, value in zip(pieces[1::2], pieces[2::2], strict=True):
        in_purpose = number in _PURPOSE
        if number in parts or not (in_purpose or number in _OTHERS):
            _keep_odd(last, mark + number, value, parts, purpose, odd)
            continue
        parts[number] = value
        last = number
        if in_purpose:
            purpose.append(value)
    words, remittance = split_keywords("".join(purpose))
    return Information(gvc, parts, words, remittance, tuple(odd))


def _keep_odd(last: str, mark: str, value: str, parts: dict[str, str], purpose: list[str], odd: list[str]) -> None:
    """Keep what looks like a part and is none: a mark and two digits in the purpose, or a number nobody knows."""
    if last in _PURPOSE:
        purpose.append(mark + value)
    elif mark[1:] in parts and last:
        parts[last] += mark + value
    else:
        odd.append(f":86:{mark}")


def _free(gvc: str, text: str) -> Information:
    """Return free text as its lines, or by its keywords where it has some."""
    lines = tuple(line for line in text.split("\n") if line.strip())
    words, rest = split_keywords("".join(lines))
    return Information(gvc, words=words, remittance=rest if words else lines)
