"""What became of a posted letter: served with a proof, or come back; and the addresses to find out then."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from enforcement.event_seals_store import sealed_events
from enforcement.law import Law
from enforcement.law_store import book_law
from enforcement.letters import (
    POSTERS,
    FeesStayError,
    LetterRow,
    LetterStateError,
    NoProofError,
    NoReturnReasonError,
    PostingDayError,
    UnknownTaskError,
)
from enforcement.letters_facts import LetterFacts
from enforcement.letters_head_store import letterhead
from enforcement.letters_make_store import restore_levels
from enforcement.letters_post_store import EVENT, demand_rows
from enforcement.letters_reader import choose, chosen_facts, find_letter, unchoose
from enforcement.letters_steps_store import DEEMED_BEFORE, DONE_ON, TERM_BEFORE
from enforcement.letters_terms import Terms
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.locks import Span
from ledger.items.locks_store import party_locks, place_item_lock, place_party_lock
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

_SERVE = """
    UPDATE letter SET state = 'served', served_on = :day, proof = :proof, deemed_on = CAST(:deemed AS TEXT),
        term_end = CAST(:term AS TEXT) WHERE id = :letter"""
_RETURN = """
    UPDATE letter SET state = 'returned', returned_on = :day, returned_reason = :reason WHERE id = :letter"""
_WITHDRAW = """
    UPDATE claim_event SET withdrawn_by = :user, withdrawn_at = :now, withdrawn_reason = :reason
    WHERE letter = :letter AND kind = 'demand' AND withdrawn_at IS NULL"""
_RECIPIENT = "SELECT recipient, fee_cents FROM letter WHERE id = :letter"
_ITEMS = "SELECT office, item FROM letter_item WHERE letter = :letter ORDER BY line"
_LOCKED = """
    SELECT 1 FROM item_lock WHERE office = :office AND item = :item AND kind = 'dunning' AND lifted_on IS NULL
    AND (until IS NULL OR until >= :day)"""
_CLAIMS = """
    SELECT i.office, i.id, i.profile FROM item i
    WHERE i.kind = 'receivable' AND i.open_cents > 0 AND i.main_item IS NULL
      AND (i.office, i.id) IN (SELECT office, id FROM item WHERE party = :party
          UNION SELECT office, item FROM item_debtor WHERE party = :party AND released_on IS NULL)
    ORDER BY i.office, i.id"""
_OPEN_TASK = "SELECT party, letter, opened_on, made_at FROM address_task WHERE id = :task AND done_on IS NULL"
_MOVED = "SELECT count(*) FROM event WHERE object = :object AND action = 'party.change' AND at >= :since"
_DONE = """
    UPDATE address_task SET done_on = :day, done_by = :user, done_at = :now, done_note = :note WHERE id = :task"""
_OTHERS = "SELECT count(*) FROM address_task WHERE party = :party AND done_on IS NULL"
_LIFT = """
    UPDATE party_lock SET lifted_by = :user, lifted_at = CAST(:now AS TEXT), lifted_on = CAST(:day AS TEXT)
    WHERE party = :party AND kind = 'dunning' AND reason LIKE :reason AND lifted_on IS NULL"""
LOCK = "Brief zurück:"
"""How the reason of a lock begins that a returned letter set; the end of its address task lifts it."""


class AddressStaysError(KasseError):
    """An address task is closed, and nobody has changed the address since the letter came back."""

    code = "letter.address_stays"
    template = N_("the address of party {party} in the book is still the old one")
    hint = N_("letters go there until it is changed: 'kasse party change {party} --street … --postcode … --town …'")
    severity = "warning"


@dataclass(frozen=True, slots=True)
class ServedLetter:
    """A letter with the day on which it counts as given, and the last day of its term."""

    letter: int
    served_on: str
    deemed_on: str
    term_end: str | None
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """A letter that came back: its demands withdrawn, and the task it opened if the debtor was the receiver."""

    letter: int
    returned_on: str
    withdrawn: int
    task: int | None
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class DoneTask:
    """An address task that is done: whether dunning goes on, and the inquiries noted for limitation."""

    task: int
    lifted: bool
    inquiries: int
    findings: tuple[KasseError, ...] = ()


def serve(store: Store, number: int, *, day: dt.date, proof: str, law: Law | None = None) -> ServedLetter:
    """Note that a posted letter was received on a day, and what proves it.

    Of a letter by post a receipt before the day of the fiction changes nothing, a later one counts (§ 122 (2) AO);
    formal service counts on its day. Raises `UnknownLetterError`, `LetterStateError`, `NoProofError`,
    `PostingDayError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *POSTERS)
    if not proof.strip():
        raise NoProofError(letter=number)
    with store.unit(office_codes(store)):
        letter = _posted(store, number, day, "served")
        facts = _facts(store, number)
        terms = Terms(place_of(store), law or book_law(store), int(letterhead(store).get("frist_tage") or 14))
        done = _served(letter, facts, day, terms)
        store.execute(
            _SERVE, letter=number, day=day.isoformat(), proof=proof.strip(), deemed=done.deemed_on, term=done.term_end
        )
        rows: list[Row] = []
        if letter.way == "service":
            rows = demand_rows(store, [facts], day, terms)
            store.insert("claim_event", EVENT, rows)
        known: dict[str, Fact] = {"day": done.served_on, "deemed_on": done.deemed_on, "term_end": done.term_end}
        known |= {DEEMED_BEFORE: letter.deemed_on, TERM_BEFORE: letter.term_end, **sealed_events(EVENT, rows)}
        record(store, kasse, "letter.serve", f"letter:{number}", known, {"proof": proof.strip()})
    return done


def _served(letter: LetterRow, facts: LetterFacts, day: dt.date, terms: Terms) -> ServedLetter:
    deemed = max(day.isoformat(), letter.deemed_on or "") if letter.way == "post" else day.isoformat()
    if letter.way == "post" and deemed == letter.deemed_on:
        return ServedLetter(letter.letter, day.isoformat(), deemed, letter.term_end)
    end = terms.term_from(dt.date.fromisoformat(deemed), facts.kind, facts.laws)
    ends = [one for one in (end.isoformat() if end else None, letter.term_end) if one]
    return ServedLetter(letter.letter, day.isoformat(), deemed, max(ends, default=None), terms.findings)


def take_return(store: Store, number: int, *, day: dt.date, reason: str) -> ReturnedLetter:
    """Note that a posted letter came back: it was never given, so its term does not run and it demanded nothing.

    Its demands are withdrawn (a written demand must reach the debtor, § 231 (1) no. 8 AO), levels go back, the debtor
    is locked against dunning and an address task is open. Of a letter to somebody else only its items are locked.
    Raises `UnknownLetterError`, `LetterStateError`, `NoReturnReasonError`, `PostingDayError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *POSTERS)
    if not reason.strip():
        raise NoReturnReasonError(letter=number)
    with store.unit(office_codes(store)):
        letter = _posted(store, number, day, "returned")
        why = f"{LOCK} {number}, {reason.strip()}"
        store.execute(_RETURN, letter=number, day=day.isoformat(), reason=reason.strip())
        gone = store.execute(_WITHDRAW, letter=number, user=store.user, now=store.now, reason=why)
        restore_levels(store, number)
        row = store.one(_RECIPIENT, letter=number)
        assert row is not None, "the letter was found before"
        task = _open_task(store, letter, day, why) if row[0] in {None, letter.party_number} else None
        if task is None:
            _lock_items(store, number, day, why)
        facts: dict[str, Fact] = {"day": day.isoformat(), "withdrawn": gone, "task": task}
        record(store, kasse, "letter.return", f"letter:{number}", facts, {"reason": reason.strip()})
        findings = (FeesStayError(letter=number, fee_cents=row[1]),) if row[1] else ()
    return ReturnedLetter(number, day.isoformat(), gone, task, findings)


def _posted(store: Store, number: int, day: dt.date, what: str) -> LetterRow:
    letter = find_letter(store, number)
    if letter.state != "posted":
        raise LetterStateError(letter=number, state=letter.state)
    assert letter.posted_on is not None, "a posted letter has its day"
    if not letter.posted_on <= day.isoformat() <= store.today:
        raise PostingDayError(letter=number, action=what, day=day, first=dt.date.fromisoformat(letter.posted_on))
    return letter


def _facts(store: Store, number: int) -> LetterFacts:
    choose(store, [number])
    (facts,) = chosen_facts(store)
    unchoose(store)
    return facts


def _open_task(store: Store, letter: LetterRow, day: dt.date, why: str) -> int:
    party = letter.party_number
    if not any(lock.kind == "dunning" and lock.lifted_on is None and lock.until is None
               for lock in party_locks(store, party)):  # fmt: skip
        place_party_lock(store, party, "dunning", why, Span(day.isoformat()))
    task = take_ids(store, BOOK, "address_task")
    store.insert_one(
        "address_task", id=task, party=party, letter=letter.letter, opened_on=day.isoformat(), reason=why,
        made_by=store.user, made_at=store.now,
    )  # fmt: skip
    return task


def _lock_items(store: Store, number: int, day: dt.date, why: str) -> None:
    for office, item in store.all(_ITEMS, letter=number):
        if store.value(_LOCKED, office=office, item=item, day=day.isoformat()) is None:
            place_item_lock(store, office, item, "dunning", why, Span(day.isoformat()))


def finish_task(
    store: Store, task: int, *, note: str, inquiry: dt.date | None = None, law: Law | None = None
) -> DoneTask:
    """Close an address task: the lock that the returned letter set is lifted, dunning goes on from tomorrow.

    `inquiry` is the day of an official inquiry after the address; it interrupts limitation where the law says so
    (§ 231 (1) no. 7 AO). Raises `UnknownTaskError`, `NoReturnReasonError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *POSTERS)
    with store.unit(office_codes(store)):
        row = store.one(_OPEN_TASK, task=task)
        if row is None:
            raise UnknownTaskError(task=task)
        party, letter, opened_on, made_at = row
        if not note.strip():
            raise NoReturnReasonError(letter=letter)
        day = max(store.today, opened_on)
        store.execute(_DONE, task=task, day=day, user=store.user, now=store.now, note=note.strip())
        lifted = 0
        if not store.value(_OTHERS, party=party):
            lifted = store.execute(_LIFT, party=party, user=store.user, now=store.now, day=day, reason=f"{LOCK}%")
        rows = _inquire(store, party, letter, inquiry, law or book_law(store)) if inquiry else []
        facts: dict[str, Fact] = {"lifted": bool(lifted), "inquiries": len(rows), DONE_ON: day}
        facts |= sealed_events(EVENT, rows)
        record(store, kasse, "letter.address", f"party:{party}", facts | {"task": task}, {"note": note.strip()})
        moved = store.value(_MOVED, object=f"party:{party}", since=made_at)
    return DoneTask(task, bool(lifted), len(rows), () if moved else (AddressStaysError(party=party),))


def _inquire(store: Store, party: int, letter: int, day: dt.date, law: Law) -> list[Row]:
    """Note an inquiry after the address for every open claim whose limitation it interrupts; return the rows."""
    terms = Terms(place_of(store), law)
    rows: list[Row] = []
    for office, item, name in store.all(_CLAIMS, party=party):
        profile = terms.profile(name)
        if profile is not None and profile.interrupts("inquiry", law):
            number = take_ids(store, office, "claim_event")
            rows.append((office, item, number, "inquiry", day.isoformat(), 0, letter, party, f"letter:{letter}",
                         store.user, store.now))  # fmt: skip
    store.insert("claim_event", EVENT, rows)
    return rows
