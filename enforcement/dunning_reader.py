"""Dunning runs as people and scripts read them: runs, letters, their items, what was left out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from enforcement.dunning_runs import LetterItemRow, LetterRow, RunRow, SkipRow, UnknownRunError, UnreleasedRunError
from ledger.store.engines import Store

_RUNS = """
    SELECT r.id, r.state, r.day, r.office, r.letters, r.items, r.skipped, r.sum_cents, r.charge_cents, r.fee_cents,
           m.name, r.made_at, l.name, r.released_at
    FROM dunning_run r JOIN app_user m ON m.id = r.made_by LEFT JOIN app_user l ON l.id = r.released_by
    {where} ORDER BY r.id DESC"""
_LETTERS = """
    SELECT l.id, l.state, l.kind, l.way, l.level, p.id, coalesce(p.legal_name, p.name), p.street, p.house_number,
           p.postcode, p.town, li.count, li.oldest, li.open_cents, li.charge_cents, l.fee_cents, l.sum_cents,
           l.reference
    FROM letter l JOIN party p ON p.id = l.party
    JOIN (SELECT x.letter, count(*) AS count, min(i.due) AS oldest, sum(x.open_cents) AS open_cents,
                 sum(x.charge_cents) AS charge_cents
          FROM letter_item x JOIN letter y ON y.id = x.letter AND y.run = :run
          JOIN item i ON i.office = x.office AND i.id = x.item GROUP BY x.letter) li ON li.letter = l.id
    WHERE l.run = :run ORDER BY l.id"""
_ITEMS = """
    SELECT l.id, l.kind, p.id, coalesce(p.legal_name, p.name), p.street, p.house_number, p.postcode, p.town,
           i.office, i.id, i.reference, i.purpose, i.profile, i.due, r.day, i.amount_cents, x.open_cents,
           x.charge_cents, x.level_after, x.limitation_end
    FROM letter l JOIN dunning_run r ON r.id = l.run
    JOIN letter_item x ON x.letter = l.id JOIN item i ON i.office = x.office AND i.id = x.item
    JOIN party p ON p.id = l.party
    WHERE l.run = :run ORDER BY l.id, x.line"""
_SKIPS = """
    SELECT s.office, s.item, i.reference, i.party, coalesce(p.legal_name, p.name), i.due, i.open_cents, s.why, s.until
    FROM dunning_skip s JOIN item i ON i.office = s.office AND i.id = s.item LEFT JOIN party p ON p.id = i.party
    WHERE s.run = :run AND (CAST(:why AS TEXT) IS NULL OR s.why = :why) ORDER BY s.why, i.due, s.office, s.item"""


def runs(store: Store) -> Iterator[RunRow]:
    """Yield all dunning runs, the newest first."""
    for row in store.rows(_RUNS.format(where="")):
        yield RunRow(*row)


def find_run(store: Store, number: int) -> RunRow:
    """Return one dunning run; raises `UnknownRunError`."""
    row = store.one(_RUNS.format(where="WHERE r.id = :run"), run=number)
    if row is None:
        raise UnknownRunError(run=number)
    return RunRow(*row)


def unreleased(store: Store, first: str, last: str) -> Iterator[UnreleasedRunError]:
    """Yield the proposals of these days that nobody released or discarded, for the closing of the last one."""
    after = (date.fromisoformat(last) + timedelta(days=1)).isoformat()
    for run in runs(store):
        if run.state == "proposed" and run.letters and first <= run.day <= last:
            fields: dict[str, Any] = {"day": run.day, "letters": run.letters, "sum_cents": run.sum_cents, "next": after}
            yield UnreleasedRunError(run=run.number, **fields)


def letters(store: Store, run: int) -> Iterator[LetterRow]:
    """Yield the letters of a run by their numbers; inside `snapshot` or a unit."""
    for row in store.stream(_LETTERS, run=run):
        street, house, postcode, town = (part or "" for part in row[7:11])
        address = ", ".join(filter(None, (f"{street} {house}".strip(), f"{postcode} {town}".strip())))
        count, oldest, open_cents, charge_cents, fee_cents, sum_cents, reference = row[11:]
        amounts = (int(open_cents), int(charge_cents), fee_cents, sum_cents)
        yield LetterRow(*(*row[:7], address, count, oldest, *amounts, reference))


def letter_items(store: Store, run: int) -> Iterator[LetterItemRow]:
    """Yield the items of all letters of a run, letter by letter; inside `snapshot` or a unit."""
    ages: dict[tuple[str, str], int] = {}
    for row in store.stream(_ITEMS, run=run):
        due, day = row[13], row[14]
        if (due, day) not in ages:
            ages[due, day] = (date.fromisoformat(day) - date.fromisoformat(due)).days
        yield LetterItemRow(*(*row[:14], ages[due, day], *row[15:]))


def skipped(store: Store, run: int, why: str | None = None) -> Iterator[SkipRow]:
    """Yield what a run left out, by reason and due day; inside `snapshot` or a unit."""
    for row in store.stream(_SKIPS, run=run, why=why):
        yield SkipRow(*row)


def skip_counts(store: Store, run: int) -> dict[str, int]:
    """Return how many claims a run left out for each reason."""
    sql = "SELECT why, count(*) FROM dunning_skip WHERE run = :run GROUP BY why ORDER BY why"
    return {why: int(count) for why, count in store.rows(sql, run=run)}
