"""One order written by itself, not from a list: its batch of one, its lines, its first step, its event."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ledger.events.store import Fact, record
from ledger.items.joint_seals_store import follow_joint
from ledger.items.order_changes import MadeOrder
from ledger.items.order_seals_store import seal_orders
from ledger.items.order_write_store import hash_of
from ledger.items.orders import order_number
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be written; a transfer names the contra account to which the amount goes."""

    line: int
    gl_account: str
    amount_cents: int
    cost_object: str | None = None
    purpose: str | None = None
    contra_office: str | None = None
    contra_account: str | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to be written in the state `created`; its amount is that of its lines."""

    office: str
    kind: str
    act: str
    due: str
    purpose: str
    lines: Sequence[NewLine]
    source: str
    party: int | None = None
    reference: str | None = None
    foreign_reference: int = 0
    bank_account: str | None = None
    profile: str | None = None
    claim_kind: str | None = None
    notice_date: str | None = None
    main_reference: str | None = None
    period_from: str | None = None
    document: str | None = None
    changes: int | None = None
    as_credit: int = 0
    paid_by: str | None = None
    purpose_code: str | None = None


_FIELDS = (
    "office", "kind", "act", "due", "purpose", "party", "reference", "foreign_reference", "bank_account", "profile",
    "claim_kind", "notice_date", "main_reference", "period_from", "document", "changes", "as_credit",
    "paid_by", "purpose_code",
)  # fmt: skip


def write_order(store: Store, new: NewOrder, more: Callable[[int], Mapping[str, Fact]] = lambda _: {}) -> MadeOrder:
    """Write an order and return its number; inside a unit that holds its office, after rights were checked.

    `more` writes what hangs on the order, given its number, and returns the facts about it.
    """
    batch, number = take_ids(store, BOOK, "order_batch"), take_ids(store, new.office, "order")
    total = sum(line.amount_cents for line in new.lines)
    seen = (new.office, number, new.kind, new.party, total, new.due, new.reference, new.bank_account)
    digest = hash_of([seen])
    _write_batch(store, batch, new.source, total, digest)
    values = {name: getattr(new, name) for name in _FIELDS}
    store.insert_one("cash_order", id=number, batch=batch, state="created", total_cents=total, **values)
    _write_lines(store, new, number)
    store.insert_one(
        "order_step",
        office=new.office,
        order_id=number,
        step="created",
        by=store.user,
        at=store.now,
        exception=0,
        seen_count=1,
        seen_cents=total,
        seen_hash=digest,
    )
    name = order_number(new.office, number)
    changed = order_number(new.office, new.changes) if new.changes is not None else None
    known: dict[str, Fact] = {"act": new.act, "sum_cents": total, "changes": changed, "list_hash": digest.hex()}
    known |= seal_orders(store, batch)
    if new.changes is not None and new.act in ("increase", "standing"):
        known |= follow_joint(store, new.office, number, new.changes, new.party, new.period_from)
    record(store, new.office, "order.make", f"order:{name}", {**known, **more(number)})
    return MadeOrder(name, new.act, new.kind, total, batch, changed)


def _write_batch(store: Store, batch: int, source: str, total: int, digest: bytes) -> None:
    store.insert_one(
        "order_batch",
        id=batch,
        source=source,
        count=1,
        total_cents=total,
        list_hash=digest,
        created_by=store.user,
        created_at=store.now,
    )


def _write_lines(store: Store, new: NewOrder, number: int) -> None:
    columns = (
        "office", "order_id", "line", "gl_account", "amount_cents", "cost_object", "purpose", "contra_office",
        "contra_account",
    )  # fmt: skip
    rows = [
        (new.office, number, one.line, one.gl_account, one.amount_cents, one.cost_object, one.purpose,
         one.contra_office, one.contra_account)
        for one in new.lines
    ]  # fmt: skip
    store.insert("cash_order_line", columns, rows)
