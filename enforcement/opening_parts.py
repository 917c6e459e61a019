"""What a take-over brings of enforcement, as rows: legal events of claims, instalment plans under way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from enforcement.relief import KINDS
from sepa.errors import N_, KasseError, Place

PLAN_KINDS = ("ratenplan", "stundung")
"""Relief that is taken over with its instalments; what else was decided is proposed anew."""


class EventRow(NamedTuple):
    """A legal event of the main claims with a reference in an office."""

    seq: int
    office: str | None = None
    reference: str | None = None
    event: str | None = None
    day: str | None = None
    until: str | None = None
    ongoing: int | None = None
    amount_cents: int | None = None
    note: str | None = None


class PlanRow(NamedTuple):
    """One instalment that is still to come; the rows of a plan share its name, the first ones tell of it."""

    seq: int
    plan: str | None = None
    kind: str | None = None
    office: str | None = None
    claims: str | None = None
    granted_on: str | None = None
    due: str | None = None
    amount_cents: int | None = None
    interest_cents: int | None = None
    plan_reference: str | None = None
    reason: str | None = None
    document: str | None = None


class EventDaysError(KasseError):
    """An event that ends before it begins, ends and goes on, or lies in the future."""

    code = "opening.event_days"
    template = N_("an event of {day} cannot last until {until}")
    hint = N_("correct day and until; ongoing is for what has no last day yet")


class PlanKindError(KasseError):
    """Relief that has no instalments."""

    code = "opening.plan_kind"
    template = N_("{kind} is no plan that can be taken over")
    hint = N_("the kinds are: {kinds}; other relief is proposed with 'kasse relief propose'")


class PlanMixedError(KasseError):
    """Rows of one plan that contradict each other."""

    code = "opening.plan_mixed"
    template = N_("rows of the plan {plan} differ in {column}")
    hint = N_("the rows of a plan have the same kind, office, claims and day; only due, amount and interest differ")


class PlanSumError(KasseError):
    """Instalments that are not what is open of the claims."""

    code = "opening.plan_sum"
    template = N_("the instalments of the plan {plan} sum to {given_cents}, open of its claims are {open_cents}")
    hint = N_("list the instalments that are still to come, interest included, and all claims that they pay")


class PlanDebtorsError(KasseError):
    """A plan about claims of several people."""

    code = "opening.plan_debtors"
    template = N_("the claims of the plan {plan} are not all owed by one person")
    hint = N_("take over one plan for each person")


class PlanTwiceError(KasseError):
    """Two instalments of a plan on one day, or a claim in two plans."""

    code = "opening.plan_twice"
    template = N_("twice in the plan {plan}: {what}")
    hint = N_("add instalments of one day together; a claim belongs to one plan")


def event_row(row: EventRow, today: str) -> tuple[EventRow, tuple[KasseError, ...]]:
    """Return an event as it is, and what is wrong with its days."""
    if row.day is None:
        return row, ()
    ends = row.until is not None and (row.until < row.day or bool(row.ongoing))
    if ends or row.day > today:
        until = dt.date.fromisoformat(row.until or row.day)
        place = Place(row=row.seq, column="day", value=row.day)
        return row, (EventDaysError(day=dt.date.fromisoformat(row.day), until=until, place=place),)
    return row, ()


def plan_row(row: PlanRow, today: str) -> tuple[PlanRow, tuple[KasseError, ...]]:
    """Return an instalment with the kind of its plan, and what is wrong with it."""
    del today
    kind = row.kind or PLAN_KINDS[0]
    if kind not in PLAN_KINDS or kind not in KINDS:
        place = Place(row=row.seq, column="kind", value=row.kind)
        return row, (PlanKindError(kind=kind, kinds=", ".join(PLAN_KINDS), place=place),)
    return row._replace(kind=kind, interest_cents=row.interest_cents or 0), ()


SHARED = ("kind", "office", "claims", "granted_on", "plan_reference", "reason", "document")
"""What the rows of a plan have in common; a blank takes what the first row says."""


def mixed(rows: Sequence[PlanRow]) -> Iterator[KasseError]:
    """Yield what rows of one plan contradict each other in."""
    head, days = rows[0], set[str]()
    for row in rows:
        for name in SHARED:
            value = getattr(row, name)
            if value is not None and value != getattr(head, name):
                yield PlanMixedError(plan=head.plan, column=name, place=Place(row=row.seq, column=name, value=value))
        if row.due in days:
            yield PlanTwiceError(plan=head.plan, what=row.due, place=Place(row=row.seq, column="due", value=row.due))
        days.add(row.due or "")
