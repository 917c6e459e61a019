"""Why an item stands as it does, as values: how it was made, what settled it, by which rule or whom (invariant 9)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.bank.parts import UnclearPart
from sepa.errors import N_

CLEARINGS = (
    N_("bank"), N_("assign"), N_("run"), N_("opening"), N_("setoff"), N_("reset"), N_("reversal"), N_("cash"),
)  # fmt: skip
"""Kinds of clearings, as `what` of a movement names them."""
_SOURCE = re.compile(r"(bank|suspense|advance):([A-Z0-9]{1,8})/([0-9]{1,18})")
_PERSON = ("by", "at", "batch", "step")
Evidence = Mapping[str, str | int]
"""What a decision was made on, by names; without who and when."""


@dataclass(frozen=True, slots=True)
class OrderStep:
    """Who did what with the order behind an item."""

    step: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The entry that made an item, who recorded it, and the steps of its order."""

    entry: str
    kind: str
    day: str
    source: str | None
    by: str
    at: str
    steps: tuple[OrderStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed the open amount: positive cents settle, negative ones open again.

    `rule` is the rung that decided, '' where a person or a run did; `person` is true where somebody decided, `by` who
    recorded it. `undone` where a later clearing resets it.
    """

    entry: str
    day: str
    payment_day: str
    what: str
    amount_cents: int
    left_cents: int
    rule: str
    evidence: Evidence
    person: bool
    by: str
    at: str
    undone: bool
    bank_entry: str | None = None
    bank_day: str | None = None
    payer: str | None = None
    remittance: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a part of a bank entry went: by which rule, on what evidence, to which item."""

    line: int
    rule: str
    evidence: Evidence
    target: str | None
    reference: str | None
    amount_cents: int
    person: bool
    by: str


@dataclass(frozen=True, slots=True)
class Note:
    """An event of the item: what was done with it that moved no money."""

    at: str
    by: str
    what: str
    facts: Evidence
    words: Evidence
    on_behalf: str | None = None


@dataclass(frozen=True, slots=True)
class Explained:
    """An item with everything that made it what it is; `decisions` are those about the bank entry behind a case.

    `parts` are those of the collective entry that a case comes from. A fee or charge names its `main_item`.
    """

    office: str
    item: int
    kind: str
    reference: str | None
    party: str | None
    amount_cents: int
    open_cents: int
    due: str
    reason: str | None
    origin: Origin
    movements: tuple[Movement, ...]
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]
    parts: tuple[UnclearPart, ...] = ()
    claim_kind: str | None = None
    main_item: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What an entry comes from where that is bank money: a bank entry, or a case by its number."""

    kind: str
    office: str
    number: int


def source_of(text: str | None) -> Source | None:
    """Return the bank money an entry's source names, None where it is something else.

    >>> source_of("bank:KASSE/17")
    Source(kind='bank', office='KASSE', number=17)
    """
    found = _SOURCE.fullmatch(text or "")
    return Source(found[1], found[2], int(found[3])) if found else None


def evidence_of(evidence: str | None) -> Evidence:
    """Return stored evidence without who and when.

    >>> evidence_of('{"by":4,"in":"text","reference":"1000000000015"}')
    {'in': 'text', 'reference': '1000000000015'}
    """
    known: dict[str, str | int] = json.loads(evidence or "{}")
    return {name: value for name, value in known.items() if name not in _PERSON and value != ""}


def decided_by(evidence: str | None, names: Mapping[int, str]) -> str | None:
    """Return the person who decided, None where a rule did."""
    by = json.loads(evidence or "{}").get("by")
    return None if by is None else names.get(by, str(by))
