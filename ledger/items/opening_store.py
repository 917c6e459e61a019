"""Opening balances and open items into the book: controls first, then one unit of work, whole or absent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ledger.book.store import kasse_office, office_codes
from ledger.events.store import Fact, record
from ledger.items.opening import (
    CONTROLS,
    BalanceRow,
    ItemSum,
    check_against_items,
    check_balances,
    check_banks,
    check_controls,
)
from ledger.items.opening_write_store import OfficeOpening, write_balances, write_items
from ledger.items.order_checks_store import known_references, unknown_mains
from ledger.items.order_import_store import Source
from ledger.items.orders import Checked, Rules
from ledger.items.staging_store import Staging, mark_bad, staged, staged_offices
from ledger.items.store import SIDES
from ledger.people.parties_store import find_parties
from ledger.people.users import require
from ledger.store.collector import without_collector
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place

PURPOSE = "opening"
ROLES = ("head", "admin")
Placed = Callable[[Iterable[KasseError]], Iterable[KasseError]]
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
    """How lists are taken over: the day before the book begins, control sums by name, whether only to check.

    `placed` gives findings on items, which know their row and column, the place of the list.
    """

    day: str
    controls: Mapping[str, int]
    dry_run: bool = False
    placed: Placed = tuple


@dataclass(frozen=True, slots=True)
class Opening:
    """What was taken over; `sums` are the sums of the lists by control name."""

    day: str
    new: bool
    offices: tuple[OfficeOpening, ...] = ()
    sums: Mapping[str, int] | None = None
    findings: tuple[KasseError, ...] = ()


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
    Raises `RefusedOpeningError` with the findings, `OpeningDoneError`, `NotAllowedError`, `ClosedPeriodError`.
    """
    if _known(store, source):
        return Opening(wishes.day, new=False)
    with without_collector(), staged(store, items) as staging:
        if wishes.dry_run:
            with store.snapshot():
                return _checked(store, rules, balances, staging, wishes)
        with store.unit(office_codes(store)):
            if _known(store, source):
                return Opening(wishes.day, new=False)
            return _take_over(store, source, rules, balances, staging, wishes)


def _known(store: Store, source: Source) -> bool:
    sql = "SELECT 1 FROM source_file WHERE sha256 = :hash AND purpose = :purpose"
    return store.value(sql, hash=source.sha256, purpose=PURPOSE) is not None


def _checked(
    store: Store, rules: Rules, balances: Sequence[BalanceRow], staging: Staging, wishes: OpeningWishes
) -> Opening:
    """Return what would be taken over, its parties found.

    Raises `RefusedOpeningError` or `OpeningDoneError`.
    """
    require(store, kasse_office(store), *ROLES)
    for office in sorted({row.office for row in balances}.union(staged_offices(store))):
        _refuse_second(store, office)
    mark_bad(store, ())
    findings = [*staging.findings, *wishes.placed([*known_references(store), *unknown_mains(store)])]
    items = [ItemSum(office, account, kind, count, _signed(kind, cents)) for office, account, kind, count, cents in
             store.rows(_SUMS)]  # fmt: skip
    sums = _sums(balances, items)
    findings += check_balances(rules, balances)
    if not _errors(findings):
        findings += check_controls(sums, wishes.controls)
    if not _errors(findings):
        findings += check_against_items(rules, balances, items)
        findings += check_banks(rules, balances)
    if errors := _errors(findings):
        raise RefusedOpeningError(count=len(errors), findings=tuple(findings))
    findings += wishes.placed(_shared(store))
    return Opening(wishes.day, new=True, sums=sums, findings=tuple(findings))


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


def _refuse_second(store: Store, office: str) -> None:
    sql = "SELECT min(posting_day) FROM entry WHERE office = :office AND kind = 'opening'"
    if day := store.value(sql, office=office):
        raise OpeningDoneError(office=office, day=day)


def _shared(store: Store) -> list[KasseError]:
    return [
        SharedReferenceError(reference=reference, row=other, place=Place(row=seq, column="reference", value=reference))
        for seq, reference, other in store.all(_SHARED)
    ]


def _take_over(
    store: Store,
    source: Source,
    rules: Rules,
    balances: Sequence[BalanceRow],
    staging: Staging,
    wishes: OpeningWishes,
) -> Opening:
    checked = _checked(store, rules, balances, staging, wishes)
    find_parties(store, "staged_row")
    offices = write_items(store, wishes.day)
    offices = write_balances(store, rules, balances, wishes.day, offices)
    for office in offices:
        facts: dict[str, Fact] = {
            "as_of": wishes.day,
            "items": office.items,
            "items_cents": office.items_cents,
            "balances": office.balances,
            "files": source.sha256,
        }
        record(store, office.office, "opening.import", None, facts)
    store.insert_one(
        "source_file",
        sha256=source.sha256,
        purpose=PURPOSE,
        name=source.name,
        size_bytes=source.size_bytes,
        imported_by=store.user,
        imported_at=store.now,
        result=wishes.day,
    )
    return Opening(wishes.day, new=True, offices=offices, sums=checked.sums, findings=checked.findings)
