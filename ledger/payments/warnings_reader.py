"""Warnings about the payments of a run, each by one statement over the whole run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from ledger.items.locks_store import locked
from ledger.payments.profiles_store import high_cents
from ledger.payments.redirect_store import redirected
from ledger.payments.runs import Run
from ledger.payments.warnings import (
    AttachedSinceError,
    AttachmentEndedSinceError,
    ChangedIbanError,
    HighAmountError,
    LockedSinceError,
    NameDiffersError,
    NewIbanError,
    PaidBeforeError,
    SameInvoiceError,
    VerifiedError,
    VoidedTwinError,
)
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

PAID = "('released', 'exported', 'executed')"
LIVE = "('proposed', 'released', 'exported', 'executed')"
_OF_RUN = "p.office = :office AND p.run = :run AND p.state <> 'discarded'"
_PAID_BEFORE = f"""
    SELECT p.end_to_end_id, max(q.run), p.creditor_iban, p.cents
    FROM payment p
    JOIN payment q ON q.creditor_iban = p.creditor_iban AND q.cents = p.cents AND q.remittance = p.remittance
    WHERE {_OF_RUN} AND q.state IN {LIVE} AND q.run <> p.run
    GROUP BY p.line, p.end_to_end_id, p.creditor_iban, p.cents ORDER BY p.line"""
_VOIDED = f"""
    SELECT p.end_to_end_id, max(q.run), p.creditor_iban, p.cents
    FROM payment p
    JOIN payment q ON q.creditor_iban = p.creditor_iban AND q.cents = p.cents AND q.remittance = p.remittance
    WHERE {_OF_RUN} AND q.state = 'voided' AND q.run <> p.run
    GROUP BY p.line, p.end_to_end_id, p.creditor_iban, p.cents ORDER BY p.line"""
_SAME_INVOICE = f"""
    SELECT p.end_to_end_id, max(q.run), p.creditor_name, p.cents, i.reference
    FROM payment p CROSS JOIN item i CROSS JOIN item j CROSS JOIN payment q
    LEFT JOIN party a ON a.id = i.party LEFT JOIN party b ON b.id = j.party
    WHERE {_OF_RUN} AND i.office = p.item_office AND i.id = p.item AND i.reference IS NOT NULL
      AND j.reference = i.reference AND j.kind = 'payable' AND j.amount_cents = i.amount_cents
      AND q.item_office = j.office AND q.item = j.id
      AND p.part = 0 AND i.kind = 'payable' AND (j.office <> i.office OR j.id <> i.id)
      AND (a.id = b.id OR a.match_key = b.match_key)
      AND q.state IN {LIVE} AND (q.creditor_iban <> p.creditor_iban OR q.remittance <> p.remittance OR q.run = p.run)
      AND NOT (q.run = p.run AND q.creditor_iban = p.creditor_iban AND q.remittance = p.remittance)
    GROUP BY p.line, p.end_to_end_id, p.creditor_name, p.cents, i.reference ORDER BY p.line"""
UNKNOWN_IBAN = """NOT EXISTS (
        SELECT 1 FROM item j JOIN payment q ON q.item_office = j.office AND q.item = j.id
        WHERE p.part = 0 AND q.part = 0 AND q.state = 'executed' AND q.creditor_iban || '' = p.creditor_iban
          AND j.party = (SELECT k.party FROM item k WHERE k.office = p.item_office AND k.id = p.item))
    AND NOT EXISTS (
        SELECT 1 FROM payment q JOIN item k ON k.office = p.item_office AND k.id = p.item
        WHERE q.creditor_iban = p.creditor_iban AND q.creditor_name = p.creditor_name AND q.state = 'executed'
          AND (p.part > 0 AND q.part > 0 OR p.part = 0 AND q.part = 0 AND k.party IS NULL))
    AND NOT EXISTS (
        SELECT 1 FROM payment_answer w
        JOIN payment q ON q.office = w.office AND q.run = w.run AND q.line = w.line
        WHERE q.creditor_iban = p.creditor_iban AND q.creditor_name = p.creditor_name AND w.status = 'RCVC')"""
"""Whether the account of payment `p` is new to its payee: never paid for that person, nor confirmed for that name.

Whom else an account was paid for says nothing; `|| ''` has the planners go by the payee, not by an account of many.
"""
_NEW_IBAN = f"""
    SELECT p.end_to_end_id, p.creditor_name, p.creditor_iban,
           CASE WHEN p.part = 0 THEN (
               SELECT q.creditor_iban FROM item j JOIN payment q ON q.item_office = j.office AND q.item = j.id
               WHERE j.party = i.party AND q.part = 0 AND q.state = 'executed'
               ORDER BY q.run DESC, q.line DESC LIMIT 1) END
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE {_OF_RUN} AND {UNKNOWN_IBAN} ORDER BY p.line"""
_HIGH = f"SELECT p.end_to_end_id, p.cents FROM payment p WHERE {_OF_RUN} AND p.cents >= :high ORDER BY p.line"
_LOCKED = f"""
    SELECT p.end_to_end_id, p.line, p.item_office, p.item,
           coalesce((SELECT max(k.reason) FROM item_lock k WHERE k.office = i.office AND k.item = i.id
                     AND k.kind = 'payment' AND k.lifted_on IS NULL),
                    (SELECT max(k.reason) FROM party_lock k WHERE k.party = i.party AND k.kind = 'payment'
                     AND k.lifted_on IS NULL), '')
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE {_OF_RUN} AND {locked("payment")} ORDER BY p.line"""
_ATTACHED = f"""
    SELECT p.end_to_end_id, p.line, a.creditor, p.creditor_name, a.id
    FROM attachment a JOIN item i ON i.party = a.party
    JOIN payment p ON p.item_office = i.office AND p.item = i.id
    WHERE {_OF_RUN} AND p.part = 0 AND a.made_at > :made_at AND a.ended_on IS NULL AND a.served_on <= :day
      AND NOT EXISTS (SELECT 1 FROM payment s WHERE s.office = p.office AND s.run = p.run AND s.attachment = a.id)
    ORDER BY p.line, a.id"""
_ENDED = f"""
    SELECT p.end_to_end_id, p.line, a.creditor, a.ended_on, a.id
    FROM payment p JOIN attachment a ON a.id = p.attachment
    WHERE {_OF_RUN} AND a.ended_on <= :day ORDER BY p.line"""
_ANSWERED = f"""
    SELECT p.end_to_end_id, p.creditor_name, p.creditor_iban, w.status, coalesce(w.found_name, ''), r.read_at
    FROM payment p
    JOIN payment q ON q.creditor_iban = p.creditor_iban AND q.creditor_name = p.creditor_name
    JOIN payment_answer w ON w.office = q.office AND w.run = q.run AND w.line = q.line
    JOIN payment_report r ON r.id = w.report AND r.kind = 'vop'
    WHERE {_OF_RUN} AND w.report = (
        SELECT max(v.report) FROM payment_answer v JOIN payment_report u ON u.id = v.report AND u.kind = 'vop'
        JOIN payment s ON s.office = v.office AND s.run = v.run AND s.line = v.line
        WHERE s.creditor_iban = p.creditor_iban AND s.creditor_name = p.creditor_name)
    ORDER BY p.line"""


def warnings_of(store: Store, run: Run) -> list[KasseError]:
    """Return what the book knows against the payments of a run; inside `snapshot` or a unit."""
    of_run: dict[str, str | int] = {"office": run.office, "run": run.number}
    found = [*_duplicates(store, of_run), *_accounts(store, of_run)]
    high = high_cents(store)
    found += [
        HighAmountError(amount_cents=cents, limit_cents=high, place=Place(payment=identifier))
        for identifier, cents in store.rows(_HIGH, high=high, **of_run)
    ]
    return [*found, *_answers(store, of_run), *hindrances(store, run)]


def _duplicates(store: Store, of_run: dict[str, str | int]) -> Iterator[KasseError]:
    for identifier, other, iban, cents in store.rows(_PAID_BEFORE, **of_run):
        yield PaidBeforeError(run=other, amount_cents=cents, iban=iban, place=Place(payment=identifier))
    for identifier, other, iban, cents in store.rows(_VOIDED, **of_run):
        yield VoidedTwinError(run=other, amount_cents=cents, iban=iban, place=Place(payment=identifier))
    for identifier, other, name, cents, reference in store.rows(_SAME_INVOICE, **of_run):
        place = Place(payment=identifier)
        yield SameInvoiceError(run=other, name=name, amount_cents=cents, reference=reference, place=place)


def _accounts(store: Store, of_run: dict[str, str | int]) -> Iterator[KasseError]:
    for identifier, name, iban, before in store.rows(_NEW_IBAN, **of_run):
        place = Place(payment=identifier)
        if before is None or before == iban:
            yield NewIbanError(name=name, iban=iban, place=place)
        else:
            yield ChangedIbanError(name=name, iban=iban, before=before, place=place)


def _answers(store: Store, of_run: dict[str, str | int]) -> Iterator[KasseError]:
    for identifier, name, iban, status, found, at in store.rows(_ANSWERED, **of_run):
        place = Place(payment=identifier)
        if status == "RCVC":
            yield VerifiedError(name=name, day=dt.date.fromisoformat(at[:10]), place=place)
        else:
            yield NameDiffersError(status=status, name=name, iban=iban, found=found, place=place)


def hindrances(store: Store, run: Run) -> Iterator[KasseError]:
    """Yield what came up since the proposal and must not be paid over: locks, rights of others."""
    of_run = {"office": run.office, "run": run.number}
    for identifier, line, office, item, reason in store.rows(_LOCKED, day=run.execution_day, **of_run):
        place = Place(payment=identifier)
        yield LockedSinceError(office=office, item=item, reason=reason, run=run.number, line=line, place=place)
    yield from redirected(store, run)
    given = {"made_at": run.created_at, "day": run.execution_day}
    for identifier, line, creditor, name, number in store.rows(_ATTACHED, **given, **of_run):
        yield AttachedSinceError(
            creditor=creditor, name=name, number=number, run=run.number, line=line, place=Place(payment=identifier)
        )
    for identifier, line, creditor, ended, number in store.rows(_ENDED, day=run.execution_day, **of_run):
        day, place = dt.date.fromisoformat(ended), Place(payment=identifier)
        yield AttachmentEndedSinceError(
            number=number, creditor=creditor, day=day, run=run.number, line=line, place=place
        )
