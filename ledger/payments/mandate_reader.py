"""Mandates as they stand in the book: found by number or reference, listed, with their changes and history."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.payments.mandate_seals_store import FACT
from ledger.payments.mandates import (
    AmbiguousMandateError,
    Change,
    Mandate,
    UnknownMandateError,
    lapse_day,
    state_on,
)
from ledger.store.engines import Store
from sepa.identifiers import mandate_key

_MANDATES = """
    SELECT m.id, m.creditor_id, m.reference, m.scheme, m.usage, m.party, p.name, m.debtor_name, m.iban, m.bic, m.signed,
           m.document, m.document_sha256, m.office, m.claim_kinds, m.covers_reference, m.notice_days, m.state,
           m.state_reason, m.resume_on, m.final, m.confirmed_on, m.last_used, m.uses, m.used_before, m.valid_from
    FROM mandate m JOIN party p ON p.id = m.party
    WHERE (CAST(:mandate AS BIGINT) IS NULL OR m.id = :mandate) AND (CAST(:party AS BIGINT) IS NULL OR m.party = :party)
    ORDER BY m.id"""
_BY_REFERENCE = "SELECT DISTINCT mandate FROM mandate_reference WHERE key = :key ORDER BY mandate"
_UNTOLD = "SELECT mandate, field, old, new FROM mandate_amendment WHERE run IS NULL ORDER BY mandate, number"
_EVENTS = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.action, e.facts, d.details
    FROM event e LEFT JOIN app_user u ON u.id = e.by
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.object = :object ORDER BY e.at, e.office, e.position"""


@dataclass(frozen=True, slots=True)
class MandateEvent:
    """Something that happened to a mandate: when, who, what, and what the event says of it in words."""

    at: str
    by: str
    action: str
    text: str


def mandates(store: Store, *, party: int | None = None) -> list[Mandate]:
    """Return all mandates by number, or those of a party."""
    return [_mandate(row) for row in store.rows(_MANDATES, mandate=None, party=party)]


def mandates_in(store: Store, day: str, state: str | None = None) -> list[Mandate]:
    """Return the mandates whose state on a day is the one asked for (`lapsed` and `unconfirmed` are states as well)."""
    return [one for one in mandates(store) if state is None or state_on(one, day) == state]


def mandate_numbered(store: Store, number: int) -> Mandate:
    """Return a mandate by its number.

    Raises `UnknownMandateError`.
    """
    row = store.one(_MANDATES, mandate=number, party=None)
    if row is None:
        raise UnknownMandateError(text=str(number))
    return _mandate(row)


def find_mandate(store: Store, text: str) -> Mandate:
    """Return the mandate that a number, or a reference it has or had, stands for.

    Raises `UnknownMandateError`, `AmbiguousMandateError`.
    """
    bare = text.strip()
    if bare.isascii() and bare.isdigit() and len(bare) < 10 and store.one(_MANDATES, mandate=int(bare), party=None):
        return mandate_numbered(store, int(bare))
    found = [number for (number,) in store.rows(_BY_REFERENCE, key=mandate_key(bare))]
    if not found:
        raise UnknownMandateError(text=text)
    if len(found) > 1:
        raise AmbiguousMandateError(text=text, numbers=", ".join(map(str, found)))
    return mandate_numbered(store, found[0])


def _mandate(row: tuple[Any, ...]) -> Mandate:
    values = list(row)
    values[20] = bool(row[20])
    values.append(lapse_day(row[10], row[22]))
    return Mandate(*values)


def untold(store: Store) -> Mapping[int, list[Change]]:
    """Return by mandate the amendments that no collection has carried yet, in order."""
    found: defaultdict[int, list[Change]] = defaultdict(list)
    for mandate, *change in store.rows(_UNTOLD):
        found[mandate].append(Change(*change))
    return found


def history(store: Store, mandate: int) -> list[MandateEvent]:
    """Return everything that happened to a mandate, in order."""
    return [
        MandateEvent(at, by, action.removeprefix("mandate."), _words(facts, details))
        for at, by, action, facts, details in store.rows(_EVENTS, object=f"mandate:{mandate}")
    ]


def _words(facts: str, details: str | None) -> str:
    said = json.loads(facts) | (json.loads(details) if details else {})
    said.pop(FACT, None)  # a seal says nothing to people
    return ", ".join(f"{key}: {value}" for key, value in said.items() if value is not None and value != "")
