"""Items against what enforcement did with them: a due day moves by reliefs, a dunning level by letters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ledger.items.items_reader import item_name
from ledger.store.engines import Store
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


def wrong_courses(store: Store) -> Iterator[KasseError]:
    """Yield the items whose due day or dunning was changed by another way than a relief or a letter."""
    for office, item, due, expected in islice(store.rows(f"{_DUES} ORDER BY 1, 2"), MOST):
        yield MovedDueError(name=item_name(office, item), office=office, due=due, expected=expected)
    for office, item, level, day in islice(store.rows(f"{_RAISED} ORDER BY 1, 2"), MOST):
        yield DunningLevelError(name=item_name(office, item), office=office, level=level, day=day)
