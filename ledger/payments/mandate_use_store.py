"""What the use of mandates leaves behind: uses and last use follow from the collections, amendments are told once."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.payments.collection_changes import CHANGED_DAY
from ledger.payments.collection_lines import Line, stored_amendment
from ledger.store.engines import Store

_OF_RUN = "id IN (SELECT k.mandate FROM collection k WHERE k.office = :office AND k.run = :run)"
_PRESENTED = "c.mandate = mandate.id AND c.state NOT IN ('proposed', 'discarded', 'voided')"
_SEEN = f"{_PRESENTED} AND c.state NOT IN ('rejected', 'recalled')"
_COUNT = f"""
    UPDATE mandate SET uses = (SELECT count(*) FROM collection c WHERE {_SEEN}),
        last_used = coalesce((SELECT max(coalesce({CHANGED_DAY}, r.collection_day)) FROM collection c
            JOIN collection_run r ON r.office = c.office AND r.id = c.run WHERE {_PRESENTED}), used_before)
    WHERE {_OF_RUN}"""
_LAST = (
    f"EXISTS (SELECT 1 FROM collection c WHERE {_SEEN} AND c.state <> 'returned' AND c.sequence IN ('OOFF', 'FNAL'))"
)
_END = f"UPDATE mandate SET state = 'ended', state_reason = 'used' WHERE {_OF_RUN} AND state = 'active' AND {_LAST}"
_REVIVE = f"""UPDATE mandate SET state = 'active', state_reason = NULL
    WHERE {_OF_RUN} AND state = 'ended' AND state_reason = 'used' AND NOT {_LAST}"""
_TOLD = "UPDATE mandate_amendment SET run = :run, line = :line WHERE mandate = :mandate AND run IS NULL"
_UNTOLD = """
    UPDATE mandate_amendment SET run = NULL, line = NULL WHERE run = :run AND line IN (
        SELECT c.line FROM collection c
        WHERE c.office = :office AND c.run = :run AND c.state IN ('voided', 'rejected', 'recalled'))"""


def refresh(store: Store, office: str, run: int) -> None:
    """Count the uses of a run's mandates anew, end those that were used for the last time, revive those that were not.

    A one-off or last collection that came back may be made again (EPC016-06); what the debtor's bank never saw is told
    again. Inside a unit that holds the Kasse's office.
    """
    for sql in (_UNTOLD, _COUNT, _END, _REVIVE):
        store.execute(sql, office=office, run=run)


def tell(store: Store, run: int, lines: Iterable[Line]) -> None:
    """Note which collection tells the debtor's bank what changed with a mandate."""
    store.execute_many(
        _TOLD,
        [
            {"run": run, "line": line.line, "mandate": line.mandate}
            for line in lines
            if stored_amendment(line) is not None
        ],
    )
