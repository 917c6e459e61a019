"""EPC QR: the payload line by line, its limits, and pictures that hold it."""

from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from segno.helpers import make_epc_qr

from sepa.epcqr import MAX_BYTES, QrPayment, QrTooLongError, payload, png, svg, terminal
from sepa.errors import KasseError
from sepa.fields import InvalidOrderError
from sepa.text import BlankTextError

IBAN = "DE89370400440532013000"


def payment(**changes: Any) -> QrPayment:
    return QrPayment(**{"name": "Stadtkasse Müsterstadt", "iban": IBAN, "amount_cents": 1234} | changes)


PAYLOADS = {
    "amount and text": (payment(remittance="4711"), "\nStadtkasse Müsterstadt\n" + IBAN + "\nEUR12.34\n\n\n4711"),
    "nothing but payee": (payment(amount_cents=None), "\nStadtkasse Müsterstadt\n" + IBAN),
    "reference": (
        payment(creditor_reference="RF18539007547034"),
        "\nStadtkasse Müsterstadt\n" + IBAN + "\nEUR12.34\n\nRF18539007547034",
    ),
    "everything": (
        payment(bic="COBADEFF", purpose="TAXS", remittance="A & B", information="Danke"),
        "COBADEFF\nStadtkasse Müsterstadt\n" + IBAN + "\nEUR12.34\nTAXS\n\nA & B\nDanke",
    ),
}


@pytest.mark.parametrize(("one", "lines"), PAYLOADS.values(), ids=PAYLOADS.keys())
def test_the_payload_has_the_lines_of_epc069_12(one: QrPayment, lines: str) -> None:
    assert payload(one) == "BCD\n002\n1\nSCT\n" + lines


def test_the_payload_agrees_with_an_independent_one() -> None:
    one = payment(remittance="Bescheid 4711", purpose="TAXS", bic="COBADEFFXXX")
    theirs = make_epc_qr(
        name=one.name,
        iban=IBAN,
        amount="12.34",
        text="Bescheid 4711",
        purpose="TAXS",
        bic="COBADEFFXXX",
        encoding="utf-8",
    )
    ours = segno.make_qr(payload(one).encode(), error="m", boost_error=False, mode="byte")
    assert list(theirs.matrix) == list(ours.matrix)


WRONG = {
    "wrong check digits": ({"iban": "DE88370400440532013000"}, "iban.check_digits"),
    "no name": ({"name": " "}, "text.blank"),
    "nothing to pay": ({"amount_cents": 0}, "amount.range"),
    "text and reference": ({"remittance": "x", "creditor_reference": "RF18539007547034"}, "remittance.twice"),
    "more than 331 bytes": (
        {"name": "ä" * 70, "remittance": "ä" * 140, "information": "x" * 70},
        "qr.length",
    ),
}


@pytest.mark.parametrize(("changes", "code"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_payment_makes_no_code(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(KasseError) as error:
        payment(**changes)
    assert error.value.code == code


@given(st.text("aä &", max_size=140), st.text("aäß.", max_size=70), st.none() | st.integers(1, 99_999_999_999))
def test_every_code_keeps_within_331_bytes_and_version_13(remittance: str, note: str, cents: int | None) -> None:
    try:
        one = payment(remittance=remittance, information=note, amount_cents=cents)
    except (QrTooLongError, BlankTextError, InvalidOrderError):
        return
    assert len(payload(one).encode()) <= MAX_BYTES
    assert svg(one).startswith(b"<?xml")


def test_the_longest_payload_fits_the_code() -> None:
    longest = payment(name="x" * 70, remittance="x" * 140, information="x" * 70)
    assert len(payload(longest).encode()) == MAX_BYTES
    assert png(longest)[:8] == b"\x89PNG\r\n\x1a\n"


def test_pictures_are_the_same_each_time() -> None:
    one = payment(remittance="4711")
    assert (svg(one), png(one), terminal(one)) == (svg(one), png(one), terminal(one))
    assert b"<path" in svg(one)


def test_the_terminal_shows_all_modules_dark_on_light() -> None:
    one = payment(remittance="4711")
    rows = [list(row) for row in segno.make_qr(payload(one).encode(), error="m", boost_error=False, mode="byte").matrix]
    lines = terminal(one, border=0).splitlines()
    halves = {"█": (0, 0), "▀": (0, 1), "▄": (1, 0), " ": (1, 1)}
    shown = [[halves[sign][half] for sign in line] for line in lines for half in (0, 1)]
    assert shown[: len(rows)] == [[int(module) for module in row] for row in rows]
