"""What the field :86: says of an entry: the German form in numbered parts, words between slashes, or free text.

Source of the German form: DFÜ-Abkommen Anlage 3, MT940 (business transaction code, then `?00` to `?63`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sepa.mt.keywords import split_keywords
from sepa.mt.labels import split_labels
from sepa.mt.slashes import SLASHED, split_slashes

NUMBERS = ("00", "10", *map(str, range(20, 35)), "38", "60", "61", "62", "63")
PURPOSE = frozenset(one for one in NUMBERS if one[0] in "26")
IN_ORDER = re.compile(r"\s*+([0-9]{3})" + "".join(rf"(?:\?{one}([^?]*+))?+" for one in NUMBERS))
_FORM = re.compile(r"\s*(?:([0-9]{3})([?>~^@<|])|([?])(?=00|10|20|30|32))(?=[0-9]{2})")
PARTS = {mark: re.compile(re.escape(mark) + "([0-9]{2})") for mark in "?>~^@<|"}
_UNSTRUCTURED = re.compile(r"\s*(999)(?![0-9])")
PART = 27


class Information(NamedTuple):
    """The parts of a :86: field, from ?00, ?10, ?34, ?30, ?31, ?38, ?32 and ?33; `words` are those of SEPA keywords."""

    gvc: str = ""
    booking_text: str = ""
    primanota: str = ""
    extension: str = ""
    bank: str = ""
    account: str = ""
    iban: str = ""
    name: str = ""
    words: dict[str, str] = {}  # noqa: RUF012 - never written to
    remittance: tuple[str, ...] = ()


def read_information(text: str, note: Callable[[str], None]) -> Information:
    """Return what a :86: field says; nothing of its text is lost but white space at its ends.

    `note` is called with each part that is not understood.
    """
    whole = text.replace("\n", "")
    if match := IN_ORDER.fullmatch(whole):
        gvc, *parts = match.groups("")
        if any(parts):
            return _information(gvc, parts)
    if form := _FORM.match(whole):
        parts = _numbered(whole[form.end() - 1 :], form[2] or form[3], note)
        return _information(form[1] or "", parts)
    if SLASHED.match(whole):
        words, remittance = split_slashes(whole)
        return Information(words=words, remittance=remittance)
    marked = _UNSTRUCTURED.match(text)
    return _free(marked[1], text[marked.end() :]) if marked else _free("", text)


def _information(gvc: str, parts: list[str]) -> Information:
    """Join the purpose, and only then split it into its keywords: a bank breaks them anywhere."""
    words, remittance = split_keywords(joined_purpose([*parts[2:12], *parts[18:22]]))
    if not words and remittance and (labelled := split_labels(remittance[0])):
        words, remittance = labelled.words, labelled.remittance
    return Information(
        gvc,
        parts[0].strip(),
        parts[1].strip(),
        parts[16].strip(),
        parts[12].strip(),
        parts[13].strip(),
        parts[17].strip(),
        joined_name(parts[14], parts[15]),
        words,
        remittance,
    )


def joined_purpose(parts: Sequence[str]) -> str:
    """Return the purpose: a part that ends before its 27 characters are full ends a line, and a blank goes between.

    Banks fill the parts and drop the blank that would end one; others write a line into each. One of 26 characters
    between digits is taken for full, because some banks count so and a number must not be torn.
    """
    text = last = ""
    for part in parts:
        if part:
            text += " " + part if last and _ends(last, part) else part
            last = part
    return text


def _ends(part: str, after: str) -> bool:
    size = len(part)
    if size >= PART or part[-1] == " " or after[0] == " ":
        return False
    return size != PART - 1 or not (part[-1].isdigit() and after[0].isdigit())


def joined_name(first: str, second: str) -> str:
    """Return the name; a bank breaks one longer than 27 characters, others write a second line."""
    if not second or len(first) >= PART:
        return (first + second).strip()
    return f"{first.strip()} {second.strip()}".strip()


def _numbered(text: str, mark: str, note: Callable[[str], None]) -> list[str]:
    """Return the texts of the numbers, whatever their order and mark, and whatever looks like a number and is none."""
    found = dict.fromkeys(NUMBERS, "")
    seen: set[str] = set()
    last = ""
    pieces = PARTS[mark].split(text)
    for number, value in zip(pieces[1::2], pieces[2::2], strict=True):
        if number in found and number not in seen:
            found[number] = value
            seen.add(number)
            last = number
        elif last in PURPOSE or number in seen:  # a mark and two digits within a text
            found[last] += mark + number + value
        else:
            note(f":86:{mark}{number}")
    return list(found.values())


def _free(gvc: str, text: str) -> Information:
    """Return free text as its lines, or by its keywords where it has some."""
    lines = tuple(line for line in text.split("\n") if line.strip())
    words, rest = split_keywords("".join(lines))
    if not words and (labelled := split_labels(text)):
        return Information(gvc, labelled.booking_text, words=labelled.words, remittance=labelled.remittance)
    return Information(gvc, words=words, remittance=rest if words else lines)
