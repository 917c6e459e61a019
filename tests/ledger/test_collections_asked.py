"""Recalls, reversals and what the bank answers to files of collections: nothing twice, claims open again."""

import datetime as dt
import hashlib
import io
import re

import pytest

from ledger.bank.posting_store import post_staged
from ledger.payments.collection_answers_store import take_cancellation, take_status
from ledger.payments.collection_export_store import note_export
from ledger.payments.collection_life_reader import life
from ledger.payments.collection_messages import (
    AskedBeforeError,
    AskedTooLateError,
    BankBicError,
    MessageSumError,
    NotApprovedError,
    NotAskableError,
    ReplacedError,
    SeveralRunsError,
)
from ledger.payments.collection_messages_store import approve, ask, message_file, note_message
from ledger.payments.collection_propose_store import Choice, propose
from ledger.payments.collection_reader import reports, run_named
from ledger.payments.collection_runs import ListChangedError
from ledger.payments.collection_steps_store import discard, release, review
from ledger.payments.collection_void_store import void
from ledger.payments.collection_voiding import VoidAnsweredError
from ledger.payments.collection_waiting_store import under_collection
from ledger.payments.mandate_reader import mandate_numbered
from ledger.payments.mandates import NoReasonError
from ledger.people.users import OwnWorkError
from sepa.camt029 import read_cancellation_answer
from sepa.pain002 import read_status_report
from sepa.recalls import RecallReasonError
from tests.bankbooks import check_invariants, open_cents, staged
from tests.books import act
from tests.ledger.collection_texts import (
    MONDAY,
    balance,
    credited,
    exported,
    proposed,
    released,
    returned,
    states,
)
from tests.ledger.test_collections import town

THURSDAY = dt.date(2026, 11, 19)


def bytes_of(store, number, **more):
    with message_file(act(store, "dirk"), number, **more) as chunks:
        return b"".join(chunks)


def asked(store, kind, *numbers, code="MS02", on=THURSDAY):
    made = ask(act(store, "dirk"), kind, numbers, code=code, text="Bescheid aufgehoben", today=on)
    return approve(act(store, "emil"), made.number, sum_cents=made.total_cents)


def taken(store, report: bytes, day: str = "2026-11-16"):
    return take_status(store, read_status_report(io.BytesIO(report)), hashlib.sha256(report).hexdigest(), day=day)


def recall_answer(store, answer: bytes):
    digest = hashlib.sha256(answer).hexdigest()
    return take_cancellation(store, read_cancellation_answer(io.BytesIO(answer)), digest, day="2026-11-16")


def test_collected_money_is_given_back(store):
    keys = town(store)
    (run,) = exported(store)
    credited(store, run)
    made = asked(store, "reversal", (1, 2))
    file = bytes_of(store, made.number)
    assert b"pain.007.001.09" in file
    assert (b"KASSE-L1-2" in file, b"KASSE-L1-1" in file, b"<OrgnlPmtInfId>KASSE-00000000-L000001-2<" in file) == (
        True, False, True,
    )  # fmt: skip
    assert bytes_of(store, made.number) == file
    assert note_message(store, made.number, "ab").file_sha256 == "ab"
    assert note_message(store, made.number, "ab").file_sha256 == "ab"
    staged(store, "-250,50", end_to_end_id="KASSE-L1-2", gvc="193", day="2026-11-24")
    post_staged(act(store, "clara"))
    assert states(store) == ["collected", "reversed"]
    assert open_cents(store, keys[1][1], keys[1][0]) == 25050
    assert mandate_numbered(store, 2).state == "active"
    check_invariants(store)


def told(store, line):
    return [event.what for event in life(store, run_named(store, 1), line).events]


def test_the_life_of_a_collection_tells_only_what_was_asked_for_it(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    made = asked(store, "reversal", (1, 2))
    note_message(store, made.number, "ab")
    own = ["reversal asked for", "request approved", "file of the request written"]
    assert [step for step in told(store, 2) if step in own] == own
    assert [step for step in told(store, 1) if step in own] == []
    assert [one for one in (*told(store, 1), *told(store, 2)) if "." in one or "_" in one] == []


def test_the_life_of_a_collection_tells_only_its_own_refusal(store):
    town(store)
    exported(store)
    taken(store, status("payment"))
    assert ("refused by the bank" in told(store, 2), "refused by the bank" in told(store, 1)) == (True, False)


def test_a_recall_that_was_never_written_does_not_bar_the_reversal(store):
    town(store)
    (run,) = exported(store)
    recall = asked(store, "recall", (1, 2), code="DUPL")
    credited(store, run)
    reversal = asked(store, "reversal", (1, 2))
    assert b"KASSE-L1-2" in bytes_of(store, reversal.number)
    with pytest.raises(ReplacedError):
        bytes_of(store, recall.number, bic="COBADEFFXXX")
    note_message(store, reversal.number, "ab")
    with pytest.raises(AskedBeforeError):
        ask(act(store, "dirk"), "reversal", [(1, 2)], code="MS02", text="x", today=THURSDAY)


def test_what_was_given_back_is_not_collected_again_by_itself(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    asked(store, "reversal", (1, 2))
    staged(store, "-250,50", end_to_end_id="KASSE-L1-2", gvc="193", day="2026-11-24")
    post_staged(act(store, "clara"))
    assert states(store) == ["collected", "reversed"]
    again = proposed(store)
    assert (again.runs, [one.why for one in again.skipped if one.office == "BAU"]) == ((), ["returned"])
    (named,) = propose(act(store, "dirk"), Choice(named=frozenset({("BAU", 1)})), today=MONDAY).runs
    assert named.total_cents == 25050


def test_a_file_refused_for_its_form_is_collected_again(store):
    town(store)
    exported(store)
    taken(store, status("file", "FF01"))
    assert states(store) == ["rejected", "rejected"]
    assert [run.total_cents for run in proposed(store).runs] == [35050]


CREDITS = {"batch": {"payment_information_id": "KASSE-00000000-L000001-1"}, "file": {"message_id": "KASSE-00000000-L000001"},
           "one": {"end_to_end_id": "KASSE-L1-1"}}  # fmt: skip


@pytest.mark.parametrize("case", CREDITS)
def test_the_money_of_a_collection_that_was_given_up_is_not_debited_once_more(store, case):
    """Invariant 7: the bank had the file after all."""
    town(store)
    (run,) = exported(store)
    void(act(store, "emil"), run.number, "nie gesendet", today=MONDAY)
    void(act(store, "frida"), run.number, today=MONDAY)
    (again,) = proposed(store).runs
    review(store, again.number, today=MONDAY)
    staged(store, "100,00", gvc="171", **CREDITS[case])
    post_staged(act(store, "clara"))
    with pytest.raises(ListChangedError):
        release(act(store, "emil"), again.number, sum_cents=again.total_cents, today=MONDAY)
    discard(act(store, "dirk"), again.number, reason="das Geld ist da")
    left_out = {one.why for one in proposed(store).skipped if one.reference == "4711"}
    assert left_out == {"suspense"}


def test_several_are_given_back_in_one_sum(store):
    keys = town(store)
    (run,) = exported(store)
    credited(store, run)
    made = asked(store, "reversal", (1, 1), (1, 2))
    staged(store, "-350,50", message_id=made.message_id, gvc="193", day="2026-11-24")
    post_staged(act(store, "clara"))
    assert states(store) == ["reversed", "reversed"]
    assert [open_cents(store, number, office) for office, number in keys[:2]] == [10000, 25050]
    check_invariants(store)


def test_a_recall_stops_what_the_bank_has_not_collected(store):
    town(store)
    exported(store)
    made = asked(store, "recall", (1, 1), code="DUPL", on=MONDAY)
    with pytest.raises(BankBicError):
        bytes_of(store, made.number)
    file = bytes_of(store, made.number, bic="COBADEFFXXX")
    assert (b"camt.055.001.05" in file, b"DUPL" in file, b"2026-11-17" in file) == (True, True, True)
    answer = recall_answer(store, answered("ACCR"))
    assert (answer.recalled, answer.sum_cents) == (1, 10000)
    assert states(store) == ["recalled", "exported"]
    assert balance(store, "transit_in") == 25050
    assert mandate_numbered(store, 1).uses == 0
    again = recall_answer(store, answered("ACCR"))
    assert (again.recalled, again.findings) == (0, ())
    credited(store, run_named(store, 1), 25050)
    assert run_named(store, 1).state == "executed"
    check_invariants(store)


def test_a_refused_recall_leaves_the_collection_and_may_be_asked_again(store):
    town(store)
    exported(store)
    asked(store, "recall", (1, 1), code="CUST", on=MONDAY)
    recall_answer(act(store, "dirk"), answered("RJCR"))
    assert states(store) == ["exported", "exported"]
    assert asked(store, "recall", (1, 1), code="CUST", on=MONDAY).number == 2


REFUSED = {
    "nothing credited yet": ("reversal", [(1, 1)], "MS02", MONDAY, NotAskableError),
    "no such line": ("recall", [(1, 9)], "DUPL", MONDAY, NotAskableError),
    "several runs": ("recall", [(1, 1), (2, 1)], "DUPL", MONDAY, SeveralRunsError),
    "no such reason": ("recall", [(1, 1)], "XXXX", MONDAY, RecallReasonError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_asked_is_refused(store, case):
    kind, numbers, code, day, error = REFUSED[case]
    town(store)
    exported(store)
    with pytest.raises(error):
        ask(store, kind, numbers, code=code, text="x", today=day)


def test_a_request_needs_a_reason_a_second_person_and_the_sum(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    with pytest.raises(NoReasonError):
        ask(act(store, "dirk"), "reversal", [(1, 1)], code="MS02", text=" ", today=THURSDAY)
    made = ask(act(store, "frida"), "reversal", [(1, 1)], code="MS02", text="x", today=THURSDAY)
    with pytest.raises(AskedBeforeError):
        ask(store, "reversal", [(1, 1)], code="MS02", text="x", today=THURSDAY)
    with pytest.raises(NotApprovedError):
        bytes_of(store, made.number)
    with pytest.raises(OwnWorkError):
        approve(act(store, "frida"), made.number, sum_cents=10000)
    with pytest.raises(MessageSumError):
        approve(act(store, "emil"), made.number, sum_cents=1)


def test_a_reversal_is_possible_for_five_target_days(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    with pytest.raises(AskedTooLateError):
        ask(act(store, "dirk"), "reversal", [(1, 1)], code="MS02", text="x", today=dt.date(2026, 11, 25))


def status(level: str, code: str = "AC04") -> bytes:
    """A pain.002 that refuses the second collection, its batch, or the whole file; or accepts the file."""
    reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"
    group = f"<GrpSts>RJCT</GrpSts>{reason}" if level == "file" else "<GrpSts>PART</GrpSts>"
    batch = f"<PmtInfSts>RJCT</PmtInfSts>{reason}" if level == "batch" else ""
    payment = (
        f"<TxInfAndSts><OrgnlEndToEndId>KASSE-L1-2</OrgnlEndToEndId><TxSts>RJCT</TxSts>{reason}</TxInfAndSts>"
        if level == "payment"
        else ""
    )
    info = f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>KASSE-00000000-L000001-2</OrgnlPmtInfId>{batch}{payment}</OrgnlPmtInfAndSts>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B1</MsgId><CreDtTm>2026-11-16T10:00:00Z</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>KASSE-00000000-L000001</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>
{group}</OrgnlGrpInfAndSts>{"" if level == "file" else info}</CstmrPmtStsRpt></Document>""".encode()


def answered(code: str) -> bytes:
    """A camt.029 about the recall of the first collection."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.06"><RsltnOfInvstgtn>
<Assgnmt><Id>A1</Id><Assgnr><Agt><FinInstnId><BICFI>COBADEFFXXX</BICFI></FinInstnId></Agt></Assgnr>
<Assgne><Pty><Nm>Musterstadt</Nm></Pty></Assgne><CreDtTm>2026-11-16T10:00:00Z</CreDtTm></Assgnmt>
<Sts><Conf>CNCL</Conf></Sts><CxlDtls>
<OrgnlGrpInfAndSts><OrgnlMsgId>KASSE-00000000-L000001</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId>
</OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>KASSE-00000000-L000001-1</OrgnlPmtInfId>
<OrgnlGrpInf><OrgnlMsgId>KASSE-00000000-L000001</OrgnlMsgId><OrgnlMsgNmId>pain.008.001.08</OrgnlMsgNmId></OrgnlGrpInf>
<TxInfAndSts><OrgnlEndToEndId>KASSE-L1-1</OrgnlEndToEndId><TxCxlSts>{code}</TxCxlSts></TxInfAndSts>
</OrgnlPmtInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>""".encode()


@pytest.mark.parametrize(("status", "found"), [("ACCR", ["recalled", "exported"]), ("RJCR", ["exported", "exported"])])
def test_the_answer_about_a_batch_leaves_the_other_batches(store, status, found):
    keys = town(store)
    exported(store)
    for line in (1, 2):
        bytes_of(store, asked(store, "recall", (1, line), code="CUST").number, bic="COBADEFFXXX")
    whole = re.sub(
        rb"<TxInfAndSts>.*</TxInfAndSts>", b"<PmtInfCxlSts>%s</PmtInfCxlSts>" % status.encode(), answered("X")
    )
    done = recall_answer(store, whole)
    assert (done.recalled, states(store)) == (found.count("recalled"), found)
    assert open_cents(store, keys[1][1], keys[1][0]) == 0, "the bank collects the other one"
    still_asked = [line for (line,) in store.rows("SELECT line FROM collection WHERE asked = 'recall' ORDER BY line")]
    assert still_asked == ([1, 2] if status == "ACCR" else [2])


REFUSALS = {"payment": ["exported", "rejected"], "batch": ["exported", "rejected"], "file": ["rejected", "rejected"]}


@pytest.mark.parametrize("level", REFUSALS)
def test_what_the_bank_refuses_is_open_again(store, level):
    town(store)
    (run,) = exported(store)
    answer = taken(store, status(level))
    assert states(store) == REFUSALS[level]
    assert answer.sum_cents == {"file": 35050}.get(level, 25050)
    assert mandate_numbered(store, 2).state == "suspended"
    assert open_cents(store, 1, "BAU") == 25050
    check_invariants(store)
    again = taken(store, status(level))
    assert (again.refused, again.findings) == (0, ())
    left = 35050 - answer.sum_cents
    assert balance(store, "transit_in") == left
    if left:
        credited(store, run, left)
    assert run_named(store, 1).state == "executed"
    check_invariants(store)


def test_a_refusal_after_the_credit_changes_nothing_and_says_so(store):
    town(store)
    (run,) = exported(store)
    credited(store, run)
    answer = taken(store, status("payment"), "2026-11-18")
    assert [one.code for one in answer.findings] == ["collection.refused_late"]
    assert states(store) == ["collected", "collected"]


COPIES = {"payment": "DU04", "batch": "DUPL", "file": "DU01"}


@pytest.mark.parametrize("level", COPIES)
def test_a_refused_copy_takes_nothing_back(store, level):
    keys = town(store)
    (run,) = exported(store)
    answer = taken(store, status(level, COPIES[level]))
    assert (answer.refused, [one.code for one in answer.findings]) == (0, ["collection.duplicate"])
    again = taken(store, status(level, COPIES[level]))
    assert (again.new, again.refused, again.findings) == (False, 0, ())
    assert states(store) == ["exported", "exported"]
    assert mandate_numbered(store, 2).state == "active"
    assert [open_cents(store, number, office) for office, number in keys[:2]] == [0, 0]
    assert proposed(store).runs == ()
    credited(store, run)
    check_invariants(store)


def test_a_file_refused_without_a_reason_is_a_copy_where_one_of_its_collections_is(store):
    town(store)
    exported(store)
    report = status("payment", "AM05").replace(b"<GrpSts>PART<", b"<GrpSts>RJCT<")
    answer = taken(store, report)
    assert (answer.refused, [one.code for one in answer.findings]) == (0, ["collection.duplicate"])
    assert states(store) == ["exported", "exported"]


ANSWERS = {"accepted": b"ACCP", "in part": b"PART"}


@pytest.mark.parametrize("case", ANSWERS)
def test_a_file_that_the_bank_has_answered_is_void_only_once_it_was_cancelled_there(store, case):
    town(store)
    (run,) = exported(store)
    report = status("none").replace(b"PART", ANSWERS[case])
    assert [taken(act(store, "dirk"), report).new for _ in range(2)] == [True, False]
    (kept,) = reports(store, run)
    assert (kept.status, kept.file_sha256, kept.read_by) == (
        ANSWERS[case].decode(), hashlib.sha256(report).hexdigest(), "dirk",
    )  # fmt: skip
    with pytest.raises(VoidAnsweredError):
        void(act(store, "dirk"), 1, "nie gesendet", today=MONDAY)
    assert void(act(store, "dirk"), 1, "storniert", today=MONDAY, cancelled=True).done is False
    with pytest.raises(VoidAnsweredError):
        void(act(store, "emil"), 1, today=MONDAY)
    assert states(store) == ["exported", "exported"]
    assert void(act(store, "emil"), 1, today=MONDAY, cancelled=True).done
    assert states(store) == ["voided", "voided"]
    check_invariants(store)


STATED = b"pain.008.001.08</OrgnlMsgNmId><OrgnlNbOfTxs>%d</OrgnlNbOfTxs><OrgnlCtrlSum>%s</OrgnlCtrlSum>"
STRANGE = {  # what a report says: what is noticed, how many come back all the same
    "a collection that is not ours": (
        status("payment").replace(b"KASSE-L1-2", b"KASSE-L7-9"), ["collection.answer_strange"], 0,
    ),
    "a collection without its id": (
        status("payment").replace(b"KASSE-L1-2", b"NOTPROVIDED"), ["collection.answer_strange"], 0,
    ),
    "a batch that is not ours": (status("batch").replace(b"L000001-2<", b"L000001-9<"), ["collection.answer_batch"], 0),
    "another count": (status("file").replace(b"pain.008.001.08</OrgnlMsgNmId>", STATED % (3, b"350.50")),
                      ["answer.other_totals"], 2),
    "another sum": (status("file").replace(b"pain.008.001.08</OrgnlMsgNmId>", STATED % (2, b"5.00")),
                    ["answer.other_sum"], 2),
    "fewer than it counts": (
        status("payment").replace(
            b"<GrpSts>PART</GrpSts>",
            b"<GrpSts>PART</GrpSts><NbOfTxsPerSts><DtldNbOfTxs>2</DtldNbOfTxs><DtldSts>RJCT</DtldSts></NbOfTxsPerSts>",
        ),
        ["report.counter"], 1,
    ),
    "ours as they are": (status("payment"), [], 1),
}  # fmt: skip


@pytest.mark.parametrize("case", STRANGE)
def test_what_an_answer_says_of_nothing_of_ours_is_named(store, case):
    report, noticed, back = STRANGE[case]
    town(store)
    exported(store)
    done = taken(store, report)
    assert ([finding.code for finding in done.findings], done.refused) == (noticed, back)
    assert states(store).count("rejected") == back


DONE = b"<TxInfAndSts><OrgnlEndToEndId>KASSE-L1-%d</OrgnlEndToEndId><TxSts>%s</TxSts></TxInfAndSts>"
HALF = {  # what a report says: what is noticed, what comes back
    "the file, and one of it executed": (
        status("file").replace(
            b"</OrgnlGrpInfAndSts>",
            b"</OrgnlGrpInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>KASSE-00000000-L000001-2</OrgnlPmtInfId>"
            + DONE % (2, b"ACSC")
            + b"</OrgnlPmtInfAndSts>",
        ),
        ["answer.half_rejected"],
    ),
    "the batch, and one of it executed": (
        status("batch").replace(b"</OrgnlPmtInfAndSts>", DONE % (2, b"ACSP") + b"</OrgnlPmtInfAndSts>"),
        ["answer.half_rejected"],
    ),
    "one cancelled": (
        status("none").replace(b"</OrgnlPmtInfAndSts>", DONE % (2, b"CANC") + b"</OrgnlPmtInfAndSts>"),
        ["answer.other_status"],
    ),
}


@pytest.mark.parametrize("case", HALF)
def test_a_whole_of_which_the_bank_executes_something_is_not_taken_back(store, case):
    report, noticed = HALF[case]
    town(store)
    exported(store)
    done = taken(store, report)
    assert ([finding.code for finding in done.findings], done.refused) == (noticed, 0)
    assert states(store) == ["exported", "exported"]


def test_the_bank_that_executes_what_it_refused_is_named(store):
    town(store)
    exported(store)
    taken(store, status("payment"))
    only = status("none").replace(b"</OrgnlPmtInfAndSts>", DONE % (2, b"ACSC") + b"</OrgnlPmtInfAndSts>")
    again = taken(store, only)
    assert [(one.code, one.fields["count"]) for one in again.findings] == [("collection.answer_contradicted", 1)]
    whole = taken(store, status("none").replace(b"PART", b"ACSC"))
    assert whole.findings == (), "what it says of the whole is not about what it refused"


def test_the_bank_that_executes_what_was_given_up_is_named(store):
    town(store)
    exported(store)
    void(act(store, "dirk"), 1, "nie gesendet", today=MONDAY)
    void(act(store, "emil"), 1, today=MONDAY)
    late = taken(act(store, "dirk"), status("none").replace(b"PART", b"ACSC"))
    assert [(one.code, one.fields["count"]) for one in late.findings] == [("collection.answer_contradicted", 2)]


def test_an_answer_about_a_file_that_was_never_written_changes_nothing(store):
    town(store)
    released(store)
    done = taken(store, status("file"))
    assert ([finding.code for finding in done.findings], done.new) == (["collection.answer_never_sent"], False)
    assert states(store) == ["released", "released"]
    note_export(store, 1, "ab")
    assert taken(store, status("file")).refused == 2


@pytest.mark.parametrize("line", [b"KASSE-L1-2", b"KASSE-L9-9"])
def test_the_answer_to_a_recall_that_nobody_asked_for_is_named(store, line):
    town(store)
    exported(store)
    bytes_of(store, asked(store, "recall", (1, 1), code="CUST").number, bic="COBADEFFXXX")
    done = recall_answer(store, answered("ACCR").replace(b"KASSE-L1-1", line))
    assert ([finding.code for finding in done.findings], done.recalled) == (["collection.answer_never_asked"], 0)
    assert recall_answer(store, answered("ACCR")).findings == ()


def test_the_answer_to_another_file_is_named(store):
    answer = taken(act(store, "dirk"), status("file"))
    assert [one.code for one in answer.findings] == ["collection.answer_unknown"]


def test_what_is_being_collected_is_not_dunned(store):
    town(store)
    assert under_collection(store, MONDAY) == set()
    (run,) = proposed(store).runs
    assert under_collection(store, MONDAY) == {("ORDNUNG", 1), ("BAU", 1)}
    from ledger.payments.collection_steps_store import discard

    discard(act(store, "dirk"), run.number)
    (run,) = exported(store)
    credited(store, run)
    returned(store, run, 1, "AM04")
    returned(store, run, 2, "MD06")
    days = {day: under_collection(store, dt.date(2026, 12, day)) for day in (1, 15, 16)}
    assert days == {1: {("ORDNUNG", 1)}, 15: {("ORDNUNG", 1)}, 16: set()}
