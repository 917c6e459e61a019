"""`kasse rule test`: what a rule would have taken, before it takes anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
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
    OnAccountOption,
    ReturnFeeOption,
    TextOption,
    ToOfficeOption,
    ToOption,
    wanted,
)  # fmt: skip
from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Result, Table, render, say
from kasse_cli.params import parse_day
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.bank.rules_desk import Trial, Wanted

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
TriedArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="RULE",
        help=N_("the number of a rule that is there; else what it would ask for, with a name or without"),
    ),
]
SinceOption = Annotated[
    dt.date | None,
    typer.Option(
        "--since", parser=parse_day, metavar="DATE", help=N_("look at entries from this day on; else 400 days back")
    ),
]
DAYS_BACK = 400


def register(app: typer.Typer) -> None:
    """Add the verb to the noun."""
    command(
        app,
        "test",
        lists=True,
        examples=(
            "kasse rule test 4",
            "kasse rule test --text 'STADTWERKE' --direction debit --since 2026-01-01",
            "kasse rule test Kartengebühr --gvc 106 --text 'KARTENENTGELT' --max 20,00 --to fees --before 2",
        ),
    )(try_out)


def try_out(
    ctx: Context,
    rule: TriedArgument = None,
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
    since: SinceOption = None,
) -> None:
    """Show what a rule would have taken of the entries posted so far; nothing is changed.

    It takes what 'kasse rule add' takes: with a place to book to it is checked, too, whether it could be added.
    Entries that references, own payments or returns decided are listed, but those come before all rules.
    """
    first = (since or ctx.obj.today - dt.timedelta(days=DAYS_BACK)).isoformat()
    if rule and rule.isdecimal():
        options = {
            "--gvc": gvc, "--iban": iban, "--counter": counter, "--text": text, "--min": least, "--max": most,
            "--direction": direction, "--to": to, "--account": account, "--office": office, "--return-fee": return_fee,
            "--before": before,
        }  # fmt: skip
        trial = _of_known(ctx, int(rule), options, first)
    else:
        said = (gvc, iban, counter, text, least, most, direction, to, account, office, return_fee)
        trial = _of_new(ctx, wanted(rule or "", *said), before, first)
    render(ctx, _result(trial))


def _of_known(ctx: Context, number: int, options: Mapping[str, object], first: str) -> Trial:
    """Return what a rule that is there would have taken; raises `RuleOrConditionsError` where others are given too."""
    from kasse_cli.wiring import open_book
    from ledger.bank.rules_desk import RuleOrConditionsError
    from ledger.bank.rules_store import rule_of, try_rule

    for option in (name for name, value in options.items() if value not in {None, False, "both"}):
        raise RuleOrConditionsError(number=number, option=option)
    with open_book(ctx.obj) as store, store.snapshot():
        return try_rule(store, rule_of(store, number), first)


def _of_new(ctx: Context, new: Wanted, before: int | None, first: str) -> Trial:
    """Return what a new rule would have taken, checked as one that is added where it has a place to book to."""
    from kasse_cli.wiring import open_book
    from ledger.bank.rules_store import check_rule, try_rule

    with open_book(ctx.obj) as store, store.snapshot():
        if new.purpose or new.account or before:
            check_rule(store, new, before=before)
        return try_rule(store, new.rule(), first)


def _result(trial: Trial) -> Result:
    since = dt.date.fromisoformat(trial.since)
    lines = [
        say(N_("entries with the conditions of the bank since {since}: {seen}"), since=since, seen=trial.seen),
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
    return Result(data=data, tables=[Table("hits", HITS, trial.hits)], lines=lines)
