"""What a bank written by others answers to our files is read: status reports, booked payments, returns."""

import io
from datetime import date

import pytest

from sepa.debits import Collection, CollectionBatch, DirectDebitMessage, Mandate
from sepa.joining import Details
from sepa.pain001 import write
from sepa.pain002 import read_status_report
from sepa.pain008 import write as write_debits
from sepa.reading import read_statements
from sepa.rules.balances import Running
from sepa.rules.reports import check_report
from sepa.statements import Closed, Entry
from sepa.statusreports import ReportHead, TransactionStatus
from tests.sepa.oracles import mock_bank
from tests.sepa.orders import MADE, MONDAY, PAYEE, PAYER, batch, message

ORDER = message(batch("A 12,34 Bescheid 4711\nB 0,66 RF18539007547034"), batch("C 7,00", "RUN-1-2"))


def answers(behaviour: str, days: int, **account):
    """Send the order to a bank that behaves like that, let days pass, and return its messages by type."""
    sent: dict[str, list[bytes]] = {}
    owner = {"id": "K", "name": PAYER.name, "iban": PAYER.iban, "behaviour": behaviour, **account}
    with mock_bank("2026-11-20T09:00") as bank:
        bank.json("POST", "/_mock/accounts", owner)
        assert bank.call("POST", "/payments", b"".join(write(ORDER)))[0] == 202
        bank.json("POST", f"/_mock/advance?days={days}")
        for row in bank.json("GET", "/_mock/messages"):
            if row["account"] == "K":
                body = bank.call("GET", f"/_mock/mailbox/{row['id']}")[1]
                sent.setdefault(row["type"][:8], []).append(body)
    return sent


def entries(files: list[bytes]) -> list[Entry]:
    """Return the entries of all statements, after proving each statement by its balances."""
    found: list[Entry] = []
    for data in files:
        _, *booked, closed = read_statements(io.BytesIO(data))
        assert isinstance(closed, Closed)
        moved = sum(entry.amount_cents for entry in booked)
        assert closed.balance("OPBD").amount_cents + moved == closed.balance("CLBD").amount_cents
        assert (closed.findings, closed.not_understood) == ((), ())
        found += booked
    return found


def test_payments_are_accepted_and_booked():
    sent = answers("accept", 4, balance=1_000_000)
    statuses = [e for e in read_status_report(io.BytesIO(sent["pain.002"][0])) if isinstance(e, TransactionStatus)]
    assert [(one.end_to_end_id, one.status) for one in statuses] == [("A", "ACCP"), ("B", "ACCP"), ("C", "ACCP")]
    booked = entries(sent["camt.053"])
    assert [(e.amount_cents, e.first.end_to_end_id, e.first.iban) for e in booked] == [
        (-1234, "A", PAYEE.iban),
        (-66, "B", PAYEE.iban),
        (-700, "C", PAYEE.iban),
    ]
    assert {e.first.payment_information_id for e in booked} == {"RUN-1-1", "RUN-1-2"}
    assert sum(e.amount_cents for data in sent["camt.054"] for e in entries_of_notice(data)) == -2000


def entries_of_notice(data: bytes) -> list[Entry]:
    return [event for event in read_statements(io.BytesIO(data)) if isinstance(event, Entry)]


@pytest.mark.parametrize(("behaviour", "balance", "reason"), [("insufficient-funds", 1_000, "AM04")])
def test_a_rejected_payment_has_its_reason(behaviour, balance, reason):
    report = answers(behaviour, 1, balance=balance)["pain.002"][0]
    rejected = [e for e in read_status_report(io.BytesIO(report)) if isinstance(e, TransactionStatus) and e.reasons]
    assert rejected
    assert {(one.status, one.reasons[0].code) for one in rejected} == {("RJCT", reason)}


def test_a_returned_payment_names_the_payee_and_the_reason():
    sent = answers("return-later", 6, balance=1_000_000, parameters={"days": 1, "reason": "AC04"})
    returned = [entry for entry in entries(sent["camt.053"]) if entry.amount_cents > 0]
    assert sorted(entry.amount_cents for entry in returned) == [66, 700, 1234]
    assert {(entry.first.return_reason, entry.first.name) for entry in returned} == {("AC04", PAYEE.name)}


COLLECTIONS = CollectionBatch(
    "LS-1-1",
    PAYER,
    "DE98ZZZ09999999999",
    MONDAY,
    sequence="FRST",
    collections=tuple(
        Collection(f"L-{n}", cents, Mandate(f"M-{n}", date(2024, 5, 17)), PAYEE, "Hundesteuer 2026")
        for n, cents in enumerate((1000, 2000), start=1)
    ),
)


def debit_answers(**account):
    """Send collections to the bank, let days pass, and return its messages by type."""
    order = DirectDebitMessage("LS-1", MADE, PAYER.name, (COLLECTIONS,))
    sent: dict[str, list[bytes]] = {}
    with mock_bank("2026-11-19T09:00") as bank:
        owner = {"id": "K", "name": PAYER.name, "iban": PAYER.iban, "balance": 100, **account}
        bank.json("POST", "/_mock/accounts", owner)
        status, answer = bank.call("POST", "/payments", b"".join(write_debits(order)))
        assert status == 202, answer
        bank.json("POST", "/_mock/advance?days=8")
        for row in bank.json("GET", "/_mock/messages"):
            if row["account"] == "K":
                sent.setdefault(row["type"][:8], []).append(bank.call("GET", f"/_mock/mailbox/{row['id']}")[1])
    return sent


def test_collections_are_accepted_and_booked():
    sent = debit_answers()
    report = list(read_status_report(io.BytesIO(sent["pain.002"][0])))
    statuses = [one for one in report if isinstance(one, TransactionStatus)]
    assert {one.status for one in statuses} <= {"ACCP", "ACSC", "ACSP"}
    assert next(one.original_message for one in report if isinstance(one, ReportHead)).startswith("pain.008")
    booked = entries(sent["camt.053"])
    assert sum(one.amount_cents for one in booked) == 3000
    assert all(one.amount_cents > 0 for one in booked)
    assert {one.first.name for one in booked if len(one.details) == 1} <= {PAYEE.name}


@pytest.mark.parametrize("make", [answers, debit_answers], ids=["transfers", "debits"])
def test_what_a_bank_answers_passes_our_checks(make):
    sent = make("accept", 4, balance=1_000_000) if make is answers else make()
    assert sent["pain.002"]
    assert sent["camt.053"]
    for data in sent["pain.002"]:
        assert [str(one) for one in check_report(read_status_report(io.BytesIO(data)))] == []
    for data in sent["camt.053"]:
        running = Running()
        assert [one for event in read_statements(io.BytesIO(data)) if (one := running.take(event))] == []


def test_notifications_of_a_bank_join_their_statements():
    sent = answers("accept", 4, balance=1_000_000)
    details = Details()
    for data in sent["camt.054"]:
        details.add(read_statements(io.BytesIO(data)))
    for data in sent["camt.053"]:
        *_, closed = details.joined(read_statements(io.BytesIO(data)))
        assert closed.findings == ()
    assert len(details) > 0
