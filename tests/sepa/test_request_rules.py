"""Reversals, recalls, status reports and answers of others: read as they stand, and each flaw found by its rule."""

import io
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa import camt055, pain007
from sepa.camt029 import read_cancellation_answer
from sepa.debits import Collection
from sepa.errors import KasseError
from sepa.pain002 import read_status_report
from sepa.reading import UnknownVersionError
from sepa.recalls import RECALL_REASONS, Recall, RecallBatch
from sepa.request_reading import NoRequestError, NotARequestError, read_requests
from sepa.requests import RequestBatch, RequestEnd, RequestHead, RequestPayment
from sepa.reversals import REVERSAL_REASONS, Reversal
from sepa.rules.reports import REPORT_RULES, check_answer, check_report
from sepa.rules.requests import REQUEST_RULES, check_requests
from tests.sepa import test_camt055 as recalls
from tests.sepa import test_pain007 as reversals
from tests.sepa.orders import FRIDAY, MONDAY, PAYEE
from tests.sepa.statement_files import camt
from tests.sepa.test_pain002 import REASON, report, tx

REVERSAL = b"".join(pain007.write(reversals.message()))
RECALL = b"".join(camt055.write(recalls.message(RecallBatch("B-1", (Recall("A", "DUPL", 1000, FRIDAY),)))))
WHOLE = b"".join(camt055.write(recalls.message()))


def found(data: bytes, on: date = MONDAY) -> list[KasseError]:
    return list(check_requests(read_requests(io.BytesIO(data)), on))


def codes(data: bytes, on: date = MONDAY) -> set[str]:
    return {finding.code for finding in found(data, on)}


@pytest.mark.parametrize("name", reversals.MESSAGES)
def test_reversals_of_ours_are_read_as_they_were_made(name):
    message = reversals.MESSAGES[name]
    head, batch, *payments, end = read_requests(io.BytesIO(b"".join(pain007.write(message))))
    assert isinstance(head, RequestHead)
    assert isinstance(batch, RequestBatch)
    assert isinstance(end, RequestEnd)
    assert (head.message_id, head.original_message_id, head.reversal) == ("RV-1", "DD-1", True)
    assert (batch.payment_information_id, batch.request_id, batch.whole) == ("DD-1-1", "RV-1-1", False)
    assert (end.payments, end.not_understood, end.findings) == (len(payments), (), ())
    for made, one in zip(message.batches[0].reversals, payments, strict=True):
        assert isinstance(one, RequestPayment)
        collection: Collection = made.collection
        assert (one.end_to_end_id, one.amount_cents) == (collection.end_to_end_id, collection.amount_cents)
        assert (one.asked_cents, one.request_id) == (made.amount_cents, made.reversal_id)
        assert (one.name, one.iban, one.mandate_id) == (PAYEE.name, PAYEE.iban, collection.mandate.mandate_id)
        assert [reason.code for reason in one.reasons] == [made.reason]
        assert (one.day, one.currency) == (MONDAY, "EUR")


@pytest.mark.parametrize("name", recalls.MESSAGES)
def test_recalls_of_ours_are_read_as_they_were_made(name):
    message = recalls.MESSAGES[name]
    head, *events, end = read_requests(io.BytesIO(b"".join(camt055.write(message))))
    assert isinstance(head, RequestHead)
    assert isinstance(end, RequestEnd)
    batches = [event for event in events if isinstance(event, RequestBatch)]
    payments = [event for event in events if isinstance(event, RequestPayment)]
    assert (head.message_id, head.whole, head.reversal) == ("RC-1", not message.batches, False)
    assert [one.code for one in head.reasons] == ([message.reason] if message.reason else [])
    assert [(one.payment_information_id, one.whole) for one in batches] == [
        (one.payment_information_id, bool(one.reason)) for one in message.batches
    ]
    made = [recall for batch in message.batches for recall in batch.recalls]
    assert [(p.end_to_end_id, p.amount_cents, p.instruction_id, p.request_id, p.reasons[0].code) for p in payments] == [
        (r.end_to_end_id, r.amount_cents, r.instruction_id, r.recall_id, r.reason) for r in made
    ]
    assert [p.day for p in payments] == [r.execution_day or r.collection_day for r in made]
    assert (end.payments, end.not_understood) == (len(made), ())


@given(
    st.lists(st.tuples(st.integers(1, 99_999_999_999), st.sampled_from(REVERSAL_REASONS)), min_size=1, max_size=5),
    st.sampled_from(RECALL_REASONS),
)
def test_any_request_of_ours_is_read_back_and_has_no_error(drawn, reason):
    made = [
        Reversal(Collection(f"C-{n}", cents, reversals.COLLECTION.mandate, PAYEE), why)
        for n, (cents, why) in enumerate(drawn)
    ]
    data = b"".join(pain007.write(reversals.message(*made)))
    read = [event for event in read_requests(io.BytesIO(data)) if isinstance(event, RequestPayment)]
    assert [(one.asked_cents, one.reasons[0].code) for one in read] == drawn
    assert [str(finding) for finding in found(data, FRIDAY)] == []
    asked = RecallBatch("B-1", tuple(Recall(f"C-{n}", reason, cents) for n, (cents, _) in enumerate(drawn)))
    data = b"".join(camt055.write(recalls.message(asked)))
    read = [event for event in read_requests(io.BytesIO(data)) if isinstance(event, RequestPayment)]
    assert [(one.amount_cents, one.reasons[0].code) for one in read] == [(cents, reason) for cents, _ in drawn]
    assert [str(finding) for finding in found(data, FRIDAY)] == []


def changed(data: bytes, was: str, now: str) -> bytes:
    assert was.encode() in data, was
    return data.replace(was.encode(), now.encode())


AMOUNT = '<OrgnlInstdAmt Ccy="EUR">12.34</OrgnlInstdAmt>'
FLAWS = {
    "message.version": [changed(REVERSAL, "pain.007.001.09", "pain.007.001.02")],
    "time.created_zone": [changed(RECALL, "09:00:00+01:00", "09:00:00")],
    "identifier.slashes": [changed(REVERSAL, "<MsgId>RV-1", "<MsgId>/RV-1"), changed(RECALL, ">B-1<", ">//B<")],
    "element.missing": [
        changed(REVERSAL, "<OrgnlMsgId>DD-1</OrgnlMsgId>", ""),
        changed(REVERSAL, "<NbOfTxs>1</NbOfTxs>", ""),
        changed(REVERSAL, "<MndtId>M-1</MndtId>", ""),
        changed(RECALL, "<OrgnlMsgId>RUN-1</OrgnlMsgId>", ""),
    ],
    "recall.reason": [
        changed(RECALL, "<CxlRsnInf><Rsn><Cd>DUPL</Cd></Rsn></CxlRsnInf>", ""),
        changed(RECALL, "DUPL", "MS02"),
        changed(WHOLE, "DUPL", "XXXX"),
    ],
    "reversal.reason": [changed(REVERSAL, "MS02", "DUPL")],
    "recall.scope": [changed(WHOLE, "</OrgnlGrpInfAndCxl>", "</OrgnlGrpInfAndCxl><OrgnlPmtInfAndCxl><OrgnlPmtInfId>B-1"
                     "</OrgnlPmtInfId><PmtInfCxl>true</PmtInfCxl><CxlRsnInf><Rsn><Cd>DUPL</Cd></Rsn></CxlRsnInf>"
                     "</OrgnlPmtInfAndCxl>")],
    "message.empty": [re.sub(rb"<TxInf>.*</TxInf>\n", b"", changed(REVERSAL, "<NbOfTxs>1", "<NbOfTxs>0"))],
    "total.count": [changed(REVERSAL, "<NbOfTxs>1", "<NbOfTxs>2"), changed(RECALL, "<NbOfTxs>1", "<NbOfTxs>3")],
    "total.sum": [changed(REVERSAL, "<CtrlSum>12.34", "<CtrlSum>12.35")],
    "payment.duplicate_id": [re.sub(rb"(<TxInf>.*</TxInf>\n)", rb"\1\1", changed(changed(
        REVERSAL, "<NbOfTxs>1", "<NbOfTxs>2"), "<CtrlSum>12.34", "<CtrlSum>24.68"))],
    "payment.no_id": [changed(RECALL, "<OrgnlEndToEndId>A</OrgnlEndToEndId>", "")],
    "amount.currency": [changed(changed(REVERSAL, AMOUNT, ""), 'Ccy="EUR"', 'Ccy="CHF"')],
    "reversal.amount": [changed(REVERSAL, AMOUNT, AMOUNT.replace("12.34", "12.33"))],
    "iban.check_digits": [changed(REVERSAL, PAYEE.iban, PAYEE.iban[:-1] + "9")],
    "text.length": [changed(RECALL, "</Rsn>", f"</Rsn><AddtlInf>{'x' * 106}</AddtlInf>")],
}  # fmt: skip


@pytest.mark.parametrize(("code", "data"), [(code, data) for code, many in FLAWS.items() for data in many])
def test_a_flaw_of_a_request_is_found_and_nothing_else(code, data):
    assert codes(data, FRIDAY) == {code}
    assert all(str(finding) and finding.place.line for finding in found(data, FRIDAY))


@pytest.mark.parametrize("data", [REVERSAL, RECALL, WHOLE], ids=["reversal", "recall", "whole file"])
def test_a_right_request_has_no_findings(data):
    assert [str(finding) for finding in found(data, FRIDAY)] == []


@pytest.mark.parametrize(
    ("data", "last"),
    [
        (REVERSAL, date(2026, 11, 30)),  # five TARGET days after 23 November
        (RECALL, date(2026, 12, 4)),  # ten banking days after 20 November
        (changed(RECALL, "DUPL", "CUST"), date(2027, 12, 20)),  # thirteen months
    ],
)
def test_a_request_has_its_period(data, last):
    assert codes(data, last) == set()
    assert codes(data, last.replace(day=last.day + 1) if last.day < 28 else date(2026, 12, 1)) == {"request.late"}
    assert {rule.code for rule in REQUEST_RULES} == {"request.late"}


def test_old_versions_and_their_places_are_read():
    """camt.055.001.01 to .04 and pain.007.001.02 name things alike; days may be a choice of day and time."""
    old = changed(changed(RECALL, "camt.055.001.05", "camt.055.001.01"), "<OrgnlReqdExctnDt>2026-11-20</OrgnlReqdExctnDt>",
                  "<OrgnlReqdExctnDt><DtTm>2026-11-20T08:00:00Z</DtTm></OrgnlReqdExctnDt>")  # fmt: skip
    (payment,) = [one for one in read_requests(io.BytesIO(old)) if isinstance(one, RequestPayment)]
    assert payment.day == FRIDAY


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (camt(), NotARequestError),
        (changed(RECALL, "camt.055.001.05", "camt.055.001.99"), UnknownVersionError),
        (re.sub(rb"<Undrlyg>.*</Undrlyg>", b"", RECALL, flags=re.DOTALL), NoRequestError),
    ],
)
def test_what_is_no_request_is_an_error_with_its_place(data, error):
    with pytest.raises(error) as refused:
        list(read_requests(io.BytesIO(data)))
    assert refused.value.place.line == 1


GOOD = report(tx("A", "RJCT", REASON.format("AC04", "Konto aufgeloest")), file="<GrpSts>PART</GrpSts>")
REPORTS = {
    "report.no_original": [changed(GOOD, "<OrgnlMsgId>MSG-1</OrgnlMsgId>", "")],
    "report.no_id": [changed(changed(GOOD, "<OrgnlInstrId>I-A</OrgnlInstrId>", ""), ">A<", ">NOTPROVIDED<")],
    "report.unknown_status": [changed(GOOD, "PART", "NEUE"), report(tx("A", "XXXX"))],
    "report.no_reason": [report(tx("A", "RJCT"))],
    "report.unknown_reason": [changed(GOOD, "AC04", "ZZ99")],
    "report.contradiction": [
        changed(GOOD, "PART", "ACCP"),
        report(tx("A", "ACSC"), file="<GrpSts>RJCT</GrpSts>" + REASON.format("AM05", "x")),
        report(tx("A", "RVNM"), file="<GrpSts>RCVC</GrpSts>"),
    ],
}


@pytest.mark.parametrize(("code", "data"), [(code, data) for code, many in REPORTS.items() for data in many])
def test_a_flaw_of_a_report_is_found_and_nothing_else(code, data):
    findings = list(check_report(read_status_report(io.BytesIO(data))))
    assert {finding.code for finding in findings} == {code}
    assert all(str(finding) and finding.place.line for finding in findings)


def test_a_right_report_has_no_findings_and_every_rule_a_case():
    assert list(check_report(read_status_report(io.BytesIO(GOOD)))) == []
    assert {rule.code for rule in REPORT_RULES} == set(REPORTS)


ANSWER = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.06"><RsltnOfInvstgtn><Assgnmt><Id>X-1</Id></Assgnmt>
{case}<Sts><Conf>{whole}</Conf></Sts><CxlDtls><OrgnlPmtInfAndSts>{original}<TxInfAndSts>
<OrgnlEndToEndId>A</OrgnlEndToEndId><TxCxlSts>{status}</TxCxlSts>{reason}</TxInfAndSts></OrgnlPmtInfAndSts></CxlDtls>
</RsltnOfInvstgtn></Document>"""
WHY = "<CxlStsRsnInf><Rsn><Cd>{}</Cd></Rsn></CxlStsRsnInf>"
FIELDS = {"case": "<RslvdCase><Id>C-1</Id></RslvdCase>", "whole": "RJCR", "original": "", "status": "RJCR",
          "reason": WHY.format("NOAS")}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"status": "ACCR", "whole": "CNCL", "reason": ""}, None),
        ({"case": "", "original": "<OrgnlPmtInfId>B</OrgnlPmtInfId>"}, None),
        ({"whole": "NEUE"}, "report.unknown_status"),
        ({"status": "NEUE"}, "report.unknown_status"),
        ({"reason": ""}, "report.no_reason"),
        ({"reason": WHY.format("ZZ99")}, "report.unknown_reason"),
        ({"case": ""}, "report.no_original"),
    ],
)
def test_answers_to_recalls_are_checked(changes, code):
    data = ANSWER.format(**(FIELDS | changes)).encode()
    findings = list(check_answer(read_cancellation_answer(io.BytesIO(data))))
    assert [finding.code for finding in findings] == ([code] if code else [])
    assert all(str(finding) and finding.place.line for finding in findings)
