"""Invariant 10: kill -9 during `kasse reconcile` at any moment, again and again: nothing lost, nothing doubled."""

import os
import random
from datetime import date

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.items.kassenzeichen import _append_mod_11_10
from ledger.items.store import NewItem, insert_items, opening_posting, reserve_items
from ledger.reports.balances_store import trial_balance
from tests import books
from tests.kasse_cli.striking import killed_after, lasting

DAY = date(2026, 11, 16)
COUNT = 400
REFERENCES = [_append_mod_11_10(f"7{n:011d}") for n in range(COUNT)]
LINE = "kasse reconcile --user clara --on 2026-11-17 --json --book {book} {path}"


def with_items(book):
    store = books.opened(book)
    with store.unit(["KASSE", "ORDNUNG"]):
        first = reserve_items(store, "ORDNUNG", COUNT)
        lines = [opening_posting("D", "2400", first + n, 1000 + n) for n in range(COUNT)]
        drafts = [Draft("ORDNUNG", "order", "2026-11-15", (line, Posting("5100", -line.cents))) for line in lines]
        posted = post(store, drafts)
        insert_items(
            store,
            [
                NewItem(
                    "ORDNUNG",
                    first + n,
                    "receivable",
                    "2400",
                    1000 + n,
                    "2026-12-01",
                    "2026-11-15",
                    where.position,
                    reference=REFERENCES[n],
                )
                for n, where in enumerate(posted)
            ],
        )
    store.close()


def statement(path):
    """A day of full, part and over-payments, two for one item, and money without a reference."""
    bookings = [
        Booking(1000 + n - 5 * (n % 3) + 7 * (n % 5 == 0), f"Zahler {n}", lines=(f"KZ {ref[:4]} {ref[4:]}",))
        for n, ref in enumerate(REFERENCES)
    ]
    bookings += [Booking(500, "Noch einmal", lines=(REFERENCES[1],)), Booking(5000, "Ohne", lines=("danke",))]
    bookings += [Booking(-199, gvc="808", lines=("Entgelt",)), Booking(-7700, "Fremd", lines=("Abbuchung",))]
    path.write_bytes(DemoBank(books.MAIN_IBAN, 0).statement(DAY, tuple(bookings)))


def outcome(book):
    store = books.opened(book)
    accounts = {(a.office, a.number): a.balance_cents for a in trial_balance(store, "2026-12-31").accounts}
    items = store.all("SELECT office, kind, amount_cents, open_cents, reference FROM item ORDER BY 1, 2, 3, 4, 5")
    counts = store.one("SELECT count(*), count(DISTINCT position) FROM bank_entry WHERE state = 'posted'")
    findings = verify(store).findings
    store.close()
    return accounts, items, counts, findings


def reconcile_to_the_end(shell, line):
    done = shell(line)
    assert done.code in {0, 3}, done.out + done.err
    return done.data


def check_kills(book, reference, shell, kills):
    path = shell.folder / "2026-11-16.xml"
    statement(path)
    with_items(reference)
    line = LINE.format(book=reference, path=path)
    length = lasting(shell, line)
    wanted = outcome(reference)
    assert wanted[2:] == ((COUNT + 4, COUNT + 4), ())

    with_items(book)
    line = LINE.format(book=book, path=path)
    dice = random.Random(17)
    moments = [(0.1 + 0.7 * (n + dice.random()) / kills) * length for n in range(kills)]
    assert sum(killed_after(shell, line, moment) for moment in moments)
    reconcile_to_the_end(shell, line)
    assert outcome(book) == wanted
    assert reconcile_to_the_end(shell, line)["posted"] == 0
    assert outcome(book) == wanted


@pytest.fixture
def sqlite_pair(tmp_path, sqlite_template):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with (
        books.sqlite_copy(sqlite_template, tmp_path / "a") as first,
        books.sqlite_copy(sqlite_template, tmp_path / "b") as second,
    ):
        yield first, second


@pytest.fixture
def postgres_pair(postgres_server, postgres_template):
    names = [f"kasse_kill_{os.getpid()}_{n}" for n in range(2)]
    for name in names:
        books.run_sql(postgres_server, f"CREATE DATABASE {name} TEMPLATE {postgres_template}")
    yield tuple(books.database(postgres_server, name) for name in names)
    for name in names:
        books.run_sql(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def test_a_killed_reconcile_on_sqlite(sqlite_pair, shell):
    check_kills(*sqlite_pair, shell, kills=4)


def test_a_killed_reconcile_on_postgresql(postgres_pair, shell):
    check_kills(*postgres_pair, shell, kills=2)


@pytest.mark.soak
def test_a_reconcile_killed_many_times(sqlite_pair, shell):
    check_kills(*sqlite_pair, shell, kills=200)
