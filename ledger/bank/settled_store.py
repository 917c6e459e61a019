"""Posting what nearly all entries are: money of which one item is settled, or all of which is unclear.

Comes to what `plan` and `note` come to for a decision of one share, in fewer steps: rows instead of drafts.
"""

from __future__ import annotations

from ledger.bank.matching import Decision, Paid, Share, Spot, Staged, Target
from ledger.bank.posting import Records, Role, line_of, note_item, payment_day, source_of, words, written
from ledger.book.chart import verrechnung_account
from ledger.book.store import Poster
from ledger.items.store import NewClearing

SHORT = frozenset({"settle", "clarify"})


def single(decision: Decision) -> Share | None:
    """Return the share of a decision that is posted the short way, None where it is to be planned."""
    shares = decision.shares
    if len(shares) != 1:
        return None
    (share,) = shares
    return share if share.effect is None and share.act in SHORT else None


def entries_of(entry: Staged, target: Target | Spot | None) -> int:
    """Return how many entries the short way makes: one for each office that takes part."""
    return 1 if target is None or target.office == entry.office else 2


def settle(poster: Poster, records: Records, one: Paid, day: str) -> None:
    """Add the entries that settle the target with the whole entry, and what is written beside them."""
    target = one.target
    evidence = f'{{"in":"{target.place}","reference":"{target.key}"}}'  # JSON: both are letters and digits
    _settle(poster, records, one.entry, target, "reference", evidence, day)


def settle_share(poster: Poster, records: Records, entry: Staged, share: Share, day: str) -> None:
    """Add the entries of an entry that settles an item with all its money, as a rung decided."""
    assert share.target is not None, "an item that is settled is known"
    _settle(poster, records, entry, share.target, share.rule, written(share.evidence), day)


def _settle(
    poster: Poster, records: Records, entry: Staged, target: Target | Spot, rule: str, evidence: str, day: str
) -> None:
    lead, other, item, cents = entry.office, target.office, target.item, entry.amount_cents
    assert item is not None, "what is settled is an item"
    source, text, paid = source_of(entry), words(entry), payment_day(entry)
    bank, own = (entry.account, cents, None, None), (target.account, -cents, item, None)
    if lead == other:
        position = there = poster.add(
            lead, "bank", day, (bank, own), source, text, entry.bank_day, entry.value_day, paid, None
        )
    else:
        transaction = poster.next_transaction(lead)
        here = bank, (verrechnung_account(other), -cents, None, None)
        position = poster.add(lead, "bank", day, here, source, text, entry.bank_day, entry.value_day, paid, transaction)
        beyond = own, (verrechnung_account(lead), cents, None, None)
        there = poster.add(other, "bank", day, beyond, source, text, entry.bank_day, entry.value_day, paid, transaction)
    records.matches.append((lead, entry.id, 1, rule, evidence, other, item, cents))
    records.clearings.append(NewClearing(other, "bank", there, day, paid, ((item, abs(cents)),)))
    records.posted.append((lead, entry.id, position))


def keep_unclear(
    poster: Poster, records: Records, entry: Staged, share: Share, item: int, day: str, role: Role
) -> None:
    """Add the entry that puts all money of an entry into suspense as the item of that number."""
    line = line_of(share, entry, role, lambda _: item)
    postings = (entry.account, entry.amount_cents, None, None), (line.account, -entry.amount_cents, item, None)
    position = poster.add(
        entry.office, "bank", day, postings, source_of(entry), words(entry), entry.bank_day, entry.value_day,
        payment_day(entry), None,
    )  # fmt: skip
    note_item(records, line, entry, position, day)
    evidence = written({"reason": share.rule, **share.evidence})
    records.matches.append((entry.office, entry.id, 1, "clarify", evidence, entry.office, item, share.cents))
    records.posted.append((entry.office, entry.id, position))
