"""What the release of a dunning run writes: fees and charges become items, letters get references, levels move on.

A run has letters by the 100,000: entries are made in chunks, everything else is one statement over a temporary table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, groupby, islice

from enforcement.dunning_runs import RunRow
from enforcement.law.rules import LUMP_KIND
from ledger.book.entry import Draft, Posting
from ledger.book.store import account_with_role, post
from ledger.items.kassenzeichen import issue
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from ledger.items.targets_store import register_selected
from ledger.store.engines import Row, Store

CHUNK = 2_000
_CHARGES = f"""
    SELECT l.id, i.party, x.office, x.item, x.line, x.charge_cents, x.charge_kind, i.profile, i.account, i.reference
    FROM letter l JOIN letter_item x ON x.letter = l.id JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE l.run = :run AND l.state = 'made' AND l.copy_of IS NULL AND x.charge_cents > 0
    UNION ALL
    SELECT l.id, i.party, f.office, f.main_item, -f.line, f.cents,
        CASE f.schedule WHEN '{LUMP_KIND}' THEN f.schedule ELSE 'mahngebuehr' END, i.profile, i.account, i.reference
    FROM letter l JOIN letter_fee f ON f.letter = l.id JOIN item i ON i.office = f.office AND i.id = f.main_item
    WHERE l.run = :run AND l.state = 'made'
    ORDER BY 1, 3, 4, 5"""
_MADE_ITEMS = "CREATE TEMPORARY TABLE made_item (letter BIGINT, line BIGINT, office TEXT, item BIGINT)"
_SIDE_ITEMS = """
    UPDATE letter_item SET charge_item = m.item FROM made_item m
    WHERE m.line > 0 AND letter_item.letter = m.letter AND letter_item.line = m.line"""
_FEE_ITEMS = """
    UPDATE letter_fee SET fee_item = m.item FROM made_item m
    WHERE m.line < 0 AND letter_fee.letter = m.letter AND letter_fee.line = -m.line"""
_REFERENCES = "CREATE TEMPORARY TABLE letter_reference (letter BIGINT PRIMARY KEY, reference TEXT)"
_LETTERS = "SELECT id FROM letter WHERE run = :run AND state = 'made' ORDER BY id"
_NAMED = """
    SELECT r.reference, x.office, x.item FROM letter_reference r JOIN letter_item x ON x.letter = r.letter
    UNION ALL SELECT r.reference, m.office, m.item FROM letter_reference r JOIN made_item m ON m.letter = r.letter
    UNION ALL SELECT r.reference, m.office, m.item FROM letter l JOIN letter_reference r ON r.letter = l.id
    JOIN made_item m ON m.letter = l.copy_of JOIN item i ON i.office = m.office AND i.id = m.item
    JOIN letter_item x ON x.letter = l.id AND x.office = i.office AND x.item = i.main_item
    WHERE l.copy_of IS NOT NULL"""
_LEVELS = """
    UPDATE item SET dunning_level = x.level_after, dunned_on = :day
    FROM letter_item x JOIN letter l ON l.id = x.letter
    WHERE l.run = :run AND l.state = 'made' AND item.office = x.office AND item.id = x.item AND x.level_after > 0"""
_RELEASE = """
    UPDATE letter SET state = 'released', reference = r.reference, released_by = :user, released_at = :now
    FROM letter_reference r WHERE letter.id = r.letter"""


def book_run(store: Store, run: RunRow, kasse: str) -> tuple[int, int, int]:
    """Release the letters of a run that are still made; return letters, items made of fees and charges, their cents.

    Inside a unit of work that holds all offices.
    """
    store.execute(_MADE_ITEMS)
    made, cents = _book(store, run)
    store.execute(_SIDE_ITEMS)
    store.execute(_FEE_ITEMS)
    letters = _release_letters(store, run, kasse)
    store.execute("DROP TABLE made_item")
    return letters, made, cents


def _book(store: Store, run: RunRow) -> tuple[int, int]:
    """Make an item of every fee and charge, one entry for each letter and office; return how many, and their sum."""
    made = cents = 0
    accounts: dict[str, str] = {}
    groups = groupby(store.stream(_CHARGES, run=run.number), key=_letter_and_office)
    while chunk := [list(group) for _, group in islice(groups, CHUNK)]:
        for office in {lines[0][2] for lines in chunk} - accounts.keys():
            accounts[office] = account_with_role(store, office, "charges")
        items = _write(store, run, chunk, accounts)
        made += len(items)
        cents += sum([item.amount_cents for item in items])
    return made, cents


def _letter_and_office(row: Row) -> tuple[int, str]:
    return row[0], row[2]


def _write(store: Store, run: RunRow, chunk: Sequence[list[Row]], accounts: dict[str, str]) -> list[NewItem]:
    """Post one entry for each letter and office of a chunk, and write the items at their entries."""
    wanted = Counter(row[2] for lines in chunk for row in lines)
    fresh = {office: count(reserve_items(store, office, number)) for office, number in sorted(wanted.items())}
    numbered = [[(next(fresh[row[2]]), row) for row in lines] for lines in chunk]
    posted = post(store, [_draft(store, accounts, lines) for lines in numbered])
    items = [
        _item(store, run, number, row, entry.position)
        for entry, lines in zip(posted, numbered, strict=True)
        for number, row in lines
    ]
    insert_items(store, items)
    rows = ((row[0], row[4], row[2], number) for lines in numbered for number, row in lines)
    store.insert("made_item", ("letter", "line", "office", "item"), rows)
    return items


def _draft(store: Store, accounts: dict[str, str], lines: Sequence[tuple[int, Row]]) -> Draft:
    letter, office = lines[0][1][0], lines[0][1][2]
    postings = [opening_posting("D", row[8], number, row[5]) for number, row in lines]
    total = sum([row[5] for _, row in lines])
    return Draft(office, "charge", store.today, (*postings, Posting(accounts[office], -total)), f"letter:{letter}")


def _item(store: Store, run: RunRow, number: int, row: Row, position: int) -> NewItem:
    _, party, office, main, _, cents, kind, profile, account, reference = row
    return NewItem(
        office=office, id=number, kind="receivable", account=account, amount_cents=cents, due=run.day,
        opened_on=store.today, position=position, party=party, reference=reference, main_item=main, claim_kind=kind,
        profile=profile,
    )  # fmt: skip


def _release_letters(store: Store, run: RunRow, kasse: str) -> int:
    """Give every letter a reference that stands for its items, fees included, and move levels and states on."""
    store.execute(_REFERENCES)
    numbers = [letter for (letter,) in store.rows(_LETTERS, run=run.number)]
    store.insert("letter_reference", ("letter", "reference"), _referenced(store, numbers))
    register_selected(store, "letter", kasse, "SELECT reference, letter AS number FROM letter_reference", _NAMED)
    store.execute(_LEVELS, day=run.day, run=run.number)
    store.execute(_RELEASE, user=store.user, now=store.now)
    store.execute("DROP TABLE letter_reference")
    return len(numbers)


def _referenced(store: Store, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    fresh = issue(store, len(numbers)) if numbers else []
    return zip(numbers, fresh, strict=True)
