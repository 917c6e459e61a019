"""Invoices into the book: routed to an office, held against master data, one draft payable for each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from ledger.book.dimensions_store import coded
from ledger.book.entry import ClosedAccountError, UnknownAccountError
from ledger.book.offices_store import check_office
from ledger.book.source_files_store import keep_file, known_file
from ledger.book.store import kasse_office
from ledger.items.invoice_party_store import seller_party
from ledger.items.invoice_twins_store import check_alike, check_number
from ledger.items.invoices import COLLECTED, DueAssumedError, Invoice, findings
from ledger.items.order_coding import KEPT_ROLES, KeptAccountError
from ledger.items.order_import_store import CREATORS, Source
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.orders import OrderRow, Rules
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

PURPOSE = "invoice"
DAYS_TO_PAY = 30  # § 286 (3) BGB: who has not paid 30 days after due day and invoice is in default


class RefusedInvoiceError(KasseError):
    """An invoice with errors; nothing was made of it."""

    code = "invoice.refused"
    template = N_("the invoice {number} of {seller} is not taken in")
    hint = N_("its findings say why; return it to the seller or enter the payable by a list of orders")


class NoRouteError(KasseError):
    """A Leitweg-ID that belongs to no office of the book."""

    code = "invoice.no_route"
    template = N_("no office gets invoices with the Leitweg-ID {leitweg}")
    hint = N_("set it with 'kasse order leitweg ID OFFICE', or name the office with --office")


@dataclass(frozen=True, slots=True)
class InvoiceWishes:
    """What a person adds to an invoice: the office where its Leitweg-ID says nothing, coding, the day."""

    day: str
    office: str | None = None
    account: str | None = None
    cost_object: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedInvoice:
    """What became of an invoice; `new` is false where the same file was taken in before."""

    order: str
    new: bool
    batch: int | None = None
    office: str = ""
    seller: str = ""
    number: str = ""
    amount_cents: int = 0
    due: str = ""
    iban: str | None = None
    collected: bool = False
    findings: tuple[KasseError, ...] = ()


def import_invoice(
    store: Store, source: Source, invoice: Invoice, rules: Rules, wishes: InvoiceWishes
) -> ImportedInvoice:
    """Make a draft payable of an invoice and return what became of it.

    Raises `RefusedInvoiceError` with the findings, `NoRouteError`, `DuplicateInvoiceError`, `UnknownOfficeError`,
    `UnknownAccountError`, `KeptAccountError`, `NotAllowedError`.
    """
    if old := _known(store, source):
        return old
    found = findings(invoice)
    if any(finding.severity == "error" for finding in found):
        raise RefusedInvoiceError(number=invoice.number, seller=invoice.seller.name, findings=tuple(found))
    office = _office(store, invoice, wishes)
    with store.unit(sorted({office, kasse_office(store)})):
        require(store, office, *CREATORS)
        check_number(store, invoice)
        party, notes = seller_party(store, invoice, wishes.day)
        found += [*notes, *check_alike(store, invoice, party)]
        due = _due(invoice)
        if invoice.due is None:
            found.append(DueAssumedError(due=dt.date.fromisoformat(due), place=Place(field="BT-9")))
        account = _account(rules, office, wishes)
        wishes = replace(wishes, cost_object=coded(store, office, wishes.day, wishes.cost_object))
        order = _write(store, source, invoice, _order(invoice, office, party, due, account, wishes))
    return ImportedInvoice(
        order[0], True, order[1], office, invoice.seller.name, invoice.number, int(invoice.sums.payable_cents or 0),
        due, invoice.iban, invoice.collected, tuple(found),
    )  # fmt: skip


def _known(store: Store, source: Source) -> ImportedInvoice | None:
    result = known_file(store, PURPOSE, source.sha256)
    return None if result is None else ImportedInvoice(result, new=False)


def _office(store: Store, invoice: Invoice, wishes: InvoiceWishes) -> str:
    if wishes.office is not None:
        check_office(store, wishes.office)
        return wishes.office
    sql = "SELECT office FROM leitweg_office WHERE leitweg = :leitweg"
    found = store.value(sql, leitweg=(invoice.leitweg or "").upper())
    if found is None:
        raise NoRouteError(leitweg=invoice.leitweg or "-")
    return str(found)


def _due(invoice: Invoice) -> str:
    if invoice.due is not None:
        return invoice.due
    return (dt.date.fromisoformat(invoice.issued_on) + dt.timedelta(days=DAYS_TO_PAY)).isoformat()


def _account(rules: Rules, office: str, wishes: InvoiceWishes) -> str:
    account = wishes.account or rules.default_account(OrderRow(1, 1, office=office, kind="payable"))
    if account is None:
        raise UnknownAccountError(office=office, account="payable")
    state = rules.accounts.get((office, account))
    if state is None:
        raise UnknownAccountError(office=office, account=account)
    if state.closed_on is not None and state.closed_on <= rules.today:
        raise ClosedAccountError(office=office, account=account, day=state.closed_on)
    if state.role in KEPT_ROLES:
        raise KeptAccountError(office=office, account=account, role=state.role)
    return account


def _order(invoice: Invoice, office: str, party: int, due: str, account: str, wishes: InvoiceWishes) -> NewOrder:
    """Return the order: the Skonto terms stand in its purpose and count from its notice date, as payment runs read."""
    day = dt.date.fromisoformat(invoice.issued_on)
    purpose = f"Rechnung {invoice.number} vom {day:%d.%m.%Y}"
    if invoice.skonto:
        purpose = f"{purpose} {invoice.skonto}"
    line = NewLine(1, account, int(invoice.sums.payable_cents or 0), wishes.cost_object)
    return NewOrder(
        office, "payable", "order", due, purpose, (line,), f"invoice {invoice.number}", party=party,
        reference=(invoice.remittance or invoice.number)[:35], foreign_reference=1,
        bank_account=None if invoice.collected else invoice.iban, notice_date=invoice.issued_on,
        document=invoice.order_reference, paid_by="direct_debit" if invoice.means in COLLECTED else None,
    )  # fmt: skip


def _write(store: Store, source: Source, invoice: Invoice, order: NewOrder) -> tuple[str, int]:
    made = write_order(store, order, lambda _: {"invoice": True})
    store.insert_one(
        "order_invoice",
        office=order.office,
        order_id=int(made.number.rpartition("-")[2]),
        seller=invoice.seller.key,
        seller_name=invoice.seller.name,
        number=invoice.number,
        syntax=invoice.syntax,
        issued_on=invoice.issued_on,
        leitweg=invoice.leitweg,
        means=invoice.means,
        collected=int(invoice.collected),
        stated_iban=invoice.iban,
        terms=invoice.terms,
        sha256=source.sha256,
    )
    keep_file(store, PURPOSE, sha256=source.sha256, name=source.name, size_bytes=source.size_bytes, result=made.number)
    return made.number, made.batch
