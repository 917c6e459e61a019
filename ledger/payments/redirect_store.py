"""Other accounts for payables in the book: asked for by one person, confirmed by another, then used by runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ledger.book.store import office_codes
from ledger.events.store import record
from ledger.items.locks import Span
from ledger.items.locks_store import lift_placed, place_item_lock
from ledger.payments.redirect import (
    ASK_ROLES,
    CONFIRM_ROLES,
    NothingAskedError,
    NotPayableError,
    OtherAccountError,
    Redirect,
    RedirectedSinceError,
    RedirectReasonError,
    RedirectReservedError,
    RedirectWaitsError,
    SameAccountError,
)
from ledger.payments.runs import Run
from ledger.people.users import check_apart, require, same_person
from ledger.store.engines import Row, Store
from sepa.errors import KasseError, Place
from sepa.identifiers import parse_iban

PAID_TO = """coalesce((
        SELECT g.iban FROM payee_account g WHERE g.office = i.office AND g.item = i.id AND g.confirmed_by IS NOT NULL
        ORDER BY g.id DESC LIMIT 1), i.bank_account)"""
"""The account that the item `i` is paid to."""
_ITEM = f"""
    SELECT i.kind, i.open_cents, i.party, coalesce(n.legal_name, n.name), {PAID_TO},
           (SELECT max(a.run) FROM payment a WHERE a.item_office = i.office AND a.item = i.id AND a.active = 1)
    FROM item i LEFT JOIN party n ON n.id = i.party WHERE i.office = :office AND i.id = :item"""
_KNOWN = "SELECT iban FROM party_account WHERE party = :party AND kind = 'own' AND until IS NULL ORDER BY iban"
_LAST = """
    SELECT g.office, g.item, g.id, coalesce(n.legal_name, n.name, ''), g.iban, i.bank_account, g.reason,
           coalesce(u.name, CAST(g.asked_by AS TEXT)), coalesce(v.name, CAST(g.confirmed_by AS TEXT)),
           coalesce(w.name, CAST(g.refused_by AS TEXT)), g.asked_by,
           g.asked_at
    FROM payee_account g JOIN item i ON i.office = g.office AND i.id = g.item
    LEFT JOIN party n ON n.id = i.party
    LEFT JOIN app_user u ON u.id = g.asked_by LEFT JOIN app_user v ON v.id = g.confirmed_by
    LEFT JOIN app_user w ON w.id = g.refused_by
    WHERE g.office = :office AND g.item = :item ORDER BY g.id DESC LIMIT 1"""
_CONFIRM = """
    UPDATE payee_account SET confirmed_by = :user, confirmed_at = :now
    WHERE office = :office AND item = :item AND id = :id AND confirmed_by IS NULL AND refused_by IS NULL"""
_REFUSE = """
    UPDATE payee_account SET refused_by = :user, refused_at = :now
    WHERE office = :office AND item = :item AND id = :id AND confirmed_by IS NULL AND refused_by IS NULL"""
_SINCE = """
    SELECT p.end_to_end_id, p.line, p.item_office, p.item, p.creditor_name, p.creditor_iban, g.iban
    FROM payment p JOIN payee_account g ON g.office = p.item_office AND g.item = p.item
    WHERE p.office = :office AND p.run = :run AND p.state = 'proposed' AND p.part = 0
      AND g.iban <> p.creditor_iban
      AND g.id = (SELECT max(h.id) FROM payee_account h
                  WHERE h.office = g.office AND h.item = g.item AND h.refused_by IS NULL)
    ORDER BY p.line"""


def redirect(store: Store, office: str, item: int, *, iban: str, reason: str = "") -> Redirect:
    """Pay an item to another account that is known to be its payee's own: one person asks, another confirms.

    Until then the item is locked against payment. Raises `NotPayableError`, `OtherAccountError`,
    `SameAccountError`, `RedirectWaitsError`, `RedirectReasonError`, `RedirectReservedError`, `NotAllowedError`.
    """
    wanted = parse_iban(iban)
    with store.unit(office_codes(store)):
        last = _waiting(store, office, item)
        if last is None or last[4] != wanted:
            if last is None:
                _check_free(store, office, item)
            return ask(store, office, item, wanted, reason)
        if same_person(store, (last[10], last[11])):
            return _last(store, office, item, new=False)
        require(store, office, *CONFIRM_ROLES)
        check_apart(store, office, f"{office}/{item}", (last[10], last[11]))
        store.execute(_CONFIRM, user=store.user, now=store.now, office=office, item=item, id=last[2])
        done = _last(store, office, item)
        lift_placed(store, office, item, done.lock, store.today)
        record(store, office, "payee.confirm", f"item:{item}", {"account": done.number})
        return done


def refuse(store: Store, office: str, item: int, *, reason: str) -> Redirect:
    """Give up another account that was asked for and is not confirmed: its lock is lifted, the old account holds.

    Whoever asked may do so, and whoever may confirm. Raises `NothingAskedError`, `RedirectReasonError`,
    `NotAllowedError`.
    """
    with store.unit(office_codes(store)):
        require(store, office, *ASK_ROLES, *CONFIRM_ROLES)
        last = _waiting(store, office, item)
        if last is None:
            raise NothingAskedError(office=office, item=item)
        if not reason.strip():
            raise RedirectReasonError(office=office, item=item)
        store.execute(_REFUSE, user=store.user, now=store.now, office=office, item=item, id=last[2])
        done = _last(store, office, item)
        lift_placed(store, office, item, done.lock, store.today)
        record(store, office, "payee.refuse", f"item:{item}", {"account": done.number}, {"reason": reason.strip()})
        return done


def redirected(store: Store, run: Run) -> Iterator[KasseError]:
    """Yield the payments of a run that is not released whose account is replaced, or asked to be replaced."""
    for identifier, line, office, item, name, iban, wanted in store.rows(_SINCE, office=run.office, run=run.number):
        yield RedirectedSinceError(
            name=name, iban=iban, wanted=wanted, office=office, item=item, run=run.number, line=line,
            place=Place(payment=identifier),
        )  # fmt: skip


def _waiting(store: Store, office: str, item: int) -> Row | None:
    """Return the last account that was asked for, where it is neither confirmed nor refused."""
    last = store.one(_LAST, office=office, item=item)
    return last if last is not None and last[8] is None and last[9] is None else None


def _check_free(store: Store, office: str, item: int) -> None:
    run = (store.one(_ITEM, office=office, item=item) or (None,))[-1]
    if run is not None:
        raise RedirectReservedError(office=office, item=item, run=run)


def ask(store: Store, office: str, item: int, iban: str, reason: str) -> Redirect:
    """Ask for another account; inside a unit that holds the office. Raises what `redirect` raises."""
    require(store, office, *ASK_ROLES)
    kind, _, party, name, paid_to, _ = store.one(_ITEM, office=office, item=item) or (None,) * 6
    if kind != "payable":
        raise NotPayableError(office=office, item=item)
    waits = _waiting(store, office, item)
    if waits is not None:
        raise RedirectWaitsError(office=office, item=item, waiting=waits[4], name=waits[7])
    if paid_to == iban:
        raise SameAccountError(office=office, item=item, iban=iban)
    known = [found for (found,) in store.rows(_KNOWN, party=party)]
    if iban not in known:
        raise OtherAccountError(iban=iban, name=name, party=party, known=", ".join(known) or "-")
    if not reason.strip():
        raise RedirectReasonError(office=office, item=item)
    last = store.value("SELECT max(id) FROM payee_account WHERE office = :office AND item = :item", office=office,
                       item=item)  # fmt: skip
    store.insert_one(
        "payee_account", office=office, item=item, id=(last or 0) + 1, iban=iban, reason=reason.strip(),
        asked_by=store.user, asked_at=store.now,
    )  # fmt: skip
    asked = _last(store, office, item)
    place_item_lock(store, office, item, "payment", asked.lock, Span(store.today))
    record(store, office, "payee.ask", f"item:{item}", {"account": asked.number}, {"reason": reason.strip()})
    return asked


def _last(store: Store, office: str, item: int, *, new: bool = True) -> Redirect:
    row = store.one(_LAST, office=office, item=item)
    assert row is not None, "it was just found or written"
    return replace(Redirect(*row[:10]), new=new)
