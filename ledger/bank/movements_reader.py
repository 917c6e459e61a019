"""The movements of offices, read from the chains between two cursors, with the bank entry and the decision behind each.

A portion of entries is read at a time, so that a feed of any length needs little memory.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from ledger.bank.movements import CursorAheadError, CursorOfficeError, Movement, event_of
from ledger.bank.parts import Told, UnclearPart, is_unclear, told, told_of
from ledger.bank.unclear_parts_store import PART
from ledger.store.engines import Row, Store

_ENTRIES_AT_ONCE = 5000
_KINDS = ("bank", "cash", "execution", "clearing", "run", "return", "reversal", "manual", "transfer")
_LINES = f"""
    SELECT e.position, p.line, e.year, e.number, e.kind, e.source, e.posting_day, e.bank_day, e.value_day,
           e.payment_day, p.account, a.role, -p.cents, p.item, i.kind, i.reference, i.open_cents, i.order_id
    FROM entry e
    JOIN posting p ON p.office = e.office AND p.position = e.position
    JOIN account a ON a.office = p.office AND a.number = p.account
    LEFT JOIN item i ON i.office = p.office AND i.id = p.item
    WHERE e.office = :office AND e.position > :after AND e.position <= :until
      AND e.kind IN ({", ".join(f"'{kind}'" for kind in _KINDS)})
      AND (a.role IS NULL OR a.role NOT IN ('bank', 'verrechnung', 'cash', 'imprest', 'cheques'))
    ORDER BY e.position, p.line"""
_BANK = """
    SELECT id, iban, amount_cents, name, counter_iban, remittance, end_to_end_id, return_reason, bank_day, value_day
    FROM bank_entry WHERE office = :office AND id BETWEEN :low AND :high"""
_MATCHES = """
    SELECT entry, item_office, item, cents, rule, evidence FROM bank_match
    WHERE office = :office AND entry BETWEEN :low AND :high ORDER BY entry, line"""
_DETAILS = """
    SELECT d.entry, d.line, d.amount_cents, d.name, d.counter_iban,
           coalesce(d.remittance, d.creditor_reference, d.end_to_end_id) FROM bank_detail d
    WHERE d.office = :office AND d.entry BETWEEN :low AND :high AND EXISTS (
        SELECT 1 FROM bank_match m WHERE m.office = d.office AND m.entry = d.entry AND m.rule = 'clarify')
    ORDER BY d.entry, d.line"""
_CASES = "SELECT item, entry FROM suspense_case WHERE office = :office AND item BETWEEN :low AND :high"
Key = tuple[str, int]


class _Match(NamedTuple):
    item: tuple[str | None, int | None]
    cents: int
    rule: str
    evidence: str | None


def heads_of(store: Store, offices: Collection[str]) -> dict[str, int]:
    """Return the present position of each of these offices: the cursor behind everything that is posted."""
    return {code: position for code, position in store.rows("SELECT office, position FROM head") if code in offices}


def check_cursor(cursor: Mapping[str, int], heads: Mapping[str, int]) -> None:
    """Check that a cursor is not ahead of the book, `heads` of all its offices, nor of another one.

    Raises `CursorAheadError` and `CursorOfficeError`.
    """
    for office, position in cursor.items():
        if office not in heads:
            raise CursorOfficeError(office=office)
        if position > heads[office]:
            raise CursorAheadError(office=office, position=position, head=heads[office])


def movements(store: Store, cursor: Mapping[str, int], until: Mapping[str, int]) -> Iterator[Movement]:
    """Yield what happened in the offices of `until`, behind the cursor and up to there, office by office."""
    for office, last in sorted(until.items()):
        after = cursor.get(office, 0)
        while after < last:
            end = min(after + _ENTRIES_AT_ONCE, last)
            yield from _portion(store, office, store.all(_LINES, office=office, after=after, until=end))
            after = end


def _portion(store: Store, office: str, rows: Sequence[Row]) -> Iterator[Movement]:
    behind = _Behind(store, {row[5] for row in rows if row[5]})
    return (_movement(office, row, behind) for row in rows)


def _movement(office: str, row: Row, behind: _Behind) -> Movement:
    position, line, year, number, kind, source, posting, bank_day, value_day, paid_on, account, role, cents = row[:13]
    item, item_kind, reference, open_cents, order = row[13:]
    bank = behind.entry(source)
    match = behind.match(source, (office, item) if item is not None else (None, None), cents, first=kind != "clearing")
    said = behind.said(source, match, bank)
    return Movement(
        office=office,
        position=position,
        line=line,
        entry=f"{office}-{year}-{number}",
        event=event_of(kind, source, item_kind, role, cents),
        posting_day=posting,
        bank_day=bank_day or (bank[8] if bank else None),
        value_day=value_day or (bank[9] if bank else None),
        payment_day=paid_on,
        amount_cents=cents,
        reference=reference,
        item=item,
        item_kind=item_kind,
        open_cents=open_cents,
        order=order,
        account=account,
        bank_entry=behind.name(source),
        bank_account=bank[1] if bank else None,
        bank_amount_cents=bank[2] if bank else None,
        name=said.name,
        payer_account=said.bank_account,
        remittance=" ".join(said.remittance.split()) if said.remittance else None,
        end_to_end_id=bank[6] if bank else None,
        return_reason=bank[7] if bank else None,
        rule=match.rule if match else None,
        evidence=_words(match.evidence, behind.names) if match else None,
    )


def _words(evidence: str | None, names: Mapping[int, str]) -> str | None:
    """Return evidence as `key=value; key=value`, which every system can show; persons by their names."""
    known = json.loads(evidence or "{}")
    if "by" in known:
        known["by"] = names.get(known["by"], known["by"])
    return "; ".join(f"{key}={value}" for key, value in sorted(known.items())) or None


class _Behind:
    """The bank entries behind the sources of a portion of entries, and what was decided about each."""

    def __init__(self, store: Store, sources: Collection[str]) -> None:
        self.store = store
        self.names: dict[int, str] = dict(store.all("SELECT id, name FROM app_user"))
        self.keys = {source: key for source in sources if (key := _named(source, "bank"))}
        self._find_cases(sources)
        self.rows: dict[Key, Row] = {}
        self.matches: defaultdict[Key, list[_Match]] = defaultdict(list)
        self.parts: defaultdict[Key, list[UnclearPart]] = defaultdict(list)
        for office, low, high, numbers in _spans(self.keys.values()):
            where = {"office": office, "low": low, "high": high}
            self.rows |= {(office, row[0]): row for row in store.rows(_BANK, **where) if row[0] in numbers}
            for entry, item_office, item, cents, rule, evidence in store.rows(_MATCHES, **where):
                if entry in numbers:
                    self.matches[office, entry].append(_Match((item_office, item), cents, rule, evidence))
            for entry, *part in store.rows(_DETAILS, **where):
                if entry in numbers:
                    self.parts[office, entry].append(UnclearPart(*part))

    def _find_cases(self, sources: Collection[str]) -> None:
        """Find the bank entry of each case that an entry of the clarification comes from."""
        cases = {source: key for source in sources for kind in ("suspense", "advance") if (key := _named(source, kind))}
        entries: dict[Key, int] = {}
        for office, low, high, _ in _spans(cases.values()):
            for item, entry in self.store.rows(_CASES, office=office, low=low, high=high):
                if entry is not None:
                    entries[office, item] = entry
        self.keys |= {source: (key[0], entries[key]) for source, key in cases.items() if key in entries}

    def name(self, source: str | None) -> str | None:
        """Return the bank entry as it is named elsewhere, `KASSE/17`."""
        key = self.keys.get(source or "")
        return f"{key[0]}/{key[1]}" if key else None

    def entry(self, source: str | None) -> Row | None:
        """Return the bank entry an entry comes from."""
        key = self.keys.get(source or "")
        return self.rows.get(key) if key else None

    def said(self, source: str | None, match: _Match | None, bank: Row | None) -> Told:
        """Return what the bank said about a share: of what is unclear of a collective entry, what these parts say.

        Money that a person took from one part of it is that part's.
        """
        whole = Told(*bank[3:6]) if bank else Told(None, None, None)
        if match is None:
            return whole
        parts = self.parts.get(self.keys.get(source or "", ("", 0)), [])
        if match.rule != "clarify":
            own = json.loads(match.evidence or "{}").get(PART)
            return whole if own is None else told_of(parts, whole, own)
        return told([part for part in parts if is_unclear(match.evidence, part.line)], whole)

    def match(
        self, source: str | None, item: tuple[str | None, int | None], cents: int, *, first: bool
    ) -> _Match | None:
        """Return the decision behind a share: the one over the same sum, the latest where it was decided by hand."""
        matches = self.matches.get(self.keys.get(source or "", ("", 0)), [])
        if first:
            found = [one for one in matches if one.item == item]
            return next((one for one in found if one.cents == cents), found[0] if found else None)
        own = [one for one in matches if one.item == item and one.rule != "clarify"]
        moved = [one for one in own or matches if one.cents == (cents if own else -cents) and one.rule != "clarify"]
        return moved[-1] if moved else own[-1] if own else None


def _named(source: str, kind: str) -> Key | None:
    """Return office and number of a source like `bank:KASSE/17`."""
    head, _, rest = source.partition(":")
    office, _, number = rest.rpartition("/")
    return (office, int(number)) if head == kind and office and number.isdigit() else None


def _spans(keys: Collection[Key]) -> Iterator[tuple[str, int, int, set[int]]]:
    """Yield the numbers of each office in spans of neighbours: few questions for many keys."""
    by_office: defaultdict[str, set[int]] = defaultdict(set)
    for office, number in keys:
        by_office[office].add(number)
    for office, numbers in sorted(by_office.items()):
        ordered = sorted(numbers)
        for some in (ordered[start : start + 500] for start in range(0, len(ordered), 500)):
            if some[-1] - some[0] < 20 * len(some):
                yield office, some[0], some[-1], set(some)
            else:
                yield from ((office, one, one, {one}) for one in some)
