"""Letters against the events that made them: what each says and demands, and what its charges and fees became.

The event of a dunning run, or of a letter of a relief, holds a hash over all that never changes of its letters. What a
decision may erase of a letter (proof, reasons of a return or a cancellation) is not among that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from enforcement.dunning_list import FACT, LETTER, LETTER_FEE, LETTER_ITEM, RUN, ListHash
from enforcement.law.rules import LUMP_KIND
from enforcement.letters_steps_store import RELEASED, released_run
from ledger.events.bound import Ahead
from ledger.events.store import Fact
from ledger.items.items_reader import item_name
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

MOST = 100
_STATES = {
    "dunning.propose": "proposed",
    "dunning.release": "released",
    "dunning.discard": "discarded",
    "dunning.undo": "undone",
}
_TOLD = """
    SELECT action, object, "by", at, facts FROM event
    WHERE action IN ('dunning.propose', 'dunning.release', 'dunning.discard', 'dunning.undo', 'letter.make')
    ORDER BY office, position"""
_RUNS = f"""
    SELECT r.state, r.released_by, r.released_at, r.ended_by, r.ended_at, r.list_hash,
        (SELECT count(*) FROM dunning_skip s WHERE s.run = r.id),
        {", ".join(f"r.{name}" for name in RUN)} FROM dunning_run r ORDER BY r.id"""
_OF_NO_RUN = """
    SELECT DISTINCT l.run FROM letter l WHERE l.run IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM dunning_run r WHERE r.id = l.run) ORDER BY 1"""
_COLUMNS = ", ".join("'made'" if name == "state" else f"l.{name}" for name in LETTER)  # as it was then
_HEADS = f"SELECT {_COLUMNS} FROM letter l WHERE {{where}} ORDER BY l.id"
_ITEMS = f"""
    SELECT {", ".join(f"x.{name}" for name in LETTER_ITEM)} FROM letter l JOIN letter_item x ON x.letter = l.id
    WHERE {{where}} ORDER BY l.id, x.line"""
_FEES = f"""
    SELECT {", ".join(f"x.{name}" for name in LETTER_FEE)} FROM letter l JOIN letter_fee x ON x.letter = l.id
    WHERE {{where}} ORDER BY l.id, x.line"""
_SUMS = """
    SELECT l.id FROM letter l
    WHERE l.sum_cents - l.fee_cents <> coalesce((
            SELECT sum(x.open_cents + x.charge_cents) FROM letter_item x WHERE x.letter = l.id), 0)
        OR CASE WHEN l.copy_of IS NULL THEN l.fee_cents ELSE 0 END <> coalesce((
            SELECT sum(f.cents) FROM letter_fee f WHERE f.letter = l.id), 0)
    ORDER BY l.id"""
# a copy to a joint debtor names what the first debtor's letter charges; a letter taken out at the release nothing
_BOOKED = "l.run IS NOT NULL AND l.copy_of IS NULL AND l.released_at IS NOT NULL"
_OTHER = """(i.id IS NULL OR i.kind <> 'receivable' OR coalesce(i.main_item, 0) <> {item}
    OR e.kind <> 'charge' OR coalesce(e.source, '') <> 'letter:' || CAST(l.id AS TEXT)"""
_MADE = """
    LEFT JOIN item i ON i.office = x.office AND i.id = x.{made}
    LEFT JOIN entry e ON e.office = i.office AND e.position = i.position"""
_CHARGES = f"""
    SELECT l.id, x.office, x.item FROM letter l JOIN letter_item x ON x.letter = l.id {_MADE.format(made="charge_item")}
    WHERE CASE WHEN x.charge_cents > 0 AND {_BOOKED}
        THEN {_OTHER.format(item="x.item")} OR i.amount_cents <> x.charge_cents
            OR coalesce(i.claim_kind, '') <> coalesce(x.charge_kind, ''))
        ELSE x.charge_item IS NOT NULL END
    UNION ALL
    SELECT l.id, x.office, x.main_item FROM letter l JOIN letter_fee x ON x.letter = l.id
    {_MADE.format(made="fee_item")}
    WHERE CASE WHEN {_BOOKED}
        THEN {_OTHER.format(item="x.main_item")} OR i.amount_cents <> x.cents
            OR coalesce(i.claim_kind, '') <> CASE x.schedule WHEN '{LUMP_KIND}' THEN x.schedule ELSE 'mahngebuehr' END)
        ELSE x.fee_item IS NOT NULL END
    ORDER BY 1, 2, 3"""


class LetterListError(KasseError):
    """The letters of a dunning run are not those that were proposed."""

    code = "verify.dunning_list"
    template = N_(
        "the letters of dunning run {run} are not those that were proposed: a person, amount, charge, fee, norm or "
        "day was changed"
    )
    hint = N_(
        "see 'kasse dunning show {run}'; send none of its letters and enforce nothing for them, keep this book as it "
        "is, compare it with the last backup, and inform the audit office"
    )


class RunStepsError(KasseError):
    """A dunning run stands elsewhere than its steps took it."""

    code = "verify.dunning_state"
    template = N_("dunning run {run} is {state}, its events say {step}, or other people or letters took that step")
    hint = N_("keep this book as it is, compare it with the last backup and inform the audit office")


class MadeLetterError(KasseError):
    """A letter that belongs to no dunning run is not the one that was made."""

    code = "verify.letter"
    template = N_("letter {letter} is not the one that was made: a person, claim, amount or day was changed")
    hint = N_("do not send it, keep this book as it is, compare it with the last backup and inform the audit office")


class LetterSumError(KasseError):
    """A letter demands another sum than its claims, charges and fees are."""

    code = "verify.letter_sum"
    template = N_("letter {letter}: its sum or its fees are not those of its lines")
    hint = N_("do not send it, keep this book as it is, compare it with the last backup and inform the audit office")


class LetterChargeError(KasseError):
    """A charge or fee of a letter is not the item that the release of its run made."""

    code = "verify.letter_charge"
    template = N_("letter {letter}: what it charges for item {name} is not what its release booked")
    hint = N_(
        "see 'kasse letter show {letter}'; keep this book as it is, compare it with the last backup and inform the "
        "audit office"
    )


@dataclass(slots=True)
class _Said:
    """What events say of a dunning run: where it stands, its hash, who released and ended it, which letters."""

    state: str
    list_hash: str | None
    released: Row = (None, None)
    ended: Row = (None, None)
    letters: dict[str, Fact] = field(default_factory=dict)

    def step(self, action: str, sign: Row, facts: dict[str, Fact]) -> None:
        """Take over what an event says of a later step."""
        self.state = _STATES[action]
        if action == "dunning.release":
            self.released, self.letters = sign, {RELEASED: facts.get(RELEASED)}
        else:
            self.ended = sign


@dataclass(slots=True)
class _Told:
    runs: dict[int, _Said] = field(default_factory=dict)
    letters: dict[int, str | None] = field(default_factory=dict)

    def take(self, action: str, number: int, sign: Row, facts: dict[str, Fact]) -> None:
        """Take over what an event says of a run or a letter."""
        told = facts.get(FACT)
        list_hash = None if told is None else str(told)
        if action == "letter.make":
            self.letters[number] = list_hash
        elif action == "dunning.propose":
            self.runs[number] = _Said("proposed", list_hash)
            if not facts["letters"]:  # that waits for nobody
                self.runs[number].step("dunning.discard", sign, facts)
        elif number in self.runs:
            self.runs[number].step(action, sign, facts)


def letter_hash(store: Store, number: int) -> str:
    """Return the hash over a letter that belongs to no run, for the event that makes it; inside a unit."""
    values = {"where": "l.id = :letter"}
    heads = store.stream(_HEADS.format(**values), letter=number)
    items = store.stream(_ITEMS.format(**values), letter=number)
    ((_, found),) = _hashes(heads, items)
    return found


def wrong_letters(store: Store) -> Iterator[KasseError]:
    """Yield what letters say otherwise than when they were made, and charges that are not what was booked."""
    told = _Told()
    with store.snapshot():
        for action, name, by, at, facts in store.stream(_TOLD):
            sign = int(str(by).partition("/")[0]), at
            told.take(action, int(name.partition(":")[2]), sign, json.loads(facts))
        yield from _wrong_runs(store, told.runs)
        yield from islice(_wrong_single(store, told.letters), MOST)
        for (letter,) in islice(store.rows(_SUMS), MOST):
            yield LetterSumError(letter=letter)
        for letter, office, item in islice(store.rows(_CHARGES), MOST):
            yield LetterChargeError(letter=letter, name=item_name(office, item), office=office)


def _wrong_runs(store: Store, told: dict[int, _Said]) -> Iterator[KasseError]:
    left = dict(told)
    for state, by, at, ended_by, ended_at, list_hash, skipped, *head in store.all(_RUNS):
        run, said = head[0], left.pop(head[0], None)
        if said is None or not _same(store, bytes(list_hash).hex(), said.list_hash, tuple(head), skipped):
            yield LetterListError(run=run)
        elif (state, (by, at), (ended_by, ended_at)) != (said.state, said.released, said.ended) or (
            said.letters and said.letters != released_run(store, run)
        ):
            yield RunStepsError(run=run, state=state, step=said.state)
    for run in sorted({*left, *(run for (run,) in store.all(_OF_NO_RUN))}):
        yield LetterListError(run=run)


def _same(store: Store, list_hash: str, told: str | None, head: Row, skipped: int) -> bool:
    """Return whether a run is as its event tells; those of an older kasse told no hash."""
    if skipped != head[RUN.index("skipped")]:
        return False
    return told is None or list_hash == told == _run_hash(store, head)


def _run_hash(store: Store, head: Row) -> str:
    found = ListHash()
    for table, sql in (("letter", _HEADS), ("letter_item", _ITEMS), ("letter_fee", _FEES)):
        found.take(table, store.stream(sql.format(where="l.run = :run"), run=head[0]))
    return found.digest(head).hex()


def _wrong_single(store: Store, told: dict[int, str | None]) -> Iterator[KasseError]:
    left, where = dict(told), "l.run IS NULL"
    for letter, found in _hashes(store.stream(_HEADS.format(where=where)), store.stream(_ITEMS.format(where=where))):
        said = left.pop(letter, "")
        if said is not None and said != found:
            yield MadeLetterError(letter=letter)
    for letter in sorted(left):
        yield MadeLetterError(letter=letter)


def _hashes(heads: Iterable[Row], items: Iterator[Row]) -> Iterator[tuple[int, str]]:
    """Yield letters with their hashes, without fees: only dunning costs one."""
    ahead = Ahead(items)
    for head in heads:
        found = ListHash()
        found.take("letter", [head])
        found.take("letter_item", ahead.until(head[0]))
        yield head[0], found.digest(()).hex()
