"""Unclear money that leaves again by an order: back to the account it came from, or on to another authority.

The order is certified, approved and accepted by others like any payable; until then the money of the case is bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from ledger.bank.keys import references
from ledger.bank.match_store import book_finder
from ledger.bank.names import contradict
from ledger.bank.suspense import AssignedTooMuchError, NoAmountError
from ledger.bank.suspense_decisions import Done, Forward, Payout, Refund, Sitting
from ledger.bank.suspense_moves_store import case_with_money, note_event
from ledger.bank.suspense_parts_store import check_part, named_part, only_part
from ledger.bank.suspense_payers_store import payer_of
from ledger.bank.suspense_store import Case
from ledger.bank.suspense_work_store import NoWordsError
from ledger.bank.unclear_parts_store import PART, part_of_order
from ledger.events.store import Fact
from ledger.items.order_rules import PAYABLE_LIMITS, completion, tidy
from ledger.items.order_write_store import write_orders
from ledger.items.orders import Checked, OrderRow, order_number
from ledger.items.staging_store import staged
from ledger.payments.collection_back_reader import may_come_back
from ledger.people.parties import match_key
from ledger.people.parties_store import find_parties, make_parties
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import N_, KasseError
from sepa.identifiers import parse_iban

_OWED = """
    SELECT i.office, i.id, i.reference, i.open_cents, p.name FROM item i JOIN party p ON p.id = i.party
    WHERE i.kind = 'receivable' AND i.open_cents > 0 AND i.party IN (
        SELECT a.party FROM party_account a WHERE a.iban = :iban AND a.kind = 'own' AND a.until IS NULL)
    ORDER BY i.due, i.office, i.id"""
_OWED_BY_NAME = """
    SELECT count(*), coalesce(sum(i.open_cents), 0) FROM item i JOIN party p ON p.id = i.party
    WHERE i.kind = 'receivable' AND i.open_cents > 0 AND p.match_key = :key"""
_SERVICE = "SELECT 1 FROM party_account WHERE iban = :iban AND kind = 'payment_service' AND until IS NULL"
_BANK_DAY = """
    SELECT e.bank_day, coalesce(d.remittance, e.remittance) FROM bank_entry e
    LEFT JOIN bank_detail d ON d.office = e.office AND d.entry = e.id AND d.line = :part
    WHERE e.office = :office AND e.id = :entry"""
_TEXTS = """
    SELECT coalesce(d.remittance, e.remittance), coalesce(d.creditor_reference, e.creditor_reference),
           coalesce(d.end_to_end_id, e.end_to_end_id) FROM bank_entry e
    LEFT JOIN bank_detail d ON d.office = e.office AND d.entry = e.id AND d.line = :part
    WHERE e.office = :office AND e.id = :entry AND EXISTS (SELECT 1 FROM collection_run)"""
_PAID_BACK = """
    SELECT c.entry, o.bank_account, o.total_cents FROM suspense_payout p
    JOIN suspense_case c ON c.office = p.office AND c.item = p.item
    JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
    WHERE p.office = :office AND p.order_id = :order AND p.kind = 'refund' AND o.waiting = 1"""
_ORDER = "SELECT id FROM cash_order WHERE batch = :batch AND office = :office"


class RefundAdvanceError(KasseError):
    """Money paid out that would be paid back."""

    code = "suspense.refund_advance"
    template = N_("case {number} is money paid out: there is nothing to pay back")
    hint = N_("ask the payee for it, and assign what comes in; or assign the case to a payable")


class PayerOwesError(KasseError):
    """Money would go back to somebody who owes us."""

    code = "suspense.payer_owes"
    template = N_("the payer of case {number} owes {owed_cents}: {reference} is open with {open_cents}")
    hint = N_("assign the money with 'kasse suspense assign {number} {reference}', or pay it back all the same with "
              "--despite-debts")  # fmt: skip


class NamesakeOwesError(KasseError):
    """Somebody of the payer's name owes us."""

    code = "suspense.namesake_owes"
    template = N_("somebody of the payer's name owes {owed_cents} (items: {count})")
    hint = N_("look whether it is the same person before the order is certified: 'kasse suspense suggest {number}'")
    severity = "warning"


class OtherHolderOwesError(KasseError):
    """Somebody else who has the same account owes us: the money is not theirs."""

    code = "suspense.other_holder_owes"
    template = N_("somebody else with the payer's account owes {owed_cents}: {reference} is open with {open_cents}")
    hint = N_("that debt is not the payer's; ask whether the money was meant for it before the order is certified")
    severity = "warning"


class PaymentServiceError(KasseError):
    """An account on which a payment service collects for many."""

    code = "suspense.payment_service"
    template = N_("the account of case {number} is that of a payment service: the money would not reach the payer")
    hint = N_("pay it back through the service, or assign it")


def refund(store: Store, decision: Refund, sitting: Sitting) -> Done:
    """Make the order that pays money back to the account it came from, and only there; inside a unit.

    Of a collective credit that is the account of one part, for at most what is left of it: the part that is named, or
    the only one left. Raises `RefundAdvanceError`, `UnknownPayerError`, `CollectivePayerError`, `PaymentServiceError`,
    `NoWordsError`, what `named_part`, `check_part` and `case_with_money` raise, and `PayerOwesError` unless the refund
    is wanted despite it.
    """
    case = case_with_money(store, decision.number, decision.office)
    if case.kind == "advance":
        raise RefundAdvanceError(number=case.number)
    part = _part_meant(store, case, decision.part)
    iban, name = payer_of(store, case, part)
    if not decision.reason.strip():
        raise NoWordsError(number=case.number)
    if store.value(_SERVICE, iban=iban) is not None:
        raise PaymentServiceError(number=case.number)
    cents = partly(store, case, decision.cents, part)
    findings = _debts(store, case, iban, name, despite=decision.despite_debts)
    findings += _collected(store, (case.office, case.entry, part), iban, partly(store, case, None, part), sitting.day)
    told = _purpose(store, case, part), decision.reason
    return _order(store, case, "refund", (name or iban, iban), told, cents, sitting, findings, part)


def _part_meant(store: Store, case: Case, part: int | None) -> int | None:
    """Return the part that is named, or the only one of a collective credit that is left."""
    if part is not None:
        return named_part(store, case, part).line
    only = only_part(store, case) if case.entry is not None else None
    return None if only is None else only.line


def of_part(part: int | None) -> dict[str, Fact]:
    """Return what an event of a case says of the part it is about."""
    return {} if part is None else {PART: part}


def pay_on(store: Store, case: Case, decision: Forward, sitting: Sitting) -> Done:
    """Make the order that pays money on to another authority; inside a unit."""
    payee = decision.payee or "", parse_iban(decision.iban or "")
    cents = partly(store, case, decision.cents, decision.part)
    told = tidy(decision.reason), decision.reason
    return _order(store, case, "forward", payee, told, cents, sitting, (), decision.part)


def partly(store: Store, case: Case, cents: int | None, part: int | None = None) -> int:
    """Return how much of a case, or of a part of it, is meant: all that is free, or less.

    Raises `NoAmountError`, `AssignedTooMuchError` and what `named_part` and `check_part` raise.
    """
    if part is not None:
        cents = check_part(case, named_part(store, case, part), cents)
    wanted = case.free_cents if cents is None else cents
    if wanted <= 0:
        raise NoAmountError(wanted_cents=wanted)
    if wanted > case.free_cents:
        raise AssignedTooMuchError(sum_cents=wanted, number=case.number, open_cents=case.free_cents)
    return wanted


def _debts(store: Store, case: Case, iban: str, name: str, *, despite: bool) -> tuple[KasseError, ...]:
    """Refuse where the payer owes us; warn where somebody else with the account, or somebody of the name, does."""
    owed = store.all(_OWED, iban=iban)
    own = [row for row in owed if not contradict(name, row[4])]
    if own and not despite:
        raise PayerOwesError(number=case.number, **_told(own))
    if not own and owed:
        return (OtherHolderOwesError(**_told(owed)),)
    count, cents = store.one(_OWED_BY_NAME, key=match_key(name)) or (0, 0) if name and not owed else (0, 0)
    return (NamesakeOwesError(owed_cents=int(cents), count=count, number=case.number),) if count else ()


def payout_warnings(store: Store, office: str, order: int, day: str) -> tuple[KasseError, ...]:
    """Return the direct debits that took or may take the money that an order pays back, for those who decide on it."""
    row = store.one(_PAID_BACK, office=office, order=order)
    if row is None:
        return ()
    bank = office, row[0], part_of_order(store, office, order)
    return _collected(store, bank, row[1], int(row[2]), day)


def _collected(
    store: Store, bank: tuple[str, int | None, int | None], iban: str, cents: int, day: str
) -> tuple[KasseError, ...]:
    """Warn where a direct debit of the claim that the payer named is under way or can still come back.

    `bank` is the entry that the money came with, and the part of it.
    """
    office, entry, part = bank
    texts = store.one(_TEXTS, office=office, entry=entry, part=part)
    if texts is None:
        return ()
    named = references(book_finder(store), *texts)
    return tuple(may_come_back(store, day, references=named, iban=iban, cents=cents))


def _told(owed: Sequence[tuple[str, int, str | None, int, str]]) -> dict[str, Any]:
    """Return the sum of debts, and the one that is due first."""
    office, item, reference, open_cents, _ = owed[0]
    return {
        "owed_cents": sum(row[3] for row in owed), "reference": reference or f"{office}/{item}",
        "open_cents": open_cents,
    }  # fmt: skip


def _purpose(store: Store, case: Case, part: int | None) -> str:
    """Return what the payee reads on his statement: what comes back, and what he had written."""
    day, text = store.one(_BANK_DAY, office=case.office, entry=case.entry, part=part) or (case.posting_day, None)
    year, month, of_month = day.split("-")
    return tidy(f"Rückzahlung Ihrer Zahlung vom {of_month}.{month}.{year} {text or ''}")


def _order(
    store: Store, case: Case, kind: Literal["refund", "forward"], payee: tuple[str, str], told: tuple[str, str],
    cents: int, sitting: Sitting, findings: tuple[KasseError, ...], part: int | None,
) -> Done:  # fmt: skip
    """Make the order to a payee; `told` are what the payee reads, and why it is paid."""
    (name, iban), (purpose, reason) = payee, told
    row = OrderRow(
        1, 1, office=case.office, kind="payable", name=tidy(name)[: PAYABLE_LIMITS["name"]], bank_account=iban,
        amount_cents=cents, due=sitting.day, purpose=purpose[: PAYABLE_LIMITS["purpose"]].strip(),
        gl_account=case.account,
    )  # fmt: skip
    batch = take_ids(store, BOOK, "order_batch")
    with staged(store, [Checked(row._replace(**completion(row)))]):
        find_parties(store, "staged_row")
        make_parties(store, "staged_row", source="clarification", day=sitting.day)
        write_orders(store, batch, f"{case.kind}:{case.office}/{case.number}", cents)
    number = int(store.value(_ORDER, batch=batch, office=case.office))
    values = (case.office, number, case.number, kind, sitting.batch)
    store.insert("suspense_payout", ("office", "order_id", "item", "kind", "batch"), [values])
    order = order_number(case.office, number)
    note_event(store, case, kind, {"cents": cents, "order": order, **of_part(part)}, {"reason": reason.strip()})
    return Done(
        kind, case.office, case.number, left_cents=case.open_cents, order=order, batch=sitting.batch,
        findings=findings, bound_cents=case.bound_cents + cents, parts=() if part is None else (part,),
        payout=Payout(cents, row.name or "", iban),
    )  # fmt: skip
