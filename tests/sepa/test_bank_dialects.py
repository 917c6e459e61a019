"""How banks write: snippets in the manner of many of them, with what a reader must make of each.

All names and accounts are invented; the forms are those of the banks' own descriptions and of files seen in public.
"""

import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.identifiers import make_iban
from sepa.mt.din66003 import is_din_66003, restored
from sepa.reading import read_statements
from sepa.statements import Closed, Detail, Entry, Opened
from tests.sepa.mt_files import entry, mt, wrapped
from tests.sepa.statement_files import OWN_IBAN, camt, ntry, read, read_entry, tx

RABO = "NL48RABO0321543256"


def lines(*texts: str) -> str:
    return "\r\n".join(texts)


# what :86: says, bank by bank: its text, and what of it a reader must know
TEXTS = {
    "Sparkasse, transfer": (
        ("166?00GUTSCHR. UEBERWEISUNG?109248?20EREF+KZ-4711?21SVWZ+Grundsteuer B 2026 Rat?22e 4 Kassenzeichen 4711"
        "?30HASPDEHHXXX?31DE89370400440532013000?32MUSTERFRAU ERIKA U. MUSTER?33MANN MAX?34000"),
        {"end_to_end_id": "KZ-4711", "text": "Grundsteuer B 2026 Rate 4 Kassenzeichen 4711",
         "name": "MUSTERFRAU ERIKA U. MUSTER MANN MAX", "bic": "HASPDEHHXXX"},
    ),
    "Sparkasse, returned debit": (
        ("109?00RUECKLASTSCHRIFT?20EREF+LS-1?21MREF+M-7?22CRED+DE98ZZZ09999999999?23OAMT+50,00?24COAM+3,00?25SVWZ+SEPA-"
        "RUECKLASTSCHRIFT?32Max Beispiel?34914"),
        {"end_to_end_id": "LS-1", "mandate_id": "M-7", "text": "SEPA-RUECKLASTSCHRIFT", "return_reason": ""},
    ),
    "Sparkasse, batch of transfers": ("191?00SAMMLER?20KREF+RUN-1-1?21SVWZ+ANZAHL 12", {"text": "ANZAHL 12"}),
    "VR-Bank, keywords with colons": (
        "166?00Euro-Ueberweisung?20EREF: KZ-1 SVWZ: Hundesteue?21r 2026?32Max Beispiel",
        {"end_to_end_id": "KZ-1", "text": "Hundesteuer 2026"},
    ),
    "Commerzbank, credit": (
        "166?00GUTSCHRIFT?20Miete November?21End-to-End-Ref.:?22NOTPROVIDED?23Kundenreferenz:?24ABC-1?32Erika",
        {"end_to_end_id": "NOTPROVIDED", "text": "Miete November", "payment_information_id": "ABC-1"},
    ),
    "Commerzbank, direct debit": (
        ("105?00LASTSCHRIFT?20Strom 11/26?21End-to-End-Ref.:?22E-77?23CORE / Mandatsref.:?24M-0815?25Gläubiger-ID:"
        "?26DE98ZZZ09999999999?27SEPA-BASISLASTSCHRIFT wiede?28rholend?32Stadtwerke"),
        {"end_to_end_id": "E-77", "mandate_id": "M-0815", "creditor_id": "DE98ZZZ09999999999",
         "text": "Strom 11/26 SEPA-BASISLASTSCHRIFT wiederholend"},
    ),
    "Postbank, lines that are not full": (
        "166?00GUTSCHRIFT?20Referenz NOTPROVIDED?21Verwendungszweck?22Kassenzeichen 4711?32Erika",
        {"text": "Referenz NOTPROVIDED Verwendungszweck Kassenzeichen 4711"},
    ),
    "a number torn at 26 characters stays whole": (
        "166?20SVWZ+Kassenzeichen 4711000?21000012 Hundesteuer", {"text": "Kassenzeichen 4711000000012 Hundesteuer"},
    ),
    "a blank dropped at 27 characters": (
        "166?20SVWZ+Bescheid vom 1.11.26?21Kassenzeichen 4711", {"text": "Bescheid vom 1.11.26 Kassenzeichen 4711"},
    ),
    "a part without text code": (
        "?00UEBERWEISUNG?20EREF+1?21SVWZ+Text?32Name", {"end_to_end_id": "1", "text": "Text", "name": "Name"},
    ),
    "Deutsche Bank, words between tildes": (
        "166~00SEPA~20SVWZ+Rechnung 5~30DEUTDEFFXXX~31DE89370400440532013000~32Muster GmbH",
        {"text": "Rechnung 5", "name": "Muster GmbH", "iban": "DE89370400440532013000"},
    ),
    "Raiffeisen, Bank Austria": (
        "166?00SEPA GUTSCHRIFT?20Zahlung?21Rechnung 5?30BKAUATWW?31AT611904300234573201?32Max?33Muster",
        {"text": "Zahlung Rechnung 5", "iban": "AT611904300234573201", "bic": "BKAUATWW", "name": "Max Muster"},
    ),
    "Bank Austria, marks of its own": (
        "166>00GUTSCHRIFT>20EREF+R-5>21SVWZ+Danke>32Muster", {"end_to_end_id": "R-5", "text": "Danke"},
    ),
    "ABN AMRO, columns": (
        lines("SEPA IDEAL                       IBAN: NL48RABO0321543256", "BIC: RABONL2U                    NAAM: B KLAASSEN",
              "OMSCHRIJVING: FACTUUR 123 TERMIJN 2", "KENMERK: 04-12-2026"),
        {"iban": RABO, "bic": "RABONL2U", "name": "B KLAASSEN", "text": "FACTUUR 123 TERMIJN 2",
         "end_to_end_id": "04-12-2026"},
    ),
    "ABN AMRO, direct debit in columns": (
        lines("SEPA INCASSO ALGEMEEN DOORLOPEND IBAN: NL48RABO0321543256", "INCASSANT: NL12ZZZ000000000000",
              "NAAM: ENERGIE BV                 MACHTIGING: M-1", "OMSCHRIJVING: NOVEMBER"),
        {"creditor_id": "NL12ZZZ000000000000", "mandate_id": "M-1", "name": "ENERGIE BV", "text": "NOVEMBER"},
    ),
    "ABN AMRO, slashes over two lines": (
        lines("/TRTP/SEPA OVERBOEKING/IBAN/NL48RABO0321543256/BIC/RABONL2U/NAME/B", " KLAASSEN/REMI/FACTUUR 123/EREF/E-1"),
        {"iban": RABO, "name": "B KLAASSEN", "text": "FACTUUR 123", "end_to_end_id": "E-1"},
    ),
    "ING, structured": (
        "/EREF/E-1//MARF/M-9//CSID/NL12ZZZ000000000000//CNTP/NL48RABO0321543256/RABONL2U/B. Meier///REMI/USTD//Rent 11/",
        {"end_to_end_id": "E-1", "mandate_id": "M-9", "creditor_id": "NL12ZZZ000000000000", "iban": RABO,
         "name": "B. Meier", "text": "Rent 11"},
    ),
    "ING, returned, with a structured reference": (
        "/RTRN/MS03//CREF/X//EREF/E-1//CNTP/NL48RABO0321543256/RABONL2U/B. Meier///REMI/STRD/CUR/RF18539007547034/",
        {"return_reason": "MS03", "end_to_end_id": "E-1", "name": "B. Meier", "reference": "RF18539007547034"},
    ),
    "Rabobank, structured": (
        "/EREF/E-1/BENM//NAME/B. Meier/REMI/Rent Nov/ISDT/2026-11-20/CSID/NL12ZZZ000000000000/MARF/M-9",
        {"end_to_end_id": "E-1", "name": "B. Meier", "text": "Rent Nov", "creditor_id": "NL12ZZZ000000000000"},
    ),
    "Rabobank, reference of the creditor": (
        "/ORDP//NAME/B. Meier/REMI/STRD/CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/1234567890123456",
        {"name": "B. Meier", "reference": "1234567890123456"},
    ),
    "ASN, SNS: account and name, then the text": (
        lines("NL47INGB9999999999 hr g paulissen", "", "Betaling sieraden"),
        {"iban": "NL47INGB9999999999", "name": "hr g paulissen", "text": "Betaling sieraden"},
    ),
    "Triodos": (
        "000>100987654321>20ALGEMENE TUSSENREKENING>21KOSTEN>310000", {"text": "ALGEMENE TUSSENREKENING KOSTEN"},
    ),
    "mBank": ("944 PRZELEW; z rach.: 11402004; od: JAN", {"text": "944 PRZELEW; z rach.: 11402004; od: JAN"}),
    "PostFinance": ("GIRO AUS ONLINE-SAMMELAUFTRAG", {"text": "GIRO AUS ONLINE-SAMMELAUFTRAG"}),
    "a label in a plain text is text": ("Mandatsref fehlt, bitte melden", {"text": "Mandatsref fehlt, bitte melden"}),
    "an account in a plain text is text": (
        "NL47INGB9999999999 bitte aendern", {"text": "NL47INGB9999999999 bitte aendern", "iban": ""},
    ),
}  # fmt: skip


def known(detail: Detail, name: str) -> str:
    if name == "reference":
        return detail.structured[0].reference
    return str(getattr(detail, name))


@pytest.mark.parametrize("bank", TEXTS)
@pytest.mark.parametrize("width", [65, 10_000])
def test_a_text_of_a_bank_is_understood(bank, width):
    text, expected = TEXTS[bank]
    made = text if "\n" in text else wrapped(text, width)
    if width == 65 and "?" not in text and "~" not in text:
        made = text  # a free text has lines of its own
    found = read_entry(mt(*entry(made))).first
    assert {name: known(found, name) for name in expected} == expected


LINES = {
    "currency letter": ("2611201120CR120,00NTRFNONREF", 12000),
    "lower case": ("2611201120cr120,00NTRFNONREF", 12000),
    "no booking day": ("261120C120,00NTRFNONREF", 12000),
    "blanks for the booking day": ("261120    D120,00NTRFNONREF", -12000),
    "reversed debit": ("2611201120RD120,00NTRFNONREF", 12000),
    "reversed credit with currency letter": ("2611201120RCR120,00NTRFNONREF", -12000),
    "no comma": ("2611201120C120NTRFNONREF", 12000),
    "no type": ("2611201120C120,00", 12000),
    "type in digits": ("2611201120C120,00N544NONREF", 12000),
    "S type": ("2611201120C120,00S103REF//SVC", 12000),
    "long references": ("2611201120C120,00NTRF" + "X" * 60 + "//" + "Y" * 60, 12000),
    "dots between thousands": ("2611201120C1.234.567,89NTRFNONREF", 123456789),
}


@pytest.mark.parametrize("name", LINES)
def test_a_line_of_a_bank_is_understood(name):
    line, cents = LINES[name]
    one = read_entry(mt(*entry("Text", line=line)))
    assert (one.amount_cents, str(one.booking_day)) == (cents, "2026-11-20")


def test_the_other_account_may_stand_among_the_references():
    other = make_iban("NL", "RABO0321543256")
    one = read_entry(mt(*entry("/REMI/x", line=f"2611201120D1,00N544NONREF//{other}")))
    assert (one.servicer_reference, one.first.iban) == (other, other)
    named = read_entry(mt(*entry(TEXTS["Triodos"][0], line="2611201120D1,00NIDBNL08ABNA9999999999")))
    assert named.first.iban == ""  # its check digits are wrong


def events(data: bytes):
    return list(read_statements(io.BytesIO(data)))


FILES = {
    "end of file of MS-DOS": mt(*entry("Text"), end="-\x1a"),
    "without end mark, with end of file": mt(*entry("Text"), end="\x1a"),
    "padding": mt(*entry("Text")) + b"\0" * 100,
    "header lines of Dutch banks": b"ABNANL2A\r\n940\r\nABNANL2A\r\n" + mt(*entry("Text")),
    "blocks": b"{1:F01COBADEFFAXXX0000000000}{2:I940COBADEFFXXXXN}{4:\r\n" + mt(*entry("Text"), end="-}"),
    "blanks at line ends": mt(*entry("Text")).replace(b"\r\n", b"  \r\n"),
    "only carriage returns": mt(*entry("Text")).replace(b"\r\n", b"\r"),
    "a mark of UTF-8": b"\xef\xbb\xbf" + mt(*entry("Text")),
    "no reference": mt(*entry("Text")).partition(b"\r\n")[2],
    "IBAN as account": mt(*entry("Text")).replace(b"20050550/1234567890", OWN_IBAN.encode()),
    "BIC before the account": mt(*entry("Text")).replace(b"20050550", b"HASPDEHHXXX/20050550"),
    "currency behind the account": mt(*entry("Text")).replace(b"1234567890", b"1234567890EUR"),
    "short number": mt(*entry("Text")).replace(b":28C:231/1", b":28C:231"),
    "number of three parts": mt(*entry("Text")).replace(b":28C:231/1", b":28C:00231/001/01"),
    "old number": mt(*entry("Text")).replace(b":28C:", b":28:"),
}


@pytest.mark.parametrize("name", FILES)
def test_the_form_of_the_file_does_not_matter(name):
    opened, one, closed = events(FILES[name])
    assert isinstance(opened, Opened)
    assert isinstance(one, Entry)
    assert (opened.iban, opened.currency, opened.electronic_number) == (OWN_IBAN, "EUR", 231)
    assert (one.amount_cents, one.first.text.strip()) == (12000, "Text")
    assert isinstance(closed, Closed)
    assert {finding.code for finding in closed.findings} <= {"mt.no_reference"}


def test_statements_without_references_are_kept_apart():
    second = mt(*entry("B"), opening=":60F:C261120EUR100,00").partition(b"\r\n")[2]
    found = events(mt(*entry("A")) + second + second)
    assert [type(one).__name__ for one in found] == ["Opened", "Entry", "Closed"] * 3
    assert [one.first.text for one in found if isinstance(one, Entry)] == ["A", "B", "B"]
    assert [len(one.balances) for one in found if isinstance(one, Closed)] == [2, 2, 2]


def test_a_page_says_at_its_end_that_another_follows():
    page = mt(*entry("A"), closing=":62M:C261120EUR220,00")
    last = mt(*entry("B"), opening=":60M:C261120EUR220,00", closing=":62F:C261120EUR340,00")
    assert [one.last_page for one in events(page + last) if isinstance(one, Closed)] == [False, True]


OLD = mt(*entry("051?00]BERWEISUNG?20Stra~enreinigungsgeb}hr?21K|ln, Geb}hrenbescheid?32B{ckerei M}ller"))


def test_umlauts_of_the_7_bit_code_are_restored_where_they_are_evident():
    _, (one,), closed = read(OLD)
    assert one.additional_information == "ÜBERWEISUNG"
    assert (one.first.text, one.first.name) == ("Straßenreinigungsgebühr Köln, Gebührenbescheid", "Bäckerei Müller")
    assert [finding.code for finding in closed.findings] == ["mt.old_code"]


@pytest.mark.parametrize(
    "text",
    [
        "Rechnung [4711] {intern}", "a|b|c", "C:\\TEMP\\DATEI", "Kunde~Nummer", "{1:F01COBADEFF}", "Müller für Köln",
        "name@example.org [Ref:ABC]", "x^2 | y", "K[]A",
    ],
)  # fmt: skip
def test_brackets_and_braces_of_today_stay(text):
    data = mt(*entry(text))
    assert not is_din_66003(data)
    assert read_entry(data).first.text == text


@given(st.text(st.sampled_from("ABCabcÄÖÜäöüß []12,.-"), max_size=60))
def test_what_was_put_into_the_7_bit_code_comes_back(text):
    """Words with umlauts come back; a bracket that encloses is no umlaut."""
    bare = text.replace("[", "").replace("]", "")
    coded = bare.translate(str.maketrans("ÄÖÜäöüß", "[\\]{|}~"))
    apart = [word for word in bare.split() if any(sign in "ABCabc" for sign in word)]
    back = restored(coded).split()
    simple = [word for word in apart if not any(a in "ÄÖÜäöüß" and b in "ÄÖÜäöüß" for a, b in itertools.pairwise(word))]
    assert all(word in back for word in simple if word.isalpha() and not word.startswith("Ä"))


REMITTANCE = "<RmtInf>{}</RmtInf>"
# what stands in an entry of camt, in the manner of banks: its XML, and what a reader must know of it
ENTRIES = {
    "keywords of MT940 in the text": (
        ntry(details=tx("10.00", REMITTANCE.format(
            "<Ustrd>EREF+E-1 MREF+M-1 CRED+DE98ZZZ09999999999 SVWZ+Miete No</Ustrd><Ustrd>vember</Ustrd>"))),
        {"end_to_end_id": "E-1", "mandate_id": "M-1", "creditor_id": "DE98ZZZ09999999999", "text": "Miete November"},
    ),
    "keywords beside the elements": (
        ntry(details=tx("10.00", "<Refs><EndToEndId>E-0</EndToEndId></Refs>" + REMITTANCE.format(
            "<Ustrd>EREF+E-1 ABWA+Dritter SVWZ+Text</Ustrd>"))),
        {"end_to_end_id": "E-0", "text": "Text"},
    ),
    "a plus in a text is no keyword": (
        ntry(details=tx("10.00", REMITTANCE.format("<Ustrd>A+B Miete SVWZ+x</Ustrd>"))), {"text": "A+B Miete SVWZ+x"},
    ),
    "a name of blanks": (
        ntry(details=tx("10.00", "<RltdPties><Dbtr><Nm> </Nm></Dbtr></RltdPties>")), {"name": ""},
    ),
    "the name at the account": (
        ntry(details=tx("10.00", "<RltdPties><DbtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id><Nm>Erika</Nm>"
                                 "</DbtrAcct></RltdPties>")),
        {"name": "Erika", "iban": "DE89370400440532013000"},
    ),
    "both parties, the own one first": (
        ntry(details=tx("10.00", f"<RltdPties><Cdtr><Nm>Kasse</Nm></Cdtr><CdtrAcct><Id><IBAN>{OWN_IBAN}</IBAN></Id></CdtrAcct>"
                                 "<Dbtr><Nm>Erika</Nm></Dbtr></RltdPties>")),
        {"name": "Erika"},
    ),
    "days with offset": (ntry().replace("2026-11-20", "2026-11-20+01:00"), {}),
    "days with time": (ntry().replace("<Dt>2026-11-20</Dt>", "<DtTm>2026-11-20T23:59:59.999+01:00</DtTm>"), {}),
    "blanks around the amount": (ntry("\n  10.00\t"), {}),
    "more noughts than the currency has digits": (ntry("10.00000"), {}),
    "no digits behind the point": (ntry("10"), {}),
    "leading noughts": (ntry("0000000010.00"), {}),
    "a plus before the amount": (ntry("+10.00"), {}),
    "an additional information in place of a text": (ntry(inside="<AddtlNtryInf>GEBUEHR</AddtlNtryInf>"), {"text": ""}),
}  # fmt: skip


@pytest.mark.parametrize("name", ENTRIES)
def test_an_entry_of_a_bank_is_understood(name):
    made, expected = ENTRIES[name]
    one = read_entry(camt(made))
    assert (one.amount_cents, str(one.booking_day), one.amount_written) == (1000, "2026-11-20", "")
    assert {key: known(one.first, key) for key in expected} == expected


@pytest.mark.parametrize(
    "data",
    [
        camt(ntry(), version="camt.053.001.08.ch.02"),
        camt(ntry()).replace(b"<Document", b"<Document xsi:schemaLocation='urn:iso x.xsd' "
                             b"xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'"),
        camt(ntry()).replace(b' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"', b""),
        camt(ntry()).replace(b"<Document", b"<DataPDU><Body><AppHdr/><Document").replace(
            b"</Document>", b"</Document></Body></DataPDU>"),
        camt(ntry()).replace(b"?>\n", b"?>\n<!-- a bank's remark -->\n<?bank remark?>"),
        camt(ntry()).decode().replace("UTF-8", "UTF-16").encode("utf-16"),
        camt(ntry()).replace(b"UTF-8", b"windows-1252"),
        camt(ntry()).replace(b"Document", b"ns2:Document").replace(b"xmlns=", b"xmlns:ns2=").replace(
            b"<BkToCstmrStmt", b"<ns2:BkToCstmrStmt").replace(b"</BkToCstmrStmt", b"</ns2:BkToCstmrStmt"),
    ],
    ids=["version of a country", "schema location", "no name space", "envelope", "remarks", "UTF-16", "Windows",
         "prefix on some"],
)  # fmt: skip
def test_the_dress_of_a_camt_file_does_not_matter(data):
    opened, (one,), closed = read(data)
    assert (opened.iban, one.amount_cents, closed.findings) == (OWN_IBAN, 1000, ())


@pytest.mark.parametrize("amount", ["-10.00", "10,00", "1,234.56", "1e3", "", "10.00 EUR", "NaN", "٣"])
def test_what_is_no_amount_is_never_a_number(amount):
    """A sign would turn the direction round, a comma may be a thousand's: a person must look."""
    data = camt(ntry(amount))
    with pytest.raises(Exception, match="amount") as refused:
        read(data)
    assert refused.value.place.line == 3
