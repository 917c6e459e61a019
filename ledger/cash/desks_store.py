"""Opening, changing and closing cash desks and imprest funds, and who holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.book.entry import ClosedPeriodError
from ledger.book.offices_store import check_office
from ledger.book.periods_store import closed_until
from ledger.book.store import kasse_office, office_codes
from ledger.cash.accounts_store import UNDER_WAY, close_account, open_account, under_way
from ledger.cash.desks import (
    ClosedDeskError,
    Desk,
    DeskExistsError,
    DeskNotEmptyError,
    DeskPlan,
    EarlierDayError,
    FixedSumError,
    RestingDeskError,
    check_code,
)
from ledger.cash.desks_reader import (
    balance,
    check_counted,
    check_holder,
    find_desk,
    latest_day,
    open_desk,
    resting_days,
)
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import check_apart, require, user_id
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

HEADS = ("head",)
"""Who opens and closes desks and says who holds them; nobody gives a desk to themselves."""
_KNOWN = "SELECT 1 FROM cash_desk WHERE code = :code"
_LINE = "SELECT coalesce(max(line), 0) FROM cash_holder WHERE desk = :desk"
_END = "UPDATE cash_holder SET until = CAST(:day AS TEXT) WHERE desk = :desk AND until IS NULL"
_COUNTED = "SELECT 1 FROM cash_count WHERE desk = :desk AND day = :day AND rejected_by IS NULL"
_NOTED = "SELECT 1 FROM cash_rest WHERE desk = :desk AND day = :day"
_OPEN = {
    "transports": "SELECT count(*) FROM cash_transport WHERE state = 'under_way' AND (desk = :desk OR other = :desk)",
    "cheques": "SELECT count(*) FROM cash_cheque WHERE state = 'held' AND desk = :desk",
    "settlements": "SELECT count(*) FROM cash_settlement WHERE state = 'listed' AND fund = :desk",
}
_CHANGING = ("name", "limit_cents", "single_cents", "fixed_cents", "settle_days")


class CountedDayError(KasseError):
    """A day that is to be noted as not open, on which the desk was counted."""

    code = "cash.counted_day"
    template = N_("cash desk {desk} was counted on {day}: it was open")
    hint = N_("nothing is to be noted; the closing of the day reads the count")


class NoRestError(KasseError):
    """There is no note that could be taken back."""

    code = "cash.no_rest"
    template = N_("cash desk {desk} is not noted as not open on {day}")
    hint = N_("see 'kasse cash show {desk}' for the days that are; --on gives the day")


class RestReasonError(KasseError):
    """A note that is taken back without words."""

    code = "cash.rest_reason"
    template = N_("no reason is given for taking back that cash desk {desk} is not open on {day}")
    hint = N_("say with --reason why the note was wrong")


class RestTakenBackError(KasseError):
    """A note that was taken back and is to be made once more."""

    code = "cash.rest_back"
    template = N_("that cash desk {desk} is not open on {day} was taken back: it is not noted a second time")
    hint = N_("count it: 'kasse cash count {desk} --on {day}'; 'kasse cash show {desk}' says who took it back")


@dataclass(frozen=True, slots=True)
class DeskDone:
    """A desk as it is now; `new` is false where it was so before."""

    desk: Desk
    new: bool = True


def open_new(store: Store, plan: DeskPlan) -> DeskDone:
    """Open a desk or fund with its account in the books and its first holder.

    Needs the role head in the office and another person as holder. Raises `DeskCodeError`, `DeskExistsError`,
    `FixedSumError`, `UnknownOfficeError`, `HolderRoleError`, `OwnWorkError`, `NotAllowedError`.
    """
    code = check_code(plan.code)
    if (plan.kind == "fund") != (plan.fixed_cents is not None):
        raise FixedSumError
    check_office(store, plan.office)
    with store.unit(office_codes(store)):
        require(store, plan.office, *HEADS)
        if store.value(_KNOWN, code=code) is not None:
            raise DeskExistsError(desk=code)
        for role in UNDER_WAY:
            under_way(store, role)
        store.insert_one(
            "cash_desk", code=code, office=plan.office, kind=plan.kind, name=plan.name,
            account=open_account(store, plan, code, store.today), limit_cents=plan.limit_cents,
            single_cents=plan.single_cents, fixed_cents=plan.fixed_cents, settle_days=plan.settle_days,
            opened_on=store.today, opened_by=store.user,
        )  # fmt: skip
        facts: dict[str, Fact] = {name: getattr(plan, name) for name in _CHANGING if name != "name"}
        _note(store, plan.office, "open", code, {**facts, "kind": plan.kind, "day": store.today})
        _give(store, find_desk(store, code, store.today), plan.holder, plan.party)
        return DeskDone(find_desk(store, code, store.today))


def change_desk(store: Store, code: str, values: Mapping[str, str | int | None]) -> DeskDone:
    """Change name, limits, fixed sum or deadline of a desk.

    Needs the role head in its office. Raises `UnknownDeskError`, `FixedSumError`, `NotAllowedError`.
    """
    assert values.keys() <= set(_CHANGING), "only what may change"
    desk = find_desk(store, code, store.today)
    with store.unit([desk.office]):
        require(store, desk.office, *HEADS)
        if desk.kind == "desk" and values.get("fixed_cents") is not None:
            raise FixedSumError
        changed = {name: value for name, value in values.items() if getattr(desk, name) != value}
        if changed:
            given = ", ".join(f"{name} = :{name}" for name in changed)
            store.execute(f"UPDATE cash_desk SET {given} WHERE code = :code", code=desk.code, **changed)
            facts: dict[str, Fact] = {n: v for n, v in changed.items() if n != "name"}
            _note(store, desk.office, "change", desk.code, facts)
        return DeskDone(find_desk(store, desk.code, store.today), bool(changed))


def hand_over(store: Store, code: str, holder: str, *, party: int | None = None) -> DeskDone:
    """Give a desk into other hands from today on, after a count of today that two persons have signed.

    Needs the role head in its office; nobody gives a desk to themselves. Raises `UnknownDeskError`,
    `UncountedDeskError`, `HolderRoleError`, `OwnWorkError`, `UnknownUserError`, `NotAllowedError`.
    """
    with store.unit(office_codes(store)):
        desk = open_desk(store, code)
        require(store, desk.office, *HEADS)
        if desk.holder == user_id(store, holder) and party in {None, desk.holder_party}:
            return DeskDone(desk, new=False)
        check_counted(store, desk, store.today)
        _give(store, desk, holder, party)
        return DeskDone(find_desk(store, desk.code, store.today))


def close_desk(store: Store, code: str) -> DeskDone:
    """Close a desk for good from today on: it must be empty and nothing of it under way.

    Needs the role head in its office, and another person than the holder. Raises `UnknownDeskError`,
    `DeskNotEmptyError`, `EarlierDayError`, `OwnWorkError`, `NotAllowedError`.
    """
    with store.unit(office_codes(store)):
        desk = find_desk(store, code, store.today)
        require(store, desk.office, *HEADS)
        if desk.closed_on is not None:
            return DeskDone(desk, new=False)
        check_apart(store, desk.office, f"desk {desk.code}", (desk.holder, None))
        held, left = balance(store, desk), {name: int(store.value(sql, desk=desk.code)) for name, sql in _OPEN.items()}
        if held or any(left.values()):
            raise DeskNotEmptyError(
                desk=desk.code, balance_cents=held, transports=left["transports"], cheques=left["cheques"],
                settlements=left["settlements"],
            )  # fmt: skip
        latest = latest_day(store, desk)
        if latest >= store.today:
            raise EarlierDayError(desk=desk.code, day=store.today, latest=latest)
        store.execute(_END, day=store.today, desk=desk.code)
        sql = "UPDATE cash_desk SET closed_on = CAST(:day AS TEXT), closed_by = :user WHERE code = :code"
        store.execute(sql, day=store.today, user=store.user, code=desk.code)
        close_account(store, desk, store.today)
        held_by = ("cash_holder", desk.code, int(store.value(_LINE, desk=desk.code)))
        _note(store, desk.office, "close", desk.code, {"day": store.today}, held_by)
        return DeskDone(find_desk(store, desk.code, store.today))


def rest(store: Store, code: str, reason: str) -> DeskDone:
    """Note that a desk is not open today; the closing of the day then asks for no count of it.

    Needs to be its holder, or the role head in its office. Raises `UnknownDeskError`, `ClosedDeskError`,
    `CountedDayError`, `EarlierDayError`, `RestTakenBackError`, `NotAllowedError`.
    """
    desk, day = find_desk(store, code, store.today), store.today
    with store.unit([desk.office, kasse_office(store)]):
        _check_own(store, desk)
        if desk.closed_on is not None and desk.closed_on <= day:
            raise ClosedDeskError(desk=desk.code, day=desk.closed_on)
        if store.value(_COUNTED, desk=desk.code, day=day) is not None:
            raise CountedDayError(desk=desk.code, day=day)
        if latest_day(store, desk) >= day:
            raise EarlierDayError(desk=desk.code, day=day, latest=latest_day(store, desk))
        try:
            open_desk(store, code, planned=True)
        except RestingDeskError:
            return DeskDone(desk, new=False)
        if store.value(_NOTED, desk=desk.code, day=day) is not None:
            raise RestTakenBackError(desk=desk.code, day=day)
        store.insert_one(
            "cash_rest", desk=desk.code, day=day, reason=reason, made_by=store.user, made_at=store.now
        )  # fmt: skip
        record(store, desk.office, "cash.rest", f"desk:{desk.code}", {"day": day}, {"reason": reason})
        return DeskDone(desk)


def take_rest_back(store: Store, code: str, reason: str) -> DeskDone:
    """Take back the note that a desk is not open today: it takes and pays again, and the closing asks for its count.

    The note stays to be seen; the event log says who took it back and why. Needs to be its holder, or the role head
    in its office. Raises `UnknownDeskError`, `RestReasonError`, `NoRestError`, `ClosedPeriodError`, `NotAllowedError`.
    """
    desk, day = find_desk(store, code, store.today), store.today
    with store.unit([desk.office, kasse_office(store)]):
        _check_own(store, desk)
        if not reason.strip():
            raise RestReasonError(desk=desk.code, day=day)
        if not resting_days(store, desk, day, day):
            raise NoRestError(desk=desk.code, day=day)
        closed = closed_until(store).any
        if day <= closed:
            raise ClosedPeriodError(day=day, closed=closed)
        record(store, desk.office, "cash.rest_back", f"rest:{desk.code}/{day}", {"day": day}, {"reason": reason})
        return DeskDone(desk)


def _check_own(store: Store, desk: Desk) -> None:
    if desk.holder != store.user:
        require(store, desk.office, *HEADS)


def _give(store: Store, desk: Desk, holder: str, party: int | None) -> None:
    user = user_id(store, holder)
    check_apart(store, desk.office, f"desk {desk.code}", (user, None))
    check_holder(store, desk.office, user)
    store.execute(_END, day=store.today, desk=desk.code)
    line = int(store.value(_LINE, desk=desk.code)) + 1
    store.insert_one(
        "cash_holder", desk=desk.code, line=line, user_id=user, party=party, since=store.today, made_by=store.user,
        made_at=store.now,
    )  # fmt: skip
    rows = [("cash_holder", desk.code, number) for number in (line - 1, line) if number]
    _note(store, desk.office, "hold", desk.code, {"holder": user, "since": store.today}, *rows)


def _note(
    store: Store, office: str, verb: str, code: str, facts: Mapping[str, Fact], *rows: tuple[object, ...]
) -> None:
    sealed = seal(store, ("cash_desk", code), *rows)
    record(store, office, f"cash.{verb}", f"desk:{code}", {**facts, **sealed})
