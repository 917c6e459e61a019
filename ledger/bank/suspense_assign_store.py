"""Assigning unclear money to open items."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ledger.bank.posting import MATCH_COLUMNS
from ledger.bank.references import rf_content
from ledger.bank.suspense import (
    Aim,
    Allocation,
    ClearedCaseError,
    ClosedTargetError,
    SurplusOfAdvanceError,
    UnknownTargetError,
    Wish,
    allocate,
)
from ledger.bank.suspense_store import Case, find_case
from ledger.book.entry import Draft, Posted, Posting
from ledger.book.store import account_with_role, kasse_office, office_codes, post
from ledger.book.transfer import across
from ledger.events.store import record
from ledger.items.kassenzeichen import compact
from ledger.items.settlement import Claim, Order
from ledger.items.store import (
    SIDES,
    NewClearing,
    NewItem,
    clear,
    insert_items,
    opening_posting,
    posting_for,
    reserve_items,
)
from ledger.people.users import require
from ledger.store.engines import Row, Store

TARGET_KINDS = {"suspense": "receivable", "advance": "payable"}
"""What money received may pay, and what money paid out may have paid."""
_BY_NUMBER = re.compile(r"([A-Z0-9]{1,8})/([0-9]{1,18})")
_TARGETS = """
    SELECT office, id, open_cents, due, profile, claim_kind, party, account FROM item
    WHERE kind = :kind AND (reference = :reference OR (office = :office AND id = :number)) ORDER BY office, id"""
_SIDE_CLAIMS = """
    SELECT office, id, open_cents, due, profile, claim_kind, party, account FROM item
    WHERE kind = :kind AND office = :office AND main_item = :number ORDER BY id"""
_LAST_STEP = "SELECT coalesce(max(line), 0) FROM bank_match WHERE office = :office AND entry = :entry"


@dataclass(frozen=True, slots=True)
class Assigned:
    """What an assignment did: its entry, what it settled, what became a credit, what is left in the case."""

    office: str
    number: int
    entry: str
    settled_cents: int
    surplus_cents: int
    left_cents: int
    items: tuple[tuple[str, int, int], ...]


def assign(
    store: Store,
    number: int,
    wishes: Sequence[Wish],
    *,
    day: str,
    office: str | None = None,
    surplus: bool = False,
    orders: Mapping[str, Order] | None = None,
) -> Assigned:
    """Assign the money of a case to open items: suspense to receivables, an advance to payables.

    Each office gets one entry, linked where there are several. The payment counts from the day the bank had it,
    not from `day`, on which it is posted. Raises the errors of `ledger.bank.suspense`, `NotAllowedError`,
    `ClosedPeriodError`.
    """
    office = office or kasse_office(store)
    require(store, office, "clerk")
    with store.unit(office_codes(store)):
        case = find_case(store, office, number)
        if case.open_cents == 0:
            raise ClearedCaseError(number=number)
        if surplus and case.kind == "advance":
            raise SurplusOfAdvanceError(number=number)
        found = _Targets(store, TARGET_KINDS[case.kind])
        aims = [found.aim(wish) for wish in wishes]
        allocation = allocate(aims, number, case.open_cents, surplus=surplus, orders=orders)
        posted, got = _post(store, case, allocation, found, aims[0].party, max(day, case.posting_day))
        _note(store, case, got, [aim.wish.target for aim in aims])
    settled = allocation.settled_cents
    return Assigned(
        office, number, f"{posted.office}-{posted.year}-{posted.number}", settled, allocation.surplus_cents,
        case.open_cents - settled - allocation.surplus_cents,
        tuple(got),
    )  # fmt: skip


class _Targets:
    """Finds open items as a person names them, and remembers their accounts."""

    def __init__(self, store: Store, kind: str) -> None:
        self.store = store
        self.kind = kind
        self.accounts: dict[tuple[str, int], str] = {}

    def aim(self, wish: Wish) -> Aim:
        """Return the wish with its open items, side claims included.

        Raises `UnknownTargetError` or `ClosedTargetError`.
        """
        rows = self._rows(wish.target)
        if not rows:
            raise UnknownTargetError(kind=self.kind, reference=wish.target)
        known = {(row[0], row[1]): row for row in rows}
        for office, number in list(known):
            side = self.store.all(_SIDE_CLAIMS, kind=self.kind, office=office, number=number)
            known |= {(row[0], row[1]): row for row in side}
        still_open = {key: row for key, row in known.items() if row[2] > 0 and key not in self.accounts}
        if not still_open:
            raise ClosedTargetError(reference=wish.target)
        self.accounts |= {key: row[7] for key, row in still_open.items()}
        parties = {row[6] for row in still_open.values()}
        claims = tuple(Claim(*row[:6]) for row in still_open.values())
        return Aim(wish, claims, parties.pop() if len(parties) == 1 else None)

    def _rows(self, target: str) -> list[Row]:
        text = target.strip().upper()
        named = _BY_NUMBER.fullmatch(text)
        bare = compact(text)
        office, number = (named[1], int(named[2])) if named else ("", 0)
        reference = rf_content(bare) or bare
        return self.store.all(_TARGETS, kind=self.kind, reference=reference, office=office, number=number)


def _post(
    store: Store, case: Case, allocation: Allocation, found: _Targets, party: int | None, day: str
) -> tuple[Posted, list[tuple[str, int, int]]]:
    """Post an allocation with its clearings and its credit, and return the entry and what each item got."""
    total = allocation.settled_cents + allocation.surplus_cents
    side = SIDES[found.kind]
    postings: dict[str, list[Posting]] = {
        case.office: [posting_for(SIDES[case.kind], case.account, case.number, total)]
    }
    cleared: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    cleared[case.office].append((case.number, total))
    for claim, cents in allocation.lines:
        account = found.accounts[claim.office, claim.item]
        postings.setdefault(claim.office, []).append(posting_for(side, account, claim.item, cents))
        cleared[claim.office].append((claim.item, cents))
    credit = _credit(store, allocation, party, day) if allocation.surplus_cents else None
    if credit is not None:
        made = opening_posting(SIDES["credit"], credit.account, credit.id, credit.amount_cents)
        postings.setdefault(credit.office, []).append(made)
    drafts = _drafts(case, postings, day)
    posted = {one.office: one for one in post(store, drafts)}
    if credit is not None:
        insert_items(store, [replace(credit, position=posted[credit.office].position)])
    payment_day = case.payment_day or day
    clear(
        store,
        [
            NewClearing(office, "assign", posted[office].position, day, payment_day, tuple(lines))
            for office, lines in sorted(cleared.items())
        ],
    )
    got = [(claim.office, claim.item, cents) for claim, cents in allocation.lines]
    if credit is not None:
        got.append((credit.office, credit.id, credit.amount_cents))
    return posted[case.office], got


def _drafts(case: Case, postings: Mapping[str, Sequence[Posting]], day: str) -> list[Draft]:
    return across(
        case.office,
        postings,
        kind="clearing",
        posting_day=day,
        source=f"{case.kind}:{case.office}/{case.number}",
        payment_day=case.payment_day or day,
        group=1,
    )


def _credit(store: Store, allocation: Allocation, party: int | None, day: str) -> NewItem:
    """Return the credit that a surplus becomes, in the office of the last item paid; its entry is still to come."""
    office = allocation.lines[-1][0].office
    account = account_with_role(store, office, "credit")
    number = reserve_items(store, office)
    return NewItem(office, number, "credit", account, allocation.surplus_cents, day, day, 0, party)


def _note(store: Store, case: Case, got: Sequence[tuple[str, int, int]], named: Sequence[str]) -> None:
    """Write down for `explain` who assigned what, and the event."""
    sign = 1 if case.kind == "suspense" else -1
    if case.entry is not None:
        line = int(store.value(_LAST_STEP, office=case.office, entry=case.entry))
        evidence = json.dumps({"by": store.user, "at": store.now}, sort_keys=True)
        rows = [
            (case.office, case.entry, line + index, "assigned", evidence, office, item, sign * cents)
            for index, (office, item, cents) in enumerate(got, 1)
        ]
        store.insert("bank_match", MATCH_COLUMNS, rows)
    facts = {"cents": sum(cents for _, _, cents in got), "items": len(got)}
    record(store, case.office, f"{case.kind}.assign", f"item:{case.number}", facts, {"to": " ".join(named)})
