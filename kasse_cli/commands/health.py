"""`kasse health`: is the book looked after, in the manner of monitoring plugins."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _, sentence
from kasse_cli.inbox import rejected_files, shown
from kasse_cli.intake_lines import some
from kasse_cli.messages import hint
from kasse_cli.output import Column, Result, Table, render
from ledger.reports.health import Check, Limit, Limits, State, account_checks, checks, worst
from sepa.errors import N_, Field, KasseError
from sepa.system_errors import why_refused

if TYPE_CHECKING:
    from ledger.store.engines import Store

_OWN = "statement_days_"
"""How the checks of single accounts are called."""
app = noun(N_("is the book in order, for monitoring"))
WORDS = (N_("ok"), N_("warning"), N_("critical"), N_("unknown"))
CODES: dict[State, int] = {"ok": 0, "warning": 1, "critical": 2, "unknown": 3}
CHECKS = (
    Column("name", N_("Check")),
    Column("state", N_("State"), "word"),
    Column("value", N_("Value"), "count"),
    Column("warning", N_("Warning from"), "count"),
    Column("critical", N_("Critical from"), "count"),
    Column("text", N_("What")),
)
LimitArgument = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="CHECK=W:C", help=N_("warn from W on, critical from C on; may be repeated")),
]
RejectOption = Annotated[
    Path | None,
    typer.Option(
        "--reject", metavar="FOLDER", readable=False, help=N_("warn of files that 'kasse reconcile' left there")
    ),
]


class BadLimitError(KasseError):
    """A threshold that cannot be read."""

    code = "health.limit"
    template = N_("not a limit: {text}")
    hint = N_("write CHECK=WARNING:CRITICAL, for example suspense_days=14:60; checks: {names}")


@command(
    app,
    "health",
    examples=(
        "kasse health",
        "kasse health --reject broken/",
        "kasse health --limit suspense_days=7:30 --limit statement_days=2:4",
        "kasse health --limit statement_days_2051=25:40",
    ),
)
def health(ctx: Context, limit: LimitArgument = None, reject: RejectOption = None) -> None:
    """Say in one line whether the book is in order, as monitoring plugins do (Nagios, Icinga, Checkmk).

    Exit codes differ from all other commands: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. Looked at are the last statement
    of each account, gaps, the age of unclear money, entries that wait, days to close, the ends of the chains, a
    change of the law that waits, a 'kasse reconcile' at work for long, and the room on the disk; with --reject, files
    that were rejected and that nobody has dealt with. --limit takes a check, or one account by its own check, whose
    bank says nothing for weeks. Nothing is changed.
    """
    way_out = ""
    try:
        given = [(text, *_read_limit(text)) for text in limit or ()]
        own = {name: one for _, name, one in given if name.startswith(_OWN)}
        limits = reduce(_with_limit, (one for one in given if one[1] not in own), Limits())
        found = _look(ctx.obj, limits, own, reject)
    except KasseError as error:
        state: State = "critical" if error.code == "book.damaged" else "unknown"
        found = [Check("book", state, None, Limit(None, None), error.template, dict(error.fields))]
        way_out = hint(error)
    state = worst(found)
    rows = [_row(check) for check in found]
    if ctx.obj.format == "json":
        render(ctx, Result({"state": state, "hint": way_out or None}, [Table("checks", CHECKS, rows)]))
    else:
        more = [f"{_('hint')}: {_safe(way_out)}"] if way_out else []
        typer.echo("\n".join([*plugin_lines(found, state), *more]))
        render(ctx, Result())
    ctx.obj.exit_code = CODES[state]


def _look(call: Call, limits: Limits, own: Mapping[str, Limit], reject: Path | None) -> list[Check]:
    from kasse_cli.wiring import open_book
    from ledger.reports.health_store import book_state

    with open_book(call) as store:
        state = book_state(store)
        known = account_checks(state.accounts)
        for name in own.keys() - known.keys():
            raise BadLimitError(text=name, names=", ".join(known))
        found = checks(state, call.today, limits, own)
        mine: tuple[Iterator[Check], ...] = (
            _law(call, store, limits.law_days),
            _lock(call, store, limits.lock_minutes),
        )
        mine += (_disk(store, limits.disk_percent), _rejected(reject, limits.rejected))
        return [*found, *chain(*mine)]


def _law(call: Call, store: Store, limit: Limit) -> Iterator[Check]:
    from enforcement.law_change_store import law_waits_since

    since = law_waits_since(store)
    days = 0 if since is None else (call.today - dt.date.fromisoformat(since)).days
    template = N_("no change of the law waits") if since is None else N_("a change of the law waits since {value} days")
    yield Check("law_days", limit.state(days), days, limit, template, {"value": days})


def _lock(call: Call, store: Store, limit: Limit) -> Iterator[Check]:
    from ledger.store.locking import held_since

    since = held_since(store, "reconcile")
    minutes = 0 if since is None else max(0, int(call.world.clock().timestamp() - since) // 60)
    template = N_("'kasse reconcile' is not at work") if since is None else N_("reconciling since {value} minutes")
    yield Check("lock_minutes", limit.state(minutes), minutes, limit, template, {"value": minutes})


def _disk(store: Store, limit: Limit) -> Iterator[Check]:
    if store.engine.name != "sqlite":
        return
    usage = shutil.disk_usage(Path(store.book).absolute().parent)
    percent = 100 - usage.free * 100 // usage.total
    template = N_("disk of the book: {value} percent full")
    yield Check("disk_percent", limit.state(percent), percent, limit, template, {"value": percent}, unit="%")


def _rejected(folder: Path | None, limit: Limit) -> Iterator[Check]:
    if folder is None:
        return
    try:
        names = [shown(delivery.path.name) for delivery in rejected_files(folder)]
    except OSError as error:
        why: dict[str, Field] = {"folder": str(folder), "reason": why_refused(error)}
        yield Check("rejected", "unknown", None, limit, N_("the folder {folder} cannot be read: {reason}"), why)
        return
    template = N_("rejected files that wait: {value} ({names})") if names else N_("no rejected file waits in {folder}")
    if not folder.is_dir():  # kasse makes it with the first file; a folder mistyped must be seen
        template = N_("no rejected file waits: there is no folder {folder}")
    fields: dict[str, Field] = {"value": len(names), "names": some(names), "folder": str(folder)}
    yield Check("rejected", limit.state(len(names)), len(names), limit, template, fields)


def _read_limit(text: str) -> tuple[str, Limit]:
    match = re.fullmatch(r"(\w+)=(\d*):?(\d*)", text)
    if match is None or not (match[2] or match[3]):
        raise BadLimitError(text=text, names=", ".join(Limits.__dataclass_fields__))
    warning, critical = (int(one) if one else None for one in (match[2], match[3]))
    return match[1], Limit(warning, critical)


def _with_limit(limits: Limits, given: tuple[str, str, Limit]) -> Limits:
    text, name, limit = given
    if name not in Limits.__dataclass_fields__:
        raise BadLimitError(text=text, names=", ".join(Limits.__dataclass_fields__))
    return replace(limits, **{name: limit})


def _row(check: Check) -> dict[str, Any]:
    limit = check.limit
    return {
        "name": check.name, "state": check.state, "value": check.value, "warning": limit.warning,
        "critical": limit.critical, "text": sentence(check.template, check.fields),
    }  # fmt: skip


def plugin_lines(found: Sequence[Check], state: State) -> list[str]:
    """Return the output of a monitoring plugin: the worst first and with perfdata, then every check in a line."""
    bad = [check for check in found if check.state != "ok"]
    said = [sentence(check.template, check.fields) for check in bad or found[:1]]
    perfdata = " ".join(_perfdata(check) for check in found if check.value is not None)
    head = f"KASSE {state.upper()} - {'; '.join(_safe(text) for text in said)}"
    lines = [f"{check.state.upper()}: {_safe(sentence(check.template, check.fields))}" for check in found]
    return [f"{head} | {perfdata}" if perfdata else head, *lines]


def _safe(text: str) -> str:
    return " ".join(text.replace("|", "/").split())


def _perfdata(check: Check) -> str:
    """Return `name=value[unit];warn;crit`, where a threshold `n` alarms above n: values from a limit on do."""
    ends = [None if end is None else end - 1 for end in (check.limit.warning, check.limit.critical)]
    warning, critical = ("" if end is None else str(end) for end in ends)
    return f"{check.name}={check.value}{check.unit};{warning};{critical}"
