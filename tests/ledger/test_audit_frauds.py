"""The audit names each seeded fraud, and finds nothing in honest traffic that looks alike."""

import pytest

from enforcement.relief_audit import CHECKS as RELIEF
from ledger.audit.audit_store import CHECKS, audit
from ledger.audit.checks import Scope
from tests.ledger.fraud_cases import ALSO, FIRST, FRAUDS, Town, honest, seed


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
