"""Cash under way and cheques, looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from ledger.cash.desks import Desk
from ledger.cash.receipts import Label
from ledger.cash.transports import (
    LATE_DAYS,
    LateTransportFinding,
    NoIncomingError,
    NothingIncomingError,
    SeveralIncomingError,
    Transport,
)
from ledger.store.engines import Store
from sepa.errors import KasseError

_TRANSPORT = """
    SELECT t.id, t.kind, t.desk, t.other, t.iban, t.reference, t.bag, t.cents, t.day, t.state,
           coalesce(u.name, CAST(t.made_by AS TEXT)), t.there_on
    FROM cash_transport t LEFT JOIN app_user u ON u.id = t.made_by"""
_COMING = """
    SELECT coalesce(sum(cents), 0) FROM cash_transport WHERE other = :desk AND state = 'under_way'"""
_CHEQUES = """
    SELECT c.year, c.number, c.cheque, c.state, r.cents, r.day, r.payment_day, r.person FROM cash_cheque c
    JOIN cash_receipt r ON r.desk = c.desk AND r.year = c.year AND r.number = c.number
    WHERE c.desk = :desk AND (:every = 1 OR c.state IN ('held', 'presented')) ORDER BY c.year, c.number"""


@dataclass(frozen=True, slots=True)
class Cheque:
    """A cheque that was taken: with which receipt, from whom, and where it is."""

    receipt: str
    cheque: str
    state: str
    amount_cents: int
    day: str
    payment_day: str
    person: str


def transport_numbered(store: Store, number: int) -> Transport:
    """Return a transport."""
    row = store.one(f"{_TRANSPORT} WHERE t.id = :id", id=number)
    assert row is not None, "a transport that was just written or found"
    return Transport(*row)


def transports_of(store: Store, desk: Desk, *, every: bool = False) -> list[Transport]:
    """Return what is under way from and to a desk, or everything that ever was."""
    where = "WHERE (t.desk = :desk OR t.other = :desk) AND (:every = 1 OR t.state = 'under_way') ORDER BY t.id"
    return [Transport(*row) for row in store.rows(f"{_TRANSPORT} {where}", desk=desk.code, every=int(every))]


def incoming(store: Store, desk: Desk, reference: str | None) -> Transport:
    """Return what is on its way to a desk: that of the name, or the only one.

    Raises `NoIncomingError`, `NothingIncomingError`, `SeveralIncomingError`.
    """
    where = """WHERE t.other = :desk AND t.state = 'under_way'
               AND (CAST(:reference AS TEXT) IS NULL OR t.reference = :reference) ORDER BY t.id"""
    name = None if reference is None else reference.strip().upper()
    found = [Transport(*row) for row in store.rows(f"{_TRANSPORT} {where}", desk=desk.code, reference=name)]
    if len(found) == 1:
        return found[0]
    if name is not None:
        raise NoIncomingError(desk=desk.code, reference=name)
    if not found:
        raise NothingIncomingError(desk=desk.code)
    raise SeveralIncomingError(desk=desk.code, references=", ".join(one.reference for one in found))


def on_the_way_to(store: Store, desk: Desk) -> int:
    """Return the cents that are on their way to a desk from others."""
    return int(store.value(_COMING, desk=desk.code))


def cheques_of(store: Store, desk: Desk, *, every: bool = False) -> list[Cheque]:
    """Return the cheques of a desk that are in the drawer or at the bank, or every one."""
    return [
        Cheque(str(Label(desk.code, year, number)), *rest)
        for year, number, *rest in store.rows(_CHEQUES, desk=desk.code, every=int(every))
    ]


def late_transports(store: Store, day: str) -> Iterator[KasseError]:
    """Yield a finding for all cash that is under way for more than a week on the day."""
    limit = (dt.date.fromisoformat(day) - dt.timedelta(days=LATE_DAYS)).isoformat()
    sql = (
        "SELECT reference, cents, day, desk FROM cash_transport WHERE state = 'under_way' AND day < :limit ORDER BY id"
    )
    for reference, cents, since, desk in store.rows(sql, limit=limit):
        yield LateTransportFinding(reference=reference, sum_cents=cents, day=since, desk=desk)
