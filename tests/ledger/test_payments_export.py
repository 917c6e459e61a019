"""The file of a run: valid, taken by a bank, byte for byte the same whenever it is written again (§ 4 no. 7)."""

import datetime as dt
import hashlib

import pytest
from lxml import etree

from ledger.items.locks import Span, lock_kind
from ledger.items.locks_store import lift_items, lock_items
from ledger.payments.attachment_store import NewAttachment
from ledger.payments.copies_reader import file_findings
from ledger.payments.export_store import ExportHinderedError, exportable, file_of, note_export
from ledger.payments.files_store import files_of
from ledger.payments.profiles_store import set_profile
from ledger.payments.propose_store import propose
from ledger.payments.runs import FileDiffersError, LettersNotTakenError, RunChangedError, RunStateError
from ledger.payments.runs_reader import run_named
from ledger.payments.steps_store import discard, release, review
from ledger.payments.under_way_reader import under_way
from ledger.people.users import NotAllowedError
from sepa.pain001 import NAMESPACE
from sepa.payments import TotalsError
from tests.books import MAIN_IBAN, act
from tests.ledger.payables import attached, payables
from tests.sepa.oracles import mock_bank, schema_errors

MONDAY = dt.date(2026, 11, 16)
LINES = """
    ORDNUNG 100,00 2026-11-10 Meyer | Miete & Nebenkosten
    BAU 250,50 2026-11-16 Çelik | Pflaster – Los 2
    KASSE 19,99 2026-11-12 Schulz DE45120300000000000002 RF18539007547034 | Auslagen
    KASSE 7,00 2026-11-12 Müller FR1420041010050500013M02606 | Übersetzung
"""


def made(store, text=LINES, **more):
    payables(store, text)
    run = propose(act(store, "dirk"), today=MONDAY, **more).run
    review(store, run.number, today=MONDAY)
    release(act(store, "emil"), run.number, sum_cents=run.total_cents, today=MONDAY)
    return run_named(act(store, "dirk"), run.number)


def written(store, number=1):
    run = exportable(store, number)
    with file_of(store, run) as chunks:
        return b"".join(chunks)


def sha256(file):
    return hashlib.sha256(file).hexdigest()


def texts(file, path):
    parts = "/".join(f"{{{NAMESPACE}}}{tag}" for tag in path.split("/"))
    return [element.text for element in etree.fromstring(file).iterfind(".//" + parts)]


def test_the_file_says_what_was_released(store):
    made(store)
    file = written(store)
    assert schema_errors("pain.001.001.09", file) == []
    assert texts(file, "GrpHdr/MsgId") == ["KASSE-00000000-R000001"]
    assert texts(file, "PmtInf/PmtInfId") == ["KASSE-00000000-R000001-1"]
    assert texts(file, "GrpHdr/CreDtTm") == ["2026-11-16T05:00:00+00:00"]
    assert texts(file, "CtrlSum") == ["377.49"] * 2
    assert texts(file, "BtchBookg") == ["true"]
    assert texts(file, "DbtrAcct/Id/IBAN") == [MAIN_IBAN]
    assert texts(file, "Dbtr/Nm") == ["Musterstadt"]
    assert texts(file, "Cdtr/Nm") == ["Celik", "Schulz", "Mueller", "Meyer"]
    assert texts(file, "InstdAmt") == ["250.50", "19.99", "7.00", "100.00"]
    assert texts(file, "PmtId/EndToEndId") == [f"KASSE-R1-{line}" for line in (1, 2, 3, 4)]
    assert texts(file, "CdtrRefInf/Ref") == ["RF18539007547034"]
    assert texts(file, "Ustrd") == ["Pflaster - Los 2", "Uebersetzung", "Miete & Nebenkosten"]


def test_single_booking_is_asked_for_when_wanted(store):
    made(store, single_booking=True)
    assert texts(written(store), "BtchBookg") == ["false"]


def test_a_bank_takes_the_file_once(store):
    made(store)
    file = written(store)
    with mock_bank("2026-11-16T09:00") as bank:
        bank.json("POST", "/_mock/accounts", {"id": "K", "name": "Musterstadt", "iban": MAIN_IBAN, "balance": 100_000})
        assert b" 0 findings" in bank.call("POST", "/_mock/validate", file)[1]
        assert bank.call("POST", "/payments", file)[0] == 202
        bank.json("POST", "/_mock/advance?days=2")
        paid = {one["end_to_end_id"]: one["amount"] for one in bank.json("GET", "/_mock/payments")}
        assert paid == {"KASSE-R1-1": 25050, "KASSE-R1-2": 1999, "KASSE-R1-3": 700, "KASSE-R1-4": 10000}
        assert bank.json("GET", "/_mock/accounts/K")["balance"] == 100_000 - 37749
        status, answer = bank.call("POST", "/payments", file)
        assert b"DUPL" in answer or status >= 400


def test_an_export_is_noted_once_and_repeats_the_same_bytes(store):
    made(store)
    first = written(store)
    run = note_export(store, 1, sha256(first))
    assert (run.state, run.file_sha256) == ("exported", sha256(first))
    store.now = "2026-11-17T08:00:00Z"
    assert written(store) == first
    assert note_export(store, 1, sha256(first)) == run
    assert store.all("SELECT DISTINCT state, active FROM payment") == [("exported", 1)]
    with pytest.raises(FileDiffersError):
        note_export(store, 1, sha256(first + b" "))


def test_names_that_change_later_change_nothing_in_the_file(store):
    made(store)
    first = written(store)
    with store.unit(["KASSE"]):
        store.execute("UPDATE party SET name = 'Anders', legal_name = 'Anders'")
        store.execute("UPDATE setting SET value = 'Neustadt' WHERE key IN ('name', 'municipality')")
        store.execute("UPDATE item SET due = '2027-01-01'")
    assert written(store) == first


def test_our_own_name_is_in_the_letters_that_our_bank_takes(store):
    with store.unit(["KASSE"]):
        store.execute("UPDATE setting SET value = 'Köln' WHERE key = 'municipality'")
    set_profile(act(store, "root"), MAIN_IBAN, "cautious")
    made(store)
    file = written(store)
    assert (file.isascii(), texts(file, "Dbtr/Nm"), texts(file, "InitgPty/Nm")) == (True, ["Koeln"], ["Koeln"])


def test_a_profile_of_fewer_letters_stops_the_release_and_not_the_file(store):
    payables(store, "KASSE 5,00 2026-11-10 Müller DE02120300000000202051 | Gebühr")
    run = propose(act(store, "dirk"), today=MONDAY).run
    set_profile(act(store, "root"), MAIN_IBAN, "cautious")
    review(act(store, "dirk"), run.number, today=MONDAY)
    with pytest.raises(LettersNotTakenError) as refused:
        release(act(store, "emil"), run.number, sum_cents=500, today=MONDAY)
    assert refused.value.fields["count"] == 2
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'run'") == 0
    discard(act(store, "dirk"), run.number)
    again = propose(store, today=MONDAY).run
    review(store, again.number, today=MONDAY)
    release(act(store, "emil"), again.number, sum_cents=500, today=MONDAY)
    act(store, "dirk")
    assert written(store, again.number).isascii()


HOURS = {  # the day and hour of the export: what is said about the bank's hour, 12:00 by the profile
    "in time": ((MONDAY, dt.time(12, 0)), []),
    "too late": ((MONDAY, dt.time(12, 1)), ["profile.cut_off"]),
    "the day before": ((MONDAY - dt.timedelta(days=1), dt.time(23, 0)), []),
    "the day after": ((MONDAY + dt.timedelta(days=1), dt.time(13, 0)), ["payment.late_file"]),
}


@pytest.mark.parametrize("case", HOURS)
def test_a_file_after_the_banks_hour_is_written_and_named(store, case):
    when, said = HOURS[case]
    set_profile(act(store, "root"), MAIN_IBAN, "cautious")
    run = made(store)
    assert [one.code for one in file_findings(store, run, files_of(store, run.number), *when)] == said
    set_profile(act(store, "root"), MAIN_IBAN, "standard")
    late = [one.code for one in file_findings(store, run, files_of(store, run.number), *when)]
    assert "profile.cut_off" not in late, "this bank names no hour"


def test_only_a_released_run_has_a_file(store):
    payables(store, "KASSE 1,00 2026-11-10 Meyer | x")
    propose(act(store, "dirk"), today=MONDAY)
    with pytest.raises(RunStateError):
        exportable(store, 1)


def test_only_payments_may_export(store):
    made(store)
    with pytest.raises(NotAllowedError):
        exportable(act(store, "emil"), 1)


def test_a_payment_smuggled_in_after_the_release_stops_the_file(store):
    run = made(store)
    store.execute(
        """INSERT INTO payment (office, run, line, end_to_end_id, creditor_name, creditor_iban, cents, remittance,
           item_office, item, part, file, state, active)
           SELECT office, run, 99, 'X', 'Dieb', creditor_iban, 1, '', item_office, item, 9, 1, 'proposed', 1
           FROM payment WHERE line = 1"""
    )
    with pytest.raises(RunChangedError):
        exportable(store, run.number)
    with pytest.raises(TotalsError), file_of(store, run) as chunks:
        b"".join(chunks)


def seized(store):
    attached(store, "ORDNUNG/1", NewAttachment("garnishment", "Inkasso Nord", MONDAY, "M 12/26", document="Akte 1"))


def locked_late(store):
    lock_items(act(store, "clara"), [("ORDNUNG", 1)], lock_kind("payment"), "Betrug", Span("2026-11-16", None))


HINDRANCES = {"payment.attached_since": seized, "payment.locked_since": locked_late}


@pytest.mark.parametrize("code", HINDRANCES)
def test_what_must_not_be_paid_any_more_is_not_written(store, code):
    """§ 829 Abs. 1 ZPO forbids to pay from the service on: the bank has nothing yet."""
    made(store)
    HINDRANCES[code](store)
    with pytest.raises(ExportHinderedError) as refused:
        exportable(act(store, "dirk"), 1)
    assert [(one.code, one.place.payment) for one in refused.value.findings] == [(code, "KASSE-R1-4")]
    assert [one.code for one in under_way(store, items=[("ORDNUNG", 1)])] == ["payment.under_way_released"]


@pytest.mark.parametrize("code", HINDRANCES)
def test_a_file_the_bank_may_have_is_written_again_and_its_payment_named(store, code):
    made(store)
    note_export(store, 1, sha256(written(store)))
    HINDRANCES[code](store)
    act(store, "dirk")
    assert hashlib.sha256(written(store)).hexdigest() == run_named(store, 1).file_sha256
    person = store.value("SELECT party FROM item WHERE office = 'ORDNUNG' AND id = 1")
    (said,) = under_way(store, parties=[person])
    assert (said.code, said.fields["run"], said.fields["line"]) == ("payment.under_way_exported", 1, 4)


def test_a_lifted_lock_lets_the_file_out(store):
    made(store)
    locked_late(store)
    lift_items(store, [("ORDNUNG", 1)], lock_kind("payment"), "geklärt", "2026-11-16")
    assert exportable(act(store, "dirk"), 1).number == 1
