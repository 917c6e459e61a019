"""`journal post`: entries made by hand into the book, all of them or none, each with the paper behind it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.book.dimensions_store import load_lists
from ledger.book.journal import EntryNumber
from ledger.book.manual import (
    SOURCE,
    AccountState,
    ManualEntry,
    ManualPosted,
    ManualRules,
    PostedManual,
    check_entry,
    drafts_of,
)
from ledger.book.manual_errors import PostedAlreadyError, RefusedEntriesError
from ledger.book.periods_store import closed_until
from ledger.book.source_files_store import keep_file, known_file
from ledger.book.store import kasse_office, office_codes, post
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.counters import BOOK, take_ids
from ledger.store.engines import Store
from sepa.errors import KasseError

PURPOSE = "journal"
ROLES = ("clerk",)
"""Who posts by hand: the Buchhaltung (SVRV § 2 (4)); no limit by amount, every entry is an event."""
VOUCHER_COLUMNS = ("id", "office", "position", "document", "fingerprint", "file_sha256", "made_by", "made_at")
_ACCOUNTS = "SELECT office, number, kind, role, opened_on, closed_on FROM account"
_SAME = """
    SELECT e.office, e.year, e.number FROM voucher v
    JOIN entry e ON e.office = v.office AND e.position = v.position
    LEFT JOIN entry r ON r.office = v.office AND r.reverses = v.position
    WHERE v.fingerprint = :fingerprint AND r.position IS NULL ORDER BY v.id"""


@dataclass(frozen=True, slots=True)
class ManualFile:
    """The file entries came from: its name, SHA-256 in hex and size."""

    name: str
    sha256: str
    size_bytes: int


def load_manual_rules(store: Store, today: str) -> ManualRules:
    """Return what the book allows by hand."""
    accounts = {(row[0], row[1]): AccountState(*row[2:]) for row in store.rows(_ACCOUNTS)}
    until = closed_until(store)
    return ManualRules(today, until.any, office_codes(store), accounts, load_lists(store), until)


def post_manual(
    store: Store, entries: Sequence[ManualEntry], *, today: str, file: ManualFile | None = None, again: bool = False
) -> ManualPosted:
    """Post entries made by hand in one unit of work and return their numbers; a file is posted once.

    An entry with the day, lines and document of one that stands is refused unless `again`. Needs the role clerk in
    every office they touch. Raises `RefusedEntriesError` with the findings, `NotAllowedError`.
    """
    with store.unit(office_codes(store)):
        if file is not None and _known(store, file):
            return ManualPosted(new=False)
        rules = load_manual_rules(store, today)
        for office in sorted({office for entry in entries for office in entry.offices}.intersection(rules.offices)):
            require(store, office, *ROLES)
        findings = [finding for entry in entries for finding in check_entry(rules, entry)]
        if not again and not findings:
            findings += _repeated(store, entries)
        if findings or not entries:
            raise RefusedEntriesError(count=len(findings), findings=tuple(findings))
        posted = _post(store, entries, file)
        if file is not None:
            _note_file(store, file, len(posted))
    return ManualPosted(new=True, entries=posted)


def _known(store: Store, file: ManualFile) -> bool:
    return known_file(store, PURPOSE, file.sha256) is not None


def _repeated(store: Store, entries: Sequence[ManualEntry]) -> Iterator[KasseError]:
    seen: dict[str, str] = {}
    for entry in entries:
        row = store.one(_SAME, fingerprint=entry.fingerprint)
        if row is not None:
            yield PostedAlreadyError(entry=str(EntryNumber(*row)), place=entry.place)
        elif entry.fingerprint in seen:
            yield PostedAlreadyError(entry=seen[entry.fingerprint], place=entry.place)
        seen[entry.fingerprint] = entry.key


def _post(store: Store, entries: Sequence[ManualEntry], file: ManualFile | None) -> list[PostedManual]:
    first, digest = take_ids(store, BOOK, "voucher", len(entries)), file.sha256 if file else None
    parts = [drafts_of(entry, first + n, n + 1) for n, entry in enumerate(entries)]
    places = iter(post(store, [draft for drafts in parts for draft in drafts]))
    vouchers, posted = [], []
    for n, (entry, drafts) in enumerate(zip(entries, parts, strict=True)):
        own = [next(places) for _ in drafts]
        numbers = [str(EntryNumber(place.office, place.year, place.number)) for place in own]
        key = (first + n, own[0].office, own[0].position)
        vouchers.append((*key, entry.document, entry.fingerprint, digest, store.user, store.now))
        posted.append(PostedManual(entry, numbers[0], tuple(numbers[1:])))
    store.insert("voucher", VOUCHER_COLUMNS, vouchers)
    for one in posted:
        facts: dict[str, Fact] = {"sum_cents": one.amount_cents, "offices": 1 + len(one.others), "file": digest}
        record(store, one.office, "journal.post", f"entry:{one.number}", facts, {"document": one.document})
    return posted


def _note_file(store: Store, file: ManualFile, count: int) -> None:
    keep_file(store, PURPOSE, sha256=file.sha256, name=file.name, size_bytes=file.size_bytes, result=str(count))
    facts: dict[str, Fact] = {"entries": count, "sha256": file.sha256}
    record(store, kasse_office(store), "journal.file", None, facts, {"name": file.name})


def document_of(store: Store, source: str | None) -> str | None:
    """Return where the paper behind an entry with that source is, None where it was not made by hand."""
    head, _, number = (source or "").partition(":")
    if head != SOURCE or not number.isdigit():
        return None
    found = store.value("SELECT document FROM voucher WHERE id = :id", id=int(number))
    return None if found is None else str(found)
