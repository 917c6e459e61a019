"""Money taken back whose claim was cancelled since: the credit that it became goes with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ledger.book.entry import Draft
from ledger.book.store import post
from ledger.items.items_reader import item_name
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.refund_sql import BOUND_CENTS
from ledger.store.engines import Store
from sepa.errors import KasseError

# an order that takes off names the order it changes, or the item that was taken over
_CREDITS = f"""
    SELECT i.id, i.open_cents, i.account, coalesce((
        SELECT max(a.run) FROM payment a WHERE a.item_office = i.office AND a.item = i.id AND a.active = 1), 0),
        {BOUND_CENTS}, i.opened_on
    FROM item d JOIN cash_order x ON x.office = d.office JOIN item i ON i.office = x.office AND i.order_id = x.id
    LEFT JOIN cash_order o ON o.office = d.office AND o.id = d.order_id
    WHERE d.office = :office AND d.id = :item AND i.kind = 'credit' AND i.open_cents > 0 AND (
        (x.changes IN (o.id, o.changes) AND coalesce(x.period_from, '') IN ('', d.original_due, o.period_from))
        OR (x.changes IS NULL AND x.main_reference = :name))
    ORDER BY i.id"""
_CLAIM = "SELECT open_cents, account FROM item WHERE office = :office AND id = :item AND kind = 'receivable'"
Line = tuple[str, int, int, str, str, str]
"""Office, number and cents of an item that is settled, its account and its side, and the day its credit was made."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How money is taken back: what its entries say, on which day, and what refuses it for a credit under way."""

    source: str
    text: str
    day: str
    under_way: Callable[[str, int], KasseError]


def take_credits(store: Store, back: TakenBack, items: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Settle claims that are open again with the credits that their orders made of the same money.

    Nothing came for them any more, so nobody owes anybody what was cancelled. What of a credit was paid out already
    stays open as a claim. Inside the unit that takes the money back; returns the cents by office. Raises what
    `back.under_way` makes.
    """
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    used: Counter[tuple[str, int]] = Counter()
    for office, item in sorted(set(items)):
        lines[office] += _settled(store, back, (office, item), used)
    return {office: _post(store, back, office, found) for office, found in sorted(lines.items()) if found}


def _settled(store: Store, back: TakenBack, key: tuple[str, int], used: Counter[tuple[str, int]]) -> Iterator[Line]:
    """Yield what of a claim and its credits meets: the claim's part before that of each credit.

    Claims of one order share its credit: `used` is what those before took of it.
    """
    office, item = key
    claim = store.one(_CLAIM, office=office, item=item)
    left = claim[0] if claim else 0
    for row in store.all(_CREDITS, office=office, item=item, name=item_name(office, item)) if left else ():
        if row[3] or row[4]:
            raise back.under_way(office, row[0])
        cents = min(left, row[1] - used[office, row[0]])
        used[office, row[0]] += cents
        if cents and claim:
            yield office, item, cents, claim[1], "D", row[5]
            yield office, row[0], cents, row[2], "C", row[5]
        left -= cents


def _post(store: Store, back: TakenBack, office: str, lines: list[Line]) -> int:
    """Post claims against credits in an office and return the cents.

    A claim counts as less from the day on which its order took that off: charges for paying late end there.
    """
    postings = tuple(posting_for(side, account, item, cents) for _, item, cents, account, side, _ in lines)
    draft = Draft(office, "clearing", back.day, postings, back.source, back.text, payment_day=back.day)
    (posted,) = post(store, [draft])
    settled: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for _, item, cents, _, _, since in lines:
        settled[since][item] += cents
    clear(
        store,
        [
            NewClearing(office, "reversal", posted.position, back.day, since, tuple(given.items()))
            for since, given in sorted(settled.items())
        ],
    )
    return sum(cents for _, _, cents, _, side, _ in lines if side == "C")
