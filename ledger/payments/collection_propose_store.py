"""Proposing collections: due claims under a mandate become runs that reserve them until released or discarded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes
from ledger.events.store import record
from ledger.payments.collection_claims_reader import claims, known, without_mandate
from ledger.payments.collection_drafting import Drafted, Sequenced, draft, sequenced
from ledger.payments.collection_lines import Head, Line
from ledger.payments.collection_policy import Policy, earliest_day, handed_in
from ledger.payments.collection_policy_store import policy_of
from ledger.payments.collection_reader import hashed, run_named, seen_facts
from ledger.payments.collection_runs import (
    ROLES,
    CollectionRun,
    DayFarError,
    DayMovedError,
    NoCollectingAccountError,
    NoMandateError,
    NotAnnouncedError,
)
from ledger.payments.collection_sieve import Claim, ItemKey, Sieve, Skipped
from ledger.payments.profiles_store import profile_of
from ledger.payments.propose_store import own_name
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.calendar import next_target_day
from sepa.debits import Scheme
from sepa.errors import KasseError
from sepa.identifiers import parse_iban
from sepa.payments import Party
from sepa.profiles import Profile

_ACCOUNTS = """
    SELECT iban, office, bic FROM bank_account WHERE closed_on IS NULL
    ORDER BY collects DESC, office <> :kasse, office, account"""
RUN_COLUMNS = (
    "office", "id", "state", "scheme", "iban", "creditor_name", "creditor_bic", "collection_day", "single_booking",
    "charset", "count", "total_cents", "list_hash", "created_by", "created_at",
)  # fmt: skip
ITEM_COLUMNS = ("office", "run", "line", "part", "item_office", "item", "cents", "active")
COLLECTION_COLUMNS = ("office", "run", *Line._fields, "state", "active")


@dataclass(frozen=True, slots=True)
class Choice:
    """What to collect: due until a day, on a day, to an account, of an office.

    With `named` items only these, whatever came back before.
    """

    due_until: dt.date | None = None
    day: dt.date | None = None
    iban: str | None = None
    office: str | None = None
    single_booking: bool = False
    named: frozenset[ItemKey] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a proposal found: the runs (none where nothing is to be collected), what is left out, what was noticed."""

    runs: tuple[CollectionRun, ...]
    day: str
    skipped: tuple[Skipped, ...] = ()
    findings: tuple[KasseError, ...] = ()


def propose(store: Store, choice: Choice | None = None, *, today: dt.date, time: dt.time | None = None) -> Proposal:
    """Make runs of the claims that are due and can be collected by mandate, reserve them, and say what is left out.

    A run holds one scheme and no more than a file takes. `time` is the local time, for the bank's cut-off. Raises
    `NotAllowedError`, `NoCollectingAccountError`, `UnknownOfficeError`, `DayFarError`.
    """
    wish = choice or Choice()
    rules = policy_of(store)
    creditor, leader = collecting_account(store, wish.iban)
    profile = profile_of(store, creditor.iban)
    require(store, leader, *ROLES["propose"])
    check_office(store, wish.office)
    day, moved = collection_day(wish.day, today, time, rules, profile)
    with store.unit(office_codes(store)):
        until = min(wish.due_until or day, day).isoformat()
        sieve = _sieve(store, rules, day, wish)
        wanted = sieve.wanted(_chosen(claims(store, until, day.isoformat(), wish.office), wish))
        head = Head(leader, creditor, day, "CORE", profile.charset, wish.single_booking)
        runs, findings = [], [*moved, *_noticed(store, wish, sieve, until, rules)]
        for scheme, portion in _portions(sequenced(wanted, sieve.known.untold), profile):
            run, found = _written(store, replace(head, scheme=scheme), portion, sieve, (profile, today))
            runs += [run] if run else []
            findings += found
        return Proposal(tuple(runs), day.isoformat(), tuple(sieve.skipped), tuple(findings))


def _sieve(store: Store, rules: Policy, day: dt.date, wish: Choice) -> Sieve:
    oldest = (day - dt.timedelta(days=rules.valid_days)).isoformat()
    return Sieve(day, known(store, rules, oldest, wish.named))


def _chosen(due: Iterable[Claim], wish: Choice) -> Iterator[Claim]:
    return (claim for claim in due if not wish.named or (claim.office, claim.item) in wish.named)


def _portions(wanted: Iterable[Sequenced], profile: Profile) -> Iterator[tuple[Scheme, Sequence[Sequenced]]]:
    """Yield what goes into one file each: one scheme, no more than a file takes, one sequence type if the bank says so.

    A file holds one scheme (EPC130-08); CORE goes first.
    """
    groups: dict[tuple[bool, str], list[Sequenced]] = {}
    for one in wanted:
        key = one.wanted.mandate.scheme == "B2B", one.sequence if profile.one_sequence_per_file else ""
        groups.setdefault(key, []).append(one)
    for (business, _), group in sorted(groups.items()):
        for start in range(0, len(group), profile.payments_per_file):
            yield "B2B" if business else "CORE", group[start : start + profile.payments_per_file]


def _noticed(store: Store, wish: Choice, sieve: Sieve, until: str, rules: Policy) -> Sequence[KasseError]:
    found: list[KasseError] = []
    late = [one for one in sieve.skipped if one.why == "not-announced"]
    if late:
        total = sum(one.open_cents for one in late)
        found.append(NotAnnouncedError(count=len(late), sum_cents=total, days=rules.announcement_days))
    count, total = without_mandate(store, until, wish.office)
    if count and not wish.named:
        found.append(NoMandateError(count=count, sum_cents=total))
    return found


def collecting_account(store: Store, iban: str | None = None) -> tuple[Party, str]:
    """Return who collects to which account, and the account's office; without a choice the Kasse's first one.

    The name is in letters that the bank of the account takes. Raises `NoCollectingAccountError`.
    """
    wanted = parse_iban(iban) if iban else None
    found = store.all(_ACCOUNTS, kasse=kasse_office(store))
    for account, office, bic in found:
        if wanted in {None, account}:
            return Party(own_name(store, profile_of(store, account).charset), account, bic or ""), office
    raise NoCollectingAccountError(iban=wanted or "", known=", ".join(row[0] for row in found))


def collection_day(
    wanted: dt.date | None, today: dt.date, time: dt.time | None, rules: Policy, profile: Profile
) -> tuple[dt.date, list[KasseError]]:
    """Return the day of collection, and what was moved: a TARGET day that the file can reach.

    Raises `DayFarError` for a day that banks do not take yet.
    """
    first = first_day(today, time, rules, profile)
    day = next_target_day(max(wanted or first, first))
    most = min(rules.earliest_days, profile.max_days_ahead)
    if (day - today).days > most and wanted:
        raise DayFarError(day=day, days=(day - today).days, most=most)
    return day, [DayMovedError(wanted=wanted, day=day)] if wanted and wanted != day else []


def first_day(today: dt.date, time: dt.time | None, rules: Policy, profile: Profile) -> dt.date:
    """Return the first day on which a file can collect that is sent now."""
    return earliest_day(handed_in(today, time, profile.order_type("core").cut_off), rules.lead_days)


def _written(
    store: Store, head: Head, wanted: Sequence[Sequenced], sieve: Sieve, how: tuple[Profile, dt.date]
) -> tuple[CollectionRun | None, Collection[KasseError]]:
    profile, today = how
    number = take_ids(store, BOOK, "collection_run")
    drafted = draft(head, number, wanted, per_batch=profile.payments_per_batch, today=today)
    for one, _ in drafted.broken:
        sieve.leave_out(one, "rule")
    said = [*(finding for _, finding in drafted.broken if finding not in drafted.findings), *drafted.findings]
    if not drafted.lines:
        return None, said
    _insert(store, head, number, drafted)
    run = run_named(store, number)
    facts = seen_facts(run) | {"collection_day": run.collection_day, "scheme": run.scheme}
    record(store, run.office, "collection.propose", f"collection_run:{number}", facts)
    return run, said


def _insert(store: Store, head: Head, number: int, drafted: Drafted) -> None:
    total, creditor = sum(line.cents for line in drafted.lines), head.creditor
    digest = hashed(number, head, list(drafted.lines), list(drafted.parts))
    row = (
        head.office, number, "proposed", head.scheme, creditor.iban, creditor.name, creditor.bic or None,
        head.day.isoformat(), int(head.single_booking), head.charset, len(drafted.lines), total, digest, store.user,
        store.now,
    )  # fmt: skip
    store.insert("collection_run", RUN_COLUMNS, [row])
    rows = ((head.office, number, *line, "proposed", 1) for line in drafted.lines)
    store.insert("collection", COLLECTION_COLUMNS, rows)
    store.insert("collection_item", ITEM_COLUMNS, ((head.office, number, *part, 1) for part in drafted.parts))
