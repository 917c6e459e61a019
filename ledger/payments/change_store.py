"""Changing a run before its release: payments taken out, another day; what was proposed stays on record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.payments.discounts_reader import discounts
from ledger.payments.runs import ROLES, Run, check_step
from ledger.payments.runs import list_hash as hash_lines
from ledger.payments.runs_reader import lines, run_named, seen_facts
from ledger.payments.steps import (
    ChangeReasonError,
    DiscountOverError,
    DiscountsOverError,
    EmptyRunError,
    NothingToChangeError,
    UnknownLineError,
    check_day,
)
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.calendar import next_target_day
from sepa.errors import Place

_TAKE_OUT = """
    UPDATE payment SET state = 'discarded', active = 0
    WHERE office = :office AND run = :run AND line = :line AND state = 'proposed'"""
_BACK = "UPDATE payment_run SET state = 'proposed' WHERE office = :office AND id = :run AND state = 'reviewed'"
_COLUMNS = ("office", "run", "revision", "execution_day", "count", "total_cents", "list_hash")


def change(
    store: Store,
    number: int,
    *,
    reason: str,
    today: dt.date,
    without: Sequence[int] = (),
    day: dt.date | None = None,
) -> Run:
    """Take payments out of a run that is not released, or give it another execution day; return the run.

    It must be reviewed again, and whoever changed it cannot release it. Raises `UnknownRunError`, `RunStateError`,
    `ChangeReasonError`, `NothingToChangeError`, `UnknownLineError`, `EmptyRunError`, `DiscountsOverError`,
    `ExecutionDayOverError`, `NotAllowedError`.
    """
    require(store, run_named(store, number).office, *ROLES["change"])
    if not reason.strip():
        raise ChangeReasonError(run=number)
    with store.unit(office_codes(store)):
        run = run_named(store, number)
        check_step(run, "change")
        wanted = _day(run, day)
        if not without and wanted == run.execution_day:
            raise NothingToChangeError(run=number)
        for line in sorted(set(without)):
            if not store.execute(_TAKE_OUT, office=run.office, run=number, line=line):
                raise UnknownLineError(run=number, line=line)
        _check_discounts(store, run, dt.date.fromisoformat(wanted))
        _revise(store, run, wanted)
        changed = run_named(store, number)
        check_day(changed, today)
        store.execute(_BACK, office=run.office, run=number)
        was = {f"was_{name}": value for name, value in seen_facts(run).items()} | {"was_day": run.execution_day}
        facts = seen_facts(changed) | was | {"without": " ".join(map(str, sorted(set(without)))), "day": wanted}
        record(store, run.office, "payment.change", f"run:{number}", facts, {"reason": reason})
        return run_named(store, number)


def _day(run: Run, day: dt.date | None) -> str:
    if day is None:
        return run.execution_day
    return (day if run.instant else next_target_day(day)).isoformat()


def _check_discounts(store: Store, run: Run, day: dt.date) -> None:
    """Check that every discount that the run still keeps off holds on its new day; inside the unit of the change."""
    over = [
        DiscountOverError(
            run=run.number, line=kept.line, discount_cents=kept.cents, day=kept.last,
            place=Place(payment=kept.end_to_end_id),
        )
        for kept in discounts(store, run)
        if kept.last < day
    ]  # fmt: skip
    if over:
        raise DiscountsOverError(run=run.number, day=day, count=len(over), findings=tuple(over))


def _revise(store: Store, run: Run, day: str) -> None:
    """Write down the figures of the run as it is now."""
    left = list(lines(store, run))
    if not left:
        raise EmptyRunError(run=run.number)
    total, digest = sum(line.cents for line in left), hash_lines(run.head(day), left)
    row = (run.office, run.number, run.revision + 1, day, len(left), total, digest)
    store.insert("payment_run_change", _COLUMNS, [row])
