"""Taking back what the matching decided by itself: the money of a bank entry becomes unclear again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.bank.parts import lines_of
from ledger.bank.posting import CASE_COLUMNS, MATCH_COLUMNS, bank_entry_of
from ledger.bank.suspense_credits_store import give_up_credits
from ledger.bank.suspense_decisions import DESK_RULES, Done, Sitting, UndoEntry
from ledger.bank.suspense_moves_store import shown
from ledger.bank.suspense_undo import (
    UNDOABLE,
    BankLine,
    MatchKindError,
    NothingMatchedError,
    NotOfDeskError,
    OpenedAgainError,
    decided_lines,
    mirrored,
)
from ledger.book.entry import Posted, Posting
from ledger.book.journal import EntryNumber
from ledger.book.reversal import MadeItem, ReservedItemError, SettledItemError
from ledger.book.reversal_store import Place, check_unbound
from ledger.book.store import account_with_role, post
from ledger.book.transfer import across
from ledger.events.store import Fact, record
from ledger.items.item_seals_store import told_reasons
from ledger.items.store import (
    SIDES,
    ItemKind,
    NewClearing,
    NewItem,
    clear,
    insert_items,
    opening_posting,
    reserve_items,
)
from ledger.people.users import require
from ledger.store.engines import Row, Store

_ENTRY = "SELECT kind, payment_day, source FROM entry WHERE office = :office AND position = :position"
_BANK = """
    SELECT id, bank_day FROM bank_entry
    WHERE office = :office AND id = :id AND position = :position AND state = 'posted'"""
_LINES = """
    SELECT p.office, p.account, p.cents, p.item, p.dimensions, a.role FROM posting p
    JOIN account a ON a.office = p.office AND a.number = p.account
    WHERE p.office = :office AND p.position = :position ORDER BY p.line"""
_MADE = """
    SELECT DISTINCT i.office, i.id, i.position, i.amount_cents, i.open_cents, x.run, i.kind FROM posting p
    JOIN item i ON i.office = p.office AND i.id = p.item AND i.position = p.position
    LEFT JOIN payment x ON x.item_office = i.office AND x.item = i.id AND x.active = 1
    WHERE p.office = :office AND p.position = :position ORDER BY i.id"""
_CLEARINGS = """
    SELECT c.office, c.id, c.payment_day, r.id FROM clearing c
    LEFT JOIN clearing r ON r.office = c.office AND r.resets = c.id
    WHERE c.office = :office AND c.position = :position AND c.kind <> 'reset' ORDER BY c.id"""
_REOPENED = """
    SELECT c.office, c.id, coalesce(o.payment_day, c.payment_day) FROM clearing c
    LEFT JOIN clearing o ON o.office = c.office AND o.id = c.resets
    WHERE c.office = :office AND c.position = :position AND c.kind = 'reset' ORDER BY c.id"""
# what a reset opened again stands settled by these, once the booking that reset it was made unclear
_AGAIN = """
    SELECT a.id FROM clearing r JOIN entry e ON e.office = r.office AND e.position = r.position
    JOIN entry u ON u.office = e.office AND u.source = e.source AND u.kind = 'clearing' AND u.position > e.position
    JOIN clearing a ON a.office = u.office AND a.position = u.position AND a.kind = 'assign'
    WHERE r.office = :office AND r.id = :reset AND NOT EXISTS (
        SELECT 1 FROM clearing x WHERE x.office = a.office AND x.resets = a.id) ORDER BY a.id"""
_NUMBER_OF = """
    SELECT e.office, e.year, e.number FROM clearing c JOIN entry e ON e.office = c.office AND e.position = c.position
    WHERE c.office = :office AND c.id = :clearing"""
_CLEARED = "SELECT item, cents FROM clearing_line WHERE office = :office AND clearing = :clearing ORDER BY line"
_OPEN = "SELECT open_cents FROM item WHERE office = :office AND id = :item"
_MATCHED = """
    SELECT rule, item_office, item, cents FROM bank_match WHERE office = :office AND entry = :entry ORDER BY line"""
_PARTS = "SELECT line FROM bank_detail WHERE office = :office AND entry = :entry ORDER BY line"
_SAID = "SELECT evidence FROM bank_match WHERE office = :office AND entry = :entry AND rule = 'clarify'"
_UNCLEAR = ("suspense", "advance")


@dataclass(frozen=True, slots=True)
class _Bank:
    """The bank entry behind an entry of the books."""

    office: str
    id: int
    position: int
    bank_day: str
    payment_day: str
    number: str


@dataclass(frozen=True, slots=True)
class _Matched:
    """What a match did: its postings mirrored, what it settled, opened again and made."""

    back: dict[str, list[Posting]]
    cleared: Sequence[Row]
    reopened: Sequence[Row]
    credits_made: Sequence[MadeItem]


def undo_match(
    store: Store, places: Sequence[Place], decision: UndoEntry, sitting: Sitting, free: frozenset[str] = UNDOABLE
) -> Done:
    """Make the money of a matched bank entry unclear again: its items are open, a case is there; inside a unit.

    `free` are the rules that may be taken back. What was unclear of it before stays in its own case. Raises
    `NotOfDeskError`, `NothingMatchedError`, `OpenedAgainError`, `MatchKindError`, `SettledItemError`,
    `ReservedItemError`, `BoundItemError`, `RefundedItemError`, `CreditUnderWayError`, `NotAllowedError`.
    """
    bank = _bank(store, places, decision.entry)
    require(store, bank.office, "clerk")
    made = [row for office, at in places for row in store.all(_MADE, office=office, position=at)]
    unclear = [(row[0], row[1]) for row in made if row[6] in _UNCLEAR]
    credits_made = [MadeItem(*row[:6]) for row in made if row[6] not in _UNCLEAR]
    lines = [line for office, at in places for line in _lines(store, office, at)]
    back = mirrored(decided_lines(lines, unclear))
    cleared = [row for office, at in places for row in store.all(_CLEARINGS, office=office, position=at)]
    rules = {row[0] for row in store.rows(_MATCHED, office=bank.office, entry=bank.id)}
    for rule in sorted(rules - free - {"undone", *DESK_RULES}):
        raise MatchKindError(entry=bank.number, rule=rule)
    if not back or "undone" in rules:
        raise NothingMatchedError(entry=bank.number)
    cleared = [row if row[3] is None else _standing(store, row, bank) for row in cleared]
    for item in credits_made:
        _check_untouched(item, bank)
        check_unbound(store, item, bank.number)
    reopened = [row for office, at in places for row in store.all(_REOPENED, office=office, position=at)]
    _check_still_open(store, reopened, bank)
    done = _Matched(back, cleared, reopened, credits_made)
    return _make_unclear(store, bank, done, decision.reason.strip(), sitting)


def _bank(store: Store, places: Sequence[Place], number: str) -> _Bank:
    for office, position in places:
        kind, payment_day, source = store.one(_ENTRY, office=office, position=position) or ("", None, None)
        entry = bank_entry_of(source or "", office)
        row = None if entry is None else store.one(_BANK, office=office, id=entry, position=position)
        if row is not None and kind == "bank":
            return _Bank(office, row[0], position, row[1], payment_day or row[1], number)
    kind = store.one(_ENTRY, office=places[0][0], position=places[0][1]) or ("",)
    raise NotOfDeskError(entry=number, kind=kind[0])


def _lines(store: Store, office: str, position: int) -> Iterator[BankLine]:
    for code, account, cents, item, dimensions, role in store.all(_LINES, office=office, position=position):
        yield BankLine(code, Posting(account, cents, item, dimensions), role)


def _standing(store: Store, row: Row, bank: _Bank) -> Row:
    """Return the clearing that settles again what a reset had opened; raises `OpenedAgainError` where none does."""
    office, clearing, payment_day, reset = row
    lines = store.all(_CLEARED, office=office, clearing=clearing)
    for (again,) in store.all(_AGAIN, office=office, reset=reset):
        if store.all(_CLEARED, office=office, clearing=again) == lines:
            return office, again, payment_day, None
    number = store.one(_NUMBER_OF, office=office, clearing=reset)
    assert number is not None, "a clearing has its entry"
    raise OpenedAgainError(entry=bank.number, by=str(EntryNumber(*number)))


def _check_untouched(item: MadeItem, bank: _Bank) -> None:
    if item.run is not None:
        raise ReservedItemError(item=item.id, number=bank.number, run=item.run)
    if item.open_cents != item.amount_cents:
        settled = item.amount_cents - item.open_cents
        raise SettledItemError(item=item.id, number=bank.number, settled_cents=settled)


def _check_still_open(store: Store, reopened: Sequence[Row], bank: _Bank) -> None:
    """Refuse where what was opened again was settled since; raises `SettledItemError`."""
    for office, clearing, _ in reopened:
        for item, cents in store.all(_CLEARED, office=office, clearing=clearing):
            open_cents = int(store.value(_OPEN, office=office, item=item))
            if open_cents < -cents:
                raise SettledItemError(item=item, number=bank.number, settled_cents=-cents - open_cents)


def _make_unclear(
    store: Store, bank: _Bank, matched: _Matched, reason: str, sitting: Sitting,
) -> Done:  # fmt: skip
    back = matched.back
    cents = sum(posting.cents for postings in back.values() for posting in postings)
    kind: ItemKind = "suspense" if cents > 0 else "advance"
    account, number = account_with_role(store, bank.office, kind), reserve_items(store, bank.office)
    back.setdefault(bank.office, []).append(opening_posting(SIDES[kind], account, number, abs(cents)))
    common = {"kind": "clearing", "posting_day": sitting.day, "source": f"bank:{bank.office}/{bank.id}", "group": 1}
    drafts = across(bank.office, back, text=reason, payment_day=bank.payment_day, **common)
    posted = {one.office: one for one in post(store, drafts)}
    item = NewItem(
        bank.office, number, kind, account, abs(cents), bank.bank_day, sitting.day, posted[bank.office].position
    )
    insert_items(store, [item], told_reasons([(bank.office, number, "undone")]))
    store.insert("suspense_case", CASE_COLUMNS, [(bank.office, number, bank.id, "undone", None)])
    _reset(store, matched, posted, sitting.day)
    parts = _explain(store, bank, number, cents)
    credit = give_up_credits(store, bank.number, parts, reason=reason, day=sitting.day)
    facts: dict[str, Fact] = {"cents": abs(cents), "entry": bank.number, **credit}
    record(store, bank.office, f"{kind}.undo_match", f"item:{number}", facts, {"reason": reason})
    entry = shown(posted[bank.office])
    return Done("undo", bank.office, number, entry, -abs(cents), 0, abs(cents), parts, batch=sitting.batch)


def _reset(store: Store, matched: _Matched, posted: dict[str, Posted], day: str) -> None:
    """Open again what was settled, settle again what was opened again, and take credits back."""
    resets = [
        NewClearing(
            office, "reset", posted[office].position, day, payment_day,
            tuple((item, -cents) for item, cents in store.all(_CLEARED, office=office, clearing=clearing)),
            resets=clearing,
        )
        for office, clearing, payment_day, _ in matched.cleared
    ]  # fmt: skip
    again = [
        NewClearing(
            office, "assign", posted[office].position, day, payment_day,
            tuple((item, -cents) for item, cents in store.all(_CLEARED, office=office, clearing=clearing)),
        )
        for office, clearing, payment_day in matched.reopened
    ]  # fmt: skip
    gone = [
        NewClearing(item.office, "reversal", posted[item.office].position, day, day, ((item.id, item.amount_cents),))
        for item in matched.credits_made
    ]
    clear(store, [*resets, *again, *gone])


def _parts_matched(store: Store, bank: _Bank) -> dict[str, Fact]:
    """Return which parts of a collective entry were matched, where others are unclear: their case says the others."""
    where: dict[str, str | int] = {"office": bank.office, "entry": bank.id}
    unclear = [lines_of(evidence) for (evidence,) in store.all(_SAID, **where)]
    others = {line for lines in unclear if lines is not None for line in lines}
    if not others:
        return {}
    return {"parts": " ".join(str(line) for (line,) in store.all(_PARTS, **where) if line not in others)}


def _explain(store: Store, bank: _Bank, case: int, cents: int) -> tuple[tuple[str, int, int], ...]:
    """Write beside the bank entry that its matches are undone and its money is unclear; return what is open again."""
    rows = store.all(_MATCHED, office=bank.office, entry=bank.id)
    matched = [row for row in rows if row[0] not in {"clarify", *DESK_RULES}]
    known = json.dumps({"at": store.now, "by": store.user}, sort_keys=True)
    parts = _parts_matched(store, bank)
    why = json.dumps({"at": store.now, "by": store.user, "reason": "undone", **parts}, sort_keys=True)
    start = len(rows) + 1
    back = [
        (bank.office, bank.id, start + index, "undone", known, office, item, -share)
        for index, (_, office, item, share) in enumerate(matched)
    ]
    last = (bank.office, bank.id, start + len(back), "clarify", why, bank.office, case, cents)
    store.insert("bank_match", MATCH_COLUMNS, [*back, last])
    return tuple((office, item, -abs(share)) for _, office, item, share in matched if office is not None)
