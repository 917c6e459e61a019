"""Verify names steps of orders that were signed by others, added or taken away past the event log, and states."""

import pytest

from ledger.book.verify_store import verify
from ledger.people.duties_store import name_deputy
from ledger.people.users import add_user
from tests.attacks import attacked, without_guards
from tests.books import act
from tests.ledger.order_lists import accepted, row, step, take

ATTACKS = {
    "an approval taken away": (
        "order_step",
        "DELETE FROM order_step WHERE office = 'BAU' AND order_id = 1 AND step = 'approved'",
        {"BAU approved 1 of 2", "BAU-1 accepted"},
    ),
    "an approval by somebody else": (
        "order_step",
        (
            "UPDATE order_step SET by = (SELECT id FROM app_user WHERE name = 'frida') WHERE order_id = 1 "
            "AND step = 'approved' AND office = 'BAU'"
        ),
        {"BAU approved 1 of 2", "BAU approved 1 of 0"},
    ),
    "an approval in somebody's name": (
        "order_step",
        (
            "UPDATE order_step SET on_behalf = (SELECT id FROM app_user WHERE name = 'frida') WHERE order_id = 1 "
            "AND step = 'approved' AND office = 'BAU'"
        ),
        {"BAU approved 1 of 2", "BAU approved 1 of 0"},
    ),
    "approved by exception": (
        "order_step",
        "UPDATE order_step SET exception = 1 WHERE order_id = 1 AND step = 'approved' AND office = 'BAU'",
        {"BAU approved 1 of 2", "BAU approved 1 of 0"},
    ),
    "a step at another moment": (
        "order_step",
        "UPDATE order_step SET at = '2026-11-10T05:00:00Z' WHERE office = 'ORDNUNG' AND step = 'certified'",
        {"ORDNUNG certified 1 of 0", "ORDNUNG certified 0 of 1"},
    ),
    "approved without a step": (
        "cash_order",
        "UPDATE cash_order SET state = 'approved' WHERE office = 'ORDNUNG' AND id = 1",
        {"ORDNUNG-1 approved"},
    ),
    "accepted again": (
        "cash_order",
        "UPDATE cash_order SET state = 'approved', waiting = 1 WHERE office = 'BAU' AND id = 2",
        {"BAU-2 approved"},
    ),
}


def found(store):
    said = {"verify.order_steps": "{office} {step} {count} of {told}", "verify.order_state": "{order} {state}"}
    findings = [one for one in verify(store).findings if one.code not in ("verify.guard", "verify.signature")]
    return {said.get(one.code, one.code).format(**one.fields) for one in findings}


@pytest.fixture
def town(store):
    """Two orders accepted, one certified, one sent back."""
    accepted(store, row("BAU payable 40,00 Erika Musterfrau"), row("BAU receivable 50,00 Max Muster"))
    waits = take(store, row("ORDNUNG payable 60,00 Firma Beispiel"), name="zwei.xlsx")
    step(store, "anna", "certified", waits.batch)
    back = take(store, row("ORDNUNG payable 70,00 Firma Beispiel"), name="drei.xlsx")
    step(store, "anna", "objected", back.batch)
    return act(store, "root")


def test_steps_past_the_log_are_named(town):
    assert verify(town).findings == ()
    for name, (table, statement, expected) in ATTACKS.items():
        assert attacked(town, table, statement, found) == expected, name


def test_a_step_signed_for_somebody_is_named(town):
    """Anna was there, and certified something else at that moment: her signature alone proves nothing."""
    without_guards(town, "order_step")
    town.insert_one(
        "order_step", office="ORDNUNG", order_id=1, step="approved", by=town.value(
            "SELECT id FROM app_user WHERE name = 'bernd'"
        ), at=town.value("SELECT at FROM order_step WHERE step = 'approved' LIMIT 1"), exception=0, seen_count=1,
        seen_cents=6000, seen_hash=b"",
    )  # fmt: skip
    without_guards(town, "cash_order")
    town.execute("UPDATE cash_order SET state = 'approved' WHERE office = 'ORDNUNG' AND id = 1")
    assert found(town) == {"ORDNUNG approved 1 of 0"}


def test_for_whom_a_deputy_approved_is_told(store):
    add = {"office": "ORDNUNG", "role": "approver", "since": "2026-11-16", "until": "2026-11-30"}
    with act(store, "root").unit(["KASSE"]):
        add_user(store, "vera", [("BAU", "enforcement")])
    name_deputy(act(store, "emil"), "bernd", "vera", **add)
    waits = take(store, row("ORDNUNG payable 60,00 Firma Beispiel"))
    step(store, "anna", "certified", waits.batch)
    step(store, "vera", "approved", waits.batch)
    assert verify(act(store, "root")).findings == ()
    alone = "UPDATE order_step SET on_behalf = NULL WHERE on_behalf IS NOT NULL"
    assert attacked(store, "order_step", alone, found) == {"ORDNUNG approved 1 of 0", "ORDNUNG approved 0 of 1"}
