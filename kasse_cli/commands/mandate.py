"""`kasse mandate`: the register of direct debit mandates (SEPA-Lastschriftmandate)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.mandate_shapes import EVENTS, MANDATES, about, covered, document_of
from kasse_cli.output import Result, Table, render, say
from kasse_cli.params import FileArgument, parse_day
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.payments.mandate_forms import Covers, Done

app = noun(N_("mandates of debtors: add, list, show, amend, suspend, revoke, import"))
MandateArgument = Annotated[
    str, typer.Argument(metavar="MANDATE", help=N_("the number of a mandate, or its reference"))
]
PartyArgument = Annotated[str, typer.Argument(metavar="PARTY", help=N_("the number of the debtor, or the name"))]
IbanOption = Annotated[str, typer.Option("--iban", metavar="IBAN", help=N_("the account that is debited"))]
SignedOption = Annotated[
    dt.date, typer.Option("--signed", parser=parse_day, metavar="DATE", help=N_("the day of the signature"))
]
ReferenceOption = Annotated[
    str, typer.Option("--reference", metavar="TEXT", help=N_("the mandate reference; blank gives one"))
]
SchemeOption = Annotated[
    Literal["CORE", "B2B"], typer.Option("--scheme", help=N_("CORE, or B2B for businesses whose bank confirms it"))
]
OnceOption = Annotated[bool, typer.Option("--once", help=N_("for a single collection (OOFF)"))]
HolderOption = Annotated[
    str, typer.Option("--holder", metavar="NAME", help=N_("the holder of the account, if not the debtor"))
]
BicOption = Annotated[str, typer.Option("--bic", metavar="BIC", help=N_("needed outside the European Economic Area"))]
CreditorOption = Annotated[
    str, typer.Option("--creditor-id", metavar="ID", help=N_("if not the creditor identifier of the book"))
]
OnlyOfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("only claims of this office"))
]
KindsOption = Annotated[
    list[str] | None, typer.Option("--kind", metavar="KIND", help=N_("only claims of this kind; may be repeated"))
]
CoversOption = Annotated[str | None, typer.Option("--covers", metavar="REFERENCE", help=N_("only this Kassenzeichen"))]
DocumentOption = Annotated[
    str | None, typer.Option("--document", metavar="TEXT", help=N_("where the paper is, or the file of its scan"))
]
DaysOption = Annotated[
    int | None,
    typer.Option("--notice-days", min=1, max=60, metavar="DAYS", help=N_("agreed days between announcement and debit")),
]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for whoever asks in a year"))]
UntilOption = Annotated[
    dt.date | None,
    typer.Option(
        "--until", parser=parse_day, metavar="DATE", help=N_("used again from this day on; else until resumed")
    ),
]
StateOption = Annotated[
    Literal["active", "suspended", "revoked", "ended", "lapsed", "unconfirmed"] | None,
    typer.Option("--state", help=N_("only mandates in this state on the day")),
]
FinalOption = Annotated[bool, typer.Option("--final", help=N_("the next collection is the last one (FNAL)"))]


class TemplateFileError(KasseError):
    """A template without a file to write."""

    code = "mandate.template_file"
    template = N_("a template needs the name of an Excel file")
    hint = N_("give it with --xlsx FILE")
    exit_code = 2


@command(
    app,
    "add",
    examples=(
        "kasse mandate add 17 --iban DE02120300000000202051 --signed 2026-11-03",
        "kasse mandate add 'Meyer GmbH' --scheme B2B --iban DE02120300000000202051 --signed 3.11.2026 --kind rent",
    ),
)
def add(
    ctx: Context,
    party: PartyArgument,
    iban: IbanOption,
    signed: SignedOption,
    reference: ReferenceOption = "",
    scheme: SchemeOption = "CORE",
    once: OnceOption = False,
    holder: HolderOption = "",
    bic: BicOption = "",
    creditor_id: CreditorOption = "",
    office: OnlyOfficeOption = None,
    kind: KindsOption = None,
    covers: CoversOption = None,
    document: DocumentOption = None,
    notice_days: DaysOption = None,
) -> None:
    """Register a mandate: who may be debited, on which account, for what.

    Without --office, --kind and --covers it is for everything that the debtor owes. A --document that is a file is
    noted with its SHA-256.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.mandate_forms import Covers, NewMandate
    from ledger.payments.mandate_store import add as service
    from ledger.people.parties_reader import find_party

    paper, digest = document_of(document)
    with open_book(ctx.obj) as store:
        new = NewMandate(
            find_party(store, party), iban, signed, reference, scheme, "once" if once else "recurrent", holder, bic,
            creditor_id, Covers(office, tuple(kind or ()), covers), paper, digest, notice_days,
        )  # fmt: skip
        done = service(store, new, today=ctx.obj.today)
    _render(ctx, done, N_("registered: mandate {number}, reference {reference}"))


def _render(ctx: Context, done: Done, said: str, late: Sequence[KasseError] = ()) -> None:
    mandate, day = done.mandate, ctx.obj.today.isoformat()
    template = said if done.new else N_("nothing new: mandate {number}, reference {reference}")
    lines = [say(template, number=mandate.number, reference=mandate.reference), *about(mandate, day)]
    render(ctx, Result({"mandate": mandate, "new": done.new}, lines=lines, findings=(*done.findings, *late)))


@command(app, "list", lists=True, examples=("kasse mandate list --state lapsed", "kasse mandate list --party Meyer"))
def list_(
    ctx: Context,
    state: StateOption = None,
    party: Annotated[str | None, typer.Option("--party", metavar="PARTY", help=N_("only of this debtor"))] = None,
) -> None:
    """List mandates with the last day on which each may be used."""
    from kasse_cli.wiring import open_book
    from ledger.payments.mandate_reader import mandates_in
    from ledger.payments.mandates import state_on
    from ledger.people.parties_reader import find_party

    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store:
        wanted = find_party(store, party) if party else None
        found = [one for one in mandates_in(store, day, state) if wanted in {None, one.party}]
    rows = [covered(one, state_on(one, day)) for one in found]
    lines = [say(N_("mandates: {count}"), count=len(found))]
    render(ctx, Result(tables=[Table("mandates", MANDATES, rows)], lines=lines))


@command(app, "show", lists=True, examples=("kasse mandate show 17", "kasse mandate show M00000017"))
def show(ctx: Context, mandate: MandateArgument) -> None:
    """Show a mandate, what it covers, and everything that happened to it."""
    from kasse_cli.wiring import open_book
    from ledger.payments.mandate_reader import find_mandate, history, untold

    with open_book(ctx.obj) as store:
        found = find_mandate(store, mandate)
        events = history(store, found.number)
        waiting = untold(store).get(found.number, [])
    lines = list(about(found, ctx.obj.today.isoformat()))
    for change in waiting:
        said = N_("goes with the next collection: {field} was {old}")
        lines.append(say(said, field=change.field, old=change.old))
    data = {"mandate": found, "untold": [change._asdict() for change in waiting]}
    render(ctx, Result(data, [Table("events", EVENTS, events)], lines))


@command(
    app,
    "amend",
    examples=(
        "kasse mandate amend 17 --iban DE18120300000000000003",
        "kasse mandate amend 17 --final",
    ),
)
def amend(
    ctx: Context,
    mandate: MandateArgument,
    iban: Annotated[str | None, typer.Option("--iban", metavar="IBAN", help=N_("the new account"))] = None,
    bic: Annotated[str | None, typer.Option("--bic", metavar="BIC", help=N_("the new BIC"))] = None,
    reference: Annotated[str | None, typer.Option("--reference", metavar="TEXT", help=N_("the new reference"))] = None,
    holder: Annotated[str | None, typer.Option("--holder", metavar="NAME", help=N_("the new holder"))] = None,
    creditor_id: Annotated[
        str | None, typer.Option("--creditor-id", metavar="ID", help=N_("the new creditor identifier"))
    ] = None,
    document: DocumentOption = None,
    notice_days: DaysOption = None,
    office: OnlyOfficeOption = None,
    kind: KindsOption = None,
    covers: CoversOption = None,
    everything: Annotated[bool, typer.Option("--everything", help=N_("cover all claims of the debtor"))] = False,
    final: FinalOption = False,
) -> None:
    """Change a mandate; what the debtor's bank must know goes with the next collection by itself."""
    from kasse_cli.wiring import open_book
    from ledger.payments.mandate_forms import Covers, NewValues
    from ledger.payments.mandate_reader import find_mandate
    from ledger.payments.mandate_steps_store import amend as service

    paper, digest = document_of(document)
    narrowed: Covers | None = None
    if everything or office or kind or covers:
        narrowed = Covers() if everything else Covers(office, tuple(kind or ()), covers)
    values = NewValues(
        reference, iban, bic, holder, creditor_id, paper, digest, notice_days, True if final else None, narrowed
    )
    with open_book(ctx.obj) as store:
        done = service(store, find_mandate(store, mandate).number, values, today=ctx.obj.today)
    _render(ctx, done, N_("amended: mandate {number}, reference {reference}"))


@command(app, "confirm", examples=("kasse mandate confirm 17 --on 2026-11-20",))
def confirm(ctx: Context, mandate: MandateArgument) -> None:
    """Note that the debtor's bank has confirmed a B2B mandate; without it nothing is collected by it."""
    from kasse_cli.wiring import open_book
    from ledger.payments.mandate_reader import find_mandate
    from ledger.payments.mandate_steps_store import confirm as service

    with open_book(ctx.obj) as store:
        done = service(store, find_mandate(store, mandate).number, day=ctx.obj.today)
    _render(ctx, done, N_("confirmed: mandate {number}, reference {reference}"))


@command(app, "suspend", examples=("kasse mandate suspend 17 --reason 'Widerspruch gegen den Bescheid'",))
def suspend(ctx: Context, mandate: MandateArgument, reason: WhyOption, until: UntilOption = None) -> None:
    """Stop using a mandate for a while."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_under_way_reader import collections_under_way
    from ledger.payments.mandate_reader import find_mandate
    from ledger.payments.mandate_steps_store import suspend as service

    with open_book(ctx.obj) as store:
        done = service(store, find_mandate(store, mandate).number, reason, until=until)
        late = list(collections_under_way(store, mandate=done.mandate.number))
    _render(ctx, done, N_("suspended: mandate {number}, reference {reference}"), late)


@command(app, "resume", examples=("kasse mandate resume 17 --reason 'neue Bankverbindung bestätigt'",))
def resume(ctx: Context, mandate: MandateArgument, reason: WhyOption) -> None:
    """Use a suspended mandate again."""
    from kasse_cli.wiring import open_book
    from ledger.payments.mandate_reader import find_mandate
    from ledger.payments.mandate_steps_store import resume as service

    with open_book(ctx.obj) as store:
        done = service(store, find_mandate(store, mandate).number, reason)
    _render(ctx, done, N_("in use again: mandate {number}, reference {reference}"))


@command(app, "revoke", examples=("kasse mandate revoke 17 --reason 'Widerruf vom 12.11.2026'",))
def revoke(ctx: Context, mandate: MandateArgument, reason: WhyOption) -> None:
    """End a mandate for ever."""
    from kasse_cli.wiring import open_book
    from ledger.payments.collection_under_way_reader import collections_under_way
    from ledger.payments.mandate_reader import find_mandate
    from ledger.payments.mandate_steps_store import revoke as service

    with open_book(ctx.obj) as store:
        done = service(store, find_mandate(store, mandate).number, reason)
        late = list(collections_under_way(store, mandate=done.mandate.number))
    _render(ctx, done, N_("revoked: mandate {number}, reference {reference}"), late)


@command(app, "template", book=False, examples=("kasse mandate template --xlsx mandate.xlsx",))
def template(
    ctx: Context,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help=N_("the Excel file to write"))] = None,
) -> None:
    """Write an empty list of mandates with explanations, for the take-over from another system."""
    from kasse_cli.mandate_lists import mandate_template

    if xlsx is None:
        raise TemplateFileError
    mandate_template(xlsx)
    render(ctx, Result(data={"file": str(xlsx)}, lines=[say(N_("written: {file}"), file=str(xlsx))]))


@command(app, "import", dry_run=True, examples=("kasse mandate import mandate.xlsx", "kasse mandate import liste.csv"))
def import_(ctx: Context, file: FileArgument) -> None:
    """Take over mandates from a list in Excel, LibreOffice or CSV, with their last use; all of them or none.

    The same file a second time brings nothing new.
    """
    from kasse_cli.mandate_lists import run_import
    from kasse_cli.wiring import open_book

    with open_book(ctx.obj) as store:
        done = run_import(ctx.obj, store, file)
    said = N_("mandates taken over: {count}") if done.new else N_("nothing new: this file was imported before")
    data = {"imported": done.count, "new": done.new}
    render(ctx, Result(data, lines=[say(said, count=done.count)], findings=done.findings))
