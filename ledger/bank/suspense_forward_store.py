"""Money that is not ours: passed on to another office's account, or kept as money in transit for another authority."""

from __future__ import annotations

from ledger.bank.suspense_decisions import Done, Forward, Sitting
from ledger.bank.suspense_moves_store import (
    Share,
    case_with_money,
    check_written_off,
    drafts,
    explain,
    note_event,
    shown,
    write_step,
)
from ledger.bank.suspense_payout_store import of_part, partly, pay_on
from ledger.bank.suspense_store import Case
from ledger.bank.suspense_work_store import NoWordsError
from ledger.book.chart import VERRECHNUNG
from ledger.book.entry import ClosedAccountError, Posting, UnknownAccountError
from ledger.book.offices_store import check_office
from ledger.book.store import account_with_role, post
from ledger.events.store import Fact
from ledger.items.order_coding import KEPT_ROLES, KeptAccountError
from ledger.items.store import SIDES, NewClearing, clear, posting_for
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

TRANSIT_ROLE = "pass_through"
_ACCOUNT = "SELECT role, closed_on FROM account WHERE office = :office AND number = :account"


class ForwardWhereError(KasseError):
    """Money to be passed on, and nobody said where to, or twice."""

    code = "suspense.forward_where"
    template = N_("case {number} can go to one place: an account of an office, another authority, or money in transit")
    hint = N_("give --to-office and --account, or --payee and --iban, or --transit")
    exit_code = 2


class ForwardAdvanceError(KasseError):
    """Money paid out that cannot be paid on."""

    code = "suspense.forward_advance"
    template = N_("case {number} is money paid out: nothing of it can be paid on")
    hint = N_("book it on an account of an office with --to-office and --account, or assign it to a payable")


def forward(store: Store, decision: Forward, sitting: Sitting) -> Done:
    """Pass the money of a case on; inside a unit.

    To an account of an office it is booked there at once; with neither account nor payee it is booked as money in
    transit (durchlaufende Gelder); to a payee's account it is paid by an order, which others certify, approve and
    accept. What is short or over in a cash desk is the head's to book away. Raises `ForwardWhereError`,
    `ForwardAdvanceError`, `NoWordsError`, `NotAllowedError`, `KeptAccountError`, `UnknownAccountError`,
    `UnknownOfficeError` and what `case_with_money` raises.
    """
    booked, paid = bool(decision.account or decision.to_office), bool(decision.payee or decision.iban)
    if (booked and paid) or (booked and not (decision.account and decision.to_office)):
        raise ForwardWhereError(number=decision.number)
    if paid and not (decision.payee and decision.iban):
        raise ForwardWhereError(number=decision.number)
    case = case_with_money(store, decision.number, decision.office)
    check_written_off(store, case)
    if not decision.reason.strip():
        raise NoWordsError(number=case.number)
    if case.kind == "advance" and not booked:
        raise ForwardAdvanceError(number=case.number)
    if paid:
        return pay_on(store, case, decision, sitting)
    return _book(store, case, decision, sitting)


def _book(store: Store, case: Case, decision: Forward, sitting: Sitting) -> Done:
    cents, day = partly(store, case, decision.cents, decision.part), max(sitting.day, case.posting_day)
    office, account = _place(store, case, decision)
    taken = posting_for(SIDES[case.kind], case.account, case.number, cents)
    given = Posting(account, -taken.cents)
    lines = {case.office: [taken, given]} if office == case.office else {case.office: [taken], office: [given]}
    (lead, *_) = post(store, drafts(case, lines, day, decision.reason.strip()))
    clearing = NewClearing(case.office, "assign", lead.position, day, case.payment_day or day, ((case.number, cents),))
    clear(store, [clearing])
    step = write_step(store, case, "forwarded", lead.position, cents, sitting)
    explain(store, case, "forwarded", [Share(None, None, cents, decision.part)], sitting, step=step)
    facts: dict[str, Fact] = {"cents": cents, "office": office, "account": account, **of_part(decision.part)}
    note_event(store, case, "forward", facts, {"reason": decision.reason.strip()})
    return Done(
        "forward", case.office, case.number, shown(lead), cents, 0, case.open_cents - cents, batch=sitting.batch,
        bound_cents=case.bound_cents, parts=() if decision.part is None else (decision.part,),
    )  # fmt: skip


def _place(store: Store, case: Case, decision: Forward) -> tuple[str, str]:
    """Return the office and the account that the money is booked to."""
    if decision.to_office is None or decision.account is None:
        return case.office, account_with_role(store, case.office, TRANSIT_ROLE)
    check_office(store, decision.to_office)
    row = store.one(_ACCOUNT, office=decision.to_office, account=decision.account)
    if row is None:
        raise UnknownAccountError(office=decision.to_office, account=decision.account)
    if row[0] in KEPT_ROLES or row[0] == VERRECHNUNG:
        raise KeptAccountError(office=decision.to_office, account=decision.account, role=row[0])
    if row[1] is not None:
        raise ClosedAccountError(office=decision.to_office, account=decision.account, day=row[1])
    return decision.to_office, decision.account
