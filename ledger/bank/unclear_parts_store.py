"""The parts of collective entries whose money is unclear, read from the book, with what is left of each."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping

from ledger.bank.parts import CLARIFIED, DECIDED, NOTHING_MOVED, UNCLEAR, Moved, UnclearPart, is_unclear, with_rest
from ledger.items.orders import order_number
from ledger.store.engines import Store

WHICH = """LEFT JOIN bank_match m ON d.line IS NOT NULL AND m.office = i.office AND m.entry = d.entry
        AND m.item_office = i.office AND m.item = i.id AND m.rule = 'clarify'"""
"""Joins what says which parts `d` the unclear item `i` is about; `m.evidence` holds it."""
PART = "part"
"""In the evidence of a share, and among the facts of an event of a case: the part of its entry that it is about."""
STEP = "step"
"""In the evidence of a share of a part: the step of the case that it belongs to."""
WAITING = ("created", "certified", "approved")
_PARTS = f"""
    SELECT i.office, i.id, m.evidence, d.line, d.amount_cents, d.name, d.counter_iban,
           coalesce(d.remittance, d.creditor_reference, d.end_to_end_id), i.open_cents
    FROM suspense_case c JOIN item i ON i.office = c.office AND i.id = c.item
    JOIN bank_detail d ON d.office = c.office AND d.entry = c.entry {WHICH}
    WHERE {{wanted}} ORDER BY i.office, i.id, d.line"""
_ONE, _ALL = "c.office = :office AND c.item = :item", "c.entry IS NOT NULL"
_ANY_STEP = """
    SELECT 1 FROM suspense_step s JOIN suspense_case c ON c.office = s.office AND c.item = s.item
    JOIN bank_detail d ON d.office = c.office AND d.entry = c.entry LIMIT 1"""
_OF_CASE, _OF_ALL = _PARTS.format(wanted=_ONE), _PARTS.format(wanted=_ALL)
# only what people did says of which part; a case they did something with has a step
_SHARES = f"""
    SELECT c.office, c.item, m.rule, m.evidence, m.cents FROM suspense_case c
    JOIN bank_match m ON m.office = c.office AND m.entry = c.entry
    WHERE {{wanted}} AND m.rule IN ('assigned', 'forwarded', 'paid_out', 'unassigned')
      AND (m.evidence LIKE '%"{PART}":%' OR m.rule = 'paid_out')
      AND EXISTS (SELECT 1 FROM suspense_step s WHERE s.office = c.office AND s.item = c.item)"""
_PAYOUTS = f"""
    SELECT p.office, p.item, p.order_id, o.state, o.total_cents, e.facts FROM suspense_payout p
    JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
    JOIN event e ON e.object = 'item:' || CAST(p.item AS TEXT) AND e.office = p.office
        AND e.action = 'suspense.' || p.kind
    WHERE e.facts LIKE '%"{PART}":%' {{wanted}}"""
_SHARES_OF_CASE, _SHARES_OF_ALL = _SHARES.format(wanted=_ONE), _SHARES.format(wanted=_ALL)
_PAYOUTS_OF_CASE = _PAYOUTS.format(wanted="AND p.office = :office AND p.item = :item")
_PAYOUTS_OF_ALL = _PAYOUTS.format(wanted="")
_PAYOUTS_OF_ORDER = _PAYOUTS.format(wanted="AND p.office = :office AND p.order_id = :order")
_OF_STATEMENT = """
    SELECT l.line, d.line, d.amount_cents, d.name, d.counter_iban,
           coalesce(d.remittance, d.creditor_reference, d.end_to_end_id), m.evidence,
           CASE WHEN m.line IS NOT NULL OR e.state = 'staged' THEN 1 ELSE 0 END, m.item_office, m.item
    FROM statement_entry l JOIN bank_entry e ON e.office = l.office AND e.id = l.entry
    JOIN bank_detail d ON d.office = l.office AND d.entry = l.entry
    LEFT JOIN (bank_match m JOIN item i ON i.office = m.item_office AND i.id = m.item AND i.open_cents > 0)
        ON m.office = d.office AND m.entry = d.entry AND m.rule = 'clarify'
    WHERE l.statement = :number ORDER BY l.line, d.line, m.line"""

Key = tuple[str, int]
Parts = Mapping[Key, tuple[UnclearPart, ...]]


def parts_of_case(store: Store, office: str, item: int) -> tuple[UnclearPart, ...]:
    """Return the parts of the collective entry that a case comes from, none where it is no such entry."""
    return _read(store, (_OF_CASE, _SHARES_OF_CASE, _PAYOUTS_OF_CASE), office=office, item=item).get((office, item), ())


def parts_of_cases(store: Store) -> Parts:
    """Return the parts of all cases that come from collective entries, by office and number of the case."""
    return _read(store, (_OF_ALL, _SHARES_OF_ALL, _PAYOUTS_OF_ALL))


def clarified_parts(store: Store) -> frozenset[tuple[str, int, int]]:
    """Return the parts of open cases whose money the desk has put where it belongs: office, case and line of each."""
    if store.value(_ANY_STEP) is None:
        return frozenset()
    return frozenset(
        (office, item, part.line)
        for (office, item), parts in parts_of_cases(store).items()
        for part in parts
        if part.state == CLARIFIED
    )


def part_of_order(store: Store, office: str, order: int) -> int | None:
    """Return the part of a case that an order pays out, None where it is of none in particular."""
    payouts = store.all(_PAYOUTS_OF_ORDER, office=office, order=order)
    return next((int(json.loads(facts)[PART]) for *_kept, facts in payouts if _about(facts, office, order)), None)


def parts_of_statement(store: Store, number: int) -> list[tuple[int, UnclearPart]]:
    """Return the parts of the collective entries of a statement, each after the line of its entry."""
    found: dict[tuple[int, int], UnclearPart] = {}
    cases: dict[Key, Mapping[int, UnclearPart]] = {}
    for entry, line, cents, name, iban, text, evidence, unclear, office, item in store.all(
        _OF_STATEMENT, number=number
    ):
        if not unclear or not is_unclear(evidence, line):
            found.setdefault((entry, line), UnclearPart(line, cents, name, iban, text, DECIDED, 0))
            continue
        if item is not None and (office, item) not in cases:
            cases[office, item] = {part.line: part for part in parts_of_case(store, office, item)}
        known = cases.get((office, item), {}).get(line)
        found[entry, line] = known or UnclearPart(line, cents, name, iban, text, UNCLEAR)
    return [(entry, part) for (entry, _), part in found.items()]


def _read(store: Store, sqls: tuple[str, str, str], **where: str | int) -> Parts:
    """Return parts of cases: what the bank said, what said which part it was for, which orders pay parts out."""
    told, shares, payouts = sqls
    found: defaultdict[Key, list[UnclearPart]] = defaultdict(list)
    left: dict[Key, int] = {}
    for office, item, evidence, line, cents, name, iban, text, open_cents in store.rows(told, **where):
        state = UNCLEAR if is_unclear(evidence, line) else DECIDED
        found[office, item].append(UnclearPart(line, cents, name, iban, text, state))
        left[office, item] = int(open_cents)
    if not found:
        return {}
    moved = _moved(store, shares, payouts, **where)
    return {key: with_rest(parts, left[key], moved.get(key, NOTHING_MOVED)) for key, parts in found.items()}


def _moved(store: Store, shares: str, payouts: str, **where: str | int) -> dict[Key, Moved]:
    cents: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    bound: defaultdict[Key, Counter[int]] = defaultdict(Counter)
    ordered: dict[tuple[str, int], int] = {}
    for office, item, order, state, total, facts in store.all(payouts, **where):
        if _about(facts, office, order):
            ordered[office, order] = int(json.loads(facts)[PART])
            if state in WAITING:
                bound[office, item][ordered[office, order]] += int(total)
    for office, item, rule, evidence, share in store.rows(shares, **where):
        said = json.loads(evidence or "{}")  # an erasure leaves none
        part = ordered.get((office, said.get("order"))) if rule == "paid_out" else said.get(PART)
        if part is not None:
            cents[office, item][int(part)] += -abs(share) if rule == "unassigned" else abs(share)
    return {key: Moved(cents[key], bound[key]) for key in cents.keys() | bound.keys()}


def _about(facts: str, office: str, order: int) -> bool:
    """Return whether the event that ordered something is that of this order."""
    said = json.loads(facts)
    return PART in said and said.get("order") == order_number(office, order)
