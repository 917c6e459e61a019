"""`kasse statement continuity` and `skip`: what is missing between statements, and numbers that the bank never gave."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.frame import command
from kasse_cli.output import Column, Line, Result, Table, render, say
from sepa.errors import N_, Field

if TYPE_CHECKING:
    from ledger.bank.skipping import Skip

IbanOption = Annotated[str, typer.Option("--iban", metavar="IBAN", help=N_("only this account"))]
AccountArgument = Annotated[str, typer.Argument(metavar="IBAN", help=N_("the bank account"))]
NumbersArgument = Annotated[
    str, typer.Argument(metavar="NUMBERS", help=N_("the numbers that the bank never gave: 7 or 7-9"))
]
YearOption = Annotated[
    int | None,
    typer.Option("--year", min=1900, max=2199, metavar="YEAR", help=N_("the year of the numbers; else this one")),
]
WhyOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("what the bank said, who and when"))]
BackOption = Annotated[bool, typer.Option("--back", help=N_("take it back: the numbers are missing again"))]
WORDS = (N_("accepted"), N_("taken_back"), N_("came"))
"""What became of the word that a number does not exist."""
CHAINS = (
    Column("iban", N_("IBAN")),
    Column("statements", N_("Statements"), "count"),
    Column("complete_until", N_("Complete until"), "day"),
    Column("gaps", N_("Gaps"), "count"),
)
SKIPS = (
    Column("iban", N_("IBAN"), minor=2),
    Column("message", N_("Form"), minor=True),
    Column("year", N_("Year")),
    Column("numbers", N_("Sequence")),
    Column("state", N_("State"), "word"),
    Column("user", N_("User")),
    Column("at", N_("At")),
    Column("reason", N_("Reason")),
)


def register(app: typer.Typer) -> None:
    """Add the verbs to the noun."""
    command(app, "continuity", lists=True, examples=("kasse statement continuity",))(continuity)
    command(
        app,
        "skip",
        dry_run=True,
        lists=True,
        examples=(
            "kasse statement skip DE02120300000000202051 7 --reason 'ausgelassen, laut Bank am 12.05.'",
            "kasse statement skip DE02120300000000202051 250-252 --year 2026 --back",
        ),
    )(skip)  # fmt: skip


def continuity(ctx: Context, iban: IbanOption = "") -> None:
    """Say of each account up to which day its statements are complete, and what is missing.

    Numbers of which a person said with 'kasse statement skip' that the bank never gave them are shown beside.
    """
    from kasse_cli.wiring import open_book
    from ledger.bank import intake_reader
    from ledger.bank.skipped_reader import list_skips
    from ledger.bank.withdraw_store import waiting
    from sepa.identifiers import parse_iban

    with open_book(ctx.obj) as store:
        account = parse_iban(iban) if iban else ""
        chains, asked = intake_reader.continuity(store, account), waiting(store, account)
        skips = [one for one in list_skips(store, account) if one.state != "taken_back"]
    rows = [
        {
            "iban": chain.iban,
            "statements": chain.statements,
            "complete_until": chain.complete_until,
            "gaps": len(chain.gaps),
        }
        for chain in chains
    ]
    findings = [finding for chain in chains for finding in (*chain.findings, *chain.notes)]
    findings += [chain.beginning.finding for chain in chains if chain.beginning is not None]
    findings += asked
    render(ctx, Result(tables=[Table("accounts", CHAINS, rows), *_skips(skips)], findings=findings))


def skip(
    ctx: Context,
    iban: AccountArgument,
    numbers: NumbersArgument,
    year: YearOption = None,
    reason: WhyOption = "",
    back: BackOption = False,
) -> None:
    """Note that the bank never gave some numbers to a statement: they are no gap any more.

    Refused where the balances do not go on over the gap: then money moved in between, and a statement is missing. It
    stands in the event log and in 'kasse statement continuity', with who said it, when and why. Where such a
    statement comes after all, it counts, the import says so, and what was said of the numbers is void for good.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.bank.skip_store import skip_numbers, unskip_numbers
    from ledger.bank.skipping import read_numbers
    from sepa.identifiers import parse_iban

    call = ctx.obj
    account, span, of = parse_iban(iban), read_numbers(numbers), year or call.today.year
    with open_book(call) as store, trial(call, store):
        done = unskip_numbers(store, account, span, of) if back else skip_numbers(store, account, span, of, reason)
    lines = [_told(done.skip, new=done.new)]
    lines += [say(N_("nothing was changed (--dry-run)"))] if call.dry_run else []
    render(ctx, Result({"new": done.new}, tables=_skips([done.skip]), lines=lines))


def _skips(skips: list[Skip]) -> list[Table]:
    rows = [{**asdict(one), "numbers": one.numbers, "at": one.at[:10]} for one in skips]
    title = N_("Numbers that the bank never gave")
    return [Table("skipped", SKIPS, rows, title)] if rows else []


def _told(skip: Skip, *, new: bool) -> Line:
    fields: dict[str, Field] = {"iban": skip.iban, "numbers": skip.numbers, "year": skip.year}
    if not new:
        return say(N_("nothing new: {numbers} of {year} were said not to exist before"), **fields)
    if skip.state == "taken_back":
        return say(N_("taken back: statements {numbers} of {year} are missing again"), **fields)
    return say(N_("noted: the bank never gave {numbers} of {year} to a statement of {iban}"), **fields)
