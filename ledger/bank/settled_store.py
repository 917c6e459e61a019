"""Posting what most entries are: money for one item that its reference surely names, and exactly as much as is open.

Comes to what `plan` and `note` come to for one share that settles, in fewer steps: rows instead of drafts.
"""

from __future__ import annotations

from ledger.bank.matching import Decision, Paid
from ledger.bank.posting import Records, payment_day, source_of, words
from ledger.book.chart import verrechnung_account
from ledger.book.store import Poster
from ledger.items.store import NewClearing


def entries_of(one: Paid | Decision) -> int:
    """Return how many entries settling makes: one for each office that takes part, none for a decision."""
    return 0 if isinstance(one, Decision) else 1 + (one.entry.office != one.target.office)


def settle(poster: Poster, records: Records, one: Paid, day: str) -> None:
    """Add the entries that settle the target with the whole entry, and what is written beside them."""
    entry, target = one
    lead, other, item, cents = entry.office, target.office, target.item, entry.amount_cents
    assert item is not None, "what is settled is an item"
    source, text, paid = source_of(entry), words(entry), payment_day(entry)
    days = entry.bank_day, entry.value_day, paid
    bank, own = (entry.account, cents, None, None), (target.account, -cents, item, None)
    if lead == other:
        position = there = poster.add(lead, "bank", day, (bank, own), source, text, *days, None)
    else:
        transaction = poster.next_transaction(lead)
        here = bank, (verrechnung_account(other), -cents, None, None)
        position = poster.add(lead, "bank", day, here, source, text, *days, transaction)
        beyond = own, (verrechnung_account(lead), cents, None, None)
        there = poster.add(other, "bank", day, beyond, source, text, *days, transaction)
    evidence = f'{{"in":"{target.place}","reference":"{target.key}"}}'  # JSON: both are letters and digits
    records.matches.append((lead, entry.id, 1, "reference", evidence, other, item, cents))
    records.clearings.append(NewClearing(other, "bank", there, day, paid, ((item, cents),)))
    records.posted.append((lead, entry.id, position))
