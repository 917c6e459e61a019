"""Money that goes back: refunds, and payables to another account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.payment.setting_off import AmountOption
from kasse_cli.commands.payment.shapes import DiscardReason, NoSetOffOption
from kasse_cli.context import Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.redirect import Redirect
    from ledger.payments.refunds import Refund

REFUNDS = (
    Column("what", N_("Item")),
    Column("name", N_("Payee")),
    Column("iban", N_("IBAN"), "word", minor=True),
    Column("cents", N_("Amount"), "cents"),
    Column("other_account", N_("Other account"), "flag", minor=2),
    Column("asked_by", N_("Asked by"), minor=True),
    Column("approved_by", N_("Approved by"), minor=True),
    Column("state", N_("State"), "word", words={"approved": N_("approved for payout")}),
    Column("run", N_("Run"), "count", minor=2),
    Column("reason", N_("Reason"), minor=2),
)
ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help=N_("the item, such as KASSE/12"))]
IbanOption = Annotated[
    str | None, typer.Option("--iban", metavar="IBAN", help=N_("another account than the paying one"))
]
AllRefundsOption = Annotated[bool, typer.Option("--all", help=N_("also what was paid back or withdrawn"))]
RedirectOption = Annotated[str | None, typer.Option("--iban", metavar="IBAN", help=N_("an account of the payee"))]
RefuseOption = Annotated[bool, typer.Option("--refuse", help=N_("give up the account that was asked for"))]
HolderOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help=N_("the account holder"))]
DocumentOption = Annotated[
    str | None, typer.Option("--document", metavar="TEXT", help=N_("the paper that proves the other account"))
]


def refund(
    ctx: Context,
    item: ItemArgument,
    reason: DiscardReason = "",
    amount: AmountOption = None,
    iban: IbanOption = None,
    name: HolderOption = None,
    document: DocumentOption = None,
    without_set_off: NoSetOffOption = False,
) -> None:
    """Ask to pay back a credit or unclear money, to the account it came from.

    Another account needs --iban, --document and the approval of the Kassenleitung; the bank checks the name in any
    case. Who owes something due is set off first.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_item
    from ledger.payments.refund_store import ask_refund, refund_warnings
    from ledger.payments.refunds import Wish

    office, number = parse_item(item)
    wish = Wish(reason, amount, iban, name, document, not without_set_off)
    with open_book(ctx.obj) as store:
        asked = ask_refund(store, office, number, wish, day=ctx.obj.today.isoformat())
        warnings = refund_warnings(store, asked, ctx.obj.today.isoformat())
    lines = [
        say(
            N_("to be paid back: {sum_cents} to {name}, {iban}"),
            sum_cents=asked.cents,
            name=asked.name,
            iban=asked.iban,
        ),
        say(N_("next: another person approves it with 'kasse payment refund approve {item}'"), item=item.upper()),
    ]
    render(ctx, Result({"refund": asked}, lines=lines, findings=warnings))


def approve_refund(ctx: Context, item: ItemArgument) -> None:
    """Approve a refund that another person asked for; the next run pays it."""
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_item
    from ledger.payments.refund_store import approve_refund as service
    from ledger.payments.refund_store import refund_warnings

    with open_book(ctx.obj) as store:
        done, new = service(store, *parse_item(item), day=ctx.obj.today.isoformat())
        warnings = refund_warnings(store, done, ctx.obj.today.isoformat()) if new else ()
    said = (
        say(N_("approved: the next 'kasse payment propose' pays it"))
        if new
        else say(N_("nothing new: it is approved already"))
    )
    render(ctx, Result({"refund": done, "new": new}, lines=[said], findings=warnings))


def withdraw_refund(ctx: Context, item: ItemArgument, reason: DiscardReason = "") -> None:
    """Take a refund back that has not left yet; the money is free again."""
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_item
    from ledger.payments.refund_store import withdraw_refund as service

    with open_book(ctx.obj) as store:
        done = service(store, *parse_item(item), reason=reason)
    said = say(N_("withdrawn: {sum_cents} to {name} are not paid back"), sum_cents=done.cents, name=done.name)
    render(ctx, Result({"refund": _refund_row(done)}, lines=[said]))


def list_refunds(ctx: Context, every: AllRefundsOption = False) -> None:
    """List what is to be paid back, who asked, who approved, and the run that pays it.

    A direct debit of the same claim that can still take its money is a warning while the refund waits for an approval.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.refund_store import refund_warnings, refunds

    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store:
        found = [one for one in refunds(store) if every or one.waits or one.state == "returned"]
        warnings = [why for one in found if one.state == "asked" for why in refund_warnings(store, one, day)]
    waiting = sum(one.state == "asked" for one in found)
    lines = [say(N_("waiting for approval: {count}"), count=waiting)]
    table = Table("refunds", REFUNDS, [_refund_row(one) for one in found])
    render(ctx, Result(tables=[table], lines=lines, findings=warnings))


def _refund_row(one: Refund) -> dict[str, object]:
    from dataclasses import asdict

    known = {"what": f"{one.office}/{one.item}", "other_account": one.other_account, "state": one.state}
    return asdict(one) | known


def redirect(
    ctx: Context,
    item: ItemArgument,
    iban: RedirectOption = None,
    reason: DiscardReason = "",
    refuse: RefuseOption = False,
) -> None:
    """Pay an item to another account of its payee, after a wrong name, a refusal or a return.

    The account must be known as the payee's own. One person asks, another with the right to release confirms it with
    the same command; until then the item is locked against payment. --refuse gives up what was asked for. A run that
    pays to the account before is not released.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_item
    from ledger.payments.redirect import RedirectWhatError
    from ledger.payments.redirect_store import redirect as service
    from ledger.payments.redirect_store import refuse as give_up

    if (iban is None) != refuse:
        raise RedirectWhatError
    with open_book(ctx.obj) as store:
        where = parse_item(item)
        done = service(store, *where, iban=iban, reason=reason) if iban else give_up(store, *where, reason=reason)
    lines = list(_redirected(done, item.upper()))
    render(ctx, Result({"redirect": done, "confirmed": done.confirmed_by is not None, "new": done.new}, lines=lines))


def _redirected(done: Redirect, item: str) -> Iterator[Line]:
    where = {"item": item, "iban": done.iban, "name": done.name}
    if done.refused_by is not None:
        yield say(N_("given up: {item} is not paid to {iban} of {name}; the account before holds"), **where)
    elif done.confirmed_by is not None:
        yield say(N_("{item} is paid to {iban} of {name} from the next run on"), **where)
    else:
        said = N_("asked: {item} is to be paid to {iban} of {name}; until that is confirmed it is locked")
        yield say(said, **where) if done.new else say(N_("nothing new: another person must confirm it"))
        yield say(N_("next: another person confirms it with 'kasse payment redirect {item} --iban {iban}'"), **where)
