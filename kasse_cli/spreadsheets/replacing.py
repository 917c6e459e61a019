"""A file that appears under its name only when it is complete."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sepa.errors import N_, TryAgainError


class FileWriteError(TryAgainError):
    """A file that could not be written; what stood there before is untouched."""

    code = "file.write"
    template = N_("the file cannot be written: {file} ({reason})")
    hint = N_("close it in Excel, check the folder and the space on the disk, then try again")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside the path and, once all went well, move what was written there onto the path.

    Raises `FileWriteError` for what the operating system refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise FileWriteError(file=str(path), reason=error.strerror or type(error).__name__) from error
    finally:
        temporary.unlink(missing_ok=True)
