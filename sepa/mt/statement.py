"""MT940 and MT942 as a stream of values in constant memory: each message is a statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sepa.errors import N_, KasseError, Place, Severity
from sepa.mt.amounts import BALANCE_TAGS, balance
from sepa.mt.din66003 import OldCodeError, is_din_66003
from sepa.mt.entry import read_entry
from sepa.mt.fields import MtField, mt_fields
from sepa.mt.forms import InformationReader
from sepa.mt.head import HEAD_TAGS, ONE_LINE_TAGS, Head, RepeatedFieldError, StrayLineError, Totals, check_sum
from sepa.mt.information import Information
from sepa.mt.line import Frame, read_line
from sepa.mt.nonswift import read_nonswift
from sepa.mt.pages import Pages
from sepa.mt.quick import quick_entry
from sepa.notes import Notes
from sepa.sources import Source
from sepa.statements import Balance, Closed, Entry, Opened, StatementStream
from sepa.xml.walk import count

MT_FAMILIES = frozenset(("MT940", "MT942"))
_HEADER = re.compile(r"\{2:[IO]([0-9]{3})")
_END = re.compile(r"^(?:-[ \t\x03]*(?:\n\s*(?:\{[1-5]:.*)?)?\Z|-\}|\{[1-5]:)", re.MULTILINE | re.DOTALL)
_BEGINS = frozenset(("20", "940", "942"))
_ACCOUNT = frozenset(("25", "25P"))
_CLOSES = frozenset(("62F", "62M"))
_ENVELOPE = frozenset(("", "940", "942"))
_SUMS = frozenset(("90C", "90D"))
_OPENS = frozenset(("61", "62F", "62M", "64", "65", *_SUMS))


class MtNotAStatementError(KasseError):
    """An MT message that is neither MT940 nor MT942."""

    code = "mt.not_a_statement"
    template = N_("this message holds no account statement: {message}")
    hint = N_("kasse reads MT940 and MT942; ask the bank for one of these, or better for camt.053")


class MtStrayFieldError(KasseError):
    """A field before the first message."""

    code = "mt.stray_field"
    template = N_("the field :{tag}: stands before the first message, which begins with :20:")
    hint = N_("the beginning of the file is missing; fetch it from the bank again")


class NoReferenceError(KasseError):
    """A statement that begins without its reference."""

    code = "mt.no_reference"
    template = N_("the statement begins with :25:, its reference (:20:) is missing")
    hint = N_("nothing is to be done if the bank always does so")
    severity: Severity = "info"


class NoClosingBalanceError(KasseError):
    """A statement that ends without its closing balance."""

    code = "mt.no_closing_balance"
    template = N_("the statement has no closing balance (:62F:); it may be cut off")
    hint = N_("fetch it from the bank again, or compare the entries with the account")
    severity: Severity = "warning"


def read_mt(source: Source) -> StatementStream:
    """Yield for each message `Opened`, its `Entry`s and `Closed`.

    Only `Closed.last_page` tells whether pages follow (:62M:); the balances of a page are OPBD and CLBD like those of a
    whole statement. Raises `MtNotAStatementError`, `MtStrayFieldError`, `MtFieldError` and
    `InvalidAmountError`, each with file and line.
    """
    reader: _Reader | None = None
    header = ""
    texts, pages = InformationReader(), Pages()
    old_code = is_din_66003(source.head())
    for field, last in _with_ends(mt_fields(source, din_66003=old_code)):
        if reader is not None and field.information is not None:
            if reader.pending is not None or reader.frame is None:
                yield from reader.begin_entry()
            yield reader.entry(field.text, field.line, field.information)
            continue
        body, trailer = _cut(field.text) if last else (field.text, "")
        if field.tag == "20" or (reader is None and field.tag in _ACCOUNT):
            reader = _begun(_Reader(source, texts, Head(body, field.line, header), pages), field.tag, old_code=old_code)
        elif reader is not None:
            yield from reader.take(field.tag, body, field.line)
        else:
            _check_envelope(field, source)
        if last:
            yield from reader.close() if reader is not None else ()
            reader = None
            header = _kind(trailer, header)


def _begun(reader: _Reader, tag: str, *, old_code: bool) -> _Reader:
    """Return the reader of a message that begins with its reference, or, as some banks leave that out, its account."""
    head = reader.head
    body, head.reference = head.reference, head.reference.strip()
    if old_code:
        reader.notes.add(OldCodeError(), head.line)
    if tag != "20":
        head.reference = ""
        reader.notes.add(NoReferenceError(), head.line)
        head.take(tag, body, head.line, reader.notes)
    return reader


def _check_envelope(field: MtField, source: Source) -> None:
    if field.tag not in _ENVELOPE:
        raise MtStrayFieldError(place=Place(file=source.name, line=field.line), tag=field.tag)


def _kind(envelope: str, before: str) -> str:
    """Return the type of the next message, such as 940, where its envelope names it."""
    found = _HEADER.search(envelope)
    return found[1] if found else before


def _with_ends(fields: Iterator[MtField]) -> Iterator[tuple[MtField, bool]]:
    """Yield each field, and whether it is the last one before a message begins or the file ends."""
    before: MtField | None = None
    closed = False
    for field in fields:
        if before is not None:
            if before.tag in _CLOSES:
                closed = True
            if field.tag in _BEGINS or (closed and field.tag in _ACCOUNT):
                closed = False
                yield from _last(before)
            else:
                yield before, False
        before = field
    if before is not None:
        yield from _last(before)


def _last(field: MtField) -> Iterator[tuple[MtField, bool]]:
    """Yield the last field of a message; the text of an entry apart, because the end mark stands in it."""
    if field.information is None:
        yield field, True
    else:
        yield MtField(field.tag, field.text, field.line), False
        yield MtField("86", field.information, field.line + field.text.count("\n") + 1), True


def _cut(text: str) -> tuple[str, str]:
    """Return the last field of a message without end mark and envelope of the next message, and these."""
    match = _END.search(text)
    return (text[: match.start()], text[match.start() :]) if match else (text, "")


class _Pending(NamedTuple):
    """An entry of which more texts may come."""

    text: str
    line: int
    information: list[str]
    nonswift: list[str]


class _Reader:
    """What is known of the message being read."""

    def __init__(self, source: Source, texts: InformationReader, head: Head, pages: Pages) -> None:
        self.pages = pages
        self.notes = Notes(source.place)
        self.texts = texts
        self.head = head
        self.totals = Totals()
        self.count = 0
        self.balances: list[Balance] = []
        self.sums: list[tuple[str, str, int]] = []
        self.frame: Frame | None = None
        self.pending: _Pending | None = None

    def take(self, tag: str, text: str, line: int) -> StatementStream:
        """Read one field, and yield what it completes."""
        if tag == "86" or (tag == "NS" and self.frame is not None):
            self._describe(tag, text)
        elif tag in _OPENS:
            yield from self.begin_entry()
            if tag == "61":
                self.pending = _Pending(text, line, [], [])
            else:
                self._rest(tag, text, line)
        else:
            if self.pending is not None:
                yield self._pending_entry(self.pending)
            self._rest(tag, text, line)

    def begin_entry(self) -> StatementStream:
        """Yield the entry that waits for more texts, or the head of the statement before its first entry."""
        if self.pending is not None:
            yield self._pending_entry(self.pending)
        if self.frame is None:
            yield self._open()

    def entry(self, text: str, line: int, information: str) -> Entry:
        """Return the entry of a :61: with its one :86:; raises `MtFieldError` and `InvalidAmountError`."""
        return self._quick(text, line, information) or self._entry(text, line, self.texts.read(information, self._note))

    def _quick(self, text: str, line: int, information: str) -> Entry | None:
        assert self.frame is not None
        entry = quick_entry(text, information, self.frame, line, self.count, self.texts)
        if entry is not None:
            self.count += 1
            self.totals.add(entry.amount_cents)
        return entry

    def _pending_entry(self, pending: _Pending) -> Entry:
        self.pending = None
        if pending.information:
            information = self.texts.read("\n".join(pending.information), self._note)
        else:
            information = read_nonswift("\n".join(pending.nonswift), self._note)
        return self._entry(pending.text, pending.line, information)

    def _entry(self, text: str, line: int, information: Information) -> Entry:
        assert self.frame is not None
        entry = read_entry(read_line(text, self.frame, self.notes, line), information, self.count, self.notes)
        self.count += 1
        self.totals.add(entry.amount_cents)
        return entry

    def _note(self, path: str) -> None:
        count(self.notes.odd, path)

    def _rest(self, tag: str, text: str, line: int) -> None:
        if tag in ONE_LINE_TAGS or tag in BALANCE_TAGS:
            self._note_stray(tag, text, line)
        if tag in BALANCE_TAGS:
            self.head.seen.add(tag)
            self.balances.append(balance(tag, text, self._currency(), self.notes, line))
        elif tag in _SUMS:
            self.sums.append((tag, text, line))
        elif tag not in HEAD_TAGS:
            count(self.notes.odd, f":{tag}:")
        elif self.frame is not None:
            self.notes.add(RepeatedFieldError(tag=tag, text=text.strip().partition("\n")[0][:80]), line)
        else:
            self.head.take(tag, text, line, self.notes)

    def _note_stray(self, tag: str, text: str, line: int) -> None:
        """Count and note the lines behind a field of one line, which no field holds."""
        for number, stray in enumerate(text.split("\n")[1:], line + 1):
            if bare := stray.strip(" \t\x03\x1a-"):
                count(self.notes.odd, f":{tag}: further line")
                self.notes.add(StrayLineError(tag=tag, text=bare[:80]), number)

    def _describe(self, tag: str, text: str) -> None:
        """Keep the text of an entry; one of the whole statement is only counted."""
        if self.pending is not None:
            (self.pending.information if tag == "86" else self.pending.nonswift).append(text)
        elif text.strip():
            count(self.notes.odd, f":{tag}: of the statement")

    def _currency(self) -> str:
        return self.balances[0].currency if self.balances else self.head.account.currency

    def _open(self) -> Opened:
        self.opened = self.pages.joined(self.head.opened(self._currency(), self.notes))
        self.frame = Frame(self.opened.currency, "PDNG" if self.head.interim else "BOOK")
        return self.opened

    def close(self) -> StatementStream:
        """Yield the last entry and the end of the statement; raises `MtNotAStatementError`."""
        if self.pending is not None:
            yield self._pending_entry(self.pending)
        if self.frame is None:
            if not self.head.has_balance and not self.head.interim:
                message = f"MT{self.head.kind}" if self.head.kind else f":20:{self.head.reference}"
                place = Place(line=self.head.line).within(self.notes.place)
                raise MtNotAStatementError(place=place, message=message)
            yield self._open()
        self._check()
        last = "62M" not in self.head.seen
        self.pages.ended(self.opened, last=last)
        yield Closed(
            balances=tuple(self.balances),
            entries=self.count,
            credit_cents=self.totals.credit_cents,
            debit_cents=self.totals.debit_cents,
            not_understood=self.notes.not_understood(),
            findings=self.notes.findings(),
            last_page=last,
        )

    def _check(self) -> None:
        if not self.head.interim and not self.head.seen & {"62F", "62M"}:
            self.notes.add(NoClosingBalanceError(), self.head.line)
        if not self.head.limited:
            for tag, text, line in self.sums:
                check_sum(tag, text, line, self.totals, self.notes)
