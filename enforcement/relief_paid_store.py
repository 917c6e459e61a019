"""What an Erlass or an Absetzung takes back of claims that are paid: it becomes a credit of whoever paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from enforcement.relief import ItemKey, Owed, ReliefChangedError
from enforcement.relief_paid import Paid, Payer, Payment, newest_first, take_payment
from ledger.items.items_reader import item_name
from ledger.payments.refund_payer_reader import payers_of_item
from ledger.store.engines import Store

_ITEM = """
    SELECT i.office, i.id, i.party, i.main_item, i.profile,
        CAST(coalesce((SELECT sum(k.cents) FROM relief_paid k JOIN relief r ON r.id = k.relief
              WHERE k.office = i.office AND k.item = i.id AND r.state = 'granted'), 0) AS BIGINT),
        CAST(coalesce((SELECT sum(n.amount_cents) FROM cash_order o
              JOIN item n ON n.office = o.office AND n.order_id = o.id AND n.kind = 'credit'
              WHERE o.office = i.office AND o.changes = i.order_id AND o.state = 'accepted'
                AND (o.period_from IS NULL OR o.period_from = i.original_due)), 0)
            + CASE WHEN i.order_id IS NULL THEN coalesce((SELECT sum(n.amount_cents) FROM cash_order o
              JOIN item n ON n.office = o.office AND n.order_id = o.id AND n.kind = 'credit'
              WHERE o.office = i.office AND o.changes IS NULL AND o.act IN ('reduction', 'cancellation')
                AND o.main_reference = i.office || '/' || CAST(i.id AS TEXT)), 0) ELSE 0 END AS BIGINT)
    FROM item i WHERE i.office = :office AND (i.id = :item OR i.main_item = :item) AND i.kind = 'receivable'
    ORDER BY i.id"""
# what an item taken over had less was paid or waived in the old system: nobody knows here
_MONEY = """
    SELECT c.payment_day, c.id, l.cents FROM clearing_line l
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    JOIN entry e ON e.office = c.office AND e.position = c.position
    WHERE l.office = :office AND l.item = :item AND c.resets IS NULL
      AND c.kind NOT IN ('reduction', 'opening') AND e.kind <> 'relief'
      AND NOT EXISTS (SELECT 1 FROM clearing r WHERE r.office = c.office AND r.resets = c.id)
    ORDER BY c.payment_day DESC, c.id DESC"""
_ACCOUNTS = """
    SELECT a.iban, min(a.party) FROM item_debtor d
    JOIN party_account a ON a.party = d.party AND a.kind = 'own' AND a.until IS NULL
    WHERE d.office = :office AND d.item = :item GROUP BY a.iban"""
_POSITION = """
    UPDATE relief_paid SET position = :position WHERE relief = :relief AND office = :office AND item = :item
        AND party = :party"""
_ROWS = """
    SELECT k.office, k.item, i.account, i.main_item, k.party, coalesce(p.legal_name, p.name), k.cents, k.position,
        n.id, n.open_cents, i.profile
    FROM relief_paid k JOIN item i ON i.office = k.office AND i.id = k.item JOIN party p ON p.id = k.party
    LEFT JOIN item n ON n.office = k.office AND n.position = k.position AND n.kind = 'credit'
        AND n.main_item = k.item AND n.party = k.party
    WHERE k.relief = :relief ORDER BY k.line"""
Head = tuple[int | None, int | None, str | None]
"""Debtor, main claim and law of an item."""
COLUMNS = ("relief", "line", "office", "item", "party", "cents")


@dataclass(frozen=True, slots=True)
class PaidRow:
    """What a relief takes back of a paid claim, for whom, and the credit that it became; amounts in cents."""

    office: str
    item: int
    account: str
    main_item: int | None
    party_number: int
    party: str
    cents: int
    position: int | None
    credit: int | None
    credit_open_cents: int | None
    profile: str | None

    @property
    def key(self) -> ItemKey:
        """Office and number of the claim."""
        return self.office, self.item

    @property
    def place(self) -> str:
        """The credit as other commands name it; '' before it is granted."""
        return f"{self.office}/{self.credit}" if self.credit is not None else ""


def paid_parts(store: Store, keys: Sequence[ItemKey]) -> list[Paid]:
    """Return what of claims and their side claims is paid and was not given back, the newest money first."""
    found: dict[ItemKey, list[Paid]] = {}
    for office, number in keys:
        for row in store.all(_ITEM, office=office, item=number):
            key: ItemKey = (row[0], row[1])
            if key not in found:
                found[key] = _of_item(store, key, tuple(row[2:5]), int(row[5]) + int(row[6]))
    return [one for key in sorted(found) for one in found[key]]


def _of_item(store: Store, key: ItemKey, head: Head, back: int) -> list[Paid]:
    party, main, profile = head
    money = store.all(_MONEY, office=key[0], item=key[1])
    payments = _payments(store, key)
    parts: list[Payer] = []
    for day, _, cents in money:
        if cents < 0:
            back -= int(cents)
            continue
        known = take_payment(payments, day, int(cents)) or [Payment(day, ("", 0), int(cents))]
        parts += [Payer(who, one.cents) for one in known if (who := one.party or party) is not None]
    return [Paid(*key, main, one.party, one.cents, profile) for one in newest_first(parts, back)]


def _payments(store: Store, key: ItemKey) -> list[Payment]:
    """Return what came from the bank for an item, and which joint debtors paid it from accounts of their own.

    Of a collective entry the account of the part counts; where several may have paid, it is that of nobody.
    """
    office, item = key
    owners: dict[str | None, int] = dict(store.rows(_ACCOUNTS, office=office, item=item))
    return [
        Payment(said[0].bank_day, (row.office, row.entry), row.cents, _one_of({owners.get(one.iban) for one in said}))
        for row, said in (payers_of_item(store, office, item) if owners else ())
    ]


def _one_of(parties: set[int | None]) -> int | None:
    return parties.pop() if len(parties) == 1 else None


def debtors_of(store: Store, claims: Sequence[Owed], paid: Sequence[Paid]) -> set[int | None]:
    """Return who owes, or owed, open and paid claims; of joint debtors the one that the claim names first."""
    sql = "SELECT party FROM item WHERE office = :office AND id = :item"
    keys = {(one.office, one.item) for one in paid}
    return {one.party for one in claims} | {store.value(sql, office=office, item=item) for office, item in keys}


def write_paid(store: Store, number: int, paid: Sequence[Paid]) -> None:
    """Write what a proposal takes back of paid claims."""
    rows = [(number, line, one.office, one.item, one.party, one.cents) for line, one in enumerate(paid, 1)]
    store.insert("relief_paid", COLUMNS, rows)


def paid_of(store: Store, number: int) -> list[PaidRow]:
    """Return what a relief takes back of paid claims, with the credits that it became."""
    return [PaidRow(*row) for row in store.rows(_ROWS, relief=number)]


def place_paid(store: Store, number: int, rows: Sequence[PaidRow], position: int) -> None:
    """Note the entry that made the credits."""
    values = [
        {"relief": number, "office": one.office, "item": one.item, "party": one.party_number, "position": position}
        for one in rows
    ]
    store.execute_many(_POSITION, values)


def check_paid(store: Store, number: int) -> None:
    """Check that what a relief is to give back is still there; raises `ReliefChangedError`."""
    rows, left = paid_of(store, number), Counter[tuple[str, int, int]]()
    for paid in paid_parts(store, sorted({one.key for one in rows})):
        left[paid.office, paid.item, paid.party] += paid.cents
    for one in rows:
        cents = left[one.office, one.item, one.party_number]
        if cents < one.cents:
            raise ReliefChangedError(item=item_name(*one.key), now_cents=cents, was_cents=one.cents, relief=number)
