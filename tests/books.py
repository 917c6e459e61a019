"""Books for tests: one template for each engine, copied for every test; data written as short text."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kasse_cli.schema import create_fresh
from ledger.book.chart import load_chart
from ledger.book.creation import BankAccountPlan, BookPlan, OfficePlan, fill_book
from ledger.book.entry import Draft, Posting
from ledger.events.store import record
from ledger.people.party_seals_store import mark_fresh, seal_marked
from ledger.people.users import add_user
from ledger.store.access import connect, open_book
from ledger.store.engines import Store

NOW = "2026-11-16T05:00:00Z"
MAIN_IBAN, SECOND_IBAN = "DE02370400440000000024", "DE75512108001245126199"
PEOPLE = {
    "anna": [("ORDNUNG", "certifier"), ("BAU", "certifier"), ("KASSE", "certifier")],
    "bernd": [("ORDNUNG", "approver"), ("BAU", "approver"), ("KASSE", "approver")],
    "clara": [("*", "cashier"), ("*", "clerk")],
    "dirk": [("*", "clerk"), ("*", "payments")],
    "emil": [("*", "releaser"), ("*", "head")],
    "frida": [("*", "releaser"), ("*", "head"), ("*", "payments")],
    "import": [("*", "machine"), ("*", "clerk"), ("*", "certifier")],
}
PLAN = BookPlan(
    name="Musterstadt",
    book_id="00" * 16,
    kasse="KASSE",
    offices=(OfficePlan("KASSE", "Stadtkasse"), OfficePlan("ORDNUNG", "Ordnungsamt"), OfficePlan("BAU", "Bauamt")),
    accounts=(BankAccountPlan(MAIN_IBAN, "Hauptkonto", "KASSE"), BankAccountPlan(SECOND_IBAN, "Nebenkonto", "KASSE")),
    first_user="root",
    opened_on="2026-01-01",
    identity="declared",
    land="HH",
)


class CountingSalt:
    """Salt that is the same in every run, so that failures repeat."""

    def __init__(self) -> None:
        self.given = 0

    def __call__(self, size: int) -> bytes:
        self.given += 1
        return self.given.to_bytes(8, "big").rjust(16, b"s") * (size // 16) + b"x" * (size % 16)


def fill(store: Store) -> None:
    fill_book(store, PLAN, load_chart())
    with store.unit(["KASSE", "ORDNUNG", "BAU"]):
        for name, grants in PEOPLE.items():
            add_user(store, name, grants)


def make_sqlite_template(path: Path) -> None:
    store = connect(str(path), now=NOW, salt=CountingSalt(), create=True)
    create_fresh(store)
    fill(store)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


def make_postgres_template(server: str, name: str) -> None:
    run_sql(server, f"CREATE DATABASE {name}")
    store = connect(database(server, name), now=NOW, salt=CountingSalt())
    create_fresh(store)
    fill(store)
    store.close()


def told(store: Store, *parties: int) -> None:
    """Tell the event log of persons that a test wrote by itself, so that they are no tampering; inside a unit."""
    for party in parties:
        mark_fresh(store, "SELECT id AS party FROM party WHERE id = :party", party=party)
    record(store, store.locked[0], "party.add", None, seal_marked(store))


def run_sql(server: str, *statements: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def database(server: str, name: str) -> str:
    """Return the server's address with another database name."""
    head, mark, query = server.partition("?")
    return head.rpartition("/")[0] + "/" + name + mark + query


@contextmanager
def another(book: str, server: str, folder: Path, number: int) -> Iterator[str]:
    """Give a copy of a book, in the folder or on its server, to strike at."""
    if not server:
        yield str(shutil.copy(book, folder / "kasse.db"))
        return
    base = book.partition("?")[0].rpartition("/")[2]
    name = f"{base}_{number}"
    run_sql(server, f"CREATE DATABASE {name} TEMPLATE {base} STRATEGY = FILE_COPY")
    yield database(server, name)
    run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def sqlite_copy(template: Path, folder: Path) -> Iterator[str]:
    path = folder / "kasse.db"
    shutil.copy(template, path)
    yield str(path)


def opened(location: str, user: str = "root", now: str = NOW, wait_seconds: float = 30) -> Store:
    store = open_book(location, now=now, salt=CountingSalt(), wait_seconds=wait_seconds)
    act(store, user)
    return store


def act(store: Store, user: str) -> Store:
    """Go on as another user of the template."""
    store.user = int(store.value("SELECT id FROM app_user WHERE name = :name", name=user))
    return store


def entry(*lines: str, day: str = "2026-11-16", office: str = "KASSE", **more) -> Draft:
    """Build a draft from lines like `2800 5,00` and `4800 -5,00 #7` (an item)."""
    from sepa.money import parse_amount

    postings = []
    for line in lines:
        account, amount, *item = line.split()
        postings.append(Posting(account, parse_amount(amount), int(item[0].lstrip("#")) if item else None))
    return Draft(office, more.pop("kind", "manual"), day, tuple(postings), **more)
