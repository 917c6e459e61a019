"""Running the clarification desk on the terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from kasse_cli.output import Result, render, say
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from kasse_cli.context import Context


class NoTerminalError(KasseError):
    """A full-screen command where there is no screen."""

    code = "tui.no_terminal"
    template = N_("this works on a terminal only")
    hint = N_("use 'kasse suspense list', 'suggest' and 'assign' in scripts")
    exit_code = 2


def run_desk(ctx: Context, office: str | None) -> None:
    """Clear cases on the full screen until the person leaves, then say what was done.

    Raises `NoTerminalError` where output or input is no terminal, or JSON was asked for, and what keeps the book from
    being read.
    """
    call = ctx.obj
    if call.machine or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise NoTerminalError
    from kasse_cli.tui.app import DeskApp
    from kasse_cli.tui.session import Session
    from kasse_cli.wiring import note_refusal, open_book, settlement_orders
    from ledger.book.store import kasse_office
    from ledger.people.users import require, user_name

    with open_book(call) as store:
        require(store, office or kasse_office(store), "clerk")
        day = call.today.isoformat()
        session = Session(store, day, lambda: call.now, office, lambda error: note_refusal(call, store, error))
        session.orders = settlement_orders(store)
        lost = DeskApp(session, user_name(store, store.user)).run()
        if lost is not None:
            raise lost
        left = session.progress
    lines = [
        say(N_("decided: {count}"), count=session.decided),
        say(
            N_("still on the list: {count}; received {in_cents}, paid out {out_cents}"),
            count=left.count, in_cents=left.in_cents, out_cents=left.out_cents,
        ),
    ]  # fmt: skip
    data = {
        "decided": session.decided, "left": left.count, "received_cents": left.in_cents,
        "paid_out_cents": left.out_cents, "open_cents": left.in_cents + left.out_cents,
    }  # fmt: skip
    render(ctx, Result(data, lines=lines))
