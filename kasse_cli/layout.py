"""How a table fits a terminal: which columns stay, how wide they are, where their words break."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import TextWrapper

from kasse_cli.columns import Column

GAPS = (2, 1)
"""Between columns: as it is read best, and where words would break otherwise."""
_NARROW, _COMFORTABLE, _WORD = 10, 14, 18
"""Widths of texts: the least that can be read, what lets others give way, the longest word that they give way for."""
_LONGEST, _TALL, _HIGH = 30, 3, 2
"""Words longer than this are no words, but hashes or paths; the lines that texts should take, minor ones and others."""
_PARTS = re.compile(
    r"[0-9]+(?:-[0-9]+-|\.[0-9]+\.)[0-9]+ [0-9]{2}:[0-9]{2}\b"  # a day with its time
    r"|\S*?[a-zäöüß](?:-(?=[^\W\d_])|/(?=\w))"  # öffentlich-rechtlich, kasse-demo/bank
    r"|\S+"
)
"""What stays together."""


@dataclass(frozen=True, slots=True)
class Strip:
    """One column as it will stand on the screen, and its widths in characters.

    In `whole` nothing wraps; in `heads` only its heading does, in `easy` long texts too, in `words` every text, but no
    word breaks; below `least` it cannot be read. Others give way until it has what is `due` to it.
    """

    column: Column
    heading: str
    cells: Sequence[str]
    whole: int
    heads: int
    easy: int
    words: int
    least: int
    due: int

    @property
    def empty(self) -> bool:
        """Whether no row has anything here."""
        return not any(self.cells)


def strip(column: Column, heading: str, cells: Sequence[str]) -> Strip:
    """Return the column measured."""
    longest = max(map(len, cells), default=0)
    head = max(map(len, heading.split()), default=0)
    found = (longest, longest, longest, longest, longest)
    word = _longest_word(cells)
    if column.kind in {"word", "object"}:
        easy = min(longest, max(word, _COMFORTABLE))
        found = (longest, easy, word, word, easy)
    elif column.kind in {"text", "number", "details"}:
        easy, due = (min(longest, max(min(word, cap), _COMFORTABLE)) for cap in (_LONGEST, _WORD))
        tall = _TALL if column.minor else _HIGH  # better left out than a word or two a line
        due = max(due, min(longest // tall, _LONGEST))
        found = (longest, easy, min(longest, word, _LONGEST), min(longest, _NARROW), due)
    return Strip(column, heading, cells, max(longest, len(heading)), *(max(one, head) for one in found))


def _longest_word(cells: Sequence[str]) -> int:
    return max((len(word) for text in cells for word in _PARTS.findall(text)), default=0)


def total(found: Sequence[int], gap: int = GAPS[0]) -> int:
    """Return how wide columns of these widths are side by side."""
    return sum(found) + gap * (len(found) - 1)


def chosen(strips: Sequence[Strip], width: int) -> list[int]:
    """Return which columns stay: minor ones give way, empty ones first, then the most minor, the last one first.

    Empty ones give way as soon as a text would wrap. What has room after all comes back.
    """
    kept = list(range(len(strips)))
    gone: list[int] = []
    for index in sorted((i for i in reversed(kept) if strips[i].column.minor), key=lambda i: _worth(strips[i])):
        empty = strips[index].empty
        if total([strips[i].heads if empty else strips[i].due for i in kept]) > width:
            kept.remove(index)
            gone += [] if empty else [index]
    for index in reversed(gone):
        if total([strips[i].due for i in [*kept, index]]) <= width:
            kept.append(index)
    return sorted(kept)


def _worth(one: Strip) -> tuple[bool, int]:
    return not one.empty, -int(one.column.minor)


def gap(strips: Sequence[Strip], width: int) -> int:
    """Return how far apart the columns stand, 0 where they cannot stand side by side."""
    for needed in ([one.words for one in strips], [one.least for one in strips]):
        for wide in GAPS:
            if total(needed, wide) <= width:
                return wide
    return 0


def widths(strips: Sequence[Strip], width: int) -> list[int]:
    """Return how wide each column may be: headings wrap first, then texts between words, then long words break."""
    found, apart = [min(one.whole, max(width, one.least)) for one in strips], gap(strips, width)
    for kind in ("heads", "easy", "words", "least"):
        floor = [getattr(one, kind) for one in strips]
        while total(found, apart) > width:
            wide = [i for i in range(len(found)) if found[i] > floor[i]]
            if not wide:
                break
            found[max(wide, key=lambda i: found[i])] -= 1
    return found


def lines(text: str, width: int) -> list[str]:
    """Return the text in lines of that width, broken between words and after hyphens where that is possible."""
    return [text] if len(text) <= width else _Wrapper(width).wrap(text) or [""]


class _Wrapper(TextWrapper):
    wordsep_re = re.compile(rf"(\s+|{_PARTS.pattern})")
