"""Proposing a run: due payables become payments that are reserved until the run is released or discarded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes, setting
from ledger.events.store import record
from ledger.items.locks_store import locked, not_locked
from ledger.payments.addresses import abroad, address_text, beyond_eea
from ledger.payments.attachments_reader import active_attachments
from ledger.payments.changing_sql import taken_off
from ledger.payments.gathering import BY_PAYEE, Choice, Gathering, counted
from ledger.payments.overdue_reader import overdue
from ledger.payments.payer_store import bics_abroad, payer_address
from ledger.payments.perhaps_reader import perhaps_paid
from ledger.payments.profiles_store import profile_of
from ledger.payments.redirect_store import PAID_TO
from ledger.payments.refund_sql import REFUND_PAID
from ledger.payments.runs import ROLES, NoPayingAccountError, Proposal, Run, list_hash
from ledger.payments.runs_reader import run_named, seen_facts
from ledger.payments.set_off_reader import owed_by_attached
from ledger.payments.steps import check_present
from ledger.payments.transfers import Head, Payable
from ledger.payments.warnings import condensed, weighed
from ledger.payments.warnings_reader import warnings_of
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.calendar import next_target_day
from sepa.errors import KasseError
from sepa.fields import NAME_LENGTH
from sepa.identifiers import parse_iban
from sepa.payments import Party
from sepa.rules.odd import DayFarError, day_findings
from sepa.text import Charset, fit

_ACCOUNTS = "SELECT iban, office FROM bank_account WHERE closed_on IS NULL ORDER BY office <> :kasse, office, account"
_RESERVED = "(SELECT max(a.run) FROM payment a WHERE a.item_office = i.office AND a.item = i.id AND a.active = 1)"
_LOCKED = f"""CASE WHEN {locked("payment", day=":execution_day")} THEN 1
    WHEN i.paid_by IS NOT NULL THEN {BY_PAYEE} ELSE 0 END"""
_OWED = f"""
    SELECT coalesce(sum(r.open_cents), 0) FROM item r
    WHERE r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :today
      AND {not_locked("dunning", alias="r", day=":today")} AND r.party"""
_DEBTORS = """(SELECT d.party FROM party_account d JOIN party q ON q.id = d.party
               WHERE d.iban = i.bank_account AND d.kind = 'own' AND d.until IS NULL AND d.party <> i.party
                 AND q.match_key = i.match_key)"""
_OWED_BY_PAYEES = f"""payee AS MATERIALIZED (
        SELECT DISTINCT i.party, i.bank_account, n.match_key FROM item i JOIN party n ON n.id = i.party
        WHERE i.kind = 'payable' AND i.open_cents > 0),
    owed AS MATERIALIZED (
        SELECT i.party, i.bank_account, ({_OWED} = i.party) + ({_OWED} IN {_DEBTORS}) AS cents FROM payee i)"""
"""What payees owe that is due, asked once for each of them: one may have thousands of payables."""
_PAYABLES = f"""
    WITH {_OWED_BY_PAYEES}
    SELECT i.office, i.id, i.open_cents, i.due, i.reference, i.purpose, {PAID_TO},
           coalesce(n.legal_name, n.name), {_RESERVED}, {_LOCKED}, i.amount_cents, NULL, i.party, o.notice_date,
           coalesce(w.cents, 0), coalesce(o.purpose_code, ''), CAST(NULL AS BIGINT), {taken_off()}
    FROM item i
    LEFT JOIN party n ON n.id = i.party
    LEFT JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    LEFT JOIN owed w ON w.party = i.party AND coalesce(w.bank_account, '') = coalesce(i.bank_account, '')
    WHERE i.kind = 'payable' AND i.open_cents > 0 AND (i.due <= :until OR i.purpose LIKE '%#SKONTO#%')
      AND (CAST(:office AS TEXT) IS NULL OR i.office = :office)
    UNION ALL
    SELECT i.office, i.id, i.open_cents, i.due, NULL, f.purpose, f.iban, f.name, {_RESERVED}, {_LOCKED}, i.amount_cents,
           f.cents, i.party, NULL, CASE WHEN f.without_set_off = 1 THEN 0 ELSE ({_OWED} = i.party) END, 'RRCT', f.id,
           CAST(NULL AS BIGINT)
    FROM refund f
    JOIN item i ON i.office = f.office AND i.id = f.item
    WHERE f.approved_by IS NOT NULL AND f.ended_by IS NULL AND NOT {REFUND_PAID}
      AND (CAST(:office AS TEXT) IS NULL OR i.office = :office)
    ORDER BY 1, 4, 2"""
_RUN_COLUMNS = (
    "office", "id", "state", "iban", "execution_day", "count", "total_cents", "list_hash", "debtor_name",
    "debtor_address", "single_booking", "instant", "created_by", "created_at",
)  # fmt: skip
_PAYMENT_COLUMNS = (
    "office", "run", "line", "end_to_end_id", "creditor_name", "creditor_iban", "cents", "remittance", "item_office",
    "item", "part", "item_cents", "discount_cents", "attachment", "purpose", "refund", "creditor_bic", "state",
    "active",
)  # fmt: skip


class _UndoneError(Exception):
    """Ends a unit of work that leaves nothing behind: a trial, or nothing to pay."""

    def __init__(self, proposal: Proposal) -> None:
        super().__init__()
        self.proposal = proposal


def propose(
    store: Store,
    *,
    today: dt.date,
    due_until: dt.date | None = None,
    iban: str | None = None,
    execution_day: dt.date | None = None,
    office: str | None = None,
    single_booking: bool = False,
    instant: bool = False,
    limit: int | None = None,
    limit_cents: int | None = None,
    set_off: bool = True,
    trial: bool = False,
    step: Callable[[int], None] | None = None,
) -> Proposal:
    """Make a run of the open payables that are due, reserve them, and return it with all that was noticed.

    Due until the execution day unless said otherwise; the execution day is the next TARGET day, an instant run goes
    on any day. Pays from the Kasse's first account unless another is named. A payee who owes something due waits for
    the set-off unless `set_off` is false. A `trial` leaves the book as it was; `step` counts payables. Raises
    `NotAllowedError`, `NoPayingAccountError`, `UnknownOfficeError`, `ProposedInThePastError`.
    """
    check_present(today, store.now)
    paying, leader = _account(store, iban)
    require(store, leader, *ROLES["propose"])
    check_office(store, office)
    days = _days(execution_day, today, instant=instant)
    choice = Choice(due_until or days.execution, limit, limit_cents, set_off)
    try:
        with store.unit(office_codes(store)), without_collector():
            gathering = _gathering(store, leader, paying, days, choice)
            where = {"office": office, "execution_day": days.execution.isoformat(), "today": today.isoformat()}
            payables = store.stream(_PAYABLES, until=choice.until.isoformat(), **where)
            gathering.take(counted((Payable(*row) for row in payables), step), today)
            return _kept(_written(store, gathering, single_booking=single_booking), trial=trial)
    except _UndoneError as undone:
        return undone.proposal


@dataclass(frozen=True, slots=True)
class _Days:
    """When a run was asked for and is to be paid, whether at once, and what is odd about the day that was asked for."""

    asked_on: dt.date
    execution: dt.date
    instant: bool
    findings: tuple[KasseError, ...]


def _days(wanted: dt.date | None, today: dt.date, *, instant: bool) -> _Days:
    """Return the days of a run; odd is only a day that somebody named."""
    day = max(wanted or today, today)
    if instant:
        return _Days(today, day, instant, ())
    return _Days(today, next_target_day(day), instant, tuple(_shifted(wanted, today)) if wanted else ())


def _gathering(store: Store, office: str, iban: str, days: _Days, choice: Choice) -> Gathering:
    charset = profile_of(store, iban).charset
    debtor = Party(own_name(store, charset), iban, address=abroad(payer_address(store)))
    head = Head(office, take_ids(store, BOOK, "payment_run"), debtor, days.execution, days.instant, charset)
    held = active_attachments(store, days.execution.isoformat())
    owed = owed_by_attached(store, days.asked_on.isoformat()) if held and choice.set_off else {}
    found = [*days.findings, *overdue(store, days.asked_on)]
    return Gathering(head, choice, held, owed, perhaps_paid(store), bics_abroad(store), findings=found)


def _kept(proposal: Proposal, *, trial: bool) -> Proposal:
    if trial or proposal.run is None:
        raise _UndoneError(proposal)
    return proposal


def _account(store: Store, iban: str | None) -> tuple[str, str]:
    """Return the account to pay from and its office; without a choice the first account of the Kasse."""
    wanted = parse_iban(iban) if iban else None
    known = [(found, office) for found, office in store.rows(_ACCOUNTS, kasse=kasse_office(store))]
    for found, office in known:
        if wanted in (None, found):
            return found, office
    raise NoPayingAccountError(iban=wanted or "", known=", ".join(found for found, _ in known))


def own_name(store: Store, charset: Charset) -> str:
    """Return who pays or collects, in letters that the bank takes: the municipality, or the book's name without one."""
    return fit(setting(store, "municipality") or setting(store, "name"), NAME_LENGTH, charset).text


def _shifted(wanted: dt.date, today: dt.date) -> list[KasseError]:
    """Return what is odd about the day that was asked for, where another one is taken instead."""
    return [finding for finding in day_findings(wanted, today) if not isinstance(finding, DayFarError)]


def _written(store: Store, gathering: Gathering, *, single_booking: bool) -> Proposal:
    number, skipped = gathering.head.number, tuple(gathering.skipped)
    if not gathering.lines:
        return Proposal(None, skipped, condensed(weighed(gathering.findings), number), gathering.left)
    run = _write(store, gathering, single_booking=single_booking)
    facts = seen_facts(run) | {"execution_day": run.execution_day, "skipped": len(gathering.skipped)}
    record(store, run.office, "payment.propose", f"run:{run.number}", facts)
    found = condensed(weighed((*gathering.findings, *warnings_of(store, run))), number)
    return Proposal(run, skipped, found, gathering.left)


def _write(store: Store, gathering: Gathering, *, single_booking: bool) -> Run:
    head, lines = gathering.head, gathering.lines.values()
    day, total = head.execution_day.isoformat(), sum(line.cents for line in lines)
    address = address_text(head.debtor.address) if any(beyond_eea(line.creditor_iban) for line in lines) else ""
    shared = (head.number, head.debtor.iban, day, head.debtor.name, address, single_booking, head.instant)
    row = (
        head.office, head.number, "proposed", head.debtor.iban, day, len(lines), total, list_hash(shared, lines),
        head.debtor.name, address, int(single_booking), int(head.instant), store.user, store.now,
    )  # fmt: skip
    store.insert("payment_run", _RUN_COLUMNS, [row])
    rows = ((head.office, head.number, *line, "proposed", 1) for line in lines)
    store.insert("payment", _PAYMENT_COLUMNS, rows)
    return run_named(store, head.number)
