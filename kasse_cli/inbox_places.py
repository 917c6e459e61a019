"""Folders and files of a run beside each other: no two of them the same, and what lies deeper is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kasse_cli.inbox import UNFINISHED, is_bank_file, shown
from sepa.errors import N_, KasseError, Place, Severity

INBOX = N_("the inbox")
_WRITTEN_SECONDS = 2 * 3600
"""How long a file may stand still while somebody writes it."""


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


class NoFileError(KasseError):
    """Something in an inbox that is neither a file nor a folder, or a link to nothing."""

    code = "inbox.no_file"
    template = N_("{name} in the inbox was left alone: it is a link to a file that is not there, or no file at all")
    hint = N_("if a bank file is behind it, put that into the inbox itself; else take it away")
    severity: Severity = "warning"


class UnfinishedError(KasseError):
    """A file that bears the name of one that is still written, long after somebody wrote it last."""

    code = "inbox.unfinished"
    template = N_(
        "{name} in the inbox bears the name of a file that is still written, but did not change for {hours} hours"
    )
    hint = N_("whoever fetches the files broke off: fetch it again from the bank, then take this one away")
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


def left_alone(inbox: Sequence[Path], apart: Sequence[Path | None], now: float) -> Iterator[KasseError]:
    """Yield what lies in the inboxes and was not taken, nor is anybody else's: nothing is left alone silently.

    `now` is the present time in seconds.
    """
    for folder in (path for path in inbox if path.is_dir()):
        for one in sorted(folder.iterdir()):
            if one.name.startswith((".", "~$")) or one.is_dir():
                continue
            if not one.is_file():
                yield NoFileError(name=shown(one.name), place=Place(file=shown(one)))
            elif one.name.lower().endswith(UNFINISHED) and now - one.stat().st_mtime > _WRITTEN_SECONDS:
                hours = int((now - one.stat().st_mtime) // 3600)
                yield UnfinishedError(name=shown(one.name), hours=hours, place=Place(file=shown(one)))
    yield from subfolders(inbox, apart)


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
                yield SubfolderError(folder=shown(inner), count=count, place=Place(file=shown(inner)))
