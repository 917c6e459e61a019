"""What became of staged bank entries, in counts and sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ledger.bank.matching import Decision, Staged
from sepa.errors import N_, KasseError

COUNTED = (
    "posted", "matched", "executed", "returned", "transfers", "fees", "suspense", "advances", "surpluses", "late",
)  # fmt: skip


class LatePostingError(KasseError):
    """A bank entry of a closed day, posted on the first open day (Schwebeposten)."""

    code = "bank.late"
    template = N_("{bank_day} is closed: {amount_cents} on {iban} was posted on {posting_day} as entry {entry}")
    hint = N_("name it in the closing of {posting_day}; the bank delivered it late")
    severity = "warning"


@dataclass(slots=True)
class Outcome:
    """What became of the staged entries: how many, and what needs attention.

    `matched` are entries that a rule decided wholly (of these `executed` own payments and runs, `returned` what came
    back, `transfers` between own accounts, `fees` by a rule of the Kasse), `suspense` and `advances` those with money
    left to clarify; `surpluses` made a credit. `late` are entries of a closed day.
    """

    entries: int = 0
    posted: int = 0
    matched: int = 0
    executed: int = 0
    returned: int = 0
    transfers: int = 0
    fees: int = 0
    suspense: int = 0
    advances: int = 0
    surpluses: int = 0
    late: int = 0
    credit_cents: int = 0
    debit_cents: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    findings: list[KasseError] = field(default_factory=list)

    def count(self, decision: Decision) -> None:
        """Add one decision."""
        entry, shares = decision
        cents = entry.amount_cents
        self.posted += 1
        if cents > 0:
            self.credit_cents += cents
        else:
            self.debit_cents -= cents
        acts = {share.act for share in shares}
        self.surpluses += "surplus" in acts
        if "clarify" in acts:
            self.suspense += cents > 0
            self.advances += cents < 0
            self.reasons[shares[-1].rule] += 1
            return
        self.matched += 1
        self.executed += bool(acts & {"transit", "collect"})
        self.returned += "reopen" in acts
        self.transfers += "transfer" in acts
        self.fees += "account" in acts

    def count_settled(self, entry: Staged) -> None:
        """Add an entry that pays an item and does nothing else."""
        self.posted += 1
        self.matched += 1
        self.credit_cents += entry.amount_cents

    def add(self, other: Outcome) -> None:
        """Add what another unit of work did."""
        for name in ("entries", *COUNTED, "credit_cents", "debit_cents"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons.update(other.reasons)
        self.findings += other.findings
