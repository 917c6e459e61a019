"""Closing days and months: by one person, confirmed by another; what is closed takes no posting and stays closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from ledger.book import closing_store
from ledger.book.chain import book_head
from ledger.book.closing import previous_day
from ledger.book.closing_checks_store import run_checks
from ledger.book.closing_findings import (
    ClosingRefusedError,
    DifferentHeadError,
    DifferentProtocolError,
    FutureDayError,
    MonthNotClosedError,
    NotClosedError,
    UnconfirmedDayError,
    UnconfirmedMonthError,
    YearNotClosedError,
)
from ledger.book.closing_gather_store import gather
from ledger.book.closing_periods import Period, day_period
from ledger.book.closing_protocol import ClosingKind, Protocol, protocol_text
from ledger.book.closing_store import StoredClosing, closing_of
from ledger.book.entry import ClosedPeriodError
from ledger.book.store import heads, kasse_office, office_codes
from ledger.book.verify_store import OfficeHead, packed_heads
from ledger.events.store import record
from ledger.people.users import acted_for, check_apart, require, user_name
from ledger.store.engines import Store
from sepa.errors import KasseError

CLOSERS = ("clerk", "head")
Waiting = Callable[[Store, str, str], Iterable[KasseError]]
"""What finds, between two days, the work that waits for a step; rooms above the book have some, too."""
_NOT_CLOSED: Mapping[ClosingKind, type[NotClosedError]] = {
    "day": NotClosedError, "month": MonthNotClosedError, "year": YearNotClosedError,
}  # fmt: skip
_UNCONFIRMED: Mapping[ClosingKind, type[KasseError]] = {"day": UnconfirmedDayError, "month": UnconfirmedMonthError}


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing with the names of those who signed; `fresh` where this call did what it was asked to.

    `closed_at` is when the first signature was given, where that is not when it was closed: a year is proposed before.
    `closed_for` and `confirmed_for` are for whom they signed as deputies. `findings` are notes: what checks noticed
    without standing against it, closings that wait for a second signature.
    """

    protocol: Protocol
    closed_by: str
    confirmed_by: str | None
    confirmed_at: str | None
    fresh: bool
    findings: tuple[KasseError, ...] = ()
    closed_at: str = ""
    closed_for: str | None = None
    confirmed_for: str | None = None


def close_day(
    store: Store,
    day: str,
    *,
    today: str,
    reasons: Mapping[str, str] | None = None,
    dry_run: bool = False,
    waiting: Waiting | None = None,
) -> Closing:
    """Close the day and all open days before it, and return the protocol, which another person confirms.

    `reasons` says by IBAN why an account has no statement of that day, `waiting` finds what of these days waits for a
    step: it is noted. Raises what `close_period` raises.
    """
    return close_period(store, day_period(day), today=today, reasons=reasons, dry_run=dry_run, waiting=waiting)


def close_period(
    store: Store,
    period: Period,
    *,
    today: str,
    reasons: Mapping[str, str] | None = None,
    dry_run: bool = False,
    waiting: Waiting | None = None,
) -> Closing:
    """Close a day or a month, in order and only once, and return its protocol, which another person confirms.

    `reasons` explains, by IBAN and by `OFFICE:ACCOUNT`, what would stand against it. What is closed already is
    returned as it was closed. Holds all offices. Needs the role clerk or head in the Kasse. Raises `FutureDayError`,
    `ClosingRefusedError` with the findings, `NotAllowedError`.
    """
    if period.last_day > today:
        raise FutureDayError(day=period.last_day, today=today)
    with store.snapshot() if dry_run else store.unit(office_codes(store)):
        require(store, kasse_office(store), *CLOSERS)
        known = closing_of(store, period.kind, period.last_day)
        if known is not None:
            return shown(store, known, fresh=False)
        protocol, notes = draft(store, period, dict(reasons or {}), waiting)
        if not dry_run:
            write(store, protocol)
        found = (*notes, *_waiting(store, period))
    principal = acted_for(store, store.user, store.now)
    return Closing(protocol, user_name(store, store.user), None, None, fresh=True, findings=found, closed_for=principal)


def confirm_day(store: Store, day: str) -> Closing:
    """Put the second signature under the closing of the day and return it; raises what `confirm_period` raises."""
    return confirm_period(store, day_period(day))


def confirm_period(store: Store, period: Period) -> Closing:
    """Put the second signature under the closing of a day or month and return it.

    Needs the role head in the Kasse, and another person than the one who closed. A closing that is confirmed already
    is returned as it is. Raises `NotClosedError`, `OwnWorkError`, `NotAllowedError`, `DifferentHeadError`,
    `DifferentProtocolError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, "head")
        known = _known(store, period)
        what = f"{period.kind} {known.protocol.period}"
        check_apart(store, kasse, what, (known.closed_by, known.closed_at))
        check_head(store, known)
        if known.confirmed_by is not None:
            return shown(store, known, fresh=False)
        closing_store.insert_confirmation(store, known.protocol)
        note(store, known.protocol, known.text, "confirm")
        signed = replace(known, confirmed_by=store.user, confirmed_at=store.now)
        return shown(store, signed, fresh=True)


def show_day(store: Store, day: str) -> Closing:
    """Return the closing by which the day was closed; raises `NotClosedError`."""
    return show_period(store, day_period(day))


def show_period(store: Store, period: Period) -> Closing:
    """Return the closing by which the period was closed; raises `NotClosedError`."""
    with store.snapshot():
        return shown(store, _known(store, period), fresh=False)


def list_days(store: Store) -> Iterator[Closing]:
    """Yield the closings of days in order."""
    return list_closings(store, "day")


def list_closings(store: Store, kind: ClosingKind) -> Iterator[Closing]:
    """Yield the closings of the kind in order."""
    with store.snapshot():
        for known in closing_store.closings(store, kind):
            yield shown(store, known, fresh=False)


def _known(store: Store, period: Period) -> StoredClosing:
    known = closing_of(store, period.kind, period.last_day)
    if known is None:
        raise _NOT_CLOSED[period.kind](day=period.name)
    return known


def shown(store: Store, known: StoredClosing, *, fresh: bool) -> Closing:
    """Return a stored closing with the names of its signers."""
    second = None if known.confirmed_by is None else user_name(store, known.confirmed_by)
    first, at = user_name(store, known.closed_by), known.closed_at
    return Closing(
        known.protocol, first, second, known.confirmed_at, fresh, closed_at=at,
        closed_for=acted_for(store, known.closed_by, at),
        confirmed_for=acted_for(store, known.confirmed_by, known.confirmed_at),
    )  # fmt: skip


def draft(
    store: Store, period: Period, reasons: dict[str, str], waiting: Waiting | None = None
) -> tuple[Protocol, tuple[KasseError, ...]]:
    """Return the protocol of the period, and what its checks noted.

    Raises `ClosingRefusedError` where something stands against it.
    """
    subject = gather(store, period, reasons)
    if subject.first_day > subject.last_day:
        raise ClosedPeriodError(day=period.name, closed=previous_day(subject.first_day))
    if waiting is not None:
        subject = replace(subject, waiting=tuple(waiting(store, subject.first_day, subject.last_day)))
    checks, findings = run_checks(store, subject)
    if any(finding.severity == "error" for finding in findings):
        raise ClosingRefusedError(day=period.name, count=len(findings), findings=findings)
    number = closing_store.next_number(store, period.kind, period.year)
    head = book_head(heads(store)).hex()
    protocol = Protocol(
        period.kind, period.name, period.year, number, subject.first_day, period.last_day, store.user, store.now, head,
        checks,
    )  # fmt: skip
    parts: dict[str, Any] = dict(subject.parts)
    return replace(protocol, **parts), findings


def write(store: Store, protocol: Protocol) -> None:
    """Write the closing with the heads of all offices, and bind its text to the chain of events."""
    known = {office: OfficeHead(position, value.hex()) for office, position, value in heads(store)}
    packed = json.dumps({"heads": packed_heads(known)}, separators=(",", ":"))
    note(store, protocol, protocol_text(protocol), "close")  # first: the database asks for the event of a closing
    closing_store.insert_closing(store, protocol, packed)


def note(store: Store, protocol: Protocol, text: str, step: str) -> None:
    """Record a step with what binds the protocol to the chain of events: its number, its head, its text's hash."""
    hashed = sha256(text.encode()).hexdigest()
    facts: dict[str, str | int | bool | None] = {
        "protocol": protocol.label, "first_day": protocol.first_day, "head": protocol.head, "sha256": hashed,
    }  # fmt: skip
    record(store, kasse_office(store), f"{protocol.kind}.{step}", f"{protocol.kind}:{protocol.period}", facts)


def _waiting(store: Store, period: Period) -> Iterator[KasseError]:
    for known in closing_store.closings(store, period.kind, unconfirmed=True):
        if known.protocol.last_day < period.last_day:
            yield _UNCONFIRMED[period.kind](day=known.protocol.period, number=known.protocol.label)


def check_head(store: Store, known: StoredClosing) -> None:
    """Check that book and protocol are those that were closed.

    Raises `DifferentHeadError`, `DifferentProtocolError`.
    """
    protocol = known.protocol
    packed: str = json.loads(known.heads)["heads"]
    parts = [part.split(":") for part in packed.split()]
    there = closing_store.hashes_at(store, {office: int(position) for office, position, _ in parts})
    for office, position, value in parts:
        if int(position) and there.get(office) != value:
            raise DifferentHeadError(office=office, number=protocol.label)
    if closing_store.noted_hash(store, protocol) != sha256(known.text.encode()).hexdigest():
        raise DifferentProtocolError(number=protocol.label)
    written = book_head((office, int(position), bytes.fromhex(value)) for office, position, value in parts)
    if not written.hex() == known.book_head == protocol.head:
        raise DifferentHeadError(office="*", number=protocol.label)
