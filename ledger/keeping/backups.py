"""A backup: every row of every table as lines of JSON, and a manifest that proves them; it restores onto either engine.

The rows stand in the order of their keys, which is the same on both engines: so the hash of a table is the same
wherever it was written, and a restored book is proved by computing it again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from ledger.store.engines import Row
from sepa.errors import N_, KasseError

FORMAT = 1
ROWS_AT_ONCE = 500
MANIFEST = "manifest.json"
Step = Callable[[int], None]
"""Is told how many rows were done."""


class NotABackupError(KasseError):
    """A file that no `book backup` wrote, or not to its end."""

    code = "backup.not_one"
    template = N_("this file is not a backup of a book: {file}")
    hint = N_("name a file that 'kasse book backup' wrote")


class DamagedBackupError(KasseError):
    """A backup whose content is not what was written."""

    code = "backup.damaged"
    template = N_("the backup is damaged: {part} in {file} is not what was written")
    hint = N_("take an older backup, and make a new one of the book while it is there")


class NewerBackupError(KasseError):
    """A backup that a newer kasse wrote."""

    code = "backup.newer"
    template = N_("the backup has format {found}, this kasse knows {known}")
    hint = N_("update kasse on this machine; nothing was changed")


class RestoreDiffersError(KasseError):
    """What was restored is not what was saved."""

    code = "backup.differs"
    template = N_("what was restored differs from the backup: {part}")
    hint = N_("nothing was left behind; take another backup and report this one")


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as it stands in a database: its columns in order, which of them hold bytes, its primary key."""

    name: str
    columns: tuple[str, ...]
    raw: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableDump:
    """What a backup holds of a table; `sha256` is over its lines."""

    name: str
    columns: tuple[str, ...]
    raw: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `heads` and `event_heads` are office, position and hash."""

    kasse_backup: int
    schema: str
    book_id: str
    name: str
    engine: str
    made_at: str
    head: str
    heads: tuple[tuple[str, int, str], ...]
    event_heads: tuple[tuple[str, int, str], ...]
    tables: tuple[TableDump, ...]

    @property
    def rows(self) -> int:
        """Return how many rows the backup holds."""
        return sum(table.rows for table in self.tables)


def manifest_text(manifest: Manifest) -> str:
    """Return the manifest as it is written."""
    return json.dumps(asdict(manifest), indent=1, ensure_ascii=False)


def parse_manifest(text: bytes, file: str) -> Manifest:
    """Return the manifest of a backup.

    Raises `NotABackupError`, `NewerBackupError`.
    """
    try:
        data = json.loads(text)
        version = data["kasse_backup"]
        if version == FORMAT:
            return _manifest(data)
    except (ValueError, TypeError, KeyError):
        raise NotABackupError(file=file) from None
    raise NewerBackupError(found=str(version), known=str(FORMAT))


def _manifest(data: dict[str, Any]) -> Manifest:
    tables = tuple(
        TableDump(t["name"], tuple(t["columns"]), tuple(t["raw"]), int(t["rows"]), t["sha256"]) for t in data["tables"]
    )
    heads, events = (tuple((o, int(p), h) for o, p, h in data[key]) for key in ("heads", "event_heads"))
    plain = {key: data[key] for key in ("kasse_backup", "schema", "book_id", "name", "engine", "made_at", "head")}
    return Manifest(**plain, heads=heads, event_heads=events, tables=tables)


def member(table: str) -> str:
    """Return the name under which a table stands in the file."""
    return f"tables/{table}.jsonl"


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), check_circular=False, default=lambda value: bytes(value).hex()
)


def encoded(rows: Iterable[Row]) -> Iterator[tuple[bytes, int]]:
    r"""Yield the rows as lines, many at once, with how many they are.

    >>> list(encoded([("KASSE", 1, b"ab", None)]))
    [(b'["KASSE",1,"6162",null]\n', 1)]
    """
    stream, encode = iter(rows), _ENCODER.encode
    while chunk := list(islice(stream, ROWS_AT_ONCE)):
        yield ("\n".join(map(encode, chunk)) + "\n").encode(), len(chunk)


def decoded(lines: Iterable[bytes], columns: Sequence[str], raw: Sequence[str]) -> Iterator[Row]:
    """Yield the rows that lines stand for; the columns in `raw` are bytes again."""
    places = [columns.index(name) for name in raw]
    for line in lines:
        row = json.loads(line)
        for place in places:
            if row[place] is not None:
                row[place] = bytes.fromhex(row[place])
        yield tuple(row)


def in_order(tables: Sequence[Layout], needs: dict[str, set[str]]) -> list[Layout]:
    """Return the tables so that each comes after those that its rows refer to."""
    left, done, ordered = sorted(tables, key=lambda table: table.name), set[str](), list[Layout]()
    while left:
        ready = [table for table in left if needs.get(table.name, set()) - {table.name} <= done]
        assert ready, "tables refer to each other in a circle"
        ordered += ready
        done |= {table.name for table in ready}
        left = [table for table in left if table.name not in done]
    return ordered
