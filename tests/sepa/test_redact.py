"""Redacted files: nothing of a person stays, everything a program reads stays."""

import io
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.errors import KasseError
from sepa.identifiers import is_bic, is_iban, make_iban, parse_creditor_id, parse_rf
from sepa.pain_reading import read_payments
from sepa.pain_values import BatchEnd, FileEnd, ForeignAddress, ForeignBatch, ForeignPayment, PaymentFile
from sepa.reading import identify, read_statements
from sepa.redact import Redactor, ScaleError
from sepa.redact_mt import redact_mt
from sepa.redact_xml import redact_xml
from sepa.statements import Closed, Detail, Opened
from tests.bank_files import AMENDED, ENTRY, IBAN, OTHER, camt, pain001, pain008, transfer
from tests.conftest import needs
from tests.paths import CORPORA

SEED = b"test"


def xml(text: str, factor: int = 1) -> bytes:
    return b"".join(redact_xml(io.BytesIO(text.encode()), Redactor(SEED, factor)))


def mt(text: str, factor: int = 1) -> str:
    return b"".join(redact_mt(io.BytesIO(text.encode()), Redactor(SEED, factor))).decode()


@pytest.mark.parametrize(
    ("word", "holds"),
    [
        (IBAN, is_iban),
        ("FR1420041010050500013M02606", is_iban),
        ("RF18539007547034", lambda made: parse_rf(made) == made),
        ("DE98ZZZ09999999999", lambda made: parse_creditor_id(made) == made),
        ("COBADEFFXXX", is_bic),
    ],
    ids=["German IBAN", "French IBAN", "ISO 11649", "EPC262-08", "ISO 9362"],
)
def test_identifiers_become_others_with_right_check_digits(word, holds):
    made = Redactor(SEED).text(word)
    assert made != word
    assert len(made) == len(word)
    assert holds(made)


def test_a_word_becomes_the_same_wherever_it_stands_and_another_by_another_seed():
    redactor = Redactor(SEED)
    assert redactor.text(IBAN) in redactor.text(f"Rechnung 4711 Konto {IBAN}, danke")
    assert Redactor(SEED).text("Erika") == redactor.text("Erika") != Redactor(b"other").text("Erika")


@pytest.mark.parametrize("kept", ["NOTPROVIDED", "EREF+", "SVWZ+", "EUR", " / - . ", "ß"])
def test_what_formats_say_stays(kept):
    assert Redactor(SEED).text(kept) == kept


def classes(text: str) -> str:
    return "".join(
        "9" if "0" <= c <= "9" else c if not c.isalpha() else "A" if c.isupper() else "a" if c.islower() else "?"
        for c in text
    )


@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_length_and_classes_of_characters_stay(text):
    made = Redactor(SEED).text(text)
    assert len(made) == len(text)
    assert [c.isalpha() for c in made] == [c.isalpha() for c in text]
    plain = [at for at, sign in enumerate(text) if sign.isascii()]
    assert [classes(made[at]) for at in plain] == [classes(text[at]) for at in plain]
    assert [(c.isdigit() and c.isascii()) for c in made] == [(c.isdigit() and c.isascii()) for c in text]


def shape(events: Iterator[object], factor: int = 1) -> list[object]:
    """What must not change: the order of things, days, amounts, codes, and which fields are there and how long."""
    return [_shape(event, factor) for event in events]


def _shape(event: object, factor: int) -> object:
    if isinstance(event, Closed):
        balances = [(one.code, one.amount_cents // factor, one.currency, one.day) for one in event.balances]
        return balances, event.entries, event.credit_cents // factor, event.debit_cents // factor, codes(event.findings)
    if isinstance(event, FileEnd):
        return event.batches, event.count, event.amount_cents // factor, event.not_understood, codes(event.findings)
    if isinstance(event, BatchEnd):
        return event.count, event.amount_cents // factor
    names = event.__slots__ if isinstance(event, Opened) else sorted(event.__dict__)
    return [(name, form(name, getattr(event, name), factor)) for name in names]


STRUCTURE = {"status", "gvc", "bank_transaction_code", "currency", "return_reason", "purpose", "message", "sequence"}


def form(name: str, value: object, factor: int) -> object:
    if isinstance(value, str):
        return value if name in STRUCTURE else len(value)
    if isinstance(value, bool | date | frozenset) or value is None:
        return value
    if isinstance(value, int):
        return value // factor if name.endswith("_cents") else None if name == "line" else value
    if isinstance(value, ForeignAddress):
        return [(key, len(text)) for key, text in value.fields], [len(line) for line in value.lines]
    if isinstance(value, Detail):
        return [(key, form(key, value.__dict__[key], factor)) for key in sorted(value.__dict__)]
    return len(value) if name != "details" else [form("", one, factor) for one in value]


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


@pytest.mark.parametrize("factor", [1, 7])
def test_a_statement_keeps_its_structure_and_loses_its_people(factor):
    made = xml(camt(), factor)
    before, after = read_statements(io.BytesIO(camt().encode())), read_statements(io.BytesIO(made))
    assert shape(before) == shape(after, factor)
    for word in ("Erika", "Musterfrau", "Beispiel", "Grundsteuer", "4711", IBAN, OTHER, "STMT-1", "LS-7"):
        assert word.encode() not in made


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="<&>"), min_size=1, max_size=40),
    st.text("ABCDEFGH0123456789-/+ .", min_size=1, max_size=35),
    st.integers(0, 10**18 - 1),
    st.integers(1, 1000),
)
def test_any_statement_keeps_its_structure(name, reference, account, factor):
    iban = make_iban("DE", str(account).zfill(18))
    entry = ENTRY.replace("Erika Musterfrau", name).replace("E2E-1", reference).replace(OTHER, iban)
    text = camt(entry + ENTRY, account=iban)
    before = shape(read_statements(io.BytesIO(text.encode())))
    assert before == shape(read_statements(io.BytesIO(xml(text, factor))), factor)
    assert iban.encode() not in xml(text)


@pytest.mark.parametrize("text", [pain001(), pain008(), pain008(AMENDED), pain001(transfer() * 3, "3", "300.00")])
def test_a_payment_file_keeps_its_structure(text):
    before, after = (list(read_payments(io.BytesIO(one))) for one in (text.encode(), xml(text)))
    assert [type(one) for one in before] == [type(one) for one in after]
    assert shape(before) == shape(after)
    assert {type(one) for one in after} == {PaymentFile, ForeignBatch, ForeignPayment, BatchEnd, FileEnd}


@pytest.mark.parametrize("text", [pain001(), pain008()])
def test_amounts_are_multiplied_with_their_control_sums(text):
    end = list(read_payments(io.BytesIO(xml(text, 3))))[-1]
    head = next(read_payments(io.BytesIO(xml(text, 3))))
    assert head.control_sum.replace(".", "") == str(end.amount_cents)
    assert end.amount_cents % 300 == 0


@pytest.mark.parametrize("factor", [0, -1, 1001])
def test_a_factor_that_breaks_sums_is_refused(factor):
    with pytest.raises(ScaleError):
        Redactor(SEED, factor)


MT = (
    ":20:STARTUMS\r\n:25:12030000/202051\r\n:28C:223/1\r\n:60F:C261118EUR100,00\r\n"
    ":61:2611191119CR120,00NTRFE2E-1//BANK77\r\nZusatz\r\n"
    ":86:166?00GUTSCHRIFT?109200?20EREF+E2E-1?21SVWZ+Grundsteuer Konto DE?2289370400440532013000\r\n?32Erika"
    " Musterfrau?34000\r\n:62F:C261119EUR220,00\r\n-\r\n"
)


def test_an_mt940_keeps_its_lines_fields_and_keywords():
    made = mt(MT, 2)
    assert [line[:4] for line in made.split("\r\n")][:4] == [":20:", ":25:", ":28C", ":60F"]
    assert list(map(len, mt(MT).split("\r\n"))) == list(map(len, MT.split("\r\n")))
    for kept in (":28C:223/1", ":60F:C261118EUR200,00", ":61:2611191119CR240,00NTRF", "166?00GUTSCHRIFT?109200"):
        assert kept in made
    assert re.search(r"\?20EREF\+\w{3}-\d\?21SVWZ\+\w+ \w+ DE\?22\d{20}", made)
    for gone in ("STARTUMS", "Erika", "Grundsteuer", "BANK77", "Zusatz", "202051"):
        assert gone not in made


def test_an_account_torn_over_two_subfields_becomes_one_with_right_check_digits():
    first, second = re.search(r"(DE)\?22(\d{20})", mt(MT)).groups()
    assert is_iban(first + second)
    assert first + second == Redactor(SEED).text(OTHER)


def files(*suffixes: str) -> list[Path]:
    return sorted(path for suffix in suffixes for path in CORPORA.rglob(f"*{suffix}"))


def readable(read, source) -> list[object] | None:
    try:
        return shape(read(source))
    except KasseError:
        return None


def test_files_of_others_keep_their_structure():
    needs("corpora", bool(files(".xml")), f"no files of other projects under {CORPORA}")
    read = 0
    for path in files(".xml"):
        for reader in (read_statements, read_payments):
            if (before := readable(reader, path)) is not None:
                made = b"".join(redact_xml(path, Redactor(SEED)))
                assert readable(reader, io.BytesIO(made)) == before, path
                read += 1
    assert read > 60


def test_mt_files_of_others_keep_their_structure():
    needs("corpora", bool(files(".sta")), f"no files of other projects under {CORPORA}")
    read = 0
    for path in files(".sta", ".txt"):
        try:
            kind = identify(path)
        except KasseError:
            continue
        if kind.family.startswith("MT"):
            made = b"".join(redact_mt(path, Redactor(SEED)))
            assert tags(made) == tags(path.read_bytes()), path
            if (before := readable(read_statements, path)) is not None:
                assert readable(read_statements, io.BytesIO(made)) == before, path
                read += 1
    assert read > 10


def tags(raw: bytes) -> list[bytes]:
    return re.findall(rb"^:[0-9]{2}[A-Z]?:", raw, re.MULTILINE)
