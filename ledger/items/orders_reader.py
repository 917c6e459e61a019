"""Orders as people and scripts read them: lists, and one order with its lines, steps and entry."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.book.offices_store import check_office
from ledger.items.order_decisions import UnknownBatchError, UnknownOrderError
from ledger.items.orders import order_number
from ledger.store.engines import Row, Store

_LIST = """
    SELECT o.office, o.id, o.state, o.kind, p.name, o.due, o.total_cents, o.reference, o.purpose, o.batch,
        o.bank_account
    FROM cash_order o JOIN party p ON p.id = o.party
    WHERE (:state = '' OR o.state = :state) AND (:office = '' OR o.office = :office)
    AND (:batch = 0 OR o.batch = :batch) ORDER BY o.office, o.id"""
_DETAILS = (
    "profile", "claim_kind", "notice_date", "served_on", "final_on", "debt_reason", "period_from", "period_to",
    "joint_group", "main_reference", "document", "order_key",
)  # fmt: skip
_ONE = f"""
    SELECT p.id, p.street, p.house_number, p.postcode, p.town, p.country, p.birth_date,
        CASE WHEN o.kind = 'receivable' AND o.foreign_reference = 1 THEN 1 END,
        o.enforceable, {", ".join(f"o.{name}" for name in _DETAILS)}
    FROM cash_order o JOIN party p ON p.id = o.party WHERE o.office = :office AND o.id = :id"""
_LINES = """SELECT line, gl_account, amount_cents, cost_object, purpose FROM cash_order_line
            WHERE office = :office AND order_id = :id ORDER BY line"""
_STEPS = """SELECT s.step, coalesce(u.name, CAST(s.by AS TEXT)), s.at, s.seen_count, s.seen_cents, s.reason
            FROM order_step s LEFT JOIN app_user u ON u.id = s.by
            WHERE s.office = :office AND s.order_id = :id
            ORDER BY CASE s.step WHEN 'created' THEN 1 WHEN 'certified' THEN 2 WHEN 'approved' THEN 3 ELSE 4 END"""
_ITEM = """SELECT i.id, i.account, i.open_cents, e.posting_day, e.year, e.number FROM item i
           JOIN entry e ON e.office = i.office AND e.position = i.position
           WHERE i.office = :office AND i.order_id = :id"""


@dataclass(frozen=True, slots=True)
class OrderSummary:
    """An order in a list: days are ISO text."""

    number: str
    office: str
    state: str
    kind: str
    name: str
    due: str
    amount_cents: int
    reference: str | None
    purpose: str
    batch: int
    bank_account: str | None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of the coding."""

    line: int
    gl_account: str
    amount_cents: int
    cost_object: str | None
    purpose: str | None


@dataclass(frozen=True, slots=True)
class OrderStep:
    """Who did what, when, and what they saw: how many orders of what sum."""

    step: str
    by: str
    at: str
    seen_count: int
    seen_cents: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class OrderItem:
    """The open item that acceptance made, and the entry that made it."""

    item: int
    account: str
    open_cents: int
    posting_day: str
    entry: str


@dataclass(frozen=True, slots=True)
class OrderDetails:
    """One order whole; `facts` holds address and the other columns that are filled."""

    order: OrderSummary
    party: int
    facts: dict[str, str | int]
    lines: tuple[OrderLine, ...]
    steps: tuple[OrderStep, ...]
    item: OrderItem | None = field(default=None)


def list_orders(
    store: Store, *, state: str | None = None, office: str | None = None, batch: int | None = None
) -> list[OrderSummary]:
    """Return the orders in a state, of an office, of a batch, by office and number.

    Raises `UnknownBatchError` and `UnknownOfficeError`.
    """
    if office is not None:
        check_office(store, office)
    if batch is not None and store.value("SELECT 1 FROM order_batch WHERE id = :batch", batch=batch) is None:
        raise UnknownBatchError(batch=batch)
    rows = store.rows(_LIST, state=state or "", office=office or "", batch=batch or 0)
    return [OrderSummary(order_number(row[0], row[1]), row[0], *row[2:]) for row in rows]


def show_order(store: Store, office: str, number: int) -> OrderDetails:
    """Return one order with everything that belongs to it.

    Raises `UnknownOrderError`.
    """
    with store.snapshot():
        found = store.one(
            _LIST.replace("ORDER BY", "AND o.id = :id ORDER BY"), state="", office=office, batch=0, id=number
        )
        if found is None:
            raise UnknownOrderError(order=order_number(office, number))
        row = store.one(_ONE, office=office, id=number)
        assert row is not None
        names = ("street", "house_number", "postcode", "town", "country", "birth_date", "reference_foreign",
                 "enforceable", *_DETAILS)  # fmt: skip
        return OrderDetails(
            order=OrderSummary(order_number(office, number), office, *found[2:]),
            party=row[0],
            facts={name: value for name, value in zip(names, row[1:], strict=True) if value is not None},
            lines=tuple(OrderLine(*line) for line in store.rows(_LINES, office=office, id=number)),
            steps=tuple(OrderStep(*step) for step in store.rows(_STEPS, office=office, id=number)),
            item=_item(office, store.one(_ITEM, office=office, id=number)),
        )


def _item(office: str, row: Row | None) -> OrderItem | None:
    if row is None:
        return None
    item, account, open_cents, posting_day, year, number = row
    return OrderItem(item, account, open_cents, posting_day, f"{office}-{year}-{number}")
