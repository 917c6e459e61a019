"""Warnings about the payments of a run, each by one statement over the whole run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ledger.items.locks_store import locked, not_locked
from ledger.items.orders import order_number
from ledger.payments.before_reader import paid_before
from ledger.payments.changing_sql import taken_off
from ledger.payments.perhaps_reader import perhaps_paid_again
from ledger.payments.profiles_store import high_cents
from ledger.payments.redirect_store import redirected
from ledger.payments.runs import Run
from ledger.payments.twins_reader import twins_of_run
from ledger.payments.warnings import (
    AttachedSinceError,
    AttachmentEndedSinceError,
    ChangedIbanError,
    ChangingSinceError,
    FreedError,
    HighAmountError,
    LockedSinceError,
    NameDiffersError,
    NewIbanError,
    OwesError,
    PaidBeforeError,
    SameInvoiceError,
    VerifiedError,
    VoidedTwinError,
)
from ledger.payments.warnings_sql import ANSWERED, FRESH, LAST_SAID, OF_RUN, PAYMENTS, TWINS
from ledger.store.engines import Store
from sepa.errors import KasseError, Place

PAID = "('released', 'exported', 'executed')"
LIVE = "('proposed', 'released', 'exported', 'executed')"
_PAID_BEFORE = TWINS.format(states=LIVE)
_VOIDED = TWINS.format(states="('voided')")
_SAME_INVOICE = f"""
    SELECT p.end_to_end_id, max(q.run), p.creditor_name, p.cents, i.reference
    FROM payment p CROSS JOIN item i CROSS JOIN item j CROSS JOIN payment q
    LEFT JOIN party a ON a.id = i.party LEFT JOIN party b ON b.id = j.party
    WHERE {OF_RUN} AND i.office = p.item_office AND i.id = p.item AND i.reference IS NOT NULL
      AND j.reference = i.reference AND j.kind = 'payable' AND j.amount_cents = i.amount_cents
      AND q.item_office = j.office AND q.item = j.id
      AND p.part = 0 AND i.kind = 'payable' AND (j.office <> i.office OR j.id <> i.id)
      AND (a.id = b.id OR a.match_key = b.match_key)
      AND q.state IN {LIVE} AND (q.creditor_iban <> p.creditor_iban OR q.remittance <> p.remittance OR q.run = p.run)
      AND NOT (q.run = p.run AND q.creditor_iban = p.creditor_iban AND q.remittance = p.remittance)
    GROUP BY p.line, p.end_to_end_id, p.creditor_name, p.cents, i.reference ORDER BY p.line"""
_HIGH = f"SELECT p.end_to_end_id, p.cents FROM payment p WHERE {OF_RUN} AND p.cents >= :high ORDER BY p.line"
_LOCKED = f"""
    SELECT p.end_to_end_id, p.line, p.item_office, p.item,
           coalesce((SELECT max(k.reason) FROM item_lock k WHERE k.office = i.office AND k.item = i.id
                     AND k.kind = 'payment' AND k.lifted_on IS NULL),
                    (SELECT max(k.reason) FROM party_lock k WHERE k.party = i.party AND k.kind = 'payment'
                     AND k.lifted_on IS NULL), '')
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE {OF_RUN} AND {locked("payment")} ORDER BY p.line"""
_CHANGING = f"""
    SELECT * FROM (
        SELECT p.end_to_end_id, p.line, p.item_office, p.item, {taken_off()} AS change
        FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item WHERE {OF_RUN}) AS t
    WHERE change IS NOT NULL ORDER BY line"""
_SINCE = """(a.made_at > :made_at OR a.made_at = :made_at AND EXISTS (
          SELECT 1 FROM event e JOIN event r ON r.office = e.office AND r.position < e.position
          WHERE e.object = 'attachment:' || a.id AND e.action = 'attachment.add'
            AND r.object = 'run:' || p.run AND r.action = 'payment.propose'))"""
_ATTACHED = f"""
    SELECT p.end_to_end_id, p.line, a.creditor, p.creditor_name, a.id
    FROM attachment a JOIN item i ON i.party = a.party
    JOIN payment p ON p.item_office = i.office AND p.item = i.id
    WHERE {OF_RUN} AND p.part = 0 AND {_SINCE} AND a.ended_on IS NULL AND a.served_on <= :day
      AND NOT EXISTS (SELECT 1 FROM payment s WHERE s.office = p.office AND s.run = p.run AND s.attachment = a.id)
    ORDER BY p.line, a.id"""
_ENDED = f"""
    SELECT p.end_to_end_id, p.line, a.creditor, a.ended_on, a.id
    FROM payment p JOIN attachment a ON a.id = p.attachment
    WHERE {OF_RUN} AND a.ended_on <= :day ORDER BY p.line"""


_FREED = f"""
    SELECT p.end_to_end_id, a.id, a.creditor, p.creditor_name, a.ended_on, u.name, a.end_reason
    FROM attachment a JOIN item i ON i.party = a.party
    JOIN payment p ON p.item_office = i.office AND p.item = i.id JOIN app_user u ON u.id = a.ended_by
    WHERE {OF_RUN} AND p.part = 0 AND a.ended_on >= :since ORDER BY p.line, a.id"""
_OWES = f"""
    SELECT p.end_to_end_id, p.line, p.creditor_name, sum(r.open_cents)
    FROM payment p JOIN item i ON i.office = p.item_office AND i.id = p.item
    JOIN item r ON r.party = i.party AND r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :day
    WHERE {OF_RUN} AND p.part = 0 AND {not_locked("dunning", alias="r", day=":day")}
    GROUP BY p.line, p.end_to_end_id, p.creditor_name ORDER BY p.line"""
FREED_DAYS = 60  # so long after its end a right to the payee's money is still named to who looks at a run
AccountKey = tuple[int, str, str, int]


class Seen(NamedTuple):
    """A payment of a run with its payee (0 for none); `other` is 1 where it goes to who has a right to the money."""

    end_to_end_id: str
    line: int
    name: str
    iban: str
    cents: int
    remittance: str
    purpose: str
    party: int
    other: int

    @property
    def account(self) -> AccountKey:
        """Whose account the payment goes to."""
        return self.party, self.iban, self.name, self.other


def warnings_of(store: Store, run: Run) -> list[KasseError]:
    """Return what the book knows against the payments of a run; inside `snapshot` or a unit."""
    of_run: dict[str, str | int] = {"office": run.office, "run": run.number}
    found = [*_duplicates(store, of_run), *paid_before(store, of_run), *_accounts(store, of_run)]
    high = high_cents(store)
    found += [
        HighAmountError(amount_cents=cents, limit_cents=high, place=Place(payment=identifier))
        for identifier, cents in store.rows(_HIGH, high=high, **of_run)
    ]
    found += twins_of_run(store, of_run)
    return [*found, *_answers(store, of_run), *_rights(store, run, of_run), *hindrances(store, run)]


def _rights(store: Store, run: Run, of_run: Mapping[str, str | int]) -> Iterator[KasseError]:
    """Yield whose right to the money has ended of late, and what the payee owes by now."""
    day = dt.date.fromisoformat(run.execution_day)
    since = (day - dt.timedelta(days=FREED_DAYS)).isoformat()
    for identifier, number, creditor, name, ended, user, reason in store.rows(_FREED, since=since, **of_run):
        yield FreedError(
            number=number, creditor=creditor, name=name, day=dt.date.fromisoformat(ended), user=user, reason=reason,
            place=Place(payment=identifier),
        )  # fmt: skip
    for identifier, line, name, cents in store.rows(_OWES, day=run.execution_day, **of_run):
        yield OwesError(name=name, owed_cents=cents, run=run.number, line=line, place=Place(payment=identifier))


def payments_seen(store: Store, of_run: Mapping[str, str | int]) -> Iterator[Seen]:
    """Yield the payments of a run as the questions about their accounts see them."""
    return (Seen(*row) for row in store.rows(PAYMENTS, **of_run))


def fresh_accounts(store: Store, of_run: Mapping[str, str | int]) -> dict[AccountKey, str | None]:
    """Return the accounts of a run that are new to their payee, with the one that was paid before."""
    return {(party, iban, name, other): before for party, iban, name, other, before in store.rows(FRESH, **of_run)}


def doubted_names(store: Store, of_run: Mapping[str, str | int]) -> set[tuple[str, str]]:
    """Return accounts and names of a run of which the bank's last word is that they differ, and that it never paid."""
    last = {(iban, name): (status, state) for iban, name, status, state in store.rows(LAST_SAID, **of_run)}
    return {payee for payee, (status, state) in last.items() if status != "RCVC" and state != "executed"}


def _duplicates(store: Store, of_run: dict[str, str | int]) -> Iterator[KasseError]:
    paid, voided = (
        {(iban, cents, text): run for iban, cents, text, run in store.rows(sql, **of_run)}
        for sql in (_PAID_BEFORE, _VOIDED)
    )
    for one in payments_seen(store, of_run) if paid or voided else ():
        place, twin = Place(payment=one.end_to_end_id), (one.iban, one.cents, one.remittance)
        if twin in paid:
            yield PaidBeforeError(run=paid[twin], amount_cents=one.cents, iban=one.iban, place=place)
        if twin in voided:
            yield VoidedTwinError(run=voided[twin], amount_cents=one.cents, iban=one.iban, place=place)
    for identifier, other, name, cents, reference in store.rows(_SAME_INVOICE, **of_run):
        place = Place(payment=identifier)
        yield SameInvoiceError(run=other, name=name, amount_cents=cents, reference=reference, place=place)


def _accounts(store: Store, of_run: dict[str, str | int]) -> Iterator[KasseError]:
    fresh = fresh_accounts(store, of_run)
    for one in payments_seen(store, of_run) if fresh else ():
        if one.account not in fresh:
            continue
        before, place = fresh[one.account], Place(payment=one.end_to_end_id)
        if before is None or before == one.iban:
            yield NewIbanError(name=one.name, iban=one.iban, place=place)
        else:
            yield ChangedIbanError(name=one.name, iban=one.iban, before=before, place=place)


def _answers(store: Store, of_run: dict[str, str | int]) -> Iterator[KasseError]:
    said = {(iban, name): (status, found, at) for iban, name, status, found, at in store.rows(ANSWERED, **of_run)}
    for one in payments_seen(store, of_run) if said else ():
        if (one.iban, one.name) not in said:
            continue
        (status, found, at), place = said[one.iban, one.name], Place(payment=one.end_to_end_id)
        if status == "RCVC":
            yield VerifiedError(name=one.name, day=dt.date.fromisoformat(at[:10]), place=place)
        else:
            yield NameDiffersError(status=status, name=one.name, iban=one.iban, found=found, place=place)


def hindrances(store: Store, run: Run) -> Iterator[KasseError]:
    """Yield what came up since the proposal and must not be paid over: locks, changes, rights of others, debits."""
    of_run = {"office": run.office, "run": run.number}
    for identifier, line, office, item, reason in store.rows(_LOCKED, day=run.execution_day, **of_run):
        place = Place(payment=identifier)
        yield LockedSinceError(office=office, item=item, reason=reason, run=run.number, line=line, place=place)
    for identifier, line, office, item, change in store.rows(_CHANGING, **of_run):
        name, place = order_number(office, change), Place(payment=identifier)
        yield ChangingSinceError(office=office, item=item, change=name, run=run.number, line=line, place=place)
    yield from redirected(store, run)
    yield from perhaps_paid_again(store, run)
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
