"""Letters as people and scripts read them, and what their print is composed of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from enforcement.letters import LetterRow, TaskRow, UnknownLetterError
from enforcement.letters_facts import FeeLine, Instalment, LetterClaim, LetterFacts, ReliefFacts
from enforcement.letters_paper import Addressee
from ledger.store.engines import Row, Store

_LIST = """
    SELECT l.id, l.kind, l.state, l.way, l.party, coalesce(p.legal_name, p.name), l.reference, l.sum_cents, l.day,
        l.run, pr.planned_on, l.posted_on, l.deemed_on,
        CASE WHEN l.state = 'returned' THEN NULL ELSE l.term_end END, l.served_on, l.returned_on,
        coalesce(l.content_sha256, pr.content_sha256), coalesce(l.pdf_sha256, pr.pdf_sha256)
    FROM letter l JOIN party p ON p.id = l.party
    LEFT JOIN letter_print pr ON pr.letter = l.id
        AND pr.number = (SELECT max(x.number) FROM letter_print x WHERE x.letter = l.id)
    WHERE (CAST(:number AS BIGINT) IS NULL OR l.id = :number)
      AND (CAST(:state AS TEXT) IS NULL OR l.state = :state) AND (CAST(:kind AS TEXT) IS NULL OR l.kind = :kind)
      AND (CAST(:party AS BIGINT) IS NULL OR l.party = :party) AND (CAST(:run AS BIGINT) IS NULL OR l.run = :run)
    ORDER BY l.id"""
_TASKS = """
    SELECT t.id, t.party, coalesce(p.legal_name, p.name), p.street, p.house_number, p.postcode, p.town, t.letter,
        t.opened_on, t.reason, t.done_on, t.done_note
    FROM address_task t JOIN party p ON p.id = t.party
    WHERE (:done = 1 OR t.done_on IS NULL) ORDER BY t.id"""
_ADDRESS = "{a}.legal_name, {a}.name, {a}.street, {a}.house_number, {a}.postcode, {a}.town, {a}.country"
_HEADS = f"""
    SELECT l.id, l.kind, l.way, l.profile, l.day, l.reference, l.sum_cents, l.party,
        {_ADDRESS.format(a="d")}, {_ADDRESS.format(a="r")}
    FROM chosen_letter c JOIN letter l ON l.id = c.letter JOIN party d ON d.id = l.party
    JOIN party r ON r.id = coalesce(l.recipient, l.party) ORDER BY l.id"""
_CLAIMS = """
    SELECT x.letter, x.office, x.item, coalesce(m.reference, i.reference), i.purpose, i.profile, i.claim_kind,
        i.main_item, coalesce(r.due_before, i.due), x.open_cents, x.charge_cents, x.charge_kind, x.level_after,
        i.amount_cents
    FROM chosen_letter c JOIN letter_item x ON x.letter = c.letter
    JOIN item i ON i.office = x.office AND i.id = x.item
    LEFT JOIN item m ON m.office = i.office AND m.id = i.main_item
    JOIN letter l ON l.id = c.letter
    LEFT JOIN relief_item r ON r.relief = l.relief AND r.office = x.office AND r.item = x.item
    ORDER BY x.letter, x.line"""
_FEES = """
    SELECT l.id, f.schedule, f.norm, f.cents FROM chosen_letter c JOIN letter l ON l.id = c.letter
    JOIN letter_fee f ON f.letter = coalesce(l.copy_of, l.id)
    WHERE l.copy_of IS NULL OR EXISTS (
        SELECT 1 FROM letter_item x WHERE x.letter = l.id AND x.office = f.office AND x.item = f.main_item)
    ORDER BY l.id, f.line"""
_JOINT = """
    SELECT c.letter, coalesce(p.legal_name, p.name) FROM chosen_letter c JOIN letter l ON l.id = c.letter
    JOIN letter o ON o.id = l.copy_of JOIN party p ON p.id = o.party
    UNION SELECT c.letter, coalesce(p.legal_name, p.name) FROM chosen_letter c
    JOIN letter o ON o.copy_of = c.letter JOIN party p ON p.id = o.party
    UNION SELECT c.letter, coalesce(p.legal_name, p.name) FROM chosen_letter c JOIN letter l ON l.id = c.letter
    JOIN letter o ON o.copy_of = l.copy_of AND o.id <> l.id JOIN party p ON p.id = o.party ORDER BY 1, 2"""
_RELIEFS = """
    SELECT l.id, r.id, r.kind, r.first_day, r.last_day, r.watch_day, r.reason,
        coalesce(r.ended_reason, r.decided_reason), r.reference, r.document,
        CAST(coalesce((SELECT sum(k.cents) FROM relief_paid k WHERE k.relief = r.id), 0) AS BIGINT)
    FROM chosen_letter c JOIN letter l ON l.id = c.letter JOIN relief r ON r.id = l.relief"""
_INSTALMENTS = """
    SELECT l.id, n.due, n.cents, n.interest_cents FROM chosen_letter c JOIN letter l ON l.id = c.letter
    JOIN relief_instalment n ON n.relief = l.relief ORDER BY l.id, n.line"""


def letters(
    store: Store,
    *,
    number: int | None = None,
    state: str | None = None,
    kind: str | None = None,
    party: int | None = None,
    run: int | None = None,
) -> Iterator[LetterRow]:
    """Yield letters by their numbers; inside `snapshot` or a unit."""
    for row in store.stream(_LIST, number=number, state=state, kind=kind, party=party, run=run):
        yield LetterRow(*row)


def find_letter(store: Store, number: int) -> LetterRow:
    """Return one letter; raises `UnknownLetterError`."""
    row = store.one(_LIST, number=number, state=None, kind=None, party=None, run=None)
    if row is None:
        raise UnknownLetterError(letter=number)
    return LetterRow(*row)


def tasks(store: Store, *, done: bool = False) -> list[TaskRow]:
    """Return the addresses that are to be found out, with `done` also those that were."""
    return [_task(row) for row in store.rows(_TASKS, done=int(done))]


def _task(row: Row) -> TaskRow:
    street, house, postcode, town = (part or "" for part in row[3:7])
    address = ", ".join(filter(None, (f"{street} {house}".strip(), f"{postcode} {town}".strip())))
    return TaskRow(*(*row[:3], address, *row[7:]))


def choose(store: Store, numbers: Iterable[int]) -> None:
    """Make the temporary table of the letters that a step is about; `unchoose` drops it. Inside a unit."""
    store.execute("CREATE TEMPORARY TABLE chosen_letter (letter BIGINT)")
    store.insert("chosen_letter", ("letter",), [(number,) for number in numbers])


def unchoose(store: Store) -> None:
    """Drop the temporary table of chosen letters."""
    store.execute("DROP TABLE chosen_letter")


def chosen_facts(store: Store) -> list[LetterFacts]:
    """Return the facts of the chosen letters, by number."""
    claims = _grouped(store.rows(_CLAIMS), lambda row: LetterClaim(*row))
    fees = _grouped(store.rows(_FEES), lambda row: FeeLine(*row))
    parts = _grouped(store.rows(_INSTALMENTS), lambda row: Instalment(*row))
    joint = _grouped(store.rows(_JOINT), lambda row: str(row[0]))
    reliefs = {row[0]: ReliefFacts(*(*row[2:-1], tuple(parts[row[0]]), row[-1])) for row in store.rows(_RELIEFS)}
    found = [_facts(row, claims, fees, reliefs.get(row[0])) for row in store.all(_HEADS)]
    return [replace(one, joint=tuple(joint[one.number])) if one.number in joint else one for one in found]


def _facts(
    row: Row, claims: dict[int, list[LetterClaim]], fees: dict[int, list[FeeLine]], relief: ReliefFacts | None
) -> LetterFacts:
    number, kind, way, profile, day, reference, sum_cents, party = row[:8]
    if relief is not None and kind == "ratenplan":
        reference = relief.reference or reference
    return LetterFacts(
        number, kind, way, _addressee(row[8:15]), _addressee(row[15:22]), profile, day, reference, sum_cents,
        tuple(claims[number]), tuple(fees[number]), relief, (), party,
    )  # fmt: skip


def _addressee(row: Sequence[Any]) -> Addressee:
    legal_name, name, *place = row
    return Addressee(legal_name or name, *place)


def _grouped(rows: Iterable[Row], made: Any) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for letter, *rest in rows:
        found[letter].append(made(rest))
    return found
