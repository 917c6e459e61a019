"""Taking back a set-off that was declared by mistake: by another person, by its mirror, never by deletion."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.book.entry import OWN_KINDS
from ledger.book.journal import EntryNumber, parse_entry_number
from ledger.book.reversal import AlreadyReversedError
from ledger.book.reversal_store import Place, places_of, take_back
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.payments.set_off import UNDO_ROLES, NotSetOffError, SetOffUndoReasonError
from ledger.people.users import check_apart, require
from ledger.store.engines import Store

_LEADER = """
    SELECT e.office, e.source, e.recorded_by, e.recorded_at, l.item, sum(l.cents)
    FROM entry e JOIN clearing c ON c.office = e.office AND c.position = e.position AND c.kind = 'setoff'
    JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
    WHERE e.office = :office AND e.position = :position
      AND e.source = 'item:' || l.office || '/' || CAST(l.item AS TEXT)
    GROUP BY e.office, e.source, e.recorded_by, e.recorded_at, l.item"""


@dataclass(frozen=True, slots=True)
class SetOffUndone:
    """A set-off that was taken back: the entries of both, the items open again; not `new` where it was done before."""

    undone: str
    entries: tuple[str, ...]
    items: tuple[tuple[str, int, int], ...] = ()
    new: bool = True


@dataclass(frozen=True, slots=True)
class _SetOff:
    office: str
    source: str
    by: int
    at: str
    item: int
    cents: int


def undo_set_off(store: Store, entry: str, *, reason: str, day: str) -> SetOffUndone:
    """Open again what a set-off settled, in all its offices; a second time changes nothing.

    A declaration that holds cannot be revoked (§ 388 BGB): this is for one that never did, such as one against a
    contested claim (§ 390 BGB). Raises `SetOffUndoReasonError`, `NotSetOffError`, `OwnWorkError`, `NotAllowedError`,
    `InvalidEntryNumberError`, `UnknownEntryError`, `ClosedPeriodError` and what `check_reversible` raises.
    """
    if not reason.strip():
        raise SetOffUndoReasonError
    require(store, kasse_office(store), *UNDO_ROLES)
    number = parse_entry_number(entry)
    with store.unit(office_codes(store)):
        places = places_of(store, number)
        one = _declared(store, places, str(number))
        check_apart(store, one.office, f"entry {number}", (one.by, one.at))
        try:
            involved, posted = take_back(
                store, places, reason=reason.strip(), day=day, own_kinds=OWN_KINDS - {"clearing"}
            )
        except AlreadyReversedError as error:
            return SetOffUndone(str(number), (str(error.fields["by"]),), new=False)
        facts: dict[str, Fact] = {"entry": str(number), "cents": one.cents}
        record(store, one.office, "item.set_off_undo", f"item:{one.item}", facts, {"reason": reason.strip()})
    items = tuple((old.office, item, cents) for old in involved.clearings for item, cents in old.lines)
    shown = tuple(str(EntryNumber(each.office, each.year, each.number)) for each in posted)
    return SetOffUndone(str(number), shown, items)


def _declared(store: Store, places: list[Place], number: str) -> _SetOff:
    """Return the set-off that one of the entries of a transaction made; raises `NotSetOffError`."""
    for office, position in places:
        row = store.one(_LEADER, office=office, position=position)
        if row is not None:
            code, source, by, at, item, cents = row
            return _SetOff(code, source, by, at, item, int(cents))
    raise NotSetOffError(entry=number)
