"""The guards as PostgreSQL statement triggers with transition tables: one check for many rows.

The server does not know how many rows are fresh. A scalar subquery keeps it from joining them with a whole table.
Nor does it know, in a book that was small when it counted or planned, that an office has more than one row: to it the
key of a row then is as good as any index that begins with the office. Who asks in the order of the key gets the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ledger.store.changes import ERASING, START, allowed_step, erased, quoted
from ledger.store.postgres import GUARD_STATE

if TYPE_CHECKING:
    from ledger.store.engines import Store
    from ledger.store.guards import TableGuard

SEALED = {"posting": "entry", "entry_text": "entry", "event_details": "event"}
_SEARCH_PATH = "search_path = public, pg_temp"
_PLANS = "enable_seqscan = off"
"""A session keeps the plan of a guard: made while a table was small, it would read all of it for each row later."""
_PINNED = f" SECURITY DEFINER SET {_SEARCH_PATH} SET {_PLANS}"
"""Guards that read tables see all rows, and never a temporary table that somebody has put before the book's own."""
Shape = tuple[tuple[str, ...], tuple[tuple[tuple[str, ...], str], ...]]


def shapes(store: Store) -> dict[str, Shape]:
    """Return the columns of every table of the schema; PostgreSQL has no REPLACE, so keys need no guard."""
    sql = """SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace GROUP BY c.relname"""
    return {table: (tuple(columns), ()) for table, columns in store.all(sql)}


def standing(store: Store) -> dict[str, str]:
    """Return what stands: each trigger's table, events, columns and state, each guard function's body."""
    sql = """SELECT t.tgname, pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM pg_trigger t
             JOIN pg_class c ON c.oid = t.tgrelid
             WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
             AND t.tgname NOT LIKE 'access\\_%'
             UNION ALL SELECT proname || '()', prosrc || ' ' || prosecdef::text || ' '
             || coalesce(array_to_string(proconfig, ' '), '') FROM pg_proc
             WHERE proname LIKE 'guard%' AND pronamespace = current_schema()::regnamespace"""
    own = f"{store.value('SELECT current_schema()::text')}."
    return {name: _plain(text.replace(own, "")) for name, text in store.all(sql)}


def drop(store: Store) -> list[str]:
    """Return the statements that remove every guard."""
    sql = """SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
             WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
             AND t.tgname NOT LIKE 'access\\_%'"""
    return [f"DROP TRIGGER {name} ON {table}" for name, table in store.all(sql)]


def definitions(expected: dict[str, str]) -> dict[str, str]:
    """Return the expected guards in the form in which `standing` reads them."""
    found: dict[str, str] = {}
    for name, text in expected.items():
        if text.startswith("CREATE OR REPLACE FUNCTION"):
            settings = f"{_SEARCH_PATH} {_PLANS}".replace(" = ", "=")
            pinned = f"true {settings}" if "SECURITY DEFINER" in text else "false"
            found[name] = _plain(f"{text.split('$guard$')[1]} {pinned}")
        else:
            found[name] = _plain(f"{text} O")
    return found


def _plain(text: str) -> str:
    return " ".join(text.replace('"', "").split())


def triggers(guards: Iterable[TableGuard]) -> Iterator[tuple[str, str]]:
    """Yield name and text of each function and trigger, functions first."""
    yield "guard_refuse()", _function("guard_refuse", _FINAL)
    yield "guard_keep()", _function("guard_keep", f"  IF NOT {ERASING} THEN\n  {_FINAL}  END IF;\n")
    yield "guard_entry()", _function("guard_entry", _ENTRY)
    yield "guard_event()", _function("guard_event", _EVENT)
    for table, owner in SEALED.items():
        checks = _TOUCHED + _sealed(owner) + _ACCOUNT if table == "posting" else _sealed(owner)
        yield f"guard_{table}_sealed()", _function(f"guard_{table}_sealed", checks)
        yield f"guard_{table}_sealed", _after_insert(f"guard_{table}_sealed", table, f"guard_{table}_sealed")
    yield "guard_posting_entry()", _function("guard_posting_entry", _OF_ENTRIES)
    yield "guard_posting_entry", _POSTING_ENTRY
    yield "guard_entry_insert", _after_insert("guard_entry_insert", "entry", "guard_entry")
    yield "guard_event_insert", _after_insert("guard_event_insert", "event", "guard_event")
    yield from _row_guard("guard_account_used", "UPDATE OF kind, role", "account", _USED)
    for guard in guards:
        yield from _no_change(guard)
        yield from _no_way_back(guard)
        yield from _refers(guard)


def _no_change(guard: TableGuard) -> Iterator[tuple[str, str]]:
    table = guard.table
    if guard.fixed:
        yield f"guard_{table}_update", _before(f"guard_{table}_update", f"UPDATE OF {', '.join(guard.fixed)}", table)
    if not guard.deletable:
        function = "guard_keep" if guard.changes.rows_erasable else "guard_refuse"
        yield f"guard_{table}_delete", _before(f"guard_{table}_delete", "DELETE", table, function)
    yield f"guard_{table}_truncate", _before(f"guard_{table}_truncate", "TRUNCATE", table)


def _no_way_back(guard: TableGuard) -> Iterator[tuple[str, str]]:
    """Yield the guards of columns that are set once and of states that only move on, row by row."""
    table, once = guard.table, guard.changes.once
    if once:
        ways = {name: f" AND NOT {erased(name)}" for name in guard.changes.erasable}
        changed = " OR ".join(
            f"OLD.{name} IS NOT NULL AND NEW.{name} IS DISTINCT FROM OLD.{name}{ways.get(name, '')}" for name in once
        )
        check = _check(changed, f"what was set in {table} is final")
        yield from _row_guard(f"guard_{table}_once", f"UPDATE OF {', '.join(once)}", table, check)
    if blanked := guard.blanked:
        changed = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name} AND NOT {erased(name)}" for name in blanked)
        check = _check(changed, f"{table} is final")
        yield from _row_guard(f"guard_{table}_erase", f"UPDATE OF {', '.join(blanked)}", table, check)
    for column, steps in guard.changes.steps.items():
        name, wrong = f"guard_{table}_{column}", f"({allowed_step(column, steps)}) IS NOT TRUE"
        check = _check(wrong, f"the {column} of {table} does not step so")
        yield from _row_guard(name, f"UPDATE OF {column}", table, check)
        if START in steps:
            check = _check(f"NEW.{column} NOT IN ({quoted(steps[START])})", f"{table} does not begin so")
            yield from _row_guard(f"{name}_start", "INSERT", table, check)


def _row_guard(name: str, event: str, table: str, body: str) -> Iterator[tuple[str, str]]:
    yield f"{name}()", _function(name, body, "NEW")
    yield name, f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _before(name: str, event: str, table: str, function: str = "guard_refuse") -> str:
    return f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"


def _after_insert(name: str, table: str, function: str) -> str:
    return (
        f"CREATE TRIGGER {name} AFTER INSERT ON {table} REFERENCING NEW TABLE AS fresh "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def _function(name: str, body: str, result: str = "NULL") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql{_PINNED if 'SELECT ' in body else ''} "
        f"AS $guard$\n"
        f"BEGIN\n{body}  RETURN {result};\nEND\n$guard$"
    )


def _raise(template: str, argument: str = "") -> str:
    given = f", {argument}" if argument else ""
    return f"  RAISE EXCEPTION '{template}'{given} USING ERRCODE = '{GUARD_STATE}';\n"


def _check(condition: str, reason: str) -> str:
    return f"  IF {condition} THEN\n  {_raise(reason)}  END IF;\n"


def _sealed(owner: str) -> str:
    """Return the check that rows hang on nothing that is written already: its positions have no gaps.

    The greatest is found in the index; asked for any later one, the server reads all entries of the book for a chunk.
    """
    last = f"(SELECT max(o.position) FROM {owner} o WHERE o.office = f.office)"
    first = "(SELECT office, min(position) AS first FROM fresh GROUP BY office)"
    return _check(f"EXISTS (SELECT 1 FROM {first} f WHERE f.first <= {last})", f"the {owner} is sealed")


def _found(table: str, columns: Iterable[str], keys: Iterable[str]) -> str:
    """Return the query whether a table has the row of a fresh row's key."""
    *pairs, (last, key) = zip(columns, keys, strict=True)
    same = "".join(f"r.{of} = f.{name} AND " for name, of in pairs)
    return f"SELECT true FROM {table} r WHERE {same}r.{key} {_THIS.format(last)} ORDER BY r.{key} LIMIT 1"


def _refers(guard: TableGuard) -> Iterator[tuple[str, str]]:
    """Yield the guard of the foreign keys of a table: a query for all fresh rows, which looks up each by its key."""
    checks = ""
    for columns, table, keys in guard.changes.refers:
        given = " AND ".join(f"f.{name} IS NOT NULL" for name in columns)
        missing = f"SELECT 1 FROM fresh f WHERE {given} AND ({_found(table, columns, keys)}) IS NOT TRUE"
        checks += _check(f"EXISTS ({missing})", f"{guard.table} needs its {table}")
    if checks:
        name = f"guard_{guard.table}_refers"
        yield f"{name}()", _function(name, checks)
        yield name, _after_insert(name, guard.table, name)


_THIS = "BETWEEN f.{0} AND f.{0}"
"""A key in its order, of which one row is read: from here on only, all on the page of the index would be."""
_FINAL = _raise("%", "TG_TABLE_NAME || ' is final'")
_ACCOUNT = _check(
    "EXISTS (SELECT 1 FROM (SELECT DISTINCT office, account FROM fresh) f WHERE "
    f"({_found('account', ('office', 'account'), ('office', 'number'))}) IS NOT TRUE)",
    "a posting needs an account of its office",
)
_TOUCHED = f"""  DECLARE
    touched bigint;
  BEGIN
    UPDATE head SET position = position WHERE office IN (SELECT office FROM fresh);
    GET DIAGNOSTICS touched = ROW_COUNT;
  {
    _check(
        "touched <> (SELECT count(*) FROM (SELECT DISTINCT office FROM fresh) f) "
        "OR EXISTS (SELECT 1 FROM fresh WHERE position < 1)",
        "a posting needs its entry",
    )
}  END;
"""
"""Heads stand for their offices: at the end of the unit of work one question for each answers for all postings.

It comes before all other checks: who waits for somebody's head then sees what they wrote. Heads are counted as they
are touched, because one that somebody took away meanwhile, and put back, was not.
"""
_OF_ENTRIES = _check(
    "(SELECT max(position) FROM posting WHERE office = NEW.office) "
    "> coalesce((SELECT max(position) FROM entry WHERE office = NEW.office), 0)",
    "a posting needs its entry",
)
"""The positions of entries have no gaps."""
_POSTING_ENTRY = (
    "CREATE CONSTRAINT TRIGGER guard_posting_entry AFTER UPDATE OF position ON head DEFERRABLE INITIALLY DEFERRED "
    "FOR EACH ROW EXECUTE FUNCTION guard_posting_entry()"
)
"""As the server writes it: `standing` compares the texts."""
_USED = _check(
    "(NEW.kind, NEW.role) IS DISTINCT FROM (OLD.kind, OLD.role) AND EXISTS "
    "(SELECT 1 FROM posting WHERE office = OLD.office AND account = OLD.number)",
    "the account is in use",
)
_BEFORE_IT = """CASE WHEN f.before = f.position - 1 THEN f.hash
    WHEN f.position = 1 THEN (SELECT genesis FROM office WHERE code = f.office)
    ELSE (SELECT CASE WHEN e.position = f.position - 1 THEN e.hash END FROM entry e
          WHERE e.office = f.office AND e.position < f.position ORDER BY e.position DESC LIMIT 1) END"""
_NUMBER_BEFORE = """CASE WHEN f.before = f.number - 1 THEN f.place < f.position WHEN f.number = 1 THEN true
    ELSE (SELECT e.number = f.number - 1 AND e.position < f.position FROM entry e
          WHERE e.office = f.office AND e.year = f.year AND e.number < f.number ORDER BY e.number DESC LIMIT 1) END"""
_ENTRY = (
    _check(
        "EXISTS (SELECT 1 FROM (SELECT office, position, substr(canonical, 1, 32) AS carried, "
        "lag(position) OVER w AS before, lag(hash) OVER w AS hash FROM fresh "
        "WINDOW w AS (PARTITION BY office ORDER BY position)) f "
        f"WHERE f.position < 1 OR f.carried IS DISTINCT FROM {_BEFORE_IT})",
        "an entry must follow the last one and carry its hash",
    )
    + _check(
        "EXISTS (SELECT 1 FROM (SELECT office, position, year, number, "
        "lag(number) OVER w AS before, lag(position) OVER w AS place FROM fresh "
        "WINDOW w AS (PARTITION BY office, year ORDER BY number)) f "
        f"WHERE f.number < 1 OR ({_NUMBER_BEFORE}) IS NOT TRUE)",
        "entry numbers have no gaps",
    )
    + _check(
        "EXISTS (SELECT 1 FROM fresh f, LATERAL (SELECT count(*) AS lines, coalesce(sum(p.cents), 1) AS cents, "
        "min(p.line) AS first, max(p.line) AS last "
        "FROM (SELECT line, cents FROM posting WHERE office = f.office AND position = f.position ORDER BY line) p) p "
        "WHERE p.lines <> f.posting_count OR p.cents <> 0 OR p.first <> 1 OR p.last <> f.posting_count)",
        "the postings of an entry must be complete and balance to zero",
    )
    + _check(
        "EXISTS (SELECT 1 FROM fresh WHERE kind <> 'closing' AND posting_day <= (SELECT max(last_day) FROM closing))",
        "the posting day is closed",
    )
    + _check(
        "EXISTS (SELECT 1 FROM fresh WHERE kind = 'closing' AND (posting_day <> year || '-12-31' "
        "OR posting_day > coalesce((SELECT max(last_day) FROM closing WHERE kind = 'month'), '') "
        "OR posting_day <= (SELECT max(last_day) FROM closing WHERE kind = 'year')))",
        "period 13 is not open",
    )
    + _check(
        "EXISTS (SELECT 1 FROM fresh f JOIN posting p ON p.office = f.office AND p.position = f.position "
        "JOIN account a ON a.office = p.office AND a.number = p.account "
        "WHERE f.kind = 'closing' "
        "AND a.role IN ('bank', 'cash', 'imprest', 'transit_cash', 'transit_card', 'cheques'))",
        "period 13 moves no money",
    )
)
_EVENT = _check(
    "EXISTS (SELECT 1 FROM fresh f WHERE f.position < 1 OR f.position > 1 AND (SELECT e.position = f.position - 1 "
    "FROM event e WHERE e.office = f.office AND e.position < f.position ORDER BY e.position DESC LIMIT 1) IS NOT TRUE)",
    "an event must follow the last one",
)
