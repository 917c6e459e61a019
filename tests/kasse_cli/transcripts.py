"""Run command lines in this process and compare what they print with golden files.

A golden file in `tests/golden/` reads like a console session: `$ ` before what was typed, `! ` before lines on
stderr, `[exit N]` after a code other than 0. JSON is spread over lines. KASSE_UPDATE_GOLDEN=1 writes them anew.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import itertools
import json
import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kasse_cli.context import World
from kasse_cli.i18n import set_language
from kasse_cli.lazy import NOUNS, Noun
from kasse_cli.main import run

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
NOW = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=1)))


@dataclass(frozen=True)
class Done:
    """What one command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def data(self) -> Any:
        return self.json["data"]

    def text(self) -> str:
        """Return output, errors and exit code as a golden file has them."""
        lines = [f"! {line}\n" for line in self.err.splitlines()]
        code = f"[exit {self.code}]\n" if self.code else ""
        return _spread(self.out) + "".join(lines) + code


class Terminal(io.TextIOWrapper):
    """A stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


def _stream(data: bytes, terminal: bool) -> io.TextIOWrapper:
    kind = Terminal if terminal else io.TextIOWrapper
    return kind(io.BytesIO(data), encoding="utf-8", newline="\n")


def _spread(text: str) -> str:
    if not text.startswith('{"kasse"'):
        return text
    return json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"


@dataclass
class Shell:
    """A folder, an environment and a clock that stands still; each line runs `kasse` in this process."""

    folder: Path
    lang: str = "en"
    user: str = "anna"
    now: dt.datetime = NOW
    nouns: tuple[Noun, ...] = NOUNS
    environ: dict[str, str] = field(default_factory=dict)
    terminal: bool = False
    _counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __call__(self, line: str | Sequence[str], stdin: bytes | str = b"", **environ: str) -> Done:
        """Run one command line, given as typed after the prompt or as arguments after `kasse`."""
        arguments = shlex.split(line) if isinstance(line, str) else ["kasse", *line]
        assert arguments[0] == "kasse", line
        data = stdin.encode() if isinstance(stdin, str) else stdin
        streams = _stream(data, self.terminal), _stream(b"", self.terminal), _stream(b"", self.terminal)
        with self._swapped(*streams), contextlib.chdir(self.folder):
            code = run(arguments[1:], self._world(environ), self.nouns)
        set_language("en")
        return Done(code, self._read(streams[1]), self._read(streams[2]))

    def transcript(self, name: str, *lines: str) -> None:
        """Run the lines one after the other and compare the whole session with the golden file of that name."""
        session = "".join(f"$ {line}\n{self(line).text()}" for line in lines)
        compare(name, session)

    def _world(self, environ: Mapping[str, str]) -> World:
        config = {"KASSE_CONFIG": str(self.folder / "no-such-config.toml"), "KASSE_LANG": self.lang}
        return World(
            environ=config | self.environ | environ,
            clock=lambda: self.now,
            random=lambda size: next(self._counter).to_bytes(size, "big"),
            account=lambda: self.user,
            folder=lambda: self.folder,
        )

    @contextlib.contextmanager
    def _swapped(self, stdin: Any, stdout: Any, stderr: Any) -> Iterator[None]:
        before = sys.stdin, sys.stdout, sys.stderr
        sys.stdin, sys.stdout, sys.stderr = stdin, stdout, stderr
        try:
            yield
        finally:
            sys.stdin, sys.stdout, sys.stderr = before

    def _read(self, stream: io.TextIOWrapper) -> str:
        stream.flush()
        text = stream.buffer.getvalue().decode()  # type: ignore[attr-defined]
        return text.replace(str(self.folder), "FOLDER")


def compare(name: str, text: str) -> None:
    """Compare with the golden file, or write it where KASSE_UPDATE_GOLDEN is set."""
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("KASSE_UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    assert path.exists(), f"no golden file {path.name}: run with KASSE_UPDATE_GOLDEN=1 and read what it writes"
    assert text == path.read_text("utf-8")
