"""Rejecting a count instead of confirming it: what was mistyped is taken back, the count itself stays to be seen."""

from __future__ import annotations

from ledger.book.entry import OWN_KINDS
from ledger.book.journal import EntryNumber
from ledger.book.reversal_store import places_of, take_back
from ledger.book.store import office_codes
from ledger.cash.count_store import CountDone, count_numbered
from ledger.cash.counting import RejectCountReasonError, UnknownCountError
from ledger.cash.desks_reader import open_desk
from ledger.events.store import record
from ledger.people.users import check_apart, require
from ledger.store.engines import Store

ROLES = ("head", "cashier")
"""Who takes a difference back: those who take receipts back, and neither who counted nor who holds the desk."""
_LAST = """
    SELECT number, expected_cents, counted_cents, office, position, counted_by, counted_at FROM cash_count
    WHERE desk = :desk AND rejected_by IS NULL AND confirmed_by IS NULL ORDER BY number DESC LIMIT 1"""
_ENTRY = "SELECT year, number FROM entry WHERE office = :office AND position = :position"
_SIGN = """
    UPDATE cash_count SET rejected_by = CAST(:user AS BIGINT), rejected_at = CAST(:now AS TEXT),
        reason = CAST(:reason AS TEXT)
    WHERE desk = :desk AND number = :number"""


def reject(store: Store, code: str, reason: str) -> CountDone:
    """Reject the last count of a desk that nobody has confirmed: its difference is taken back by a mirror entry.

    Needs the role head or cashier, and another person than who counted and who holds the desk: a real shortage is
    not made to vanish by those it concerns. The count stays, with who rejected it and why. Raises
    `RejectCountReasonError`, `UnknownCountError`, `OwnWorkError`, `NotAllowedError`, `SettledItemError` where the
    difference was decided about already, `ClosedPeriodError` and what `open_desk` raises.
    """
    if not reason.strip():
        raise RejectCountReasonError(desk=code)
    with store.unit(office_codes(store)):
        desk = open_desk(store, code)
        require(store, desk.office, *ROLES)
        row = store.one(_LAST, desk=desk.code)
        if row is None:
            raise UnknownCountError(desk=desk.code)
        number, expected, found, office, position, by, at = row
        check_apart(store, desk.office, f"count {desk.code}/{number}", (by, at), (desk.holder, None))
        if position is not None:
            _mirror(store, office, position, f"Kassensturz {desk.code}/{number} verworfen: {reason.strip()}")
        store.execute(
            _SIGN, user=store.user, now=store.now, reason=reason.strip(), desk=desk.code, number=number
        )  # fmt: skip
        facts = {"number": number, "cents": found, "difference_cents": found - expected}
        record(store, desk.office, "cash.reject_count", f"desk:{desk.code}", facts, {"reason": reason.strip()})
        return count_numbered(store, desk, number)


def _mirror(store: Store, office: str, position: int, reason: str) -> None:
    row = store.one(_ENTRY, office=office, position=position)
    assert row is not None, "a difference has its entry"
    places = places_of(store, EntryNumber(office, *row))
    take_back(store, places, reason=reason, day=store.today, own_kinds=OWN_KINDS - {"cash"})
