"""Status reports and answers to cancellations: what the bank says became of our orders."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa.camt029 import NoAnswerError, NotACancellationAnswerError, read_cancellation_answer
from sepa.errors import KasseError
from sepa.pain002 import CounterError, NoStatusError, NotAStatusReportError, read_status_report
from sepa.reading import UnknownVersionError
from sepa.statusreports import (
    BatchStatus,
    CancellationEnd,
    CancellationHead,
    CancellationStatus,
    ReportEnd,
    ReportHead,
    StatusCount,
    StatusReason,
    TransactionStatus,
    VopResult,
)
from sepa.xml.parser import DoctypeError, XmlError
from tests.conftest import needs
from tests.paths import CORPORA
from tests.sepa.statement_files import camt

COUNT = "<NbOfTxsPerSts><DtldNbOfTxs>{}</DtldNbOfTxs><DtldSts>{}</DtldSts></NbOfTxsPerSts>"
REASON = "<StsRsnInf><Rsn><Cd>{}</Cd></Rsn><AddtlInf>{}</AddtlInf></StsRsnInf>"


def counts(text: str) -> str:
    """Return counters from text: `RCVC 2 RVNM 1`."""
    words = text.split()
    return "".join(COUNT.format(number, status) for status, number in zip(words[::2], words[1::2], strict=True))


def tx(end_to_end: str, status: str, inside="", name="Erika Beispiel", iban="DE89370400440532013000") -> str:
    return (
        f"<TxInfAndSts><OrgnlInstrId>I-{end_to_end}</OrgnlInstrId><OrgnlEndToEndId>{end_to_end}</OrgnlEndToEndId>"
        f"<TxSts>{status}</TxSts>{inside}<OrgnlTxRef>"
        '<Amt><InstdAmt Ccy="EUR">12.30</InstdAmt></Amt><ReqdExctnDt><Dt>2026-11-23</Dt></ReqdExctnDt>'
        f"<Cdtr><Pty><Nm>{name}</Nm></Pty></Cdtr><CdtrAcct><Id><IBAN>{iban}</IBAN></Id></CdtrAcct></OrgnlTxRef>"
        "</TxInfAndSts>"
    )


def report(*transactions: str, file="", batch="", number=2, version="pain.002.001.10", original="pain.001.001.09",
           own="ZL-1", total="24.60"):  # fmt: skip
    """Return a report about one file with one batch, `own`; `number` and `total` are what the bank says it has."""
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><CstmrPmtStsRpt>'
        "<GrpHdr><MsgId>R-1</MsgId><CreDtTm>2026-11-20T10:00:00+01:00</CreDtTm></GrpHdr>\n<OrgnlGrpInfAndSts>"
        f"<OrgnlMsgId>MSG-1</OrgnlMsgId><OrgnlMsgNmId>{original}</OrgnlMsgNmId><OrgnlNbOfTxs>{number}</OrgnlNbOfTxs>"
        f"<OrgnlCtrlSum>{total}</OrgnlCtrlSum>{file}</OrgnlGrpInfAndSts>\n<OrgnlPmtInfAndSts>"
        f"<OrgnlPmtInfId>{own}</OrgnlPmtInfId>{batch}\n" + "\n".join(transactions) + "\n</OrgnlPmtInfAndSts>"
        "</CstmrPmtStsRpt></Document>"
    ).encode()


def read(data: bytes) -> list:
    return list(read_status_report(io.BytesIO(data)))


def test_a_rejected_payment_has_its_reason_and_what_the_bank_repeats():
    head, batch, rejected, end = read(report(tx("E-1", "RJCT", REASON.format("AC04", "Konto erloschen"))))
    assert head == ReportHead(
        message="pain.002.001.10",
        message_id="R-1",
        original_message_id="MSG-1",
        original_message="pain.001.001.09",
        original_count=2,
        original_sum_cents=2460,
        created="2026-11-20T10:00:00+01:00",
        line=2,
    )
    assert batch == BatchStatus("ZL-1", line=3)
    assert rejected.reasons == (StatusReason("AC04", ("Konto erloschen",)),)
    assert (rejected.payment_information_id, rejected.instruction_id) == ("ZL-1", "I-E-1")
    assert (rejected.end_to_end_id, rejected.amount_cents, rejected.currency) == ("E-1", 1230, "EUR")
    assert (rejected.name, rejected.iban) == ("Erika Beispiel", "DE89370400440532013000")
    assert (str(rejected.execution_day), rejected.line) == ("2026-11-23", 4)
    assert end == ReportEnd(1, (("RJCT", 1),))


def test_a_file_or_batch_may_be_rejected_as_a_whole():
    whole = "<GrpSts>RJCT</GrpSts>" + REASON.format("FF01", "XSD")
    head, *_ = read(report(file=whole))
    assert (head.status, head.reasons) == ("RJCT", (StatusReason("FF01", ("XSD",)),))
    _, batch, _ = read(report(batch="<PmtInfSts>RJCT</PmtInfSts>" + REASON.format("DU02", "")))
    assert (batch.status, batch.reasons[0].code) == ("RJCT", "DU02")


def test_a_rejected_direct_debit_names_the_debtor():
    debit = tx("E-1", "RJCT").replace("Cdtr", "Dbtr").replace("ReqdExctnDt><Dt", "ReqdColltnDt><Dt")
    debit = debit.replace("<ReqdColltnDt><Dt>2026-11-23</Dt></ReqdExctnDt>", "<ReqdColltnDt>2026-11-23</ReqdColltnDt>")
    mandate = "<MndtRltdInf><MndtId>M-1</MndtId></MndtRltdInf><Dbtr>"
    creditor = "<Cdtr><Pty><Nm>Stadt Musterstadt</Nm></Pty></Cdtr></OrgnlTxRef>"
    debit = debit.replace("<Dbtr>", mandate).replace("</OrgnlTxRef>", creditor)
    *_, rejected, _ = read(report(debit, original="pain.008.001.08"))
    assert (rejected.name, rejected.mandate_id, str(rejected.execution_day)) == ("Erika Beispiel", "M-1", "2026-11-23")


@pytest.mark.parametrize("version", ["pain.002.001.03", "pain.002.003.03", "pain.002.001.10", "pain.002.001.15"])
def test_versions_old_and_new_say_the_same(version):
    data = report(tx("E-1", "RJCT", REASON.format("AC01", "x")), version=version).decode()
    if version.endswith(".03"):
        data = re.sub(r"</?Pty>", "", data).replace("<ReqdExctnDt><Dt>2026-11-23</Dt>", "<ReqdExctnDt>2026-11-23")
    head, *rest = read(data.encode())
    assert head.message == version
    assert rest == read(report(tx("E-1", "RJCT", REASON.format("AC01", "x"))))[1:]


VOP = {
    "all match, none listed (a bank's report of November 2025)": (
        report(file="<GrpSts>RCVC</GrpSts>" + counts("RCVC 2")),
        VopResult(2, 0, 0, 0, 0),
    ),
    "one mismatch under the group code RVMC (a bank's report of October 2025)": (
        report(
            tx("E-1", "RVNM"),
            file="<GrpSts>RVMC</GrpSts>" + counts("RCVC 0 RVNM 1 RVMC 0 RVNA 0 PDNG 0"),
            number=1,
        ),
        VopResult(0, 0, 1, 0, 0),
    ),
    "the group code of ISO, matches left out": (
        report(tx("E-1", "RVMC"), tx("E-2", "RVNA"), file="<GrpSts>RVCM</GrpSts>", number=5),
        VopResult(3, 1, 0, 1, 0),
    ),
    "the group code misspelt": (
        report(tx("E-1", "RVNM"), file="<GrpSts>RCVM</GrpSts>"),
        VopResult(1, 0, 1, 0, 0),
    ),
    "not yet complete": (report(tx("E-1", "RVNC"), file="<GrpSts>RVNC</GrpSts>"), VopResult(1, 0, 0, 0, 1)),
    "says match, lists a mismatch": (
        report(tx("E-1", "RVNM"), file="<GrpSts>RCVC</GrpSts>" + counts("RCVC 1 RVNM 1")),
        VopResult(1, 0, 1, 0, 0),
    ),
    "counts a mismatch that it does not list": (
        report(file="<GrpSts>RVCM</GrpSts>" + counts("RCVC 1 RVNM 1")),
        VopResult(1, 0, 1, 0, 0),
    ),
    "says deviations, names none": (report(file="<GrpSts>RVCM</GrpSts>"), VopResult(0, 0, 0, 0, 2)),
}


@pytest.mark.parametrize(("data", "result"), VOP.values(), ids=VOP)
def test_the_result_of_verifying_payees_comes_from_the_transactions(data, result):
    end = read(data)[-1]
    assert end.vop == result
    assert end.vop.clean is (result == VopResult(2, 0, 0, 0, 0))


def test_a_report_about_acceptance_has_no_result_of_verifying():
    assert read(report(tx("E-1", "ACSP"), file="<GrpSts>ACTC</GrpSts>"))[-1].vop is None


def test_a_close_match_gives_the_real_name():
    close = tx(
        "E-1", "RVMC", "<StsRsnInf><AddtlInf>RVMC Erika Beispiel-</AddtlInf><AddtlInf>Muster</AddtlInf></StsRsnInf>"
    )
    assert read(report(close))[2].found_name == "Erika Beispiel-Muster"
    other = close.replace("<TxSts>RVMC", "<TxSts>RVNM")
    assert read(report(other))[2].found_name == ""


def test_counters_that_do_not_fit_are_said():
    end = read(report(tx("E-1", "RJCT"), file=counts("RJCT 2 ACCP 7")))[-1]
    assert [type(finding) for finding in end.findings] == [CounterError]
    assert (end.findings[0].fields["expected"], end.findings[0].fields["found"]) == (2, 1)


def test_counters_keep_their_sums():
    one = COUNT.format(2, "RJCT").replace("</DtldSts>", "</DtldSts><DtldCtrlSum>24.60</DtldCtrlSum>")
    assert read(report(tx("A", "RJCT"), tx("B", "RJCT"), file=one))[0].counts == (StatusCount("RJCT", 2, 2460),)


def test_ten_thousand_statuses_come_one_by_one():
    events = read(report(*[tx(f"E-{n}", "RVNM") for n in range(10_000)], number=10_000))
    assert [one.end_to_end_id for one in events[2:-1]] == [f"E-{n}" for n in range(10_000)]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (camt(), NotAStatusReportError),
        (report(version="pain.002.001.99"), UnknownVersionError),
        (b"<Document><CstmrPmtStsRpt><GrpHdr/></CstmrPmtStsRpt></Document>", NoStatusError),
        (report()[:-30], XmlError),
        (b"<!DOCTYPE a>" + report(), DoctypeError),
    ],
    ids=["camt.053", "unknown version", "no status", "truncated", "DOCTYPE"],
)
def test_what_is_no_report_is_refused(data, error):
    with pytest.raises(error) as refusal:
        read(data)
    assert refusal.value.place.file


def answer(inside: str, confirmed="", version="camt.029.001.06") -> bytes:
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{version}"><RsltnOfInvstgtn><Assgnmt><Id>A-1</Id>'
        "<CreDtTm>2026-11-20T10:00:00+01:00</CreDtTm></Assgnmt><RslvdCase><Id>CASE-1</Id></RslvdCase>"
        f"<Sts>{confirmed}</Sts>\n<CxlDtls>{inside}</CxlDtls></RsltnOfInvstgtn></Document>"
    ).encode()


NO = "<CxlStsRsnInf><Rsn><Cd>{}</Cd></Rsn><AddtlInf>{}</AddtlInf></CxlStsRsnInf>"
PAYMENT = (
    "<TxInfAndSts><CxlStsId>C-1</CxlStsId><OrgnlEndToEndId>E-1</OrgnlEndToEndId>"
    f"<TxCxlSts>RJCR</TxCxlSts>{NO.format('AC04', 'Konto aufgelöst')}"
    '<OrgnlTxRef><Amt><InstdAmt Ccy="EUR">12.30</InstdAmt></Amt><Cdtr><Nm>Erika Beispiel</Nm></Cdtr></OrgnlTxRef>'
    "</TxInfAndSts>"
)


def answered(data: bytes) -> list:
    return list(read_cancellation_answer(io.BytesIO(data)))


def test_a_refused_recall_names_payment_and_reason():
    batch = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>ZL-1</OrgnlPmtInfId><OrgnlGrpInf><OrgnlMsgId>M-1</OrgnlMsgId></OrgnlGrpInf>{PAYMENT}</OrgnlPmtInfAndSts>"
    head, status, end = answered(answer(batch, "<Conf>RJCR</Conf>"))
    assert head == CancellationHead("camt.029.001.06", "A-1", "CASE-1", "RJCR", "2026-11-20T10:00:00+01:00", line=1)
    assert status == CancellationStatus(
        level="payment",
        status="RJCR",
        case_id="CASE-1",
        original_message_id="M-1",
        payment_information_id="ZL-1",
        end_to_end_id="E-1",
        status_id="C-1",
        reasons=(StatusReason("AC04", ("Konto aufgelöst",)),),
        amount_cents=1230,
        currency="EUR",
        name="Erika Beispiel",
        line=2,
    )
    assert end == CancellationEnd(1)


def test_a_file_or_a_batch_may_be_answered_as_a_whole():
    whole = "<OrgnlGrpInfAndSts><OrgnlMsgId>M-1</OrgnlMsgId><GrpCxlSts>ACCR</GrpCxlSts></OrgnlGrpInfAndSts>"
    batch = (
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>ZL-1</OrgnlPmtInfId><PmtInfCxlSts>PDCR</PmtInfCxlSts></OrgnlPmtInfAndSts>"
    )
    _, first, second, _ = answered(answer(whole + batch))
    assert (first.level, first.status, first.original_message_id) == ("file", "ACCR", "M-1")
    assert (second.level, second.status, second.payment_information_id) == ("batch", "PDCR", "ZL-1")


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (report(), NotACancellationAnswerError),
        (answer(PAYMENT, version="camt.029.001.77"), UnknownVersionError),
        (answer(""), NoAnswerError),
        (answer(PAYMENT)[:-30], XmlError),
    ],
    ids=["pain.002", "unknown version", "no status", "truncated"],
)
def test_what_is_no_answer_is_refused(data, error):
    with pytest.raises(error) as refusal:
        answered(data)
    assert refusal.value.place.file


CORPUS = sorted(
    path for path in CORPORA.rglob("*pain*.xml") if path.is_file() and b"CstmrPmtStsRpt" in path.read_bytes()
)


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_reports_of_others_are_read_to_their_end(path):
    events = list(read_status_report(path))
    transactions = path.read_bytes().count(b"<TxInfAndSts>")
    assert isinstance(events[0], ReportHead)
    assert sum(isinstance(event, TransactionStatus) for event in events) == transactions == events[-1].transactions
    assert (events[-1].findings, events[-1].not_understood) == ((), ())


def test_the_reports_of_others_are_there():
    needs("corpora", bool(CORPUS), f"no status reports of others under {CORPORA}")
    assert len(CORPUS) >= 12


@given(st.sampled_from([report(tx("E-1", "RJCT")), answer(PAYMENT)]), st.integers(0, 2000), st.binary(max_size=9))
def test_mutated_reports_give_a_refusal_or_a_stream(seed, at, piece):
    mutated = seed[: at % len(seed)] + piece + seed[at % len(seed) + len(piece) :]
    for reader in (read_status_report, read_cancellation_answer):
        try:
            events = list(reader(io.BytesIO(mutated)))
        except KasseError:
            continue
        assert isinstance(events[-1], (ReportEnd, CancellationEnd))
