"""Names under which delivered files are kept: as they came, or shortened where a folder could not hold them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sepa.errors import N_, KasseError, Severity

LONGEST_BYTES = 220
"""File systems hold 255 bytes; a number, `.replaced.txt` and the ending of a file still written come behind a name."""
_LONGEST_SUFFIX = 20
_DIGEST = 16


class ShortenedError(KasseError):
    """A file that is kept under a shorter name, because the folder could not hold its own with what comes behind."""

    code = "inbox.shortened"
    template = N_("{file} is kept as {name}: its own name is too long")
    hint = N_("nothing is to be done: book and messages call it as it came")
    severity: Severity = "info"
    routine = True


def fitting(name: str) -> str:
    """Return the name, or the beginning of one too long, a digest of it whole, and its ending: no two become the same.

    >>> fitting("a.xml")
    'a.xml'
    >>> fitting("a" * 250 + ".xml")[190:]
    'aaaaaaaaa-892612d27fcb26c4.xml'
    """
    whole = os.fsencode(name)
    if len(whole) <= LONGEST_BYTES:
        return name
    suffix = Path(name).suffix
    if len(os.fsencode(suffix)) > _LONGEST_SUFFIX:
        suffix = ""
    ending = f"-{hashlib.sha256(whole).hexdigest()[:_DIGEST]}{suffix}"
    stem = name.removesuffix(suffix)
    while len(os.fsencode(stem + ending)) > LONGEST_BYTES:
        stem = stem[:-1]
    return stem + ending
