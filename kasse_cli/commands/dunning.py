"""`kasse dunning`: dunning runs (Mahnläufe), from the proposal to the release."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.claim_words import LEFT_OUT, LETTER_STATES, PROFILE_WORDS
from kasse_cli.commands.dunning_accrued import register as register_accrued
from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _
from kasse_cli.output import Column, Line, Result, Streamed, Table, render, say
from kasse_cli.params import OfficeOption, ReasonOption, SumOption
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from enforcement.dunning_runs import RunRow
    from ledger.store.engines import Store

app = noun(N_("dunning letters: propose, show, release, undo, accrued"))
RUNS = (
    Column("number", N_("Dunning run"), "count"),
    Column("state", N_("State"), "word"),
    Column("day", N_("Day"), "day"),
    Column("office", N_("Office"), minor=2),
    Column("letters", N_("Letters"), "count"),
    Column("items", N_("Items"), "count"),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("charge_cents", N_("Charges"), "cents", minor=2),
    Column("fee_cents", N_("Fees"), "cents", minor=2),
    Column("skipped", N_("Left out"), "count"),
    Column("made_by", N_("Proposed by"), minor=True),
    Column("released_by", N_("Released by"), minor=True),
)
LETTERS = (
    Column("letter", N_("Letter"), "count"),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("state", N_("State"), "word", words=LETTER_STATES),
    Column("party", N_("Debtor")),
    Column("address", N_("Address"), minor=2),
    Column("count", N_("Items"), "count"),
    Column("oldest_due", N_("Oldest due"), "day"),
    Column("open_cents", N_("Open"), "cents", minor=2),
    Column("charge_cents", N_("Charges"), "cents", minor=2),
    Column("fee_cents", N_("Fees"), "cents", minor=2),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("level", N_("Level"), "count"),
    Column("reference", N_("Reference"), minor=2),
)
LETTER_SUMS = ("open_cents", "charge_cents", "fee_cents", "sum_cents")
ITEMS = (
    Column("letter", N_("Letter"), "count"),
    Column("kind", N_("Kind"), "word"),
    Column("party_number", N_("Debtor no."), "count"),
    Column("party", N_("Debtor")),
    Column("street", N_("Street")),
    Column("house_number", N_("House number")),
    Column("postcode", N_("Postcode")),
    Column("town", N_("Town")),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference")),
    Column("purpose", N_("Purpose")),
    Column("profile", N_("Law"), "word", words=PROFILE_WORDS),
    Column("due", N_("Due"), "day"),
    Column("days_overdue", N_("Days overdue"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("open_cents", N_("Open"), "cents"),
    Column("charge_cents", N_("Charges"), "cents"),
    Column("level", N_("Level"), "count"),
    Column("limitation_end", N_("Limitation"), "day"),
)
SKIPPED = (
    Column("office", N_("Office"), minor=True),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference"), minor=True),
    Column("party", N_("Debtor")),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("why", N_("Left out because"), "word", words=LEFT_OUT),
    Column("until", N_("Until"), "day"),
)
WORDS = (N_("mahnung"), N_("ankuendigung"), N_("made"), N_("cancelled"))
WaitOption = Annotated[
    int,
    typer.Option("--wait", min=0, max=366, metavar="DAYS", help=N_("days after the due day, for claims without a law")),
]
RunArgument = Annotated[int, typer.Argument(metavar="RUN", min=1, help=N_("the number of the dunning run"))]
ReplaceOption = Annotated[bool, typer.Option("--replace", help=N_("discard the run that waits to be released"))]
SkippedOption = Annotated[bool, typer.Option("--skipped", help=N_("list what was left out, too"))]


@command(
    app,
    "propose",
    lists=True,
    dry_run=True,
    examples=("kasse dunning propose --dry-run", "kasse dunning propose --on 2026-11-24 --xlsx mahnungen.xlsx"),
)
def propose(ctx: Context, wait: WaitOption = 10, office: OfficeOption = None, replace: ReplaceOption = False) -> None:
    """Propose the letters of a day: who gets one, about what, with which charges and fees; --on is the day.

    Steps, waiting times, charges, fees and small amounts are those of each claim's law. Refused until the collection
    accounts are complete up to the last bank day. Left out is what is locked or what money in suspense may pay. CSV
    and Excel hold one row for each item. Nothing is booked before another person releases the run.
    """
    from enforcement.dunning_reader import find_run
    from enforcement.dunning_store import propose as service
    from enforcement.law_change_store import law_warnings
    from kasse_cli.wiring import open_book

    call = ctx.obj
    with open_book(call) as store, store.rehearsal() if call.dry_run else nullcontext():
        proposal = service(store, call.today, wait_days=wait, office=office, replace=replace)
        with store.snapshot():
            run = find_run(store, proposal.run)
            lines = [*_summary(store, run), _next_step(run, dry_run=call.dry_run)]
            render(ctx, _result(call, store, run, lines, (*law_warnings(store), *proposal.findings)))


@command(app, "list", lists=True, examples=("kasse dunning list",))
def list_runs(ctx: Context) -> None:
    """List all dunning runs, the newest first."""
    from enforcement.dunning_reader import runs
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        rows = list(runs(store))
    render(ctx, Result(tables=[Table("runs", RUNS, rows)]))


@command(app, "show", lists=True, examples=("kasse dunning show 3", "kasse dunning show 3 --skipped --xlsx lauf.xlsx"))
def show(ctx: Context, number: RunArgument, skipped: SkippedOption = False) -> None:
    """Show a dunning run: its letters, and with --skipped every overdue claim that got none, and why."""
    from enforcement.dunning_reader import find_run
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store, store.snapshot():
        run = find_run(store, number)
        render(ctx, _result(ctx.obj, store, run, list(_summary(store, run)), (), skipped=skipped))


@command(app, "release", dry_run=True, confirm=True, examples=("kasse dunning release 3 --sum 1.299,80 --yes",))
def release(ctx: Context, number: RunArgument, given: SumOption = None) -> None:
    """Release a run that another person proposed: fees and charges are booked, the letters may go out.

    Letters about claims that were paid, locked or changed since are taken out and named.
    """
    from enforcement.dunning_reader import find_run
    from enforcement.dunning_release_store import release as service
    from kasse_cli.wiring import open_book

    call = ctx.obj
    with open_book(call) as store:
        run = find_run(store, number)
        if not call.dry_run:
            call.confirm(
                N_("release {letters} letters of {day}, together {sum_cents}?"),
                letters=run.letters, day=run.day, sum_cents=run.sum_cents,
            )  # fmt: skip
        with store.rehearsal() if call.dry_run else nullcontext():
            done = service(store, number, given_cents=given)
    lines = [
        say(N_("dunning run {run}: letters released: {letters}, taken out: {taken_out}"), run=number,
            letters=done.letters, taken_out=done.taken_out),
        say(N_("fees and charges booked: {fee_items}, together {fee_cents}"), fee_items=done.fee_items,
            fee_cents=done.fee_cents),
    ]  # fmt: skip
    data = {name: getattr(done, name) for name in ("run", "day", "letters", "taken_out", "fee_items", "fee_cents")}
    render(ctx, Result(data | {"dry_run": call.dry_run}, [], lines, done.findings))


@command(app, "discard", examples=("kasse dunning discard 3",))
def discard(ctx: Context, number: RunArgument) -> None:
    """Discard a run that was not released; nothing was booked."""
    from enforcement.dunning_undo_store import discard as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = service(store, number)
    render(ctx, Result({"run": done.run, "letters": done.letters}, [], [_ended(number, done.state, done.letters)]))


@command(app, "undo", confirm=True, examples=("kasse dunning undo 3 --reason 'falscher Stichtag' --yes",))
def undo(ctx: Context, number: RunArgument, reason: ReasonOption) -> None:
    """Take back a released run of which no letter is posted: fees are mirrored, levels are as before."""
    from enforcement.dunning_undo_store import undo as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        ctx.obj.confirm(N_("take dunning run {run} back?"), run=number)
        done = service(store, number, reason=reason)
    lines = [_ended(number, done.state, done.letters), say(N_("entries mirrored: {count}"), count=done.entries)]
    render(ctx, Result({"run": done.run, "letters": done.letters, "entries": done.entries}, [], lines))


def _ended(number: int, state: str, letters: int) -> Line:
    return say(
        N_("dunning run {run} is {state}, letters cancelled: {letters}"), run=number, state=state, letters=letters
    )


def _next_step(run: RunRow, *, dry_run: bool) -> Line:
    if dry_run:
        return say(N_("nothing was written"))
    if not run.letters:
        return say(N_("nobody gets a letter; nothing waits to be released"))
    return say(N_("another person releases it: kasse dunning release {run}"), run=run.number)


def _summary(store: Store, run: RunRow) -> Iterator[Line]:
    """Yield the sentences about a run: its sums, and the reasons for what it left out."""
    from enforcement.dunning_reader import skip_counts

    template = N_("dunning run {run} of {day}: letters: {letters}, items: {items}, together {sum_cents}")
    counts = {"letters": run.letters, "items": run.items}
    yield say(template, run=run.number, day=run.day, sum_cents=run.sum_cents, **counts)
    if run.charge_cents or run.fee_cents:
        yield say(N_("of this charges {charge_cents}, fees {fee_cents}"), charge_cents=run.charge_cents,
                  fee_cents=run.fee_cents)  # fmt: skip
    if run.skipped:
        whys = ", ".join(
            f"{_(LEFT_OUT.get(why, why))} {count}" for why, count in skip_counts(store, run.number).items()
        )
        yield say(N_("left out: {count} ({whys})"), count=run.skipped, whys=whys)


def _result(
    call: Call, store: Store, run: RunRow, lines: list[Line], findings: tuple[KasseError, ...], *, skipped: bool = True
) -> Result:
    """Return letters for people, and one row for each item for CSV, Excel and JSON."""
    from enforcement import dunning_reader as reader

    found = Streamed(lambda: reader.letters(store, run.number))
    letters = Table("letters", LETTERS, found, N_("Letters"), totals=LETTER_SUMS)
    items = Table("items", ITEMS, Streamed(lambda: reader.letter_items(store, run.number)), N_("Dunning"), plain=True)
    left = Table("skipped", SKIPPED, Streamed(lambda: reader.skipped(store, run.number)), N_("Left out"))
    if call.format in {"csv", "csv-excel"}:
        tables = [left if skipped and call.command == "dunning show" else items]
    elif call.xlsx:
        tables = [items, letters, left]
    elif call.format == "json":
        tables = [letters, items, left]
    else:
        tables = [letters, left] if skipped and call.command == "dunning show" else [letters]
    return Result({"run": run}, tables, lines, findings)


register_accrued(app)
