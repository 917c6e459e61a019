"""`kasse cash open|change|hand-over|close|not-open|terminal`: what a head does about desks, funds and terminals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.cash.params import (
    DaysOption,
    DeskArgument,
    FixedOption,
    HolderOption,
    IbanOption,
    LimitOption,
    NameOption,
    PartyOption,
    SingleOption,
    WhyOption,
)
from kasse_cli.context import Context
from kasse_cli.output import Result, render, say
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.cash.desks_store import DeskDone
    from ledger.store.engines import Store

FundOption = Annotated[bool, typer.Option("--fund", help=N_("an imprest fund (Handvorschuss), not a desk"))]
InOfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("the office it belongs to, if not the Kasse"))
]
NewNameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help=N_("what people call it"))]
TerminalArgument = Annotated[
    str, typer.Argument(metavar="TERMINAL", help=N_("the number of the terminal, as it stands in the bank's text"))
]
OfDeskOption = Annotated[str, typer.Option("--desk", metavar="DESK", help=N_("the desk it stands at"))]
AcquirerOption = Annotated[str, typer.Option("--acquirer", metavar="NAME", help=N_("who credits the card payments"))]
AcquirerIbanOption = Annotated[
    str | None, typer.Option("--acquirer-iban", metavar="IBAN", help=N_("the account its credits come from"))
]
FeeOption = Annotated[
    str | None, typer.Option("--fee", metavar="PERCENT", help=N_("what it keeps of the sum, such as 0,25"))
]
FeeEachOption = Annotated[
    int | None,
    typer.Option("--fee-each", parser=parse_amount, metavar="AMOUNT", help=N_("what it keeps of each payment")),
]
UndoOption = Annotated[bool, typer.Option("--undo", help=N_("it was open: take the note of this day back"))]
EndOption = Annotated[bool, typer.Option("--end", help=N_("the terminal is given back"))]


def open_(
    ctx: Context,
    desk: DeskArgument,
    name: NameOption,
    holder: HolderOption,
    office: InOfficeOption = None,
    fund: FundOption = False,
    limit: LimitOption = None,
    single: SingleOption = None,
    fixed: FixedOption = None,
    settle_days: DaysOption = None,
    party: PartyOption = None,
) -> None:
    """Open a cash desk or an imprest fund with an account of its own in the books; needs the role head.

    One person holds it and alone takes, pays, counts and brings to the bank; nobody gives a desk to themselves.
    """
    from kasse_cli.wiring import open_book
    from ledger.book.store import kasse_office
    from ledger.cash.desks import DeskPlan
    from ledger.cash.desks_store import open_new

    with open_book(ctx.obj) as store:
        plan = DeskPlan(
            desk, (office or kasse_office(store)).upper(), name, holder, "fund" if fund else "desk", limit, single,
            fixed, settle_days, _party(store, party),
        )  # fmt: skip
        done = open_new(store, plan)
    _render(ctx, done, N_("opened: {desk}, account {account}, held by {holder}"))


def change(
    ctx: Context,
    desk: DeskArgument,
    name: NewNameOption = None,
    limit: LimitOption = None,
    single: SingleOption = None,
    fixed: FixedOption = None,
    settle_days: DaysOption = None,
) -> None:
    """Change the name, limits or fixed sum of a desk or fund; needs the role head."""
    from kasse_cli.wiring import open_book
    from ledger.cash.desks_store import change_desk

    given: dict[str, str | int | None] = {
        "name": name, "limit_cents": limit, "single_cents": single, "fixed_cents": fixed, "settle_days": settle_days,
    }  # fmt: skip
    with open_book(ctx.obj) as store:
        done = change_desk(store, desk, {key: value for key, value in given.items() if value is not None})
    _render(ctx, done, N_("changed: {desk}, account {account}, held by {holder}"))


def hand_over(ctx: Context, desk: DeskArgument, holder: HolderOption, party: PartyOption = None) -> None:
    """Give a desk into other hands from today on, after a count of today with two signatures; needs the role head."""
    from kasse_cli.wiring import open_book
    from ledger.cash.desks_store import hand_over as service

    with open_book(ctx.obj) as store:
        done = service(store, desk, holder, party=_party(store, party))
    _render(ctx, done, N_("handed over: {desk}, account {account}, held by {holder}"))


def close(ctx: Context, desk: DeskArgument) -> None:
    """Close a desk or fund for good: it is empty and nothing of it is under way; needs the role head."""
    from kasse_cli.wiring import open_book
    from ledger.cash.desks_store import close_desk

    with open_book(ctx.obj) as store:
        done = close_desk(store, desk)
    _render(ctx, done, N_("closed: {desk}, account {account}"))


def not_open(ctx: Context, desk: DeskArgument, reason: WhyOption, undo: UndoOption = False) -> None:
    """Note that a desk is not open today (or on --on DATE); the day then closes without a count of it.

    A note that was wrong is taken back with --undo until the day is closed; it stays to be seen in 'kasse cash show'.
    """
    from kasse_cli.wiring import open_book
    from ledger.cash.desks_store import rest, take_rest_back

    with open_book(ctx.obj) as store:
        done = (take_rest_back if undo else rest)(store, desk, reason.strip())
    day = ctx.obj.today
    said = N_("noted: {desk} is not open on {day}") if done.new else N_("nothing new: {desk} is not open on {day}")
    if undo:
        said = N_("taken back: {desk} is open on {day}")
    render(ctx, Result({"desk": done.desk, "new": done.new}, lines=[say(said, desk=done.desk.code, day=day)]))


def terminal(
    ctx: Context,
    terminal: TerminalArgument,
    desk: OfDeskOption,
    acquirer: AcquirerOption = "",
    iban: IbanOption = None,
    acquirer_iban: AcquirerIbanOption = None,
    fee: FeeOption = None,
    fee_each: FeeEachOption = None,
    end: EndOption = False,
) -> None:
    """Add a card terminal to a desk, change whom it is paid by, what is kept and to which account, or end it.

    Of one that is there only what is named changes. Needs the role head.
    """
    from kasse_cli.wiring import open_book
    from ledger.cash.cards import rate_ppm
    from ledger.cash.terminals_store import TerminalPlan, end_terminal, put_terminal
    from sepa.identifiers import parse_iban

    payer = None if acquirer_iban is None else str(parse_iban(acquirer_iban))
    own = None if iban is None else str(parse_iban(iban))
    plan = TerminalPlan(terminal, acquirer, own, payer, None if fee is None else rate_ppm(fee), fee_each)
    with open_book(ctx.obj) as store:
        done = end_terminal(store, desk, terminal) if end else put_terminal(store, desk, plan)
    said = N_("ended: terminal {terminal} of {desk}") if end else N_("terminal {terminal} of {desk}, paid to {iban}")
    render(ctx, Result({"terminal": done}, lines=[say(said, terminal=done.code, desk=done.desk, iban=done.iban)]))


def _party(store: Store, text: str | None) -> int | None:
    from ledger.people.parties_reader import find_party

    return None if text is None else find_party(store, text)


def _render(ctx: Context, done: DeskDone, said: str) -> None:
    desk = done.desk
    template = said if done.new else N_("nothing new: {desk}, account {account}, held by {holder}")
    line = say(template, desk=desk.code, account=desk.account, holder=desk.holder_name or "–")
    render(ctx, Result({"desk": desk, "new": done.new}, lines=[line]))
