"""Money that goes back or need not go out: refunds, and set-off against what the payee owes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.payment.shapes import DiscardReason, NoSetOffOption
from kasse_cli.context import Context
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.payments.refunds import Refund
    from ledger.payments.set_off import SetOff, SetOffDone

SET_OFFS = (
    Column("what", N_("Item")),
    Column("name", N_("Payee")),
    Column("open_cents", N_("Gets"), "cents"),
    Column("owed_cents", N_("Owes"), "cents"),
    Column("cents", N_("Set off"), "cents"),
    Column("against", N_("Against")),
)
REFUNDS = (
    Column("what", N_("Item")),
    Column("name", N_("Payee")),
    Column("iban", N_("IBAN"), "word"),
    Column("cents", N_("Amount"), "cents"),
    Column("other_account", N_("Other account"), "flag"),
    Column("asked_by", N_("Asked by")),
    Column("approved_by", N_("Approved by")),
    Column("run", N_("Run"), "count"),
    Column("reason", N_("Reason"), minor=True),
)
ItemsArgument = Annotated[list[str] | None, typer.Argument(metavar="ITEM", help=N_("items such as BAU/17"))]
ItemArgument = Annotated[str, typer.Argument(metavar="ITEM", help=N_("the item, such as KASSE/12"))]
EveryOption = Annotated[bool, typer.Option("--all", help=N_("all that can be set off today"))]
LettersOption = Annotated[
    Path | None, typer.Option("--letters", metavar="FOLDER", help=N_("write the declarations to the payees as PDF"))
]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("only so much of it"))
]
IbanOption = Annotated[
    str | None, typer.Option("--iban", metavar="IBAN", help=N_("another account than the paying one"))
]
HolderOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help=N_("the account holder"))]
DocumentOption = Annotated[
    str | None, typer.Option("--document", metavar="TEXT", help=N_("the paper that proves the other account"))
]


def set_off(
    ctx: Context, items: ItemsArgument = None, every: EveryOption = False, letters: LettersOption = None
) -> None:
    """Set off what payees get against what they owe and is due, or list what can be set off.

    The payee must be told (§ 388 BGB): --letters writes the declarations.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_item
    from ledger.payments.set_off_store import candidates
    from ledger.payments.set_off_store import set_off as service

    call = ctx.obj
    day = call.today.isoformat()
    with open_book(call) as store:
        found = candidates(store, day)
        wanted = [(one.office, one.item) for one in found] if every else [parse_item(text) for text in items or ()]
        if call.dry_run or not wanted:
            rows = [_row(one) for one in found if not wanted or (one.office, one.item) in wanted]
            render(
                ctx,
                Result(
                    tables=[Table("set_offs", SET_OFFS, rows)],
                    lines=[say(N_("can be set off: {count}"), count=len(rows))],
                ),
            )
            return
        done = service(store, wanted, day=day)
    lines = [
        say(N_("set off: {count}"), count=len(done.done)),
        say(N_("booked: {entries}"), entries=", ".join(done.entries)),
    ]
    if letters is not None:
        lines += [say(N_("written: {file}"), file=str(path)) for path in _letters(ctx, letters, done)]
    else:
        lines.append(say(N_("tell the payees: --letters FOLDER writes the declarations")))
    rows = [_row(one) for one in done.done]
    render(ctx, Result({"entries": list(done.entries)}, [Table("set_offs", SET_OFFS, rows)], lines))


def _row(one: SetOff) -> dict[str, object]:
    from dataclasses import asdict

    values = asdict(one)
    against = ", ".join(reference or f"{office}/{item}" for office, item, reference, _ in values["claims"])
    return values | {"what": f"{values['office']}/{values['item']}", "against": against}


def _letters(ctx: Context, folder: Path, done: SetOffDone) -> list[Path]:
    from kasse_cli.documents import save

    folder.mkdir(parents=True, exist_ok=True)
    made = dt.datetime.fromisoformat(ctx.obj.now)
    paths = []
    for one, letter in zip(done.done, done.letters, strict=True):
        path = folder / f"aufrechnung-{one.office}-{one.item}.pdf"
        save(letter, path, made)
        paths.append(path)
    return paths


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
    from ledger.payments.refund_store import ask_refund
    from ledger.payments.refunds import Wish

    office, number = parse_item(item)
    wish = Wish(reason, amount, iban, name, document, not without_set_off)
    with open_book(ctx.obj) as store:
        asked = ask_refund(store, office, number, wish, day=ctx.obj.today.isoformat())
    lines = [
        say(
            N_("to be paid back: {cents} to {name}, {iban}"),
            cents=_money(asked.cents),
            name=asked.name,
            iban=asked.iban,
        ),
        say(N_("next: another person approves it with 'kasse payment refund approve {item}'"), item=item.upper()),
    ]
    render(ctx, Result({"refund": asked}, lines=lines))


def _money(cents: int) -> str:
    from kasse_cli.i18n import money

    return money(cents)


def approve_refund(ctx: Context, item: ItemArgument) -> None:
    """Approve a refund that another person asked for; the next run pays it."""
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_item
    from ledger.payments.refund_store import approve_refund as service

    with open_book(ctx.obj) as store:
        done, new = service(store, *parse_item(item))
    said = (
        say(N_("approved: the next 'kasse payment propose' pays it"))
        if new
        else say(N_("nothing new: it is approved already"))
    )
    render(ctx, Result({"refund": done, "new": new}, lines=[said]))


def list_refunds(ctx: Context) -> None:
    """List what is to be paid back, who asked, who approved, and the run that pays it."""
    from kasse_cli.wiring import open_book
    from ledger.payments.refund_store import refunds

    with open_book(ctx.obj) as store:
        found = refunds(store)
    rows = [_refund_row(one) for one in found]
    waiting = sum(one.approved_by is None for one in found)
    render(
        ctx,
        Result(
            tables=[Table("refunds", REFUNDS, rows)], lines=[say(N_("waiting for approval: {count}"), count=waiting)]
        ),
    )


def _refund_row(one: Refund) -> dict[str, object]:
    from dataclasses import asdict

    values = asdict(one)
    return values | {"what": f"{values['office']}/{values['item']}", "other_account": one.other_account}
