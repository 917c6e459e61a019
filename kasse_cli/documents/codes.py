"""Codes for banking apps as pictures: segno's code, its mask judged on whole symbols at once instead of by modules.

segno judges eight masks module by module in Python, which took four fifths of making a code. A mask changes the same
modules of every code of a size, whatever it says; so the eight candidates are one code and eight known differences,
and the penalties of ISO/IEC 18004 7.8.3 are counted on integers of a bit a module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

MASKS = 8
QUIET = 4
"""Modules of white around a code; also the gap between lines of modules laid side by side."""
_FINDER = re.compile("(?<=0000)1011101|1011101(?=0000)")
_RUN = re.compile("1+")

Rows = Sequence[str]


@dataclass(frozen=True, slots=True)
class _Size:
    """What is the same in all codes of a size: modules that a mask turns over, along rows and along columns."""

    side: int
    turned: tuple[tuple[int, int], ...]
    judged: int
    pairs: int


def code_picture(text: str) -> str:
    """Return a code as SVG, at the error level M of EPC069-12; '' for no text."""
    if not text:
        return ""
    rows = code_rows(text)
    side = len(rows) + 2 * QUIET
    path = "".join(
        f"M{run.start() + QUIET} {down + QUIET}.5h{run.end() - run.start()}"
        for down, row in enumerate(rows)
        for run in _RUN.finditer(row)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path stroke="#000" d="{path}"/></svg>'


def code_rows(text: str) -> list[str]:
    """Return the modules of a code row by row, 1 dark and 0 light, with the mask that ISO/IEC 18004 7.8.3 chooses."""
    rows = _made(text.encode(), 0)
    size = _size(len(rows))
    along, across = _laid(rows), _laid(_columns(rows))
    scores = [_penalty(size, along ^ one, across ^ other) for one, other in size.turned]
    best = scores.index(min(scores))
    return _rows(along ^ size.turned[best][0], size.side)


def _made(data: bytes, mask: int, version: int | None = None) -> list[str]:
    import segno

    code = segno.make_qr(data, error="m", boost_error=False, mode="byte", mask=mask, version=version)
    return ["".join(map(str, row)) for row in code.matrix]


@lru_cache
def _size(side: int) -> _Size:
    samples = [_made(b"", mask, (side - 17) // 4) for mask in range(MASKS)]
    along, across = [_laid(one) for one in samples], [_laid(_columns(one)) for one in samples]
    turned = tuple((along[0] ^ one, across[0] ^ other) for one, other in zip(along, across, strict=True))
    return _Size(side, turned, _laid(_judged(side)), _laid(["1" * (side - 1) + "0"] * side) >> 1)


def _judged(side: int) -> list[str]:
    """Return which modules count as they are: where format and version stand, masks are judged as if it were white."""
    rows = [["1"] * side for _ in range(side)]
    blank = [(8, at) for at in (*range(6), 7, 8, *range(side - 8, side))]
    if side > 41:
        blank += [(down, at) for down in range(6) for at in range(side - 11, side - 8)]
    for down, at in blank:
        rows[down][at] = rows[at][down] = "0"
    return ["".join(row) for row in rows]


def _laid(rows: Rows) -> int:
    """Return lines of modules as one number, the first at its upper end, a gap of light ones behind each."""
    return int("".join(row + "0" * QUIET for row in rows), 2)


def _rows(laid: int, side: int) -> list[str]:
    width = side + QUIET
    text = format(laid, f"0{side * width}b")
    return [text[at : at + side] for at in range(0, side * width, width)]


def _columns(rows: Rows) -> list[str]:
    return ["".join(column) for column in zip(*rows, strict=True)]


def _penalty(size: _Size, along: int, across: int) -> int:
    """Return the penalty of a candidate: runs of five and more, squares of four, false finders, uneven shares."""
    along, across, width = along & size.judged, across & size.judged, size.side + QUIET
    same = ~(along ^ (along >> 1)) & size.pairs
    squares = same & (same >> width) & ~(along ^ (along >> width))
    share = along.bit_count() / size.side**2
    penalty = _runs(same) + _runs(~(across ^ (across >> 1)) & size.pairs) + 3 * squares.bit_count()
    return penalty + 40 * (_finders(size, along) + _finders(size, across)) + 10 * int(abs(share * 100 - 50) / 5)


def _runs(same: int) -> int:
    """Return the points of runs of one colour: three for five modules, and one for each further."""
    fives = same & (same >> 1) & (same >> 2) & (same >> 3)
    return fives.bit_count() + 2 * (fives & ~(fives << 1)).bit_count()


def _finders(size: _Size, laid: int) -> int:
    """Return how often modules look like a finder beside four light ones, those around the code counted."""
    found = laid & ~(laid >> 1) & (laid >> 2) & (laid >> 3) & (laid >> 4) & ~(laid >> 5) & (laid >> 6)
    if found & ((found >> 4) | (found >> 6)):
        # two that overlap count once: read them from the left
        width = size.side + QUIET
        return len(_FINDER.findall("0" * QUIET + format(laid, f"0{size.side * width}b")))
    near = (laid << 1) | (laid << 2) | (laid << 3) | (laid << 4)
    far = (laid >> 7) | (laid >> 8) | (laid >> 9) | (laid >> 10)
    return (found & ~(near & far)).bit_count()
