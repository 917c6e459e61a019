"""Releasing a dunning run: what changed is taken out, fees and charges become items, levels move on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from enforcement.deadlines import counted
from enforcement.dunning_checks_store import check_complete
from enforcement.dunning_reader import find_run
from enforcement.dunning_runs import ChangedLetterError, RunRow, RunStateError, RunSumError, RunTooOldError
from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.book.entry import Draft, Posting
from ledger.book.store import account_with_role, kasse_office, office_codes, post, setting
from ledger.events.store import Fact, record
from ledger.items.kassenzeichen import issue
from ledger.items.locks_store import locked
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from ledger.items.targets import Target
from ledger.items.targets_store import register_many
from ledger.payments.collection_waiting_store import under_collection
from ledger.people.users import OwnWorkError, require, user_name
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

RELEASERS = ("enforcement", "head")
LETTERS_LIVE_DAYS = 3
"""Working days after which a proposal is too old: what it says of waiting times, charges and payments is stale."""
CHUNK = 2_000
_CHANGED = f"""
    SELECT DISTINCT x.letter FROM letter l JOIN letter_item x ON x.letter = l.id
    JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE l.run = :run AND l.state = 'made'
      AND (i.open_cents <> x.open_cents OR i.party <> l.party OR i.dunning_level <> x.level_before
           OR coalesce(i.dunned_on, '') <> coalesce(x.dunned_before, '') OR {locked("dunning", day=":day")})"""
_WAITING = """
    SELECT DISTINCT x.letter FROM letter l JOIN letter_item x ON x.letter = l.id
    JOIN dunning_waiting w ON w.office = x.office AND w.item = x.item WHERE l.run = :run AND l.state = 'made'"""
_TAKE_OUT = """
    UPDATE letter SET state = 'cancelled', cancelled_by = :user, cancelled_at = :now, cancelled_reason = 'changed'
    WHERE id = :letter"""
_NAMES = "SELECT l.id, coalesce(p.legal_name, p.name) FROM letter l JOIN party p ON p.id = l.party WHERE l.id = :letter"
_CHARGES = """
    SELECT l.id, l.party, x.office, x.item, x.line, x.charge_cents, x.charge_kind, i.profile, i.account, i.reference
    FROM letter l JOIN letter_item x ON x.letter = l.id JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE l.run = :run AND l.state = 'made' AND x.charge_cents > 0
    UNION ALL
    SELECT l.id, l.party, f.office, f.main_item, -f.line, f.cents, 'mahngebuehr', i.profile, i.account, i.reference
    FROM letter l JOIN letter_fee f ON f.letter = l.id JOIN item i ON i.office = f.office AND i.id = f.main_item
    WHERE l.run = :run AND l.state = 'made'
    ORDER BY 1, 3, 4, 5"""
_LEVELS = """
    UPDATE item SET dunning_level = x.level_after, dunned_on = :day
    FROM letter_item x JOIN letter l ON l.id = x.letter
    WHERE l.run = :run AND l.state = 'made' AND item.office = x.office AND item.id = x.item AND x.level_after > 0"""
_SIDE_ITEM = "UPDATE letter_item SET charge_item = :made WHERE letter = :letter AND line = :line"
_FEE_ITEM = "UPDATE letter_fee SET fee_item = :made WHERE letter = :letter AND line = :line"
_MADE = "SELECT id FROM letter WHERE run = :run AND state = 'made' ORDER BY id"
_OF_LETTERS = """
    SELECT x.letter, x.office, x.item FROM letter_item x JOIN letter l ON l.id = x.letter
    WHERE l.run = :run AND l.state = 'made'
    UNION SELECT x.letter, x.office, x.charge_item FROM letter_item x JOIN letter l ON l.id = x.letter
    WHERE l.run = :run AND l.state = 'made' AND x.charge_item IS NOT NULL
    UNION SELECT f.letter, f.office, f.fee_item FROM letter_fee f JOIN letter l ON l.id = f.letter
    WHERE l.run = :run AND l.state = 'made' AND f.fee_item IS NOT NULL ORDER BY 1, 2, 3"""
_RELEASE = """
    UPDATE letter SET state = 'released', reference = :reference, released_by = :user, released_at = :now
    WHERE id = :letter"""
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
        made, cents = _book(store, run)
        letters = _release_letters(store, run, kasse)
        store.execute(_RUN, user=store.user, now=store.now, run=number)
        facts: dict[str, Fact] = {
            "letters": letters,
            "taken_out": len(findings),
            "fee_items": made,
            "fee_cents": cents,
            "day": run.day,
        }
        record(store, kasse, "dunning.release", f"dunning_run:{number}", facts)
    return Released(number, run.day, letters, len(findings), made, cents, tuple(findings))


def _checked(store: Store, number: int, kasse: str, given_cents: int | None) -> RunRow:
    run = find_run(store, number)
    if run.state != "proposed":
        raise RunStateError(run=number, state=run.state)
    proposer = store.value("SELECT made_by FROM dunning_run WHERE id = :run", run=number)
    if proposer == store.user:
        raise OwnWorkError(user=user_name(store, store.user), what=f"dunning run {number}", office=kasse)
    day = dt.date.fromisoformat(run.day)
    last = counted(day, LETTERS_LIVE_DAYS, "working_days", land=setting(store, "land") or "HH").end
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
    store.execute("DROP TABLE dunning_waiting")
    findings: list[KasseError] = []
    for letter in sorted(gone):
        row = store.one(_NAMES, letter=letter)
        assert row is not None, "a letter has its party"
        findings.append(ChangedLetterError(letter=letter, party=row[1]))
        store.execute(_TAKE_OUT, letter=letter, user=store.user, now=store.now)
    return findings


def _book(store: Store, run: RunRow) -> tuple[int, int]:
    """Make an item of every fee and charge, one entry for each letter and office; return how many, and their sum."""
    rows = store.all(_CHARGES, run=run.number)
    made = cents = 0
    accounts: dict[str, str] = {}
    groups = groupby(rows, key=lambda row: (row[0], row[2]))
    while chunk := [(key, list(group)) for key, group in islice(groups, CHUNK)]:
        items: list[NewItem] = []
        drafts: list[Draft] = []
        for (letter, office), lines in chunk:
            if office not in accounts:
                accounts[office] = account_with_role(store, office, "charges")
            fresh = list(_new_items(store, run, office, lines))
            items += fresh
            drafts.append(_draft(store, letter, office, accounts[office], fresh))
        _write(store, chunk, items, drafts)
        made += len(items)
        cents += sum(item.amount_cents for item in items)
    return made, cents


def _new_items(store: Store, run: RunRow, office: str, lines: Sequence[Row]) -> Iterator[NewItem]:
    first = reserve_items(store, office, len(lines))
    for number, (_, party, _, main, _, cents, kind, profile, account, reference) in enumerate(lines, first):
        yield NewItem(
            office=office, id=number, kind="receivable", account=account, amount_cents=cents, due=run.day,
            opened_on=store.today, position=0, party=party, reference=reference, main_item=main, claim_kind=kind,
            profile=profile, purpose=None,
        )  # fmt: skip


def _draft(store: Store, letter: int, office: str, account: str, items: Sequence[NewItem]) -> Draft:
    postings = [opening_posting("D", item.account, item.id, item.amount_cents) for item in items]
    total = sum(item.amount_cents for item in items)
    lines = (*postings, Posting(account, -total))
    return Draft(office, "charge", store.today, lines, source=f"letter:{letter}")


def _write(store: Store, chunk: Sequence[tuple[object, list[Row]]], items: list[NewItem], drafts: list[Draft]) -> None:
    """Post the drafts of a chunk, write the items at their entries, and note in the letters what they became."""
    posted = iter(post(store, drafts))
    place = iter(items)
    written: list[NewItem] = []
    sides: list[dict[str, int]] = []
    fees: list[dict[str, int]] = []
    for _, lines in chunk:
        position = next(posted).position
        for row in lines:
            item = replace(next(place), position=position)
            written.append(item)
            values = {"made": item.id, "letter": row[0], "line": abs(row[4])}
            (sides if row[4] > 0 else fees).append(values)
    insert_items(store, written)
    store.execute_many(_SIDE_ITEM, sides)
    store.execute_many(_FEE_ITEM, fees)


def _release_letters(store: Store, run: RunRow, kasse: str) -> int:
    """Give every letter a reference that stands for its items, fees included, and move levels and states on."""
    numbers = [letter for (letter,) in store.rows(_MADE, run=run.number)]
    references = dict(zip(numbers, issue(store, len(numbers)), strict=True)) if numbers else {}
    grouped = groupby(store.all(_OF_LETTERS, run=run.number), key=lambda row: row[0])
    items = {letter: tuple((office, item) for _, office, item in rows) for letter, rows in grouped}
    register_many(store, (Target(references[one], "letter", kasse, one, items[one]) for one in numbers))
    store.execute(_LEVELS, day=run.day, run=run.number)
    where = {"user": store.user, "now": store.now}
    store.execute_many(_RELEASE, [{"letter": one, "reference": references[one], **where} for one in numbers])
    return len(numbers)


def _waiting(store: Store) -> set[tuple[str, int]]:
    """Return what money in suspense may pay and what is being collected by mandate."""
    return may_be_paid_by(store) | under_collection(store, dt.date.fromisoformat(store.today))
