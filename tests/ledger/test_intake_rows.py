"""What of an entry is hashed, and what stands in which column."""

import datetime as dt
from dataclasses import replace
from hashlib import sha256

import pytest

from ledger.bank.fingerprint import fingerprint
from ledger.bank.intake_rows import DETAIL_COLUMNS, ENTRY_COLUMNS, detail_rows, entry_row
from sepa.statements import Detail, Entry, StructuredReference

DETAIL = Detail(
    amount_cents=500, currency="EUR", end_to_end_id="E1", name="Meyer", iban="DE02", remittance=("RG 12", "34")
)
ENTRY = Entry(
    index=0,
    amount_cents=500,
    currency="EUR",
    status="BOOK",
    booking_day=dt.date(2026, 11, 16),
    value_day=dt.date(2026, 11, 17),
    servicer_reference="A1",
    bank_transaction_code="PMNT-RCDT-ESCT",
    proprietary_code="NTRF+166",
    gvc="166",
    details=(DETAIL,),
)


def test_the_fingerprint_is_a_stored_format():
    """It must not change while books hold it: another list of fields needs another FORMAT."""
    head = ["kasse bank entry 1", "500", "2026-11-17", "", "EUR", "A1", "PMNT-RCDT-ESCT", "NTRF+166", "", "", ""]
    detail = ["500", "EUR", "", "", "", "", "E1", "", "", "", "Meyer", "DE02", "", "", "RG 1234", "", "", "", ""]
    assert fingerprint(ENTRY) == sha256(("\x1f".join(head) + "\x1d" + "\x1f".join(detail)).encode()).digest()


@pytest.mark.parametrize(
    "same",
    [
        replace(ENTRY, index=7, line=99, reference="N2"),
        replace(ENTRY, details=(replace(DETAIL, remittance=("RG ", "1234")),)),
        replace(ENTRY, booking_day=dt.date(2026, 11, 18)),
    ],
    ids=["position and NtryRef", "line breaks", "booking day, which is in the key"],
)
def test_what_a_bank_counts_anew_is_not_hashed(same):
    assert fingerprint(same) == fingerprint(ENTRY)


OTHERS = {
    "amount": {"amount_cents": 501},
    "value day": {"value_day": None},
    "reversal": {"reversal": True},
    "AcctSvcrRef": {"servicer_reference": "A2"},
    "code": {"proprietary_code": "NTRF+152"},
    "more details": {"details": (DETAIL, DETAIL)},
    "EndToEndId": {"details": (replace(DETAIL, end_to_end_id="E2"),)},
    "name": {"details": (replace(DETAIL, name="Maier"),)},
    "text": {"details": (replace(DETAIL, remittance=("RG 1235",)),)},
    "structured": {"details": (replace(DETAIL, structured=(StructuredReference("RF18539007547034"),)),)},
    "structured text": {"details": (replace(DETAIL, structured_text=("x",)),)},
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS)
def test_what_a_bank_says_is_hashed(change):
    assert fingerprint(replace(ENTRY, **change)) != fingerprint(ENTRY)


def columns(entry):
    return dict(zip(ENTRY_COLUMNS, entry_row(entry), strict=True))


def test_a_single_transaction_stands_in_the_entry():
    row = columns(ENTRY)
    assert (row["name"], row["counter_iban"], row["end_to_end_id"], row["remittance"]) == (
        "Meyer",
        "DE02",
        "E1",
        "RG 12\n34",
    )
    assert (row["bank_day"], row["value_day"], row["gvc"], row["detail_count"]) == (
        "2026-11-16",
        "2026-11-17",
        "166",
        1,
    )
    assert list(detail_rows(ENTRY)) == []


@pytest.mark.parametrize(
    ("structured", "expected"),
    [
        ((StructuredReference("RF18539007547034", "SCOR"),), "RF18539007547034"),
        ((StructuredReference("R-2026-1", "CINV"), StructuredReference("123", "")), "123"),
        ((StructuredReference("R-2026-1", "CINV"),), None),
    ],
    ids=["SCOR", "an invoice number beside a reference", "an invoice number alone"],
)
def test_the_reference_is_what_the_payee_asked_for(structured, expected):
    assert columns(replace(ENTRY, details=(replace(DETAIL, structured=structured),)))["creditor_reference"] == expected


def test_the_banks_own_words_stand_in_for_a_missing_remittance():
    fee = replace(ENTRY, details=(), additional_information="Kontoführung")
    assert (columns(fee)["remittance"], columns(fee)["detail_count"]) == ("Kontoführung", 0)
    assert columns(replace(fee, details=(Detail(name="A"),)))["remittance"] == "Kontoführung"
    assert columns(replace(fee, details=(DETAIL, DETAIL)))["remittance"] is None


def test_a_detail_in_another_currency_has_no_amount():
    foreign = replace(DETAIL, amount_cents=550, currency="USD")
    rows = [
        dict(zip(DETAIL_COLUMNS, row, strict=True)) for row in detail_rows(replace(ENTRY, details=(DETAIL, foreign)))
    ]
    assert [row["amount_cents"] for row in rows] == [500, None]
