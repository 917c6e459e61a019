"""Backup, restore, upgrade and erasing of a book whose database enforces the rights, by the logins of docs/roles.md."""

import contextlib
import os

import psycopg
import pytest

from ledger.book.store import post
from ledger.store import access
from ledger.store.access import open_book
from tests import books
from tests.books import entry
from tests.kasse_cli.test_db_upgrade import GOOD, next_version  # noqa: F401 - a fixture
from tests.rolebooks import PASSWORD, drop, login

DBA = "kasse_keeper"
STAFF = {"vera": "--office '*' --role head", "wim": "--office '*' --role clerk", "xaver": "--office '*' --role admin"}


def database(server, name):
    books.run_sql(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name} OWNER {DBA}")
    return login(books.database(server, name), DBA)


@pytest.fixture
def served(postgres_server, shell):
    """A book under enforced rights, of an administrator who is no superuser; and an empty database."""
    exists = f"SELECT FROM pg_roles WHERE rolname = '{DBA}'"
    make = f"CREATE ROLE {DBA} LOGIN CREATEROLE PASSWORD '{PASSWORD}'"
    books.run_sql(postgres_server, f"DO $$ BEGIN IF NOT EXISTS ({exists}) THEN {make}; END IF; END $$")
    name, second = f"kasse_kept_{os.getpid()}", f"kasse_again_{os.getpid()}"
    for person in STAFF:
        books.run_sql(postgres_server, f"DROP ROLE IF EXISTS {person}")
    place, empty = database(postgres_server, name), database(postgres_server, second)
    done(shell(f"kasse book create --book {place} --name Musterstadt --office KASSE=Stadtkasse --office BAU=Bauamt "
               "--kasse KASSE --account DE02370400440000000024=Hauptkonto@KASSE --land HH"))  # fmt: skip
    for person, roles in STAFF.items():
        done(shell(f"kasse user add {person} {roles} --book {place}"))
    enforced(shell, place)
    store = open_book(login(place, "wim"), now=books.NOW, salt=books.CountingSalt())
    store.user = int(store.value("SELECT id FROM app_user WHERE name = 'wim'"))
    with store.unit(["KASSE"]):
        post(store, [entry("2800 5,00", "5100 -5,00", text="Gebühr", day="2026-11-20")])
    store.close()
    yield place, empty
    drop(postgres_server, name)
    drop(postgres_server, second)
    for person in STAFF:
        with contextlib.suppress(psycopg.Error):
            books.run_sql(postgres_server, f"DROP ROLE IF EXISTS {person}")


def done(result):
    assert result.code == 0, result.out + result.err
    return result


def enforced(shell, place):
    done(shell(f"kasse db grant --yes --book {place}"))
    for person in STAFF:
        with contextlib.suppress(psycopg.Error):
            books.run_sql(place, f"ALTER ROLE {person} PASSWORD '{PASSWORD}'")


def codes(shell, place):
    found = shell(f"kasse journal verify --json --book {place}").json
    return [one["code"] for one in found["findings"] + found["errors"]]


def bound(place):
    """A person may read, and may not write what the rules forbid."""
    with psycopg.connect(login(place, "wim")) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (1,)
    with psycopg.connect(login(place, "wim")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE setting SET value = 'XX' WHERE key = 'land'")


def test_the_book_is_saved_whole_by_the_administrator_and_by_nobody_who_sees_a_part(shell, served):
    place, empty = served
    refused = shell(f"kasse book backup teil.backup --json --book {login(place, 'vera')}")
    assert [error["code"] for error in refused.json["errors"]] == ["backup.hidden_rows"]
    assert not (shell.folder / "teil.backup").exists()
    done(shell(f"kasse book backup ganz.backup --check --book {place}"))
    done(shell(f"kasse book restore ganz.backup --book {empty}"))
    assert codes(shell, empty) != [], "the rules are not in the database yet, and verify says so"
    enforced(shell, empty)
    assert codes(shell, empty) == []
    bound(empty)
    done(shell("kasse book restore ganz.backup --book datei.db"))
    shell.user = DBA  # in a file the account of the machine is who acts
    assert codes(shell, "datei.db") == []


def test_the_book_is_upgraded_and_enforced_anew(shell, served, next_version, monkeypatch):  # noqa: F811
    place, _ = served
    next_version(GOOD)
    assert done(shell(f"kasse db upgrade --dry-run --json --book {place}")).data["new"]
    assert codes(shell, place) == []
    refused = shell(f"kasse db upgrade --json --book {login(place, 'vera')}")
    assert [error["code"] for error in refused.json["errors"]] == ["right.missing"]
    refused = shell(f"kasse db upgrade --json --book {login(place, 'xaver')}")
    assert [error["code"] for error in refused.json["errors"]] == ["right.database"]
    done(shell(f"kasse db upgrade --backup vorher.backup --book {place}"))
    monkeypatch.setattr(access, "SCHEMA_VERSION", "0002")
    enforced(shell, place)
    assert codes(shell, place) == []
    bound(place)


def test_two_people_erase_and_the_list_goes_with_the_backup(shell, served):
    place, empty = served
    done(shell(f"kasse book backup vorher.backup --book {place}"))
    shell.now = shell.now.replace(year=2046)
    head, admin = login(place, "vera"), login(place, "xaver")
    proposed = done(shell(f"kasse book erase --before 2046-01-01 --reason Fristen --json --book {head}")).data
    confirmed = shell(f"kasse book erase --confirm {proposed['erasure']} --yes --json --book {admin}")
    assert confirmed.code == 3, confirmed.out
    assert confirmed.data["texts"] == 1
    done(shell(f"kasse book erasures l.list --book {place}"))
    done(shell(f"kasse book restore vorher.backup --erasures l.list --book {empty}"))
    store = books.opened(empty, DBA)
    assert store.value("SELECT count(*) FROM entry_text") == 0
    store.close()
