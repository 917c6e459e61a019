"""The end of a year: prepared by one person, who carries the result over; closed for good by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace

from ledger.book import closing_store
from ledger.book.closing_checks_store import run_checks
from ledger.book.closing_findings import (
    ChangedSinceError,
    ClosingRefusedError,
    FutureDayError,
    NotPreparedError,
    UncarriedResultError,
)
from ledger.book.closing_gather_store import gather
from ledger.book.closing_periods import Period
from ledger.book.closing_protocol import Protocol, protocol_text, read_protocol
from ledger.book.closing_service import CLOSERS, Closing, draft, note, show_period, shown, write
from ledger.book.closing_store import closing_of
from ledger.book.closing_year_store import carrying_drafts
from ledger.book.store import kasse_office, office_codes, post
from ledger.people.users import acted_for, check_apart, require, user_name
from ledger.store.engines import Store

_LAST = """
    SELECT serial, protocol FROM closing_proposal WHERE kind = 'year' AND period = :period
    ORDER BY serial DESC LIMIT 1"""
_SIGNED = frozenset({"number", "closed_by", "closed_at", "head", "gaps"})
"""What changes between the two signatures though the year does not: the new year goes on meanwhile."""


def prepare_year(store: Store, year: Period, *, today: str, reasons: Mapping[str, str] | None = None) -> Closing:
    """Carry income and expense of the year to the result, in period 13, and propose its protocol for closing.

    It may be done again while the year is open: what came since is carried too, and where nothing did, nothing is
    written. `reasons` explains balances by `OFFICE:ACCOUNT`. Holds all offices. Needs the role clerk or head in the
    Kasse. Raises `FutureDayError`, `ClosingRefusedError` with the findings, `NoResultAccountError`, `NotAllowedError`.
    """
    if year.last_day > today:
        raise FutureDayError(day=year.last_day, today=today)
    with store.unit(office_codes(store)):
        require(store, kasse_office(store), *CLOSERS)
        known = closing_of(store, "year", year.last_day)
        if known is not None:
            return shown(store, known, fresh=False)
        carried = carrying_drafts(store, year)
        if carried:
            _check_december(store, year, dict(reasons or {}))
            post(store, carried, earlier=True)
        protocol, notes = draft(store, year, dict(reasons or {}))
        before = proposal_of(store, year)
        if before is not None and not changed_parts(before, protocol):
            return _proposed(store, before, fresh=False)
        _propose(store, protocol)
    return replace(_proposed(store, protocol, fresh=True), findings=notes)


def _check_december(store: Store, year: Period, reasons: dict[str, str]) -> None:
    """Refuse with everything that stands against the year where period 13 is not even open."""
    if closing_store.last_closed(store, "month") < year.last_day:
        _, findings = run_checks(store, gather(store, year, reasons))
        wrong = tuple(finding for finding in findings if finding.code != UncarriedResultError.code)
        raise ClosingRefusedError(day=year.name, count=len(wrong), findings=wrong)


def close_year(store: Store, year: Period, *, today: str, dry_run: bool = False) -> Closing:
    """Close a prepared year for good, by another person than the one who prepared it, and return its protocol.

    Nothing may have changed since; then period 13 takes no entry any more. Needs the role head in the Kasse. Raises
    `NotPreparedError`, `OwnWorkError`, `ChangedSinceError`, `ClosingRefusedError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    with store.snapshot() if dry_run else store.unit(office_codes(store)):
        require(store, kasse, "head")
        known = closing_of(store, "year", year.last_day)
        if known is not None:
            return shown(store, known, fresh=False)
        proposal = proposal_of(store, year)
        if proposal is None or year.last_day > today:
            raise NotPreparedError(year=year.year)
        check_apart(store, kasse, f"year {year.name}", (proposal.closed_by, proposal.closed_at))
        protocol, notes = draft(store, year, _reasons(proposal))
        changed = changed_parts(proposal, protocol)
        if changed:
            who = user_name(store, proposal.closed_by)
            raise ChangedSinceError(year=year.year, user=who, parts=", ".join(changed))
        if not dry_run:
            write(store, protocol)
        first, second = user_name(store, proposal.closed_by), user_name(store, store.user)
    return Closing(
        protocol, first, second, store.now, fresh=True, findings=notes, closed_at=proposal.closed_at,
        closed_for=acted_for(store, proposal.closed_by, proposal.closed_at),
        confirmed_for=acted_for(store, store.user, store.now),
    )  # fmt: skip


def proposal_of(store: Store, year: Period) -> Protocol | None:
    """Return the last proposal to close the year, or None before the first."""
    row = store.one(_LAST, period=year.name)
    return None if row is None else read_protocol(row[1])


def show_year(store: Store, year: Period) -> Closing:
    """Return the closing of the year, or the last proposal, which lacks its second signature.

    Raises `YearNotClosedError` where there is neither.
    """
    with store.snapshot():
        protocol = None if closing_of(store, "year", year.last_day) else proposal_of(store, year)
        if protocol is None:
            return show_period(store, year)
        return _proposed(store, protocol, fresh=False)


def changed_parts(before: Protocol, now: Protocol) -> tuple[str, ...]:
    """Return the parts in which two protocols of a year differ, but for what signing them makes different."""
    names = [field.name for field in fields(Protocol) if field.name not in _SIGNED]
    return tuple(name for name in names if _lasting(before, name) != _lasting(now, name))


def _lasting(protocol: Protocol, name: str) -> object:
    """Return a part without what runs have under way by now."""
    if name != "transit":
        return getattr(protocol, name)
    return tuple(replace(line, since_cents=None, under_way_cents=None) for line in protocol.transit)


def _reasons(proposal: Protocol) -> dict[str, str]:
    return {f"{line.office}:{line.account}": line.reason for line in proposal.transit if line.reason}


def _proposed(store: Store, protocol: Protocol, *, fresh: bool) -> Closing:
    principal = acted_for(store, protocol.closed_by, protocol.closed_at)
    return Closing(protocol, user_name(store, protocol.closed_by), None, None, fresh, closed_for=principal)


def _propose(store: Store, protocol: Protocol) -> None:
    row = store.one(_LAST, period=protocol.period)
    serial = int(row[0]) + 1 if row else 1
    store.insert_one(
        "closing_proposal", kind=protocol.kind, period=protocol.period, serial=serial, proposed_by=store.user,
        proposed_at=store.now, protocol=protocol_text(protocol),
    )  # fmt: skip
    note(store, protocol, protocol_text(protocol), "prepare")
