"""Two books that differ in one thing: in one the database enforces the rights, in the other it does not.

What a person may do must come to the same in both: exit code, words, files and rows. Nobody may see less than what
they decide needs, and what a role must not do changes nothing.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import psycopg

from kasse_cli import wiring
from kasse_cli.rights import rights
from ledger.people.users import ROLES, add_user
from ledger.store.engines import Store
from tests import bankbooks, books
from tests.kasse_cli.transcripts import NOW, Done, Shell
from tests.rolebooks import granted, login

KASSE_ONLY = tuple(role for role in ROLES if role not in {"certifier", "approver"})
"""Roles that somebody may hold in the Kasse alone and still decide on all offices."""
PEOPLE = (
    *((f"only_{role}", "*", role) for role in ROLES),
    *((f"kasse_{role}", "KASSE", role) for role in KASSE_ONLY),
    *((f"second_{role}", "*", role) for role in ("head", "clerk")),
)
_EACH = """DO $$ DECLARE t record; BEGIN FOR t IN
    SELECT c.relname AS place, g.tgname AS name FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
    WHERE NOT g.tgisinternal AND g.tgname LIKE 'access\\_%' LOOP EXECUTE format({what}); END LOOP; END $$"""
_ASIDE = _EACH.format(what="'ALTER TABLE %I DISABLE TRIGGER %I', t.place, t.name")
_BACK = _EACH.format(what="'ALTER TABLE %I ENABLE TRIGGER %I', t.place, t.name")
_GONE = (
    _EACH.format(what="'DROP TRIGGER %2$I ON %1$I', t.place, t.name"),
    """DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
       EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', t); END LOOP; END $$""",
    "DELETE FROM setting WHERE key = 'database_roles'",
    "UPDATE setting SET value = 'declared' WHERE key = 'identity'",
)
_PROBE = (
    "CREATE SCHEMA probe",
    """CREATE FUNCTION probe.rows() RETURNS TABLE (place text, digest text) LANGUAGE plpgsql SECURITY DEFINER
       SET search_path = public, pg_temp AS $$ BEGIN
       FOR place IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'setting' ORDER BY 1
       LOOP EXECUTE format('SELECT md5(coalesce(string_agg(t::text, E''\\n'' ORDER BY t::text), '''')) FROM %I t',
       place) INTO digest; RETURN NEXT; END LOOP; END $$""",
    "GRANT USAGE ON SCHEMA probe TO PUBLIC",
)


def _today(now: dt.datetime) -> str:
    """Return the statement by which the rules of the database take the day of a story for today."""
    day = f"DATE ''{now:%Y-%m-%d}''"
    return f"""DO $do$ DECLARE line text; BEGIN FOR line IN
        SELECT replace(pg_get_functiondef(oid), 'current_date', '{day}') FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prosrc LIKE '%current_date%'
        LOOP EXECUTE line; END LOOP; END $do$"""


@dataclass(frozen=True)
class Outcome:
    """What a command did: what it said, the files it wrote, and a digest of each table afterwards."""

    done: Done
    files: dict[str, str]
    rows: dict[str, str]

    @property
    def refused(self) -> bool:
        """Whether the database refused something."""
        return any(word in self.done.out for word in ("right.database", "roles.partial"))

    def unlike(self, other: Outcome, more: frozenset[str] = frozenset()) -> list[str]:
        """Return in what two outcomes differ; `more` are findings that this one may tell beside."""
        found = [name for name in ("code", "out", "err") if getattr(self.done, name) != getattr(other.done, name)]
        if more and "out" in found and self._told() - other._told() <= more:
            found = [name for name in found if name not in {"code", "out"}]
        found += [f"file {name}" for name in _unlike(self.files, other.files)]
        return found + [f"rows of {name}" for name in _unlike(self.rows, other.rows)]

    def _told(self) -> set[str]:
        return {one["code"] for one in (*self.done.json["findings"], *self.done.json["errors"])}


def _unlike(one: dict[str, str], other: dict[str, str]) -> list[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@dataclass
class Pair:
    """A bound and a free book with the same rows, and a folder for each."""

    bound: str
    free: str
    folder: Path
    now: dt.datetime = NOW
    _number: Iterator[int] = field(default_factory=itertools.count)

    def give(self, user: str, line: str, *, rehearse: bool, only: str = "") -> tuple[Outcome, ...]:
        """Give a command in both books, for good or leaving them as they were; return what came of it."""
        kinds = (only,) if only else ("bound", "free")
        return tuple(self._given(kind, user, line, rehearse) for kind in kinds)

    def rows(self) -> dict[str, str]:
        """Return a digest of each table of the bound book."""
        return _rows(self.bound)

    def both(self, change: Callable[[Store], object]) -> None:
        """Change both books as their administrator, as tests do."""
        first = 1000 * (1 + next(self._number))
        for location in (self.bound, self.free):
            bankbooks._SERIAL = itertools.count(first)
            books.run_sql(location, _ASIDE)
            store = books.opened(location, now=self.now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
            change(store)
            store.close()
            books.run_sql(location, _BACK)

    def write(self, name: str, text: str | bytes) -> None:
        """Write a file into both folders."""
        for kind in ("bound", "free"):
            path = self.folder / kind / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode() if isinstance(text, str) else text)

    def _given(self, kind: str, user: str, line: str, rehearse: bool) -> Outcome:
        folder = self.folder / kind
        folder.mkdir(exist_ok=True)
        if rehearse:
            folder = Path(shutil.copytree(folder, self.folder / f"{kind}-{next(self._number)}"))
        location = self.bound if kind == "bound" else self.free
        shell = Shell(folder, now=self.now, user=user)
        shell.environ["KASSE_BOOK"] = login(location, user) if kind == "bound" else location
        if kind == "free":
            shell.environ["KASSE_USER"] = user
        with _rehearsed(rehearse) as seen:
            done = shell(f"kasse {line} --json")
        rows = seen[-1] if rehearse and seen else _rows(location)
        files = {
            str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }
        if rehearse:
            shutil.rmtree(folder)
        return Outcome(_plain(done), files, rows)


def _plain(done: Done) -> Done:
    """Return what was said without the address of the book."""

    def without(text: str) -> str:
        return re.sub(r"postgresql://\S*?(?=[\"\s,]|$)", "BOOK", text)

    return Done(done.code, without(done.out), without(done.err))


def _rows(location: str) -> dict[str, str]:
    with psycopg.connect(location) as connection:
        return dict(connection.execute("SELECT place, digest FROM probe.rows()").fetchall())


@contextmanager
def _rehearsed(rehearse: bool) -> Iterator[list[dict[str, str]]]:
    """Let commands leave the book as it was, and yield what they would have left in it."""
    seen: list[dict[str, str]] = []
    opens, notes = wiring.open_location, wiring.note_refusal

    def rehearsed(*place, **more):
        store = opens(*place, **more)
        store.engine.begin(store.connection)
        store._rehearsing = store._tried = True
        closes = store.close

        @contextmanager
        def tried() -> Iterator[None]:
            store.execute("SAVEPOINT tried")
            try:
                yield
            finally:
                store.execute("ROLLBACK TO SAVEPOINT tried")
                store.numbered, store.told = [], {}

        def close() -> None:
            with suppress(Exception):
                seen.append(dict(store.all("SELECT place, digest FROM probe.rows()")))
            closes()

        store.close, store.rehearsal = close, tried
        return store

    if not rehearse:
        yield seen
        return
    wiring.open_location, wiring.note_refusal = rehearsed, lambda *_: None
    try:
        yield seen
    finally:
        wiring.open_location, wiring.note_refusal = opens, notes


@contextmanager
def enforced(server: str, template: str, name: str) -> Iterator[str]:
    """Yield the name of a book that enforces the rights of one user a role and more, to be copied."""

    def prepare(store: Store) -> None:
        with store.unit(["KASSE"]):
            for user, office, role in PEOPLE:
                add_user(store, user, [(office, role)])

    with granted(server, template, name, prepare) as location:
        books.run_sql(location, *_PROBE)
        yield name


@contextmanager
def pair(server: str, base: str, folder: Path, prepare: Callable[[Store], object], now: dt.datetime) -> Iterator[Pair]:
    """Yield a bound and a free copy of a book, prepared as tests do."""
    names = f"{base}_bound", f"{base}_free"
    bound, free = (books.database(server, name) for name in names)
    try:
        books.run_sql(server, f"CREATE DATABASE {names[0]} TEMPLATE {base} STRATEGY = FILE_COPY")
        books.run_sql(bound, _ASIDE)
        bankbooks._SERIAL = itertools.count(1)
        store = books.opened(bound)
        prepare(store)
        store.close()
        books.run_sql(server, f"CREATE DATABASE {names[1]} TEMPLATE {names[0]} STRATEGY = FILE_COPY")
        books.run_sql(bound, _BACK, _today(now))
        books.run_sql(free, *_GONE)
        yield Pair(bound, free, folder, now)
    finally:
        for name in names:
            books.run_sql(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def needed(line: str) -> tuple[str, ...]:
    """Return the roles of which a command line needs one."""
    return rights()[command(line)]


def command(line: str) -> str:
    """Return which command of rights.toml a line gives."""
    return max((one for one in rights() if f"{line} ".startswith(f"{one} ")), key=len)


def shown(outcome: Outcome) -> str:
    """Return what a command said, for the message of a test."""
    with suppress(json.JSONDecodeError):
        said = outcome.done.json
        return f"{outcome.done.code} {said['errors'] or said['findings']}"
    return f"{outcome.done.code} {outcome.done.out} {outcome.done.err}"
