"""Open items against what made them: the journal entry that the chain holds, and the order whose seal binds it.

The rows of items may move with payments, merges and dunning, so that no chain holds them; what they are for does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

from ledger.book.chart import CONTROL_ROLES
from ledger.items.items_reader import item_name
from ledger.items.orders import order_number
from ledger.items.store import SIDES
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

MOST = 100
KIND_OF = {"receivable_private": "receivable", "shortage": "advance"}
"""What the items of an account are called whose role has another name."""
_MADE_BY = """p.account = i.account
    AND p.cents = CASE i.side WHEN 'D' THEN i.amount_cents ELSE -i.amount_cents END"""
# one way through the postings: an item that its entry did not make is one that is missing here
_MADE = f"""FROM posting p JOIN item i ON i.office = p.office AND i.id = p.item
    WHERE i.position = p.position AND {_MADE_BY}"""
_COUNTS = f"SELECT (SELECT count(*) FROM item), (SELECT count(*) {_MADE})"
_UNMADE = f"""
    SELECT i.office, i.id FROM item i LEFT JOIN (SELECT DISTINCT p.office, p.item {_MADE}) m
    ON m.office = i.office AND m.item = i.id WHERE m.item IS NULL ORDER BY 1, 2"""
_KINDS = " ".join(f"WHEN '{role}' THEN '{KIND_OF.get(role, role)}'" for role in CONTROL_ROLES)
_SIDE = " ".join(f"WHEN '{kind}' THEN '{side}'" for kind, side in SIDES.items())
_MISNAMED = f"""
    SELECT i.office, i.id FROM item i JOIN account a ON a.office = i.office AND a.number = i.account
    WHERE i.side <> CASE i.kind {_SIDE} ELSE i.side END OR i.kind <> CASE a.role {_KINDS} ELSE i.kind END
    ORDER BY 1, 2"""
_UNLIKE = "coalesce(i.{0}, '') <> coalesce({1}, '')"
_PURPOSE = "CASE WHEN s.item IS NULL THEN o.purpose ELSE o.purpose || ' ' || substr(s.due, 6, 2) || '/' || "
_PURPOSE += "substr(s.due, 1, 4) END"
_CREDIT, _GENERAL = "i.kind <> o.kind", "o.act = 'general'"
# a credit is what a reduction left over, an item of a general order is told by the payment it comes with
_WHAT = f"""
    CASE WHEN coalesce(e.source, '') <> 'order:' || CAST(o.id AS TEXT) THEN 'order'
    WHEN {_CREDIT} AND i.kind <> 'credit' THEN 'kind'
    WHEN {_UNLIKE.format("profile", "o.profile")} THEN 'profile'
    WHEN i.purpose <> '' AND o.purpose <> '' AND i.purpose <> {_PURPOSE} THEN 'purpose'
    WHEN {_CREDIT} THEN CASE WHEN i.due <> i.original_due OR i.reference IS NOT NULL OR i.claim_kind IS NOT NULL
        OR i.paid_by IS NOT NULL OR i.foreign_reference <> 0 OR i.main_item IS NOT NULL THEN 'credit' END
    WHEN {_UNLIKE.format("claim_kind", "o.claim_kind")} THEN 'claim_kind'
    WHEN {_UNLIKE.format("paid_by", "o.paid_by")} THEN 'paid_by'
    WHEN {_GENERAL} THEN NULL
    WHEN i.amount_cents <> o.total_cents THEN 'amount'
    WHEN i.original_due <> coalesce(s.due, o.due) THEN 'due'
    WHEN {_UNLIKE.format("reference", "o.reference")} OR i.foreign_reference <> o.foreign_reference THEN 'reference'
    WHEN i.main_item IS NOT NULL AND coalesce(o.main_reference, '') <> coalesce(m.reference, '') THEN 'main'
    WHEN i.main_item IS NULL AND EXISTS (SELECT 1 FROM item x
        WHERE x.reference = o.main_reference AND x.office || '' = i.office AND x.id < i.id) THEN 'main' END"""
_ORDERED = f"""
    SELECT office, item, order_id, what FROM (
        SELECT i.office AS office, i.id AS item, o.id AS order_id, {_WHAT} AS what
        FROM item i JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
        LEFT JOIN entry e ON e.office = i.office AND e.position = i.position
        LEFT JOIN standing_item s ON s.office = i.office AND s.order_id = i.order_id AND s.item = i.id
        LEFT JOIN item m ON m.office = i.office AND m.id = i.main_item) AS compared
    WHERE what IS NOT NULL ORDER BY 1, 2"""
# the day of a take-over is that of its list
_OPENED = """
    SELECT i.office, i.id FROM item i CROSS JOIN entry e
    WHERE e.office = i.office AND e.position = i.position AND i.opened_on <> e.posting_day AND e.kind <> 'opening'
    ORDER BY 1, 2"""
# an item of an order that no longer names it: its entry does
_STRIPPED = """
    SELECT i.office, i.id, o.id, 'order' FROM item i CROSS JOIN entry e CROSS JOIN cash_order o
    WHERE i.order_id IS NULL AND e.office = i.office AND e.position = i.position AND e.kind = 'order'
        AND o.office = e.office AND e.source = 'order:' || CAST(o.id AS TEXT)
    ORDER BY 1, 2"""
WORDS = {
    "order": N_("its order"), "kind": N_("its kind"),
    "profile": N_("the kind of procedure"), "purpose": N_("its purpose"), "credit": N_("what a credit has not"),
    "claim_kind": N_("the kind of claim"), "paid_by": N_("how it is paid"), "amount": N_("its amount"),
    "due": N_("the due day"), "reference": N_("the reference"), "main": N_("the main claim"),
}  # fmt: skip
"""What of an item may be another than its order said."""


class ItemMadeError(KasseError):
    """An item has another account, kind, side, amount or day than the journal entry that made it."""

    code = "verify.item_made"
    template = N_(
        "item {name} is not what its journal entry made: account, kind, side, amount, day or entry was changed"
    )
    hint = N_(
        "see 'kasse item show {name}'; pay and collect nothing for it, keep this book as it is, compare it with the "
        "last backup, and inform the audit office"
    )


class ItemOrderError(KasseError):
    """An item says something else than the order that made it."""

    code = "verify.item_order"
    template = N_("item {name} is not what its order {order} says: {what} was changed")
    hint = N_(
        "see 'kasse item show {name}' and 'kasse order show {order}'; pay and collect nothing for it, keep this book "
        "as it is, compare it with the last backup, and inform the audit office"
    )


def wrong_items(store: Store) -> Iterator[KasseError]:
    """Yield the items that are not what their journal entry and their order made."""
    held, made = store.one(_COUNTS) or (0, 0)
    wrong = store.all(_MISNAMED) + store.all(_OPENED)
    if held != made:
        wrong += store.all(_UNMADE)
    for office, item in sorted(set(wrong))[:MOST]:
        yield ItemMadeError(name=item_name(office, item), office=office)
    for office, item, order, what in islice(chain(store.rows(_ORDERED), store.rows(_STRIPPED)), MOST):
        name = item_name(office, item)
        yield ItemOrderError(name=name, office=office, order=order_number(office, order), what=WORDS[what])
