"""Refunds in the book: asked for by one person, approved by another, then paid by the next run."""

from __future__ import annotations

from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.payments.collection_back_reader import may_come_back
from ledger.payments.refund_payer import Payer
from ledger.payments.refund_payer_reader import payer_of_credit
from ledger.payments.refund_sql import BOUND_CENTS
from ledger.payments.refunds import (
    APPROVE_ROLES,
    ASK_ROLES,
    KINDS,
    OTHER_ACCOUNT_ROLES,
    NoRefundError,
    NotRefundableError,
    Refund,
    RefundAccountError,
    RefundAmountError,
    RefundDebtorError,
    RefundOpenError,
    RefundOwesError,
    RefundPayerError,
    RefundPayersError,
    RefundReasonError,
    RefundServiceError,
    RefundUnderWayError,
    Wish,
)
from ledger.people.users import check_apart, require
from ledger.store.counters import take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError
from sepa.identifiers import parse_iban

_ITEM = "SELECT kind, open_cents, party, reference FROM item WHERE office = :office AND id = :item"
_CLAIM = """
    SELECT i.reference, m.reference FROM item i LEFT JOIN item m ON m.office = i.office AND m.id = i.main_item
    WHERE i.office = :office AND i.id = :item"""
_SERVICE = "SELECT max(party) FROM party_account WHERE iban = :iban AND kind = 'payment_service' AND until IS NULL"
_OWED = """
    SELECT coalesce(sum(r.open_cents), 0) FROM item r
    WHERE r.party = :party AND r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :day"""
_OWED_SINCE = """
    SELECT sum(r.open_cents) FROM refund f JOIN item i ON i.office = f.office AND i.id = f.item
    JOIN item r ON r.party = i.party AND r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :day
    WHERE f.office = :office AND f.item = :item AND f.id = :id AND f.without_set_off = 0 AND f.approved_by IS NULL"""
_PAYING = """(SELECT p.{column} FROM payment p
        WHERE p.item_office = f.office AND p.item = f.item AND p.refund = f.id
          AND p.state NOT IN ('discarded', 'voided', 'rejected') ORDER BY p.run DESC, p.part LIMIT 1)"""
_REFUNDS = f"""
    SELECT f.office, f.item, f.cents, f.name, f.iban, f.paying_iban, f.purpose, f.reason, f.document,
           coalesce(a.name, CAST(f.asked_by AS TEXT)), f.asked_at, coalesce(b.name, CAST(f.approved_by AS TEXT)),
           i.open_cents, {_PAYING.format(column="run")}, f.id,
           {_PAYING.format(column="state")}, coalesce(e.name, CAST(f.ended_by AS TEXT))
    FROM refund f JOIN item i ON i.office = f.office AND i.id = f.item
    LEFT JOIN app_user a ON a.id = f.asked_by LEFT JOIN app_user b ON b.id = f.approved_by
    LEFT JOIN app_user e ON e.id = f.ended_by
    WHERE (CAST(:office AS TEXT) IS NULL OR (f.office = :office AND f.item = :item))
    ORDER BY f.office, f.item, f.id"""
_ASKED_BY = "SELECT asked_by, asked_at FROM refund WHERE office = :office AND item = :item AND id = :id"
_BOUND = f"SELECT {BOUND_CENTS} FROM item i WHERE i.office = :office AND i.id = :item"
_WITHDRAW = """
    UPDATE refund SET ended_by = :user, ended_at = :now
    WHERE office = :office AND item = :item AND id = :id AND ended_by IS NULL"""
_APPROVE = """
    UPDATE refund SET approved_by = :user, approved_at = :now
    WHERE office = :office AND item = :item AND id = :id AND approved_by IS NULL"""


def refunds(store: Store, *, waiting: bool = False) -> list[Refund]:
    """Return the refunds of the book, or those that wait for an approval."""
    found = [Refund(*row) for row in store.rows(_REFUNDS, office=None, item=None)]
    return [one for one in found if one.state == "asked"] if waiting else found


def ask_refund(store: Store, office: str, item: int, wish: Wish, *, day: str) -> Refund:
    """Ask to pay money back: to the account it came from; another one needs a document that proves it.

    Raises `NotRefundableError`, `RefundReasonError`, `RefundAmountError`, `RefundPayerError`, `RefundPayersError`,
    `RefundAccountError`, `RefundDebtorError`, `RefundOpenError`, `NotAllowedError`.
    """
    require(store, office, *ASK_ROLES)
    if not wish.reason.strip():
        raise RefundReasonError(office=office, item=item)
    with store.unit(office_codes(store)):
        open_cents, party, reference = _item(store, office, item)
        _check_none(store, office, item)
        cents = open_cents if wish.cents is None else wish.cents
        if not 0 < cents <= open_cents:
            raise RefundAmountError(office=office, item=item, open_cents=open_cents, asked_cents=cents)
        payer = payer_of_credit(store, office, item)
        iban, name = _account(store, office, item, wish, payer, party)
        owed = store.value(_OWED, party=party, day=day) if party and wish.set_off else 0
        if owed:
            raise RefundDebtorError(name=name, owed_cents=owed, office=office, item=item)
        number = take_ids(store, office, "refund")
        store.insert_one(
            "refund", office=office, item=item, id=number, cents=cents, name=name, iban=iban, paying_iban=payer.iban,
            purpose=_purpose(reference, payer), reason=wish.reason, document=wish.document, asked_by=store.user,
            asked_at=store.now, without_set_off=int(not wish.set_off),
        )  # fmt: skip
        facts = {"cents": cents, "other_account": iban != payer.iban, "without_set_off": not wish.set_off}
        record(store, office, "refund.ask", f"item:{item}", facts, {"reason": wish.reason})
        return _last(store, office, item)


def refund_warnings(store: Store, refund: Refund, day: str) -> tuple[KasseError, ...]:
    """Return the direct debits of the same claim that are under way or can still come back, for asker and approver."""
    row = store.one(_CLAIM, office=refund.office, item=refund.item) or ()
    named = sorted({reference for reference in row if reference})
    return tuple(may_come_back(store, day, references=named, iban=refund.paying_iban, cents=refund.cents))


def _item(store: Store, office: str, item: int) -> tuple[int, int | None, str | None]:
    row = store.one(_ITEM, office=office, item=item)
    if row is None or row[0] not in KINDS or row[1] <= 0:
        raise NotRefundableError(office=office, item=item)
    return row[1] - store.value(_BOUND, office=office, item=item), row[2], row[3]


def _check_none(store: Store, office: str, item: int) -> None:
    """Check that nobody asked to pay the same money back before: one refund of an item waits at a time."""
    waiting = next((one for one in _of_item(store, office, item) if one.waits), None)
    if waiting is not None:
        raise RefundOpenError(office=office, item=item, asked_by=waiting.asked_by)


def _account(store: Store, office: str, item: int, wish: Wish, payer: Payer, party: int | None) -> tuple[str, str]:
    """Return account and holder the money goes to."""
    known = payer.name
    if not known and party and not payer.parts:
        known = store.value("SELECT coalesce(legal_name, name) FROM party WHERE id = :party", party=party)
    iban = parse_iban(wish.iban) if wish.iban else payer.iban
    name, proven = wish.name or known, bool((wish.document or "").strip())
    if payer.parts and not (iban and name and proven):
        raise RefundPayersError(
            office=office, item=item, parts=", ".join(map(str, payer.parts)), bank_entry=payer.bank_entry
        )
    if not iban or not name:
        raise RefundPayerError(office=office, item=item)
    if iban != payer.iban and not proven:
        raise RefundAccountError(paying=payer.iban or "-", iban=iban)
    if store.value(_SERVICE, iban=iban) is not None:
        raise RefundServiceError(iban=iban)
    return iban, name


def _purpose(reference: str | None, payer: Payer) -> str:
    """Return what the payee reads: which payment comes back."""
    day = payer.bank_day
    of_day = f" vom {day[8:]}.{day[5:7]}.{day[:4]}" if day else ""
    text = f"Rückzahlung Ihrer Zahlung{of_day}"
    return " ".join(filter(None, (text, reference or (payer.remittance or "")[:60])))


def approve_refund(store: Store, office: str, item: int, *, day: str) -> tuple[Refund, bool]:
    """Approve what another person asked for, so that the next run pays it; return it and whether that is new.

    To another account than the paying one only the Kassenleitung approves. What the payee owes by now is set off
    first, unless it was asked for without. Raises `NoRefundError`, `RefundOwesError`, `OwnWorkError`,
    `NotAllowedError`.
    """
    refund = _last(store, office, item)
    require(store, office, *(OTHER_ACCOUNT_ROLES if refund.other_account else APPROVE_ROLES))
    where = {"office": office, "item": item, "id": refund.number}
    asked_by, asked_at = store.one(_ASKED_BY, **where) or (None, None)
    check_apart(store, office, f"{office}/{item}", (asked_by, asked_at))
    with store.unit(office_codes(store)):
        _check_owed(store, refund, day)
        new = bool(store.execute(_APPROVE, user=store.user, now=store.now, **where))
        if new:
            record(store, office, "refund.approve", f"item:{item}", {"cents": refund.cents})
    return _last(store, office, item), new


def _check_owed(store: Store, refund: Refund, day: str) -> None:
    owed = store.value(_OWED_SINCE, day=day, office=refund.office, item=refund.item, id=refund.number) or 0
    if owed:
        raise RefundOwesError(name=refund.name, owed_cents=owed, office=refund.office, item=refund.item)


def withdraw_refund(store: Store, office: str, item: int, *, reason: str) -> Refund:
    """Take a refund back that has not left: its money is free again, for a set-off or another refund.

    Raises `NoRefundError`, `RefundReasonError`, `RefundUnderWayError`, `NotAllowedError`.
    """
    require(store, office, *ASK_ROLES)
    if not reason.strip():
        raise RefundReasonError(office=office, item=item)
    with store.unit(office_codes(store)):
        refund = _last(store, office, item)
        if refund.run is not None:
            raise RefundUnderWayError(office=office, item=item, run=refund.run, state=refund.payment)
        store.execute(_WITHDRAW, user=store.user, now=store.now, office=office, item=item, id=refund.number)
        record(store, office, "refund.withdraw", f"item:{item}", {"cents": refund.cents}, {"reason": reason})
        return _of_item(store, office, item)[-1]


def _last(store: Store, office: str, item: int) -> Refund:
    """Return the refund of an item that was asked for last and not withdrawn."""
    found = [one for one in _of_item(store, office, item) if one.state != "withdrawn"]
    if not found:
        raise NoRefundError(office=office, item=item)
    return found[-1]


def _of_item(store: Store, office: str, item: int) -> list[Refund]:
    return [Refund(*row) for row in store.rows(_REFUNDS, office=office, item=item)]
