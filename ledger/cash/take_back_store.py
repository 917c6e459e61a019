"""Taking back cash that was written down as under way and never left."""

from __future__ import annotations

from ledger.book.entry import OWN_KINDS
from ledger.book.journal import EntryNumber
from ledger.book.reversal_store import places_of, take_back
from ledger.book.store import office_codes
from ledger.cash.cancelling import ArrivedError, CancelReasonError, PresentedChequesError, TransportLabelError
from ledger.cash.desks import check_enough
from ledger.cash.desks_reader import balance, open_desk
from ledger.cash.transport_reader import transport_numbered
from ledger.cash.transport_store import TransportDone
from ledger.cash.transports import WORDS
from ledger.events.store import Fact, record
from ledger.people.users import check_apart, require
from ledger.store.engines import Store

ROLES = ("head", "cashier")
_ROW = """
    SELECT t.id, t.kind, t.desk, t.state, t.cents, t.made_by, t.made_at, e.office, e.year, e.number
    FROM cash_transport t
    JOIN entry e ON e.office = t.office AND e.position = t.position WHERE t.reference = :reference"""
_BACK = "UPDATE cash_transport SET state = 'taken_back' WHERE id = :id"


def take_back_transport(store: Store, reference: str, reason: str) -> TransportDone:
    """Take back cash under way by its mirror: it never left the desk, or never came.

    Another person than who wrote it down, with the role head or cashier. Cheques that were handed in stay at the
    bank. Raises `TransportLabelError`, `ArrivedError`, `CancelReasonError`, `NotEnoughCashError`, `OwnWorkError`,
    `NotAllowedError` and what `open_desk` raises.
    """
    label = reference.strip().upper()
    if not reason.strip():
        raise CancelReasonError(label=label)
    with store.unit(office_codes(store)):
        row = store.one(_ROW, reference=label)
        if row is None:
            raise TransportLabelError(text=reference)
        number, kind, code, state, cents, made_by, made_at, office, year, entry = row
        desk = open_desk(store, code)
        require(store, desk.office, *ROLES)
        if state != "under_way":
            raise ArrivedError(label=label, state=WORDS.get(state, state))
        if kind == "cheques":
            raise PresentedChequesError(label=label)
        check_apart(store, desk.office, label, (made_by, made_at))
        if kind == "withdrawal":
            check_enough(desk, balance(store, desk), cents)
        places = places_of(store, EntryNumber(office, year, entry))
        text = f"Storno {label}: {reason.strip()}"
        take_back(store, places, reason=text, day=store.today, own_kinds=OWN_KINDS - {"cash"})
        store.execute(_BACK, id=number)
        facts: dict[str, Fact] = {"reference": label, "cents": cents, "day": store.today}
        record(store, desk.office, "cash.take_back", f"desk:{desk.code}", facts, {"reason": reason.strip()})
        return TransportDone(transport_numbered(store, number), balance(store, desk))
