"""Posting what nearly all entries are: money of which one item is settled, or all of which is unclear.

Comes to what `plan` and `note` come to for a decision of one share, in fewer steps: rows instead of drafts.
"""

from __future__ import annotations

from ledger.bank.posting import Records, Role, payment_day, source_of
from ledger.bank.settled import Short
from ledger.book.chart import verrechnung_account
from ledger.book.store import Poster
from ledger.items.store import ItemKind, NewClearing, NewItem


def settle(poster: Poster, records: Records, one: Short, day: str) -> None:
    """Add the entries that settle an item with all money of an entry, and what is written beside them."""
    lead, number, _, account, cents, bank_day, value_day, text, rule, evidence, other, control, item = one
    assert item is not None, "what is settled is an item"
    source, paid_on = source_of(lead, number), payment_day(bank_day)
    bank, own = (account, cents, None, None), (control, -cents, item, None)
    if lead == other:
        position = there = poster.add(
            lead, "bank", day, (bank, own), source, text, bank_day, value_day, paid_on, None
        )  # fmt: skip
    else:
        transaction = poster.next_transaction(lead)
        here = bank, (verrechnung_account(other), -cents, None, None)
        position = poster.add(lead, "bank", day, here, source, text, bank_day, value_day, paid_on, transaction)
        beyond = own, (verrechnung_account(lead), cents, None, None)
        there = poster.add(other, "bank", day, beyond, source, text, bank_day, value_day, paid_on, transaction)
    records.matches.append((lead, number, 1, rule, evidence, other, item, cents))
    records.clearings.append(NewClearing(other, "bank", there, day, paid_on, ((item, abs(cents)),)))
    records.posted.append((lead, number, position))


def keep_unclear(poster: Poster, records: Records, one: Short, item: int, day: str, role: Role) -> None:
    """Add the entry that puts all money of an entry into suspense as the item of that number."""
    office, number, _, account, cents, bank_day, value_day, text, reason, evidence, *_ = one
    kind: ItemKind = "suspense" if cents > 0 else "advance"
    control = role(office, kind)
    postings = (account, cents, None, None), (control, -cents, item, None)
    position = poster.add(
        office, "bank", day, postings, source_of(office, number), text, bank_day, value_day, payment_day(bank_day), None
    )
    records.items.append(NewItem(office, item, kind, control, abs(cents), bank_day, day, position))
    records.cases.append((office, item, number, reason, None))
    records.matches.append((office, number, 1, "clarify", evidence, office, item, cents))
    records.posted.append((office, number, position))
