"""`kasse db`: a week of the Kasse in which the database itself binds everybody, set up as docs/roles.md says."""

import contextlib
import datetime as dt
import io
import json
import os
import re
import shlex
from dataclasses import dataclass, replace

import pytest

from kasse_cli.demo import play, town
from kasse_cli.demo.week import Week, write_lists
from kasse_cli.main import run
from sepa.money import plain
from tests import books
from tests.rolebooks import PASSWORD, drop, login

DBA = "kasse_dba"
WHO = ("leitung", (("*", "admin"), ("*", "head")))


@dataclass(slots=True)
class LoginWeek(Week):
    """The week of the demo, in which everybody is known by their login and nobody can say who they are."""

    location: str = ""
    user: str = ""

    def type(self, line: str, *, user: str, day: dt.date, may_find: bool = False) -> str:
        self.user = user
        return self._run(f"kasse {line} --on {day}", day, expected={0, 3} if may_find else {0}, shown=True)

    def ask(self, line: str, *, user: str, day: dt.date):
        self.user = user
        return json.loads(self._run(f"kasse {line} --on {day} --json", day, expected={0, 3}, shown=False))["data"]

    def refused(self, line: str, *, user: str, day: dt.date) -> str:
        """Run a command that is refused and return the code of the error."""
        self.user = user
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = run([*shlex.split(line), "--on", str(day), "--json"], self._world(day))
        assert code == 1, out.getvalue()
        return json.loads(out.getvalue())["errors"][0]["code"]

    def _world(self, day: dt.date):
        world = Week._world(self, day)
        environ = {name: value for name, value in world.environ.items() if not name.startswith("KASSE_")}
        return replace(world, environ={**environ, "KASSE_BOOK": login(self.location, self.user)})


@pytest.fixture(scope="module")
def database(postgres_server):
    """An empty database of an administrator who may create roles and is no superuser."""
    name = f"kasse_week_{os.getpid()}"
    exists = f"SELECT FROM pg_roles WHERE rolname = '{DBA}'"
    make = f"CREATE ROLE {DBA} LOGIN CREATEROLE PASSWORD '{PASSWORD}'"
    books.run_sql(postgres_server, f"DO $$ BEGIN IF NOT EXISTS ({exists}) THEN {make}; END IF; END $$")
    for person, _ in (*town.STAFF, WHO):
        books.run_sql(postgres_server, f"DROP ROLE IF EXISTS {person}")
    books.run_sql(postgres_server, f"CREATE DATABASE {name} OWNER {DBA}")
    yield books.database(postgres_server, name)
    drop(postgres_server, name)


@pytest.fixture(scope="module")
def week(database, tmp_path_factory):
    """The book with its people, before anything happened: every line is one of docs/roles.md."""
    week = LoginWeek(tmp_path_factory.mktemp("week") / "musterstadt", run, location=database)
    week.folder.mkdir()
    write_lists(week.folder)
    offices = " ".join(f"--office {code}={name}" for code, name in town.OFFICES)
    kasse = f"--kasse KASSE --account {town.TOWN_ACCOUNT}=Hauptkonto@KASSE --land HH"
    week.type(f"book create --name Musterstadt {offices} {kasse}", user=DBA, day=town.TAKEN_OVER)
    for name, grants in (*town.STAFF, WHO):
        roles = " ".join(f"--office '{office}' --role {role}" for office, role in grants)
        week.type(f"user add {name} {roles}", user=DBA, day=town.TAKEN_OVER)
    week.type("db grant --yes", user=DBA, day=town.TAKEN_OVER)
    for name, _ in (*town.STAFF, WHO):
        with contextlib.suppress(Exception):
            books.run_sql(login(database, DBA), f"ALTER ROLE {name} PASSWORD '{PASSWORD}'")
    return week


def test_a_week_from_orders_to_closed_days_works_for_people_bound_by_the_database(week, capsys):
    balances = sum(town.old_receivables().values())
    week.type(
        f"opening import {week.folder / 'uebernahme'} --as-of {town.TAKEN_OVER} "
        f"--control balances={plain(town.OPENING_CENTS + balances)} --control receivables={plain(balances)} "
        "--control payables=0.00",
        user="leitung",
        day=town.TAKEN_OVER,
    )
    for user in ("leitung", "emil"):
        week.type(f"opening sign {week.folder / 'uebernahme'}", user=user, day=town.TAKEN_OVER)
    for part in (play.take_orders, play.monday, play.tuesday, play.wednesday, play.thursday, play.friday):
        part(week)
    play.look_back(week)
    assert re.search("(?i)nothing|no finding|in order", capsys.readouterr().out)


def test_granting_twice_is_nothing_new(week):
    assert not week.ask("db grant --yes", user=DBA, day=town.MONDAY)["new"]
    assert week.ask("db roles", user=DBA, day=town.MONDAY)["granted"]
