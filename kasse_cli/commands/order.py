"""`kasse order`: orders from a list to the books, each step by another person."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kasse_cli.commands.order_changes import register as register_changes
from kasse_cli.commands.order_general import general
from kasse_cli.commands.order_routes import register as register_routes
from kasse_cli.commands.order_standing import standing
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.orders_results import OrdersOrBatchError, decided, imported, listed, shown
from kasse_cli.output import Result, render, say
from kasse_cli.params import FileArgument, OfficeOption, PartialOption, SumOption
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.items.order_decisions import Step

app = noun(N_("orders: import, certify, approve, accept"))
register_changes(app)
register_routes(app)
app.add_typer(standing, name="standing")
app.add_typer(general, name="general")
OrdersArgument = Annotated[
    list[str] | None, typer.Argument(metavar="ORDER", help=N_("numbers of orders, for example ORDNUNG-17"))
]
OrderArgument = Annotated[str, typer.Argument(metavar="ORDER", help=N_("the number of an order"))]
BatchOption = Annotated[
    int | None, typer.Option("--batch", metavar="NUMBER", help=N_("all orders of this import that wait for the step"))
]
OnlyBatchOption = Annotated[int | None, typer.Option("--batch", metavar="NUMBER", help=N_("only this import"))]
StateOption = Annotated[
    Literal["created", "certified", "approved", "accepted", "objected"] | None,
    typer.Option("--state", help=N_("only orders in this state")),
]
RejectsOption = Annotated[
    Path | None,
    typer.Option("--rejects", metavar="FILE", help=N_("where --partial writes the bad rows (.xlsx or .csv)")),
]
SheetOption = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help=N_("the sheet to read, if not the first"))
]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why the Kasse or the office objects"))]


InvoiceOfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("of an invoice: the office that gets it"))
]
AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="ACCOUNT", help=N_("of an invoice: the account it is coded to"))
]
CostObjectOption = Annotated[
    str | None, typer.Option("--cost-object", metavar="TEXT", help=N_("of an invoice: its cost object"))
]
WaitingOption = Annotated[bool, typer.Option("--waiting-for-me", help=N_("only orders whose next step you may take"))]
ExceptionOption = Annotated[
    str,
    typer.Option(
        "--small-office",
        metavar="REASON",
        help=N_("certify what you made yourself, where nobody else of the office can; logged with this reason"),
    ),
]


class TemplateNeedsFileError(KasseError):
    """A template without a file to write."""

    code = "order.template_file"
    template = N_("a template needs the name of an Excel file")
    hint = N_("give it with --xlsx FILE")
    exit_code = 2


@command(app, "template", book=False, examples=("kasse order template --xlsx anordnungen.xlsx",))
def template(
    ctx: Context,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help=N_("the Excel file to write"))] = None,
) -> None:
    """Write an empty list of orders with explanations."""
    from kasse_cli.orders_template import order_template

    if xlsx is None:
        raise TemplateNeedsFileError
    order_template(xlsx)
    render(ctx, Result(data={"file": str(xlsx)}, lines=[say(N_("written: {file}"), file=str(xlsx))]))


@command(
    app,
    "import",
    dry_run=True,
    examples=(
        "kasse order import anordnungen.xlsx",
        "kasse order import liste.csv --partial --rejects abgelehnt.xlsx",
        "kasse order import xrechnung.xml --account 6100",
    ),
)
def import_(
    ctx: Context,
    file: FileArgument,
    partial: PartialOption = False,
    rejects: RejectsOption = None,
    sheet: SheetOption = None,
    office: InvoiceOfficeOption = None,
    account: AccountOption = None,
    cost_object: CostObjectOption = None,
) -> None:
    """Import orders from a list in Excel, LibreOffice or CSV, or an electronic invoice (XRechnung, ZUGFeRD).

    All rows are checked; with findings nothing is imported, unless --partial takes the good rows and writes the bad
    ones to a list that can be mended and imported again. The same file a second time brings nothing new. An invoice
    becomes a payable of the office of its Leitweg-ID ('kasse order leitweg').
    """
    from kasse_cli.invoice_reader import is_invoice
    from kasse_cli.orders_import import OrderImport, beginning, chosen_file, rejects_name, run_import
    from kasse_cli.wiring import open_book
    from ledger.items.orders_reader import list_orders

    data = beginning(ctx.obj, file)
    if is_invoice(data):
        _import_invoice(ctx, file, data, office, account, cost_object)
        return
    chosen, source = chosen_file(ctx.obj, file, sheet)
    wanted = OrderImport(chosen, source, partial, rejects or rejects_name(file))
    with open_book(ctx.obj) as store:
        done = run_import(ctx.obj, store, wanted)
        orders = list_orders(store, batch=done.batch) if done.batch and ctx.obj.format == "json" else []
    render(ctx, imported(done, orders, wanted.rejects))


def _import_invoice(
    ctx: Context, file: Path, data: bytes, office: str | None, account: str | None, cost_object: str | None
) -> None:
    from kasse_cli.invoice_import import invoice_result, run_invoice
    from kasse_cli.wiring import open_book
    from ledger.items.invoice_store import InvoiceWishes

    day = ctx.obj.today.isoformat()
    wishes = InvoiceWishes(day, office.upper() if office else None, account, cost_object)
    with open_book(ctx.obj) as store:
        done = run_invoice(ctx.obj, store, data, file, wishes)
    render(ctx, invoice_result(done, dry_run=ctx.obj.dry_run))


@command(
    app,
    "list",
    lists=True,
    examples=("kasse order list --batch 3 --state certified", "kasse order list --waiting-for-me"),
)
def list_(
    ctx: Context,
    state: StateOption = None,
    office: OfficeOption = None,
    batch: OnlyBatchOption = None,
    mine: WaitingOption = False,
) -> None:
    """List orders; with --waiting-for-me those whose next step is yours to take."""
    from kasse_cli.wiring import open_book
    from ledger.items.orders_queue_reader import sent_back, waiting_for_me
    from ledger.items.orders_reader import list_orders

    with open_book(ctx.obj) as store:
        if mine:
            orders, back = waiting_for_me(store, office=office), sent_back(store)
        else:
            orders, back = list_orders(store, state=state, office=office, batch=batch), 0
    render(ctx, listed(orders, back, None if mine else batch))


@command(app, "show", lists=True, examples=("kasse order show ORDNUNG-17",))
def show(ctx: Context, order: OrderArgument) -> None:
    """Show one order with its lines, its steps and its item.

    While an order that pays unclear money back is not accepted, a direct debit that took the same money is a warning.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank.suspense_payout_store import payout_warnings
    from ledger.items.orders import parse_order_number
    from ledger.items.orders_reader import show_order

    place = parse_order_number(order)
    with open_book(ctx.obj) as store:
        details = show_order(store, *place)
        warnings = payout_warnings(store, *place, ctx.obj.today.isoformat())
    render(ctx, shown(details, warnings))


@command(app, "certify", examples=("kasse order certify --batch 3 --sum 1.234,56",))
def certify(
    ctx: Context,
    orders: OrdersArgument = None,
    batch: BatchOption = None,
    sum_: SumOption = None,
    office: OfficeOption = None,
    small_office: ExceptionOption = "",
) -> None:
    """Certify orders as right in fact and figures (sachlich und rechnerisch richtig)."""
    _step(ctx, "certified", orders, batch, sum_, office, exception=small_office)


@command(app, "approve", examples=("kasse order approve ORDNUNG-17 ORDNUNG-18",))
def approve(
    ctx: Context,
    orders: OrdersArgument = None,
    batch: BatchOption = None,
    sum_: SumOption = None,
    office: OfficeOption = None,
) -> None:
    """Order the Kasse to take or pay the money (anordnen)."""
    _step(ctx, "approved", orders, batch, sum_, office)


@command(app, "accept", examples=("kasse order accept --batch 3 --sum 1.234,56",))
def accept(
    ctx: Context,
    orders: OrdersArgument = None,
    batch: BatchOption = None,
    sum_: SumOption = None,
    office: OfficeOption = None,
) -> None:
    """Accept orders in the Kasse: books them (Sollstellung) and makes the open items."""
    _step(ctx, "accepted", orders, batch, sum_, office)


@command(app, "object", examples=("kasse order object ORDNUNG-17 --reason 'IBAN gehört nicht dem Empfänger'",))
def object_(
    ctx: Context,
    reason: WhyOption,
    orders: OrdersArgument = None,
    batch: BatchOption = None,
    sum_: SumOption = None,
    office: OfficeOption = None,
) -> None:
    """Send orders back with a reason; they are never booked."""
    _step(ctx, "objected", orders, batch, sum_, office, reason)


def _step(
    ctx: Context,
    step: Step,
    orders: list[str] | None,
    batch: int | None,
    sum_cents: int | None,
    office: str | None,
    reason: str = "",
    exception: str = "",
) -> None:
    from kasse_cli.orders_results import ask_sum
    from kasse_cli.wiring import open_book
    from ledger.items.order_decisions import Choice
    from ledger.items.order_steps_store import decide
    from ledger.items.orders import parse_order_number

    if bool(orders) == (batch is not None):
        raise OrdersOrBatchError
    choice = Choice(batch, tuple(parse_order_number(order) for order in orders or ()), office)
    with open_book(ctx.obj) as store:
        if sum_cents is None and batch is not None:
            sum_cents = ask_sum(ctx.obj, store, step, choice)
        day = ctx.obj.today.isoformat()
        done = decide(store, step, choice, day=day, sum_cents=sum_cents, reason=reason, exception=exception)
    render(ctx, decided(done))
