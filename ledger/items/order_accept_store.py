"""Acceptance: the Sollstellung of the chosen orders, an entry and an open item for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ledger.book.dimensions import of_cost_object
from ledger.book.entry import Draft, Posted, Posting
from ledger.book.store import account_with_role, post
from ledger.items.order_decisions import OfficePart
from ledger.items.order_payouts_store import settle_payouts
from ledger.items.orders import PRIVATE_PROFILES, control_role
from ledger.items.store import SIDES, opening_posting, reserve_items
from ledger.store.engines import Row, Store

_LINES = """
    SELECT o.office, c.place, o.id, o.kind, o.profile, o.total_cents, o.purpose, l.gl_account, l.amount_cents,
        l.cost_object, u.item
    FROM chosen_order c JOIN cash_order o ON o.office = c.office AND o.id = c.id
    JOIN cash_order_line l ON l.office = o.office AND l.order_id = o.id
    LEFT JOIN suspense_payout u ON u.office = o.office AND u.order_id = o.id
    WHERE c.makes = 1 ORDER BY o.office, o.id, l.line"""
# `|| ''` keeps the planner from walking all items of the office instead of those with the reference
_MAIN = "(SELECT min(m.id) FROM item m WHERE m.reference = o.main_reference AND m.office || '' = o.office)"
# who was merged since the order was made owes as the one they became
_ITEMS = f"""
    INSERT INTO item (office, id, kind, side, account, party, reference, foreign_reference, order_id, main_item,
        claim_kind, profile, purpose, bank_account, amount_cents, open_cents, due, original_due, opened_on, position,
        dunning_level, paid_by)
    SELECT o.office, c.place + :items, o.kind, CASE o.kind WHEN 'receivable' THEN 'D' ELSE 'C' END,
        CASE WHEN o.kind = 'payable' THEN CAST(:payable AS TEXT) WHEN o.profile IN {PRIVATE_PROFILES}
        THEN CAST(:private AS TEXT) ELSE CAST(:receivable AS TEXT) END, coalesce(p.merged_into, o.party), o.reference,
        o.foreign_reference, o.id, {{main}}, o.claim_kind, o.profile, o.purpose, o.bank_account, o.total_cents,
        o.total_cents, o.due, o.due, CAST(:day AS TEXT), c.place + :positions, 0, o.paid_by
    FROM chosen_order c JOIN cash_order o ON o.office = c.office AND o.id = c.id
    LEFT JOIN party p ON p.id = o.party
    WHERE c.office = :office AND c.makes = 1 AND o.main_reference IS {{null}} ORDER BY o.id"""
_MAIN_ITEMS, _SIDE_ITEMS = _ITEMS.format(main="NULL", null="NULL"), _ITEMS.format(main=_MAIN, null="NOT NULL")


def book_orders(store: Store, day: str, parts: Sequence[OfficePart]) -> tuple[OfficePart, ...]:
    """Post an entry and make an item for each making order in `chosen_order`; return the parts with their entries.

    An order's place within its office gives the number of its item and the position of its entry.
    """
    booker = _Booker(store, day, {part.office: reserve_items(store, part.office, part.count) - 1 for part in parts})
    posted = post(store, booker.drafts())
    booked, at = [], 0
    for part in parts:
        first, last = posted[at], posted[at + part.count - 1]
        at += part.count
        booker.make_items(part.office, first.position - 1)
        settle_payouts(store, part.office, day, first.position - 1, booker.items[part.office])
        booked.append(replace(part, first_entry=shown_entry(first), last_entry=shown_entry(last)))
    return tuple(booked)


def shown_entry(entry: Posted) -> str:
    """Return how people write an entry."""
    return f"{entry.office}-{entry.year}-{entry.number}"


class _Booker:
    """Holds what every draft of one acceptance needs: the day, the item numbers, the control accounts."""

    def __init__(self, store: Store, day: str, items: dict[str, int]) -> None:
        self.store, self.day, self.items = store, day, items
        self.accounts: dict[tuple[str, str], str] = {}

    def drafts(self) -> Iterator[Draft]:
        """Yield an entry for each order, in the order of offices and numbers."""
        for _, lines in groupby(self.store.stream(_LINES), key=lambda row: row[:3]):
            yield self._draft(list(lines))

    def _draft(self, lines: list[Row]) -> Draft:
        office, place, number, kind, profile, total_cents, purpose = lines[0][:7]
        side = SIDES[kind]
        account = self.account(office, control_role(kind, profile))
        control = opening_posting(side, account, self.items[office] + place, total_cents)
        sign = -1 if side == "D" else 1
        coding = [Posting(line[7], sign * line[8], line[10], of_cost_object(line[9])) for line in lines]
        postings = (control, *coding) if side == "D" else (*coding, control)
        return Draft(office, "order", self.day, postings, f"order:{number}", purpose)

    def account(self, office: str, role: str) -> str:
        """Return the office's account of that role."""
        if (office, role) not in self.accounts:
            self.accounts[office, role] = account_with_role(self.store, office, role)
        return self.accounts[office, role]

    def make_items(self, office: str, positions: int) -> None:
        """Write the items of an office; side claims last, so that they find their main claim."""
        roles = {"payable": "payable", "receivable": "receivable", "private": "receivable_private"}
        given = {name: self.accounts.get((office, role)) for name, role in roles.items()}
        for sql in (_MAIN_ITEMS, _SIDE_ITEMS):
            self.store.execute(sql, office=office, items=self.items[office], positions=positions, day=self.day, **given)
