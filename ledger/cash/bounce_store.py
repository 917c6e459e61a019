"""Noting by hand that a cheque bounced, with the debit that reconciling could not tell: its case pays for all of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from ledger.bank.suspense_decisions import Sitting
from ledger.bank.suspense_moves_store import case_with_money, drafts, explain, note_event, shown, write_step
from ledger.bank.suspense_store import Case
from ledger.book.entry import Posting
from ledger.book.store import account_with_role, kasse_office, office_codes, post
from ledger.cash.bank_store import cheques_bounced
from ledger.cash.bouncing import BounceKindError, BounceSumError, BounceUsedError, NoChequeError
from ledger.cash.receipts import Label
from ledger.items.store import NewClearing, clear, posting_for
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.refund_sql import BOUND_CENTS
from ledger.store.engines import Row, Store

_CHEQUE = """
    SELECT r.cents FROM cash_cheque c JOIN cash_receipt r ON r.desk = c.desk AND r.year = c.year AND r.number = c.number
    WHERE c.desk = :desk AND c.year = :year AND c.number = :number AND c.state IN ('presented', 'credited')"""
_PARTS = f"""
    SELECT l.kind, l.office, l.item, l.cents, l.clearing, i.side, i.account,
        CAST(i.open_cents - ({BOUND_CENTS}) AS BIGINT), i.amount_cents
    FROM cash_receipt_line l JOIN item i ON i.office = l.office AND i.id = l.item
    WHERE l.desk = :desk AND l.year = :year AND l.number = :number ORDER BY l.line"""


@dataclass(frozen=True, slots=True)
class BounceDone:
    """A cheque that bounced: what is open again, the fee that the Kasse bears, the entry."""

    receipt: str
    amount_cents: int
    fee_cents: int
    entry: str


def bounce(store: Store, label: Label, number: int, *, office: str | None = None) -> BounceDone:
    """Open again what a cheque paid, with the money of the case that holds its debit; what is over is the bank's fee.

    Needs the role clerk in the case's office. Raises `NoChequeError`, `BounceKindError`, `BounceSumError`,
    `BounceUsedError` and what `case_with_money` raises.
    """
    key = {"desk": label.desk, "year": label.year, "number": label.number}
    with store.unit(office_codes(store)):
        case = case_with_money(store, number, office)
        cents = store.value(_CHEQUE, **key)
        if cents is None:
            raise NoChequeError(label=str(label), desk=label.desk)
        if case.kind != "advance":
            raise BounceKindError(number=case.number)
        fee, largest = case.free_cents - int(cents), policy_of(store).largest_fee_cents
        if not 0 <= fee <= largest:
            raise BounceSumError(
                number=case.number, open_cents=case.free_cents, cheque_cents=int(cents), fee_cents=largest
            )  # fmt: skip
        parts = store.all(_PARTS, **key)
        for part in parts:
            _check_unused(part, label)
        entry = _write(store, case, parts, fee)
        cheques_bounced(store, [(label.desk, label.year, label.number, fee, case.office, case.entry)])
        note_event(store, case, "assign", {"cents": case.free_cents, "receipt": str(label), "fee_cents": fee})
    return BounceDone(str(label), int(cents), fee, entry)


def _check_unused(part: Row, label: Label) -> None:
    kind, office, item, cents, _, _, _, left, amount = part
    untouched = left + cents <= amount if kind == "settled" else left == cents == amount
    if not untouched:
        raise BounceUsedError(office=office, item=item, label=str(label))


def _write(store: Store, case: Case, parts: list[Row], fee: int) -> str:
    """Post and clear: the case is used up, what was settled is open again, what was made is gone."""
    day = max(store.today, case.posting_day)
    postings: defaultdict[str, list[Posting]] = defaultdict(list)
    cleared: defaultdict[tuple[str, int | None], list[tuple[int, int]]] = defaultdict(list)
    postings[case.office].append(posting_for("D", case.account, case.number, case.free_cents))
    cleared[case.office, None].append((case.number, case.free_cents))
    for kind, office, item, cents, clearing, side, account, *_ in parts:
        taken = -cents if kind == "settled" else cents
        postings[office].append(posting_for(side, account, item, taken))
        cleared[office, clearing if kind == "settled" else None].append((item, taken))
    if fee:
        kasse = kasse_office(store)
        postings[kasse].append(Posting(account_with_role(store, kasse, "bank_fees"), fee))
    posted = {one.office: one for one in post(store, drafts(case, postings, day))}
    paid_on = case.payment_day or day
    clearings = [
        NewClearing(
            office, "reset" if undone else "assign", posted[office].position, day, paid_on, tuple(lines), undone
        )
        for (office, undone), lines in sorted(cleared.items(), key=lambda one: (one[0][0], one[0][1] or 0))
    ]  # fmt: skip
    clear(store, clearings)
    sitting = Sitting(day)
    write_step(store, case, "assigned", posted[case.office].position, case.free_cents, sitting)
    told: list[tuple[str | None, int | None, int]] = [(office, item, cents) for _, office, item, cents, *_ in parts]
    explain(store, case, "assigned", [*told, *([(None, None, fee)] if fee else [])], sitting)
    return shown(posted[case.office])
