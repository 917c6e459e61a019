"""Columns, options and sentences that the payment commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from kasse_cli.i18n import _
from kasse_cli.output import Column, Line, say
from kasse_cli.params import parse_day
from sepa.errors import N_
from sepa.money import parse_amount

if TYPE_CHECKING:
    from ledger.payments.run_changes_reader import RunChange
    from ledger.payments.runs import Payment, Run
    from sepa.payments import Address

RUNS = (
    Column("number", N_("Run"), "count"),
    Column("state", N_("State"), "word"),
    Column("execution_day", N_("Execution"), "day"),
    Column("count", N_("Payments"), "count"),
    Column("total_cents", N_("Sum"), "cents"),
    Column("created_by", N_("Proposed by"), minor=True),
    Column("reviewed_by", N_("Reviewed by"), minor=True),
    Column("released_by", N_("Released by")),
    Column("revision", N_("Changed"), "count", minor=2),
    Column("iban", N_("IBAN"), shown=False),
    Column("message_id", N_("Message id"), shown=False),
    Column("file_sha256", N_("SHA-256"), shown=False),
)
PAYMENTS = (
    Column("line", N_("No."), "count"),
    Column("creditor_name", N_("Payee")),
    Column("creditor_iban", N_("IBAN"), "word"),  # never broken over two lines
    Column("amount_cents", N_("Amount"), "cents"),
    Column("remittance", N_("Text"), minor=True),
    Column("office", N_("Office"), minor=True),
    Column("item", N_("Item"), "count", minor=True),
    Column("state", N_("State"), "word"),
    Column("discount_cents", N_("Discount"), "cents", shown=False),
    Column("file", N_("File"), "count", shown=False),
    Column("end_to_end_id", N_("End-to-end id"), shown=False),
    Column("creditor_bic", N_("BIC"), shown=False),
    Column("purpose_code", N_("Purpose code"), shown=False),
)
WARNED = Column("warned", N_("Warnings"))
TO_REVIEW = (*PAYMENTS[:4], WARNED, *(column for column in PAYMENTS[4:] if column.key != "state"))
SKIPPED = (
    Column("office", N_("Office")),
    Column("item", N_("Item"), "count"),
    Column("payee", N_("Payee")),
    Column("reference", N_("Reference"), minor=True),
    Column("due", N_("Due"), "day"),
    Column("open_cents", N_("Open"), "cents"),
    Column("why", N_("Left out because"), "word", words={"collected": N_("collected by the payee")}),
    Column("run", N_("Run"), "count", minor=True),
)
FILES = (
    Column("number", N_("File"), "count"),
    Column("ebics", N_("Order type")),
    Column("btf", N_("BTF")),
    Column("name_check", N_("Name check"), "flag"),
    Column("count", N_("Payments"), "count"),
    Column("total_cents", N_("Sum"), "cents"),
    Column("state", N_("State"), "word"),
    Column("message_id", N_("Message id"), shown=False),
    Column("sha256", N_("SHA-256"), shown=False),
)
WORDS = (
    N_("proposed"), N_("reviewed"), N_("released"), N_("exported"), N_("executed"), N_("returned"), N_("discarded"),
    N_("voided"), N_("rejected"), N_("no-iban"), N_("no-payee"), N_("reserved"), N_("rule"),
    N_("perhaps-paid"),
)  # fmt: skip
RunArgument = Annotated[int, typer.Argument(metavar="RUN", help=N_("the number of the payment run"))]
LineArgument = Annotated[int, typer.Argument(metavar="LINE", help=N_("the number of the payment in the run"))]
DueOption = Annotated[
    dt.date | None,
    typer.Option("--due-until", parser=parse_day, metavar="DATE", help=N_("pay what is due until then")),
]
AccountOption = Annotated[str | None, typer.Option("--account", metavar="IBAN", help=N_("the account to pay from"))]
ExecutionOption = Annotated[
    dt.date | None,
    typer.Option("--execution-day", parser=parse_day, metavar="DATE", help=N_("when the bank shall pay")),
]
NewDayOption = Annotated[
    dt.date | None, typer.Option("--day", parser=parse_day, metavar="DATE", help=N_("the new execution day"))
]
WithoutOption = Annotated[
    list[int] | None, typer.Option("--without", metavar="LINE", help=N_("take this payment out; may be repeated"))
]
WarnedOption = Annotated[bool, typer.Option("--warned", help=N_("list only the payments that have a warning"))]
SingleOption = Annotated[bool, typer.Option("--single-booking", help=N_("ask the bank to book each payment alone"))]
InstantOption = Annotated[bool, typer.Option("--instant", help=N_("pay by instant transfer, on any day"))]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="COUNT", help=N_("at most so many payments"))
]
LimitSumOption = Annotated[
    int | None, typer.Option("--limit-sum", parser=parse_amount, metavar="AMOUNT", help=N_("at most so much together"))
]
NoSetOffOption = Annotated[
    bool, typer.Option("--without-set-off", help=N_("pay also those who owe the city something that is due"))
]
OutOption = Annotated[
    Path,
    typer.Option(
        "--out", "-o", metavar="FILE", help=N_("the file to write; - is standard output; several get numbers")
    ),
]
SlipOption = Annotated[
    Path | None, typer.Option("--slip", metavar="FILE", help=N_("the Begleitzettel to write, .pdf or .txt"))
]
SheetOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help=N_("the sheet to write: .pdf, .txt, or - as text"))
]
FileOption = Annotated[int | None, typer.Option("--file", metavar="NUMBER", help=N_("only this file of the run"))]
DiscardReason = Annotated[str, typer.Option("--reason", metavar="TEXT", help=N_("why, for the event log"))]
RunStateOption = Annotated[
    Literal["proposed", "reviewed", "released", "exported", "executed", "discarded", "voided", "rejected"] | None,
    typer.Option("--state", help=N_("only runs in this state")),
]
PaymentStateOption = Annotated[
    Literal["proposed", "released", "exported", "executed", "returned", "discarded", "voided", "rejected"] | None,
    typer.Option("--state", help=N_("only payments in this state")),
]


def address_line(address: Address | None) -> str:
    """Return an address on one line, '' for none."""
    if address is None:
        return ""
    street, town = f"{address.street} {address.house_number}".strip(), f"{address.postcode} {address.town}".strip()
    return ", ".join(filter(None, (street, town, address.country)))


def head(run: Run) -> Iterator[Line]:
    """Yield what a run is: how many payments over how much, from where, when."""
    from ledger.payments.addresses import kept_address

    yield say(N_("run {run}: payments: {count}, together {sum_cents}"), **seen(run))
    yield say(
        N_("paid from {iban} by {name} on {day}"),
        iban=run.iban,
        name=run.debtor_name,
        day=dt.date.fromisoformat(run.execution_day),
    )
    if run.debtor_address:
        where = address_line(kept_address(run.debtor_address))
        yield say(N_("with the payer's address, which banks beyond the EEA ask for: {address}"), address=where)
    if run.instant:
        yield say(N_("as instant transfers: what the bank has is gone in seconds"))


def changed(changes: Iterable[RunChange]) -> Iterator[Line]:
    """Yield what was changed in a run before its release: who, when, why, before and after."""
    for one in changes:
        yield say(N_("changed by {name} at {at}: {text}"), name=one.by, at=one.at, text=one.reason)
        if one.without:
            yield say(
                N_("  taken out: {lines}; {was_count} over {was_sum_cents} became {count} over {sum_cents}"),
                lines=one.without, was_count=one.was_count, was_sum_cents=one.was_sum_cents, count=one.count,
                sum_cents=one.sum_cents,
            )  # fmt: skip
        if one.day != one.was_day:
            was, day = dt.date.fromisoformat(one.was_day), dt.date.fromisoformat(one.day)
            yield say(N_("  moved from {was_day} to {day}"), was_day=was, day=day)


def seen(run: Run) -> dict[str, Any]:
    """Return number, count and sum of a run as fields of a sentence."""
    return {"run": run.number, "count": run.count, "sum_cents": run.total_cents}


def rows_of(payments: Iterable[Payment]) -> list[dict[str, Any]]:
    """Return payments as rows of a list, their warnings as codes for programs and in words for people."""
    from dataclasses import fields

    from ledger.payments.runs import Payment

    names = tuple(field.name for field in fields(Payment))  # `asdict` copies every value: half the time of a long list
    return [
        {name: getattr(one, name) for name in names}
        | {"warnings": list(one.warnings), "warned": ", ".join(_(word) for word in one.warnings)}
        for one in payments
    ]
