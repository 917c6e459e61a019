"""The life of one letter as it is shown: its events, and the text of its last print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from enforcement.event_seals_store import FACT as DEMANDS
from enforcement.letters_content import Content
from enforcement.letters_prints import ChangedPrintError, is_printed
from enforcement.letters_steps_store import DEEMED_BEFORE, POSTED, PRINTED, RELEASED, TERM_BEFORE
from ledger.store.engines import Store
from sepa.errors import KasseError

_EVENTS = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.action, e.facts, d.details FROM event e
    LEFT JOIN app_user u ON u.id = e.by
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.object = :object ORDER BY e.at, e.office, e.position"""
_STEPS = """
    SELECT l.made_at, m.name, l.released_at, r.name, l.cancelled_at, c.name, l.cancelled_reason, l.posted_on, p.name
    FROM letter l JOIN app_user m ON m.id = l.made_by LEFT JOIN app_user r ON r.id = l.released_by
    LEFT JOIN app_user c ON c.id = l.cancelled_by LEFT JOIN app_user p ON p.id = l.posted_by WHERE l.id = :letter"""
_PRINTS = """
    SELECT p.made_at, u.name, p.number, p.planned_on FROM letter_print p JOIN app_user u ON u.id = p.made_by
    WHERE p.letter = :letter ORDER BY p.number"""
_FIRST = ("letter.make", "letter.release", "letter.print", "letter.post")
"""The order of what has one day, or one second, in common: the day of posting is known without its hour."""
_PROVE = {DEMANDS, POSTED, PRINTED, RELEASED, DEEMED_BEFORE, TERM_BEFORE}
"""What only `journal verify` asks for."""
_LONGEST = 64  # hashes and whole texts are shown elsewhere
_CONTENT = "SELECT content, content_sha256 FROM letter_print WHERE letter = :letter ORDER BY number DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class LifeRow:
    """One step of a letter's life: when, who, the action as the event log names it, and what is known of it."""

    at: str
    by: str
    action: str
    facts: Mapping[str, object]


def life(store: Store, letter: int) -> list[LifeRow]:
    """Return the steps of a letter in their order, those of its run included."""
    row = store.one(_STEPS, letter=letter)
    assert row is not None, "the letter was found before"
    made_at, made_by, released_at, released_by, cancelled_at, cancelled_by, reason, posted_on, posted_by = row
    own = [LifeRow(at, by, action, _known(facts, details)) for at, by, action, facts, details in
           store.rows(_EVENTS, object=f"letter:{letter}")]  # fmt: skip
    told = {one.action for one in own}
    steps = [] if "letter.make" in told else [LifeRow(made_at, made_by, "letter.make", {})]
    if "letter.print" not in told:
        printed = store.rows(_PRINTS, letter=letter)
        steps += [LifeRow(at, by, "letter.print", {"number": n, "planned_on": day}) for at, by, n, day in printed]
    for action, at, by, known in (
        ("letter.release", released_at, released_by, {}),
        ("letter.cancel", cancelled_at, cancelled_by, {"reason": reason}),
        ("letter.post", posted_on, posted_by, {}),
    ):
        if at and action not in told:
            steps.append(LifeRow(at, by or "", action, known))
    return sorted([*steps, *own], key=_place)


def _place(step: LifeRow) -> tuple[str, int, str]:
    rank = _FIRST.index(step.action) if step.action in _FIRST else len(_FIRST)
    return step.at[:10], rank, step.at


def _known(facts: str, details: str | None) -> dict[str, object]:
    known = {**json.loads(facts), **(json.loads(details) if details else {})}
    shown = ((name, value) for name, value in known.items() if name not in _PROVE and value is not None)
    return {name: value for name, value in shown if len(str(value)) < _LONGEST}


def last_print(store: Store, letter: int) -> tuple[Content | None, tuple[KasseError, ...]]:
    """Return the text of a letter as it was last printed, none where it was not, and a finding where it was changed."""
    row = store.one(_CONTENT, letter=letter)
    if row is None or not row[0]:  # not printed yet, or erased
        return None, ()
    if not is_printed(*row):
        return None, (ChangedPrintError(letter=letter),)
    found: Content = json.loads(row[0])
    return found, ()
