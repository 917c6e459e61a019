"""`kasse relief grant|refuse|withdraw|end|watch|filed`: decisions, and the end of what was decided."""

from __future__ import annotations

import datetime as dt
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Call, Context
from kasse_cli.frame import command
from kasse_cli.output import Line, Result, Table, render, say
from kasse_cli.params import ReasonOption, parse_day
from kasse_cli.relief_results import INSTALMENTS
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from enforcement.relief_end_store import Ended
    from enforcement.relief_grant_store import Granted
    from enforcement.relief_small_store import GrantedBatch

NumberArgument = Annotated[int, typer.Argument(metavar="RELIEF", min=1, help=N_("the number of the relief"))]
MaybeArgument = Annotated[
    int | None, typer.Argument(metavar="RELIEF", min=1, help=N_("the number of the relief"))
]  # fmt: skip
BatchOption = Annotated[
    int | None, typer.Option("--batch", metavar="BATCH", min=1, help=N_("all of a batch of small amounts"))
]
WordsOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help=N_("why; its letter tells it to the debtor"))
]
FailedOption = Annotated[bool, typer.Option("--failed", help=N_("the plan failed: old due days and levels return"))]
LiftOption = Annotated[bool, typer.Option("--lift", help=N_("a mistake, or lifted again: written off claims reopen"))]
LostOption = Annotated[
    bool, typer.Option("--lost", help=N_("the objection had no success: interest of the suspended execution"))
]
DischargeOption = Annotated[
    bool, typer.Option("--discharge", help=N_("Restschuldbefreiung: write off what § 302 InsO does not except"))
]
KeepOption = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="ITEM", help=N_("a claim from an intentional tort or tax crime: it is kept")),
]
SettledOption = Annotated[bool, typer.Option("--settled", help=N_("all of which nothing is open any more"))]
DayArgument = Annotated[
    dt.date, typer.Argument(parser=parse_day, metavar="DATE", help=N_("the next day on which it is looked at"))
]


class ReliefOrBatchError(KasseError):
    """A decision about nothing, or about two things at once."""

    code = "relief.which"
    template = N_("give the number of one relief, or {option}")
    hint = N_("see 'kasse relief list'")
    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app, "grant", lists=True, dry_run=True, confirm=True,
        examples=("kasse relief grant 3 --dry-run", "kasse relief grant 3 --yes", "kasse relief grant --batch 2 --yes"),
    )(grant)  # fmt: skip
    command(app, "refuse", examples=("kasse relief refuse 3 --reason 'keine erhebliche Härte'",))(refuse)
    command(app, "withdraw", examples=("kasse relief withdraw 3 --reason 'falscher Betrag'",))(withdraw)
    command(
        app, "end", lists=True, dry_run=True, confirm=True,
        examples=("kasse relief end 3 --failed --reason 'zwei Raten fehlen' --yes",
                  "kasse relief end --settled --reason bezahlt --yes"),
    )(end)  # fmt: skip
    command(app, "watch", examples=("kasse relief watch 3 2028-01-15 --reason 'noch ohne Einkommen'",))(watch)
    command(app, "filed", examples=("kasse relief filed 7 --on 2026-12-01",))(filed)


def grant(ctx: Context, number: MaybeArgument = None, batch: BatchOption = None, reason: WordsOption = "") -> None:
    """Grant relief that another person proposed: what is due when, locks, charges and the books follow at once.

    It needs the role enforcement or head and a limit for the sum. Claims that changed since the proposal are refused;
    of a batch they are named and left.
    """
    from enforcement.relief_grant_store import grant as service
    from enforcement.relief_reader import find_relief
    from enforcement.relief_small_store import grant_batch
    from kasse_cli.wiring import open_book

    call = ctx.obj
    if (number is None) == (batch is None):
        raise ReliefOrBatchError(option="--batch")
    with open_book(call) as store:
        if not call.dry_run:
            _ask(call, N_("grant relief {number}?"), N_("grant all of batch {number}?"), number, batch)
        with store.rehearsal() if call.dry_run else nullcontext():
            if number is None:
                assert batch is not None, "checked above"
                result = _batch_result(grant_batch(store, batch, reason=reason))
            else:
                done = service(store, number, reason=reason)
                plan = find_relief(store, number)
                tables = [Table("instalments", INSTALMENTS, plan.instalments)] if plan.plan else []
                result = Result({"granted": done}, tables, _granted(done), done.findings)
    render(ctx, result)


def refuse(ctx: Context, number: NumberArgument, reason: WordsOption) -> None:
    """Refuse relief that another person proposed; nothing changes."""
    from enforcement.relief_grant_store import refuse as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = service(store, number, reason=reason)
    render(ctx, Result({"relief": done}, [], [_now(done.number, done.kind, done.state)]))


def withdraw(ctx: Context, number: NumberArgument, reason: ReasonOption) -> None:
    """Take a proposal back that nobody decided."""
    from enforcement.relief_grant_store import withdraw as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = service(store, number, reason=reason)
    render(ctx, Result({"relief": done}, [], [_now(done.number, done.kind, done.state)]))


def end(
    ctx: Context,
    number: MaybeArgument = None,
    *,
    reason: ReasonOption,
    failed: FailedOption = False,
    lift: LiftOption = False,
    lost: LostOption = False,
    discharge: DischargeOption = False,
    keep: KeepOption = None,
    settled: SettledOption = False,
) -> None:
    """End granted relief: before its last day, or failed, old due days and dunning levels return.

    A Niederschlagung is lifted: its allowance is dissolved, or the claim is open again, as after a lifted Erlass.
    --settled closes everything of which nothing is open any more.
    """
    from enforcement.relief_end_store import DISCHARGED, FAILED, LIFTED, end_settled
    from enforcement.relief_end_store import end as service
    from kasse_cli.usage import refuse_together
    from kasse_cli.wiring import open_book
    from ledger.items.items_reader import find_items

    call = ctx.obj
    ways = [way for way, given in ((FAILED, failed), (LIFTED, lift), (DISCHARGED, discharge)) if given]
    refuse_together(ctx, {"--failed": failed, "--lift": lift, "--discharge": discharge})
    if (number is None) != settled:
        raise ReliefOrBatchError(option="--settled")
    with open_book(call) as store:
        if not call.dry_run:
            _ask(call, N_("end relief {number}?"), N_("end all relief of which nothing is open any more?"), number, 0)
        with store.rehearsal() if call.dry_run else nullcontext():
            if number is None:
                done = end_settled(store, reason=reason)
            else:
                kept = [key for text in keep or () for key in find_items(store, text)]
                done = [service(store, number, reason=reason, way=next(iter(ways), None), lost=lost, keep=kept)]
    lines = [line for one in done for line in _ended(one)] or [say(N_("nothing to end"))]
    findings = tuple(finding for one in done for finding in one.findings)
    render(ctx, Result({"ended": done}, [], lines, findings))


def watch(ctx: Context, number: NumberArgument, day: DayArgument, reason: ReasonOption) -> None:
    """Put off the day on which a Niederschlagung, or money of an insolvent person, is looked at again."""
    from enforcement.relief_end_store import watch as service
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        service(store, number, day.isoformat(), reason=reason)
    render(ctx, Result({"relief": number}, [], [say(N_("relief {relief}: looked at again on {day}"), relief=number,
                                                    day=day)]))  # fmt: skip


def filed(ctx: Context, number: NumberArgument) -> None:
    """Note that the claims were filed with the insolvency administrator; --on is the day. It interrupts limitation."""
    from enforcement.relief_end_store import file_claims
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        claims = file_claims(store, number, ctx.obj.today.isoformat())
    line = say(N_("relief {relief}: filed on {day}, claims: {claims}"), relief=number, day=ctx.obj.today, claims=claims)
    render(ctx, Result({"relief": number, "claims": claims}, [], [line]))


def _ask(call: Call, one: str, many: str, number: int | None, batch: int | None) -> None:
    call.confirm(many if number is None else one, number=batch if number is None else number)


def _batch_result(done: GrantedBatch) -> Result:
    line = say(N_("batch {batch}: granted: {reliefs}, written off {written_off_cents}"), batch=done.batch,
               reliefs=done.reliefs, written_off_cents=done.written_off_cents)  # fmt: skip
    data = {"batch": done.batch, "reliefs": done.reliefs, "written_off_cents": done.written_off_cents}
    return Result(data, [], [line], done.findings)


def _granted(done: Granted) -> list[Line]:
    lines = [_now(done.number, done.kind, "granted")]
    for template, cents in (
        (N_("charged for paying late: {sum_cents}"), done.late_cents),
        (N_("interest booked: {sum_cents}"), done.interest_cents),
        (N_("written off: {sum_cents}"), done.written_off_cents),
        (N_("allowance against claims that stay open: {sum_cents}"), done.written_down_cents),
    ):
        if cents:
            lines.append(say(template, sum_cents=cents))
    lines += [
        say(N_("credit of {party}: {sum_cents}; pay it back with 'kasse payment refund ask {item}', or set it off"),
            party=one.party, sum_cents=one.cents, item=one.place)
        for one in done.credits
    ]  # fmt: skip
    if done.reference:
        lines.append(say(N_("the debtor pays with the reference {reference}"), reference=done.reference))
    return lines


def _ended(done: Ended) -> list[Line]:
    lines = [_now(done.number, done.kind, done.state)]
    if done.restored:
        lines.append(say(N_("old due days and dunning levels are back, claims: {count}"), count=done.restored))
    for template, cents in (
        (N_("interest taken off: {sum_cents}"), done.interest_off_cents),
        (N_("interest booked: {sum_cents}"), done.interest_cents),
        (N_("missed instalments charged: {sum_cents}"), done.default_cents),
        (N_("allowance dissolved: {sum_cents}"), done.released_cents),
        (N_("written off: {sum_cents}"), done.written_off_cents),
    ):
        if cents:
            lines.append(say(template, sum_cents=cents))
    if done.reopened:
        lines.append(say(N_("entries mirrored: {count}"), count=done.reopened))
    return lines


def _now(number: int, kind: str, state: str) -> Line:
    return say(N_("relief {relief} ({kind}) is {state}"), relief=number, kind=kind, state=state)
