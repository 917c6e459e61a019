"""`kasse opening`: balances and open items from before the book began."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import AsOfOption, FolderArgument
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.items.opening_store import Opening

app = noun(N_("take over opening balances and open items"))
OFFICES = (
    Column("office", N_("Office")),
    Column("items", N_("Items"), "count"),
    Column("items_cents", N_("Open"), "cents"),
    Column("balances", N_("Balances"), "count"),
    Column("entries", N_("Entries"), "count"),
)


class ControlOptionError(KasseError):
    """A control sum that is not NAME=AMOUNT."""

    code = "opening.control_option"
    template = N_("not a control sum: {text}")
    hint = N_("write NAME=AMOUNT, for example --control receivables=1.234,56")
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Control:
    """A control sum: the name of a list and its cents."""

    name: str
    cents: int


def parse_control(text: str) -> Control:
    """Return the control sum a person typed as NAME=AMOUNT."""
    name, equals, amount = text.partition("=")
    if not equals or not name.strip():
        raise ControlOptionError(text=text)
    return Control(name.strip().lower(), parse_amount(amount))


ControlsOption = Annotated[
    list[Control] | None,
    typer.Option(
        "--control",
        parser=parse_control,
        metavar="NAME=AMOUNT",
        help=N_("the control sum of receivables, payables, credits, suspense, advances or balances; repeatable"),
    ),
]


@command(
    app,
    "import",
    lists=True,
    dry_run=True,
    examples=(
        "kasse opening import uebernahme --as-of 31.12.2026 --control receivables=147.488,58 \\",
        "    --control payables=0,00 --control balances=0,00",
    ),
)
def import_(ctx: Context, folder: FolderArgument, as_of: AsOfOption, controls: ControlsOption = None) -> None:
    """Take over balances and open items as of a day, whole or not at all.

    The folder holds balances.xlsx (office, account, amount: debit positive) with a row for each bank account, and
    items.xlsx (open items); .csv and .ods do as well. Each list must sum to the control sum that you bring from the
    old system: of items what is open, of balances all amounts. Items must sum to their control accounts.
    """
    from kasse_cli.orders_opening import opened_folder, run_opening
    from kasse_cli.wiring import open_book

    sums = {control.name: control.cents for control in controls or ()}
    lists = opened_folder(ctx.obj, folder)
    with open_book(ctx.obj) as store:
        done = run_opening(ctx.obj, store, lists, as_of.isoformat(), sums)
    render(ctx, _result(done))


@command(app, "template", book=False, examples=("kasse opening template uebernahme",))
def template(
    ctx: Context, folder: Annotated[Path, typer.Argument(metavar="FOLDER", help=N_("the folder to write to"))]
) -> None:
    """Write empty lists of balances and open items with explanations."""
    from kasse_cli.orders_template import opening_templates

    folder.mkdir(parents=True, exist_ok=True)
    files = [str(file) for file in opening_templates(folder)]
    render(ctx, Result(data={"files": files}, lines=[say(N_("written: {file}"), file=file) for file in files]))


def _result(done: Opening) -> Result:
    if not done.new:
        line = say(N_("nothing new: these lists were taken over before"))
        return Result(data={"new": False, "as_of": done.day, "sums": {}, "offices": []}, lines=[line])
    data = {
        "new": True,
        "as_of": done.day,
        "sums": {f"{name}_cents": cents for name, cents in (done.sums or {}).items()},
        "offices": [],
    }
    if not done.offices:
        lines = [say(N_("would be taken over; the lists agree with each other and with the control sums"))]
        return Result(data=data, lines=lines, findings=done.findings)
    items, balances = sum(part.items for part in done.offices), sum(part.balances for part in done.offices)
    lines = [say(N_("taken over: {items} open items, {balances} balances"), items=items, balances=balances)]
    return Result(data=data, tables=[Table("offices", OFFICES, done.offices)], lines=lines, findings=done.findings)
