"""The ladder: which rule decides where a bank entry's money goes; rungs are tried in order until one decides.

What no rung decides stays to be clarified, with the most telling of the reasons the rungs gave. Nothing here reads the
book: the candidates and what earlier entries used up are given. A new rung is a row here, with its lookup in
`ledger.bank.lookups` where it needs one.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.bank.matching import Case, Decision, Running, Share, whole_part
from ledger.bank.rungs import REASONS, Data, Doubt, Rung
from ledger.bank.rungs_collections import collected, collected_run, returned_collection, reversed_collections
from ledger.bank.rungs_kasse import by_direct_debit, by_rule, own_transfer
from ledger.bank.rungs_references import by_account, by_evidence, by_one_reference, by_reference
from ledger.bank.rungs_returns import incomplete, other_return, returned_payment, undone
from ledger.bank.rungs_runs import own_payment, own_run

CREDITS: tuple[Rung, ...] = (
    returned_payment, other_return, collected, collected_run, undone, incomplete, own_transfer, by_one_reference, by_reference, by_evidence,
    by_rule, by_account,
)  # fmt: skip
DEBITS: tuple[Rung, ...] = (
    reversed_collections, returned_collection, other_return, undone, incomplete, own_payment, own_run, own_transfer, by_rule, by_direct_debit,
)  # fmt: skip
WHOLE: tuple[Rung, ...] = (own_run, collected_run, reversed_collections)
"""Rungs that may take a collective entry as a whole, before its parts are looked at."""
_NOTHING_IN, _NOTHING_OUT = Doubt("no_reference"), Doubt("no_rule")


def decide(cases: Sequence[Case], running: Running, data: Data) -> Decision:
    """Return where an entry's money goes: `cases` are its parts, or the one case that is the whole entry.

    What a share uses up is noted in `running` at once, so that two parts never settle the same cents.
    """
    entry = cases[0].entry
    shares: list[Share] = []
    doubts: list[Doubt] = []
    open_cents = 0
    for case in _whole_or_parts(cases, running, data):
        found = climb(case, running, data)
        if isinstance(found, Doubt):
            doubts.append(found)
            open_cents += case.cents
            continue
        for share in found:
            running.take(share)
        shares += found
    if open_cents:
        doubt = min(doubts, key=lambda one: REASONS.index(one.reason))
        shares.append(Share("clarify", doubt.reason, open_cents, doubt.evidence))
    return Decision(entry, tuple(shares))


def climb(case: Case, running: Running, data: Data) -> Sequence[Share] | Doubt:
    """Return the shares of the first rung that decides, else the most telling doubt."""
    doubt, rungs = (_NOTHING_IN, CREDITS) if case.cents > 0 else (_NOTHING_OUT, DEBITS)
    for rung in rungs:
        verdict = rung(case, running, data)
        if isinstance(verdict, Doubt):
            doubt = min(doubt, verdict, key=lambda one: REASONS.index(one.reason))
        elif verdict:
            return verdict
    return doubt


def _whole_or_parts(cases: Sequence[Case], running: Running, data: Data) -> Sequence[Case]:
    """Return the cases to decide: a collective entry as a whole where it is a run of ours, else its parts."""
    entry = cases[0].entry
    if cases[0].part.line == 0:
        return cases
    parts = [case.part.amount_cents or 0 for case in cases]
    complete = sum(parts) == entry.amount_cents and all(part * entry.amount_cents > 0 for part in parts)
    whole = Case(entry, whole_part(entry), found=cases[0].found, complete=complete)
    if not complete or any(isinstance(rung(whole, running, data), list) for rung in WHOLE):
        return [whole]
    return cases
