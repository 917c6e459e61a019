"""Candidates for unclear money, looked up in the book."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from ledger.bank.candidates import Candidate, Clarified, OpenItem, propose
from ledger.bank.determination import names_debt
from ledger.bank.match_store import book_finder
from ledger.bank.names import ALIKE, blocks, likeness
from ledger.bank.parts import UnclearPart, is_unclear, part_meant, unclear_parts
from ledger.bank.references import Finder
from ledger.bank.suspense_hints import loose_references, mistyped_references
from ledger.bank.unclear_parts_store import WHICH, parts_of_case
from ledger.payments.perhaps_reader import perhaps_paid
from ledger.people.parties import match_key
from ledger.store.engines import Row, Store

MOST = 20
MOST_PARTIES, MOST_NAMES, AT_ONCE = 60, 100_000, 400
"""How many persons are looked at, how many names compared, how many keys asked for at once."""
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_CASE = f"""
    SELECT i.kind, i.open_cents, i.amount_cents, coalesce(d.amount_cents, i.open_cents),
           coalesce(d.name, b.name, q.name),
           coalesce(d.counter_iban, b.counter_iban, q.counter_iban), coalesce(d.remittance, b.remittance),
           coalesce(d.creditor_reference, b.creditor_reference), coalesce(d.end_to_end_id, b.end_to_end_id), i.purpose,
           d.line, m.evidence, coalesce(b.bank_day, i.due)
    FROM item i
    LEFT JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    LEFT JOIN bank_entry b ON b.office = c.office AND b.id = c.entry
    LEFT JOIN bank_detail d ON d.office = b.office AND d.entry = b.id {WHICH}
    LEFT JOIN suspense_origin q ON q.office = i.office AND q.item = i.id
    WHERE i.office = :office AND i.id = :number"""
_ITEM = """
    SELECT i.office, i.id, i.reference, i.open_cents, i.due, i.party, p.name, i.purpose, i.claim_kind, i.profile, {key}
    FROM {source} LEFT JOIN party p ON p.id = i.party
    WHERE {key} IN ({marks}) AND i.kind = :kind AND i.open_cents > 0"""
_ONE_ITEM = _ITEM.format(key="i.office", source="item i", marks=":office") + " AND i.id = :item"
_BY_REFERENCE = ("i.reference", "item i")
_BY_TARGET = (
    "t.reference", "reference_target_item t JOIN item i ON i.office = t.office AND i.id = t.item",
)  # fmt: skip
_BY_PARTY = ("i.party", "item i")
_BY_PAYEE_ACCOUNT = ("i.bank_account", "item i")
_OWNERS = "SELECT party FROM party_account WHERE iban IN ({marks}) AND kind = 'own' AND until IS NULL"
_NAMED = "SELECT id, match_key FROM party WHERE match_key IN ({marks})"
_BLOCK = "SELECT DISTINCT match_key FROM party WHERE match_key >= :first AND match_key < :below"
_WITHIN = "SELECT DISTINCT match_key FROM party WHERE {within}"
KINDS = {"suspense": "receivable", "advance": "payable"}


@dataclass(frozen=True, slots=True)
class _Said:
    """What the bank said about the money of a case: of a collective entry what its unclear parts say together.

    `parts` are those of which something is unclear still.
    """

    kind: str
    amounts: frozenset[int]
    names: tuple[str, ...]
    ibans: tuple[str, ...]
    text: str
    structured: tuple[str, ...]
    parts: tuple[UnclearPart, ...] = ()
    day: str = ""


def candidates_of(store: Store, case: Clarified, *, limit: int = MOST) -> tuple[Candidate, ...]:
    """Return the open items that the money of a case may be for, the surest first.

    Receivables for money received, payables for money paid out. Never a reason to book by itself: names are shared,
    typing errors repaired. Inside `snapshot` or a unit, or alone.
    """
    said = _said(store, case.office, case.number)
    if said is None:
        return ()
    found: defaultdict[OpenItem, list[str]] = defaultdict(list)
    _by_references(store, said, found)
    persons = _persons(store, said)
    for *row, _ in _items(store, said.kind, _BY_PARTY, persons):
        item = OpenItem(*row)
        found[item] += persons[item.party or 0]
    if said.kind == "payable":
        for *row, _ in _items(store, said.kind, _BY_PAYEE_ACCOUNT, said.ibans):
            found[OpenItem(*row)].append("own account")
        for item in _given_up(store, case):
            found[item].append("payment given up before")
    of_one = len(said.parts) < 2  # of several parts nobody knows whose words they are
    meant = {item for item in found if of_one and names_debt(said.text, item, said.day)}
    proposed = propose(found, said.amounts, limit, meant)
    return tuple(replace(one, part=part_meant(said.parts, one.target, one.party, one.open_cents)) for one in proposed)


def _said(store: Store, office: str, number: int) -> _Said | None:
    rows = [row for row in store.all(_CASE, office=office, number=number) if is_unclear(row[11], row[10])]
    if not rows or rows[0][0] not in KINDS:
        return None
    parts = parts_of_case(store, office, number) if rows[0][10] is not None else ()
    left = {part.line: part for part in unclear_parts(parts)}
    rows = [row for row in rows if not left or row[10] in left]
    amounts = {abs(cents) for _, rest, whole, part, *_ in rows for cents in (rest, whole, part)} - {0}
    amounts |= {part.left_cents for part in left.values() if part.left_cents}
    texts = [part for row in rows for part in (row[6], row[8], row[9]) if part]
    return _Said(
        KINDS[rows[0][0]],
        frozenset(amounts),
        tuple(dict.fromkeys(row[4] for row in rows if row[4])),
        tuple(dict.fromkeys(row[5] for row in rows if row[5])),
        "\n".join(texts),
        tuple(row[7] for row in rows if row[7]),
        tuple(left.values()),
        rows[0][12],
    )


def _given_up(store: Store, case: Clarified) -> Iterator[OpenItem]:
    """Yield the items of payments that were given up or refused and that the money of a case names all the same."""
    named = [key for key, one in perhaps_paid(store).items() if one.case == case.number]
    for office, item in named[:MOST]:
        for *row, _ in store.all(_ONE_ITEM, office=office, item=item, kind="payable"):
            yield OpenItem(*row)


def _by_references(store: Store, said: _Said, found: defaultdict[OpenItem, list[str]]) -> None:
    words = _references(book_finder(store), said)
    for source in (_BY_REFERENCE, _BY_TARGET):
        for *row, key in _items(store, said.kind, source, words):
            found[OpenItem(*row)].append(words[key])


def _references(finder: Finder, said: _Said) -> dict[str, str]:
    """Return the references that the text may mean, each with the word for how it stands there."""
    text = "\n".join([said.text, *said.structured])
    words = dict.fromkeys(mistyped_references(finder, text), "repaired reference")
    words |= dict.fromkeys(loose_references(finder, text), "hidden reference")
    words |= dict.fromkeys(finder.in_text(text), "reference")
    for field in said.structured:
        words |= dict.fromkeys(finder.structured(field), "reference")
    return words


def _persons(store: Store, said: _Said) -> dict[int, list[str]]:
    """Return the persons that the money may come from or be for, with what speaks for each."""
    persons: dict[int, list[str]] = {}
    for (party,) in _asked(store, _OWNERS, said.ibans):
        persons.setdefault(party, []).append("own account")
    exact = {match_key(name): "name" for name in said.names}
    inside = dict.fromkeys(_pairs(said.text), "name in the text") | exact
    for party, key in _asked(store, _NAMED, inside):
        persons.setdefault(party, []).append(inside[key])
    for name in said.names[:3]:
        for party in _similar(store, name):
            if len(persons) < MOST_PARTIES and "name" not in persons.get(party, ()):
                persons.setdefault(party, []).append("similar name")
    return persons


def _pairs(text: str) -> Iterator[str]:
    """Yield two and three words in a row as they would be the key of a name."""
    words = _LETTERS.findall(text)[:40]
    for size in (2, 3):
        for start in range(len(words) - size + 1):
            yield match_key(" ".join(words[start : start + size]))


def _similar(store: Store, name: str) -> list[int]:
    """Return persons with a name like this one, the most alike first; they share the beginning of a word with it."""
    from rapidfuzz import fuzz

    key, alike = match_key(name), dict[str, int]()
    for other in islice(_keys_near(store, name), MOST_NAMES):
        if fuzz.ratio(key, other, score_cutoff=ALIKE - 15) and (score := likeness(name, other)) >= ALIKE:
            alike[other] = score
    found = sorted((-alike[other], party) for party, other in _asked(store, _NAMED, alike))
    return [party for _, party in found]


def _keys_near(store: Store, name: str) -> Iterator[str]:
    """Yield each key, once, of which a word begins as one of the name does; the index by keys is all that is read."""
    ranges = blocks(name)
    for number, (first, below) in enumerate(ranges):
        for (key,) in store.rows(_BLOCK, first=first, below=below):
            if not any(low <= key < high for low, high in ranges[:number]):
                yield key
    within = {f"within{number}": f"% {first}%" for number, (first, _) in enumerate(ranges)}
    sql = _WITHIN.format(within=" OR ".join(f"match_key LIKE :{name}" for name in within))
    for (key,) in store.rows(sql, **within) if within else ():
        if not any(low <= key < high for low, high in ranges):
            yield key


def _items(store: Store, kind: str, how: tuple[str, str], keys: Iterable[str | int]) -> Iterator[Row]:
    key, source = how
    sql = _ITEM.format(key=key, source=source, marks="{marks}")
    return _asked(store, sql, keys, kind=kind)


def _asked(store: Store, sql: str, keys: Iterable[str | int], **more: str) -> Iterator[Row]:
    """Yield the rows for any number of keys; a snapshot may not make a temporary table."""
    wanted = list(dict.fromkeys(keys))
    for start in range(0, len(wanted), AT_ONCE):
        names = {f"k{index}": key for index, key in enumerate(wanted[start : start + AT_ONCE])}
        yield from store.all(sql.format(marks=", ".join(f":{name}" for name in names)), **names, **more)
