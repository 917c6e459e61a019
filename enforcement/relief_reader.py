"""Relief as it stands in the book: lists, one with all its items and instalments, and what a person owes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from enforcement.charges import Payment
from enforcement.law.rules import LATE_KINDS
from enforcement.relief import Instalment, ItemKey, Owed, UnknownReliefError
from enforcement.relief_plan import Standing, spread_paid, standing
from enforcement.taken_off_reader import TAKEN_OFF
from ledger.items.joint_debtors import OWED_JOINTLY
from ledger.store.engines import Store


def in_default(alias: str) -> str:
    """Return the SQL that asks whether an item is the charge on missed instalments: of the time a plan stood."""
    return f"""EXISTS (SELECT 1 FROM relief_item z
        WHERE z.office = {alias}.office AND z.item = {alias}.id AND z.part = 'default')"""


CHARGE_KINDS = str(LATE_KINDS)
_OWED = f"""
    SELECT i.office, i.id, i.account, i.open_cents, i.due, i.dunning_level, i.dunned_on, i.profile, i.claim_kind,
        i.main_item, i.party, i.reference, i.amount_cents, i.opened_on,
        CAST(coalesce((SELECT sum(c.amount_cents) FROM item c WHERE c.office = i.office AND c.main_item = i.id
                  AND c.claim_kind IN {CHARGE_KINDS} AND NOT EXISTS (
                      SELECT 1 FROM entry r WHERE r.office = c.office AND r.reverses = c.position)
                  AND NOT {in_default("c")}), 0) AS BIGINT),
        CASE WHEN i.main_item IS NOT NULL AND {in_default("i")} THEN 1 ELSE 0 END, i.original_due
    FROM {{items}} i WHERE i.kind = 'receivable' AND i.open_cents > 0"""
_ORDER = "ORDER BY i.due, i.office, i.id"
_WITH_SIDES = """(
    SELECT CAST(:office AS TEXT) AS office, CAST(:item AS BIGINT) AS item
    UNION ALL SELECT s.office, s.id FROM item s WHERE s.office = :office AND s.main_item = :item) w CROSS JOIN item"""
"""An item and its side claims one by one: else SQLite walks all that is open in the office."""
_THEIRS = f"""(
    SELECT o.office, o.id AS item FROM item o WHERE o.party = :party
    UNION SELECT j.office, j.item FROM {OWED_JOINTLY} j
    WHERE j.party = :party AND j.since <= :day AND (j.released_on IS NULL OR j.released_on > :day)
    ) w CROSS JOIN item"""
"""What a person owes alone, first, or with others, with the side claims of that."""
_PAID = f"""
    SELECT c.payment_day, CAST(sum(l.cents) AS BIGINT), CASE WHEN c.kind = 'cash' THEN 'cash' ELSE 'transfer' END
    FROM clearing_line l
    JOIN clearing c ON c.office = l.office AND c.id = l.clearing
    WHERE l.office = :office AND l.item = :item AND c.resets IS NULL AND c.kind {{kind}} {TAKEN_OFF}
      AND NOT EXISTS (SELECT 1 FROM clearing r WHERE r.office = c.office AND r.resets = c.id)
    GROUP BY c.payment_day, CASE WHEN c.kind = 'cash' THEN 'cash' ELSE 'transfer' END
    HAVING sum(l.cents) > 0 ORDER BY c.payment_day"""
_HEAD = """
    SELECT r.id, r.kind, r.state, r.party, coalesce(p.legal_name, p.name), r.batch, r.profile, r.first_day, r.last_day,
        r.watch_day, r.sum_cents,
        CAST(coalesce((SELECT sum(n.interest_cents) FROM relief_instalment n WHERE n.relief = r.id), 0) AS BIGINT),
        CAST(coalesce((SELECT sum(i.open_cents) FROM relief_item x JOIN item i ON i.office = x.office AND i.id = x.item
                       WHERE x.relief = r.id), 0) AS BIGINT),
        r.charge, r.reason, r.document, r.reference, a.name, r.proposed_at, d.name, r.decided_at, r.decided_reason,
        e.name, r.ended_on, r.ended_reason, r.filed_on, r.filed_cents
    FROM relief r JOIN party p ON p.id = r.party
    LEFT JOIN app_user a ON a.id = r.proposed_by LEFT JOIN app_user d ON d.id = r.decided_by
    LEFT JOIN app_user e ON e.id = r.ended_by"""
_ITEMS = """
    SELECT x.line, x.office, x.item, x.part, x.cents, i.open_cents, i.due, x.due_before, x.level_before,
        x.dunned_before, i.reference, i.claim_kind, i.profile, i.main_item, i.account, i.purpose, x.position
    FROM relief_item x JOIN item i ON i.office = x.office AND i.id = x.item
    WHERE x.relief = :relief ORDER BY x.line"""
_INSTALMENTS = "SELECT due, cents, interest_cents FROM relief_instalment WHERE relief = :relief ORDER BY line"
_LIMITS = """
    SELECT u.name, l.kind, l.max_cents FROM relief_limit l JOIN app_user u ON u.id = l.user_id
    ORDER BY u.name, l.kind"""


@dataclass(frozen=True, slots=True)
class ReliefRow:
    """A relief as lists show it; `open_cents` is what of its items, charges and interest is open now."""

    number: int
    kind: str
    state: str
    party_number: int
    party: str
    batch: int | None
    profile: str | None
    first_day: str
    last_day: str | None
    watch_day: str | None
    sum_cents: int
    interest_cents: int
    open_cents: int
    charge: str | None
    reason: str
    document: str | None
    reference: str | None
    proposed_by: str
    proposed_at: str
    decided_by: str | None
    decided_at: str | None
    decided_reason: str | None
    ended_by: str | None
    ended_on: str | None
    ended_reason: str | None
    filed_on: str | None
    filed_cents: int | None


@dataclass(frozen=True, slots=True)
class PartyRelief:
    """A relief as the account of its debtor names it: death and insolvency stand here, too."""

    number: int
    kind: str
    state: str
    first_day: str
    last_day: str | None
    ended_on: str | None


@dataclass(frozen=True, slots=True)
class ReliefItemRow:
    """An item of a relief: the part it plays, what it was about, how it was before."""

    line: int
    office: str
    item: int
    part: str
    cents: int
    open_cents: int
    due: str
    due_before: str
    level_before: int
    dunned_before: str | None
    reference: str | None
    claim_kind: str | None
    profile: str | None
    main_item: int | None
    account: str
    purpose: str | None
    position: int | None

    @property
    def key(self) -> ItemKey:
        """Office and number."""
        return self.office, self.item


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    """An instalment as lists show it, with what is still missing of it."""

    line: int
    due: str
    cents: int
    interest_cents: int
    sum_cents: int
    missing_cents: int


@dataclass(frozen=True, slots=True)
class Relief:
    """A relief with all its items and instalments: what a letter about it needs."""

    row: ReliefRow
    items: tuple[ReliefItemRow, ...]
    plan: tuple[Instalment, ...]

    @property
    def number(self) -> int:
        """Its number."""
        return self.row.number

    @property
    def paid_cents(self) -> int:
        """What was paid or taken off since it was granted, of claims, charges and interest together."""
        if self.row.state == "proposed":
            return 0
        return max(0, sum(one.cents - one.open_cents for one in self.items))

    @property
    def instalments(self) -> tuple[InstalmentRow, ...]:
        """The instalments with what is missing of each: money pays them one after the other by their days."""
        return tuple(
            InstalmentRow(line, one.due.isoformat(), one.cents, one.interest_cents, one.sum_cents, missing)
            for line, (one, missing) in enumerate(spread_paid(self.plan, self.paid_cents), 1)
        )

    def standing(self, day: dt.date) -> Standing:
        """Return how the plan stands at the end of a day."""
        return standing(self.plan, self.paid_cents, day)


@dataclass(frozen=True, slots=True)
class ReliefLimitRow:
    """Up to how many cents somebody may grant a kind of relief, or any ('*'); None is no limit."""

    name: str
    kind: str
    max_cents: int | None
    new: bool = False


def find_relief(store: Store, number: int) -> Relief:
    """Return a relief with its items and instalments; raises `UnknownReliefError`."""
    head = store.one(f"{_HEAD} WHERE r.id = :id", id=number)
    if head is None:
        raise UnknownReliefError(relief=number)
    items = tuple(ReliefItemRow(*row) for row in store.rows(_ITEMS, relief=number))
    plan = tuple(
        Instalment(dt.date.fromisoformat(due), cents, interest)
        for due, cents, interest in store.rows(_INSTALMENTS, relief=number)
    )
    return Relief(ReliefRow(*head), items, plan)


def reliefs(
    store: Store, *, state: str | None = None, kind: str | None = None, party: int | None = None
) -> Iterator[ReliefRow]:
    """Yield reliefs, the newest first; only those of a state, kind or party where given."""
    where = """ WHERE (CAST(:state AS TEXT) IS NULL OR r.state = :state)
        AND (CAST(:kind AS TEXT) IS NULL OR r.kind = :kind)
        AND (CAST(:party AS BIGINT) IS NULL OR r.party = :party) ORDER BY r.id DESC"""
    for row in store.rows(_HEAD + where, state=state, kind=kind, party=party):
        yield ReliefRow(*row)


def reliefs_of(store: Store, party: int, day: str) -> list[PartyRelief]:
    """Return what was decided about a person's debts from days up to this one, the newest first."""
    sql = """SELECT id, kind, state, first_day, last_day, ended_on FROM relief
             WHERE party = :party AND first_day <= :day ORDER BY first_day DESC, id DESC"""
    return [PartyRelief(*row) for row in store.rows(sql, party=party, day=day)]


def of_batch(store: Store, batch: int) -> list[int]:
    """Return the numbers of the reliefs of a batch."""
    return [number for (number,) in store.rows("SELECT id FROM relief WHERE batch = :batch ORDER BY id", batch=batch)]


def owed(store: Store, keys: Sequence[ItemKey]) -> list[Owed]:
    """Return open receivables with their side claims, in the order of due days; what is paid is left out."""
    found: dict[ItemKey, Owed] = {}
    sql = f"{_OWED.format(items=_WITH_SIDES)} AND i.office = w.office AND i.id = w.item {_ORDER}"
    for office, item in keys:
        for row in store.rows(sql, office=office, item=item):
            one = Owed(*row)
            found[one.key] = one
    return sorted(found.values(), key=lambda one: (one.due, one.office, one.item))


def owed_by(store: Store, party: int, *, jointly: bool = False) -> list[Owed]:
    """Return everything that a person owes; `jointly` what he owes behind another first debtor, too."""
    if not jointly:
        rows = store.rows(f"{_OWED.format(items='item')} AND i.party = :party {_ORDER}", party=party)
        return [Owed(*row) for row in rows]
    sql = f"{_OWED.format(items=_THEIRS)} AND i.office = w.office AND i.id = w.item {_ORDER}"
    return [Owed(*row) for row in store.rows(sql, party=party, day=store.today)]


def payments_of(store: Store, key: ItemKey) -> tuple[Payment, ...]:
    """Return what was paid on an item, by days of payment; what orders took off is no payment."""
    return _settled(store, key, "NOT IN")


def reductions_of(store: Store, key: ItemKey) -> tuple[Payment, ...]:
    """Return what orders took off an item, by days."""
    return _settled(store, key, "IN")


def _settled(store: Store, key: ItemKey, kind: str) -> tuple[Payment, ...]:
    rows = store.rows(_PAID.format(kind=kind), office=key[0], item=key[1])
    return tuple(Payment(dt.date.fromisoformat(day), cents, way) for day, cents, way in rows)


def limits(store: Store) -> list[ReliefLimitRow]:
    """Return who may grant what, by name and kind."""
    return [ReliefLimitRow(*row) for row in store.rows(_LIMITS)]
