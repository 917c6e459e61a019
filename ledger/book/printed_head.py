"""The head of a book as it is kept outside: on paper, on a stick, at the audit office."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.book.chain import book_head
from sepa.errors import N_, KasseError

FIRST_LINE = "kasse head 1"
_OFFICE = re.compile(r"office\s+(\S+)\s+entries\s+([0-9]+)\s+([0-9a-f]{64})\s+events\s+([0-9]+)\s+([0-9a-f]{64})")
_HEAD = re.compile(r"head\s+([0-9a-f]{64})")


class HeadFileError(KasseError):
    """A file that is no head of a book, or one that was changed."""

    code = "head.file"
    template = N_("not the head of a book: {reason}")
    hint = N_("take the file as 'kasse book head --out FILE' wrote it, or type the head of a protocol")


@dataclass(frozen=True, slots=True)
class OfficeMark:
    """How far the chains of an office reached: position and hash of the last entry and of the last event."""

    position: int
    hash: bytes
    event_position: int
    event_hash: bytes


@dataclass(frozen=True, slots=True)
class PrintedHead:
    """The ends of all chains at one moment; `head` is the head of the book, which protocols print."""

    head: str
    book: str
    at: str
    offices: Mapping[str, OfficeMark]


def head_text(head: PrintedHead) -> str:
    """Return the head as the text that is kept outside; `read_head` reads it."""
    lines = [FIRST_LINE, f"book {head.book}", f"at {head.at}", f"head {head.head}"]
    lines += [
        f"office {code} entries {mark.position} {mark.hash.hex()} events {mark.event_position} {mark.event_hash.hex()}"
        for code, mark in sorted(head.offices.items())
    ]
    return "\n".join(lines) + "\n"


def read_head(text: str) -> PrintedHead:
    """Return the head that such a text holds.

    Raises `HeadFileError`, also where its parts do not fit together.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[0] != FIRST_LINE:
        raise HeadFileError(reason=(lines or [""])[0][:40])
    values = dict(line.split(" ", 1) for line in lines[1:] if not line.startswith("office ") and " " in line)
    offices = {found[1]: _mark(found) for line in lines[1:] if (found := _OFFICE.fullmatch(line))}
    head = _HEAD.fullmatch(f"head {values.get('head', '')}")
    computed = book_head((code, mark.position, mark.hash) for code, mark in offices.items()).hex()
    if head is None or not offices or len(lines) != len(values) + len(offices) + 1 or computed != head[1]:
        raise HeadFileError(reason=values.get("head", "")[:16])
    return PrintedHead(head[1], values.get("book", ""), values.get("at", ""), offices)


def _mark(found: re.Match[str]) -> OfficeMark:
    return OfficeMark(int(found[2]), bytes.fromhex(found[3]), int(found[4]), bytes.fromhex(found[5]))
