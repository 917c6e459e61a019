"""The parts of collective entries whose money is unclear, read from the book."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ledger.bank.parts import DECIDED, UNCLEAR, UnclearPart, is_unclear
from ledger.store.engines import Store

WHICH = """LEFT JOIN bank_match m ON d.line IS NOT NULL AND m.office = i.office AND m.entry = d.entry
        AND m.item_office = i.office AND m.item = i.id AND m.rule = 'clarify'"""
"""Joins what says which parts `d` the unclear item `i` is about; `m.evidence` holds it."""
_PARTS = f"""
    SELECT i.office, i.id, m.evidence, d.line, d.amount_cents, d.name, d.counter_iban,
           coalesce(d.remittance, d.creditor_reference, d.end_to_end_id)
    FROM suspense_case c JOIN item i ON i.office = c.office AND i.id = c.item
    JOIN bank_detail d ON d.office = c.office AND d.entry = c.entry {WHICH}
    WHERE {{wanted}} ORDER BY i.office, i.id, d.line"""
_OF_CASE = _PARTS.format(wanted="c.office = :office AND c.item = :item")
_OF_ALL = _PARTS.format(wanted="c.entry IS NOT NULL")

_OF_STATEMENT = """
    SELECT l.line, d.line, d.amount_cents, d.name, d.counter_iban,
           coalesce(d.remittance, d.creditor_reference, d.end_to_end_id), m.evidence,
           CASE WHEN m.line IS NOT NULL OR e.state = 'staged' THEN 1 ELSE 0 END
    FROM statement_entry l JOIN bank_entry e ON e.office = l.office AND e.id = l.entry
    JOIN bank_detail d ON d.office = l.office AND d.entry = l.entry
    LEFT JOIN (bank_match m JOIN item i ON i.office = m.item_office AND i.id = m.item AND i.open_cents > 0)
        ON m.office = d.office AND m.entry = d.entry AND m.rule = 'clarify'
    WHERE l.statement = :number ORDER BY l.line, d.line, m.line"""

Parts = Mapping[tuple[str, int], tuple[UnclearPart, ...]]


def parts_of_case(store: Store, office: str, item: int) -> tuple[UnclearPart, ...]:
    """Return the parts of the collective entry that a case comes from, none where it is no such entry."""
    return _read(store, _OF_CASE, office=office, item=item).get((office, item), ())


def parts_of_cases(store: Store) -> Parts:
    """Return the parts of all cases that come from collective entries, by office and number of the case."""
    return _read(store, _OF_ALL)


def parts_of_statement(store: Store, number: int) -> list[tuple[int, UnclearPart]]:
    """Return the parts of the collective entries of a statement, each after the line of its entry."""
    found: dict[tuple[int, int], UnclearPart] = {}
    for entry, line, cents, name, iban, text, evidence, unclear in store.rows(_OF_STATEMENT, number=number):
        state = UNCLEAR if unclear and is_unclear(evidence, line) else DECIDED
        known = found.get((entry, line))
        if known is None or state == UNCLEAR:
            found[entry, line] = UnclearPart(line, cents, name, iban, text, state)
    return [(entry, part) for (entry, _), part in found.items()]


def _read(store: Store, sql: str, **where: str | int) -> Parts:
    found: defaultdict[tuple[str, int], list[UnclearPart]] = defaultdict(list)
    for office, item, evidence, line, cents, name, iban, text in store.rows(sql, **where):
        state = UNCLEAR if is_unclear(evidence, line) else DECIDED
        found[office, item].append(UnclearPart(line, cents, name, iban, text, state))
    return {key: tuple(parts) for key, parts in found.items()}
