"""What a book or its database refuses, and what keeps it from answering."""

from __future__ import annotations

from sepa.errors import N_, KasseError, TryAgainError


class BookLockedError(TryAgainError):
    """Another process holds the book longer than we wait."""

    code = "book.locked"
    template = N_("the book is in use by another process: {book}")
    hint = N_("wait until it has finished and try again")


class BookUnavailableError(TryAgainError):
    """The database server does not answer."""

    code = "book.unavailable"
    template = N_("the database server cannot be reached: {book}")
    hint = N_("check that the server runs and the address is right, then try again")


class BookAddressError(KasseError):
    """An address of a database that cannot be read."""

    code = "book.address"
    template = N_("not an address of a database: {book}")
    hint = N_("write it as postgresql://NAME@HOST:PORT/DATABASE")


class DiskFullError(TryAgainError):
    """There is no room left to write."""

    code = "book.disk_full"
    template = N_("no space left where the book is written: {book}")
    hint = N_("nothing was changed; free some space and try again")


class BookReadOnlyError(KasseError):
    """The book may be read by whoever runs the command, but not written; SQLite writes files beside it, too."""

    code = "book.read_only"
    template = N_("the book cannot be written here; nothing was changed")
    hint = N_(
        "your user needs the right to write its file and the folder it lies in, on a disk that is not write-protected; "
        "on a server it must not be a copy that is only read"
    )


class DamagedBookError(KasseError):
    """The file of a book that cannot be read as its database wrote it: cut off, overwritten, a broken disk."""

    code = "book.damaged"
    template = N_("the file of the book is damaged: {book} ({reason})")
    hint = N_("keep the file as it is and write nothing to it; restore the last backup beside it with 'kasse book "
              "restore BACKUP --book NEW' and tell the audit office")  # fmt: skip


class RefusedByBookError(KasseError):
    """A guard of the database refused a change that the rules should have refused before."""

    code = "book.guard"
    template = N_("the book refused this change: {reason}")
    hint = N_("nothing was changed; please report this with the command you gave")


class FutureDayError(KasseError):
    """What is written would count as done on a day that is far off."""

    code = "day.future"
    template = N_("the day {day} lies in the future: what is written may be dated up to {latest}")
    hint = N_("correct --on; where a command has --dry-run, that may look further ahead")
