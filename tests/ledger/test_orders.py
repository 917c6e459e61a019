"""Rules of orders, row by row: what is needed, what is refused, what is completed."""

import pytest

from ledger.items.kassenzeichen import Scheme
from ledger.items.order_rules import check_order
from ledger.items.orders import AccountState, InvalidOrderNumberError, Rules, order_number, parse_order_number
from tests.ledger.order_lists import IBAN, checked, codes, row

OPEN = {
    "2400": AccountState("receivable", "asset", None),
    "2800": AccountState("bank", "asset", None),
    "2690.BAU": AccountState("verrechnung", "asset", None),
    "4800": AccountState("suspense", "liability", None),
    "5000": AccountState(None, "income", None),
    "5100": AccountState(None, "income", None),
    "5700": AccountState("charges", "income", None),
    "5900": AccountState(None, "income", "2026-11-01"),
    "5950": AccountState(None, "income", "2026-12-01"),
    "6100": AccountState(None, "expense", None),
    "8000": AccountState("opening", "equity", None),
}
RULES = Rules(
    today="2026-11-16",
    offices=("BAU", "ORDNUNG"),
    schemes=(Scheme("standard", "[0-9]{13}", 13, "iso7064_mod_11_10", "", issues=True),),
    accounts={(office, number): state for office in ("BAU", "ORDNUNG") for number, state in OPEN.items()},
    defaults={
        "default_account:receivable": "5100",
        "default_account:payable": "6100",
        "default_account:receivable:BAU": "5700",
        "profile_account:tax": "5000",
        "profile_account:fee": "5100",
    },
)
CLAIM, DEBT = row("ORDNUNG receivable 125,50 Erika Musterfrau"), row("ORDNUNG payable 89,00 Papierhaus")


@pytest.mark.parametrize("given", [CLAIM, DEBT], ids=["receivable", "payable"])
def test_a_complete_row_has_no_findings(given):
    assert check_order(RULES, given).findings == ()


REFUSED = [
    pytest.param(CLAIM, {"office": None}, "order.missing", "office", id="no office"),
    pytest.param(CLAIM, {"kind": None}, "order.missing", "kind", id="no kind"),
    pytest.param(CLAIM, {"name": None}, "order.missing", "name", id="no name"),
    pytest.param(CLAIM, {"amount_cents": None}, "order.missing", "amount", id="no amount"),
    pytest.param(CLAIM, {"due": None}, "order.missing", "due", id="no due day"),
    pytest.param(CLAIM, {"purpose": None}, "order.missing", "purpose", id="no purpose"),
    pytest.param(CLAIM, {"street": None}, "order.missing", "street", id="a receivable without a street"),
    pytest.param(CLAIM, {"town": None}, "order.missing", "town", id="a receivable without a town"),
    pytest.param(CLAIM, {"postcode": None}, "order.missing", "postcode", id="a German receivable without a postcode"),
    pytest.param(DEBT, {"bank_account": None}, "order.missing", "bank_account", id="a payable without an IBAN"),
    pytest.param(CLAIM, {"office": "ZOO"}, "office.unknown", "office", id="unknown office"),
    pytest.param(CLAIM, {"amount_cents": 0}, "order.amount", "amount", id="zero"),
    pytest.param(CLAIM, {"amount_cents": -5}, "order.amount", "amount", id="below zero"),
    pytest.param(CLAIM, {"name": "– –"}, "order.name", "name", id="a name of dashes"),
    pytest.param(CLAIM, {"name": "x" * 141}, "text.length", "name", id="a long name"),
    pytest.param(DEBT, {"name": "x" * 71}, "text.length", "name", id="EPC132-08: a payee's name has 70 characters"),
    pytest.param(DEBT, {"purpose": "x" * 141}, "text.length", "purpose", id="EPC132-08: remittance has 140 characters"),
    pytest.param(DEBT, {"reference": "x" * 36}, "text.length", "reference", id="a payee's reference has 35 characters"),
    pytest.param(CLAIM, {"purpose": "a\x00b"}, "order.control_character", "purpose", id="NUL"),
    pytest.param(CLAIM, {"name": "a\x1fb"}, "order.control_character", "name", id="the chain's separator"),
    pytest.param(CLAIM, {"country": "XX"}, "order.country", "country", id="unknown country"),
    pytest.param(CLAIM, {"postcode": "1067"}, "order.postcode", "postcode", id="a lost leading zero"),
    pytest.param(CLAIM, {"birth_date": "2026-11-17"}, "order.future", "birth_date", id="born tomorrow"),
    pytest.param(CLAIM, {"notice_date": "2027-01-01"}, "order.future", "notice_date", id="a notice of next year"),
    pytest.param(CLAIM, {"period_from": "2026-02-01", "period_to": "2026-01-31"}, "order.period", "period_to",
                 id="a period backwards"),
    pytest.param(CLAIM, {"profile": "toll"}, "order.profile", "profile", id="unknown profile"),
    pytest.param(CLAIM, {"gl_account": "5999"}, "account.unknown", "gl_account", id="unknown account"),
    pytest.param(CLAIM, {"gl_account": "5900"}, "account.closed", "gl_account", id="closed account"),
    pytest.param(CLAIM, {"gl_account": "2400"}, "order.kept_account", "gl_account", id="control account"),
    pytest.param(CLAIM, {"gl_account": "2800"}, "order.kept_account", "gl_account", id="bank account"),
    pytest.param(CLAIM, {"gl_account": "2690.BAU"}, "order.kept_account", "gl_account", id="Verrechnung"),
    pytest.param(CLAIM, {"gl_account": "4800"}, "order.kept_account", "gl_account", id="suspense"),
    pytest.param(CLAIM, {"gl_account": "8000"}, "order.kept_account", "gl_account", id="opening account"),
    pytest.param(CLAIM, {"cost_object": "a;b=c"}, "order.cost_object", "cost_object", id="dimension separators"),
    pytest.param(CLAIM, {"reference": "1000000000011"}, "reference.invalid", "reference", id="wrong check digit"),
    pytest.param(CLAIM, {"reference": "AZ-4711"}, "reference.invalid", "reference", id="foreign, not marked"),
    pytest.param(CLAIM, {"reference": "Ä", "reference_foreign": 1}, "reference.invalid", "reference", id="too short"),
    pytest.param(DEBT, {"bank_account": "DE03120300000000202051"}, "iban.check_digits", "bank_account",
                 id="ISO 13616: wrong check digits"),
    pytest.param(DEBT, {"bank_account": "DE00120300000000000036"}, "iban.check_digits", "bank_account",
                 id="ISO 7064: 00 is an alias of 97"),
    pytest.param(DEBT, {"bank_account": "DE0212030000000020205"}, "iban.length", "bank_account", id="a digit missing"),
    pytest.param(CLAIM, {"bank_account": "XX1234"}, "iban.country", "bank_account", id="an IBAN of no country"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "change", "code", "column"), REFUSED)
def test_a_bad_value_is_a_finding_at_its_cell(given, change, code, column):
    findings = check_order(RULES, given._replace(**change)).findings
    assert codes(findings) == [code]
    assert (findings[0].place.row, findings[0].place.column) == (2, column)
    assert findings[0].hint


@pytest.mark.parametrize(
    ("given", "change"),
    [
        pytest.param(CLAIM, {"due": "2019-01-01"}, id="due in the past"),
        pytest.param(CLAIM, {"gl_account": "5950"}, id="an account that will be closed"),
        pytest.param(CLAIM, {"gl_account": "5700"}, id="charges can be ordered"),
        pytest.param(CLAIM, {"country": "AT", "postcode": "1010"}, id="an Austrian postcode"),
        pytest.param(CLAIM, {"country": "IE", "postcode": None}, id="abroad without a postcode"),
        pytest.param(CLAIM, {"reference": "AZ-4711", "reference_foreign": 1}, id="a foreign reference"),
        pytest.param(CLAIM, {"name": "Ayşe Yılmaz 北京"}, id="letters of other scripts"),
        pytest.param(DEBT, {"reference": "RE 2026/17 B"}, id="a payee's own reference as written"),
        pytest.param(DEBT, {"street": None, "town": None}, id="a payable without an address"),
    ],
)
def test_these_rows_are_good(given, change):
    assert check_order(RULES, given._replace(**change)).findings == ()


COMPLETED = [
    pytest.param(CLAIM, {}, "gl_account", "5100", id="the default of the kind"),
    pytest.param(CLAIM, {"office": "BAU"}, "gl_account", "5700", id="the default of the office"),
    pytest.param(CLAIM, {"profile": "tax", "office": "BAU"}, "gl_account", "5000", id="the default of the profile"),
    pytest.param(CLAIM, {"profile": "tax", "gl_account": "5100"}, "gl_account", "5100", id="the given account"),
    pytest.param(DEBT, {}, "gl_account", "6100", id="the default of payables"),
    pytest.param(CLAIM, {"country": "Deutschland"}, "country", "DE", id="the country's name"),
    pytest.param(CLAIM, {"country": "at", "postcode": "1010"}, "country", "AT", id="small letters"),
    pytest.param(
        DEBT, {"bank_account": "de02 1203 0000 0000 2020 51"}, "bank_account", IBAN, id="the IBAN in one form"
    ),
    pytest.param(
        CLAIM, {"reference": "100 000-000.0015"}, "reference", "1000000000015", id="the reference in one form"
    ),
    pytest.param(CLAIM, {"main_reference": "az-1"}, "main_reference", "AZ1", id="the main reference in one form"),
    pytest.param(DEBT, {"reference": "RE 2026/17"}, "reference", "RE 2026/17", id="the payee's reference as written"),
    pytest.param(DEBT, {"reference": "RE 2026/17"}, "reference_foreign", 1, id="a payee's reference is foreign"),
]


@pytest.mark.parametrize(("given", "change", "field", "value"), COMPLETED)
def test_a_row_is_completed(given, change, field, value):
    assert getattr(check_order(RULES, given._replace(**change)).row, field) == value


def test_several_faults_of_one_row_are_all_named():
    given = CLAIM._replace(office="ZOO", amount_cents=0, name=None, country="XX")
    assert codes(check_order(RULES, given).findings) == [
        "order.missing", "office.unknown", "order.amount", "order.country",
    ]  # fmt: skip


def test_a_cell_that_could_not_be_read_is_not_missing_as_well():
    assert check_order(RULES, CLAIM._replace(amount_cents=None), frozenset({"amount"})).findings == ()


def test_an_account_is_needed_where_the_book_has_no_default():
    rules = Rules(RULES.today, RULES.offices, RULES.schemes, RULES.accounts, {})
    assert codes(check_order(rules, CLAIM).findings) == ["order.no_account"]


def test_order_numbers_are_read_as_written():
    assert parse_order_number(f" {order_number('ORDNUNG', 17).lower()} ") == ("ORDNUNG", 17)


@pytest.mark.parametrize("text", ["", "17", "ORDNUNG", "ORDNUNG-", "ORDNUNG-17-1", "ORDNUNG 17", "-17"])
def test_other_texts_are_no_order_numbers(text):
    with pytest.raises(InvalidOrderNumberError):
        parse_order_number(text)


def test_coding_is_checked_against_the_lists_of_the_book(store):
    from ledger.book.dimensions import DimensionRow
    from ledger.book.dimensions_store import take_values

    take_values(
        store, [DimensionRow("kostenstelle", "4711", "Amt"), DimensionRow("produkt", "1", "P", "BAU")], day="2026-01-01"
    )
    row = CLAIM._replace(cost_object="4712", product="1", budget_year="26")
    (found,) = checked(store, row)
    assert [(f.code, f.place.row, f.place.column, f.place.value) for f in found.findings] == [
        ("dimension.value", 2, "cost_object", "4712"),
        ("dimension.value", 2, "product", "1"),
        ("dimension.form", 2, "budget_year", "26"),
    ]
    assert checked(store, CLAIM._replace(cost_object="4711", budget_year="2026"))[0].findings == ()
