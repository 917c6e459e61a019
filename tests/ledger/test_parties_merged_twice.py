"""Who became part of a person that becomes part of a third one is part of the third: nothing stays with the second."""

import pytest

from kasse_cli.wiring import personal_data
from ledger.book.verify_store import verify
from ledger.items.order_change_store import change_order
from ledger.items.standing_store import run_standing
from ledger.keeping.disclosure_reader import disclose
from ledger.keeping.open_reader import open_things
from ledger.keeping.restriction_store import restrict
from ledger.people.parties_merge_store import decide_merge, propose_merge
from ledger.people.parties_reader import show_party
from ledger.people.party_values import MergedPartyError, MergeWaitsError, RestrictedMergeError
from ledger.store.declared_reader import permitted_changes
from tests.books import act
from tests.ledger.order_lists import DAY, accepted, row, take
from tests.ledger.test_order_changes import settle, through

RENT = row("BAU receivable 75,50 E. Musterfrau", every_months=1, due="2026-01-31", last_due="2026-03-31")
CLAIM = row("ORDNUNG receivable 125,50 Erika Musterfrau")
OTHER = row("ORDNUNG receivable 20,00 Erika Muster")


def merged(store, source, target):
    merge = propose_merge(act(store, "clara"), source, target, "dieselbe")
    return decide_merge(act(store, "emil"), merge.number, confirm=True)


@pytest.fixture
def town(store):
    """Three persons: the first has a rent each month, waits with an order and is part of the second; she of the third."""
    accepted(store, RENT, CLAIM, OTHER)
    take(store, row("ORDNUNG receivable 9,00 E. Musterfrau"), name="later.xlsx")
    run_standing(act(store, "clara"), "2026-01-31", day=DAY)
    assert merged(store, 1, 2).items == 1
    assert merged(store, 2, 3).items == 2
    return store


def test_all_are_part_of_the_last_one(town):
    assert show_party(town, 3).merged_from == (1, 2)
    assert show_party(town, 1).merged_into == show_party(town, 2).merged_into == 3
    assert town.all("SELECT DISTINCT party FROM item") == [(3,)]
    with pytest.raises(MergedPartyError, match="merged into 3"):
        propose_merge(act(town, "clara"), 1, 2, "x")
    assert verify(town).findings == ()


def test_what_the_first_one_owes_from_now_on_the_last_one_owes(town):
    done = run_standing(act(town, "clara"), "2026-02-28", day=DAY)
    assert [item.order for item in done.items] == ["BAU-1"]
    assert town.all("SELECT DISTINCT party FROM item") == [(3,)]
    assert verify(town).findings == ()


def test_what_the_first_one_paid_too_much_the_last_one_gets(store):
    accepted(store, CLAIM, OTHER)
    settle(store, 12550)
    merged(store, 1, 2)
    (made,) = change_order(act(store, "import"), "ORDNUNG", 1, reason="x", day=DAY, to_cents=0, as_credit=True)
    through(store, made.number)
    assert store.all("SELECT party, open_cents FROM item WHERE kind = 'credit'") == [(2, 12550)]
    assert verify(store).findings == ()


def test_what_is_of_the_first_one_is_told_and_kept_as_of_the_last_one(town):
    waiting = [finding for finding in open_things(town, 3) if "order" in finding.fields]
    assert [finding.fields["amount_cents"] for finding in waiting] == [900]
    told = disclose(act(town, "emil"), personal_data(), permitted_changes(), 3)
    assert {order["party"] for order in told.rows["cash_order"]} == {1, 2, 3}


def test_a_merge_into_somebody_who_was_merged_meanwhile_is_refused(store):
    accepted(store, RENT, CLAIM, OTHER)
    first = propose_merge(act(store, "clara"), 2, 3, "dieselbe")
    with pytest.raises(MergeWaitsError, match="party 2"):
        propose_merge(store, 1, 2, "dieselbe")
    decide_merge(act(store, "emil"), first.number, confirm=True)
    second = propose_merge(act(store, "clara"), 1, 3, "dieselbe")
    assert decide_merge(act(store, "emil"), second.number, confirm=True).state == "merged"
    assert show_party(store, 3).merged_from == (1, 2)


@pytest.mark.parametrize("restricted", [2, 3])
def test_nobody_is_merged_whose_data_are_only_kept(store, restricted):
    """Art. 18 (2) DSGVO."""
    accepted(store, RENT, CLAIM, OTHER)
    merge = propose_merge(act(store, "clara"), 2, 3, "dieselbe")
    store.execute("UPDATE item SET open_cents = 0, party = 1")
    with store.rehearsal():
        assert restrict(act(store, "emil"), restricted, "wird nur noch aufbewahrt")
        with pytest.raises(RestrictedMergeError):
            decide_merge(store, merge.number, confirm=True)
        with pytest.raises(RestrictedMergeError):
            propose_merge(store, 2, 3, "dieselbe")
