"""Folders and files of a run beside each other: no two of them the same, and what lies deeper is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kasse_cli.inbox import is_bank_file
from sepa.errors import N_, KasseError, Place, Severity

INBOX = N_("the inbox")


class SamePlaceError(KasseError):
    """Two things that a run keeps apart would be one: files would be moved onto themselves, or overwritten."""

    code = "inbox.same_place"
    template = N_("{option} and {kind} are the same: {path}")
    hint = N_("give each a place of its own")
    exit_code = 2


class SubfolderError(KasseError):
    """A folder within an inbox that holds files; nobody looks into it."""

    code = "inbox.subfolder"
    template = N_("the folder {folder} in the inbox was not looked into; files in it: {count}")
    hint = N_("move them into the inbox itself, or name the folder too")
    severity: Severity = "warning"


def check_places(inbox: Sequence[Path], places: Mapping[str, Path | None]) -> None:
    """Check that the folders and files of a run differ; `places` are those of its options. Raises `SamePlaceError`."""
    known = {path.resolve(): INBOX for path in inbox if path.is_dir()}
    for option, path in places.items():
        if path is None:
            continue
        other = known.setdefault(path.resolve(), option)
        if other != option:
            raise SamePlaceError(option=option, kind=other, path=str(path))


def subfolders(inbox: Sequence[Path], apart: Sequence[Path | None]) -> Iterator[KasseError]:
    """Yield the folders within the inboxes that hold files but are not looked into, but for those of the run itself.

    Hidden ones are somebody else's, and what is named as an inbox itself is looked into.
    """
    own = {path.resolve() for path in (*inbox, *apart) if path is not None}
    for folder in (path for path in inbox if path.is_dir()):
        for inner in sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith(".")):
            if inner.resolve() in own or any(inner.resolve() in one.parents for one in own):
                continue
            count = sum(1 for one in inner.rglob("*") if one.is_file() and is_bank_file(one.name))
            if count:
                yield SubfolderError(folder=str(inner), count=count, place=Place(file=str(inner)))
