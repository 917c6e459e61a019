"""Collection runs and collections as they stand: lists, one run, the whole life of one collection, what came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.collection.shapes import COLLECTIONS, RUNS, StateOption, head_lines
from kasse_cli.commands.payment.shapes import changed
from kasse_cli.context import Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.collection_life_reader import CollectionLife
    from ledger.payments.collection_policy import ComingBack
    from ledger.payments.collection_runs import CollectionRun
    from ledger.payments.collection_voiding import Report
    from ledger.payments.run_changes_reader import RunChange

NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help=N_("a run, for example 3, or one collection of it, for example 3-7"))
]
SinceOption = Annotated[
    dt.date | None, typer.Option("--since", parser=parse_day, metavar="DATE", help=N_("only from this day on"))
]
NEXT = {
    "again": N_("collect it again"),
    "ask-release": N_("have the money released"),
    "contact": N_("write to the debtor"),
    "estate": N_("ask the heirs"),
    "fix-data": N_("correct the data"),
    "fix-file": N_("write the file anew"),
    "new-account": N_("ask for the new account"),
    "other-account": N_("ask for another account"),
    "other-scheme": N_("collect by the other scheme"),
    "stop-mandate": N_("nothing more by this mandate"),
}
RETURNS = (
    Column("ended_on", N_("Day"), "day"),
    Column("number", N_("Collection")),
    Column("debtor", N_("Debtor")),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("reason", N_("Reason"), minor=True),
    Column("meaning", N_("Meaning"), "word"),
    Column("fee_cents", N_("Fee"), "cents", minor=True),
    Column("mandate_state", N_("Mandate"), "word", minor=2),
    Column("next", N_("Next"), "word", words=NEXT),
    Column("again_on", N_("Again from"), "day", shown=False),
    Column("items", N_("Items"), shown=False),
)
EVENTS = (
    Column("at", N_("When")),
    Column("by", N_("Who")),
    Column("what", N_("What"), "word"),
    Column("text", N_("Details"), "details"),
)


def list_runs(ctx: Context, state: StateOption = None) -> None:
    """List the collection runs of the book."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_reader import runs

    with open_book(ctx.obj) as store:
        found = runs(store, state)
    lines = [say(N_("collection runs: {count}"), count=len(found))]
    render(ctx, Result(tables=[Table("runs", RUNS, found)], lines=lines))


def show(ctx: Context, number: NumberArgument) -> None:
    """Show a run with its collections, or the whole life of one collection: order, file, credit, return."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_life_reader import life, split_number
    from ledger.payments.collection_reader import collections, reports, run_named
    from ledger.payments.run_changes_reader import collection_changes

    run, line = split_number(number)
    with open_book(ctx.obj) as store:
        found = run_named(store, run)
        if line is not None:
            result = _life(life(store, found, line))
        else:
            changes = collection_changes(store, found.office, run)
            result = Result(
                {"run": found, "changes": list(changes), "reports": list(answers := reports(store, found))},
                [Table("collections", COLLECTIONS, collections(store, found, discarded=True))],
                [*head_lines(found), *_history(found, changes), *_answers(answers)],
            )
    render(ctx, result)


def _history(run: CollectionRun, changes: Iterable[RunChange]) -> Iterator[Line]:
    before = (
        (N_("proposed by {name} at {at}"), run.created_by, run.created_at),
        (N_("reviewed by {name} at {at}"), run.reviewed_by, run.reviewed_at),
    )
    yield from (say(template, name=name, at=at) for template, name, at in before if at)
    yield from changed(changes)
    steps = (
        (N_("released by {name} at {at}"), run.released_by, run.released_at),
        (N_("exported at {at}, SHA-256 {name}"), run.file_sha256, run.exported_at),
    )
    yield from (say(template, name=name, at=at) for template, name, at in steps if at)
    if run.message_id:
        yield say(N_("message id: {name}"), name=run.message_id)


def _answers(found: Iterable[Report]) -> Iterator[Line]:
    for one in found:
        said = N_("answered by the bank with {status}: {message}, read by {name} at {at}, SHA-256 {hash}")
        status = f"{one.status} {one.reason or ''}".strip()
        yield say(said, status=status, message=one.message_id, name=one.read_by, at=one.read_at, hash=one.file_sha256)


def _life(found: CollectionLife) -> Result:
    one = found.collection
    lines = [
        say(
            N_("collection {number}: {amount_cents} from {name} by mandate {reference} ({sequence}), {state}"),
            number=found.number, amount_cents=one.amount_cents, name=one.debtor_name, reference=one.mandate_reference,
            sequence=one.sequence, state=one.state,
        ),
        say(N_("items: {items}, text: {text}"), items=one.items, text=one.remittance),
        say(N_("end-to-end id: {name}"), name=one.end_to_end_id),
    ]  # fmt: skip
    if one.state not in {"discarded", "voided"}:
        lines += _coming_back(found.coming_back)
    data = {"collection": one, "coming_back": found.coming_back}
    return Result(data, [Table("events", EVENTS, found.events)], lines)


def _coming_back(until: ComingBack) -> Iterator[Line]:
    yield say(N_("its bank can return it until {day}"), day=_day(until.return_until))
    if until.refund_until:
        yield say(N_("the debtor can have it refunded without a reason until {day}"), day=_day(until.refund_until))
    else:
        yield say(N_("the debtor has no refund without a reason (B2B)"))
    yield say(N_("without a mandate it can come back until {day}"), day=_day(until.unauthorised_until))
    yield say(N_("we can give it back until {day}"), day=_day(until.reversal_until))


def _day(iso: str) -> dt.date:
    return dt.date.fromisoformat(iso)


def returns(ctx: Context, since: SinceOption = None) -> None:
    """List what came back: why, what it cost, what became of the mandate, and what to do next."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_life_reader import returns as service

    with open_book(ctx.obj) as store:
        found = service(store, since.isoformat() if since else "", language_german=ctx.obj.lang == "de")
    total = sum(one.amount_cents for one in found)
    lines = [say(N_("came back: {count}, together {sum_cents}"), count=len(found), sum_cents=total)]
    render(ctx, Result(tables=[Table("returns", RETURNS, found)], lines=lines))
