"""Looking through all relief that was granted for what a person has to decide."""

from __future__ import annotations

import datetime as dt

from enforcement.law import Law
from enforcement.relief import KINDS
from enforcement.relief_checks import findings
from enforcement.relief_law import DEFAULT_LAND
from enforcement.relief_propose_store import relief_book
from enforcement.relief_reader import find_relief, reliefs
from ledger.store.engines import Store
from sepa.errors import KasseError


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
    return tuple(found)
