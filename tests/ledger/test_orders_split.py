"""Who approves orders for one payee that together pass the limit is warned at once."""

import pytest

from ledger.people.duties_store import set_limit
from tests.books import act
from tests.ledger.order_lists import IBAN, OTHER_IBAN, row, step, take

CASES = {
    "two in one list": (["600,00", "500,00"], [IBAN, IBAN], [(2, 110_000)]),
    "two payees": (["600,00", "500,00"], [IBAN, OTHER_IBAN], []),
    "together below the limit": (["300,00", "400,00"], [IBAN, IBAN], []),
    "a small one beside a large one": (["950,00", "80,00"], [IBAN, IBAN], []),
}


def approved(store, amounts, accounts, name):
    rows = [
        row(f"ORDNUNG payable {amount} Möbelhaus", bank_account=iban)
        for amount, iban in zip(amounts, accounts, strict=True)
    ]
    batch = take(store, *rows, name=name).batch
    step(store, "anna", "certified", batch)
    found = step(store, "bernd", "approved", batch).findings
    return [(one.fields["count"], one.fields["amount_cents"]) for one in found]


@pytest.mark.parametrize("case", CASES)
def test_what_is_approved_together_is_looked_at_together(store, case):
    amounts, accounts, expected = CASES[case]
    set_limit(act(store, "root"), "bernd", "ORDNUNG", 100_000)
    assert approved(store, amounts, accounts, "a.xlsx") == expected


def test_what_was_approved_some_days_ago_counts_too(store):
    set_limit(act(store, "root"), "bernd", "*", 100_000)
    assert approved(store, ["900,00"], [IBAN], "a.xlsx") == []
    store.now = "2026-11-20T08:00:00Z"
    assert approved(store, ["800,00"], [IBAN], "b.xlsx") == [(2, 170_000)]
    store.now = "2026-12-03T08:00:00Z"
    assert approved(store, ["800,00"], [IBAN], "c.xlsx") == []


def test_without_a_limit_nothing_is_split(store):
    assert approved(store, ["900,00", "900,00"], [IBAN, IBAN], "a.xlsx") == []
