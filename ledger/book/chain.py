"""The chain: which bytes of an entry or event are hashed, format version 1 (docs/adr/0003).

Fields are joined by the unit separator, postings by the record separator; neither may occur in a field, which is
counted. The first 32 bytes of an entry's canonical form are the hash of the entry before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any

US, RS = "\x1f", "\x1e"
ENTRY_FORMAT, EVENT_FORMAT = "kasse-entry-1", "kasse-event-1"
SALT_BYTES, SHA_BYTES = 16, 32
SEPARATORS = 15
"""Unit separators between the fields of an entry, before its postings."""

EntryFields = tuple[
    str,  # office
    int,  # position
    int,  # year
    int,  # number
    str,  # kind
    str | None,  # source
    str | None,  # transaction
    str,  # posting day
    str | None,  # bank day
    str | None,  # value day
    str | None,  # payment day
    str,  # recorded at
    int,  # recorded by
    int | None,  # reverses
]
PostingFields = tuple[Any, ...]
"""Account, cents, item, dimensions; what follows them in a row is not hashed."""


ENTRY_HEAD = US.join([ENTRY_FORMAT, *["%s"] * 14])
"""The fields of an entry as the `format` of both engines writes them: NULL as nothing."""


def entry_bytes(
    previous: bytes, fields: EntryFields, text_hash: bytes | None, postings: Iterable[PostingFields]
) -> bytes:
    """Return the bytes of an entry that are stored and hashed: previous hash, format, fields, postings.

    Format and separators stand in the text itself: filled in like fields they would take a fifth of all posting.
    """
    (
        office, position, year, number, kind, source, transaction, posting_day, bank_day, value_day, payment_day,
        recorded_at, recorded_by, reverses,
    ) = fields  # fmt: skip
    head = (
        f"kasse-entry-1\x1f{office}\x1f{position}\x1f{year}\x1f{number}\x1f{kind}\x1f{source or ''}\x1f"
        f"{transaction or ''}\x1f{posting_day}\x1f{bank_day or ''}\x1f{value_day or ''}\x1f{payment_day or ''}\x1f"
        f"{recorded_at}\x1f{recorded_by}\x1f{'' if reverses is None else reverses}"
    )
    return previous + (head + entry_tail(text_hash, postings)).encode()


def entry_tail(text_hash: bytes | None, postings: Iterable[PostingFields]) -> str:
    """Return what follows the fields of an entry: the hash of its text and its postings."""
    tail = f"\x1f{text_hash.hex()}" if text_hash else "\x1f"
    for line in postings:
        item = line[2]
        tail += f"\x1e{line[0]}\x1f{line[1]}\x1f{'' if item is None else item}\x1f{line[3] or ''}"
    return tail


def is_unambiguous(canonical: bytes, count: int) -> bool:
    """Return whether no field of an entry with so many postings holds a separator itself."""
    written = canonical[SHA_BYTES:]
    return written.count(b"\x1f") == SEPARATORS + 3 * count and written.count(b"\x1e") == count


def event_hash(previous: bytes, fields: Sequence[str | int | None], details_hash: bytes | None) -> bytes:
    """Return the hash of an event: office, position, at, by, action, object, facts after the one before."""
    parts = [EVENT_FORMAT, *["" if field is None else str(field) for field in fields]]
    parts.append(details_hash.hex() if details_hash else "")
    payload = US.join(parts)
    assert payload.count(US) == len(parts) - 1, "a field holds a separator"
    return sha256(previous + payload.encode()).digest()


def who(by: int, on_behalf: int | None) -> str:
    """Return the person of an event as it is hashed: with whom they stood in for, where they did.

    >>> who(7, None), who(7, 3)
    ('7', '7/3')
    """
    return str(by) if on_behalf is None else f"{by}/{on_behalf}"


def salted(salt: bytes, text: str) -> bytes:
    """Return the hash of a text that may be erased later: without the salt nobody can guess it."""
    return sha256(salt + text.encode()).digest()


def genesis(book_id: str, office: str) -> bytes:
    """Return what the chain of an office starts from."""
    return sha256(f"kasse-genesis-1{US}{book_id}{US}{office}".encode()).digest()


def book_head(heads: Iterable[tuple[str, int, bytes]]) -> bytes:
    """Return the head of the book: the hash over the sorted office heads (code, position, hash)."""
    lines = [f"{office}{US}{position}{US}{value.hex()}" for office, position, value in sorted(heads)]
    return sha256(RS.join(["kasse-head-1", *lines]).encode()).digest()
