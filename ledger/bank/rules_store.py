"""The rules of the Kasse in the book: read for the ladder, listed with what they took, made, moved, switched, tried."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

from ledger.bank.matching import Staged, whole_part
from ledger.bank.rules import BankRule
from ledger.bank.rules_desk import (
    BARRED_ROLES,
    SURE_DOUBTS,
    TAKEN_FROM,
    ErasedRuleError,
    Hit,
    RuleAccountError,
    RuleExistsError,
    RuleRow,
    Trial,
    UnknownRuleError,
    Wanted,
    placed,
    reordered,
)
from ledger.bank.rungs_references import SHORT
from ledger.book.entry import UnknownAccountError
from ledger.book.offices_store import check_office
from ledger.book.store import account_with_role, kasse_office
from ledger.events.seals_store import seal
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store

ROLES = ("head",)
"""Who may make, move and switch rules: a rule decides about money without anybody looking."""
STEP, SHOWN = 10, 200
_ASKS = "direction, role, account, gvc, iban, counter_iban, pattern, min_cents, max_cents, office, serves"
_ACTIVE = f"SELECT id, name, {_ASKS} FROM bank_rule WHERE active = 1 ORDER BY rank, id"
_ONE = f"SELECT id, name, {_ASKS} FROM bank_rule WHERE id = :id"
_LIST = """
    SELECT 0, r.id, r.name, r.active, r.serves, r.direction, r.gvc, r.iban, r.counter_iban, r.pattern, r.min_cents,
           r.max_cents, r.role, r.office, r.account, 0, 0, NULL, u.name, r.made_at
    FROM bank_rule r LEFT JOIN app_user u ON u.id = r.made_by ORDER BY r.rank, r.id"""
_HITS = """
    SELECT m.evidence, count(*), sum(m.cents), max(b.bank_day)
    FROM bank_match m JOIN bank_entry b ON b.office = m.office AND b.id = m.entry
    WHERE m.rule IN ('rule', 'return_fee') GROUP BY m.evidence"""
_SAME = f"SELECT id, name, {_ASKS} FROM bank_rule WHERE active = 1"
_ACCOUNT = "SELECT role FROM account WHERE office = :office AND number = :account AND closed_on IS NULL"
_PAST = """
    SELECT 0, b.office, b.id, b.iban, '', b.bank_day, b.value_day, b.amount_cents, b.reversal, b.gvc, b.name,
           b.counter_iban, b.remittance, b.return_reason, b.detail_count, m.rule, m.evidence
    FROM bank_entry b
    LEFT JOIN bank_match m ON m.office = b.office AND m.entry = b.id AND m.line = 1
    WHERE b.bank_day >= :since AND b.state = 'posted'
      AND (CAST(:gvc AS TEXT) IS NULL OR b.gvc = :gvc)
      AND (CAST(:iban AS TEXT) IS NULL OR b.iban = :iban)
      AND (CAST(:counter AS TEXT) IS NULL OR b.counter_iban = :counter)
    ORDER BY b.bank_day DESC, b.id DESC"""


def bank_rules(store: Store) -> Sequence[BankRule]:
    """Return the active rules of the Kasse by rank."""
    return [_rule(*row) for row in store.rows(_ACTIVE)]


def _rule(*row: Any) -> BankRule:
    number, name, direction, role, account, gvc, iban, counter_iban, pattern, *rest = row
    compiled = re.compile(pattern, re.IGNORECASE) if pattern else None
    return BankRule(number, name, direction, role, account, gvc, iban, counter_iban, compiled, *rest)


def list_rules(store: Store) -> list[RuleRow]:
    """Return all rules in the order in which they are tried, with what each took so far."""
    hits: dict[int, tuple[int, int, str]] = {}
    for evidence, count, cents, day in store.rows(_HITS):
        number = json.loads(evidence).get("rule", 0)
        known = hits.get(number, (0, 0, ""))
        hits[number] = known[0] + count, known[1] + int(cents), max(known[2], day)
    rows = []
    for values in store.rows(_LIST):
        row = RuleRow(*values)
        count, cents, day = hits.get(row.number, (0, 0, ""))
        rows.append(replace(row, active=bool(row.active), hits=count, sum_cents=cents, last_day=day or None))
    return placed(rows)


def add_rule(store: Store, wanted: Wanted, *, before: int | None = None) -> RuleRow:
    """Add a rule, as the last one or before another, and return it.

    Raises `RuleAccountMissingError`, `RuleAccountError`, `UnknownAccountError`, `UnknownOfficeError`,
    `RuleExistsError`, `UnknownRuleError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    with store.unit([kasse]):
        check_rule(store, wanted, before=before)
        order = _order(store)
        number = take_ids(store, BOOK, "bank_rule")
        while number in order:  # a new book begins with rules of its own
            number = take_ids(store, BOOK, "bank_rule")
        store.insert_one(
            "bank_rule", id=number, rank=STEP * (len(order) + 1), name=wanted.name, serves=wanted.serves,
            gvc=wanted.gvc, direction=wanted.direction, iban=wanted.iban, counter_iban=wanted.counter_iban,
            pattern=wanted.pattern, min_cents=wanted.min_cents, max_cents=wanted.max_cents, role=wanted.role,
            office=wanted.office, account=wanted.account, active=1, made_by=store.user, made_at=store.now,
        )  # fmt: skip
        _write_order(store, reordered([*order, number], number, before))
        facts = {"role": wanted.role, "account": wanted.account, "office": wanted.office, **_sealed(store)}
        record(store, kasse, "rule.add", f"rule:{number}", facts, {"name": wanted.name, "text": wanted.pattern})
    return _known(store, number)


def check_rule(store: Store, wanted: Wanted, *, before: int | None) -> None:
    """Check that a rule can be added: where it books to, its place, and that no other asks for the same.

    Raises `RuleAccountMissingError`, `RuleAccountError`, `UnknownAccountError`, `UnknownOfficeError`,
    `RuleExistsError`, `UnknownRuleError`.
    """
    wanted.check_place()
    _check_account(store, wanted)
    _check_new(store, wanted)
    if before is not None:
        _known(store, before)


def move_rule(store: Store, number: int, *, before: int | None) -> RuleRow:
    """Move a rule before another one, or to the end; the first that applies decides.

    Raises `UnknownRuleError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    with store.unit([kasse]):
        _known(store, number)
        if before is not None:
            _known(store, before)
        old = _order(store)
        new = reordered(old, number, before)
        if new != old:
            _write_order(store, new)
            record(store, kasse, "rule.move", f"rule:{number}", {"place": new.index(number) + 1, **_sealed(store)})
    return _known(store, number)


def switch_rule(store: Store, number: int, *, active: bool) -> tuple[RuleRow, bool]:
    """Switch a rule on or off; what it decided stays. Return the rule and whether that is new.

    Raises `UnknownRuleError`, `ErasedRuleError`, `NotAllowedError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *ROLES)
    with store.unit([kasse]):
        known = _known(store, number)
        if active and not known.name:
            raise ErasedRuleError(number=number)
        if known.active != active:
            store.execute("UPDATE bank_rule SET active = :active WHERE id = :id", active=int(active), id=number)
            sealed = seal(store, ("bank_rule", number))
            record(store, kasse, "rule.on" if active else "rule.off", f"rule:{number}", sealed)
    return _known(store, number), known.active != active


def rule_of(store: Store, number: int) -> BankRule:
    """Return a rule as the ladder tries it, switched off or not. Raises `UnknownRuleError`."""
    row = store.one(_ONE, id=number)
    if row is None:
        raise UnknownRuleError(number=number)
    return _rule(*row)


def try_rule(store: Store, rule: BankRule, since: str) -> Trial:
    """Return what a rule would have taken of the entries posted since a day; nothing is changed.

    Entries that references, runs or returns decided are found but not taken: those rungs come first. Collective
    entries with parts are left out. Inside `snapshot` or a unit.
    """
    seen, found, credit, debit = 0, list[Hit](), 0, 0
    values = {"gvc": rule.gvc, "iban": rule.iban, "counter": rule.counter_iban}
    for *row, decided, evidence in store.stream(_PAST, since=since, **values):
        entry = Staged._make(row)
        seen += 1
        if entry.detail_count > 1 or not rule.applies(entry, whole_part(entry)):
            continue
        known = json.loads(evidence or "{}") if decided == "clarify" else {}
        why = known.get("reason")
        sure = why in SURE_DOUBTS and any(len(key) >= SHORT for key in str(known.get("reference", "")).split())
        free = decided in TAKEN_FROM and (rule.names_account or not sure)
        credit += free and max(0, entry.amount_cents)
        debit += free and max(0, -entry.amount_cents)
        found.append(
            Hit(
                entry.office, entry.id, entry.bank_day, entry.amount_cents, entry.name, entry.remittance, entry.gvc,
                why or decided or "", free,
            )
        )  # fmt: skip
    taken = sum(hit.free for hit in found)
    return Trial(since, seen, tuple(islice(found, SHOWN)), len(found), taken, credit, debit)


def _check_account(store: Store, wanted: Wanted) -> None:
    office = wanted.office or kasse_office(store)
    check_office(store, office)
    if wanted.account is None:
        account_with_role(store, office, wanted.role)
        return
    row = store.one(_ACCOUNT, office=office, account=wanted.account)
    if row is None:
        raise UnknownAccountError(office=office, account=wanted.account)
    if row[0] in BARRED_ROLES:
        raise RuleAccountError(account=wanted.account, office=office, role=row[0])


def _check_new(store: Store, wanted: Wanted) -> None:
    new = wanted.rule()
    for row in store.rows(_SAME):
        known = _rule(*row)
        if _conditions(known) == _conditions(new):
            raise RuleExistsError(number=known.id, name=known.name)


def _conditions(rule: BankRule) -> tuple[object, ...]:
    text = rule.pattern.pattern if rule.pattern else None
    asks = (rule.direction, rule.gvc, rule.iban, rule.counter_iban, text, rule.min_cents, rule.max_cents)
    return (*asks, rule.serves)


def _order(store: Store) -> list[int]:
    return [number for (number,) in store.rows("SELECT id FROM bank_rule ORDER BY rank, id")]


def _write_order(store: Store, order: Sequence[int]) -> None:
    changes = [{"id": number, "rank": STEP * place} for place, number in enumerate(order, 1)]
    store.execute_many("UPDATE bank_rule SET rank = :rank WHERE id = :id", changes)


def _sealed(store: Store) -> dict[str, Fact]:
    """Return the seals of all rules: where one moves, the others do."""
    return seal(store, *(("bank_rule", number) for number in _order(store)))


def _known(store: Store, number: int) -> RuleRow:
    for row in list_rules(store):
        if row.number == number:
            return row
    raise UnknownRuleError(number=number)
