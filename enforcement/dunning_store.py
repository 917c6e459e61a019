"""The dunning proposal: refused until all money is in, then one pass over what is overdue, written as it is found."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from heapq import merge
from operator import attrgetter
from typing import Any

from enforcement.dunning import Gathering
from enforcement.dunning_checks_store import check_complete
from enforcement.dunning_claims import Overdue
from enforcement.dunning_facts_store import WANTED, forget, gathering_of
from enforcement.dunning_list import FACT, LETTER, LETTER_FEE, LETTER_ITEM, RUN, ListHash
from enforcement.dunning_rows import Block, blocks
from enforcement.dunning_rules import WAIT_DAYS
from enforcement.dunning_runs import ROLES, OpenRunError
from enforcement.dunning_undo_store import discard_in_unit
from enforcement.law import Law
from enforcement.law.rules import LATE_KINDS
from enforcement.law_store import book_law
from enforcement.relief_reader import in_default
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.access import connect
from ledger.store.beside import OPENED, beside, opened
from ledger.store.collector import without_collector
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

LARGE = 50_000
"""From so many open items on a second process is worth its start."""
BLOCK = 2_000
"""Numbers of persons about whom is decided before that is written."""
OWN, THEIRS = "AND p.id / :block % 4 = 3", "AND p.id / :block % 4 <> 3"
"""Which blocks of debtors this process decides, which another one: all of them are written by this one."""
SKIP = ("run", "office", "item", "why", "until")
CHARGE_KINDS = str(LATE_KINDS)
"""Claim kinds of charges for paying late: what was demanded of them is not demanded again."""
_COLUMNS = f"""
    i.office, i.id, i.reference, i.due, i.original_due, i.amount_cents, i.open_cents, i.dunning_level, i.dunned_on,
    i.profile, i.claim_kind, i.main_item, {{party}}, coalesce(o.notice_date, f.notice_date),
    coalesce(o.final_on, f.final_on),
    coalesce((SELECT sum(c.amount_cents) FROM item c WHERE c.office = i.office AND c.main_item = i.id
              AND c.claim_kind IN {CHARGE_KINDS} AND NOT EXISTS (
                  SELECT 1 FROM entry r WHERE r.office = c.office AND r.reverses = c.position)
              AND NOT {in_default("c")}), 0),
    t.term_end, coalesce(t.letter_open, 0),
    CASE WHEN i.main_item IS NULL THEN 0 ELSE coalesce((
        SELECT 1 FROM cancelled_main g WHERE g.office = i.office AND g.item = i.main_item), 0) END"""
_JOINS = """
    LEFT JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    LEFT JOIN item_facts f ON f.office = i.office AND f.item = i.id
    LEFT JOIN dunned_letter t ON t.office = i.office AND t.item = i.id"""
_OVERDUE = f"""
    SELECT {_COLUMNS.format(party="p.id, coalesce(p.legal_name, p.name), p.town")}
    FROM party p CROSS JOIN item i {_JOINS} WHERE i.party = p.id {{share}} AND {WANTED}
    ORDER BY p.id, i.due, i.office, i.id"""  # person by person: SQLite then sorts a person's items only
_NOBODY = f"""
    SELECT {_COLUMNS.format(party="CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS TEXT)")}
    FROM item i {_JOINS} WHERE i.party IS NULL AND {WANTED} ORDER BY i.due, i.office, i.id"""
_MANY = "SELECT 1 FROM item WHERE kind = 'receivable' AND open_cents > 0 LIMIT 1 OFFSET :least"
_NOBODY_DUE = "UPDATE dunning_run SET state = 'discarded', ended_by = :user, ended_at = :now WHERE id = :run"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A dunning run as proposed: how many letters about how many items, their sums, what was left out and why."""

    run: int
    day: str
    office: str | None
    letters: int
    items: int
    open_cents: int
    charge_cents: int
    fee_cents: int
    skipped: int
    whys: tuple[tuple[str, int], ...]
    findings: tuple[KasseError, ...] = ()

    @property
    def sum_cents(self) -> int:
        """What all letters demand together."""
        return self.open_cents + self.charge_cents + self.fee_cents


def propose(
    store: Store,
    day: dt.date,
    *,
    wait_days: int = WAIT_DAYS,
    office: str | None = None,
    law: Law | None = None,
    replace: bool = False,
) -> Proposal:
    """Propose the letters of a day: written as a run that a second person releases, or nobody.

    The steps, waiting times, charges and fees are those of each claim's profile; `wait_days` is for claims without
    one. A run without a letter is kept for what it left out, and waits for nobody. Raises `IncompleteError` while money
    may have come in that the books do not hold yet, `OpenRunError` while another run waits to be released that this one
    does not `replace`, `NotAllowedError`, `UnknownOfficeError`, and the errors of a law that is not known on the day.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    check_office(store, office)
    with (
        store.unit([kasse]),
        without_collector(),
        _begun(store, day, wait_days, office, law, replace=replace) as theirs,
    ):
        writer = _Writer(store, take_ids(store, BOOK, "dunning_run"), day.isoformat())
        gathering = gathering_of(store, day, wait_days, office, law or book_law(store))
        sql = _OVERDUE.format(share="" if theirs is None else OWN)
        own = _decided(store, gathering, sql, day, office, BLOCK)
        for block in own if theirs is None else merge(own, _blocks_of(theirs, gathering), key=_number):
            writer.write(block)
        for block in _decided(store, gathering, _NOBODY, day, office, BLOCK):
            writer.write(block)
        forget(store)
        gathering.findings = writer.findings
        proposal, list_hash = writer.finish(office, gathering.all_findings())
        if not proposal.letters:
            store.execute(_NOBODY_DUE, run=proposal.run, user=store.user, now=store.now)
        _note(store, kasse, proposal, wait_days, list_hash)
    return proposal


@contextmanager
def _begun(
    store: Store, day: dt.date, wait_days: int, office: str | None, law: Law | None, *, replace: bool
) -> Iterator[Iterator[Any] | None]:
    """Have another process decide about most debtors of a large book, None where this one decides alone.

    It would see the letters of a run that this one replaces.
    """
    check_complete(store, day)
    _free(store, replace=replace)
    if law is not None or not store.as_committed or store.value(_MANY, least=LARGE - 1) is None:
        yield None
        return
    with beside(decided_there, store.book, store.now, day, wait_days, office, BLOCK) as found:
        yield opened(found)


def decided_there(
    location: str, now: str, day: dt.date, wait_days: int, office: str | None, block: int
) -> Iterator[Block | tuple[dict[str, int], tuple[KasseError, ...]] | str]:
    """Yield `OPENED`, then the blocks that another process decides, and at last what it met of the law."""
    store = connect(location, now=now, salt=bytes)
    try:
        with without_collector(), store.snapshot(scratch=True):
            yield OPENED
            gathering = gathering_of(store, day, wait_days, office, book_law(store))
            yield from _decided(store, gathering, _OVERDUE.format(share=THEIRS), day, office, block)
            yield gathering.unknown, gathering.book.warnings()
    finally:
        store.close()


def _decided(
    store: Store, gathering: Gathering, sql: str, day: dt.date, office: str | None, size: int
) -> Iterator[Block]:
    values = {"day": day.isoformat(), "office": office} | ({"block": size} if ":block" in sql else {})
    return blocks(gathering, map(Overdue._make, store.stream(sql, **values)), size)


def _blocks_of(
    found: Iterator[Block | tuple[dict[str, int], tuple[KasseError, ...]]], gathering: Gathering
) -> Iterator[Block]:
    """Yield the blocks of the other process; what it met of the law is noted with what this one met."""
    for one in found:
        if isinstance(one, Block):
            yield one
            continue
        unknown, warnings = one
        gathering.unknown = dict(Counter(gathering.unknown) + Counter(unknown))
        gathering.book.note(warnings)


_number = attrgetter("number")


def _free(store: Store, *, replace: bool) -> None:
    """Raise where a run waits to be released, or discard it."""
    for number, day in store.all("SELECT id, day FROM dunning_run WHERE state = 'proposed' ORDER BY id DESC"):
        if not replace:
            raise OpenRunError(run=number, day=day)
        discard_in_unit(store, number)


@dataclass(slots=True)
class _Writer:
    """Writes letters and what is left out block by block, and counts."""

    store: Store
    run: int
    day: str
    letters: int = 0
    items: int = 0
    open_cents: int = 0
    charge_cents: int = 0
    fee_cents: int = 0
    whys: Counter[str] = field(default_factory=Counter)
    findings: list[KasseError] = field(default_factory=list)
    listed: ListHash = field(default_factory=ListHash)

    def write(self, block: Block) -> None:
        self.findings += block.findings
        self.whys.update(block.whys)
        if block.heads:
            first = take_ids(self.store, BOOK, "letter", len(block.heads))
            self._insert("letter", LETTER, list(self._heads(first, block)))
            for table, columns, rows in (
                ("letter_item", LETTER_ITEM, block.items),
                ("letter_fee", LETTER_FEE, block.fees),
            ):
                self._insert(table, columns, [(first + row[0], *row[1:]) for row in rows])
        self.store.insert("dunning_skip", SKIP, [(self.run, *left) for left in block.skips])

    def _insert(self, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
        self.listed.take(table, rows)
        self.store.insert(table, columns, rows)

    def _heads(self, first: int, block: Block) -> Iterator[Row]:
        """Yield the rows of letters; what a joint debtor is asked for is counted with the first one's letter."""
        copies, user, now = set[int](), self.store.user, self.store.now
        for number, (kind, way, party, profile, level, of, *amounts) in enumerate(block.heads, first):
            self.letters += 1
            if of is None:
                self.open_cents += amounts[0]
                self.charge_cents += amounts[1]
                self.fee_cents += amounts[2]
            else:
                copies.add(number - first)
            yield (
                number, kind, "made", way, party, profile, level, self.day, self.run,
                None if of is None else first + of, sum(amounts), amounts[2], user, now, None, None,
            )  # fmt: skip
        self.items += sum(1 for row in block.items if row[0] not in copies) if copies else len(block.items)

    def finish(self, office: str | None, findings: tuple[KasseError, ...]) -> tuple[Proposal, bytes]:
        """Write the run itself, now that its sums are known; return it with the hash over its letters."""
        skipped = sum(self.whys.values())
        proposal = Proposal(
            self.run, self.day, office, self.letters, self.items, self.open_cents, self.charge_cents, self.fee_cents,
            skipped, tuple(sorted(self.whys.items())), findings,
        )  # fmt: skip
        head = (
            self.run, self.day, office, self.letters, self.items, skipped, proposal.sum_cents, self.charge_cents,
            self.fee_cents, self.store.user, self.store.now,
        )  # fmt: skip
        list_hash = self.listed.digest(head)
        named = dict(zip(RUN, head, strict=True))
        self.store.insert_one("dunning_run", state="proposed", list_hash=list_hash, **named)
        return proposal, list_hash


def _note(store: Store, kasse: str, proposal: Proposal, wait_days: int, list_hash: bytes) -> None:
    facts: dict[str, Fact] = {
        "day": proposal.day,
        "wait_days": wait_days,
        "letters": proposal.letters,
        "items": proposal.items,
        "sum_cents": proposal.sum_cents,
        "skipped": proposal.skipped,
        FACT: list_hash.hex(),
    }
    record(store, kasse, "dunning.propose", f"dunning_run:{proposal.run}", facts)
