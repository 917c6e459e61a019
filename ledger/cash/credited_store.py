"""A receipt taken back whose claim was cancelled since: the credit that its money became goes with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from ledger.book.entry import Draft
from ledger.book.store import post
from ledger.cash.cancelling import CreditUnderWayError
from ledger.cash.receipts import Label
from ledger.events.store import record
from ledger.items.items_reader import item_name
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.refund_sql import BOUND_CENTS
from ledger.store.engines import Row, Store

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


def take_credits(store: Store, label: Label, items: Iterable[tuple[str, int]], reason: str) -> int:
    """Settle claims that are open again with the credits that their orders made of the same money; return the cents.

    Nothing came for them any more, so nobody owes anybody what was cancelled. What of a credit was paid out already
    stays open as a claim. Inside the unit that takes the receipt back. Raises `CreditUnderWayError`.
    """
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    used: Counter[tuple[str, int]] = Counter()
    for office, item in sorted(set(items)):
        lines[office] += _settled(store, label, (office, item), used)
    return sum(_post(store, label, office, found, reason) for office, found in sorted(lines.items()) if found)


def _settled(store: Store, label: Label, key: tuple[str, int], used: Counter[tuple[str, int]]) -> Iterator[Line]:
    """Yield what of a claim and its credits meets: the claim's part before that of each credit.

    Claims of one order share its credit: `used` is what those before took of it.
    """
    office, item = key
    claim = store.one(_CLAIM, office=office, item=item)
    left = claim[0] if claim else 0
    for row in store.all(_CREDITS, office=office, item=item, name=item_name(office, item)):
        _check_free(label, office, row)
        cents = min(left, row[1] - used[office, row[0]])
        used[office, row[0]] += cents
        if cents and claim:
            yield office, item, cents, claim[1], "D", row[5]
            yield office, row[0], cents, row[2], "C", row[5]
        left -= cents


def _check_free(label: Label, office: str, credit: Row) -> None:
    if credit[3] or credit[4]:
        raise CreditUnderWayError(label=str(label), office=office, item=credit[0])


def _post(store: Store, label: Label, office: str, lines: list[Line], reason: str) -> int:
    """Post claims against credits in an office and return the cents.

    A claim counts as less from the day on which its order took that off: charges for paying late end there.
    """
    postings = tuple(posting_for(side, account, item, cents) for _, item, cents, account, side, _ in lines)
    draft = Draft(
        office, "clearing", store.today, postings, f"cash:{label}", f"Storno {label}: {reason}",
        payment_day=store.today,
    )  # fmt: skip
    (posted,) = post(store, [draft])
    settled: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for _, item, cents, _, _, since in lines:
        settled[since][item] += cents
    clear(
        store,
        [
            NewClearing(office, "reversal", posted.position, store.today, since, tuple(given.items()))
            for since, given in sorted(settled.items())
        ],
    )
    cents = sum(cents for _, _, cents, _, side, _ in lines if side == "C")
    record(store, office, "cash.take_credit", f"receipt:{label}", {"cents": cents, "items": len(lines)})
    return cents
