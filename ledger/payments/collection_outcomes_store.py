"""What becomes of collections: settled at the release, re-opened when the money does not come or comes back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ledger.book.entry import Posted, Posting
from ledger.book.store import account_with_role, post
from ledger.book.transfer import across
from ledger.events.store import record
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.mandate_use_store import refresh
from ledger.store.engines import Store

TRANSIT = "transit_in"
_OPEN_PARTS = """
    SELECT p.line, p.part, p.item_office, i.side, i.account, p.item, p.cents, i.due, coalesce(p.clearing, 0),
           coalesce(c.payment_day, '')
    FROM collection_item p JOIN item i ON i.office = p.item_office AND i.id = p.item
    JOIN collection k ON k.office = p.office AND k.run = p.run AND k.line = p.line AND k.state <> 'discarded'
    LEFT JOIN clearing c ON c.office = p.item_office AND c.id = p.clearing
    WHERE p.office = :office AND p.run = :run ORDER BY p.item_office, p.line, p.part"""
_CLEARING = """
    UPDATE collection_item SET clearing = :clearing
    WHERE office = :office AND run = :run AND line = :line AND part = :part"""
_STATE = """
    UPDATE collection SET state = CAST(:state AS TEXT), active = 0, ended_on = CAST(:day AS TEXT),
        return_reason = CAST(:reason AS TEXT)
    WHERE office = :office AND run = :run AND line = :line"""
_FREE = "UPDATE collection_item SET active = 0 WHERE office = :office AND run = :run AND line = :line"
_CLOSE = """
    UPDATE collection_run SET state = 'executed'
    WHERE office = :office AND id = :run AND state IN ('released', 'exported') AND NOT EXISTS (
        SELECT 1 FROM collection c WHERE c.office = :office AND c.run = :run AND c.state IN ('released', 'exported'))"""


class Held(NamedTuple):
    """What a collection took of an item: with which clearing, counted as paid on which day."""

    line: int
    part: int
    office: str
    side: str
    account: str
    item: int
    cents: int
    due: str
    clearing: int
    payment_day: str


def held(store: Store, office: str, run: int, lines: Iterable[int] | None = None) -> list[Held]:
    """Return what the collections of a run (or these lines of it) took of which items."""
    wanted = None if lines is None else set(lines)
    rows = (Held(*row) for row in store.rows(_OPEN_PARTS, office=office, run=run))
    return [row for row in rows if wanted is None or row.line in wanted]


def settle(
    store: Store,
    key: tuple[str, int],
    parts: Sequence[Held],
    days: Mapping[tuple[int, int], str],
    posting: tuple[str, str],
) -> list[Posted]:
    """Post a run: each office's claims against the Kasse's collections in transit; one clearing for each part.

    `key` is office and number of the run, `days` by (line, part) the day a claim counts as paid, `posting` the posting
    day and what the entry says.
    """
    (office, run), (day, text) = key, posting
    postings: dict[str, list[Posting]] = defaultdict(list)
    for part in parts:
        postings[part.office].append(posting_for(part.side, part.account, part.item, part.cents))
    transit = account_with_role(store, office, TRANSIT)
    postings[office].append(Posting(transit, sum(part.cents for part in parts)))
    source = f"collection_run:{run}"
    drafts = across(office, postings, kind="run", posting_day=day, source=source, text=text, group=run)
    posted = post(store, drafts)
    places = {one.office: one.position for one in posted}
    clearings = [
        NewClearing(p.office, "run", places[p.office], day, days[p.line, p.part], ((p.item, p.cents),)) for p in parts
    ]
    store.execute_many(
        _CLEARING,
        [
            {"clearing": number, "office": office, "run": run, "line": part.line, "part": part.part}
            for number, part in zip(clear(store, clearings), parts, strict=True)
        ],
    )
    return posted


def resets(parts: Iterable[Held], places: Mapping[str, int], posting_day: str) -> list[NewClearing]:
    """Return the clearings that open again what the parts had settled; due day and dunning level stay as they are."""
    return [
        NewClearing(
            p.office, "reset", places[p.office], posting_day, p.payment_day, ((p.item, -p.cents),), resets=p.clearing
        )
        for p in parts
    ]  # fmt: skip


def undo(
    store: Store, key: tuple[str, int], outcomes: Mapping[int, tuple[str, str]], posting: tuple[str, str]
) -> list[Posted]:
    """Open the claims of these collections again, for which no money will come, and return the entries.

    `outcomes` has by line the new state (rejected, recalled, voided) and the reason; `posting` as in `settle`.
    """
    (office, run), (day, text) = key, posting
    parts = held(store, office, run, outcomes)
    postings: dict[str, list[Posting]] = defaultdict(list)
    for part in parts:
        postings[part.office].append(posting_for(part.side, part.account, part.item, -part.cents))
    transit = account_with_role(store, office, TRANSIT)
    postings[office].append(Posting(transit, -sum(part.cents for part in parts)))
    source = f"collection_run:{run}"
    drafts = across(office, postings, kind="return", posting_day=day, source=source, text=text, group=run)
    posted = post(store, drafts)
    clear(store, resets(parts, {one.office: one.position for one in posted}, day))
    for line, (state, reason) in sorted(outcomes.items()):
        end(store, (office, run, line), state, day, reason)
    finish(store, office, run)
    return posted


def end(store: Store, key: tuple[str, int, int], state: str, day: str, reason: str | None) -> None:
    """Write the last state of a collection and free its items."""
    office, run, line = key
    where = {"office": office, "run": run, "line": line}
    store.execute(_STATE, state=state, day=day, reason=reason or None, **where)
    store.execute(_FREE, **where)


def finish(store: Store, office: str, run: int) -> None:
    """Bring the mandates of a run up to date and close the run where nothing of it is under way any more."""
    refresh(store, office, run)
    if store.execute(_CLOSE, office=office, run=run):
        record(store, office, "collection.execute", f"collection_run:{run}", {})
