"""The protocol of a closing as values: what two people sign and what is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ledger.book.closing_findings import UnreadableProtocolError
from sepa.errors import KasseError

ReasonCode = Literal["", "no_banking_day", "given"]
ClosingKind = Literal["day", "month", "year"]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """A bank account in the protocol: opening + in - out = balance, and what the bank says.

    `bank_cents` is the closing balance of the day's statement. Without one it is carried: the last one before and what
    the bank booked since; `reason_code` then says why there is none. Where no statement was ever read it is None, and
    `difference_cents` is to the balance taken over and what the bank booked since.
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
    bank_cents: int | None
    difference_cents: int
    reason_code: ReasonCode = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be closed: the days from the first to the last, and what its checks need beside.

    `period` is `2026-11-20`, `2026-11` or `2026`; `reasons` says by IBAN why a statement is missing, and by
    `OFFICE:ACCOUNT` what explains a balance; `parts` are the parts of the protocol by their names, `waiting` what
    of these days still waits for a step.
    """

    kind: ClosingKind
    period: str
    first_day: str
    last_day: str
    reasons: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    waiting: tuple[KasseError, ...] = ()


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
    """Money in transit: what an account for it holds, debit positive, and what explains it.

    `since_cents` was posted after the last day, `under_way_cents` is what runs have under way now: the balance and what
    came since are together what is under way. Where no run stands behind the account (money between own accounts, a
    Kassenfehlbetrag) both are None and `reason` explains it.
    """

    office: str
    account: str
    name: str
    balance_cents: int
    since_cents: int | None = None
    under_way_cents: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class DeskLine:
    """A cash desk or imprest fund in the protocol of a day: Soll, Ist of its last signed count, differences booked."""

    desk: str
    kind: str
    name: str
    office: str
    account: str
    holder: str
    balance_cents: int
    counted_cents: int | None
    difference_cents: int
    count: int | None
    counted_on: str | None
    state: str


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A closing that belongs to this one: a day of a month, a month of a year; `period` is its last day or month."""

    period: str
    protocol: str
    entries: int
    confirmed: bool


@dataclass(frozen=True, slots=True)
class GapLine:
    """The numbers of an office in a year up to now: how many entries, what is missing, out of time, broken off."""

    office: str
    year: int
    entries: int
    missing: int
    out_of_time: int
    aborted: int


@dataclass(frozen=True, slots=True)
class ControlLine:
    """A control account and its open items at the end of the last day, both debit positive."""

    office: str
    account: str
    name: str
    count: int
    items_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class BetweenLine:
    """The Verrechnung of two offices: what each says of the other; together they are zero."""

    office: str
    other: str
    balance_cents: int
    back_cents: int


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What an account of income or expense came to in the year, debit positive, and how much of it is carried."""

    office: str
    account: str
    name: str
    kind: str
    balance_cents: int
    carried_cents: int


@dataclass(frozen=True, slots=True)
class StockLine:
    """An account whose balance goes on into the next year, debit positive; `closing_cents` of it is of period 13."""

    office: str
    account: str
    name: str
    kind: str
    closing_cents: int
    balance_cents: int


@dataclass(frozen=True, slots=True)
class RestLine:
    """Kassenreste: what is open on an account at the end of the year and goes on; overdue was due before that day."""

    office: str
    kind: str
    account: str
    count: int
    open_cents: int
    overdue_cents: int


@dataclass(frozen=True, slots=True)
class UnclearLine:
    """A case of unclear money that goes on into the next year, named by its number, without personal data."""

    office: str
    item: int
    kind: str
    day: str
    age_days: int
    open_cents: int


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
class Protocol:
    """What two people sign: the period, how the checks ended, what the accounts hold, and the head of the book.

    Each kind of closing fills the parts it has. Persons are user numbers: names are resolved when it is shown.
    """

    kind: ClosingKind
    period: str
    year: int
    number: int
    first_day: str
    last_day: str
    closed_by: int
    closed_at: str
    head: str
    checks: tuple[CheckLine, ...] = ()
    accounts: tuple[AccountLine, ...] = ()
    days: tuple[DayLine, ...] = ()
    periods: tuple[PeriodLine, ...] = ()
    offices: tuple[OfficeLine, ...] = ()
    gaps: tuple[GapLine, ...] = ()
    ages: tuple[AgeLine, ...] = ()
    controls: tuple[ControlLine, ...] = ()
    transit: tuple[TransitLine, ...] = ()
    between: tuple[BetweenLine, ...] = ()
    floating: tuple[FloatingLine, ...] = ()
    results: tuple[ResultLine, ...] = ()
    stocks: tuple[StockLine, ...] = ()
    rests: tuple[RestLine, ...] = ()
    unclear: tuple[UnclearLine, ...] = ()
    desks: tuple[DeskLine, ...] = ()
    format: int = 1

    @property
    def label(self) -> str:
        """The protocol's number as people write it: `2026/17`."""
        return f"{self.year}/{self.number}"


PARTS: Mapping[str, type] = {
    "checks": CheckLine, "accounts": AccountLine, "days": DayLine, "periods": PeriodLine, "offices": OfficeLine,
    "gaps": GapLine, "ages": AgeLine, "controls": ControlLine, "transit": TransitLine, "between": BetweenLine,
    "floating": FloatingLine, "results": ResultLine, "stocks": StockLine, "rests": RestLine, "unclear": UnclearLine,
    "desks": DeskLine,
}  # fmt: skip
"""The parts of a protocol in the order in which it shows them."""


def protocol_text(protocol: Protocol) -> str:
    """Return the protocol as it is stored: JSON with sorted keys, written once and never again."""
    return json.dumps(asdict(protocol), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_protocol(text: str) -> Protocol:
    """Return the protocol that was stored; raises `UnreadableProtocolError`."""
    try:
        values: dict[str, Any] = json.loads(text)
        for name, kind in PARTS.items():
            values[name] = tuple(kind(**row) for row in values[name])
        return Protocol(**values)
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableProtocolError from error
