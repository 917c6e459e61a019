"""Electronic invoices (EN 16931) as values, and what must hold before one becomes a draft payable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from ledger.people.parties import plain
from sepa.errors import N_, KasseError, Place
from sepa.identifiers import is_iban

INVOICE_TYPES = frozenset({"326", "380", "384", "389", "751", "875", "876", "877"})
"""UNTDID 1001: what asks for money; 381 and its kin give it back."""
COLLECTED = frozenset({"49", "59"})
"""UNTDID 4461: the seller collects by direct debit, nothing is to be paid."""
PAID_OTHERWISE = frozenset({"10", "20", "48", "54", "55", "68", "97"})
TRANSFERS = frozenset({"30", "31", "42", "57", "58"})
_JOINTS = re.compile(r"[\s_-]+")
_SKONTO = re.compile(r"#SKONTO#TAGE=[0-9]{1,3}#PROZENT=[0-9]{1,2}\.[0-9]{2}#(?:BASISBETRAG=[0-9]{1,12}\.[0-9]{2}#)?")


class InvoiceValueError(KasseError):
    """A value that an invoice must have."""

    code = "invoice.missing"
    template = N_("the invoice lacks a value: {field}")
    hint = N_("return the invoice to the seller: EN 16931 demands the value")


class InvoiceSumError(KasseError):
    """Figures of the invoice that do not add up."""

    code = "invoice.sum"
    template = N_("{rule}: the invoice says {stated_cents}, its parts make {computed_cents}")
    hint = N_("return the invoice to the seller: its sums are wrong")


class InvoiceCurrencyError(KasseError):
    """An invoice in another currency."""

    code = "invoice.currency"
    template = N_("the invoice is in {currency}")
    hint = N_("only invoices in EUR become payables; enter the amount in euros by a list of orders")


class InvoiceTypeError(KasseError):
    """A credit note, or a document that asks for no money."""

    code = "invoice.type"
    template = N_("this is no invoice but a document of type {type}")
    hint = N_("a credit note takes back an order: 'kasse order change' or 'kasse order cancel'")


class InvoiceAmountError(KasseError):
    """Nothing to be paid."""

    code = "invoice.amount"
    template = N_("nothing is to be paid on this invoice: {amount_cents}")
    hint = N_("file it; a payable is above zero")


class InvoiceIbanError(KasseError):
    """A transfer without a valid account."""

    code = "invoice.iban"
    template = N_("the invoice wants a transfer, but its account is not an IBAN: {iban}")
    hint = N_("return the invoice to the seller, or enter the payable by a list of orders")


class SeveralAccountsError(KasseError):
    """An invoice that may be paid to more than one account."""

    code = "invoice.ibans"
    severity = "warning"
    template = N_("the invoice names several accounts: it is paid to {iban}, not to {others}")
    hint = N_("compare with the paper, and with the accounts that the seller is known by")


class CollectedError(KasseError):
    """The seller collects by direct debit."""

    code = "invoice.collected"
    severity = "info"
    template = N_("the seller collects the amount by direct debit (BT-81 {means}): it is never paid by a transfer")
    hint = N_("check that a mandate was given; the payable is locked against payment")


class PaidOtherwiseError(KasseError):
    """A means of payment that is no transfer."""

    code = "invoice.means"
    severity = "warning"
    template = N_("the invoice is paid by other means (BT-81 {means})")
    hint = N_("the payable is locked against payment; lift the lock if it has to be paid after all")


class DueAssumedError(KasseError):
    """An invoice without a due day."""

    code = "invoice.due"
    severity = "info"
    template = N_("the invoice names no due day: {due} is assumed (30 days, § 286 (3) BGB)")


class SkontoFormError(KasseError):
    """Terms with Skonto in a form that nobody can compute."""

    code = "invoice.skonto"
    severity = "warning"
    template = N_("terms with Skonto not in the form of XRechnung: {text}")
    hint = N_("nothing is kept off; the form is #SKONTO#TAGE=14#PROZENT=2.00#")


@dataclass(frozen=True, slots=True)
class Seller:
    """Who wrote the invoice."""

    name: str
    vat_id: str | None = None
    tax_number: str | None = None
    street: str | None = None
    postcode: str | None = None
    town: str | None = None
    country: str | None = None

    @property
    def key(self) -> str:
        """What tells sellers apart: the VAT number, the tax number, else the name."""
        return (self.vat_id or self.tax_number or " ".join(self.name.casefold().split())).replace(" ", "")


@dataclass(frozen=True, slots=True)
class Tax:
    """One line of the tax breakdown (BG-23); the rate is a decimal text of percent."""

    basis_cents: int
    tax_cents: int
    rate: str | None = None


@dataclass(frozen=True, slots=True)
class Sums:
    """The document totals (BG-22) in cents."""

    lines_cents: int | None = None
    allowances_cents: int = 0
    charges_cents: int = 0
    net_cents: int | None = None
    tax_cents: int = 0
    gross_cents: int | None = None
    prepaid_cents: int = 0
    rounding_cents: int = 0
    payable_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice as it was read; days are ISO text, '' where a needed text is missing."""

    syntax: str
    number: str
    issued_on: str
    type_code: str
    currency: str
    seller: Seller
    sums: Sums
    due: str | None = None
    leitweg: str | None = None
    payee: str | None = None
    means: str | None = None
    ibans: tuple[str, ...] = ()
    bic: str | None = None
    holder: str | None = None
    remittance: str | None = None
    terms: str | None = None
    order_reference: str | None = None
    line_cents: tuple[int, ...] = ()
    taxes: tuple[Tax, ...] = field(default=())

    @property
    def number_key(self) -> str:
        """The number as numbers are compared."""
        return number_key(self.number)

    @property
    def iban(self) -> str | None:
        """The account it wants to be paid to: the first one it names."""
        return self.ibans[0] if self.ibans else None

    @property
    def collected(self) -> bool:
        """Whether the seller collects it, or it is paid by other means than a transfer."""
        return self.means in COLLECTED or self.means in PAID_OTHERWISE

    @property
    def skonto(self) -> str:
        """The terms with Skonto as XRechnung writes them, in one line, '' where there are none."""
        return "".join(_SKONTO.findall(self.terms or ""))


def number_key(number: str) -> str:
    """Return the number of an invoice as it is compared: people write it with other case, blanks and hyphens.

    >>> number_key("RE-2026-118") == number_key("re 2026 118"), number_key("1/18") == number_key("11/8")
    (True, False)
    """
    return _JOINTS.sub("", plain(number))


def findings(invoice: Invoice) -> list[KasseError]:
    """Return everything that is wrong with the invoice or to be known of it; errors keep it out."""
    return [*_present(invoice), *_kind(invoice), *_sums(invoice), *_payment(invoice)]


def _present(invoice: Invoice) -> Iterator[KasseError]:
    needed = {
        "BT-1": invoice.number, "BT-2": invoice.issued_on, "BT-5": invoice.currency, "BT-27": invoice.seller.name,
        "BT-115": invoice.sums.payable_cents, "BT-106": invoice.sums.lines_cents, "BT-109": invoice.sums.net_cents,
        "BT-112": invoice.sums.gross_cents, "BG-25": invoice.line_cents or None,
    }  # fmt: skip
    for name, value in needed.items():
        if value in ("", None):
            yield InvoiceValueError(field=name, place=Place(field=name))


def _kind(invoice: Invoice) -> Iterator[KasseError]:
    if invoice.currency and invoice.currency != "EUR":
        yield InvoiceCurrencyError(currency=invoice.currency, place=Place(field="BT-5"))
    if invoice.type_code not in INVOICE_TYPES:
        yield InvoiceTypeError(type=invoice.type_code, place=Place(field="BT-3"))
    payable = invoice.sums.payable_cents
    if payable is not None and payable <= 0:
        yield InvoiceAmountError(amount_cents=payable, place=Place(field="BT-115"))


def _sums(invoice: Invoice) -> Iterator[KasseError]:
    sums = invoice.sums
    if None in (sums.lines_cents, sums.net_cents, sums.gross_cents, sums.payable_cents):
        return
    lines, net = int(sums.lines_cents or 0), int(sums.net_cents or 0)
    gross, payable = int(sums.gross_cents or 0), int(sums.payable_cents or 0)
    rules = [
        ("BR-CO-10", "BT-106", lines, sum(invoice.line_cents)),
        ("BR-CO-13", "BT-109", net, lines - sums.allowances_cents + sums.charges_cents),
        ("BR-CO-15", "BT-112", gross, net + sums.tax_cents),
        ("BR-CO-16", "BT-115", payable, gross - sums.prepaid_cents + sums.rounding_cents),
    ]
    if invoice.taxes:
        rules.append(("BR-CO-14", "BT-110", sums.tax_cents, sum(tax.tax_cents for tax in invoice.taxes)))
    for rule, name, stated, computed in rules:
        if stated != computed:
            yield InvoiceSumError(rule=rule, stated_cents=stated, computed_cents=computed, place=Place(field=name))
    yield from _taxes(invoice)


def _taxes(invoice: Invoice) -> Iterator[KasseError]:
    """Yield tax lines off by more than a cent (BR-CO-17): sellers round in lines or in sums."""
    for tax in invoice.taxes:
        if tax.rate is None:
            continue
        exact = Decimal(tax.basis_cents) * Decimal(tax.rate) / 100
        computed = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        if abs(computed - tax.tax_cents) > 1:
            yield InvoiceSumError(
                rule="BR-CO-17", stated_cents=tax.tax_cents, computed_cents=computed, place=Place(field="BT-117")
            )


def _payment(invoice: Invoice) -> Iterator[KasseError]:
    place = Place(field="BT-81")
    if invoice.means in COLLECTED:
        yield CollectedError(means=invoice.means, place=place)
    elif invoice.means in PAID_OTHERWISE:
        yield PaidOtherwiseError(means=invoice.means, place=place)
    elif not invoice.iban or not is_iban(invoice.iban):
        yield InvoiceIbanError(iban=invoice.iban or "-", place=Place(field="BT-84"))
    if len(invoice.ibans) > 1 and not invoice.collected:
        yield SeveralAccountsError(
            iban=invoice.ibans[0], others=", ".join(invoice.ibans[1:]), place=Place(field="BT-84")
        )
    if "SKONTO" in (invoice.terms or "").upper() and not invoice.skonto:
        yield SkontoFormError(text=invoice.terms, place=Place(field="BT-20"))
