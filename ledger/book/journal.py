"""The journal as values: entries as lines of a list, one entry in full, numbers and heads as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.book.entry import EntryKind
from sepa.errors import N_, KasseError

KINDS = (
    N_("opening"), N_("order"), N_("bank"), N_("clearing"), N_("run"), N_("execution"), N_("return"), N_("manual"),
    N_("transfer"), N_("reversal"), N_("closing"), N_("assign"), N_("setoff"), N_("reset"), N_("cash"),
)  # fmt: skip
"""The kinds of entries and clearings, so that people read them in their language."""
_NUMBER = re.compile(r"([A-Z0-9]{1,8})-([0-9]{4})-([0-9]{1,15})")
_BLANKS = re.compile(r"[\s\-]+")
_HEAD = re.compile(r"[0-9a-f]{64}")
_BLOCK = 8


class InvalidEntryNumberError(KasseError):
    """A text that is not the number of an entry."""

    code = "entry.number"
    template = N_("not the number of an entry: {text}")
    hint = N_("write office, year and number as 'kasse journal list' shows them, for example KASSE-2026-17")


class UnknownEntryError(KasseError):
    """No entry of the book has that number."""

    code = "entry.unknown"
    template = N_("there is no entry {number}")
    hint = N_("see 'kasse journal list' for the entries")


class InvalidHeadError(KasseError):
    """A text that is not the head of a book."""

    code = "head.invalid"
    template = N_("not the head of a book: {text}")
    hint = N_("a head has 64 hexadecimal digits; blanks between them do no harm")


@dataclass(frozen=True, slots=True)
class EntryNumber:
    """What people call an entry: office, fiscal year, number in the year."""

    office: str
    year: int
    number: int

    def __str__(self) -> str:
        """Return the number as it is written: `KASSE-2026-17`."""
        return f"{self.office}-{self.year}-{self.number}"


def parse_entry_number(text: str) -> EntryNumber:
    """Return the number a person wrote.

    >>> str(parse_entry_number("kasse-2026-17"))
    'KASSE-2026-17'

    Raises `InvalidEntryNumberError`.
    """
    match = _NUMBER.fullmatch(text.strip().upper())
    if match is None:
        raise InvalidEntryNumberError(text=text)
    return EntryNumber(match[1], int(match[2]), int(match[3]))


def grouped(head: str) -> str:
    """Return a head in blocks that can be copied from paper.

    >>> grouped("0123456789abcdef")
    '01234567 89abcdef'
    """
    return " ".join(head[start : start + _BLOCK] for start in range(0, len(head), _BLOCK))


def parse_head(text: str) -> str:
    """Return the head a person typed, in one piece.

    Raises `InvalidHeadError`.
    """
    head = _BLANKS.sub("", text).lower()
    if _HEAD.fullmatch(head) is None:
        raise InvalidHeadError(text=text)
    return head


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which entries a list shows: all that fit every given part; `source` also names a family (`order`)."""

    office: str | None = None
    from_day: str | None = None
    to_day: str | None = None
    account: str | None = None
    kind: EntryKind | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An entry in a list; `amount_cents` is the sum of its debits, `on_account_cents` what it does to one account.

    `text` is None where the entry has none, `text_erased` tells that it had one.
    """

    number: str
    office: str
    posting_day: str
    bank_day: str | None
    kind: str
    source: str | None
    amount_cents: int
    on_account_cents: int | None
    text: str | None
    text_erased: bool
    user: str
    recorded_at: str
    transaction: str | None
    reverses: str | None
    reversed_by: str | None


@dataclass(frozen=True, slots=True)
class EntrySeal:
    """What is known of an entry beside its line: the other days, its place in the chain, its hash."""

    value_day: str | None
    payment_day: str | None
    position: int
    hash: str

    @property
    def short_hash(self) -> str:
        """The first half of what people compare by eye."""
        return grouped(self.hash[: 2 * _BLOCK])


@dataclass(frozen=True, slots=True)
class PostingLine:
    """A posting in full; `amount_cents` is debit positive, the other two hold one side each."""

    number: str
    line: int
    account: str
    account_name: str
    amount_cents: int
    debit_cents: int | None
    credit_cents: int | None
    item: int | None
    reference: str | None
    party: str | None
    dimensions: str | None


@dataclass(frozen=True, slots=True)
class ClearingLine:
    """What a clearing of the entry takes off an item; a reset has negative cents and names what it undoes."""

    number: str
    clearing: int
    kind: str
    item: int
    reference: str | None
    cleared_cents: int
    open_cents: int
    resets: int | None
    reset_by: int | None


@dataclass(frozen=True, slots=True)
class EntryDetail:
    """An entry, the entries of its transaction in other offices, and all their postings and clearings."""

    line: JournalLine
    seal: EntrySeal
    linked: tuple[JournalLine, ...]
    postings: tuple[PostingLine, ...]
    clearings: tuple[ClearingLine, ...]
