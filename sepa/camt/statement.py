"""Statements, reports and notifications (camt.053, .052, .054) as a stream of values in constant memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from sepa.camt.amounts import sign_of
from sepa.camt.detail import View, detail
from sepa.camt.entry import entry, view_of
from sepa.camt.head import check_summary, opened
from sepa.camt.tables import BALANCE, DETAIL, ENTRY, GROUP, HEAD, STATEMENTS
from sepa.errors import N_, KasseError, Place
from sepa.noted_values import minor_units, read_day
from sepa.notes import Notes
from sepa.sources import Source
from sepa.statements import Balance, Closed, Detail, Entry, Opened, StatementStream
from sepa.xml.parser import drop, elements, forget, line_of
from sepa.xml.shortcut import Shortened
from sepa.xml.table import local_name
from sepa.xml.walk import Record, read_element, read_on

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_NAMES = ("GrpHdr", "Bal", "TxDtls", "Ntry", *STATEMENTS.values())
_AT_ONCE = 50  # details of one entry that wait before they are read and dropped


class NoStatementError(KasseError):
    """A message without any statement."""

    code = "statement.none"
    template = N_("the message {message} holds no statement, report or notification")
    hint = N_("ask the bank for the complete file")


class StrayEntryError(KasseError):
    """An entry outside of any statement."""

    code = "statement.stray_entry"
    template = N_("an entry stands outside of a statement, in {parent}")
    hint = N_("the file is not of the form that ISO 20022 names; ask the bank")


def read_camt(source: Source, message: str) -> StatementStream:
    """Yield for each statement of the message `Opened`, its `Entry`s and `Closed`.

    `message` is the family and version, such as `camt.053.001.08`. Raises `NoStatementError`,
    `StrayEntryError`, `XmlError` and what the values raise, each with file and line.
    """
    reader = _Reader(source, message)
    for name, element in elements(source, _NAMES, reader.entries):
        if name == "TxDtls":
            reader.wait(element)
        elif name == "Ntry":
            made = reader.entry(element)
            if made.index == 0:
                yield reader.begin(element.getparent(), made.currency)
            yield made
            forget(element)
        else:
            yield from reader.take(name, element)
    if not reader.statements:
        raise NoStatementError(place=Place(file=source.name, line=1), message=message)


def _parent_name(element: Element) -> str:
    parent = element.getparent()
    return "-" if parent is None else local_name(parent.tag)


class _Reader:
    """What is known of the message and of the statement being read."""

    def __init__(self, source: Source, message: str) -> None:
        self.source = source
        self.message = message
        self.statements = 0
        self.group = Record()
        self.entries = Shortened(source, "Ntry", ENTRY)
        self._begin_statement()
        self._begin_entry()

    def _begin_statement(self) -> None:
        self.notes = Notes(self.source.place)
        self.head = Record()
        self.open: Opened | None = None
        self.own_account = ""
        self.balances: list[Balance] = []
        self.count = self.credit_cents = self.debit_cents = 0

    def _begin_entry(self) -> None:
        self.waiting = 0
        self.view: View | None = None
        self.details: list[Detail] = []

    def take(self, name: str, element: Element) -> Iterator[Opened | Closed]:
        """Read what is no entry: the head of the message, a balance, the end of a statement."""
        within = _parent_name(element) in STATEMENTS.values()
        if name == "GrpHdr":
            read_on(self.group, element, GROUP, self.notes.odd)
            forget(element)
        elif name == "Bal" and within:
            self._balance(element)
        elif name != "Bal" and not within:
            yield from self._close(element)

    def wait(self, element: Element) -> None:
        """Read the details of a large batch in portions, so that thousands never stand in memory as XML."""
        self.waiting += 1
        if self.waiting <= _AT_ONCE:
            return
        self.waiting = 1
        ntry = next((one for one in element.iterancestors() if local_name(one.tag) == "Ntry"), None)
        if ntry is not None:
            self._read_portion(ntry, element)

    def _read_portion(self, ntry: Element, upto: Element) -> None:
        """Read the details before one that has just ended, and drop them."""
        if self.view is None:
            head = read_element(ntry, ENTRY, Counter())
            self.view = self._view(head, ntry)
        for one in list(takewhile(lambda each: each is not upto, ntry.iter(upto.tag))):
            record = read_element(one, DETAIL, self.notes.odd)
            self.details.append(detail(record, self.view, self.notes))
            drop(one)

    def _view(self, record: Record, ntry: Element) -> View:
        line = line_of(ntry, self.source)
        if self.open is None:
            self._read_head(self._statement_of(ntry, line), ntry)
        return view_of(record, self._currency(), self.own_account, self.notes, line)

    def _statement_of(self, ntry: Element, line: int | None) -> Element:
        statement = ntry.getparent()
        if statement is None or local_name(statement.tag) not in STATEMENTS.values():
            raise StrayEntryError(place=Place(file=self.source.name, line=line), parent=_parent_name(ntry))
        return statement

    def _read_head(self, statement: Element, upto: Element | None) -> None:
        """Read what stands before the first entry (or the rest, at the end), and drop it.

        What follows may be in the tree already, because the parser works ahead.
        """
        before = list(takewhile(lambda one: one is not upto, statement))
        raw = read_on(self.head, before, HEAD, self.notes.odd).raw
        self.own_account = raw.get("Acct.iban") or raw.get("Acct.other", "")
        for child in before:
            drop(child)

    def entry(self, element: Element) -> Entry:
        """Return the entry that has ended."""
        record = self.entries.record(element, self.notes.odd)
        view = self.view or self._view(record, element)
        details = tuple(detail(one, view, self.notes) for one in record.many("TxDtls"))
        if self.details:
            details = (*self.details, *details)
        made = entry(record, self.count, view, details, self.notes)
        self.count += 1
        if made.amount_cents > 0:
            self.credit_cents += made.amount_cents
        else:
            self.debit_cents -= made.amount_cents
        if self.waiting:
            self._begin_entry()
        return made

    def _currency(self) -> str:
        if self.open is not None:
            return self.open.currency
        return self.head.raw.get("Acct/Ccy") or (self.balances[0].currency if self.balances else "")

    def begin(self, statement: Element | None, currency: str = "") -> Opened:
        """Return the head of the statement; its currency may be known from the first entry only."""
        line = None if statement is None else line_of(statement, self.source)
        currency = self._currency() or currency
        self.open = opened(self.message, self.head.raw, self.group.raw, currency, self.notes, line)
        self.statements += 1
        return self.open

    def _balance(self, element: Element) -> None:
        raw = read_element(element, BALANCE, self.notes.odd).raw
        line = line_of(element, self.source)
        currency = raw.get("Amt@") or self._currency()
        cents = minor_units(raw.get("Amt", ""), currency, self.notes, line)
        day = read_day(raw.get("day", ""), self.notes, line)
        signed = sign_of(raw, self.notes, line) * cents
        self.balances.append(Balance(raw.get("code", ""), signed, currency, day))

    def _close(self, element: Element) -> Iterator[Opened | Closed]:
        self._read_head(element, None)
        if self.open is None:
            yield self.begin(element)
        head, currency = self.head.raw, self._currency()
        check_summary(head, self.count, self.credit_cents, self.debit_cents, currency, self.notes)
        yield Closed(
            balances=tuple(self.balances),
            entries=self.count,
            credit_cents=self.credit_cents,
            debit_cents=self.debit_cents,
            not_understood=self.notes.not_understood(),
            findings=self.notes.findings(),
            last_page=self.open is None or self.open.last_page,
        )
        forget(element)
        self._begin_statement()
