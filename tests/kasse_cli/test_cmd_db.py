"""`kasse db`: a week of the Kasse in which the database itself binds everybody, set up as docs/roles.md says."""

import contextlib
import datetime as dt
import io
import json
import os
import re
import shlex
from dataclasses import dataclass, replace

import psycopg
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

    def type(self, line: str, *, user: str, day: dt.date, may_find: bool = False) -> None:
        self.user = user
        self._run(f"kasse {line} --on {day}", day, expected={0, 3} if may_find else {0})

    def ask(self, line: str, *, user: str, day: dt.date):
        self.user, out = user, io.StringIO()
        with contextlib.redirect_stdout(out):
            self._run(f"kasse {line} --on {day} --json", day, expected={0, 3})
        return json.loads(out.getvalue())["data"]

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


def test_who_sees_a_part_of_the_book_cannot_verify_it(week):
    assert week.refused("journal verify", user="anna", day=town.MONDAY) == "roles.partial"


def test_the_login_is_who_acts(week):
    assert week.refused("user list --user emil", user="anna", day=town.MONDAY) == "user.not_declarable"
    assert week.ask("user list --user anna", user="anna", day=town.MONDAY)["users"]


def test_who_is_locked_is_out_at_once_and_the_groups_follow(week, database):
    week.type("user lock bernd", user=DBA, day=town.MONDAY)
    assert week.refused("user list", user="bernd", day=town.MONDAY) == "user.locked"
    with psycopg.connect(login(database, "bernd")) as connection:
        assert connection.execute("SELECT count(*) FROM cash_order").fetchone() == (0,)
    found = week.ask("db roles", user=DBA, day=town.MONDAY)["logins"]
    assert next(row["roles"] for row in found if row["name"] == "bernd") == "approver"
    week.type("db grant --yes", user=DBA, day=town.MONDAY)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(login(database, "bernd"))


@pytest.mark.parametrize(
    "right",
    [
        "UPDATE ON setting",
        "TRUNCATE ON item",
        "UPDATE (open_cents) ON item",
        "CREATE ON SCHEMA public",
        "EXECUTE ON FUNCTION guard_entry()",
    ],
)
def test_rights_that_somebody_gave_by_hand_are_found_and_taken_away(week, database, right):
    books.run_sql(database, f"GRANT {right} TO clara WITH GRANT OPTION")
    assert "roles.changed" in codes(week, "journal verify")
    done = week.ask("db grant --yes", user=DBA, day=town.MONDAY)["statements"]
    assert "clara" in " ".join(one for one in done if one.startswith("REVOKE"))
    assert codes(week, "journal verify") == []
    assert not week.ask("db grant --yes", user=DBA, day=town.MONDAY)["new"]


def test_rules_that_somebody_changed_are_found_and_given_again(week, database):
    books.run_sql(database, "ALTER TABLE item DISABLE ROW LEVEL SECURITY")
    assert "roles.changed" in codes(week, "journal verify")
    assert week.ask("db grant --yes", user=DBA, day=town.MONDAY)["new"]
    assert codes(week, "journal verify") == []


def codes(week, line):
    week.user = "clara"
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        run([*shlex.split(line), "--on", str(town.MONDAY), "--json"], week._world(town.MONDAY))
    return [one["code"] for one in json.loads(out.getvalue())["findings"]]


def test_what_was_granted_can_be_taken_back_whole(week, database):
    week.type("db revoke --yes", user=DBA, day=town.MONDAY)
    assert not week.ask("db roles", user=DBA, day=town.MONDAY)["granted"]
    left = "SELECT count(*) FROM pg_policies UNION ALL SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'access%'"
    with psycopg.connect(database) as connection:
        assert connection.execute(left).fetchall() == [(0,), (0,)]
    assert week.ask("db grant --yes", user=DBA, day=town.MONDAY)["new"]
