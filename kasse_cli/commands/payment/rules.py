"""What an account's bank wants of a file, and which payments are looked at twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.payment.shapes import address_line
from kasse_cli.context import Context
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.store.engines import Store
    from sepa.payments import Address
    from sepa.profiles import Profile

PROFILES = (
    Column("iban", N_("IBAN")),
    Column("account", N_("Account")),
    Column("profile", N_("Profile")),
    Column("vop", N_("Name check"), "word"),
    Column("payments_per_file", N_("Payments per file"), "count"),
    Column("charset", N_("Character set")),
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


StreetOption = Annotated[str | None, typer.Option("--street", metavar="TEXT", help=N_("the payer's street"))]
HouseOption = Annotated[str | None, typer.Option("--house-number", metavar="TEXT", help=N_("the house number"))]
PostcodeOption = Annotated[str | None, typer.Option("--postcode", metavar="TEXT", help=N_("the postcode"))]
TownOption = Annotated[str | None, typer.Option("--town", metavar="TEXT", help=N_("the town"))]
CountryOption = Annotated[
    str | None, typer.Option("--country", metavar="CODE", help=N_("two letters; DE if not given"))
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
    street: StreetOption = None,
    house_number: HouseOption = None,
    postcode: PostcodeOption = None,
    town: TownOption = None,
    country: CountryOption = None,
) -> None:
    """Show which bank profile each account has, or set one; set what is looked at twice and when payments are missed.

    A profile says how many payments the bank takes in a file, which letters, which order types, and whether all
    payees' names are checked. Street and town are the payer's address: it goes along where a payee's bank is outside
    the EEA, as in Switzerland or the United Kingdom, and asks for it.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.addresses import ADDRESS
    from ledger.payments.overdue_reader import overdue_days
    from ledger.payments.payer_store import payer_address
    from ledger.payments.profiles_store import high_cents, profiles, set_high, set_overdue

    parts = zip(ADDRESS, (street, house_number, postcode, town, country), strict=True)
    given = {name: value.strip() for name, value in parts if value is not None}
    with open_book(ctx.obj) as store:
        _set(store, iban, bank, given)
        if high is not None:
            set_high(store, high)
        if overdue is not None:
            set_overdue(store, overdue)
        found, limit, days, address = profiles(store), high_cents(store), overdue_days(store), payer_address(store)
    render(ctx, _shown(found, limit, days, address))


def _set(store: Store, iban: str | None, bank: str | None, address: Mapping[str, str]) -> None:
    from pathlib import Path

    from ledger.payments.payer_store import set_payer_address
    from ledger.payments.profiles_store import set_profile

    if iban is not None and bank is not None:
        path = Path(bank)
        set_profile(store, iban, path.read_text(encoding="utf-8") if path.is_file() else bank)
    if address:
        set_payer_address(store, address)


def _shown(found: Sequence[tuple[str, str, Profile]], limit: int, days: int, address: Address | None) -> Result:
    from ledger.payments.addresses import ADDRESS

    rows = [
        {
            "iban": account, "account": name, "profile": one.name, "vop": one.vop,
            "payments_per_file": one.payments_per_file, "charset": one.charset,
        }
        for account, name, one in found
    ]  # fmt: skip
    lines = [say(N_("payments from {high_cents} on are looked at twice"), high_cents=limit)]
    lines.append(say(N_("missed where on no statement bank days after the execution day: {days}"), days=days))
    if address is not None:
        lines.append(say(N_("address of the payer: {address}"), address=address_line(address)))
    kept = address and {name: getattr(address, name) for name in ADDRESS}
    data = {"high_cents": limit, "overdue_days": days, "address": kept}
    return Result(data, [Table("profiles", PROFILES, rows)], lines)
