"""Refused files that nobody has to look at any more: the bank issued their statements again, and those were taken."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ledger.bank.intake_pages import Page, booked_balances
from ledger.bank.intake_sheets import identity, made_before
from ledger.bank.refused_reader import first_refused
from ledger.book.store import kasse_office
from ledger.store.engines import Store
from sepa.errors import N_, KasseError, Place, Severity
from sepa.statements import Closed, Opened, StatementEvent

_TAKEN_SINCE = """
    SELECT s.electronic_number, s.page, s.last_page, s.closing_day, s.created, f.name, f.result FROM statement s
    JOIN source_file f ON f.sha256 = s.file_sha256 AND f.purpose = 'statement'
    JOIN event e ON e.object = 'file:' || s.file_sha256 AND e.office = :office AND e.action = 'statement.import'
    WHERE s.iban = :iban AND s.message = :message AND s.statement_id = :id AND s.withdrawn_on IS NULL
      AND e.position > :position
    ORDER BY s.id DESC"""


class ReplacedStatementError(KasseError):
    """A statement of a refused file that the bank issued again."""

    code = "statement.replaced"
    template = N_("statement {statement} of account {account} came again in {file}, which was taken")
    hint = N_("nothing is to be done: this file is not needed any more")
    severity: Severity = "info"


@dataclass(frozen=True, slots=True)
class _Issue:
    """An issue of a statement that was taken after the file was refused."""

    number: int | None
    page: int
    last: bool
    closing_day: str
    created: str
    file: str
    messages: Sequence[str]

    def replaces(self, page: Page, *, whole: bool) -> bool:
        """Whether it is the same page of the same statement, and not an older issue of it.

        Of a file that breaks off nobody knows what else was in it: only the same message, whole, replaces that.
        """
        if not whole:
            return page.opened.message_id in self.messages
        own = identity(page.opened.id, self.number, self.closing_day, single=self.page == 1 and self.last)
        older = made_before(self.created, page.opened.created)
        return (own, self.page) == (page.identity, page.number) and not older


def replacements(store: Store, sha256: str, stream: Iterable[StatementEvent]) -> list[KasseError]:
    """Return for each statement of a refused file which later issue replaced it; nothing where one is not replaced.

    `stream` is what `sepa.reading.read_statements` yields of the file. An issue counts that was taken after the file
    was refused first, and is not withdrawn since.
    """
    pages, whole = _read(stream)
    position = first_refused(store, sha256)
    if position is None:
        return []
    found = [next(_issues(store, position, page, whole=whole), None) for page in pages]
    return [
        ReplacedStatementError(statement=page.opened.id, account=page.iban, file=issue.file)
        for page, issue in zip(pages, found, strict=True)
        if issue is not None and None not in found
    ]


def _issues(store: Store, position: int, page: Page, *, whole: bool) -> Iterator[_Issue]:
    known = {"iban": page.iban, "message": page.message, "id": page.opened.id}
    for number, sheet, last, day, created, file, result in store.all(
        _TAKEN_SINCE, office=kasse_office(store), position=position, **known
    ):
        messages = json.loads(result).get("messages", ())
        issue = _Issue(number, sheet or 1, bool(last), day or "", created or "", file, messages)
        if issue.replaces(page, whole=whole):
            yield issue


def _read(stream: Iterable[StatementEvent]) -> tuple[list[Page], bool]:
    """Return the statements of a file without their entries, and whether it could be read to its end."""
    pages: list[Page] = []
    try:
        for value in stream:
            if isinstance(value, Opened):
                pages.append(_page(len(pages), value))
            elif isinstance(value, Closed):
                _end(pages[-1], value)
            elif value.booking_day is not None:
                pages[-1].days.add(value.booking_day.isoformat())
    except KasseError:
        return pages, False
    return pages, True


def _page(index: int, opened: Opened) -> Page:
    return Page(index, opened, (opened.iban or opened.account).replace(" ", "").upper(), "", Place())


def _end(page: Page, closed: Closed) -> None:
    page.last = page.opened.last_page and closed.last_page
    page.opening, page.closing = booked_balances(page.opened, closed)
