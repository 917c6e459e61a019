"""Files from the command line, one after the other: what is good is kept whole, what is not becomes a finding."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, Self, cast

from kasse_cli.commands.sepa.spool import Spool
from kasse_cli.commands.sepa.taking import FileRead, Taker
from kasse_cli.context import Call, NothingOnStdinError
from kasse_cli.progress import progress
from sepa.errors import N_, KasseError, Place
from sepa.joining import Details
from sepa.reading import identify, read_files, read_statements
from sepa.sources import DEFAULT, Limits, Source

NO_LIMITS = Limits(file_bytes=1 << 60, entry_bytes=1 << 60, members=1 << 30, ratio=1 << 30, huge=True)
_IN_MEMORY_BYTES = 1 << 20
_STATEMENT, _NOTIFICATION = "camt.053", "camt.054"


class NothingReadError(KasseError):
    """Several files of which none could be read."""

    code = "file.none_read"
    template = N_("none of the {count} files could be read")
    hint = N_("see what is said of each")


@dataclass(slots=True)
class Gathered:
    """All files that were good, the rows under their sections, and every finding."""

    spool: Spool
    files: list[FileRead] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)
    merged: frozenset[str | None] = frozenset()

    @property
    def listed(self) -> list[FileRead]:
        """The files whose rows stand in lists: not notifications whose payments stand with their statement."""
        return [file for file in self.files if file.path not in self.merged]


class Inputs:
    """The files of a command line, which can be gone through again; standard input is kept where it must be.

    Closes what it kept at the end of a `with`.
    """

    def __init__(self, paths: Iterable[Path], limits: Limits) -> None:
        self.paths, self.limits = tuple(paths), limits
        self._stdin: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close what was kept."""
        if self._stdin is not None:
            self._stdin.close()

    def sources(self, faults: list[KasseError]) -> Iterator[Source]:
        """Yield each file, the members of a ZIP one by one; what cannot be opened is added to the faults."""
        for path in self.paths:
            try:
                for _, source in read_files(self._opened(path), limits=self.limits):
                    yield source
            except KasseError as error:
                faults.append(error.at(Place(file=str(path))))

    def _opened(self, path: Path) -> Path | BinaryIO:
        if str(path) != "-":
            return path
        if sys.stdin.isatty():
            raise NothingOnStdinError
        stdin = Source(sys.stdin.buffer, "-", self.limits)
        if len(self.paths) == 1:
            return cast("BinaryIO", stdin)
        if self._stdin is None:
            self._stdin = tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES)  # noqa: SIM115 - `__exit__` closes it
            shutil.copyfileobj(cast("BinaryIO", Whole(stdin)), self._stdin)
        self._stdin.seek(0)
        return cast("BinaryIO", Source(cast("BinaryIO", self._stdin), "-", self.limits))

    def details(self) -> Details | None:
        """Return the single payments of the notifications (camt.054) that stand beside statements, if there are."""
        if len(self.paths) == 1 and (str(self.paths[0]) == "-" or not _is_archive(self.paths[0])):
            return None
        families = {family for _, family in self._families()}
        if not families >= {_STATEMENT, _NOTIFICATION}:
            return None
        details = Details()
        for source, family in self._families():
            if family == _NOTIFICATION:
                try:
                    details.add(tuple(read_statements(source)), source.name)
                except KasseError:
                    continue  # said where the file itself is read
        return details

    def _families(self) -> Iterator[tuple[Source, str]]:
        for source in self.sources([]):
            try:
                yield source, identify(source).family
            except KasseError:
                continue  # as above


class Whole:
    """A source without a limit on one part, for copying it as it is."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        self._source.since_progress = 0
        return self._source.read(size)


def _is_archive(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK"
    except OSError:
        return False  # said where the file itself is read


def sources(paths: Iterable[Path], limits: Limits, faults: list[KasseError]) -> Iterator[Source]:
    """Yield each file, the members of a ZIP one by one; what cannot be opened is added to the faults."""
    with Inputs(paths, limits) as inputs:
        yield from inputs.sources(faults)


@contextmanager
def gathered(call: Call, paths: Iterable[Path], *, unlimited: bool = False, keep: bool = True) -> Iterator[Gathered]:
    """Give what the files hold; with `keep` every entry and payment goes to the spool, without only the sums stay.

    Raises the error of the file where there is but one, and `NothingReadError` where none of several is good.
    """
    with closing(Spool()) as spool, Inputs(paths, NO_LIMITS if unlimited else DEFAULT) as inputs:
        yield _gather(call, inputs, Gathered(spool), keep=keep)


def _gather(call: Call, inputs: Inputs, found: Gathered, *, keep: bool) -> Gathered:
    faults: list[KasseError] = []
    details = inputs.details()
    with progress(N_("entries read"), quiet=call.quiet) as step:
        for source in inputs.sources(faults):
            _take(source, found, faults, step, keep=keep, details=details)
    if not found.files:
        raise faults[0] if len(faults) == 1 else NothingReadError(count=len(faults), findings=tuple(faults))
    loose = details.loose() if details else ()
    found.merged = details.used() if details else frozenset()
    found.findings = [*faults, *(one for file in found.files for one in file.findings), *loose]
    return found


def _take(
    source: Source,
    found: Gathered,
    faults: list[KasseError],
    step: Callable[[int], None],
    *,
    keep: bool,
    details: Details | None,
) -> None:
    start = found.spool.size
    try:
        found.files.append(Taker(found.spool, step, keep=keep, details=details).read(source))
    except KasseError as error:
        found.spool.forget(start)
        faults.append(error.at(source.place))


def read_into(spool: Spool, source: Source, *, keep: bool = True) -> FileRead:
    """Return what one file holds, its entries and payments in the spool with `keep`; raises what reading raises."""
    return Taker(spool, lambda _: None, keep=keep).read(source)
