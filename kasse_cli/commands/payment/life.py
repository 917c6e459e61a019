"""One payment's whole life on one page."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from kasse_cli.output import Column, Line, Result, Table, say
from sepa.errors import N_

if TYPE_CHECKING:
    from ledger.payments.life import Life

STATIONS = (
    Column("at", N_("When"), "word"),  # never broken over two lines
    Column("what", N_("What"), "word"),
    Column("by", N_("Who")),
    Column("detail", N_("Details"), "details"),
)


def page(life: Life) -> Result:
    """Return what `show` says of one payment."""
    payment, run, file = life.payment, life.run, life.file
    lines: list[Line] = [
        say(
            N_("payment {payment}: {amount_cents} to {name}, {iban}: {state}"),
            payment=f"{run.number}-{payment.line}", amount_cents=payment.amount_cents, name=payment.creditor_name,
            iban=payment.creditor_iban, state=payment.state,
        ),
        say(N_("text: {text}"), text=payment.remittance),
        say(N_("for item {item}, still open: {open_cents}"), item=f"{payment.office}/{payment.item}",
            open_cents=life.item_open_cents),
        say(N_("paid from {iban} on {day}, end-to-end id {id}"), iban=run.iban,
            day=dt.date.fromisoformat(run.execution_day), id=payment.end_to_end_id),
    ]  # fmt: skip
    if life.order:
        lines.append(say(N_("ordered as {order}"), order=life.order))
    if payment.discount_cents:
        lines.append(say(N_("discount kept off: {discount_cents}"), discount_cents=payment.discount_cents))
    lines += [say(one.template, **one.fields) for one in life.rights]
    if file is not None:
        lines.append(say(N_("file {message} as {ebics}"), message=file.message_id, ebics=file.ebics))
        lines.append(say(N_("SHA-256: {hash}"), hash=file.sha256 or "-"))
    data: dict[str, Any] = {
        "payment": payment, "run": run, "file": file, "order": life.order, "reference": life.reference,
        "item_open_cents": life.item_open_cents, "entries": list(life.entries),
        "attachments": [one.fields for one in life.rights],
    }  # fmt: skip
    return Result(data, [Table("stations", STATIONS, life.stations)], lines)
