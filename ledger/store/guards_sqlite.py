"""The guards as SQLite triggers.

`INSERT OR REPLACE` and `UPDATE OR REPLACE` delete without firing delete triggers, so the insert or update itself is
checked against every key; a row's hidden number is as final as a column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ledger.store.changes import ERASING, START, allowed_step, erased, quoted

if TYPE_CHECKING:
    from ledger.store.engines import Store
    from ledger.store.guards import TableGuard

Key = tuple[tuple[str, ...], str]
Shape = tuple[tuple[str, ...], tuple[Key, ...]]
CHAINED = frozenset({"entry", "event"})
_OURS = "t.type = 'table' AND t.name NOT LIKE 'sqlite%'"
ROW_NAMES = ("rowid", "_rowid_", "oid")
SEALED = {"posting": "entry", "entry_text": "entry", "event_details": "event"}


def shapes(store: Store) -> dict[str, Shape]:
    """Return columns and unique keys of every table, a key with the condition of its partial index."""
    sql = f"""SELECT t.name, c.name, c.pk FROM sqlite_master t, pragma_table_info(t.name) c WHERE {_OURS}
              ORDER BY t.name, c.cid"""
    columns: dict[str, list[tuple[str, int]]] = {}
    for table, name, place in store.all(sql):
        columns.setdefault(table, []).append((name, place))
    unique = _unique(store)
    return {
        table: (tuple(name for name, _ in found), (_primary(found), *unique.get(table, ())))
        for table, found in columns.items()
    }


def _primary(columns: Iterable[tuple[str, int]]) -> Key:
    """Return the primary key: an INTEGER PRIMARY KEY has no index of its own."""
    return tuple(name for place, name in sorted((place, name) for name, place in columns if place)), ""


def _unique(store: Store) -> dict[str, list[Key]]:
    """Return the keys that have an index, in the order of its names."""
    texts: dict[str, str | None] = dict(store.all("SELECT name, sql FROM sqlite_master WHERE type = 'index'"))
    sql = f"""SELECT t.name, l.name, c.name
              FROM sqlite_master t, pragma_index_list(t.name) l, pragma_index_info(l.name) c
              WHERE {_OURS} AND l."unique" = 1 AND l.origin <> 'pk' ORDER BY l.name, c.seqno"""
    columns: dict[tuple[str, str], list[str]] = {}
    for table, index, column in store.all(sql):
        columns.setdefault((table, index), []).append(column)
    found: dict[str, list[Key]] = {}
    for (table, index), names in columns.items():
        found.setdefault(table, []).append((tuple(names), str(texts[index] or "").partition(" WHERE ")[2]))
    return found


def standing(store: Store) -> dict[str, str]:
    """Return the text of every trigger in the file."""
    return dict(store.all("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))


def drop(store: Store) -> list[str]:
    """Return the statements that remove every guard."""
    return [f"DROP TRIGGER {name}" for name in standing(store)]


def triggers(guards: Iterable[TableGuard]) -> Iterator[tuple[str, str]]:
    """Yield name and text of each trigger."""
    for guard in guards:
        yield from _no_change(guard)
        yield from _no_way_back(guard)
        if not guard.deletable and guard.table not in CHAINED and guard.table not in SEALED:
            yield _no_replace(guard)
            yield from _no_update_over(guard)
    yield "guard_entry_insert", _ENTRY
    yield "guard_event_insert", _EVENT
    yield (
        "guard_account_used",
        _refuse("guard_account_used", "UPDATE OF kind, role", "account", "the account is in use", _USED),
    )
    for table, owner in SEALED.items():
        yield f"guard_{table}_sealed", _sealed(table, owner)


def _no_change(guard: TableGuard) -> Iterator[tuple[str, str]]:
    table = guard.table
    if guard.fixed:
        name = f"guard_{table}_update"
        final = ", ".join((*guard.fixed, *ROW_NAMES))
        yield name, _refuse(name, f"UPDATE OF {final}", table, f"{table} is final")
    if not guard.deletable:
        name = f"guard_{table}_delete"
        unless = f"NOT {ERASING}" if guard.changes.rows_erasable else ""
        yield name, _refuse(name, "DELETE", table, f"{table} keeps every row", unless)


def _no_way_back(guard: TableGuard) -> Iterator[tuple[str, str]]:
    """Yield the guards of columns that are set once and of states that only move on."""
    table, once = guard.table, guard.changes.once
    if once:
        name = f"guard_{table}_once"
        ways = {column: f" AND NOT {erased(column)}" for column in guard.changes.erasable}
        changed = " OR ".join(
            f"(OLD.{column} IS NOT NULL AND NEW.{column} IS NOT OLD.{column}{ways.get(column, '')})" for column in once
        )
        yield name, _refuse(name, f"UPDATE OF {', '.join(once)}", table, f"what was set in {table} is final", changed)
    if blanked := guard.blanked:
        name = f"guard_{table}_erase"
        changed = " OR ".join(f"(NEW.{column} IS NOT OLD.{column} AND NOT {erased(column)})" for column in blanked)
        yield name, _refuse(name, f"UPDATE OF {', '.join(blanked)}", table, f"{table} is final", changed)
    for column, steps in guard.changes.steps.items():
        name, reason = f"guard_{table}_{column}", f"the {column} of {table} does not step so"
        yield name, _refuse(name, f"UPDATE OF {column}", table, reason, f"({allowed_step(column, steps)}) IS NOT TRUE")
        if START in steps:
            wrong = f"NEW.{column} NOT IN ({quoted(steps[START])})"
            yield f"{name}_start", _refuse(f"{name}_start", "INSERT", table, f"{table} does not begin so", wrong)


def _no_replace(guard: TableGuard) -> tuple[str, str]:
    name = f"guard_{guard.table}_replace"
    same = " OR ".join(_same_key(guard, columns, condition) for columns, condition in guard.keys)
    return name, _refuse(name, "INSERT", guard.table, f"{guard.table} exists already", same)


def _no_update_over(guard: TableGuard) -> Iterator[tuple[str, str]]:
    """Yield the guard of unique keys that an update can reach: it must not take the key of another row."""
    mutable = set(guard.columns) - set(guard.fixed)
    used = {key: mutable.intersection((*key[0], *re.findall(r"[a-z_]+", key[1]))) for key in guard.keys}
    keys = [key for key in guard.keys if used[key]]
    if keys:
        name = f"guard_{guard.table}_update_replace"
        reached = ", ".join(sorted(set().union(*used.values())))
        other = " OR ".join(f"{column} <> OLD.{column}" for column in guard.keys[0][0])
        same = " OR ".join(_same_key(guard, columns, condition, f" AND ({other})") for columns, condition in keys)
        yield name, _refuse(name, f"UPDATE OF {reached}", guard.table, f"{guard.table} exists already", same)


def _same_key(guard: TableGuard, columns: tuple[str, ...], condition: str, other: str = "") -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in columns) + other
    if not condition:
        return f"EXISTS (SELECT 1 FROM {guard.table} WHERE {same})"
    new = re.sub(r"[a-z_]+", lambda m: f"NEW.{m[0]}" if m[0] in guard.columns else m[0], condition)
    return f"({new} AND EXISTS (SELECT 1 FROM {guard.table} WHERE {same} AND {condition}))"


def _refuse(name: str, event: str, table: str, reason: str, condition: str = "") -> str:
    only = f" WHEN {condition}" if condition else ""
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table}{only} BEGIN SELECT RAISE(ABORT, 'kasse: {reason}'); END"


def _sealed(table: str, owner: str) -> str:
    """Return the guard of rows that hang on another: it looks afterwards, which spares a copy of the row."""
    found = f"EXISTS (SELECT 1 FROM {owner} WHERE office = NEW.office AND position = NEW.position)"
    checks = _check(found, f"the {owner} is sealed")
    if table == "posting":
        known = "SELECT 1 FROM account WHERE office = NEW.office AND number = NEW.account"
        checks += _check(f"NOT EXISTS ({known})", "a posting needs an account of its office")
    return f"CREATE TRIGGER guard_{table}_sealed AFTER INSERT ON {table} BEGIN\n{checks}END"


def _check(condition: str, reason: str) -> str:
    return f"  SELECT RAISE(ABORT, 'kasse: {reason}') WHERE {condition};\n"


_ENTRY = """CREATE TRIGGER guard_entry_insert BEFORE INSERT ON entry BEGIN
  SELECT CASE
    WHEN NEW.position <> coalesce(max(e.position), 0) + 1 THEN
      RAISE(ABORT, 'kasse: an entry must follow the last one')
    WHEN NEW.number <> 1 + CASE WHEN e.year = NEW.year THEN e.number ELSE coalesce(
        (SELECT max(number) FROM entry WHERE office = NEW.office AND year = NEW.year), 0) END THEN
      RAISE(ABORT, 'kasse: entry numbers have no gaps')
    WHEN substr(NEW.canonical, 1, 32) IS NOT coalesce(e.hash, (SELECT genesis FROM office WHERE code = NEW.office)) THEN
      RAISE(ABORT, 'kasse: an entry must carry the hash before it')
    WHEN NEW.kind <> 'closing' AND NEW.posting_day <= (SELECT max(last_day) FROM closing) THEN
      RAISE(ABORT, 'kasse: the posting day is closed')
    WHEN NEW.kind = 'closing' AND (NEW.posting_day <> NEW.year || '-12-31'
        OR NEW.posting_day > coalesce((SELECT max(last_day) FROM closing WHERE kind = 'month'), '')
        OR NEW.posting_day <= (SELECT max(last_day) FROM closing WHERE kind = 'year')) THEN
      RAISE(ABORT, 'kasse: period 13 is not open')
    WHEN NEW.kind = 'closing' AND EXISTS (
        SELECT 1 FROM posting p JOIN account a ON a.office = p.office AND a.number = p.account
        WHERE p.office = NEW.office AND p.position = NEW.position AND a.role IN (
            'bank', 'cash', 'imprest', 'transit_cash', 'transit_card', 'cheques')) THEN
      RAISE(ABORT, 'kasse: period 13 moves no money')
    WHEN (SELECT count(*) = NEW.posting_count AND coalesce(sum(cents), 1) = 0
            AND min(line) = 1 AND max(line) = NEW.posting_count FROM posting
        WHERE office = NEW.office AND position = NEW.position) = 0 THEN
      RAISE(ABORT, 'kasse: the postings of an entry must be complete and balance to zero')
    WHEN NEW.reverses IS NOT NULL AND EXISTS (
        SELECT 1 FROM entry WHERE office = NEW.office AND reverses = NEW.reverses) THEN
      RAISE(ABORT, 'kasse: the entry is reversed already')
    WHEN NEW.kind = 'run' AND EXISTS (
        SELECT 1 FROM entry WHERE kind = 'run' AND source = NEW.source AND office = NEW.office) THEN
      RAISE(ABORT, 'kasse: the run is posted already')
  END
  FROM entry e WHERE e.office = NEW.office;
END"""
"""With `max`, the other columns of `e` are those of the last entry: SQLite says so of bare columns."""
_USED = """(NEW.kind, NEW.role) IS NOT (OLD.kind, OLD.role) AND EXISTS (
    SELECT 1 FROM posting WHERE office = OLD.office AND account = OLD.number)"""
_EVENT = (
    "CREATE TRIGGER guard_event_insert BEFORE INSERT ON event BEGIN\n"
    + _check(
        "NEW.position <> coalesce((SELECT max(position) FROM event WHERE office = NEW.office), 0) + 1",
        "an event must follow the last one",
    )
    + "END"
)
