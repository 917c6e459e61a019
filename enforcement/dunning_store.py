"""The dunning proposal from the book: refused until all money is in, then one pass over what is overdue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from enforcement.dunning import (
    WAIT_DAYS,
    AccountBehindError,
    AccountEmptyError,
    DunningProposal,
    Gathering,
    IncompleteError,
    NotPostedError,
    Overdue,
    latest_due,
)
from ledger.bank.intake_reader import continuity
from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, setting
from ledger.events.store import Fact, record
from ledger.items.locks_store import active_locks
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.calendar import previous_target_day
from sepa.errors import KasseError

ROLES = ("enforcement", "clerk", "machine")
_ACCOUNTS = (
    "SELECT iban FROM bank_account WHERE collects = 1 AND opened_on <= :needed AND closed_on IS NULL ORDER BY iban"
)
_STAGED = "SELECT iban, count(*), sum(amount_cents) FROM bank_entry WHERE state = 'staged' GROUP BY iban ORDER BY iban"
_CLOSED = "SELECT max(last_day) FROM closing WHERE kind = 'day'"
_CREDITS = """
    SELECT party, sum(open_cents) FROM item
    WHERE kind IN ('credit', 'payable') AND open_cents > 0 AND party IS NOT NULL GROUP BY party"""
_WANTED = """
    i.kind = 'receivable' AND i.open_cents > 0 AND i.due <= :until
    AND (i.dunned_on IS NULL OR i.dunned_on <= :until) AND (CAST(:office AS TEXT) IS NULL OR i.office = :office)"""
_OVERDUE = f"""
    SELECT i.office, i.id, i.reference, i.purpose, i.due, i.amount_cents, i.open_cents, i.dunning_level, i.dunned_on,
           i.profile, i.claim_kind, i.main_item, p.id, coalesce(p.legal_name, p.name), p.street, p.house_number,
           p.postcode, p.town, p.country
    FROM party p CROSS JOIN item i WHERE i.party = p.id AND {_WANTED}
    ORDER BY p.id, i.due, i.office, i.id"""  # person by person: SQLite then sorts a person's items only
_NOBODY = f"""
    SELECT i.office, i.id, i.reference, i.purpose, i.due, i.amount_cents, i.open_cents, i.dunning_level, i.dunned_on,
           i.profile, i.claim_kind, i.main_item, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM item i WHERE i.party IS NULL AND {_WANTED} ORDER BY i.due, i.office, i.id"""


def propose(store: Store, day: dt.date, *, wait_days: int = WAIT_DAYS, office: str | None = None) -> DunningProposal:
    """Return who is due for a dunning letter on a day; nothing changes but the event log.

    An item counts when its due day, or its last letter, was more than `wait_days` ago. Raises `IncompleteError` while
    money may have come in that the books do not hold yet, `NotAllowedError`, `UnknownOfficeError`.
    """
    require(store, kasse_office(store), *ROLES)
    check_office(store, office)
    until = latest_due(day, wait_days, setting(store, "land")).isoformat()
    with store.snapshot():
        _check_complete(store, day)
        credits_ = {party: int(cents) for party, cents in store.rows(_CREDITS)}
        gathering = Gathering(day, may_be_paid_by(store), credits_, active_locks(store, "dunning", day.isoformat()))
        for sql in (_OVERDUE, _NOBODY):
            gathering.take(map(Overdue._make, store.stream(sql, until=until, office=office)))
    proposal = DunningProposal(
        day.isoformat(),
        until,
        tuple(gathering.debtors),
        tuple(gathering.skipped),
        tuple(gathering.findings),
        sum(debtor.count for debtor in gathering.debtors),
        sum(debtor.sum_cents for debtor in gathering.debtors),
    )
    _note(store, proposal, wait_days)
    return proposal


def _check_complete(store: Store, day: dt.date) -> None:
    """Check that the statements of every collection account reach the last bank day before the day, all posted."""
    needed = previous_target_day(day - dt.timedelta(days=1)).isoformat()
    findings = [*_behind(store, needed), *_not_posted(store)]
    if findings:
        raise IncompleteError(day=dt.date.fromisoformat(needed), findings=tuple(findings))


def _behind(store: Store, needed: str) -> Iterator[KasseError]:
    """Yield the accounts that lack a statement; a closing of the day has said why where the bank sent none."""
    closed = store.value(_CLOSED) or ""
    known = {chain.iban: chain for chain in continuity(store)}
    for (iban,) in store.all(_ACCOUNTS, needed=needed):
        chain = known.get(iban)
        excused = closed >= needed and not (chain and chain.gaps)
        if excused or (chain and (chain.complete_until or "") >= needed):
            continue
        if chain is None or chain.complete_until is None:
            yield AccountEmptyError(iban=iban, needed=dt.date.fromisoformat(needed))
        else:
            until = dt.date.fromisoformat(chain.complete_until)
            yield AccountBehindError(iban=iban, until=until, needed=dt.date.fromisoformat(needed))


def _not_posted(store: Store) -> Iterator[KasseError]:
    for iban, count, cents in store.rows(_STAGED):
        yield NotPostedError(iban=iban, count=count, sum_cents=int(cents))


def _note(store: Store, proposal: DunningProposal, wait_days: int) -> None:
    kasse = kasse_office(store)
    facts: dict[str, Fact] = {
        "day": proposal.day,
        "wait_days": wait_days,
        "debtors": len(proposal.debtors),
        "items": proposal.count,
        "sum_cents": proposal.sum_cents,
        "skipped": len(proposal.skipped),
    }
    with store.unit([kasse]):
        record(store, kasse, "dunning.propose", None, facts)
