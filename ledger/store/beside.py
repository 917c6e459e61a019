"""Working beside: another process reads and computes what this one goes on with, so that both cores are busy.

Threads would take turns: Python computes on one core at a time. The other process has its own connection and sees what
is committed, so what it reads must not have been changed yet by the unit of work that waits for it.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from queue import SimpleQueue
from threading import Semaphore, Thread, current_thread, main_thread
from typing import Any, NamedTuple

from ledger.store.failures import BookUnavailableError
from sepa.errors import N_, KasseError, TryAgainError

Work = Callable[..., Iterator[Any]]
"""A generator at the top of its module: the other process finds it by its name."""


class EndedEarlyError(TryAgainError):
    """The other process died: killed, or the machine has no memory left."""

    code = "book.ended_early"
    template = N_("a part of the work ended before its time")
    hint = N_("nothing was changed; see that the machine has memory to spare, then try again")


class _Ended(NamedTuple):
    """The last word of the other process: what it broke off with, if it did."""

    error: KasseError | None = None
    defect: str = ""


OPENED = "opened"
"""What work says that has opened the book, before anything else."""
AHEAD = 3
"""How many values the other process may be ahead: they wait as bytes."""


@contextmanager
def beside(work: Work, *what: object) -> Iterator[Iterator[Any] | None]:
    """Have another process do the work, and yield what that yields, one by one; None where there is no second core.

    It is never more than a few values ahead, and ends with this one. What it raises is raised here; one that died
    raises `EndedEarlyError`.
    """
    spawn = multiprocessing.get_context("spawn")
    answer, end = spawn.Pipe(duplex=False)
    process = spawn.Process(target=_serve, args=(end, work, what), daemon=True)
    begun = _start(process) if (os.cpu_count() or 1) > 1 else False
    end.close()  # else nobody would notice that the other process has died
    if not begun:
        answer.close()
        yield None
        return
    answers = _Answers(answer)
    try:
        yield answers.all()
    finally:
        process.kill()
        process.join()
        answers.leave()


def opened(answers: Iterator[Any] | None) -> Iterator[Any] | None:
    """Return what another process yields that says `OPENED` first; None where the server has no room for it."""
    if answers is None:
        return None
    try:
        said = next(answers)
    except BookUnavailableError:
        return None
    assert said == OPENED, "work of a book begins by opening it"
    return answers


def _start(process: SpawnProcess) -> bool:
    """Return whether the machine makes another process; Ctrl+C is for this one, which then ends the other."""
    main = current_thread() is main_thread()
    before = signal.signal(signal.SIGINT, signal.SIG_IGN) if main else None
    try:
        process.start()
    except OSError:
        return False
    finally:
        if main:
            signal.signal(signal.SIGINT, before)
    return True


class _Answers:
    """Takes what the other process sends as soon as it comes, so that it goes on while this one is busy."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.come: SimpleQueue[bytes | None] = SimpleQueue()
        self.room = Semaphore(AHEAD)
        self.left = False
        self.thread = Thread(target=self._take, name="kasse-beside", daemon=True)
        self.thread.start()

    def _take(self) -> None:
        while self.room.acquire() and not self.left:
            try:
                self.come.put(self.connection.recv_bytes())
            except (EOFError, OSError):
                self.come.put(None)
                return

    def all(self) -> Iterator[Any]:
        """Yield what comes until the other process says that it has ended."""
        while True:
            data = self.come.get()
            self.room.release()
            if data is None:
                raise EndedEarlyError
            one = pickle.loads(data)  # noqa: S301 - from our own process
            if not isinstance(one, _Ended):
                yield one
                continue
            if one.error is not None:
                raise one.error
            if one.defect:
                raise RuntimeError(one.defect)
            return

    def leave(self) -> None:
        """Take nothing more; the other process has ended."""
        self.left = True
        self.room.release()
        self.thread.join()
        self.connection.close()


def _serve(end: Connection, work: Work, what: tuple[object, ...]) -> None:
    """Send what the work yields and how it ended; nobody may be left to hear it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(BrokenPipeError):
        end.send_bytes(_packed(_ended(end, work, what)))


def _packed(one: object) -> bytes:
    """Return a value as bytes; looking for values that come again takes twice as long as writing them once more."""
    data = BytesIO()
    pickler = pickle.Pickler(data, pickle.HIGHEST_PROTOCOL)
    pickler.fast = True
    pickler.dump(one)
    return data.getvalue()


def _ended(end: Connection, work: Work, what: tuple[object, ...]) -> _Ended:
    try:
        for one in work(*what):
            end.send_bytes(_packed(one))
    except BrokenPipeError:
        raise
    except KasseError as error:
        return _Ended(error)
    except Exception:  # noqa: BLE001 - it is raised where it is waited for
        return _Ended(defect=traceback.format_exc())
    return _Ended()
