"""Opening balances and open items into the book: controls first, then one unit of work, whole or absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from ledger.book.source_files_store import keep_file, known_file
from ledger.book.store import office_codes
from ledger.events.store import Fact, record
from ledger.items.opening import (
    CONTROLS,
    UNCLEAR,
    BalanceRow,
    ItemSum,
    check_against_items,
    check_balances,
    check_banks,
    check_controls,
)
from ledger.items.opening_facts_store import Brought, name_parties, unknown_owners
from ledger.items.opening_parts import Part
from ledger.items.opening_write_store import OfficeOpening, write_balances, write_items
from ledger.items.order_checks_store import known_references, other_bics, unknown_mains
from ledger.items.order_import_store import Source
from ledger.items.orders import Checked, Rules
from ledger.items.staging_store import Staging, mark_bad, staged, staged_offices
from ledger.items.store import SIDES
from ledger.people.parties_store import find_parties
from ledger.people.party_seals_store import note_marked
from ledger.people.users import require_whole
from ledger.store.collector import without_collector
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

PURPOSE = "opening"
UNCLEAR_CONTROLS = frozenset(CONTROLS[kind] for kind in UNCLEAR)
ROLES = ("head", "admin")
"""Who takes over, for all offices: the lists may bring rows of any."""
Placed = Callable[[Iterable[KasseError]], Iterable[KasseError]]
_DONE = """
    SELECT office, min(posting_day) FROM entry WHERE kind = 'opening' AND source = 'opening' GROUP BY office
    UNION SELECT s.office, r.as_of FROM opening_run r JOIN opening_sum s ON s.run = r.id WHERE r.state = 'final'
    AND r.id <> :run"""
_NAMES = "SELECT office, number, name FROM account"
_SUMS = """
    SELECT office, gl_account, kind, count(*), sum(open_cents) FROM staged_row WHERE bad = 0
    GROUP BY office, gl_account, kind ORDER BY office, gl_account, kind"""
_SHARED = """
    SELECT s.seq, s.reference, o.first_seq FROM staged_row s JOIN (
        SELECT reference, min(seq) AS first_seq FROM staged_row WHERE kind = 'receivable' AND reference IS NOT NULL
        GROUP BY reference HAVING count(*) > 1) o ON o.reference = s.reference
    JOIN staged_row f ON f.seq = o.first_seq
    WHERE s.kind = 'receivable' AND s.seq <> f.seq AND (s.office <> f.office OR s.match_key <> f.match_key)
    ORDER BY s.seq"""


class RefusedOpeningError(KasseError):
    """Lists that do not agree, with the book, with each other or with the control sums; nothing was taken over."""

    code = "opening.refused"
    template = N_("nothing was taken over; findings: {count}")
    hint = N_("mend the lists or the control sums and take them over again")


class OpeningDoneError(KasseError):
    """An office that has its opening balances already."""

    code = "opening.done"
    template = N_("office {office} has been taken over before, on {day}")
    hint = N_("an office is taken over once, whole; later corrections are entries and orders")


class SharedReferenceError(KasseError):
    """A reference that names items of several people or offices: a payment with it cannot decide alone."""

    code = "opening.reference_shared"
    severity = "warning"
    template = N_("the reference {reference} belongs to somebody else in row {row}")
    hint = N_("payments with it go to suspense; give one of them another reference if you can")


@dataclass(frozen=True, slots=True)
class OpeningWishes:
    """How lists are taken over: the day before the book begins, control sums by name, whether only to try.

    `placed` gives findings on items, which know their row and column, the place of the list; `parts` are further lists.
    """

    day: str
    controls: Mapping[str, int]
    dry_run: bool = False
    placed: Placed = tuple
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountSum:
    """What an account gets: its balance, debit positive, and number and sum of the items that make it up, if any do."""

    office: str
    account: str
    balance_cents: int
    items: int = 0
    items_cents: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """What was taken over; `sums` are the sums of the lists by control name, `parts` the rows of the other lists."""

    day: str
    new: bool
    offices: tuple[OfficeOpening, ...] = ()
    sums: Mapping[str, int] | None = None
    findings: tuple[KasseError, ...] = ()
    accounts: tuple[AccountSum, ...] = ()
    parts: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Lists:
    """The lists of a take-over that were read: balances, what was staged, and what was wrong with single rows."""

    rules: Rules
    balances: Sequence[BalanceRow]
    wishes: OpeningWishes
    staging: Staging
    findings: list[KasseError]


def import_opening(
    store: Store,
    source: Source,
    rules: Rules,
    balances: Sequence[BalanceRow],
    items: Iterable[Checked],
    wishes: OpeningWishes,
) -> Opening:
    """Post the balances and items against the opening account on the day and return what was taken over.

    Bank accounts must all have a balance, items must sum to their control accounts, lists to their control sums.
    A trial does everything and undoes it. Raises `RefusedOpeningError` with the findings, `OpeningDoneError`,
    `NotAllowedError`, `ClosedPeriodError`.
    """
    if known_source(store, source):
        return Opening(wishes.day, new=False)
    with read_lists(store, rules, balances, items, wishes) as lists:
        if wishes.dry_run:
            with store.rehearsal(), store.unit(office_codes(store)):
                return take_over(store, source, lists)
        with store.unit(office_codes(store)):
            if known_source(store, source):
                return Opening(wishes.day, new=False)
            return take_over(store, source, lists)


@contextmanager
def read_lists(
    store: Store, rules: Rules, balances: Sequence[BalanceRow], items: Iterable[Checked], wishes: OpeningWishes
) -> Iterator[Lists]:
    """Read all lists into temporary tables, outside any unit of work, and drop them at the end."""
    require_whole(store, *ROLES)
    with without_collector(), staged(store, items) as staging:
        try:
            findings = [finding for part in wishes.parts for finding in part.stage(store)]
            yield Lists(rules, balances, wishes, staging, findings)
        finally:
            for part in wishes.parts:
                part.drop(store)


def known_source(store: Store, source: Source) -> bool:
    """Return whether these lists were taken over before."""
    return known_file(store, PURPOSE, source.sha256) is not None


def take_over(store: Store, source: Source, lists: Lists, *, run: int = 0) -> Opening:
    """Check the lists and write all of them; inside a unit of work that holds all offices.

    `run` is the take-over itself where it is signed twice. Raises `RefusedOpeningError`, `OpeningDoneError`,
    `NotAllowedError`, `ClosedPeriodError`.
    """
    wishes = lists.wishes
    checked = _checked(store, lists, run)
    findings, parts = list(checked.findings), dict[str, int]()
    _write_parts(store, lists, parts, findings, early=True)
    find_parties(store, "staged_row")
    columns = lists.staging.columns
    unowned = unknown_owners(store) if "owner" in columns else ()
    findings += wishes.placed([*name_parties(store), *unowned])
    brought = Brought(columns, not UNCLEAR_CONTROLS.isdisjoint(checked.sums or ()))
    offices = write_items(store, wishes.day, brought)
    offices = write_balances(store, lists.rules, lists.balances, wishes.day, offices)
    _write_parts(store, lists, parts, findings, early=False)
    refuse_errors(findings)
    for office in offices:
        _note(store, source, wishes.day, office)
    note_marked(store)
    _keep_source(store, source, wishes.day)
    return Opening(wishes.day, True, offices, checked.sums, tuple(findings), checked.accounts, parts)


def _write_parts(
    store: Store, lists: Lists, counts: dict[str, int], findings: list[KasseError], *, early: bool
) -> None:
    for part in lists.wishes.parts:
        if part.early is early:
            done = part.write(store, lists.wishes.day)
            counts[part.name] = done.count
            findings += done.findings


def refuse_errors(findings: Sequence[KasseError]) -> None:
    """Raise `RefusedOpeningError` with the findings where one of them is an error."""
    if errors := _errors(findings):
        raise RefusedOpeningError(count=len(errors), findings=tuple(findings))


def _checked(store: Store, lists: Lists, run: int) -> Opening:
    """Return what balances and items come to; raises `RefusedOpeningError` or `OpeningDoneError`."""
    rules, balances, wishes = lists.rules, lists.balances, lists.wishes
    require_whole(store, *ROLES)
    done: dict[str, str] = dict(store.all(_DONE, run=run))
    for office in sorted({row.office for row in balances}.union(staged_offices(store))):
        if office in done:
            raise OpeningDoneError(office=office, day=done[office])
    mark_bad(store, ())
    findings = [*lists.staging.findings, *lists.findings]
    findings += wishes.placed([*known_references(store), *unknown_mains(store), *other_bics(store)])
    items = [ItemSum(office, account, kind, count, _signed(kind, cents)) for office, account, kind, count, cents in
             store.rows(_SUMS)]  # fmt: skip
    sums = _sums(balances, items)
    findings += check_balances(rules, balances)
    if not _errors(findings):
        findings += check_controls(sums, wishes.controls)
    if not _errors(findings):
        findings += check_against_items(rules, balances, items)
        findings += check_banks(rules, balances, done)
    refuse_errors(findings)
    findings += wishes.placed(_shared(store))
    names = {(office, account): name for office, account, name in store.rows(_NAMES)}
    accounts = tuple(replace(one, name=names[one.office, one.account]) for one in account_sums(balances, items))
    return Opening(wishes.day, new=True, sums=sums, findings=tuple(findings), accounts=accounts)


def _errors(findings: Iterable[KasseError]) -> list[KasseError]:
    return [finding for finding in findings if finding.severity == "error"]


def _signed(kind: str, cents: int) -> int:
    return int(cents) if SIDES[kind] == "D" else -int(cents)


def _sums(balances: Sequence[BalanceRow], items: Sequence[ItemSum]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for item in items:
        name = CONTROLS[item.kind]
        sums[name] = sums.get(name, 0) + abs(item.cents)
    if balances:
        sums["balances"] = sum(row.amount_cents for row in balances)
    return sums


def account_sums(balances: Sequence[BalanceRow], items: Sequence[ItemSum]) -> tuple[AccountSum, ...]:
    """Return what each account gets, in their order."""
    found = {(row.office, row.account): AccountSum(row.office, row.account, row.amount_cents) for row in balances}
    for item in items:
        key = item.office, item.account
        old = found.get(key) or AccountSum(*key, 0)
        found[key] = AccountSum(*key, old.balance_cents, old.items + item.count, old.items_cents + item.cents)
    return tuple(found[key] for key in sorted(found))


def _shared(store: Store) -> list[KasseError]:
    return [
        SharedReferenceError(reference=reference, row=other, place=Place(row=seq, column="reference", value=reference))
        for seq, reference, other in store.all(_SHARED)
    ]


def _note(store: Store, source: Source, day: str, office: OfficeOpening) -> None:
    facts: dict[str, Fact] = {
        "as_of": day,
        "items": office.items,
        "items_cents": office.items_cents,
        "balances": office.balances,
        "files": source.sha256,
    }
    record(store, office.office, "opening.import", None, facts)


def _keep_source(store: Store, source: Source, day: str) -> None:
    keep_file(store, PURPOSE, sha256=source.sha256, name=source.name, size_bytes=source.size_bytes, result=day)
