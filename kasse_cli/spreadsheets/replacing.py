"""A file that appears under its name only when it is complete."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sepa.errors import N_, TryAgainError
from sepa.system_errors import why_refused


class FileWriteError(TryAgainError):
    """A file that could not be written; what stood there before is untouched."""

    code = "file.write"
    template = N_("the file cannot be written: {file} ({reason})")
    hint = N_("close it in Excel, check the folder and the space on the disk, then try again")


MODE = 0o660
"""Who may read and write a new file, less the umask."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside the path and, once all went well, move what was written there onto the path.

    What kasse writes names people and accounts: owner and group may read it as far as the umask lets them, others
    never; a file that is replaced keeps what it had. Raises `FileWriteError` for what the operating system refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        _make(temporary, path)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise FileWriteError(file=str(path), reason=why_refused(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def _make(temporary: Path, path: Path) -> None:
    temporary.unlink(missing_ok=True)
    os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE))
    if path.exists():
        temporary.chmod(stat.S_IMODE(path.stat().st_mode))
