"""Items against what enforcement did with them: a due day moves by reliefs, a dunning level by letters.

What was taken over came with both: the event of its take-over seals them, and the first relief or letter of an item
keeps what they were.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice

from ledger.events.bound import Ahead, Bound
from ledger.items.item_seals import COURSE, DUES, course_hash, spans
from ledger.items.items_reader import item_name
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

MOST = 100
# a relief gives an item another due day, lets dunning begin anew, and gives back what was before
_OWN_COURSE = """NOT EXISTS (SELECT 1 FROM relief_item r WHERE r.office = i.office AND r.item = i.id)
    AND NOT EXISTS (
        SELECT 1 FROM entry e WHERE e.office = i.office AND e.position = i.position AND e.kind = 'opening')"""
_SENT = "{0}.state IN ('released', 'posted', 'served', 'returned')"
# a letter that was cancelled raised its items all the same where a joint debtor got a copy of it
_COUNTS = f"({_SENT.format('l')} OR EXISTS (SELECT 1 FROM letter c WHERE c.copy_of = l.id AND {_SENT.format('c')}))"
_DUES = f"SELECT i.office, i.id, i.due, i.original_due FROM item i WHERE i.due <> i.original_due AND {_OWN_COURSE}"
_RAISED = f"""
    SELECT i.office, i.id, i.dunning_level, coalesce(i.dunned_on, '-') FROM item i
    WHERE (i.dunning_level <> 0 OR i.dunned_on IS NOT NULL) AND {_OWN_COURSE} AND NOT EXISTS (
        SELECT 1 FROM letter_item x JOIN letter l ON l.id = x.letter
        WHERE x.office = i.office AND x.item = i.id AND x.level_after = i.dunning_level AND l.day = i.dunned_on
        AND {_COUNTS})"""


_TOLD = f"""SELECT facts FROM event WHERE action IN ('item.make', 'opening.plans')
    AND (facts LIKE '%"{COURSE}":%' OR facts LIKE '%"{DUES}":%')"""
# whichever kept it first: the relief when it was proposed, unless letters had dunned it by then
_TAKEN = """
    WITH relieved AS (SELECT office, item, min(relief) AS relief FROM relief_item GROUP BY office, item),
    dunned AS (SELECT office, item, min(letter) AS letter FROM letter_item WHERE level_after > 0 GROUP BY office, item)
    SELECT i.id, coalesce(r.due_before, i.due),
        CASE WHEN {letter} THEN x.level_before ELSE coalesce(r.level_before, i.dunning_level) END,
        CASE WHEN {letter} THEN x.dunned_before WHEN r.relief IS NULL THEN i.dunned_on ELSE r.dunned_before END
    FROM item i JOIN entry e ON e.office = i.office AND e.position = i.position AND e.kind = 'opening'
    LEFT JOIN relieved f ON f.office = i.office AND f.item = i.id
    LEFT JOIN relief_item r ON r.relief = f.relief AND r.office = i.office AND r.item = i.id
    LEFT JOIN dunned d ON d.office = i.office AND d.item = i.id
    LEFT JOIN letter_item x ON x.letter = d.letter AND x.office = i.office AND x.item = i.id
    WHERE i.office = :office AND i.order_id IS NULL ORDER BY i.id""".format(
    letter="""x.letter IS NOT NULL AND (r.relief IS NULL OR EXISTS (
            SELECT 1 FROM letter_item y JOIN letter l ON l.id = y.letter WHERE y.office = i.office AND y.item = i.id
            AND y.level_after = r.level_before AND l.day = r.dunned_before))"""
)


class MovedDueError(KasseError):
    """An item falls due on another day than it was made for, and no relief moved it."""

    code = "verify.item_due"
    template = N_("item {name} falls due on {due} instead of {expected}, and no relief or plan moved that day")
    hint = N_(
        "see 'kasse item show {name}'; keep this book as it is, compare it with the last backup, and inform the audit "
        "office"
    )


class DunningLevelError(KasseError):
    """An item has another dunning level, or was dunned on another day, than its letters say."""

    code = "verify.item_dunning"
    template = N_("item {name} has the dunning level {level} of {day}, but no letter sent for it says so")
    hint = N_(
        "see 'kasse item show {name}'; dun and enforce nothing for it, keep this book as it is, compare it with the "
        "last backup, and inform the audit office"
    )


class TakenCourseError(KasseError):
    """Items taken over have another due day or dunning level than their list had, and nothing tells why."""

    code = "verify.item_course"
    template = N_("items {name}: due day or dunning changed since they were taken over, and no relief or letter did it")
    hint = N_(
        "see 'kasse item list'; dun and enforce nothing for them, keep this book as it is, compare it with the last "
        "backup, and inform the audit office"
    )


def wrong_courses(store: Store) -> Iterator[KasseError]:
    """Yield the items whose due day or dunning was changed by another way than a relief or a letter."""
    for office, item, due, expected in islice(store.rows(f"{_DUES} ORDER BY 1, 2"), MOST):
        yield MovedDueError(name=item_name(office, item), office=office, due=due, expected=expected)
    for office, item, level, day in islice(store.rows(f"{_RAISED} ORDER BY 1, 2"), MOST):
        yield DunningLevelError(name=item_name(office, item), office=office, level=level, day=day)
    yield from wrong_taken(store)


def wrong_taken(store: Store) -> Iterator[KasseError]:
    """Yield the items taken over whose due day or dunning is not that of their list, reliefs and letters considered."""
    with store.snapshot():
        told, dues = _told(store)
        for office in sorted(told):
            yield from islice(_wrong_of(store, office, told[office], dues), MOST)


def _told(store: Store) -> tuple[dict[str, list[Bound]], dict[tuple[str, int], str]]:
    """Return the hashes of each office, and the due days that plans set back when they were taken over."""
    told: dict[str, list[Bound]] = defaultdict(list)
    dues: dict[tuple[str, int], str] = {}
    for (facts,) in store.all(_TOLD):
        said = json.loads(facts)
        for office, span in spans(said.get(COURSE, "")):
            told[office].append(span)
        for part in said.get(DUES, "").split():
            name, _, due = part.partition("=")
            office, _, item = name.rpartition("/")
            dues[office, int(item)] = due
    return told, dues


def _wrong_of(
    store: Store, office: str, told: list[Bound], dues: dict[tuple[str, int], str]
) -> Iterator[KasseError]:  # fmt: skip
    rows: Iterator[Row] = (
        (row[0], dues.get((office, row[0]), row[1]), *row[2:]) for row in store.stream(_TAKEN, office=office)
    )
    ahead = Ahead(rows)
    for span in sorted(told, key=lambda one: one.first):
        list(ahead.until(span.first - 1))
        if course_hash(list(ahead.until(span.last))) != span.hash:
            name = item_name(office, span.first) + (f"-{span.last}" if span.last > span.first else "")
            yield TakenCourseError(name=name, office=office)
