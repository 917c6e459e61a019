"""Seals of legal events of claims: what letters, persons and take-overs noted is hashed in the event log.

The step that writes some tells hashes over up to a hundred of them at once. An event that goes on may end later, any
may be withdrawn: the steps of that tell which. What a relief noted is sealed with the relief.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice

from ledger.events.bound import Bound, unbound
from ledger.events.seals_store import MasterDataError
from ledger.events.store import Fact
from ledger.items.item_seals import SPAN, spans
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

FACT = "claim_event_seal"
"""The fact of an event that seals legal events: `OFFICE:FIRST-LAST:HASH …`."""
MOST = 100
SEALED = (
    "id", "item", "kind", "day", "until", "ongoing", "amount_cents", "letter", "debtor", "made_by", "made_at",
)  # fmt: skip
_DIGITS = 32
_ROWS = f"""
    SELECT {", ".join("CASE WHEN ongoing = 1 THEN NULL ELSE until END" if one == "until" else one for one in SEALED)}
    FROM claim_event WHERE office = :office AND relief IS NULL ORDER BY id"""
_OFFICES = "SELECT DISTINCT office FROM claim_event"
_TOLD = """
    SELECT action, office, object, "by", at, facts FROM event
    WHERE action LIKE 'limitation.%' OR action IN ('letter.post', 'letter.serve', 'letter.address', 'letter.return',
        'opening.events')"""
_ENDED = "SELECT office, id, until FROM claim_event WHERE relief IS NULL AND ongoing = 1 AND until IS NOT NULL"
_WITHDRAWN = """
    SELECT office, id, CASE WHEN kind = 'demand' THEN letter END, withdrawn_by, withdrawn_at FROM claim_event
    WHERE relief IS NULL AND (withdrawn_at IS NOT NULL OR withdrawn_by IS NOT NULL)"""
_DEMANDS = "SELECT office, id FROM claim_event WHERE letter = :letter AND kind = 'demand' AND relief IS NULL"
Key = tuple[str, int]
Sign = tuple[int | None, str | None]


class LegalEventError(KasseError):
    """A legal event of a claim, or one of several, is not what the event log tells."""

    code = "verify.legal_event"
    template = N_("legal event {number} of claims of {office}: {state} past the event log")
    hint = MasterDataError.hint


def hash_of(rows: Iterable[Row]) -> str:
    """Return the hash over legal events as `SEALED` names their columns."""
    found = sha256()
    for row in rows:
        found.update(ascii(tuple(row)).encode())
    return found.hexdigest()[:_DIGITS]


def event_seals(columns: Sequence[str], rows: Iterable[Row]) -> list[str]:
    """Return the hashes of legal events that are written: those of an office come by their numbers, without a gap."""
    waiting: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        known = dict(zip(columns, row, strict=True))
        waiting[known["office"]].append(tuple(known.get(name) for name in SEALED))
    return [
        f"{office}:{Bound(some[0][0], some[-1][0], hash_of(some)).text}"
        for office, known in sorted(waiting.items())
        for some in (known[at : at + SPAN] for at in range(0, len(known), SPAN))
    ]


def sealed_events(columns: Sequence[str], rows: Iterable[Row]) -> dict[str, Fact]:
    """Return the fact that tells of legal events that this unit of work wrote, for `record`; none for none."""
    return told_events(event_seals(columns, rows))


def seal_noted(store: Store, office: str, item: int, number: int) -> dict[str, Fact]:
    """Return the fact that tells of a legal event that this unit of work noted at a claim, for `record`."""
    where = "WHERE office = :office AND item = :item AND id = :number"
    sql = f"SELECT {', '.join(('office', *SEALED))} FROM claim_event {where}"
    return sealed_events(("office", *SEALED), store.all(sql, office=office, item=item, number=number))


def told_events(seals: Sequence[str]) -> dict[str, Fact]:
    """Return hashes as the fact of an event, none for none."""
    return {FACT: " ".join(seals)} if seals else {}


@dataclass(slots=True)
class _Told:
    """What the event log says of legal events: their hashes, until when they last, who withdrew which."""

    made: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    ended: dict[Key, str] = field(default_factory=dict)
    withdrawn: dict[Key, Sign] = field(default_factory=dict)
    returned: dict[int, tuple[Sign, int]] = field(default_factory=dict)

    def take(self, action: str, office: str, name: str | None, sign: Sign, facts: dict[str, Fact]) -> None:
        for where, span in spans(str(facts.get(FACT, ""))):
            self.made[where].append(span.text)
        if action == "limitation.end":
            self.ended[office, int(str(facts["number"]))] = str(facts["until"])
        elif action == "limitation.withdraw":
            self.withdrawn[office, int(str(facts["number"]))] = sign
        elif action == "letter.return" and facts["withdrawn"]:
            self.returned[int(str(name).partition(":")[2])] = sign, int(str(facts["withdrawn"]))


def wrong_events(store: Store) -> Iterator[KasseError]:
    """Yield the legal events that somebody added, changed, ended or withdrew past the event log."""
    with store.snapshot():
        told = _Told()
        for action, office, name, by, at, facts in store.stream(_TOLD):
            told.take(action, office, name, (int(str(by).partition("/")[0]), at), json.loads(facts))
        yield from islice(_unbound(store, told.made), MOST)
        for office, number in islice(sorted({*_other_ends(store, told), *_other_withdrawals(store, told)}), MOST):
            yield LegalEventError(office=office, number=number, state="changed")


def _unbound(store: Store, made: dict[str, list[str]]) -> Iterator[KasseError]:
    for office in sorted(made.keys() | {office for (office,) in store.rows(_OFFICES)}):
        for row, state in unbound(store.stream(_ROWS, office=office), made.get(office, ()), hash_of):
            yield LegalEventError(office=office, number=row, state=state)


def _other_ends(store: Store, told: _Told) -> Iterator[Key]:
    """Yield the events that last until another day than their step said."""
    found = {(office, number): until for office, number, until in store.rows(_ENDED)}
    yield from (key for key in found.keys() | told.ended.keys() if found.get(key) != told.ended.get(key))


def _other_withdrawals(store: Store, told: _Told) -> Iterator[Key]:
    """Yield what was withdrawn by no step, and what a step withdrew that still counts."""
    left, counts = dict(told.withdrawn), {letter: count for letter, (_, count) in told.returned.items()}
    for office, number, letter, *sign in store.rows(_WITHDRAWN):
        if left.get((office, number)) == tuple(sign):
            del left[office, number]
        elif letter in counts and told.returned[letter][0] == tuple(sign):
            counts[letter] -= 1
        else:
            yield office, number
    yield from left
    for letter in (letter for letter, count in counts.items() if count):
        yield from ((office, number) for office, number in store.rows(_DEMANDS, letter=letter))
