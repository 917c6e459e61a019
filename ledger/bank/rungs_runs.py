"""Rungs for the debits of our own payments: one by its EndToEndId, a whole run by its message or batch id."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.bank.matching import Case, Evidence, OwnPayment, OwnRun, Running, Share
from ledger.bank.rungs import Data, Doubt, Verdict

_UNPAID = frozenset({"released", "exported"})
_GIVEN_UP = frozenset({"voided", "rejected", "discarded"})


def own_payment(case: Case, running: Running, data: Data) -> Verdict:
    """Clear money in transit by the EndToEndId of a payment of ours with the same amount."""
    del data
    payments: Sequence[OwnPayment] = case.found.get("payment", ())
    for payment in payments:
        evidence: Evidence = {"office": payment.office, "run": payment.run, "payment": payment.number}
        if payment.state not in _UNPAID:
            return Doubt(_why_not(payment.state), evidence)
        if running.executed(payment):
            return Doubt("paid", evidence)
        if payment.iban != case.entry.iban:
            return Doubt("account", evidence)
        if payment.cents != -case.cents:
            return Doubt("amount", evidence)
        return [Share("transit", "payment", case.cents, evidence, payment=payment)]
    return None


def _why_not(state: str) -> str:
    """Return why a debit is no payment that is under way."""
    if state in _GIVEN_UP:
        return "given_up"
    return "unreleased" if state == "proposed" else "paid"


def own_run(case: Case, running: Running, data: Data) -> Verdict:
    """Clear a whole run of ours by its message or batch id where what is left of it is the amount."""
    del data
    runs: Sequence[OwnRun] = case.found.get("run", ())
    for run in runs:
        evidence: Evidence = {"office": run.office, "run": run.run}
        left = running.run_cents(run)
        if run.iban != case.entry.iban:
            return Doubt("account", evidence)
        if left == 0:
            return Doubt("given_up" if run.given_up_cents else "paid", evidence)
        if run.given_up_cents and left + run.given_up_cents == -case.cents:
            return Doubt("given_up", {**evidence, "left_cents": left})
        if left != -case.cents:
            return Doubt("amount", {**evidence, "left_cents": left})
        return [Share("transit", "run", case.cents, evidence, run=run)]
    return None
