"""Rungs for what payers write: references that surely decide, numbers that need a proof, a payer known by account."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from ledger.bank.determination import names_another_debt
from ledger.bank.matching import Case, Evidence, ItemKey, OwnDebt, Running, Share, Target
from ledger.bank.names import contradict, name_words, same_person
from ledger.bank.rungs import Data, Doubt, Verdict
from ledger.items.settlement import Claim, spread
from ledger.people.parties import match_key

OF_SEVERAL = 2
"""`Target.strong` of a letter, a plan or a case, which may be about several persons on purpose."""
SHORT = 7
"""A number without check digit and with fewer signs is not proven by the amount: too many bills are over 50 euros."""


def by_one_reference(case: Case, running: Running, data: Data) -> Verdict:
    """Settle the one item that the text surely names: most payments, with nothing to weigh up."""
    if len(case.targets) != 1:
        return None
    (only,) = case.targets
    left = running.open_cents(only)
    if not only.strong or only.foreign or left <= 0:
        return None
    evidence: Evidence = {"in": only.place, "reference": only.key}
    if left == case.cents and "twin" not in case.found:
        return [Share("settle", "reference", left, evidence, only)]
    return doubtful(case, case.targets, running) or _settle("reference", evidence, [only], case, running, data)


def by_reference(case: Case, running: Running, data: Data) -> Verdict:
    """Settle what a reference with a check digit names, up to what is open, whoever pays.

    Several open references decide only where the amount is exactly their sum; so does one beside a paid one. A
    Kassenzeichen that several persons have decides nothing, not even by the sum.
    """
    own = [target for target in case.targets if not target.foreign]
    if not any(target.strong for target in own):
        return None
    named, paid = _by_key(own, running)
    sure = {target.key for target in own if target.strong}
    paid &= sure
    evidence: Evidence = {
        "reference": " ".join(sorted(sure)),
        "in": next(target.place for target in own if target.strong),
    }
    if not sure & named.keys():
        return Doubt("closed" if sure & paid else "unknown", evidence)
    wanted = [target for key in sorted(sure & named.keys()) for target in named[key]]
    if len(named) == 1 and not paid and one_person(wanted):
        over = case.cents - total(wanted, running)
        others = _by_key([target for target in case.targets if target.foreign], running)[0]
        if over <= 0 or not others:
            return doubtful(case, wanted, running) or _settle("reference", evidence, wanted, case, running, data)
    everything = [target for targets in named.values() for target in targets]
    choices = [everything, wanted, *_inner(named, sure)]
    for choice in choices:
        if total(choice, running) == case.cents and _each_of_one_person(choice):
            return doubtful(case, choice, running) or _settle("reference", evidence, choice, case, running, data)
    return Doubt("several" if len(named) > 1 or paid or one_person(wanted) else "ambiguous", evidence)


def doubtful(case: Case, named: Sequence[Target], running: Running) -> Doubt | None:
    """Return the doubt where a right check digit is not enough: most mistyped references are told by it, not all.

    Two digits swapped pass in 20 of 900 cases: where the number they make is open too, amount, account and name must
    speak for the one that was written. Where only that number has the amount, it is meant, whoever pays. And where
    neither the amount nor the payer fit, it may be two wrong digits.
    """
    twins: Sequence[Target] = case.found.get("twin", ())
    right = total(named, running) == case.cents
    evidence: Evidence = {"reference": named[0].key, "in": named[0].place}
    if twins:
        fits = _fits(case, named)
        alone = [twin for twin in twins if not right and running.open_cents(twin) == case.cents]
        rivals = alone + [twin for twin in twins if running.open_cents(twin) > 0 and _fits(case, [twin]) >= fits]
        if any(_fits(case, [twin]) > fits or not right or running.open_cents(twin) == case.cents for twin in rivals):
            return Doubt("ambiguous", {**evidence, "or": rivals[0].key})
    if not right and not _knows(case, named) and not _due_part(case.cents, named, running):
        return Doubt("stranger", evidence)
    return None


def _due_part(cents: int, named: Sequence[Target], running: Running) -> bool:
    """Return whether an amount is that of one of a person's open items or of the oldest ones together: instalments."""
    if not one_person(named):
        return False
    left = [running.open_cents(target) for target in sorted(distinct(named).values(), key=lambda one: one.due)]
    return cents in left or cents in accumulate(left)


def _knows(case: Case, targets: Sequence[Target]) -> bool:
    """Return whether the payer is the debtor by account or name."""
    payer = case.part.name or ""
    return any(target.own_iban or same_person(payer, target.match_key or "") for target in targets)


def _fits(case: Case, targets: Sequence[Target]) -> int:
    """Return how well the payer fits: 9 for an own account, else how many words of the names are the same."""
    if any(target.own_iban for target in targets):
        return 9
    words = set(name_words(case.part.name or ""))
    return max(len(words.intersection((target.match_key or "").split())) for target in targets)


def _inner(named: dict[str, list[Target]], sure: set[str]) -> list[list[Target]]:
    """Return what is named twice, by itself and as a part of something larger: a claim beside its dunning letter."""
    items = {key: set(distinct(targets)) for key, targets in named.items()}
    return [named[key] for key in sorted(sure & items.keys()) if any(items[key] < other for other in items.values())]


def by_evidence(case: Case, running: Running, data: Data) -> Verdict:
    """Settle what a number that is not surely meant names where amount, own account or name confirm it.

    Beside another number of the book, open or paid, the amount must be exact: it may have been for that one.
    Beside a reference that is surely meant nothing else is asked: that rung has decided or doubted.
    """
    if any(target.strong and not target.foreign for target in case.targets):
        return None
    named, paid = _by_key(case.targets, running)
    if not named:
        return Doubt("closed", {"reference": " ".join(sorted(paid))}) if paid else None
    proofs = {key: _proofs(case, targets, running, data) for key, targets in named.items()}
    proven = [key for key in sorted(named) if proofs[key]]
    place = case.targets[0].place
    evidence: Evidence = {"reference": " ".join(proven or sorted(named)), "in": "text" if place == "inside" else place}
    if not proven:
        return Doubt("unproven", evidence)
    wanted = [target for key in proven for target in named[key]]
    evidence = {**evidence, "proof": " ".join(sorted({proof for key in proven for proof in proofs[key]}))}
    exact = total(wanted, running) == case.cents and _each_of_one_person(wanted)
    besides = bool(paid) or len(named) > len(proven)
    if exact or (len(proven) == 1 and one_person(wanted) and not besides):
        return _settle("evidence", evidence, wanted, case, running, data)
    return Doubt("several" if besides else "ambiguous", evidence)


def by_account(case: Case, running: Running, data: Data) -> Verdict:
    """Settle the only item of this amount whose debtor pays from their own account without another number.

    The account of several persons does not tell whose debt is meant, another's name says that it is not this one's.
    § 366 (2) BGB: money without a word is for the debt that is due; the key of these targets is the last due day.
    """
    debts: Sequence[OwnDebt] = case.found.get("account", ())
    if not debts or case.targets:
        return None
    evidence: Evidence = {"proof": "iban amount"}
    target = debts[0].target
    if len(debts) != 1 or debts[0].joint or running.open_cents(target) != case.cents:
        return Doubt("ambiguous", evidence)
    if target.due > target.key or names_another_debt(case.part.remittance or "", debts[0], case.entry.bank_day):
        return None
    if contradict(case.part.name or "", target.match_key or ""):
        return Doubt("stranger", evidence)
    return _settle("account", evidence, [target], case, running, data)


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


def distinct(targets: Iterable[Target]) -> dict[ItemKey, Target]:
    """Return the targets by their item: one may be named in several ways."""
    return {(target.office, target.item or 0): target for target in targets}


def total(targets: Iterable[Target], running: Running) -> int:
    """Return what is open on all of these, each counted once."""
    return sum(running.open_cents(target) for target in distinct(targets).values())


def one_person(targets: Iterable[Target]) -> bool:
    """Return whether one person owes all of these."""
    return len({target.party for target in targets}) == 1


def _each_of_one_person(targets: Sequence[Target]) -> bool:
    """Return whether each Kassenzeichen is one person's: two persons may have the same after a take-over."""
    owners: dict[str, int | None] = {}
    own = (target for target in targets if target.strong != OF_SEVERAL)
    return all(owners.setdefault(target.key, target.party) == target.party for target in own)


def _proofs(case: Case, targets: Sequence[Target], running: Running, data: Data) -> list[str]:
    """Return what besides the number says that the money is for these items: amount, iban, name.

    The amount is none where the number only stands among others, such as a customer's and an invoice's. For one without
    check digit it is one only together with the debtor's name: a wrong digit makes the number of a neighbour, and many
    owe the same. A name that several persons of the book have is one only beside the right amount: it is another's of
    that name by chance.
    """
    key = targets[0].key
    checked = bool(targets[0].strong) or any(scheme.checked and scheme.valid(key) for scheme in data.schemes)
    right = (checked or len(key) >= SHORT) and total(targets, running) == case.cents
    found: list[str] = []
    if right and targets[0].place != "inside" and (checked or _names_debtor(case, targets)):
        found = ["amount"] if checked else ["amount", "name"]
    if any(target.own_iban for target in targets):
        found.append("iban")
    payer = match_key(case.part.name or "")
    if payer and any(target.match_key == payer for target in targets) and (right or not _shared(case, payer)):
        found.append("name")
    return found


def may_be_for(case: Case, target: Target, running: Running) -> bool:
    """Return whether money may well be for what a long number names: it is paid, has the amount, or the name fits."""
    fits = running.open_cents(target) in {0, case.cents}
    return len(target.key) >= SHORT and (fits or _names_debtor(case, [target]))


def _names_debtor(case: Case, targets: Sequence[Target]) -> bool:
    """Return whether the payer is the debtor by name, abbreviated too, or the text has the debtor's whole name."""
    payer, said = case.part.name or "", set(match_key(case.part.remittance or "").split())
    names = {target.match_key for target in targets if target.match_key}
    return any(same_person(payer, name) or said.issuperset(name_words(name)) for name in names)


def _shared(case: Case, name: str) -> bool:
    """Return whether several persons of the book have this name."""
    return any(namesake.match_key == name for namesake in case.found.get("namesake", ()))


def _settle(
    rule: str, evidence: Evidence, targets: Sequence[Target], case: Case, running: Running, data: Data
) -> Verdict:
    """Return the shares that pay the targets, and what is over as a credit of the person."""
    left = case.cents
    shares: list[Share] = []
    for target, cents in _spread(targets, case, running, data):
        shares.append(Share("settle", rule, cents, evidence, target))
        left -= cents
    if left:
        shares.append(Share("surplus", rule, left, evidence, shares[0].target))
    return shares


def _spread(targets: Sequence[Target], case: Case, running: Running, data: Data) -> Iterable[tuple[Target, int]]:
    if len(targets) == 1:
        return [(targets[0], min(case.cents, running.open_cents(targets[0])))]
    found = distinct(targets)
    claims = [
        Claim(office, item, running.open_cents(target), target.due, target.profile, target.claim_kind)
        for (office, item), target in found.items()
    ]
    parts = spread(claims, case.cents, data.orders, day=case.entry.bank_day)
    return [(found[claim.office, claim.item], part) for claim, part in parts]
