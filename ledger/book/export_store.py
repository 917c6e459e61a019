"""The journal for others: as an hledger journal, and as files an auditor can recompute everything from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from ledger.book.export import AUDIT_FILES, AuditFile
from ledger.book.export_hledger import (
    HledgerAccount,
    HledgerEntry,
    HledgerPosting,
    assertions,
    head,
    transaction,
)
from ledger.book.store import heads, kasse_office, office_codes, setting
from ledger.events.store import Fact, record
from ledger.people.users import require
from ledger.store.engines import Row, Store

AUDITORS = ("audit", "head", "admin")
"""Who may take the whole book out: the Innenrevision, the Kassenleitung, the technicians who keep it."""
_SHOWN = "e.posting_day <= :day AND (:closing = 1 OR e.posting_day < :day OR e.kind <> 'closing')"
"""Period 13 lies between 31 December and 1 January, as in the trial balance."""
_ACCOUNTS = f"""
    SELECT a.office, a.number, a.name, a.kind, sum(p.cents) FROM posting p
    JOIN entry e ON e.office = p.office AND e.position = p.position
    JOIN account a ON a.office = p.office AND a.number = p.account
    WHERE {_SHOWN} GROUP BY a.office, a.number, a.name, a.kind ORDER BY a.office, a.number"""
_ENTRIES = f"""
    SELECT e.position, e.posting_day, e.year, e.number, t.text, e.kind, e.source, e.transaction_id, e.bank_day,
           e.value_day, p.account, p.cents, p.item, p.dimensions
    FROM entry e JOIN posting p ON p.office = e.office AND p.position = e.position
    LEFT JOIN entry_text t ON t.office = e.office AND t.position = e.position
    WHERE e.office = :office AND {_SHOWN} ORDER BY e.position, p.line"""
_TAGS = ("kind", "source", "transaction", "bank_day", "value_day")


def hledger_journal(store: Store, day: str, *, texts: bool = True, closing: bool = False) -> Iterator[str]:
    """Yield the journal up to a day in pieces, in constant memory; inside `snapshot`.

    Each chain follows the other; at the end every balance is asserted. Without `texts` no words of entries are in it.
    Entries of period 13 count from the next year on, or with `closing` at the end of the 31st itself.
    """
    wanted = {"day": day, "closing": int(closing)}
    accounts = [
        HledgerAccount(office, number, name, kind, int(cents))
        for office, number, name, kind, cents in store.all(_ACCOUNTS, **wanted)
    ]
    titles = {(account.office, account.number): account.title for account in accounts}
    yield from head(setting(store, "name"), day, accounts)
    for office in office_codes(store):
        rows = store.stream(_ENTRIES, office=office, **wanted)
        for _, lines in groupby(rows, key=itemgetter(0)):
            yield transaction(_entry(office, list(lines), titles, texts=texts))
    yield assertions(day, accounts)


def _entry(office: str, lines: list[Row], titles: dict[tuple[str, str], str], *, texts: bool) -> HledgerEntry:
    _, day, year, number, text = lines[0][:5]
    tags = tuple(zip(_TAGS, lines[0][5:10], strict=True))
    postings = tuple(
        HledgerPosting(titles[office, account], cents, item, dimensions)
        for account, cents, item, dimensions in (line[10:] for line in lines)
    )
    return HledgerEntry(day, f"{office}-{year}-{number}", text if texts else None, tags, postings)


def audit_rows(store: Store, file: AuditFile) -> Iterator[Row]:
    """Yield the rows of one file of the audit export, in constant memory; inside `snapshot`."""
    return store.stream(file.sql)


def audit_files(*, personal: bool) -> tuple[AuditFile, ...]:
    """Return the files of the export; those with names, texts and other personal data only where wanted."""
    return tuple(file for file in AUDIT_FILES if personal or not file.personal)


def book_facts(store: Store) -> dict[str, str]:
    """Return what the export says of the book: its name, id, currency and the heads of its chains."""
    known = {key: setting(store, key) for key in ("name", "book_id", "currency")}
    return {**known, **{f"head {office}": f"{position} {value.hex()}" for office, position, value in heads(store)}}


def allow_audit(store: Store) -> None:
    """Check that the acting person may take the whole book out; raises `NotAllowedError`."""
    require(store, kasse_office(store), *AUDITORS)


def note_export(store: Store, form: str, facts: dict[str, Fact]) -> None:
    """Write to the event log that the journal was taken out, and by whom."""
    office = kasse_office(store)
    with store.unit([office], dated=False):
        record(store, office, "journal.export", None, {"form": form, **facts})
