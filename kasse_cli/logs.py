"""The log on stderr: plain on a terminal, with timestamps where a file or a journal collects it."""

from __future__ import annotations

import logging
import sys

_LEVELS = (logging.WARNING, logging.INFO, logging.DEBUG)


def configure_logging(verbose: int, *, quiet: bool) -> None:
    """Log to stderr: warnings, with -v what happens, with -vv everything, with -q only errors."""
    level = logging.ERROR if quiet else _LEVELS[min(verbose, 2)]
    stamp = "" if sys.stderr.isatty() else "%(asctime)s "
    layout = f"{stamp}%(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=layout, stream=sys.stderr, force=True)


def warn(text: str) -> None:
    """Log a warning of the command line itself."""
    logging.getLogger("kasse").warning("%s", text)
