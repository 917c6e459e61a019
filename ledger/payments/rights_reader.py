"""Whose right took part of what a run pays: said of the payment to them and of what the payee gets."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.payments.left_out import AttachedError
from ledger.payments.runs import Run
from ledger.store.engines import Store
from sepa.errors import Place

_PAID = """
    WITH s AS MATERIALIZED (
        SELECT item_office, item, line, cents, attachment FROM payment
        WHERE office = :office AND run = :run AND attachment IS NOT NULL AND state <> 'discarded')
    SELECT p.end_to_end_id, p.item_office, p.item, s.cents, a.creditor, a.id, p.line
    FROM s JOIN attachment a ON a.id = s.attachment
    JOIN payment p ON p.item_office = s.item_office AND p.item = s.item
    WHERE p.office = :office AND p.run = :run AND p.state <> 'discarded'
      AND (p.part = 0 OR p.line = s.line) AND (CAST(:line AS BIGINT) IS NULL OR p.line = :line)
    ORDER BY p.line, a.id"""
_HELD = """
    SELECT p.end_to_end_id, p.item_office, p.item,
           p.item_cents - (SELECT sum(s.cents + s.discount_cents) FROM payment s
                           WHERE s.office = p.office AND s.run = p.run AND s.item_office = p.item_office
                             AND s.item = p.item AND s.state <> 'discarded') AS held, a.creditor, a.id, p.line
    FROM payment p
    JOIN item i ON i.office = p.item_office AND i.id = p.item
    JOIN attachment a ON a.id = (
        SELECT min(b.id) FROM attachment b
        WHERE b.party = i.party AND b.ended_on IS NULL AND b.served_on <= :day AND b.made_at <= :made_at
          AND NOT EXISTS (SELECT 1 FROM payment s WHERE s.office = p.office AND s.run = p.run
                          AND s.attachment = b.id AND s.state <> 'discarded'))
    WHERE p.office = :office AND p.run = :run AND p.state <> 'discarded' AND p.part = 0 AND p.refund IS NULL
      AND (CAST(:line AS BIGINT) IS NULL OR p.line = :line)
    ORDER BY p.line"""


def rights_of(store: Store, run: Run, line: int | None = None) -> Iterator[AttachedError]:
    """Yield, for each payment of a run or for one of them, what others take of its item and by which attachment.

    What is only held back, as before the transfer of a seizure, is named too; inside `snapshot` or a unit.
    """
    given = {"office": run.office, "run": run.number, "line": line}
    held = store.rows(_HELD, day=run.execution_day, made_at=run.created_at, **given)
    taken = [*store.rows(_PAID, **given), *(row for row in held if row[3] > 0)]
    for identifier, office, item, cents, creditor, number, _ in sorted(taken, key=lambda row: (row[6], row[5])):
        place = Place(payment=identifier)
        yield AttachedError(taken_cents=cents, creditor=creditor, number=number, item=item, office=office, place=place)
