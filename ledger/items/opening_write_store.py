"""Opening entries and items: many items to an entry, the part paid before as a clearing of the kind `opening`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice

from ledger.book.chart import CONTROL_ROLES
from ledger.book.entry import Draft, Posting
from ledger.book.store import account_with_role, post
from ledger.items.item_seals_store import note_taken
from ledger.items.opening import BalanceRow
from ledger.items.opening_facts_store import Brought, taken_cases, write_facts
from ledger.items.opening_findings import SOURCE
from ledger.items.orders import Rules
from ledger.items.paper_seals_store import note_papers
from ledger.items.staging_store import drop, give_references, text_type
from ledger.items.store import SIDES, NewClearing, clear, opening_posting, posting_for, reserve_items
from ledger.people.parties_store import drop_new, make_new, note_accounts
from ledger.store.engines import Row, Store

ITEMS_PER_ENTRY = 1000
ENTRIES_AT_ONCE = 20
_PLACES = """
    INSERT INTO opening_item (seq, office, place, party)
    SELECT s.seq, s.office, row_number() OVER (PARTITION BY s.office
        ORDER BY CASE WHEN s.main_reference IS NULL THEN 0 ELSE 1 END, s.seq), coalesce(s.party, n.rank + :before)
    FROM staged_row s LEFT JOIN new_party n ON n.party_key = s.party_key"""
_LINES = """
    SELECT s.kind, s.gl_account, s.amount_cents, s.open_cents, p.place FROM opening_item p
    JOIN staged_row s ON s.seq = p.seq WHERE p.office = :office ORDER BY p.place"""
# `|| ''` keeps the planner from walking all items of the office instead of those with the reference
_MAIN = "(SELECT min(m.id) FROM item m WHERE m.reference = s.main_reference AND m.office || '' = s.office)"
_COPIED = (
    "kind", "reference", "reference_foreign", "claim_kind", "profile", "purpose", "bank_account",
    "amount_cents", "due", "original_due", "dunning_level", "dunned_on",
)  # fmt: skip
_ITEMS = f"""
    INSERT INTO item (kind, reference, foreign_reference, claim_kind, profile, purpose, bank_account,
        amount_cents, due, original_due, dunning_level, dunned_on, party, office, id, side, account, main_item,
        open_cents, opened_on, position)
    SELECT {", ".join(f"s.{name}" for name in _COPIED)}, p.party, s.office, p.place + :items,
        CASE WHEN s.kind IN ('receivable', 'advance') THEN 'D' ELSE 'C' END, s.gl_account, {{main}}, s.amount_cents,
        CAST(:day AS TEXT), :positions + (p.place - 1) / :per_entry
    FROM opening_item p JOIN staged_row s ON s.seq = p.seq
    WHERE p.office = :office AND p.place BETWEEN :first AND :last AND s.main_reference IS {{null}}
    ORDER BY p.place"""
_WITH_ACCOUNTS = """
    (SELECT p.party, s.bank_account, s.bic FROM opening_item p JOIN staged_row s ON s.seq = p.seq) AS"""
"""The rows of the list with their parties, as `note_accounts` looks at them."""
_MAIN_ITEMS, _SIDE_ITEMS = _ITEMS.format(main="NULL", null="NULL"), _ITEMS.format(main=_MAIN, null="NOT NULL")


@dataclass(frozen=True, slots=True)
class OfficeOpening:
    """What was taken over in one office: items and what is open on them (debit positive), balances, entries."""

    office: str
    items: int = 0
    items_cents: int = 0
    balances: int = 0
    entries: int = 0


@dataclass(slots=True)
class _Chunk:
    """The items of one entry: their postings, what is open in all, and what was paid on which before."""

    postings: list[Posting]
    open_cents: int
    paid: list[tuple[int, int]]


def write_items(store: Store, day: str, brought: Brought) -> tuple[OfficeOpening, ...]:
    """Write the staged items, whose known parties are found, with their entries; inside a unit of work."""
    drop(store, "opening_item")
    store.execute(
        f"CREATE TEMPORARY TABLE opening_item (seq BIGINT, office {text_type(store)}, place BIGINT, party BIGINT)"
    )
    _, before = make_new(store, "staged_row")
    store.execute(_PLACES, before=before)
    drop_new(store)
    store.execute("CREATE INDEX ix_opening_item ON opening_item (office, place)")
    if "bank_account" in brought.columns:
        note_accounts(store, _WITH_ACCOUNTS, source="opening", day=day)
    give_references(store)
    counts = store.all("SELECT office, count(*) FROM opening_item GROUP BY office ORDER BY office")
    written = tuple(_office_items(store, day, office, count, brought) for office, count in counts)
    drop(store, "opening_item")
    return written


def _office_items(store: Store, day: str, office: str, count: int, brought: Brought) -> OfficeOpening:
    """Write the items of an office some entries at a time, main claims before their side claims."""
    before = reserve_items(store, office, count) - 1
    contra = account_with_role(store, office, "opening")
    done = OfficeOpening(office, items=count)
    chunks = _chunks(store, office, before)
    while some := list(islice(chunks, ENTRIES_AT_ONCE)):
        posted = post(store, [_draft(office, day, chunk, contra) for chunk in some], earlier=True)
        first = done.entries * ITEMS_PER_ENTRY + 1
        last = first + ENTRIES_AT_ONCE * ITEMS_PER_ENTRY - 1
        where = {
            "office": office,
            "items": before,
            "positions": posted[0].position - done.entries,
            "day": day,
            "per_entry": ITEMS_PER_ENTRY,
        }
        for sql in (_MAIN_ITEMS, _SIDE_ITEMS) if "main_reference" in brought.columns else (_MAIN_ITEMS,):
            store.execute(sql, first=first, last=last, **where)
        clear(
            store,
            [_clearing(office, day, at.position, chunk) for at, chunk in zip(posted, some, strict=True) if chunk.paid],
        )
        opened = sum(chunk.open_cents for chunk in some)
        done = replace(done, items_cents=done.items_cents + opened, entries=done.entries + len(some))
    write_facts(store, day, office, before, brought)
    for first in range(before + 1, before + count + 1, ITEMS_PER_ENTRY):
        last = min(first + ITEMS_PER_ENTRY - 1, before + count)
        note_taken(store, office, first, last, taken_cases(store, office, first, last) if brought.unclear else {})
        if brought.papers or brought.unclear:
            note_papers(store, office, first, last)
    return done


def _clearing(office: str, day: str, position: int, chunk: _Chunk) -> NewClearing:
    return NewClearing(office, "opening", position, day, day, tuple(chunk.paid))


def _chunks(store: Store, office: str, before: int) -> Iterator[_Chunk]:
    """Yield the items of each entry to come, in the order of the list."""
    rows = store.stream(_LINES, office=office)
    for _, lines in groupby(rows, key=lambda row: (row[4] - 1) // ITEMS_PER_ENTRY):
        chunk = _Chunk([], 0, [])
        for line in lines:
            _add(chunk, line, before)
        yield chunk


def _add(chunk: _Chunk, line: Row, before: int) -> None:
    kind, account, amount_cents, open_cents, place = line
    side, item = SIDES[kind], before + place
    chunk.postings.append(opening_posting(side, account, item, amount_cents))
    if amount_cents != open_cents:
        chunk.postings.append(posting_for(side, account, item, amount_cents - open_cents))
        chunk.paid.append((item, amount_cents - open_cents))
    chunk.open_cents += open_cents if side == "D" else -open_cents


def _draft(office: str, day: str, chunk: _Chunk, contra: str) -> Draft:
    balancing = [Posting(contra, -chunk.open_cents)] if chunk.open_cents else []
    return Draft(office, "opening", day, (*chunk.postings, *balancing), source=SOURCE)


def write_balances(
    store: Store, rules: Rules, balances: Sequence[BalanceRow], day: str, offices: Sequence[OfficeOpening]
) -> tuple[OfficeOpening, ...]:
    """Post the balances of accounts without items, one entry an office, and return all that was taken over."""
    known = {part.office: part for part in offices}
    for office, rows in groupby(
        sorted(balances, key=lambda row: (row.office, row.account)), key=lambda row: row.office
    ):
        given = list(rows)
        part = replace(known.get(office, OfficeOpening(office)), balances=len(given))
        plain = [row for row in given if row.amount_cents and not _has_items(rules, row)]
        if plain:
            post(store, [_balance_draft(plain, day, account_with_role(store, office, "opening"))], earlier=True)
            part = replace(part, entries=part.entries + 1)
        known[office] = part
    return tuple(known[office] for office in sorted(known))


def _has_items(rules: Rules, row: BalanceRow) -> bool:
    return rules.accounts[row.office, row.account].role in CONTROL_ROLES


def _balance_draft(rows: Sequence[BalanceRow], day: str, contra: str) -> Draft:
    total = sum(row.amount_cents for row in rows)
    balancing = [Posting(contra, -total)] if total else []
    postings = (*(Posting(row.account, row.amount_cents) for row in rows), *balancing)
    return Draft(rows[0].office, "opening", day, postings, source=SOURCE)
