"""`kasse book`: a new book with its offices, accounts and first user."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.book_audit import register as register_audit
from kasse_cli.commands.book_backup import register as register_backup
from kasse_cli.commands.book_erasures import register as register_erasures
from kasse_cli.commands.book_keeping import register as register_keeping
from kasse_cli.commands.book_place import HolidaysOption
from kasse_cli.commands.book_place import register as register_place
from kasse_cli.context import Call, Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Result, render, say
from ledger.book.creation import BankAccountPlan, BookPlan, OfficePlan
from ledger.store.access import is_server
from sepa.calendar import LAENDER, UnknownLandError
from sepa.errors import N_, KasseError
from sepa.identifiers import format_iban, parse_iban

if TYPE_CHECKING:
    from ledger.store.engines import Store

app = noun(N_("the book: create, place, audit, backup, restore, retention, erase"))


class OfficeOptionError(KasseError):
    """An `--office` that is not CODE=NAME."""

    code = "book.office_option"
    template = N_("not an office: {text}")
    hint = N_("write CODE=NAME, for example --office ORDNUNG=Ordnungsamt")
    exit_code = 2


class AccountOptionError(KasseError):
    """An `--account` that is not IBAN=NAME@OFFICE."""

    code = "book.account_option"
    template = N_("not a bank account: {text}")
    hint = N_("write IBAN=NAME@OFFICE, for example --account DE02120300000000202051=Hauptkonto@KASSE")
    exit_code = 2


class DeclaredUserError(KasseError):
    """A declared user without a book that knows people by declaration."""

    code = "book.declared_user"
    template = N_("--user needs --identity declared")
    hint = N_("leave --user away, then the account of the system acts; or give --identity declared")
    exit_code = 2


class Identity(StrEnum):
    """How the book knows people."""

    system = "system"
    declared = "declared"


def parse_office(text: str) -> OfficePlan:
    """Return the office a person typed as CODE=NAME; the name may be left out."""
    code, _, name = text.partition("=")
    if not code.strip():
        raise OfficeOptionError(text=text)
    return OfficePlan(code.strip().upper(), name.strip() or code.strip())


def parse_account(text: str) -> BankAccountPlan:
    """Return the bank account a person typed as IBAN=NAME@OFFICE; without an office it is the Kasse's."""
    iban, equals, rest = text.partition("=")
    name, _, office = rest.rpartition("@") if "@" in rest else (rest, "", "")
    if not equals or not name.strip():
        raise AccountOptionError(text=text)
    return BankAccountPlan(parse_iban(iban), name.strip(), office.strip().upper())


def parse_land(text: str) -> str:
    """Return the code of a Land.

    Raises `UnknownLandError`.
    """
    land = text.strip().upper()
    if land not in LAENDER:
        raise UnknownLandError(land=text)
    return land


NameOption = Annotated[str, typer.Option("--name", metavar="NAME", help=N_("whose Kasse it is"))]
OfficesOption = Annotated[
    list[OfficePlan],
    typer.Option("--office", parser=parse_office, metavar="CODE=NAME", help=N_("an office; repeatable")),
]
KasseOption = Annotated[str, typer.Option("--kasse", metavar="CODE", help=N_("which office is the Kasse"))]
AccountsOption = Annotated[
    list[BankAccountPlan],
    typer.Option(
        "--account", parser=parse_account, metavar="IBAN=NAME@OFFICE", help=N_("an account at a bank; repeatable")
    ),
]
LandOption = Annotated[
    str | None, typer.Option("--land", parser=parse_land, metavar="LAND", help=N_("the Land, for its law: HH, BY, …"))
]
MunicipalityOption = Annotated[
    str,
    typer.Option("--municipality", metavar="NAME", help=N_("the municipality: who pays and demands, and its holidays")),
]
IdentityOption = Annotated[
    Identity,
    typer.Option("--identity", help=N_("people are known by their login (system) or say who they are (declared)")),
]
ChartOption = Annotated[
    Path | None,
    typer.Option("--chart", metavar="FILE", help=N_("accounts of your own: .toml, .xlsx, .csv; else the VKR")),
]


@command(
    app,
    "create",
    examples=(
        "kasse book create --name Musterstadt --office KASSE=Stadtkasse --office ORDNUNG=Ordnungsamt \\",
        "    --kasse KASSE --account DE02120300000000202051=Hauptkonto@KASSE --land BY --municipality Augsburg",
    ),
)
def create(
    ctx: Context,
    name: NameOption,
    offices: OfficesOption,
    kasse: KasseOption,
    accounts: AccountsOption,
    land: LandOption = None,
    municipality: MunicipalityOption = "",
    holiday: HolidaysOption = [],  # noqa: B006
    identity: IdentityOption = Identity.system,
    chart: ChartOption = None,
) -> None:
    """Create a book in a file, or in an empty PostgreSQL database.

    Whoever creates it is its first user, with the role admin; 'kasse user add' adds the others. Land and municipality
    fix law and holidays: fees and terms of the Land, and the days on which no period ends.
    """
    from kasse_cli.book_writer import create_book, session_user
    from kasse_cli.chart_lists import whole_chart
    from ledger.book.places import local_holidays

    call, code, system = ctx.obj, kasse.strip().upper(), identity is Identity.system
    choice = local_holidays(land or "", municipality, holiday)
    if call.settings["user"] and system:
        raise DeclaredUserError
    own = whole_chart(call, chart) if chart else None

    base = BookPlan(
        name, call.random(16).hex(), code, tuple(offices), _accounts(accounts, code), "", call.today.isoformat(),
        identity.value, land or "", municipality.strip(), choice.holidays,
    )  # fmt: skip

    def plan(store: Store) -> BookPlan:
        login = is_server(call.book) and system
        return replace(base, first_user=session_user(store) if login else call.actor(declared=not system))

    render(ctx, replace(_result(call, create_book(call, plan, own)), findings=list(choice.findings)))


def _accounts(accounts: list[BankAccountPlan], kasse: str) -> tuple[BankAccountPlan, ...]:
    return tuple(BankAccountPlan(one.iban, one.name, one.office or kasse) for one in accounts)


def _result(call: Call, plan: BookPlan) -> Result:
    from ledger.book.chart import bank_account_number

    accounts = [
        {"iban": bank.iban, "name": bank.name, "office": bank.office, "account": bank_account_number(index)}
        for index, bank in enumerate(plan.accounts)
    ]
    place = call.book.rpartition("@")[2]
    lines = [say(N_("book created: {book}, first user {user} (admin)"), book=place, user=plan.first_user)]
    lines += [
        say(
            N_("{iban} {name} is account {account} of {office}"),
            **{**account, "iban": format_iban(account["iban"])},
        )
        for account in accounts
    ]
    lines.append(say(N_("next: add users with 'kasse user add', then take over balances with 'kasse opening import'")))
    data = {"book": place, "name": plan.name, "kasse": plan.kasse, "first_user": plan.first_user,
            "offices": plan.offices, "accounts": accounts}  # fmt: skip
    return Result(data=data, lines=lines)


register_place(app)
register_backup(app)
register_erasures(app)
register_keeping(app)
register_audit(app)
