"""What becomes of letters, against the events that tell it: released, printed, posted, served, come back, cancelled.

A step that takes many letters tells hashes over up to a hundred of them; what a proof of service moves (day of notice,
end of the term) stands in its own event with what it was before.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from operator import itemgetter

from ledger.events.bound import Bound, unbound
from ledger.events.seals_store import MasterDataError
from ledger.events.store import Fact
from ledger.items.item_seals import SPAN, spans
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

POSTED, PRINTED, RELEASED = "posted_seal", "print_seal", "released_hash"
"""Facts of events: hashes over letters given to the post, over prints by their number, over letters released."""
DEEMED_BEFORE, TERM_BEFORE = "deemed_before", "term_before"
"""Facts of a proof of service: day of notice and end of the term as they were."""
DONE_ON = "done_on"
"""The fact of an address found out: the day on which its task was done."""
MOST = 100
_DIGITS = 32
_WORDS = ("id", "posted_on", "posted_by", "content_sha256", "pdf_sha256", "deemed_on", "term_end")
_PRINT = ("letter", "planned_on", "template", "template_sha256", "content_sha256", "term_end", "made_by", "made_at")
_RELEASED = """
    SELECT id, reference, released_by, released_at FROM letter WHERE {where} AND released_at IS NOT NULL ORDER BY id"""
_POSTED = f"SELECT {', '.join(_WORDS)} FROM letter WHERE posted_on IS NOT NULL ORDER BY id"
_PRINTS = f"SELECT {', '.join(_PRINT)} FROM letter_print WHERE number = :number ORDER BY letter"
_TOLD = """
    SELECT action, object, "by", at, facts FROM event
    WHERE action IN ('letter.print', 'letter.post', 'letter.serve', 'letter.return', 'letter.cancel', 'letter.release',
        'letter.address')
    ORDER BY office, position"""
_SERVED = "SELECT id, served_on, deemed_on, term_end FROM letter WHERE served_on IS NOT NULL ORDER BY id"
_RETURNED = "SELECT id, returned_on FROM letter WHERE returned_on IS NOT NULL ORDER BY id"
_SINGLE = "SELECT id, reference, released_by, released_at FROM letter WHERE run IS NULL AND released_at IS NOT NULL"
_CANCELLED = """
    SELECT l.id, coalesce(l.copy_of, l.id), l.cancelled_by, l.cancelled_at FROM letter l
    LEFT JOIN dunning_run r ON r.id = l.run
    WHERE (l.cancelled_at IS NOT NULL OR l.cancelled_by IS NOT NULL) AND NOT (
        (r.ended_by IS NOT NULL AND l.cancelled_by = r.ended_by AND l.cancelled_at = r.ended_at) OR
        (l.released_at IS NULL AND r.released_by IS NOT NULL AND l.cancelled_by = r.released_by
            AND l.cancelled_at = r.released_at)) ORDER BY l.id"""
_TASKS = """
    SELECT t.id, t.letter, t.opened_on, t.made_by, t.made_at, t.done_by, t.done_at, t.done_on
    FROM address_task t JOIN letter l ON l.id = t.letter WHERE t.party = l.party"""
_NO_TASKS = """
    SELECT t.id FROM address_task t LEFT JOIN letter l ON l.id = t.letter
    WHERE l.id IS NULL OR t.party <> l.party"""
_SIGNED = "SELECT cancelled_by, cancelled_at FROM letter WHERE id = :letter"
_STATES = """
    SELECT l.id FROM letter l LEFT JOIN dunning_run r ON r.id = l.run
    WHERE l.state <> CASE WHEN l.cancelled_at IS NOT NULL THEN 'cancelled'
            WHEN l.returned_on IS NOT NULL THEN 'returned' WHEN l.served_on IS NOT NULL THEN 'served'
            WHEN l.posted_on IS NOT NULL THEN 'posted' WHEN l.released_at IS NOT NULL THEN 'released' ELSE 'made' END
        OR l.posted_on IS NOT NULL AND (l.cancelled_at IS NOT NULL OR l.released_at IS NULL)
        OR l.posted_on IS NULL AND coalesce(l.deemed_on, l.term_end, l.content_sha256, l.pdf_sha256) IS NOT NULL
        OR l.state <> 'cancelled' AND (
            r.state IN ('discarded', 'undone') OR r.state = 'released' AND l.released_at IS NULL)
    ORDER BY l.id"""
Sign = tuple[int | None, str | None]


class LetterStepError(KasseError):
    """A letter stands elsewhere than the events of its steps took it."""

    code = "verify.letter_step"
    template = N_(
        "letters {letter}: state, reference, day of posting or notice, term or print are not what the event log tells"
    )
    hint = N_(
        "see 'kasse letter show'; enforce nothing for them, keep this book as it is, compare it with the last backup, "
        "and inform the audit office"
    )


def hash_of(rows: Iterable[Row]) -> str:
    """Return the hash over rows as Python writes them."""
    found = sha256()
    for row in rows:
        found.update(ascii(tuple(row)).encode())
    return found.hexdigest()[:_DIGITS]


def released_run(store: Store, run: int) -> dict[str, Fact]:
    """Return the fact that tells which letters of a run were released, by whom, with which references."""
    return {RELEASED: hash_of(store.stream(_RELEASED.format(where="run = :run"), run=run))}


def released_letter(store: Store, letter: int) -> dict[str, Fact]:
    """Return the fact that tells who released a letter with which reference."""
    return {RELEASED: hash_of(store.rows(_RELEASED.format(where="id = :letter"), letter=letter))}


def posted_seals(rows: Sequence[Row]) -> list[str]:
    """Return the hashes over letters given to the post: rows of `_WORDS` in the order of their numbers."""
    return [Bound(some[0][0], some[-1][0], hash_of(some)).text for some in _consecutive(rows)]


def print_seals(columns: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """Return the hashes over prints that are written, as `NUMBER:FIRST-LAST:HASH`: first, second ones by letters."""
    known: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        said = dict(zip(columns, row, strict=True))
        known[said["number"]].append(tuple(said[name] for name in _PRINT))
    return [
        f"{number}:{one}"
        for number, some in sorted(known.items())
        for one in posted_seals(sorted(some, key=itemgetter(0)))
    ]


def _consecutive(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Yield rows whose numbers follow each other, a hundred at most: what lies between belongs to another step."""
    some: list[Row] = []
    for row in rows:
        if some and (row[0] != some[-1][0] + 1 or len(some) == SPAN):
            yield some
            some = []
        some.append(row)
    if some:
        yield some


@dataclass(slots=True)
class _Told:
    """What the event log says of letters: hashes of posted and printed ones, and single steps by letter."""

    posted: list[str] = field(default_factory=list)
    printed: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    served: dict[int, tuple[Row, Row]] = field(default_factory=dict)
    returned: dict[int, str] = field(default_factory=dict)
    cancelled: dict[int, Sign] = field(default_factory=dict)
    released: dict[int, str] = field(default_factory=dict)
    tasks: dict[int, Row] = field(default_factory=dict)

    def take(self, action: str, letter: int, sign: Sign, facts: dict[str, Fact]) -> None:
        if action == "letter.post":
            self.posted += str(facts.get(POSTED, "")).split()
        elif action == "letter.print":
            for number, span in spans(str(facts.get(PRINTED, ""))):
                self.printed[number].append(span.text)
        elif action == "letter.serve":
            now = facts["day"], facts["deemed_on"], facts["term_end"]
            self.served[letter] = now, (facts.get(DEEMED_BEFORE), facts.get(TERM_BEFORE))
        elif action == "letter.cancel":
            self.cancelled[letter] = sign
        elif action == "letter.release":
            self.released[letter] = str(facts.get(RELEASED))
        else:
            self._came_back(action, letter, sign, facts)

    def _came_back(self, action: str, letter: int, sign: Sign, facts: dict[str, Fact]) -> None:
        """Take over that a letter came back, or that its address task is done."""
        task = 0 if facts["task"] is None else int(str(facts["task"]))
        if action == "letter.return":
            self.returned[letter] = str(facts["day"])
            if task:
                self.tasks[task] = (letter, facts["day"], *sign, None, None, None)
        elif task in self.tasks:
            self.tasks[task] = (*self.tasks[task][:4], *sign, facts.get(DONE_ON))


def wrong_steps(store: Store) -> Iterator[KasseError]:
    """Yield the letters that stand elsewhere than their steps took them, and prints that nobody made."""
    with store.snapshot():
        told = _Told()
        for action, name, by, at, facts in store.stream(_TOLD):
            letter = int(name.partition(":")[2]) if name else 0
            told.take(action, letter, (int(str(by).partition("/")[0]), at), json.loads(facts))
        wrong = {str(letter) for (letter,) in islice(store.rows(_STATES), MOST)}
        wrong |= {letter for letter, _ in islice(unbound(_as_posted(store, told), told.posted, hash_of), MOST)}
        wrong |= {str(letter) for letter in _single(store, told)}
        wrong |= set(islice(_prints(store, told.printed), MOST))
        for one in sorted(wrong)[:MOST]:
            yield LetterStepError(letter=one)
        tasks = {row[0]: tuple(row[1:]) for row in store.rows(_TASKS)}
        for task in islice(sorted({*_unlike(tasks, told.tasks), *(one for (one,) in store.rows(_NO_TASKS))}), MOST):
            yield MasterDataError(table="address_task", row=task, state="changed")


def _as_posted(store: Store, told: _Told) -> Iterator[Row]:
    """Yield the letters that were posted with notice and term as they were then."""
    for row in store.stream(_POSTED):
        served = told.served.get(row[0])
        yield row if served is None else (*row[:-2], *served[1])


def _single(store: Store, told: _Told) -> Iterator[int]:
    """Yield the letters of which a single step tells otherwise."""
    served = {letter: tuple(row) for letter, *row in store.rows(_SERVED)}
    yield from _unlike(served, {letter: now for letter, (now, _) in told.served.items()})
    yield from _unlike(dict(store.all(_RETURNED)), told.returned)
    released = {row[0]: hash_of([row]) for row in store.rows(_SINGLE)}
    yield from _unlike(released, told.released)
    for letter, first, *sign in store.rows(_CANCELLED):
        if tuple(sign) not in (told.cancelled.get(letter), told.cancelled.get(first)):
            yield letter
    for letter, signed in told.cancelled.items():
        if store.one(_SIGNED, letter=letter) != signed:
            yield letter


def _unlike(found: Mapping[int, object], told: Mapping[int, object]) -> Iterator[int]:
    return (letter for letter in found.keys() | told.keys() if found.get(letter) != told.get(letter))


def _prints(store: Store, told: dict[str, list[str]]) -> Iterator[str]:
    numbers = {int(number) for number in told} | {n for (n,) in store.rows("SELECT DISTINCT number FROM letter_print")}
    for number in sorted(numbers):
        rows = store.stream(_PRINTS, number=number)
        yield from (letter for letter, _ in unbound(rows, told.get(str(number), ()), hash_of))
