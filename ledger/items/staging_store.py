"""Rows of a list on their way into the book: a temporary table, checked as a whole by single statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from operator import itemgetter

from ledger.book.dimensions_store import load_lists
from ledger.items.kassenzeichen import active_schemes, issue
from ledger.items.order_profiles import NO_LAW, LawProfiles
from ledger.items.orders import AccountState, Checked, OrderRow, Rules
from ledger.store.collector import without_collector
from ledger.store.engines import Row, Store
from sepa.errors import KasseError

CHUNK = 5000
_NUMBERS = ("amount_cents", "reference_foreign", "enforceable", "open_cents", "dunning_level", "every_months")
_FIRST = "seq INTEGER PRIMARY KEY, head BIGINT NOT NULL, bad BIGINT NOT NULL, party BIGINT, joint_of BIGINT"
_BANKS = "SELECT iban, office, account FROM bank_account WHERE closed_on IS NULL ORDER BY iban"
COLUMNS = (*OrderRow._fields, "bad")
_PLACES = {name: place for place, name in enumerate(COLUMNS)}


@dataclass(slots=True)
class Staging:
    """What was staged: how many rows, in which columns, and what is wrong with them, in the order of the list."""

    count: int = 0
    columns: set[str] = field(default_factory=set)
    findings: list[KasseError] = field(default_factory=list)


def load_rules(store: Store, today: str, law: LawProfiles = NO_LAW) -> Rules:
    """Return what the book allows in a list on that day; `law` says which profiles it need not code itself."""
    accounts = store.rows("SELECT office, number, role, kind, closed_on FROM account")
    defaults = "SELECT key, value FROM setting WHERE key LIKE 'default_account:%' OR key LIKE 'profile_account:%'"
    return Rules(
        today=today,
        offices=tuple(code for (code,) in store.rows("SELECT code FROM office ORDER BY code")),
        schemes=active_schemes(store),
        accounts={(office, number): AccountState(*state) for office, number, *state in accounts},
        defaults=dict(store.rows(defaults)),
        law=law,
        lists=load_lists(store),
        banks={iban: (office, account) for iban, office, account in store.rows(_BANKS)},
    )


@contextmanager
def staged(store: Store, rows: Iterable[Checked]) -> Iterator[Staging]:
    """Read the rows into the temporary table `staged_row`, outside any unit of work, and drop it at the end.

    A row with an error is marked bad; the book is not locked while a long list is read.
    """
    _create(store)
    try:
        yield _fill(store, rows)
    finally:
        drop(store, "staged_row")


def text_type(store: Store) -> str:
    """Return the column type of text in temporary tables, so that it compares with the book's by its bytes."""
    return 'TEXT COLLATE "C"' if store.engine.name == "postgresql" else "TEXT"


def drop(store: Store, *tables: str) -> None:
    """Remove temporary tables, whether they exist or not."""
    for table in tables:
        store.execute(f"DROP TABLE IF EXISTS {table}")


def _create(store: Store) -> None:
    kind = text_type(store)
    fields = [name for name in OrderRow._fields if name not in ("seq", "head")]
    columns = ", ".join(f"{name} {'BIGINT' if name in _NUMBERS else kind}" for name in fields)
    drop(store, "staged_row")
    store.execute(f"CREATE TEMPORARY TABLE staged_row ({_FIRST}, {columns})")


def _fill(store: Store, rows: Iterable[Checked]) -> Staging:
    staging = Staging()
    stream = _tuples(rows, staging)
    with without_collector():
        while chunk := list(islice(stream, CHUNK)):
            used = _used(chunk)
            staging.columns.update(used)
            staging.count += store.insert("staged_row", used, map(itemgetter(*map(_PLACES.get, used)), chunk))
    store.execute("CREATE INDEX ix_staged_head ON staged_row (head)")
    if store.engine.name == "postgresql":
        store.execute("ANALYZE staged_row")
    return staging


def _used(chunk: list[Row]) -> list[str]:
    """Return the columns that any of the rows fills: a list has a third of those there are."""
    columns = zip(COLUMNS, zip(*chunk, strict=True), strict=True)
    return [name for name, values in columns if values.count(None) < len(values)]


def _tuples(rows: Iterable[Checked], staging: Staging) -> Iterator[Row]:
    for row, findings in rows:
        if findings:
            staging.findings += findings
            yield (*row, int(any(finding.severity == "error" for finding in findings)))
        else:
            yield (*row, 0)


def mark_bad(store: Store, findings: Iterable[KasseError]) -> None:
    """Mark the rows of findings that are errors, and every row of an order, or of a joint claim, that has a bad one."""
    bad = {finding.place.row for finding in findings if finding.severity == "error"}
    store.execute_many(
        "UPDATE staged_row SET bad = 1 WHERE seq = :seq", [{"seq": seq} for seq in sorted(filter(None, bad))]
    )
    store.execute("UPDATE staged_row SET bad = 1 WHERE bad = 0 AND head IN (SELECT head FROM staged_row WHERE bad = 1)")
    store.execute(
        """UPDATE staged_row SET bad = 1 WHERE bad = 0 AND kind = 'receivable' AND joint_group IN (
               SELECT joint_group FROM staged_row WHERE bad = 1 AND kind = 'receivable' AND joint_group IS NOT NULL)"""
    )


def mark_joint(store: Store) -> None:
    """Mark the rows that name one more debtor of the claim in an earlier row: same group, office, sum, day, purpose."""
    if store.value("SELECT 1 FROM staged_row WHERE joint_group IS NOT NULL LIMIT 1") is None:
        return
    store.execute("CREATE INDEX ix_staged_joint ON staged_row (joint_group)")
    store.execute(
        """UPDATE staged_row SET joint_of = (
               SELECT min(o.seq) FROM staged_row o WHERE o.joint_group = staged_row.joint_group
               AND o.office = staged_row.office AND o.kind = 'receivable' AND o.amount_cents = staged_row.amount_cents
               AND o.due = staged_row.due AND o.purpose = staged_row.purpose AND o.order_key IS NULL)
           WHERE joint_group IS NOT NULL AND kind = 'receivable' AND order_key IS NULL"""
    )
    store.execute("UPDATE staged_row SET joint_of = NULL WHERE joint_of = seq")


def bad_rows(store: Store) -> list[int]:
    """Return the numbers of the bad rows, in order."""
    return [seq for (seq,) in store.rows("SELECT seq FROM staged_row WHERE bad = 1 ORDER BY seq")]


def remove_bad(store: Store) -> None:
    """Leave only the good rows."""
    store.execute("DELETE FROM staged_row WHERE bad = 1")


def give_references(store: Store) -> None:
    """Give receivables without a reference fresh Kassenzeichen, in the order of the list; inside a unit of work."""
    wanting = "kind = 'receivable' AND reference IS NULL AND seq = head AND joint_of IS NULL"
    seqs = [seq for (seq,) in store.rows(f"SELECT seq FROM staged_row WHERE {wanting} ORDER BY seq")]
    if not seqs:
        return
    given = "SELECT reference FROM staged_row WHERE kind = 'receivable' AND reference IS NOT NULL"
    numbers = issue(store, len(seqs), {reference for (reference,) in store.rows(given)})
    drop(store, "fresh_reference")
    store.execute(f"CREATE TEMPORARY TABLE fresh_reference (seq BIGINT PRIMARY KEY, reference {text_type(store)})")
    store.insert("fresh_reference", ("seq", "reference"), zip(seqs, numbers, strict=True))
    store.execute("UPDATE staged_row SET reference = f.reference FROM fresh_reference f WHERE f.seq = staged_row.seq")
    drop(store, "fresh_reference")


def staged_offices(store: Store) -> list[str]:
    """Return the offices of the good rows."""
    sql = "SELECT DISTINCT office FROM staged_row WHERE bad = 0 ORDER BY office"
    return [office for (office,) in store.rows(sql)]
