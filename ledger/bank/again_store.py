"""Looking again at unclear money: an order or the bank's details may have come after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.bank.again_origin_store import assign_named
from ledger.bank.gross_store import take_gross
from ledger.bank.ladder import decide
from ledger.bank.match_store import UNCLEAR, candidates, drop, gather
from ledger.bank.matching import Decision, ItemKey, Running, Share, Target
from ledger.bank.posting_rows_store import matching_data
from ledger.bank.suspense import Allocation
from ledger.bank.suspense_assign_store import post_allocation
from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import explain, note_event, write_step
from ledger.bank.suspense_store import Case, find_case
from ledger.bank.suspense_undo_store import open_day
from ledger.book.store import kasse_office, office_codes
from ledger.items.settlement import Claim, Order
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.engines import Store

NAMED = frozenset(("reference", "evidence"))
"""Rules that decide by what the payer wrote; money without a word is never taken for a claim that came later."""
_CASE = """
    SELECT c.item, x.recorded_at, CASE WHEN c.reason IN ('details', 'no_reference') AND EXISTS (
        SELECT 1 FROM bank_notice n WHERE n.office = e.office AND n.entry = e.id) THEN 1 ELSE 0 END
    FROM suspense_case c JOIN bank_entry e ON e.office = c.office AND e.id = c.entry
    JOIN entry x ON x.office = e.office AND x.position = e.position
    WHERE c.office = :office AND c.entry = :entry"""
_MADE = """
    SELECT x.recorded_at, i.account FROM item i JOIN entry x ON x.office = i.office AND x.position = i.position
    WHERE i.office = :office AND i.id = :item"""


@dataclass(frozen=True, slots=True)
class Again:
    """How many cases were resolved by what came after their money, and with how many cents."""

    resolved: int = 0
    resolved_cents: int = 0


def look_again(store: Store, *, day: str, orders: Mapping[str, Order] | None = None) -> Again:
    """Assign unclear money whose text names what came into the book after it, and return how much, in one unit of work.

    Taken is a case that no person has touched, all of whose money is still there, where the ladder now decides
    the whole by references, and either each item was made after the money was posted or the bank sent the details
    later. What was doubtful between known items stays with people. Cash and money taken over are looked at too, see
    `assign_named`, and credits of collections that hold what was refused, see `take_gross`. Where the day is closed,
    as by noon or by a clock that went back, the first open one is taken: a run is not refused for it. Raises
    `NotAllowedError`.
    """
    require(store, kasse_office(store), "clerk", "machine")
    with store.unit(office_codes(store)), without_collector():
        sitting = Sitting(open_day(store, day))
        found = gather(store, UNCLEAR)
        decided = list(_decided(store, found, orders)) if found else []
        drop(store)
        for decision in decided:
            _assign(store, decision, sitting)
        named = assign_named(store, sitting, orders)
        gross = take_gross(store, sitting.day)
    resolved = [*(decision.entry.amount_cents for decision in decided), *named, *gross]
    return Again(len(resolved), sum(resolved))


def _decided(store: Store, count: int, orders: Mapping[str, Order] | None) -> Iterator[Decision]:
    running, data = Running(), matching_data(store, orders)
    for chunk in candidates(store, count):
        for one in chunk:
            tried = Running(dict(running.taken))
            decision = decide(one.cases(), tried, data)
            if all(share.act == "settle" and share.rule in NAMED for share in decision.shares) and _is_news(
                store, decision
            ):
                running = tried
                yield decision


def _is_news(store: Store, decision: Decision) -> bool:
    entry = decision.entry
    row = store.one(_CASE, office=entry.office, entry=entry.id)
    assert row is not None, "the case that was just gathered"
    _, posted_at, told_later = row
    return bool(told_later) or all(made_at > posted_at for made_at, _ in _made(store, decision.shares))


def _made(store: Store, shares: Sequence[Share]) -> Iterator[tuple[str, str]]:
    """Yield when the item of each share was made, and its control account."""
    for share in shares:
        office, item = _key(share)
        row = store.one(_MADE, office=office, item=item)
        assert row is not None, "the item that was just found"
        yield row[0], row[1]


def _key(share: Share) -> ItemKey:
    target = share.target
    assert target is not None, "a settlement has a target"
    assert target.item is not None, "which is an item"
    return target.office, target.item


def _assign(store: Store, decision: Decision, sitting: Sitting) -> None:
    """Move the money of a case to the items, as a clerk would; the rule and its evidence are kept beside it."""
    entry = decision.entry
    row = store.one(_CASE, office=entry.office, entry=entry.id)
    assert row is not None, "the case that was just decided"
    case = find_case(store, entry.office, row[0])
    day = max(sitting.day, case.posting_day)
    accounts = {_key(share): account for share, (_, account) in zip(
        decision.shares, _made(store, decision.shares), strict=True)}  # fmt: skip
    lines = tuple((_claim(share), share.cents) for share in decision.shares)
    given = post_allocation(store, case, Allocation(lines), "receivable", accounts, None, day)
    write_step(store, case, "assigned", given.entry.position, entry.amount_cents, sitting)
    for share in decision.shares:
        office, item = _key(share)
        explain(store, case, "later", [(office, item, share.cents)], sitting, {**share.evidence, "rule": share.rule})
    _note(store, case, decision)


def _claim(share: Share) -> Claim:
    office, item = _key(share)
    target = share.target
    open_cents, due = (target.open_cents, target.due) if isinstance(target, Target) else (share.cents, "")
    return Claim(office, item, open_cents, due)


def _note(store: Store, case: Case, decision: Decision) -> None:
    facts = {"cents": decision.entry.amount_cents, "items": len(decision.shares)}
    note_event(store, case, "again", facts)
