"""Staged rows become orders: numbered, referenced, written with their lines and first step."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.items.joint_seals_store import seal_new_orders
from ledger.items.order_seals_store import seal_orders
from ledger.items.staging_store import drop, give_references, text_type
from ledger.store.counters import take_ids
from ledger.store.engines import Row, Store

_HEADS = """
    INSERT INTO staged_order (head, office, place, total_cents)
    SELECT h.seq, h.office, row_number() OVER (PARTITION BY h.office ORDER BY h.seq), t.total_cents
    FROM (SELECT head, sum(amount_cents) AS total_cents FROM staged_row
        WHERE joint_of IS NULL GROUP BY head) t
    JOIN staged_row h ON h.seq = t.head"""
_COPIED = (
    "kind", "party", "due", "purpose", "bank_account", "profile", "claim_kind", "notice_date", "served_on", "final_on",
    "enforceable", "debt_reason", "period_from", "period_to", "joint_group", "main_reference", "document", "order_key",
    "paid_by", "purpose_code",
)  # fmt: skip
_ORDERS = f"""
    INSERT INTO cash_order (office, id, batch, state, act, total_cents, reference, foreign_reference,
        {", ".join(_COPIED)})
    SELECT o.office, o.id, :batch, 'created', CASE WHEN h.every_months IS NULL THEN 'order' ELSE 'standing' END,
        o.total_cents, h.reference, h.reference_foreign,
        {", ".join(f"h.{name}" for name in _COPIED)}
    FROM staged_order o JOIN staged_row h ON h.seq = o.head ORDER BY o.office, o.id"""
_LINES = """
    INSERT INTO cash_order_line (office, order_id, line, gl_account, amount_cents, cost_object, purpose)
    SELECT o.office, o.id, row_number() OVER (PARTITION BY s.head ORDER BY s.seq), s.gl_account, s.amount_cents,
        CASE WHEN s.product IS NULL AND s.budget_year IS NULL THEN s.cost_object ELSE rtrim(
            CASE WHEN s.budget_year IS NULL THEN '' ELSE 'haushaltsjahr=' || s.budget_year || ';' END
            || CASE WHEN s.cost_object IS NULL THEN '' ELSE 'kostenstelle=' || s.cost_object || ';' END
            || CASE WHEN s.product IS NULL THEN '' ELSE 'produkt=' || s.product || ';' END, ';') END, s.purpose
    FROM staged_row s JOIN staged_order o ON o.head = s.head ORDER BY o.office, o.id, s.seq"""
_SCHEDULES = """
    INSERT INTO standing_order (office, order_id, months, first_due, last_due)
    SELECT o.office, o.id, h.every_months, h.due, h.last_due FROM staged_order o JOIN staged_row h ON h.seq = o.head
    WHERE h.every_months IS NOT NULL ORDER BY o.office, o.id"""
_SCHEDULED = """
    SELECT s.order_id FROM staged_order o JOIN standing_order s ON s.office = o.office AND s.order_id = o.id
    WHERE o.office = :office ORDER BY s.order_id"""
_DEBTORS = """
    INSERT INTO order_debtor (office, order_id, party)
    SELECT DISTINCT o.office, o.id, s.party FROM staged_row s JOIN staged_order o ON o.head = s.joint_of
    JOIN staged_row h ON h.seq = o.head WHERE s.party <> h.party"""
_LIST = """
    SELECT o.office, o.id, h.kind, h.party, o.total_cents, h.due, h.reference, h.bank_account
    FROM staged_order o JOIN staged_row h ON h.seq = o.head ORDER BY o.office, o.id"""
_STEPS = """
    INSERT INTO order_step (office, order_id, step, by, at, exception, seen_count, seen_cents, seen_hash)
    SELECT office, id, 'created', :user, CAST(:now AS TEXT), 0, :count, :cents, :hash FROM staged_order
    ORDER BY office, id"""


def write_orders(store: Store, batch: int, source: str, total_cents: int) -> None:
    """Write the good staged rows, whose parties are known, as orders of the batch; inside a unit of work."""
    _create(store)
    _number(store)
    give_references(store)
    list_hash = hash_of(store.stream(_LIST))
    count = int(store.value("SELECT count(*) FROM staged_order"))
    store.insert_one(
        "order_batch",
        id=batch,
        source=source,
        count=count,
        total_cents=total_cents,
        list_hash=list_hash,
        created_by=store.user,
        created_at=store.now,
    )
    store.execute(_ORDERS, batch=batch)
    store.execute(_LINES)
    store.execute(_SCHEDULES)
    store.execute(_DEBTORS)
    store.execute(_STEPS, user=store.user, now=store.now, count=count, cents=total_cents, hash=list_hash)
    _note(store, batch, list_hash)
    drop(store, "staged_order")


def hash_of(rows: Iterable[Row]) -> bytes:
    """Return the SHA-256 of a list of orders as seen: office, number, kind, party, cents, due, reference, IBAN."""
    digest = sha256()
    for row in rows:
        digest.update("\x1f".join("" if value is None else str(value) for value in row).encode() + b"\n")
    return digest.digest()


def _create(store: Store) -> None:
    kind = text_type(store)
    drop(store, "staged_order")
    store.execute(
        f"""CREATE TEMPORARY TABLE staged_order (head BIGINT PRIMARY KEY, office {kind}, place BIGINT, id BIGINT,
            total_cents BIGINT)"""
    )
    store.execute(_HEADS)


def _number(store: Store) -> None:
    for office, count in store.all("SELECT office, count(*) FROM staged_order GROUP BY office ORDER BY office"):
        before = take_ids(store, office, "order", count) - 1
        sql = "UPDATE staged_order SET id = place + :before WHERE office = :office"
        store.execute(sql, office=office, before=before)


def _note(store: Store, batch: int, list_hash: bytes) -> None:
    sealed = seal_orders(store, batch) | seal_new_orders(store)
    sums = "SELECT office, count(*), sum(total_cents) FROM staged_order GROUP BY office ORDER BY office"
    for office, count, cents in store.all(sums):
        facts: dict[str, Fact] = {"count": count, "sum_cents": int(cents), "list_hash": list_hash.hex()}
        schedules = store.all(_SCHEDULED, office=office)
        facts |= sealed | seal(store, *(("standing_order", office, number) for (number,) in schedules))
        record(store, office, "order.import", f"batch:{batch}", facts)
