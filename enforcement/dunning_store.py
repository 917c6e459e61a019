"""The dunning proposal: refused until all money is in, then one pass over what is overdue, written as it is found."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any

from enforcement.dunning import Gathering, LetterDraft
from enforcement.dunning_checks_store import check_complete
from enforcement.dunning_facts_store import WANTED, forget, gathering_of
from enforcement.dunning_rules import WAIT_DAYS, Left, Overdue
from enforcement.dunning_runs import OpenRunError
from enforcement.law import Law
from enforcement.law_store import book_law
from enforcement.relief_reader import in_default
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

ROLES = ("enforcement", "clerk", "machine")
CHUNK = 5_000
ROWS = 20_000
"""Rows read at a time: while they are judged, what was decided about those before is written on another thread."""
LETTER = (
    "id", "kind", "state", "way", "party", "profile", "level", "day", "run", "copy_of", "sum_cents", "fee_cents",
    "made_by", "made_at",
)  # fmt: skip
LETTER_ITEM = (
    "letter", "line", "office", "item", "open_cents", "charge_cents", "charge_kind", "limitation_end", "level_before",
    "level_after", "dunned_before",
)  # fmt: skip
LETTER_FEE = ("letter", "line", "schedule", "norm", "cents", "office", "main_item")
SKIP = ("run", "office", "item", "why", "until")
CHARGE_KINDS = "('saeumniszuschlag', 'saeumniszinsen', 'verzugszinsen')"
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
    FROM party p CROSS JOIN item i {_JOINS} WHERE i.party = p.id AND {WANTED}
    ORDER BY p.id, i.due, i.office, i.id"""  # person by person: SQLite then sorts a person's items only
_NOBODY = f"""
    SELECT {_COLUMNS.format(party="CAST(NULL AS BIGINT), CAST(NULL AS TEXT), CAST(NULL AS TEXT)")}
    FROM item i {_JOINS} WHERE i.party IS NULL AND {WANTED} ORDER BY i.due, i.office, i.id"""
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
) -> Proposal:
    """Propose the letters of a day: written as a run that a second person releases, or nobody.

    The steps, waiting times, charges and fees are those of each claim's profile; `wait_days` is for claims without
    one. A run without a letter is kept for what it left out, and waits for nobody. Raises `IncompleteError` while money
    may have come in that the books do not hold yet, `OpenRunError` while another run waits to be released,
    `NotAllowedError`, `UnknownOfficeError`, and the errors of a law that is not known on the day.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    check_office(store, office)
    with store.unit([kasse]), without_collector():
        check_complete(store, day)
        _check_no_open_run(store)
        writer = _Writer(store, take_ids(store, BOOK, "dunning_run"), day.isoformat())
        gathering = gathering_of(store, day, wait_days, office, law or book_law(store))
        for sql in (_OVERDUE, _NOBODY):
            writer.take(gathering, map(Overdue._make, store.stream(sql, day=day.isoformat(), office=office)))
        forget(store)
        proposal = writer.finish(office, gathering.all_findings())
        if not proposal.letters:
            store.execute(_NOBODY_DUE, run=proposal.run, user=store.user, now=store.now)
        _note(store, kasse, proposal, wait_days)
    return proposal


def _check_no_open_run(store: Store) -> None:
    found = store.one("SELECT id, day FROM dunning_run WHERE state = 'proposed' ORDER BY id DESC LIMIT 1")
    if found is not None:
        raise OpenRunError(run=found[0], day=found[1])


Chunk = Sequence[tuple[Sequence[LetterDraft], Sequence[Left]]]


@dataclass(slots=True)
class _Writer:
    """Writes letters and what is left out chunk by chunk, and counts; `decided` are chunks that wait for that."""

    store: Store
    run: int
    day: str
    letters: int = 0
    items: int = 0
    open_cents: int = 0
    charge_cents: int = 0
    fee_cents: int = 0
    whys: Counter[str] = field(default_factory=Counter)
    seen: list[str] = field(default_factory=list)
    hash: Any = field(default_factory=sha256)
    decided: list[Chunk] = field(default_factory=list)

    def take(self, gathering: Gathering, rows: Iterator[Overdue]) -> None:
        debtors = gathering.take(self._read(rows))
        while chunk := list(islice(debtors, CHUNK)):
            self.decided.append(chunk)
        self.store.behind.wait()
        self._write(self.decided)
        self.decided = []

    def _read(self, rows: Iterator[Overdue]) -> Iterator[Overdue]:
        """Yield the rows; what was decided so far is written behind while the next ones are judged."""
        while block := list(islice(rows, ROWS)):
            if self.decided:
                self.store.behind.start(partial(self._write, self.decided))
                self.decided = []
            yield from block
            self.store.behind.wait()

    def _write(self, chunks: Sequence[Chunk]) -> None:
        for chunk in chunks:
            self._letters([letter for letters, _ in chunk for letter in letters])
            self._skips([left for _, lefts in chunk for left in lefts])

    def _letters(self, letters: Sequence[LetterDraft]) -> None:
        if not letters:
            return
        first = take_ids(self.store, BOOK, "letter", len(letters))
        numbered = list(enumerate(letters, first))
        self.store.insert("letter", LETTER, list(self._heads(numbered)))
        self.store.insert("letter_item", LETTER_ITEM, [row for each in numbered for row in _item_rows(*each)])
        fees = [
            (number, line, fee.schedule, fee.norm, fee.cents, fee.office, fee.main_item)
            for number, letter in numbered
            for line, fee in enumerate(letter.fees if not letter.copy else (), 1)
        ]
        self.store.insert("letter_fee", LETTER_FEE, fees)

    def _heads(self, numbered: Sequence[tuple[int, LetterDraft]]) -> Iterator[Row]:
        """Yield the rows of letters; what a joint debtor is asked for is counted with the first one's letter."""
        first = 0
        for number, letter in numbered:
            first = first if letter.copy else number
            amounts = letter.open_cents, letter.charge_cents, letter.fee_cents
            self.letters += 1
            if not letter.copy:
                self.items += len(letter.items)
                self.open_cents += amounts[0]
                self.charge_cents += amounts[1]
                self.fee_cents += amounts[2]
            yield self._head(number, letter, first if letter.copy else None, amounts)

    def _head(self, number: int, letter: LetterDraft, copy_of: int | None, amounts: tuple[int, int, int]) -> Row:
        named = ";".join(
            [f"{one.row.office}/{one.row.item}={one.row.open_cents}+{one.charge_cents}" for one in letter.items]
        )
        self.hash.update(f"{letter.party} {letter.kind} {amounts[2]} {named}\n".encode())
        return (
            number, letter.kind, "made", letter.way, letter.party, letter.profile, letter.level, self.day, self.run,
            copy_of, sum(amounts), amounts[2], self.store.user, self.store.now,
        )  # fmt: skip

    def _skips(self, lefts: Sequence[Left]) -> None:
        self.whys.update(left.why for left in lefts)
        self.store.insert("dunning_skip", SKIP, [(self.run, *left) for left in lefts])

    def finish(self, office: str | None, findings: tuple[KasseError, ...]) -> Proposal:
        """Write the run itself, now that its sums are known."""
        skipped = sum(self.whys.values())
        proposal = Proposal(
            self.run, self.day, office, self.letters, self.items, self.open_cents, self.charge_cents, self.fee_cents,
            skipped, tuple(sorted(self.whys.items())), findings,
        )  # fmt: skip
        self.store.insert_one(
            "dunning_run", id=self.run, state="proposed", day=self.day, office=office, letters=self.letters,
            items=self.items, skipped=skipped, sum_cents=proposal.sum_cents, charge_cents=self.charge_cents,
            fee_cents=self.fee_cents, list_hash=self.hash.digest(),
            made_by=self.store.user, made_at=self.store.now,
        )  # fmt: skip
        return proposal


def _item_rows(number: int, letter: LetterDraft) -> Iterator[Row]:
    for line, one in enumerate(letter.items, 1):
        row = one.row
        yield (
            number, line, row.office, row.item, row.open_cents, one.charge_cents, one.charge_kind, one.limitation_end,
            row.level, one.level, row.dunned_on,
        )  # fmt: skip


def _note(store: Store, kasse: str, proposal: Proposal, wait_days: int) -> None:
    facts: dict[str, Fact] = {
        "day": proposal.day,
        "wait_days": wait_days,
        "letters": proposal.letters,
        "items": proposal.items,
        "sum_cents": proposal.sum_cents,
        "skipped": proposal.skipped,
    }
    record(store, kasse, "dunning.propose", f"dunning_run:{proposal.run}", facts)
