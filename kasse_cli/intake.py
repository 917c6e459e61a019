"""Taking deliveries into a book, one unit of work a file, and telling what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.inbox import Delivery, Unit, put_away
from ledger.bank.intake import Staged
from ledger.bank.intake_reader import new_gaps
from ledger.bank.intake_store import stage_file
from ledger.people.users import NotAllowedError
from sepa.errors import N_, KasseError, Place, TryAgainError

if TYPE_CHECKING:
    from ledger.store.engines import Store


class NothingTakenError(KasseError):
    """No file of a call could be taken."""

    code = "statement.nothing_taken"
    template = N_("no file could be taken, broken: {count}")
    hint = N_("see the findings; the book is unchanged")


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file, for the table of files."""

    file: str
    status: str
    statements: int = 0
    entries: int = 0
    new: int = 0
    duplicates: int = 0
    pending: int = 0
    credit_cents: int = 0
    debit_cents: int = 0


@dataclass(slots=True)
class Intake:
    """What became of all files of a call."""

    files: list[FileResult] = field(default_factory=list)
    taken: list[Staged] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)
    broken: int = 0

    def total(self, name: str) -> int:
        """Return the sum of a count over the files that were taken."""
        return sum(getattr(staged, name) for staged in self.taken)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files go afterwards."""

    archive: Path | None = None
    reject: Path | None = None


def take_in(
    store: Store, incoming: Iterator[Delivery], folders: Folders, then: Callable[[str], None] | None = None
) -> Intake:
    """Stage every delivered file, each a unit of work; a broken one is rejected, the others are taken.

    `then` is called behind each file that was taken, with its SHA-256: reconciling posts it there. Gaps between
    statements are looked for once, behind the last file. Raises `TryAgainError` and `NotAllowedError`.
    """
    intake = Intake()
    for delivery in incoming:
        before = len(intake.findings)
        broken = _take(store, delivery, intake, then)
        put_away(delivery, folders.reject if broken else folders.archive, intake.findings[before:] if broken else ())
    accounts = {iban for staged in intake.taken for iban in staged.accounts}
    numbers = {number for staged in intake.taken for number in staged.numbers}
    intake.findings += new_gaps(store, accounts, numbers)
    return intake


def _take(store: Store, delivery: Delivery, intake: Intake, then: Callable[[str], None] | None) -> int:
    """Take the units of one delivery and return how many were broken."""
    broken = 0
    try:
        for unit in delivery.units():
            broken += not _take_unit(store, unit, intake, then)
    except (TryAgainError, NotAllowedError):
        raise
    except KasseError as error:
        _note_broken(intake, delivery.name, error)
        broken += 1
    return broken


def _take_unit(store: Store, unit: Unit, intake: Intake, then: Callable[[str], None] | None) -> bool:
    try:
        staged = stage_file(store, unit.name, unit.sha256, unit.size, unit.statements())
    except (TryAgainError, NotAllowedError):
        raise
    except KasseError as error:
        _note_broken(intake, unit.name, error)
        return False
    intake.taken.append(staged)
    intake.findings += staged.findings
    intake.files.append(
        FileResult(
            unit.name,
            "repeated" if staged.repeated else "taken",
            staged.statements,
            staged.entries,
            staged.new,
            staged.duplicates,
            staged.pending,
            staged.credit_cents,
            staged.debit_cents,
        )
    )
    if then is not None:
        then(unit.sha256)
    return True


def _note_broken(intake: Intake, name: str, error: KasseError) -> None:
    intake.broken += 1
    intake.files.append(FileResult(name, "broken"))
    place = Place(file=name)
    intake.findings += [finding.at(place) for finding in (*error.findings, error)]


def refuse_if_all_broken(intake: Intake) -> None:
    """Raise what is wrong where not one file could be taken: a single broken file is a refusal."""
    if intake.taken or not intake.broken:
        return
    errors: Sequence[KasseError] = [finding for finding in intake.findings if finding.severity == "error"]
    if len(errors) == 1:
        raise errors[0]
    raise NothingTakenError(count=intake.broken, findings=tuple(intake.findings))
