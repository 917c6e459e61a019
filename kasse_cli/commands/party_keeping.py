"""`kasse party restrict|export`: what a person may ask for (Art. 15 and 18 DSGVO)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import ReasonOption
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.disclosures import Written
    from ledger.keeping.disclosure import Disclosure

PartyArgument = Annotated[str, typer.Argument(metavar="PARTY", help=N_("the number of a party, or its name"))]
LiftOption = Annotated[bool, typer.Option("--lift", help=N_("end the restriction"))]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FOLDER", help=N_("the folder to write, or a file ending in .zip"))
]
FILES = (Column("file", N_("File")),)


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(
        app,
        "restrict",
        examples=(
            'kasse party restrict 17 --reason "Widerspruch vom 2.11.2026"',
            'kasse party restrict 17 --lift --reason "neue Forderung"',
        ),
    )(restrict)
    command(
        app, "export", examples=("kasse party export 17 --out auskunft-17.zip", "kasse party export 17 --out auskunft")
    )(export)


def restrict(ctx: Context, party: PartyArgument, reason: ReasonOption, lift: LiftOption = False) -> None:
    """Restrict the processing of a person's data (Art. 18 DSGVO): only head, audit and admin see them then.

    Every look is written to the event log. Books, payments and letters go on as they must.
    """
    from kasse_cli.wiring import open_book
    from ledger.keeping.restriction_store import lift as end
    from ledger.keeping.restriction_store import restrict as begin
    from ledger.people.parties_reader import find_party

    new = True
    with open_book(ctx.obj) as store:
        number = find_party(store, party)
        if lift:
            end(store, number, reason)
        else:
            new = begin(store, number, reason)
    said = N_("the data of party {number} are no longer restricted") if lift else N_("restricted: party {number}")
    if not new:
        said = N_("nothing new: the data of party {number} are restricted already")
    render(ctx, Result({"party": number, "restricted": not lift, "new": new}, lines=[say(said, number=number)]))


def export(ctx: Context, party: PartyArgument, out: OutOption) -> None:
    """Write everything the book holds of one person: data, a text to read, and the letters (Art. 15 DSGVO).

    Words that are about other persons too are left out, and who of the staff looked; when they did is told. Look
    through it before you hand it out.
    """
    from kasse_cli.disclosures import check_place, write_disclosure
    from kasse_cli.wiring import open_book, personal_data, table_rights
    from ledger.access.store import check_sees_all
    from ledger.keeping.disclosure_reader import disclose
    from ledger.people.parties_reader import find_party
    from ledger.store.declared_reader import permitted_changes

    check_place(out)
    with open_book(ctx.obj) as store:
        check_sees_all(store, table_rights())
        found = disclose(store, personal_data(), permitted_changes(), find_party(store, party))
    render(ctx, _written(found, write_disclosure(found, out, ctx.obj.world.clock())))


def _written(found: Disclosure, files: list[Written]) -> Result:
    rows = sum(len(part) for part in found.rows.values())
    lines = [
        say(
            N_("everything of party {party} is in {file}: {rows} rows, {events} events, {letters} letters"),
            party=found.party,
            file=files[0].place,
            rows=rows,
            events=len(found.events),
            letters=len(found.letters),
        )
    ]
    if found.left_out:
        lines.append(say(N_("left out because others are named too: the words of {count} rows"), count=found.left_out))
    data = {"party": found.party, "place": files[0].place, "rows": rows, "events": len(found.events),
            "letters": len(found.letters), "words_left_out": found.left_out}  # fmt: skip
    return Result(data, [Table("files", FILES, files)], lines)
