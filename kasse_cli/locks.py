"""What the commands that lock and lift have in common: their options, and what they say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.output import Line, Result, say
from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.items.locks import Locked

KindOption = Annotated[
    str, typer.Option("--kind", metavar="KIND", help=N_("what must not happen: dunning, payment or enforcement"))
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for whoever asks in a year"))]
SinceOption = Annotated[
    dt.date | None,
    typer.Option("--since", parser=parse_day, metavar="DATE", help=N_("the first day it holds; else the day of --on")),
]
UntilOption = Annotated[
    dt.date | None,
    typer.Option("--until", parser=parse_day, metavar="DATE", help=N_("the last day it holds; else until lifted")),
]
LockKinds = (N_("dunning"), N_("payment"), N_("enforcement"))


def lock_result(done: Locked, what: str, *, lifted: bool = False, findings: Iterable[KasseError] = ()) -> Result:
    """Return what a lock or its lifting did, as a sentence and as data, and what it came too late for."""
    data = {
        "kind": done.kind,
        "new": done.new,
        "since": done.since,
        "until": done.until,
        "items": [{"office": office, "item": item} for office, item in done.items],
        "parties": list(done.parties),
    }
    return Result(data, lines=[_sentence(done, what, lifted=lifted)], findings=tuple(findings))


def _sentence(done: Locked, what: str, *, lifted: bool) -> Line:
    if not done.new:
        return say(N_("nothing new: {what} is locked so already"), what=what)
    since = dt.date.fromisoformat(done.since)
    if lifted:
        return say(N_("lock lifted from {since} on: {what}, {kind}"), since=since, what=what, kind=done.kind)
    if done.until is None:
        return say(N_("locked from {since} until lifted: {what}, {kind}"), since=since, what=what, kind=done.kind)
    until = dt.date.fromisoformat(done.until)
    return say(
        N_("locked from {since} to {until}: {what}, {kind}"), since=since, until=until, what=what, kind=done.kind
    )
