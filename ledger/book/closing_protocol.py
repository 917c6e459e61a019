"""The protocol of a closing as values: what two people sign and what is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

ReasonCode = Literal["", "no_banking_day", "given"]
ClosingKind = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A bank account in the protocol: opening + in - out = balance, and what the bank says.

    `bank_cents` is the closing balance of the day's statement. Without one it is carried: the last one before (or the
    balance taken over) and what the bank booked since; `reason_code` then says why there is none.
    """

    iban: str
    name: str
    office: str
    account: str
    opening_cents: int
    in_cents: int
    out_cents: int
    balance_cents: int
    statement: str
    statement_day: str | None
    bank_cents: int
    difference_cents: int
    reason_code: ReasonCode = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be closed: the days from the first to the last, its bank accounts, and what its checks need beside.

    `period` is `2026-11-20`, `2026-11` or `2026`; `reasons` says by IBAN why a statement is missing.
    """

    kind: ClosingKind
    period: str
    first_day: str
    last_day: str
    accounts: tuple[AccountLine, ...] = ()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """How a check before the closing ended: how much it found, none of which stood against the closing."""

    code: str
    notes: int


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day that is closed and how many entries it has."""

    day: str
    entries: int


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """The entries of an office in the closed days: how many, from which number to which."""

    office: str
    year: int
    entries: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TransitLine:
    """Money in transit: what an account for it holds, debit positive."""

    office: str
    account: str
    name: str
    balance_cents: int


@dataclass(frozen=True, slots=True)
class FloatingLine:
    """A Schwebeposten: a bank entry of a day closed before, posted on a later one."""

    number: str
    account: str
    bank_day: str
    posting_day: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class AgeLine:
    """Unclear money of an age: `to_days` is None in the last group."""

    kind: str
    from_days: int
    to_days: int | None
    count: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class DayProtocol:
    """What two people sign: the days, the accounts, what is unclear or under way, and the head of the book.

    Persons are user numbers: their names are resolved when the protocol is shown.
    """

    year: int
    number: int
    first_day: str
    last_day: str
    closed_by: int
    closed_at: str
    head: str
    accounts: tuple[AccountLine, ...]
    days: tuple[DayLine, ...]
    offices: tuple[OfficeLine, ...]
    ages: tuple[AgeLine, ...]
    transit: tuple[TransitLine, ...]
    floating: tuple[FloatingLine, ...]
    checks: tuple[CheckLine, ...] = ()
    format: int = 1

    @property
    def label(self) -> str:
        """The protocol's number as people write it: `2026/17`."""
        return f"{self.year}/{self.number}"


_PARTS = {
    "accounts": AccountLine, "days": DayLine, "offices": OfficeLine, "ages": AgeLine, "transit": TransitLine,
    "floating": FloatingLine, "checks": CheckLine,
}  # fmt: skip


def protocol_text(protocol: DayProtocol) -> str:
    """Return the protocol as it is stored: JSON with sorted keys, written once and never again."""
    return json.dumps(asdict(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_protocol(text: str) -> DayProtocol:
    """Return the protocol that was stored."""
    values: dict[str, Any] = json.loads(text)
    for name, kind in _PARTS.items():
        values[name] = tuple(kind(**row) for row in values[name])
    return DayProtocol(**values)
