"""What has accrued for paying late and nobody has asked for yet, claim by claim, as of any day.

A charge arises by law with each day or month (§ 240 (1) AO, § 288 BGB), whether somebody is dunned or not; the books
hold it from the letter on that demands it. What the next letter demands of a claim is what stands here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice

from enforcement.charges import Payment
from enforcement.dunning import Gathering
from enforcement.dunning_claims import Overdue
from enforcement.dunning_facts_store import WANTED, forget, gathering_of
from enforcement.dunning_rules import WAIT_DAYS
from enforcement.dunning_store import CHARGE_KINDS
from enforcement.law import Law
from enforcement.law.rules import LUMP_KIND
from enforcement.law_store import book_law
from enforcement.limitation_watch_reader import check_reader
from enforcement.lump_reader import lumps_demanded
from enforcement.relief_reader import in_default
from ledger.reports.items_store import as_of
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

CHUNK = 5_000
Payments = Mapping[tuple[str, int], tuple[Payment, ...]]
GROUPS = {
    "office": ("a.office", "a.office"),
    "law": ("a.profile", "a.profile"),
    "kind": ("a.kind", "a.kind"),
    "debtor": ("a.party", "coalesce(p.legal_name, p.name)"),
}
"""What sums can be made by: the key and how people call it."""
COLUMNS = (
    "office", "item", "reference", "party", "profile", "kind", "norm", "due", "open_cents", "demanded_cents",
    "accrued_cents", "why", "more",
)  # fmt: skip
_NUMBERS = {"item", "party", "more"} | {name for name in COLUMNS if name.endswith("_cents")}
_MAKE = f"""CREATE TEMPORARY TABLE accrued_charge ({
    ", ".join(f"{name} {'BIGINT' if name in _NUMBERS else 'TEXT'}" for name in COLUMNS)
})"""
_CLOSED_SINCE = """
    INSERT INTO settled_late
    SELECT DISTINCT i.office, i.id FROM clearing c JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
    JOIN item i ON i.office = l.office AND i.id = l.item
    WHERE c.posting_day > :day AND i.kind = 'receivable' AND i.open_cents = 0 AND i.main_item IS NULL
      AND i.profile IS NOT NULL AND i.due < :day
      AND NOT EXISTS (SELECT 1 FROM settled_late z WHERE z.office = i.office AND z.item = i.id)"""
_CLAIMS = f"""
    SELECT i.office, i.id, i.reference, i.due, i.original_due, i.amount_cents, {{{{open}}}}, i.dunning_level,
           i.dunned_on, i.profile, i.claim_kind, i.main_item, i.party, CAST(NULL AS TEXT), CAST(NULL AS TEXT),
           coalesce(o.notice_date, f.notice_date), coalesce(o.final_on, f.final_on),
           coalesce((SELECT sum(c.amount_cents) FROM item c WHERE c.office = i.office AND c.main_item = i.id
                     AND c.claim_kind IN {CHARGE_KINDS} AND c.opened_on <= :until AND NOT EXISTS (
                         SELECT 1 FROM entry r WHERE r.office = c.office AND r.reverses = c.position
                         AND r.posting_day <= :until)
                     AND NOT {in_default("c")}), 0),
           CAST(NULL AS TEXT), 0, 0
    FROM item i {{{{later}}}}
    LEFT JOIN cash_order o ON o.office = i.office AND o.id = i.order_id
    LEFT JOIN item_facts f ON f.office = i.office AND f.item = i.id
    WHERE {{wanted}} AND i.main_item IS NULL AND i.profile IS NOT NULL AND i.opened_on <= :until
      AND (CAST(:party AS BIGINT) IS NULL OR i.party = :party)
    ORDER BY i.party, i.due, i.office, i.id"""
_ROWS = """
    SELECT a.office, a.item, a.reference, a.party, coalesce(p.legal_name, p.name), a.profile, a.kind, a.norm, a.due,
           a.open_cents, a.demanded_cents, a.accrued_cents, a.why
    FROM accrued_charge a LEFT JOIN party p ON p.id = a.party
    ORDER BY p.name, a.party, a.due, a.office, a.item, a.more"""
_SUMS = """
    SELECT {key}, {name}, count(*) - sum({again}), sum(a.open_cents * (1 - {again})), sum(a.accrued_cents)
    FROM accrued_charge a LEFT JOIN party p ON p.id = a.party
    GROUP BY {key}, {name} ORDER BY sum(a.accrued_cents) DESC, {key}"""
_TOTAL = "SELECT count(*) - coalesce(sum(more), 0), coalesce(sum(accrued_cents), 0) FROM accrued_charge"


@dataclass(frozen=True, slots=True)
class Accrued:
    """A claim with charges that nobody asked for yet: `accrued_cents`; `demanded_cents` were asked for before.

    `open_cents` is what was open of the claim on the day, 0 where it was paid, but too late. `why` says why no letter
    would ask for it now: locked, suspense, dead, insolvent, no_debtor. The lump sum for default is a row of its own.
    """

    office: str
    item: int
    reference: str | None
    party_number: int | None
    party: str | None
    profile: str
    kind: str
    norm: str
    due: str
    open_cents: int
    demanded_cents: int
    accrued_cents: int
    why: str | None


@dataclass(frozen=True, slots=True)
class AccruedSum:
    """What accrued together for an office, a debtor, a law or a kind of charge."""

    group: str
    name: str | None
    count: int
    open_cents: int
    accrued_cents: int


@contextmanager
def accrued_charges(
    store: Store, day: dt.date, *, office: str | None = None, party: int | None = None, law: Law | None = None
) -> Iterator[tuple[KasseError, ...]]:
    """Work out what had accrued at the end of the day; inside, the functions below read it. Yields the warnings.

    Due days, deferrals and locks are those of now; what is open, paid and demanded is that of the day. A day to come
    counts what is open now. Raises `NotAllowedError`, `UnknownOfficeError` and the errors of a law that is not known
    on the day.
    """
    check_reader(store, office)
    gathering = gathering_of(store, day, WAIT_DAYS, office, law or book_law(store))
    store.execute(_CLOSED_SINCE, day=day.isoformat())
    store.execute(_MAKE)
    try:
        with store.snapshot(), without_collector():
            _fill(store, gathering, day, party, office)
            yield gathering.all_findings()
    finally:
        store.execute("DROP TABLE accrued_charge")
        forget(store)


def accrued_rows(store: Store) -> Iterator[Accrued]:
    """Yield the claims debtor by debtor; inside `accrued_charges`."""
    for row in store.stream(_ROWS):
        yield Accrued(*row)


def accrued_sums(store: Store, by: str) -> Iterator[AccruedSum]:
    """Yield the sums by one of `GROUPS`, the largest first; inside `accrued_charges`."""
    key, name = GROUPS[by]
    again = "0" if by == "kind" else "a.more"
    for group, shown, *figures in store.stream(_SUMS.format(key=key, name=name, again=again)):
        yield AccruedSum("" if group is None else str(group), shown if by == "debtor" else None, *map(int, figures))


def accrued_total(store: Store) -> tuple[int, int]:
    """Return how many claims have such charges, and their sum; inside `accrued_charges`."""
    count, cents = store.all(_TOTAL)[0]
    return int(count), int(cents)


def _fill(store: Store, gathering: Gathering, day: dt.date, party: int | None, office: str | None) -> None:
    """Write what accrued on each claim into the temporary table, chunk by chunk."""
    here, book = day.isoformat(), gathering.book
    moved = book.paid.keys() | book.reduced.keys()
    book.paid, book.reduced = _until(book.paid, day), _until(book.reduced, day)
    book.given_back = _until(book.given_back, day)
    book.lumps = lumps_demanded(store, book.law, here)
    sql, values = as_of(store, _CLAIMS.format(wanted=WANTED), here, None, None)
    given = values | {"day": here, "until": here, "office": office, "party": party}
    found = _found(gathering, map(Overdue._make, store.stream(sql, **given)), moved)
    while chunk := list(islice(found, CHUNK)):
        store.insert("accrued_charge", COLUMNS, chunk)


def _until(payments: Payments, day: dt.date) -> Payments:
    """Return the payments up to the day, none for claims that had none by then."""
    return {
        key: kept
        for key, each in payments.items()
        if (kept := tuple(payment for payment in each if payment.day <= day))
    }


def _found(gathering: Gathering, rows: Iterable[Overdue], moved: AbstractSet[tuple[str, int]]) -> Iterator[Row]:
    """Yield the rows of claims with charges; what was paid counts from its own day on, not from that of its posting.

    `more` is 1 for a second row of a claim.
    """
    book = gathering.book
    for raw in rows:
        key = raw.office, raw.item
        row = raw._replace(open_cents=int(raw.open_cents), demanded_cents=int(raw.demanded_cents))
        if key in moved:
            off = sum(one.cents for one in (*book.paid.get(key, ()), *book.reduced.get(key, ())))
            row = row._replace(open_cents=row.amount_cents - off)
        due, law = book.settled(row), book.claim_law(row.profile)
        if due is None or law is None or law.accruer is None:
            continue
        left = gathering.outside(row)
        head, why = (*key, row.reference, row.number, row.profile), left.why if left else None
        if due.charge_cents:
            yield (
                *head, due.charge_kind, law.accruer.rule.norm, row.due, row.open_cents, row.demanded_cents,
                due.charge_cents, why, 0,
            )  # fmt: skip
        if due.lump_cents:
            yield (
                *head, LUMP_KIND, law.lump_norm, row.due, row.open_cents, book.lumps.get(key, 0), due.lump_cents, why,
                1 if due.charge_cents else 0,
            )  # fmt: skip
