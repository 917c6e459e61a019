"""pain.001.001.09: valid by the ISO schema, taken by a bank, right in its sums, equal when written again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sepa.errors import KasseError
from sepa.identifiers import make_iban, make_rf
from sepa.pain001 import NAMESPACE, write
from sepa.payments import Address, Party, Totals, Transfer, TransferBatch, count, counted
from sepa.text import clean
from tests.sepa.oracles import mock_bank, schema_errors
from tests.sepa.orders import FRIDAY, MADE, MONDAY, PAYEE, PAYER, SWISS, batch, message, transfer, transfers

FULL = Transfer(
    end_to_end_id="RUN-1-7",
    amount_cents=99_999_999_999,
    creditor=replace(SWISS, address=Address("Zürich", "CH", "Bahnhofstr.", "1 a", "8001", lines=("Hinterhaus", "EG"))),
    remittance="Amt 2 / Bescheid Nr. 4711, 100 % & mehr",
    instruction_id="I-7",
    purpose="GOVT",
    ultimate_debtor="Amt für Schule",
    ultimate_creditor="Bürgerverein",
)
TIME = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)

MESSAGES = {
    "one transfer": message(batch("A 12,34 Bescheid 4711")),
    "smallest and largest amount": message(batch("A 0,01\nB 999999999,99")),
    "no remittance": message(batch("A 1,00")),
    "RF reference": message(batch("A 1,00 RF18539007547034")),
    "another creditor reference": message(
        TransferBatch("B", PAYER, MONDAY, transfers=(Transfer("A", 1, PAYEE, creditor_reference="4711-0815"),))
    ),
    "every field": message(
        TransferBatch(
            "B",
            replace(PAYER, bic="COBADEFFXXX", address=Address("Musterstadt", "DE", "Am Markt", "1", "12345")),
            MONDAY,
            batch_booking=True,
            category_purpose="GOVT",
            transfers=(FULL,),
        )
    ),
    "single booking over several": message(replace(batch("A 1,00\nB 2,00"), batch_booking=False)),
    "instant": message(replace(batch("A 1,00"), instant=True)),
    "instant at a time": message(replace(batch("A 1,00"), instant=True, execution_time=TIME)),
    "several accounts and days": message(
        batch("A 1,00\nB 2,00"),
        batch("C 4,00", "RUN-1-2", date(2026, 11, 24)),
        batch("D 8,00", "RUN-1-3", payer=Party("Eigenbetrieb", make_iban("DE", "500105175407324931"))),
    ),
}


def file(*args: Any) -> bytes:
    return b"".join(write(*args))


def texts(tree: etree._Element, path: str) -> list[str]:
    found = tree.iterfind(".//" + "/".join(f"{{{NAMESPACE}}}{tag}" for tag in path.split("/")))
    return [element.text or "" for element in found]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_file_is_valid_against_the_iso_schema(name: str) -> None:
    assert schema_errors("pain.001.001.09", file(MESSAGES[name])) == []


@pytest.mark.parametrize("name", MESSAGES)
def test_a_file_written_again_has_the_same_bytes(name: str) -> None:
    assert file(MESSAGES[name]) == file(MESSAGES[name])


def test_a_file_says_what_was_ordered() -> None:
    tree = etree.fromstring(file(MESSAGES["every field"]))
    assert texts(tree, "GrpHdr/MsgId") == ["RUN-1"]
    assert texts(tree, "GrpHdr/CreDtTm") == ["2026-11-20T09:00:00+01:00"]
    assert texts(tree, "CtrlSum") == ["999999999.99"] * 2
    assert texts(tree, "BtchBookg") == ["true"]
    assert texts(tree, "ReqdExctnDt/Dt") == ["2026-11-23"]
    assert texts(tree, "DbtrAgt/FinInstnId/BICFI") == ["COBADEFFXXX"]
    assert texts(tree, "CdtrAgt/FinInstnId/BICFI") == ["UBSWCHZH80A"]
    assert texts(tree, "InstdAmt") == ["999999999.99"]
    assert texts(tree, "RmtInf/Ustrd") == ["Amt 2 / Bescheid Nr. 4711, 100 % & mehr"]
    assert texts(tree, "Purp/Cd") == ["GOVT"]
    assert texts(tree, "UltmtCdtr/Nm") == ["Bürgerverein"]
    assert texts(tree, "AdrLine") == ["Hinterhaus", "EG"]


def test_what_is_missing_is_left_out_and_the_own_bank_is_always_there() -> None:
    tree = etree.fromstring(file(MESSAGES["one transfer"]))
    assert texts(tree, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]
    assert texts(tree, "CdtrAgt/FinInstnId/Othr/Id") == []
    assert [element.tag for element in tree.iter() if len(element) == 0 and not element.text] == []
    assert texts(tree, "BtchBookg") == []


@pytest.mark.parametrize(("reference", "issuer"), [("RF18539007547034", ["ISO"]), ("4711-0815", [])])
def test_only_an_rf_reference_names_iso_as_issuer(reference: str, issuer: list[str]) -> None:
    one = Transfer("A", 1, PAYEE, creditor_reference=reference)
    tree = etree.fromstring(file(message(TransferBatch("B", PAYER, MONDAY, transfers=(one,)))))
    assert texts(tree, "CdtrRefInf/Ref") == [reference]
    assert texts(tree, "Issr") == issuer


@pytest.mark.parametrize("reference", ["X" * 35, make_rf("9" * 21)], ids=["other", "RF"])
def test_the_longest_structured_remittance_keeps_within_140_characters_with_its_tags(reference: str) -> None:
    """DK Anlage 3: the inner XML of Strd counts."""
    one = Transfer("A", 1, PAYEE, creditor_reference=reference)
    written = file(message(TransferBatch("B", PAYER, MONDAY, transfers=(one,)))).decode()
    assert len(written.split("<Strd>")[1].split("</Strd>")[0]) <= 140


@pytest.mark.parametrize(
    ("name", "instrument", "day"),
    [("one transfer", [], "ReqdExctnDt/Dt"), ("instant", ["INST"], "ReqdExctnDt/Dt")],
)
def test_instant_transfers_are_named_so(name: str, instrument: list[str], day: str) -> None:
    tree = etree.fromstring(file(MESSAGES[name]))
    assert texts(tree, "SvcLvl/Cd") == ["SEPA"]
    assert texts(tree, "LclInstrm/Cd") == instrument
    assert texts(tree, day) == ["2026-11-23"]


def test_an_execution_time_is_written_with_its_offset() -> None:
    tree = etree.fromstring(file(MESSAGES["instant at a time"]))
    assert texts(tree, "ReqdExctnDt/DtTm") == ["2026-11-21T08:30:00+00:00"]


CENTS = st.integers(1, 99_999_999_999)


@given(st.lists(st.lists(CENTS, min_size=1, max_size=5), min_size=1, max_size=4))
def test_counts_and_sums_are_right_in_every_head(amounts: list[list[int]]) -> None:
    batches = [
        TransferBatch(
            f"B-{number}",
            PAYER,
            MONDAY,
            transfers=tuple(Transfer(f"E-{number}-{at}", cents, PAYEE) for at, cents in enumerate(batch)),
        )
        for number, batch in enumerate(amounts)
    ]
    written = file(message(*batches))
    tree = etree.fromstring(written)
    sums = [sum(batch) for batch in amounts]
    assert texts(tree, "NbOfTxs") == [str(n) for n in (sum(map(len, amounts)), *map(len, amounts))]
    assert [int(text.replace(".", "")) for text in texts(tree, "CtrlSum")] == [sum(sums), *sums]
    assert [int(text.replace(".", "")) for text in texts(tree, "InstdAmt")] == [c for batch in amounts for c in batch]
    assert schema_errors("pain.001.001.09", written) == []


@given(st.text(min_size=1, max_size=40), st.text(max_size=80))
def test_any_cleaned_text_makes_a_valid_file_and_comes_out_as_it_went_in(name: str, text: str) -> None:
    name, text = clean(name, "dk").text or "X", clean(text, "dk").text
    one = Transfer("A", 1, Party(name[:70], PAYEE.iban), remittance=text[:140].strip())
    written = file(message(TransferBatch("B", PAYER, MONDAY, transfers=(one,))))
    assert schema_errors("pain.001.001.09", written) == []
    assert texts(etree.fromstring(written), "Cdtr/Nm") == [name]
    assert texts(etree.fromstring(written), "Ustrd") == [one.remittance][: bool(one.remittance)]


class Endless:
    """Transfers that are made while they are read, and never held."""

    def __init__(self, number: int) -> None:
        self.number, self.alive, self.most = number, 0, 0

    def __iter__(self) -> Iterator[Transfer]:
        return (transfer(f"E-{n} 1,00 Bescheid {n}") for n in range(self.number))


def test_a_file_is_written_in_small_chunks_from_what_is_made_while_reading() -> None:
    chunks = list(write(message(TransferBatch("B", PAYER, MONDAY, transfers=Endless(3000)))))
    assert len(chunks) > 10
    assert max(map(len, chunks)) < 200_000
    assert b"".join(chunks).count(b"<CdtTrfTxInf>") == 3000


def test_given_totals_are_taken_and_a_single_pass_is_enough() -> None:
    once = iter(transfers("A 1,00\nB 2,50"))
    single = TransferBatch("B", PAYER, MONDAY, transfers=once, totals=Totals(2, 350))
    assert file(message(single)) == file(
        message(TransferBatch("B", PAYER, MONDAY, transfers=transfers("A 1,00\nB 2,50")))
    )


@pytest.mark.parametrize("totals", [Totals(2, 350), Totals(1, 100), Totals(3, 300)], ids=str)
def test_totals_that_are_not_those_of_the_transfers_stop_the_file(totals: Totals) -> None:
    wrong = replace(batch("A 1,00\nB 2,00"), totals=totals)
    with pytest.raises(KasseError) as error:
        file(message(wrong))
    assert error.value.code == "message.totals"


@pytest.mark.parametrize("empty", [(), None], ids=["no transfers", "an iterator read twice"])
def test_a_batch_without_transfers_is_refused(empty: Any) -> None:
    source = iter(transfers("A 1,00")) if empty is None else empty
    with pytest.raises(KasseError) as error:
        file(message(TransferBatch("B", PAYER, MONDAY, transfers=source)))
    assert error.value.code == ("message.totals" if empty is None else "message.empty")


def test_a_bank_that_takes_basic_latin_only_gets_nothing_else() -> None:
    narrow = replace(message(batch("A 1,00 Grüße")), charset="epc")
    with pytest.raises(KasseError) as error:
        file(narrow)
    assert error.value.fields["count"] == 2
    assert {finding.code for finding in error.value.findings} == {"text.characters"}
    assert {finding.place.payment for finding in error.value.findings} == {"A"}


def test_our_own_name_and_address_are_basic_latin_for_such_a_bank_too() -> None:
    payee = Party("Erika", PAYEE.iban)
    for payer in (Party("Stadtkasse Köln", PAYER.iban), replace(PAYER, address=Address("Köln", "DE"))):
        narrow = replace(
            message(TransferBatch("B", payer, MONDAY, transfers=transfers("A 1,00", payee))), charset="epc"
        )
        with pytest.raises(KasseError) as error:
            file(narrow)
        assert (error.value.code, error.value.place.payment) == ("text.characters", "B")
    named = replace(message(TransferBatch("B", PAYER, MONDAY, transfers=transfers("A 1,00", payee))), initiator="Köln")
    assert b"<InitgPty><Nm>K\xc3\xb6ln" in file(named)
    with pytest.raises(KasseError, match=r"text\.characters|characters"):
        file(replace(named, charset="epc"))


def test_totals_are_counted_for_batches_that_have_none() -> None:
    filled = counted(message(batch("A 1,00\nB 2,00"), replace(batch("C 4,00", "P-2"), totals=Totals(7, 7))))
    assert [one.totals for one in filled.batches] == [Totals(2, 300), Totals(7, 7)]
    assert count(transfers("A 1,00")) == Totals(1, 100)
    assert Totals(1, 2) + Totals(3, 4) == Totals(4, 6)


def test_a_bank_of_others_takes_the_file_and_pays_it() -> None:
    several = message(batch("A 12,34 Bescheid 4711\nB 0,66 RF18539007547034"), batch("C 7,00", "RUN-1-2"))
    with mock_bank("2026-11-20T09:00") as bank:
        bank.json("POST", "/_mock/accounts", {"id": "K", "name": "Kasse", "iban": PAYER.iban, "balance": 1_000_000})
        assert b" 0 findings" in bank.call("POST", "/_mock/validate", file(several))[1]
        status, _ = bank.call("POST", "/payments", file(several))
        assert status == 202
        bank.json("POST", "/_mock/advance?days=4")
        paid = {one["end_to_end_id"]: one for one in bank.json("GET", "/_mock/payments")}
        assert {key: (one["amount"], one["status"]) for key, one in paid.items()} == {
            "A": (1234, "accepted"),
            "B": (66, "accepted"),
            "C": (700, "accepted"),
        }
        assert paid["A"]["creditor_name"] == "Erika Müller & Söhne"
        assert bank.json("GET", "/_mock/accounts/K")["balance"] == 1_000_000 - 2000
        status, answer = bank.call("POST", "/payments", file(several))
        assert b"DUPL" in answer or status >= 400


def test_the_days_of_the_tests_are_what_their_names_say() -> None:
    assert (FRIDAY.weekday(), MONDAY.weekday()) == (4, 0)
    assert MADE.utcoffset() is not None
