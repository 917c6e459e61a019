"""The exits of credits in the book: a set-off posts at once, a refund is an order like any other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ledger.book.entry import Posting
from ledger.book.store import kasse_office, office_codes, post
from ledger.book.transfer import across
from ledger.events.store import Fact, record
from ledger.items.credits import (
    CreditAmountError,
    CreditBoundError,
    CreditReasonError,
    NoCreditError,
    NothingToSetOffError,
    NotYetDueError,
    OtherPartyError,
    SetOff,
    SetOffPart,
    Source,
    UnknownPayeeAccountError,
    share,
)
from ledger.items.items_reader import item_name
from ledger.items.locks import ItemKey
from ledger.items.order_changes import MadeOrder
from ledger.items.order_make_store import NewLine, NewOrder, write_order
from ledger.items.orders import order_number
from ledger.items.settlement import Claim, Order
from ledger.items.store import NewClearing, clear, posting_for
from ledger.people.parties_reader import party_name
from ledger.people.users import require
from ledger.store.engines import Row, Store
from sepa.identifiers import parse_iban

ROLES = ("clerk", "cashier")
_SOURCE = "SELECT kind, account, party, open_cents FROM item WHERE office = :office AND id = :item"
_RUN = "SELECT run FROM payment WHERE item_office = :office AND item = :item AND active = 1"
_WAITING = """
    SELECT o.id, o.total_cents FROM suspense_payout p
    JOIN cash_order o ON o.office = p.office AND o.id = p.order_id
    WHERE p.office = :office AND p.item = :item AND o.state NOT IN ('accepted', 'objected') ORDER BY o.id"""
_CLAIMS = """
    SELECT i.office, i.id, i.open_cents, i.due, i.profile, i.claim_kind, i.reference, i.account, p.name,
        CASE WHEN i.party = :party OR EXISTS (SELECT 1 FROM item_debtor d WHERE d.office = i.office AND d.item = i.id
            AND d.party = :party AND d.released_on IS NULL) THEN 1 ELSE 0 END
    FROM item i LEFT JOIN party p ON p.id = i.party WHERE i.kind = 'receivable' AND i.open_cents > 0 AND {which}
    ORDER BY i.due, i.office, i.id"""


def set_off(
    store: Store,
    credit: ItemKey,
    against: Sequence[ItemKey],
    *,
    day: str,
    reason: str,
    cents: int | None = None,
    early: bool = False,
    orders: Mapping[str, Order] | None = None,
) -> SetOff:
    """Set a credit or payable off against claims on the same party, all its due ones where none are named.

    One transaction over all offices, a clearing of the kind `setoff` in each. Raises the errors of `credits`,
    `NotAllowedError`, `ClosedPeriodError`.
    """
    if not reason.strip():
        raise CreditReasonError
    with store.unit(office_codes(store)):
        require(store, kasse_office(store), *ROLES)
        source = _source(store, credit)
        rows = _claims(store, source.party, against)
        _check(rows, against, day, early=early)
        claims = [Claim(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows if early or row[3] <= day]
        if not claims:
            raise NothingToSetOffError(item=item_name(*credit))
        parts = share(claims, source.free_cents, cents, orders)
        entry = _post(store, source, parts, {(row[0], row[1]): row[7] for row in rows}, day, reason.strip())
        total = sum(part for _, part in parts)
        references = {(row[0], row[1]): row[6] for row in rows}
        facts: dict[str, Fact] = {"sum_cents": total, "claims": len(parts), "entry": entry}
        record(store, source.office, "item.set_off", f"item:{source.item}", facts, {"reason": reason.strip()})
    shown = tuple(
        SetOffPart(claim.office, claim.item, references[claim.office, claim.item], part, claim.open_cents - part)
        for claim, part in parts
    )
    return SetOff(entry, item_name(*credit), total, source.free_cents - total, shown)


def _claims(store: Store, party: int, against: Sequence[ItemKey]) -> list[Row]:
    if not against:
        own = _CLAIMS.format(which="i.party = :party")
        return store.all(own, party=party)
    named = _CLAIMS.format(which="i.office = :office AND i.id = :item")
    return [row for office, item in against for row in store.all(named, party=party, office=office, item=item)]


def _source(store: Store, key: ItemKey) -> Source:
    office, item = key
    row = store.one(_SOURCE, office=office, item=item)
    if row is None or row[0] not in ("credit", "payable") or not row[3] or row[2] is None:
        raise NoCreditError(item=item_name(*key))
    run = store.value(_RUN, office=office, item=item)
    if run is not None:
        raise CreditBoundError(item=item_name(*key), what=f"payment run {run}")
    waiting = store.all(_WAITING, office=office, item=item)
    free = row[3] - sum(int(cents) for _, cents in waiting)
    if free <= 0:
        raise CreditBoundError(item=item_name(*key), what=order_number(office, waiting[0][0]))
    return Source(office, item, row[1], row[2], free)


def _check(rows: Sequence[Row], against: Sequence[ItemKey], day: str, *, early: bool) -> None:
    found = {(row[0], row[1]) for row in rows}
    for key in against:
        if key not in found:
            raise NothingToSetOffError(item=item_name(*key))
    for row in rows:
        name = item_name(row[0], row[1])
        if not row[9]:
            raise OtherPartyError(item=name, debtor=row[8] or "-")
        if against and not early and row[3] > day:
            raise NotYetDueError(item=name, due=row[3])


def _post(
    store: Store,
    source: Source,
    parts: Sequence[tuple[Claim, int]],
    accounts: Mapping[tuple[str, int], str],
    day: str,
    reason: str,
) -> str:
    total = sum(cents for _, cents in parts)
    lines: dict[str, list[Posting]] = {source.office: [posting_for("C", source.account, source.item, total)]}
    settled: dict[str, list[tuple[int, int]]] = {source.office: [(source.item, total)]}
    for claim, cents in parts:
        account = accounts[claim.office, claim.item]
        lines.setdefault(claim.office, []).append(posting_for("D", account, claim.item, cents))
        settled.setdefault(claim.office, []).append((claim.item, cents))
    name = f"setoff:{source.office}/{source.item}"
    drafts = across(
        source.office, lines, kind="clearing", posting_day=day, source=name, text=reason, payment_day=day, group=1
    )
    posted = post(store, drafts)
    clear(
        store,
        [NewClearing(one.office, "setoff", one.position, day, day, tuple(settled[one.office])) for one in posted],
    )
    return f"{posted[0].office}-{posted[0].year}-{posted[0].number}"


def refund_credit(
    store: Store, key: ItemKey, *, day: str, reason: str, iban: str | None = None, cents: int | None = None
) -> MadeOrder:
    """Make the order that pays a credit back to an account that is known to be the party's own.

    It is certified, approved and accepted like any payable, and settles the credit then. Raises the errors of
    `credits`, `NotAllowedError`.
    """
    if not reason.strip():
        raise CreditReasonError
    office = key[0]
    with store.unit([office]):
        require(store, office, "clerk")
        source = _source(store, key)
        if store.value("SELECT kind FROM item WHERE office = :o AND id = :i", o=office, i=key[1]) != "credit":
            raise NoCreditError(item=item_name(*key))
        wanted = source.free_cents if cents is None else cents
        if not 0 < wanted <= source.free_cents:
            raise CreditAmountError(wanted_cents=wanted, open_cents=source.free_cents)
        account = _own_account(store, source.party, iban)
        purpose = f"Rückzahlung Guthaben {item_name(*key)}: {reason.strip()}"[:140]
        line = NewLine(1, source.account, wanted)
        new = NewOrder(
            office, "payable", "order", day, purpose, (line,), f"credit {item_name(*key)}",
            party=source.party, foreign_reference=1, bank_account=account,
        )  # fmt: skip
        made = write_order(store, new)
        number = int(made.number.rpartition("-")[2])
        store.insert_one("suspense_payout", office=office, order_id=number, item=key[1], kind="refund")
    return made


def _own_account(store: Store, party: int, iban: str | None) -> str:
    sql = """SELECT iban FROM party_account WHERE party = :party AND kind = 'own' AND until IS NULL
             ORDER BY since DESC, iban"""
    known = [found for (found,) in store.rows(sql, party=party)]
    wanted = parse_iban(iban) if iban else known[0] if len(known) == 1 else None
    if wanted is None or wanted not in known:
        raise UnknownPayeeAccountError(party=party_name(store, party), known=", ".join(known) or "-")
    return wanted
