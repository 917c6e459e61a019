"""What was changed in runs before their release, as the event log has it: who, when, why, before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger.store.engines import Store

_CHANGES = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.facts, d.details FROM event e
    LEFT JOIN app_user u ON u.id = e.by
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.office = :office AND e.object = :object AND e.action = :action ORDER BY e.position"""


@dataclass(frozen=True, slots=True)
class RunChange:
    """One change of a run; `without` are the numbers taken out, `redrawn` those that got another as OLD-NEW."""

    at: str
    by: str
    reason: str
    without: str
    redrawn: str
    was_day: str
    day: str
    was_count: int
    count: int
    was_sum_cents: int
    sum_cents: int


def payment_changes(store: Store, office: str, number: int) -> tuple[RunChange, ...]:
    """Return the changes of a payment run, in order."""
    return _changes(store, office, f"run:{number}", "payment.change")


def collection_changes(store: Store, office: str, number: int) -> tuple[RunChange, ...]:
    """Return the changes of a collection run, in order."""
    return _changes(store, office, f"collection_run:{number}", "collection.change")


def _changes(store: Store, office: str, object_: str, action: str) -> tuple[RunChange, ...]:
    rows = store.rows(_CHANGES, office=office, object=object_, action=action)
    return tuple(_change(at, by, json.loads(facts), json.loads(details or "{}")) for at, by, facts, details in rows)


def _change(at: str, by: str, facts: dict[str, str], details: dict[str, str]) -> RunChange:
    return RunChange(
        at, by, details.get("reason", ""), facts["without"], facts.get("redrawn", ""), facts["was_day"], facts["day"],
        int(facts["was_count"]), int(facts["count"]), int(facts["was_sum_cents"]), int(facts["sum_cents"]),
    )  # fmt: skip
