"""Files of a bank's answers, one after the other: what can be read is taken, what cannot is named and left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from kasse_cli.inbox_beside import NoBankFileError
from kasse_cli.intake_rejected import NothingTakenError
from ledger.people.users import NotAllowedError
from sepa.errors import KasseError, Place, TryAgainError

if TYPE_CHECKING:
    from kasse_cli.inbox import Delivery
    from kasse_cli.inbox_units import Unit

Taken = TypeVar("Taken")


@dataclass(slots=True)
class Answers(Generic[Taken]):
    """What was taken, with the name of its file, and what is to be said of the other files."""

    taken: list[tuple[str, Taken]] = field(default_factory=list)
    findings: list[KasseError] = field(default_factory=list)


def read_answers(incoming: Iterable[Delivery], take: Callable[[Unit], Taken | KasseError]) -> Answers[Taken]:
    """Take every file, each a unit of work, and return what became of them; a ZIP brings several.

    `take` returns a finding for a file that is none of its own. A file that cannot be read is a finding, and the others
    are taken; what lies beside bank files in a ZIP is named. Raises `TryAgainError` and `NotAllowedError`, and where
    nothing at all was taken what is wrong: the error itself, or `NothingTakenError` with those of each file.
    """
    answers: Answers[Taken] = Answers()
    for delivery in incoming:
        own = _of(delivery, take, bare=False)
        if not own.taken and all(isinstance(finding, NoBankFileError) for finding in own.findings):
            own = _of(delivery, take, bare=True)  # a ZIP without any bank file is none itself
        answers.taken += own.taken
        answers.findings += own.findings
    errors = [finding for finding in answers.findings if finding.severity == "error"]
    if not errors or answers.taken:
        return answers
    if len(answers.findings) == 1:
        raise errors[0]
    raise NothingTakenError(count=len(errors), findings=tuple(answers.findings))


def _of(delivery: Delivery, take: Callable[[Unit], Taken | KasseError], *, bare: bool) -> Answers[Taken]:
    """Take the files of one delivery; where they are to be taken `bare`, also what lies beside bank files."""
    own: Answers[Taken] = Answers()
    try:
        for unit in delivery.units():
            if not bare and (beside := unit.beside()):
                own.findings.append(NoBankFileError(kind=beside, place=Place(file=unit.name)))
            else:
                _take_unit(unit, take, own)
    except (TryAgainError, NotAllowedError):
        raise
    except KasseError as error:
        own.findings += _told(error, delivery.name)
    return own


def _take_unit(unit: Unit, take: Callable[[Unit], Taken | KasseError], own: Answers[Taken]) -> None:
    try:
        done = take(unit)
    except (TryAgainError, NotAllowedError):
        raise
    except KasseError as error:
        own.findings += _told(error, unit.name)
        return
    if isinstance(done, KasseError):
        own.findings.append(done)
    else:
        own.taken.append((unit.name, done))


def _told(error: KasseError, name: str) -> tuple[KasseError, ...]:
    return tuple(finding.at(Place(file=name)) for finding in (*error.findings, error))
