"""Writing behind: rows go to the database on another thread while this one computes the next.

A database works outside of Python, so both cores are busy. There is never more than one piece of work under way, and
whoever asks the book for anything waits for it: nothing is read before it is written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread, current_thread


class Behind:
    """The work of a store that is under way on another thread."""

    def __init__(self) -> None:
        self._worker: Thread | None = None
        self._failure: BaseException | None = None

    def start(self, work: Callable[[], object]) -> None:
        """Run the work on another thread, after the one before it; only inside a unit of work."""
        self.wait()
        self._worker = Thread(target=self._run, args=(work,), name="kasse-behind")
        self._worker.start()

    def wait(self) -> None:
        """Wait for what is under way and raise what it raised; the work itself waits for nothing."""
        if self._worker is None or self._worker is current_thread():
            return
        self._worker.join()
        self._worker, failure, self._failure = None, self._failure, None
        if failure is not None:
            raise failure

    def settle(self) -> None:
        """Wait, whatever happens: a unit of work that is given up must not be written to after it has ended."""
        while self._worker is not None:
            with suppress(BaseException):
                self.wait()

    def _run(self, work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._failure = error
