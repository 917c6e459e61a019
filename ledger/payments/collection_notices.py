"""Pre-notifications (Vorabankündigungen) as values: one letter for each mandate, with its plan of days and sums."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.payments.collection_policy import Policy
from ledger.payments.collection_sieve import Wanted
from ledger.payments.mandates import Mandate
from sepa.calendar import next_target_day
from sepa.debits import Scheme


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One claim of a plan: what will be collected, on which day at the earliest."""

    office: str
    item: int
    reference: str | None
    purpose: str | None
    due: str
    cents: int
    collection_day: str


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """What is collected together on one day of a plan."""

    collection_day: str
    cents: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A letter before collections: everything that is printed, for a renderer above; days are ISO text.

    `number` is 0 for a letter that is not kept (a trial). `holder` owns the account, `debtor` owes the claims.
    """

    number: int
    sent_on: str
    mandate: int
    mandate_reference: str
    scheme: Scheme
    creditor_name: str
    creditor_id: str
    holder: str
    debtor: str
    street: str | None
    house_number: str | None
    postcode: str | None
    town: str | None
    country: str | None
    iban: str
    bic: str | None
    lines: tuple[NoticeLine, ...]
    days: tuple[NoticeDay, ...]
    total_cents: int


def announced_day(due: str, mandate: Mandate, today: dt.date, rules: Policy) -> str:
    """Return the first day on which a claim may be collected that is announced today.

    Not before it is due, not before the time that was agreed with the debtor (else 14 days), on a TARGET day.
    """
    told = today + dt.timedelta(days=mandate.notice_days or rules.announcement_days)
    return next_target_day(max(dt.date.fromisoformat(due), told)).isoformat()


def notices(
    wanted: Iterable[Wanted], today: dt.date, rules: Policy, creditor_name: str, first_number: int
) -> list[Notice]:
    """Return one letter for each mandate with all its claims, numbered from `first_number` on (0: not numbered)."""
    by_mandate: defaultdict[int, list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_mandate[one.mandate.number].append(one)
    return [
        _notice(first_number + at if first_number else 0, group, today, rules, creditor_name)
        for at, group in enumerate(by_mandate.values())
    ]


def _notice(number: int, group: Sequence[Wanted], today: dt.date, rules: Policy, creditor_name: str) -> Notice:
    mandate, main = group[0].mandate, group[0].main
    lines = tuple(
        NoticeLine(
            claim.office, claim.item, claim.main_reference or claim.reference, claim.purpose, claim.due,
            claim.open_cents, announced_day(claim.due, mandate, today, rules),
        )
        for one in group
        for claim in one.claims
    )  # fmt: skip
    lines = tuple(sorted(lines, key=lambda line: line.collection_day))
    return Notice(
        number, today.isoformat(), mandate.number, mandate.reference, mandate.scheme, creditor_name,
        mandate.creditor_id, mandate.debtor_name, main.name, main.street, main.house_number, main.postcode, main.town,
        main.country, mandate.iban, mandate.bic, lines, by_day(lines), sum(line.cents for line in lines),
    )  # fmt: skip


def by_day(lines: Iterable[NoticeLine]) -> tuple[NoticeDay, ...]:
    """Return what is collected together on each day of a plan."""
    sums: dict[str, int] = {}
    for line in lines:
        sums[line.collection_day] = sums.get(line.collection_day, 0) + line.cents
    return tuple(NoticeDay(day, cents) for day, cents in sorted(sums.items()))
