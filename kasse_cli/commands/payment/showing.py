"""Lists of runs, and a run with its payments and files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.payment.shapes import FILES, PAYMENTS, RUNS, PaymentStateOption, RunStateOption, changed, head
from kasse_cli.context import Context
from kasse_cli.output import Column, Line, Result, Table, render, say
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.payments.run_changes_reader import RunChange
    from ledger.payments.runs import Run
    from ledger.store.engines import Store

NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help=N_("a run such as 17, or a payment of it such as 17-3"))
]
WordsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="WORD", help=N_("parts of the payee's name, the text or the id"))
]
PayeeIbanOption = Annotated[str | None, typer.Option("--iban", metavar="IBAN", help=N_("the payee's account"))]
AmountOption = Annotated[
    int | None, typer.Option("--amount", parser=parse_amount, metavar="AMOUNT", help=N_("exactly this amount"))
]
FOUND = (
    Column("payment", N_("Payment")),
    Column("creditor_name", N_("Payee")),
    Column("creditor_iban", N_("IBAN"), "word", minor=True),
    Column("amount_cents", N_("Amount"), "cents"),
    Column("state", N_("State"), "word"),
    Column("execution_day", N_("Execution"), "day"),
    Column("remittance", N_("Text"), minor=True),
    Column("end_to_end_id", N_("End-to-end id"), shown=False),
)


def list_runs(ctx: Context, state: RunStateOption = None) -> None:
    """List the payment runs of the book, and say what is lost on the way: not written, on no statement, undecided."""
    from kasse_cli.wiring import open_book
    from ledger.payments.overdue_reader import overdue
    from ledger.payments.runs_reader import runs

    with open_book(ctx.obj) as store, store.snapshot():
        found, lost = runs(store, state), overdue(store, ctx.obj.today)
    lines = [say(N_("runs: {count}"), count=len(found))]
    render(ctx, Result(tables=[Table("runs", RUNS, found)], lines=lines, findings=lost))


def search(
    ctx: Context,
    words: WordsArgument = None,
    state: PaymentStateOption = None,
    iban: PayeeIbanOption = None,
    amount: AmountOption = None,
) -> None:
    """Find payments by state, payee, text, account or amount, in all runs."""
    from kasse_cli.wiring import open_book
    from ledger.payments.life_reader import search as service
    from sepa.identifiers import parse_iban

    account = parse_iban(iban) if iban else None
    with open_book(ctx.obj) as store, store.snapshot():
        found = list(service(store, words=" ".join(words or ()), state=state, iban=account, cents=amount))
    total = sum(one.amount_cents for one in found)
    lines = [say(N_("payments: {count}, together {sum_cents}"), count=len(found), sum_cents=total)]
    render(ctx, Result(tables=[Table("payments", FOUND, found)], lines=lines))


def show(ctx: Context, number: NumberArgument) -> None:
    """Show a run with its payments, files and steps, or the whole life of one payment.

    A payment is named by run and number, 17-3, or by its end-to-end id: its order, run, file with hash, what the bank
    answered, its entries and its return on one page.
    """
    from kasse_cli.wiring import open_book
    from ledger.payments.naming import parse_run_or_payment

    run, line = parse_run_or_payment(number)
    with open_book(ctx.obj) as store:
        result = _run(store, run) if line is None else _payment(store, run, line)
    render(ctx, result)


def _run(store: Store, number: int) -> Result:
    from ledger.payments.files_store import files_of
    from ledger.payments.run_changes_reader import payment_changes
    from ledger.payments.runs_reader import payments, run_named

    found, rows, files = run_named(store, number), payments(store, run_named(store, number)), files_of(store, number)
    tables = [Table("payments", PAYMENTS, rows, N_("Payments"))]
    if files:
        tables.append(Table("files", FILES, files, N_("Files")))
    changes = payment_changes(store, found.office, number)
    lines = [*head(found), *_history(found, changes)]
    return Result({"run": found, "changes": list(changes)}, tables, lines)


def _payment(store: Store, run: int, line: int) -> Result:
    from kasse_cli.commands.payment.life import page
    from ledger.payments.life_reader import life

    return page(life(store, run, line))


def _history(run: Run, changes: tuple[RunChange, ...]) -> Iterator[Line]:
    before = (
        (N_("proposed by {name} at {at}"), run.created_by, run.created_at),
        (N_("reviewed by {name} at {at}"), run.reviewed_by, run.reviewed_at),
    )
    yield from (say(template, name=name, at=at) for template, name, at in before if at)
    yield from changed(changes)
    steps = (
        (N_("released by {name} at {at}"), run.released_by, run.released_at),
        (N_("exported at {at}, SHA-256 {name}"), run.file_sha256, run.exported_at),
    )
    yield from (say(template, name=name, at=at) for template, name, at in steps if at)
    if run.message_id:
        yield say(N_("message id: {name}"), name=run.message_id)
