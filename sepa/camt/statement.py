"""Statements, reports and notifications (camt.053, .052, .054) as a stream of values in constant memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from sepa.camt.amounts import minor_units, sign_of
from sepa.camt.detail import View, detail
from sepa.camt.entry import entry, read_day, view_of
from sepa.camt.head import check_summary, merged, opened
from sepa.camt.tables import BALANCE, DETAIL, ENTRY, GROUP, HEAD, STATEMENTS
from sepa.errors import N_, KasseError, Place
from sepa.notes import Notes
from sepa.sources import Source
from sepa.statements import Balance, Closed, Detail, Entry, Opened, StatementStream
from sepa.xml.parser import drop, elements, forget, line_of
from sepa.xml.table import local_name
from sepa.xml.walk import Record, read_element

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NAMES = ("GrpHdr", "Bal", "TxDtls", "Ntry", *STATEMENTS.values())
_AT_ONCE = 100  # details of one entry that wait before they are read and dropped


class NoStatementError(KasseError):
    """A message without any statement."""

    code = "statement.none"
    template = N_("the message {message} holds no statement, report or notification")
    hint = N_("ask the bank for the complete file")


class StrayEntryError(KasseError):
    """An entry outside of any statement."""

    code = "statement.stray-entry"
    template = N_("an entry stands outside of a statement, in {parent}")
    hint = N_("the file is not of the form that ISO 20022 names; ask the bank")


def read_camt(source: Source, message: str) -> StatementStream:
    """Yield for each statement of the message `Opened`, its `Entry`s and `Closed`.

    `message` is the family and version, such as `camt.053.001.08`. Raises `NoStatementError`,
    `StrayEntryError`, `XmlError` and what the values raise, each with file and line.
    """
    reader = _Reader(source, message)
    for name, element in elements(source, _NAMES):
        yield from reader.take(name, element)
    if not reader.statements:
        raise NoStatementError(place=Place(file=source.name, line=1), message=message)


class _Reader:
    """What is known of the message and of the statement being read."""

    def __init__(self, source: Source, message: str) -> None:
        self.source = source
        self.message = message
        self.statements = 0
        self.group = Record()
        self._begin()

    def _begin(self) -> None:
        self.notes = Notes(self.source.place)
        self.head = Record()
        self.open: Opened | None = None
        self.balances: list[Balance] = []
        self.count = self.credit_cents = self.debit_cents = 0
        self.details: list[Detail] = []
        self.waiting = 0
        self.view: View | None = None

    def take(self, name: str, element: Element) -> Iterator[Opened | Entry | Closed]:
        """Read an element that has ended, and yield what became complete by it."""
        parent = element.getparent()
        within = local_name(parent.tag) if parent is not None else ""
        if name == "TxDtls":
            self._wait(element)
        elif name == "Ntry":
            yield from self._entry(element, within)
        elif name == "Bal" and within in STATEMENTS.values():
            self._balance(element)
        elif name == "GrpHdr":
            self.group = read_element(element, GROUP, self.notes.odd)
            forget(element)
        elif name in STATEMENTS.values() and within not in STATEMENTS.values():
            yield from self._close(element)

    def _wait(self, element: Element) -> None:
        """Read the details of a large batch in portions, all but the one just ended, and drop them."""
        self.waiting += 1
        if self.waiting <= _AT_ONCE:
            return
        ntry = next((one for one in element.iterancestors() if local_name(one.tag) == "Ntry"), None)
        if ntry is None:
            return
        self.waiting = 1
        self.view = self.view or self._view(ntry, read_element(ntry, ENTRY, Counter()))
        for one in takewhile(lambda one: one is not element, list(ntry.iter(element.tag))):
            self.details.append(detail(read_element(one, DETAIL, self.notes.odd), self.view, self.notes))
            drop(one)

    def _view(self, ntry: Element, record: Record) -> View:
        own_account = self._own_account(ntry)
        return view_of(record, self._currency(), own_account, self.notes, line_of(ntry, self.source))

    def _own_account(self, ntry: Element) -> str:
        statement = ntry.getparent()
        if self.open is None and statement is not None:
            self._read_head(statement, ntry)
        return self.head.get("Acct.iban") or self.head.get("Acct.other", "")

    def _read_head(self, statement: Element, upto: Element | None) -> None:
        """Read what stands before the first entry (or the rest, at the end), and drop it.

        What follows may be in the tree already, because the parser works ahead.
        """
        before = list(takewhile(lambda one: one is not upto, statement))
        self.head = merged(self.head, read_element(before, HEAD, self.notes.odd))
        for child in before:
            statement.remove(child)

    def _entry(self, element: Element, within: str) -> Iterator[Opened | Entry]:
        if within not in STATEMENTS.values():
            place = Place(file=self.source.name, line=line_of(element, self.source))
            raise StrayEntryError(place=place, parent=within)
        record = read_element(element, ENTRY, self.notes.odd)
        view = self._view(element, record)
        made = entry(record, self.count, view, self.details, self.notes)
        if self.open is None:
            yield self._opened(element.getparent(), made.currency)
        self.count += 1
        self.credit_cents += max(made.amount_cents, 0)
        self.debit_cents += max(-made.amount_cents, 0)
        self.details, self.waiting, self.view = [], 0, None
        yield made
        forget(element)

    def _currency(self) -> str:
        if self.open is not None:
            return self.open.currency
        return self.head.get("Acct/Ccy") or (self.balances[0].currency if self.balances else "")

    def _opened(self, statement: Element | None, currency: str = "") -> Opened:
        line = None if statement is None else line_of(statement, self.source)
        currency = self._currency() or currency
        self.open = opened(self.message, self.head, self.group, currency, self.notes, line)
        self.statements += 1
        return self.open

    def _balance(self, element: Element) -> None:
        record = read_element(element, BALANCE, self.notes.odd)
        line = line_of(element, self.source)
        currency = record.get("Amt@") or self._currency()
        cents = minor_units(record.get("Amt", ""), currency, self.notes, line)
        day = read_day(record.get("day", ""), self.notes, line)
        signed = sign_of(record, self.notes, line) * cents
        self.balances.append(Balance(record.get("code", ""), signed, currency, day))

    def _close(self, element: Element) -> Iterator[Opened | Closed]:
        self._read_head(element, None)
        if self.open is None:
            yield self._opened(element)
        check_summary(self.head, self.count, self.credit_cents, self.debit_cents, self._currency(), self.notes)
        yield Closed(
            balances=tuple(self.balances),
            entries=self.count,
            credit_cents=self.credit_cents,
            debit_cents=self.debit_cents,
            not_understood=self.notes.not_understood(),
            findings=self.notes.findings(),
        )
        forget(element)
        self._begin()
