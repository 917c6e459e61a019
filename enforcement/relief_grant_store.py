"""Deciding about relief: granted by another person with the right for the sum, refused, or withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from enforcement.law import Law
from enforcement.relief import (
    ItemKey,
    Owed,
    ReliefChangedError,
    ReliefLimitError,
    ReliefReasonError,
    ReliefStateError,
)
from enforcement.relief_books_store import Covered, Side, book_sides, give_back, write_down, write_off
from enforcement.relief_days import check_later
from enforcement.relief_effects_store import is_joint, kind_of, lock, move_dues, note_events
from enforcement.relief_law import Late, ReliefBook
from enforcement.relief_paid_store import PaidRow, check_paid, paid_of
from enforcement.relief_propose_store import ONE_DAY, PROPOSERS, check_conflict, relief_book, write_items
from enforcement.relief_reader import Relief, ReliefItemRow, find_relief, owed
from enforcement.relief_rules import is_penal
from enforcement.relief_seals_store import seal_relief
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.items_reader import item_name
from ledger.items.kassenzeichen import issue
from ledger.items.store import NewItem
from ledger.items.targets_store import register
from ledger.people.duties import Acting
from ledger.people.duties_store import approval_limit
from ledger.people.users import check_apart, require, user_name
from ledger.store.engines import Store
from sepa.errors import KasseError

DECIDERS = ("enforcement", "head")
_LIMIT = """SELECT kind, max_cents FROM relief_limit WHERE user_id = :user AND kind IN (:kind, '*')
            ORDER BY CASE WHEN kind = '*' THEN 1 ELSE 0 END LIMIT 1"""
_DECIDE = """
    UPDATE relief SET state = :state, decided_by = :user, decided_at = CAST(:now AS TEXT),
        decided_reason = CAST(:reason AS TEXT), reference = CAST(:reference AS TEXT) WHERE id = :id"""
_WITHDRAW = """
    UPDATE relief SET state = 'withdrawn', ended_by = :user, ended_on = CAST(:day AS TEXT),
        ended_at = CAST(:now AS TEXT), ended_reason = :reason WHERE id = :id"""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a grant did: charges and interest booked, cents written off or down, the reference of a plan."""

    number: int
    kind: str
    items: int
    late_cents: int
    interest_cents: int
    written_off_cents: int
    written_down_cents: int
    reference: str | None
    findings: tuple[KasseError, ...] = ()
    credits: tuple[PaidRow, ...] = ()

    @property
    def credit_cents(self) -> int:
        """What became credits of those who had paid."""
        return sum(one.cents for one in self.credits)


@dataclass(frozen=True, slots=True)
class Decided:
    """A relief that was refused or withdrawn: nothing was booked, nothing changed."""

    number: int
    kind: str
    state: str


def grant(store: Store, number: int, *, reason: str = "", law: Law | None = None) -> Granted:
    """Grant a relief that another person proposed, with all its effects, in one unit of work.

    Raises `UnknownReliefError`, `ReliefStateError`, `OwnWorkError`, `ReliefLimitError`, `ReliefChangedError`,
    `ReliefEarlierError`, `ReliefConflictError`, `NotAllowedError`, `ClosedPeriodError`, `UnknownAccountError`.
    """
    with store.unit(office_codes(store)):
        return grant_in_unit(store, number, reason=reason, law=law)


def grant_in_unit(store: Store, number: int, *, reason: str = "", law: Law | None = None) -> Granted:
    """Grant a relief inside a unit of work that holds all offices."""
    kasse = kasse_office(store)
    require(store, kasse, *DECIDERS)
    relief = expect(store, number, "proposed")
    check_person(store, relief, kasse)
    claims = _unchanged(store, relief)
    book = relief_book(store, law)
    granted = _carry_out(store, relief, claims, book, kasse)
    store.execute(
        _DECIDE, state="granted", user=store.user, now=store.now, reason=reason.strip() or None,
        reference=granted.reference, id=number,
    )  # fmt: skip
    facts: dict[str, Fact] = {
        **seal_relief(store, number), "kind": granted.kind, "items": granted.items, "late_cents": granted.late_cents,
        "interest_cents": granted.interest_cents, "written_off_cents": granted.written_off_cents,
        "written_down_cents": granted.written_down_cents, "credit_cents": granted.credit_cents,
    }  # fmt: skip
    record(store, kasse, "relief.grant", f"relief:{number}", facts, {"reason": reason.strip()} if reason else None)
    return granted


def refuse(store: Store, number: int, *, reason: str) -> Decided:
    """Refuse a relief; not by the person who proposed it: that one withdraws it.

    Raises `UnknownReliefError`, `ReliefStateError`, `ReliefReasonError`, `OwnWorkError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *DECIDERS)
        relief = _with_reason(store, number, reason)
        check_own(store, relief, kasse)
        store.execute(
            _DECIDE, state="refused", user=store.user, now=store.now, reason=reason.strip(), reference=None, id=number
        )
        facts: dict[str, Fact] = {"kind": relief.row.kind, **seal_relief(store, number)}
        record(store, kasse, "relief.refuse", f"relief:{number}", facts, {"reason": reason})
    return Decided(number, relief.row.kind, "refused")


def withdraw(store: Store, number: int, *, reason: str) -> Decided:
    """Take a proposal back that nobody decided.

    Raises `UnknownReliefError`, `ReliefStateError`, `ReliefReasonError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, *PROPOSERS)
        relief = _with_reason(store, number, reason)
        store.execute(_WITHDRAW, user=store.user, now=store.now, day=store.today, reason=reason.strip(), id=number)
        facts: dict[str, Fact] = {"kind": relief.row.kind, **seal_relief(store, number)}
        record(store, kasse, "relief.withdraw", f"relief:{number}", facts, {"reason": reason})
    return Decided(number, relief.row.kind, "withdrawn")


def expect(store: Store, number: int, state: str) -> Relief:
    """Return a relief that is in a state; raises `UnknownReliefError`, `ReliefStateError`."""
    relief = find_relief(store, number)
    if relief.row.state != state:
        raise ReliefStateError(relief=number, state=relief.row.state)
    return relief


def check_own(store: Store, relief: Relief, kasse: str) -> None:
    """Refuse a decision to whoever proposed the relief; raises `OwnWorkError`."""
    sql = "SELECT proposed_by, proposed_at FROM relief WHERE id = :id"
    proposed_by, proposed_at = store.one(sql, id=relief.number) or (None, None)
    check_apart(store, kasse, f"relief {relief.number}", (proposed_by, proposed_at))


def check_person(store: Store, relief: Relief, kasse: str) -> None:
    """Refuse own work, and sums above what the person may grant: by kind, by any kind, else as for orders."""
    check_own(store, relief, kasse)
    row = store.one(_LIMIT, user=store.principal or store.user, kind=relief.row.kind)
    limit = row[1] if row is not None else approval_limit(store, Acting(store.user, store.principal), kasse)
    if limit is not None and relief.row.sum_cents > limit:
        raise ReliefLimitError(
            user=user_name(store, store.principal or store.user), office=kasse, kind=relief.row.kind,
            limit_cents=int(limit), sum_cents=relief.row.sum_cents,
        )  # fmt: skip


def _with_reason(store: Store, number: int, reason: str) -> Relief:
    if not reason.strip():
        raise ReliefReasonError
    return expect(store, number, "proposed")


def _unchanged(store: Store, relief: Relief) -> list[Owed]:
    """Return the claims as they were proposed; raises `ReliefChangedError` where money came or levels moved."""
    now = {one.key: one for one in owed(store, [one.key for one in relief.items])}
    partly = relief.row.kind in {"erlass", "absetzung"}
    found: list[Owed] = []
    for item in relief.items:
        one = now.get(item.key)
        open_cents = one.cents if one else 0
        if one is None or open_cents < item.cents or (open_cents > item.cents and not partly):
            name = item_name(*item.key)
            raise ReliefChangedError(item=name, now_cents=open_cents, was_cents=item.cents, relief=relief.number)
        if (one.due, one.level, one.dunned_on) != (item.due_before, item.level_before, item.dunned_before):
            name = item_name(*item.key)
            raise ReliefChangedError(item=name, now_cents=open_cents, was_cents=item.cents, relief=relief.number)
        found.append(replace(one, cents=item.cents))
    check_conflict(store, kind_of(relief), relief.row.party_number, found, own=relief.number)
    check_paid(store, relief.number)
    return found


def _carry_out(store: Store, relief: Relief, claims: list[Owed], book: ReliefBook, kasse: str) -> Granted:
    kind, text = kind_of(relief), relief.row.reason
    done = Granted(relief.number, kind.name, len(claims), 0, 0, 0, 0, None)
    lasting: Sequence[Owed] = claims
    if kind.moves_due:
        done = _defer(store, relief, claims, book, done)
    elif kind.name == "insolvenz":
        late = book.demanded(claims, dt.date.fromisoformat(relief.row.first_day) - ONE_DAY)
        items = _book_late(store, relief, late, len(relief.items) + 1)
        done = replace(done, late_cents=sum(one.amount_cents for one in items))
    elif kind.ends_claims or kind.name == "tod":
        ending = claims if kind.ends_claims else _with_the_debtor(store, claims, book)
        lasting = [one for one in claims if one not in ending]
        cents = write_off(store, relief.number, _covered(ending), kind.role, text)
        give_back(store, relief.number, paid_of(store, relief.number), kind.role, text)
        done = replace(done, written_off_cents=cents, credits=tuple(paid_of(store, relief.number)))
    elif kind.writes_down:
        done = replace(done, written_down_cents=write_down(store, relief.number, _covered(claims), text))
    _hold(store, relief, book, lasting)
    reference = _reference(store, relief, kasse) if len(relief.plan) > 1 or kind.name == "ratenplan" else None
    return replace(done, reference=reference, findings=book.findings + done.findings)


def _with_the_debtor(store: Store, claims: Sequence[Owed], book: ReliefBook) -> list[Owed]:
    """Return what ends with the death of its debtor: penalties, but for what others owe as well (§ 425 BGB)."""
    penal = (one for one in claims if is_penal(one, book.profile(one.profile)))
    return [one for one in penal if not is_joint(store, one.key)]


def _hold(store: Store, relief: Relief, book: ReliefBook, lasting: Sequence[Owed]) -> None:
    """Lock what lives on and note what the relief is to it in law."""
    keys = {one.key for one in lasting}
    rows = [one for one in relief.items if one.key in keys]
    if kind_of(relief).locks or kind_of(relief).moves_due:
        lock(store, relief, [one.key for one in rows])
    note_events(store, relief, book, rows)


def _defer(store: Store, relief: Relief, claims: list[Owed], book: ReliefBook, done: Granted) -> Granted:
    """Book the charges of the time before and the interest of the plan, and let the claims fall due by it."""
    first = dt.date.fromisoformat(relief.row.first_day)
    late = _book_late(store, relief, book.demanded(claims, first - ONE_DAY), len(claims) + 1)
    everything = [*claims, *(_as_owed(one) for one in late)]
    total, name = sum(one.cents for one in everything), item_name(*claims[0].key)
    if total != relief.row.sum_cents:
        raise ReliefChangedError(item=name, now_cents=total, was_cents=relief.row.sum_cents, relief=relief.number)
    plan = book.plan(everything, tuple(replace(one, interest_cents=0) for one in relief.plan), first)
    check_later(kind_of(relief), claims, plan)
    if plan.instalments != relief.plan:
        interest, before = (sum(one.interest_cents for one in found) for found in (plan.instalments, relief.plan))
        raise ReliefChangedError(item=name, now_cents=interest, was_cents=before, relief=relief.number)
    known = {one.key: one for one in everything}
    sides = [
        _side(known[one.key], one.cents, one.kind, one.due.isoformat(), known[one.key].item) for one in plan.interest
    ]
    interest_items = book_sides(store, relief.number, sides)
    _add_items(store, relief, interest_items, "interest", len(everything) + 1)
    move_dues(store, plan.dues)
    return replace(
        done,
        late_cents=sum(one.amount_cents for one in late),
        interest_cents=sum(one.amount_cents for one in interest_items),
        findings=plan.findings,
    )


def _book_late(store: Store, relief: Relief, late: Sequence[Late], first_line: int) -> list[NewItem]:
    """Book what paying late cost until the day before the relief begins."""
    sides = [_side(one.main, one.cents, one.kind, relief.row.first_day, one.main.item) for one in late]
    made = book_sides(store, relief.number, sides)
    _add_items(store, relief, made, "late", first_line)
    return made


def _add_items(store: Store, relief: Relief, items: Sequence[NewItem], part: str, first_line: int) -> None:
    write_items(store, relief.number, [_as_owed(one) for one in items], part, first_line)


def _side(main: Owed, cents: int, kind: str, due: str, item: int) -> Side:
    return Side(main.office, item, main.account, cents, kind, due, main.party, main.profile, main.reference)


def _as_owed(one: NewItem) -> Owed:
    return Owed(
        one.office, one.id, one.account, one.amount_cents, one.due, 0, None, one.profile, one.claim_kind,
        one.main_item, one.party, one.reference, one.amount_cents, one.opened_on,
    )  # fmt: skip


def _covered(claims: Sequence[Owed]) -> list[Covered]:
    return [Covered(one.office, one.item, one.account, one.cents) for one in claims]


def _reference(store: Store, relief: Relief, kasse: str) -> str:
    """Give a plan a reference that stands for all its items."""
    (fresh,) = issue(store)
    keys: list[ItemKey] = [one.key for one in find_relief(store, relief.number).items]
    return register(store, fresh, "plan", kasse, relief.number, keys).reference


def covered_rows(rows: Sequence[ReliefItemRow]) -> list[Covered]:
    """Return what relief items cover, with what was open when the relief was proposed."""
    return [Covered(one.office, one.item, one.account, one.cents) for one in rows]
