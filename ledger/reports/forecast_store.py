"""The forecast: which money is to come in and to go out in which week, by the due days of what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ledger.reports.balances_store import bank_balances, trial_balance
from ledger.reports.items_store import as_of
from ledger.store.engines import Store

_DUE = """
    SELECT i.kind, i.due, sum({open}) FROM item i {later}
    WHERE i.kind IN ('receivable', 'payable', 'credit') AND {open} > 0 AND i.due <= :last {wanted}
    GROUP BY i.kind, i.due"""


@dataclass(frozen=True, slots=True)
class ForecastWeek:
    """The money of a week (Monday to Sunday) by due day; overdue money stands alone, in the line without a week.

    `expected_cents` is the bank balance after the week if everything due in it comes and goes; overdue claims are not
    counted on, what the city owes and has not paid is.
    """

    week: str
    first: str | None
    last: str | None
    in_cents: int
    out_cents: int
    expected_cents: int


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the bank accounts hold at the end of the day, what is under way out and in, and the weeks after."""

    day: str
    balance_cents: int
    under_way_cents: int
    collected_cents: int
    weeks: tuple[ForecastWeek, ...]


def forecast(store: Store, day: str, weeks: int) -> Forecast:
    """Return the forecast from the end of the day for as many weeks, the running one first; inside no unit.

    Payments released and not yet debited by then are under way: they are taken off at once, and collections released
    and not yet credited are added. Due days are those of now.
    """
    here = date.fromisoformat(day)
    monday = here - timedelta(days=here.weekday())
    last = monday + timedelta(days=7 * weeks - 1)
    with store.snapshot():
        held = sum(own.balance_cents for own in bank_balances(store, day))
        under_way, collected = -_on_the_way(store, day, "transit_out"), _on_the_way(store, day, "transit_in")
        sql, values = as_of(store, _DUE, day, None, None)
        due = [(kind, due, int(cents)) for kind, due, cents in store.rows(sql, last=last.isoformat(), **values)]
    lines = [_overdue(due, day, held - under_way + collected)]
    for number in range(weeks):
        start = monday + timedelta(days=7 * number)
        lines.append(_week(due, max(start, here), start + timedelta(days=6), lines[-1].expected_cents))
    return Forecast(day, held, under_way, collected, tuple(lines))


def _on_the_way(store: Store, day: str, role: str) -> int:
    return sum(one.balance_cents for one in trial_balance(store, day).accounts if one.role == role)


def _overdue(due: list[tuple[str, str, int]], day: str, balance: int) -> ForecastWeek:
    came, went = _sums(due, "", day)
    return ForecastWeek("", None, None, came, went, balance - went)


def _week(due: list[tuple[str, str, int]], first: date, last: date, balance: int) -> ForecastWeek:
    came, went = _sums(due, first.isoformat(), (last + timedelta(days=1)).isoformat())
    year, week, _ = last.isocalendar()
    name = f"{year}-W{week:02d}"
    return ForecastWeek(name, first.isoformat(), last.isoformat(), came, went, balance + came - went)


def _sums(due: list[tuple[str, str, int]], first: str, until: str) -> tuple[int, int]:
    """Return what is to come and to go of the due days from `first` to before `until`."""
    wanted = [(kind, cents) for kind, one, cents in due if first <= one < until]
    came = sum(cents for kind, cents in wanted if kind == "receivable")
    return came, sum(cents for kind, cents in wanted if kind != "receivable")
