"""The ladder: which rule decides where a bank entry's money goes; rungs are tried in order until one decides.

What no rung decides stays to be clarified, with the most telling of the reasons the rungs gave. Nothing here reads the
book: the candidates and what earlier entries used up are given. A new rung is a row here, with its lookup in
`ledger.bank.lookups` where it needs one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.bank.matching import Case, Decision, Evidence, Running, Share, Staged, Target, whole_part
from ledger.bank.rungs import RANK, Data, Doubt, Rung
from ledger.bank.rungs_cash import cards_credited, cash_arrived, cheque_bounced
from ledger.bank.rungs_collections import (
    collected,
    collected_run,
    returned_batch,
    returned_collection,
    reversed_collections,
)
from ledger.bank.rungs_kasse import by_direct_debit, by_rule, own_transfer
from ledger.bank.rungs_references import by_account, by_evidence, by_one_reference, by_reference
from ledger.bank.rungs_returns import incomplete, is_return, other_return, returned_payment, undone
from ledger.bank.rungs_runs import own_payment, own_run


@dataclass(frozen=True, slots=True)
class Step:
    """A rung of the ladder; one with `needs` is asked only where that lookup found something for the case."""

    rung: Rung
    needs: str = ""


CREDITS = (
    Step(returned_payment, "payment"),
    Step(other_return),
    Step(collected, "collection"),
    Step(collected_run, "collected"),
    Step(undone),
    Step(cash_arrived, "cash"),
    Step(cards_credited, "cards"),
    Step(incomplete),
    Step(own_transfer),
    Step(by_one_reference),
    Step(by_reference),
    Step(by_evidence),
    Step(by_rule),
    Step(by_account, "account"),
)
DEBITS = (
    Step(reversed_collections, "collection"),
    Step(returned_collection, "collection"),
    Step(returned_batch, "batch_back"),
    Step(cheque_bounced, "cheque"),
    Step(other_return),
    Step(undone),
    Step(cash_arrived, "cash"),
    Step(cards_credited, "cards"),
    Step(incomplete),
    Step(own_payment, "payment"),
    Step(own_run, "run"),
    Step(own_transfer),
    Step(by_rule),
    Step(by_direct_debit, "payable"),
)
"""What is tried for money received and for money paid out, in this order."""
WHOLE: tuple[Rung, ...] = (own_run, collected_run, reversed_collections)
"""Rungs that may take a collective entry as a whole, before its parts are looked at."""
_PLAIN_CREDITS, _PLAIN_DEBITS = (tuple(step.rung for step in steps if not step.needs) for steps in (CREDITS, DEBITS))
_NOTHING_IN, _NOTHING_OUT = Doubt("no_reference"), Doubt("no_rule")


def decide(cases: Sequence[Case], running: Running, data: Data) -> Decision:
    """Return where an entry's money goes: `cases` are its parts, or the one case that is the whole entry.

    What a share uses up is noted in `running` at once, so that two parts never settle the same cents.
    """
    entry = cases[0].entry
    shares: list[Share] = []
    doubts: list[Doubt] = []
    unclear: list[int] = []
    open_cents = 0
    for case in _whole_or_parts(cases, running, data):
        found = climb(case, running, data)
        if isinstance(found, Doubt):
            doubts.append(found)
            unclear.append(case.part.line)
            open_cents += case.cents
            continue
        if case.part.line:
            found = [_of_part(share, case.part.line) for share in found]
        for share in found:
            running.take(share)
        shares += found
    if open_cents:
        doubt = min(doubts, key=lambda one: RANK[one.reason])
        evidence = _with_parts(doubt.evidence, unclear) if shares else doubt.evidence
        shares.append(Share("clarify", doubt.reason, open_cents, evidence))
    return Decision(entry, tuple(shares))


def _of_part(share: Share, line: int) -> Share:
    """Return a share of a part of a collective entry: what is unclear says of which, what an item got or became too."""
    if share.act == "clarify":
        return share._replace(evidence=_with_parts(share.evidence, [line]))
    return share._replace(evidence={**share.evidence, "part": line}) if share.act in {"settle", "surplus"} else share


def _with_parts(evidence: Evidence, lines: Sequence[int]) -> Evidence:
    """Return evidence with the parts it is about, where these are not all of the entry's."""
    return {**evidence, "parts": " ".join(map(str, lines))}


def paid_at_once(entry: Staged, targets: Sequence[Target], running: Running, data: Data) -> Target | None:
    """Return what the ladder would settle with most payments, without climbing it: one sure reference, exactly paid.

    For an entry without parts of which the book knows nothing but what its references name. Where a rung before
    `by_one_reference` could speak, the ladder decides.
    """
    if len(targets) != 1 or entry.reversal or entry.counter_iban in data.own_accounts:
        return None
    (only,) = targets
    cents = entry.amount_cents
    if cents <= 0 or not only.strong or only.foreign or only.item is None:
        return None
    if only.open_cents != cents or (only.office, only.item) in running.taken:
        return None
    return None if is_return(entry.gvc, entry.return_reason) else only


def climb(case: Case, running: Running, data: Data) -> Sequence[Share] | Doubt:
    """Return the shares of the first rung that decides, else the most telling doubt."""
    doubt = _NOTHING_IN if case.cents > 0 else _NOTHING_OUT
    for rung in _asked(case):
        verdict = rung(case, running, data)
        if verdict is None:
            continue
        if not isinstance(verdict, Doubt):
            if verdict:
                return verdict
        elif RANK[verdict.reason] < RANK[doubt.reason]:
            doubt = verdict
    return doubt


def _asked(case: Case) -> Iterable[Rung]:
    """Return the rungs that may know something about a case."""
    found = case.found
    if not found:
        return _PLAIN_CREDITS if case.cents > 0 else _PLAIN_DEBITS
    steps = CREDITS if case.cents > 0 else DEBITS
    return [step.rung for step in steps if not step.needs or step.needs in found]


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
