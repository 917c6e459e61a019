"""What the use of mandates leaves behind: uses and last use follow from the collections, amendments are told once."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.payments.collection_changes import CHANGED_DAY
from ledger.payments.collection_lines import Line, stored_amendment
from ledger.store.engines import Store

_OF_RUN = "id IN (SELECT k.mandate FROM collection k WHERE k.office = :office AND k.run = :run)"
PRESENTED = "c.state NOT IN ('proposed', 'discarded', 'voided')"
"""SQL: the collection `c` went to the bank, so that its mandate was used."""
SEEN = f"{PRESENTED} AND c.state NOT IN ('rejected', 'recalled')"
"""SQL: the debtor's bank saw the collection `c`."""
LAST = f"{SEEN} AND c.state <> 'returned' AND c.sequence IN ('OOFF', 'FNAL')"
"""SQL: the mandate of the collection `c` is used up by it."""
_OWN = "c.mandate = mandate.id"
_COUNT = f"""
    UPDATE mandate SET uses = (SELECT count(*) FROM collection c WHERE {_OWN} AND {SEEN}),
        last_used = coalesce((SELECT max(coalesce({CHANGED_DAY}, r.collection_day)) FROM collection c
            JOIN collection_run r ON r.office = c.office AND r.id = c.run WHERE {_OWN} AND {PRESENTED}), used_before)
    WHERE {_OF_RUN}"""
_USED_UP = f"EXISTS (SELECT 1 FROM collection c WHERE {_OWN} AND {LAST})"
_ENDS = f"UPDATE mandate SET state = 'ended', state_reason = 'used' WHERE {{which}} AND state = 'active' AND {_USED_UP}"
_END, _END_ONE = _ENDS.format(which=_OF_RUN), _ENDS.format(which="id = :mandate")
_REVIVE = f"""UPDATE mandate SET state = 'active', state_reason = NULL
    WHERE {_OF_RUN} AND state = 'ended' AND state_reason = 'used' AND NOT {_USED_UP}"""
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


def end_used(store: Store, mandate: int) -> None:
    """End a mandate that is active again although a collection used it up; inside a unit of work."""
    store.execute(_END_ONE, mandate=mandate)


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
