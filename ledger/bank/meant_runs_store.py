"""Unclear money that is as much as a run of ours under way: what a person may say it is, never decided by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from ledger.bank.suspense_store import CaseDetails
from ledger.store.engines import Store

MOST = 3
DAYS = 92
"""For how many days before its bank day the runs are looked at of which a debit may be one payment."""
What = Literal["payments", "collections"]
_WAITS = """
    SELECT r.office, r.id AS run, w.{part} AS part, sum(w.cents) AS cents
    FROM {runs} r JOIN {lines} w ON w.office = r.office AND w.run = r.id
    WHERE r.iban = :iban AND {waits} GROUP BY r.office, r.id, w.{part}"""
_UNPAID = _WAITS.format(
    runs="payment_run", lines="payment", part="file",
    waits="r.state IN ('released', 'exported') AND w.state IN ('released', 'exported')",
)  # fmt: skip
_UNCREDITED = _WAITS.format(
    runs="collection_run", lines="collection", part="batch",
    waits="r.message_id IS NOT NULL AND w.credit_entry IS NULL "
          "AND w.state IN ('released', 'exported', 'returned', 'reversed')",
)  # fmt: skip
_AS_MUCH = """
    SELECT run, 0 FROM ({waits}) p GROUP BY office, run HAVING sum(cents) = :cents
    UNION ALL
    SELECT p.run, p.part FROM ({waits}) p WHERE p.cents = :cents AND p.part > 0 AND EXISTS (
        SELECT 1 FROM ({waits}) o WHERE o.office = p.office AND o.run = p.run AND o.part <> p.part)
    ORDER BY 1, 2"""
_OF: dict[str, tuple[What, str]] = {
    "advance": ("payments", _AS_MUCH.format(waits=_UNPAID)),
    "suspense": ("collections", _AS_MUCH.format(waits=_UNCREDITED)),
}


_PAYMENTS = """
    SELECT r.id, p.line, p.cents, CASE WHEN p.state IN ('released', 'exported') THEN 1 ELSE 0 END, w.way, w.all_cents
    FROM payment_run r
    JOIN (SELECT office, run, sum(CASE WHEN state IN ('released', 'exported') THEN cents ELSE 0 END) AS way,
                 sum(cents) AS all_cents
          FROM payment WHERE state IN ('released', 'exported', 'voided', 'rejected') GROUP BY office, run) w
      ON w.office = r.office AND w.run = r.id
    JOIN payment p ON p.office = r.office AND p.run = r.id
    WHERE r.iban = :iban AND r.execution_day >= :since AND p.state IN ('released', 'exported', 'voided', 'rejected')
      AND (p.cents = :cents OR (p.state IN ('released', 'exported') AND w.way - p.cents = :cents))
    ORDER BY r.id DESC, p.line"""
Payment = Literal["one", "rest", "gone", "gone_among"]


@dataclass(frozen=True, slots=True)
class MeantPayment:
    """A payment of a run that explains the debit of a case.

    It is that `one`, under way among others; or all of its run but this one is the `rest`; or it was given up or
    refused and is all that is left of its run (`gone`), or is `gone_among` others.
    """

    run: int
    line: int
    what: Payment


@dataclass(frozen=True, slots=True)
class MeantRun:
    """A run, or one file or batch of it (0 is all), whose rest is what the case holds."""

    what: What
    run: int
    part: int


def meant_runs(store: Store, case: CaseDetails) -> tuple[MeantRun, ...]:
    """Return the runs on the account of a bank entry that wait for exactly what its case holds, at most `MOST`.

    A debit may be a payment run, a credit a collection run, which the bank booked without naming it.
    """
    cents = case.open_cents - case.bound_cents
    if case.entry is None or case.iban is None or cents <= 0:
        return ()
    what, wanted = _OF[case.kind]
    rows = store.all(wanted, iban=case.iban, cents=cents)
    return tuple(MeantRun(what, int(run), int(part)) for run, part in rows[:MOST])


def meant_payments(store: Store, case: CaseDetails, runs: Collection[MeantRun]) -> tuple[MeantPayment, ...]:
    """Return single payments of as much as the debit of a case, newest first, at most `MOST`; not those of `runs`."""
    cents = case.open_cents - case.bound_cents
    if case.entry is None or case.iban is None or case.bank_day is None or cents <= 0 or case.kind != "advance":
        return ()
    since = (dt.date.fromisoformat(case.bank_day) - dt.timedelta(days=DAYS)).isoformat()
    rows = store.all(_PAYMENTS, iban=case.iban, since=since, cents=cents)
    named = {one.run for one in runs}
    found = [
        MeantPayment(int(run), int(line), _what(cents, own, way, whole, under_way=bool(under_way)))
        for run, line, own, under_way, way, whole in rows
        if run not in named
    ]
    rests = {one.run for one in found if one.what == "rest"}
    return tuple(one for one in found if one.what != "one" or one.run not in rests)[:MOST]


def _what(cents: int, own: int, way: int, whole: int, *, under_way: bool) -> Payment:
    if under_way:
        return "rest" if way - own == cents else "one"
    return "gone" if whole == cents else "gone_among"
