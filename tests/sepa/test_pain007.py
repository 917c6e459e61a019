"""pain.007.001.09: no schema is at hand, so the order of elements is held against the sequences of the standard."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from lxml import etree

from sepa.debits import Amendment, Collection, CollectionBatch, Mandate
from sepa.errors import KasseError
from sepa.pain007 import NAMESPACE, write
from sepa.reversals import REVERSAL_REASONS, Reversal, ReversalBatch, ReversalMessage
from tests.sepa.orders import MADE, MONDAY, PAYEE, PAYER
from tests.sepa.sequences import misplaced, texts

COLLECTION = Collection("C-1", 1234, Mandate("M-1", date(2024, 5, 17)), PAYEE, instruction_id="I-1")
SENT = CollectionBatch("DD-1-1", PAYER, "DE98ZZZ09999999999", MONDAY, sequence="FRST", collections=(COLLECTION,))
SEQUENCES = {
    "CstmrPmtRvsl": "GrpHdr OrgnlGrpInf OrgnlPmtInfAndRvsl",
    "GrpHdr": "MsgId CreDtTm NbOfTxs CtrlSum InitgPty",
    "OrgnlGrpInf": "OrgnlMsgId OrgnlMsgNmId",
    "OrgnlPmtInfAndRvsl": "RvslPmtInfId OrgnlPmtInfId BtchBookg TxInf",
    "TxInf": "RvslId OrgnlInstrId OrgnlEndToEndId OrgnlInstdAmt RvsdInstdAmt ChrgBr RvslRsnInf OrgnlTxRef",
    "OrgnlTxRef": "ReqdColltnDt CdtrSchmeId PmtTpInf MndtRltdInf Dbtr DbtrAcct DbtrAgt CdtrAgt Cdtr CdtrAcct",
    "PmtTpInf": "SvcLvl LclInstrm SeqTp",
    "MndtRltdInf": "MndtId DtOfSgntr AmdmntInd AmdmntInfDtls",
}


def message(*reversals: Reversal, **changes: Any) -> ReversalMessage:
    batch = ReversalBatch("RV-1-1", SENT, reversals or (Reversal(COLLECTION),), batch_booking=True)
    return replace(ReversalMessage("RV-1", MADE, "Stadtkasse", "DD-1", (batch,)), **changes)


def tree(one: ReversalMessage) -> etree._Element:
    return etree.fromstring(b"".join(write(one)))


AMENDED = replace(COLLECTION, mandate=Mandate("M-1", date(2024, 5, 17), Amendment(other_account=True)))
MESSAGES = {
    "whole": message(),
    "a part": message(Reversal(COLLECTION, "AM05", 1000, "RV-1-1-1")),
    "amended mandate": message(Reversal(AMENDED)),
    "several": message(Reversal(COLLECTION), Reversal(replace(COLLECTION, end_to_end_id="C-2", amount_cents=1))),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_elements_stand_in_the_order_of_the_standard(name: str) -> None:
    assert misplaced(tree(MESSAGES[name]), SEQUENCES) == []


def test_a_reversal_cites_the_collection_and_its_mandate() -> None:
    """DK Anlage 3: OrgnlTxRef and the mandate in it are mandatory."""
    found = tree(MESSAGES["a part"])
    assert {path: texts(found, NAMESPACE, path) for path in EXPECTED} == EXPECTED


EXPECTED = {
    "GrpHdr/NbOfTxs": ["1"],
    "GrpHdr/CtrlSum": ["10.00"],
    "OrgnlMsgId": ["DD-1"],
    "OrgnlMsgNmId": ["pain.008.001.08"],
    "RvslPmtInfId": ["RV-1-1"],
    "OrgnlPmtInfId": ["DD-1-1"],
    "RvslId": ["RV-1-1-1"],
    "OrgnlEndToEndId": ["C-1"],
    "OrgnlInstdAmt": ["12.34"],
    "RvsdInstdAmt": ["10.00"],
    "RvslRsnInf/Rsn/Cd": ["AM05"],
    "ReqdColltnDt": ["2026-11-23"],
    "CdtrSchmeId/Id/PrvtId/Othr/Id": ["DE98ZZZ09999999999"],
    "SeqTp": ["FRST"],
    "MndtId": ["M-1"],
    "Dbtr/Pty/Nm": ["Erika Müller & Söhne"],
    "Cdtr/Pty/Nm": ["Stadtkasse Musterstadt"],
}


def test_a_file_written_again_has_the_same_bytes() -> None:
    assert b"".join(write(MESSAGES["several"])) == b"".join(write(MESSAGES["several"]))


REFUSED = {
    "more than was collected": (lambda: Reversal(COLLECTION, reversed_cents=1235), "reversal.amount"),
    "nothing": (lambda: Reversal(COLLECTION, reversed_cents=0), "reversal.amount"),
    "unknown reason": (lambda: Reversal(COLLECTION, "ZZZZ"), "reversal.reason"),
    "an id that is none": (lambda: Reversal(COLLECTION, reversal_id="Ü"), "identifier.characters"),
    "no reversal": (lambda: ReversalBatch("RV-1-1", SENT, ()), "message.empty"),
    "no batch": (lambda: message(batches=()), "message.empty"),
    "one batch twice": (lambda: message(batches=message().batches * 2), "message.duplicate_batch"),
    "no original": (lambda: message(original_message_id=""), "identifier.characters"),
    "umlauts to a bank without": (lambda: tree(message(charset="epc")), "text.characters"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_reversal_is_refused(name: str) -> None:
    make, code = REFUSED[name]
    with pytest.raises(KasseError) as error:
        make()
    assert error.value.code == code


def test_every_reason_of_the_list_is_taken() -> None:
    assert [Reversal(COLLECTION, reason).reason for reason in REVERSAL_REASONS] == list(REVERSAL_REASONS)
