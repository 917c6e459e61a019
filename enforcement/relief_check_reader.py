"""Looking through all relief that was granted for what a person has to decide."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from contextlib import suppress
from itertools import groupby

from enforcement.law import Law
from enforcement.law.figures import DayAfterLawError, DayBeforeLawError
from enforcement.law.rules import LATE_KINDS, LUMP_KIND
from enforcement.lump_reader import lumps_beside_costs
from enforcement.relief import KINDS, ItemKey, Owed
from enforcement.relief_checks import LumpCreditedError, OverchargedError, SideClaimsLeftError, findings
from enforcement.relief_estate_reader import money_of_estates
from enforcement.relief_law import DEFAULT_LAND, ReliefBook
from enforcement.relief_propose_store import relief_book
from enforcement.relief_reader import find_relief, in_default, reliefs
from enforcement.taken_off_reader import CANCELLED, GIVEN_BACK, KEPT, TAKEN_OFF
from ledger.items.items_reader import item_name
from ledger.store.engines import Store
from sepa.errors import KasseError

DEMANDED_KINDS = str((*LATE_KINDS, LUMP_KIND))
_SIDES = f"""
    SELECT s.office, s.main_item, s.id, s.open_cents, coalesce(p.legal_name, p.name)
    FROM ({CANCELLED}) g CROSS JOIN item s LEFT JOIN party p ON p.id = s.party
    WHERE s.office = g.office AND s.main_item = g.item AND s.kind = 'receivable' AND +s.open_cents > 0
      AND NOT EXISTS (SELECT 1 FROM relief_item x JOIN relief r ON r.id = x.relief
                      WHERE x.office = s.office AND x.item = s.id AND r.state = 'proposed')
    ORDER BY s.office, s.main_item, s.id"""

_REDUCED = f"""
    SELECT i.office, i.id, i.account, i.open_cents, i.due, 0, NULL, i.profile, i.claim_kind, NULL, i.party, i.reference,
           i.amount_cents, i.opened_on, 0, 0, i.original_due, CAST(d.cents AS BIGINT), CAST(d.lump_cents AS BIGINT),
           coalesce(p.legal_name, p.name)
    FROM (SELECT s.office AS office, s.main_item AS item,
                 sum(CASE WHEN s.claim_kind = '{LUMP_KIND}' THEN 0 ELSE {KEPT} END) AS cents,
                 sum(CASE WHEN s.claim_kind = '{LUMP_KIND}' THEN {KEPT} ELSE 0 END) AS lump_cents
          FROM (SELECT DISTINCT l.office AS office, l.item AS item FROM clearing c CROSS JOIN clearing_line l
                WHERE (c.kind IN {TAKEN_OFF} OR c.kind = 'setoff' AND c.payment_day < c.posting_day)
                  AND c.resets IS NULL AND l.office = c.office AND l.clearing = c.id
                  AND NOT EXISTS (SELECT 1 FROM clearing z WHERE z.office = c.office AND z.resets = c.id)
                UNION SELECT b.office, b.item FROM ({GIVEN_BACK}) b
                UNION SELECT e.office, e.item FROM claim_event e
                WHERE e.kind IN ('deferral', 'suspended_execution') AND e.withdrawn_at IS NULL) g
          CROSS JOIN item s WHERE s.office = g.office AND s.main_item = g.item AND s.claim_kind IN {DEMANDED_KINDS}
            AND s.kind = 'receivable' AND NOT {in_default("s")}
            AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.office = s.office AND r.reverses = s.position)
            AND NOT EXISTS (SELECT 1 FROM relief_item x JOIN relief r ON r.id = x.relief
                            WHERE x.office = s.office AND x.item = s.id AND r.state = 'proposed')
            AND NOT EXISTS (SELECT 1 FROM relief_paid x JOIN relief r ON r.id = x.relief
                            WHERE x.office = s.office AND x.item = s.id AND r.state = 'proposed')
          GROUP BY s.office, s.main_item) d
    JOIN item i ON i.office = d.office AND i.id = d.item LEFT JOIN party p ON p.id = i.party
    WHERE (i.office, i.id) NOT IN (SELECT g.office, g.item FROM ({CANCELLED}) g)
    ORDER BY i.office, i.id"""


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
    more = *money_of_estates(store, day), *_left(store), *_overcharged(store, book, day)
    lumps = (
        LumpCreditedError(item=item, party=party, costs_cents=costs_cents, over_cents=over_cents)
        for item, party, costs_cents, over_cents in lumps_beside_costs(store, book.law)
    )
    return (*found, *more, *lumps)


def overcharged(
    store: Store, day: dt.date, keys: Collection[ItemKey], *, law: Law | None = None
) -> tuple[KasseError, ...]:
    """Return of these claims those on which too much was demanded for paying late, as `check` does of all."""
    return tuple(_overcharged(store, relief_book(store, law), day, keys)) if keys else ()


def _overcharged(
    store: Store, book: ReliefBook, day: dt.date, keys: Collection[ItemKey] | None = None
) -> Iterator[KasseError]:
    """Yield claims that cost less for paying late until a day than was demanded: reduced, deferred or set off since.

    Where a rate of the day is not known yet nobody can say.
    """
    for *row, late_cents, lump_cents, party in store.all(_REDUCED):
        one = Owed(*row)
        if keys is not None and one.key not in keys:
            continue
        demanded_cents = owed_cents = late_cents + lump_cents
        with suppress(DayAfterLawError, DayBeforeLawError):
            owed_cents = sum(late.cents for late in book.late([one], day)) + min(lump_cents, book.lump(one, day))
        if demanded_cents > owed_cents:
            yield OverchargedError(
                item=item_name(*one.key), party=party, demanded_cents=demanded_cents, owed_cents=owed_cents
            )


def _left(store: Store) -> Iterator[KasseError]:
    """Yield claims that were taken off while their side claims stayed and nothing is proposed about them."""
    for (office, main), group in groupby(store.rows(_SIDES), key=lambda row: (row[0], row[1])):
        rows = list(group)
        yield SideClaimsLeftError(
            item=item_name(office, main), party=rows[0][4], sides=", ".join(item_name(office, row[2]) for row in rows),
            open_cents=sum(int(row[3]) for row in rows),
        )  # fmt: skip
