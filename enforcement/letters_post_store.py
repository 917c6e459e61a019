"""Giving letters to the post: the day, the notice it is by law, the term, and what it does to limitation."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

from enforcement.event_seals_store import event_seals, told_events
from enforcement.law import Law
from enforcement.law_store import book_law
from enforcement.letters import (
    POSTERS,
    ChangedFileError,
    InternalLetterError,
    NotPrintedError,
    PlannedDayError,
    PostingDayError,
    UnknownLetterError,
    not_in_state,
)
from enforcement.letters_account_reader import closed_accounts, dead_letters
from enforcement.letters_facts import LetterFacts
from enforcement.letters_head_store import letterhead
from enforcement.letters_reader import choose, chosen_facts, unchoose
from enforcement.letters_stale_reader import StaleLetterError, StalePostedError, stale, waiting_money
from enforcement.letters_steps_store import POSTED, posted_seals
from enforcement.letters_terms import Terms
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.counters import take_ids
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

CHUNK = 2_000
EVENT = ("office", "item", "id", "kind", "day", "ongoing", "letter", "debtor", "source", "made_by", "made_at")
_ROWS = """
    SELECT l.id, l.state, l.run, l.released_at, p.made_at, p.planned_on, p.term_end, p.content_sha256, p.pdf_sha256
    FROM chosen_letter c JOIN letter l ON l.id = c.letter
    LEFT JOIN letter_print p ON p.letter = l.id
        AND p.number = (SELECT max(x.number) FROM letter_print x WHERE x.letter = l.id)
    ORDER BY l.id"""
_POST = """
    UPDATE letter SET state = 'posted', posted_on = :day, posted_by = :user, content_sha256 = :content,
        pdf_sha256 = :pdf, deemed_on = CAST(:deemed AS TEXT), term_end = CAST(:term AS TEXT)
    WHERE id = :letter"""
_POST_VALUES = ("day", "user", "content", "pdf", "deemed", "term")


@dataclass(frozen=True, slots=True)
class PostedLetter:
    """A letter that left the house: when it counts as given and when its term ends, none before a proof of service."""

    letter: int
    posted_on: str
    deemed_on: str | None
    term_end: str | None
    demands: int


@dataclass(frozen=True, slots=True)
class Posted:
    """What giving letters to the post did."""

    letters: tuple[PostedLetter, ...]
    already: int
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class _Seals:
    """The hashes of what posting letters wrote: demands, and the letters themselves."""

    events: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)

    def with_those(self, other: _Seals) -> _Seals:
        """Return both together."""
        return _Seals(self.events + other.events, self.letters + other.letters)

    def facts(self) -> dict[str, Fact]:
        """Return what the event of posting tells of them."""
        return {**told_events(self.events), POSTED: " ".join(self.letters)}


@dataclass(frozen=True, slots=True)
class _Held:
    """A letter as the book has it before it is posted."""

    letter: int
    state: str
    run: int | None
    released_at: str | None
    printed_at: str | None
    planned_on: str | None
    term_end: str | None
    content_sha256: str | None
    pdf_sha256: str | None


def post_letters(
    store: Store,
    numbers: Sequence[int],
    *,
    day: dt.date,
    files: Mapping[int, tuple[str, str]] | None = None,
    law: Law | None = None,
) -> Posted:
    """Note that printed letters were given to the post on a day; those that were posted before are left as they are.

    The first day is that of its print or, where it was printed for a day before, the day that it carries itself.
    `files` are names and hashes of what was handed over, compared with what was printed. Where the limitation of a
    claim is interrupted by a written demand, one is noted from that day: the letter has left the house then (§ 231
    (1) sentence 2 with § 169 (1) sentence 3 AO). Raises `UnknownLetterError`, `LetterStateError`,
    `InternalLetterError`, `NotPrintedError`, `PlannedDayError`, `PostingDayError`, `ChangedFileError`,
    `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *POSTERS)
    with store.unit(office_codes(store)):
        days = int(letterhead(store).get("frist_tage") or 14)
        terms = Terms(place_of(store), law or book_law(store), days)
        done: list[PostedLetter] = []
        seals = _Seals()
        findings: list[KasseError] = []
        left: set[int] = set()
        waiting = waiting_money(store)
        closed = {iban: since for iban, since in closed_accounts(store).items() if since <= day.isoformat()}
        wanted = sorted(set(numbers))
        for at in range(0, len(wanted), CHUNK):
            choose(store, wanted[at : at + CHUNK])
            gone, dead = stale(store, waiting), dead_letters(store, closed)
            posted, kept, made = _chunk(store, wanted[at : at + CHUNK], day, terms, files or {}, gone, dead)
            done, left, seals = done + posted, left | kept, seals.with_those(made)
            findings += dead.values()
            findings += [(StaleLetterError if one in kept else StalePostedError)(letter=one, party=name)
                         for one, name in gone.items() if one not in dead]  # fmt: skip
            unchoose(store)
        _note(store, kasse, day, done, seals)
    return Posted(tuple(done), len(wanted) - len(done) - len(left), (*findings, *terms.findings))


def _chunk(
    store: Store,
    numbers: Sequence[int],
    day: dt.date,
    terms: Terms,
    files: Mapping[int, tuple[str, str]],
    gone: Mapping[int, str],
    dead: Mapping[int, KasseError],
) -> tuple[list[PostedLetter], set[int], _Seals]:
    """Post the letters of a chunk and return them, those that stayed, and the hashes of both.

    Those that changed since or were not printed for this day stay, and `dead`, which name a closed account.
    """
    held = {row[0]: _Held(*row) for row in store.all(_ROWS)}
    for number in numbers:
        if number not in held:
            raise UnknownLetterError(letter=number)
    left = {letter for letter in gone if held[letter].pdf_sha256 is None or _too_late(held[letter], day)} | dead.keys()
    known = [facts for facts in chosen_facts(store) if facts.number not in left]
    fresh = [facts for facts in known if held[facts.number].state not in {"posted", "served", "returned"}]
    for facts in fresh:
        _check(store, facts, held[facts.number], day, files.get(facts.number))
    done = [_dated(facts, held[facts.number], day, terms) for facts in fresh]
    posted = _write(store, done, held)
    by_post = [facts for facts in fresh if facts.way == "post"]
    rows = demand_rows(store, by_post, day, terms)
    store.insert("claim_event", EVENT, rows)
    return done, left, _Seals(event_seals(EVENT, rows), posted_seals(posted))


def _write(store: Store, done: Sequence[PostedLetter], held: Mapping[int, _Held]) -> list[Row]:
    """Note the letters as posted, and return what is sealed of them."""
    rows = [
        (one.letter, one.posted_on, store.user, held[one.letter].content_sha256, held[one.letter].pdf_sha256,
         one.deemed_on, one.term_end)
        for one in done
    ]  # fmt: skip
    store.execute_many(_POST, [dict(zip(("letter", *_POST_VALUES), row, strict=True)) for row in rows])
    return rows


def _check(store: Store, facts: LetterFacts, held: _Held, day: dt.date, file: tuple[str, str] | None) -> None:
    letter = facts.number
    if facts.kind.internal:
        raise InternalLetterError(letter=letter, kind=facts.kind_name)
    if held.state != "released":
        raise not_in_state(letter, held.state, held.run)
    if held.pdf_sha256 is None or held.planned_on is None:
        raise NotPrintedError(letter=letter)
    first = min(max(held.released_at or "", held.printed_at or "")[:10], held.planned_on)
    if not first <= day.isoformat() <= store.today:
        raise PostingDayError(letter=letter, action="given to the post", day=day, first=dt.date.fromisoformat(first))
    if _too_late(held, day):
        raise PlannedDayError(letter=letter, planned=dt.date.fromisoformat(held.planned_on), day=day)
    if file is not None and file[1] != held.pdf_sha256:
        raise ChangedFileError(letter=letter, file=file[0])


def _too_late(held: _Held, day: dt.date) -> bool:
    """Return whether a letter that sets a term was printed to be posted on a day before."""
    return held.term_end is not None and held.planned_on is not None and day.isoformat() > held.planned_on


def _dated(facts: LetterFacts, held: _Held, day: dt.date, terms: Terms) -> PostedLetter:
    """Return the letter with notice and term; a printed term that is longer than the law's holds."""
    demands = len(_demanded(facts, terms))
    if facts.way == "service":
        return PostedLetter(facts.number, day.isoformat(), None, None, 0)
    term = terms.by_post(day, facts.kind, facts.laws, facts.addressee.country)
    ends = [end for end in (term.term_end.isoformat() if term.term_end else None, held.term_end) if end]
    deemed = term.deemed_on.isoformat() if term.deemed_on else None
    return PostedLetter(facts.number, day.isoformat(), deemed, max(ends, default=None), demands)


def demand_rows(store: Store, letters: Sequence[LetterFacts], day: dt.date, terms: Terms) -> list[Row]:
    """Return the demands that letters are for claims whose limitation a written demand interrupts; inside a unit.

    Of joint debtors each is demanded by the letter that went to him alone (§ 425 BGB, § 44 (2) AO).
    """
    found = [(*key, facts) for facts in letters for key in _demanded(facts, terms)]
    wanted = Counter(office for office, _, _ in found)
    fresh = {office: count(take_ids(store, office, "claim_event", many)) for office, many in sorted(wanted.items())}
    return [
        (office, item, next(fresh[office]), "demand", day.isoformat(), 0, facts.number, facts.party,
         f"letter:{facts.number}", store.user, store.now)
        for office, item, facts in found
    ]  # fmt: skip


def _demanded(facts: LetterFacts, terms: Terms) -> list[tuple[str, int]]:
    """Return the main claims of a demanding letter that the law says a demand interrupts.

    Of side claims alone it is the claim on which they hang, with which they fall.
    """
    if not facts.kind.demand:
        return []
    found = dict[tuple[str, int], None]()
    for claim in facts.claims:
        profile = terms.profile(claim.profile)
        if profile is not None and profile.interrupts("demand", terms.law):
            found[claim.office, claim.main_item or claim.item] = None
    return list(found)


def _note(store: Store, kasse: str, day: dt.date, done: Sequence[PostedLetter], seals: _Seals) -> None:
    if len(done) == 1:
        one = done[0]
        facts: dict[str, Fact] = {"day": one.posted_on, "deemed_on": one.deemed_on, "term_end": one.term_end}
        record(store, kasse, "letter.post", f"letter:{one.letter}", {**facts, "demands": one.demands, **seals.facts()})
    elif done:
        every = sha256(" ".join(str(one.letter) for one in done).encode()).hexdigest()
        facts = {"day": day.isoformat(), "letters": len(done), "first": done[0].letter, "last": done[-1].letter}
        record(store, kasse, "letter.post", None, {**facts, "numbers": every, **seals.facts()})
