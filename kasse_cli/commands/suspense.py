"""`kasse suspense`: unclear money, received (Verwahrung) and paid out (Vorschuss)."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _
from kasse_cli.output import Column, Line, Result, Table, render, say
from kasse_cli.params import OfficeOption
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.bank.suspense import Wish
    from ledger.bank.suspense_store import CaseDetails
    from ledger.reports.items_store import UnclearCase

app = noun(N_("unclear money: list, show, assign"))
CASES = (
    Column("number", N_("Case"), "count"),
    Column("office", N_("Office"), shown=False),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("bank_day", N_("Bank day"), "day"),
    Column("age_days", N_("Days"), "count"),
    Column("amount_cents", N_("Open"), "cents"),
    Column("name", N_("Name")),
    Column("bank_account", N_("IBAN"), minor=True),
    Column("remittance", N_("Remittance")),
    Column("reason", N_("Reason"), "word", minor=True),
    Column("owner", N_("Owner"), minor=True),
)
STEPS = (
    Column("rule", N_("Rule"), "word"),
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("evidence", N_("Evidence")),
)
HINTS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("reference", N_("Reference")),
    Column("party", N_("Party")),
    Column("open_cents", N_("Open"), "cents"),
    Column("why", N_("Why"), "word"),
)
ITEMS = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("amount_cents", N_("Amount"), "cents"),
)
CaseArgument = Annotated[int, typer.Argument(metavar="CASE", help=N_("the number of the case"))]
TargetsArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="REFERENCE", help=N_("a reference or OFFICE/NUMBER, with =AMOUNT where not all is meant")),
]
AgeOption = Annotated[int, typer.Option("--older-than", metavar="DAYS", min=0, help=N_("only cases that old or older"))]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("how much of it, as 12,50"))
]
ItemsOption = Annotated[
    list[str] | None, typer.Option("--items", metavar="REFERENCE=AMOUNT", help=N_("one of several items"))
]
SurplusOption = Annotated[
    Literal["credit"] | None, typer.Option("--surplus", help=N_("what is over becomes a credit of the person"))
]


class NoTargetError(KasseError):
    """An assignment that names no item."""

    code = "suspense.no_target"
    template = N_("no item is named for case {number}")
    hint = N_("give a reference, or several as REFERENCE=AMOUNT")
    exit_code = 2


class AmountOfSeveralError(KasseError):
    """One amount for several items."""

    code = "suspense.amount_of_several"
    template = N_("--amount is for one item, {count} are named")
    hint = N_("write each as REFERENCE=AMOUNT")
    exit_code = 2


@command(app, "list", lists=True, examples=("kasse suspense list --older-than 30", "kasse suspense list --csv"))
def list_(ctx: Context, office: OfficeOption = None, older_than: AgeOption = 0) -> None:
    """List unclear money, received and paid out, oldest first."""
    from kasse_cli.wiring import open_book
    from ledger.bank.suspense_store import list_cases

    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store, store.snapshot():
        cases = list(list_cases(store, day, office=office, older_than_days=older_than))
    lines = [_together(kind, cases) for kind in sorted({case.kind for case in cases})]
    lines = lines or [say(N_("nothing is unclear"))]
    render(ctx, Result(data={"day": day}, tables=[Table("cases", CASES, cases)], lines=lines))


@command(app, "show", lists=True, examples=("kasse suspense show 17",))
def show(ctx: Context, case: CaseArgument, office: OfficeOption = None) -> None:
    """Show one case: what the bank said, what was decided and why, and which open items it may be for."""
    from kasse_cli.wiring import open_book
    from ledger.bank.suspense_hints_store import hinted_items
    from ledger.bank.suspense_store import show_case

    with open_book(ctx.obj) as store:
        details = show_case(store, case, office=office)
        hints = hinted_items(store, details.office, details.number) if details.kind == "suspense" else []
    steps = Table("steps", STEPS, details.steps, title=N_("Decisions"))
    tables = [steps, Table("hints", HINTS, hints, title=N_("Hints"))] if hints else [steps]
    case_data = {field.name: getattr(details, field.name) for field in fields(details) if field.name != "steps"}
    render(ctx, Result(data={"case": case_data}, tables=tables, lines=_words(details)))


@command(
    app,
    "assign",
    examples=(
        "kasse suspense assign 17 0001234567899",
        "kasse suspense assign 17 --items 0001234567899=50,00 BAU/3=12,50 --surplus credit",
    ),
)
def assign(
    ctx: Context,
    case: CaseArgument,
    references: TargetsArgument = None,
    items: ItemsOption = None,
    amount: AmountOption = None,
    surplus: SurplusOption = None,
    office: OfficeOption = None,
) -> None:
    """Assign unclear money to one open item or several.

    Without an amount it takes what is open on the item and left in the case. What is over stays unclear, unless
    --surplus credit makes it a credit of the person.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank.suspense_desk_store import assign as assign_money

    wishes = _wishes(case, [*(items or ()), *(references or ())], amount)
    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store:
        done = assign_money(store, case, wishes, day=day, office=office, surplus=surplus is not None)
    rows = [{"office": code, "item": number, "amount_cents": cents} for code, number, cents in done.items]
    lines = [
        say(N_("assigned: {settled_cents}, entry {entry}"), settled_cents=done.settled_cents, entry=done.entry),
        say(N_("still unclear: {left_cents}"), left_cents=done.left_cents),
    ]
    if done.surplus_cents:
        lines.insert(1, say(N_("credit of the person: {surplus_cents}"), surplus_cents=done.surplus_cents))
    names = ("office", "number", "entry", "settled_cents", "surplus_cents", "left_cents")
    data = {name: getattr(done, name) for name in names}
    render(ctx, Result(data=data, tables=[Table("items", ITEMS, rows)], lines=lines))


def _together(kind: str, cases: list[UnclearCase]) -> Line:
    amounts = [case.amount_cents for case in cases if case.kind == kind]
    return say(N_("{kind}: {count}, together {open_cents}"), kind=_(kind), count=len(amounts), open_cents=sum(amounts))


def _wishes(case: int, texts: list[str], amount_cents: int | None) -> list[Wish]:
    """Return what was typed as wishes: REFERENCE, REFERENCE=AMOUNT, or one REFERENCE with --amount.

    Raises `NoTargetError`, `AmountOfSeveralError` and `InvalidAmountError`.
    """
    from ledger.bank.suspense import Wish

    if not texts:
        raise NoTargetError(number=case)
    if amount_cents is not None and (len(texts) > 1 or "=" in texts[0]):
        raise AmountOfSeveralError(count=len(texts))
    wishes = []
    for text in texts:
        target, mark, amount = text.partition("=")
        wishes.append(Wish(target, parse_amount(amount) if mark else amount_cents))
    return wishes


def _words(details: CaseDetails) -> list[Line]:
    lines = [
        say(
            N_("case {number} of office {office}: {amount_cents}, still open {open_cents}"),
            number=details.number,
            office=details.office,
            amount_cents=details.amount_cents,
            open_cents=details.open_cents,
        )
    ]
    said = (
        (N_("name: {value}"), details.name),
        (N_("IBAN: {value}"), details.bank_account),
        (N_("remittance: {value}"), details.remittance),
        (N_("reference of the payer: {value}"), details.creditor_reference),
        (N_("EndToEndId: {value}"), details.end_to_end_id),
        (N_("return reason: {value}"), details.return_reason),
        (N_("account of the Kasse: {value}"), details.iban),
        (N_("bank day: {value}"), details.bank_day),
    )
    return lines + [say(template, value=value) for template, value in said if value]
