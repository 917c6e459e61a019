"""A list four times as long takes a database four times the work, not sixteen, with rights enforced too (DESIGN: budgets).

SQLite counts the steps of its machine; a server the rows it read, and the calls of functions, which no row may add to.
"""

import csv
import datetime as dt
import os
import time
from functools import partial

import pytest

from bench.enforcement_data import fill_portfolio
from bench.reconcile_data import FEW_NAMES, fill_town
from bench.reconcile_days import stage
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from ledger.bank.posting_store import post_staged
from ledger.store import sqlite
from sepa.identifiers import make_iban
from tests import books
from tests.bankbooks import close_day
from tests.books import act, run_sql
from tests.kasse_cli.transcripts import Shell
from tests.ledger.test_payments_answers import GROUP
from tests.rolebooks import granted, login
from tests.sepa.test_pain002 import counts, report, tx

FEW, MANY = 400, 1_600
DAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def no_town(store, count):
    """Leave the book as it is."""


def pay(place, folder, count):
    """Pay a list of orders, each step by its own person."""
    with (folder / "list.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(("office", "kind", "name", "bank_account", "amount", "due", "purpose"))
        for number in range(count):
            iban = make_iban("DE", f"12030000{number:010d}")
            rows.writerow(("BAU", "payable", f"Betrieb {number}", iban, "9000", "2026-11-20", f"Hilfe {number}"))
    total, shell = f"--sum {count * 9000}", Shell(folder, now=NOW)
    (folder / "vop.xml").write_bytes(names_checked(count))
    for user, line in (
        ("import", "order import list.csv"),
        ("anna", f"order certify --batch 1 {total}"),
        ("bernd", f"order approve --batch 1 {total}"),
        ("clara", f"order accept --batch 1 {total}"),
        ("dirk", "payment propose"),
        ("dirk", "payment review 1"),
        ("emil", f"payment release 1 {total}"),
        ("dirk", "payment export 1 --out run.xml"),
        ("dirk", "payment status vop.xml"),
    ):
        shell.user, shell.environ["KASSE_BOOK"] = user, place(user)
        done = shell(f"kasse {line}")
        assert done.code in {0, 3}, done.out + done.err


def names_checked(count):
    """Return a report on the names of the run, of which every second answer leaves our id out."""
    answers = [
        tx(
            "NOTPROVIDED" if number % 2 else f"KASSE-R1-{number + 1}", "RVMC" if number % 100 else "RVNM",
            name=f"Betrieb {number}", iban=make_iban("DE", f"12030000{number:010d}"),
        )
        for number in range(count)
    ]  # fmt: skip
    file = GROUP.format("RVCM") + counts(f"RVMC {count - count // 100} RVNM {count // 100}")
    total = f"{count * 9000}.00"
    return report(*answers, file=file, number=count, own="MSG-1-1", total=total).replace(
        b"MSG-1", b"KASSE-00000000-R000001"
    )


def owe(store, count):
    """Fill the book with claims that are due, and close the days before."""
    act(store, "import")
    fill_portfolio(store, count)
    close_day(store, "2026-11-23")


def dun(place, folder, count):
    """Propose the letters of a day and release them."""
    for user, work in (("clara", lambda store: propose(store, DAY)), ("emil", lambda store: release(store, 1))):
        store = books.opened(place(user), user)
        store.today = DAY.isoformat()
        assert work(store).letters > count // 3
        store.close()


def wait(store, count):
    """Fill the book with open items, and stage a day of the bank."""
    act(store, "import")
    stage(store, fill_town(store, 4 * count, 8, 7, FEW_NAMES), count, 7)


def take_in(place, folder, count):
    """Match and post what waits."""
    store = books.opened(place("import"), "import")
    assert post_staged(store).posted == count
    store.close()


def worked(server, location, name):
    """Return how often each function of the rights was called, and how many rows were read, when all have left."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        sql = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        for _ in range(500):
            if connection.execute(sql, (name,)).fetchone() == (0,):
                break
            time.sleep(0.02)
    with psycopg.connect(location, autocommit=True) as connection:
        calls = """SELECT funcname, calls FROM pg_stat_user_functions
                   WHERE funcname LIKE 'access%' AND funcname <> 'access_count'"""
        rows = "SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables"
        return dict(connection.execute(calls).fetchall()), int(connection.execute(rows).fetchone()[0])


WAYS = pytest.mark.parametrize(
    ("prepare", "work"), [(no_town, pay), (owe, dun), (wait, take_in)], ids=["payments", "dunning", "bank day"]
)


@pytest.fixture
def steps(monkeypatch):
    """Count the steps that SQLite takes, by the hundred."""
    taken, connect = [0], sqlite.connect

    def tick():
        taken[0] += 1
        return 0

    def watched(*place, **more):
        connection = connect(*place, **more)
        connection.set_progress_handler(tick, 100)
        return connection

    monkeypatch.setattr(sqlite, "connect", watched)
    return taken


@WAYS
def test_four_times_the_rows_are_four_times_the_steps(sqlite_template, tmp_path, steps, prepare, work):
    found = []
    for count in (FEW, MANY):
        (folder := tmp_path / str(count)).mkdir()
        with books.sqlite_copy(sqlite_template, folder) as location:
            store = books.opened(location)
            prepare(store, count)
            store.close()
            steps[0] = 0
            work(lambda _, location=location: location, folder, count)
            found.append(steps[0])
    assert found[1] < 3.9 * found[0], "some of what each command takes does not grow"


@WAYS
def test_four_times_the_rows_are_four_times_the_work(postgres_server, postgres_template, tmp_path, prepare, work):
    found = {}
    for count in (FEW, MANY):
        name = f"kasse_work_{os.getpid()}_{count}"
        folder = tmp_path / str(count)
        folder.mkdir()
        with granted(
            postgres_server, postgres_template, name, lambda store, count=count: prepare(store, count)
        ) as location:
            run_sql(location, f"ALTER DATABASE {name} SET track_functions = 'all'", "SELECT pg_stat_reset()")
            work(partial(login, location), folder, count)
            found[count] = worked(postgres_server, location, name)
    (few, read_few), (many, read_many) = found[FEW], found[MANY]
    assert {name: (few[name], calls) for name, calls in many.items() if calls > 2 * few.get(name, 1)} == {}
    assert read_many < 5 * read_few
