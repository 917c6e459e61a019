"""Counting a desk in the book: Soll and Ist, the entry of a difference, the second signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.bank.posting import CASE_COLUMNS
from ledger.book.entry import ClosedPeriodError, Posting
from ledger.book.periods_store import closed_until
from ledger.book.store import account_with_role, kasse_office, office_codes, post
from ledger.book.transfer import across
from ledger.cash.counting import (
    AuditDifferenceError,
    DifferenceFinding,
    MovedSinceCountError,
    StaleCountError,
    UnknownCountError,
    WaitingCountError,
    check_difference,
    check_value,
    counted,
)
from ledger.cash.desks import Desk
from ledger.cash.desks_reader import balance, find_desk, moved_since, open_desk
from ledger.events.store import Fact, record
from ledger.items.item_seals_store import told_reasons
from ledger.items.store import SIDES, ItemKind, NewItem, insert_items, opening_posting, reserve_items
from ledger.people.users import check_apart, may, require
from ledger.store.engines import Store
from sepa.errors import KasseError

COUNTERS = ("head", "audit")
"""Who may count a desk that another person holds (unvermutete Kassenprüfung, § 78 BHO); the audit books nothing."""
WITNESSES = ("head", "audit", "cashier", "clerk")
"""Who may sign a count as the second person, besides the holder."""
_LAST = "SELECT coalesce(max(number), 0) FROM cash_count WHERE desk = :desk"
_WAITING = """
    SELECT number, counted_cents, counted_by, counted_at, seen_position FROM cash_count
    WHERE desk = :desk AND confirmed_by IS NULL AND rejected_by IS NULL ORDER BY number DESC LIMIT 1"""
_UNSIGNED = """
    SELECT number, counted_cents - expected_cents FROM cash_count
    WHERE desk = :desk AND confirmed_by IS NULL AND rejected_by IS NULL AND counted_cents <> expected_cents
    ORDER BY number DESC LIMIT 1"""
_SHORTAGE = "SELECT min(number) FROM account WHERE office = :office AND role = 'shortage' AND closed_on IS NULL"
_SIGN = """
    UPDATE cash_count SET confirmed_by = CAST(:user AS BIGINT), confirmed_at = CAST(:now AS TEXT)
    WHERE desk = :desk AND number = :number"""


@dataclass(frozen=True, slots=True)
class CountDone:
    """A count: its number, Soll and Ist in cents, the case that a difference became, who signs."""

    desk: str
    number: int
    day: str
    expected_cents: int
    counted_cents: int
    case: int | None
    confirmed: bool
    rejected: bool = False
    findings: tuple[KasseError, ...] = ()

    @property
    def difference_cents(self) -> int:
        """What is over (positive) or short."""
        return self.counted_cents - self.expected_cents


def count(store: Store, code: str, pieces: Mapping[int, int], *, remark: str = "", sure: bool = True) -> CountDone:
    """Write down what was counted in a desk (value in cents: pieces) and book the difference.

    What is short becomes an advance (Vorschuss) against the holder, what is over unclear money; from then on the
    books have what was counted. The holder counts, or a head or the audit unannounced; another person signs. Unless
    one is `sure`, a large difference is taken for a typing error: raises `LargeDifferenceError`; where a difference
    waits for its second signature nobody counts over it: `WaitingCountError`; who only audits books none:
    `AuditDifferenceError`; and `DenominationError`, `NotAllowedError`, `ClosedPeriodError` and what `open_desk` raises.
    """
    for value in pieces:
        check_value(value)
    with store.unit(office_codes(store)):
        desk = open_desk(store, code)
        if desk.holder != store.user:
            require(store, desk.office, *COUNTERS)
        _check_open(store)
        _check_signed(store, desk)
        expected, found = balance(store, desk), counted(pieces)
        _check_books(store, desk, expected, found)
        check_difference(desk.code, expected, found, sure=sure)
        number = int(store.value(_LAST, desk=desk.code)) + 1
        office, position, item = (None, None, None) if found == expected else _book(store, desk, found - expected)
        store.insert_one(
            "cash_count", desk=desk.code, number=number, day=store.today, expected_cents=expected,
            counted_cents=found, office=office, position=position, item=item, remark=remark,
            counted_by=store.user, counted_at=store.now,
            seen_position=_position(store, desk.office),
        )  # fmt: skip
        rows = [(desk.code, number, value, held) for value, held in sorted(pieces.items()) if held]
        store.insert("cash_count_piece", ("desk", "number", "value_cents", "pieces"), rows)
        facts: dict[str, Fact] = {
            "number": number, "day": store.today, "expected_cents": expected, "counted_cents": found,
        }  # fmt: skip
        record(store, desk.office, "cash.count", f"desk:{desk.code}", facts, {"remark": remark} if remark else None)
        return CountDone(
            desk.code, number, store.today, expected, found, item, confirmed=False,
            findings=_difference(desk, expected, found, item),
        )  # fmt: skip


def confirm(store: Store, code: str) -> CountDone:
    """Put the second signature under the last count of a desk.

    Another person than the one who counted: the holder, or a head, the audit, a clerk or a cashier of the office.
    Raises `UnknownCountError`, `StaleCountError`, `MovedSinceCountError`, `OwnWorkError`, `NotAllowedError`,
    `UnknownDeskError`.
    """
    desk = find_desk(store, code, store.today)
    with store.unit([desk.office, kasse_office(store)]):
        if desk.holder != store.user:
            require(store, desk.office, *WITNESSES)
        row = store.one(_WAITING, desk=desk.code)
        if row is None:
            raise UnknownCountError(desk=desk.code)
        number, found, by, at, seen = row
        check_apart(store, desk.office, f"count {desk.code}/{number}", (by, at))
        if found != balance(store, desk):
            raise StaleCountError(desk=desk.code, counted_cents=found, balance_cents=balance(store, desk))
        if moved_since(store, desk, seen, store.today):
            raise MovedSinceCountError(desk=desk.code, number=number)
        store.execute(_SIGN, user=store.user, now=store.now, desk=desk.code, number=number)
        record(store, desk.office, "cash.confirm", f"desk:{desk.code}", {"number": number, "cents": found})
        return count_numbered(store, desk, number)


def count_numbered(store: Store, desk: Desk, number: int) -> CountDone:
    """Return a count of a desk."""
    sql = """SELECT day, expected_cents, counted_cents, item, confirmed_by, rejected_by FROM cash_count
             WHERE desk = :desk AND number = :number"""
    row = store.one(sql, desk=desk.code, number=number)
    assert row is not None, "a count that was just written or found"
    day, expected, found, item, confirmed, rejected = row
    return CountDone(desk.code, number, day, expected, found, item, confirmed is not None, rejected is not None)


def _check_open(store: Store) -> None:
    """Check that today is open: what is counted after the day was closed would not stand in its protocol."""
    closed = closed_until(store).any
    if store.today <= closed:
        raise ClosedPeriodError(day=store.today, closed=closed)


def _check_books(store: Store, desk: Desk, expected: int, found: int) -> None:
    """Check that who found a difference may book it: the holder, or a head."""
    if found != expected and desk.holder != store.user and not may(store, desk.office, "head"):
        raise AuditDifferenceError(desk=desk.code, counted_cents=found, expected_cents=expected)


def _check_signed(store: Store, desk: Desk) -> None:
    """Check that no difference waits: by a second count that agrees, the first would never be signed by anybody."""
    row = store.one(_UNSIGNED, desk=desk.code)
    if row is not None:
        raise WaitingCountError(desk=desk.code, number=row[0], difference_cents=row[1])


def _position(store: Store, office: str) -> int:
    return int(store.value("SELECT coalesce(max(position), 0) FROM entry WHERE office = :office", office=office))


def _difference(desk: Desk, expected: int, found: int, item: int | None) -> tuple[KasseError, ...]:
    if item is None:
        return ()
    return (
        DifferenceFinding(
            desk=desk.code, counted_cents=found, expected_cents=expected, difference_cents=found - expected, case=item
        ),
    )  # fmt: skip


def _account(store: Store, kasse: str, kind: ItemKind) -> str:
    """Return the account of a difference: what is short has its own (Kassenfehlbeträge) where the chart has one."""
    short = store.value(_SHORTAGE, office=kasse) if kind == "advance" else None
    return str(short) if short is not None else account_with_role(store, kasse, kind)


def _book(store: Store, desk: Desk, difference: int) -> tuple[str, int, int]:
    """Post a difference and return office and position of the desk's entry and the number of the case in the Kasse."""
    kasse, day = kasse_office(store), store.today
    kind: ItemKind = "suspense" if difference > 0 else "advance"
    number, account, cents = reserve_items(store, kasse), _account(store, kasse, kind), abs(difference)
    what = f"{'Kassenüberschuss' if difference > 0 else 'Kassenfehlbetrag'} {desk.code}"
    lines: dict[str, list[Posting]] = {desk.office: [Posting(desk.account, difference)]}
    lines.setdefault(kasse, []).append(opening_posting(SIDES[kind], account, number, cents))
    common = {"kind": "cash", "posting_day": day, "source": f"desk:{desk.code}", "text": what, "payment_day": day}
    posted = {one.office: one for one in post(store, across(desk.office, lines, group=1, **common))}
    party = desk.holder_party if kind == "advance" else None
    made = NewItem(
        office=kasse, id=number, kind=kind, account=account, amount_cents=cents, due=day, opened_on=day,
        position=posted[kasse].position, party=party, purpose=f"{what}, {desk.name}"[:140],
    )  # fmt: skip
    reason = "surplus" if kind == "suspense" else "shortage"
    insert_items(store, [made], told_reasons([(kasse, number, reason)]))
    store.insert("suspense_case", CASE_COLUMNS, [(kasse, number, None, reason, None)])
    return desk.office, posted[desk.office].position, number
