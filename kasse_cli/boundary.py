"""The one place where exceptions end: each becomes an error with a code, a way out and an exit code."""

from __future__ import annotations

import errno
import traceback

import typer

from kasse_cli import usage
from sepa.errors import N_, KasseError, Place, TryAgainError
from sepa.system_errors import why_refused

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DiskFullError(TryAgainError):
    """No room to write to; what was begun is undone."""

    code = "disk.full"
    template = N_("the disk is full; nothing was changed")
    hint = N_("make room, then run the same command again")


class BookLockedError(TryAgainError):
    """Another process holds the book."""

    code = "book.locked"
    template = N_("another process is writing to the book")
    hint = N_("run the same command again in a moment")


class ServerAwayError(TryAgainError):
    """The database server does not answer."""

    code = "server.away"
    template = N_("the database server cannot be reached or broke off")
    hint = N_("look whether it runs, then run the same command again")


class FileAccessError(KasseError):
    """A file or folder that cannot be read or written."""

    code = "file.access"
    template = N_("no access to {file}: {reason}")
    hint = N_("check the name and the rights")


class BrokenOffError(KasseError):
    """The user broke off."""

    code = "interrupted"
    template = N_("interrupted; what was not finished is undone")
    exit_code = 130


class DefectError(KasseError):
    """A defect in kasse itself."""

    code = "defect"
    template = N_("this is a defect in kasse, not a mistake of yours: {kind} in {where}")
    hint = N_("run the command again with --debug and report what it prints to those who look after kasse for you")
    exit_code = 70


def refusal(error: BaseException) -> KasseError:
    """Return what the exception means to the person who typed the command."""
    if isinstance(error, KasseError):
        return error
    if isinstance(error, typer.TyperException):
        return usage.from_typer(error)
    if isinstance(error, (KeyboardInterrupt, typer.Abort, EOFError)):
        return BrokenOffError()
    return _outside(error) or DefectError(kind=type(error).__name__, where=_where(error))


def _outside(error: BaseException) -> KasseError | None:
    """Return the trouble with disk, file or database behind an exception, whatever wraps it."""
    if isinstance(error, OSError):
        return _from_os(error)
    for inner in (getattr(error, "orig", None), error):  # SQLAlchemy keeps the driver's exception in `orig`
        kind = type(inner)
        if kind.__name__ == "OperationalError" and kind.__module__.startswith(("sqlite3", "psycopg")):
            return _from_database(kind.__module__, str(inner))
    return None


def _from_os(error: OSError) -> KasseError | None:
    if error.errno in _FULL:
        return DiskFullError(place=Place(file=_name(error)))
    if error.filename is None:
        return None
    return FileAccessError(file=_name(error), reason=why_refused(error))


def _name(error: OSError) -> str | None:
    return None if error.filename is None else str(error.filename)


def _from_database(module: str, text: str) -> KasseError | None:
    if "disk is full" in text or "No space left" in text:
        return DiskFullError()
    if module.startswith("psycopg"):
        return ServerAwayError()
    return BookLockedError() if "locked" in text else None


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "?"
    path = frames[-1].filename.replace("\\", "/")
    return f"{'/'.join(path.split('/')[-2:])}:{frames[-1].lineno}"
