"""Unclear money in the book, looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from ledger.bank.parts import Told, UnclearPart, told
from ledger.bank.suspense import UnknownCaseError
from ledger.bank.suspense_worklist import Filter, WorkCase
from ledger.bank.unclear_parts_store import STEP, parts_of_case
from ledger.book.store import kasse_office
from ledger.items.orders import order_number
from ledger.people.users import user_name
from ledger.reports.items_store import UnclearCase, unclear_cases
from ledger.store.engines import Store

_BOUND = """(SELECT {what} FROM suspense_payout p JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
        WHERE p.office = i.office AND p.item = i.id AND o.state IN ('created', 'certified', 'approved'))"""
_CASE = f"""
    SELECT i.kind, i.account, i.open_cents, i.amount_cents, c.entry, c.reason, coalesce(e.payment_day, q.bank_day),
           e.posting_day, c.owner, u.name, c.hold_until, {_BOUND.format(what="coalesce(sum(o.total_cents), 0)")},
           {_BOUND.format(what="max(o.id)")}, CASE WHEN c.item IS NULL THEN 0 ELSE 1 END
    FROM item i JOIN entry e ON e.office = i.office AND e.position = i.position
    LEFT JOIN suspense_case c ON c.office = i.office AND c.item = i.id
    LEFT JOIN suspense_origin q ON q.office = i.office AND q.item = i.id
    LEFT JOIN app_user u ON u.id = c.owner
    WHERE i.office = :office AND i.id = :number AND i.kind IN ('suspense', 'advance')"""
_RESTING = "SELECT office, item, hold_until FROM suspense_case WHERE hold_until IS NOT NULL"
_ALL_BOUND = """
    SELECT p.office, p.item, sum(o.total_cents) FROM suspense_payout p
    JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
    WHERE o.state IN ('created', 'certified', 'approved') GROUP BY p.office, p.item"""
_HISTORY = """
    SELECT e.at, coalesce(u.name, CAST(e.by AS TEXT)), e.action, e.facts, d.details, b.name FROM event e
    LEFT JOIN event_details d ON d.office = e.office AND d.position = e.position
    LEFT JOIN app_user u ON u.id = e.by LEFT JOIN app_user b ON b.id = e.on_behalf
    WHERE e.object = :what AND e.office = :office AND (e.action LIKE 'suspense.%' OR e.action LIKE 'advance.%')
    ORDER BY e.position"""
_OBJECTED = """
    SELECT s.at, coalesce(u.name, CAST(s.by AS TEXT)), 'objected', s.order_id, s.reason, b.name
    FROM suspense_payout p JOIN order_step s ON s.office = p.office AND s.order_id = p.order_id
    LEFT JOIN app_user u ON u.id = s.by LEFT JOIN app_user b ON b.id = s.on_behalf
    WHERE p.office = :office AND p.item = :item AND s.step = 'objected' ORDER BY s.at, s.order_id"""
_BANK = """
    SELECT b.bank_day, b.value_day, b.name, b.counter_iban, b.remittance, b.iban, b.gvc, b.end_to_end_id,
           b.creditor_reference, b.return_reason
    FROM bank_entry b WHERE b.office = :office AND b.id = :entry"""
_ORIGIN = """
    SELECT q.bank_day, q.bank_day, q.name, q.counter_iban, q.remittance, NULL, NULL, NULL, NULL, NULL
    FROM suspense_origin q WHERE q.office = :office AND q.item = :number"""
_ITSELF = """
    SELECT i.opened_on, i.opened_on, i.purpose, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM item i WHERE i.office = :office AND i.id = :number"""
_COUNTED = """
    SELECT c.day, coalesce(p.name, u.name) FROM cash_count c
    JOIN cash_holder h ON h.desk = c.desk AND h.since <= c.day AND h.made_at <= c.counted_at
    JOIN app_user u ON u.id = h.user_id LEFT JOIN party p ON p.id = h.party
    WHERE c.item = :number ORDER BY h.line DESC LIMIT 1"""
_WHY = """
    SELECT line, rule, evidence, item_office, item, cents FROM bank_match
    WHERE office = :office AND entry = :entry ORDER BY line"""

EVERY_CASE = Filter()
_SHARED = tuple(each.name for each in fields(UnclearCase))


@dataclass(frozen=True, slots=True)
class Step:
    """One decision about the money of a bank entry: by which rule, on what evidence, to which item."""

    rule: str
    office: str | None
    item: int | None
    amount_cents: int
    evidence: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class CaseDetails:
    """A case with all the bank said and what was decided about its entry so far.

    Of a difference in cash there are the day of the count and who held the desk then.
    """

    office: str
    number: int
    kind: str
    reason: str | None
    amount_cents: int
    open_cents: int
    entry: int | None
    bank_day: str | None
    value_day: str | None
    name: str | None
    bank_account: str | None
    remittance: str | None
    iban: str | None
    gvc: str | None
    end_to_end_id: str | None
    creditor_reference: str | None
    return_reason: str | None
    owner: str | None
    hold_until: str | None
    bound_cents: int
    bound_by: str | None
    counted_on: str | None
    holder: str | None
    steps: tuple[Step, ...]
    history: tuple[Remark, ...]
    parts: tuple[UnclearPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """A case as its rows have it; `payment_day` is when its money counts as paid, `bound` what an order will pay out.

    `filed` is false for money that has no row in suspense_case yet.
    """

    office: str
    number: int
    kind: str
    account: str
    open_cents: int
    amount_cents: int
    entry: int | None
    reason: str | None
    payment_day: str | None
    posting_day: str
    owner: int | None
    owner_name: str | None
    hold_until: str | None
    bound_cents: int
    bound_by: str | None
    filed: bool

    @property
    def free_cents(self) -> int:
        """What a clerk can still decide about."""
        return self.open_cents - self.bound_cents


@dataclass(frozen=True, slots=True)
class Remark:
    """One line of a case's history: when, who, what, with which words, for whom."""

    at: str
    by: str
    what: str
    facts: Mapping[str, str | int]
    words: str
    on_behalf: str | None = None


def list_cases(store: Store, day: str, *, office: str | None = None, wanted: Filter = EVERY_CASE) -> Iterator[WorkCase]:
    """Yield the unclear money of the end of the day that the filter wants, oldest first; inside `snapshot` or a unit.

    Owner, rest and binding are those of now. Raises `UnknownOfficeError`.
    """
    resting = {(code, item): until for code, item, until in store.rows(_RESTING)}
    bound = {(code, item): int(cents) for code, item, cents in store.rows(_ALL_BOUND)}
    for case in unclear_cases(store, day, office=office):
        key = case.office, case.number
        plain = [getattr(case, name) for name in _SHARED]
        found = WorkCase(*(*plain, resting.get(key), bound.get(key, 0)))
        if wanted.fits(found, day):
            yield found


def case_history(store: Store, office: str, number: int) -> tuple[Remark, ...]:
    """Return what was decided and written down about a case, the oldest first, whoever did it.

    So are objections to orders that were to pay it out: its money is free again.
    """
    told = (
        replace(
            _remark(
                store, at, who, action.partition(".")[2], {**json.loads(facts or "{}"), **json.loads(words or "{}")}
            ),
            on_behalf=principal,
        )
        for at, who, action, facts, words, principal in store.all(_HISTORY, office=office, what=f"item:{number}")
    )
    objected = (
        Remark(at, who, what, {"order": order_number(office, order)}, why or "", principal)
        for at, who, what, order, why, principal in store.all(_OBJECTED, office=office, item=number)
    )
    return tuple(sorted([*told, *objected], key=lambda one: one.at))


def _remark(store: Store, at: str, who: str, what: str, known: dict[str, str | int]) -> Remark:
    people = {name: user_name(store, int(known[name])) for name in ("owner", "before") if known.get(name)}
    values = {name: value for name, value in (known | people).items() if value not in (None, "")}
    said = [str(values.pop(name)) for name in ("text", "reason") if name in values]
    return Remark(at, who, what, values, "; ".join(said))


def show_case(store: Store, number: int, *, office: str | None = None) -> CaseDetails:
    """Return a case of the office (default: the Kasse).

    Raises `UnknownCaseError`.
    """
    case = find_case(store, office or kasse_office(store), number)
    bank = store.one(_ORIGIN, office=case.office, number=case.number)
    if case.entry is not None:
        bank = store.one(_BANK, office=case.office, entry=case.entry)
    bank = bank or store.one(_ITSELF, office=case.office, number=case.number)
    counted_on, holder = _counted(store, case)
    why = store.rows(_WHY, office=case.office, entry=case.entry)
    steps = tuple(Step(rule, to, item, cents, _named(store, known)) for _, rule, known, to, item, cents in why)
    bank_day, value_day, name, account, text, iban, gvc, end_to_end, creditor, back = bank or (None,) * 10
    parts = parts_of_case(store, case.office, case.number) if case.entry is not None else ()
    said = told(parts, Told(name, account, text))
    return CaseDetails(
        case.office, case.number, case.kind, case.reason, case.amount_cents, case.open_cents, case.entry, bank_day,
        value_day, said.name, said.bank_account, said.remittance, iban, gvc, end_to_end, creditor, back,
        case.owner_name, case.hold_until, case.bound_cents, case.bound_by, counted_on, holder, steps,
        case_history(store, case.office, case.number), parts,
    )  # fmt: skip


def _counted(store: Store, case: Case) -> tuple[str | None, str | None]:
    """Return when a difference in cash was counted and who held the desk then."""
    found = store.one(_COUNTED, number=case.number) if case.reason in {"shortage", "surplus"} else None
    return (found[0], found[1]) if found is not None else (None, None)


def _named(store: Store, evidence: str | None) -> dict[str, str | int]:
    """Return stored evidence with persons by their names, as people read it."""
    known: dict[str, str | int] = json.loads(evidence or "{}")
    if "by" in known:
        known["by"] = user_name(store, int(known["by"]))
    return {name: value for name, value in known.items() if name != STEP}


def find_case(store: Store, office: str, number: int) -> Case:
    """Return the row of a case.

    Raises `UnknownCaseError`.
    """
    row = store.one(_CASE, office=office, number=number)
    if row is None:
        raise UnknownCaseError(office=office, number=number)
    plain, (bound_cents, order, filed) = row[:-3], row[-3:]
    bound_by = None if order is None else order_number(office, order)
    return Case(*(office, number, *plain, int(bound_cents), bound_by, bool(filed)))
