"""Progress of long work: one line on a terminal that rewrites itself, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from kasse_cli.i18n import _, sentence
from sepa.errors import Field

PATIENCE_SECONDS = 1.0
BEAT_SECONDS = 0.2
_CLEAR = "\r\x1b[K"


class Meter:
    """Counts steps and shows them at a human pace, but never in the first second."""

    def __init__(self, label: str, total: int | None, out: TextIO, clock: Callable[[], float]) -> None:
        self._label, self._total, self._out, self._clock = label, total, out, clock
        self._next = clock() + PATIENCE_SECONDS
        self.done = 0
        self.visible = False

    def step(self, count: int = 1) -> None:
        """Count that many steps."""
        self.done += count
        now = self._clock()
        if now >= self._next:
            self._next = now + BEAT_SECONDS
            self.visible = True
            self._out.write(f"{_CLEAR}{self._text()}")
            self._out.flush()

    def _text(self) -> str:
        if not self._total:
            return f"{self._label}: {self.done}"
        return f"{self._label}: {self.done} {_('of')} {self._total} ({self.done * 100 // self._total} %)"


@contextmanager
def progress(
    label: str,
    total: int | None = None,
    *,
    quiet: bool = False,
    clock: Callable[[], float] = time.monotonic,
    **fields: Field,
) -> Iterator[Callable[[int], None]]:
    """Yield what counts steps of the work named by the label, a template; the line vanishes at the end."""
    if quiet or not sys.stderr.isatty():
        yield lambda _count: None
        return
    meter = Meter(sentence(label, fields), total, sys.stderr, clock)
    try:
        yield meter.step
    finally:
        if meter.visible:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
