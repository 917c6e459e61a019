"""What was demanded of claims before that a lump sum for default is less by, § 288 (5) BGB."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from enforcement.law import Law
from enforcement.law.figures import cents
from enforcement.law.rules import LUMP_KIND
from enforcement.lump_sums import LumpLaw
from enforcement.profiles import Profile, profiles
from enforcement.taken_off_reader import KEPT
from ledger.items.items_reader import item_name
from ledger.store.engines import Store

_TAKEN_OFF = """(
        SELECT sum(o.total_cents) FROM cash_order o
        JOIN order_step t ON t.office = o.office AND t.order_id = o.id AND t.step = 'accepted'
        WHERE o.office = s.office AND {of} AND o.act IN ('reduction', 'cancellation')
          AND (CAST(:until AS TEXT) IS NULL OR substr(t.at, 1, 10) <= :until))"""
_OF_ORDER = _TAKEN_OFF.format(of="o.changes = s.order_id")
_OF_TAKEN_OVER = _TAKEN_OFF.format(of="o.changes IS NULL AND o.main_reference = s.office || '/' || CAST(s.id AS TEXT)")
# what an order took off again was never owed; of a lump sum a person decided that, and it is not asked for anew
_KEPT = f"""s.amount_cents - coalesce(CASE WHEN s.claim_kind = '{LUMP_KIND}' THEN 0
        WHEN s.order_id IS NULL THEN {_OF_TAKEN_OVER} ELSE {_OF_ORDER} END, 0)"""
_DEMANDED = f"""
    SELECT s.office, s.main_item, CAST(sum({_KEPT}) AS BIGINT)
    FROM item m JOIN item s ON s.office = m.office AND s.main_item = m.id
    WHERE m.profile IN ({{names}}) AND s.kind = 'receivable' AND s.claim_kind IN ({{kinds}})
      AND (CAST(:until AS TEXT) IS NULL OR s.opened_on <= :until) AND NOT EXISTS (
          SELECT 1 FROM entry r WHERE r.office = s.office AND r.reverses = s.position
            AND (CAST(:until AS TEXT) IS NULL OR r.posting_day <= :until))
    GROUP BY s.office, s.main_item"""
_LEFT = f"""({KEPT} - coalesce(
        CASE WHEN s.order_id IS NULL THEN {_OF_TAKEN_OVER} ELSE {_OF_ORDER} END, 0))"""
_BESIDE = f"""
    SELECT s.office, min(CASE WHEN s.claim_kind = '{LUMP_KIND}' THEN s.id END), m.due, coalesce(p.legal_name, p.name),
           CAST(sum(CASE WHEN s.claim_kind = '{LUMP_KIND}' THEN {_LEFT} ELSE 0 END) AS BIGINT),
           CAST(sum(CASE WHEN s.claim_kind = '{LUMP_KIND}' THEN 0 ELSE {_LEFT} END) AS BIGINT)
    FROM item m JOIN item s ON s.office = m.office AND s.main_item = m.id LEFT JOIN party p ON p.id = m.party
    WHERE m.profile IN ({{names}}) AND s.kind = 'receivable' AND s.claim_kind IN ({{kinds}}) AND NOT EXISTS (
        SELECT 1 FROM entry r WHERE r.office = s.office AND r.reverses = s.position)
      AND NOT EXISTS (SELECT 1 FROM item u JOIN relief_item x ON x.office = u.office AND x.item = u.id
                      JOIN relief r ON r.id = x.relief AND r.state = 'proposed'
                      WHERE u.office = m.office AND u.main_item = m.id AND u.claim_kind = '{LUMP_KIND}')
      AND NOT EXISTS (SELECT 1 FROM item u JOIN relief_paid x ON x.office = u.office AND x.item = u.id
                      JOIN relief r ON r.id = x.relief AND r.state = 'proposed'
                      WHERE u.office = m.office AND u.main_item = m.id AND u.claim_kind = '{LUMP_KIND}')
    GROUP BY s.office, s.main_item, m.due, p.legal_name, p.name ORDER BY s.office, s.main_item"""
_OF_ONE = f"""
    SELECT CAST(coalesce(sum({_KEPT}), 0) AS BIGINT) FROM item s
    WHERE s.office = :office AND s.main_item = :item AND s.kind = 'receivable' AND s.claim_kind IN ({{kinds}})
      AND NOT EXISTS (SELECT 1 FROM entry r WHERE r.office = s.office AND r.reverses = s.position)"""


def lumps_demanded(store: Store, law: Law, until: str | None = None) -> dict[tuple[str, int], int]:
    """Return the cents of lump sums and of costs they are credited against, by claim; `until` a day where one is given.

    An entry that was taken back demands nothing, nor do costs that an order took off; what was paid or waived was
    demanded.
    """
    found: dict[tuple[str, int], int] = {}
    for one in profiles(law).values():
        if one.lump is None:
            continue
        named, names = _listed("name", _names(one))
        kinds, words = _listed("kind", one.lump.kinds)
        sql = _DEMANDED.format(names=named, kinds=kinds)
        rows = store.rows(sql, until=until, **names, **words)
        found |= {(office, item): int(cents) for office, item, cents in rows}
    return found


def lump_demanded(store: Store, key: tuple[str, int], lump: LumpLaw) -> int:
    """Return the same of one claim."""
    kinds, words = _listed("kind", lump.kinds)
    return int(store.value(_OF_ONE.format(kinds=kinds), office=key[0], item=key[1], until=None, **words))


def lumps_beside_costs(store: Store, law: Law) -> Iterator[tuple[str, str, int, int]]:
    """Yield lump sums beside costs of legal pursuit: item, debtor, cents of the costs and what is too much.

    Both together are no more than the higher one (§ 288 (5) sentence 3 BGB), whichever was demanded first.
    """
    for one in profiles(law).values():
        if one.lump is None:
            continue
        named, names = _listed("name", _names(one))
        kinds, words = _listed("kind", one.lump.kinds)
        rows = store.all(_BESIDE.format(names=named, kinds=kinds), until=None, **names, **words)
        for office, item, due, party, lump_cents, costs_cents in rows:
            figure = law.figure(one.lump.figure).on(max(dt.date.fromisoformat(due), _known_from(law, one.lump)))
            over_cents = min(lump_cents, lump_cents + costs_cents - max(cents(figure.value), costs_cents))
            if lump_cents > 0 and over_cents > 0:
                yield item_name(office, item), party, int(costs_cents), int(over_cents)


def _known_from(law: Law, lump: LumpLaw) -> dt.date:
    return law.figure(lump.figure).entries[0].valid_from


def _names(one: Profile) -> tuple[str, ...]:
    """Return the names by which claims say that this is their law."""
    return (one.name, *(word.partition(":")[2] for word in one.stands_for))


def _listed(name: str, words: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """Return parameters for a list of words, and their values."""
    values = {f"{name}{at}": word for at, word in enumerate(words)}
    return ", ".join(f":{key}" for key in values), values
