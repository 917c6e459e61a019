"""Unclear money that is as much as a run of ours under way: what a person may say it is, never decided by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ledger.bank.suspense_store import CaseDetails
from ledger.store.engines import Store

MOST = 3
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
