"""Small amounts (Kleinbeträge): remainders not worth a letter, written off by one decision of two persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from enforcement.law import Law
from enforcement.law.figures import distinct
from enforcement.law_store import book_law
from enforcement.profiles import Profile, profile_for
from enforcement.relief import Owed, ReliefChangedError
from enforcement.relief_grant_store import DECIDERS, Granted, grant_in_unit
from enforcement.relief_propose_store import PROPOSERS, write_items
from enforcement.relief_reader import find_relief, of_batch
from enforcement.relief_seals_store import seal_fresh
from ledger.bank.suspense_hints_store import may_be_paid_by
from ledger.book.offices_store import check_office
from ledger.book.place_store import place_of
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.locks_store import not_locked
from ledger.payments.collection_waiting_store import under_collection
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

PURPOSES = ("enforcement", "dunning")
"""Limits of small amounts, the first that a law has: below it a remainder is written off (VV § 59 LHO NRW)."""
_ROWS = f"""
    SELECT i.office, i.id, i.account, i.open_cents, i.due, i.dunning_level, i.dunned_on, i.profile, i.claim_kind,
        i.main_item, i.party, i.reference, i.amount_cents, i.opened_on, p.name,
        coalesce(m.open_cents, 0), CASE WHEN {not_locked("dunning", day=":day")} THEN 0 ELSE 1 END,
        CASE WHEN EXISTS (SELECT 1 FROM relief_item x JOIN relief r ON r.id = x.relief
            WHERE x.office = i.office AND x.item = i.id AND r.state IN ('proposed', 'granted')) THEN 1 ELSE 0 END
    FROM item i JOIN party p ON p.id = i.party
    JOIN (SELECT party FROM item WHERE kind = 'receivable' AND open_cents > 0 AND party IS NOT NULL
          GROUP BY party HAVING sum(open_cents) < :most AND max(due) < :day) s ON s.party = i.party
    LEFT JOIN item m ON m.office = i.office AND m.id = i.main_item
    WHERE i.kind = 'receivable' AND i.open_cents > 0 ORDER BY i.party, i.office, i.id"""


class ReliefBatchError(KasseError):
    """A batch of which nothing waits, or that there is not."""

    code = "relief.batch"
    template = N_("nothing waits in batch {batch}")
    hint = N_("'kasse relief list --state proposed' shows what waits; 'kasse relief small' proposes remainders")


@dataclass(frozen=True, slots=True)
class SmallRow:
    """A remainder that would be written off, with the limit it stays below."""

    party_number: int
    party: str
    office: str
    item: int
    reference: str | None
    claim_kind: str | None
    due: str
    amount_cents: int
    open_cents: int
    limit_cents: int
    norm: str


@dataclass(frozen=True, slots=True)
class Small:
    """The remainders of one proposal: a batch of reliefs, one for each debtor."""

    batch: int | None
    reliefs: int
    sum_cents: int
    rows: tuple[SmallRow, ...]
    findings: tuple[KasseError, ...] = ()


@dataclass(frozen=True, slots=True)
class GrantedBatch:
    """What the decision about a batch did; what changed since the proposal is left and named."""

    batch: int
    reliefs: int
    written_off_cents: int
    findings: tuple[KasseError, ...] = ()


@dataclass(slots=True)
class _Limits:
    """The limit of small amounts of each profile on one day."""

    store: Store
    day: dt.date
    law: Law
    findings: tuple[KasseError, ...] = ()

    def of(self, name: str | None) -> tuple[int, str]:
        """Return the limit in cents and its norm; nothing is small where the law has no limit."""
        profile = profile_for(name, place_of(self.store), self.law) if name else None
        found = self._limit(profile) if profile else None
        return found or (0, "")

    def _limit(self, profile: Profile) -> tuple[int, str] | None:
        for purpose in PURPOSES:
            found = profile.small_amount(purpose, 0, self.day, self.law)
            if found is not None:
                self.findings = distinct(self.findings + found.findings)
                return found.limit_cents, found.norm
        return None


def propose_small(
    store: Store, day: dt.date, *, office: str | None = None, whole: bool = False, law: Law | None = None
) -> Small:
    """Propose to write off what debtors owe in all less than the limit of their law; one relief for each debtor.

    Only overdue remainders of claims paid in part and side claims of paid ones, with `whole` also claims on which
    nothing was paid; nothing that is locked, has a relief, or may be paid by money in suspense or a debit under way.
    Raises `NotAllowedError`, `UnknownOfficeError`.
    """
    kasse = kasse_office(store)
    require(store, kasse, *PROPOSERS)
    check_office(store, office)
    with store.unit(office_codes(store)):
        limits = _Limits(store, day, law or book_law(store))
        chosen = [
            (party, claims, shown)
            for party, claims, shown in _debtors(store, limits, day, whole=whole)
            if office is None or {one.office for one in claims} == {office}
        ]
        batch = _write(store, chosen, day) if chosen else None
        rows = tuple(row for _, _, shown in chosen for row in shown)
        found = Small(batch, len(chosen), sum(row.open_cents for row in rows), rows, limits.findings)
        if batch is not None:
            facts: dict[str, Fact] = {"reliefs": found.reliefs, "items": len(rows), "sum_cents": found.sum_cents}
            facts |= seal_fresh(store, of_batch(store, batch))
            record(store, kasse, "relief.small", f"relief_batch:{batch}", facts)
    return found


def grant_batch(store: Store, batch: int, *, reason: str = "", law: Law | None = None) -> GrantedBatch:
    """Grant every relief of a batch, in one unit of work; those whose claims changed stay proposed and are named.

    Raises `ReliefBatchError` where nothing of the batch waits, `OwnWorkError`, `ReliefLimitError`, `NotAllowedError`.
    """
    require(store, kasse_office(store), *DECIDERS)
    with store.unit(office_codes(store)):
        waiting = [number for number in of_batch(store, batch) if find_relief(store, number).row.state == "proposed"]
        if not waiting:
            raise ReliefBatchError(batch=batch)
        done: list[Granted] = []
        changed: list[KasseError] = []
        for number in waiting:
            try:
                done.append(grant_in_unit(store, number, reason=reason, law=law))
            except ReliefChangedError as error:
                changed.append(error)
    return GrantedBatch(batch, len(done), sum(one.written_off_cents for one in done), tuple(changed))


def _debtors(
    store: Store, limits: _Limits, day: dt.date, *, whole: bool
) -> Iterator[tuple[int, list[Owed], list[SmallRow]]]:
    """Yield each debtor all of whose debts are small remainders, with them."""
    names = [name for (name,) in store.rows("SELECT DISTINCT profile FROM item WHERE profile IS NOT NULL")]
    known = {name: limits.of(name) for name in names}
    most = max((cents for cents, _ in known.values()), default=0)
    waiting = may_be_paid_by(store) | under_collection(store, day)
    rows = store.all(_ROWS, most=most, day=day.isoformat())
    for party, group in groupby(rows, key=lambda row: row[10]):
        own = list(group)
        bounds = [known.get(row[7], (0, "")) for row in own]
        limit, norm = min(bounds)
        if sum(row[3] for row in own) >= limit or any(_held(row, waiting, whole=whole) for row in own):
            continue
        claims = [Owed(*row[:14]) for row in own]
        yield party, claims, [_shown(one, own[0][14], limit, norm) for one in claims]


def _held(row: Row, waiting: set[tuple[str, int]], *, whole: bool) -> bool:
    """Return whether something speaks against writing a claim off now."""
    rest = row[3] < row[12] or (row[9] is not None and not row[15])
    return bool(row[16] or row[17] or (row[0], row[1]) in waiting or not (whole or rest))


def _shown(one: Owed, party: str, limit: int, norm: str) -> SmallRow:
    assert one.party is not None, "the query asks for debtors"
    return SmallRow(
        one.party, party, one.office, one.item, one.reference, one.claim_kind, one.due, one.amount_cents, one.cents,
        limit, norm,
    )  # fmt: skip


def _write(store: Store, chosen: Sequence[tuple[int, list[Owed], list[SmallRow]]], day: dt.date) -> int:
    batch = take_ids(store, BOOK, "relief_batch")
    first = take_ids(store, BOOK, "relief", len(chosen))
    columns = (
        "id", "kind", "state", "party", "batch", "profile", "first_day", "sum_cents", "reason", "proposed_by",
        "proposed_at",
    )  # fmt: skip
    rows = [
        (
            number, "niederschlagung_unbefristet", "proposed", party, batch, claims[0].profile, day.isoformat(),
            sum(one.cents for one in claims), f"Kleinbetrag, {shown[0].norm}", store.user, store.now,
        )
        for number, (party, claims, shown) in enumerate(chosen, first)
    ]  # fmt: skip
    store.insert("relief", columns, rows)
    for number, (_, claims, _) in enumerate(chosen, first):
        write_items(store, number, claims)
    return batch
