"""Payables of a list that the payee collects: marked from the order to every item it makes, never paid by a run."""

import datetime as dt

import pytest

from ledger.items.order_change_store import change_order
from ledger.items.orders_reader import show_order
from ledger.items.standing_store import change_schedule, run_standing
from ledger.payments.propose_store import propose
from tests.books import act
from tests.ledger.order_lists import DAY, accepted, checked, codes, row
from tests.ledger.test_order_changes import through

POWER = row("BAU payable 99,00 Stadtwerke AG", paid_by="direct_debit", bank_account=None, reference="A 7")
RENT = row("ORDNUNG payable 75,50 Wartungsdienst", paid_by="direct_debit", due="2026-02-15", every_months=1)


@pytest.mark.parametrize(
    ("line", "changes", "expected"),
    [
        ("BAU payable 99,00 Stadtwerke AG", {}, []),
        ("BAU payable 99,00 Stadtwerke AG", {"bank_account": None}, []),
        ("BAU payable 99,00 Stadtwerke AG", {"paid_by": None, "bank_account": None}, ["order.missing"]),
        ("BAU receivable 99,00 Erika Musterfrau", {}, ["order.paid_by"]),
    ],
)
def test_only_payables_are_collected_and_then_need_no_account(store, line, changes, expected):
    (found,) = checked(store, row(line, gl_account="6100", **{"paid_by": "direct_debit"} | changes))
    assert codes(found.findings) == expected


def paid_by(store):
    return sorted(store.all("SELECT office, amount_cents, paid_by FROM item"))


def test_what_the_payee_collects_is_marked_and_never_proposed(store):
    accepted(store, POWER, row("BAU payable 10,00 Papierhaus Muster KG"))
    assert paid_by(store) == [("BAU", 1000, None), ("BAU", 9900, "direct_debit")]
    assert show_order(store, "BAU", 1).facts["paid_by"] == "direct_debit"
    act(store, "dirk")
    done = propose(store, today=dt.date.fromisoformat(DAY), due_until=dt.date(2026, 12, 31), trial=True)
    assert [(one.item, one.why) for one in done.skipped] == [(1, "collected")]
    assert [(one.code, one.severity) for one in done.findings if one.fields.get("item") == 1] == [
        ("payment.collected", "info")
    ]


def test_an_increase_of_it_is_collected_too(store):
    accepted(store, POWER)
    act(store, "import")
    (made,) = change_order(store, "BAU", 1, reason="Nachforderung", day=DAY, to_cents=10900)
    through(store, made.number)
    assert paid_by(store) == [("BAU", 1000, "direct_debit"), ("BAU", 9900, "direct_debit")]


def test_a_standing_order_and_what_replaces_it_mark_every_item(store):
    accepted(store, RENT)
    act(store, "import")
    made = change_schedule(store, "ORDNUNG", 1, reason="Preis", from_day="2026-03-01", to_cents=8000)
    through(store, made.number)
    act(store, "clara")
    run_standing(store, "2026-03-31", day=DAY)
    assert paid_by(store) == [("ORDNUNG", 7550, "direct_debit"), ("ORDNUNG", 8000, "direct_debit")]
