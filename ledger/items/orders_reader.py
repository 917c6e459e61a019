"""Orders as people and scripts read them: lists, and one order with its lines, steps and entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.book.offices_store import check_office
from ledger.items.order_decisions import NEXT_ROLE, UnknownBatchError, UnknownOrderError
from ledger.items.orders import order_number
from ledger.keeping.erasing import RESTRICTED_NAME
from ledger.keeping.restriction_store import ACTIVE, check_sight, may_see
from ledger.store.engines import Row, Store

_LIST = f"""
    SELECT o.office, o.id, o.state, o.kind,
        coalesce(CASE WHEN :sees = 0 AND p.id IN ({ACTIVE}) THEN '{RESTRICTED_NAME}' ELSE p.name END, ''),
        o.due, o.total_cents, o.reference, o.purpose, o.batch, o.bank_account, o.act, o.changes,
        CASE WHEN o.changes IS NULL AND o.act IN ('reduction', 'cancellation') THEN o.main_reference END
    FROM cash_order o LEFT JOIN party p ON p.id = o.party
    WHERE (:state = '' OR o.state = :state) AND (:office = '' OR o.office = :office)
    AND (:batch = 0 OR o.batch = :batch) ORDER BY o.office, o.id"""
_WAITING = _LIST.replace("(:state = '' OR o.state = :state)", "o.waiting = 1 AND o.state = :state")
_ADDRESS = ("street", "house_number", "postcode", "town", "country")
_DETAILS = (
    "profile", "claim_kind", "notice_date", "served_on", "final_on", "debt_reason", "period_from", "period_to",
    "joint_group", "main_reference", "document", "order_key", "paid_by", "purpose_code",
)  # fmt: skip
_BIC = "(SELECT max(a.bic) FROM party_account a WHERE a.iban = o.bank_account)"
_ONE = f"""
    SELECT p.id, p.street, p.house_number, p.postcode, p.town, p.country, p.birth_date, {_BIC},
        CASE WHEN o.kind = 'receivable' AND o.foreign_reference = 1 THEN 1 END,
        o.enforceable, {", ".join(f"o.{name}" for name in _DETAILS)}
    FROM cash_order o LEFT JOIN party p ON p.id = o.party WHERE o.office = :office AND o.id = :id"""
_LINES = """SELECT line, gl_account, amount_cents, cost_object, purpose, contra_office, contra_account
            FROM cash_order_line WHERE office = :office AND order_id = :id ORDER BY line"""
_CHANGES = _LIST.partition("WHERE (:state")[0] + "WHERE o.office = :office AND o.changes = :id ORDER BY o.id"
_DEBTORS = """SELECT p.name FROM order_debtor d JOIN party p ON p.id = d.party
              WHERE d.office = :office AND d.order_id = :id ORDER BY p.id"""
_MORE = (
    "SELECT months, first_due, last_due, ended_on FROM standing_order WHERE office = :office AND order_id = :id",
    "SELECT scheme, amounts, first_day, ended_on FROM general_order WHERE office = :office AND order_id = :id",
    """SELECT number AS invoice_number, seller_name, syntax, leitweg, stated_iban, terms, collected FROM order_invoice
       WHERE office = :office AND order_id = :id""",
)
_MORE_NAMES = (
    ("months", "first_due", "last_due", "ended_on"),
    ("scheme", "amounts", "first_day", "ended_on"),
    ("invoice_number", "seller_name", "syntax", "leitweg", "stated_iban", "terms", "collected"),
)
_STEPS = """SELECT s.step, coalesce(u.name, CAST(s.by AS TEXT)), s.at, s.seen_count, s.seen_cents, s.reason,
            b.name, s.exception
            FROM order_step s LEFT JOIN app_user u ON u.id = s.by LEFT JOIN app_user b ON b.id = s.on_behalf
            WHERE s.office = :office AND s.order_id = :id
            ORDER BY CASE s.step WHEN 'created' THEN 1 WHEN 'certified' THEN 2 WHEN 'approved' THEN 3 ELSE 4 END"""
_ITEM = """SELECT i.id, i.account, i.open_cents, e.posting_day, e.year, e.number FROM item i
           JOIN entry e ON e.office = i.office AND e.position = i.position
           WHERE i.office = :office AND i.order_id = :id ORDER BY i.id"""


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
    act: str = "order"
    changes: str | None = None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of the coding."""

    line: int
    gl_account: str
    amount_cents: int
    cost_object: str | None
    purpose: str | None
    contra_office: str | None = None
    contra_account: str | None = None


@dataclass(frozen=True, slots=True)
class OrderStep:
    """Who did what, when, and what they saw: how many orders of what sum; for whom, and whether by exception."""

    step: str
    by: str
    at: str
    seen_count: int
    seen_cents: int
    reason: str | None
    on_behalf: str | None = None
    exception: int = 0


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
    """One order whole; `facts` holds address and the other columns that are filled, `changes` what changed it."""

    order: OrderSummary
    party: int | None
    facts: dict[str, str | int]
    lines: tuple[OrderLine, ...]
    steps: tuple[OrderStep, ...]
    items: tuple[OrderItem, ...] = ()
    changes: tuple[OrderSummary, ...] = ()


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
    sees = int(may_see(store))
    rows = store.rows(
        _WAITING if state in NEXT_ROLE else _LIST, state=state or "", office=office or "", batch=batch or 0, sees=sees
    )
    return list(map(_summary, rows))


def _summary(row: Row) -> OrderSummary:
    changes = order_number(row[0], row[12]) if row[12] is not None else row[13]
    values = (order_number(row[0], row[1]), row[0], *row[2:12], changes)
    return OrderSummary(*values)


def show_order(store: Store, office: str, number: int) -> OrderDetails:
    """Return one order with everything that belongs to it.

    Raises `UnknownOrderError`, `RestrictedPartyError`.
    """
    party = store.value("SELECT party FROM cash_order WHERE office = :office AND id = :id", office=office, id=number)
    if party is not None:
        check_sight(store, party)
    sees = int(may_see(store))
    with store.snapshot():
        found = store.one(
            _LIST.replace("ORDER BY", "AND o.id = :id ORDER BY"), state="", office=office, batch=0, id=number, sees=sees
        )
        if found is None:
            raise UnknownOrderError(order=order_number(office, number))
        row = store.one(_ONE, office=office, id=number)
        assert row is not None
        names = (*_ADDRESS, "birth_date", "bic", "reference_foreign", "enforceable", *_DETAILS)
        return OrderDetails(
            order=_summary(found),
            party=row[0],
            facts=dict(_facts(names, row[1:])) | _more_facts(store, office, number),
            lines=tuple(OrderLine(*line) for line in store.rows(_LINES, office=office, id=number)),
            steps=tuple(OrderStep(*step) for step in store.rows(_STEPS, office=office, id=number)),
            items=tuple(_item(office, item) for item in store.all(_ITEM, office=office, id=number)),
            changes=tuple(_summary(change) for change in store.rows(_CHANGES, office=office, id=number, sees=sees)),
        )


def _facts(names: Sequence[str], values: Sequence[str | int | None]) -> Iterator[tuple[str, str | int]]:
    for name, value in zip(names, values, strict=True):
        if value is not None:
            yield name, value


def _more_facts(store: Store, office: str, number: int) -> dict[str, str | int]:
    """Return what a schedule, an expectation or an invoice adds, and the joint debtors."""
    found: dict[str, str | int] = {}
    for sql, names in zip(_MORE, _MORE_NAMES, strict=True):
        row = store.one(sql, office=office, id=number)
        if row is not None:
            found |= dict(_facts(names, row))
    debtors = ", ".join(name for (name,) in store.rows(_DEBTORS, office=office, id=number))
    return found | ({"joint_debtors": debtors} if debtors else {})


def _item(office: str, row: Row) -> OrderItem:
    item, account, open_cents, posting_day, year, number = row
    return OrderItem(item, account, open_cents, posting_day, f"{office}-{year}-{number}")
