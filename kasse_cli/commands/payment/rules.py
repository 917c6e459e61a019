"""What an account's bank wants of a file, and which payments are looked at twice."""

from __future__ import annotations

from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_
from sepa.money import parse_amount

PROFILES = (
    Column("iban", N_("IBAN")),
    Column("account", N_("Account")),
    Column("profile", N_("Profile")),
    Column("vop", N_("Name check"), "word"),
    Column("payments_per_file", N_("Payments per file"), "count"),
    Column("charset", N_("Letters")),
)
WORDS = (N_("opt-in"), N_("opt-out"))
IbanArgument = Annotated[str | None, typer.Argument(metavar="IBAN", help=N_("the account of the Kasse"))]
BankOption = Annotated[
    str | None,
    typer.Option("--bank", metavar="PROFILE", help=N_("standard, cautious, or a file with a profile of your own")),
]
HighOption = Annotated[
    int | None,
    typer.Option("--high", parser=parse_amount, metavar="AMOUNT", help=N_("from this amount on names are checked")),
]


OverdueOption = Annotated[
    int | None,
    typer.Option("--overdue", min=0, metavar="DAYS", help=N_("bank days until a payment is missed on the statements")),
]


def profile(
    ctx: Context,
    iban: IbanArgument = None,
    bank: BankOption = None,
    high: HighOption = None,
    overdue: OverdueOption = None,
) -> None:
    """Show which bank profile each account has, or set one; set what is looked at twice and when payments are missed.

    A profile says how many payments the bank takes in a file, which letters, which order types, and whether all
    payees' names are checked.
    """
    from pathlib import Path

    from kasse_cli.wiring import open_book
    from ledger.payments.overdue_reader import overdue_days
    from ledger.payments.profiles_store import high_cents, profiles, set_high, set_overdue, set_profile

    with open_book(ctx.obj) as store:
        if iban is not None and bank is not None:
            path = Path(bank)
            set_profile(store, iban, path.read_text(encoding="utf-8") if path.is_file() else bank)
        if high is not None:
            set_high(store, high)
        if overdue is not None:
            set_overdue(store, overdue)
        found, limit, days = profiles(store), high_cents(store), overdue_days(store)
    rows = [
        {
            "iban": account, "account": name, "profile": one.name, "vop": one.vop,
            "payments_per_file": one.payments_per_file, "charset": one.charset,
        }
        for account, name, one in found
    ]  # fmt: skip
    lines = [say(N_("payments from {high_cents} on are looked at twice"), high_cents=limit)]
    lines.append(say(N_("missed where on no statement bank days after the execution day: {days}"), days=days))
    render(ctx, Result({"high_cents": limit, "overdue_days": days}, [Table("profiles", PROFILES, rows)], lines))
