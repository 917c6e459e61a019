"""A list of orders into the book: one unit of work, whole or absent; a file is taken in once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ledger.book.source_files_store import keep_file, known_file
from ledger.book.store import office_codes
from ledger.items.order_checks_store import list_errors, suspected_duplicates
from ledger.items.order_write_store import write_orders
from ledger.items.orders import Checked
from ledger.items.staging_store import Staging, bad_rows, mark_bad, mark_joint, remove_bad, staged, staged_offices
from ledger.people.parties_store import find_parties, make_parties
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import N_, KasseError

CREATORS = ("certifier", "approver", "machine")
"""Roles that bring orders in; the Kasse's own people make none (§ 34 KommHV-Doppik: they may not order)."""
PURPOSE = "order"
KeepRejects = Callable[[Sequence[int], Sequence[KasseError]], None]
Placed = Callable[[Iterable[KasseError]], Iterable[KasseError]]


class RefusedListError(KasseError):
    """A list with findings, of which nothing was taken in."""

    code = "order.list_refused"
    template = N_("nothing was imported: {bad} of {count} rows have findings")
    hint = N_("mend them and import again, or take the good rows with --partial")


class NothingToImportError(KasseError):
    """A list without a single usable row."""

    code = "order.list_empty"
    template = N_("the list has no row that can be imported")
    hint = N_("fill the list in below its heading; 'kasse order template' makes an empty one")


@dataclass(frozen=True, slots=True)
class Source:
    """The file a list came from: its name, SHA-256 in hex and size."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a list is taken in: the day, whether bad rows may be left out, and what the caller adds.

    `keep_rejects` gets the numbers of the rows left out and all findings before the book is changed for good;
    `placed` gives findings, which know their row and column, the place of the list.
    """

    day: str
    partial: bool = False
    dry_run: bool = False
    keep_rejects: KeepRejects = lambda _rows, _findings: None
    placed: Placed = tuple


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: its batch (None in a dry run), orders made, sums by kind, rows left out, findings.

    `new` is false where the file had been taken in before and nothing was done.
    """

    batch: int | None
    new: bool
    orders: int = 0
    total_cents: int = 0
    receivable_cents: int = 0
    payable_cents: int = 0
    rejected: tuple[int, ...] = ()
    findings: tuple[KasseError, ...] = ()


def import_orders(store: Store, source: Source, rows: Iterable[Checked], wishes: Wishes) -> Imported:
    """Take a list in as one batch of orders in the state `created` and return what became of it.

    With findings nothing is taken in, unless the wishes leave the bad rows out. Raises `RefusedListError` with the
    findings, `NothingToImportError`, `NotAllowedError`.
    """
    if old := known_import(store, source):
        return old
    with staged(store, rows) as staging:
        if wishes.dry_run:
            with store.snapshot():
                return _checked(store, staging, wishes)
        with store.unit(office_codes(store)):
            batch = take_ids(store, BOOK, "order_batch")  # also keeps a second import waiting until this one ends
            return known_import(store, source) or _take_in(store, source, staging, batch, wishes)


def known_import(store: Store, source: Source) -> Imported | None:
    """Return what became of the file when it was imported before, None where it is new."""
    found = known_file(store, PURPOSE, source.sha256)
    return None if found is None else summary(store, int(found))


def summary(store: Store, batch: int) -> Imported:
    """Return the count and the sums of a batch that is in the book."""
    sql = "SELECT kind, count(*), sum(total_cents) FROM cash_order WHERE batch = :batch GROUP BY kind"
    return replace(_sums(store.all(sql, batch=batch)), batch=batch, new=False)


def _sums(kinds: Sequence[Row]) -> Imported:
    cents = {kind: int(total) for kind, _, total in kinds}
    receivable, payable = cents.get("receivable", 0), cents.get("payable", 0)
    return Imported(
        batch=None,
        new=True,
        orders=sum(count for _, count, _ in kinds),
        total_cents=receivable + payable,
        receivable_cents=receivable,
        payable_cents=payable,
    )


def _checked(store: Store, staging: Staging, wishes: Wishes) -> Imported:
    """Return what would be taken in; after it only good rows are staged.

    Raises `RefusedListError` or `NothingToImportError`.
    """
    for office in staged_offices(store):
        require(store, office, *CREATORS)
    find_parties(store, "staged_row")
    mark_joint(store)
    mark_bad(store, ())
    findings = [*staging.findings, *wishes.placed(list_errors(store))]
    mark_bad(store, findings)
    rejected = bad_rows(store)
    findings += wishes.placed(suspected_duplicates(store))
    findings.sort(key=lambda finding: finding.place.row or 0)
    if rejected and not wishes.partial:
        raise RefusedListError(bad=len(rejected), count=staging.count, findings=tuple(findings))
    remove_bad(store)
    if len(rejected) == staging.count:
        raise NothingToImportError(findings=tuple(findings))
    kinds = """SELECT h.kind, count(DISTINCT s.head), sum(s.amount_cents) FROM staged_row s
               JOIN staged_row h ON h.seq = s.head WHERE s.joint_of IS NULL GROUP BY h.kind"""
    return replace(_sums(store.all(kinds)), rejected=tuple(rejected), findings=tuple(findings))


def _take_in(store: Store, source: Source, staging: Staging, batch: int, wishes: Wishes) -> Imported:
    found = _checked(store, staging, wishes)
    make_parties(store, "staged_row", source="order", day=wishes.day)
    write_orders(store, batch, source.name, found.total_cents)
    keep_file(store, PURPOSE, sha256=source.sha256, name=source.name, size_bytes=source.size_bytes, result=str(batch))
    if found.rejected:
        wishes.keep_rejects(found.rejected, found.findings)
    return replace(found, batch=batch)
