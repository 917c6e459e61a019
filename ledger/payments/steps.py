"""Steps of a run beyond the plain way: changed before its release, on a day that is still to come."""

from __future__ import annotations

import datetime as dt

from ledger.payments.runs import Run
from sepa.calendar import next_target_day
from sepa.errors import N_, KasseError


class ProposedInThePastError(KasseError):
    """A run proposed as of a day that is over."""

    code = "payment.past"
    template = N_("a run cannot be proposed as of {day}, that day is over")
    hint = N_("leave --on away; to see what was due then use 'kasse report open-items'")


class ExecutionDayOverError(KasseError):
    """A release of a run whose execution day is over."""

    code = "payment.day_over"
    template = N_("run {run} was to be paid on {day}, that day is over")
    hint = N_("change it with 'kasse payment change {run} --day {next} --reason …' and have it reviewed again")


class ChangeReasonError(KasseError):
    """A run is changed without a reason."""

    code = "payment.change_reason"
    template = N_("no reason is given for changing run {run}")
    hint = N_("say with --reason why; whoever releases the run reads it")


class NothingToChangeError(KasseError):
    """A change that changes nothing."""

    code = "payment.no_change"
    template = N_("nothing of run {run} would change")
    hint = N_("name payments to take out with --without LINE, or another day with --day DATE")


class DiscountOverError(KasseError):
    """A discount that does not hold on the day a run is moved to."""

    code = "payment.discount_over"
    template = N_("payment {run}-{line} keeps off {discount_cents}, which is possible until {day} only")
    hint = N_("leave it out with --without {line}; the next run pays what is due then")


class DiscountsOverError(KasseError):
    """A run is moved to a day on which discounts are lost that its payments keep off."""

    code = "payment.discounts_over"
    template = N_("run {run} keeps off discounts that do not hold on {day}: {count}")
    hint = N_("choose an earlier day, or take these payments out in the same step: "
              "'kasse payment change {run} --day DATE --without LINE --reason …'")  # fmt: skip


class UnknownLineError(KasseError):
    """A payment that the run does not have."""

    code = "payment.line"
    template = N_("run {run} has no payment {line} that could be taken out")
    hint = N_("see 'kasse payment show {run}' for its payments")


class EmptyRunError(KasseError):
    """A change that would leave no payment."""

    code = "payment.empty"
    template = N_("no payment would be left in run {run}")
    hint = N_("give it up with 'kasse payment discard {run} --reason …'")


def check_present(today: dt.date, now: str) -> None:
    """Check that a run is not proposed as of a day that is over; `now` is the time stamp of the command.

    Raises `ProposedInThePastError`.
    """
    if today.isoformat() < now[:10]:
        raise ProposedInThePastError(day=today)


def check_day(run: Run, today: dt.date) -> None:
    """Check that the execution day of a run is not over.

    Raises `ExecutionDayOverError`.
    """
    day = dt.date.fromisoformat(run.execution_day)
    if day < today:
        raise ExecutionDayOverError(run=run.number, day=day, next=next_target_day(today))
