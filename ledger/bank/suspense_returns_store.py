"""Returns that came before: the bank delivered one twice, and the second time there is nothing left to open again."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ledger.bank.rungs_returns import is_return
from ledger.book.journal import EntryNumber
from ledger.store.engines import Row, Store

_SAID = "SELECT evidence FROM bank_match WHERE office = :office AND entry = :entry AND rule = 'clarify' ORDER BY line"
_BANK = """
    SELECT b.bank_day, abs(b.amount_cents), e.office, e.year, e.number FROM bank_entry b
    JOIN entry e ON e.office = b.office AND e.position = b.position
    WHERE b.office = :office AND b.id = :entry AND b.state = 'posted'"""
_COLLECTION = """
    SELECT return_office, return_entry FROM collection
    WHERE office = :office AND run = :run AND line = :line AND return_entry IS NOT NULL"""
_COLLECTED = "SELECT item_office, item FROM collection_item WHERE office = :office AND run = :run AND line = :line"
# by a rule, which says of which payment, or by a person
_PAYMENT = """
    SELECT m.office, m.entry, m.evidence, p.item_office, p.item FROM payment p
    JOIN bank_match m ON m.item_office = p.item_office AND m.item = p.item AND m.rule = 'returned'
    WHERE p.office = :office AND p.run = :run AND p.line = :line AND p.state = 'returned'
    ORDER BY m.entry DESC, m.line DESC"""
_THIS = "SELECT gvc, return_reason FROM bank_entry WHERE office = :office AND id = :entry"
_ALIKE = """
    SELECT o.id FROM bank_entry b JOIN bank_entry o ON o.iban = b.iban AND o.amount_cents = b.amount_cents
        AND o.bank_day <= b.bank_day AND o.id < b.id
        AND coalesce(o.counter_iban, '') = coalesce(b.counter_iban, '')
        AND coalesce(o.end_to_end_id, '') = coalesce(b.end_to_end_id, '')
        AND trim(coalesce(o.remittance, '')) = trim(coalesce(b.remittance, ''))
        AND coalesce(o.return_reason, '') = coalesce(b.return_reason, '')
    WHERE b.office = :office AND b.id = :entry AND b.reversal = o.reversal AND o.state = 'posted'
        AND (b.remittance IS NOT NULL OR b.end_to_end_id IS NOT NULL) ORDER BY o.id DESC LIMIT 1"""


@dataclass(frozen=True, slots=True)
class CameBefore:
    """A return that came before: the payment or collection of ours as `3-7` (None: only the words are the same).

    `entry` is the journal's entry that booked it, `day` its day at the bank, `items` what was open again by it.
    """

    name: str | None
    entry: str
    day: str
    cents: int
    items: tuple[str, ...] = ()


def came_before(store: Store, office: str, entry: int | None) -> CameBefore | None:
    """Return the return that came before the one of this bank entry: of the same payment of ours, or with its words.

    A hint for people: two payments may come back with the same words.
    """
    if entry is None:
        return None
    for (evidence,) in store.all(_SAID, office=office, entry=entry):
        said = json.loads(evidence or "{}")
        if "collection_run" in said and "collection" in said:
            return _collection(store, said["office"], int(said["collection_run"]), int(said["collection"]), entry)
        if "run" in said and "payment" in said:
            return _payment(store, said["office"], int(said["run"]), int(said["payment"]), entry)
    return _alike(store, office, entry)


def _collection(store: Store, office: str, run: int, line: int, this: int) -> CameBefore | None:
    row = store.one(_COLLECTION, office=office, run=run, line=line)
    if row is None or row[1] == this:
        return None
    items = store.all(_COLLECTED, office=office, run=run, line=line)
    return _told(store, f"{run}-{line}", row[0], row[1], tuple(f"{to}/{item}" for to, item in items))


def _payment(store: Store, office: str, run: int, line: int, this: int) -> CameBefore | None:
    for of, entry, evidence, to, item in store.all(_PAYMENT, office=office, run=run, line=line):
        said = json.loads(evidence or "{}")
        its_own = "by" in said or (said.get("run"), said.get("payment")) == (run, line)
        if its_own and entry != this:
            return _told(store, f"{run}-{line}", of, entry, (f"{to}/{item}",))
    return None


def _alike(store: Store, office: str, entry: int) -> CameBefore | None:
    gvc, reason = store.one(_THIS, office=office, entry=entry) or (None, None)
    if not is_return(gvc, reason):
        return None
    other = store.value(_ALIKE, office=office, entry=entry)
    return None if other is None else _told(store, None, office, int(other), ())


def _told(store: Store, name: str | None, office: str, entry: int, items: tuple[str, ...]) -> CameBefore | None:
    row: Row | None = store.one(_BANK, office=office, entry=entry)
    if row is None:
        return None
    day, cents, *number = row
    return CameBefore(name, str(EntryNumber(*number)), day, int(cents), items)
