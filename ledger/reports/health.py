"""Whether the book is looked after, as checks with thresholds: what a monitoring system asks every few minutes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sepa.calendar import add_target_days
from sepa.errors import N_, Field

State = Literal["ok", "warning", "critical", "unknown"]
_SHORTEST = 4
ORDER: tuple[State, ...] = ("ok", "warning", "unknown", "critical")


@dataclass(frozen=True, slots=True)
class Limit:
    """From which value on a check warns and from which on it is critical; None: never."""

    warning: int | None
    critical: int | None

    def state(self, value: int) -> State:
        """Return what a value means."""
        if self.critical is not None and value >= self.critical:
            return "critical"
        return "warning" if self.warning is not None and value >= self.warning else "ok"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name in perfdata, its value with unit, what it means, in words."""

    name: str
    state: State
    value: int | None
    limit: Limit
    template: str
    fields: dict[str, Field]
    unit: str = ""


@dataclass(frozen=True, slots=True)
class AccountState:
    """The statements of a bank account: the last day there is one of, up to when none is missing, gaps.

    An account that `collects` is one that dunning looks at.
    """

    iban: str
    last_day: str | None
    complete_until: str | None
    gaps: int
    collects: bool = True


@dataclass(frozen=True, slots=True)
class BookState:
    """What the book says of itself: statements, unclear money, days to close, chains whose end is not as noted.

    `suspense_*` is money received, `advance_*` money paid out; `suspense_oldest` is the first day of either.
    """

    accounts: tuple[AccountState, ...]
    suspense_count: int
    suspense_cents: int
    suspense_oldest: str | None
    staged: int
    unclosed_days: int
    oldest_unclosed: str | None
    broken_heads: tuple[str, ...]
    advance_count: int = 0
    advance_cents: int = 0
    payments_lost: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds of all checks; days of statements are TARGET days, others calendar days."""

    statement_days: Limit = Limit(2, 4)
    gaps: Limit = Limit(1, None)
    suspense_days: Limit = Limit(14, 60)
    unclosed_days: Limit = Limit(3, 10)
    staged: Limit = Limit(1, None)
    payments_lost: Limit = Limit(1, None)
    law_days: Limit = Limit(7, 30)
    lock_minutes: Limit = Limit(30, 120)
    disk_percent: Limit = Limit(90, 97)
    rejected: Limit = Limit(1, None)


def worst(checks: Iterable[Check]) -> State:
    """Return the worst state of all checks."""
    return max((check.state for check in checks), key=ORDER.index, default="unknown")


def account_checks(accounts: Sequence[AccountState]) -> dict[str, AccountState]:
    """Return the accounts by the name of their check: the end of the IBAN, as long as it takes to tell them apart."""
    longest = max((len(one.iban) for one in accounts), default=0)
    names = ({f"statement_days_{one.iban[-length:]}": one for one in accounts} for length in range(_SHORTEST, longest))
    whole = {f"statement_days_{one.iban}": one for one in accounts}
    return next((named for named in names if len(named) == len(accounts)), whole)


def checks(
    state: BookState, today: dt.date, limits: Limits, own: Mapping[str, Limit] = MappingProxyType({})
) -> list[Check]:
    """Return the checks of what stands in the book; `own` are the thresholds of single accounts, by their check."""
    found = [
        _statements(name, account, today, own.get(name, limits.statement_days))
        for name, account in account_checks(state.accounts).items()
    ]
    gaps = sum(account.gaps for account in state.accounts)
    found.append(_counted("gaps", gaps, limits.gaps, N_("gaps between statements: {value}")))
    found.append(_suspense(state, today, limits.suspense_days))
    found.append(_counted("staged", state.staged, limits.staged, N_("bank entries not posted yet: {value}")))
    lost = N_("payment runs not written, on no statement or with undecided names: {value}")
    found.append(_counted("payments_lost", state.payments_lost, limits.payments_lost, lost))
    found.append(_unclosed(state, limits.unclosed_days))
    found.append(_heads(state.broken_heads))
    return found


def late_days(last: dt.date, today: dt.date) -> int:
    """Return for how many TARGET days before today there is no statement.

    >>> late_days(dt.date(2026, 11, 19), dt.date(2026, 11, 23))  # Thursday's is there on Monday, Friday's is not
    1
    """
    count, day = 0, add_target_days(last, 1)
    while day < today and count < 1000:
        count, day = count + 1, add_target_days(day, 1)
    return count


def _statements(name: str, account: AccountState, today: dt.date, limit: Limit) -> Check:
    if account.last_day is None:
        fields: dict[str, Field] = {"iban": account.iban}
        state: State = "warning" if account.collects else "ok"
        return Check(name, state, None, limit, N_("account {iban} has no statement yet"), fields)
    last = dt.date.fromisoformat(account.last_day)
    value = late_days(last, today)
    fields = {"iban": account.iban, "day": account.last_day, "value": value}
    template = N_("account {iban}: last statement of {day}, bank days missing since: {value}")
    return Check(name, limit.state(value), value, limit, template, fields)


def _counted(name: str, value: int, limit: Limit, template: str) -> Check:
    return Check(name, limit.state(value), value, limit, template, {"value": value})


def _suspense(state: BookState, today: dt.date, limit: Limit) -> Check:
    age = (today - dt.date.fromisoformat(state.suspense_oldest)).days if state.suspense_oldest else 0
    fields: dict[str, Field] = {"count": state.suspense_count, "open_cents": state.suspense_cents, "value": age}
    fields |= {"advances": state.advance_count, "advance_cents": state.advance_cents}
    template = N_("unclear: received {count}, {open_cents}; paid out {advances}, {advance_cents}; oldest {value} days")
    return Check("suspense_oldest_days", limit.state(age), age, limit, template, fields)


def _unclosed(state: BookState, limit: Limit) -> Check:
    value = state.unclosed_days
    fields: dict[str, Field] = {"value": value, "day": state.oldest_unclosed or ""}
    template = N_("days to close: {value}, from {day} on") if value else N_("days to close: {value}")
    return Check("unclosed_days", limit.state(value), value, limit, template, fields)


def _heads(broken: Sequence[str]) -> Check:
    limit = Limit(None, 1)
    fields: dict[str, Field] = {"value": len(broken), "offices": ", ".join(broken)}
    template = N_("the chain does not end as noted in: {offices}") if broken else N_("the chains end as noted")
    return Check("broken_heads", limit.state(len(broken)), len(broken), limit, template, fields)
