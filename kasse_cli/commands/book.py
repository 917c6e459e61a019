"""`kasse book`: a new book with its offices, accounts and first user."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.book_audit import register as register_audit
from kasse_cli.commands.book_backup import register as register_backup
from kasse_cli.commands.book_keeping import register as register_keeping
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

app = noun(N_("the book: create, audit, backup, restore, retention, erase"))


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
MunicipalityOption = Annotated[bool, typer.Option("--municipality", help=N_("the creditor is a municipality"))]
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
        "    --kasse KASSE --account DE02120300000000202051=Hauptkonto@KASSE --land HH",
    ),
)
def create(
    ctx: Context,
    name: NameOption,
    offices: OfficesOption,
    kasse: KasseOption,
    accounts: AccountsOption,
    land: LandOption = None,
    municipality: MunicipalityOption = False,
    identity: IdentityOption = Identity.system,
    chart: ChartOption = None,
) -> None:
    """Create a book in a file, or in an empty PostgreSQL database.

    Whoever creates it is its first user, with the role admin; 'kasse user add' adds the others.
    """
    from kasse_cli.book_writer import create_book, session_user
    from kasse_cli.chart_lists import whole_chart

    call, code, system = ctx.obj, kasse.strip().upper(), identity is Identity.system
    if call.settings["user"] and system:
        raise DeclaredUserError
    on_server = is_server(call.book)
    own = whole_chart(call, chart) if chart else None

    def plan(store: Store) -> BookPlan:
        return BookPlan(
            name=name,
            book_id=call.random(16).hex(),
            kasse=code,
            offices=tuple(offices),
            accounts=tuple(BankAccountPlan(a.iban, a.name, a.office or code) for a in accounts),
            first_user=session_user(store) if on_server and system else call.actor(declared=not system),
            opened_on=call.today.isoformat(),
            identity=identity.value,
            land=land or "",
            municipality="1" if municipality else "",
        )

    render(ctx, _result(call, create_book(call, plan, own)))


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


register_backup(app)
register_keeping(app)
register_audit(app)
