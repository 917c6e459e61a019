"""Command lines in processes of their own, struck at a chosen moment, or several of them at once.

What strikes: SIGKILL, a server that ends the connection, a disk without room.
"""

from __future__ import annotations

import os
import pickle
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from threading import current_thread
from typing import Any

from ledger.store.engines import Store
from tests.kasse_cli.transcripts import Done, Shell

Moment = tuple[str, int]
"""When to strike: at the n-th write, behind (a write of the thread behind), commit (just before it), committed (just
after), rename (of a file), renamed."""
Strike = Callable[[Store], None]


def kill(_: Store) -> None:
    """End this process as `kill -9` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def cut(store: Store) -> None:
    """Let the server end the connection of the store; nothing where the connection is closed already."""
    import psycopg

    with suppress(psycopg.OperationalError), psycopg.connect(store.book, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [store.connection.info.backend_pid])


def fill_up(store: Store) -> None:
    """Leave a SQLite book no room for one more page; what is there may still be written over."""
    with suppress(Exception):
        store.connection.execute("PRAGMA main.max_page_count = 1")


def _hook(tell: Callable[[str, Store | None], None]) -> None:
    """Let everything that changes the book or a file's name call `tell`; in a child only, for good."""
    for name in ("execute", "execute_many", "insert", "insert_one"):
        setattr(Store, name, _after(getattr(Store, name), tell))
    Store.unit = _unit(Store.unit, tell)  # type: ignore[method-assign]
    replace = Path.replace

    def renamed(self: Path, target: Path) -> Path:
        tell("rename", None)
        done = replace(self, target)
        tell("renamed", None)
        return done

    Path.replace = renamed  # type: ignore[method-assign, assignment]


def _after(does: Callable[..., Any], tell: Callable[[str, Store | None], None]) -> Callable[..., Any]:
    def done(self: Store, *args: Any, **more: Any) -> Any:
        result = does(self, *args, **more)
        tell("behind" if current_thread().name == "kasse-behind" else "write", self)
        return result

    return done


def _unit(unit: Callable[..., Any], tell: Callable[[str, Store | None], None]) -> Callable[..., Any]:
    @contextmanager
    def watched(self: Store, *args: Any, **more: Any) -> Iterator[None]:
        with unit(self, *args, **more):
            yield
            tell("commit", self)
        tell("committed", self)

    return watched


def _watched(shell: Shell, line: str, strike: Callable[[Moment, Store | None], None]) -> int:
    """Run a command line in a child that tells each of its moments; return how it ended, as the system says it."""
    child = os.fork()
    if not child:
        seen: Counter[str] = Counter()

        def tell(what: str, store: Store | None) -> None:
            seen[what] += 1
            strike((what, seen[what]), store)

        _hook(tell)
        done = shell(line)
        if done.code == 70:
            os.write(2, done.text().encode())
        os._exit(done.code)
    return os.waitpid(child, 0)[1]


def struck(shell: Shell, line: str, moment: Moment) -> bool:
    """Run a command line in a child that is killed at a moment of its work; return whether it came that far.

    Where it did not, it must have ended well.
    """
    status = _watched(shell, line, lambda now, _: os.kill(os.getpid(), signal.SIGKILL) if now == moment else None)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) in {0, 3}, line
    return False


def lasting(shell: Shell, line: str) -> float:
    """Run a command line in a child that nothing strikes and return how many seconds it lasted."""
    start = time.monotonic()
    child = _begun(shell, line)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in {0, 3}, line
    return time.monotonic() - start


def killed_after(shell: Shell, line: str, seconds: float) -> bool:
    """Run a command line in a child that is killed after so long; return whether it was at work still."""
    child = _begun(shell, line)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _begun(shell: Shell, line: str) -> int:
    child = os.fork()
    if not child:
        os._exit(shell(line).code)
    return child


def hit(shell: Shell, line: str, moment: Moment, strike: Strike) -> tuple[bool, int]:
    """Run a command line in a child that is struck once; return whether it came that far and its exit code."""
    last: list[Store] = []
    with TemporaryFile("w+") as told:

        def at(now: Moment, store: Store | None) -> None:
            last[:] = [store] if store is not None else last
            if now == moment:
                os.write(told.fileno(), b"!")
                strike(last[0])

        status = _watched(shell, line, at)
        told.seek(0)
        return told.read() == "!", os.waitstatus_to_exitcode(status)


def moments_of(shell: Shell, line: str) -> Counter[str]:
    """Run a command line in a child that nothing strikes and return how many moments of each kind it had."""
    with TemporaryFile("w+", encoding="ascii") as told:

        def note(now: Moment, _: Store | None) -> None:
            os.write(told.fileno(), f"{now[0]}\n".encode())

        status = _watched(shell, line, note)
        assert os.waitstatus_to_exitcode(status) in {0, 3}, line
        told.seek(0)
        return Counter(told.read().split())


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
