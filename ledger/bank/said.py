"""What the bank said, as `journal verify` finds it again: which columns stay, and which words go with a decision.

A row keeps a salted hash of its words beside them; the event of the file holds one hash over everything that stays of
the rows it brought, these hashes included. Words and salt are erased together: then nobody can guess what was said,
and everything else can still be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from typing import Any

from ledger.store.engines import Row
from sepa.errors import N_, KasseError

SAID = ("salt", "said_hash")
"""The columns that hold the salt of a row's words, which goes with them, and their hash."""
SALT_BYTES = HASH_BYTES = 16
ENTRY_WORDS = ("name", "counter_iban", "remittance", "end_to_end_id", "mandate_id")
DETAIL_WORDS = ("name", "counter_iban", "remittance", "end_to_end_id")
_HINT = N_(
    "refund and assign nothing of it, compare it with the bank's own file and with the last backup, keep this book as "
    "it is, and inform the audit office"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A table of bank intake: the number by which its rows follow, the columns that stay, and the words that may go.

    `day` is the day of a row from which its period of keeping runs, as SQL over the alias `t`.
    """

    table: str
    number: str
    stays: tuple[str, ...]
    order: str = ""
    words: tuple[str, ...] = ()
    day: str = ""
    joins: str = ""
    by_office: bool = False

    def sql(self, where: str = "") -> str:
        """Return the query of all rows in their order: what stays, then words, salt and day."""
        stays = [*self.stays, "said_hash"] if self.words else self.stays
        seen = [f"t.{name}" for name in (*stays, *self.words)]
        seen += ["t.salt", self.day] if self.words else []
        office = "t.office = :office" if self.by_office else "0 = 0"
        order = f"t.{self.number}{self.order}"
        return f"SELECT {', '.join(seen)} FROM {self.table} t {self.joins} WHERE {office} {where} ORDER BY {order}"


STATEMENTS = Shape(
    "statement",
    "id",
    (
        "id", "iban", "message", "statement_id", "electronic_number", "page", "last_page", "file_sha256",
        "opening_cents", "opening_day", "closing_cents", "closing_day", "entry_count", "credit_cents", "debit_cents",
        "created",
    ),
)  # fmt: skip
LINKS = Shape("statement_entry", "statement", ("statement", "line", "office", "entry"), ", t.line")
ENTRIES = Shape(
    "bank_entry",
    "id",
    (
        "id", "detail_count", "iban", "bank_day", "fingerprint", "occurrence", "statement", "amount_cents",
        "value_day", "reversal", "gvc", "code", "servicer_reference", "payment_information_id", "message_id",
        "creditor_reference", "return_reason",
    ),
    words=ENTRY_WORDS,
    day="t.bank_day",
    by_office=True,
)  # fmt: skip
DETAILS = Shape(
    "bank_detail",
    "entry",
    ("entry", "line", "amount_cents", "creditor_reference", "return_reason"),
    ", t.line",
    DETAIL_WORDS,
    "b.bank_day",
    "JOIN bank_entry b ON b.office = t.office AND b.id = t.entry",
    by_office=True,
)
NOTICES = Shape(
    "bank_notice",
    "statement",
    (
        "statement", "line", "kind", "iban", "status", "bank_day", "value_day", "amount_cents", "gvc",
        "servicer_reference", "payment_information_id", "message_id", "notice_message_id", "detail_count",
    ),
    ", t.line",
    DETAIL_WORDS,
    "coalesce(t.bank_day, s.closing_day, '1900-01-01')",
    "JOIN statement s ON s.id = t.statement",
)  # fmt: skip
NOTICE_DETAILS = Shape(
    "bank_notice_detail",
    "statement",
    ("statement", "line", "number", "amount_cents", "creditor_reference", "return_reason"),
    ", t.line, t.number",
    DETAIL_WORDS,
    "coalesce(n.bank_day, s.closing_day, '1900-01-01')",
    """JOIN bank_notice n ON n.statement = t.statement AND n.line = t.line JOIN statement s ON s.id = t.statement""",
)
OF_STATEMENT = (STATEMENTS, LINKS, NOTICES, NOTICE_DETAILS)
OF_ENTRY = (ENTRIES, DETAILS)


class BankWordsError(KasseError):
    """Who paid, from which account and what for is not what the bank said."""

    code = "verify.bank_words"
    template = N_("{table} {row}: name, account or text are not what the bank said")
    hint = _HINT


class BankSealError(KasseError):
    """What a file of the bank brought is not as it was taken in."""

    code = "verify.bank_seal"
    template = N_("{table} {row}: {state} past the event log")
    hint = _HINT


class WithdrawnEntriesError(KasseError):
    """Bank entries count no more, or count again, without a withdrawal of their statement."""

    code = "verify.bank_withdrawn"
    template = N_(
        "{count} bank entries of {sum_cents} are withdrawn, but the event log tells of {told} of {told_cents}: a "
        "booking of the bank counts no more, or counts again"
    )
    hint = _HINT


def said(words: Row, salt: bytes) -> bytes:
    """Return the hash of words that may be erased later; written as Python writes tuples in ASCII."""
    return sha256(salt + ascii(words).encode()).digest()[:HASH_BYTES]


def with_said(
    rows: Iterable[Row], columns: Sequence[str], words: Sequence[str], salt: Callable[[int], bytes]
) -> list[Row]:
    """Return rows with salt and hash of their words behind them, as `columns` end; none for rows without words."""
    given, said_of = list(rows), _words_of(columns, words)
    salts, at = salt(SALT_BYTES * len(given)) if given else b"", 0
    made: list[Row] = []
    nothing = (None,) * len(words)
    for row in given:
        told = said_of(row)
        if told != nothing:
            own = salts[at : at + SALT_BYTES]
            made.append((*row, own, said(told, own)))
        else:
            made.append((*row, None, None))
        at += SALT_BYTES
    return made


def _words_of(columns: Sequence[str], words: Sequence[str]) -> Callable[[Row], Row]:
    """Return what takes the words out of a row; those that it has no column for are missing."""
    if set(words) <= set(columns):
        return itemgetter(*(columns.index(name) for name in words))
    places = [columns.index(name) if name in columns else None for name in words]
    return lambda row: tuple(None if place is None else row[place] for place in places)


def hash_of(rows: Iterable[Row]) -> str:
    """Return the hash over what stays of rows."""
    digest = sha256()
    for row in rows:
        digest.update(ascii(row).encode())
    return digest.hexdigest()


def stays(shape: Shape, rows: Iterable[Row]) -> Iterator[Row]:
    """Yield of each row what is never erased."""
    width = len(shape.stays) + bool(shape.words)
    return (row[:width] for row in rows)


def heard(shape: Shape, rows: Iterable[Row], erased: str, wrong: list[Any]) -> Iterator[Row]:
    """Yield of each row what stays, and note the keys of those whose words are not those that were said.

    Words may be gone up to the day `erased`.
    """
    if not shape.words:
        yield from rows
        return
    width, nothing = len(shape.stays) + 1, (None,) * len(shape.words)
    for row in rows:
        head, words, salt = row[:width], row[width:-2], row[-2]
        kept = head[-1]
        if salt is None:
            fits = words == nothing and (kept is None or row[-1] <= erased)
        else:
            fits = kept is not None and said(words, bytes(salt)) == kept
        if not fits:
            wrong.append(head[: 1 + shape.order.count(",")])
        yield head
