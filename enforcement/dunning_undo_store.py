"""Taking a dunning run back: discarded before its release, undone while no letter has left the house."""

from __future__ import annotations

from dataclasses import dataclass

from enforcement.dunning_reader import find_run
from enforcement.dunning_release_store import RELEASERS
from enforcement.dunning_runs import ROLES, PostedLetterError, RunRow, RunStateError
from ledger.book.entry import OWN_KINDS
from ledger.book.reversal import MissingReasonError
from ledger.book.reversal_store import take_back
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import record
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.engines import Store

_CANCEL = """
    UPDATE letter SET state = 'cancelled', cancelled_by = :user, cancelled_at = :now, cancelled_reason = :reason
    WHERE run = :run AND state IN ('made', 'released')"""
_END = "UPDATE dunning_run SET state = :state, ended_by = :user, ended_at = :now WHERE id = :run"
_POSTED = "SELECT count(*) FROM letter WHERE run = :run AND state IN ('posted', 'served', 'returned')"
_LEVELS = """
    UPDATE item SET dunning_level = x.level_before, dunned_on = x.dunned_before
    FROM letter_item x JOIN letter l ON l.id = x.letter
    WHERE l.run = :run AND l.state = 'released' AND item.office = x.office AND item.id = x.item"""
_ENTRIES = """
    SELECT DISTINCT i.office, i.position FROM letter l JOIN letter_item x ON x.letter = l.id
    JOIN item i ON i.office = x.office AND i.id = x.charge_item WHERE l.run = :run AND l.state = 'released'
    UNION
    SELECT DISTINCT i.office, i.position FROM letter l JOIN letter_fee f ON f.letter = l.id
    JOIN item i ON i.office = f.office AND i.id = f.fee_item WHERE l.run = :run AND l.state = 'released'
    ORDER BY 1, 2"""


@dataclass(frozen=True, slots=True)
class Undone:
    """What taking a run back did: its letters cancelled, the entries of fees and charges mirrored."""

    run: int
    state: str
    letters: int
    entries: int


def discard(store: Store, number: int) -> Undone:
    """Discard a proposal: its letters are cancelled, nothing was booked.

    Raises `UnknownRunError`, `RunStateError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    with store.unit([kasse]):
        return discard_in_unit(store, number)


def discard_in_unit(store: Store, number: int) -> Undone:
    """Discard a proposal inside a unit of work."""
    _expect(store, number, "proposed")
    letters = store.execute(_CANCEL, user=store.user, now=store.now, reason="discarded", run=number)
    return _finish(store, number, "discarded", letters, 0, None)


def undo(store: Store, number: int, *, reason: str) -> Undone:
    """Take a released run back: fees and charges are mirrored, levels are as before, its letters cancelled.

    Raises `UnknownRunError`, `RunStateError`, `PostedLetterError` where a letter has left the house,
    `MissingReasonError`, `NotAllowedError`, `ClosedPeriodError`, and what a mirror entry raises where a fee is paid.
    """
    if not reason.strip():
        raise MissingReasonError(number=f"dunning run {number}")
    kasse = kasse_office(store)
    require(store, kasse, *RELEASERS)
    with store.unit(office_codes(store)), without_collector():
        _expect(store, number, "released")
        if posted := int(store.value(_POSTED, run=number)):
            raise PostedLetterError(run=number, count=posted)
        places = store.all(_ENTRIES, run=number)
        if places:
            take_back(store, places, reason=reason, day=store.today, own_kinds=OWN_KINDS - {"charge"})
        store.execute(_LEVELS, run=number)
        letters = store.execute(_CANCEL, user=store.user, now=store.now, reason=reason, run=number)
        return _finish(store, number, "undone", letters, len(places), reason)


def _expect(store: Store, number: int, state: str) -> RunRow:
    run = find_run(store, number)
    if run.state != state:
        raise RunStateError(run=number, state=run.state)
    return run


def _finish(store: Store, number: int, state: str, letters: int, entries: int, reason: str | None) -> Undone:
    store.execute(_END, state=state, user=store.user, now=store.now, run=number)
    action = "dunning.discard" if state == "discarded" else "dunning.undo"
    facts = {"letters": letters, "entries": entries}
    details = {"reason": reason} if reason else None
    record(store, kasse_office(store), action, f"dunning_run:{number}", facts, details)
    return Undone(number, state, letters, entries)
