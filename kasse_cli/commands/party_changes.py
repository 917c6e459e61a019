"""`kasse party add|change|joint`: who is who, and who owes together."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from kasse_cli.party_pages import CHANGED
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.people.party_values import PartyChange
    from ledger.store.engines import Store

PartyArgument = Annotated[str, typer.Argument(metavar="PARTY", help=N_("the number of a party, or its name"))]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("first name and surname, or company"))]
ItemsArgument = Annotated[
    list[str], typer.Argument(metavar="ITEM", help=N_("a reference or OFFICE/NUMBER; all items with the reference"))
]
NewNameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help=N_("the name"))]
LegalOption = Annotated[
    str | None, typer.Option("--legal-name", metavar="TEXT", help=N_("the account holder's name as the bank knows it"))
]
StreetOption = Annotated[str | None, typer.Option("--street", metavar="TEXT", help=N_("the street"))]
HouseOption = Annotated[str | None, typer.Option("--house-number", metavar="TEXT", help=N_("the house number"))]
PostcodeOption = Annotated[str | None, typer.Option("--postcode", metavar="TEXT", help=N_("the postcode"))]
TownOption = Annotated[str | None, typer.Option("--town", metavar="TEXT", help=N_("the town"))]
CountryOption = Annotated[str | None, typer.Option("--country", metavar="CODE", help=N_("two letters such as AT"))]
BirthOption = Annotated[
    dt.date | None, typer.Option("--birth-date", parser=parse_day, metavar="DATE", help=N_("the day of birth"))
]
VatOption = Annotated[str | None, typer.Option("--vat-id", metavar="TEXT", help=N_("the VAT number of a company"))]
IbanOption = Annotated[str | None, typer.Option("--iban", metavar="IBAN", help=N_("an account of the party to add"))]
KindOption = Annotated[
    str,
    typer.Option("--iban-kind", metavar="KIND", help=N_("own, third_party, guardian, authority or payment_service")),
]
BicOption = Annotated[
    str | None,
    typer.Option("--bic", metavar="BIC", help=N_("the BIC of the account's bank; wanted outside the EEA only")),
]
SourceOption = Annotated[
    str, typer.Option("--source", metavar="TEXT", help=N_("where the account is known from, for example a letter"))
]
EndOption = Annotated[
    str | None, typer.Option("--end-iban", metavar="IBAN", help=N_("an account that is no longer the party's"))
]
WithOption = Annotated[list[str], typer.Option("--with", metavar="PARTY", help=N_("who owes it too; repeatable"))]
JOINED = (Column("item", N_("Item")), Column("new", N_("New"), "flag"))


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(app, "add", examples=('kasse party add "Erika Musterfrau" --street "Gartenweg 3" --town Musterstadt',))(add)
    command(
        app,
        "change",
        examples=(
            'kasse party change 17 --street "Lindenallee 4" --postcode 20999 --town Musterstadt',
            'kasse party change 17 --iban DE02120300000000202051 --source "Schreiben vom 2.11.2026"',
        ),
    )(change)
    command(app, "joint", examples=("kasse party joint 4711000000017 --with 18 --with 19",))(joint)


def add(
    ctx: Context,
    name: NameArgument,
    legal_name: LegalOption = None,
    street: StreetOption = None,
    house_number: HouseOption = None,
    postcode: PostcodeOption = None,
    town: TownOption = None,
    country: CountryOption = None,
    birth_date: BirthOption = None,
    vat_id: VatOption = None,
    iban: IbanOption = None,
    iban_kind: KindOption = "own",
    source: SourceOption = "clerk",
    bic: BicOption = None,
) -> None:
    """Add a person or company; lists of orders add theirs by themselves."""
    from kasse_cli.wiring import open_book
    from ledger.people.parties_change_store import add_party

    born = birth_date.isoformat() if birth_date else None
    values = (name, legal_name, street, house_number, postcode, town, country, born, vat_id)
    wanted = _change(values, iban, iban_kind, source, bic=bic)
    with open_book(ctx.obj) as store:
        number = add_party(store, wanted, ctx.obj.today.isoformat())
        notes = _notes(store, number, wanted)
    lines = [say(N_("added {name} as party {number}"), name=name, number=number)]
    render(ctx, Result({"number": number}, lines=lines, findings=notes))


def change(
    ctx: Context,
    party: PartyArgument,
    name: NewNameOption = None,
    legal_name: LegalOption = None,
    street: StreetOption = None,
    house_number: HouseOption = None,
    postcode: PostcodeOption = None,
    town: TownOption = None,
    country: CountryOption = None,
    birth_date: BirthOption = None,
    vat_id: VatOption = None,
    iban: IbanOption = None,
    iban_kind: KindOption = "own",
    source: SourceOption = "clerk",
    end_iban: EndOption = None,
    bic: BicOption = None,
) -> None:
    """Change what is known of a party; an empty text ('') takes a value away.

    Old and new values stay in its history ('kasse party show'). A new account is checked like any other; runs that
    are proposed already keep the old one.
    """
    from kasse_cli.wiring import open_book
    from ledger.people.parties_change_store import change_party
    from ledger.people.parties_reader import find_party

    born = birth_date.isoformat() if birth_date else None
    values = (name, legal_name, street, house_number, postcode, town, country, born, vat_id)
    wanted = _change(values, iban, iban_kind, source, end_iban, bic)
    with open_book(ctx.obj) as store:
        number = find_party(store, party)
        changed = change_party(store, number, wanted, ctx.obj.today.isoformat())
        notes = _notes(store, number, wanted, new="iban" in changed)
    line = say(
        N_("changed party {number}: {fields}"), number=number, fields=", ".join(_(CHANGED[one]) for one in changed)
    )
    render(ctx, Result({"number": number, "changed": list(changed)}, lines=[line], findings=notes))


def joint(ctx: Context, items: ItemsArgument, others: WithOption) -> None:
    """Let parties owe items jointly (Gesamtschuldner): who pays first has paid for all."""
    from kasse_cli.wiring import open_book
    from ledger.items.items_reader import find_items
    from ledger.items.joint_debtors_store import join_debtors
    from ledger.people.parties_reader import find_party

    with open_book(ctx.obj) as store:
        keys = [key for text in items for key in find_items(store, text)]
        parties = [find_party(store, text) for text in others]
        done = join_debtors(store, keys, parties, ctx.obj.today.isoformat())
    count = sum(len(one.parties) for one in done)
    render(
        ctx,
        Result({"joint": done}, [Table("items", JOINED, done)], [say(N_("joint debtors added: {count}"), count=count)]),
    )


def _notes(store: Store, number: int, wanted: PartyChange, *, new: bool = True) -> tuple[KasseError, ...]:
    """Return what is to be told of an account as typed: who else holds a new one, a BIC of another country."""
    from ledger.people.parties_reader import also_held
    from sepa.identifiers import parse_iban
    from sepa.rules.odd import bic_country_finding

    if not wanted.iban:
        return ()
    shared = also_held(store, number, wanted.iban) if new and wanted.iban_kind == "own" else ()
    strange = bic_country_finding(parse_iban(wanted.iban), wanted.bic) if wanted.bic else None
    return (*shared, *([strange] if strange else []))


def _change(
    values: tuple[str | None, ...],
    iban: str | None,
    kind: str,
    source: str,
    end_iban: str | None = None,
    bic: str | None = None,
) -> PartyChange:
    from ledger.people.party_values import FIELDS, PartyChange

    given = {key: value.strip() or None for key, value in zip(FIELDS, values, strict=True) if value is not None}
    code = None if bic is None else "".join(bic.split()).upper()
    return PartyChange(given, iban, kind, source, end_iban, code)
