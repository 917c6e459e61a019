"""Invariant 3: advices (camt.054) only add details to a Sammler, intraday reports are only shown; on both engines."""

import pytest

from ledger.bank.intake_notices import IntradayError, UnfitDetailsError
from ledger.bank.intake_reader import continuity, list_statements, show_statement
from ledger.bank.posting_store import post_staged
from sepa.statements import Closed, Detail, Entry
from tests.bankbooks import check_invariants, item, reference
from tests.books import act
from tests.ledger.statement_texts import day, statement, take

MON = day("16.11.")


@pytest.fixture
def clerk(store):
    return act(store, "import")


def sammler(**more) -> Entry:
    """Build the entry of a Sammler over 30,00 as the statement tells it: one sum, no transactions."""
    values = {"batch_payment_information_id": "SAMMLER-7", "details": (), "gvc": "194", "line": 9} | more
    return Entry(
        index=0, amount_cents=3000, currency="EUR", status="BOOK", booking_day=MON, value_day=MON, **values
    )  # fmt: skip


def booked_statement(*entries, name="S"):
    total = sum(entry.amount_cents for entry in entries) / 100
    return statement(f"16.11. 0,00 | {total:.0f},00", named=name, entries=entries)


def advice(*parts: tuple[str, int, str], named="A", **more):
    """Build a camt.054 with the transactions of the Sammler: name, cents, remittance."""
    details = tuple(
        Detail(amount_cents=cents, currency="EUR", name=name, remittance=(text,)) for name, cents, text in parts
    )
    values = statement("16.11. - | -", message="camt.054.001.08", named=named)
    return [values[0], sammler(details=details, **more), Closed((), 1, 3000, 0)]


def details(store) -> list[tuple]:
    return store.all("SELECT line, amount_cents, name, remittance FROM bank_detail ORDER BY office, entry, line")


def refs(store):
    found = [reference(store, number) for number in (1, 2)]
    item(store, "10", found[0])
    item(store, "20", found[1])
    return found


ORDERS = {"advice first": True, "statement first": False}


@pytest.mark.parametrize("first", ORDERS.values(), ids=ORDERS)
def test_the_details_join_their_entry_in_any_order(clerk, first):
    one, other = refs(clerk)
    told = advice(("Erika", 1000, one), ("Adam", 2000, other))
    files = [told, booked_statement(sammler())]
    for number, values in enumerate(files if first else files[::-1]):
        take(clerk, values, name=f"{number}.xml", sha=f"{number}" * 64)
    assert details(clerk) == [(1, 1000, "Erika", one), (2, 2000, "Adam", other)]
    assert clerk.value("SELECT count(*) FROM bank_entry") == 1
    outcome = post_staged(clerk)
    assert (outcome.posted, outcome.matched) == (1, 1)
    assert clerk.all("SELECT open_cents FROM item WHERE kind = 'receivable'") == [(0,), (0,)]
    check_invariants(clerk)


def test_details_that_come_late_join_while_the_case_is_open(clerk):
    one, other = refs(clerk)
    take(clerk, booked_statement(sammler()), name="1.xml", sha="1" * 64)
    assert post_staged(clerk).suspense == 1
    take(clerk, advice(("Erika", 1000, one), ("Adam", 2000, other)), name="2.xml", sha="2" * 64)
    assert [row[:3] for row in details(clerk)] == [(1, 1000, "Erika"), (2, 2000, "Adam")]
    number = clerk.value("SELECT max(id) FROM statement")
    statement_row, lines = show_statement(clerk, number)
    assert (statement_row.kind, [line.state for line in lines]) == ("details", ["joined"])
    check_invariants(clerk)


APART = {
    "another reference": ({"batch_payment_information_id": "SAMMLER-8"}, ()),
    "no reference at all": ({"batch_payment_information_id": ""}, ()),
    "the sum is another": ({}, (UnfitDetailsError,)),
}


@pytest.mark.parametrize("case", APART)
def test_what_does_not_belong_waits(clerk, case):
    more, findings = APART[case]
    take(clerk, booked_statement(sammler()), name="1.xml", sha="1" * 64)
    cents = 1900 if case == "the sum is another" else 2000
    staged = take(clerk, advice(("Erika", 1000, "x"), ("Adam", cents, "y"), **more), name="2.xml", sha="2" * 64)
    assert tuple(type(finding) for finding in staged.findings) == findings
    assert details(clerk) == []
    number = clerk.value("SELECT max(id) FROM statement")
    assert [line.state for line in show_statement(clerk, number)[1]] == ["waiting"]


def test_nobody_guesses_between_two_sammler(clerk):
    told = booked_statement(sammler(servicer_reference="X"), sammler(servicer_reference="Y"))
    take(clerk, told, name="1.xml", sha="1" * 64)
    take(clerk, advice(("Erika", 1000, "x"), ("Adam", 2000, "y")), name="2.xml", sha="2" * 64)
    assert details(clerk) == []


def test_identical_sammler_take_one_advice_each(clerk):
    take(clerk, booked_statement(sammler(), sammler()), name="1.xml", sha="1" * 64)
    for number, name in ((2, "A"), (3, "B")):
        parts = (("Erika", 1000, "x"), ("Adam", 2000, "y"))
        take(clerk, advice(*parts, named=name), name=f"{number}.xml", sha=f"{number}" * 64)
    assert len(details(clerk)) == 4
    take(clerk, advice(("Erika", 3000, "x"), named="A"), name="again.xml", sha="4" * 64)
    assert clerk.value("SELECT count(*) FROM statement WHERE message = 'camt.054'") == 2, "told before"


def test_an_intraday_report_is_shown_only(clerk):
    report = statement("16.11. - | +5,00 Meyer | 5,00", message="camt.052.001.08", named="R", codes=("OPBD", "ITBD"))
    staged = take(clerk, report, name="r.xml")
    assert (staged.kind, staged.entries, staged.new, staged.pending) == ("intraday", 0, 0, 0)
    assert [type(finding) for finding in staged.findings] == [IntradayError]
    assert clerk.value("SELECT count(*) FROM bank_entry") == 0
    (row,) = list_statements(clerk)
    assert (row.kind, row.closing_cents, row.entries) == ("intraday", 500, 1)
    assert [(line.state, line.name, line.entry) for line in show_statement(clerk, row.number)[1]] == [
        ("intraday", "Meyer", None)
    ]
    assert continuity(clerk) == []
    take(clerk, statement("16.11. 0,00 | +5,00 Meyer | 5,00", named="S"), name="s.xml", sha="5" * 64)
    assert clerk.value("SELECT count(*) FROM bank_entry") == 1
    assert take(clerk, report, name="r.xml").repeated
