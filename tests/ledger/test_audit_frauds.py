"""The audit names each seeded fraud, and finds nothing in honest traffic that looks alike."""

import pytest

from enforcement.relief_audit import CHECKS as RELIEF
from ledger.audit.audit_store import CHECKS, audit
from ledger.audit.checks import Scope
from ledger.payments.collection_change_store import change
from ledger.payments.collection_reader import run_named
from ledger.payments.collection_steps_store import release, review
from tests.books import act
from tests.ledger.collection_texts import MONDAY, claims, proposed, ready
from tests.ledger.fraud_cases import ALSO, FIRST, FRAUDS, Town, honest, owner, seed
from tests.ledger.mandate_texts import mandate


def found(town):
    """Return the findings of the checks as (check, object)."""
    scope = Scope(FIRST, town.day)
    report = audit(town.by("root"), scope, checks=(*CHECKS, *RELIEF))
    own = [one for one in report.findings if one.code.startswith("audit.")]
    return {(one.code.removeprefix("audit."), one.fields.get("object")) for one in own}, own


@pytest.fixture
def town(store):
    made = Town(store)
    seed(made)
    return made


def test_every_fraud_is_named_and_honest_traffic_is_silent(town):
    honest(town)
    assert found(town)[0] == set()
    wanted = {}
    for fraud in FRAUDS:
        wanted[fraud.__name__] = fraud(town)
        town.later()
    hits, _ = found(town)
    named = {(name, what) for name, what in hits if what.startswith(wanted.get(name, "?"))}
    assert {name for name, _ in named} == set(wanted), "not named"
    assert {_explained(name, what, wanted) for name, what in hits - named} == ALSO


def _explained(name, what, wanted):
    """Return which other case a finding belongs to, else what it names."""
    case = next((case for case, object_ in wanted.items() if what.startswith(object_)), None)
    return name, case or what.partition(":")[0]


@pytest.mark.parametrize("step", ["changed", "reviewed"])
def test_whoever_looked_at_a_collection_run_and_released_it_is_named_whatever_its_columns_say(store, step):
    """Frida reviewed after Dirk, or changed the run; the run's own row has the first reviewer only."""
    ready(store)
    claims(store, "BAU 10,00 2026-11-01 Meyer 1\nBAU 20,00 2026-11-01 Meyer 2")
    mandate(store, "Meyer - 2026-01-01")
    (run,) = proposed(store).runs
    if step == "changed":
        change(act(store, "frida"), run.number, reason="x", today=MONDAY, without=(2,))
    review(act(store, "dirk"), run.number, today=MONDAY)
    if step == "reviewed":
        review(act(store, "frida"), run.number, today=MONDAY)
    cents = run_named(store, run.number).total_cents
    release(act(store, "emil"), run.number, sum_cents=cents, today=MONDAY)
    scope = Scope("2026-11-01", "2026-12-31")
    assert own_work(store, scope) == []
    frida = store.value("SELECT id FROM app_user WHERE name = 'frida'")
    owner(store, "UPDATE collection_run SET released_by = :user", "collection_run", user=frida)
    assert own_work(store, scope) == [(f"collection_run:{run.number}", "frida", step, cents)]


def own_work(store, scope):
    report = audit(act(store, "root"), scope, checks=CHECKS)
    return [
        (one.fields["object"], one.fields["user"], one.fields["step"], one.fields["amount_cents"])
        for one in report.findings
        if one.code == "audit.own_work"
    ]
