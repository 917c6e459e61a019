"""Verify names items that are not what their journal entry and their order made, never honest ones."""

import pytest

from ledger.book.verify_store import verify
from tests.attacks import attacked, unbound_rows, without_guards
from tests.ledger.order_lists import DAY, accepted, row
from tests.ledger.test_order_changes import change, through
from tests.ledger.test_standing_orders import run

ORDERS = (
    row("ORDNUNG receivable 125,50 Erika Musterfrau", due="2026-11-30", profile="fine", claim_kind="fine"),
    row("ORDNUNG payable 89,00 Papierhaus", reference="RE 17", due=DAY),
    row("BAU receivable 120,00 Kleingärtnerverein", due="2026-01-31", every_months=1, profile="private"),
)
MADE, SAID = "verify.item_made", "verify.item_order"
CLAIM, DEBT, RENT = (
    f"office = '{office}' AND reference {reference}"
    for office, reference in (("ORDNUNG", "<> 'RE 17'"), ("ORDNUNG", "= 'RE 17'"), ("BAU", "IS NOT NULL"))
)
ATTACKS = {
    "another kind": (DEBT, "kind = 'credit'", MADE),
    "another side": (DEBT, "side = 'D'", MADE),
    "another account": (CLAIM, "account = (SELECT min(number) FROM account WHERE role = 'receivable_private')", MADE),
    "another entry": (CLAIM, "position = position + 1", MADE),
    "more to be paid": (DEBT, "amount_cents = amount_cents + 1, open_cents = open_cents + 1", MADE),
    "due later": (CLAIM, "original_due = '2027-12-01'", SAID),
    "a month due later": (RENT, "original_due = '2027-12-01'", SAID),
    "opened later": (CLAIM, "opened_on = '2026-12-01'", MADE),
    "another invoice": (DEBT, "reference = 'RE 18'", SAID),
    "another Kassenzeichen": (CLAIM, "reference = '2600000099991'", SAID),
    "a reference of somebody else": (CLAIM, "foreign_reference = 1", SAID),
    "another procedure": (CLAIM, "profile = 'private'", SAID),
    "another kind of claim": (CLAIM, "claim_kind = 'fee'", SAID),
    "another purpose": (CLAIM, "purpose = 'Spende'", SAID),
    "another month": (RENT, "purpose = 'Bescheid 7 12/2026'", SAID),
    "paid by direct debit": (CLAIM, "paid_by = 'direct_debit'", SAID),
    "beside another claim": (CLAIM, "main_item = id", SAID),
    "another order": (CLAIM, "order_id = order_id + 1", SAID),
}


@pytest.fixture
def town(store):
    """A claim, a debt, two months of rent, and a credit of what a paid claim is less."""
    accepted(store, *ORDERS)
    run(store, "2026-02-28")
    return store


def found(store):
    return [one for one in verify(store).findings if one.code in {MADE, SAID}]


def test_items_changed_past_the_log_are_named(town):
    assert verify(town).findings == ()
    unbound_rows(town)
    for name, (which, changed, code) in ATTACKS.items():
        named = attacked(town, "item", f"UPDATE item SET {changed} WHERE {which}", found)
        assert code in {one.code for one in named}, name
        assert all(one.fields["name"].startswith(which[10:13]) for one in named), name


def test_an_item_without_its_order_is_named_by_the_entry(town):
    without_guards(town, "item")
    town.execute(f"UPDATE item SET order_id = NULL, paid_by = 'direct_debit' WHERE {CLAIM}")
    assert [one.code for one in found(town)] == [SAID]


def test_credits_of_reduced_orders_and_side_claims_verify_whole(town):
    claim = town.value(f"SELECT reference FROM item WHERE {CLAIM}")
    accepted(
        town,
        row("ORDNUNG receivable 5,00 Erika Musterfrau", main_reference=claim, claim_kind="costs"),
        name="more.xlsx",
    )
    assert town.value("SELECT count(*) FROM item WHERE main_item IS NOT NULL") == 1
    (less,) = change(town, to_cents=10000)
    through(town, less.number)
    (more,) = change(town, to_cents=20000)
    through(town, more.number)
    assert verify(town).findings == ()
    without_guards(town, "item")
    town.execute("UPDATE item SET main_item = NULL WHERE main_item IS NOT NULL")
    assert [one.fields["what"] for one in found(town)] == ["the main claim"]
