"""Settling imprest funds in the book: vouchers listed by the holder, certified by another person, then posted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ledger.book.dimensions import canonical, parse_canonical
from ledger.book.dimensions_store import load_lists
from ledger.book.entry import Draft, Posting
from ledger.book.manual import AccountState
from ledger.book.manual_store import ManualFile
from ledger.book.store import kasse_office, office_codes, post
from ledger.cash.desks import Desk
from ledger.cash.desks_reader import balance, open_desk, own_desk
from ledger.cash.settlements import (
    FundRules,
    NoSettlementError,
    RefusedVouchersError,
    RejectReasonError,
    Settlement,
    SettlementWaitsError,
    Voucher,
    check_vouchers,
    overdue,
)
from ledger.events.store import Fact, record
from ledger.people.users import check_apart, require
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

ROLES = ("certifier",)
"""Who certifies what a fund was spent on, in the fund's office; never its holder or who listed it."""
_COLUMNS = ("fund", "settlement", "line", "day", "document", "text", "cents", "account", "dimensions")
_KNOWN = """
    SELECT v.document, v.day FROM cash_voucher v
    JOIN cash_settlement s ON s.fund = v.fund AND s.number = v.settlement
    WHERE v.fund = :fund AND s.state <> 'rejected'"""
_ACCOUNTS = "SELECT number, kind, role, opened_on, closed_on FROM account WHERE office = :office"
_WAITING = "SELECT max(number) FROM cash_settlement WHERE fund = :fund AND state = 'listed'"
_SAME = """
    SELECT max(number) FROM cash_settlement WHERE fund = :fund AND sha256 = :sha256 AND state <> 'rejected'"""
_LAST = "SELECT coalesce(max(number), 0) FROM cash_settlement WHERE fund = :fund"
_SETTLEMENTS = """
    SELECT s.fund, s.number, s.state, s.day, s.cents, s.count, coalesce(l.name, CAST(s.listed_by AS TEXT)),
           coalesce(d.name, CAST(s.decided_by AS TEXT)), s.decided_on, s.reason, e.office, e.year, e.number
    FROM cash_settlement s JOIN cash_desk f ON f.code = s.fund
    LEFT JOIN app_user l ON l.id = s.listed_by LEFT JOIN app_user d ON d.id = s.decided_by
    LEFT JOIN entry e ON e.office = f.office AND e.position = s.position
    WHERE s.fund = :fund AND (CAST(:number AS BIGINT) IS NULL OR s.number = :number) ORDER BY s.number"""
_VOUCHERS = """
    SELECT day, document, text, cents, account, dimensions, line FROM cash_voucher
    WHERE fund = :fund AND settlement = :number ORDER BY line"""
_DECIDE = """
    UPDATE cash_settlement SET state = :state, decided_by = CAST(:user AS BIGINT), decided_at = CAST(:now AS TEXT),
        decided_on = CAST(:day AS TEXT), reason = CAST(:reason AS TEXT), position = CAST(:position AS BIGINT)
    WHERE fund = :fund AND number = :number"""
_SINCE = """
    SELECT coalesce((SELECT max(decided_on) FROM cash_settlement WHERE fund = :fund AND state = 'certified'),
        (SELECT min(e.posting_day) FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
         WHERE p.office = :office AND p.account = :account))"""


@dataclass(frozen=True, slots=True)
class SettleDone:
    """A settlement as it is now, and what the fund holds in cash and vouchers; `new` is false where it was known."""

    settlement: Settlement
    balance_cents: int
    new: bool = True
    findings: tuple[KasseError, ...] = ()


def settle(store: Store, code: str, vouchers: Sequence[Voucher], *, file: ManualFile | None = None) -> SettleDone:
    """List what a fund was spent on, for another person to certify; nothing is posted yet.

    Whole or not at all; the same file a second time is nothing new. Only the holder. Raises `RefusedVouchersError`
    with the findings, `SettlementWaitsError`, and what `own_desk` raises.
    """
    with store.unit(office_codes(store)):
        fund = own_desk(store, code, "fund")
        known = store.value(_SAME, fund=fund.code, sha256=file.sha256) if file else None
        if known is not None:
            return SettleDone(settlement(store, fund, known), balance(store, fund), new=False)
        waiting = store.value(_WAITING, fund=fund.code)
        if waiting is not None:
            raise SettlementWaitsError(desk=fund.code, number=waiting)
        findings = list(check_vouchers(_rules(store, fund), vouchers))
        if findings or not vouchers:
            raise RefusedVouchersError(count=len(findings), findings=tuple(findings))
        number = _write(store, fund, vouchers, file)
        return SettleDone(settlement(store, fund, number), balance(store, fund))


def certify(store: Store, code: str) -> SettleDone:
    """Certify the settlement of a fund that waits, and post its vouchers by account and dimensions.

    Needs the role certifier in the fund's office, and another person than who listed it and than the holder. Raises
    `NoSettlementError`, `OwnWorkError`, `NotAllowedError`, `RefusedVouchersError` where an account or a dimension was
    closed since, and what `open_desk` raises.
    """
    with store.unit(office_codes(store)):
        fund, number = _waiting(store, code)
        vouchers = vouchers_of(store, fund, number)
        rules = _rules(store, fund)
        findings = list(check_vouchers(_but_these(rules, vouchers), vouchers))
        if findings:
            raise RefusedVouchersError(count=len(findings), findings=tuple(findings))
        total = sum(one.cents for one in vouchers)
        (posted,) = post(store, [_draft(store, fund, number, vouchers)])
        _decide(store, fund, number, "certified", None, posted.position)
        facts: dict[str, Fact] = {"settlement": number, "cents": total, "count": len(vouchers), "day": store.today}
        record(store, fund.office, "cash.certify", f"desk:{fund.code}", facts)
        return SettleDone(settlement(store, fund, number), balance(store, fund))


def reject(store: Store, code: str, reason: str) -> SettleDone:
    """Give the settlement of a fund that waits back to its holder, with a reason.

    Needs what `certify` needs. Raises `RejectReasonError`, `NoSettlementError`, `OwnWorkError`, `NotAllowedError`.
    """
    with store.unit(office_codes(store)):
        fund, number = _waiting(store, code)
        if not reason.strip():
            raise RejectReasonError(desk=fund.code)
        _decide(store, fund, number, "rejected", reason.strip(), None)
        facts: dict[str, Fact] = {"settlement": number, "day": store.today}
        record(store, fund.office, "cash.reject", f"desk:{fund.code}", facts, {"reason": reason.strip()})
        return SettleDone(settlement(store, fund, number), balance(store, fund))


def settlement(store: Store, fund: Desk, number: int) -> Settlement:
    """Return a settlement of a fund; raises `NoSettlementError`."""
    found = settlements_of(store, fund, number)
    if not found:
        raise NoSettlementError(desk=fund.code)
    return found[0]


def settlements_of(store: Store, fund: Desk, number: int | None = None) -> list[Settlement]:
    """Return the settlements of a fund, the oldest first."""
    return [_settlement(row) for row in store.rows(_SETTLEMENTS, fund=fund.code, number=number)]


def _settlement(row: Row) -> Settlement:
    known, (office, year, number) = row[:10], row[10:]
    return Settlement(*(*known, None if office is None else f"{office}-{year}-{number}"))


def vouchers_of(store: Store, fund: Desk, number: int) -> list[Voucher]:
    """Return the vouchers of a settlement."""
    return [
        Voucher(day, document, text, cents, account, parse_canonical(dimensions))
        for day, document, text, cents, account, dimensions, _ in store.rows(_VOUCHERS, fund=fund.code, number=number)
    ]


def deadlines(store: Store, fund: Desk, day: str) -> tuple[KasseError, ...]:
    """Return a finding where a fund was to be settled before the day."""
    since = store.value(_SINCE, fund=fund.code, office=fund.office, account=fund.account)
    return overdue(fund, since, balance(store, fund), day)


def _rules(store: Store, fund: Desk) -> FundRules:
    accounts = {row[0]: AccountState(*row[1:]) for row in store.rows(_ACCOUNTS, office=fund.office)}
    known = frozenset((document, day) for document, day in store.rows(_KNOWN, fund=fund.code))
    return FundRules(fund, balance(store, fund), store.today, accounts, load_lists(store), known)


def _but_these(rules: FundRules, vouchers: Sequence[Voucher]) -> FundRules:
    known = rules.known - {(one.document, one.day) for one in vouchers}
    return FundRules(rules.fund, rules.balance_cents, rules.today, rules.accounts, rules.lists, known)


def _waiting(store: Store, code: str) -> tuple[Desk, int]:
    """Return a fund and the number of its settlement that waits, where this person may decide it."""
    fund = open_desk(store, code, "fund")
    require(store, fund.office, *ROLES)
    number = store.value(_WAITING, fund=fund.code)
    if number is None:
        raise NoSettlementError(desk=fund.code)
    sql = "SELECT listed_by, listed_at FROM cash_settlement WHERE fund = :fund AND number = :number"
    listed = store.one(sql, fund=fund.code, number=number)
    assert listed is not None, "a settlement that was just found"
    check_apart(store, fund.office, f"settlement {fund.code}/{number}", (fund.holder, None), (listed[0], listed[1]))
    return fund, int(number)


def _write(store: Store, fund: Desk, vouchers: Sequence[Voucher], file: ManualFile | None) -> int:
    number = int(store.value(_LAST, fund=fund.code)) + 1
    total = sum(one.cents for one in vouchers)
    store.insert_one(
        "cash_settlement", fund=fund.code, number=number, state="listed", day=store.today, cents=total,
        count=len(vouchers), sha256=file.sha256 if file else None, file_name=file.name if file else None,
        listed_by=store.user, listed_at=store.now,
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (fund.code, number, line, v.day, v.document, v.text, v.cents, v.account, canonical(v.dimensions))
        for line, v in enumerate(vouchers, 1)
    ]
    store.insert("cash_voucher", _COLUMNS, rows)
    facts: dict[str, Fact] = {
        "settlement": number,
        "cents": total,
        "count": len(vouchers),
        "sha256": file.sha256 if file else None,
    }
    record(store, fund.office, "cash.settle", f"desk:{fund.code}", facts)
    return number


def _draft(store: Store, fund: Desk, number: int, vouchers: Sequence[Voucher]) -> Draft:
    total = sum(one.cents for one in vouchers)
    lines = [Posting(one.account, one.cents, None, canonical(one.dimensions)) for one in vouchers]
    return Draft(
        fund.office, "cash", store.today, (*lines, Posting(fund.account, -total)),
        source=f"cash:{fund.code}/{number}", text=f"Abrechnung Handvorschuss {fund.code}/{number}",
        payment_day=store.today,
    )  # fmt: skip


def _decide(store: Store, fund: Desk, number: int, state: str, reason: str | None, position: int | None) -> None:
    assert kasse_office(store) in store.locked, "all offices are held"
    store.execute(
        _DECIDE, state=state, user=store.user, now=store.now, day=store.today, reason=reason, position=position,
        fund=fund.code, number=number,
    )  # fmt: skip
