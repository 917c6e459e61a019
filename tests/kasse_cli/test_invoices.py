"""XRechnung and ZUGFeRD: read alike from UBL, CII and PDF; checked, routed, held against master data, taken in once."""

import sqlite3
from contextlib import closing

import pytest

from kasse_cli.invoice_reader import InvoiceFigureError, NoInvoiceError, is_invoice, read_invoice
from ledger.items.invoices import findings
from sepa.errors import KasseError
from sepa.xml.parser import DoctypeError
from tests.books import sqlite_copy
from tests.kasse_cli.invoice_files import BIC, DUE, HOLDER, PAYEE, invoice, pdf
from tests.ledger.order_lists import codes

SYNTAXES = ("ubl", "cii")


def read(data):
    return read_invoice(data, "rechnung.xml")


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_both_syntaxes_say_the_same(syntax):
    found = read(invoice(syntax))
    assert findings(found) == []
    assert (found.number, found.issued_on, found.due, found.leitweg) == (
        "RE-2026-118", "2026-11-02", "2026-12-02", "991-33333TEST-33",
    )  # fmt: skip
    assert (found.seller.name, found.seller.vat_id, found.seller.town) == (
        "Papierhaus Muster KG", "DE123456788", "Musterstadt",
    )  # fmt: skip
    assert (found.iban, found.means, found.sums.payable_cents) == ("DE02120300000000202051", "58", 11000)
    assert (found.skonto, found.line_cents) == ("#SKONTO#TAGE=14#PROZENT=2.00#", (8000, 2500))


def test_a_pdf_carries_an_invoice():
    xml = invoice("cii")
    assert read(pdf(xml)) == read(xml)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("day", ["2026-13-45", "2026-02-30", "0001-01-01", "9999-12-31", "2026-1-1"])
def test_a_day_that_no_calendar_has_keeps_an_invoice_out(syntax, day):
    data = invoice(syntax)
    wanted = day if syntax == "ubl" else day.replace("-", "")
    changed = data.replace(b"2026-12-02" if syntax == "ubl" else b"20261202", wanted.encode())
    assert changed != data
    with pytest.raises(InvoiceFigureError):
        read(changed)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("changes", [{"rate": "NaN"}, {"rate": "1_9"}, {"payable": "1_10.00"}, {"payable": "1.1E2"}])
def test_figures_that_only_a_program_would_read(syntax, changes):
    with pytest.raises(InvoiceFigureError):
        read(invoice(syntax, **changes))


def test_an_amount_in_another_currency_is_not_taken_as_euros():
    data = invoice("ubl").replace(b'<cbc:PayableAmount currencyID="EUR"', b'<cbc:PayableAmount currencyID="USD"')
    with pytest.raises(InvoiceFigureError):
        read(data)


def test_a_second_account_is_told():
    data = invoice("ubl")
    more = data.replace(
        b"  <cac:PaymentTerms>",
        b"<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>"
        b"<cbc:ID>DE75512108001245126199</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>  <cac:PaymentTerms>",
    )
    assert codes(findings(read(more))) == ["invoice.ibans"]


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lines": "104.00"}, ["invoice.sum", "invoice.sum"]),
        ({"payable": "110.01"}, ["invoice.sum"]),
        ({"rate": "7"}, ["invoice.sum"]),
        ({"currency": "CHF"}, ["invoice.currency"]),
        ({"type": "381"}, ["invoice.type"]),
        ({"payable": "0.00"}, ["invoice.amount", "invoice.sum"]),
        ({"number": ""}, ["invoice.missing"]),
        ({"iban": "DE03120300000000202051"}, ["invoice.iban"]),
        ({"means": "59", "iban": ""}, ["invoice.collected"]),
        ({"means": "48", "iban": ""}, ["invoice.means"]),
        ({"terms": "2 % Skonto in 14 Tagen"}, ["invoice.skonto"]),
        ({"terms": "zahlbar sofort"}, []),
    ],
)
def test_what_is_wrong_is_named(syntax, changes, expected):
    assert codes(findings(read(invoice(syntax, **changes)))) == expected


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<a/>", NoInvoiceError),
        (b"%PDF-1.4 nothing", NoInvoiceError),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><Invoice/>", DoctypeError),
        (invoice().replace(b"110.00", b"110,00"), InvoiceFigureError),
        (invoice().replace(b"110.00", b"110.005"), InvoiceFigureError),
        (invoice().replace(b"2026-11-02", b"2.11.2026"), InvoiceFigureError),
        (invoice()[:500], KasseError),
    ],
)
def test_what_is_no_invoice_is_refused(data, error):
    with pytest.raises(error):
        read(data)


def test_lists_are_no_invoices():
    assert is_invoice(b"\xef\xbb\xbf  <?xml")
    assert not is_invoice(b"office;kind")
    assert not is_invoice(b"PK\x03\x04")


@pytest.fixture
def town(shell, sqlite_template):
    """A book of a town; `import` brings invoices in."""
    shell.environ["KASSE_USER"] = "import"
    with sqlite_copy(sqlite_template, shell.folder):
        yield shell


def put(town, name, data):
    (town.folder / name).write_bytes(data)


def test_invoices_become_draft_payables(town):
    put(town, "rechnung.xml", invoice())
    put(town, "noch-einmal.xml", invoice("cii"))
    put(town, "falsch.xml", invoice(payable="111.00", number="RE-2026-119"))
    put(town, "neu.xml", invoice("cii", number="RE-2026-120", iban="DE02500105170137075030", due=""))
    put(town, "andere.xml", invoice(number="7", seller="Papier Fälscher GmbH").replace(b"DE123456788", b"DE987654321"))
    put(town, "lastschrift.pdf", pdf(invoice("cii", number="RE-2026-121", means="59", iban="")))
    put(town, "leer.pdf", b"%PDF-1.4 nothing")
    town.transcript(
        "order-invoice",
        "kasse order import rechnung.xml",
        "kasse order leitweg 991-33333TEST-33 BAU --user root",
        "kasse order leitweg 991-33333TEST-34 BAU --user root",
        "kasse order import rechnung.xml --account 6100 --cost-object 4711 --dry-run",
        "kasse order import rechnung.xml --account 6100 --cost-object 4711",
        "kasse order import rechnung.xml",
        "kasse order import noch-einmal.xml",
        "kasse order import falsch.xml --json",
        "kasse order import neu.xml",
        "kasse order import andere.xml --office ORDNUNG",
        "kasse order import lastschrift.pdf",
        "kasse order import leer.pdf",
        "kasse order show BAU-1",
        "kasse order leitweg",
    )


def accepted(town, name):
    for line in (
        f"kasse order import {name} --office BAU",
        "kasse order certify BAU-1 --user anna",
        "kasse order approve BAU-1 --user bernd",
        "kasse order accept BAU-1 --user clara",
    ):
        assert town(line).code in (0, 3), line


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize(("means", "paid_by"), [("59", "direct_debit"), ("49", "direct_debit"), ("48", None)])
def test_what_the_seller_collects_is_never_paid(town, syntax, means, paid_by):
    put(town, "rechnung.xml", invoice(syntax, means=means))
    accepted(town, "rechnung.xml")
    (item,) = town("kasse item list --office BAU --json --user clara").data["items"]
    assert (item["paid_by"], item["kind"]) == (paid_by, "payable")
    done = town("kasse payment propose --due-until 2026-12-31 --user dirk --json")
    assert [one["why"] for one in done.data["skipped"]] == ["locked"]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_of_several_means_a_direct_debit_counts(syntax):
    data = invoice(syntax)
    (tag,) = [tag for tag in (b"cbc:PaymentMeansCode", b"ram:TypeCode") if b"<%s>58<" % tag in data]
    code = b"<%s>58</%s>" % (tag, tag)
    found = read(data.replace(code, code + code.replace(b"58", b"59")))
    assert (found.means, codes(findings(found))) == ("59", ["invoice.collected"])


def noted(town, data, name):
    put(town, name, data)
    done = town(f"kasse order import {name} --office BAU --json")
    return [(one["code"], one["place"]["field"]) for one in done.json["findings"]]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_payee_and_account_are_held_against_master_data(town, syntax):
    payee, holder, other = PAYEE[syntax], HOLDER[syntax], "DE02500105170137075030"
    new, alike = ("invoice.seller_new", "BT-27"), ("invoice.alike", "BT-1")
    assert noted(town, invoice(syntax, payee=payee, holder=holder), "1.xml") == [new, ("invoice.payee", "BT-59")]
    assert noted(town, invoice(syntax, number="2", holder=holder), "2.xml") == [("invoice.payee", "BT-85"), alike]
    assert noted(town, invoice(syntax, number="3"), "3.xml") == [alike]
    assert noted(town, invoice(syntax, number="4", iban=other), "4.xml") == [
        ("invoice.iban_new", "BT-84"), alike,
    ]  # fmt: skip
    assert noted(town, invoice(syntax, number="5", seller="Hans Fälscher"), "5.xml") == [
        ("invoice.seller_name", "BT-27"), alike,
    ]  # fmt: skip
    debit = invoice(syntax, number="6", means="59", iban=other, holder=holder)
    assert noted(town, debit, "6.xml") == [("invoice.collected", "BT-81"), alike]
    (account,) = town("kasse party show 1 --json").data["accounts"]
    assert account["kind"] == "third_party"


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_leitweg_id_finds_the_office(town, syntax):
    put(town, "rechnung.xml", invoice(syntax))
    assert town("kasse order import rechnung.xml --json").json["errors"][0]["code"] == "invoice.no_route"
    assert town("kasse order leitweg 991-33333TEST-33 ORDNUNG --user root").code == 0
    assert town("kasse order import rechnung.xml --json").data["office"] == "ORDNUNG"


def test_an_objected_invoice_may_come_again(town):
    put(town, "rechnung.xml", invoice())
    put(town, "mended.xml", invoice(due=DUE["ubl"].replace("12-02", "12-03")))
    assert town("kasse order import rechnung.xml --office BAU").code == 0
    assert town("kasse order import mended.xml --office BAU --json").json["errors"][0]["code"] == "invoice.duplicate"
    assert town("kasse order object BAU-1 --reason 'falscher Tag' --user anna").code == 0
    assert town("kasse order import mended.xml --office BAU").code == 0


AGAIN = {
    "another case": {"number": "re-2026-118"},
    "a blank for a hyphen": {"number": "RE 2026-118"},
    "no hyphens, another day": {"number": "RE2026118", "day": "2026-11-03"},
    "the same number without the VAT number": {"vat": ""},
    "the same number with another VAT number": {"vat": "DE999999999"},
    "the same number without the VAT number, to another account": {"vat": "", "iban": "DE02500105170137075030"},
}


def rewritten(*, day="2026-11-02", vat="DE123456788", **changes) -> bytes:
    data = invoice(**changes).replace(b"IssueDate>2026-11-02", b"IssueDate>" + day.encode())
    scheme = b"<cbc:CompanyID>DE123456788</cbc:CompanyID>"
    assert scheme in data
    return data.replace(scheme, b"<cbc:CompanyID>%s</cbc:CompanyID>" % vat.encode() if vat else b"")


@pytest.mark.parametrize("changes", AGAIN.values(), ids=AGAIN)
def test_one_invoice_in_other_writing_comes_in_once(town, changes):
    put(town, "1.xml", invoice())
    put(town, "2.xml", rewritten(**changes))
    assert town("kasse order import 1.xml --office BAU").code == 0
    assert town("kasse order import 2.xml --office BAU --json").json["errors"][0]["code"] == "invoice.duplicate"


LIKE = {
    "the same amount and day": ({"number": "RE-2026-119"}, [("invoice.alike", "BT-1")]),
    "a number that reads alike, another day and amount": (
        {"number": "RE-20261-18", "day": "2026-11-03", "payable": "119.00", "prepaid": "0.00"},
        [("invoice.alike", "BT-1")],
    ),
    "another day": ({"number": "RE-2026-119", "day": "2026-11-03"}, []),
    "another VAT number": (
        {"number": "RE-2026-119", "day": "2026-11-03", "vat": "DE999999999"},
        [("invoice.seller_vat", "BT-31")],
    ),
    "the address, and another account": (
        {"number": "RE-2026-119", "day": "2026-11-03", "vat": "", "iban": "DE02500105170137075030"},
        [("invoice.iban_new", "BT-84")],
    ),
}


@pytest.mark.parametrize(("changes", "expected"), LIKE.values(), ids=LIKE)
def test_what_looks_like_an_invoice_of_the_book_is_named(town, changes, expected):
    assert noted(town, invoice(), "1.xml") == [("invoice.seller_new", "BT-27")]
    prepaid = changes.pop("prepaid", "9.00")
    data = rewritten(**changes).replace(b">9.00<", b">%s<" % prepaid.encode())
    assert noted(town, data, "2.xml") == expected
    assert town("kasse party list --json").data["parties"][1:] == []


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize(
    ("said", "noted_bic"), [("BYLA DEM 1001", "BYLADEM1001"), ("KBZHCH22XXX", None), ("Sparkasse", None)]
)
def test_the_bic_of_a_new_seller_is_noted_with_the_account(town, syntax, said, noted_bic):
    """BT-86; one of another country than the account, or that is none, is named and not noted."""
    found = noted(town, invoice(syntax, bic=BIC[syntax].format(said)), "1.xml")
    odd = [] if noted_bic else [("invoice.bic", "BT-86")]
    assert found == [("invoice.seller_new", "BT-27"), *odd]
    with closing(sqlite3.connect(town.folder / "kasse.db")) as book:
        assert book.execute("SELECT iban, bic FROM party_account").fetchall() == [("DE02120300000000202051", noted_bic)]


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_bic_is_that_of_the_first_account(syntax):
    assert read(invoice(syntax)).bic is None
    assert read(invoice(syntax, bic=BIC[syntax].format("BYLADEM1001"))).bic == "BYLADEM1001"
