"""Parties by hand: added, changed, found twice, merged by two persons; the account that tells their whole story."""

import datetime as dt
import json

import pytest

from ledger.items.items_reader import find_items, joint_debtors_of
from ledger.items.joint_debtors_store import NoReceivableError, join_debtors
from ledger.items.locks import Span
from ledger.items.locks_store import active_locks, lock_items, lock_party
from ledger.items.party_account_store import party_account
from ledger.items.targets_store import register
from ledger.payments.attachment_store import NewAttachment, add_attachment
from ledger.people.parties_change_store import add_party, change_party
from ledger.people.parties_merge_store import decide_merge, duplicates, propose_merge
from ledger.people.parties_reader import AmbiguousPartyError, UnknownPartyError, find_party, list_parties, show_party
from ledger.people.party_values import (
    AccountKindError,
    AccountUnknownError,
    MergedPartyError,
    MergeWaitsError,
    NothingToChangeError,
    PartyChange,
    PartyNameError,
    SamePartyError,
    UnknownMergeError,
)
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.identifiers import InvalidIbanError
from tests.bankbooks import item, reference
from tests.books import act
from tests.ledger.collection_texts import ready
from tests.ledger.mandate_texts import mandate
from tests.ledger.order_lists import DAY, IBAN, OTHER_IBAN, accepted, open_difference, row
from tests.ledger.test_order_changes import change, settle, through


def add(store, user="dirk", iban=None, **fields):
    act(store, user)
    return add_party(store, PartyChange(fields, iban), DAY)


def alter(store, party, user="dirk", **more):
    act(store, user)
    fields = {key: more.pop(key) for key in list(more) if key not in ("iban", "iban_kind", "iban_source", "end_iban")}
    return change_party(store, party, PartyChange(fields, **more), DAY)


def test_a_party_keeps_its_history(store):
    party = add(store, name="Erika Musterfrau", street="Gartenweg", house_number="3", iban=IBAN)
    assert alter(store, party, street="Lindenallee", iban=OTHER_IBAN, iban_kind="guardian") == ("street", "iban")
    assert alter(store, party, end_iban=IBAN) == ("end_iban",)
    facts = show_party(store, party)
    assert (facts.street, facts.house_number) == ("Lindenallee", "3")
    assert [(one.iban, one.kind, one.until) for one in facts.accounts] == [
        (IBAN, "own", DAY), (OTHER_IBAN, "guardian", None),
    ]  # fmt: skip
    assert [event.action for event in facts.events] == ["party.add", "party.change", "party.change"]
    words = json.loads(facts.events[1].details)
    assert (words["old_street"], words["new_street"]) == ("Gartenweg", "Lindenallee")
    assert "Gartenweg" not in facts.events[1].facts


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({}, NothingToChangeError),
        ({"name": None}, PartyNameError),
        ({"iban": IBAN, "iban_kind": "loan"}, AccountKindError),
        ({"iban": "DE03120300000000202051"}, InvalidIbanError),
        ({"end_iban": OTHER_IBAN}, AccountUnknownError),
    ],
)
def test_a_change_refuses(store, wanted, error):
    party = add(store, name="Erika")
    with pytest.raises(error):
        alter(store, party, **wanted)
    assert len(show_party(store, party).events) == 1


def test_rights_and_names(store):
    with pytest.raises(PartyNameError):
        add(store, name="  ")
    with pytest.raises(NotAllowedError):
        add(store, user="emil", name="Erika")
    first, second = add(store, name="Erika Muster"), add(store, name="MUSTER, Erika", town="Hamburg")
    with pytest.raises(AmbiguousPartyError, match="Hamburg"):
        find_party(store, "Erika Muster")
    with pytest.raises(UnknownPartyError):
        find_party(store, "Niemand")
    assert find_party(store, str(second)) == second
    assert [one.number for one in list_parties(store, search="must")] == [first, second]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ({"birth_date": "1990-01-01"}, {"birth_date": "1990-01-01"}, "birth_date"),
        ({"iban": IBAN}, {"iban": IBAN, "name": "E. Muster"}, "bank_account"),
        ({"vat_id": "DE123456788"}, {"vat_id": "DE123456788", "name": "Muster"}, "vat_id"),
        ({"street": "Weg 1", "town": "Ort"}, {"street": "Weg 1", "town": "Ort"}, "address"),
        ({"birth_date": "1990-01-01"}, {"birth_date": "1991-01-01"}, None),
        ({}, {}, None),
        (
            {"street": "Weg 1", "town": "Ort", "birth_date": "1990-01-01"},
            {"street": "Weg 1", "town": "Ort", "birth_date": "1960-01-01"},
            None,
        ),
    ],
)
def test_duplicates_are_found_by_evidence(store, one, other, reason):
    add(store, **{"name": "Erika Muster"} | one)
    add(store, **{"name": "Muster Erika"} | other)
    assert [pair.reason for pair in duplicates(store)] == ([reason] if reason else [])


CLAIM = row("ORDNUNG receivable 125,50 Erika Musterfrau")


@pytest.fixture
def two(store):
    """Two parties with an item each, that are one person."""
    accepted(store, CLAIM, CLAIM._replace(name="E. Musterfrau", purpose="Bescheid 8"))
    return store


def test_a_merge_takes_two_persons_and_moves_what_is_theirs(two):
    act(two, "dirk")
    alter(two, 2, iban=IBAN)
    lock_party(two, 2, "dunning", "Betreuung angezeigt", Span(DAY))
    merge = propose_merge(two, 2, 1, "gleiche Person")
    assert propose_merge(two, 2, 1, "gleiche Person").new is False
    assert [(pair.first, pair.second, pair.merge) for pair in duplicates(two)] == [(1, 2, merge.number)]
    with pytest.raises(OwnWorkError):
        decide_merge(two, merge.number, confirm=True)
    act(two, "emil")
    done = decide_merge(two, merge.number, confirm=True)
    assert (done.state, done.items) == ("merged", 1)
    assert two.value("SELECT count(DISTINCT party) FROM item") == 1
    assert show_party(two, 1).merged_from == (2,)
    assert [one.iban for one in show_party(two, 1).accounts] == [IBAN]
    assert active_locks(two, "dunning", DAY).parties == {1, 2}
    assert [event.action for event in show_party(two, 2).events][-1] == "party.merge_confirm"
    assert two.value("SELECT party FROM cash_order WHERE id = 2") == 2
    with pytest.raises(UnknownMergeError):
        decide_merge(two, merge.number, confirm=True)
    with pytest.raises(MergedPartyError):
        propose_merge(two, 2, 1, "noch einmal")
    with pytest.raises(MergedPartyError):
        alter(two, 2, user="dirk", town="Hamburg")


def test_a_merge_takes_mandates_rights_of_others_and_references_along(two):
    ready(two)
    known = mandate(two, "Meyer - 2026-01-01 reference=M-7")
    party = two.value("SELECT party FROM mandate WHERE id = :id", id=known)
    served = NewAttachment("garnishment", "Inkasso", dt.date(2026, 11, 2), "M", IBAN, document="Akte 1")
    add_attachment(act(two, "clara"), str(party), served)
    text = reference(two, 7001)
    with two.unit(["KASSE"]):
        register(two, text, "party", "KASSE", party)
    other = two.value("SELECT min(id) FROM party WHERE id <> :id", id=party)
    merge = propose_merge(act(two, "dirk"), party, other, "gleiche Person")
    decide_merge(act(two, "emil"), merge.number, confirm=True)
    for table in ("mandate", "attachment"):
        assert two.value(f"SELECT party FROM {table}") == other
    assert two.value("SELECT number FROM reference_target WHERE reference = :text", text=text) == other


def test_a_refused_merge_changes_nothing(two):
    act(two, "dirk")
    merge = propose_merge(two, 2, 1, "gleiche Person?")
    with pytest.raises(MergeWaitsError):
        propose_merge(two, 1, 2, "umgekehrt")
    with pytest.raises(SamePartyError):
        propose_merge(two, 1, 1, "x")
    act(two, "emil")
    assert decide_merge(two, merge.number, confirm=False).state == "refused"
    assert two.value("SELECT count(DISTINCT party) FROM item") == 2


def test_joint_debtors_owe_one_item(two):
    act(two, "dirk")
    reference = two.value("SELECT reference FROM item WHERE id = 1")
    keys = find_items(two, reference)
    assert join_debtors(two, keys, [2, 1], DAY)[0].parties == (2,)
    assert join_debtors(two, keys, [2], DAY)[0].new is False
    pages = [party_account(two, party, DAY) for party in (1, 2)]
    assert [page.owes_cents for page in pages] == [12550, 25100]
    assert [page.items[0].joint for page in pages] == ["E. Musterfrau", "Erika Musterfrau"]
    assert {one.number: one.owes_cents for one in list_parties(two)} == {1: 12550, 2: 25100}
    settle(two, 12550)
    assert [party_account(two, party, DAY).owes_cents for party in (1, 2)] == [0, 12550]
    assert {one.number: one.owes_cents for one in list_parties(two)} == {1: 0, 2: 12550}
    accepted(two, row("ORDNUNG payable 5,00 Papierhaus"), name="second.xlsx")
    act(two, "dirk")
    with pytest.raises(NoReceivableError):
        join_debtors(two, [("ORDNUNG", 3)], [1], DAY)


def test_the_fee_of_a_letter_to_a_joint_debtor_counts_once(two):
    """The letter went to the second debtor, who owes its fee in their own name."""
    join_debtors(act(two, "dirk"), [("ORDNUNG", 1)], [2], DAY)
    item(act(two, "import"), "5", person=2, main_item=1, claim_kind="mahngebuehr", due=DAY)
    wanted = {2: 25600, 1: 12550}
    assert {one: party_account(act(two, "dirk"), one, DAY).owes_cents for one in wanted} == wanted
    assert {one.number: one.owes_cents for one in list_parties(two)} == wanted


def test_a_fee_that_is_owed_jointly_by_name_too_counts_once(two):
    reference = two.value("SELECT reference FROM item WHERE id = 1")
    fee = item(act(two, "import"), "5", reference, person=1, main_item=1, claim_kind="mahngebuehr", due=DAY)
    join_debtors(act(two, "dirk"), find_items(two, reference), [2], DAY)
    wanted = {1: 13050, 2: 25600}
    assert {one: party_account(two, one, DAY).owes_cents for one in wanted} == wanted
    assert {one.number: one.owes_cents for one in list_parties(two)} == wanted
    assert [one.party_number for one in joint_debtors_of(two, [("ORDNUNG", fee)])] == [2]


def test_who_is_freed_of_a_joint_claim_owes_nothing_of_it(two):
    join_debtors(act(two, "dirk"), [("ORDNUNG", 1)], [2], DAY)
    two.execute("UPDATE item_debtor SET released_on = CAST(:day AS TEXT)", day=DAY)
    assert party_account(two, 2, DAY).owes_cents == 12550
    assert {one.number: one.owes_cents for one in list_parties(two)} == {1: 12550, 2: 12550}


def test_an_account_tells_the_story_as_of_any_day(two):
    settle(two, 5000)
    act(two, "dirk")
    lock_items(two, [("ORDNUNG", 1)], "dunning", "Widerspruch", Span("2026-11-18", "2026-12-31"))
    (made,) = change(two, to_cents=10000)
    page = party_account(two, 1, "2026-11-18")
    assert [order.number for order in page.orders] == [made.number]
    through(two, made.number, day="2026-11-20")
    early, late = party_account(two, 1, "2026-11-18"), party_account(two, 1, "2026-12-02")
    assert [(move.what, move.amount_cents, move.balance_cents) for move in late.moves] == [
        ("opened", 12550, 12550), ("bank", -5000, 7550), ("reduction", -2550, 5000),
    ]  # fmt: skip
    assert [move.what for move in early.moves] == ["opened", "bank"]
    assert (early.items[0].open_cents, late.items[0].open_cents) == (7550, 5000)
    assert (early.overdue_cents, late.overdue_cents) == (0, 5000)
    assert (early.items[0].locks, party_account(two, 1, "2026-11-17").items[0].locks) == ("dunning", "")
    assert party_account(two, 1, "2026-11-15").items == ()
    assert two.value("SELECT count(*) FROM event WHERE action = 'party.read' AND object = 'party:1'") == 5
    assert open_difference(two) == []
