"""Making letters: by the services that decide, and releasing or cancelling a letter that belongs to no dunning run."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.letters import (
    RELEASERS,
    LetterStateError,
    NoReturnReasonError,
    PaidFeesStayError,
    RunLetterError,
    UnknownLetterError,
    kind_named,
)
from enforcement.letters_steps_store import released_letter
from ledger.book.entry import OWN_KINDS
from ledger.book.reversal_store import take_back
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.kassenzeichen import issue
from ledger.items.targets_store import register
from ledger.people.users import check_apart, require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

LETTER_ITEM = (
    "letter", "line", "office", "item", "open_cents", "charge_cents", "charge_kind", "level_before", "level_after",
)  # fmt: skip
_HEAD = "SELECT kind, state, run, made_by, reference, made_at FROM letter WHERE id = :letter"
_ITEMS = "SELECT office, item FROM letter_item WHERE letter = :letter ORDER BY line"
_RELEASE = """
    UPDATE letter SET state = 'released', reference = coalesce(reference, CAST(:reference AS TEXT)),
        released_by = :user, released_at = :now WHERE id = :letter"""
_CANCEL = """
    UPDATE letter SET state = 'cancelled', cancelled_by = :user, cancelled_at = :now, cancelled_reason = :reason
    WHERE id = :letter OR (copy_of = :letter AND state IN ('made', 'released'))"""
_ENTRIES = """
    SELECT office, position, sum(amount_cents - open_cents) FROM (
        SELECT i.office, i.position, i.amount_cents, i.open_cents FROM letter_item x
        JOIN item i ON i.office = x.office AND i.id = x.charge_item WHERE x.letter = :letter
        UNION ALL
        SELECT i.office, i.position, i.amount_cents, i.open_cents FROM letter_fee f
        JOIN item i ON i.office = f.office AND i.id = f.fee_item WHERE f.letter = :letter) made
    GROUP BY office, position ORDER BY office, position"""
_LEVELS = """
    UPDATE item SET dunning_level = x.level_before, dunned_on = x.dunned_before
    FROM letter_item x JOIN letter l ON l.id = x.letter
    WHERE x.letter = :letter AND item.office = x.office AND item.id = x.item AND x.level_after > 0
      AND l.copy_of IS NULL
      AND NOT EXISTS (SELECT 1 FROM letter o WHERE o.copy_of = l.id AND o.state IN ('posted', 'served'))
      AND item.dunning_level = x.level_after AND item.dunned_on = l.day"""


@dataclass(frozen=True, slots=True)
class LetterLine:
    """A claim that a letter names: what is open, and the charges it tells beside it."""

    office: str
    item: int
    open_cents: int
    charge_cents: int = 0
    charge_kind: str | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class NewLetter:
    """A letter to be made: its kind, whom it concerns, who gets it, its claims; days are ISO text.

    `reference` where one is given out already (that of a plan); else the release gives one that stands for the claims.
    """

    kind: str
    party: int
    lines: tuple[LetterLine, ...]
    day: str
    way: str = "post"
    recipient: int | None = None
    profile: str | None = None
    relief: int | None = None
    reference: str | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """A letter after a step: its state, its reference, the entries that were mirrored, what is to be known."""

    letter: int
    state: str
    reference: str | None = None
    entries: int = 0
    findings: tuple[KasseError, ...] = ()


def make_letter(store: Store, new: NewLetter) -> int:
    """Write a letter that another person releases and return its number; inside a unit of work.

    Raises `UnknownLetterKindError`.
    """
    kind_named(new.kind)
    number = take_ids(store, BOOK, "letter")
    total = sum(line.open_cents + line.charge_cents for line in new.lines)
    store.insert_one(
        "letter", id=number, kind=new.kind, state="made", way=new.way, party=new.party, recipient=new.recipient,
        profile=new.profile, level=new.level, day=new.day, relief=new.relief, reference=new.reference,
        sum_cents=total, fee_cents=0, made_by=store.user, made_at=store.now,
    )  # fmt: skip
    rows = [
        (number, at, one.office, one.item, one.open_cents, one.charge_cents, one.charge_kind, one.level, one.level)
        for at, one in enumerate(new.lines, 1)
    ]
    store.insert("letter_item", LETTER_ITEM, rows)
    return number


def release_letter(store: Store, number: int) -> Moved:
    """Release a letter that another person made; it gets a reference that stands for its claims.

    Raises `UnknownLetterError`, `LetterStateError`, `RunLetterError` for a letter of a dunning run, `OwnWorkError`,
    `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *RELEASERS)
    with store.unit(office_codes(store)):
        return release_in_unit(store, number)


def release_in_unit(store: Store, number: int) -> Moved:
    """Release a letter inside the unit of work of a decision, by the person who decides."""
    kasse = kasse_office(store)
    kind, state, run, made_by, reference, made_at = _head(store, number)
    if run is not None:
        raise RunLetterError(letter=number, run=run)
    if state != "made":
        raise LetterStateError(letter=number, state=state)
    check_apart(store, kasse, f"letter {number}", (made_by, made_at))
    items = [(office, item) for office, item in store.rows(_ITEMS, letter=number)]
    if reference is None and items and not kind_named(kind).internal:
        reference = issue(store, 1)[0]
        register(store, reference, "letter", kasse, number, items)
    store.execute(_RELEASE, letter=number, reference=reference, user=store.user, now=store.now)
    facts: dict[str, Fact] = {"kind": kind, **released_letter(store, number)}
    record(store, kasse, "letter.release", f"letter:{number}", facts)
    return Moved(number, "released", reference)


def cancel_letter(store: Store, number: int, *, reason: str) -> Moved:
    """Cancel a letter that has not left the house: its fees and charges are mirrored, levels are as before.

    Its copies to joint debtors that were not posted go with it. Fees and charges that were paid meanwhile stand, with a
    finding. Raises `UnknownLetterError`, `LetterStateError`, `NoReturnReasonError`, `NotAllowedError`,
    `ClosedPeriodError`.
    """
    if not reason.strip():
        raise NoReturnReasonError(letter=number)
    kasse = kasse_office(store)
    require(store, kasse, *RELEASERS)
    with store.unit(office_codes(store)):
        kind, state, *_ = _head(store, number)
        if state not in {"made", "released"}:
            raise LetterStateError(letter=number, state=state)
        made = store.all(_ENTRIES, letter=number)
        places = [(office, position) for office, position, paid in made if not paid]
        paid = sum(cents for *_, cents in made)
        if places:
            take_back(store, places, reason=reason, day=store.today, own_kinds=OWN_KINDS - {"charge"})
        if state == "released":
            store.execute(_LEVELS, letter=number)
        store.execute(_CANCEL, letter=number, user=store.user, now=store.now, reason=reason)
        facts: dict[str, Fact] = {"kind": kind, "entries": len(places)}
        record(store, kasse, "letter.cancel", f"letter:{number}", facts, {"reason": reason})
    findings = (PaidFeesStayError(letter=number, paid_cents=paid),) if paid else ()
    return Moved(number, "cancelled", entries=len(places), findings=findings)


def restore_levels(store: Store, number: int) -> None:
    """Bring the items of a letter back to the level before it, where no later letter raised them; inside a unit."""
    store.execute(_LEVELS, letter=number)


def _head(store: Store, number: int) -> Row:
    row = store.one(_HEAD, letter=number)
    if row is None:
        raise UnknownLetterError(letter=number)
    return row
