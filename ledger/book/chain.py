"""The chain: which bytes of an entry or event are hashed, format version 1 (docs/adr/0003).

Fields are joined by the unit separator, postings by the record separator; neither may occur in a field, which is
counted. The first 32 bytes of an entry's canonical form are the hash of the entry before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

US, RS = "\x1f", "\x1e"
ENTRY_FORMAT, EVENT_FORMAT = "kasse-entry-1", "kasse-event-1"
SALT_BYTES = 16

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
PostingFields = tuple[str, int, int | None, str | None]  # account, cents, item, dimensions


def entry_bytes(
    previous: bytes, fields: EntryFields, text_hash: bytes | None, postings: Sequence[PostingFields]
) -> bytes:
    """Return the bytes of an entry that are stored and hashed: previous hash, format, fields, postings."""
    head = US.join(["" if field is None else str(field) for field in fields])
    payload = f"{ENTRY_FORMAT}{US}{head}{US}{text_hash.hex() if text_hash else ''}"
    for account, cents, item, dimensions in postings:
        payload += f"{RS}{account}{US}{cents}{US}{'' if item is None else item}{US}{dimensions or ''}"
    assert payload.count(US) == len(fields) + 1 + 3 * len(postings), "a field holds a separator"
    return previous + payload.encode()


def event_hash(previous: bytes, fields: Sequence[str | int | None], details_hash: bytes | None) -> bytes:
    """Return the hash of an event: office, position, at, by, action, object, facts after the one before."""
    parts = [EVENT_FORMAT, *["" if field is None else str(field) for field in fields]]
    parts.append(details_hash.hex() if details_hash else "")
    payload = US.join(parts)
    assert payload.count(US) == len(parts) - 1, "a field holds a separator"
    return sha256(previous + payload.encode()).digest()


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
