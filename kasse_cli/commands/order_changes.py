"""`kasse order change|cancel|transfer`: orders that refer to others, and orders without a payment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Line, Result, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.items.order_changes import MadeOrder

OrderArgument = Annotated[str, typer.Argument(metavar="ORDER", help=N_("the number of an accepted order"))]
ChangedArgument = Annotated[
    str,
    typer.Argument(
        metavar="ORDER", help=N_("the number of an accepted order, or OFFICE/NUMBER of an item that was taken over")
    ),
]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why; it stands in the journal"))]
ToOption = Annotated[
    int | None,
    typer.Option("--to", parser=parse_amount, metavar="AMOUNT", help=N_("the new amount of an order with one line")),
]
LinesOption = Annotated[
    list[str] | None,
    typer.Option("--line", metavar="NUMBER=AMOUNT", help=N_("the new amount of one line; repeatable")),
]
CreditOption = Annotated[
    bool, typer.Option("--credit", help=N_("what was paid already becomes a credit of the debtor"))
]
LastDayOption = Annotated[
    dt.date | None,
    typer.Option(
        "--last-day", parser=parse_day, metavar="DATE", help=N_("the last day of a standing or general order")
    ),
]
DueOption = Annotated[
    dt.date | None,
    typer.Option("--due", parser=parse_day, metavar="DATE", help=N_("of a standing order: its item due on this day")),
]
ReplacedOption = Annotated[
    str | None,
    typer.Option(
        "--account",
        metavar="ACCOUNT",
        help=N_("the account that replaced one which is closed since; of what was taken over the one it is less of"),
    ),
]
FromOption = Annotated[str, typer.Option("--from", metavar="ACCOUNT", help=N_("the account that gives"))]
ToAccountOption = Annotated[
    str, typer.Option("--to", metavar="ACCOUNT", help=N_("the account that gets it; OFFICE:ACCOUNT in another office"))
]
AmountOption = Annotated[
    int, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("how much, as 12,50"))
]
OfficeOption = Annotated[str, typer.Option("--office", metavar="CODE", help=N_("the office that orders it"))]
PurposeOption = Annotated[str, typer.Option("--purpose", metavar="TEXT", help=N_("what for; it stands in the journal"))]
CostOption = Annotated[str | None, typer.Option("--cost-object", metavar="TEXT", help=N_("the cost object"))]
MADE = {
    "increase": N_("made {order}: adds {amount_cents} to {changes}"),
    "reduction": N_("made {order}: takes {amount_cents} off {changes}"),
    "cancellation": N_("made {order}: cancels {changes} ({amount_cents})"),
    "standing": N_("made {order}: standing order of {amount_cents}"),
    "general": N_("made {order}: general order"),
    "order": N_("made {order}: {amount_cents}"),
}


class LineFormatError(KasseError):
    """A new amount of a line that is not NUMBER=AMOUNT."""

    code = "order.line_format"
    template = N_("not a line with its new amount: {text}")
    hint = N_("write the number of the line and its new amount, for example 2=60,00")
    exit_code = 2


class LineTwiceError(KasseError):
    """Two new amounts for one line."""

    code = "order.line_twice"
    template = N_("line {line} has two new amounts")
    hint = N_("give --line {line}=AMOUNT once")
    exit_code = 2


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "change",
        dry_run=True,
        examples=(
            'kasse order change ORDNUNG-17 --to 100,00 --reason "Widerspruch teilweise abgeholfen"',
            'kasse order change ORDNUNG-18 --line 2=60,00 --reason "Zeitgebühr neu berechnet"',
            'kasse order change ORDNUNG/4711 --to 80,00 --account 5100 --reason "Bescheid von 2025 geändert"',
        ),
    )(change)
    command(app, "cancel", dry_run=True, examples=('kasse order cancel ORDNUNG-17 --reason "Bescheid aufgehoben"',))(
        cancel
    )
    command(
        app,
        "transfer",
        dry_run=True,
        examples=("kasse order transfer --office BAU --from 6100 --to 6800 --amount 89 --purpose 'Richtiges Konto'",),
    )(transfer)


def change(
    ctx: Context,
    order: ChangedArgument,
    reason: WhyOption,
    to: ToOption = None,
    lines: LinesOption = None,
    credit: CreditOption = False,
    due: DueOption = None,
    account: ReplacedOption = None,
) -> None:
    """Change the amount of an accepted order by a new order that refers to it (Änderungsanordnung).

    Nothing is posted until the new order is certified, approved and accepted, each by another person. Less is taken
    off what is open; more becomes an item of its own under the same reference. A claim or debt that was taken over is
    named as OFFICE/NUMBER, with the --account that it is less of.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.items.order_change_store import change_order
    from ledger.items.orders import parse_order_number

    if "/" in order:
        _fits(order, {"--line": lines, "--due": due})
        _take_off(ctx, order, reason, to, account, credit=credit)
        return
    office, number = parse_order_number(order)
    day, wanted = ctx.obj.today.isoformat(), new_amounts(to, lines)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        made = change_order(
            store,
            office,
            number,
            reason=reason,
            day=day,
            to_cents=to,
            lines=wanted,
            as_credit=credit,
            due=due.isoformat() if due else None,
            account=account,
        )
    render(ctx, made_result(made, dry_run=ctx.obj.dry_run))


def cancel(
    ctx: Context,
    order: ChangedArgument,
    reason: WhyOption,
    credit: CreditOption = False,
    due: DueOption = None,
    last_day: LastDayOption = None,
    account: ReplacedOption = None,
) -> None:
    """Cancel an accepted order by a new order that refers to it (Absetzung); end a standing or general order.

    Acceptance settles what is open of the old order's items; what was paid is refused, or becomes a credit with
    --credit. A standing order ends after --last-day, the items it made stay; --due cancels one of them. A claim or debt
    that was taken over is named as OFFICE/NUMBER, with the --account that it is less of.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.items.order_change_store import BY_SCHEDULE, act_of, change_order, end_order
    from ledger.items.orders import parse_order_number

    if "/" in order:
        _fits(order, {"--last-day": last_day, "--due": due})
        _take_off(ctx, order, reason, 0, account, credit=credit)
        return
    office, number = parse_order_number(order)
    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        one = due.isoformat() if due else None
        schedule = one is None and act_of(store, office, number) in BY_SCHEDULE
        _fits(order, {"--credit": credit, "--account": account} if schedule else {"--last-day": last_day})
        if schedule:
            ends = last_day.isoformat() if last_day else day
            made = [end_order(store, office, number, reason=reason, last_day=ends)]
        else:
            made = change_order(
                store, office, number, reason=reason, day=day, to_cents=0, as_credit=credit, due=one, account=account
            )
    render(ctx, made_result(made, dry_run=ctx.obj.dry_run))


def _fits(order: str, options: Mapping[str, object]) -> None:
    """Check that none of these options is given; raises `UnfitOptionError`."""
    from ledger.items.order_changes import UnfitOptionError

    for option in (name for name, value in options.items() if value):
        raise UnfitOptionError(option=option, order=order)


def _take_off(ctx: Context, name: str, reason: str, to: int | None, account: str | None, *, credit: bool) -> None:
    """Make the order that takes something off an item that was taken over."""
    from kasse_cli.wiring import open_book, trial
    from ledger.items.order_changes import AmountNeededError
    from ledger.items.order_takeover_store import take_off_taken_over
    from ledger.payments.naming import parse_item

    if to is None:
        raise AmountNeededError
    office, number = parse_item(name)
    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        made = take_off_taken_over(
            store, office, number, reason=reason, day=day, to_cents=to, account=account, as_credit=credit
        )
    render(ctx, made_result(made, dry_run=ctx.obj.dry_run))


def transfer(
    ctx: Context,
    office: OfficeOption,
    from_: FromOption,
    to: ToAccountOption,
    amount: AmountOption,
    purpose: PurposeOption,
    cost_object: CostOption = None,
) -> None:
    """Order a transfer between accounts or offices, without a payment (Umbuchung).

    The amount leaves one account (credit) and reaches the other (debit), when the Kasse accepts it. Accounts of open
    items and banks are refused: what they hold is explained by items and statements.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.items.order_transfer_store import Transfer, make_transfer

    other, _, account = to.rpartition(":")
    wanted = Transfer(office.upper(), from_, other.upper() or office.upper(), account, amount, purpose, cost_object)
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        made = make_transfer(store, wanted, day=ctx.obj.today.isoformat())
    render(ctx, made_result([made], dry_run=ctx.obj.dry_run))


def made_result(made: Sequence[MadeOrder], *, dry_run: bool = False) -> Result:
    """Return what was made, and what comes next."""
    return Result({"orders": list(made), "dry_run": dry_run}, lines=list(_lines(made, dry_run=dry_run)))


def _lines(made: Sequence[MadeOrder], *, dry_run: bool) -> Iterator[Line]:
    for one in made:
        yield say(MADE[one.act], order=one.number, amount_cents=one.amount_cents, changes=one.changes or "")
    if dry_run:
        yield say(N_("a trial: nothing was changed"))
    else:
        yield say(N_("next: another person certifies with 'kasse order certify {order}'"), order=made[0].number)


def new_amounts(to_cents: int | None, texts: Sequence[str] | None) -> dict[int, int]:
    """Return the new amounts of lines as typed, none where the whole order gets one.

    Raises `AmountNeededError` where neither is given, or both; `LineFormatError`, `LineTwiceError`.
    """
    from ledger.items.order_changes import AmountNeededError

    found: dict[int, int] = {}
    if (to_cents is None) == (not texts):
        raise AmountNeededError
    texts = texts or ()
    for text in texts:
        number, mark, amount = text.partition("=")
        if not mark or not number.strip().isdecimal():
            raise LineFormatError(text=text)
        if int(number) in found:
            raise LineTwiceError(line=int(number))
        found[int(number)] = parse_amount(amount)
    return found
