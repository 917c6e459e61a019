"""Items of a run that were paid, returned or refused before: by which payment, why, and who said so."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ledger.payments.before import ItemPaidBeforeError, NamedReturnError, RefusedBeforeError, ReturnedBeforeError
from ledger.payments.warnings_sql import OF_RUN
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

_BEFORE = f"""
    SELECT p.end_to_end_id, p.item_office, p.item, p.refund, q.office, q.run, q.line, q.state, q.cents, q.creditor_iban,
           coalesce((SELECT c.execution_day FROM payment_run_change c WHERE c.office = r.office AND c.run = r.id
                     ORDER BY c.revision DESC LIMIT 1), r.execution_day),
           coalesce((SELECT max(k.reason) FROM item_lock k WHERE k.office = p.item_office AND k.item = p.item
                     AND k.kind = 'payment' AND (k.reason = 'R' || q.run || '-' || q.line
                     OR k.reason LIKE 'R' || q.run || '-' || q.line || ' %'
                     OR k.reason LIKE q.end_to_end_id || ': %')),
                    (SELECT max(s.reason) FROM payment_report s WHERE s.office = q.office AND s.run = q.run
                     AND s.file = q.file AND s.kind = 'status' AND s.status = 'RJCT'), '')
    FROM payment p JOIN payment q ON q.item_office = p.item_office AND q.item = p.item
    JOIN payment_run r ON r.office = q.office AND r.id = q.run
    WHERE {OF_RUN} AND q.run <> p.run AND q.part = p.part AND q.state IN ('executed', 'returned', 'rejected')
    ORDER BY p.line, q.run DESC, q.line DESC"""
_NAMED = """
    SELECT e.facts, coalesce(u.name, CAST(e.by AS TEXT)) FROM event e LEFT JOIN app_user u ON u.id = e.by
    WHERE e.office = :office AND e.object = :object AND e.action = 'payment.came_back' ORDER BY e.position"""


class _Before(NamedTuple):
    end_to_end_id: str
    item_office: str
    item: int
    refund: int | None
    office: str
    run: int
    line: int
    state: str
    cents: int
    iban: str
    day: str
    reason: str


def paid_before(store: Store, of_run: Mapping[str, str | int]) -> Iterator[KasseError]:
    """Yield what became of the last payment that another run made for each item of a run.

    One credit may be paid back in parts: earlier refunds of it that were executed say nothing.
    """
    seen: set[str] = set()
    by_hand: dict[tuple[str, int], dict[int, tuple[int, str]]] = {}
    for row in store.all(_BEFORE, **of_run):
        one = _Before(*row)
        if one.end_to_end_id in seen or (one.state == "executed" and one.refund is not None):
            continue
        seen.add(one.end_to_end_id)
        key = one.office, one.run
        if one.state == "returned" and key not in by_hand:
            by_hand[key] = dict(_named(store, *key))
        yield _finding(one, by_hand.get(key, {}).get(one.line))


def _named(store: Store, office: str, run: int) -> Iterator[tuple[int, tuple[int, str]]]:
    """Yield which payments of a run a person said came back: line, case, who."""
    for facts, user in store.rows(_NAMED, office=office, object=f"run:{run}"):
        known = json.loads(facts)
        yield int(known["line"]), (int(known["case"]), user)


def _finding(one: _Before, named: tuple[int, str] | None) -> KasseError:
    before, place, day = f"{one.run}-{one.line}", Place(payment=one.end_to_end_id), dt.date.fromisoformat(one.day)
    why = one.reason.removeprefix(f"R{before}").strip().split(f"-R{before}: ", 1)[-1] or "-"
    about: dict[str, Any] = {"office": one.item_office, "item": one.item, "before": before}
    if one.state == "executed":
        return ItemPaidBeforeError(paid_cents=one.cents, day=day, place=place, **about)
    if one.state == "rejected":
        return RefusedBeforeError(iban=one.iban, why=why, day=day, place=place, **about)
    if named is None:
        return ReturnedBeforeError(iban=one.iban, why=why, day=day, place=place, **about)
    return NamedReturnError(case=named[0], user=named[1], why=why, day=day, place=place, **about)
