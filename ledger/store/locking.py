"""One run at a time: what a command does with files beside the book must not overlap with the same command."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.store.engines import WAIT_SECONDS
from ledger.store.failures import BookLockedError

if TYPE_CHECKING:
    from ledger.store.engines import Store

_HELD = """
    SELECT CAST(coalesce(EXTRACT(EPOCH FROM a.backend_start), 0) AS BIGINT)
    FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND ((CAST(l.classid AS BIGINT) << 32) | CAST(l.objid AS BIGINT)) = CAST(:key AS BIGINT)"""


@contextmanager
def one_at_a_time(store: Store, name: str, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the named lock of this book, waiting for another process that has it; a killed process holds none.

    Raises `BookLockedError` after `wait_seconds`.
    """
    lock = _ServerLock(store, name) if store.engine.name == "postgresql" else _FileLock(_beside(store.book, name))
    if not attempt_until(wait_seconds, lock.take):
        raise BookLockedError(book=store.book)
    try:
        yield
    finally:
        lock.give_back()


def held_since(store: Store, name: str) -> float | None:
    """Return since when the named lock of this book is held, in seconds since 1970, None where nobody holds it."""
    if store.engine.name == "postgresql":
        return _ServerLock(store, name).held_since()
    return _FileLock(_beside(store.book, name)).held_since()


def attempt_until(deadline_seconds: float, attempt: Callable[[], bool], pause_seconds: float = 0.2) -> bool:
    """Call until it returns true or the time is over; return whether it did."""
    start = time.monotonic()
    while not attempt():
        if time.monotonic() - start > deadline_seconds:
            return False
        time.sleep(pause_seconds)
    return True


def _beside(book: str, name: str) -> Path:
    path = Path(book)
    return path.with_name(f".{path.name}.{name}.lock")


class _ServerLock:
    """An advisory lock of the session: the server frees it when the connection ends."""

    def __init__(self, store: Store, name: str) -> None:
        self.store = store
        self.key = int.from_bytes(sha256(f"kasse {name}".encode()).digest()[:8], "big", signed=True)

    def take(self) -> bool:
        return bool(self.store.value("SELECT pg_try_advisory_lock(CAST(:key AS BIGINT))", key=self.key))

    def give_back(self) -> None:
        self.store.value("SELECT pg_advisory_unlock(CAST(:key AS BIGINT))", key=self.key)

    def held_since(self) -> float | None:
        """Return since when the session that holds the lock is there, None where nobody holds it."""
        found = self.store.value(_HELD, key=self.key)
        return None if found is None else float(found)


class _FileLock:
    """A lock on a file beside the book: the system frees it when its process ends, who gives it back removes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.handle = -1

    def take(self) -> bool:
        if self.handle < 0:
            self.handle = os.open(self.path, os.O_CREAT | os.O_RDWR, 0o660)
        try:
            _lock(self.handle)
        except OSError:
            return False
        if not self._is_the_file():
            self._close()
            return False
        os.utime(self.path)  # since when it is held, for `held_seconds`
        return True

    def _is_the_file(self) -> bool:
        """Return whether what is locked still has the name: who had it before may have removed it meanwhile."""
        try:
            return self.path.stat().st_ino == os.fstat(self.handle).st_ino
        except FileNotFoundError:
            return False

    def held_since(self) -> float | None:
        """Return when another process took the lock, in seconds since 1970, None where nobody holds it."""
        try:
            since = self.path.stat().st_mtime
            self.handle = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return None
        try:
            _lock(self.handle)
        except OSError:
            return since
        finally:
            self._close()
        return None

    def give_back(self) -> None:
        with suppress(OSError):  # another system, or a folder that the others of the group own
            self.path.unlink()
        self._close()

    def _close(self) -> None:
        os.close(self.handle)
        self.handle = -1


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
