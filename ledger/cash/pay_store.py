"""Paying accepted payables in cash at a desk, against a receipt that the payee signs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.bank.suspense import Allocation, OverpaidTargetError, Wish, allocate
from ledger.bank.suspense_targets_store import Targets
from ledger.book.entry import Posting
from ledger.book.store import office_codes, post
from ledger.book.transfer import across
from ledger.cash.desks import Desk, OverSingleError, check_enough
from ledger.cash.desks_reader import balance, own_desk
from ledger.cash.paying import (
    AttachedItemError,
    PaidTooMuchError,
    PayableRow,
    PayeeNeededError,
    check_payable,
    other_payees,
)
from ledger.cash.receipts import Label, Part, Receipt
from ledger.cash.receipts_reader import receipt_named
from ledger.cash.receipts_store import NewReceipt, next_label, write_receipt
from ledger.items.locks_store import locked, not_locked
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.payments.attachments_reader import active_attachments
from ledger.payments.changing_sql import taken_off
from ledger.people.duties import cash_duty
from ledger.people.parties_sql import SAME_PERSON
from ledger.people.users import user_name
from ledger.store.engines import Store
from sepa.errors import KasseError

_STEPS = ", ".join(f"'{step}'" for step in cash_duty())
_TWIN_OWES = f"""
    (SELECT coalesce(sum(t.open_cents), 0) FROM item t WHERE t.party = w.id AND t.kind = 'receivable'
     AND t.open_cents > 0 AND t.due <= :day AND {not_locked("dunning", alias="t")})"""
_ROW = f"""
    SELECT i.office, i.id, i.account, i.open_cents, i.party, coalesce(n.legal_name, n.name),
           (SELECT max(a.run) FROM payment a WHERE a.item_office = i.office AND a.item = i.id AND a.active = 1),
           i.paid_by, CASE WHEN {locked("payment")} THEN 1 ELSE 0 END,
           (SELECT coalesce(sum(r.open_cents), 0) FROM item r WHERE r.kind = 'receivable' AND r.open_cents > 0
            AND r.due <= :day AND r.party = i.party AND {not_locked("dunning", alias="r")}),
           (SELECT max(s.step) FROM order_step s WHERE s.office = i.office AND s.order_id = i.order_id
            AND s.step IN ({_STEPS}) AND (s.by = :user OR s.on_behalf = :user)), w.id, {_TWIN_OWES},
           {taken_off()}
    FROM item i LEFT JOIN party n ON n.id = i.party LEFT JOIN party w ON {SAME_PERSON} AND {_TWIN_OWES} > 0
    WHERE i.office = :office AND i.id = :item ORDER BY w.id LIMIT 1"""


@dataclass(frozen=True, slots=True)
class PayDone:
    """The receipt of what was paid, to be signed by the payee, and what is left in the desk."""

    receipt: Receipt
    balance_cents: int
    findings: tuple[KasseError, ...] = ()


def pay(
    store: Store, code: str, wishes: Sequence[Wish], *, payee: str = "", note: str = "", despite_debts: bool = False
) -> PayDone:
    """Pay open payables (OFFICE/NUMBER or the payee's reference) in cash and write the receipt to be signed.

    Only what others created, certified, approved and accepted, and what no run holds. The desk is never below zero.
    Only the holder pays. Raises what `own_desk`, `allocate` and `check_payable` raise, `OverSingleError`,
    `NotEnoughCashError`, `AttachedItemError`, `PayeeNeededError`, `UnknownTargetError`, `PaidTooMuchError`.
    """
    with store.unit(office_codes(store)):
        desk = own_desk(store, code, "desk")
        targets = Targets(store, "advance", wishes)
        aims = list(targets.aims())
        wanted = sum(aim.open_cents if aim.wish.cents is None else aim.wish.cents for aim in aims)
        try:
            allocation = allocate(aims, 0, wanted, surplus=False)
        except OverpaidTargetError as error:
            said = error.fields
            raise PaidTooMuchError(
                reference=said["reference"], wanted_cents=said["wanted_cents"], open_cents=said["open_cents"]
            ) from None
        rows = [_checked(store, claim.office, claim.item, despite_debts) for claim, _ in allocation.lines]
        cents = allocation.settled_cents
        if desk.single_cents is not None and cents > desk.single_cents:
            raise OverSingleError(desk=desk.code, limit_cents=desk.single_cents, wanted_cents=cents)
        check_enough(desk, balance(store, desk), cents)
        names = {row.name for row in rows}
        who = payee.strip() or (str(names.pop() or "") if len(names) == 1 else "")
        if not who:
            raise PayeeNeededError
        label = next_label(store, desk)
        _write(store, desk, label, allocation, rows, (who, note.strip()))
        findings = other_payees(rows, who, note.strip())
        return PayDone(receipt_named(store, label), balance(store, desk), findings)


def _checked(store: Store, office: str, item: int, despite_debts: bool) -> PayableRow:
    found = store.one(_ROW, office=office, item=item, day=store.today, user=store.user)
    assert found is not None, "an item that was just found"
    row = PayableRow(*found)
    check_payable(row, user_name(store, store.user), despite_debts=despite_debts)
    for held in active_attachments(store, store.today).get(row.party or 0, ()):
        raise AttachedItemError(office=office, item=item, creditor=held.creditor, number=held.number)
    return row


def _write(
    store: Store, desk: Desk, label: Label, allocation: Allocation, rows: Sequence[PayableRow], said: tuple[str, str]
) -> None:
    day, total = store.today, allocation.settled_cents
    accounts = {(row.office, row.item): row.account for row in rows}
    lines: defaultdict[str, list[Posting]] = defaultdict(list)
    cleared: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    lines[desk.office].append(Posting(desk.account, -total))
    parts: list[Part] = []
    for claim, cents in allocation.lines:
        account = accounts[claim.office, claim.item]
        lines[claim.office].append(posting_for(SIDES["payable"], account, claim.item, cents))
        cleared[claim.office].append((claim.item, cents))
        parts.append(Part("paid", claim.office, claim.item, cents))
    drafts = across(
        desk.office, lines, kind="cash", posting_day=day, source=f"cash:{label}", text=f"Quittung {label}: {said[0]}",
        payment_day=day, group=1,
    )  # fmt: skip
    posted = {one.office: one for one in post(store, drafts)}
    offices = sorted(cleared)
    numbers = clear(
        store, [NewClearing(o, "cash", posted[o].position, day, day, tuple(cleared[o])) for o in offices]
    )  # fmt: skip
    clearing = dict(zip(offices, numbers, strict=True))
    new = NewReceipt("pay", "cash", -total, day, posted[desk.office], *said)
    write_receipt(store, desk, label, new, [(part, clearing[part.office]) for part in parts])
