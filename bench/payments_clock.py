"""One command of `bench.payments`, at a clock that stands still: `python -m bench.payments_clock ARGUMENTS`."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from kasse_cli.context import World
from kasse_cli.main import run

NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)

if __name__ == "__main__":
    os.chdir(Path(os.environ["KASSE_BENCH_FOLDER"]))
    sys.exit(run(sys.argv[1:], World(clock=lambda: NOW)))
