"""`kasse cash take|pay|cancel|receipt`: money over the counter, and the receipts of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kasse_cli.commands.cash.params import (
    ChequeOption,
    DeskArgument,
    DespiteOption,
    GivenOption,
    NoteOption,
    OutOption,
    PayeeOption,
    PayerOption,
    SheetOption,
    TakenOption,
    TargetsArgument,
    TerminalOption,
    WhyOption,
)
from kasse_cli.commands.cash.shapes import PARTS, receipt_lines
from kasse_cli.context import Context
from kasse_cli.messages import message
from kasse_cli.output import Line, Result, Table, render, say
from sepa.errors import N_, KasseError
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.bank.suspense import Wish
    from ledger.cash.receipts import Receipt, Tender
    from ledger.store.engines import Store

LabelArgument = Annotated[str, typer.Argument(metavar="RECEIPT", help=N_("the number of a receipt: B1-2026-17"))]
CaseOption = Annotated[int, typer.Option("--case", metavar="CASE", help=N_("the case that holds the debit"))]
CaseOfficeOption = Annotated[
    str | None, typer.Option("--office", metavar="CODE", help=N_("the office of the case, if not the Kasse"))
]
UndoneArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help=N_("a receipt such as B1-2026-17, or cash under way such as KASSE-T12"))
]


class UnwrittenSheetFinding(KasseError):  # noqa: N818 - a finding that stops nothing
    """A receipt that is in the book, and whose sheet could not be written."""

    code = "cash.sheet"
    template = N_("receipt {number} is in the book, but {file} could not be written: {reason}")
    hint = N_("write it once more: 'kasse cash receipt {number} --out FILE'")
    severity = "warning"


def take(
    ctx: Context,
    desk: DeskArgument,
    references: TargetsArgument = None,
    amount: TakenOption = None,
    given: GivenOption = None,
    payer: PayerOption = "",
    note: NoteOption = "",
    terminal: TerminalOption = None,
    cheque: ChequeOption = None,
    sheet: SheetOption = None,
) -> None:
    """Take money for one or several open items and write a numbered receipt.

    What is over becomes a credit of the person, above 100 euros with --yes only; what the book does not know waits as
    unclear money. A card payment is owed by the acquirer, a cheque is taken under reserve and counts as paid three
    days later.
    """
    from kasse_cli.wiring import open_book, settlement_orders, trial
    from ledger.cash.take_store import Payment
    from ledger.cash.take_store import take as service

    tender: Tender = "card" if terminal is not None else "cheque" if cheque is not None else "cash"
    payment = Payment(tender, terminal, cheque, payer, note, given)
    sure = bool(ctx.obj.options.get("yes")) or ctx.obj.dry_run
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(
            store, desk, _wishes(references), cents=amount, payment=payment, orders=settlement_orders(store), sure=sure
        )  # fmt: skip
        written = _sheet(ctx, store, done.receipt, sheet)
    lines = [*receipt_lines(done.receipt, dry_run=ctx.obj.dry_run), *_change(given, done.receipt)]
    change = None if given is None else given - done.receipt.amount_cents
    data = {"balance_cents": done.balance_cents, "change_cents": change}
    _show(ctx, done.receipt, data, [*lines, _balance(done.balance_cents)], (*done.findings, *written))


def pay(
    ctx: Context,
    desk: DeskArgument,
    references: TargetsArgument = None,
    payee: PayeeOption = "",
    note: NoteOption = "",
    despite_debts: DespiteOption = False,
    sheet: SheetOption = None,
) -> None:
    """Pay accepted payables in cash against a receipt that the payee signs.

    Only what no payment run holds and what others created, certified, approved and accepted. A desk never pays more
    than it has.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.pay_store import pay as service

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, desk, _wishes(references), payee=payee, note=note, despite_debts=despite_debts)
        written = _sheet(ctx, store, done.receipt, sheet)
    lines = [*receipt_lines(done.receipt, dry_run=ctx.obj.dry_run), _balance(done.balance_cents)]
    lines.append(
        say(N_("next: the payee signs the receipt: 'kasse cash receipt {number}'"), number=done.receipt.number)
    )
    _show(ctx, done.receipt, {"balance_cents": done.balance_cents}, lines, (*done.findings, *written))


def cancel(ctx: Context, number: UndoneArgument, reason: WhyOption = "", sheet: SheetOption = None) -> None:
    """Take a receipt back by a counter receipt, or cash that never left by its mirror; another person does it.

    What was settled is open again with its old due day. Nothing is deleted.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.cancel_store import cancel as service
    from ledger.cash.receipts import parse_label
    from ledger.cash.take_back_store import take_back_transport

    if "-T" in number.upper():
        with open_book(ctx.obj) as store, trial(ctx.obj, store):
            back = take_back_transport(store, number, reason)
        given = back.transport
        said = say(N_("taken back: {reference}, {sum_cents}"), reference=given.reference, sum_cents=given.amount_cents)
        render(ctx, Result({"transport": back.transport}, lines=[said, _balance(back.balance_cents)]))
        return
    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, parse_label(number), reason)
        written = _sheet(ctx, store, done.receipt, sheet)
    lines = [*receipt_lines(done.receipt, dry_run=ctx.obj.dry_run), _balance(done.balance_cents)]
    if done.credit_cents:
        lines.append(say(N_("its order was cancelled since: the credit goes with it, {credit_cents}"),
                         credit_cents=done.credit_cents))  # fmt: skip
    _show(ctx, done.receipt, {"balance_cents": done.balance_cents, "credit_cents": done.credit_cents}, lines, written)


def bounce(ctx: Context, number: LabelArgument, case: CaseOption, office: CaseOfficeOption = None) -> None:
    """Note that the cheque of a receipt bounced, with the unclear debit of the bank that reconciling could not tell.

    What it paid is open again with its old due day; what the case holds above the cheque is the fee of the bank.
    """
    from kasse_cli.wiring import open_book, trial
    from ledger.cash.bounce_store import bounce as service
    from ledger.cash.receipts import parse_label

    with open_book(ctx.obj) as store, trial(ctx.obj, store):
        done = service(store, parse_label(number), case, office=office)
    lines = [say(N_("nothing was changed; this would be written:"))] if ctx.obj.dry_run else []
    lines.append(
        say(
            N_("cheque of {number} bounced: {sum_cents} open again, fee {fee_cents}, entry {entry}"),
            number=done.receipt, sum_cents=done.amount_cents, fee_cents=done.fee_cents, entry=done.entry,
        )
    )  # fmt: skip
    render(ctx, Result({"bounced": done, "dry_run": ctx.obj.dry_run}, lines=lines))


def receipt(ctx: Context, number: LabelArgument, out: OutOption = Path("-")) -> None:
    """Write a receipt once more, on a sheet or as text."""
    from kasse_cli.wiring import open_book
    from ledger.cash.receipts import parse_label
    from ledger.cash.receipts_reader import receipt_named

    with open_book(ctx.obj) as store:
        found = receipt_named(store, parse_label(number))
        if not (ctx.obj.format == "json" and str(out) == "-"):
            _save(ctx, store, found, out)
    lines = [] if str(out) == "-" else [say(N_("written: {file}"), file=str(out))]
    render(ctx, Result({"receipt": found}, lines=lines))


def _wishes(texts: Sequence[str] | None) -> list[Wish]:
    from ledger.bank.suspense import Wish

    wishes = []
    for text in texts or ():
        target, mark, amount = text.partition("=")
        wishes.append(Wish(target, parse_amount(amount) if mark else None))
    return wishes


def _sheet(ctx: Context, store: Store, done: Receipt, out: Path | None) -> tuple[KasseError, ...]:
    """Write the sheet; the money is in the books by then, so that a file that cannot be written is a finding."""
    if out is None or ctx.obj.dry_run:
        return ()
    try:
        _save(ctx, store, done, out)
    except KasseError as error:
        return (UnwrittenSheetFinding(number=done.number, file=str(out), reason=message(error)),)
    return ()


def _save(ctx: Context, store: Store, done: Receipt, out: Path) -> None:
    from kasse_cli.documents import save
    from ledger.cash.sheets_reader import receipt_document

    save(receipt_document(store, done.label), out, dt.datetime.fromisoformat(ctx.obj.now))


def _change(given: int | None, done: Receipt) -> Iterator[Line]:
    if given is not None:
        yield say(N_("change to give back: {change_cents}"), change_cents=given - done.amount_cents)


def _balance(cents: int) -> Line:
    return say(N_("in the desk now: {balance_cents}"), balance_cents=cents)


def _show(
    ctx: Context, done: Receipt, data: Mapping[str, object], lines: Sequence[Line], findings: Sequence[KasseError]
) -> None:
    values = {"receipt": done, "dry_run": ctx.obj.dry_run, **data}
    render(ctx, Result(values, [Table("parts", PARTS, done.parts)], lines, findings))
