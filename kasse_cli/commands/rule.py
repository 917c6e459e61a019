"""`kasse rule`: rules of the Kasse, by which bank entries are booked without anybody looking."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command, noun
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_
from sepa.money import parse_amount, plain

if TYPE_CHECKING:
    from ledger.bank.rules_desk import RuleRow, Wanted

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
HITS = (
    Column("office", N_("Office"), shown=False),
    Column("entry", N_("Bank entry"), "count"),
    Column("bank_day", N_("Bank day"), "day", minor=True),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("gvc", N_("GVC"), minor=2),
    Column("name", N_("Name")),
    Column("remittance", N_("Remittance")),
    Column("decided", N_("Decided"), "word"),
    Column("free", N_("Would be taken"), "flag"),
)
NumberArgument = Annotated[int, typer.Argument(metavar="RULE", help=N_("the number of the rule"))]
OptionalNumber = Annotated[
    int | None, typer.Argument(metavar="RULE", help=N_("a rule that is there; else give what it would ask for"))
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help=N_("what people call the rule"))]
GvcOption = Annotated[str | None, typer.Option("--gvc", metavar="CODE", help=N_("only entries with this GVC, as 808"))]
OnAccountOption = Annotated[
    str | None, typer.Option("--iban", metavar="IBAN", help=N_("only entries of this account of the Kasse"))
]
CounterOption = Annotated[
    str | None, typer.Option("--counter", metavar="IBAN", help=N_("only money from or to this account"))
]
TextOption = Annotated[
    str | None, typer.Option("--text", metavar="PATTERN", help=N_("only where name or remittance has this pattern"))
]
MinOption = Annotated[
    int | None, typer.Option("--min", parser=parse_amount, metavar="AMOUNT", help=N_("only this amount or more"))
]
MaxOption = Annotated[
    int | None, typer.Option("--max", parser=parse_amount, metavar="AMOUNT", help=N_("only this amount or less"))
]
DirectionOption = Annotated[
    Literal["credit", "debit", "both"], typer.Option("--direction", help=N_("money received, paid out, or both"))
]
ToOption = Annotated[
    Literal["fees", "interest", "pass-through"] | None,
    typer.Option("--to", help=N_("the account for fees, for interest, or for money that belongs to others")),
]
AccountOption = Annotated[
    str | None, typer.Option("--account", metavar="NUMBER", help=N_("the account it is booked to"))
]
ToOfficeOption = Annotated[
    str | None,
    typer.Option("--office", metavar="CODE", help=N_("the office it is booked in; else that of the bank account")),
]
ReturnFeeOption = Annotated[
    bool, typer.Option("--return-fee", help=N_("for what a returned payment cost, not for whole entries"))
]
BeforeOption = Annotated[
    int | None, typer.Option("--before", metavar="RULE", help=N_("try it before this rule; else as the last"))
]
SinceOption = Annotated[
    dt.date | None,
    typer.Option(
        "--since", parser=parse_day, metavar="DATE", help=N_("look at entries from this day on; else 400 days back")
    ),
]
DAYS_BACK = 400


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

    wanted = _wanted(name, gvc, iban, counter, text, least, most, direction, to, account, office, return_fee)
    with open_book(ctx.obj) as store:
        row = add_rule(store, wanted, before=before)
    render(ctx, _done(N_("rule {number} is the {place}. to be tried: {name}"), row))


@command(
    app,
    "test",
    lists=True,
    examples=("kasse rule test 4", "kasse rule test --text 'STADTWERKE' --direction debit --since 2026-01-01"),
)
def try_out(
    ctx: Context,
    number: OptionalNumber = None,
    gvc: GvcOption = None,
    iban: OnAccountOption = None,
    counter: CounterOption = None,
    text: TextOption = None,
    least: MinOption = None,
    most: MaxOption = None,
    direction: DirectionOption = "both",
    since: SinceOption = None,
) -> None:
    """Show what a rule would have taken of the entries posted so far; nothing is changed.

    Entries that references, own payments or returns decided are listed, but those come before all rules.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank.rules_store import rule_of, try_rule

    first = since or ctx.obj.today - dt.timedelta(days=DAYS_BACK)
    wanted = None
    if number is None:
        wanted = _wanted("", gvc, iban, counter, text, least, most, direction, None, None, None, False)
    with open_book(ctx.obj) as store, store.snapshot():
        trial = try_rule(store, wanted.rule() if wanted else rule_of(store, number or 0), first.isoformat())
    lines = [
        say(N_("entries with the conditions of the bank since {since}: {seen}"), since=first, seen=trial.seen),
        say(
            N_("would be taken: {taken}; received {credit_cents}, paid out {debit_cents}"),
            taken=trial.taken,
            credit_cents=trial.credit_cents,
            debit_cents=trial.debit_cents,
        ),
        say(N_("decided by something stronger: {count}"), count=trial.found - trial.taken),
    ]
    if trial.found > len(trial.hits):
        lines.append(say(N_("shown are the last {count} of {found}"), count=len(trial.hits), found=trial.found))
    names = ("since", "seen", "found", "taken", "credit_cents", "debit_cents")
    data = {name: getattr(trial, name) for name in names}
    render(ctx, Result(data=data, tables=[Table("hits", HITS, trial.hits)], lines=lines))


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


def _wanted(
    name: str, gvc: str | None, iban: str | None, counter: str | None, text: str | None, least: int | None,
    most: int | None, direction: str, to: str | None, account: str | None, office: str | None, return_fee: bool,
) -> Wanted:  # fmt: skip
    from ledger.bank.rules_desk import Wanted

    return Wanted(
        name, direction, "return_fee" if return_fee else "entry", gvc, iban, counter, text, least, most, to, office,  # type: ignore[arg-type]
        account,
    )  # fmt: skip


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
