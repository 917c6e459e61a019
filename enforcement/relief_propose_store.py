"""Proposing relief: what it is about, its charges and instalments; nothing is booked before another one grants it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from enforcement.events_reader import events_of
from enforcement.law import Law
from enforcement.law_store import book_law
from enforcement.lump_reader import lump_demanded
from enforcement.relief import (
    KINDS,
    Instalment,
    Kind,
    MainClaimError,
    NothingOwedError,
    Owed,
    ReliefConflictError,
    SeveralDebtorsError,
    Wish,
)
from enforcement.relief_days import check_days, check_later
from enforcement.relief_law import Late, Planned, ReliefBook, late_owed
from enforcement.relief_paid import PAYS_BACK, Paid, take_back
from enforcement.relief_paid_store import debtors_of, paid_parts, write_paid
from enforcement.relief_plan import instalments
from enforcement.relief_reader import owed, owed_by, payments_of, reductions_of
from enforcement.relief_seals_store import seal_fresh
from enforcement.taken_off_reader import given_back
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.items_reader import item_name
from ledger.items.settlement import Claim as Settled
from ledger.items.settlement import spread
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

PROPOSERS = ("enforcement", "clerk", "head")
ONE_DAY = dt.timedelta(days=1)
ITEM = (
    "relief", "line", "office", "item", "part", "cents", "due_before", "level_before", "dunned_before",
)  # fmt: skip
_RUNNING = """
    SELECT r.id, r.kind, r.party FROM relief_item x JOIN relief r ON r.id = x.relief
    WHERE x.office = :office AND x.item = :item AND x.part = 'claim' AND r.id <> :own
      AND (r.state = 'proposed' OR (r.state = 'granted'
           AND r.kind NOT IN ('niederschlagung_unbefristet', 'erlass', 'absetzung')))
    ORDER BY r.id"""
BESIDE = ("tod", "insolvenz", "niederschlagung_befristet")
"""Kinds that may hold for one claim at the same time."""


class ReliefAmountError(KasseError):
    """A relief of more than there is, or of nothing."""

    code = "relief.amount"
    template = N_("a relief of {given_cents} cannot be: the claims are {sum_cents}")
    hint = N_("give at most that with --amount, or leave --amount out for all of it")


class PartReliefError(KasseError):
    """A relief of a part of a claim, of a kind that is of whole claims."""

    code = "relief.part"
    template = N_("{kind} is of whole claims: {given_cents} would be a part of {item} over {open_cents}")
    hint = N_("leave --amount out; only an Erlass or an Absetzung may be of a part")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A relief as proposed: claims and late charges together, interest apart, in cents."""

    number: int
    kind: str
    items: int
    claim_cents: int
    late_cents: int
    interest_cents: int
    instalments: tuple[Instalment, ...]
    findings: tuple[KasseError, ...] = ()
    paid_cents: int = 0

    @property
    def sum_cents(self) -> int:
        """Claims, late charges, and what is given back of what is paid."""
        return self.claim_cents + self.late_cents + self.paid_cents


def propose(store: Store, wish: Wish, *, law: Law | None = None) -> Proposed:
    """Propose a relief, in one unit of work; another person grants or refuses it.

    Named claims come with their open side claims. What is deferred is charged with what paying late cost until the
    day before. Raises `NothingOwedError`, `SeveralDebtorsError`, `ReliefConflictError`, `ReliefAmountError`,
    `PartReliefError`, `InstalmentSumError`, `InstalmentDaysError`, `ReliefEarlierError`, `ReliefFutureError`,
    `ReliefWatchPastError`, `NotAllowedError` and the errors of a law that is not known on the days.
    """
    kasse = kasse_office(store)
    require(store, kasse, *PROPOSERS)
    check_days(wish, dt.date.fromisoformat(store.today))
    with store.unit(office_codes(store)):
        paid = paid_parts(store, wish.items) if wish.paid else []
        book = relief_book(store, law)
        party, claims, back = _claims(store, wish, paid, book)
        late = book.demanded(claims, wish.first - ONE_DAY) if wish.kind.moves_due else []
        planned = _planned(book, wish, claims, late)
        number = take_ids(store, BOOK, "relief")
        _write(store, number, party, wish, claims, late, planned, back)
        made = Proposed(
            number, wish.kind.name, len(claims), sum(one.cents for one in claims), sum(one.cents for one in late),
            sum(one.interest_cents for one in planned.instalments), planned.instalments,
            book.findings + planned.findings, sum(one.cents for one in back),
        )  # fmt: skip
        note_proposal(store, kasse, made, wish)
    return made


def relief_book(store: Store, law: Law | None = None) -> ReliefBook:
    """Return law and facts of this book."""
    given = cache(lambda: given_back(store))
    return ReliefBook(
        place_of(store),
        law or book_law(store),
        lambda key: payments_of(store, key),
        lambda key: events_of(store, *key),
        reductions=lambda key: (*reductions_of(store, key), *given().get(key, ())),
        lumps=lambda key, lump: lump_demanded(store, key, lump),
    )


def check_conflict(store: Store, kind: Kind, party: int, claims: Sequence[Owed], own: int = 0) -> None:
    """Refuse a second relief about a claim, but for those that go side by side; raises `ReliefConflictError`.

    What befalls one of joint debtors stands beside whatever there is of the others (§ 425 BGB).
    """
    for one in claims:
        for other, name, whose in store.rows(_RUNNING, office=one.office, item=one.item, own=own):
            if whose != party and (kind.whole or KINDS[name].whole):
                continue
            if kind.name == name or kind.name not in BESIDE or name not in BESIDE:
                raise ReliefConflictError(item=item_name(*one.key), other=other, kind=name)


def _claims(store: Store, wish: Wish, paid: Sequence[Paid], book: ReliefBook) -> tuple[int, list[Owed], list[Paid]]:
    """Return whose relief it is, the open claims that it is about, and what of the paid ones.

    A part takes off the open claims first.
    """
    whole = wish.party is not None and wish.kind.whole
    claims = owed(store, wish.items) if wish.party is None else owed_by(store, wish.party, jointly=whole)
    names = ", ".join(item_name(*key) for key in wish.items)
    if not claims and not paid:
        raise NothingOwedError(what=names or str(wish.party))
    debtors = {wish.party} if whole else debtors_of(store, claims, paid)
    party = debtors.pop()
    if debtors or party is None:
        raise SeveralDebtorsError(items=names)
    if wish.kind.name == "absetzung":
        _check_sides([*claims, *paid])
    check_conflict(store, wish.kind, party, claims)
    open_cents = sum(one.cents for one in claims)
    if wish.cents is None or not paid:
        part = _partly(claims, wish.cents, book) if wish.cents is not None else claims
        _check_whole(wish, claims, part)
        return party, part, list(take_back(paid, None))
    if not 0 < wish.cents <= open_cents + sum(one.cents for one in paid):
        raise ReliefAmountError(given_cents=wish.cents, sum_cents=open_cents + sum(one.cents for one in paid))
    first = min(wish.cents, open_cents)
    return party, (_partly(claims, first, book) if first else []), take_back(paid, wish.cents - first)


def _check_whole(wish: Wish, claims: Sequence[Owed], part: Sequence[Owed]) -> None:
    """Refuse a part of a claim where it could not be granted; raises `PartReliefError`."""
    cents = {one.key: one.cents for one in part}
    for one in claims if wish.kind.name not in PAYS_BACK else ():
        if 0 < cents.get(one.key, 0) < one.cents:
            raise PartReliefError(
                kind=wish.kind.name, given_cents=cents[one.key], item=item_name(*one.key), open_cents=one.cents
            )


def _check_sides(items: Sequence[Owed | Paid]) -> None:
    mains = [one for one in items if one.main_item is None]
    if mains:
        raise MainClaimError(item=item_name(mains[0].office, mains[0].item))


def _partly(claims: Sequence[Owed], cents: int, book: ReliefBook) -> list[Owed]:
    """Return claims with the part of them that a sum covers, in the order in which money would pay them."""
    total = sum(one.cents for one in claims)
    if not 0 < cents <= total:
        raise ReliefAmountError(given_cents=cents, sum_cents=total)
    known = {one.key: one for one in claims}
    settled = (Settled(*one.key, one.cents, one.due, one.profile, one.claim_kind) for one in claims)
    orders = book.orders(one.profile for one in claims)
    return [replace(known[one.office, one.item], cents=part) for one, part in spread(settled, cents, orders)]


def _planned(book: ReliefBook, wish: Wish, claims: Sequence[Owed], late: Sequence[Late]) -> Planned:
    total = sum(one.cents for one in claims) + sum(one.cents for one in late)
    if wish.schedule.given:
        bare = instalments(wish.schedule, total, wish.first)
    elif wish.kind.moves_due and wish.last is not None:
        bare = (Instalment(wish.last, total),)
    else:
        return Planned((), (), {}, ())
    if not wish.kind.moves_due:
        return Planned(bare, (), {}, ())
    planned = book.plan([*claims, *late_owed(late, wish.first)], bare, wish.first)
    check_later(wish.kind, claims, planned)
    return planned


def _write(
    store: Store,
    number: int,
    party: int,
    wish: Wish,
    claims: Sequence[Owed],
    late: Sequence[Late],
    planned: Planned,
    back: Sequence[Paid],
) -> None:
    profiles = {one.profile for one in claims} | {one.profile for one in back}
    rules = {one.rule for one in planned.interest}
    last = planned.instalments[-1].due if planned.instalments else wish.last
    store.insert_one(
        "relief", id=number, kind=wish.kind.name, state="proposed", party=party,
        profile=profiles.pop() if len(profiles) == 1 else None, first_day=wish.first.isoformat(),
        last_day=last.isoformat() if last else None, watch_day=wish.watch.isoformat() if wish.watch else None,
        sum_cents=sum([one.cents for one in claims] + [one.cents for one in late] + [one.cents for one in back]),
        charge=rules.pop() if len(rules) == 1 else None, reason=wish.reason.strip(), document=wish.document,
        proposed_by=store.user, proposed_at=store.now,
    )  # fmt: skip
    write_items(store, number, claims)
    write_paid(store, number, back)
    lines = enumerate(planned.instalments, 1)
    rows = [(number, line, one.due.isoformat(), one.cents, one.interest_cents) for line, one in lines]
    store.insert("relief_instalment", ("relief", "line", "due", "cents", "interest_cents"), rows)


def write_items(store: Store, number: int, claims: Sequence[Owed], part: str = "claim", first_line: int = 1) -> None:
    """Write the items of a relief as they are now."""
    rows = [
        (number, line, one.office, one.item, part, one.cents, one.due, one.level, one.dunned_on)
        for line, one in enumerate(claims, first_line)
    ]
    store.insert("relief_item", ITEM, rows)


def note_proposal(store: Store, kasse: str, made: Proposed, wish: Wish) -> None:
    """Write the proposal to the event log; its words lie outside the chain."""
    facts: dict[str, Fact] = {
        "kind": made.kind, "items": made.items, "sum_cents": made.sum_cents,
        "paid_cents": made.paid_cents, "interest_cents": made.interest_cents,
        "first_day": wish.first.isoformat(),
    }  # fmt: skip
    facts |= seal_fresh(store, [made.number])
    record(store, kasse, "relief.propose", f"relief:{made.number}", facts, {"reason": wish.reason.strip()})
