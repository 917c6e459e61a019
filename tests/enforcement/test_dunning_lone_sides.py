"""Fees and charges whose main claim is paid: they fall with it, and a demand of them counts for it."""

import pytest

from enforcement.dunning_reader import letter_items, skipped
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.law import packaged_law
from enforcement.letters_post_store import post_letters
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_reader import named_claims, open_claims
from ledger.bank.posting_store import post_staged
from tests.bankbooks import item, reference, staged
from tests.books import act
from tests.enforcement.test_dunning import TUESDAY, kasse
from tests.enforcement.test_letters_life import debtor, events, printed, sound

__all__ = ["kasse"]  # a fixture


def lone(store, *, due, profile="tax"):
    """Make a claim that is paid, and a fee on it that is not."""
    person = debtor(store, "Erika Musterfrau")
    more = {"person": person, "due": due, "profile": profile}
    main = item(store, "1000", reference(store, 1), claim_kind=profile, **more)
    side = item(store, "200", reference(store, 2), claim_kind="gebuehr", main_item=main, **more)
    staged(store, "1000", reference(store, 1), day="2026-09-02")
    post_staged(store)
    return main, side


ENDS = {  # profile, due day of both: what dunning says of the fee on 24 November 2026, and the last day of the period
    "§ 232 AO: five years from the end of 2020": ("tax", "2020-05-11", ("barred", "2025-12-31")),
    "§ 228 AO: they still run": ("tax", "2021-05-11", None),
    "§ 22 GebG HH": ("fee", "2020-05-11", ("barred", "2025-12-31")),
    "§ 195 BGB, begun again by the payment of 2 September 2026 (§ 212 BGB)": ("private", "2023-05-11", None),
    "§§ 195, 217 BGB, no consumer: paid after the end": ("private-trade", "2022-05-11", ("barred", "2025-12-31")),
    "§ 195 BGB, paid after the end": ("private", "2022-05-11", ("barred", "2025-12-31")),
}


@pytest.mark.parametrize("case", ENDS)
def test_a_fee_falls_with_the_claim_that_was_paid(kasse, case):
    profile, due, expected = ENDS[case]
    _, side = lone(kasse, due=due, profile=profile)
    made = propose(kasse, TUESDAY)
    with kasse.snapshot():
        left = [(one.why, one.until) for one in skipped(kasse, made.run) if one.item == side]
        dunned = [one.item for one in letter_items(kasse, made.run) if one.item == side]
    assert (left, dunned) == (([expected], []) if expected else ([], [side]))


@pytest.mark.parametrize("case", ENDS)
def test_the_list_of_ends_says_the_same(kasse, case):
    """A part payment begins a private claim again, also where it was the last one and only a fee is left."""
    profile, due, _ = ENDS[case]
    main, _ = lone(kasse, due=due, profile=profile)
    book = Lawbook("HH", packaged_law())
    with kasse.snapshot():
        (listed,) = [book.standing(*one) for one in open_claims(kasse) if one[0].item == main]
        (named,) = [book.standing(*one) for one in named_claims(kasse, "ORDNUNG", [main])]
    assert listed == named


def test_a_demand_of_the_fee_alone_interrupts_the_period(kasse):
    main, side = lone(kasse, due="2021-05-11", profile="fee")
    kasse.today = "2026-11-24"
    made = propose(kasse, TUESDAY)
    release(act(kasse, "emil"), made.run)
    letter = kasse.value("SELECT letter FROM letter_item WHERE item = :side", side=side)
    printed(kasse, letter, day=TUESDAY)
    (posted,) = post_letters(kasse, [letter], day=TUESDAY).letters
    assert posted.demands == 1
    assert [row[:4] for row in events(kasse)] == [("ORDNUNG", main, "demand", "2026-11-24")], "§ 22 GebG HH"
    assert sound(kasse) == []
