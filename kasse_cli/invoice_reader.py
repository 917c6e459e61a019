"""XRechnung and ZUGFeRD as values: UBL and CII, alone or inside a PDF; read by the one hardened parser."""

from __future__ import annotations

import datetime as dt
import io
import logging
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from kasse_cli.invoice_banks import first_bic
from ledger.items.invoices import COLLECTED, Invoice, Seller, Sums, Tax
from sepa.errors import N_, KasseError, Place
from sepa.sources import Source
from sepa.xml.parser import elements

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ROOTS = {"Invoice": "ubl", "CreditNote": "ubl", "CrossIndustryInvoice": "cii"}
_DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
_YEARS = range(1990, 2100)
_FIGURE = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,9})?|\.[0-9]{1,9})")
"""How XML writes a decimal: no blanks, underscores or exponents, which Python would take."""
_CREDIT_NOTE = "381"


class NoInvoiceError(KasseError):
    """A file that is no electronic invoice."""

    code = "invoice.no_invoice"
    template = N_("the file holds no electronic invoice")
    hint = N_("XRechnung is XML (UBL or CII), ZUGFeRD a PDF with such XML inside; a plain PDF is entered by hand")


class InvoiceFigureError(KasseError):
    """A figure or day of the invoice that cannot be read."""

    code = "invoice.figure"
    template = N_("not a figure or day of an invoice: {text}")
    hint = N_("return the invoice to the seller")


def is_invoice(data: bytes) -> bool:
    """Tell whether the bytes begin like XML or a PDF: a list of orders does not."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith((b"<", b"%PDF"))


def read_invoice(data: bytes, name: str) -> Invoice:
    """Return the invoice of a file.

    Raises `NoInvoiceError`, `InvoiceFigureError` and what the parser raises.
    """
    xml = _from_pdf(data, name) if data.lstrip().startswith(b"%PDF") else data
    for found, element in elements(Source(io.BytesIO(xml), name), tuple(ROOTS)):
        if element.getparent() is None:
            try:
                return _ubl(element) if ROOTS[found] == "ubl" else _cii(element)
            except KasseError as error:
                raise error.at(Place(file=name)) from error
    raise NoInvoiceError(place=Place(file=name))


def _from_pdf(data: bytes, name: str) -> bytes:
    """Return the XML inside a PDF; factur-x is asked for nothing but that (never its schematron, which calls out)."""
    from facturx import get_xml_from_pdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it notices is of no use to a clerk
    try:
        _, xml = get_xml_from_pdf(io.BytesIO(data), check_xsd=False, check_schematron=False)
    except Exception as error:  # a stranger's PDF can break the library in any way
        raise NoInvoiceError(place=Place(file=name)) from error
    if not xml:
        raise NoInvoiceError(place=Place(file=name))
    return cast("bytes", xml)


class _Reader:
    """Reads texts, days and cents below an element by local names, whatever the prefixes."""

    def __init__(self, root: Element, currency: str = "") -> None:
        self.root = root
        self.currency = currency

    def all(self, path: str) -> list[Element]:
        """Return the elements under the path of local names."""
        expression = "./" + "/".join(f"{{*}}{name}" for name in path.split("/"))
        return self.root.findall(expression)

    def text(self, path: str) -> str | None:
        """Return the first text under the path that is not blank."""
        return next((text for element in self.all(path) if (text := (element.text or "").strip())), None)

    def day(self, path: str) -> str | None:
        """Return a day as ISO text."""
        text = self.text(path)
        if text is None:
            return None
        match = _DAY.fullmatch(text[:10])
        found = "-".join(match.groups()) if match is not None else ""
        try:
            known = dt.date.fromisoformat(found).year in _YEARS
        except ValueError:
            known = False
        if not known:
            raise InvoiceFigureError(text=text, place=Place(field=path))
        return found

    def cents(self, path: str, default: int | None = None) -> int | None:
        """Return an amount in cents."""
        found = next((element for element in self.all(path) if (element.text or "").strip()), None)
        if found is None:
            return default
        text, currency = (found.text or "").strip(), found.get("currencyID")
        if self.currency == "EUR" and currency not in {None, "EUR"}:
            raise InvoiceFigureError(text=f"{text} {currency}", place=Place(field=path))
        return _cents(text, path)


def _cents(text: str, path: str) -> int:
    value = Decimal(text) * 100 if _FIGURE.fullmatch(text) else Decimal("NaN")
    if not value.is_finite() or value != value.to_integral_value():
        raise InvoiceFigureError(text=text, place=Place(field=path))
    return int(value)


def _ubl(root: Element) -> Invoice:
    read = _Reader(root)
    credit = root.tag.endswith("}CreditNote")
    line = "CreditNoteLine" if credit else "InvoiceLine"
    means = "PaymentMeans"
    return Invoice(
        syntax="UBL",
        number=read.text("ID") or "",
        issued_on=read.day("IssueDate") or "",
        type_code=read.text("InvoiceTypeCode") or (_CREDIT_NOTE if credit else ""),
        currency=read.text("DocumentCurrencyCode") or "",
        seller=_ubl_seller(read),
        sums=_ubl_sums(_Reader(root, read.text("DocumentCurrencyCode") or "")),
        due=read.day("DueDate"),
        leitweg=read.text("BuyerReference"),
        payee=read.text("PayeeParty/PartyName/Name"),
        means=_means(read, f"{means}/PaymentMeansCode"),
        ibans=_ibans(read, f"{means}/PayeeFinancialAccount/ID"),
        bic=first_bic(read.all(means)),
        holder=read.text(f"{means}/PayeeFinancialAccount/Name"),
        remittance=read.text(f"{means}/PaymentID"),
        terms="\n".join(element.text or "" for element in read.all("PaymentTerms/Note")) or None,
        order_reference=read.text("OrderReference/ID"),
        line_cents=tuple(_each(read, f"{line}/LineExtensionAmount")),
        taxes=tuple(_ubl_taxes(read)),
    )


def _ubl_seller(read: _Reader) -> Seller:
    party = "AccountingSupplierParty/Party"
    vat = tax = None
    for scheme in read.all(f"{party}/PartyTaxScheme"):
        one = _Reader(scheme)
        if one.text("TaxScheme/ID") == "VAT":
            vat = one.text("CompanyID")
        else:
            tax = one.text("CompanyID")
    name = read.text(f"{party}/PartyLegalEntity/RegistrationName") or read.text(f"{party}/PartyName/Name")
    address = f"{party}/PostalAddress"
    return Seller(
        name or "",
        vat,
        tax,
        read.text(f"{address}/StreetName"),
        read.text(f"{address}/PostalZone"),
        read.text(f"{address}/CityName"),
        read.text(f"{address}/Country/IdentificationCode"),
    )


def _ubl_sums(read: _Reader) -> Sums:
    total = "LegalMonetaryTotal"
    tax = next((one for one in read.all("TaxTotal/TaxAmount") if one.get("currencyID") in (None, "EUR")), None)
    return Sums(
        read.cents(f"{total}/LineExtensionAmount"),
        read.cents(f"{total}/AllowanceTotalAmount", 0) or 0,
        read.cents(f"{total}/ChargeTotalAmount", 0) or 0,
        read.cents(f"{total}/TaxExclusiveAmount"),
        _cents((tax.text or "").strip(), "TaxTotal") if tax is not None else 0,
        read.cents(f"{total}/TaxInclusiveAmount"),
        read.cents(f"{total}/PrepaidAmount", 0) or 0,
        read.cents(f"{total}/PayableRoundingAmount", 0) or 0,
        read.cents(f"{total}/PayableAmount"),
    )


def _ubl_taxes(read: _Reader) -> Iterator[Tax]:
    for element in read.all("TaxTotal/TaxSubtotal"):
        one = _Reader(element)
        yield Tax(
            one.cents("TaxableAmount", 0) or 0, one.cents("TaxAmount", 0) or 0, _rate(one.text("TaxCategory/Percent"))
        )


def _cii(root: Element) -> Invoice:
    read = _Reader(root)
    trade = "SupplyChainTradeTransaction"
    agreement, settlement = f"{trade}/ApplicableHeaderTradeAgreement", f"{trade}/ApplicableHeaderTradeSettlement"
    means = f"{settlement}/SpecifiedTradeSettlementPaymentMeans"
    terms = f"{settlement}/SpecifiedTradePaymentTerms"
    line = f"{trade}/IncludedSupplyChainTradeLineItem/SpecifiedLineTradeSettlement"
    return Invoice(
        syntax="CII",
        number=read.text("ExchangedDocument/ID") or "",
        issued_on=read.day("ExchangedDocument/IssueDateTime/DateTimeString") or "",
        type_code=read.text("ExchangedDocument/TypeCode") or "",
        currency=read.text(f"{settlement}/InvoiceCurrencyCode") or "",
        seller=_cii_seller(read, f"{agreement}/SellerTradeParty"),
        sums=_cii_sums(
            _Reader(root, read.text(f"{settlement}/InvoiceCurrencyCode") or ""),
            f"{settlement}/SpecifiedTradeSettlementHeaderMonetarySummation",
        ),
        due=read.day(f"{terms}/DueDateDateTime/DateTimeString"),
        leitweg=read.text(f"{agreement}/BuyerReference"),
        payee=read.text(f"{settlement}/PayeeTradeParty/Name"),
        means=_means(read, f"{means}/TypeCode"),
        ibans=_ibans(read, f"{means}/PayeePartyCreditorFinancialAccount/IBANID"),
        bic=first_bic(read.all(means)),
        holder=read.text(f"{means}/PayeePartyCreditorFinancialAccount/AccountName"),
        remittance=read.text(f"{settlement}/PaymentReference"),
        terms="\n".join(element.text or "" for element in read.all(f"{terms}/Description")) or None,
        order_reference=read.text(f"{agreement}/BuyerOrderReferencedDocument/IssuerAssignedID"),
        line_cents=tuple(_each(read, f"{line}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount")),
        taxes=tuple(_cii_taxes(read, settlement)),
    )


def _cii_seller(read: _Reader, party: str) -> Seller:
    numbers = {element.get("schemeID"): (element.text or "").strip() for element in
               read.all(f"{party}/SpecifiedTaxRegistration/ID")}  # fmt: skip
    address = f"{party}/PostalTradeAddress"
    return Seller(
        read.text(f"{party}/Name") or "",
        numbers.get("VA"),
        numbers.get("FC"),
        read.text(f"{address}/LineOne"),
        read.text(f"{address}/PostcodeCode"),
        read.text(f"{address}/CityName"),
        read.text(f"{address}/CountryID"),
    )


def _cii_sums(read: _Reader, total: str) -> Sums:
    return Sums(
        read.cents(f"{total}/LineTotalAmount"),
        read.cents(f"{total}/AllowanceTotalAmount", 0) or 0,
        read.cents(f"{total}/ChargeTotalAmount", 0) or 0,
        read.cents(f"{total}/TaxBasisTotalAmount"),
        read.cents(f"{total}/TaxTotalAmount", 0) or 0,
        read.cents(f"{total}/GrandTotalAmount"),
        read.cents(f"{total}/TotalPrepaidAmount", 0) or 0,
        read.cents(f"{total}/RoundingAmount", 0) or 0,
        read.cents(f"{total}/DuePayableAmount"),
    )


def _cii_taxes(read: _Reader, settlement: str) -> Iterator[Tax]:
    for element in read.all(f"{settlement}/ApplicableTradeTax"):
        one = _Reader(element)
        yield Tax(
            one.cents("BasisAmount", 0) or 0,
            one.cents("CalculatedAmount", 0) or 0,
            _rate(one.text("RateApplicablePercent")),
        )


def _each(read: _Reader, path: str) -> Iterator[int]:
    for element in read.all(path):
        yield _cents((element.text or "").strip(), path)


def _means(read: _Reader, path: str) -> str | None:
    """Return the means of payment; of several the one by which the seller collects, as nothing is paid twice."""
    codes = [text for element in read.all(path) if (text := (element.text or "").strip())]
    return next((code for code in codes if code in COLLECTED), codes[0] if codes else None)


def _ibans(read: _Reader, path: str) -> tuple[str, ...]:
    """Return the accounts that the invoice names, each once, in their order."""
    return tuple(dict.fromkeys("".join(text.split()).upper() for one in read.all(path) if (text := one.text)))


def _rate(text: str | None) -> str | None:
    """Return a percentage that can be computed with, None where there is none."""
    if text is not None and not _FIGURE.fullmatch(text):
        raise InvoiceFigureError(text=text)
    return None if text is None else str(Decimal(text))
