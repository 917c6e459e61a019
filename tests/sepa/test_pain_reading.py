"""Payment files of others as values: what is written is read back, and every version of others is read."""

import contextlib
import io
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa import pain001, pain008
from sepa.debits import Amendment, Collection, CollectionBatch, DirectDebitMessage, Mandate
from sepa.errors import KasseError
from sepa.identifiers import make_rf
from sepa.pain_orders import Problems, collection, collection_batch, transfer, transfer_batch
from sepa.pain_reading import read_payments
from sepa.pain_values import BatchEnd, FileEnd, ForeignBatch, ForeignPayment, PaymentFile
from sepa.payments import Totals, Transfer
from tests.bank_files import pain001 as pain001_text
from tests.bank_files import transfer as transfer_text
from tests.conftest import needs
from tests.paths import CORPORA
from tests.sepa.orders import MADE, PAYEE, PAYER, SWISS, batch, message

TEXTS = st.text("ABCabcÄöüß &*$%/-?:().,'+ 0189", min_size=1, max_size=70).filter(str.strip).map(str.strip)
IDS = st.text("ABCabc0189-", min_size=1, max_size=35)
PAYEES = st.one_of(st.just(SWISS), TEXTS.map(lambda name: replace(PAYEE, name=name)))
TRANSFERS = st.builds(
    lambda identifier, cents, payee, text, reference: Transfer(
        identifier, cents, payee, "" if reference else text, reference and make_rf(reference), purpose="SUPP"
    ),
    IDS,
    st.integers(1, 99_999_999_999),
    PAYEES,
    TEXTS,
    st.one_of(st.just(""), st.text("ABC0189", min_size=1, max_size=21)),
)


def read(raw: bytes) -> list[object]:
    return list(read_payments(io.BytesIO(raw)))


@given(st.lists(st.lists(TRANSFERS, min_size=1, max_size=4), min_size=1, max_size=3))
def test_transfers_that_are_written_are_read_back(lists):
    batches = [replace(batch("", f"B-{at}"), transfers=tuple(some)) for at, some in enumerate(lists)]
    events = read(b"".join(pain001.write(message(*batches))))
    problems = Problems()
    assert [transfer(one, problems) for one in events if isinstance(one, ForeignPayment)] == [
        one for some in lists for one in some
    ]
    heads = [transfer_batch(one, problems) for one in events if isinstance(one, ForeignBatch)]
    assert heads == [replace(one, transfers=(), totals=Totals(1)) for one in batches]
    assert problems.found == []
    assert [(e.count, e.amount_cents) for e in events if isinstance(e, BatchEnd)] == [
        (len(some), sum(one.amount_cents for one in some)) for some in lists
    ]


@given(
    st.lists(st.integers(1, 99_999_999_999), min_size=1, max_size=4),
    st.sampled_from(
        [
            None,
            Amendment(mandate_id="OLD-1"),
            Amendment(creditor_id="DE98ZZZ09999999999", creditor_name="Alte Kasse"),
            Amendment(iban=PAYER.iban, bic="COBADEFFXXX"),
            Amendment(other_account=True),
        ]
    ),
    st.sampled_from(["CORE", "B2B"]),
    st.sampled_from(["FRST", "RCUR", "FNAL", "OOFF"]),
)
def test_collections_that_are_written_are_read_back(cents, amendment, scheme, sequence):
    mandate = Mandate("M-1", date(2024, 5, 17), amendment)
    some = tuple(Collection(f"C-{at}", one, mandate, PAYEE, "Hundesteuer") for at, one in enumerate(cents))
    head = CollectionBatch("B-1", PAYER, "DE98ZZZ09999999999", date(2026, 12, 1), sequence, collections=some)
    events = read(b"".join(pain008.write(DirectDebitMessage("DD-1", MADE, "Kasse", (head,), scheme))))
    problems = Problems()
    assert tuple(collection(one, problems) for one in events if isinstance(one, ForeignPayment)) == some
    [found] = [one for one in events if isinstance(one, ForeignBatch)]
    assert collection_batch(found, None, problems) == replace(head, collections=(), totals=Totals(1))
    assert (found.local_instrument, problems.found) == (scheme, [])


def test_the_head_says_what_the_file_says():
    head = read(pain001_text().encode())[0]
    assert isinstance(head, PaymentFile)
    assert (head.message, head.message_id, head.created, head.initiator, head.count, head.control_sum) == (
        "pain.001.001.09",
        "RUN-1",
        "2026-11-20T09:00:00+01:00",
        "Stadtkasse Musterstadt",
        "1",
        "100.00",
    )


def test_what_is_not_an_amount_and_what_no_table_names_is_counted():
    text = pain001_text(transfer_text(more="<Tax><Cdtr/></Tax>").replace("100.00", "1,00"))
    *_, end = read(text.encode())
    assert isinstance(end, FileEnd)
    assert (end.count, end.amount_cents, end.complete) == (1, 0, False)
    assert end.not_understood == (("CdtTrfTxInf/Tax", 1),)
    [finding] = end.findings
    assert (finding.code, finding.place.payment, finding.place.line) == ("amount.invalid", "E-1", 9)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (pain001_text(""), "file.no_payment"),
        (pain001_text()[:-200], "xml.broken"),
        (
            pain001_text().replace("CstmrCdtTrfInitn", "CstmrPmtStsRpt").replace("pain.001", "pain.002"),
            "file.not_payments",
        ),
    ],
)
def test_what_is_no_payment_file_is_refused_with_its_place(text, code):
    with pytest.raises(KasseError) as refused:
        read(text.encode())
    assert refused.value.code == code
    assert refused.value.place.line


@given(st.binary(max_size=300), st.integers(0, 1500))
def test_random_bytes_are_a_finding_and_never_a_crash(noise, at):
    raw = pain001_text().encode()
    with contextlib.suppress(KasseError):
        assert isinstance(read(raw[:at] + noise + raw[at:])[-1], FileEnd)


def test_every_version_of_others_is_read():
    folder = CORPORA / "php-sepa-xml_php-sepa-xml"
    paths = sorted(folder.rglob("pain.00[18]*.xml"))
    needs("corpora", bool(paths), f"no files of other projects under {CORPORA}")
    assert len(paths) > 20
    for path in paths:
        *events, end = list(read_payments(path))
        [payment] = [one for one in events if isinstance(one, ForeignPayment)]
        assert (end.count, end.amount_cents, end.not_understood) == (1, 1234, ()), path
        assert payment.name, path
        assert payment.iban, path
