"""The single payments of a batch come from the notification that belongs to it, and only where they add up."""

import io

import pytest

from sepa.joining import join_details
from sepa.reading import read_statements
from sepa.statements import Closed, Entry
from tests.sepa.statement_files import camt, ntry, tx

POINTER = "<AddtlInfInd><MsgNmId>camt.054.001.08</MsgNmId><MsgId>{}</MsgId></AddtlInfInd>"
BATCH = "<Btch><PmtInfId>{}</PmtInfId><NbOfTxs>{}</NbOfTxs></Btch>"


def ref(text: str) -> str:
    return f"<AcctSvcrRef>{text}</AcctSvcrRef>"


def statement(*entries: str) -> bytes:
    return camt(*entries)


def notice(*entries: str, name="N-1") -> bytes:
    made = camt(*entries, version="camt.054.001.08", container="BkToCstmrDbtCdtNtfctn", statement="Ntfctn")
    return made.replace(b"<MsgId>M</MsgId>", f"<MsgId>{name}</MsgId>".encode(), 1)


def several(*amounts: str) -> str:
    return "".join(tx(amount, f"<Refs><EndToEndId>E-{n}</EndToEndId></Refs>") for n, amount in enumerate(amounts, 1))


def joined(booked: bytes, *notices: bytes) -> tuple[list[Entry], Closed]:
    streams = (event for one in notices for event in read_statements(io.BytesIO(one)))
    _, *entries, closed = join_details(read_statements(io.BytesIO(booked)), streams)
    assert isinstance(closed, Closed)
    return [one for one in entries if isinstance(one, Entry)], closed


SUM = ntry("30.00", inside=POINTER.format("N-1"))
PARTS = notice(ntry("30.00", details=several("10.00", "20.00")))
CASES = {
    "by the message id": (statement(SUM), (PARTS,), [["E-1", "E-2"]], []),
    "by the bank's reference": (
        statement(ntry("30.00", inside=ref("B-9"))),
        (notice(ntry("30.00", inside=ref("B-9"), details=several("10.00", "20.00"))),),
        [["E-1", "E-2"]],
        [],
    ),
    "by our batch": (
        statement(ntry("30.00", details=BATCH.format("RUN-1", 2))),
        (notice(ntry("30.00", details=BATCH.format("RUN-1", 2) + several("10.00", "20.00"))),),
        [["E-1", "E-2"]],
        [],
    ),
    "one entry for each payment": (
        statement(SUM),
        (notice(*(ntry(amount, details=several(amount)) for amount in ("10.00", "20.00"))),),
        [["E-1", "E-1"]],
        [],
    ),
    "two batches, each its own": (
        statement(SUM, ntry("5.00", inside=POINTER.format("N-2"))),
        (PARTS, notice(ntry("5.00", details=several("5.00")), name="N-2")),
        [["E-1", "E-2"], ["E-1"]],
        [],
    ),
    "details that do not add up": (
        statement(SUM),
        (notice(ntry("29.00", details=several("9.00", "20.00"))),),
        [[]],
        ["statement.detail_sum"],
    ),
    "fewer than the batch counts": (
        statement(ntry("30.00", inside=POINTER.format("N-1"), details=BATCH.format("RUN-1", 3))),
        (PARTS,),
        [["E-1", "E-2"]],
        ["statement.detail_count"],
    ),
    "a notification that is missing": (statement(SUM), (), [[]], ["statement.details_missing"]),
    "a notification of another day": (
        statement(ntry("1.00")),
        (PARTS,),
        [[]],
        ["statement.details_loose"],
    ),
    "two that fit": (
        statement(ntry("30.00", inside=ref("B-9"))),
        (
            notice(ntry("30.00", inside=ref("B-9"), details=several("10.00", "20.00"))),
            notice(ntry("30.00", inside=ref("B-9"), details=several("15.00", "15.00")), name="N-2"),
        ),
        [[]],
        ["statement.details_ambiguous", "statement.details_loose", "statement.details_loose"],
    ),
    "what is not there says nothing": (statement(ntry("1.00"), ntry("2.00", details=tx("2.00"))), (), [[], [""]], []),
    "the same reference of another account": (
        statement(SUM),
        (PARTS.replace(b"DE34200505501234567890", b"DE02120300000000202051"),),
        [[]],
        ["statement.details_missing", "statement.details_loose"],
    ),
    "numbers of entries are no references": (
        statement(ntry("30.00", before="<NtryRef>1</NtryRef>")),
        (notice(ntry("30.00", before="<NtryRef>1</NtryRef>", details=several("10.00", "20.00"))),),
        [[]],
        ["statement.details_loose"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_details_are_joined_where_they_belong(name):
    booked, notices, expected, codes = CASES[name]
    entries, closed = joined(booked, *notices)
    assert [[detail.end_to_end_id for detail in one.details] for one in entries] == expected
    assert [finding.code for finding in closed.findings] == codes
    assert all(str(finding) for finding in closed.findings)


def test_an_entry_with_its_own_details_keeps_them_and_takes_the_notification():
    booked = ntry("30.00", inside=ref("B-9"), details=several("12.00", "18.00"))
    entries, closed = joined(
        statement(booked), notice(ntry("30.00", inside=ref("B-9"), details=several("10.00", "20.00")))
    )
    assert [detail.amount_cents for detail in entries[0].details] == [1200, 1800]
    assert closed.findings == ()


def test_a_settled_doubt_of_the_reader_goes_and_the_entry_agrees():
    batch = ntry("30.00", details=BATCH.format("RUN-1", 2) + several("30.00"))
    alone = list(read_statements(io.BytesIO(statement(batch))))
    assert [finding.code for finding in alone[-1].findings] == ["statement.detail_count"]
    entries, closed = joined(
        statement(batch), notice(ntry("30.00", details=BATCH.format("RUN-1", 2) + several("10.00", "20.00")))
    )
    assert (entries[0].details_agree, entries[0].detail_message_id, closed.findings) == (True, "N-1", ())


def test_a_notification_is_used_once():
    entries, closed = joined(statement(SUM, SUM), PARTS)
    assert [len(one.details) for one in entries] == [2, 0]
    assert [finding.code for finding in closed.findings] == ["statement.details_missing"]
