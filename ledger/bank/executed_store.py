"""Payment runs that the bank has booked: what is left of them is executed, and they are closed."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.events.store import record
from ledger.store.engines import Row, Store

_MARK_RUN = """
    UPDATE payment SET state = 'executed', active = 0, bank_office = :bank_office, bank_entry = :bank_entry
    WHERE office = :office AND run = :run AND (:file = 0 OR file = :file) AND state IN ('released', 'exported')"""
_CLOSE_RUN = """
    UPDATE payment_run SET state = 'executed'
    WHERE office = :office AND id = :run AND state IN ('released', 'exported') AND NOT EXISTS (
        SELECT 1 FROM payment p WHERE p.office = :office AND p.run = :run
        AND p.state IN ('proposed', 'released', 'exported'))"""
_EXECUTED = """
    SELECT count(*), coalesce(sum(cents), 0) FROM payment
    WHERE office = :office AND run = :run AND state = 'executed'"""


def execute_runs(store: Store, booked: Iterable[Row], also: Iterable[tuple[str, int]] = ()) -> None:
    """Mark what is left of runs as executed, and close the runs of which nothing is left; inside a unit.

    `booked` are (office, run, file or 0, office and number of the bank entry); `also` are runs of which single
    payments were executed.
    """
    touched = {(str(office), int(run)) for office, run in also}
    for office, run, file, bank_office, bank_entry in booked:
        given = {"bank_office": bank_office, "bank_entry": bank_entry, "file": file}
        store.execute(_MARK_RUN, office=office, run=run, **given)
        touched.add((office, run))
    for office, run in sorted(touched):
        store.execute(_CLOSE_RUN, office=office, run=run)
        done = store.one(_EXECUTED, office=office, run=run)
        assert done is not None, "a count has a row"
        record(store, office, "payment.execute", f"run:{run}", {"payments": done[0], "cents": done[1]})
