"""Closing days: by one person, confirmed by another; a closed day takes no posting and is never reopened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from ledger.book import closing_store
from ledger.book.chain import book_head
from ledger.book.closing import (
    ClosingRefusedError,
    DifferentHeadError,
    DifferentProtocolError,
    FutureDayError,
    NotClosedError,
    UnconfirmedDayError,
    account_lines,
    by_age,
    previous_day,
)
from ledger.book.closing_checks_store import run_checks
from ledger.book.closing_protocol import AccountLine, DayProtocol, Subject
from ledger.book.closing_store import StoredClosing, closing_of
from ledger.book.entry import ClosedPeriodError
from ledger.book.store import heads, kasse_office, office_codes
from ledger.book.verify_store import OfficeHead, packed_heads
from ledger.events.store import record
from ledger.people.users import OwnWorkError, require, user_name
from ledger.reports.balances_store import bank_balances, trial_balance
from ledger.reports.items_store import unclear_cases
from ledger.store.engines import Store
from sepa.errors import KasseError


@dataclass(frozen=True, slots=True)
class DayClosing:
    """A closing with the names of those who signed; `fresh` where this call did what it was asked to.

    `findings` are notes, such as earlier days that still wait for their second signature.
    """

    protocol: DayProtocol
    closed_by: str
    confirmed_by: str | None
    confirmed_at: str | None
    fresh: bool
    findings: tuple[KasseError, ...] = ()


def close_day(
    store: Store, day: str, *, today: str, reasons: Mapping[str, str] | None = None, dry_run: bool = False
) -> DayClosing:
    """Close the day and all open days before it, and return the protocol, which another person confirms.

    `reasons` says by IBAN why an account has no statement of that day. A day that is closed already is returned as
    it was closed. Holds all offices. Needs the role clerk or head in the Kasse. Raises `FutureDayError`,
    `ClosingRefusedError` with the findings, `NotAllowedError`.
    """
    if day > today:
        raise FutureDayError(day=day, today=today)
    offices = office_codes(store)
    with store.snapshot() if dry_run else store.unit(offices):
        require(store, kasse_office(store), "clerk", "head")
        known = closing_of(store, day)
        if known is not None:
            return _shown(store, known, fresh=False)
        protocol = _draft(store, day, dict(reasons or {}))
        if not dry_run:
            _write(store, protocol)
        waiting = tuple(_waiting(store, day))
    return DayClosing(protocol, user_name(store, store.user), None, None, fresh=True, findings=waiting)


def confirm_day(store: Store, day: str) -> DayClosing:
    """Put the second signature under the closing of the day and return it.

    Needs the role head in the Kasse, and another person than the one who closed. A closing that is confirmed already
    is returned as it is. Raises `NotClosedError`, `OwnWorkError`, `NotAllowedError`, `DifferentHeadError`,
    `DifferentProtocolError`.
    """
    kasse = kasse_office(store)
    with store.unit([kasse]):
        require(store, kasse, "head")
        known = _known(store, day)
        if known.closed_by == store.user:
            what = f"day {known.protocol.last_day}"
            raise OwnWorkError(user=user_name(store, store.user), what=what, office=kasse)
        _check_head(store, known)
        if known.confirmed_by is not None:
            return _shown(store, known, fresh=False)
        closing_store.insert_confirmation(store, known.protocol.last_day)
        record(store, kasse, "day.confirm", f"day:{known.protocol.last_day}", _facts(known.protocol, known.text))
        signed = replace(known, confirmed_by=store.user, confirmed_at=store.now)
        return _shown(store, signed, fresh=True)


def show_day(store: Store, day: str) -> DayClosing:
    """Return the closing by which the day was closed.

    Raises `NotClosedError`.
    """
    with store.snapshot():
        return _shown(store, _known(store, day), fresh=False)


def list_days(store: Store) -> Iterator[DayClosing]:
    """Yield the closings in order."""
    with store.snapshot():
        for known in closing_store.closings(store):
            yield _shown(store, known, fresh=False)


def _known(store: Store, day: str) -> StoredClosing:
    known = closing_of(store, day)
    if known is None:
        raise NotClosedError(day=day)
    return known


def _shown(store: Store, known: StoredClosing, *, fresh: bool) -> DayClosing:
    second = None if known.confirmed_by is None else user_name(store, known.confirmed_by)
    return DayClosing(known.protocol, user_name(store, known.closed_by), second, known.confirmed_at, fresh)


def _draft(store: Store, day: str, reasons: dict[str, str]) -> DayProtocol:
    """Return the protocol of the day; raises `ClosingRefusedError` where something stands against it."""
    first = closing_store.first_open_day(store, day)
    if first > day:
        raise ClosedPeriodError(day=day, closed=previous_day(first))
    lines = _account_lines(store, first, day, reasons)
    checks, findings = run_checks(store, Subject("day", day, first, day, lines, reasons))
    if any(finding.severity == "error" for finding in findings):
        raise ClosingRefusedError(day=day, count=len(findings), findings=findings)
    year = int(day[:4])
    return DayProtocol(
        year=year,
        number=closing_store.next_number(store, year),
        first_day=first,
        last_day=day,
        closed_by=store.user,
        closed_at=store.now,
        head=book_head(heads(store)).hex(),
        accounts=lines,
        days=tuple(closing_store.day_lines(store, first, day)),
        offices=tuple(closing_store.office_lines(store, first, day)),
        ages=tuple(by_age(unclear_cases(store, day))),
        transit=tuple(closing_store.transit_lines(trial_balance(store, day))),
        floating=tuple(closing_store.floating_lines(store, first, day)),
        checks=checks,
    )


def _account_lines(store: Store, first: str, day: str, reasons: dict[str, str]) -> tuple[AccountLine, ...]:
    balances = bank_balances(store, day)
    known = closing_store.last_statements(store, day, balances)
    without = tuple(own for own in balances if not known[own.iban].day)
    moved, before = closing_store.moved(store, first, day), closing_store.taken_over(store, day, without)
    return tuple(account_lines(first, day, balances, moved, known, before, reasons))


def _write(store: Store, protocol: DayProtocol) -> None:
    known = {office: OfficeHead(position, value.hex()) for office, position, value in heads(store)}
    packed = json.dumps({"heads": packed_heads(known)}, separators=(",", ":"))
    text = closing_store.insert_closing(store, protocol, packed)
    record(store, kasse_office(store), "day.close", f"day:{protocol.last_day}", _facts(protocol, text))


def _facts(protocol: DayProtocol, text: str) -> dict[str, str | int]:
    """Return what binds the protocol to the chain of events: its number, its head and the hash of its text."""
    hashed = sha256(text.encode()).hexdigest()
    return {"protocol": protocol.label, "first_day": protocol.first_day, "head": protocol.head, "sha256": hashed}


def _waiting(store: Store, day: str) -> Iterator[KasseError]:
    for known in closing_store.closings(store, unconfirmed=True):
        if known.protocol.last_day < day:
            yield UnconfirmedDayError(day=known.protocol.last_day, number=known.protocol.label)


def _check_head(store: Store, known: StoredClosing) -> None:
    packed: str = json.loads(known.heads)["heads"]
    parts = [part.split(":") for part in packed.split()]
    there = closing_store.hashes_at(store, {office: int(position) for office, position, _ in parts})
    for office, position, value in parts:
        if int(position) and there.get(office) != value:
            raise DifferentHeadError(office=office, number=known.protocol.label)
    if closing_store.noted_hash(store, known.protocol.last_day) != _facts(known.protocol, known.text)["sha256"]:
        raise DifferentProtocolError(number=known.protocol.label)
    written = book_head((office, int(position), bytes.fromhex(value)) for office, position, value in parts)
    if not written.hex() == known.book_head == known.protocol.head:
        raise DifferentHeadError(office="*", number=known.protocol.label)
