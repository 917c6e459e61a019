"""Intraday reports and advices into the book: kept beside the statements, and their details joined to entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from ledger.bank.formats import OwnAccount
from ledger.bank.intake import begin_notice
from ledger.bank.intake_notices import (
    NOTICE_COLUMNS,
    IntradayError,
    Notice,
    NoticeKind,
    add,
    day_of,
    kind_of,
    message_of,
)
from ledger.bank.intake_rows import DETAIL_COLUMNS
from ledger.bank.said import DETAIL_WORDS, SAID, with_said
from ledger.bank.said_store import seal_joined
from ledger.events.store import record
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.statements import Closed, Entry, Opened, StatementEvent

_SAME = """
    SELECT count(*) FROM statement
    WHERE iban = :iban AND message = :message AND statement_id = :id AND coalesce(created, '') = :created
      AND coalesce(page, 1) = :page"""
_OPEN = """
    (e.state = 'staged' OR EXISTS (
        SELECT 1 FROM suspense_case c JOIN item i ON i.office = c.office AND i.id = c.item
        WHERE c.office = e.office AND c.entry = e.id AND i.open_cents > 0))"""
_SAME_SAMMLER = """
    (e.servicer_reference = n.servicer_reference OR e.payment_information_id = n.payment_information_id
     OR e.message_id = n.message_id OR e.message_id = n.notice_message_id)"""
_JOINED = f"""
    SELECT n.statement, n.line, e.office, e.id, e.fingerprint, n.detail_count
    FROM bank_notice n
    JOIN bank_entry e ON e.iban = n.iban AND e.bank_day = n.bank_day AND e.amount_cents = n.amount_cents
    WHERE n.kind = 'details' AND n.entry IS NULL AND n.iban = :iban AND n.bank_day BETWEEN :first AND :last
      AND n.detail_count > 0 AND e.detail_count = 0
      AND {_SAME_SAMMLER} AND {_OPEN}
    ORDER BY n.statement, n.line, e.office, e.id"""
_AGAIN = f"""
    SELECT n.statement, n.line, min(e.office), min(e.id), n.detail_count
    FROM bank_notice n
    JOIN bank_entry w ON w.office = n.office AND w.id = n.entry AND w.state = 'withdrawn'
    JOIN bank_entry e ON e.iban = n.iban AND e.bank_day = n.bank_day AND e.amount_cents = n.amount_cents
    WHERE n.kind = 'details' AND n.iban = :iban AND n.bank_day BETWEEN :first AND :last AND n.detail_count > 0
      AND e.state <> 'withdrawn' AND {_SAME_SAMMLER}
    GROUP BY n.statement, n.line, n.detail_count
    HAVING count(*) = 1 AND max(e.detail_count) = 0
       AND max(CASE WHEN {_OPEN} THEN 1 ELSE 0 END) = 1
    ORDER BY n.statement, n.line"""
"""Advices whose entry was withdrawn with its statement, and the one entry of the right statement that they explain."""
_SAID = (*DETAIL_COLUMNS, *SAID)
_LINE = ("statement", "iban", *NOTICE_COLUMNS, *SAID)
_NOTICE_DETAIL = ("statement", "line", "number", *_SAID)
_COPY = f"""
    INSERT INTO bank_detail (office, entry, line, {", ".join(_SAID)})
    SELECT CAST(:office AS TEXT), CAST(:entry AS BIGINT), number, {", ".join(_SAID)} FROM bank_notice_detail
    WHERE statement = :statement AND line = :line"""


def read_notices(
    accounts: Mapping[str, OwnAccount], name: str, stream: Iterable[StatementEvent], kind: NoticeKind
) -> list[Notice]:
    """Return the statements of a message that is not posted; raises what `begin_notice` raises."""
    notices: list[Notice] = []
    for value in stream:
        if isinstance(value, Opened):
            notices.append(Notice(begin_notice(len(notices), value, accounts, name), kind, message_of(value.message)))
        elif isinstance(value, Entry):
            add(notices[-1], value)
        else:
            _close(notices[-1], value)
    return notices


def _close(notice: Notice, closed: Closed) -> None:
    notice.page.findings += [finding for finding in closed.findings if finding.severity != "error"]
    notice.page.closing = closed.balance("ITBD", "CLBD", "ITAV", "CLAV")
    notice.page.opening = closed.balance("OPBD", "PRCD")


def keep_notices(store: Store, notices: Sequence[Notice], sha256: str) -> frozenset[int]:
    """Write what is new and join the details that have their entry already; return the new statements."""
    new = [notice for notice in notices if not _known(store, notice)]
    first = take_ids(store, BOOK, "statement", len(new)) if new else 0
    for number, notice in enumerate(new, first):
        _write(store, notice, number, sha256)
        if notice.kind == "intraday":
            name = notice.page.opened.id
            notice.page.findings.append(IntradayError(place=notice.page.place, statement=name, message=notice.message))
    for iban in sorted({notice.page.iban for notice in new if notice.kind == "details"}):
        days = [line[3] for notice in new if notice.page.iban == iban for line in notice.lines if line[3]]
        if days:
            join_details(store, iban, min(days), max(days))
    return frozenset(range(first, first + len(new)))


def _known(store: Store, notice: Notice) -> bool:
    opened = notice.page.opened
    return bool(
        store.value(
            _SAME, iban=notice.page.iban, message=notice.message, id=opened.id, created=opened.created,
            page=notice.page.number,
        )
    )  # fmt: skip


def _write(store: Store, notice: Notice, number: int, sha256: str) -> None:
    page = notice.page
    store.insert_one(
        "statement",
        id=number,
        iban=page.iban,
        message=notice.message,
        statement_id=page.opened.id,
        electronic_number=page.opened.electronic_number,
        page=page.opened.page,
        last_page=int(page.opened.last_page),
        file_sha256=sha256,
        opening_cents=None if page.opening is None else page.opening.amount_cents,
        closing_cents=None if page.closing is None else page.closing.amount_cents,
        closing_day=day_of(notice),
        entry_count=page.entries,
        credit_cents=page.credit_cents,
        debit_cents=page.debit_cents,
        created=page.opened.created or None,
    )
    lines = [(number, page.iban, *line) for line in notice.lines]
    store.insert("bank_notice", _LINE, with_said(lines, _LINE, DETAIL_WORDS, store.salt))
    details = [(number, *row) for row in notice.details]
    store.insert("bank_notice_detail", _NOTICE_DETAIL, with_said(details, _NOTICE_DETAIL, DETAIL_WORDS, store.salt))


def join_details(store: Store, iban: str, first: str, last: str) -> int:
    """Join the details that wait to entries of these days that have none and are still open; return how many.

    An entry is meant where amount, day and one of the bank's references agree; where these fit several entries that
    are not identical bookings, nobody guesses. Inside a unit of work.
    """
    candidates: dict[tuple[int, int], list[tuple[str, int, bytes, int]]] = {}
    for statement, line, office, entry, mark, count in store.all(_JOINED, iban=iban, first=first, last=last):
        candidates.setdefault((statement, line), []).append((office, entry, bytes(mark), count))
    taken: set[tuple[str, int]] = set()
    for (statement, line), found in candidates.items():
        free = [one for one in found if one[:2] not in taken]
        if free and len({mark for _, _, mark, _ in free}) == 1:
            office, entry, _, count = free[0]
            taken.add((office, entry))
            _join(store, (statement, line), (office, entry), count)
    taken |= _join_again(store, iban, first, last)
    for office, entries in sorted(Counter(office for office, _ in taken).items()):
        seals = seal_joined(store, (one for one in taken if one[0] == office))
        record(store, office, "statement.details", None, {"entries": entries, **seals})
    return len(taken)


def _join_again(store: Store, iban: str, first: str, last: str) -> set[tuple[str, int]]:
    """Give entries the details of advices that told an entry since withdrawn; the advice keeps naming that one."""
    taken: set[tuple[str, int]] = set()
    for statement, line, office, entry, count in store.all(_AGAIN, iban=iban, first=first, last=last):
        if (office, entry) not in taken:
            taken.add((office, entry))
            _copy(store, (statement, line), (office, entry), count)
    return taken


def _join(store: Store, notice: tuple[int, int], entry: tuple[str, int], count: int) -> None:
    _copy(store, notice, entry, count)
    sql = "UPDATE bank_notice SET office = :office, entry = :entry WHERE statement = :statement AND line = :line"
    store.execute(sql, statement=notice[0], line=notice[1], office=entry[0], entry=entry[1])


def _copy(store: Store, notice: tuple[int, int], entry: tuple[str, int], count: int) -> None:
    store.execute(_COPY, statement=notice[0], line=notice[1], office=entry[0], entry=entry[1])
    sql = "UPDATE bank_entry SET detail_count = :count WHERE office = :office AND id = :entry"
    store.execute(sql, count=count, office=entry[0], entry=entry[1])


def notice_kind(first: StatementEvent | None) -> NoticeKind | None:
    """Return what is done with a file that begins with this value; None: it is a statement."""
    return kind_of(first.message) if isinstance(first, Opened) else None
