"""How old what is open is, as of any day: one line a group, one sum for each span of days past the due day."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ledger.book.offices_store import check_office
from ledger.items.store import ItemKind
from ledger.reports.items_store import as_of
from ledger.store.engines import Store

Group = Literal["office", "kind", "profile", "year", "account"]
SPANS = (0, 30, 90, 365, 1096)
"""The last day past due of each span but the last: not yet due, a month, a quarter, a year, three years, older."""
_GROUPS = {
    "office": "i.office", "kind": "i.kind", "profile": "coalesce(i.profile, '')", "year": "substr(i.due, 1, 4)",
    "account": "i.office || ':' || i.account",
}  # fmt: skip
_AGEING = """
    SELECT {group}, i.kind, count(*), sum({{open}}), {spans}
    FROM item i {{later}} WHERE {{open}} > 0 {{wanted}} GROUP BY {group}, i.kind ORDER BY i.kind, {group}"""


@dataclass(frozen=True, slots=True)
class Ageing:
    """What is open in a group, in all and by the days it is past due; amounts are positive."""

    group: str
    kind: str
    count: int
    open_cents: int
    not_due_cents: int
    month_cents: int
    quarter_cents: int
    year_cents: int
    three_years_cents: int
    older_cents: int


def ageing(
    store: Store, day: str, *, by: Group = "office", office: str | None = None, kind: ItemKind | None = None
) -> tuple[Ageing, ...]:
    """Return what was open at the end of the day by group and kind; the due day is that of now.

    Unclear money counts from its day at the bank. Raises `UnknownOfficeError`.
    """
    check_office(store, office)
    here = date.fromisoformat(day)
    ends = [(here - timedelta(days=span)).isoformat() for span in SPANS]
    spans = [f"i.due >= '{ends[0]}'"]
    spans += [f"i.due >= '{end}' AND i.due < '{start}'" for start, end in itertools.pairwise(ends)]
    spans.append(f"i.due < '{ends[-1]}'")
    sums = ", ".join(f"sum(CASE WHEN {span} THEN {{open}} ELSE 0 END)" for span in spans)
    sql = _AGEING.format(group=_GROUPS[by], spans=sums)
    text, values = as_of(store, sql, day, office, kind)
    return tuple(Ageing(str(row[0]), row[1], *map(int, row[2:])) for row in store.rows(text, **values))
