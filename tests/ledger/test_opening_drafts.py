"""A take-over is a draft outside the books until two people have signed the same lists (invariant 6)."""

import pytest

from ledger.book.verify_store import verify
from ledger.items.opening_drafts import (
    NoDraftError,
    OpeningChangedError,
    OpeningFinalError,
    UndoReasonError,
    UnknownOpeningError,
)
from ledger.items.opening_drafts_store import (
    draft_numbered,
    draft_opening,
    drafts,
    live_draft,
    sign_first,
    sign_second,
    sums_of,
    undo_draft,
)
from ledger.items.opening_store import OpeningDoneError, OpeningWishes, RefusedOpeningError
from ledger.items.staging_store import load_rules
from ledger.people.users import NotAllowedError, OwnWorkError, add_user
from tests.books import act
from tests.ledger.order_lists import items, source
from tests.ledger.test_opening import BOOK, CLAIM, DAY, DEBT, PAID, SUMS, balances, counts

KEPT = ("entry", "posting", "item", "clearing", "party", "source_file", "suspense_case")


@pytest.fixture(autouse=True)
def admins(store):
    """Two people beside the heads: `root` and `gerda` hold the role admin only."""
    with store.unit(["KASSE"]):
        add_user(act(store, "root"), "gerda", [("*", "admin")])


def given(store, name="lists", book=BOOK, sums=SUMS, rows=(CLAIM, PAID, DEBT), **wishes):
    checked = items(store, *rows, day=DAY)
    return source(name), load_rules(store, DAY), balances(*book), checked, OpeningWishes(DAY, sums, **wishes)


def draft(store, user="emil", **more):
    return draft_opening(act(store, user), *given(store, **more))


def signed(store, first="emil", second="frida", name="lists", **more):
    sign_first(act(store, first), source(name))
    return sign_second(act(store, second), *given(store, name=name, **more))[0]


def test_a_draft_is_outside_the_books(store):
    before = counts(store)
    done = draft(store)
    after = counts(store)
    assert {table: after[table] - before[table] for table in KEPT} == dict.fromkeys(KEPT, 0)
    assert (done.new, done.draft.state, done.draft.items, done.draft.balances) == (True, "draft", 3, 5)
    assert (done.draft.sums, done.draft.made_by, done.draft.as_of) == (SUMS, "emil", DAY)
    assert [(one.office, one.account, one.balance_cents, one.items, one.items_cents) for one in done.accounts] == [
        ("BAU", "4400", -2000, 1, -2000), ("KASSE", "2800", 1250000, 0, 0), ("KASSE", "2801", 0, 0, 0),
        ("KASSE", "3000", -1250000, 0, 0), ("ORDNUNG", "2400", 20000, 2, 20000),
    ]  # fmt: skip
    assert sums_of(store, done.draft.number) == done.accounts


def test_the_same_lists_again_are_compared_with_the_control_sums(store):
    draft(store)
    assert draft(store).new is False
    wrong = {**SUMS, "receivables": SUMS["receivables"] + 1}
    for wishes in ({"sums": wrong}, {"sums": {}}, {"sums": wrong, "dry_run": True}):
        with pytest.raises(RefusedOpeningError):
            draft(store, **wishes)
    signed(store)
    with pytest.raises(RefusedOpeningError):
        draft(store, sums=wrong)
    assert draft(store).new is False


def test_two_signatures_put_it_into_the_books(store):
    draft(store)
    first = sign_first(act(store, "emil"), source("lists"))
    assert (first.draft.state, first.draft.first_by, counts(store)["entry"]) == ("signed", "emil", 0)
    second = sign_second(act(store, "frida"), *given(store))[0].draft
    assert (second.state, second.first_by, second.second_by) == ("final", "emil", "frida")
    assert counts(store)["item"] == 3
    assert verify(store).findings == ()
    actions = [
        action for (action,) in store.rows("SELECT action FROM event WHERE object = 'opening:1' ORDER BY position")
    ]
    assert actions == ["opening.draft", "opening.sign", "opening.sign"]


@pytest.mark.parametrize(
    ("maker", "first", "second"),
    [("emil", "emil", "frida"), ("root", "root", "frida"), ("root", "gerda", "emil"), ("gerda", "emil", "frida")],
    ids=["a head imports and signs first", "an admin does", "two others", "two heads"],
)
def test_who_may_sign(store, maker, first, second):
    draft(store, maker)
    assert signed(store, first, second).draft.state == "final"


def _signed_by(store, maker, first, second):
    draft(store, maker)
    signed(store, first, second)


@pytest.mark.parametrize(
    ("maker", "first", "second", "error"),
    [
        pytest.param("emil", "frida", "frida", OwnWorkError, id="the same person twice"),
        pytest.param("emil", "frida", "emil", OwnWorkError, id="the importer last"),
        pytest.param("emil", "emil", "emil", OwnWorkError, id="one person alone"),
        pytest.param("root", "emil", "gerda", NotAllowedError, id="no head of the Kasse last"),
        pytest.param("emil", "frida", "clara", NotAllowedError, id="a cashier last"),
        pytest.param("emil", "clara", "frida", NotAllowedError, id="a cashier first"),
        pytest.param("clara", "emil", "frida", NotAllowedError, id="a cashier imports"),
    ],
)
def test_who_may_not_sign(store, maker, first, second, error):
    with pytest.raises(error):
        _signed_by(store, maker, first, second)
    assert counts(store)["entry"] == 0


def test_the_database_refuses_a_second_signature_of_the_same_person(store):
    draft(store)
    sign_first(act(store, "emil"), source("lists"))
    with pytest.raises(Exception, match=r"(?i)constraint"), store.unit(["KASSE"]):
        store.execute("UPDATE opening_run SET state = 'final', second_by = first_by, second_at = 'x' WHERE id = 1")


def test_a_new_import_replaces_the_draft_even_when_it_was_signed_once(store):
    draft(store)
    sign_first(act(store, "frida"), source("lists"))
    done = draft(store, name="mended", rows=(CLAIM, PAID._replace(name="Maxi"), DEBT))
    assert (done.replaced, done.draft.number, done.draft.state) == (1, 2, "draft")
    assert [(one.number, one.state) for one in drafts(store)] == [(2, "draft"), (1, "replaced")]
    with pytest.raises(OpeningChangedError):
        sign_first(act(store, "frida"), source("lists"))
    assert signed(store, name="mended", rows=(CLAIM, PAID._replace(name="Maxi"), DEBT)).draft.number == 2


def test_the_same_lists_again_bring_nothing_new_before_and_after_the_signatures(store):
    draft(store)
    assert not draft(store).new
    signed(store)
    before = counts(store)
    again = draft(store)
    assert (again.new, again.draft.state) == (False, "final")
    assert counts(store) == before


def test_after_the_second_signature_nothing_is_taken_over_signed_or_undone(store):
    draft(store)
    signed(store)
    with pytest.raises(OpeningDoneError):
        draft(store, name="other", rows=(CLAIM._replace(reference="AZ-9"), PAID, DEBT))
    with pytest.raises(OpeningFinalError):
        sign_first(act(store, "frida"), source("lists"))
    with pytest.raises(OpeningFinalError):
        undo_draft(act(store, "emil"), reason="falsch")


def test_an_office_without_entries_is_taken_over_once_too(store):
    book, sums = (*BOOK[:3], "BAU 3000 0,00"), {"balances": 0}
    draft(store, rows=(), book=book, sums=sums)
    signed(store, rows=(), book=book, sums=sums)
    with pytest.raises(OpeningDoneError) as error:
        draft(store, name="more", rows=(), book=("BAU 3000 5,00",), sums={"balances": 500})
    assert error.value.fields["office"] == "BAU"


def test_an_office_that_joins_later_is_taken_over_without_the_banks_of_the_others(store):
    draft(store, rows=(), book=BOOK[:3], sums={"balances": 0})
    signed(store, rows=(), book=BOOK[:3], sums={"balances": 0})
    rows, book, sums = (CLAIM,), ("ORDNUNG 2400 100,00",), {"receivables": 10000, "balances": 10000}
    assert draft(store, name="later", rows=rows, book=book, sums=sums).new
    assert signed(store, name="later", rows=rows, book=book, sums=sums).draft.state == "final"


def test_what_changed_in_the_book_meanwhile_is_noticed_at_the_second_signature(store):
    draft(store)
    sign_first(act(store, "emil"), source("lists"))
    with store.unit(["KASSE"]):
        store.execute("UPDATE account SET closed_on = '2026-11-01' WHERE office = 'KASSE' AND number = '3000'")
    before = counts(store)
    with pytest.raises(RefusedOpeningError):
        sign_second(act(store, "frida"), *given(store))
    assert (counts(store), live_draft(store).state) == (before, "signed")


def test_a_trial_leaves_no_draft(store):
    before = counts(store)
    done = draft(store, dry_run=True)
    assert (done.draft.number, done.accounts != (), drafts(store), counts(store)) == (0, True, [], before)
    assert live_draft(store) is None


def test_refused_lists_leave_the_draft_before_as_it_is(store):
    draft(store)
    with pytest.raises(RefusedOpeningError):
        draft(store, name="bad", sums=SUMS | {"receivables": 1})
    assert live_draft(store).number == 1


def test_a_draft_is_discarded_with_a_reason(store):
    draft(store)
    with pytest.raises(UndoReasonError):
        undo_draft(act(store, "emil"), reason=" ")
    with pytest.raises(NotAllowedError):
        undo_draft(act(store, "clara"), reason="falsch")
    done = undo_draft(act(store, "frida"), reason="falscher Stichtag")
    assert (done.draft.state, done.draft.ended_by, done.draft.ended_reason) == (
        "discarded", "frida", "falscher Stichtag",
    )  # fmt: skip
    with pytest.raises(NoDraftError):
        undo_draft(act(store, "frida"), reason="noch einmal")
    with pytest.raises(UnknownOpeningError):
        draft_numbered(store, 9)
    assert draft(store).draft.number == 2
