"""Verify names who was made a joint debtor, changed or taken away past the event log, never honest joint debtors."""

import pytest

from ledger.book.verify_store import verify
from ledger.items.joint_debtors_store import join_debtors
from ledger.items.opening_parts import DebtorRow
from ledger.items.opening_parts_store import DEBTORS, PARTIES
from ledger.items.order_change_store import change_order
from ledger.items.standing_store import change_schedule, run_standing
from ledger.people.parties_merge_store import decide_merge, propose_merge
from ledger.people.party_values import MergedPartyError
from ledger.store.failures import RefusedByBookError
from tests.attacks import attacked, unbound_rows, without_guards
from tests.books import act
from tests.ledger.keeping_books import filled, later
from tests.ledger.order_lists import accepted, row, step, take
from tests.ledger.test_keeping_backup import place, restored, saved  # noqa: F401 - a fixture
from tests.ledger.test_opening_parts import ERIKA, MAX, part
from tests.ledger.test_opening_parts import take as take_over
from tests.ledger.test_verify_persons import erase

DAY = "2026-11-16"
COUPLE = row("ORDNUNG receivable 125,50 Erika Musterfrau", joint_group="Ehe")
LIST = (
    COUPLE,
    COUPLE._replace(name="Max Mustermann"),
    row("BAU receivable 50,00 Ayşe Yılmaz"),
    row("BAU receivable 60,00 Firma Beispiel"),
)
NOBODY_JOINT = (row("BAU receivable 50,00 Ayşe Yılmaz"),)
ATTACKS = {
    "made a joint debtor": (
        "item_debtor",
        "item BAU/1 4 added",
        f"INSERT INTO item_debtor (office, item, party, since) VALUES ('BAU', 1, 4, '{DAY}')",
    ),
    "owes since earlier": (
        "item_debtor",
        "item ORDNUNG/1 2 changed",
        "UPDATE item_debtor SET since = '2020-01-01' WHERE office = 'ORDNUNG'",
    ),
    "released": (
        "item_debtor",
        "item ORDNUNG/1 2 changed",
        f"UPDATE item_debtor SET released_on = '{DAY}' WHERE office = 'ORDNUNG'",
    ),
    "another person": (
        "item_debtor",
        "item ORDNUNG/1 3 added, item ORDNUNG/1 2 removed",
        "UPDATE item_debtor SET party = 3 WHERE office = 'ORDNUNG'",
    ),
    "let go": ("item_debtor", "item ORDNUNG/1 2 removed", "DELETE FROM item_debtor WHERE office = 'ORDNUNG'"),
    "put into an order": (
        "order_debtor",
        "order BAU-1 2 added",
        "INSERT INTO order_debtor (office, order_id, party) VALUES ('BAU', 1, 2)",
    ),
    "another person in an order": (
        "order_debtor",
        "order ORDNUNG-1 3 added, order ORDNUNG-1 2 removed",
        "UPDATE order_debtor SET party = 3 WHERE office = 'ORDNUNG'",
    ),
    "taken out of an order": (
        "order_debtor",
        "order ORDNUNG-1 2 removed",
        "DELETE FROM order_debtor WHERE office = 'ORDNUNG'",
    ),
    "a seal changed": ("joint_seal", "seals 2 changed", "UPDATE joint_seal SET party = 3 WHERE id = 2"),
    "a seal without an event": (
        "joint_seal",
        "seals 99 added",
        "INSERT INTO joint_seal (id, kind, office, number, party, standing) VALUES (99, 'item', 'BAU', 1, 4, 1)",
    ),
    "the last seal taken away": ("joint_seal", "item BAU/1 1 added", "DELETE FROM joint_seal WHERE id = 3"),
}


def found(store):
    """What verify says, of joint debtors in short; guards that an attack switched off are no matter here."""
    said = {"verify.joint_debtor": "item {name} {party} {state}", "verify.joint_order": "order {name} {party} {state}",
            "verify.joint_seals": "seals {row} {state}"}  # fmt: skip
    findings = [one for one in verify(store).findings if one.code != "verify.guard"]
    return [said[one.code].format(**one.fields) if one.code in said else one.code for one in findings]


def merged(store, source, target):
    merge = propose_merge(act(store, "clara"), source, target, "derselbe")
    decide_merge(act(store, "emil"), merge.number, confirm=True)


def owing(store, where="1 = 1"):
    return store.all(f"SELECT office, item, party, released_on FROM item_debtor WHERE {where} ORDER BY 1, 2, 3")


@pytest.fixture
def town(store):
    """A couple of a list, and a person who owes another's claim by command."""
    accepted(store, *LIST)
    join_debtors(act(store, "clara"), [("BAU", 1)], [1], DAY)
    return store


def test_joint_debtors_past_the_log_are_named(town):
    assert found(town) == []
    unbound_rows(town)
    seen = {name: attacked(town, table, statement, found) for name, (table, _, statement) in ATTACKS.items()}
    for name, (_, expected, _) in ATTACKS.items():
        assert set(expected.split(", ")) <= set(seen[name]), (name, seen[name])
        assert len(seen[name]) <= 3, (name, seen[name])


def test_the_guards_refuse_to_change_seals_and_orders(town):
    for statement in (
        "UPDATE joint_seal SET standing = 0",
        "DELETE FROM joint_seal",
        "UPDATE order_debtor SET party = 3",
        "DELETE FROM item_debtor",
        "UPDATE item_debtor SET since = '2020-01-01'",
    ):
        with pytest.raises(RefusedByBookError):
            town.execute(statement)


def test_an_order_with_a_joint_debtor_from_elsewhere_is_named_even_when_it_is_accepted(store):
    done = take(store, *NOBODY_JOINT, COUPLE._replace(joint_group=None))
    without_guards(store, "order_debtor")
    store.execute("INSERT INTO order_debtor (office, order_id, party) VALUES ('BAU', 1, 2)")
    for user, name in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        step(store, user, name, done.batch)
    assert owing(store) == [("BAU", 1, 2, None)]
    assert found(store) == ["order BAU-1 2 added"]


def test_a_list_without_joint_debtors_seals_none(store):
    accepted(store, *NOBODY_JOINT)
    assert store.value("SELECT count(*) FROM joint_seal") == 0
    assert store.value("SELECT count(*) FROM event WHERE action = 'item.joint'") == 0


def test_a_take_over_with_joint_debtors_is_whole(store):
    rows = (DebtorRow(2, "ORDNUNG", "AZ1", "4712"), DebtorRow(3, "ORDNUNG", "AZ1", "4712"))
    take_over(store, part(PARTIES, ERIKA, MAX), part(DEBTORS, *rows))
    assert len(owing(store)) == 1
    assert found(store) == []
    without_guards(store, "item_debtor")
    store.execute("DELETE FROM item_debtor")
    assert [one.rpartition(" ")[2] for one in found(store)] == ["removed"]


MERGES = {
    "into somebody else": (2, 4, [("BAU", 1, 1, None), ("ORDNUNG", 1, 4, None)]),
    "into the first debtor": (2, 1, [("BAU", 1, 1, None), ("ORDNUNG", 1, 2, DAY)]),
    "the first debtor into the joint one": (1, 2, [("BAU", 1, 2, None), ("ORDNUNG", 1, 2, DAY)]),
    "of two who owe nothing together": (3, 4, [("BAU", 1, 1, None), ("ORDNUNG", 1, 2, None)]),
}


@pytest.mark.parametrize("name", MERGES)
def test_a_merge_takes_joint_debts_along(town, name):
    source, target, expected = MERGES[name]
    merged(town, source, target)
    assert owing(town) == expected
    assert found(town) == []


def test_two_joint_debtors_of_one_item_become_one(town):
    join_debtors(act(town, "clara"), [("ORDNUNG", 1)], [3, 4], DAY)
    merged(town, 4, 3)
    merged(town, 3, 2)
    assert owing(town, "office = 'ORDNUNG'") == [
        ("ORDNUNG", 1, 2, None), ("ORDNUNG", 1, 3, DAY), ("ORDNUNG", 1, 4, DAY),
    ]  # fmt: skip
    assert found(town) == []


def test_no_merge_vouches_for_a_joint_debtor_from_elsewhere(town):
    without_guards(town, "item_debtor")
    town.execute(f"INSERT INTO item_debtor (office, item, party, since) VALUES ('BAU', 2, 3, '{DAY}')")
    town.execute("UPDATE item_debtor SET since = '2020-01-01' WHERE office = 'ORDNUNG'")
    merged(town, 3, 2)
    merged(town, 2, 1)
    assert found(town) == ["item BAU/2 1 added", "item ORDNUNG/1 2 changed"]


def test_who_was_merged_since_the_order_owes_as_who_they_became(store):
    done = take(store, *LIST)
    merged(store, 2, 4)
    merged(store, 4, 3)
    for user, name in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        step(store, user, name, done.batch)
    assert owing(store) == [("ORDNUNG", 1, 3, None)]
    assert found(store) == []


def test_nobody_is_named_who_is_somebody_else_by_now(town):
    merged(town, 4, 3)
    with pytest.raises(MergedPartyError):
        join_debtors(act(town, "clara"), [("BAU", 1)], [4], DAY)
    assert found(town) == []


def test_erasing_leaves_joint_debtors_whole(store):
    erika, other = filled(store)
    paid = store.all("SELECT office, id FROM item WHERE party = :party AND kind = 'receivable'", party=erika)
    join_debtors(act(store, "clara"), paid, [other], DAY)
    later(store, "2040-01-02")
    assert erase(store, before="2040-01-01").persons >= 1
    assert found(store) == []


def test_a_backup_restores_joint_debtors_with_their_seals(town, place, tmp_path):  # noqa: F811
    saved(town, tmp_path / "b")
    copy, _, checked = restored(tmp_path / "b", place)
    assert checked.findings == ()
    assert owing(copy) == owing(town) != []
    merged(copy, 2, 4)
    assert found(copy) == []
    copy.close()


def through(store, batch):
    for user, name in (("anna", "certified"), ("bernd", "approved"), ("clara", "accepted")):
        step(store, user, name, batch)


def test_a_claim_that_is_raised_is_owed_by_the_same_persons(town):
    join_debtors(act(town, "clara"), [("ORDNUNG", 1)], [4], DAY)
    (more,) = change_order(act(town, "import"), "ORDNUNG", 1, reason="Nachtrag", day=DAY, to_cents=20000)
    assert town.all("SELECT party FROM order_debtor WHERE order_id = 2") == [(2,), (4,)]
    through(town, more.batch)
    assert owing(town, "item = 2") == [("ORDNUNG", 2, 2, None), ("ORDNUNG", 2, 4, None)]
    (less,) = change_order(act(town, "import"), "ORDNUNG", 1, reason="Irrtum", day=DAY, to_cents=10000)
    through(town, less.batch)
    assert len(owing(town, "office = 'ORDNUNG'")) == 4
    assert found(town) == []


def test_joint_debtors_of_a_standing_order_owe_each_of_its_items(store):
    rent = COUPLE._replace(due="2026-01-31", every_months=1)
    accepted(store, rent, rent._replace(name="Max Mustermann"))
    run_standing(act(store, "clara"), "2026-02-28", day=DAY)
    assert owing(store) == [("ORDNUNG", 1, 2, None), ("ORDNUNG", 2, 2, None)]
    new = change_schedule(
        act(store, "import"), "ORDNUNG", 1, from_day="2026-03-01", reason="Erhöhung", to_cents=13000
    )  # fmt: skip
    through(store, new.batch)
    run_standing(act(store, "clara"), "2026-03-31", day=DAY)
    assert owing(store, "item > 2") == [("ORDNUNG", 3, 2, None)]
    merged(store, 1, 2)
    run_standing(act(store, "clara"), "2026-04-30", day=DAY)
    assert store.value("SELECT party FROM item WHERE id = 4") == 2
    assert owing(store, "item > 3") == []
    assert found(store) == []


def test_who_was_merged_since_the_order_owes_its_item_as_who_they_became(store):
    done = take(store, *LIST, row("BAU payable 70,00 Papierhaus"))
    merged(store, 3, 4)
    merged(store, 5, 2)
    merged(store, 4, 1)
    through(store, done.batch)
    assert store.all("SELECT office, id, party FROM item ORDER BY office, id") == [
        ("BAU", 1, 1), ("BAU", 2, 1), ("BAU", 3, 2), ("ORDNUNG", 1, 1),
    ]  # fmt: skip
    assert found(store) == []
