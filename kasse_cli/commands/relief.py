"""`kasse relief`: deferral, instalments, stay, write-off, waiver, death and insolvency: lists and what is to do."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands import relief_deciding, relief_proposing
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Line, Result, Table, render, say
from kasse_cli.params import OfficeOption
from kasse_cli.relief_results import FILING, INSTALMENTS, ITEMS, LIMITS, PAID, RELIEFS, SMALL, summary
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from collections.abc import Sequence

    from enforcement.relief_filing_reader import Filing
    from enforcement.relief_paid_store import PaidRow
    from enforcement.relief_reader import Relief

app = noun(N_("relief and the end of claims: propose, grant, end, check"))
NumberArgument = Annotated[int, typer.Argument(metavar="RELIEF", min=1, help=N_("the number of the relief"))]
StateOption = Annotated[str | None, typer.Option("--state", metavar="STATE", help=N_("only this state"))]
KindOption = Annotated[str | None, typer.Option("--kind", metavar="KIND", help=N_("only this kind"))]
PartyOption = Annotated[str | None, typer.Option("--party", metavar="PARTY", help=N_("number or name of the debtor"))]
WholeOption = Annotated[bool, typer.Option("--whole", help=N_("also claims on which nothing was paid"))]
UserOption = Annotated[
    str | None, typer.Argument(metavar="NAME", help=N_("the user; without one all limits are shown"))
]
MaxOption = Annotated[
    int | None, typer.Option("--max", parser=parse_amount, metavar="AMOUNT", help=N_("the highest sum of one relief"))
]
NoneOption = Annotated[bool, typer.Option("--none", help=N_("no limit any more"))]
LimitKindOption = Annotated[str, typer.Option("--kind", metavar="KIND", help=N_("the kind of relief; '*' for any"))]

relief_proposing.register(app)


@command(app, "list", lists=True, examples=("kasse relief list --state proposed", "kasse relief list --kind raten"))
def list_reliefs(ctx: Context, state: StateOption = None, kind: KindOption = None, party: PartyOption = None) -> None:
    """List relief, the newest first: what waits to be decided, what holds, what ended."""
    from enforcement.relief import relief_kind
    from enforcement.relief_reader import reliefs
    from kasse_cli.wiring import open_book
    from ledger.people.parties_reader import find_party

    with open_book(ctx.obj) as store:
        who = find_party(store, party) if party else None
        rows = list(reliefs(store, state=state, kind=relief_kind(kind).name if kind else None, party=who))
    render(ctx, Result(tables=[Table("reliefs", RELIEFS, rows)], lines=[say(N_("relief: {count}"), count=len(rows))]))


@command(app, "show", lists=True, examples=("kasse relief show 3", "kasse relief show 7 --xlsx anmeldung.xlsx"))
def show(ctx: Context, number: NumberArgument) -> None:
    """Show a relief with its claims, its instalments and what is missing of each; for an insolvency what is filed."""
    from enforcement.relief_filing_reader import filing
    from enforcement.relief_paid_store import paid_of
    from enforcement.relief_reader import find_relief
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store, store.snapshot():
        relief = find_relief(store, number)
        paid = paid_of(store, number)
        filed = filing(store, number, ctx.obj.today) if relief.row.kind == "insolvenz" else None
    render(ctx, _shown(relief, filed, paid))


relief_deciding.register(app)


@command(app, "check", examples=("kasse relief check", "kasse relief check --json --user pruefer"))
def check(ctx: Context) -> None:
    """Say what granted relief wants done: failed plans, watch days, what ran out, heirs, claims not filed.

    Nothing ends by itself: each line names the command with which a person decides. --on is the day.
    """
    from enforcement.relief_check_reader import check as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store, store.snapshot():
        found = service(store, ctx.obj.today)
    line = say(N_("to decide: {count}"), count=len(found))
    render(ctx, Result({"count": len(found)}, [], [line], found))


@command(
    app, "small", lists=True, dry_run=True,
    examples=("kasse relief small --dry-run", "kasse relief small --office ORDNUNG"),
)  # fmt: skip
def small(ctx: Context, office: OfficeOption = None, whole: WholeOption = False) -> None:
    """Propose to write off the remainders of debtors who owe less in all than their law's limit of small amounts.

    What is locked, has a relief, or may be paid by money in suspense or a debit under way is left alone. One decision
    of another person grants the whole batch: kasse relief grant --batch N.
    """
    from enforcement.relief_small_store import propose_small
    from kasse_cli.wiring import open_book

    call = ctx.obj
    with open_book(call) as store, store.rehearsal() if call.dry_run else nullcontext():
        found = propose_small(store, call.today, office=office, whole=whole)
    lines = [
        say(N_("debtors: {reliefs}, remainders: {count}, together {sum_cents}"), reliefs=found.reliefs,
            count=len(found.rows), sum_cents=found.sum_cents)
    ]  # fmt: skip
    lines.append(_small_step(found.batch, dry_run=call.dry_run))
    data = {"batch": None if call.dry_run else found.batch, "reliefs": found.reliefs, "sum_cents": found.sum_cents}
    render(ctx, Result(data, [Table("remainders", SMALL, found.rows)], lines, found.findings))


@command(app, "limit", lists=True, examples=("kasse relief limit", "kasse relief limit emil --kind erlass --max 500"))
def limit(
    ctx: Context, name: UserOption = None, kind: LimitKindOption = "*", most: MaxOption = None, none: NoneOption = False
) -> None:
    """Show or set up to which sum a person may grant a kind of relief; without one the limit for orders holds."""
    from enforcement.relief_limits_store import set_limit
    from enforcement.relief_reader import limits
    from kasse_cli.commands.user_duties import MaxOrNoneError
    from kasse_cli.wiring import open_book

    if name is not None and (most is None) != none:
        raise MaxOrNoneError
    with open_book(ctx.obj) as store:
        if name is not None:
            set_limit(store, name, kind, most)
        rows = limits(store)
    render(ctx, Result(tables=[Table("limits", LIMITS, rows)]))


def _small_step(batch: int | None, *, dry_run: bool) -> Line:
    if dry_run or batch is None:
        return say(N_("nothing was written"))
    return say(N_("another person decides: kasse relief grant --batch {batch}"), batch=batch)


def _shown(relief: Relief, filed: Filing | None, paid: Sequence[PaidRow]) -> Result:
    tables = [Table("items", ITEMS, relief.items, N_("Claims"))]
    if relief.plan:
        tables.append(Table("instalments", INSTALMENTS, relief.instalments, N_("Instalments")))
    if paid:
        tables.append(Table("paid", PAID, paid, N_("Given back")))
    lines = summary(relief)
    if filed is not None:
        tables.append(Table("filing", FILING, filed.lines, N_("Filing")))
        words = N_("to file on {day}: {ordinary_cents}; subordinate, only on request: {subordinate_cents}")
        if relief.row.filed_on is not None:
            words = N_("open on {day} of what is filed: {ordinary_cents}; subordinate, only on request: "
                       "{subordinate_cents}")  # fmt: skip
        lines.append(
            say(words, day=dt.date.fromisoformat(filed.day), ordinary_cents=filed.cents("ordinary"),
                subordinate_cents=filed.cents("subordinate"))
        )  # fmt: skip
    return Result({"relief": relief.row}, tables, lines)
