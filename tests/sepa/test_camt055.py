"""camt.055.001.05: one scope for each recall, a reason always, elements in the order of the standard."""

from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from sepa.camt055 import NAMESPACE, write
from sepa.errors import KasseError
from sepa.payments import Totals
from sepa.recalls import Recall, RecallBatch, RecallMessage, Sent
from tests.sepa.orders import MADE, MONDAY
from tests.sepa.sequences import misplaced, texts

SENT = Sent("RUN-1", "pain.001.001.09", MADE, Totals(2, 1234))
FULL = Recall("A", "FRAD", 1000, MONDAY, None, "I-1", "RC-1", "Anruf der Empfängerin")
SEQUENCES = {
    "CstmrPmtCxlReq": "Assgnmt CtrlData Undrlyg",
    "Assgnmt": "Id Assgnr Assgne CreDtTm",
    "CtrlData": "NbOfTxs CtrlSum",
    "Undrlyg": "OrgnlGrpInfAndCxl OrgnlPmtInfAndCxl",
    "OrgnlGrpInfAndCxl": "OrgnlMsgId OrgnlMsgNmId OrgnlCreDtTm NbOfTxs CtrlSum GrpCxl CxlRsnInf",
    "OrgnlPmtInfAndCxl": "OrgnlPmtInfId OrgnlGrpInf PmtInfCxl CxlRsnInf TxInf",
    "OrgnlGrpInf": "OrgnlMsgId OrgnlMsgNmId OrgnlCreDtTm",
    "TxInf": "CxlId OrgnlInstrId OrgnlEndToEndId OrgnlInstdAmt OrgnlReqdExctnDt OrgnlReqdColltnDt CxlRsnInf",
    "CxlRsnInf": "Rsn AddtlInf",
}


def message(*batches: RecallBatch, **changes: Any) -> RecallMessage:
    made = RecallMessage("RC-1", MADE, "Stadtkasse", "COBADEFFXXX", SENT, batches, "" if batches else "DUPL")
    return replace(made, **changes)


def tree(one: RecallMessage) -> etree._Element:
    return etree.fromstring(b"".join(write(one)))


MESSAGES = {
    "whole file": message(information="Doppelt gesendet"),
    "whole file, little known": message(sent=Sent("RUN-1", "pain.001.001.09"), bank_bic=""),
    "whole batches": message(RecallBatch("B-1", reason="TECH"), RecallBatch("B-2", reason="CUST", information="x")),
    "payments": message(RecallBatch("B-1", (FULL, Recall("B", "DUPL", 234)))),
    "a payment without amount": message(RecallBatch("B-1", (FULL, Recall("B", "DUPL")))),
    "a collection": message(RecallBatch("B-1", (replace(FULL, execution_day=None, collection_day=MONDAY),))),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_elements_stand_in_the_order_of_the_standard(name: str) -> None:
    assert misplaced(tree(MESSAGES[name]), SEQUENCES) == []
    assert b"".join(write(MESSAGES[name])) == b"".join(write(MESSAGES[name]))


EXPECTED: dict[str, dict[str, list[str]]] = {
    "whole file": {
        "GrpCxl": ["true"],
        "OrgnlMsgId": ["RUN-1"],
        "OrgnlMsgNmId": ["pain.001.001.09"],
        "NbOfTxs": ["2"],
        "CtrlSum": ["12.34"],
        "Rsn/Cd": ["DUPL"],
        "AddtlInf": ["Doppelt gesendet"],
        "Assgne/Agt/FinInstnId/BICFI": ["COBADEFFXXX"],
        "CtrlData": [],
    },
    "whole file, little known": {"NbOfTxs": [], "OrgnlCreDtTm": [], "Assgne/Agt/FinInstnId/Othr/Id": ["NOTPROVIDED"]},
    "whole batches": {
        "PmtInfCxl": ["true", "true"],
        "OrgnlPmtInfId": ["B-1", "B-2"],
        "OrgnlMsgId": ["RUN-1", "RUN-1"],
        "Rsn/Cd": ["TECH", "CUST"],
        "CtrlData": [],
    },
    "payments": {
        "CtrlData/NbOfTxs": ["2"],
        "CtrlData/CtrlSum": ["12.34"],
        "CxlId": ["RC-1"],
        "OrgnlEndToEndId": ["A", "B"],
        "OrgnlInstdAmt": ["10.00", "2.34"],
        "OrgnlReqdExctnDt": ["2026-11-23"],
        "PmtInfCxl": [],
    },
    "a payment without amount": {"CtrlData/NbOfTxs": ["2"], "CtrlData/CtrlSum": []},
    "a collection": {"OrgnlReqdColltnDt": ["2026-11-23"], "OrgnlReqdExctnDt": []},
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recall_names_what_is_to_be_stopped(name: str) -> None:
    found = tree(MESSAGES[name])
    assert {path: texts(found, NAMESPACE, path) for path in EXPECTED[name]} == EXPECTED[name]


REFUSED = {
    "no scope": (lambda: message(reason=""), "recall.scope"),
    "file and batch at once": (lambda: message(RecallBatch("B-1", reason="TECH"), reason="TECH"), "recall.scope"),
    "whole batch and payments at once": (
        lambda: message(RecallBatch("B-1", reason="TECH"), RecallBatch("B-2", (FULL,))),
        "recall.scope",
    ),
    "an empty batch": (lambda: RecallBatch("B-1"), "recall.scope"),
    "a batch whole and in parts": (lambda: RecallBatch("B-1", (FULL,), "TECH"), "recall.scope"),
    "a text that stands nowhere": (lambda: RecallBatch("B-1", (FULL,), information="x"), "recall.scope"),
    "no reason": (lambda: Recall("A", ""), "recall.reason"),
    "unknown reason": (lambda: message(reason="ZZZZ"), "recall.reason"),
    "unknown reason for a batch": (lambda: RecallBatch("B-1", reason="AM05"), "recall.reason"),
    "too long a text": (lambda: Recall("A", "DUPL", information="x" * 106), "text.length"),
    "one batch twice": (lambda: message(*[RecallBatch("B-1", (FULL,))] * 2), "message.duplicate_batch"),
    "an amount that cannot be": (lambda: Recall("A", "DUPL", 0), "amount.range"),
    "umlauts to a bank without": (lambda: message(RecallBatch("B-1", (FULL,)), charset="epc"), "text.characters"),
    "a bank that is none": (lambda: message(bank_bic="COBA"), "bic.invalid"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_wrong_recall_is_refused(name: str) -> None:
    make, code = REFUSED[name]
    with pytest.raises(KasseError) as error:
        make()
    assert error.value.code == code
