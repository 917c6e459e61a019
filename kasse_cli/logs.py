"""The log on stderr: plain on a terminal, with timestamps where a file or a journal collects it."""

from __future__ import annotations

import datetime as dt
import logging
import sys
from collections.abc import Callable

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


class StderrHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """The command line's own handler, known by its class so that a second call in one process replaces it."""


class Stamped(logging.Formatter):
    """Lines with the time of the call's own clock."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self.clock = clock

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - its name
        """Return the moment in ISO form with the offset."""
        del record, datefmt
        return self.clock().isoformat(timespec="seconds")


def configure_logging(verbose: int, clock: Callable[[], dt.datetime], *, quiet: bool) -> None:
    """Log to stderr: warnings, with -v what happens, with -vv everything, with -q only errors."""
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler, StderrHandler)]:
        root.removeHandler(old)
    handler = StderrHandler(sys.stderr)
    plain = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    handler.setFormatter(plain if sys.stderr.isatty() else Stamped(clock))
    root.addHandler(handler)
    root.setLevel(logging.ERROR if quiet else _LEVELS[min(verbose, 2)])


def warn(text: str) -> None:
    """Log a warning of the command line itself."""
    logging.getLogger("kasse").warning("%s", text)
