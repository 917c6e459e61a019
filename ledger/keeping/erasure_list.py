"""A list of what was erased, without any personal data: kept beside the backups, applied again after a restore.

It names rows by the numbers of their keys. Keys that hold personal data themselves (accounts of persons) are left out:
they go with the number of their person.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from sepa.errors import N_, KasseError

FORMAT = 1
Span = tuple[Any, ...]
"""Keys that differ in their last number only: the parts before it, its first and its last value."""


class NotAnErasureListError(KasseError):
    """A file that is no list of erasures, or not a whole one."""

    code = "erasures.not_one"
    template = N_("this file is not a whole list of erasures: {file}")
    hint = N_("name a file that 'kasse book erasures' wrote")


class OtherBookError(KasseError):
    """A list of erasures of another book."""

    code = "erasures.other_book"
    template = N_("the list of erasures in {file} is of another book")
    hint = N_("take the list that was written beside the backups of this book")


class ErasuresDifferError(KasseError):
    """A list of erasures that tells of a decision what the book does not."""

    code = "erasures.differ"
    template = N_("the list of erasures does not belong to this backup: decision {number} is another one there")
    hint = N_("take the list that was written last before the book was lost")


class OpenOfErasedError(KasseError):
    """Somebody has something open in the restored book who was erased when nothing was open any more."""

    code = "erasures.open"
    severity = "warning"
    template = N_("{count} items of persons who are erased again are open: what settled them came after the backup")
    hint = N_("take in and reconcile what came after the backup before anything is demanded or paid")


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision to erase that was carried out: who and when, the persons, and by table the spans of rows."""

    number: int
    party: int | None
    before: str | None
    proposed_by: int
    proposed_at: str
    decided_by: int
    decided_at: str
    persons: tuple[int, ...]
    rows: Mapping[str, tuple[Span, ...]]

    @property
    def signed(self) -> str:
        """Return who signed when, as a fact of an event."""
        return f"{self.proposed_by}@{self.proposed_at} {self.decided_by}@{self.decided_at}"


@dataclass(frozen=True, slots=True)
class ErasureList:
    """All decisions of a book that were carried out until a moment."""

    book_id: str
    made_at: str
    decisions: tuple[Decision, ...]


def spans(keys: Iterable[Sequence[Any]]) -> Iterator[Span]:
    """Yield sorted keys joined where their last part counts on.

    >>> list(spans([("KASSE", 1), ("KASSE", 2), ("KASSE", 4), ("B1", "2026-01-02")]))
    [('KASSE', 1, 2), ('KASSE', 4, 4), ('B1', '2026-01-02', '2026-01-02')]
    """
    open_span: list[Any] | None = None
    for *prefix, last in keys:
        if open_span and open_span[:-2] == prefix and isinstance(last, int) and last == open_span[-1] + 1:
            open_span[-1] = last
            continue
        if open_span:
            yield tuple(open_span)
        open_span = [*prefix, last, last]
    if open_span:
        yield tuple(open_span)


def keys_of(found: Iterable[Span]) -> Iterator[tuple[Any, ...]]:
    """Yield the keys that spans stand for.

    >>> list(keys_of([("KASSE", 1, 3), ("B1", "a", "a")]))
    [('KASSE', 1), ('KASSE', 2), ('KASSE', 3), ('B1', 'a')]
    """
    for *prefix, first, last in found:
        if isinstance(first, int):
            yield from ((*prefix, number) for number in range(first, last + 1))
        else:
            yield (*prefix, first)


def packed_rows(rows: Mapping[str, Iterable[Span]]) -> str:
    """Return the spans of rows as the text that a decision keeps."""
    return json.dumps({table: list(found) for table, found in rows.items()}, separators=(",", ":"), sort_keys=True)


def unpacked_rows(text: str) -> dict[str, tuple[Span, ...]]:
    """Return the spans of rows from their text."""
    return {table: tuple(tuple(span) for span in found) for table, found in json.loads(text).items()}


def list_text(known: ErasureList) -> str:
    """Return the list as it is written; its last line proves the others."""
    data = {"kasse_erasures": FORMAT, **asdict(known)}
    body = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{body}\n{sha256(body.encode()).hexdigest()}\n"


def parse_list(text: str, file: str) -> ErasureList:
    """Return the list of a file.

    Raises `NotAnErasureListError`.
    """
    try:
        body, proof = text.splitlines()
        data = json.loads(body)
        if data["kasse_erasures"] != FORMAT or sha256(body.encode()).hexdigest() != proof.strip():
            raise NotAnErasureListError(file=file)
        decisions = tuple(_decision(one) for one in data["decisions"])
        return ErasureList(data["book_id"], data["made_at"], decisions)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NotAnErasureListError(file=file) from None


def _decision(data: dict[str, Any]) -> Decision:
    rows = {table: tuple(tuple(span) for span in found) for table, found in data["rows"].items()}
    return Decision(**{**data, "persons": tuple(data["persons"]), "rows": rows})
