"""The ladder: which rule decides where a bank entry's money goes; rungs are tried in order until one decides.

What no rung decides stays to be clarified, with the most telling of the reasons the rungs gave. Nothing here reads the
book: the candidates and what earlier entries used up are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.bank.matching import BankRule, Case, Decision, Evidence, ItemKey, Running, Share, Target, whole_part
from ledger.items.settlement import Claim, Order, spread
from ledger.people.parties import match_key
from sepa.errors import N_

REASONS = (
    N_("return"), N_("reversal"), N_("several"), N_("ambiguous"), N_("amount"), N_("paid"), N_("unreleased"),
    N_("account"), N_("unproven"), N_("closed"), N_("unknown"), N_("details"), N_("no_reference"), N_("no_rule"),
)  # fmt: skip
"""Why money is to be clarified, the most telling first; stored with the case.

return: a payment of ours came back. reversal: the bank undid a booking. several: several open references, and the
amount is not their sum. ambiguous: a reference that several persons owe. amount: our payment or run, another amount.
paid: our payment, executed before. unreleased: our payment, not released. account: our payment, from another account.
unproven: a number without check digit and nothing besides. closed: the reference is paid. unknown: a valid reference
that the book does not have. details: a collective entry whose parts do not make its amount. no_reference, no_rule:
nothing was found in a credit, in a debit.
"""


RULES = (
    N_("reference"), N_("evidence"), N_("payment"), N_("run"), N_("rule"), N_("surplus"), N_("clarify"), N_("assigned"),
)  # fmt: skip
"""What `bank_match.rule` may say: the rung that decided, what was over, what was left to a person and what one did."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a rung that knows something about the money does not decide."""

    reason: str
    evidence: Evidence = field(default_factory=dict)


_NOTHING_IN, _NOTHING_OUT = Doubt("no_reference"), Doubt("no_rule")


@dataclass(frozen=True, slots=True)
class Data:
    """What the rungs decide by besides the candidates: the Kasse's rules by rank, the orders of settlement."""

    rules: tuple[BankRule, ...] = ()
    orders: Mapping[str, Order] | None = None


Verdict = Sequence[Share] | Doubt | None
Rung = Callable[[Case, Running, Data], Verdict]
_UNPAID = frozenset({"released", "exported"})


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
    whole = Case(entry, whole_part(entry), runs=cases[0].runs, complete=complete)
    if not complete or isinstance(own_run(whole, running, data), list):
        return [whole]
    return cases


def returned(case: Case, running: Running, data: Data) -> Verdict:
    """Leave what comes back to a person: the payment it belongs to is evidence, posting it is another step."""
    del running, data
    if not case.part.return_reason:
        return None
    evidence: dict[str, str | int] = {"return_reason": case.part.return_reason}
    for payment in case.payments[:1]:
        evidence |= {"office": payment.office, "run": payment.run, "payment": payment.number}
    return [Share("clarify", "return", case.cents, evidence)]


def undone(case: Case, running: Running, data: Data) -> Verdict:
    """Leave bookings that undo another one to a person: their text is that of the booking they undo."""
    del running, data
    return [Share("clarify", "reversal", case.cents, {})] if case.entry.reversal else None


def incomplete(case: Case, running: Running, data: Data) -> Verdict:
    """Say why the parts of a collective entry were not looked at."""
    del running, data
    return None if case.complete else Doubt("details")


def own_payment(case: Case, running: Running, data: Data) -> Verdict:
    """Clear money in transit by the EndToEndId of a payment of ours with the same amount."""
    del data
    for payment in case.payments:
        evidence: Evidence = {"office": payment.office, "run": payment.run, "payment": payment.number}
        if payment.state not in _UNPAID:
            return Doubt("unreleased" if payment.state == "proposed" else "paid", evidence)
        if running.executed(payment):
            return Doubt("paid", evidence)
        if payment.iban != case.entry.iban:
            return Doubt("account", evidence)
        if payment.cents != -case.cents:
            return Doubt("amount", evidence)
        return [Share("transit", "payment", case.cents, evidence, payment=payment)]
    return None


def own_run(case: Case, running: Running, data: Data) -> Verdict:
    """Clear a whole run of ours by its message or batch id where what is left of it is the amount."""
    del data
    for run in case.runs:
        evidence: Evidence = {"office": run.office, "run": run.run}
        left = running.run_cents(run)
        if run.iban != case.entry.iban:
            return Doubt("account", evidence)
        if left == 0:
            return Doubt("paid", evidence)
        if left != -case.cents:
            return Doubt("amount", {**evidence, "left_cents": left})
        return [Share("transit", "run", case.cents, evidence, run=run)]
    return None


def by_reference(case: Case, running: Running, data: Data) -> Verdict:
    """Settle what a reference with a check digit names, up to what is open, whoever pays.

    Several open references decide only where the amount is exactly their sum; so does one beside a paid one.
    """
    own = [target for target in case.targets if not target.foreign]
    if not any(target.strong for target in own):
        return None
    named, paid = _by_key(own, running)
    sure = {target.key for target in own if target.strong}
    paid &= sure
    evidence: Evidence = {"reference": " ".join(sorted(sure)), "in": own[0].place}
    if not sure & named.keys():
        return Doubt("closed" if sure & paid else "unknown", evidence)
    wanted = [target for key in sorted(sure & named.keys()) for target in named[key]]
    if len(named) == 1 and not paid and _one_person(wanted):
        over = case.cents - _total(wanted, running)
        others = _by_key([target for target in case.targets if target.foreign], running)[0]
        if over <= 0 or not others:
            return _settle("reference", evidence, wanted, case, running, data)
    everything = [target for targets in named.values() for target in targets]
    for choice in (everything, wanted):
        if _total(choice, running) == case.cents:
            return _settle("reference", evidence, choice, case, running, data)
    return Doubt("several" if len(named) > 1 or paid or _one_person(wanted) else "ambiguous", evidence)


def by_one_reference(case: Case, running: Running, data: Data) -> Verdict:
    """Settle the one item that the text surely names: most payments, with nothing to weigh up."""
    if len(case.targets) != 1:
        return None
    (only,) = case.targets
    if not only.strong or only.foreign or running.open_cents(only) <= 0:
        return None
    return _settle("reference", {"reference": only.key, "in": only.place}, [only], case, running, data)


def by_evidence(case: Case, running: Running, data: Data) -> Verdict:
    """Settle what a number without check digit names where amount, own account or name confirm it."""
    named, paid = _by_key(case.targets, running)
    if not named:
        return Doubt("closed") if paid else None
    proofs = {key: _proofs(case, targets, running) for key, targets in named.items()}
    proven = [key for key in sorted(named) if proofs[key]]
    evidence: Evidence = {"reference": " ".join(proven or sorted(named)), "in": case.targets[0].place}
    if not proven:
        return Doubt("unproven", evidence)
    wanted = [target for key in proven for target in named[key]]
    evidence = {**evidence, "proof": " ".join(sorted({proof for key in proven for proof in proofs[key]}))}
    if _total(wanted, running) == case.cents or (len(proven) == 1 and _one_person(wanted)):
        return _settle("evidence", evidence, wanted, case, running, data)
    return Doubt("ambiguous", evidence)


def by_rule(case: Case, running: Running, data: Data) -> Verdict:
    """Book by the first rule of the Kasse that applies: fees, interest and what else the bank books the same way."""
    del running
    for rule in data.rules:
        if rule.applies(case.entry, case.part):
            return [Share("account", "rule", case.cents, {"rule": rule.id, "name": rule.name}, bank_rule=rule)]
    return None


CREDITS: tuple[Rung, ...] = (returned, undone, incomplete, by_one_reference, by_reference, by_evidence, by_rule)
DEBITS: tuple[Rung, ...] = (returned, undone, incomplete, own_payment, own_run, by_rule)


def _by_key(targets: Iterable[Target], running: Running) -> tuple[dict[str, list[Target]], set[str]]:
    """Return the targets that are open by their reference, and the references on which nothing is open any more."""
    named: dict[str, list[Target]] = {}
    paid: set[str] = set()
    for target in targets:
        if target.item is None:
            continue
        if running.open_cents(target) > 0:
            named.setdefault(target.key, []).append(target)
        else:
            paid.add(target.key)
    return named, paid - named.keys()


def _distinct(targets: Iterable[Target]) -> dict[ItemKey, Target]:
    return {(target.office, target.item or 0): target for target in targets}


def _total(targets: Iterable[Target], running: Running) -> int:
    return sum(running.open_cents(target) for target in _distinct(targets).values())


def _one_person(targets: Iterable[Target]) -> bool:
    return len({target.party for target in targets}) == 1


def _proofs(case: Case, targets: Sequence[Target], running: Running) -> list[str]:
    """Return what besides the number says that the money is for these items: amount, iban, name."""
    found = ["amount"] if _total(targets, running) == case.cents else []
    if any(target.own_iban for target in targets):
        found.append("iban")
    payer = match_key(case.part.name or "")
    if payer and any(target.match_key == payer for target in targets):
        found.append("name")
    return found


def _settle(
    rule: str, evidence: Evidence, targets: Sequence[Target], case: Case, running: Running, data: Data
) -> Verdict:
    """Return the shares that pay the targets, and what is over as a credit of the person."""
    left = case.cents
    shares: list[Share] = []
    for target, cents in _spread(targets, left, running, data):
        shares.append(Share("settle", rule, cents, evidence, target))
        left -= cents
    if left:
        shares.append(Share("surplus", rule, left, evidence, shares[0].target))
    return shares


def _spread(targets: Sequence[Target], cents: int, running: Running, data: Data) -> Iterable[tuple[Target, int]]:
    if len(targets) == 1:
        return [(targets[0], min(cents, running.open_cents(targets[0])))]
    distinct = _distinct(targets)
    claims = [
        Claim(office, item, running.open_cents(target), target.due, target.profile, target.claim_kind)
        for (office, item), target in distinct.items()
    ]
    return [(distinct[claim.office, claim.item], part) for claim, part in spread(claims, cents, data.orders)]
