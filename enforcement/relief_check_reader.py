"""Looking through all relief that was granted for what a person has to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

from enforcement.events_reader import CANCELLED
from enforcement.law import Law
from enforcement.relief import KINDS
from enforcement.relief_checks import SideClaimsLeftError, findings
from enforcement.relief_estate_reader import money_of_estates
from enforcement.relief_law import DEFAULT_LAND
from enforcement.relief_propose_store import relief_book
from enforcement.relief_reader import find_relief, reliefs
from ledger.items.items_reader import item_name
from ledger.store.engines import Store
from sepa.errors import KasseError

_SIDES = f"""
    SELECT s.office, s.main_item, s.id, s.open_cents, coalesce(p.legal_name, p.name)
    FROM ({CANCELLED}) g CROSS JOIN item s LEFT JOIN party p ON p.id = s.party
    WHERE s.office = g.office AND s.main_item = g.item AND s.kind = 'receivable' AND +s.open_cents > 0
      AND NOT EXISTS (SELECT 1 FROM relief_item x JOIN relief r ON r.id = x.relief
                      WHERE x.office = s.office AND x.item = s.id AND r.state = 'proposed')
    ORDER BY s.office, s.main_item, s.id"""


def check(store: Store, day: dt.date, *, law: Law | None = None) -> tuple[KasseError, ...]:
    """Return what granted relief wants done: failed plans, watch days, what ran out, heirs, claims not filed.

    Nothing is written and nothing ends by itself.
    """
    book, found = relief_book(store, law), list[KasseError]()
    rows = [row for row in reliefs(store, state="granted") if not KINDS[row.kind].ends_claims]
    for row in sorted(rows, key=lambda one: one.number):
        relief = find_relief(store, row.number)
        profile = book.profile(row.profile)
        found += findings(relief, profile, day, land=book.land or DEFAULT_LAND, law=book.law)
    return (*found, *money_of_estates(store, day), *_left(store))


def _left(store: Store) -> Iterator[KasseError]:
    """Yield claims that were taken off while their side claims stayed and nothing is proposed about them."""
    for (office, main), group in groupby(store.rows(_SIDES), key=lambda row: (row[0], row[1])):
        rows = list(group)
        yield SideClaimsLeftError(
            item=item_name(office, main), party=rows[0][4], sides=", ".join(item_name(office, row[2]) for row in rows),
            open_cents=sum(int(row[3]) for row in rows),
        )  # fmt: skip
