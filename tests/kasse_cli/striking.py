"""Command lines in processes of their own: killed (SIGKILL) at a chosen moment, or several of them at once."""

from __future__ import annotations

import os
import pickle
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ledger.store.engines import Store
from tests.kasse_cli.transcripts import Done, Shell

Moment = tuple[str, int]
"""When to kill: at the n-th write, commit (just before it), committed (just after), rename (of a file), renamed."""


def _hook(strike: Callable[[str], None]) -> None:
    """Let everything that changes the book or a file's name tell `strike`; in a child only, for good."""
    for name in ("execute", "execute_many", "insert", "insert_one"):
        setattr(Store, name, _after(getattr(Store, name), strike))
    Store.unit = _unit(Store.unit, strike)  # type: ignore[method-assign]
    replace = Path.replace

    def renamed(self: Path, target: Path) -> Path:
        strike("rename")
        done = replace(self, target)
        strike("renamed")
        return done

    Path.replace = renamed  # type: ignore[method-assign, assignment]


def _after(does: Callable[..., Any], strike: Callable[[str], None]) -> Callable[..., Any]:
    def done(*args: Any, **more: Any) -> Any:
        result = does(*args, **more)
        strike("write")
        return result

    return done


def _unit(unit: Callable[..., Any], strike: Callable[[str], None]) -> Callable[..., Any]:
    @contextmanager
    def watched(*args: Any, **more: Any) -> Iterator[None]:
        with unit(*args, **more):
            yield
            strike("commit")
        strike("committed")

    return watched


def struck(shell: Shell, line: str, moment: Moment) -> bool:
    """Run a command line in a child that is killed at a moment of its work; return whether it came that far.

    Where it did not, it must have ended well.
    """
    child = os.fork()
    if not child:
        seen: Counter[str] = Counter()

        def strike(what: str) -> None:
            seen[what] += 1
            if (what, seen[what]) == moment:
                os.kill(os.getpid(), signal.SIGKILL)

        _hook(strike)
        os._exit(shell(line).code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) in {0, 3}, line
    return False


def at_once(shell: Shell, lines: Sequence[str]) -> list[Done]:
    """Run command lines at the same moment, each in a process of its own, and return what each did."""
    gate, go = os.pipe()
    children = []
    for line in lines:
        read, write = os.pipe()
        child = os.fork()
        if not child:
            os.close(go)
            os.read(gate, 1)  # until the parent opens the gate
            with os.fdopen(write, "wb") as answer:
                pickle.dump(shell(line), answer)
            os._exit(0)
        os.close(write)
        children.append((child, read))
    os.close(gate)
    os.close(go)
    found = []
    for child, read in children:
        with os.fdopen(read, "rb") as answer:
            found.append(pickle.load(answer))
        os.waitpid(child, 0)
    return found
