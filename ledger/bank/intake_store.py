"""Statement files into the book: each entry once, a file whole or not at all (invariants 3, 10 and 11)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from ledger.bank.formats_store import own_accounts
from ledger.bank.intake import Staged
from ledger.bank.intake_days_store import check_days
from ledger.bank.intake_entries_store import write_entries
from ledger.bank.intake_merge_store import Merged, merge_file
from ledger.bank.intake_notices import NoticeKind
from ledger.bank.intake_notices_store import join_details, keep_notices, notice_kind, read_notices
from ledger.bank.intake_pages import Page
from ledger.bank.intake_pages_store import join_pages
from ledger.bank.intake_spool_store import Spool, read_into
from ledger.bank.said_store import seal_bank, seal_parts
from ledger.bank.withdrawing import WithdrawnFileError
from ledger.book.source_files_store import keep_file, known_file
from ledger.book.store import kasse_office
from ledger.events.store import Fact, record
from ledger.people.users import NotAllowedError, require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Row, Store
from sepa.errors import KasseError, Place, TryAgainError
from sepa.statements import StatementEvent

PURPOSE = "statement"
Sealed = tuple[Staged, dict[str, Fact]]
"""What was new, and what binds it."""
_STATEMENT_COLUMNS = (
    "id", "iban", "message", "statement_id", "electronic_number", "page", "last_page", "file_sha256", "opening_cents",
    "opening_day", "closing_cents", "closing_day", "entry_count", "credit_cents", "debit_cents", "created",
)  # fmt: skip


def stage_file(store: Store, name: str, sha256: str, size: int, stream: Iterable[StatementEvent]) -> Staged:
    """Take the booked entries of one camt.053 or MT940 file into the book, each once, and return what was new.

    Of each account only the format it is kept by is taken (`formats_store.set_format`).
    Intraday reports (camt.052, MT942) and advices (camt.054) are kept beside them, see `intake_notices`.
    `stream` is what `sepa.reading.read_statements` yields; it is not touched where the same bytes were taken before.
    The entries wait with state `staged`, nothing is posted. Needs the role clerk or machine in the Kasse. Raises what
    the stream raises, and the errors of `intake`, `intake_sheets` and `merge`: then nothing of the file is taken and
    the event log says so.
    """
    try:
        with store.unit([kasse_office(store), *(account.office for account in own_accounts(store).values())]):
            require(store, kasse_office(store), "clerk", "machine")
            return _repeated(store, name, sha256) or _stage(store, name, sha256, size, stream)
    except (TryAgainError, NotAllowedError):
        raise
    except KasseError as error:
        _note_refusal(store, name, sha256, error)
        raise


def _repeated(store: Store, name: str, sha256: str) -> Staged | None:
    """Return what the file held where the same bytes were taken before."""
    found = known_file(store, PURPOSE, sha256)
    if found is None:
        return None
    withdrawn = store.value("SELECT max(withdrawn_on) FROM statement WHERE file_sha256 = :sha256", sha256=sha256)
    if withdrawn:
        raise WithdrawnFileError(place=Place(file=name), day=withdrawn)
    known = json.loads(found)
    return Staged(
        name=name,
        statements=known["statements"],
        entries=known["entries"],
        new=0,
        duplicates=known["entries"],
        pending=0,
        credit_cents=known["credit_cents"],
        debit_cents=known["debit_cents"],
        repeated=True,
        kind=known.get("kind", "statement"),
    )


def _note_refusal(store: Store, name: str, sha256: str, error: KasseError) -> None:
    office = kasse_office(store)
    with store.unit([office]):
        facts = {"sha256": sha256, "code": error.code}
        record(store, office, "statement.refuse", f"file:{sha256}", facts, {"name": name})


def _stage(store: Store, name: str, sha256: str, size: int, stream: Iterable[StatementEvent]) -> Staged:
    values = iter(stream)
    first = next(values, None)
    kind = notice_kind(first)
    everything = chain([first] if first is not None else (), values)
    if kind is None:
        staged, seals = _stage_statements(store, name, sha256, everything)
    else:
        staged, seals = _stage_notices(store, name, sha256, everything, kind)
    _keep_file(store, staged, sha256, size, seals)
    return staged


def _stage_statements(store: Store, name: str, sha256: str, stream: Iterable[StatementEvent]) -> Sealed:
    with Spool() as spool:
        pages = read_into(spool, name, own_accounts(store), stream)
        check_days(store, pages)
        join_pages(store, pages)
        merged = merge_file(store, pages, spool)
        numbers, parts = _keep_statements(store, pages, merged, sha256)
        spans = write_entries(store, pages, spool, merged, numbers)
    seals = seal_bank(store, numbers.values(), spans) | seal_parts(parts)
    new = sum(last - first + 1 for first, last in spans.values())
    for iban in sorted({page.iban for page in pages}):
        days = {day for page in pages if page.iban == iban for day in page.days}
        if new and days:
            join_details(store, iban, min(days), max(days))
    return _result(name, pages, merged, numbers, new), seals


def _stage_notices(store: Store, name: str, sha256: str, stream: Iterable[StatementEvent], kind: NoticeKind) -> Sealed:
    """Keep an intraday report, or an advice whose details join the entries they belong to; nothing is posted."""
    notices = read_notices(own_accounts(store), name, stream, kind)
    numbers = keep_notices(store, notices, sha256)
    staged = Staged(
        name=name,
        statements=len(notices),
        entries=0,
        new=0,
        duplicates=0,
        pending=0,
        credit_cents=0,
        debit_cents=0,
        findings=tuple(finding for notice in notices for finding in notice.page.findings),
        numbers=numbers,
        messages=_messages(notice.page for notice in notices),
        kind=kind,
    )
    return staged, seal_bank(store, numbers, {})


def _keep_statements(
    store: Store, pages: Sequence[Page], merged: Merged, sha256: str
) -> tuple[dict[int, int], list[tuple[int, int]]]:
    """Write the statements that say something new; return their numbers by their index in the file, and parts."""
    kept = [page for page in pages if page.index not in merged.repeats]
    first = take_ids(store, BOOK, "statement", len(kept)) if kept else 0
    numbers = {page.index: first + offset for offset, page in enumerate(kept)}
    store.insert("statement", _STATEMENT_COLUMNS, [_row(page, numbers[page.index], sha256) for page in kept])
    parts = [(merged.number(part, numbers), merged.number(whole, numbers)) for part, whole in merged.parts]
    store.insert("statement_part", ("statement", "whole"), parts)
    return numbers, parts


def _row(page: Page, number: int, sha256: str) -> Row:
    opened, opening, closing = page.opened, page.opening, page.closing
    opening_day = None if opening is None or opening.day is None else opening.day.isoformat()
    return (
        number,
        page.iban,
        page.message,
        opened.id,
        opened.electronic_number,
        opened.page,
        int(page.last),
        sha256,
        None if opening is None else opening.amount_cents,
        opening_day,
        None if closing is None else closing.amount_cents,
        page.closing_day or None,
        page.entries,
        page.credit_cents,
        page.debit_cents,
        opened.created or None,
    )


def _result(name: str, pages: Sequence[Page], merged: Merged, numbers: Mapping[int, int], new: int) -> Staged:
    entries = sum(page.entries for page in pages)
    return Staged(
        name=name,
        statements=len(pages),
        entries=entries,
        new=new,
        duplicates=entries - new,
        pending=sum(page.pending for page in pages if page.index not in merged.repeats),
        credit_cents=sum(page.credit_cents for page in pages),
        debit_cents=sum(page.debit_cents for page in pages),
        findings=(*(finding for page in pages for finding in page.findings), *merged.findings),
        numbers=frozenset(numbers.values()),
        accounts=frozenset(page.iban for page in pages),
        messages=_messages(pages),
    )


def _messages(pages: Iterable[Page]) -> tuple[str, ...]:
    """Return the ids of the messages; MT940 has references there that banks use again every day."""
    ids = {page.opened.message_id for page in pages if page.message.startswith("camt") and page.opened.message_id}
    return tuple(sorted(ids))


def _keep_file(store: Store, staged: Staged, sha256: str, size: int, seals: Mapping[str, Fact]) -> None:
    """Remember the file by its hash, and write the event, which binds what the file brought."""
    keys = ("statements", "entries", "new", "pending", "credit_cents", "debit_cents")
    result = {key: getattr(staged, key) for key in (*keys, "kind", "messages")}
    keep_file(store, PURPOSE, sha256=sha256, name=staged.name, size_bytes=size, result=json.dumps(result))
    facts: dict[str, Fact] = {key: result[key] for key in ("statements", "entries", "new")}
    facts |= {"sha256": sha256, "duplicates": staged.duplicates, **seals}
    record(store, kasse_office(store), "statement.import", f"file:{sha256}", facts, {"name": staged.name})
