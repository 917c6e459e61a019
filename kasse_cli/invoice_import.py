"""An invoice from a file to a draft payable, and what the command says about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from kasse_cli.invoice_reader import read_invoice
from kasse_cli.output import Line, Result, say
from ledger.items.invoice_store import ImportedInvoice, InvoiceWishes, import_invoice
from ledger.items.order_import_store import Source
from ledger.items.staging_store import load_rules
from sepa.errors import N_

if TYPE_CHECKING:
    from kasse_cli.context import Call
    from ledger.store.engines import Store


def run_invoice(call: Call, store: Store, data: bytes, path: Path, wishes: InvoiceWishes) -> ImportedInvoice:
    """Read an invoice and make its draft payable; with `--dry-run` nothing stays."""
    from kasse_cli.wiring import trial

    invoice = read_invoice(data, str(path))
    source = Source(path.name, sha256(data).hexdigest(), len(data))
    with trial(call, store):
        return import_invoice(store, source, invoice, load_rules(store, wishes.day), wishes)


def invoice_result(done: ImportedInvoice, *, dry_run: bool) -> Result:
    """Return what became of an invoice."""
    data = {
        "order": done.order, "new": done.new, "batch": done.batch, "office": done.office, "seller": done.seller,
        "number": done.number, "amount_cents": done.amount_cents, "due": done.due or None, "iban": done.iban,
        "collected": done.collected, "dry_run": dry_run,
    }  # fmt: skip
    return Result(data, lines=list(_lines(done, dry_run=dry_run)), findings=done.findings)


def _lines(done: ImportedInvoice, *, dry_run: bool) -> Iterator[Line]:
    if not done.new:
        yield say(N_("nothing new: this file was imported before, as order {order}"), order=done.order)
        return
    yield say(
        N_("invoice {number} of {seller}: order {order}, {amount_cents}, due {due}"),
        number=done.number,
        seller=done.seller,
        order=done.order,
        amount_cents=done.amount_cents,
        due=dt.date.fromisoformat(done.due),
    )
    if dry_run:
        yield say(N_("a trial: nothing was changed"))
    else:
        yield say(N_("next: another person certifies with 'kasse order certify {order}'"), order=done.order)
