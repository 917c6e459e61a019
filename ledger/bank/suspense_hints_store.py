"""Which open receivables the money in suspense may pay: dunning looks here first (invariant 5)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.bank.match_store import book_finder
from ledger.bank.names import same_person
from ledger.bank.parts import is_unclear
from ledger.bank.suspense import Hint
from ledger.bank.suspense_hints import loose_references, mistyped_references, names_within
from ledger.bank.unclear_parts_store import WHICH, clarified_parts
from ledger.items.joint_debtors import OWED_JOINTLY
from ledger.people.parties import match_key
from ledger.store.engines import Row, Store

KEYS_AT_ONCE = 500
_COLLECTION = re.compile(
    r"[A-Z0-9]+(?:-[A-Z0-9]+)*-L[0-9]+(?:-[0-9]+)?"
)  # what we called a collection, a batch or a file
_MONEY = f"""
    SELECT i.office, i.id, i.open_cents, coalesce(d.name, b.name, q.name),
           coalesce(d.counter_iban, b.counter_iban, q.counter_iban), coalesce(d.remittance, b.remittance),
           coalesce(d.creditor_reference, b.creditor_reference),
           coalesce(d.end_to_end_id, b.end_to_end_id), coalesce(d.amount_cents, i.open_cents), i.purpose,
           d.line, m.evidence, b.message_id, b.payment_information_id
    FROM item i
    LEFT JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    LEFT JOIN bank_entry b ON b.office = c.office AND b.id = c.entry
    LEFT JOIN bank_detail d ON d.office = b.office AND d.entry = b.id {WHICH}
    LEFT JOIN suspense_origin q ON q.office = i.office AND q.item = i.id
    WHERE i.kind = 'suspense' AND i.open_cents > 0
      AND (CAST(:office AS TEXT) IS NULL OR (i.office = :office AND i.id = :case))"""
_BY_REFERENCE = """
    SELECT i.reference, i.office, i.id, i.open_cents, i.amount_cents FROM item i
    WHERE i.reference IN ({keys}) AND i.kind = 'receivable' AND i.open_cents > 0"""
_BY_TARGET = """
    SELECT t.reference, i.office, i.id, i.open_cents, i.amount_cents FROM reference_target_item t
    JOIN item i ON i.office = t.office AND i.id = t.item
    WHERE t.reference IN ({keys}) AND i.kind = 'receivable' AND i.open_cents > 0"""
_BY_COLLECTION = """
    SELECT c.end_to_end_id, i.office, i.id, i.open_cents, i.amount_cents FROM collection c
    JOIN collection_item p ON p.office = c.office AND p.run = c.run AND p.line = c.line
    JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE c.end_to_end_id IN ({keys}) AND i.kind = 'receivable' AND i.open_cents > 0"""
_BY_COLLECTION_FILE = """
    SELECT r.message_id, i.office, i.id, i.open_cents, i.amount_cents FROM collection_run r
    JOIN collection c ON c.office = r.office AND c.run = r.id
    JOIN collection_item p ON p.office = c.office AND p.run = c.run AND p.line = c.line
    JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE r.message_id IN ({keys}) AND i.kind = 'receivable' AND i.open_cents > 0"""
_BY_NAME = f"""
    SELECT p.match_key, i.office, i.id, i.open_cents, i.amount_cents FROM party p JOIN item i ON i.party = p.id
    WHERE p.match_key IN ({{keys}}) AND i.kind = 'receivable' AND i.open_cents > 0
    UNION ALL
    SELECT p.match_key, i.office, i.id, i.open_cents, i.amount_cents FROM party p
    JOIN {OWED_JOINTLY} d ON d.party = p.id AND d.released_on IS NULL
    JOIN item i ON i.office = d.office AND i.id = d.item
    WHERE p.match_key IN ({{keys}}) AND i.kind = 'receivable' AND i.open_cents > 0"""
_BY_IBAN = f"""
    SELECT a.iban, i.office, i.id, i.open_cents, i.amount_cents FROM party_account a JOIN item i ON i.party = a.party
    WHERE a.iban IN ({{keys}}) AND a.kind = 'own' AND i.kind = 'receivable' AND i.open_cents > 0
    UNION ALL
    SELECT a.iban, i.office, i.id, i.open_cents, i.amount_cents FROM party_account a
    JOIN {OWED_JOINTLY} d ON d.party = a.party AND d.released_on IS NULL
    JOIN item i ON i.office = d.office AND i.id = d.item
    WHERE a.iban IN ({{keys}}) AND a.kind = 'own' AND i.kind = 'receivable' AND i.open_cents > 0"""
_BY_AMOUNT = """
    SELECT p.name, i.office, i.id, i.open_cents, i.amount_cents FROM item i JOIN party p ON p.id = i.party
    WHERE (i.open_cents IN ({keys}) OR i.amount_cents IN ({keys})) AND i.kind = 'receivable' AND i.open_cents > 0"""
_SIDE_CLAIMS = """
    SELECT m.office, m.id, s.id FROM item s JOIN item m ON m.office = s.office AND m.id = s.main_item
    WHERE s.main_item IS NOT NULL AND s.kind = 'receivable' AND s.open_cents > 0"""


class _Money(NamedTuple):
    """Money in suspense: whose it may be is read from what the bank said."""

    office: str
    case: int
    cents: frozenset[int]


@dataclass(slots=True)
class _Keys:
    """What to look for, each with the money it came from; `exact` only counts with the same amount."""

    references: defaultdict[str, set[_Money]] = field(default_factory=lambda: defaultdict(set))
    repaired: defaultdict[str, set[_Money]] = field(default_factory=lambda: defaultdict(set))
    names: defaultdict[str, set[_Money]] = field(default_factory=lambda: defaultdict(set))
    ibans: defaultdict[str, set[_Money]] = field(default_factory=lambda: defaultdict(set))
    collections: defaultdict[str, set[_Money]] = field(default_factory=lambda: defaultdict(set))
    inside: defaultdict[str, set[_Money]] = field(default_factory=lambda: defaultdict(set))
    senders: defaultdict[int, set[tuple[str, _Money]]] = field(default_factory=lambda: defaultdict(set))


def suspense_hints(store: Store, case: tuple[str, int] | None = None) -> Iterator[Hint]:
    """Yield which open receivable may be paid by which money in suspense (or that of one case), and why.

    By the id of a collection of ours that was given up or refused; by reference, also that of a letter or plan,
    misread, cut or hidden in a longer number (with one wrong digit only where the amount is right); by the name or own
    account of one who owes it, whatever the amount; by that name in the text; by a name like it where the amount is
    right. Generous: a reason to wait, not to book.
    """
    keys = _keys(store, case)
    seen: set[Hint] = set()
    for hint in (
        *_hits(store, _BY_REFERENCE, keys.references, "reference", exact=False),
        *_hits(store, _BY_TARGET, keys.references, "reference", exact=False),
        *_hits(store, _BY_REFERENCE, keys.repaired, "reference", exact=True),
        *_hits(store, _BY_COLLECTION, keys.collections, "reference", exact=False),
        *_hits(store, _BY_COLLECTION_FILE, keys.collections, "reference", exact=False),
        *_hits(store, _BY_NAME, keys.names, "name", exact=False),
        *_hits(store, _BY_IBAN, keys.ibans, "iban", exact=False),
        *_hits(store, _BY_NAME, keys.inside, "name_in_text", exact=False),
        *_alike(store, keys.senders),
    ):
        if hint not in seen:
            seen.add(hint)
            yield hint


def may_be_paid_by(store: Store) -> set[tuple[str, int]]:
    """Return the open receivables, as (office, item), that money in suspense may pay, side claims included."""
    found = {(hint.office, hint.item) for hint in suspense_hints(store)}
    if not found:
        return found
    side = {(office, number) for office, main, number in store.rows(_SIDE_CLAIMS) if (office, main) in found}
    return found | side


def _keys(store: Store, only: tuple[str, int] | None) -> _Keys:
    finder, keys = book_finder(store), _Keys()
    where = {"office": only[0] if only else None, "case": only[1] if only else 0}
    settled = clarified_parts(store)
    for office, case, left, name, iban, text, structured, end_to_end, cents, purpose, line, why, *ours in store.rows(
        _MONEY, **where
    ):
        if not is_unclear(why, line) or (office, case, line) in settled:
            continue
        money = _Money(office, case, frozenset({left, cents}))
        words = "\n".join(part for part in (text, structured, end_to_end, purpose) if part)
        for reference in loose_references(finder, words) | finder.structured(structured or "").keys():
            keys.references[reference].add(money)
        for reference in mistyped_references(finder, words):
            keys.repaired[reference].add(money)
        for named in _collection_names(words, ours):
            keys.collections[named].add(money)
        for within in names_within(text or ""):
            keys.inside[within].add(money)
        _take_sender(keys, money, name, iban)
    return keys


def _collection_names(words: str, ours: Iterable[str | None]) -> Iterator[str]:
    """Yield what may be the id of a collection or of its file; a batch has the file's id and its number."""
    for named in _COLLECTION.findall(" ".join((words, *(part for part in ours if part))).upper()):
        yield named
        yield named.rpartition("-")[0]


def _take_sender(keys: _Keys, money: _Money, name: str | None, iban: str | None) -> None:
    if name:
        keys.names[match_key(name)].add(money)
        for one in money.cents:
            keys.senders[one].add((name, money))
    if iban:
        keys.ibans[iban].add(money)


def _hits(store: Store, sql: str, keys: Mapping[str, set[_Money]], why: str, *, exact: bool) -> Iterator[Hint]:
    for key, office, item, left, amount in _in_portions(store.rows, sql, sorted(keys)):
        for money in sorted(keys[key], key=lambda one: (one.office, one.case)):
            if not exact or money.cents & {left, amount}:
                yield Hint(office, item, money.office, money.case, why)


def _alike(store: Store, senders: Mapping[int, set[tuple[str, _Money]]]) -> Iterator[Hint]:
    """Yield the items of the right amount whose debtor's name is probably the sender's."""
    for debtor, office, item, left, amount in _in_portions(store.rows, _BY_AMOUNT, sorted(senders)):
        for sender, money in sorted(senders.get(left, set()) | senders.get(amount, set())):
            if same_person(sender, debtor):
                yield Hint(office, item, money.office, money.case, "name_alike")


def _in_portions(rows: Callable[..., Iterable[Row]], sql: str, keys: Sequence[str | int]) -> Iterator[Row]:
    """Yield the rows of a query for any number of keys; a snapshot may not make a temporary table."""
    for start in range(0, len(keys), KEYS_AT_ONCE):
        portion = list(keys[start : start + KEYS_AT_ONCE])
        portion += [portion[-1]] * (KEYS_AT_ONCE - len(portion))  # one text, prepared once
        names = {f"k{index}": key for index, key in enumerate(portion)}
        yield from rows(sql.format(keys=", ".join(f":{name}" for name in names)), **names)
