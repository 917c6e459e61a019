"""What banks answer: names that do not match wait for two people, refusals come back once, recalls are questions."""

import datetime as dt
import hashlib
import io

import pytest

from ledger.bank.posting_store import post_staged
from ledger.book.store import office_codes
from ledger.book.verify_store import verify
from ledger.payments.answers import collected
from ledger.payments.export_store import exportable, file_of, note_export
from ledger.payments.files_store import files_of
from ledger.payments.life_reader import life, search
from ledger.payments.propose_store import propose
from ledger.payments.recall_store import ask_recall, late_recall, recall_file, recalls, take_cancellation
from ledger.payments.recalls import RecallBicError, RecallStateError
from ledger.payments.refund_store import approve_refund, ask_refund, refunds
from ledger.payments.refunds import (
    NotRefundableError,
    RefundAccountError,
    RefundAmountError,
    RefundDebtorError,
    RefundOpenError,
    RefundOwesError,
    RefundPayerError,
    RefundReasonError,
    RefundServiceError,
    Wish,
)
from ledger.payments.release_duty_store import OwnOrdersError
from ledger.payments.runs_reader import payments, run_named
from ledger.payments.status_store import take_status
from ledger.payments.steps_store import release, review
from ledger.payments.void_store import void
from ledger.payments.voiding import VoidAnsweredError, VoidNotRecalledError
from ledger.payments.vop import NoVopCaseError, VopDataError, VopDecidedError, VopReasonError, VopRuleError, rule_prefix
from ledger.payments.vop_store import accept, cases, correct, make_rule, refuse, rules
from ledger.people.users import NotAllowedError, OwnWorkError
from ledger.people.users_store import grant
from sepa.camt029 import read_cancellation_answer
from sepa.identifiers import make_iban
from sepa.pain002 import read_status_report
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.ledger.order_lists import accepted, row
from tests.ledger.payables import IBANS, payables
from tests.ledger.test_order_changes import change, through
from tests.sepa.test_pain002 import REASON, counts, report, tx

MONDAY = dt.date(2026, 11, 16)
THREE = """
    KASSE 1,00 2026-11-10 Meyer | a
    KASSE 2,00 2026-11-10 Schulz | b
    KASSE 4,00 2026-11-10 Çelik | c
"""


@pytest.fixture
def sent(store):
    """A run of three new payees: released, its file with the bank."""
    return sent_run(store)


def sent_run(store):
    payables(store, THREE)
    return written_run(store)


def written_run(store):
    """Release what is due, 7.00 EUR together, and write its file."""
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=700, today=MONDAY)
    with file_of(store, exportable(act(store, "dirk"), 1)) as chunks:
        data = b"".join(chunks)
    note_export(store, 1, hashlib.sha256(data).hexdigest())
    return store


def answer(store, *transactions, file="", number=3, **more):
    """Let the bank answer the file of run 1."""
    original = files_of(store, 1)[0].message_id.encode()
    known = {"own": "MSG-1-1", "total": "7.00"} | more
    data = report(*transactions, file=file, number=number, **known).replace(b"MSG-1", original)
    return take_status(store, collected(read_status_report(io.BytesIO(data))), hashlib.sha256(data).hexdigest())


def states(store):
    return [one.state for one in payments(store, run_named(store, 1))]


def codes(findings):
    return [one.code for one in findings]


GROUP = "<GrpSts>{}</GrpSts>"


def names(store):
    """The bank checked three names: one matches, one nearly, one not at all."""
    return answer(
        store,
        tx("KASSE-R1-2", "RVMC", REASON.format("", "RVMC Schulz GmbH").replace("<Rsn><Cd></Cd></Rsn>", "")),
        tx("KASSE-R1-3", "RVNM"),
        file=GROUP.format("RVCM") + counts("RCVC 1 RVMC 1 RVNM 1"),
    )


def test_a_check_of_names_changes_no_payment_and_makes_a_work_list(sent):
    done = names(sent)
    assert (done.kind, done.deviations, done.rejected) == ("vop", 2, 0)
    assert dict(done.counts) == {"RCVC": 1, "RVMC": 1, "RVNM": 1}
    assert states(sent) == ["exported"] * 3
    assert [(one.payment, one.status, one.found, one.state) for one in cases(sent)] == [
        ("1-2", "RVMC", "Schulz GmbH", "open"), ("1-3", "RVNM", "", "open"),
    ]  # fmt: skip


def answers_kept(store):
    return store.all("SELECT line, status FROM payment_answer ORDER BY line")


def schulz(status, name="Schulz", iban="Schulz"):
    """An answer about the payment to Schulz in which the bank leaves our id out."""
    return tx("NOTPROVIDED", status, name=name, iban=IBANS[iban])


def test_an_answer_without_our_id_is_about_the_payee_whom_it_names(sent):
    done = answer(sent, schulz("RVNM"), file=GROUP.format("RVMC") + counts("RCVC 2 RVNM 1"))
    assert (done.deviations, done.unchecked, codes(done.findings)) == (1, 0, ["answer.deviation"])
    assert answers_kept(sent) == [(1, "RCVC"), (2, "RVNM"), (3, "RCVC")]


def test_of_two_answers_about_one_payee_the_worse_counts_for_each_payment_to_him(store):
    payables(store, THREE.replace("Çelik", "Schulz"))
    sent = written_run(store)
    answer(sent, schulz("RVMC"), schulz("RVNM"), file=GROUP.format("RVCM"))
    assert answers_kept(sent) == [(1, "RCVC"), (2, "RVNM"), (3, "RVNM")]


UNSURE = {
    "about nobody whom we pay": ([schulz("RVNM", name="Unbekannt")], GROUP.format("RVCM") + counts("RCVC 2 RVNM 1"), 3),
    "about an account that we do not pay": ([tx("NOTPROVIDED", "RVNM", name="Schulz")], GROUP.format("RVCM"), 3),
    "about an id that is not ours": ([tx("KASSE-R9-1", "RVNM")], GROUP.format("RVCM"), 3),
    "lists fewer than it counts": ([tx("KASSE-R1-2", "RVNM")], GROUP.format("RVCM") + counts("RCVC 1 RVNM 2"), 2),
    "is not finished": ([tx("KASSE-R1-2", "RVNM")], GROUP.format("RVNC"), 2),
    "has just begun": ([], GROUP.format("RVNC"), 3),
}


@pytest.mark.parametrize("case", UNSURE)
def test_nobody_counts_as_checked_where_a_report(sent, case):
    transactions, file, missing = UNSURE[case]
    done = answer(sent, *transactions, file=file)
    assert (done.unchecked, "answer.names_missing" in codes(done.findings)) == (missing, True)
    assert [status for _, status in answers_kept(sent)] == ["RVNM"] * (3 - missing)


def test_what_is_decided_is_not_all_while_names_are_not_answered(sent):
    answer(sent, tx("KASSE-R1-2", "RVNM"), file=GROUP.format("RVNC"))
    accept(sent, 1, 2, reason="geklärt")
    last = accept(act(sent, "emil"), 1, 2, reason="")
    assert (last.left, last.unchecked) == (0, 2)
    whole = answer(act(sent, "dirk"), tx("KASSE-R1-2", "RVNM"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNM 1"))
    assert (whole.deviations, whole.unchecked) == (0, 0)


def also_pays(store):
    """Give clara the right to make payments: still no right to release them."""
    grant(act(store, "root"), "clara", [("*", "payments")])
    return store


def test_a_name_is_accepted_by_two_people_with_a_reason(sent):
    names(sent)
    with pytest.raises(VopReasonError):
        accept(sent, 1, 3, reason=" ")
    first = accept(sent, 1, 3, reason="telefonisch geklärt")
    assert (first.case.state, first.left) == ("asked", 2)
    assert not accept(sent, 1, 3, reason="x").new
    with pytest.raises(NotAllowedError):
        accept(act(also_pays(sent), "clara"), 1, 3, reason="")
    second = accept(act(sent, "emil"), 1, 3, reason="")
    assert (second.case.state, second.case.made_by, second.case.confirmed_by, second.left) == (
        "accepted", "dirk", "emil", 1,
    )  # fmt: skip
    with pytest.raises(VopDecidedError):
        accept(sent, 1, 3, reason="x")
    with pytest.raises(NoVopCaseError):
        accept(sent, 1, 1, reason="the name matched")
    with pytest.raises(NotAllowedError):
        accept(act(sent, "anna"), 1, 2, reason="x")


def test_a_corrected_name_goes_out_again_under_new_ids(sent):
    names(sent)
    with pytest.raises(VopDataError):
        correct(sent, 1, 2, reason="x", name=" ")
    done = correct(sent, 1, 2, reason="Handelsregister", name="Schulz GmbH")
    assert (done.case.state, done.corrected) == ("named", 1)
    assert not correct(sent, 1, 2, reason="", name="Schulz GmbH").new
    with pytest.raises(VopDecidedError):
        correct(act(sent, "emil"), 1, 2, reason="x", name="Schultz GmbH")
    assert sent.value("SELECT count(*) FROM party WHERE legal_name IS NOT NULL") == 0, "one person renames nobody"
    assert [one.payment for one in cases(sent)] == ["1-2", "1-3"]
    act(sent, "dirk")
    void(sent, 1, reason="Auftrag bei der Bank storniert", cancelled=True)
    assert void(act(sent, "emil"), 1, reason="", cancelled=True).done
    assert [one.why for one in propose(act(sent, "dirk"), today=MONDAY, trial=True).skipped] == ["locked"]
    confirmed = correct(act(sent, "emil"), 1, 2, reason="", name="Schulz GmbH")
    assert (confirmed.case.state, confirmed.case.confirmed_by, confirmed.live) == ("corrected", "emil", 0)
    again = propose(act(sent, "dirk"), today=MONDAY)
    (schulz,) = [one for one in payments(sent, again.run) if one.creditor_name == "Schulz GmbH"]
    assert schulz.end_to_end_id.startswith("KASSE-R2-")
    assert verify(sent).findings == ()


AGAINST = {
    "refused": lambda store: refuse(store, 1, 3, reason="kennt das Konto nicht"),
    "named": lambda store: correct(store, 1, 3, reason="Ausweis", name="Celik Bau"),
}


@pytest.mark.parametrize("state", AGAINST)
def test_what_one_accepted_another_contradicts(sent, state):
    names(sent)
    accept(sent, 1, 3, reason="passt schon")
    done = AGAINST[state](act(sent, "frida"))
    assert (done.case.state, done.left, done.corrected) == (state, 1, 1)
    with pytest.raises(VopDecidedError):
        accept(act(sent, "emil"), 1, 3, reason="")
    assert "name accepted by one" in [one.what for one in life(sent, 1, 3).stations]
    void(sent, 1, reason="storniert", cancelled=True)
    assert void(act(sent, "frida"), 1, reason="", cancelled=True).done
    skipped = propose(act(sent, "dirk"), today=MONDAY, trial=True).skipped
    assert [(one.item, one.why) for one in skipped] == [(3, "locked")]


def test_a_right_name_that_nobody_confirmed_is_refused(sent):
    names(sent)
    correct(sent, 1, 2, reason="Mail", name="Schulz Holding")
    with pytest.raises(VopReasonError):
        refuse(act(sent, "emil"), 1, 2, reason="")
    assert refuse(sent, 1, 2, reason="gefälschte Mail").case.state == "refused"
    with pytest.raises(VopDecidedError):
        correct(act(sent, "frida"), 1, 2, reason="", name="Schulz Holding")
    assert sent.value("SELECT count(*) FROM party WHERE legal_name IS NOT NULL") == 0
    assert sent.value("SELECT count(*) FROM item_lock WHERE lifted_on IS NULL") == 1


def test_a_payment_the_bank_refused_does_not_stop_its_file(sent):
    names(sent)
    answer(sent, tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "x")), file=GROUP.format("PART"))
    accept(sent, 1, 3, reason="geklärt")
    last = accept(act(sent, "emil"), 1, 3, reason="")
    assert (last.left, last.corrected, last.live) == (0, 0, 1)
    assert {one.payment: one.state for one in cases(sent, every=True)} == {"1-2": "over", "1-3": "accepted"}


def test_names_the_bank_confirmed_once_are_not_checked_again(sent):
    names(sent)
    with sent.unit(["KASSE"]):
        sent.execute("UPDATE payment SET state = 'executed', active = 0")
    payables(sent, "KASSE 3,00 2026-11-10 Meyer | d\nKASSE 5,00 2026-11-10 Schulz | e\nKASSE 6,00 2026-11-10 Meyer | f")
    again = propose(act(sent, "dirk"), today=MONDAY)
    found = codes(again.findings)
    assert found.count("payment.verified") == 2
    assert found.count("payment.name_differs") == 1


@pytest.mark.parametrize(("said", "paid", "files"), [
    ("RVNM", False, [(True, 1), (False, 2)]), ("RVMC", False, [(True, 1), (False, 2)]), ("RCVC", False, [(False, 3)]),
    ("RVNM", True, [(False, 3)]),
])  # fmt: skip
def test_a_name_that_the_bank_doubted_last_is_checked_again_until_it_was_paid(sent, said, paid, files):
    names = ("Meyer", "Schulz", "Çelik")
    answer(sent, file=GROUP.format("RCVC"))
    with sent.unit(["KASSE"]):
        sent.execute("UPDATE payment SET state = 'executed', active = 0")
    payables(sent, "KASSE 30000,00 2026-11-10 Schulz | much")
    for number, name in ((2, "Schulz"), (3, "")):
        if not name:
            payables(sent, "\n".join(f"KASSE 1,00 2026-11-10 {one} | again" for one in names))
        run = propose(act(sent, "dirk"), today=MONDAY).run
        review(sent, run.number, today=MONDAY)
        release(act(sent, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
        if name:
            doubt(act(sent, "dirk"), number, said, paid=paid)
    assert [(one.name_check, one.count) for one in files_of(sent, 3)] == files


def doubt(store, number, said, *, paid):
    """Write the only file of a run, let the bank say this of its first name, and perhaps pay it all the same."""
    note_export(store, number, "ab")
    data = report(tx(f"KASSE-R{number}-1", said), own=f"{files_of(store, number)[0].message_id}-1", number=1)
    data = data.replace(b"MSG-1", files_of(store, number)[0].message_id.encode())
    take_status(store, collected(read_status_report(io.BytesIO(data))), f"vop-{number}")
    if paid:
        with store.unit(["KASSE"]):
            store.execute("UPDATE payment SET state = 'executed', active = 0 WHERE run = :run", run=number)


def test_accounts_no_bank_can_check_are_accepted_by_a_rule_of_two(sent):
    prefix = IBANS["Çelik"][:12]
    with pytest.raises(VopRuleError):
        make_rule(act(sent, "emil"), "DE12", reason="x")
    assert make_rule(sent, prefix, reason="Bezahlkarten").confirmed_by is None
    with pytest.raises(OwnWorkError):
        make_rule(sent, prefix, reason="x")
    assert make_rule(act(sent, "frida"), prefix, reason="").confirmed_by == "frida"
    done = answer(act(sent, "dirk"), tx("KASSE-R1-3", "RVNA"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNA 1"))
    assert (done.deviations, done.by_rule) == (0, 1)
    assert cases(sent) == []
    assert [(one.state, one.rule) for one in cases(sent, every=True)] == [("accepted", 1)]
    assert [(one.iban_prefix, one.used) for one in rules(sent)] == [("DE**12030000", 1)]


def test_a_rule_holds_for_all_accounts_of_a_bank_whatever_their_check_digits(sent):
    assert len({iban[2:4] for iban in IBANS.values()}) == 3
    for person, prefix in (("emil", "DE99 1203 0000"), ("frida", "DE**12030000")):
        make_rule(act(sent, person), prefix, reason="Bezahlkarten")
    given = [tx(f"KASSE-R1-{line}", "RVNA") for line in (1, 2, 3)]
    done = answer(act(sent, "dirk"), *given, file=GROUP.format("RVCM") + counts("RVNA 3"))
    assert (done.deviations, done.by_rule, cases(sent)) == (0, 3, [])


@pytest.mark.parametrize(
    "text", ["", "DE12", "DE121203000", "1212030000", "DE1A12030000", "DE*112030000", "DE12%2030000"]
)
def test_a_rule_names_a_bank(text):
    with pytest.raises(VopRuleError):
        rule_prefix(text)


def test_a_rule_for_other_accounts_of_the_bank_accepts_nothing(sent):
    for person in ("emil", "frida"):
        make_rule(act(sent, person), "DE12 1203 0000 99", reason="Bezahlkarten")
    done = answer(act(sent, "dirk"), tx("KASSE-R1-3", "RVNA"), file=GROUP.format("RVCM") + counts("RCVC 2 RVNA 1"))
    assert (done.deviations, done.by_rule) == (1, 0)


def test_a_refused_payment_is_open_again_and_locked(sent):
    done = answer(sent, tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "Konto erloschen")), file=GROUP.format("PART"))
    assert (done.kind, done.rejected, done.rejected_cents) == ("status", 1, 200)
    assert states(sent) == ["exported", "rejected", "exported"]
    assert sent.value("SELECT open_cents FROM item WHERE id = 2") == 200
    assert sent.value("SELECT sum(cents) FROM posting WHERE account = '2880'") == -500
    assert codes(done.findings) == ["answer.payment_rejected"]
    left_out = propose(sent, today=MONDAY).skipped
    assert [(one.item, one.why) for one in left_out] == [(2, "locked")]
    again = answer(sent, tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "Konto erloschen")), file=GROUP.format("PART"))
    assert (again.new, again.rejected) == (False, 0)
    assert verify(sent).findings == ()


WHOLE = {
    "the group": {"file": GROUP.format("RJCT") + REASON.format("FF01", "Format")},
    "the only batch": {"batch": "<PmtInfSts>RJCT</PmtInfSts>" + REASON.format("FF01", "Format")},
}


@pytest.mark.parametrize("level", WHOLE)
def test_a_file_refused_as_a_whole_frees_all_its_items(sent, level):
    done = answer(sent, **WHOLE[level])
    assert (done.rejected, done.rejected_cents) == (3, 700)
    assert states(sent) == ["rejected"] * 3
    assert run_named(sent, 1).state == "rejected"
    assert sent.value("SELECT sum(open_cents) FROM item") == 700
    assert propose(sent, today=MONDAY).run.total_cents == 700
    assert verify(sent).findings == ()


def test_each_payment_refused_is_the_file_refused(sent):
    refused = [tx(f"KASSE-R1-{line}", "RJCT", REASON.format("AG01", "x")) for line in (1, 2, 3)]
    assert answer(sent, *refused).rejected == 3
    assert run_named(sent, 1).state == "rejected"


@pytest.mark.parametrize("level", ["file", "batch"])
def test_a_whole_of_which_the_bank_executes_something_is_not_taken_back(sent, level):
    refused = {"file": GROUP.format("RJCT")} if level == "file" else {"batch": "<PmtInfSts>RJCT</PmtInfSts>"}
    done = answer(sent, tx("KASSE-R1-1", "ACSC"), tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "x")), **refused)
    assert (codes(done.findings), done.rejected) == (["answer.half_rejected", "answer.payment_rejected"], 1)
    assert states(sent) == ["exported", "rejected", "exported"]


STOPPED = {
    "cancelled": ([tx("KASSE-R1-1", "CANC")], GROUP.format("PART"), [("CANC", 1)]),
    "blocked": ([tx("KASSE-R1-1", "BLCK"), tx("KASSE-R1-2", "BLCK")], GROUP.format("PART"), [("BLCK", 2)]),
    "a status that no list has": ([tx("KASSE-R1-1", "WXYZ")], GROUP.format("PART"), [("WXYZ", 1)]),
    "the whole file cancelled": ([], GROUP.format("CANC"), [("CANC", 3)]),
    "pending": ([tx("KASSE-R1-1", "PDNG")], GROUP.format("ACTC"), []),
}


@pytest.mark.parametrize("case", STOPPED)
def test_what_the_bank_stops_without_refusing_it_is_named(sent, case):
    transactions, file, said = STOPPED[case]
    done = answer(sent, *transactions, file=file)
    named = [(one.fields["status"], one.fields["count"]) for one in done.findings if one.code == "answer.other_status"]
    assert (named, len(done.findings), states(sent)) == (said, len(said), ["exported"] * 3)


def test_a_refused_copy_takes_nothing_back(sent):
    done = answer(sent, file=GROUP.format("RJCT") + REASON.format("DUPL", "Doppeleinreichung"))
    assert (done.rejected, codes(done.findings)) == (0, ["answer.duplicate_file"])
    assert states(sent) == ["exported"] * 3


REFUSED_TWO = tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "Konto erloschen"))


def test_a_cumulative_report_takes_back_only_what_is_new(sent):
    answer(sent, REFUSED_TWO, file=GROUP.format("PART"))
    later = answer(sent, REFUSED_TWO, tx("KASSE-R1-1", "ACSP"), file=GROUP.format("PART"))
    assert (later.new, later.rejected, later.findings) == (True, 0, ())
    third = tx("KASSE-R1-3", "RJCT", REASON.format("AG01", "x"))
    more = answer(sent, REFUSED_TWO, third, file=GROUP.format("PART"))
    assert (more.rejected, codes(more.findings)) == (1, ["answer.payment_rejected"])
    assert states(sent) == ["exported", "rejected", "rejected"]


def test_a_refusal_of_the_whole_file_said_again_is_nothing_new(sent):
    answer(sent, file=GROUP.format("RJCT") + REASON.format("FF01", "Format"))
    again = answer(sent, file=GROUP.format("RJCT") + REASON.format("FF01", "Format again"))
    assert (again.new, again.rejected, again.findings) == (True, 0, ())


def test_a_payment_refused_as_a_duplicate_stays_under_way(sent):
    done = answer(sent, tx("KASSE-R1-2", "RJCT", REASON.format("AM05", "x")), file=GROUP.format("PART"))
    assert (done.rejected, codes(done.findings)) == (0, ["answer.duplicate_payment"])
    assert states(sent) == ["exported"] * 3


def test_what_the_bank_has_executed_is_not_taken_back_by_a_report(sent):
    with sent.unit(["KASSE"]):
        sent.execute("UPDATE payment SET state = 'executed', active = 0 WHERE line = 1")
    done = answer(sent, file=GROUP.format("RJCT") + REASON.format("FF01", "x"))
    assert (done.rejected, codes(done.findings)) == (0, ["answer.rejected_late"])


def test_reports_about_strange_files_and_payments_are_named(sent):
    data = report(tx("X", "RJCT"))
    done = take_status(sent, collected(read_status_report(io.BytesIO(data))), "s")
    assert (done.new, codes(done.findings)) == (False, ["answer.foreign"])
    other = answer(sent, tx("KASSE-R9-1", "RJCT", REASON.format("AC04", "x")))
    assert (other.rejected, codes(other.findings)) == (0, ["answer.unknown_payments"])


def test_a_file_the_bank_answered_is_not_given_up_by_mistake(sent):
    answer(sent, file=GROUP.format("ACCP"))
    with pytest.raises(VoidAnsweredError):
        void(sent, 1, reason="x")


CAMT029 = """<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.06"><RsltnOfInvstgtn><Assgnmt><Id>A-1</Id>
<CreDtTm>2026-11-18T10:00:00+01:00</CreDtTm></Assgnmt><Sts><Conf>{status}</Conf></Sts><CxlDtls><TxInfAndSts>
<CxlStsId>{recall}</CxlStsId><OrgnlGrpInf><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>
</OrgnlGrpInf><OrgnlEndToEndId>{sent}</OrgnlEndToEndId><TxCxlSts>{status}</TxCxlSts><CxlStsRsnInf><Rsn><Cd>{reason}</Cd>
</Rsn></CxlStsRsnInf></TxInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>"""


@pytest.mark.parametrize(("status", "state"), [("ACCR", "accepted"), ("RJCR", "refused"), ("PDCR", "pending")])
def test_a_recall_is_a_question_that_the_bank_answers(sent, status, state):
    asked = ask_recall(sent, 1, why="DUPL", line=2)
    assert ask_recall(sent, 1, why="DUPL", line=2) == asked
    with pytest.raises(RecallBicError):
        b"".join(recall_file(sent, asked))
    data = b"".join(recall_file(sent, asked, "COBADEFFXXX"))
    assert b"".join(recall_file(sent, asked, "COBADEFFXXX")) == data
    assert b"<OrgnlEndToEndId>KASSE-R1-2</OrgnlEndToEndId>" in data
    file = files_of(sent, 1)[0]
    text = CAMT029.format(status=status, recall="S1", message=file.message_id, sent="KASSE-R1-2", reason="AC04")
    done = take_cancellation(sent, read_cancellation_answer(io.BytesIO(text.encode())), "s")
    assert (done.new, codes(done.findings)) == (True, ["recall.answered"])
    assert [one.state for one in recalls(sent, 1)] == [state]
    again = take_cancellation(sent, read_cancellation_answer(io.BytesIO(text.encode())), "s")
    assert not again.new
    assert states(sent) == ["exported"] * 3, "the money itself comes with the statement"


LAST_DAYS = {"DUPL": dt.date(2026, 11, 30), "TECH": dt.date(2026, 11, 30), "FRAD": dt.date(2027, 12, 16)}


@pytest.mark.parametrize("why", LAST_DAYS)
def test_a_recall_that_the_payees_bank_need_not_answer_any_more_is_named(sent, why):
    asked, last = ask_recall(sent, 1, why=why, line=2), LAST_DAYS[why]
    assert late_recall(sent, asked, last) is None
    late = late_recall(sent, asked, last + dt.timedelta(days=1))
    assert (late.code, late.severity, late.fields["last"]) == ("recall.late", "warning", last)


SINGLE = """<TxInfAndSts><OrgnlGrpInf><OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId></OrgnlGrpInf>
<OrgnlEndToEndId>KASSE-R1-{line}</OrgnlEndToEndId><TxCxlSts>{status}</TxCxlSts></TxInfAndSts>"""
BY_PAYMENT = {  # the answers to three payments of a file that was recalled whole: its state, whether more is said
    "all stopped": (("ACCR", "ACCR", "ACCR"), "accepted", []),
    "none stopped": (("RJCR", "RJCR", "RJCR"), "refused", []),
    "some stopped": (("ACCR", "RJCR", "ACCR"), "pending", ["recall.part"]),
    "some not answered": (("ACCR",), "pending", ["recall.part"]),
}


@pytest.mark.parametrize("case", BY_PAYMENT)
def test_a_file_recalled_whole_and_answered_by_payment_is_decided_where_all_agree(sent, case):
    statuses, state, said = BY_PAYMENT[case]
    message = files_of(sent, 1)[0].message_id
    ask_recall(sent, 1, why="TECH")
    head, _, tail = CAMT029.format(status="PDCR", recall="", message="", sent="", reason="").partition("<TxInfAndSts>")
    single = [SINGLE.format(message=message, line=line, status=one) for line, one in enumerate(statuses, 1)]
    text = head + "".join(single) + tail.partition("</TxInfAndSts>")[2]
    done = take_cancellation(sent, read_cancellation_answer(io.BytesIO(text.encode())), "s")
    assert codes(done.findings) == [*said, "recall.answered"]
    assert [one.state for one in recalls(sent, 1)] == [state]


def test_an_answer_to_a_recall_that_says_nothing_of_which_is_named(sent):
    ask_recall(sent, 1, why="TECH")
    head, _, tail = CAMT029.format(status="CNCL", recall="", message="", sent="", reason="").partition("<CxlDtls>")
    text = head + tail.partition("</CxlDtls>")[2]
    done = take_cancellation(sent, read_cancellation_answer(io.BytesIO(text.encode())), "s")
    assert (done.new, codes(done.findings)) == (False, ["recall.unknown"])
    assert [one.state for one in recalls(sent, 1)] == ["asked"]


def test_a_payment_that_the_bank_took_out_of_the_file_is_given_up_by_two(sent):
    with pytest.raises(VoidNotRecalledError):
        void(act(sent, "dirk"), 1, line=2, reason="doppelt")
    ask_recall(sent, 1, why="DUPL", line=2)
    with pytest.raises(VoidNotRecalledError):
        void(sent, 1, line=2, reason="doppelt")
    message = files_of(sent, 1)[0].message_id
    text = CAMT029.format(status="ACCR", recall="S1", message=message, sent="KASSE-R1-2", reason="AC04")
    take_cancellation(sent, read_cancellation_answer(io.BytesIO(text.encode())), "s")
    assert not void(sent, 1, line=2, reason="doppelt").done
    done = void(act(sent, "emil"), 1, line=2, reason="")
    assert (done.done, done.count, done.cents) == (True, 1, 200)
    assert not void(sent, 1, line=2, reason="").new
    assert states(sent) == ["exported", "voided", "exported"]
    staged(sent, "-5,00", message_id=message, gvc="191")
    assert post_staged(act(sent, "import")).executed == 1
    assert states(sent) == ["executed", "voided", "executed"]
    assert verify(sent).findings == ()


def test_a_file_refused_as_a_whole_after_a_part_of_it_comes_back_whole(sent):
    answer(sent, tx("KASSE-R1-2", "RJCT", REASON.format("AC04", "x")), file=GROUP.format("PART"))
    done = answer(sent, file=GROUP.format("RJCT") + REASON.format("FF01", "x"))
    assert (done.rejected, done.rejected_cents) == (2, 500)
    assert set(states(sent)) == {"rejected"}
    assert verify(sent).findings == ()


def test_a_whole_file_can_be_called_back_but_not_one_the_bank_never_got(sent):
    whole = ask_recall(sent, 1, why="TECH")
    assert b"<GrpCxl>true</GrpCxl>" in b"".join(recall_file(sent, whole, "COBADEFFXXX"))
    payables(sent, "KASSE 9,00 2026-11-10 Meyer | z")
    run = propose(act(sent, "dirk"), today=MONDAY).run
    review(sent, run.number, today=MONDAY)
    release(act(sent, "emil"), run.number, sum_cents=900, today=MONDAY)
    with pytest.raises(RecallStateError):
        ask_recall(sent, run.number, why="TECH")


def test_one_page_tells_a_payments_whole_life(sent):
    names(sent)
    accept(sent, 1, 3, reason="geklärt")
    answer(sent, tx("KASSE-R1-3", "RJCT", REASON.format("AC04", "erloschen")), file=GROUP.format("PART"))
    found = life(sent, 1, 3)
    assert [one.what for one in found.stations] == [
        "proposed", "reviewed", "released", "file written", "name accepted by one", "refused by the bank", "name checked",
        "answered by the bank", "posted", "posted",
    ]  # fmt: skip
    assert found.file is not None
    assert found.stations[3].detail == found.file.sha256
    assert found.item_open_cents == 400
    with sent.snapshot():
        assert [one.payment for one in search(sent, state="rejected")] == ["1-3"]
        assert [one.payment for one in search(sent, words="celik c")] == ["1-3"]


PAYER = make_iban("DE", "120300000000000077")
OTHER = make_iban("DE", "120300000000000078")


@pytest.fixture
def credit(store):
    """A credit of 25 EUR that came from the payer's account."""
    item(store, "10", reference(store, 7), name="Payer", iban=PAYER)
    staged(store, "35", reference(store, 7), name="Payer", counter_iban=PAYER)
    post_staged(act(store, "import"))
    office, number = store.one("SELECT office, id FROM item WHERE kind = 'credit'")
    return store, office, number


def test_a_credit_goes_back_to_where_it_came_from(credit):
    store, office, number = credit
    asked = ask_refund(act(store, "clara"), office, number, Wish("zu viel gezahlt"), day="2026-11-16")
    assert (asked.iban, asked.cents, asked.other_account) == (PAYER, 2500, False)
    with pytest.raises(RefundOpenError):
        ask_refund(store, office, number, Wish("noch einmal"), day="2026-11-16")
    assert propose(act(store, "dirk"), today=MONDAY).run is None, "not before it is approved"
    with pytest.raises(OwnWorkError):
        approve_refund(act(store, "clara"), office, number, day="2026-11-16")
    done, new = approve_refund(act(store, "emil"), office, number, day="2026-11-16")
    assert (done.approved_by, new) == ("emil", True)
    assert not approve_refund(store, office, number, day="2026-11-16")[1]
    run = propose(act(store, "dirk"), today=MONDAY).run
    (payment,) = payments(store, run)
    assert (payment.creditor_iban, payment.amount_cents) == (PAYER, 2500)
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=2500, today=MONDAY)
    with file_of(store, exportable(act(store, "dirk"), run.number)) as chunks:
        data = b"".join(chunks)
    assert b"<Purp><Cd>RRCT</Cd></Purp>" in data
    assert files_of(store, run.number)[0].ebics == "CTV"
    assert store.value("SELECT open_cents FROM item WHERE kind = 'credit'") == 0
    assert [one.run for one in refunds(store)] == [run.number]
    assert verify(store).findings == ()


def test_another_account_needs_a_document_and_the_kassenleitung(credit):
    store, office, number = credit
    with pytest.raises(RefundAccountError):
        ask_refund(act(store, "clara"), office, number, Wish("x", iban=OTHER), day="2026-11-16")
    wish = Wish("Konto gewechselt", iban=OTHER, document="Schreiben der Bank vom 12.11.")
    assert ask_refund(store, office, number, wish, day="2026-11-16").other_account
    with pytest.raises(NotAllowedError):
        approve_refund(act(store, "dirk"), office, number, day="2026-11-16")
    assert approve_refund(act(store, "emil"), office, number, day="2026-11-16")[1]


REFUSED = {
    "no reason": (Wish(" "), RefundReasonError),
    "more than there is": (Wish("x", cents=9999999), RefundAmountError),
    "nothing": (Wish("x", cents=0), RefundAmountError),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refund_that_cannot_be_is_refused(credit, case):
    store, office, number = credit
    wish, error = REFUSED[case]
    with pytest.raises(error):
        ask_refund(act(store, "clara"), office, number, wish, day="2026-11-16")


def test_who_owes_something_is_not_refunded_before_the_set_off(credit):
    store, office, number = credit
    person = store.value("SELECT party FROM item WHERE kind = 'credit'")
    item(store, "5", "X-1", person=person)
    with pytest.raises(RefundDebtorError):
        ask_refund(act(store, "clara"), office, number, Wish("x"), day="2026-11-16")
    assert ask_refund(store, office, number, Wish("x", set_off=False), day="2026-11-16").cents == 2500


def test_a_debt_that_came_after_the_refund_was_asked_for_waits_for_the_set_off_too(credit):
    store, office, number = credit
    person = store.value("SELECT party FROM item WHERE kind = 'credit'")
    ask_refund(act(store, "clara"), office, number, Wish("x"), day="2026-11-16")
    item(store, "5", "X-1", person=person, due="2026-11-12")
    with pytest.raises(RefundOwesError):
        approve_refund(act(store, "emil"), office, number, day="2026-11-16")
    assert approve_refund(store, office, number, day="2026-11-11")[1]
    found = propose(act(store, "dirk"), today=MONDAY)
    assert (found.run, [one.code for one in found.findings]) == (None, ["payment.refund_owes"])
    run = propose(store, today=MONDAY, set_off=False).run
    review(store, run.number, today=MONDAY)
    grant(act(store, "root"), "clara", [("*", "releaser")], exception="niemand sonst")
    with pytest.raises(OwnOrdersError):
        release(act(store, "clara"), run.number, sum_cents=2500, today=MONDAY)


def test_money_from_a_payment_service_does_not_go_back_to_it(credit):
    store, office, number = credit
    with store.unit(["KASSE"]):
        store.execute("UPDATE party_account SET kind = 'payment_service' WHERE iban = :iban", iban=PAYER)
    with pytest.raises(RefundServiceError):
        ask_refund(act(store, "clara"), office, number, Wish("x"), day="2026-11-16")


def test_a_credit_of_unknown_origin_needs_an_account(store):
    number = item(store, "5", kind="credit", name="Niemand")
    with pytest.raises(RefundPayerError):
        ask_refund(act(store, "clara"), "ORDNUNG", number, Wish("x"), day="2026-11-16")
    with pytest.raises(NotRefundableError):
        ask_refund(store, "ORDNUNG", item(store, "5", "R-1"), Wish("x"), day="2026-11-16")


def paid_back(store, cents, stage="released"):
    run = propose(act(store, "dirk"), today=MONDAY).run
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=cents, today=MONDAY)
    return run


def test_a_part_is_paid_back_once_and_then_the_rest(credit):
    store, office, number = credit
    ask_refund(act(store, "clara"), office, number, Wish("ein Teil", cents=1000), day="2026-11-16")
    approve_refund(act(store, "emil"), office, number, day="2026-11-16")
    run = paid_back(store, 1000)
    staged(store, "-10,00", message_id=run_named(store, run.number).message_id, gvc="191")
    post_staged(act(store, "import"))
    assert [one.state for one in payments(store, run)] == ["executed"]
    assert propose(act(store, "dirk"), today=MONDAY).run is None, "it is paid"
    assert [one.state for one in refunds(store)] == ["paid"]
    ask_refund(act(store, "clara"), office, number, Wish("der Rest"), day="2026-11-16")
    approve_refund(act(store, "emil"), office, number, day="2026-11-16")
    paid_back(store, 1500)
    assert store.value("SELECT open_cents FROM item WHERE kind = 'credit'") == 0
    assert verify(store).findings == ()


def test_a_refund_that_never_left_goes_out_again_and_one_that_came_back_does_not(credit):
    store, office, number = credit
    ask_refund(act(store, "clara"), office, number, Wish("zu viel"), day="2026-11-16")
    approve_refund(act(store, "emil"), office, number, day="2026-11-16")
    first = paid_back(store, 2500)
    void(act(store, "dirk"), first.number, reason="Verbindung abgebrochen")
    assert void(act(store, "emil"), first.number, reason="").done
    assert [one.state for one in refunds(store)] == ["approved"]
    paid_back(store, 2500)
    with store.unit(office_codes(store)):
        store.execute("UPDATE payment SET state = 'executed', active = 0 WHERE state = 'released'")
        store.execute("UPDATE payment SET state = 'returned' WHERE state = 'executed'")
    assert [one.state for one in refunds(store)] == ["returned"]
    assert propose(act(store, "dirk"), today=MONDAY).run is None


def test_a_refund_of_more_than_is_open_is_left_out_and_named(credit):
    store, office, number = credit
    ask_refund(act(store, "clara"), office, number, Wish("zu viel"), day="2026-11-16")
    approve_refund(act(store, "emil"), office, number, day="2026-11-16")
    with store.unit(office_codes(store)):
        store.execute("UPDATE item SET open_cents = 2400 WHERE kind = 'credit'")
    found = propose(act(store, "dirk"), today=MONDAY)
    assert (found.run, [one.why for one in found.skipped]) == (None, ["short"])
    assert [one.code for one in found.findings] == ["payment.refund_short"]


def test_the_credit_of_a_cancelled_order_goes_back_to_who_paid_it(store):
    accepted(store, row("ORDNUNG receivable 125,50 Erika Musterfrau", due="2026-10-01"))
    number = store.value("SELECT reference FROM item WHERE office = 'ORDNUNG'")
    staged(act(store, "import"), "125,50", number, name="Erika", counter_iban=PAYER)
    post_staged(store)
    through(store, change(store, to_cents=0, as_credit=True)[0].number)
    credit = store.value("SELECT id FROM item WHERE kind = 'credit'")
    asked = ask_refund(act(store, "clara"), "ORDNUNG", credit, Wish("aufgehoben"), day="2026-11-16")
    assert (asked.iban, asked.cents, asked.other_account) == (PAYER, 12550, False)
