"""`kasse law rates`: every figure and rule of law, what is known until when, and the sources."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from itertools import groupby
from typing import Annotated, Any

import typer

from enforcement.law import Law
from enforcement.law.catalogue import unknown
from enforcement.law.figures import Entry, Series
from kasse_cli.commands.law.params import LawOption, OnOption, day_of, law_of, title
from kasse_cli.context import Context
from kasse_cli.i18n import _, decimal
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_, KasseError

KINDS = ("figures", "schedules", "garnishment", "charges", "limitation", "deadlines", "profiles")
UNITS = {
    "percent": N_("percent"),
    "percent_per_month": N_("percent a month"),
    "percent_per_year": N_("percent a year"),
    "percentage_points": N_("percentage points"),
    "days": N_("days"),
    "weeks": N_("weeks"),
    "months": N_("months"),
    "years": N_("years"),
}
LIST = (
    Column("kind", N_("Kind"), minor=2),
    Column("name", N_("Name")),
    Column("title", N_("Meaning")),
    Column("value", N_("Value"), "number"),
    Column("unit", N_("Unit"), shown=False),
    Column("unit_text", N_("Unit")),
    Column("valid_from", N_("Valid from"), "day"),
    Column("known_until", N_("Known until"), "day", minor=True),
    Column("confirmed", N_("Confirmed"), "flag", minor=True),
    Column("norm", N_("Paragraph"), minor=2),
)
VALUES = (
    Column("valid_from", N_("Valid from"), "day"),
    Column("value", N_("Value"), "number"),
    Column("unit_text", N_("Unit")),
    Column("confirmed", N_("Confirmed"), "flag"),
    Column("norm", N_("Paragraph")),
    Column("source", N_("Source"), shown=False),
    Column("source_text", N_("Source"), shown=False),
)
SETTINGS = (
    Column("key", N_("Setting"), shown=False),
    Column("value", N_("Value"), shown=False),
    Column("key_text", N_("Setting")),
    Column("value_text", N_("Value")),
)
SAID = ("open_points",)
"""What a sentence says already."""
KindOption = Annotated[
    str | None, typer.Option("--kind", metavar="KIND", help=N_("only figures, schedules, charges, limitation, …"))
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("a name of the list"))]


class KindUnknownError(KasseError):
    """A kind of law data that does not exist."""

    code = "law.kind"
    template = N_("the law data has no kind {kind}")
    hint = N_("one of: {known}")
    exit_code = 2


def list_rates(ctx: Context, kind: KindOption = None, on: OnOption = None, law_dir: LawOption = []) -> None:  # noqa: B006
    """List the figures and rules of law: the value of the day and until when it is known.

    A figure without an end is known until its law is amended. Figures that nobody has confirmed say so.
    """
    if kind is not None and kind not in KINDS:
        raise KindUnknownError(kind=kind, known=", ".join(KINDS))
    law, day = law_of(law_dir), day_of(ctx, on)
    rows = [row for name in KINDS if kind in (None, name) for row in _ROWS[name](law, day)]
    doubtful = sum(row["confirmed"] is False for row in rows)
    lines = [say(N_("entries: {count}, not confirmed: {doubtful}"), count=len(rows), doubtful=doubtful)]
    render(ctx, Result(tables=[Table("rates", LIST, rows)], lines=lines))


def show_rate(ctx: Context, name: NameArgument, law_dir: LawOption = []) -> None:  # noqa: B006
    """Show all values of one figure or schedule with their sources, or one rule of law."""
    law = law_of(law_dir)
    for series in _all_series(law):
        if series.name == name:
            render(ctx, _series_result(series))
            return
    for kind in ("charges", "limitation", "deadlines", "profiles"):
        for rule in _rules(kind, law):
            if rule.name == name:
                render(ctx, _rule_result(kind, rule, partial(_figure, law, ctx.obj.today)))
                return
    raise unknown(N_("figure or rule"), name, _names(law))


def _all_series(law: Law) -> Iterator[Series[Any]]:
    yield from law.figures.values()
    yield from law.schedules.values()
    yield law.garnishment


def _names(law: Law) -> Iterator[str]:
    for series in _all_series(law):
        yield series.name
    for kind in ("charges", "limitation", "deadlines", "profiles"):
        yield from (rule.name for rule in _rules(kind, law))


def _rules(kind: str, law: Law) -> list[Any]:
    from enforcement.limitation_rules import limitation_rules
    from enforcement.profiles import profiles

    found: dict[str, Callable[[], Any]] = {
        "charges": lambda: law.charges,
        "deadlines": lambda: law.deadlines,
        "limitation": lambda: limitation_rules(law),
        "profiles": lambda: profiles(law),
    }
    return list(found[kind]().values())


def _series_rows(kind: str, found: list[Series[Any]], day: dt.date) -> Iterator[dict[str, Any]]:
    for series in found:
        entry = _entry_on(series, day)
        yield {
            "kind": kind,
            "name": series.name,
            "title": title(series),
            "value": _value(entry.value) if entry else "",
            "unit": series.unit,
            "unit_text": _(UNITS.get(series.unit, series.unit)),
            "valid_from": entry.valid_from if entry else None,
            "known_until": series.known_until,
            "confirmed": entry.confirmed if entry else None,
            "norm": series.norm,
        }


def _entry_on(series: Series[Any], day: dt.date) -> Entry[Any] | None:
    """Return the value of that day, none where it is before the first or after the last known day."""
    try:
        return series.on(day)
    except KasseError:
        return None


def _value(value: Any) -> str:
    """Return a value in one short text: a number, or what a schedule is made of."""
    from enforcement.law.schedules import Schedule
    from enforcement.law.tables import GarnishmentTable
    from sepa.money import plain

    if isinstance(value, GarnishmentTable):
        return " / ".join(plain(limits.base_cents) for limits in value.limits.values())
    if not isinstance(value, Schedule):
        return f"{value:f}"
    parts = [plain(value.flat_cents)] if value.flat_cents or not value.percent else []
    parts += [f"{value.percent:f} %"] if value.percent else []
    parts += [f"≥ {plain(value.min_cents)}"] if value.min_cents else []
    parts += [f"≤ {plain(value.max_cents)}"] if value.max_cents is not None else []
    parts += [f"+ {plain(step.add_cents)} / {plain(step.per_cents)}" for step in value.steps]
    return ", ".join(parts)


def _rule_rows(kind: str, law: Law) -> Iterator[dict[str, Any]]:
    for rule in _rules(kind, law):
        yield {
            "kind": kind,
            "name": rule.name,
            "title": title(rule),
            "value": "",
            "unit": "",
            "unit_text": "",
            "valid_from": None,
            "known_until": None,
            "confirmed": None if not rule.open_points else False,
            "norm": rule.norm,
        }


_ROWS: dict[str, Callable[[Law, dt.date], Iterator[dict[str, Any]]]] = {
    "figures": lambda law, day: _series_rows("figures", list(law.figures.values()), day),
    "schedules": lambda law, day: _series_rows("schedules", list(law.schedules.values()), day),
    "garnishment": lambda law, day: _series_rows("garnishment", [law.garnishment], day),
    "charges": lambda law, _day: _rule_rows("charges", law),
    "limitation": lambda law, _day: _rule_rows("limitation", law),
    "deadlines": lambda law, _day: _rule_rows("deadlines", law),
    "profiles": lambda law, _day: _rule_rows("profiles", law),
}


def _series_result(series: Series[Any]) -> Result:
    rows = [
        {
            "valid_from": entry.valid_from,
            "value": _value(entry.value),
            "unit": series.unit,
            "unit_text": _(UNITS.get(series.unit, series.unit)),
            "confirmed": entry.confirmed,
            "norm": entry.norm,
            "source": entry.source,
            "source_text": _(entry.source),
        }
        for entry in series.entries
    ]
    data = {"name": series.name, "title": title(series), "known_until": series.known_until, "checked": series.checked}
    lines = [say(N_("{title} ({norm}), kept in {file}"), title=title(series), norm=series.norm, file=series.file)]
    if series.known_until:
        lines.append(say(N_("known until {known_until}; later days are refused"), known_until=series.known_until))
    elif series.checked:
        lines.append(say(N_("holds until the law is amended; text of {checked}"), checked=series.checked))
    else:
        lines.append(say(N_("holds until the law is amended")))
    for (source, norm), run in groupby(series.entries, key=lambda entry: (entry.source, entry.norm)):
        since = next(run).valid_from
        lines.append(say(N_("from {since}: {source} ({norm})"), since=since, source=_(source), norm=norm))
    return Result(data, [Table("values", VALUES, rows)], lines)


def _figure(law: Law, day: dt.date, name: str) -> str:
    """Return the value that a figure has on a day with its unit, '' for a name of something else."""
    series = law.figures.get(name)
    entry = _entry_on(series, day) if series else None
    if series is None or entry is None:
        return ""
    return f"{decimal(_value(entry.value))} {_(UNITS.get(series.unit, series.unit))}"


def _rule_result(kind: str, rule: Any, figure: Callable[[str], str]) -> Result:
    from dataclasses import fields

    from kasse_cli.law_words import setting_text, value_text

    settings = {field.name: getattr(rule, field.name) for field in fields(rule)}
    settings["source"] = _(settings.get("source", ""))
    rows = [
        {
            "key": key,
            "value": _plain(value),
            "key_text": setting_text(key),
            "value_text": value_text(key, value, figure),
        }
        for key, value in settings.items()
        if value not in ("", (), {}, 0, None) and key not in SAID
    ]
    line = say(N_("{title} ({norm}), kept in {file}"), title=title(rule), norm=rule.norm, file=rule.file)
    points = [
        say(N_("left open by the sources: {point}"), point=_(str(doubt.fields["point"]))) for doubt in rule.doubts()
    ]
    return Result({"kind": kind, "name": rule.name}, [Table("settings", SETTINGS, rows)], [line, *points])


def _plain(value: Any) -> str:
    from dataclasses import fields, is_dataclass

    if is_dataclass(value):
        shown = ((field.name, getattr(value, field.name)) for field in fields(value))
        return ", ".join(f"{name}: {_plain(part)}" for name, part in shown if part not in ("", (), None))
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_plain(part)}" for name, part in value.items())
    if isinstance(value, tuple):
        return "; ".join(_plain(part) for part in value)
    return str(value)
