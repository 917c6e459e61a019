"""Taking deliveries into a book, one unit of work a file, and telling what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.inbox import Delivery, NotMovedError, forget_findings, put_away, rejected_files, shown
from kasse_cli.inbox_beside import NoBankFileError
from kasse_cli.inbox_units import Unit
from kasse_cli.intake_rejected import EARLY, NothingTakenError, beginnings, may_be_cured, refused_units, settle
from ledger.bank.formats import NotPostedError
from ledger.bank.intake import Staged
from ledger.bank.intake_reader import new_gaps
from ledger.bank.intake_store import stage_file
from ledger.people.users import NotAllowedError
from sepa.errors import KasseError, Place, TryAgainError
from sepa.sources import FileUnreadableError

if TYPE_CHECKING:
    from ledger.store.engines import Store


COUNTS = ("statements", "entries", "new", "duplicates", "pending", "credit_cents", "debit_cents")


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


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one unit: taken, left out because it is not posted or no bank file in a ZIP, or broken.

    One that an earlier run `rejected` is broken until it is taken; only where others may have changed that it is to be
    tried `again`.
    """

    name: str
    staged: Staged | None = None
    error: KasseError | None = None
    rejected: bool = False
    again: bool = False

    @property
    def left_out(self) -> bool:
        """Whether it is a sound file of another kind, as banks deliver beside the statements."""
        return isinstance(self.error, NotPostedError)

    @property
    def beside(self) -> bool:
        """Whether it lies in a ZIP beside bank files and is none."""
        return isinstance(self.error, NoBankFileError)

    @property
    def broken(self) -> bool:
        """Whether the file was refused."""
        return self.rejected or (self.error is not None and not self.left_out and not self.beside)

    @property
    def early(self) -> bool:
        """Whether it may be taken once other files are."""
        return self.again or isinstance(self.error, EARLY)

    @property
    def result(self) -> FileResult:
        """The row for the table of files."""
        if self.staged is None:
            return FileResult(self.name, "broken" if self.broken else "not_posted" if self.left_out else "no_bank_file")
        counts = {name: getattr(self.staged, name) for name in COUNTS}
        status = "taken" if self.staged.kind == "statement" else self.staged.kind
        return FileResult(self.name, "repeated" if self.staged.repeated else status, **counts)

    @property
    def findings(self) -> Sequence[KasseError]:
        """What is to be said about it."""
        if self.error is None:
            return () if self.staged is None else self.staged.findings
        place = Place(file=self.name)
        if isinstance(self.error, NotPostedError):
            return (self.error.left_out(place=place, findings=(), **self.error.fields),)
        return [finding.at(place) for finding in (*self.error.findings, self.error)]


Attempts = dict[tuple[str, str], Attempt]
"""What became of the units of a delivery, by name and SHA-256."""


@dataclass(slots=True)
class Intake:
    """What became of all files of a call.

    `retaken` were rejected by an earlier run and taken by this one, `replaced` were rejected and came again in another
    file, `rejected` wait in the reject folder: names there.
    """

    attempts: list[Attempt] = field(default_factory=list)
    retaken: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    gaps: list[KasseError] = field(default_factory=list)
    stuck: list[KasseError] = field(default_factory=list)

    @property
    def files(self) -> list[FileResult]:
        """A row for each file."""
        return [attempt.result for attempt in self.attempts]

    @property
    def taken(self) -> list[Staged]:
        """What was taken, or known already."""
        return [attempt.staged for attempt in self.attempts if attempt.staged is not None]

    @property
    def findings(self) -> list[KasseError]:
        """Everything to be said; files that could not be moved and gaps between statements last."""
        return [*(finding for attempt in self.attempts for finding in attempt.findings), *self.stuck, *self.gaps]

    @property
    def broken(self) -> int:
        """How many files were refused."""
        return sum(attempt.broken for attempt in self.attempts)

    def total(self, name: str) -> int:
        """Return the sum of a count over the files that were taken."""
        return sum(getattr(staged, name) for staged in self.taken)


@dataclass(frozen=True, slots=True)
class Folders:
    """Where files go afterwards; a rehearsal moves none."""

    archive: Path | None = None
    reject: Path | None = None
    moves: bool = True

    def put_away(self, delivery: Delivery, attempts: Iterable[Attempt]) -> list[KasseError]:
        """Move the delivered file: to the rejected ones with its findings where anything in it is broken.

        What cannot be opened stays: another program may still be writing it. Return what is to be told of it.
        """
        broken = [attempt for attempt in attempts if attempt.broken]
        if not self.moves or any(isinstance(attempt.error, FileUnreadableError) for attempt in broken):
            return []
        findings = [finding for attempt in broken for finding in attempt.findings]
        try:
            return put_away(delivery, self.reject if broken else self.archive, findings)
        except NotMovedError as error:
            return [error]

    def release(self, delivery: Delivery) -> list[KasseError]:
        """Move a file that was rejected and is taken now to the others; return what is to be told of that."""
        moved = self.put_away(delivery, ())
        if self.moves and not any(isinstance(one, NotMovedError) for one in moved):
            forget_findings(delivery)
        return moved


def take_in(store: Store, incoming: Iterator[Delivery], folders: Folders) -> Intake:
    """Stage every delivered file, each a unit of work; a broken one is rejected, the others are taken.

    A file that only lacks statements between is tried again behind the others, and so is one that was rejected for
    that by an earlier run, once others came; one that the bank replaced waits no more. Gaps are looked for once, behind
    the last file. Raises `TryAgainError` and `NotAllowedError`.
    """
    tried: list[tuple[Delivery, Attempts]] = []
    stuck: list[KasseError] = []
    wholes: dict[str, str] = {}
    before = rejected_files(folders.reject)
    for delivery in incoming:
        attempts = _take(store, delivery, {})
        tried.append((delivery, attempts))
        wholes |= beginnings(before, delivery) if not _broken(attempts) else {}
        if not _waits(attempts):
            stuck += folders.put_away(delivery, attempts.values())
    waiting = [(delivery, attempts) for delivery, attempts in tried if _waits(attempts)]
    late = [(delivery, attempts) for delivery in before if _waits(attempts := _as_rejected(store, delivery))]
    while any(_take_again(store, delivery, attempts) for delivery, attempts in (*waiting, *late)):
        pass
    for delivery, attempts in waiting:
        stuck += folders.put_away(delivery, attempts.values())
    cured = [(delivery, attempts) for delivery, attempts in late if not _broken(attempts)]
    for delivery, _ in cured:
        stuck += folders.release(delivery)
    intake = Intake([attempt for _, attempts in tried for attempt in attempts.values()], stuck=stuck)
    intake.attempts += [attempt for _, attempts in late for attempt in _told(attempts)]
    intake.retaken += [shown(delivery.path.name) for delivery, _ in cured]
    told = bool(intake.taken) or not intake.broken  # a run that is refused says nothing of other files
    settled = settle(store, _rejected(folders, before, cured, tried), wholes, marks=folders.moves and told)
    intake.replaced, intake.rejected = settled.replaced, settled.rejected
    intake.stuck += settled.stuck
    accounts = {iban for staged in intake.taken for iban in staged.accounts}
    numbers = {number for staged in intake.taken for number in staged.numbers}
    intake.gaps += new_gaps(store, accounts, numbers)
    return intake


def _waits(attempts: Mapping[tuple[str, str], Attempt]) -> bool:
    return any(attempt.early for attempt in attempts.values())


def _broken(attempts: Mapping[tuple[str, str], Attempt]) -> bool:
    return any(attempt.broken for attempt in attempts.values())


def _as_rejected(store: Store, delivery: Delivery) -> Attempts:
    """Return the units of a rejected file as earlier runs left them; those never refused are left out."""
    attempts: Attempts = {}
    try:
        for unit, refused in refused_units(store, delivery):
            attempts[unit.name, unit.sha256] = Attempt(unit.name, rejected=True, again=may_be_cured(refused))
    except KasseError:  # broken in itself, or gone meanwhile
        return {}
    return attempts


def _told(attempts: Mapping[tuple[str, str], Attempt]) -> list[Attempt]:
    """Return what is to be told of a file that was rejected before: what was taken of it now."""
    return [one for one in attempts.values() if one.staged is not None and not one.staged.repeated]


def _rejected(
    folders: Folders, before: Sequence[Delivery], cured: Iterable[tuple[Delivery, Attempts]],
    tried: Iterable[tuple[Delivery, Attempts]],
) -> list[Delivery]:  # fmt: skip
    """Return the files that wait in the reject folder at the end, or would after a rehearsal."""
    if folders.reject is None or folders.moves:
        return rejected_files(folders.reject)
    taken = {delivery.path.name for delivery, _ in cured}
    waiting = {delivery.path.name: delivery for delivery, attempts in tried if _broken(attempts)}
    waiting |= {delivery.path.name: delivery for delivery in before if delivery.path.name not in taken}
    return [delivery for _, delivery in sorted(waiting.items())]


def _take_again(store: Store, delivery: Delivery, attempts: Attempts) -> bool:
    """Try the units again that came too early; return whether one was taken now."""
    before = sum(attempt.early for attempt in attempts.values())
    if before:
        attempts |= _take(store, delivery, attempts)
    return sum(attempt.early for attempt in attempts.values()) < before


def _take(store: Store, delivery: Delivery, before: Mapping[tuple[str, str], Attempt]) -> Attempts:
    """Take the units of one delivery, without those that are through already, and return what became of each."""
    attempts = _try(store, delivery, before, bare=False)
    if not before and all(attempt.beside for attempt in attempts.values()):
        return _try(store, delivery, before, bare=True)  # a ZIP without any bank file is none itself
    return attempts


def _try(store: Store, delivery: Delivery, before: Mapping[tuple[str, str], Attempt], *, bare: bool) -> Attempts:
    """Take the units; where they are to be taken `bare`, also what lies beside bank files, which is then refused."""
    attempts: Attempts = {}
    try:
        for unit in delivery.units():
            key = unit.name, unit.sha256
            if key not in before or before[key].early:
                attempts[key] = _take_unit(store, unit, "" if bare else unit.beside())
    except (TryAgainError, NotAllowedError):
        raise
    except KasseError as error:
        attempts[delivery.name, ""] = Attempt(delivery.name, error=error)
    return attempts


def _take_unit(store: Store, unit: Unit, beside: str) -> Attempt:
    if beside or unit.fault is not None:
        return Attempt(unit.name, error=unit.fault or NoBankFileError(kind=beside))
    try:
        staged = stage_file(store, unit.name, unit.sha256, unit.size, unit.statements())
    except (TryAgainError, NotAllowedError):
        raise
    except KasseError as error:
        return Attempt(unit.name, error=error)
    return Attempt(unit.name, staged)


def refuse_if_all_broken(intake: Intake) -> None:
    """Raise what is wrong where not one file could be taken: a single broken file is a refusal."""
    errors = [attempt.error for attempt in intake.attempts if attempt.error is not None]
    if intake.taken or not errors:
        return
    if len(errors) == 1:
        raise errors[0].at(Place(file=intake.attempts[0].name))
    if intake.broken:
        raise NothingTakenError(count=intake.broken, findings=tuple(intake.findings))
