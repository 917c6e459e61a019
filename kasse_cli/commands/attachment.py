"""`kasse attachment`: the city as third-party debtor, garnishments and assignments against payees."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_
from sepa.money import parse_amount

app = noun(N_("garnishments and assignments against payees: add, confirm, list, declare, end"))
ATTACHMENTS = (
    Column("number", N_("No."), "count"),
    Column("party_name", N_("Payee")),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("rank", N_("Rank"), "count", minor=True),
    Column("creditor", N_("Creditor"), minor=True),
    Column("served_on", N_("Served"), "day", minor=2),
    Column("sum_cents", N_("Sum"), "cents"),
    Column("paid_cents", N_("Paid"), "cents"),
    Column("pays", N_("Paid out"), "flag", minor=2),
    Column("declaration_due", N_("Declare until"), "day"),
    Column("ended_on", N_("Ended"), "day", minor=2),
    Column("party", N_("Party"), "count", shown=False),
    Column("creditor_iban", N_("IBAN"), shown=False),
    Column("text", N_("Text"), shown=False),
)
TargetArgument = Annotated[
    str, typer.Argument(metavar="PARTY", help=N_("the party's number, or an item of it such as BAU/17"))
]
NumberArgument = Annotated[int, typer.Argument(metavar="NUMBER", help=N_("the number of the attachment"))]
KindOption = Annotated[str, typer.Option("--kind", metavar="KIND", help=N_("garnishment or assignment"))]
CreditorOption = Annotated[str, typer.Option("--creditor", metavar="NAME", help=N_("who has the right to the money"))]
ServedOption = Annotated[
    dt.date, typer.Option("--served", parser=parse_day, metavar="DATE", help=N_("when the paper was served"))
]
TextOption = Annotated[str, typer.Option("--text", metavar="TEXT", help=N_("the creditor's reference for the payment"))]
IbanOption = Annotated[
    str | None, typer.Option("--iban", metavar="IBAN", help=N_("where to pay; without it the money is held back"))
]
SumOption = Annotated[
    int | None, typer.Option("--sum", parser=parse_amount, metavar="AMOUNT", help=N_("how much; without it everything"))
]
RankOption = Annotated[
    int | None, typer.Option("--rank", min=1, metavar="RANK", help=N_("its rank among papers served on the same day"))
]
DocumentOption = Annotated[str, typer.Option("--document", metavar="TEXT", help=N_("where the paper lies"))]
ConfirmedOption = Annotated[
    str, typer.Option("--iban", metavar="IBAN", help=N_("the creditor's account, as the paper says it"))
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("which paper ended it"))]
AllOption = Annotated[bool, typer.Option("--all", help=N_("also those that have ended"))]


@command(
    app,
    "add",
    examples=(
        (
            "kasse attachment add BAU/17 --kind garnishment --creditor 'Inkasso Nord' --served 2026-11-20 "
            "--text 'M 12/26' --sum 1.200,00 --document 'Akte 12'"
        ),
        (
            "kasse attachment add 312 --kind assignment --creditor Bank --served 2026-11-20 --text 'Z 7' "
            "--iban DE89370400440532013000 --document 'Akte 13'"
        ),
    ),
)
def add(
    ctx: Context,
    target: TargetArgument,
    kind: KindOption,
    creditor: CreditorOption,
    served: ServedOption,
    document: DocumentOption,
    text: TextOption,
    iban: IbanOption = None,
    sum_cents: SumOption = None,
    rank: RankOption = None,
) -> None:
    """Take up a garnishment or an assignment: no run pays the payee past it.

    With --iban the creditor is paid by rank out of what the payee gets, once another person has confirmed the account;
    until then, and without --iban, the money is held back. The earlier day of service has the better rank, whenever it
    is typed (§ 804 Abs. 3 ZPO). A garnishment asks for our declaration within two weeks
    (§ 840 ZPO).
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.attachment_store import NewAttachment, add_attachment
    from ledger.payments.attachments import reminders
    from ledger.payments.under_way_reader import under_way

    new = NewAttachment(kind, creditor, served, text, iban, sum_cents, rank, document)
    with open_book(ctx.obj) as store:
        made, fresh = add_attachment(store, target, new)
        late = under_way(store, parties=[made.party])
        findings = [*reminders([made]), *(one for one in late if one.code != "payment.under_way_proposed")]
    said = N_("taken up: {number}, rank {rank}, against {name}")
    if not fresh:
        said = N_("nothing new: it is attachment {number}, rank {rank}, against {name}")
    lines = [say(said, number=made.number, rank=made.rank, name=made.party_name)]
    render(ctx, Result({"attachment": made, "new": fresh}, lines=lines, findings=findings))


@command(app, "confirm", examples=("kasse attachment confirm 3 --iban DE89370400440532013000",))
def confirm(ctx: Context, number: NumberArgument, iban: ConfirmedOption) -> None:
    """Confirm as a second person to which account the creditor is paid; until then the money is held back.

    The account must be known as the creditor's own ('kasse party add', 'kasse party change').
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.attachment_store import confirm_attachment

    with open_book(ctx.obj) as store:
        made, new = confirm_attachment(store, number, iban=iban)
    said = N_("confirmed: {number}, {creditor} is paid to {iban}")
    if not new:
        said = N_("nothing new: {number} was confirmed before, {creditor} is paid to {iban}")
    lines = [say(said, number=number, creditor=made.creditor, iban=made.creditor_iban or "")]
    render(ctx, Result({"attachment": made, "new": new}, lines=lines))


@command(app, "list", lists=True, examples=("kasse attachment list",))
def list_all(ctx: Context, every: AllOption = False) -> None:
    """List who has a right to the money of payees, what each was paid, and which declarations are due."""
    from kasse_cli.wiring import open_book
    from ledger.payments.attachment_store import list_attachments
    from ledger.payments.attachments import reminders

    with open_book(ctx.obj) as store:
        found = list_attachments(store, None if every else ctx.obj.today.isoformat())
    from dataclasses import asdict

    rows = [asdict(one) | {"declaration_due": one.declaration_due, "left_cents": one.left_cents} for one in found]
    lines = [say(N_("garnishments and assignments: {count}"), count=len(found))]
    render(ctx, Result(tables=[Table("attachments", ATTACHMENTS, rows)], lines=lines, findings=reminders(found)))


@command(app, "declare", examples=("kasse attachment declare 3",))
def declare(ctx: Context, number: NumberArgument) -> None:
    """Note that the declaration as third-party debtor was sent today (or --on)."""
    from kasse_cli.wiring import open_book
    from ledger.payments.attachment_store import declare as service

    with open_book(ctx.obj) as store:
        made, new = service(store, number, ctx.obj.today)
    said = N_("noted: declared on {day}") if new else N_("nothing new: it was declared on {day}")
    day = dt.date.fromisoformat(made.declared_on or ctx.obj.today.isoformat())
    render(ctx, Result({"attachment": made, "new": new}, lines=[say(said, day=day)]))


@command(app, "end", examples=("kasse attachment end 3 --reason 'voll bezahlt, Schreiben vom 20.11.2026'",))
def end(ctx: Context, number: NumberArgument, reason: ReasonOption = "") -> None:
    """End an attachment: from today (or --on) it takes nothing more."""
    from kasse_cli.wiring import open_book
    from ledger.payments.attachment_store import end_attachment

    with open_book(ctx.obj) as store:
        done = end_attachment(store, number, reason=reason, day=ctx.obj.today)
    render(ctx, Result({"attachment": done}, lines=[say(N_("ended: {number}"), number=number)]))
