"""Reading the journal: the list as a stream, one entry in full."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from operator import itemgetter

from ledger.book.entry import UnknownAccountError
from ledger.book.journal import (
    ClearingLine,
    EntryDetail,
    EntryNumber,
    EntrySeal,
    JournalFilter,
    JournalLine,
    PostingLine,
    UnknownEntryError,
)
from ledger.book.offices_store import check_office
from ledger.book.store import kasse_office, office_codes
from ledger.store.engines import Row, Store

_COLUMNS = """
    e.office, e.position, e.year, e.number, e.posting_day, e.bank_day, e.kind, e.source,
    (SELECT sum(p.cents) FROM posting p WHERE p.office = e.office AND p.position = e.position AND p.cents > 0),
    {account}, t.text, CASE WHEN e.text_hash IS NOT NULL AND t.text IS NULL THEN 1 ELSE 0 END,
    coalesce(u.name, CAST(e.recorded_by AS TEXT)), e.recorded_at, e.transaction_id,
    o.year, o.number, r.year, r.number"""
_JOINS = """
    entry e
    LEFT JOIN entry_text t ON t.office = e.office AND t.position = e.position
    LEFT JOIN app_user u ON u.id = e.recorded_by
    LEFT JOIN entry o ON o.office = e.office AND o.position = e.reverses
    LEFT JOIN entry r ON r.office = e.office AND r.reverses = e.position"""
_ON_ACCOUNT = """(SELECT sum(p.cents) FROM posting p
    WHERE p.office = e.office AND p.position = e.position AND p.account = :account)"""
_FILTERS = {
    "from_day": "e.posting_day >= :from_day",
    "to_day": "e.posting_day <= :to_day",
    "account": "EXISTS (SELECT 1 FROM posting p WHERE p.office = e.office AND p.position = e.position "
    "AND p.account = :account)",
    "kind": "e.kind = :kind",
    "source": "(e.source = :source OR substr(e.source, 1, :family_length) = :family)",
}
_RECORDED_AT = 13
_ORDER = itemgetter(_RECORDED_AT, 0, 1)
_DETAIL = f"SELECT e.value_day, e.payment_day, e.position, e.hash, {_COLUMNS} FROM {_JOINS}"
_POSTINGS = """
    SELECT p.line, p.account, a.name, p.cents, p.item, i.reference, y.name, p.dimensions
    FROM posting p JOIN account a ON a.office = p.office AND a.number = p.account
    LEFT JOIN item i ON i.office = p.office AND i.id = p.item
    LEFT JOIN party y ON y.id = i.party
    WHERE p.office = :office AND p.position = :position ORDER BY p.line"""
_CLEARINGS = """
    SELECT c.id, c.kind, l.item, i.reference, l.cents, i.open_cents, c.resets, r.id
    FROM clearing c
    JOIN clearing_line l ON l.office = c.office AND l.clearing = c.id
    JOIN item i ON i.office = l.office AND i.id = l.item
    LEFT JOIN clearing r ON r.office = c.office AND r.resets = c.id
    WHERE c.office = :office AND c.position = :position ORDER BY c.id, l.line"""


def journal_lines(store: Store, wanted: JournalFilter, *, limit: int = 0) -> Iterator[JournalLine]:
    """Yield the entries in the order in which they were written, newest last; inside `snapshot` or a unit.

    With a limit only the last so many. Without one memory stays constant: the chains of the offices are merged.
    Raises `UnknownOfficeError`, `UnknownAccountError`.
    """
    sql, values, offices = _query(store, wanted)
    if limit:
        newest = [store.all(f"{sql} DESC LIMIT :most", **values, most=limit, office=office) for office in offices]
        rows = iter(sorted((row for part in newest for row in part), key=_ORDER)[-limit:])
    else:
        rows = merge(*(store.stream(sql, **values, office=office) for office in offices), key=_ORDER)
    return map(_line, rows)


def count_lines(store: Store, wanted: JournalFilter) -> int:
    """Return how many entries fit."""
    conditions, values = _conditions(wanted)
    office = "" if wanted.office is None else " AND e.office = :office"
    sql = f"SELECT count(*) FROM entry e WHERE 1 = 1{conditions}{office}"
    return int(store.value(sql, **values, **({"office": wanted.office} if office else {})))


def _query(store: Store, wanted: JournalFilter) -> tuple[str, dict[str, object], tuple[str, ...]]:
    check_office(store, wanted.office)
    offices = office_codes(store) if wanted.office is None else (wanted.office,)
    account = "CAST(NULL AS BIGINT)"
    if wanted.account is not None:
        _check_account(store, wanted.account, offices)
        account = _ON_ACCOUNT
    conditions, values = _conditions(wanted)
    columns = _COLUMNS.format(account=account)
    return f"SELECT {columns} FROM {_JOINS} WHERE e.office = :office{conditions} ORDER BY e.position", values, offices


def _conditions(wanted: JournalFilter) -> tuple[str, dict[str, object]]:
    given = {name: getattr(wanted, name) for name in _FILTERS if getattr(wanted, name) is not None}
    conditions = "".join(f" AND {_FILTERS[name]}" for name in given)
    if wanted.source is not None:
        family = f"{wanted.source}:"
        given |= {"family": family, "family_length": len(family)}
    return conditions, given


def _check_account(store: Store, account: str, offices: tuple[str, ...]) -> None:
    found = {office for (office,) in store.rows("SELECT office FROM account WHERE number = :account", account=account)}
    if not found.intersection(offices):
        raise UnknownAccountError(office=offices[0] if len(offices) == 1 else kasse_office(store), account=account)


def _line(row: Row) -> JournalLine:
    office, _, year, number, posting_day, bank_day, kind, source, amount, on_account, text, erased = row[:12]
    user, recorded_at, transaction, of_year, of_number, by_year, by_number = row[12:]
    return JournalLine(
        number=str(EntryNumber(office, year, number)), office=office, posting_day=posting_day, bank_day=bank_day,
        kind=kind, source=source, amount_cents=int(amount), on_account_cents=on_account, text=text,
        text_erased=bool(erased), user=user, recorded_at=recorded_at, transaction=transaction,
        reverses=_number(office, of_year, of_number), reversed_by=_number(office, by_year, by_number),
    )  # fmt: skip


def _number(office: str, year: int | None, number: int | None) -> str | None:
    return None if year is None or number is None else str(EntryNumber(office, year, number))


def show_entry(store: Store, number: EntryNumber) -> EntryDetail:
    """Return an entry with the entries of its transaction, their postings and clearings.

    Raises `UnknownEntryError`.
    """
    with store.snapshot():
        own, seal = _load(store, number)
        linked = tuple(_linked(store, own))
        keys = [(own, seal.position), *linked]
        return EntryDetail(
            own,
            seal,
            tuple(line for line, _ in linked),
            tuple(posting for key in keys for posting in _postings(store, *key)),
            tuple(clearing for key in keys for clearing in _clearings(store, *key)),
        )


def _load(store: Store, number: EntryNumber) -> tuple[JournalLine, EntrySeal]:
    sql = _DETAIL.format(account="CAST(NULL AS BIGINT)") + (
        " WHERE e.office = :office AND e.year = :year AND e.number = :number"
    )
    row = store.one(sql, office=number.office, year=number.year, number=number.number)
    if row is None:
        raise UnknownEntryError(number=str(number))
    return _line(row[4:]), EntrySeal(row[0], row[1], row[2], bytes(row[3]).hex())


def _linked(store: Store, own: JournalLine) -> Iterator[tuple[JournalLine, int]]:
    if own.transaction is None:
        return
    sql = _DETAIL.format(account="CAST(NULL AS BIGINT)") + (
        " WHERE e.transaction_id = :transaction ORDER BY e.office, e.position"
    )
    for row in store.rows(sql, transaction=own.transaction):
        line = _line(row[4:])
        if line.number != own.number:
            yield line, row[2]


def _postings(store: Store, entry: JournalLine, position: int) -> Iterator[PostingLine]:
    for line, account, name, cents, item, reference, party, dimensions in store.rows(
        _POSTINGS, office=entry.office, position=position
    ):
        debit, credit = (cents, None) if cents > 0 else (None, -cents)
        yield PostingLine(
            entry.number, line, account, name, cents, debit, credit, item, reference, party, dimensions
        )  # fmt: skip


def _clearings(store: Store, entry: JournalLine, position: int) -> Iterator[ClearingLine]:
    for row in store.rows(_CLEARINGS, office=entry.office, position=position):
        yield ClearingLine(entry.number, *row)
