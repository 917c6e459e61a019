"""`kasse report trial-balance|open-items|suspense`: what the books say at the end of any day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.context import Context
from kasse_cli.i18n import _
from kasse_cli.output import Column, Result, Streamed, Table, render, say
from kasse_cli.params import FromOption, OfficeOption
from kasse_cli.unclear_words import REASON_WORDS
from ledger.book.dimensions import parse_dimension
from ledger.items.store import ItemKind
from sepa.errors import N_, KasseError

if TYPE_CHECKING:
    from ledger.reports.items_store import OpenTotal

ACCOUNTS = (
    Column("office", N_("Office")),
    Column("number", N_("Account")),
    Column("name", N_("Name")),
    Column("kind", N_("Kind"), shown=False),
    Column("role", N_("Role"), shown=False),
    Column("debit_cents", N_("Debit"), "cents"),
    Column("credit_cents", N_("Credit"), "cents"),
    Column("balance_cents", N_("Balance"), "cents"),
)
BEFORE = Column("opening_cents", N_("Before"), "cents")
ITEMS = (
    Column("office", N_("Office")),
    Column("number", N_("Item"), "count", minor=True),
    Column("kind", N_("Kind"), "word"),
    Column("reference", N_("Reference")),
    Column("party", N_("Party")),
    Column("party_number", N_("Party number"), "count", shown=False),
    Column("due", N_("Due"), "day"),
    Column("days_overdue", N_("Days overdue"), "count", minor=True),
    Column("amount_cents", N_("Amount"), "cents", minor=2),
    Column("open_cents", N_("Open"), "cents"),
    Column("account", N_("Account"), shown=False),
    Column("purpose", N_("Purpose"), shown=False),
    Column("dunning_level", N_("Dunning level"), "count", shown=False),
)
CASES = (
    Column("number", N_("Case"), "count"),
    Column("office", N_("Office"), shown=False),
    Column("kind", N_("Kind"), "word", minor=True),
    Column("bank_day", N_("Bank day"), "day"),
    Column("age_days", N_("Days"), "count"),
    Column("amount_cents", N_("Open"), "cents"),
    Column("name", N_("Name")),
    Column("bank_account", N_("IBAN"), "word", minor=2),
    Column("remittance", N_("Remittance")),
    Column("reason", N_("Reason"), "word", words=REASON_WORDS, minor=True),
    Column("owner", N_("Owner"), minor=2),
)
AllOption = Annotated[bool, typer.Option("--all", help=N_("accounts that were never posted on, too"))]
DimensionOption = Annotated[
    str | None,
    typer.Option("--dimension", metavar="NAME=VALUE", help=N_("only postings with this value, as kostenstelle=4711")),
]
ClosingOption = Annotated[
    bool, typer.Option("--closing", help=N_("on 31 December: with the closing entries of period 13"))
]
KindOption = Annotated[ItemKind | None, typer.Option("--kind", help=N_("only items of this kind"))]


class PeriodBalanceError(KasseError):
    """Debits and credits of a period that cannot be given."""

    code = "report.period"
    template = N_("debits and credits from {first} to {last} cannot be given")
    hint = N_("give a --from that is not after --on, and no --dimension beside it")
    exit_code = 2


def trial_balance(
    ctx: Context,
    office: OfficeOption = None,
    every: AllOption = False,
    dimension: DimensionOption = None,
    closing: ClosingOption = False,
    first: FromOption = None,
) -> None:
    """Show debits, credits and balance of every account at the end of today or of --on.

    With --from only the debits and credits from that day on, beside the balance before it; else all since the book
    began. The sum over all accounts is zero. For people, accounts that were never posted on are left out. With
    --dimension only postings with that value count, as kostenstelle=4711. Closing entries (period 13) lie between the
    years: they count from 1 January on, with --closing already on 31 December.
    """
    from kasse_cli.wiring import open_book
    from ledger.reports.balances_store import dimension_balance, turnover
    from ledger.reports.balances_store import trial_balance as compute

    every, day = every or ctx.obj.format in {"json", "csv"}, ctx.obj.today.isoformat()
    if first is not None and (dimension is not None or first > ctx.obj.today):
        raise PeriodBalanceError(first=first, last=ctx.obj.today)
    with open_book(ctx.obj) as store:
        if dimension is not None:
            found = dimension_balance(store, day, *parse_dimension(dimension), office=office)
        elif first is not None:
            found = turnover(store, first.isoformat(), day, office=office, every=every, closing=closing)
        else:
            found = compute(store, day, office=office, every=every, closing=closing)
    line = say(N_("sum of all balances on {day}: {sum_cents}"), day=ctx.obj.today, sum_cents=found.sum_cents)
    data = {"day": found.day, "first_day": first, "sum_cents": found.sum_cents, "dimension": dimension}
    sums = ("debit_cents", "credit_cents", "balance_cents")
    columns = [*ACCOUNTS[:-3], BEFORE, *ACCOUNTS[-3:]] if first else ACCOUNTS
    table = Table(
        "accounts", columns, found.accounts, N_("Trial balance"), totals=(BEFORE.key, *sums) if first else sums
    )
    render(ctx, Result(data=data, tables=[table], lines=[line]))


def _one_kind(totals: Sequence[OpenTotal], *keys: str) -> tuple[str, ...]:
    """Return the columns to sum: none where claims and debts stand in one list, for their sum says nothing."""
    return keys if len(totals) == 1 else ()


def open_items(ctx: Context, office: OfficeOption = None, kind: KindOption = None) -> None:
    """List what was open at the end of today or of --on, with the days it is overdue.

    The sum of a kind is the balance of its control accounts.
    """
    from kasse_cli.wiring import open_book
    from ledger.reports.items_store import open_items as read
    from ledger.reports.items_store import open_totals

    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store, store.snapshot():
        totals = open_totals(store, day, office=office, kind=kind)
        rows = Streamed(lambda: read(store, day, office=office, kind=kind))
        lines = [
            say(N_("{kind}: {count}, together {open_cents}"), kind=_(t.kind), count=t.count, open_cents=t.open_cents)
            for t in totals
        ] or [say(N_("nothing is open"))]
        table = Table("items", ITEMS, rows, N_("Open items"), totals=_one_kind(totals, "amount_cents", "open_cents"))
        render(ctx, Result(data={"day": day, "totals": totals}, tables=[table], lines=lines))


def suspense(ctx: Context, office: OfficeOption = None) -> None:
    """List unclear money, received and paid out, oldest first, as it was at the end of today or of --on."""
    from kasse_cli.wiring import open_book
    from ledger.reports.items_store import UNCLEAR, open_totals, unclear_cases

    day = ctx.obj.today.isoformat()
    with open_book(ctx.obj) as store, store.snapshot():
        totals = [total for total in open_totals(store, day, office=office) if total.kind in UNCLEAR]
        rows = Streamed(lambda: unclear_cases(store, day, office=office))
        lines = [
            say(N_("{kind}: {count}, together {open_cents}"), kind=_(t.kind), count=t.count, open_cents=t.open_cents)
            for t in totals
        ] or [say(N_("nothing is unclear"))]
        table = Table("cases", CASES, rows, N_("Unclear money"), totals=_one_kind(totals, "amount_cents"))
        render(ctx, Result(data={"day": day, "totals": totals}, tables=[table], lines=lines))
