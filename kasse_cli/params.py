"""Shared arguments and options of commands, and the parsers that turn what was typed into values."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Annotated

import typer

from sepa.errors import N_, KasseError
from sepa.money import parse_amount

_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_GERMAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")


class InvalidDayError(KasseError):
    """A text that is not a date."""

    code = "day.invalid"
    template = N_("not a date: {text}")
    hint = N_("write it as 2026-11-21 or 21.11.2026")
    exit_code = 2


class NoSuchDayError(InvalidDayError):
    """A date as it is written, of a day that the calendar does not have."""

    code = "day.none"
    template = N_("the calendar has no such day: {text}")
    hint = N_("look at the day and the month")


def parse_day(text: str) -> dt.date:
    """Return the date a person typed.

    >>> parse_day("2026-11-21") == parse_day("21.11.2026")
    True

    Raises `InvalidDayError` for anything else, `NoSuchDayError` for a 31 November.
    """
    bare = text.strip()
    iso, german = _ISO_DAY.fullmatch(bare), _GERMAN_DAY.fullmatch(bare)
    if iso is None and german is None:
        raise InvalidDayError(text=text)
    parts = iso.groups() if iso else german.groups()[::-1] if german else ()
    try:
        return dt.date(*map(int, parts))
    except ValueError:
        raise NoSuchDayError(text=text) from None


class ExplanationError(KasseError):
    """An explanation that does not name an account of an office."""

    code = "closing.explanation"
    template = N_("not an explanation of an account: {text}")
    hint = N_("write it as --explain 'KASSE:2890=what it is', without names of persons")
    exit_code = 2


def parse_explanation(text: str) -> tuple[str, str]:
    """Return the account (`OFFICE:ACCOUNT`) and what explains it, of `OFFICE:ACCOUNT=TEXT`.

    >>> parse_explanation("kasse:2890=Gutschrift am 01.12.")
    ('KASSE:2890', 'Gutschrift am 01.12.')

    Raises `ExplanationError`.
    """
    target, _, reason = text.partition("=")
    office, _, account = target.partition(":")
    if not (office.strip() and account.strip() and reason.strip()):
        raise ExplanationError(text=text)
    return f"{office.strip().upper()}:{account.strip()}", reason.strip()


FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help=N_("the file to read; - is standard input"))]
FilesArgument = Annotated[list[Path], typer.Argument(metavar="FILE", help=N_("files, folders or ZIP files to read"))]
FolderArgument = Annotated[Path, typer.Argument(metavar="FOLDER", help=N_("the folder to read"))]
OutputOption = Annotated[
    Path | None, typer.Option("--out", "-o", metavar="FILE", help=N_("the file to write; - is standard output"))
]
DateOption = Annotated[
    dt.date, typer.Option("--date", parser=parse_day, metavar="DATE", help=N_("the day, as 2026-11-21 or 21.11.2026"))
]
AsOfOption = Annotated[
    dt.date, typer.Option("--as-of", parser=parse_day, metavar="DATE", help=N_("the day the figures are of"))
]
FromOption = Annotated[
    dt.date | None,
    typer.Option("--from", parser=parse_day, metavar="DATE", help=N_("the first day; today or --on is the last")),
]
SumOption = Annotated[
    int | None, typer.Option("--sum", parser=parse_amount, metavar="AMOUNT", help=N_("the control sum, as 1.234,56"))
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the journal"))]
OfficeOption = Annotated[str | None, typer.Option("--office", metavar="CODE", help=N_("only this office"))]
ExplainOption = Annotated[
    list[str] | None,
    typer.Option(
        "--explain", metavar="OFFICE:ACCOUNT=TEXT", help=N_("what explains the balance of an account; repeatable")
    ),
]
ProtocolOption = Annotated[
    Path | None,
    typer.Option("--text", metavar="FILE", help=N_("write the protocol to sign: text, or .pdf; - is standard output")),
]
PartialOption = Annotated[bool, typer.Option("--partial", help=N_("take what is good, list what is not"))]
