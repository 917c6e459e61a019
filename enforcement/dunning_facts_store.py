"""What a dunning proposal looks up before it walks the claims: letters, payments, events, money that may be theirs."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from operator import itemgetter

from enforcement.charges import Payment
from enforcement.charges_values import CASH, TRANSFER
from enforcement.dunning import Gathering
from enforcement.dunning_rules import Rulebook
from enforcement.events_reader import events_of_overdue
from enforcement.law import Law
from enforcement.limitation import LimitationEvent
from enforcement.limitation_watch import Lawbook
from enforcement.limitation_watch_reader import CHUNK, named_claims
from enforcement.lump_reader import lumps_demanded
from enforcement.taken_off_reader import CANCELLED, TAKEN_OFF, given_back
from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.book.place_store import place_of
from ledger.items.locks_store import active_locks
from ledger.payments.collection_waiting_store import under_collection
from ledger.store.engines import Store

SETTLED_DAYS = 366
"""How far back claims are looked at that were paid too late; what the Kasse does not ask for within a year is past."""
_SETTLED = "CREATE TEMPORARY TABLE settled_late (office TEXT, item BIGINT)"
_FILL_SETTLED = """
    INSERT INTO settled_late
    SELECT DISTINCT i.office, i.id FROM clearing c CROSS JOIN clearing_line l CROSS JOIN item i
    WHERE l.office = c.office AND l.clearing = c.id AND i.office = l.office AND i.id = l.item
      AND c.payment_day >= :since AND c.kind IN ('bank', 'assign', 'cash', 'setoff') AND l.cents > 0
      AND i.kind = 'receivable' AND i.open_cents = 0 AND i.main_item IS NULL AND i.profile IS NOT NULL
      AND i.party IS NOT NULL AND i.due < c.payment_day AND NOT EXISTS (
          SELECT 1 FROM relief_item x JOIN relief r ON r.id = x.relief
          WHERE x.office = i.office AND x.item = i.id AND x.position IS NOT NULL AND r.state IN ('granted', 'ended')
            AND r.kind IN ('niederschlagung_unbefristet', 'insolvenz', 'tod'))"""
"""Paid or set off, but too late (§ 240 (1) sentence 5 AO).

Not where the rest was given up, ended with its debtor or by a discharge (§§ 286, 301 InsO).
"""
WANTED = """
    i.kind = 'receivable' AND (CAST(:office AS TEXT) IS NULL OR i.office = :office)
    AND (i.open_cents > 0 AND i.due < :day OR i.open_cents = 0 AND EXISTS (
        SELECT 1 FROM settled_late z WHERE z.office = i.office AND z.item = i.id))"""
"""Open and overdue claims, and those of `settled_late`: paid, but too late."""
_CREDITS = """
    SELECT party, sum(open_cents) FROM item
    WHERE kind IN ('credit', 'payable') AND open_cents > 0 AND party IS NOT NULL GROUP BY party"""
_JOINT = """
    SELECT office, item, party FROM item_debtor
    WHERE since <= :day AND (released_on IS NULL OR released_on > :day) ORDER BY office, item, party"""
"""Also of claims that are paid: interest and fees of them may be open."""
_ASKED = """
    SELECT DISTINCT d.office, d.item, d.party FROM item_debtor d
    JOIN letter_item x ON x.office = d.office AND x.item = d.item JOIN letter l ON l.id = x.letter
    WHERE l.party = d.party AND l.state IN ('posted', 'served') AND x.level_after > 0"""
_GONE = "SELECT party, kind FROM relief WHERE state = 'granted' AND kind IN ('tod', 'insolvenz') ORDER BY kind"
_LETTERS = """
    CREATE TEMPORARY TABLE dunned_letter (office TEXT, item BIGINT, term_end TEXT, letter_open INTEGER)"""
_FILL_LETTERS = """
    INSERT INTO dunned_letter
    SELECT li.office, li.item, max(l.term_end), max(CASE WHEN l.state IN ('made', 'released') THEN 1 ELSE 0 END)
    FROM letter l JOIN letter_item li ON li.letter = l.id
    WHERE l.state IN ('made', 'released', 'posted', 'served') AND li.level_after > 0
    GROUP BY li.office, li.item"""
_PAID = f"""
    SELECT l.office, l.item, c.payment_day, l.cents, c.kind FROM item i
    JOIN clearing_line l ON l.office = i.office AND l.item = i.id
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    WHERE {WANTED} AND i.open_cents < i.amount_cents AND i.main_item IS NULL AND i.profile IS NOT NULL
      AND c.resets IS NULL AND NOT EXISTS (SELECT 1 FROM clearing r WHERE r.office = c.office AND r.resets = c.id)
      AND l.cents > 0
    ORDER BY l.office, l.item, c.payment_day"""
_LONE = """
    SELECT s.office, s.main_item, s.id FROM item s JOIN item m ON m.office = s.office AND m.id = s.main_item
    WHERE s.kind = 'receivable' AND s.open_cents > 0 AND s.due < :day AND m.open_cents = 0
      AND (CAST(:office AS TEXT) IS NULL OR s.office = :office) ORDER BY s.office, s.main_item, s.id"""
"""Overdue side claims of claims that are settled: no row of a main claim says whether they are time-barred."""
_REMEMBERED = ("dunned_letter", "settled_late", "cancelled_main")


def gathering_of(store: Store, day: dt.date, wait_days: int, office: str | None, law: Law) -> Gathering:
    """Return what the rules need to know besides the rows; makes temporary tables that `forget` drops."""
    here = day.isoformat()
    _remember(store, day)
    paid: dict[tuple[str, int], tuple[Payment, ...]] = {}
    reduced: dict[tuple[str, int], tuple[Payment, ...]] = {}
    shared, personal = events_of_overdue(store, here)
    events = dict(shared)
    for code, item, paid_on, cents, kind in store.rows(_PAID, day=here, office=office):
        paid_day = dt.date.fromisoformat(paid_on)
        if kind in TAKEN_OFF:
            reduced[code, item] = (*reduced.get((code, item), ()), Payment(paid_day, int(cents)))
            continue
        paid[code, item] = (
            *paid.get((code, item), ()),
            Payment(paid_day, int(cents), CASH if kind == "cash" else TRANSFER),
        )
        if kind in {"bank", "assign", "cash"}:  # what the debtor paid, which some laws take for an acknowledgement
            events[code, item] = (*events.get((code, item), ()), LimitationEvent("payment", paid_day))
    fallen = _fallen(store, day, office, law)
    book = Rulebook(
        day, place_of(store), law, wait_days, paid, events, personal, reduced, fallen, lumps_demanded(store, law),
        given_back(store),
    )  # fmt: skip
    owed = {party: int(cents) for party, cents in store.rows(_CREDITS)}
    waiting = may_be_paid_by(store) | under_collection(store, day)
    joint: dict[tuple[str, int], tuple[int, ...]] = {}
    for code, item, party in store.rows(_JOINT, day=here):
        joint[code, item] = (*joint.get((code, item), ()), party)
    asked = {(code, item, party) for code, item, party in store.rows(_ASKED)} if joint else set[tuple[str, int, int]]()
    gone = {party: "dead" if kind == "tod" else "insolvent" for party, kind in store.rows(_GONE)}
    return Gathering(book, waiting, owed, active_locks(store, "dunning", here), joint, asked, gone)


def _fallen(store: Store, day: dt.date, office: str | None, law: Law) -> dict[tuple[str, int], dt.date]:
    """Return the side claims of settled claims whose period is over, with its end: they fall with their main claim."""
    found: dict[tuple[str, int], dt.date] = {}
    lawbook = Lawbook(place_of(store), law)
    rows = store.all(_LONE, day=day.isoformat(), office=office)
    for code, group in groupby(rows, key=itemgetter(0)):
        sides: dict[int, list[int]] = {}
        for _, main, side in group:
            sides.setdefault(main, []).append(side)
        mains = list(sides)
        for at in range(0, len(mains), CHUNK):
            for claim, happened in named_claims(store, code, mains[at : at + CHUNK]):
                end = lawbook.standing(claim, happened).end
                if end is not None and end < day:
                    found |= {(code, side): end for side in sides[claim.item]}
    return found


def _remember(store: Store, day: dt.date) -> None:
    """Make the temporary tables."""
    store.execute(_LETTERS)
    store.execute(_FILL_LETTERS)
    store.execute(_SETTLED)
    store.execute(_FILL_SETTLED, since=(day - dt.timedelta(days=SETTLED_DAYS)).isoformat())
    store.execute("CREATE TEMPORARY TABLE cancelled_main (office TEXT, item BIGINT)")
    store.execute(f"INSERT INTO cancelled_main {CANCELLED}")
    for table in _REMEMBERED:
        store.execute(f"CREATE INDEX ix_{table} ON {table} (office, item)")


def forget(store: Store) -> None:
    """Drop the temporary tables."""
    for table in _REMEMBERED:
        store.execute(f"DROP TABLE {table}")
