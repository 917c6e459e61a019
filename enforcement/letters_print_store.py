"""Composing letters for paper: each once for its planned day of posting, kept with its hash at the debtor's file."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.law_store import book_law
from enforcement.letters import (
    MAKERS,
    PLAIN_PAGE,
    RELEASERS,
    CharactersError,
    LetterStateError,
    NoRecipientAddressError,
    NoRemedyError,
    NothingToPrintError,
    UnknownLetterError,
    not_in_state,
)
from enforcement.letters_account_reader import closed_accounts, closed_in
from enforcement.letters_content import Content, compose
from enforcement.letters_facts import Frame, LetterFacts, Payee, RemedyPart
from enforcement.letters_head_store import MissingHeadError, letterhead, missing_parts
from enforcement.letters_prints import SENT, Printed, Prints, SentLetterError
from enforcement.letters_ranks import RANKED, ranks
from enforcement.letters_reader import choose, chosen_facts, unchoose
from enforcement.letters_remedy_parts import claims_of, remedies_by_law
from enforcement.letters_stale_reader import StaleLetterError, stale, waiting_money
from enforcement.letters_steps_store import PRINTED, print_seals
from enforcement.letters_templates_store import Template, template_of
from enforcement.letters_terms import Term, Terms
from enforcement.letters_text import REMEDY
from enforcement.letters_wording import known_wordings
from enforcement.profiles import Profile
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.payments.collection_propose_store import collecting_account
from ledger.people.users import require
from ledger.store.engines import Store
from sepa.errors import KasseError

PRINT = (
    "letter", "number", "planned_on", "template", "template_sha256", "content", "content_sha256", "term_end", "made_by",
    "made_at",
)  # fmt: skip
CHUNK = 2_000
_STATES = "SELECT l.id, l.state, l.run FROM chosen_letter c JOIN letter l ON l.id = c.letter ORDER BY l.id"
_LAST = """
    SELECT p.letter, p.number, p.planned_on, p.content, p.content_sha256, p.pdf_sha256
    FROM chosen_letter c JOIN letter_print p ON p.letter = c.letter
    WHERE p.number = (SELECT max(x.number) FROM letter_print x WHERE x.letter = p.letter) ORDER BY p.letter"""
_NOTE = """
    UPDATE letter_print SET pdf_sha256 = :sha256
    WHERE letter = :letter AND number = :number AND pdf_sha256 IS NULL"""
_OF_RUN = """
    SELECT id FROM letter WHERE run = :run AND state IN ('released', 'posted', 'served', 'returned') ORDER BY id"""


@dataclass(slots=True)
class _Desk:
    """What is looked up once for all letters of a print."""

    store: Store
    terms: Terms
    planned_on: dt.date
    payee: Payee
    heads: dict[str, dict[str, str]] = field(default_factory=dict)
    wordings: dict[tuple[str, str], Template] = field(default_factory=dict)
    findings: list[KasseError] = field(default_factory=list)
    waiting: frozenset[tuple[str, int]] = frozenset()
    closed: Mapping[str, str] = field(default_factory=dict)
    dead: set[int] = field(default_factory=set)
    seals: list[str] = field(default_factory=list)

    def head(self, office: str) -> dict[str, str]:
        """Return the letterhead of an office."""
        if office not in self.heads:
            self.heads[office] = letterhead(self.store, office)
        return self.heads[office]

    def wording(self, kind: str, office: str) -> Template:
        """Return the wording in force in an office."""
        if (kind, office) not in self.wordings:
            self.wordings[kind, office] = template_of(self.store, kind, office)
        return self.wordings[kind, office]


def run_letters(store: Store, run: int) -> list[int]:
    """Return the letters of a dunning run that were released; raises `NothingToPrintError`."""
    found = [number for (number,) in store.rows(_OF_RUN, run=run)]
    if not found:
        raise NothingToPrintError(run=run)
    return found


def print_letters(
    store: Store, numbers: Sequence[int], *, planned_on: dt.date, anew: bool = False, law: Law | None = None
) -> Prints:
    """Compose letters that were not printed yet and return all; printed ones come as they were.

    Of a dunning run those are left out, with a finding, whose claims changed since the release. What names a closed
    bank account and was not posted is composed anew; where its letterhead or wording name one, it is left out.

    `planned_on` is the day on which they will be posted: date and term of the letter go by it. `anew` composes
    released letters once more, for another day or after a change of the wording. Raises `UnknownLetterError`,
    `LetterStateError` (only a released letter is composed, a cancelled one is not printed), `NotAllowedError`,
    `NoCollectingAccountError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *MAKERS, *RELEASERS)
    with store.unit([kasse]):
        desk = _desk(store, planned_on, law or book_law(store))
        found: dict[int, Printed] = {}
        wanted = sorted(set(numbers))
        for at in range(0, len(wanted), CHUNK):
            choose(store, wanted[at : at + CHUNK])
            found |= _chunk(desk, wanted[at : at + CHUNK], anew=anew)
            unchoose(store)
        fresh = [one for one in found.values() if one.fresh]
        if fresh:
            _record(store, kasse, fresh, {PRINTED: " ".join(desk.seals)})
    notes = distinct((*desk.findings, *desk.terms.findings, *_headless(desk)))
    return Prints(tuple(found[n] for n in wanted if n in found), notes)


def _headless(desk: _Desk) -> Iterator[MissingHeadError]:
    """Yield once what the letterheads of these letters lack."""
    parts = dict.fromkeys(part for head in desk.heads.values() for part in missing_parts(head))
    if parts:
        yield MissingHeadError(parts=", ".join(parts))


def _desk(store: Store, planned_on: dt.date, law: Law) -> _Desk:
    party, _ = collecting_account(store)
    days = int(letterhead(store).get("frist_tage") or 14)
    terms = Terms(place_of(store), law, days)
    payee = Payee(party.name, party.iban, party.bic or "")
    return _Desk(store, terms, planned_on, payee, waiting=waiting_money(store), closed=closed_accounts(store))


def _chunk(desk: _Desk, numbers: Sequence[int], *, anew: bool) -> dict[int, Printed]:
    store = desk.store
    states = {number: (state, run) for number, state, run in store.rows(_STATES)}
    gone = stale(store, desk.waiting)
    desk.findings += [StaleLetterError(letter=letter, party=party) for letter, party in gone.items()]
    held = {row[0]: Printed(*row) for row in store.all(_LAST) if row[0] not in gone}
    dead = {number for number, one in held.items()
            if states[number][0] not in SENT and closed_in(number, one.content, desk.closed)}  # fmt: skip
    again = {number for number in numbers if number not in gone and (anew or number not in held or number in dead)}
    for number in numbers:
        if number not in states:
            raise UnknownLetterError(letter=number)
        if number in held and not held[number].content:
            raise LetterStateError(letter=number, state="erased")
        state, run = states[number]
        if number in again and state in SENT:
            raise SentLetterError(letter=number, state=state)
        if state == "cancelled" or (number in again and state != "released"):
            raise not_in_state(number, state, run)
    made = [_composed(desk, one, held.get(one.number)) for one in chosen_facts(store) if one.number in again]
    rows = [one for one in made if one is not None]
    store.insert("letter_print", PRINT, [row for row, _ in rows])
    desk.seals += print_seals(PRINT, [row for row, _ in rows])
    before = {
        number: replace(one, sent=states[number][0] in SENT)
        for number, one in held.items() if number not in desk.dead
    }  # fmt: skip
    return before | {one.letter: one for _, one in rows}


def _composed(
    desk: _Desk, facts: LetterFacts, before: Printed | None
) -> tuple[tuple[str | int | None, ...], Printed] | None:
    """Return the row of a print and the print; none where it says the same as the last one or cannot be sent."""
    if not facts.kind.internal and not facts.addressee.complete:
        desk.findings.append(NoRecipientAddressError(letter=facts.number, party=facts.addressee.name))
        return None
    frame, template = _frame(desk, facts)
    content, lost = compose(facts, frame, desk.store.now)
    if lost:
        desk.findings.append(CharactersError(letter=facts.number, count=lost))
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    if wrong := closed_in(facts.number, text, desk.closed):
        desk.findings.append(wrong)
        desk.dead.add(facts.number)
        return None
    if before is not None and before.sound and _same(before.data(), content):
        return None
    number, planned = (before.number if before else 0) + 1, desk.planned_on.isoformat()
    digest = sha256(text.encode()).hexdigest()
    row = (
        facts.number, number, planned, template.label, template.sha256, text, digest, frame.term_end, desk.store.user,
        desk.store.now,
    )  # fmt: skip
    return row, Printed(facts.number, number, planned, text, digest, None, fresh=True)


def _same(one: Content, other: Content) -> bool:
    return one | {"made_at": ""} == other | {"made_at": ""}


def _frame(desk: _Desk, facts: LetterFacts) -> tuple[Frame, Template]:
    head, office, kind, laws = desk.head(facts.office), facts.office, facts.kind, facts.laws
    template = desk.wording(facts.kind_name, office)
    term, rules = _term(desk, facts), desk.terms.rules(kind, laws)
    words = desk.terms.words(rules, desk.planned_on)
    plain = facts.kind_name + PLAIN_PAGE
    profiles = [law for name, _ in laws if (law := desk.terms.profile(name)) is not None]
    wants_plain = head.get("einfach") == "ja" and plain in known_wordings()
    frame = Frame(
        wording=template.wording(),
        plain=desk.wording(plain, office).wording() if wants_plain else None,
        remedies=_remedies(desk, facts),
        head=head,
        payee=desk.payee,
        planned_on=desk.planned_on.isoformat(),
        term_end=term.term_end.isoformat() if term.term_end else None,
        term_words="" if kind.act else words,
        remedy_words=words if kind.act else "",
        step_norm=_norm(desk, facts),
        notice_norm=desk.terms.notice_norm(facts.profile),
        ranks=ranks(facts.claims, desk.terms.profile) if facts.kind_name == RANKED else (),
        enforced=any(not law.court for law in profiles),
        court=any(law.court for law in profiles),
        default_norm=_default_norm(desk, profiles),
    )
    return frame, template


def _term(desk: _Desk, facts: LetterFacts) -> Term:
    """Return the term that can be printed as a day: that of a letter by post; service fixes its own."""
    if facts.way == "service" or facts.kind.internal or not facts.kind.demand:
        return Term(None, None)
    return desk.terms.by_post(desk.planned_on, facts.kind, facts.laws, facts.addressee.country)


def _remedies(desk: _Desk, facts: LetterFacts) -> tuple[RemedyPart, ...]:
    """Return the remedy of an administrative act for each law of its claims; notes the laws that name none."""
    if not facts.kind.act:
        return ()
    found, lacking = remedies_by_law(facts, desk.terms.profile)
    if lacking:
        desk.findings.append(NoRemedyError(letter=facts.number, profile=", ".join(lacking)))
    parts = []
    for remedy, names in found.items():
        desk.findings += remedy.doubts()
        wording = desk.wording(REMEDY + remedy.name, facts.office).wording()
        words = desk.terms.words([remedy.deadline] if remedy.deadline else [], desk.planned_on)
        claims = claims_of(facts, names) if lacking or len(found) > 1 else ()
        parts.append(RemedyPart(remedy, wording, words, desk.terms.notice_norm(names[0]), claims))
    return tuple(parts)


def _norm(desk: _Desk, facts: LetterFacts) -> str:
    """Return the norm of the step that the letter is, '' where its claims name no law or several."""
    norms = set()
    for name, level in facts.laws:
        profile = desk.terms.profile(name)
        if profile is not None and profile.dunning:
            norms.add(profile.dunning[min(max(level, 1), len(profile.dunning)) - 1].norm)
    return norms.pop() if len(norms) == 1 else ""


def _default_norm(desk: _Desk, profiles: Sequence[Profile]) -> str:
    """Return the norm of default interest on claims against who is no consumer, '' where there are none."""
    return next((desk.terms.law.charge(one.late_charge).norm for one in profiles if one.lump is not None), "")


def _record(store: Store, kasse: str, fresh: Sequence[Printed], seals: Mapping[str, Fact]) -> None:
    """Note one event for each print, or one for many with the hash over all of them."""
    if len(fresh) == 1:
        one = fresh[0]
        facts: dict[str, Fact] = {"number": one.number, "planned_on": one.planned_on, "content": one.content_sha256}
        record(store, kasse, "letter.print", f"letter:{one.letter}", {**facts, **seals})
        return
    every = sha256("\n".join(f"{one.letter} {one.content_sha256}" for one in fresh).encode()).hexdigest()
    facts = {"letters": len(fresh), "first": fresh[0].letter, "last": fresh[-1].letter, "contents": every}
    record(store, kasse, "letter.print", None, {**facts, **seals})


def note_files(store: Store, prints: Iterable[Printed], hashes: Mapping[int, str]) -> None:
    """Note the hashes of the files that were made of prints; those noted already stay."""
    kasse = kasse_office(store)
    rows: list[Mapping[str, str | int]] = [
        {"letter": one.letter, "number": one.number, "sha256": hashes[one.letter]}
        for one in prints
        if one.pdf_sha256 is None and one.letter in hashes
    ]
    if rows:
        with store.unit([kasse]):
            store.execute_many(_NOTE, rows)
