"""Attachments as they stand in the book, with what each was paid."""

from __future__ import annotations

from collections import defaultdict

from ledger.payments.attachments import Attachment, UnknownAttachmentError
from ledger.store.engines import Store

_ATTACHMENTS = """
    SELECT * FROM (
        SELECT a.id, a.party, p.name, a.kind, a.creditor, a.creditor_iban, a.text,
               dense_rank() OVER (PARTITION BY a.party, CASE WHEN a.ended_on IS NULL THEN 0 ELSE 1 END
                                  ORDER BY a.served_on, a.rank) AS place,
               a.served_on, a.sum_cents, CASE WHEN a.pays = 1 AND a.confirmed_by IS NOT NULL THEN 1 ELSE 0 END,
               a.document, a.declared_on, a.ended_on,
               coalesce((SELECT sum(m.cents) FROM payment m WHERE m.attachment = a.id
                         AND m.state NOT IN ('discarded', 'voided', 'rejected', 'returned')), 0)
        FROM attachment a JOIN party p ON p.id = a.party
        WHERE CAST(:day AS TEXT) IS NULL OR (a.served_on <= :day AND (a.ended_on IS NULL OR a.ended_on > :day))
    ) ranked
    WHERE CAST(:number AS BIGINT) IS NULL OR ranked.id = :number
    ORDER BY ranked.party, ranked.place, ranked.id"""


def attachments(store: Store, day: str | None = None) -> list[Attachment]:
    """Return all attachments, or those that hold on a day (ISO text), by party and rank."""
    return [_attachment(*row) for row in store.rows(_ATTACHMENTS, number=None, day=day)]


def attachment_named(store: Store, number: int) -> Attachment:
    """Return an attachment; raises `UnknownAttachmentError`."""
    row = store.one(_ATTACHMENTS, number=number, day=None)
    if row is None:
        raise UnknownAttachmentError(number=number)
    return _attachment(*row)


def active_attachments(store: Store, day: str) -> dict[int, list[Attachment]]:
    """Return by party the attachments that hold on a day and may still take something."""
    found: defaultdict[int, list[Attachment]] = defaultdict(list)
    for one in attachments(store, day):
        if one.left_cents != 0:
            found[one.party].append(one)
    return dict(found)


def _attachment(*row: object) -> Attachment:
    values = list(row)
    values[10] = bool(row[10])
    return Attachment(*values)  # type: ignore[arg-type]
