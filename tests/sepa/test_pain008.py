"""pain.008.001.08: valid by the ISO schema, taken by a bank, right in its sums, with all mandate amendments."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sepa.debits import (
    SEQUENCES,
    Amendment,
    Collection,
    CollectionBatch,
    DirectDebitMessage,
    Mandate,
    counted,
)
from sepa.errors import KasseError
from sepa.pain008 import NAMESPACE, write
from sepa.payments import Address, Totals
from tests.sepa.oracles import mock_bank, schema_errors
from tests.sepa.orders import MADE, MONDAY, PAYEE, PAYER, SWISS

CI, OLD_CI = "DE98ZZZ09999999999", "AT61ZZZ01234567890"
SIGNED = date(2024, 5, 17)
MANDATE = Mandate("M-4711", SIGNED)


def collection(identifier: str = "C-1", cents: int = 1234, mandate: Mandate = MANDATE, **more: Any) -> Collection:
    return Collection(identifier, cents, mandate, PAYEE, **more)


def batch(*collections: Collection, **more: Any) -> CollectionBatch:
    return CollectionBatch("B-1", PAYER, CI, MONDAY, collections=collections or (collection(),), **more)


def message(*batches: CollectionBatch, **more: Any) -> DirectDebitMessage:
    return DirectDebitMessage("DD-1", MADE, "Stadtkasse Musterstadt", batches or (batch(),), **more)


def file(one: DirectDebitMessage) -> bytes:
    return b"".join(write(one))


def texts(tree: etree._Element, path: str) -> list[str]:
    found = tree.iterfind(".//" + "/".join(f"{{{NAMESPACE}}}{tag}" for tag in path.split("/")))
    return [element.text or "" for element in found]


AMENDMENTS = {
    "another mandate id": (Amendment(mandate_id="OLD 1"), "OrgnlMndtId", "OLD 1"),
    "another creditor id": (Amendment(creditor_id=OLD_CI), "OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id", OLD_CI),
    "another creditor name": (Amendment(creditor_name="Amt Öd"), "OrgnlCdtrSchmeId/Nm", "Amt Öd"),
    "another account in the same bank": (Amendment(iban=PAYER.iban), "OrgnlDbtrAcct/Id/IBAN", PAYER.iban),
    "another account, SMNDA": (Amendment(other_account=True), "OrgnlDbtrAcct/Id/Othr/Id", "SMNDA"),
    "another bank": (Amendment(bic="COBADEFF"), "OrgnlDbtrAgt/FinInstnId/BICFI", "COBADEFF"),
    "everything": (
        Amendment("OLD", OLD_CI, "Amt", PAYER.iban, "COBADEFF"),
        "OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id",
        OLD_CI,
    ),
}
MESSAGES = {
    "plain": message(),
    "business": message(scheme="B2B"),
    **{f"sequence {name}": message(batch(sequence=name)) for name in SEQUENCES},
    **{
        f"amendment: {name}": message(batch(collection(mandate=Mandate("M", SIGNED, change))))
        for name, (change, _, _) in AMENDMENTS.items()
    },
    "every field": message(
        replace(
            batch(
                replace(
                    collection(remittance="Gebühr & Co", instruction_id="I", purpose="FEES", ultimate_debtor="Kind"),
                    debtor=SWISS,
                ),
                batch_booking=False,
                category_purpose="GOVT",
                ultimate_creditor="Amt für Schule",
            ),
            creditor=replace(PAYER, bic="COBADEFFXXX", address=Address("Musterstadt", "DE")),
        )
    ),
    "RF reference": message(batch(collection(creditor_reference="RF18539007547034"))),
    "several batches": message(
        batch(collection("C-1", 1), collection("C-2", 2)),
        replace(batch(collection("C-3", 4)), payment_information_id="B-2"),
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_file_is_valid_against_the_iso_schema_and_written_equal_again(name: str) -> None:
    written = file(MESSAGES[name])
    assert schema_errors("pain.008.001.08", written) == []
    assert file(MESSAGES[name]) == written


@pytest.mark.parametrize("name", AMENDMENTS)
def test_an_amendment_names_what_was_valid_before(name: str) -> None:
    _, path, value = AMENDMENTS[name]
    tree = etree.fromstring(file(MESSAGES[f"amendment: {name}"]))
    assert texts(tree, "AmdmntInd") == ["true"]
    assert texts(tree, f"AmdmntInfDtls/{path}") == [value]


def test_a_mandate_without_amendment_does_not_speak_of_one() -> None:
    assert texts(etree.fromstring(file(MESSAGES["plain"])), "AmdmntInd") == []


def test_a_file_says_what_was_ordered() -> None:
    tree = etree.fromstring(file(MESSAGES["every field"]))
    assert texts(tree, "PmtMtd") == ["DD"]
    assert texts(tree, "LclInstrm/Cd") == ["CORE"]
    assert texts(tree, "SeqTp") == ["RCUR"]
    assert texts(tree, "ReqdColltnDt") == ["2026-11-23"]
    assert texts(tree, "CdtrSchmeId/Id/PrvtId/Othr/Id") == [CI]
    assert texts(tree, "MndtId") == ["M-4711"]
    assert texts(tree, "DtOfSgntr") == ["2024-05-17"]
    assert texts(tree, "DbtrAgt/FinInstnId/BICFI") == [SWISS.bic]
    assert texts(tree, "UltmtCdtr/Nm") == ["Amt für Schule"]
    assert texts(tree, "Ustrd") == ["Gebühr & Co"]


def test_the_debtors_bank_is_always_there() -> None:
    """DK Anlage 3: DbtrAgt is mandatory in pain.008."""
    tree = etree.fromstring(file(MESSAGES["plain"]))
    assert texts(tree, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]


@given(st.lists(st.integers(1, 99_999_999_999), min_size=1, max_size=6))
def test_counts_and_sums_are_right(amounts: list[int]) -> None:
    written = file(message(batch(*(collection(f"C-{at}", cents) for at, cents in enumerate(amounts)))))
    tree = etree.fromstring(written)
    assert texts(tree, "NbOfTxs") == [str(len(amounts))] * 2
    assert {int(text.replace(".", "")) for text in texts(tree, "CtrlSum")} == {sum(amounts)}
    assert schema_errors("pain.008.001.08", written) == []


def latin(mandate: Mandate = MANDATE, **changes: Any) -> CollectionBatch:
    """A batch of basic Latin letters, but for the changes."""
    one = collection(mandate=mandate)
    return replace(batch(replace(one, debtor=replace(PAYEE, name="Erika"))), **changes)


def test_basic_latin_goes_to_a_bank_that_takes_nothing_else() -> None:
    assert schema_errors("pain.008.001.08", file(message(latin(), charset="epc"))) == []


REFUSED = {
    "signed after the due day": (
        lambda: file(message(batch(collection(mandate=Mandate("M", date(2026, 11, 24)))))),
        "mandate.signed_late",
    ),
    "no collections": (lambda: file(message(replace(batch(), collections=()))), "message.empty"),
    "wrong totals": (lambda: file(message(replace(batch(), totals=Totals(1, 1)))), "message.totals"),
    "umlauts to a bank without": (lambda: file(message(charset="epc")), "text.characters"),
    "our own name to a bank without": (
        lambda: file(message(latin(creditor=replace(PAYER, name="Stadtkasse Köln")), charset="epc")),
        "text.characters",
    ),
    "who collects through us, to a bank without": (
        lambda: file(message(latin(ultimate_creditor="Amt Öd"), charset="epc")),
        "text.characters",
    ),
    "who orders, to a bank without": (
        lambda: file(replace(message(latin(), charset="epc"), initiator="Köln")),
        "text.characters",
    ),
    "what we were called, to a bank without": (
        lambda: file(message(latin(Mandate("M", SIGNED, Amendment(creditor_name="Amt Öd"))), charset="epc")),
        "text.characters",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_only_the_whole_shows_stops_the_file(name: str) -> None:
    make, code = REFUSED[name]
    with pytest.raises(KasseError) as error:
        make()
    assert error.value.code == code


def test_totals_are_counted_for_batches_that_have_none() -> None:
    assert counted(message()).batches[0].totals == Totals(1, 1234)


def test_a_bank_of_others_takes_the_file_and_collects() -> None:
    with mock_bank("2026-11-19T09:00") as bank:
        bank.json("POST", "/_mock/accounts", {"id": "K", "name": "Kasse", "iban": PAYER.iban, "balance": 0})
        assert b" 0 findings" in bank.call("POST", "/_mock/validate", file(MESSAGES["several batches"]))[1]
        status, answer = bank.call("POST", "/payments", file(MESSAGES["several batches"]))
        assert status == 202, answer
        bank.json("POST", "/_mock/advance?days=6")
        assert [one["amount"] for one in bank.json("GET", "/_mock/collections")] == [4, 2, 1]
        assert bank.json("GET", "/_mock/accounts/K")["balance"] == 7
