"""Standing orders: the items that fall due are made, each once; a schedule is changed by a new order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from ledger.book.dimensions import years_later
from ledger.book.entry import Draft
from ledger.book.store import account_with_role, kasse_office, office_codes, post
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.items.joint_seals_store import join
from ledger.items.order_change_store import Root, changeable
from ledger.items.order_changes import (
    ChangeReasonError,
    CodedLine,
    LineAmountsNeededError,
    MadeOrder,
    NoSuchChangeError,
    UnknownLineError,
)
from ledger.items.order_import_store import CREATORS
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.order_rules import AmountNotPositiveError
from ledger.items.orders import control_role, order_number
from ledger.items.schedules import MadeAlreadyError, NoDueDayError, Schedule, check_year
from ledger.items.staging_store import drop, text_type
from ledger.items.standing_coding_store import StandingCoding
from ledger.items.store import SIDES, NewItem, insert_items, opening_posting, reserve_items
from ledger.people.users import require
from ledger.store.engines import Row, Store

ROLES = ("cashier", "clerk", "machine")
CHUNK = 5000
_ORDERS = """
    SELECT o.office, o.id, o.kind, o.party, o.reference, o.foreign_reference, o.bank_account, o.profile, o.claim_kind,
        o.purpose, o.total_cents, s.months, s.first_due, s.last_due, s.ended_on, o.paid_by
    FROM standing_order s JOIN cash_order o ON o.office = s.office AND o.id = s.order_id
    WHERE o.state = 'accepted' AND s.first_due <= :until AND (CAST(:office AS TEXT) IS NULL OR o.office = :office)
    ORDER BY o.office, o.id"""
_BECAME = "SELECT id, merged_into FROM party WHERE merged_into IS NOT NULL"
_MADE = "SELECT office, order_id, due FROM standing_item"
_DEBTORS = """
    SELECT m.office, m.item, d.party FROM standing_made m
    JOIN order_debtor d ON d.office = m.office AND d.order_id = m.order_id"""
_MADE_SINCE = "SELECT 1 FROM standing_item WHERE office = :office AND order_id = :id AND due >= :due LIMIT 1"
_PURPOSE = "SELECT purpose FROM cash_order WHERE office = :office AND id = :id"
_FIRST_DUE = """
    SELECT s.office, s.order_id, o.changes, s.first_due FROM standing_order s
    JOIN cash_order o ON o.office = s.office AND o.id = s.order_id"""
_SCHEDULE = "SELECT months, first_due, last_due, ended_on FROM standing_order WHERE office = :office AND order_id = :id"


@dataclass(frozen=True, slots=True)
class DueItem:
    """An item that a standing order makes for one due day."""

    order: str
    office: str
    order_id: int
    kind: str
    due: str
    amount_cents: int
    reference: str | None
    purpose: str
    item: int = 0


@dataclass(frozen=True, slots=True)
class StandingRun:
    """What a run made: items, their sum by kind, the entries."""

    until: str
    items: tuple[DueItem, ...]
    receivable_cents: int = 0
    payable_cents: int = 0


def run_standing(store: Store, until: str, *, day: str, office: str | None = None) -> StandingRun:
    """Make the items that fall due up to a day, posted on `day`; what was made before is not made again.

    What falls due in a year is posted in it: raises `YearAheadError`; `NotAllowedError`, `ClosedPeriodError`,
    `ClosedCodingError`, and where the book does not know the budget year, `DimensionValueError`.
    """
    check_year(until, day)
    with store.unit(office_codes(store)):
        require(store, kasse_office(store), *ROLES)
        due = list(_due(store, until, office))
        maker = _Maker(store, day)
        made = [item for at in range(0, len(due), CHUNK) for item in maker.make(due[at : at + CHUNK])]
        _join(store, made, day)
        _note(store, until, made)
    sums = {kind: sum(item.amount_cents for item in made if item.kind == kind) for kind in ("receivable", "payable")}
    return StandingRun(until, tuple(made), sums["receivable"], sums["payable"])


def _due(store: Store, until: str, office: str | None) -> Iterator[tuple[Row, str]]:
    made = {(code, number, due) for code, number, due in store.rows(_MADE)}
    month_days = _month_days(store)
    for row in store.all(_ORDERS, until=until, office=office):
        for due in _schedule(row[11:15], month_days[row[0], row[1]]).days(until):
            if (row[0], row[1], due) not in made:
                yield row, due


def _month_days(store: Store) -> dict[tuple[str, int], int]:
    """Return the day of the month of every standing order: that of the first one that it replaces, step by step."""
    known = {(office, number): (changes, first_due) for office, number, changes, first_due in store.rows(_FIRST_DUE)}
    return {(office, number): _month_day(known, office, number) for office, number in known}


def _month_day(known: Mapping[tuple[str, int], tuple[int | None, str]], office: str, number: int) -> int:
    changes, first_due = known[office, number]
    while changes is not None and (office, changes) in known:
        changes, first_due = known[office, changes]
    return int(first_due[8:])


def _schedule(row: Row, month_day: int) -> Schedule:
    months, first_due, last_due, ended_on = row
    return Schedule(months, first_due, last_due, ended_on, month_day)


def _join(store: Store, made: list[DueItem], day: str) -> None:
    """Let the joint debtors of the orders owe their items too."""
    if not made:
        return
    kind = text_type(store)
    drop(store, "standing_made")
    store.execute(f"CREATE TEMPORARY TABLE standing_made (office {kind}, order_id BIGINT, item BIGINT)")
    rows = [(item.office, item.order_id, item.item) for item in made]
    store.insert("standing_made", ("office", "order_id", "item"), rows)
    join(store, _DEBTORS, day)
    drop(store, "standing_made")


def _note(store: Store, until: str, made: list[DueItem]) -> None:
    for office in sorted({item.office for item in made}):
        cents = [item.amount_cents for item in made if item.office == office]
        facts: dict[str, Fact] = {"until": until, "count": len(cents), "sum_cents": sum(cents)}
        record(store, office, "order.standing_run", None, facts)


class _Maker:
    """Makes items of standing orders; knows their coding, the control accounts and who was merged."""

    def __init__(self, store: Store, day: str) -> None:
        self.store, self.day = store, day
        self.coding = StandingCoding(store, day)
        self.became: dict[int, int] = dict(store.all(_BECAME))
        self.accounts: dict[tuple[str, str], str] = {}

    def make(self, due: list[tuple[Row, str]]) -> list[DueItem]:
        """Post an entry and write an item for each due day."""
        numbers = [reserve_items(self.store, row[0]) for row, _ in due]
        drafts = [self._draft(row, day, number) for (row, day), number in zip(due, numbers, strict=True)]
        posted = post(self.store, drafts)
        items = [
            self._item(row, day, number, entry.position)
            for (row, day), number, entry in zip(due, numbers, posted, strict=True)
        ]
        insert_items(self.store, items)
        keys = [(row[0], row[1], day, number) for (row, day), number in zip(due, numbers, strict=True)]
        self.store.insert("standing_item", ("office", "order_id", "due", "item"), keys)
        return [
            DueItem(
                order_number(row[0], row[1]), row[0], row[1], row[2], day, row[10], row[4], _purpose(row, day), number
            )
            for (row, day), number in zip(due, numbers, strict=True)
        ]

    def _draft(self, row: Row, due: str, number: int) -> Draft:
        office, order, kind = row[0], row[1], row[2]
        side = SIDES[kind]
        sign = -1 if side == "D" else 1
        control = opening_posting(side, self._account(row), number, row[10])
        coding = self.coding.postings(office, order, sign, row[12], due)
        return Draft(office, "order", self.day, (control, *coding), f"order:{order}", _purpose(row, due))

    def _item(self, row: Row, due: str, number: int, position: int) -> NewItem:
        office, order, kind, party, reference, foreign, bank, profile, claim = row[:9]
        while party in self.became:
            party = self.became[party]
        return NewItem(
            office, number, kind, self._account(row), row[10], due, self.day, position, party=party,
            reference=reference, foreign_reference=bool(foreign), order_id=order, claim_kind=claim, profile=profile,
            purpose=_purpose(row, due), bank_account=bank, paid_by=row[15],
        )  # fmt: skip

    def _account(self, row: Row) -> str:
        key = (row[0], control_role(row[2], row[7]))
        if key not in self.accounts:
            self.accounts[key] = account_with_role(self.store, *key)
        return self.accounts[key]


def _purpose(row: Row, due: str) -> str:
    """Return the purpose with the month it is for, as letters and statements show it."""
    return f"{row[9]} {due[5:7]}/{due[:4]}"


def change_schedule(
    store: Store,
    office: str,
    number: int,
    *,
    reason: str,
    from_day: str,
    to_cents: int | None = None,
    lines: Mapping[int, int] | None = None,
) -> MadeOrder:
    """Make the standing order that replaces another from the first due day on or after `from_day`.

    When it is accepted the old one ends the day before. Raises `NoDueDayError`, `MadeAlreadyError`,
    `LineAmountsNeededError` and the errors of `order_changes`.
    """
    if not reason.strip():
        raise ChangeReasonError
    with store.unit([office]):
        root = changeable(store, office, number)
        require(store, office, *CREATORS)
        name = order_number(office, number)
        row = store.one(_SCHEDULE, office=office, id=number)
        if row is None:
            raise NoSuchChangeError(order=name, kind=root.act)
        schedule = _schedule(row, _month_days(store)[office, number])
        first = _first_from(store, office, number, schedule, from_day)
        later = int(first[:4]) - int(row[1][:4])
        coded = tuple(
            replace(line, cost_object=years_later(line.cost_object, later))
            for line in _new_lines(store, office, number, to_cents, lines or {})
        )
        new = _replacing(store, root, office, number, first, coded, reason.strip())
        return write_order(store, new, lambda own: _write_schedule(store, office, own, (row[0], first, row[2])))


def _write_schedule(store: Store, office: str, number: int, schedule: tuple[int, str, str | None]) -> dict[str, Fact]:
    months, first, last = schedule
    store.insert_one("standing_order", office=office, order_id=number, months=months, first_due=first, last_due=last)
    return seal(store, ("standing_order", office, number))


def _first_from(store: Store, office: str, number: int, schedule: Schedule, from_day: str) -> str:
    """Return the first due day on or after a day, of which no item is made yet."""
    first, name = schedule.first_from(from_day), order_number(office, number)
    if first is None:
        raise NoDueDayError(order=name, day=from_day)
    if store.value(_MADE_SINCE, office=office, id=number, due=first):
        raise MadeAlreadyError(order=name, day=first)
    return first


def _replacing(
    store: Store, root: Root, office: str, number: int, first: str, lines: tuple[NewLine, ...], reason: str
) -> NewOrder:
    purpose = str(store.value(_PURPOSE, office=office, id=number))
    return NewOrder(
        office, root.kind, "standing", first, purpose, lines, f"change of {order_number(office, number)}: {reason}",
        party=root.party, reference=root.reference, foreign_reference=root.foreign_reference,
        bank_account=root.bank_account, profile=root.profile, claim_kind=root.claim_kind, changes=number,
        paid_by=root.paid_by, purpose_code=root.purpose_code,
    )  # fmt: skip


def _new_lines(
    store: Store, office: str, number: int, to_cents: int | None, wanted: Mapping[int, int]
) -> Iterator[NewLine]:
    sql = """SELECT line, gl_account, amount_cents, cost_object FROM cash_order_line
             WHERE office = :office AND order_id = :id ORDER BY line"""
    present = [CodedLine(*row) for row in store.rows(sql, office=office, id=number)]
    name, names = order_number(office, number), ", ".join(str(line.line) for line in present)
    if unknown := sorted(set(wanted) - {line.line for line in present}):
        raise UnknownLineError(order=name, line=unknown[0], lines=names)
    if not wanted and (to_cents is None or len(present) > 1):
        raise LineAmountsNeededError(order=name, lines=names)
    for line in present:
        cents = wanted.get(line.line, line.amount_cents) if wanted else int(to_cents or 0)
        if cents <= 0:
            raise AmountNotPositiveError(amount_cents=cents)
        yield NewLine(line.line, line.gl_account, cents, line.cost_object)
