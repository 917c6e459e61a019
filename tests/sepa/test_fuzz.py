"""Any change of any bank file gives values or an error with its place: never a traceback, a hang or a full memory."""

import io
import tracemalloc
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sepa import pain001, pain007, pain008
from sepa.camt029 import read_cancellation_answer
from sepa.conversion import entry_row, parts_of, statement_row, text_of
from sepa.conversion_hledger import transaction
from sepa.conversion_notices import (
    answer_row,
    payment_status_row,
    report_head_row,
    request_payment_row,
)
from sepa.errors import KasseError
from sepa.explanation import handover, meaning, odd
from sepa.joining import join_details
from sepa.pain002 import read_status_report
from sepa.pain_reading import read_payments
from sepa.reading import identify, read_files, read_statements
from sepa.redact import Redactor
from sepa.redact_mt import redact_mt
from sepa.redact_xml import redact_xml
from sepa.request_reading import read_requests
from sepa.requests import RequestPayment
from sepa.rules.balances import Running
from sepa.rules.foreign import check_payments
from sepa.rules.reports import check_answer, check_report
from sepa.rules.requests import check_requests
from sepa.sources import Limits
from sepa.statements import Closed, Entry, Opened
from sepa.statusreports import CancellationStatus, ReportHead, TransactionStatus
from tests.bank_files import pain001 as foreign_transfers
from tests.bank_files import pain008 as foreign_debits
from tests.paths import CORPORA
from tests.sepa import test_pain001, test_pain007, test_pain008
from tests.sepa.orders import MONDAY
from tests.sepa.statement_files import DATA, DAY
from tests.sepa.test_joining import PARTS, SUM, statement
from tests.sepa.test_request_rules import ANSWER, FIELDS, GOOD, RECALL, REVERSAL, WHOLE

_LARGEST = 40_000


def own_files() -> Iterator[bytes]:
    yield DAY.read_bytes()
    yield (DATA / "mt940-day.sta").read_bytes()
    yield from (PARTS, statement(SUM), REVERSAL, RECALL, WHOLE, GOOD, ANSWER.format(**FIELDS).encode())
    yield from (foreign_transfers().encode(), foreign_debits().encode())
    yield from (b"".join(pain001.write(one)) for one in list(test_pain001.MESSAGES.values())[:3])
    yield from (b"".join(pain008.write(one)) for one in list(test_pain008.MESSAGES.values())[:3])
    yield b"".join(pain007.write(test_pain007.message()))


@cache
def seeds() -> tuple[bytes, ...]:
    strange = [one for one in sorted(CORPORA.rglob("*")) if one.is_file() and one.stat().st_size < _LARGEST]
    return (*own_files(), *(one.read_bytes() for one in strange if one.suffix not in {".tsv", ".md"}))


def statements(data: bytes) -> None:
    running = Running()
    for event in join_details(read_statements(io.BytesIO(data)), read_statements(io.BytesIO(data))):
        shown(running.take(event))
        if isinstance(event, Entry):
            row = entry_row(event)
            assert sum(part["amount_cents"] for part in parts_of(row)) == event.amount_cents
            assert transaction(row, "x")
            assert isinstance(text_of(row), str)
        elif isinstance(event, Opened):
            opened = event
        else:
            assert isinstance(event, Closed)
            statement_row(opened, event)
            shown(*event.findings)


def shown(*findings: KasseError | None) -> None:
    assert all(str(one) for one in findings if one is not None)


def payments(data: bytes) -> None:
    shown(*check_payments(read_payments(io.BytesIO(data)), MONDAY))


def reports(data: bytes) -> None:
    shown(*check_report(read_status_report(io.BytesIO(data))))
    for event in read_status_report(io.BytesIO(data)):
        if isinstance(event, TransactionStatus):
            payment_status_row(event)
        elif isinstance(event, ReportHead):
            report_head_row(event)


def answers(data: bytes) -> None:
    shown(*check_answer(read_cancellation_answer(io.BytesIO(data))))
    for event in read_cancellation_answer(io.BytesIO(data)):
        if isinstance(event, CancellationStatus):
            answer_row(event)


def requests(data: bytes) -> None:
    shown(*check_requests(read_requests(io.BytesIO(data)), MONDAY))
    for event in read_requests(io.BytesIO(data)):
        if isinstance(event, RequestPayment):
            request_payment_row(event)


def redacted(data: bytes) -> None:
    redactor = Redactor(b"x", 3)
    kind = identify(io.BytesIO(data))
    for _ in (redact_mt if kind.family.startswith("MT") else redact_xml)(io.BytesIO(data), redactor):
        pass


def explained(data: bytes) -> None:
    kind = identify(io.BytesIO(data))
    if kind.family != "zip":
        assert meaning(kind)
        shown(*odd(kind, handover(kind)))


def unpacked(data: bytes) -> None:
    for _, member in read_files(io.BytesIO(data)):
        identify(member)


READERS: dict[str, Callable[[bytes], None]] = {
    "statements": statements,
    "payments": payments,
    "reports": reports,
    "answers": answers,
    "requests": requests,
    "redact": redacted,
    "explain": explained,
    "unpack": unpacked,
}


def check(data: bytes) -> None:
    """Give the bytes to every reader: each ends, or refuses with a sentence and the file as the place."""
    for read in READERS.values():
        refused = caught(read, data)
        assert refused is None or (str(refused) and (refused.place.file or "").startswith("-"))


def caught(work: Callable[[bytes], None], data: bytes) -> KasseError | None:
    try:
        work(data)
    except KasseError as error:
        return error
    return None


TAGS = ["<Ntry>", "</Ntry>", "<Amt>", '<Amt Ccy="XXX">', "<TxInf>", "<TxInfAndSts>", "<OrgnlPmtInfAndSts>", "<GrpHdr>", "<Document>",
        "<Stmt>", "</Stmt>", "<NtryDtls>", "<TxDtls>", "<PmtInf>", "<Undrlyg>", "<Bal>", "<CdtTrfTxInf>", "<Cd>"]  # fmt: skip
PIECES = st.sampled_from(
    [b"<", b">", b"/", b"&", b"&amp;", b"&#x41;", b"&#xe000;", b"]]>", b"<![CDATA[x]]>", b"<!--x-->", b"<?x?>", b'"', b"'", b" ",
     b"\n", b"\r\n", b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf", b":61:", b"\n:61:", b"\n:86:", b"\n:20:", b"\n:62F:", b"?20", b"-}{5:}",
     b"EREF+", b"SVWZ+", b"99999999999999999999", b"-1", b"1E9", b"0.001", b"true", b"RJCT", b"2026-02-30", b"xmlns=''",
     *(tag.encode() for tag in TAGS)]
)  # fmt: skip


def bent(draw: Any, raw: bytearray) -> bytes:
    """Return a file with some bytes cut, put in, doubled or moved."""
    for _ in range(draw(st.integers(1, 5))):
        at, size = draw(st.integers(0, len(raw))), draw(st.sampled_from([0, 1, 3, 12, 80, 400]))
        how = draw(st.sampled_from(["put", "cut", "double", "move"]))
        piece = bytes(raw[at : at + size])
        if how == "put":
            raw[at : at + min(size, 12)] = draw(PIECES | st.binary(max_size=8))
        elif how == "double":
            raw[at:at] = piece * draw(st.integers(1, 4))
        else:
            del raw[at : at + size]
            if how == "move":
                to = draw(st.integers(0, len(raw)))
                raw[to:to] = piece
    return bytes(raw)


@given(st.data())
def test_any_change_of_any_file_gives_values_or_an_error(data):
    check(bent(data.draw, bytearray(data.draw(st.sampled_from(seeds())))))


@given(st.data())
def test_two_files_put_together_give_values_or_an_error(data):
    one, other = data.draw(st.sampled_from(seeds())), data.draw(st.sampled_from(seeds()))
    check(one[: data.draw(st.integers(0, len(one)))] + other[data.draw(st.integers(0, len(other))) :])


@given(st.data())
def test_any_archive_gives_values_or_an_error(data):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(data.draw(st.integers(0, 3))):
            archive.writestr(data.draw(st.sampled_from(["a.xml", "../b", "", "c/d", "x" * 300])) + str(number),
                             data.draw(st.sampled_from(seeds())))  # fmt: skip
    raw = bytearray(packed.getvalue())
    made = bent(data.draw, raw) if data.draw(st.booleans()) else bytes(raw)
    check(made)


@given(
    st.recursive(
        st.text(max_size=5), lambda inner: st.lists(st.tuples(st.sampled_from(TAGS), inner), max_size=4), max_leaves=12
    )
)
def test_any_tree_of_known_elements_gives_values_or_an_error(tree):
    def text(node: Any) -> str:
        if isinstance(node, str):
            return node.replace("&", "&amp;").replace("<", "&lt;")
        return "".join(f"{tag}{text(inner)}</{tag.strip('</>').split()[0]}>" for tag, inner in node if tag[1] != "/")

    bodies = {"camt.053.001.08": "BkToCstmrStmt", "pain.002.001.10": "CstmrPmtStsRpt", "camt.055.001.05": "CstmrPmtCxlReq",
              "camt.029.001.06": "RsltnOfInvstgtn", "pain.008.001.08": "CstmrDrctDbtInitn"}  # fmt: skip
    for name, body in bodies.items():
        space = f"urn:iso:std:iso:20022:tech:xsd:{name}"
        check(f'<Document xmlns="{space}"><{body}>{text(tree)}</{body}></Document>'.encode("utf-8", "replace"))


MANY = 20_000
BOMBS = {
    "one deep nest": b"<Document><BkToCstmrStmt>" + b"<Stmt>" * MANY,
    "many attributes": b"<Document " + b" ".join(b"a%d='x'" % n for n in range(MANY)) + b"><BkToCstmrStmt/></Document>",
    "one long text": b"<Document><BkToCstmrStmt><Stmt><Id>" + b"x" * 30_000_000,
    "many strange elements": b"<Document><BkToCstmrStmt><Stmt>" + b"".join(b"<e%d/>" % n for n in range(5 * MANY)),
    "many name spaces": b"<Document>" + b"".join(b"<a xmlns='urn:%d'/>" % n for n in range(MANY)),
    "an entry that never ends": b"<Document><BkToCstmrStmt><Stmt><Ntry>" + b"<a>b</a>" * (2 * MANY),
    "a report that never ends": b"<Document><CstmrPmtStsRpt><OrgnlPmtInfAndSts>" + b"<StsRsnInf><AddtlInf>x</AddtlInf></StsRsnInf>" * MANY,
    "a line that never ends": b":20:x\r\n:25:1\r\n:86:" + b"x" * 30_000_000,
    "many marks": b":20:x\r\n:25:1\r\n:60F:C261120EUR1,00\r\n:61:261120C1,00NTRF\r\n:86:166" + b"?20+" * 60_000,
    "many fields": b":20:x\r\n" + b":NS:22x\r\n" * 60_000,
    "many pluses": b":20:x\r\n:25:1\r\n:60F:C261120EUR1,00\r\n:61:261120C1,00NTRF\r\n:86:" + b"EREF+SVWZ+" * 40_000,
    "many slashes": b":20:x\r\n:25:1\r\n:60F:C261120EUR1,00\r\n:61:261120C1,00NTRF\r\n:86:/EREF/" + b"/NAME/" * 40_000,
    "brackets": b":20:x\r\n:25:1\r\n:60F:C261120EUR1,00\r\n:61:261120C1,00NTRF\r\n:86:f}r " + b"[" * 60_000,
    "labels": b":20:x\r\n:25:1\r\n:60F:C261120EUR1,00\r\n:61:261120C1,00NTRF\r\n:86:End-to-End-Ref.: " + b"Mandatsref " * 40_000,
    "spaces": b":20:x\r\n:25:1\r\n:60F:C261120EUR1,00\r\n:61:261120C1,00NTRF\r\n:86:SEPA " + b"A " * 60_000,
}  # fmt: skip
LIMITS = Limits(file_bytes=64 << 20, entry_bytes=4 << 20)


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_made_to_harm_is_refused_or_read_in_bounded_memory(name):
    """Ten times the size of the part that may be held at once, and a moment; the clock of the test run is the judge."""
    for read in (read_statements, read_payments, read_status_report, read_requests):
        tracemalloc.start()
        refused = caught(lambda data, read=read: deque(read(io.BytesIO(data), limits=LIMITS), 0), BOMBS[name])
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert refused is None or str(refused)
        assert peak < 10 * LIMITS.entry_bytes + len(BOMBS[name]), name
