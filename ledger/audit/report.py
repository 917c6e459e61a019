"""The report of an audit as values: money, chain, control accounts, locks, deputies, every check, what was found."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.audit.checks import Scope
from sepa.errors import KasseError


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """An account that holds money: what the books say (Kassen-Soll), what is there (Kassen-Ist), and from when.

    `source` is `statement` for a bank account, `count` for cash; without either `there_cents` is None.
    """

    office: str
    account: str
    name: str
    iban: str | None
    books_cents: int
    there_cents: int | None
    difference_cents: int | None
    source: str
    seen_on: str | None


@dataclass(frozen=True, slots=True)
class ControlLine:
    """A control account and the open items it stands for, side by side, at the end of the period."""

    office: str
    account: str
    name: str
    role: str
    books_cents: int
    items_cents: int
    difference_cents: int
    count: int
    oldest: str | None


@dataclass(frozen=True, slots=True)
class LockLine:
    """Locks of a kind: in force at the end of the period, of these without an end, set and lifted within it."""

    kind: str
    of: str
    in_force: int
    without_end: int
    set_count: int
    lifted: int


@dataclass(frozen=True, slots=True)
class DeputyLine:
    """Who stood in for whom within the period, and how often."""

    principal: str
    deputy: str
    office: str
    role: str
    since: str
    until: str
    named_by: str
    steps: int


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A check with its result: how many findings of which severity, over how much."""

    name: str
    meaning: str
    norm: str
    severity: str
    count: int
    amount_cents: int | None


@dataclass(frozen=True, slots=True)
class Chain:
    """What walking the chains found: entries and events seen, the head, and the head it was compared with."""

    entries: int
    events: int
    head: str
    against: str | None
    findings: int


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What one audit found; the findings stand in the order of the checks, the chain's first."""

    scope: Scope
    book: str
    made_at: str
    made_by: str
    chain: Chain
    money: tuple[MoneyLine, ...]
    controls: tuple[ControlLine, ...]
    locks: tuple[LockLine, ...]
    deputies: tuple[DeputyLine, ...]
    checks: tuple[CheckLine, ...]
    findings: tuple[KasseError, ...]

    def count(self, severity: str) -> int:
        """Return how many findings have a severity, as the lines of the checks count them."""
        return sum(line.count for line in self.checks if line.severity == severity)
