"""Steps of letters, legal events and reliefs changed past kasse are named, whatever column it is."""

import datetime as dt

import pytest

from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.event_seals_store import SEALED, wrong_events
from enforcement.letters_make_store import cancel_letter, release_letter
from enforcement.letters_post_store import post_letters
from enforcement.letters_print_store import print_letters
from enforcement.letters_prints import ChangedPrintError
from enforcement.letters_proof_store import wrong_letters
from enforcement.letters_relief_store import letter_of_relief
from enforcement.letters_return_store import finish_task, serve, take_return
from enforcement.letters_steps_store import wrong_steps
from enforcement.limitation_watch_notes import Note
from enforcement.limitation_watch_store import note, withdraw
from enforcement.proofs import PROOFS
from enforcement.relief import Schedule
from enforcement.relief_end_store import end
from enforcement.relief_grant_store import refuse
from enforcement.relief_propose_store import propose as propose_relief
from enforcement.relief_seals_store import PARTS, RELIEF, wrong_reliefs
from enforcement.relief_tables import ClaimEvent, Relief, ReliefInstalment, ReliefItem, ReliefPaid
from ledger.book.verify_store import verify
from tests.attacks import attacked, unbound_rows, without_guards
from tests.bankbooks import item, reference
from tests.books import act
from tests.enforcement.test_dunning_joint import DAY, kasse, printed
from tests.enforcement.test_letters_life import debtor
from tests.enforcement.test_relief_store import granted, wish

__all__ = ["kasse"]  # a fixture
pytestmark = pytest.mark.engines
STEP, STATE, ROW = "verify.letter_step", "verify.dunning_state", "verify.master"
SERVED, CAME_BACK, CANCELLED, POSTED, WAITS = "id = 1", "id = 2", "id = 3", "id = 4", "id = 5"
LETTERS = {
    "another reference": (f"reference = '4711' WHERE {POSTED}", STATE),
    "a reference of nobody": (f"reference = NULL WHERE {WAITS}", STATE),
    "released by somebody else": (f"released_by = 1 WHERE {POSTED}", STATE),
    "a letter of a relief released by somebody else": ("released_by = 1 WHERE relief > 0", STEP),
    "posted earlier": (f"posted_on = '2026-01-02' WHERE {POSTED}", STEP),
    "posted by somebody else": (f"posted_by = 1 WHERE {POSTED}", STEP),
    "deemed given earlier": (f"deemed_on = '2026-01-02' WHERE {POSTED}", STEP),
    "a term that ended": (f"term_end = '2026-01-02' WHERE {POSTED}", STEP),
    "no term": (f"term_end = NULL WHERE {POSTED}", STEP),
    "another content": (f"content_sha256 = 'x' WHERE {POSTED}", STEP),
    "another file": (f"pdf_sha256 = 'x' WHERE {POSTED}", STEP),
    "never posted": (f"posted_on = NULL, state = 'released' WHERE {POSTED}", STEP),
    "posted though it waits": (f"posted_on = '2026-11-24', posted_by = 1, state = 'posted' WHERE {WAITS}", STEP),
    "served earlier": (f"served_on = '2026-01-02' WHERE {SERVED}", STEP),
    "served with another term": (f"term_end = '2026-01-02' WHERE {SERVED}", STEP),
    "deemed served earlier": (f"deemed_on = '2026-01-02' WHERE {SERVED}", STEP),
    "served by nobody": (f"served_on = '2026-11-24', state = 'served' WHERE {POSTED}", STEP),
    "not served": (f"served_on = NULL, state = 'posted' WHERE {SERVED}", STEP),
    "came back another day": (f"returned_on = '2026-01-02' WHERE {CAME_BACK}", STEP),
    "did not come back": (f"returned_on = NULL, state = 'posted' WHERE {CAME_BACK}", STEP),
    "came back by itself": (f"returned_on = '2026-11-24', state = 'returned' WHERE {POSTED}", STEP),
    "cancelled by somebody else": (f"cancelled_by = 1 WHERE {CANCELLED}", STEP),
    "not cancelled": (f"cancelled_by = NULL, cancelled_at = NULL, state = 'released' WHERE {CANCELLED}", STEP),
    "cancelled by nobody": (
        f"cancelled_by = 1, cancelled_at = '2026-11-24T10:00:00Z', state = 'cancelled' WHERE {WAITS}",
        STEP,
    ),
    "in another state": (f"state = 'released' WHERE {POSTED}", STEP),
}
PRINTS = ("planned_on = '2026-01-02'", "template = 'x'", "template_sha256 = 'x'", "content_sha256 = 'x'",
          "term_end = '2030-01-01'", "made_by = 1")  # fmt: skip
EVENTS = {
    "a demand earlier": "UPDATE claim_event SET day = '2020-01-01' WHERE letter > 0",
    "another kind": "UPDATE claim_event SET kind = 'measure' WHERE letter > 0",
    "of another claim": "UPDATE claim_event SET item = item + 1 WHERE letter > 0",
    "by another letter": "UPDATE claim_event SET letter = 9 WHERE letter > 0",
    "against another debtor": "UPDATE claim_event SET debtor = 9 WHERE letter > 0",
    "no demand": "DELETE FROM claim_event WHERE letter > 0",
    "not withdrawn": "UPDATE claim_event SET withdrawn_by = NULL, withdrawn_at = NULL WHERE letter > 0 AND withdrawn_by > 0",
    "withdrawn by nobody": """UPDATE claim_event SET withdrawn_by = made_by, withdrawn_at = '2026-11-24T10:00:00Z'
        WHERE letter > 0 AND withdrawn_by IS NULL""",
    "lasts longer": "UPDATE claim_event SET until = '2030-01-01' WHERE source = 'hand' AND until = '2026-11-20'",
    "goes on": "UPDATE claim_event SET until = NULL WHERE source = 'hand' AND until = '2026-11-20'",
    "does not go on": "UPDATE claim_event SET ongoing = 0 WHERE source = 'hand'",
    "noted by somebody else": "UPDATE claim_event SET made_by = 1 WHERE source = 'hand'",
    "acknowledged more": "UPDATE claim_event SET amount_cents = 5 WHERE source = 'hand'",
    "of a relief": "UPDATE claim_event SET relief = 1 WHERE source = 'hand'",
    "noted by nobody": """INSERT INTO claim_event (office, item, id, kind, day, ongoing, source, made_by, made_at)
        SELECT office, item, 99, kind, '2026-11-01', 0, 'hand', made_by, made_at FROM claim_event WHERE letter = 1""",
}
MODELS = {
    "relief": Relief, "relief_item": ReliefItem, "relief_paid": ReliefPaid, "relief_instalment": ReliefInstalment,
    "claim_event": ClaimEvent,
}  # fmt: skip


@pytest.fixture
def town(kasse):
    """Letters in every state, legal events of every source, reliefs granted, refused and ended."""
    people = [debtor(kasse, f"Person {number}") for number in range(1, 9)]
    for at, person in enumerate(people, 1):
        item(kasse, "900,00", reference(kasse, at), person=person, profile="fee", due="2026-06-01", claim_kind="fee")
    plan = granted(kasse, wish("ratenplan", 6, schedule=Schedule(first=dt.date(2026, 12, 1), count=3))).number
    granted(kasse, wish("erlass", 7))
    delay = granted(kasse, wish("aufschub", 8, last=dt.date(2027, 3, 1))).number
    asked = propose_relief(act(kasse, "clara"), wish("stundung", 1, last=dt.date(2027, 3, 1))).number
    refuse(act(kasse, "emil"), asked, reason="kein Grund")
    kasse.today = DAY.isoformat()
    end(act(kasse, "emil"), delay, reason="nicht mehr nötig", way="failed")
    sent(kasse, propose(act(kasse, "clara"), DAY).run)
    noted(kasse)
    letter = letter_of_relief(act(kasse, "clara"), plan, day=DAY.isoformat()).letter
    release_letter(act(kasse, "emil"), letter)
    return act(kasse, "clara")


def sent(store, run):
    """Post three letters of a run: one is served, one comes back; one is cancelled, the others wait."""
    release(act(store, "emil"), run)
    act(store, "clara")
    printed(store, 1, 2, 4, 5)
    post_letters(store, [1, 2, 4], day=DAY)
    serve(store, 1, day=DAY, proof="Empfangsbekenntnis")
    task = take_return(store, 2, day=DAY, reason="unbekannt verzogen").task
    finish_task(store, task, note="neue Anschrift", inquiry=DAY)
    cancel_letter(act(store, "emil"), 3, reason="falscher Betrag")


def noted(store):
    """Note by hand what goes on and ends, and what is withdrawn."""
    act(store, "clara")
    first, last = dt.date(2026, 11, 2), dt.date(2026, 11, 20)
    note(store, "ORDNUNG/4", Note("measure", first, ongoing=True), "Pfändung")
    note(store, "ORDNUNG/4", Note("measure", first, last), "Ende der Pfändung")
    (made,) = note(store, "ORDNUNG/5", Note("measure", first), "Pfändung")
    withdraw(store, "ORDNUNG/5", made.number, "Irrtum")


def found(store):
    return [one.code for one in verify(store, proofs=PROOFS).findings]


def unseen(store, tables, attacks, proof):
    """Return the attacks after which a proof, or the one of runs, finds nothing."""
    unbound_rows(store)
    return [sql for sql in attacks if not attacked(store, tables, sql, lambda book: [*proof(book)])]


def codes(proof):
    return lambda store: {one.code for one in proof(store)}


def test_nothing_is_found_in_what_was_done_with_kasse(town):
    assert found(town) == []


def test_steps_of_letters_changed_past_kasse_are_named(town):
    unbound_rows(town)
    for name, (change, code) in LETTERS.items():
        proof = wrong_letters if code == STATE else wrong_steps
        assert attacked(town, "letter", f"UPDATE letter SET {change}", codes(proof)) == {code}, name


def test_prints_changed_past_kasse_are_named(town):
    attacks = [f"UPDATE letter_print SET {change} WHERE letter = 4" for change in PRINTS]
    assert unseen(town, "letter_print", [*attacks, "DELETE FROM letter_print WHERE letter = 4"], wrong_steps) == []


def test_address_tasks_changed_past_kasse_are_named(town):
    changes = ("party = 1", "letter = 1", "opened_on = '2026-01-01'", "done_by = 1", "done_at = NULL", "done_on = NULL",
               "done_on = '2026-12-01'", "made_by = 1", "made_at = '2026-01-01T10:00:00Z'")  # fmt: skip
    attacks = [f"UPDATE address_task SET {change}" for change in changes]
    assert unseen(town, "address_task", [*attacks, "DELETE FROM address_task"], wrong_steps) == []


def test_a_print_with_another_text_is_not_printed_again(town):
    without_guards(town, "letter_print")
    town.execute("UPDATE letter_print SET content = replace(content, 'DE02', 'DE99') WHERE letter IN (4, 5)")
    for letter in (4, 5):
        with pytest.raises(ChangedPrintError):
            print_letters(town, [letter], planned_on=DAY).letters[0].data()
    assert print_letters(town, [5], planned_on=DAY, anew=True).letters[0].data()["sum_cents"] > 0


def test_legal_events_changed_past_kasse_are_named(town):
    assert {source for (source,) in town.all("SELECT DISTINCT source FROM claim_event WHERE letter IS NULL")} > {"hand"}
    assert unseen(town, "claim_event", EVENTS.values(), wrong_events) == []


def test_legal_events_are_named_by_their_own_number(town):
    number = town.value("SELECT id FROM claim_event WHERE kind = 'demand' AND withdrawn_by > 0")
    attack = "UPDATE claim_event SET withdrawn_by = NULL, withdrawn_at = NULL WHERE kind = 'demand'"
    named = attacked(town, "claim_event", attack, lambda book: [one.fields for one in wrong_events(book)])
    assert named == [{"office": "ORDNUNG", "number": number, "state": "changed"}]


def test_whatever_changes_of_a_relief_is_named(town):
    """Every column that no decision erases, of every row beside it."""
    rows = {"relief": "id = 1", "claim_event": "relief = 1"}
    attacks = [
        f"UPDATE {table} SET {column} = {other(table, column)} WHERE {rows.get(table, 'relief = 1 AND line = 1')}"
        for table, columns in {"relief": RELIEF, **PARTS}.items() if table != "relief_paid" for column in columns
    ]  # fmt: skip
    attacks += [f"DELETE FROM {table} WHERE relief = 1" for table in PARTS if table != "relief_paid"]
    attacks.append("DELETE FROM relief WHERE id = 1")
    assert unseen(town, ("relief", *PARTS), attacks, wrong_reliefs) == []


def other(table, column):
    """Return a value that no row of the column has."""
    kind = MODELS[table].__table__.columns[column]
    if type(kind.type).__name__ in {"Text", "Day"}:
        return "'2031-12-24'"
    return "777" if kind.nullable or column == "ongoing" else f"{column} + 777"


def test_what_is_sealed_is_all_that_no_decision_erases():
    told = {"relief": RELIEF, **PARTS, "claim_event": (*PARTS["claim_event"],)}
    for table, model in MODELS.items():
        left = {one.name for one in model.__table__.columns} - set(getattr(model, "ERASABLE", ()))
        assert left == set(told[table]), table
    apart = {"office", "relief", "withdrawn_by", "withdrawn_at"}
    assert set(SEALED) | apart == {one.name for one in ClaimEvent.__table__.columns} - set(ClaimEvent.ERASABLE)


def test_a_later_step_hides_no_change(town):
    """Not even a hash told anew: each step tells what was before it."""
    without_guards(town, "relief_instalment")
    town.execute("UPDATE relief_instalment SET cents = 1 WHERE relief = 1 AND line = 1")
    end(act(town, "emil"), 1, reason="nicht bezahlt", way="failed")
    assert ROW in found(town)
