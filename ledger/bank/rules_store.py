"""The rules of the Kasse in the book."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ledger.bank.rules import BankRule
from ledger.store.engines import Store


def bank_rules(store: Store) -> Sequence[BankRule]:
    """Return the active rules of the Kasse by rank."""
    sql = """SELECT id, name, direction, role, account, gvc, iban, counter_iban, pattern, min_cents, max_cents, office,
                    serves
             FROM bank_rule WHERE active = 1 ORDER BY rank, id"""
    return [_rule(*row) for row in store.rows(sql)]


def _rule(*row: Any) -> BankRule:
    number, name, direction, role, account, gvc, iban, counter_iban, pattern, *rest = row
    compiled = re.compile(pattern, re.IGNORECASE) if pattern else None
    return BankRule(number, name, direction, role, account, gvc, iban, counter_iban, compiled, *rest)
