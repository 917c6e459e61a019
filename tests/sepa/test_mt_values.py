"""What MT940 and MT942 say becomes the same values as camt says."""

import io
import re
from datetime import date

import pytest

from sepa.errors import KasseError
from sepa.reading import Kind, identify, read_statements
from sepa.statements import Charge, Closed, Entry, Opened, OtherAmount
from tests.sepa.mt_files import OWN_IBAN, entry, mt, purpose, wrapped
from tests.sepa.statement_files import DATA, DAY, read, read_entry

TWIN = DATA / "mt940-day.sta"


def test_the_same_day_in_camt_and_mt940_gives_the_same_entries():
    camt, twin = list(read_statements(DAY)), list(read_statements(TWIN))
    assert len(camt) == len(twin)
    for one, other in zip(camt[1:-1], twin[1:-1], strict=True):
        assert isinstance(one, Entry)
        assert isinstance(other, Entry)
        for name in ("index", "amount_cents", "currency", "status", "booking_day", "value_day", "reversal", "gvc",
                     "servicer_reference", "primanota", "text_key_extension", "proprietary_code", "charges",
                     "additional_information", "batch_payment_information_id"):  # fmt: skip
            assert getattr(one, name) == getattr(other, name), (one.index, name)


PAGE = {"opening": ":60M:C261120EUR220,00", "closing": ":62M:C261120EUR340,00"}


def page(reference, number, **balances) -> bytes:
    """Return a message with a reference and a number of its own."""
    return mt(*entry(), **balances).replace(b"STARTUMS", reference).replace(b"231/1", number)


def heads_of(data: bytes) -> list[Opened]:
    return [one for one in read_statements(io.BytesIO(data)) if isinstance(one, Opened)]


@pytest.mark.parametrize(
    ("second", "ids"),
    [
        pytest.param(page(b"B", b"231/2", **PAGE), ["A", "A"], id="the next page, whatever its message is called"),
        pytest.param(page(b"B", b"231/3", **PAGE), ["A", "B"], id="a page between is missing"),
        pytest.param(page(b"B", b"232/2", **PAGE), ["A", "B"], id="a page of another statement"),
        pytest.param(page(b"B", b"231/2", **PAGE).replace(b"1234567890", b"0532013000"), ["A", "B"],
                     id="a page of another account"),
    ],
)  # fmt: skip
def test_a_page_belongs_to_the_statement_that_it_goes_on(second, ids):
    heads = heads_of(page(b"A", b"231/1", closing=":62M:C261120EUR220,00") + second)
    assert [one.id for one in heads] == ids
    assert [one.message_id for one in heads] == ["A", "B"]


def test_pages_of_several_currencies_of_an_account_stay_apart():
    first, second = page(b"A", b"231/1", closing=":62M:C261120EUR220,00"), page(b"B", b"231/2", **PAGE)
    dollars = [
        one.replace(b"EUR", b"USD") for one in (first.replace(b":20:A", b":20:C"), second.replace(b":20:B", b":20:D"))
    ]
    heads = heads_of(first + dollars[0] + second + dollars[1])
    assert [(one.id, one.currency) for one in heads] == [("A", "EUR"), ("C", "USD"), ("A", "EUR"), ("C", "USD")]


def test_a_statement_that_has_ended_is_not_gone_on():
    assert [one.id for one in heads_of(page(b"A", b"231/1") + page(b"B", b"231/2", **PAGE))] == ["A", "B"]


@pytest.mark.parametrize("index", [0, 1, 3, 8])
def test_the_same_payment_in_camt_and_mt940_gives_the_same_detail(index):
    one, other = (list(read_statements(path))[index + 1].first for path in (DAY, TWIN))
    for name in ("amount_cents", "currency", "end_to_end_id", "mandate_id", "creditor_id", "name", "iban", "account",
                 "bic", "ultimate_name", "own_ultimate_name", "purpose", "return_reason", "charges", "other_amounts"):  # fmt: skip
        assert getattr(one, name) == getattr(other, name), name
    if not one.structured:
        assert one.text == other.text


def test_the_same_day_has_the_same_account_sums_and_balances():
    camt, twin = list(read_statements(DAY)), list(read_statements(TWIN))
    assert (twin[0].iban, twin[0].electronic_number, twin[0].page) == (camt[0].iban, 231, 1)
    assert (twin[-1].credit_cents, twin[-1].debit_cents) == (camt[-1].credit_cents, camt[-1].debit_cents)
    assert twin[-1].balance("OPBD").amount_cents == camt[-1].balance("PRCD").amount_cents
    assert twin[-1].balance("CLBD") == camt[-1].balance("CLBD")
    assert twin[-1].balance("CLAV").amount_cents == 933228


@pytest.mark.parametrize(
    ("line", "cents", "value", "booked"),
    [
        ("2611201120CR120,00NTRFNONREF", 12000, "2026-11-20", "2026-11-20"),
        ("2611201120C120,NTRFNONREF", 12000, "2026-11-20", "2026-11-20"),
        ("261120D120,5NTRFNONREF", -12050, "2026-11-20", "2026-11-20"),
        ("261120    DD,05NMSCNONREF//", -5, "2026-11-20", "2026-11-20"),
        ("2611201120RDR53,00NTRF", 5300, "2026-11-20", "2026-11-20"),
        ("2611201120RCR53,00NTRF", -5300, "2026-11-20", "2026-11-20"),
        ("2612310102C1,00NTRF", 100, "2026-12-31", "2027-01-02"),
        ("2701021231C1,00NTRF", 100, "2027-01-02", "2026-12-31"),
        ("991231C1,00NTRF", 100, "1999-12-31", "1999-12-31"),
        ("240229C1,00NTRF", 100, "2024-02-29", "2024-02-29"),
        ("261120C000000000001,00NTRF", 100, "2026-11-20", "2026-11-20"),
        ("261120C00000000000000001,00NTRF", 100, "2026-11-20", "2026-11-20"),
        ("261120C1.234,56NTRF", 123456, "2026-11-20", "2026-11-20"),
        ("261120C1234.56NTRF", 123456, "2026-11-20", "2026-11-20"),
        ("261120C7260NTRF29-07-2014 10:05//B4", 726000, "2026-11-20", "2026-11-20"),
        ("261120C1,000NTRF", 100, "2026-11-20", "2026-11-20"),
    ],
)
def test_a_line_has_days_and_amount_by_its_effect(line, cents, value, booked):
    one = read_entry(mt(*entry(line=line)))
    assert one.amount_cents == cents
    assert one.value_day == date.fromisoformat(value)
    assert one.booking_day == date.fromisoformat(booked)
    assert one.reversal == ("R" in line[6:12].removeprefix("1120")[:1])
    assert one.status == "BOOK"


@pytest.mark.parametrize(
    ("line", "reference", "servicer", "code"),
    [
        ("261120C1,00NTRFNONREF//NONREF", "", "", "NTRF"),
        ("261120C1,00NTRFKREF+//B1", "", "B1", "NTRF"),
        ("261120C1,00NCHK16703074", "16703074", "", "NCHK"),
        ("261120C1,00S051", "", "", "S051"),
        ("261120C1,00FMSC01916//NONREF", "01916", "", "FMSC"),
        ("261120C1,00NTRF2026-11-20-08.37.18.054696//X/Y", "2026-11-20-08.37.18.054696", "X/Y", "NTRF"),
    ],
)
def test_a_line_has_references_and_type(line, reference, servicer, code):
    one = read_entry(mt(*entry(line=line)))
    assert (one.reference, one.servicer_reference, one.proprietary_code) == (reference, servicer, code)


@pytest.mark.parametrize(
    ("line", "field", "kept"),
    [
        ("2602300301D6,00NTRF", "value_day", date(2026, 2, 28)),
        ("2402300301D6,00NTRF", "value_day", date(2024, 2, 29)),
        ("2603010230D6,00NTRF", "booking_day", date(2026, 2, 28)),
        ("2606310701D6,00NTRF", "value_day", date(2026, 6, 30)),
    ],
)
def test_the_30_february_becomes_the_last_day_of_its_month_with_a_finding(line, field, kept):
    _, (one,), closed = read(mt(*entry(line=line)))
    assert getattr(one, field) == kept
    (finding,) = closed.findings
    assert (finding.code, finding.severity, finding.place.line) == ("mt.missing_day", "info", 5)
    assert finding.fields["day"] == kept


def test_a_day_that_is_none_is_a_finding_and_empty():
    _, (one,), closed = read(mt(*entry(line="261320C1,00NTRF")))
    assert one.value_day is None
    assert [finding.code for finding in closed.findings] == ["statement.invalid_date"]


def test_an_amount_finer_than_a_cent_is_rounded_and_noted():
    _, (one,), closed = read(mt(*entry(line="261120C1,005NTRF")))
    assert (one.amount_cents, one.amount_written) == (101, "1,005")
    assert [finding.code for finding in closed.findings] == ["statement.unfit_amount"]


@pytest.mark.parametrize(
    ("account", "iban", "shown", "currency"),
    [
        ("20050550/1234567890", OWN_IBAN, OWN_IBAN, ""),
        ("20050550/1234567890EUR", OWN_IBAN, OWN_IBAN, "EUR"),
        ("DE34 2005 0550 1234 5678 90", OWN_IBAN, OWN_IBAN, ""),
        ("HASPDEHHXXX/DE34200505501234567890", OWN_IBAN, OWN_IBAN, ""),
        ("37040044/532013000", "DE89370400440532013000", "DE89370400440532013000", ""),
        ("1222333444", "", "1222333444", ""),
        ("1291.99.348EUR", "", "1291.99.348", "EUR"),
        ("UBRTHUHB/123456789150ABCDEF002/HUF", "", "123456789150ABCDEF002", "HUF"),
        ("NL81ASNB9999999999", "", "NL81ASNB9999999999", ""),
    ],
)
def test_the_account_is_an_iban_where_it_can_be_known(account, iban, shown, currency):
    data = mt(opening=":60F:C261119EUR1,00").replace(b":25:20050550/1234567890", f":25:{account}".encode())
    opened, _, _ = read(data)
    assert (opened.iban, opened.account) == (iban, shown)
    assert opened.currency == "EUR"
    only_there = read(data.replace(b":60F:C261119EUR1,00\r\n", b""))[0]
    assert only_there.currency == currency


TEXT = "EREF+RE-2026/77SVWZ+Kassenzeichen 4711000000012 Hundesteuer und Mahngebuehr 2026 fuer Bello MREF+M-1ABWA+Kanzlei Probe"


@pytest.mark.parametrize("width", [27, 40, 65, 1000])
@pytest.mark.parametrize("mark", ["?", ">", "~", "^"])
def test_the_german_form_is_joined_before_it_is_split(width, mark):
    text = "166?00GUTSCHRIFT?109310" + purpose(TEXT) + "?30COBADEFFXXX?31DE89370400440532013000?32Erika?34000"
    one = read_entry(mt(*entry(wrapped(text.replace("?", mark), width))))
    detail = one.first
    assert (one.gvc, one.primanota, one.text_key_extension) == ("166", "9310", "000")
    assert one.additional_information == "GUTSCHRIFT"
    assert detail.end_to_end_id == "RE-2026/77"
    assert detail.text == "Kassenzeichen 4711000000012 Hundesteuer und Mahngebuehr 2026 fuer Bello"
    assert (detail.mandate_id, detail.ultimate_name) == ("M-1", "Kanzlei Probe")
    assert (detail.name, detail.iban, detail.bic) == ("Erika", "DE89370400440532013000", "COBADEFFXXX")
    assert (detail.amount_cents, detail.currency) == (12000, "EUR")


@pytest.mark.parametrize(
    ("information", "field", "value"),
    [
        ("166?20Was kostet das?20EUR oder was?21?", "text", "Was kostet das?20EUR oder was?"),
        ("166?20Frage?99 Ende", "text", "Frage?99 Ende"),
        ("166?20EREF+A?21SVWZ+Ruf +49 40 1+1 an", "text", "Ruf +49 40 1+1 an"),
        ("166?20EREF+A?21SVWZ+zu EREF+B gehoerig", "end_to_end_id", "A"),
        ("166?20EREF+A?21SVWZ+zu EREF+B gehoerig", "text", "zu EREF+B gehoerig"),
        ("166?20SVWZ+EREF+B SVWZ+zu 4711", "text", "EREF+B SVWZ+zu 4711"),
        ("166?20SVWZ+a KREF+K SVWZ+b ABWA+Kanzlei", "text", "a KREF+K SVWZ+b"),
        ("166?20SVWZ+neue IBAN+ folgt", "text", "neue IBAN+ folgt"),
        ("166?20SVWZ+x IBAN+DE89370400440532013000", "iban", "DE89370400440532013000"),
        ("166?20Rechnung 1 EREF: R-1 MREF: M-1", "end_to_end_id", "R-1"),
        ("166?20Rechnung 1 EREF: R-1 MREF: M-1", "text", "Rechnung 1"),
        ("166?20Miete EREF: R-1 IBAN: DE89 3704 0044 0532 0130 00 BIC: COBADEFF", "iban", "DE89370400440532013000"),
        ("166?20SVWZ+a?60b?61c", "text", "a b c"),
        ("166?20KREF+ZL-1", "payment_information_id", "ZL-1"),
        ("166?20PURP+TAXS", "purpose", "TAXS"),
        ("166?20BREF+B1", "servicer_reference", "B1"),
        ("166?20RREF+R1", "other_references", (("RREF", "R1"),)),
        ("166?20DEBT+D1", "other_references", (("DEBT", "D1"),)),
        ("166?20COAM+viel", "other_references", (("COAM", "viel"),)),
        ("166?20OAMT+USD 12,50", "other_amounts", (OtherAmount("INSTD", 1250, "USD"),)),
        ("166?20COAM+3,00", "charges", (Charge(-300, "EUR"),)),
        ("166?3020050550?311234567", "account", "20050550/1234567"),
        ("166?31000123456789", "account", "000123456789"),
        ("020?00Przelew?38PL61109010140000071219812874", "iban", "PL61109010140000071219812874"),
        ("166?32Verwaltungsgemeinschaft Mus?33terstadt", "name", "Verwaltungsgemeinschaft Musterstadt"),
        ("166?32Stadt?33Musterstadt", "name", "Stadt Musterstadt"),
        ("109?34909", "return_reason", "MD01"),
        ("159?34902", "return_reason", "AC04"),
        ("109?34914", "return_reason", ""),
        ("166?34909", "return_reason", ""),
        ("/EREF/R-1/BENM//NAME/B. Meier/REMI/Miete Nov/ISDT/2026-11-20", "name", "B. Meier"),
        ("/EREF/R-1/BENM//NAME/B. Meier/REMI/Miete Nov/ISDT/2026-11-20", "text", "Miete Nov"),
        ("/EREF/R-1//MARF/M-1//CSID/DE98ZZZ09999999999//REMI/USTD//Miete/", "mandate_id", "M-1"),
        ("/EREF/R-1//REMI/USTD//Miete Nov/", "text", "Miete Nov"),
        ("/CNTP/NL20INGB0001234567/INGBNL2A/J. Jansen///REMI/USTD//x/", "iban", "NL20INGB0001234567"),
        ("/CNTP/NL20INGB0001234567/INGBNL2A/J. Jansen///REMI/USTD//x/", "name", "J. Jansen"),
        ("/TRTP/SEPA/IBAN/NL20INGB0001234567/BIC/INGBNL2A/NAME/J/EREF/E", "bic", "INGBNL2A"),
        ("/RTRN/MS03//EREF/E", "return_reason", "MS03"),
        ("/ULTD//NAME/Kind/ORDP//NAME/Vater", "ultimate_name", "Kind"),
        ("/PURP/CD/SALA//EREF/E", "purpose", "SALA"),
        ("/REMI/STRD/CUR/RF18539007547034/", "structured", "RF18539007547034"),
        ("999PN5477SCHECK-NR. 1", "text", "PN5477SCHECK-NR. 1"),
        ("freie Zeile", "text", "freie Zeile"),
        ("eine\r\nzweite", "remittance", ("eine", "zweite")),
        ("/PT/FT/PY/SOMETHING", "text", "/PT/FT/PY/SOMETHING"),
    ],
)  # fmt: skip
def test_the_text_of_an_entry_is_understood(information, field, value):
    detail = read_entry(mt(*entry(information))).first
    found = detail.structured[0].reference if field == "structured" else getattr(detail, field)
    assert found == value


def test_a_debit_has_the_payee_as_the_other_side():
    information = "116?20ABWA+Amt?21ABWE+Kind?32Mutter"
    detail = read_entry(mt(*entry(information, line="261120D5,00NTRF"))).first
    assert (detail.name, detail.ultimate_name, detail.own_ultimate_name) == ("Mutter", "Kind", "Amt")
    returned = read_entry(mt(*entry("109" + information[3:], line="261120D5,00NRTI"))).first
    assert (returned.ultimate_name, returned.own_ultimate_name) == ("Amt", "Kind")


def test_a_batch_has_its_id_and_no_detail():
    one = read_entry(mt(*entry("191?00SAMMLER?20KREF+ZL-1", line="261120D5,00NTRF")))
    assert (one.batch_payment_information_id, one.details) == ("ZL-1", ())


def test_several_86_belong_to_one_entry():
    one = read_entry(mt(*entry(), ":86:eins", ":86:zwei"))
    assert one.first.remittance == ("eins", "zwei")


def test_the_second_line_of_61_is_kept():
    one = read_entry(mt(*entry("166?00TEXT", line="261120C1,00NTRFX//Y\r\n911-PRZELEW")))
    assert (one.additional_information, one.first.additional_information) == ("TEXT", "911-PRZELEW")
    assert read_entry(mt(*entry(line="261120C1,00NTRFX\r\nMiete"))).additional_information == "Miete"
    amounts = read_entry(mt(*entry(line="261120C1,00NTRFX//Y\r\n/OCMT/USD4,5//CHGS/EUR0,5/"))).first
    assert amounts.other_amounts == (OtherAmount("INSTD", 450, "USD"),)
    assert amounts.charges == (Charge(-50, "EUR"),)


def test_non_swift_fields_are_read():
    data = mt(
        *entry(),
        ":NS:01Zeile 1\r\n02Zeile 2\r\n15Erika\r\n16Muster\r\n17TEXT\r\n1899\r\n40x",
        head=(":NS:22Stadt\r\n23Konto",),
    )
    opened, (one,), closed = read(data)
    assert (opened.owner, one.first.name, one.first.remittance) == ("Stadt", "Erika Muster", ("Zeile 1", "Zeile 2"))
    assert (one.additional_information, one.primanota) == ("TEXT", "99")
    assert closed.not_understood == ((":NS:40", 1),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1"])
@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r"])
def test_every_encoding_and_line_end_gives_the_same(encoding, newline):
    data = mt(*entry("166?20SVWZ+Gebühr für Öl, 5 ß?32Jürgen Ähre")).decode().encode(encoding)
    opened, (one,), closed = read(data.replace(b"\r\n", newline))
    assert (one.first.text, one.first.name) == ("Gebühr für Öl, 5 ß", "Jürgen Ähre")
    assert (opened.iban, closed.balance("CLBD").amount_cents) == (OWN_IBAN, 10000)


def test_a_character_broken_by_the_line_and_bytes_of_another_encoding_are_read():
    data = (
        mt(*entry("166?20SVWZ+f\x00r M\x01hr?32J\x02n")).replace(b"\x00", b"\xc3\r\n\xbc").replace(b"\x01", b"\xc3\xa4")
    )
    one = read_entry(data.replace(b"\x02", b"\xf6").replace(b"Kind", b"K"))
    assert (one.first.text, one.first.name) == ("für Mähr", "Jön")


def test_a_time_of_day_broken_by_the_line_is_no_field():
    one = read_entry(mt(*entry("166?20Kauf 2026-11-20T16\r\n:20:37 Karte 007")))
    assert one.first.text == "Kauf 2026-11-20T16:20:37 Karte 007"


def test_swift_blocks_and_several_messages_are_read():
    one = b"{1:F01BANKDEFFAXXX0000000000}{2:O940}{4:\r\n" + mt(*entry(), end="-}{5:}")
    events = list(read_statements(io.BytesIO(one + one)))
    assert [type(event) for event in events] == [Opened, Entry, Closed] * 2
    assert events[1].line == 6
    assert events[4].line == 14
    assert not any(event.findings for event in events if isinstance(event, Closed))


def test_the_end_mark_is_no_text_but_a_dash_within_is():
    data = mt(*entry("frei\r\n-\r\nweiter"), opening="", closing="", head=(":34F:EURD0,", ":34F:EURC0,"))
    assert read_entry(data).first.remittance == ("frei", "-", "weiter")


def test_pages_have_their_own_balances():
    first = mt(*entry(), closing=":62M:C261120EUR220,00")
    second = mt(*entry(), opening=":60M:C261120EUR220,00").replace(b"231/1", b"231/2")
    events = list(read_statements(io.BytesIO(first + second)))
    assert [event.page for event in events if isinstance(event, Opened)] == [1, 2]
    ends = [event for event in events if isinstance(event, Closed)]
    assert [end.balance("CLBD").amount_cents for end in ends] == [22000, 10000]
    assert [end.balance("OPBD").amount_cents for end in ends] == [10000, 22000]


def test_a_statement_without_entries_has_head_and_balances():
    opened, entries, closed = read(mt())
    assert (opened.iban, entries, closed.entries) == (OWN_IBAN, [], 0)
    assert [balance.code for balance in closed.balances] == ["OPBD", "CLBD"]


def interim(*more: str, limit=":34F:EURD0,00", fields=()) -> bytes:
    return mt(*fields, *more, opening="", closing="", head=(limit, ":13D:2611201730+0100"))


def test_mt942_has_announced_entries_and_its_time():
    data = interim(fields=(*entry(), *entry(line="261120ED5,00NTRF")), limit=":34F:EUR0,")
    assert identify(io.BytesIO(data)) == Kind("MT942", "MT942")
    opened, entries, closed = read(data)
    assert (opened.message, opened.created, opened.currency) == ("MT942", "2026-11-20T17:30:00+01:00", "EUR")
    assert [(one.amount_cents, one.status) for one in entries] == [(12000, "PDNG"), (-500, "PDNG")]
    assert closed.findings == ()


@pytest.mark.parametrize(
    ("limit", "sums", "codes"),
    [
        (":34F:EUR0,", (":90D:1EUR5,00", ":90C:1EUR120,00"), []),
        (":34F:EUR0,", (":90D:1EUR5,01",), ["statement.summary"]),
        (":34F:EUR0,", (":90C:2EUR120,00",), ["statement.summary"]),
        (":34F:EURD10,00", (":90D:7EUR99,00",), ["mt.floor_limit"]),
    ],
)
def test_limits_and_sums_of_mt942_are_compared(limit, sums, codes):
    data = interim(*sums, fields=(*entry(), *entry(line="261120D5,00NTRF")), limit=limit)
    assert [finding.code for finding in read(data)[2].findings] == codes


def test_what_is_not_understood_is_counted():
    data = mt(*entry("166?00A?11x?77y?20z"), ":99X:was", head=(":11A:kopf",))
    _, (one,), closed = read(data.replace(b"-\r\n", b":86:Schlusstext\r\n-\r\n"))
    assert dict(closed.not_understood) == {
        ":11A:": 1,
        ":86:?11": 1,
        ":86:?77": 1,
        ":99X:": 1,
        ":86: of the statement": 1,
    }
    assert one.first.text == "z"


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        (mt(*entry(line="261120X1,00NTRF")), "mt.field", 5),
        (mt(*entry(line="20.11.26C1,00NTRF")), "mt.field", 5),
        (mt(*entry(line="261120C1.234NTRF")), "amount.invalid", 5),
        (mt(*entry(), opening=":60F:X261119EUR1,00"), "mt.field", 4),
        (mt(*entry(), closing=":62F:C261120EUR"), "mt.field", 6),
        (mt(*entry()).partition(b"\r\n:28C:")[2].join((b":28C:", b"")), "mt.stray_field", 1),
        (b":20:X\r\n:23B:CRED\r\n:32A:261120EUR1,00\r\n-", "mt.not_a_statement", 1),
        (b"{1:F01X}{2:I103BANKDEFFXXXXN}{4:\r\n:20:X\r\n:32A:261120EUR1,00\r\n-}", "mt.not_a_statement", 2),
        (interim(limit=":34F:nichts"), "mt.field", 4),
        (interim(":90D:viel"), "mt.field", 6),
    ],
    ids=["mark", "day", "amount", "opening", "closing", "no beginning", "MT103", "MT103 in blocks", "limit", "sum"],
)
def test_what_cannot_be_read_is_an_error_with_its_place(data, code, line):
    with pytest.raises(KasseError) as refused:
        list(read_statements(io.BytesIO(data)))
    assert (refused.value.code, refused.value.place.file, refused.value.place.line) == (code, "-", line)


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        (mt(*entry(), closing=""), ["mt.no_closing_balance"]),
        (mt(*entry(), ":25:166?00GUTSCHRIFT"), ["mt.repeated_field"]),
        (mt().replace(b":25:20050550/1234567890\r\n", b""), ["statement.account_missing"]),
    ],
)
def test_what_is_missing_or_double_is_a_finding(data, codes):
    assert [finding.code for finding in read(data)[2].findings] == codes


@pytest.mark.parametrize(
    ("data", "tag", "line"),
    [
        (mt(*entry("z"), opening=":60F:C261119EUR100,00\r\nverloren"), "60F", 5),
        (mt(*entry("z"), closing=":62F:C261120EUR100,00\r\nverloren"), "62F", 8),
        (mt(*entry("z"), head=(":21:REF\r\nverloren",)), "21", 5),
    ],
    ids=["opening", "closing", "reference"],
)
def test_a_stray_line_behind_a_field_is_counted_and_named(data, tag, line):
    closed = read(data)[2]
    assert dict(closed.not_understood) == {f":{tag}: further line": 1}
    [finding] = closed.findings
    assert (finding.code, finding.fields, finding.place.line) == (
        "mt.stray_line",
        {"tag": tag, "text": "verloren"},
        line,
    )


def test_lines_are_counted_across_the_blocks_of_a_large_file():
    data = mt(*(field for number in range(3000) for field in entry(f"166?20Nr {number}\r\nfolgt")))
    _, entries, closed = read(data)
    assert closed.entries == 3000
    assert [one.line for one in entries] == [5 + 3 * number for number in range(3000)]
    lines = re.split(rb"\r\n", data)
    assert all(lines[one.line - 1].startswith(b":61:") for one in entries)
