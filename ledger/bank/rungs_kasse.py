"""Rungs for what the Kasse itself does: its rules, money between its own accounts, what suppliers collect."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.bank.matching import Case, Evidence, Running, Share, Target
from ledger.bank.rules import applying
from ledger.bank.rungs import Data, Doubt, Verdict
from ledger.bank.rungs_references import may_be_for


def by_rule(case: Case, running: Running, data: Data) -> Verdict:
    """Book by the first rule of the Kasse that applies: fees, interest, money for others.

    Where a reference with a right check digit was doubtful, or a number that is not short and may well be meant, only a
    rule that names an account says more than it does.
    """
    sure = any(target.strong or may_be_for(case, target, running) for target in case.targets)
    rules = [rule for rule in data.rules if rule.names_account] if sure else data.rules
    rule = applying(rules, "entry", case.entry, case.part, case.cents)
    if rule is None:
        return None
    return [Share("account", "rule", case.cents, {"rule": rule.id, "name": rule.name}, bank_rule=rule)]


def own_transfer(case: Case, running: Running, data: Data) -> Verdict:
    """Put money that goes to or comes from another account of the Kasse under way; the other leg takes it off again.

    Each leg is told by the other account's IBAN alone, so that they may come in either order, days apart.
    """
    del running
    other = case.part.counter_iban
    if other is None or other == case.entry.iban or other not in data.own_accounts:
        return None
    return [Share("transfer", "transfer", case.cents, {"account": other})]


def by_direct_debit(case: Case, running: Running, data: Data) -> Verdict:
    """Settle the one payable with exactly this amount that this supplier collects; it is marked as collected."""
    del data
    payables: Sequence[Target] = case.found.get("payable", ())
    if not payables or case.cents >= 0:
        return None
    still = [one for one in payables if running.open_cents(one) == -case.cents]
    evidence: Evidence = {"proof": "iban amount" if payables[0].own_iban else "name amount"}
    if len(still) != 1:
        return Doubt("ambiguous" if still else "paid", evidence)
    return [Share("settle", "direct_debit", case.cents, evidence, still[0])]
