"""What can be set off, read from the book: payables and credits, and what their payees owe."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ledger.items.locks_store import locked, not_locked
from ledger.items.orders import order_number
from ledger.items.settlement import Claim, Order
from ledger.payments.attachments import Taking
from ledger.payments.attachments_reader import active_attachments
from ledger.payments.changing_sql import taken_off
from ledger.payments.refund_sql import BOUND_CENTS
from ledger.payments.seized import Aged, ItemKey, lawful, seizures
from ledger.payments.set_off import (
    NothingToSetOffError,
    SetOff,
    SetOffBoundError,
    SetOffChangingError,
    SetOffContestedError,
    SetOffHeldError,
    SetOffNotDueError,
    SetOffOtherPartyError,
    SetOffReservedError,
    Wish,
    counts_from,
    share,
)
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

_SOURCE = f"""
    SELECT i.office, i.id, coalesce(n.legal_name, n.name), i.open_cents, i.party, i.account, i.side,
           (SELECT max(a.run) FROM payment a WHERE a.item_office = i.office AND a.item = i.id AND a.active = 1),
           {BOUND_CENTS}, i.due, {taken_off()}
    FROM item i JOIN party n ON n.id = i.party"""
_GETS = f"i.kind IN ('payable', 'credit') AND i.open_cents > 0 AND {not_locked('payment')}"
_CLAIM = "r.office, r.id, r.open_cents, r.due, r.profile, r.claim_kind, r.reference, r.account, r.opened_on"
_SAME_ACCOUNT = """r.party IN (
        SELECT d.party FROM party_account d JOIN party q ON q.id = d.party
        WHERE d.iban = i.bank_account AND d.kind = 'own' AND d.until IS NULL AND q.match_key = n.match_key)"""
_OWES = f"(r.party = i.party OR {_SAME_ACCOUNT})"
_ONE_SOURCE = f"{_SOURCE} WHERE i.office = :office AND i.id = :item AND {_GETS}"
_SOURCES = f"""{_SOURCE} WHERE {_GETS} AND EXISTS (
        SELECT 1 FROM item r WHERE r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :day AND {_OWES})
    ORDER BY i.office, i.id"""
_ATTACHED = "i.party IN (SELECT t.party FROM attachment t WHERE t.ended_on IS NULL OR t.ended_on > :day)"
_SEIZED = f"{_SOURCE} WHERE {_GETS} AND {_ATTACHED} ORDER BY i.due, i.office, i.id"
_OPEN_CLAIM = f"""r.kind = 'receivable' AND r.open_cents > 0 AND r.due <= :day AND {not_locked("dunning", alias="r")}"""
_OWED = f"""
    SELECT i.office, i.id, {_CLAIM} FROM item i JOIN item r ON r.party = i.party
    WHERE {_GETS} AND {_ATTACHED} AND {_OPEN_CLAIM}
    UNION ALL
    SELECT i.office, i.id, {_CLAIM} FROM item i JOIN party n ON n.id = i.party JOIN item r ON {_SAME_ACCOUNT}
    WHERE {_GETS} AND {_ATTACHED} AND r.party <> i.party AND {_OPEN_CLAIM}"""
_DUE = f"""
    SELECT {_CLAIM} FROM item i JOIN party n ON n.id = i.party JOIN item r ON {_OWES}
    WHERE i.office = :office AND i.id = :item AND r.kind = 'receivable' AND r.open_cents > 0
      AND (:early = 1 OR r.due <= :day) AND {not_locked("dunning", alias="r")}
    ORDER BY r.due, r.office, r.id"""
_NAMED = f"""
    SELECT {_CLAIM}, CASE WHEN {_OWES} OR EXISTS (SELECT 1 FROM item_debtor j
               WHERE j.office = r.office AND j.item = coalesce(r.main_item, r.id) AND j.party = i.party
                 AND j.released_on IS NULL) THEN 1 ELSE 0 END,
           (SELECT p.name FROM party p WHERE p.id = r.party),
           CASE WHEN {locked("dunning", alias="r")} THEN 1 ELSE 0 END
    FROM item i JOIN party n ON n.id = i.party JOIN item r ON r.office = :claim_office AND r.id = :claim_item
    WHERE i.office = :office AND i.id = :item AND r.kind = 'receivable' AND r.open_cents > 0"""


_CONTESTED = f"""
    SELECT r.office, r.id FROM item i JOIN party n ON n.id = i.party JOIN item r ON {_OWES}
    WHERE i.office = :office AND i.id = :item AND r.kind = 'receivable' AND r.open_cents > 0
      AND (:early = 1 OR r.due <= :day) AND {locked("dunning", alias="r")} ORDER BY r.due, r.office, r.id LIMIT 1"""
_HELD = f"""
    SELECT 1 FROM item i WHERE i.office = :office AND i.id = :item AND i.kind IN ('payable', 'credit')
    AND i.open_cents > 0 AND {locked("payment")}"""


@dataclass(frozen=True, slots=True)
class Source:
    """A payable or credit: what is open of it, and what of that is free."""

    office: str
    item: int
    name: str
    open_cents: int
    party: int
    account: str
    side: str
    run: int | None
    bound_cents: int
    due: str
    changing: int | None = None

    @property
    def free_cents(self) -> int:
        """What may be set off."""
        return self.open_cents - self.bound_cents


@dataclass(slots=True)
class Pair:
    """A payable or credit with the claims that meet it: what is set off, and the account of each claim."""

    source: Source
    accounts: dict[ItemKey, str] = field(default_factory=dict)
    references: dict[ItemKey, str | None] = field(default_factory=dict)
    claims: list[Aged] = field(default_factory=list)
    takings: Sequence[Taking] = ()

    def add(self, row: Row) -> None:
        """Take a claim, a row of the columns of `_CLAIM`."""
        office, item, _, _, _, _, reference, account, _ = row[:9]
        self.claims.append(_aged(row))
        self.accounts[office, item], self.references[office, item] = account, reference

    def set_off(self, wish: Wish, orders: Mapping[str, Order] | None, used: Mapping[ItemKey, int], day: str) -> SetOff:
        """Return the set-off of a day, what others have used of the claims taken off. Raises `SetOffAmountError`."""
        source = self.source
        claims = [_less(one, used) for one in self.claims]
        allowed = lawful(claims, source.free_cents, source.due, self.takings)
        rights = tuple((one.number, one.creditor, one.served_on) for one, _ in self.takings)
        parts = share(allowed, source.free_cents, wish.cents, orders) if allowed else []
        lines = tuple((one.office, one.item, self.references[one.office, one.item], cents) for one, cents in parts)
        days = tuple(counts_from(one.due, source.due, day) for one, _ in parts)
        owed = sum(one.claim.open_cents for one in claims)
        total = sum(cents for _, cents in parts)
        return SetOff(source.office, source.item, source.name, source.open_cents, owed, total, lines, days, rights)


def _aged(row: Row) -> Aged:
    office, item, cents, due, profile, kind, _, _, opened_on = row[:9]
    return Aged(Claim(office, item, cents, due, profile, kind), opened_on)


def _less(one: Aged, used: Mapping[ItemKey, int]) -> Aged:
    claim = one.claim
    return replace(one, claim=replace(claim, open_cents=claim.open_cents - used.get((claim.office, claim.item), 0)))


def candidates(store: Store, day: str, orders: Mapping[str, Order] | None = None) -> Iterator[SetOff]:
    """Yield what could be set off on a day: payables and credits whose payee owes something that is due."""
    used: defaultdict[ItemKey, int] = defaultdict(int)
    taken = _takings(store, day)
    for row in store.all(_SOURCES, day=day):
        source = Source(*row)
        if source.free_cents <= 0 or source.changing is not None:
            continue
        pair = _with_due(store, source, day, early=False)
        pair.takings = taken.get((source.office, source.item), ())
        one = pair.set_off(Wish(), orders, used, day)
        for office, item, _, cents in one.claims:
            used[office, item] += cents
        if one.cents:
            yield one


def pair_of(store: Store, key: ItemKey, wish: Wish, day: str) -> Pair:
    """Return an item with the claims that it is set off against.

    Raises `NothingToSetOffError`, `SetOffReservedError`, `SetOffChangingError`, `SetOffBoundError`,
    `SetOffOtherPartyError`, `SetOffContestedError`, `SetOffHeldError`, `SetOffNotDueError`.
    """
    row = store.one(_ONE_SOURCE, office=key[0], item=key[1], day=day)
    if row is None and store.value(_HELD, office=key[0], item=key[1], day=day):
        raise SetOffHeldError(office=key[0], item=key[1])
    if row is None:
        raise NothingToSetOffError(office=key[0], item=key[1])
    source = Source(*row)
    if source.run is not None:
        raise SetOffReservedError(office=key[0], item=key[1], run=source.run)
    if source.changing is not None:
        raise SetOffChangingError(office=key[0], item=key[1], change=order_number(key[0], source.changing))
    if source.free_cents <= 0:
        raise SetOffBoundError(office=key[0], item=key[1])
    pair = _with_named(store, source, wish, day) if wish.against else _with_due(store, source, day, early=wish.early)
    if not pair.claims:
        raise _without_claims(store, key, wish, day)
    pair.takings = _takings(store, day).get(key, ())
    return pair


def _without_claims(store: Store, key: ItemKey, wish: Wish, day: str) -> KasseError:
    """Return why nothing is there to set off against: a claim that is locked, or none."""
    contested = store.one(_CONTESTED, office=key[0], item=key[1], day=day, early=int(wish.early))
    if contested is None:
        return NothingToSetOffError(office=key[0], item=key[1])
    return SetOffContestedError(office=contested[0], item=contested[1])


def _takings(store: Store, day: str) -> dict[ItemKey, list[Taking]]:
    """Return what attachments take of each payable that no run holds, the first due first."""
    held = active_attachments(store, day)
    sources = [Source(*row) for row in store.all(_SEIZED, day=day)] if held else []
    free = [one for one in sources if one.run is None and one.free_cents > 0]
    return seizures((((one.office, one.item), one.party, one.free_cents) for one in free), held)


def owed_by_attached(store: Store, day: str) -> dict[ItemKey, list[Aged]]:
    """Return what payees whose money is attached owe that is due, by payable."""
    found: defaultdict[ItemKey, list[Aged]] = defaultdict(list)
    for office, item, *row in store.rows(_OWED, day=day):
        found[office, item].append(_aged(tuple(row)))
    return found


def _with_due(store: Store, source: Source, day: str, *, early: bool) -> Pair:
    pair = Pair(source)
    for row in store.rows(_DUE, office=source.office, item=source.item, day=day, early=int(early)):
        pair.add(row)
    return pair


def _with_named(store: Store, source: Source, wish: Wish, day: str) -> Pair:
    pair, named = Pair(source), _named(store, source, wish.against, day)
    for office, item, row in named:
        if row is None:
            raise NothingToSetOffError(office=office, item=item)
        if not row[9]:
            raise SetOffOtherPartyError(office=office, item=item, debtor=row[10] or "-")
        if row[11]:
            raise SetOffContestedError(office=office, item=item)
        if row[3] > day and not wish.early:
            raise SetOffNotDueError(office=office, item=item, due=row[3])
        pair.add(row)
    return pair


def _named(store: Store, source: Source, against: Sequence[ItemKey], day: str) -> Iterator[tuple[str, int, Row | None]]:
    where = {"office": source.office, "item": source.item, "day": day}
    for office, item in dict.fromkeys(against):
        yield office, item, store.one(_NAMED, claim_office=office, claim_item=item, **where)
