"""Releasing a dunning run: what changed is taken out, fees and charges become items, levels move on."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enforcement.deadlines import counted
from enforcement.dunning_booking_store import book_run
from enforcement.dunning_checks_store import check_complete
from enforcement.dunning_reader import find_run
from enforcement.dunning_runs import ChangedLetterError, RunRow, RunStateError, RunSumError, RunTooOldError
from enforcement.letters_steps_store import released_run
from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.locks_store import locked
from ledger.payments.collection_waiting_store import under_collection
from ledger.people.users import check_apart, require
from ledger.store.collector import without_collector
from ledger.store.engines import Store
from sepa.errors import KasseError

RELEASERS = ("enforcement", "head")
LETTERS_LIVE_DAYS = 3
"""Working days after which a proposal is too old: what it says of waiting times, charges and payments is stale."""
_CHANGED = f"""
    SELECT DISTINCT x.letter FROM letter l JOIN letter_item x ON x.letter = l.id
    JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE l.run = :run AND l.state = 'made'
      AND (i.open_cents <> x.open_cents OR (i.party <> l.party AND l.copy_of IS NULL
               AND NOT EXISTS (SELECT 1 FROM item_debtor d WHERE d.office = i.office
                   AND d.item = coalesce(i.main_item, i.id) AND d.party = l.party))
           OR i.dunning_level <> x.level_before OR (i.open_cents > 0 AND i.due >= l.day)
           OR coalesce(i.dunned_on, '') <> coalesce(x.dunned_before, '') OR {locked("dunning", day=":day")})"""
_WAITING = """
    SELECT DISTINCT x.letter FROM letter l JOIN letter_item x ON x.letter = l.id
    JOIN dunning_waiting w ON w.office = x.office AND w.item = x.item WHERE l.run = :run AND l.state = 'made'"""
_COPIES = "SELECT id, copy_of FROM letter WHERE run = :run AND state = 'made' AND copy_of IS NOT NULL"
_TAKE_OUT = """
    UPDATE letter SET state = 'cancelled', cancelled_by = :user, cancelled_at = :now, cancelled_reason = 'changed'
    WHERE id = :letter"""
_NAMES = "SELECT l.id, coalesce(p.legal_name, p.name) FROM letter l JOIN party p ON p.id = l.party WHERE l.id = :letter"
_RUN = "UPDATE dunning_run SET state = 'released', released_by = :user, released_at = :now WHERE id = :run"


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: letters that may go out, those taken out, and the items its fees and charges became."""

    run: int
    day: str
    letters: int
    taken_out: int
    fee_items: int
    fee_cents: int
    findings: tuple[KasseError, ...] = ()


def release(store: Store, number: int, *, given_cents: int | None = None) -> Released:
    """Release a run that another person proposed, in one unit of work.

    Letters about claims that were paid, locked or changed since are taken out and named. Fees and charges become items
    beside their main claims, each letter gets a reference that stands for all of it, and the items' levels move on.
    Raises `UnknownRunError`, `RunStateError`, `RunTooOldError`, `RunSumError`, `OwnWorkError`, `NotAllowedError`,
    `IncompleteError`, `ClosedPeriodError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *RELEASERS)
    with store.unit(office_codes(store)), without_collector():
        run = _checked(store, number, kasse, given_cents)
        check_complete(store, dt.date.fromisoformat(store.today))
        findings = _take_out(store, run)
        letters, made, cents = book_run(store, run, kasse)
        store.execute(_RUN, user=store.user, now=store.now, run=number)
        facts: dict[str, Fact] = {
            "letters": letters,
            "taken_out": len(findings),
            "fee_items": made,
            "fee_cents": cents,
            "day": run.day,
            **released_run(store, number),
        }
        record(store, kasse, "dunning.release", f"dunning_run:{number}", facts)
    return Released(number, run.day, letters, len(findings), made, cents, tuple(findings))


def _checked(store: Store, number: int, kasse: str, given_cents: int | None) -> RunRow:
    run = find_run(store, number)
    if run.state != "proposed":
        raise RunStateError(run=number, state=run.state)
    made_by, made_at = store.one("SELECT made_by, made_at FROM dunning_run WHERE id = :run", run=number) or (None, None)
    check_apart(store, kasse, f"dunning run {number}", (made_by, made_at))
    day = dt.date.fromisoformat(run.day)
    last = counted(day, LETTERS_LIVE_DAYS, "working_days", land=place_of(store) or "HH").end
    if dt.date.fromisoformat(store.today) > last:
        raise RunTooOldError(run=number, day=day, last=last)
    if given_cents is not None and given_cents != run.sum_cents:
        raise RunSumError(run=number, given_cents=given_cents, sum_cents=run.sum_cents, letters=run.letters)
    return run


def _take_out(store: Store, run: RunRow) -> list[KasseError]:
    """Cancel the letters that are not right any more, and return a finding for each."""
    store.execute("CREATE TEMPORARY TABLE dunning_waiting (office TEXT, item BIGINT)")
    store.insert("dunning_waiting", ("office", "item"), sorted(_waiting(store)))
    gone = {letter for (letter,) in store.rows(_CHANGED, run=run.number, day=store.today)}
    gone |= {letter for (letter,) in store.rows(_WAITING, run=run.number)}
    gone |= {copy for copy, first in store.rows(_COPIES, run=run.number) if first in gone}
    store.execute("DROP TABLE dunning_waiting")
    findings: list[KasseError] = []
    for letter in sorted(gone):
        row = store.one(_NAMES, letter=letter)
        assert row is not None, "a letter has its party"
        findings.append(ChangedLetterError(letter=letter, party=row[1]))
        store.execute(_TAKE_OUT, letter=letter, user=store.user, now=store.now)
    return findings


def _waiting(store: Store) -> set[tuple[str, int]]:
    """Return what money in suspense may pay and what is being collected by mandate."""
    return may_be_paid_by(store) | under_collection(store, dt.date.fromisoformat(store.today))
