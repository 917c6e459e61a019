"""Whoever writes a sealed table seals: a new command that forgets to say so would be called tampering by verify."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import ledger
from ledger.events.seals import SEALED

ROOT = Path(ledger.__file__).parent.parent
TEXTS = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for room in ("ledger", "enforcement")
    for path in sorted((ROOT / room).rglob("*.py"))
}


class Sealing(NamedTuple):
    """Tables, how modules that seal them are called from the start, and modules that write only what no seal covers."""

    tables: tuple[str, ...]
    by: str
    unsealed: frozenset[str] = frozenset()


SEALINGS = {
    "master data": Sealing(tuple(SEALED), "ledger.events.seals_store"),
    "persons": Sealing(("party", "party_account"), "ledger.people.party_seals_store"),
    "mandates": Sealing(
        ("mandate", "mandate_reference"),
        "ledger.payments.mandate_seals_store",
        frozenset({"ledger/payments/mandate_use_store.py"}),  # uses are counted from collections
    ),
    "joint debtors": Sealing(
        ("item_debtor", "order_debtor"),
        "ledger.items.joint_seals_store",
        frozenset({"ledger/items/joint_seals_store.py"}),
    ),
    "orders": Sealing(
        ("cash_order", "cash_order_line"),
        "ledger.items.order_seals_store",
        frozenset({"ledger/items/order_steps_store.py"}),  # moves states, which steps prove
    ),
    "what the bank said": Sealing(
        ("bank_entry", "bank_detail", "bank_notice", "bank_notice_detail"),
        "ledger.bank.said",
        frozenset({"ledger/bank/posting_store.py"}),  # writes what was decided, which the journal proves
    ),
}


def writes(text, tables):
    """Which of the tables a module writes, by SQL or by `insert`."""
    names = "|".join(tables)
    found = re.findall(rf"(?:UPDATE|INTO|DELETE FROM) ({names})\b|insert\w*\(\s*\"({names})\"", text)
    return {sql or call for sql, call in found}


@pytest.mark.parametrize("sealing", SEALINGS.values(), ids=SEALINGS)
def test_whoever_writes_a_sealed_table_seals(sealing):
    written = {name: found for name, text in TEXTS.items() if (found := writes(text, sealing.tables))}
    assert set().union(*written.values()) == set(sealing.tables)
    silent = {name for name in written if f"from {sealing.by}" not in TEXTS[name]}
    assert silent == sealing.unsealed
