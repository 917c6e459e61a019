"""Items whose due day or dunning was changed past kasse are named; letters, cancelled runs and reliefs are not."""

from enforcement.course_proof_store import wrong_courses
from enforcement.dunning_release_store import release
from enforcement.dunning_undo_store import undo
from tests.attacks import attacked, without_guards
from tests.books import act
from tests.enforcement.test_dunning_release import kasse, run  # noqa: F401

DUE, DUNNED = "verify.item_due", "verify.item_dunning"
ATTACKS = {
    "falls due later": ("due = '2027-12-01'", DUE),
    "was due before": ("due = '2020-01-01'", DUE),
    "dunned on no day": ("dunned_on = NULL", DUNNED),
    "dunned again": ("dunning_level = 3", DUNNED),
    "dunned long ago": ("dunned_on = '2020-01-01'", DUNNED),
}


def found(store):
    return [(one.code, one.fields["name"]) for one in wrong_courses(store)]


def test_items_moved_past_kasse_are_named(kasse, run):  # noqa: F811
    assert found(kasse) == []
    release(act(kasse, "emil"), run.run)
    assert kasse.value("SELECT max(dunning_level) FROM item") == 1
    assert found(kasse) == []
    for name, (change, code) in ATTACKS.items():
        statement = f"UPDATE item SET {change} WHERE office = 'ORDNUNG' AND id = 1"
        assert attacked(kasse, "item", statement, found) == [(code, "ORDNUNG/1")], name


def test_a_run_taken_back_leaves_nothing_to_name(kasse, run):  # noqa: F811
    release(act(kasse, "emil"), run.run)
    undo(act(kasse, "emil"), run.run, reason="falscher Tag")
    assert found(kasse) == []
    without_guards(kasse, "item")
    kasse.execute("UPDATE item SET dunning_level = 1, dunned_on = '2026-11-24' WHERE office = 'BAU' AND id = 1")
    assert found(kasse) == [(DUNNED, "BAU/1")]
