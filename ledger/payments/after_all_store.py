"""Payments that were given up or refused and that the bank has made all the same: they are under way once more."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.book.entry import Posted
from ledger.payments.run_posting_store import settle_again
from ledger.payments.runs import Run
from ledger.store.engines import Store
from sepa.errors import N_, KasseError

_TEMPORARY = "CREATE TEMPORARY TABLE after_all (line BIGINT PRIMARY KEY)"
_SETTLED = """
    SELECT p.item_office, p.item, min(i.open_cents), sum(p.cents + p.discount_cents),
           (SELECT max(x.run) FROM payment x WHERE x.item_office = p.item_office AND x.item = p.item
            AND x.state IN ('proposed', 'released', 'exported', 'executed') AND x.run <> :run)
    FROM payment p JOIN after_all a ON a.line = p.line
    JOIN item i ON i.office = p.item_office AND i.id = p.item
    WHERE p.office = :office AND p.run = :run GROUP BY p.item_office, p.item ORDER BY p.item_office, p.item"""
_AGAIN = """
    UPDATE payment SET state = 'exported', active = 1
    WHERE office = :office AND run = :run AND state IN ('voided', 'rejected')
      AND line IN (SELECT line FROM after_all)"""
_FILES = """
    UPDATE payment_file SET state = 'exported'
    WHERE office = :office AND run = :run AND state IN ('voided', 'rejected') AND sha256 IS NOT NULL
      AND number IN (SELECT p.file FROM payment p JOIN after_all a ON a.line = p.line
                     WHERE p.office = :office AND p.run = :run)"""
_RUN = """
    UPDATE payment_run SET state = 'exported'
    WHERE office = :office AND id = :run AND state IN ('voided', 'rejected', 'executed')"""
LISTED = 100


class NeverWrittenError(KasseError):
    """A run of which no file was ever written: the bank cannot have paid it."""

    code = "payment.never_written"
    template = N_("no file of run {run} was ever written, the bank cannot have paid it")
    hint = N_("find out what the debit is for: 'kasse suspense suggest' with its case")


class PaidTwiceError(KasseError):
    """Items of payments that the bank made after all were settled, or are paid by another run."""

    code = "payment.settled_since"
    template = N_("{count} items of run {run} are not open any more or lie in another run")
    hint = N_("take them out of the other run, give it up or call it back first; what is paid twice comes back from "
              "the payee, until then the debit stays a Vorschuss")  # fmt: skip


class SettledSinceError(KasseError):
    """One of these items."""

    code = "payment.item_settled_since"
    template = N_("item {item} of office {office} is open with {open_cents}, the bank has paid {paid_cents} for it")
    hint = N_("see 'kasse item show {office}/{item}' for what settled it")


class OtherRunError(KasseError):
    """An item that another run pays."""

    code = "payment.item_in_run"
    template = N_("item {item} of office {office} is paid by run {other} too")
    hint = N_("see 'kasse payment show {other}': change it, give it up or call it back")


def pay_after_all(store: Store, run: Run, lines: Sequence[int], *, day: str) -> list[Posted]:
    """Settle the items of these payments again and put the payments under way, inside a unit.

    Raises `NeverWrittenError`, `PaidTwiceError` where an item is not open any more or lies in another run.
    """
    if run.file_sha256 is None:
        raise NeverWrittenError(run=run.number)
    where = {"office": run.office, "run": run.number}
    store.execute(_TEMPORARY)
    store.insert("after_all", ("line",), ((line,) for line in lines))
    _check(store, run)
    posted = settle_again(store, run, day=day)
    for sql in (_AGAIN, _FILES, _RUN):
        store.execute(sql, **where)
    store.execute("DROP TABLE after_all")
    return posted


def _check(store: Store, run: Run) -> None:
    found: list[KasseError] = []
    for office, item, left, cents, other in store.all(_SETTLED, office=run.office, run=run.number):
        if other is not None:
            found.append(OtherRunError(office=office, item=item, other=other))
        elif left < cents:
            found.append(SettledSinceError(office=office, item=item, open_cents=left, paid_cents=int(cents)))
    if found:
        raise PaidTwiceError(run=run.number, count=len(found), findings=tuple(found[:LISTED]))
