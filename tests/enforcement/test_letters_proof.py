"""Letters changed past kasse are named: what they say, what they cost, what their charges became, where runs stand."""

import datetime as dt

import pytest

from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.dunning_undo_store import undo
from enforcement.letters_make_store import cancel_letter, release_letter
from enforcement.letters_post_store import post_letters
from enforcement.letters_proof_store import wrong_letters
from enforcement.letters_relief_store import letter_of_relief
from enforcement.letters_return_store import serve, take_return
from enforcement.proofs import PROOFS
from ledger.bank.posting_store import post_staged
from ledger.book.verify_store import verify
from ledger.items.joint_debtors_store import join_debtors
from ledger.items.locks import Span
from ledger.items.locks_store import place_item_lock
from ledger.people.parties_merge_store import decide_merge, propose_merge
from tests.attacks import attacked, unbound_rows
from tests.bankbooks import OFFICES, item, reference, staged
from tests.books import act
from tests.enforcement.test_dunning_joint import DAY, kasse, printed
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_relief_store import granted, wish
from tests.ledger.keeping_books import later
from tests.ledger.test_keeping_erase import erased

__all__ = ["kasse"]  # a fixture
pytestmark = pytest.mark.engines
LIST, STATE, SUM, CHARGE = "verify.dunning_list", "verify.dunning_state", "verify.letter_sum", "verify.letter_charge"
SINGLE = "verify.letter"
TABLES = ("dunning_run", "dunning_skip", "letter", "letter_item", "letter_fee")
FIRST, COPY = (
    "id = (SELECT min(id) FROM letter WHERE run = 2)",
    "id = (SELECT min(id) FROM letter WHERE run = 2 AND copy_of > 0)",
)
LINE = f"letter = (SELECT id FROM letter WHERE {FIRST}) AND line = 1"
CHARGED = "charge_item > 0 AND letter IN (SELECT id FROM letter WHERE run = 2)"
LUMP = "schedule = 'verzugspauschale' AND letter IN (SELECT id FROM letter WHERE run = 2)"
FEE = "schedule <> 'verzugspauschale' AND letter IN (SELECT id FROM letter WHERE run = 2)"
OF_RELIEF = "relief > 0"
ATTACKS = {
    "demands more of a claim": (f"UPDATE letter_item SET open_cents = open_cents + 1 WHERE {LINE}", {LIST, SUM}),
    "demands more, and its sum": (
        (
            f"UPDATE letter_item SET open_cents = open_cents + 1 WHERE {LINE}",
            f"UPDATE letter SET sum_cents = sum_cents + 1 WHERE {FIRST}",
        ),
        {LIST},
    ),
    "more of a claim from a joint debtor": (
        (
            f"UPDATE letter_item SET open_cents = 1 WHERE letter = (SELECT id FROM letter WHERE {COPY}) AND line = 1",
            f"""UPDATE letter SET sum_cents = fee_cents + (SELECT sum(open_cents + charge_cents) FROM letter_item
                WHERE letter = letter.id) WHERE {COPY}""",
        ),
        {LIST},
    ),
    "charges more": (f"UPDATE letter_item SET charge_cents = charge_cents + 1 WHERE {CHARGED}", {LIST, SUM, CHARGE}),
    "charges by another name": (f"UPDATE letter_item SET charge_kind = 'zinsen' WHERE {CHARGED}", {LIST, CHARGE}),
    "charges as another item": (f"UPDATE letter_item SET charge_item = item WHERE {CHARGED}", {CHARGE}),
    "charges that are booked as nothing": (f"UPDATE letter_item SET charge_item = NULL WHERE {CHARGED}", {CHARGE}),
    "charges of a copy that are booked": (
        f"UPDATE letter_item SET charge_item = item WHERE letter = (SELECT id FROM letter WHERE {COPY})",
        {CHARGE},
    ),
    "another claim": (f"UPDATE letter_item SET item = 2 WHERE {CHARGED} AND item = 1", {LIST, CHARGE}),
    "another end of limitation": (f"UPDATE letter_item SET limitation_end = '2040-12-31' WHERE {LINE}", {LIST}),
    "another level": (f"UPDATE letter_item SET level_after = 3 WHERE {LINE}", {LIST}),
    "another level before": (f"UPDATE letter_item SET level_before = 1 WHERE {LINE}", {LIST}),
    "dunned before": (f"UPDATE letter_item SET dunned_before = '2026-01-01' WHERE {LINE}", {LIST}),
    "one claim less": (f"DELETE FROM letter_item WHERE {LINE}", {LIST, SUM}),
    "another sum": (f"UPDATE letter SET sum_cents = sum_cents + 1 WHERE {FIRST}", {LIST, SUM}),
    "other fees": (f"UPDATE letter SET fee_cents = fee_cents + 1, sum_cents = sum_cents + 1 WHERE {FIRST}", {LIST, SUM}),
    "other fees of a copy": (
        f"UPDATE letter SET fee_cents = fee_cents + 1, sum_cents = sum_cents + 1 WHERE {COPY}",
        {LIST},
    ),
    "a dearer fee": (f"UPDATE letter_fee SET cents = cents + 1 WHERE {FEE}", {LIST, SUM, CHARGE}),
    "a fee by another norm": (f"UPDATE letter_fee SET norm = '§ 1' WHERE {FEE}", {LIST}),
    "a fee by another schedule": (f"UPDATE letter_fee SET schedule = 'x' WHERE {FEE}", {LIST}),
    "a fee for another claim": (f"UPDATE letter_fee SET main_item = 3 WHERE {FEE} AND main_item <> 3", {LIST, CHARGE}),
    "a fee as another item": (f"UPDATE letter_fee SET fee_item = main_item WHERE {FEE}", {CHARGE}),
    "a fee that is booked as nothing": (f"UPDATE letter_fee SET fee_item = NULL WHERE {FEE}", {CHARGE}),
    "a lump sum as a fee": (f"UPDATE letter_fee SET schedule = 'hmbvwkostg' WHERE {LUMP}", {LIST, CHARGE}),
    "a fee less": (f"DELETE FROM letter_fee WHERE {FEE}", {LIST, SUM}),
    "to another person": (f"UPDATE letter SET party = (SELECT max(id) FROM party) WHERE {FIRST}", {LIST}),
    "to another receiver": (f"UPDATE letter SET recipient = (SELECT max(id) FROM party) WHERE {FIRST}", {LIST}),
    "a copy as a letter of its own": (f"UPDATE letter SET copy_of = NULL WHERE {COPY}", {LIST, SUM, CHARGE}),
    "another kind": (f"UPDATE letter SET kind = 'ankuendigung' WHERE {FIRST}", {LIST}),
    "another way": (f"UPDATE letter SET way = 'service' WHERE {FIRST}", {LIST}),
    "by another law": (f"UPDATE letter SET profile = 'fine' WHERE {FIRST}", {LIST}),
    "a higher level": (f"UPDATE letter SET level = 3 WHERE {FIRST}", {LIST}),
    "of another day": (f"UPDATE letter SET day = '2026-01-01' WHERE {FIRST}", {LIST}),
    "made by somebody else": (f"UPDATE letter SET made_by = released_by WHERE {FIRST}", {LIST}),
    "of no run": (f"UPDATE letter SET run = NULL WHERE {FIRST}", {LIST, SINGLE, CHARGE}),
    "not released": (f"UPDATE letter SET released_at = NULL WHERE {FIRST}", {STATE, CHARGE}),
    "a discarded letter": ("UPDATE letter SET kind = 'ankuendigung' WHERE run = 1", {LIST}),
    "another hash": ("UPDATE dunning_run SET list_hash = (SELECT list_hash FROM dunning_run WHERE id = 1) WHERE id = 2", {LIST}),
    "another sum of the run": ("UPDATE dunning_run SET sum_cents = 1 WHERE id = 2", {LIST}),
    "other charges of the run": ("UPDATE dunning_run SET charge_cents = 1 WHERE id = 2", {LIST}),
    "other fees of the run": ("UPDATE dunning_run SET fee_cents = 1 WHERE id = 2", {LIST}),
    "of one office": ("UPDATE dunning_run SET office = 'BAU' WHERE id = 2", {LIST}),
    "left out by nobody": ("DELETE FROM dunning_skip WHERE run = 2", {LIST}),
    "a run not released": ("UPDATE dunning_run SET state = 'undone' WHERE id = 2", {STATE}),
    "a discarded run": ("UPDATE dunning_run SET state = 'proposed' WHERE id = 1", {STATE}),
    "no run": ("DELETE FROM dunning_run WHERE id = 1", {LIST}),
    "another sum of a relief": (
        (
            "UPDATE letter_item SET open_cents = 1 WHERE letter = (SELECT id FROM letter WHERE relief > 0)",
            f"UPDATE letter SET sum_cents = (SELECT sum(open_cents) FROM letter_item WHERE letter = id) WHERE {OF_RELIEF}",
        ),
        {SINGLE},
    ),
    "for another relief": (f"UPDATE letter SET relief = 9 WHERE {OF_RELIEF}", {SINGLE}),
    "a letter of a relief to somebody else": (f"UPDATE letter SET recipient = 1 WHERE {OF_RELIEF}", {SINGLE}),
    "no letter of a relief": (
        (
            "DELETE FROM letter_item WHERE letter = (SELECT id FROM letter WHERE relief > 0)",
            f"DELETE FROM letter WHERE {OF_RELIEF}",
        ),
        {SINGLE},
    ),
}  # fmt: skip


@pytest.fixture
def town(kasse):
    """A proposal that another replaced: a claim of joint debtors, one of a trader, one that is left out; a Stundung."""
    people = [debtor(kasse, name) for name in ("Erika", "Max", "Jo", "Handel AG")]
    item(kasse, "3.000,00", reference(kasse, 1), person=people[0], profile="fee", due="2026-06-01", claim_kind="fee")
    item(kasse, "2.000,00", reference(kasse, 2), person=people[0], profile="fee", due="2026-06-01", claim_kind="fee")
    item(kasse, "900,00", reference(kasse, 3), person=people[3], profile="private-trade", due="2026-06-01")
    item(kasse, "70,00", reference(kasse, 4), person=people[3], profile="fee", due="2026-06-01")
    with kasse.unit(OFFICES):
        place_item_lock(kasse, "ORDNUNG", 4, "dunning", "Widerspruch", Span("2026-11-01"))
    item(kasse, "80,00", reference(kasse, 5), person=people[2], profile="fee", due="2026-06-01", claim_kind="fee")
    join_debtors(kasse, [("ORDNUNG", 1)], people[1:3], "2026-01-01")
    propose(kasse, DAY)
    relief = granted(kasse, wish("stundung", 5, last=dt.date(2027, 3, 1))).number
    kasse.today = DAY.isoformat()
    made = propose(act(kasse, "clara"), DAY, replace=True)
    release(act(kasse, "emil"), made.run)
    letter = letter_of_relief(act(kasse, "clara"), relief, day=DAY.isoformat()).letter
    release_letter(act(kasse, "emil"), letter)
    return act(kasse, "clara")


def found(store):
    return {one.code for one in verify(store, proofs=PROOFS).findings}


def letters_found(store):
    return {one.code for one in wrong_letters(store)}


def all_paid(store):
    """Let the bank pay all that is open: only then a decision may erase words of its letters."""
    owed = "SELECT reference, sum(open_cents) FROM item WHERE kind = 'receivable' AND open_cents > 0 GROUP BY reference"
    for named, cents in store.all(owed):
        staged(act(store, "clara"), f"{int(cents) // 100},{int(cents) % 100:02d}", named, day=DAY.isoformat())
    post_staged(store)
    assert store.all(owed) == []


def run_letters(store):
    return [number for (number,) in store.all("SELECT id FROM letter WHERE run = 2 ORDER BY id")]


def test_letters_changed_past_kasse_are_named(town):
    assert found(town) == set()
    assert town.value("SELECT count(*) FROM letter_fee WHERE schedule = 'verzugspauschale' AND fee_item > 0") == 1
    unbound_rows(town)
    seen = {name: attacked(town, TABLES, sql, letters_found) for name, (sql, _) in ATTACKS.items()}
    assert {name: seen[name] for name in seen if seen[name] != ATTACKS[name][1]} == {}


def test_verify_asks_for_letters(town):
    assert LIST in attacked(town, TABLES, ATTACKS["another level"][0], found)


def test_a_letter_that_somebody_added_is_named(town):
    unbound_rows(town)
    copied = (
        """INSERT INTO letter (id, kind, state, way, party, level, day, run, sum_cents, fee_cents, made_by, made_at)
        SELECT 99, kind, state, way, party, level, day, {run}, 0, 0, made_by, made_at FROM letter WHERE """
        + FIRST
    )
    for run, code in (("NULL", SINGLE), ("2", LIST), ("7", LIST)):
        assert attacked(town, TABLES, copied.format(run=run), letters_found) == {code}, run


def test_the_life_of_letters_leaves_nothing_to_name(town):
    first, *others, last = run_letters(town)
    printed(town, first, *others)
    post_letters(town, [first, *others], day=DAY)
    serve(town, first, day=DAY, proof="Empfangsbekenntnis")
    take_return(town, others[0], day=DAY, reason="unbekannt verzogen")
    cancel_letter(act(town, "emil"), last, reason="falscher Betrag")
    assert found(town) == set()
    source, target = (town.value("SELECT id FROM party WHERE name = :name", name=name) for name in ("Max", "Handel AG"))
    number = propose_merge(act(town, "clara"), source, target, "doppelt").number
    decide_merge(act(town, "emil"), number, confirm=True)
    assert found(town) == set()
    all_paid(town)
    later(town, "2040-01-01")
    erased(town, before="2040-01-01")
    assert not town.value("SELECT count(*) FROM letter WHERE proof <> '' OR returned_reason <> ''")
    assert found(town) == set()


def test_a_run_taken_back_leaves_nothing_to_name(town):
    undo(act(town, "emil"), 2, reason="falscher Tag")
    assert found(town) == set()
    assert attacked(town, TABLES, f"UPDATE letter_fee SET norm = '§ 1' WHERE {FEE}", letters_found) == {LIST}
    assert attacked(town, TABLES, f"UPDATE letter_item SET charge_item = NULL WHERE {CHARGED}", letters_found) == {
        CHARGE
    }


def test_a_run_without_letters_leaves_nothing_to_name(kasse):
    item(kasse, "70,00", reference(kasse, 1), person=debtor(kasse, "Erika"), profile="fee", due="2027-06-01")
    assert propose(kasse, DAY).letters == 0
    assert found(kasse) == set()
    assert attacked(kasse, TABLES, "UPDATE dunning_run SET ended_by = 1", letters_found) == {STATE}
