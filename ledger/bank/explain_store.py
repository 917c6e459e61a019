"""Explaining items from the book: entries, clearings, what matching and people decided, resets too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ledger.bank.explaining import (
    Decision,
    Evidence,
    Explained,
    Movement,
    Note,
    OrderStep,
    Origin,
    Source,
    decided_by,
    evidence_of,
    source_of,
)
from ledger.bank.parts import Told, told_of
from ledger.bank.suspense import UnknownCaseError
from ledger.bank.unclear_parts_store import PART, parts_of_case
from ledger.book.store import kasse_office
from ledger.items.items_reader import find_items
from ledger.store.engines import Row, Store

TAKING_BACK = frozenset({"unassigned", "undone"})
_ITEM = """
    SELECT i.kind, i.reference, p.name, i.amount_cents, i.open_cents, i.due, c.reason, i.position, i.order_id, c.entry,
        i.claim_kind, i.main_item
    FROM item i LEFT JOIN party p ON p.id = i.party
    LEFT JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    WHERE i.office = :office AND i.id = :item"""
_ENTRY = """
    SELECT e.year, e.number, e.kind, e.posting_day, e.source, coalesce(u.name, CAST(e.recorded_by AS TEXT)),
           e.recorded_at
    FROM entry e LEFT JOIN app_user u ON u.id = e.recorded_by WHERE e.office = :office AND e.position = :position"""
_STEPS = """
    SELECT s.step, coalesce(u.name, CAST(s.by AS TEXT)), s.at FROM order_step s LEFT JOIN app_user u ON u.id = s.by
    WHERE s.office = :office AND s.order_id = :number ORDER BY s.at,
        CASE s.step WHEN 'created' THEN 0 WHEN 'certified' THEN 1 WHEN 'approved' THEN 2 ELSE 3 END, s.step"""
_MOVES = """
    SELECT e.year, e.number, c.posting_day, c.payment_day, c.kind, l.cents, e.source,
           coalesce(u.name, CAST(e.recorded_by AS TEXT)), e.recorded_at, r.id
    FROM clearing_line l
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    JOIN entry e ON e.office = c.office AND e.position = c.position
    LEFT JOIN clearing r ON r.office = c.office AND r.resets = c.id
    LEFT JOIN app_user u ON u.id = e.recorded_by
    WHERE l.office = :office AND l.item = :item ORDER BY c.id, l.line"""
_MATCHES = """
    SELECT office, entry, rule, evidence, cents FROM bank_match
    WHERE item_office = :office AND item = :item AND rule <> 'clarify' ORDER BY office, entry, line"""
_ALL_MATCHES = """
    SELECT m.line, m.rule, m.evidence, m.item_office, m.item, i.reference, m.cents, e.recorded_by
    FROM bank_match m
    JOIN bank_entry b ON b.office = m.office AND b.id = m.entry
    LEFT JOIN entry e ON e.office = b.office AND e.position = b.position
    LEFT JOIN item i ON i.office = m.item_office AND i.id = m.item
    WHERE m.office = :office AND m.entry = :entry ORDER BY m.line"""
_BANK = "SELECT bank_day, name, remittance FROM bank_entry WHERE office = :office AND id = :entry"
_OF_CASE = "SELECT entry FROM suspense_case WHERE office = :office AND item = :item"
_NAMED = """
    SELECT d.details FROM event e LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    WHERE e.office = :office AND e.object = :what AND e.action = 'suspense.again' AND e.at = :at"""
_EVENTS = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.action, e.facts, d.details, b.name FROM event e
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    LEFT JOIN app_user u ON u.id = e.by LEFT JOIN app_user b ON b.id = e.on_behalf
    WHERE e.office = :office AND e.object = :what ORDER BY e.position"""


def explain_items(store: Store, text: str) -> list[Explained]:
    """Return why the items that a reference or OFFICE/NUMBER names stand as they do; inside `snapshot` or alone.

    Raises `UnknownItemError`.
    """
    return [_explained(store, office, item) for office, item in find_items(store, text)]


def explain_case(store: Store, number: int, *, office: str | None = None) -> Explained:
    """Return what was decided about the money of a case, first by rules, then by people, and what was taken back.

    Raises `UnknownCaseError`.
    """
    office = office or kasse_office(store)
    row = store.one(_ITEM, office=office, item=number)
    if row is None or row[0] not in {"suspense", "advance"}:
        raise UnknownCaseError(office=office, number=number)
    return _explained(store, office, number)


def _explained(store: Store, office: str, item: int) -> Explained:
    row = store.one(_ITEM, office=office, item=item)
    assert row is not None, "an item that was just found"
    kind, reference, party, amount, left, due, reason, position, order, entry, claim_kind, main = row
    names: dict[int, str] = dict(store.all("SELECT id, name FROM app_user"))
    decisions = _decisions(store, office, entry, names) if entry is not None else ()
    notes = tuple(
        Note(at, by, what, _with_names(evidence_of(facts), names), evidence_of(details), principal)
        for at, by, what, facts, details, principal in store.rows(_EVENTS, office=office, what=f"item:{item}")
    )
    return Explained(
        office, item, kind, reference, party, amount, left, due, reason, _origin(store, office, position, order),
        tuple(_movements(store, office, item, amount, names)), tuple(decisions), notes,
        parts_of_case(store, office, item) if entry is not None else (), claim_kind, main,
    )  # fmt: skip


def _with_names(facts: Evidence, names: Mapping[int, str]) -> Evidence:
    """Return facts with the clerk who keeps a case, or kept it before, by name."""
    people = {name: facts[name] for name in ("owner", "before") if name in facts}
    return {**facts, **{name: names.get(one, one) if isinstance(one, int) else one for name, one in people.items()}}


def _origin(store: Store, office: str, position: int, order: int | None) -> Origin:
    row = store.one(_ENTRY, office=office, position=position)
    assert row is not None, "an item has its entry"
    year, number, kind, day, source, by, at = row
    steps = store.rows(_STEPS, office=office, number=order) if order is not None else ()
    return Origin(f"{office}-{year}-{number}", kind, day, source, by, at, tuple(OrderStep(*step) for step in steps))


def _movements(store: Store, office: str, item: int, amount: int, names: dict[int, str]) -> Iterator[Movement]:
    left, matches = amount, store.all(_MATCHES, office=office, item=item)
    for year, number, day, paid, kind, cents, text, by, at, undone in store.all(_MOVES, office=office, item=item):
        left -= cents
        source = source_of(text)
        entry = _bank_entry(store, source)
        match = _taken(matches, entry, cents)
        rule, evidence = (match[2], match[3]) if match else _named(store, source, at)
        person = decided_by(evidence, names) if match else None
        part = evidence_of(evidence).get(PART)
        bank_day, payer, remittance = _said(store, entry, source, None if part is None else int(part))
        yield Movement(
            f"{office}-{year}-{number}", day, paid, kind, cents, left, rule, evidence_of(evidence),
            person is not None or not rule, person or by, at, undone is not None,
            f"{entry[0]}/{entry[1]}" if entry else None, bank_day, payer, remittance,
        )  # fmt: skip


def _named(store: Store, source: Source | None, at: str) -> tuple[str, str | None]:
    """Return rule and evidence of a movement without a bank entry: a number shown with cash that an order later had."""
    if source is None or source.kind != "suspense":
        return "", None
    said = store.one(_NAMED, office=source.office, what=f"item:{source.number}", at=at)
    return ("", None) if said is None else ("later", said[0])


def _bank_entry(store: Store, source: Source | None) -> tuple[str, int] | None:
    """Return office and number of the bank entry that the money came with."""
    if source is None:
        return None
    if source.kind == "bank":
        return source.office, source.number
    entry = store.value(_OF_CASE, office=source.office, item=source.number)
    return None if entry is None else (source.office, entry)


def _taken(matches: list[Row], entry: tuple[str, int] | None, cents: int) -> Row | None:
    """Take the decision out of the list that a movement came from: the first about this entry and amount.

    What was taken back never brought money to the item.
    """
    for index, match in enumerate(matches):
        fits = (match[0], match[1]) == entry and abs(match[4]) == abs(cents)
        if fits and not (cents > 0 and match[2] in TAKING_BACK):
            return matches.pop(index)
    return None


def _said(
    store: Store, entry: tuple[str, int] | None, source: Source | None, part: int | None
) -> tuple[str | None, str | None, str | None]:
    """Return the bank day, who paid and what for; of money that was unclear what the bank said of its parts."""
    if entry is None:
        return None, None, None
    bank_day, payer, remittance = store.one(_BANK, office=entry[0], entry=entry[1]) or (None, None, None)
    if source is not None and source.kind in {"suspense", "advance"}:
        said = told_of(parts_of_case(store, source.office, source.number), Told(payer, None, remittance), part)
        payer, remittance = said.name, said.remittance
    return bank_day, payer, remittance


def _decisions(store: Store, office: str, entry: int, names: dict[int, str]) -> Iterator[Decision]:
    for line, rule, evidence, to, item, reference, cents, by in store.all(_ALL_MATCHES, office=office, entry=entry):
        person = decided_by(evidence, names)
        target = f"{to}/{item}" if item is not None else None
        recorder = names.get(by, str(by)) if by is not None else ""
        yield Decision(
            line, rule, evidence_of(evidence), target, reference, cents, person is not None, person or recorder
        )
