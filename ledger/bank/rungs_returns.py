"""Rungs for money that comes back: our own transfers returned, bookings that the bank undoes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from ledger.bank.matching import Case, Effect, Evidence, OwnPayment, Running, Share, Spot, Staged, Undone
from ledger.bank.rules import applying
from ledger.bank.rungs import Data, Doubt, Verdict
from ledger.items.kassenzeichen import compact

RETURN_CODES = frozenset({"108", "109", "110", "111", "159", "160", "195", "197"})
"""GVC of returns: collections, cards and cheques (108 to 111, 195, 197), transfers (159), instant ones (160)."""
RETURNED = "payment_returned"
_SETTLING = frozenset({"reference", "evidence", "account", "direct_debit"})
_MAKING = frozenset({"surplus", "clarify"})


def is_return(gvc: str | None, reason: str | None) -> bool:
    """Return whether the bank says that something came back."""
    return bool(reason) or gvc in RETURN_CODES


def returned_payment(case: Case, running: Running, data: Data) -> Verdict:
    """Open the payable of a returned transfer of ours again, what the return cost goes by rule."""
    if case.cents <= 0 or not is_return(case.entry.gvc, case.part.return_reason):
        return None
    payments: Sequence[OwnPayment] = case.found.get("payment", ())
    if len(payments) != 1:
        return None
    (payment,) = payments
    evidence: Evidence = {
        "office": payment.office, "run": payment.run, "payment": payment.number,
        "return_reason": case.part.return_reason or "",
    }  # fmt: skip
    effect = Effect(RETURNED, (payment.office, payment.run, payment.number, case.part.return_reason or ""))
    out = payment.state == "executed" or running.executed(payment)
    back = any(done.name == RETURNED and done.row[:3] == effect.row[:3] for done in running.effects)
    paid = payment.paid_cents + running.taken.get((payment.item_office, payment.item), 0)
    if not out or back or paid < payment.cents or payment.iban != case.entry.iban:
        return [Share("clarify", "return", case.cents, evidence)]
    spot = Spot(payment.item_office, payment.item, payment.account)
    share = Share("reopen", "returned", payment.cents, evidence, spot, effect=effect)
    fee = case.cents - payment.cents
    if fee == 0:
        return [share]
    return _with_fee(case, data, share, fee) or [Share("clarify", "return", case.cents, evidence)]


def _with_fee(case: Case, data: Data, share: Share, fee: int) -> list[Share] | None:
    """Return the shares where a rule of the Kasse takes what the return cost; money is never made by a return."""
    rule = applying(data.rules, "return_fee", case.entry, case.part, fee) if fee < 0 else None
    if rule is None:
        return None
    return [share, Share("account", "return_fee", fee, {"rule": rule.id, "name": rule.name}, bank_rule=rule)]


def other_return(case: Case, running: Running, data: Data) -> Verdict:
    """Leave what else comes back to a person: no reference in its text is a payer's.

    A credit that names a transfer of ours came back, whether the bank says so or not.
    """
    del running
    evidence: dict[str, str | int] = {}
    if is_return(case.entry.gvc, case.part.return_reason):
        evidence["return_reason"] = case.part.return_reason or case.entry.gvc or ""
    elif case.cents < 0 or "payment" not in case.found or case.part.counter_iban in data.own_accounts:
        return None
    for payment in case.found.get("payment", ())[:1]:
        evidence |= {"office": payment.office, "run": payment.run, "payment": payment.number}
    return [Share("clarify", "return", case.cents, evidence)]


def undone(case: Case, running: Running, data: Data) -> Verdict:
    """Undo what a booking did that the bank undoes, where it is the only one alike and nothing was done with it since.

    The text of such an entry is that of the booking it undoes: no other rung may read it. One that names another
    reference than that booking does means another.
    """
    del data
    if not case.entry.reversal:
        return None
    unclear = [Share("clarify", "reversal", case.cents, {})]
    lines: Sequence[Undone] = case.found.get("undone", ())
    bookings = [list(group) for _, group in groupby(lines, key=lambda one: (one.entry_office, one.entry))]
    fresh = [one for one in bookings if not any(done.row == _key(one[0]) for done in running.effects)]
    if len(fresh) != 1 or len(bookings) != 1 or case.part.line:
        return unclear
    others = _named_besides(case, fresh[0])
    if others:
        return [Share("clarify", "reversal", case.cents, {"reference": " ".join(others)})]
    shares = [_undo(case.entry, line, running) for line in fresh[0]]
    found = [share for share in shares if share is not None]
    return found if len(found) == len(shares) and sum(share.cents for share in found) == case.cents else unclear


def _named_besides(case: Case, lines: Sequence[Undone]) -> list[str]:
    """Return the references that a booking names and the one it would undo does not."""
    said = compact(" ".join(line.said for line in lines))
    return sorted({target.key for target in case.targets if target.strong and target.key not in said})


def _key(line: Undone) -> tuple[str, int]:
    return line.entry_office, line.entry


def _undo(entry: Staged, line: Undone, running: Running) -> Share | None:
    """Return the share that takes one line back, None where it is not as it was."""
    if line.office is None or line.item is None or line.account is None:
        return None
    left = (line.open_cents or 0) - running.taken.get((line.office, line.item), 0)
    evidence: Evidence = {"undoes": f"{line.entry_office}/{line.entry}", "rule": line.rule}
    spot, effect = Spot(line.office, line.item, line.account), Effect("undone", _key(line))
    if line.rule in _SETTLING and line.clearing and left + abs(line.cents) <= (line.amount_cents or 0):
        return Share("reopen", "reversal", -line.cents, evidence, spot._replace(resets=line.clearing), effect=effect)
    if line.rule in _MAKING and left == abs(line.cents) and (entry.amount_cents < 0) == (line.cents > 0):
        return Share("settle", "reversal", -line.cents, evidence, spot, effect=effect)
    return None


def incomplete(case: Case, running: Running, data: Data) -> Verdict:
    """Say why the parts of a collective entry were not looked at."""
    del running, data
    return None if case.complete else Doubt("details")
