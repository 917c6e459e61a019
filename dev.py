#!/usr/bin/env python3
"""The project's tasks, with nothing but Python: `python3 dev.py demo`, `python3 dev.py test`.

Makes `.venv`, installs the project with its `dev` extra into it, skips what is up to date, then runs the
tasks named, in order. Works without ensurepip (Debian) and on externally managed Pythons.

`KASSE_SOAK_MINUTES=40 python3 dev.py test` goes on with soak tests for so long, in an order drawn anew each time;
`python3 dev.py soak` runs all of them.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
KASSE = BIN / ("kasse.exe" if os.name == "nt" else "kasse")
STAMP = VENV / "kasse-installed"
TESTS = ("-m", "pytest", "-q", "-n", "2", "--dist", "worksteal")


def run(*command: str | Path, **more: str) -> None:
    print("+", *command, flush=True)
    # the processes that tests start find modules compiled
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | more
    done = subprocess.run([str(part) for part in command], cwd=ROOT, env=environ, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def fingerprint() -> str:
    """Say what the installation depends on: the project file, the Python and the place."""
    text = (ROOT / "pyproject.toml").read_bytes() + sys.version.encode() + str(ROOT).encode()
    return hashlib.sha256(text).hexdigest()


def setup() -> None:
    if STAMP.exists() and STAMP.read_text() == fingerprint() and KASSE.exists():
        return
    venv.create(VENV, with_pip=False, clear=VENV.exists())
    run(
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--python",
        PYTHON,
        "install",
        "--quiet",
        "--editable",
        ".[dev]",
    )
    STAMP.write_text(fingerprint())


def check() -> None:
    run(PYTHON, "-m", "ruff", "format", "--check", ".")
    run(PYTHON, "-m", "ruff", "check", ".")
    run(PYTHON, "-m", "mypy")
    run(PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_architecture.py")


def test() -> None:
    run(PYTHON, *TESTS)
    if minutes := os.environ.get("KASSE_SOAK_MINUTES"):
        soak(KASSE_SOAK_ENDS=str(time.time() + 60 * float(minutes)))


def soak(**limits: str) -> None:
    run(PYTHON, *TESTS, "-rs", "-m", "soak", "--override-ini", "addopts=--import-mode=importlib", **limits)


def demo() -> None:
    run(KASSE, "demo", "--yes")


def bench() -> None:
    run(PYTHON, "-m", "bench")


def fmt() -> None:
    run(PYTHON, "-m", "ruff", "format", ".")
    run(PYTHON, "-m", "ruff", "check", "--fix", ".")


TASKS: dict[str, Callable[[], None]] = {
    "setup": setup,
    "demo": demo,
    "test": test,
    "check": check,
    "soak": soak,
    "bench": bench,
    "format": fmt,
}


def main(arguments: list[str]) -> None:
    unknown = [name for name in arguments if name not in TASKS]
    if unknown or not arguments:
        print("usage: python3 dev.py TASK…   tasks:", ", ".join(TASKS), file=sys.stderr)
        sys.exit(2)
    setup()
    for name in arguments:
        TASKS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
