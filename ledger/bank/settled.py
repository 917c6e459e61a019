"""What nearly all entries come to: money of which one item is settled, or all of which is unclear, in few words.

It holds all that is posted for an entry, so that another process may decide and hand it over.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.bank.matching import Decision, Spot, Staged, Target
from ledger.bank.posting import words, written


class Short(NamedTuple):
    """An entry that settles one item with all its money (`item` of `other`, on its control account), or is unclear.

    `amount_cents` is signed as on the bank account. `rule` and `evidence` (as it is stored) say why; of what is unclear
    `rule` is the reason and `item` is None.
    """

    office: str
    id: int
    iban: str
    account: str
    amount_cents: int
    bank_day: str
    value_day: str
    text: str
    rule: str
    evidence: str
    other: str
    control: str
    item: int | None

    @property
    def entries(self) -> int:
        """How many entries it becomes: one for each office that takes part."""
        return 1 if self.other == self.office else 2


def paid(entry: Staged, target: Target) -> Short:
    """Return an entry that pays an item which one sure reference names, exactly."""
    evidence = f'{{"in":"{target.place}","reference":"{target.key}"}}'  # JSON: both are letters and digits
    return _settled(entry, target, "reference", evidence)


def short_of(decision: Decision) -> Short | None:
    """Return a decision in few words, None where it takes more."""
    entry, shares = decision
    if len(shares) != 1 or shares[0].effect is not None:
        return None
    (share,) = shares
    if share.act == "settle":
        assert share.target is not None, "an item that is settled is known"
        return _settled(entry, share.target, share.rule, written(share.evidence))
    if share.act != "clarify":
        return None
    return Short(
        entry.office, entry.id, entry.iban, entry.account, entry.amount_cents, entry.bank_day, entry.value_day,
        words(entry), share.rule, written({"reason": share.rule, **share.evidence}), entry.office, "", None,
    )  # fmt: skip


def _settled(entry: Staged, target: Target | Spot, rule: str, evidence: str) -> Short:
    assert target.item is not None, "what is settled is an item"
    return Short(
        entry.office, entry.id, entry.iban, entry.account, entry.amount_cents, entry.bank_day, entry.value_day,
        words(entry), rule, evidence, target.office, target.account, target.item,
    )  # fmt: skip
