"""Texts made to let a pattern try everything: each is read once, or the suite would hang here."""

import io

import pytest

from sepa.errors import KasseError, Place
from sepa.money import InvalidAmountError, parse_amount
from sepa.mt.amounts import other_amount
from sepa.notes import Notes
from sepa.reading import read_statements
from sepa.redact import Redactor
from sepa.redact_mt import redact_mt

LONG = 200_000


@pytest.mark.parametrize("head", [b"<!--a-->" * 5_000, b"<?a?>" * 5_000, b" " * LONG, b"<!--" * 10_000])
def test_a_head_of_comments(head):
    with pytest.raises(KasseError):
        list(read_statements(io.BytesIO(b"<?xml version='1.0'?>" + head + b"<a/>")))


@pytest.mark.parametrize("text", ["1" * LONG, "1." * LONG, " " * LONG, "," * LONG])
def test_amounts(text):
    with pytest.raises(InvalidAmountError):
        parse_amount(f"1{text}€{text}x")
    assert other_amount(f"{text}x!", "EUR", Notes(Place()), 1) is None


def test_redacted_amounts_and_accounts():
    redactor = Redactor(b"seed", 3)
    assert redactor.amount("1" * LONG) == "1" * LONG
    fields = [b":20:A\n", b":25:" + b" " * LONG + b"x\n", b":60F:C260101EUR" + b"1" * LONG + b"\n"]
    written = b"".join(redact_mt(io.BytesIO(b"".join(fields)), redactor))
    assert len(written) == sum(map(len, fields))
