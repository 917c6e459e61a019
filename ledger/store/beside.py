"""Working beside: another process reads and computes what this one goes on with, so that both cores are busy.

Threads would take turns: Python computes on one core at a time. The other process has its own connection and sees what
is committed, so what it reads must not have been changed yet by the unit of work that waits for it.
"""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, NamedTuple

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
    try:
        yield _received(answer) if begun else None
    finally:
        answer.close()
        if begun:
            process.kill()
            process.join()


def _start(process: SpawnProcess) -> bool:
    """Return whether the machine makes another process."""
    try:
        process.start()
    except OSError:
        return False
    return True


def _received(answer: Connection) -> Iterator[Any]:
    while True:
        try:
            one = answer.recv()
        except (EOFError, OSError) as error:
            raise EndedEarlyError from error
        if isinstance(one, _Ended):
            if one.error is not None:
                raise one.error
            if one.defect:
                raise RuntimeError(one.defect)
            return
        yield one


def _serve(end: Connection, work: Work, what: tuple[object, ...]) -> None:
    """Send what the work yields and how it ended; nobody may be left to hear it."""
    with suppress(BrokenPipeError):
        end.send(_ended(end, work, what))


def _ended(end: Connection, work: Work, what: tuple[object, ...]) -> _Ended:
    try:
        for one in work(*what):
            end.send(one)
    except BrokenPipeError:
        raise
    except KasseError as error:
        return _Ended(error)
    except Exception:  # noqa: BLE001 - it is raised where it is waited for
        return _Ended(defect=traceback.format_exc())
    return _Ended()
