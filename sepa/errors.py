"""Errors and findings: one mechanism for what is refused and for what is merely noticed.

A `KasseError` is raised where work must stop and collected as a value where the check goes on: both carry a
stable code, a template with fields and a place, and become sentences only in `kasse_cli`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Literal

Severity = Literal["error", "warning", "info"]
Field = str | int | bool | dt.date | None


def N_(template: str) -> str:  # noqa: N802 - the gettext convention
    """Mark a template for translation and return it unchanged."""
    return template


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was found; every part may be missing."""

    file: str | None = None
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    line: int | None = None
    payment: str | None = None
    field: str | None = None
    value: str | None = None

    def within(self, outer: Place) -> Place:
        """Return this place with the parts it lacks taken from the outer one."""
        missing = {f.name: getattr(outer, f.name) for f in fields(self) if getattr(self, f.name) is None}
        return replace(self, **missing)


NOWHERE = Place()


class KasseError(Exception):
    """What is wrong, where, which value, and what to do now.

    Subclasses stand beside the rule they guard and set `code` (stable, `noun.what`), `template` and `hint`
    (both `N_(…)` with named fields). A field named `*_cents` is shown as money, a date as a date.
    `findings` holds the single findings behind a refusal of many rows. Where several of one class are told in one
    line, `together` is its template, with {count} and {names}: the field `named` of each. A `routine` note tells what
    happens day by day and asks for nothing: with -q, whose words cron mails, it is left out.
    """

    code: ClassVar[str] = "kasse.error"
    template: ClassVar[str] = ""
    hint: ClassVar[str] = ""
    together: ClassVar[str] = ""
    named: ClassVar[str] = ""
    routine: ClassVar[bool] = False
    severity: Severity = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, *, place: Place = NOWHERE, findings: tuple[KasseError, ...] = (), **values: Field) -> None:
        super().__init__(self.code)
        self.place = place
        self.findings = findings
        self.fields: dict[str, Field] = values

    def at(self, place: Place) -> KasseError:
        """Return the same error with the outer place filled in where its own place is silent."""
        return type(self)(place=self.place.within(place), findings=self.findings, **self.fields)

    def __str__(self) -> str:
        """Return the English sentence, for logs and tests; people get the translated one."""
        return self.template.format(**self.fields)

    def __reduce__(self) -> tuple[Callable[..., KasseError], tuple[object, ...]]:
        """Let it go from one process to another: its fields are named, which exceptions do not expect."""
        return _again, (type(self), self.__dict__)


def _again(kind: type[KasseError], known: Mapping[str, object]) -> KasseError:
    error = kind.__new__(kind, kind.code)
    error.__dict__.update(known)
    return error


class TryAgainError(KasseError):
    """A refusal that a later try may not meet: locked, server away, disk full (exit 4)."""

    exit_code = 4


def all_errors(root: type[KasseError] = KasseError) -> dict[str, type[KasseError]]:
    """Return every error class imported so far by its code."""
    found: dict[str, type[KasseError]] = {}
    for cls in root.__subclasses__():
        found |= {cls.code: cls} | all_errors(cls)
    return found
