"""The common options: declared once as a table, put on every command that needs them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

import typer
from typer.main import get_click_param
from typer.models import OptionInfo, ParamMeta

from kasse_cli.params import parse_day
from sepa.errors import N_

LARGEST = 2**63 - 1
"""The largest whole number of a column."""


@dataclass(frozen=True, slots=True)
class Common:
    """One common option: its name in the call, its type, its declaration."""

    name: str
    kind: Any
    declared: OptionInfo


def _flag(name: str, *flags: str, help: str) -> Common:  # noqa: A002 - the option's own word
    return Common(name, bool, typer.Option(False, *flags, help=help))


def _value(name: str, flag: str, metavar: str, help: str, kind: Any = str) -> Common:  # noqa: A002
    parser = parse_day if kind is dt.date else None
    return Common(name, kind, typer.Option(None, flag, metavar=metavar, help=help, parser=parser))


OUTPUT = (
    _flag("json", "--json", help=N_("print one JSON object, errors too")),
    _value("lang", "--lang", metavar="LANG", help=N_("the language of texts: en or de")),
    _flag("quiet", "-q", "--quiet", help=N_("print data, findings and errors only")),
    Common("verbose", int, typer.Option(0, "-v", "--verbose", count=True, help=N_("log more; -vv logs all"))),
    _flag("debug", "--debug", help=N_("show the traceback of an error")),
)
LISTS = (
    _flag("csv", "--csv", help=N_("print CSV for programs: comma, ISO dates, 1234.56")),
    _flag("csv_excel", "--csv-excel", help=N_("print CSV for a German Excel: semicolon, 1234,56")),
    _value("xlsx", "--xlsx", metavar="FILE", help=N_("write the tables to an Excel file")),
    _flag("force", "--force", help=N_("replace the Excel file where there is one already")),
)
BOOK = (
    _value("book", "--book", metavar="BOOK", help=N_("the book: a file or postgresql://…")),
    _value("on", "--on", metavar="DATE", help=N_("take this day as today"), kind=dt.date),
    _value("user", "--user", metavar="NAME", help=N_("who acts, where the book lets users be declared")),
)
DRY_RUN = (_flag("dry_run", "--dry-run", help=N_("say what would happen, change nothing")),)
CONFIRM = (_flag("yes", "--yes", help=N_("do not ask")),)


def build(options: Iterable[Common], *, hidden: bool = False) -> list[Any]:
    """Return Typer's parameters for these options."""
    return [_parameter(option, hidden) for option in options]


def _parameter(option: Common, hidden: bool) -> Any:
    declared = copy(option.declared)
    declared.hidden = hidden
    meta = ParamMeta(name=option.name, default=declared, annotation=option.kind)
    return get_click_param(meta)[0]


def names_of(param: Any) -> str:
    """Return the long names of an option: `--held / --not-held`."""
    names = [*param.opts, *param.secondary_opts]
    return " / ".join([name for name in names if name.startswith("--")] or names)


def large_numbers(params: Iterable[Any], values: Mapping[str, Any]) -> Iterator[tuple[Any, int]]:
    """Yield each parameter whose number, or one of them, no column of a database holds."""
    for param in params:
        value = values.get(param.name)
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(one, int) and abs(one) > LARGEST:
                yield param, one


def stands_once(param: Any) -> bool:
    """Return whether a second one would undo the first: not for a plain flag, nor for the language scripts append."""
    if param.param_type_name != "option" or param.multiple or param.count or param.name == "lang":
        return False
    return not param.is_flag or bool(param.secondary_opts)
