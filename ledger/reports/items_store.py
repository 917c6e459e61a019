"""What is open, as of any day: open items, and unclear money with its age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from ledger.bank.parts import Told, told
from ledger.bank.unclear_parts_store import parts_of_cases
from ledger.book.offices_store import check_office
from ledger.items.store import ItemKind
from ledger.store.engines import Store
from sepa.errors import N_

KINDS = (N_("receivable"), N_("payable"), N_("credit"), N_("suspense"), N_("advance"), N_("transit"))
UNCLEAR = ("suspense", "advance")


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An open item on the day of the report; both amounts are positive, `kind` tells the side."""

    office: str
    number: int
    kind: str
    reference: str | None
    party: str | None
    party_number: int | None
    due: str
    days_overdue: int
    amount_cents: int
    open_cents: int
    account: str
    purpose: str | None
    dunning_level: int


@dataclass(frozen=True, slots=True)
class OpenTotal:
    """How many items of a kind are open, and their sum."""

    kind: str
    count: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class UnclearCase:
    """Bank money that is on no item yet: received (suspense) or paid out (advance, a Vorschuss)."""

    office: str
    number: int
    kind: str
    bank_day: str
    amount_cents: int
    name: str | None
    bank_account: str | None
    remittance: str | None
    age_days: int
    reason: str | None
    owner: str | None


_LAST_DAY = "SELECT max((SELECT max(posting_day) FROM entry WHERE office = o.code)) FROM office o"
_LATER = """
    JOIN entry e ON e.office = i.office AND e.position = i.position AND e.posting_day <= :day
    LEFT JOIN (SELECT l.office, l.item, sum(l.cents) AS cents
               FROM clearing c JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
               WHERE c.posting_day > :day GROUP BY l.office, l.item) later
      ON later.office = i.office AND later.item = i.id"""
_ITEMS = """
    SELECT i.office, i.id, i.kind, i.reference, p.name, i.party, i.due, i.amount_cents, {open}, i.account, i.purpose,
           i.dunning_level
    FROM item i {later} LEFT JOIN party p ON p.id = i.party
    WHERE {open} > 0 {wanted} ORDER BY i.office, i.kind, i.due, i.id"""
_TOTALS = """
    SELECT i.kind, count(*), sum({open}) FROM item i {later}
    WHERE {open} > 0 {wanted} GROUP BY i.kind ORDER BY i.kind"""
_CASES = """
    SELECT i.office, i.id, i.kind, coalesce(b.bank_day, q.bank_day, i.opened_on), {open},
           coalesce(b.name, q.name, i.purpose), coalesce(b.counter_iban, q.counter_iban),
           coalesce(b.remittance, q.remittance), s.reason, u.name
    FROM item i {later}
    LEFT JOIN suspense_case s ON s.office = i.office AND s.item = i.id
    LEFT JOIN bank_entry b ON b.office = s.office AND b.id = s.entry
    LEFT JOIN suspense_origin q ON q.office = i.office AND q.item = i.id
    LEFT JOIN app_user u ON u.id = s.owner
    WHERE {open} > 0 AND i.kind IN ('suspense', 'advance') {wanted}
    ORDER BY coalesce(b.bank_day, q.bank_day, i.opened_on), i.office, i.id"""


def open_items(
    store: Store, day: str, *, office: str | None = None, kind: ItemKind | None = None
) -> Iterator[OpenItem]:
    """Yield what was open at the end of the day by office, kind and due day; inside `snapshot` or a unit.

    The due day and the dunning level are those of now. Raises `UnknownOfficeError`.
    """
    check_office(store, office)
    late = _Lateness(day)
    sql, values = as_of(store, _ITEMS, day, office, kind)
    for code, number, sort, reference, name, party, due, amount, left, account, purpose, level in store.stream(
        sql, **values
    ):
        yield OpenItem(
            code, number, sort, reference, name, party, due, max(0, late.days(due)), amount, int(left), account,
            purpose, level,
        )  # fmt: skip


def open_totals(
    store: Store, day: str, *, office: str | None = None, kind: ItemKind | None = None
) -> tuple[OpenTotal, ...]:
    """Return number and sum of what was open at the end of the day by kind; each sum is that of control accounts.

    Raises `UnknownOfficeError`.
    """
    check_office(store, office)
    sql, values = as_of(store, _TOTALS, day, office, kind)
    return tuple(OpenTotal(sort, int(count), int(left)) for sort, count, left in store.rows(sql, **values))


def unclear_cases(store: Store, day: str, *, office: str | None = None) -> Iterator[UnclearCase]:
    """Yield the unclear money of the end of the day, oldest first; inside `snapshot` or a unit.

    `bank_day` is the booking day at the bank, or the day of the entry where no bank entry stands behind it. A
    collective entry is told by its unclear parts. Raises `UnknownOfficeError`.
    """
    check_office(store, office)
    late = _Lateness(day)
    sql, values = as_of(store, _CASES, day, office, None)
    parts = parts_of_cases(store)
    for code, number, kind, bank_day, left, name, iban, remittance, reason, owner in store.stream(sql, **values):
        said = told(parts.get((code, number), ()), Told(name, iban, remittance))
        yield UnclearCase(
            code, number, kind, bank_day, int(left), said.name, said.bank_account, said.remittance,
            late.days(bank_day), reason, owner,
        )  # fmt: skip


def as_of(store: Store, sql: str, day: str, office: str | None, kind: str | None) -> tuple[str, dict[str, str]]:
    """Return the query over what was open on the day: what is open now plus what was cleared since.

    The query names `{open}`, `{later}` and `{wanted}`, and the items `i`.
    """
    values = {name: value for name, value in (("office", office), ("kind", kind)) if value is not None}
    wanted = "".join(f" AND i.{name} = :{name}" for name in values)
    last = store.value(_LAST_DAY)
    if last is None or last <= day:
        return sql.format(open="i.open_cents", later="", wanted=wanted), values
    return sql.format(open="(i.open_cents + coalesce(later.cents, 0))", later=_LATER, wanted=wanted), values | {
        "day": day
    }


class _Lateness:
    """Counts days up to one day, each date once: long lists name few different days."""

    def __init__(self, day: str) -> None:
        self.day = date.fromisoformat(day)
        self.known: dict[str, int] = {}

    def days(self, since: str) -> int:
        found = self.known.get(since)
        if found is None:
            found = self.known[since] = (self.day - date.fromisoformat(since)).days
        return found
