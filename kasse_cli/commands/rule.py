"""`kasse rule`: rules of the Kasse, by which bank entries are booked without anybody looking."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.rule_options import (
    AccountOption,
    BeforeOption,
    CounterOption,
    DirectionOption,
    GvcOption,
    MaxOption,
    MinOption,
    NameArgument,
    OnAccountOption,
    ReturnFeeOption,
    TextOption,
    ToOfficeOption,
    ToOption,
    wanted,
)  # fmt: skip
from kasse_cli.commands.rule_trying import register
from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Table, render, say
from sepa.errors import N_
from sepa.money import plain

if TYPE_CHECKING:
    from ledger.bank.rules_desk import RuleRow

app = noun(N_("rules for bank entries: list, add, test, move, on, off"))
RULES = (
    Column("place", N_("Place"), "count"),
    Column("number", N_("Rule"), "count"),
    Column("name", N_("Name")),
    Column("active", N_("Active"), "flag"),
    Column("asks", N_("Asks for")),
    Column("goes", N_("Books to")),
    Column("hits", N_("Hits"), "count"),
    Column("sum_cents", N_("Sum"), "cents", minor=2),
    Column("last_day", N_("Last on"), "day", minor=2),
    Column("made_by", N_("Made by"), minor=2),
    Column("made_at", N_("Made at"), shown=False),
    Column("serves", N_("Serves"), "word", shown=False),
    Column(
        "direction", N_("Direction"), "word", shown=False, words={"credit": N_("money in"), "debit": N_("money out")}
    ),
    Column("gvc", N_("GVC"), shown=False),
    Column("iban", N_("Account of the Kasse"), shown=False),
    Column("counter_iban", N_("IBAN"), shown=False),
    Column("pattern", N_("Text"), shown=False),
    Column("min_cents", N_("From amount"), "cents", shown=False),
    Column("max_cents", N_("To amount"), "cents", shown=False),
    Column("role", N_("Role"), shown=False),
    Column("office", N_("Office"), shown=False),
    Column("account", N_("Account"), shown=False),
)
NumberArgument = Annotated[int, typer.Argument(metavar="RULE", help=N_("the number of the rule"))]


@command(app, "list", lists=True, examples=("kasse rule list", "kasse rule list --json"))
def list_(ctx: Context) -> None:
    """List the rules in the order in which they are tried, with what each took so far.

    The first rule that applies decides. References, our own payments and returns come before all rules.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank.rules_store import list_rules

    with open_book(ctx.obj) as store:
        rows = list_rules(store)
    lines = [say(N_("rules: {count}, switched off: {off}"), count=len(rows), off=sum(not row.active for row in rows))]
    render(ctx, Result(tables=[Table("rules", RULES, [_shown(row) for row in rows])], lines=lines))


@command(
    app,
    "add",
    examples=(
        "kasse rule add Rundfunkbeitrag --counter DE89370400440532013000 --direction credit --to pass-through",
        "kasse rule add Kartengebühr --gvc 106 --text 'KARTENENTGELT' --max 20,00 --to fees --before 2",
    ),
)
def add(
    ctx: Context,
    name: NameArgument,
    gvc: GvcOption = None,
    iban: OnAccountOption = None,
    counter: CounterOption = None,
    text: TextOption = None,
    least: MinOption = None,
    most: MaxOption = None,
    direction: DirectionOption = "both",
    to: ToOption = None,
    account: AccountOption = None,
    office: ToOfficeOption = None,
    return_fee: ReturnFeeOption = False,
    before: BeforeOption = None,
) -> None:
    """Add a rule; try it with 'kasse rule test' first.

    A pattern is searched in name and remittance, upper and lower case alike: letters stand for themselves, '.' for
    any sign, '(A|B)' for one of two, '.*' once for anything.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank.rules_store import add_rule

    rule = wanted(name, gvc, iban, counter, text, least, most, direction, to, account, office, return_fee)
    with open_book(ctx.obj) as store:
        row = add_rule(store, rule, before=before)
    render(ctx, _done(N_("rule {number} is the {place}. to be tried: {name}"), row))


register(app)


@command(app, "move", examples=("kasse rule move 4 --before 1", "kasse rule move 4"))
def move(ctx: Context, number: NumberArgument, before: BeforeOption = None) -> None:
    """Move a rule before another one, or to the end."""
    from kasse_cli.wiring import open_book
    from ledger.bank.rules_store import move_rule

    with open_book(ctx.obj) as store:
        row = move_rule(store, number, before=before)
    render(ctx, _done(N_("rule {number} is the {place}. to be tried: {name}"), row))


@command(app, "off", examples=("kasse rule off 4",))
def off(ctx: Context, number: NumberArgument) -> None:
    """Switch a rule off; what it decided stays."""
    _switch(ctx, number, active=False)


@command(app, "on", examples=("kasse rule on 4",))
def on(ctx: Context, number: NumberArgument) -> None:
    """Switch a rule on again."""
    _switch(ctx, number, active=True)


def _switch(ctx: Context, number: int, *, active: bool) -> None:
    from kasse_cli.wiring import open_book
    from ledger.bank.rules_store import switch_rule

    with open_book(ctx.obj) as store:
        row, new = switch_rule(store, number, active=active)
    render(ctx, _done(_SWITCHED[active, new], row))


_SWITCHED = {
    (True, True): N_("rule {number} is on: {name}"),
    (False, True): N_("rule {number} is off: {name}"),
    (True, False): N_("nothing new: rule {number} was on already: {name}"),
    (False, False): N_("nothing new: rule {number} was off already: {name}"),
}


def _done(template: str, row: RuleRow) -> Result:
    line = say(template, number=row.number, place=row.place, name=row.name)
    return Result(data={"rule": _shown(row)}, lines=[line])


def _shown(row: RuleRow) -> dict[str, object]:
    """Return a rule with its conditions and its place in words that need no translation."""
    asks = [
        f"{word} {value}" for word, value in (("GVC", row.gvc), ("IBAN", row.counter_iban), ("→", row.iban)) if value
    ]
    if row.pattern:
        asks.append(f"/{row.pattern}/")
    if row.min_cents is not None or row.max_cents is not None:
        low = plain(row.min_cents) if row.min_cents is not None else ""
        asks.append(f"{low}…{plain(row.max_cents) if row.max_cents is not None else ''}")
    sign = {"credit": "+", "debit": "−", "both": "±"}[row.direction]
    goes = "/".join(part for part in (row.office, row.account or _(row.role)) if part)
    return asdict(row) | {"asks": " ".join([sign, *asks]), "goes": goes}
