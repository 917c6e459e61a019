"""55,000 payouts from a list to the books, stage by stage as typed, beside writing as many rows and the same file raw.

`python -m bench.payments [PAYEES]`. Each stage is a process of its own: wall time, CPU time (of the command, not of a
server) and peak memory, on SQLite and, where a server can be started, on PostgreSQL, there also with rights enforced.
"""

from __future__ import annotations

import csv
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from bench.harness import MIB, PYTHON, measure, show
from bench.ledger_data import raw_rows
from sepa.identifiers import make_iban
from sepa.money import plain
from sepa.pain001 import write
from sepa.payments import CreditTransferMessage, Party, Totals, Transfer, TransferBatch
from tests import books
from tests.rolebooks import granted, login
from tests.servers import postgres_url

PAYEES = int(sys.argv[1]) if len(sys.argv) > 1 else 55_000
CENTS = 900_000
HEAD = ("office", "kind", "name", "bank_account", "amount", "due", "purpose")


@dataclass(frozen=True, slots=True)
class Stage:
    """One command of the way, and what it took."""

    name: str
    wall_seconds: float
    cpu_seconds: float
    peak_mib: int


def payees() -> Iterator[tuple[str, str, int]]:
    """Yield name, account and cents of each payee of a grant programme."""
    for number in range(1, PAYEES + 1):
        yield f"Betrieb Nummer {number}", make_iban("DE", f"12030000{number:010d}"), CENTS + number % 1000


def write_list(path: Path) -> int:
    """Write the list of payees and return its sum."""
    total = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow(HEAD)
        for name, iban, cents in payees():
            total += cents
            rows.writerow(("BAU", "payable", name, iban, plain(cents), "2026-11-20", f"Soforthilfe {name[15:]}"))
    return total


def commands(total: int) -> Iterator[tuple[str, str, str]]:
    """Yield the stages, who takes each, and by which command."""
    sums = f"--sum {plain(total)}"
    yield "import the list", "import", "order import list.csv"
    yield "certify", "anna", f"order certify --batch 1 {sums}"
    yield "approve", "bernd", f"order approve --batch 1 {sums}"
    yield "accept: items and entries", "clara", f"order accept --batch 1 {sums}"
    yield "propose the run", "dirk", "payment propose"
    yield "review it", "dirk", "payment review 1 --csv"
    yield "release it: clearings and files", "emil", f"payment release 1 {sums}"
    yield "export its files", "dirk", "payment export 1 --out run.xml"


def run(folder: Path, book: str, name: str, user: str, line: str) -> Stage:
    """Run one command and return what it took; ends the measurement where it fails."""
    environ = {**os.environ, "KASSE_BOOK": book, "KASSE_LANG": "en"}
    start = time.perf_counter()
    with (folder / "out.txt").open("wb") as out:
        process = subprocess.Popen(
            [PYTHON, "-m", "bench.payments_clock", *shlex.split(line), "--user", user, "-q"],
            cwd=Path.cwd(), stdout=out, stderr=out, env=environ | {"KASSE_BENCH_FOLDER": str(folder)},
        )  # fmt: skip
        _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status) not in {0, 3}:
        sys.exit(f"{line}: {(folder / 'out.txt').read_text(encoding='utf-8')[-2000:]}")
    return Stage(name, wall, used.ru_utime + used.ru_stime, used.ru_maxrss // MIB)


def raw_file() -> None:
    """Write the same payments as one file, from values in memory: the floor of the export."""
    transfers = [
        Transfer(f"KASSE-R1-{n}", cents, Party(name, iban), "Soforthilfe")
        for n, (name, iban, cents) in enumerate(payees(), 1)
    ]
    totals = Totals(PAYEES, sum(one.amount_cents for one in transfers))
    debtor = Party("Musterstadt", books.MAIN_IBAN)
    batch = TransferBatch("M-1", debtor, date(2026, 11, 20), transfers=transfers, totals=totals)
    message = CreditTransferMessage("M", datetime(2026, 11, 20, tzinfo=UTC), "Musterstadt", (batch,))
    for _ in write(message):
        pass


Place = Callable[[str], str]
"""The location of a book for a person."""


@contextmanager
def made_books(folder: Path) -> Iterator[Iterator[tuple[str, Place]]]:
    """Give engine and place of fresh books, one for each engine that is there, and one that enforces the rights."""
    books.make_sqlite_template(folder / "kasse.db")
    with postgres_url() as (server, reason):
        yield _places(folder, server, reason)


def _places(folder: Path, server: str | None, reason: str) -> Iterator[tuple[str, Place]]:
    yield "sqlite", lambda _: str(folder / "kasse.db")
    if not server:
        print(f"no PostgreSQL: {reason}")
        return
    books.make_postgres_template(server, "bench_template")
    books.run_sql(server, "CREATE DATABASE bench_payments TEMPLATE bench_template")
    yield "postgresql", lambda _: books.database(server, "bench_payments")
    books.run_sql(server, "DROP DATABASE bench_payments WITH (FORCE)")
    with granted(server, "bench_template", "bench_rights") as location:
        yield "postgresql, rights enforced", partial(login, location)
    books.run_sql(server, "DROP DATABASE bench_template WITH (FORCE)")


def measure_book(folder: Path, engine: str, place: Place, total: int) -> None:
    """Measure every stage on one engine and print them."""
    stages = [run(folder, place(user), stage, user, line) for stage, user, line in commands(total)]
    files = list(folder.glob("run*.xml"))
    size = sum(path.stat().st_size for path in files) / 1e6
    for path in files:
        path.unlink()
    print(f"\n{PAYEES:,} payouts, {engine}, {size:.0f} MB of files")
    for one in stages:
        print(f"  {one.name:36} {one.wall_seconds:7.2f} s wall {one.cpu_seconds:7.2f} s CPU {one.peak_mib:5} MiB")
    wall, cpu = sum(one.wall_seconds for one in stages), sum(one.cpu_seconds for one in stages)
    print(f"  {'in all':36} {wall:7.2f} s wall {cpu:7.2f} s CPU {max(one.peak_mib for one in stages):5} MiB")


def main() -> None:
    """Measure every stage and print them beside the floors."""
    with tempfile.TemporaryDirectory(prefix="kasse-bench-") as name:
        folder = Path(name)
        total = write_list(folder / "list.csv")
        with made_books(folder) as found:
            for engine, place in found:
                measure_book(folder, engine, place, total)
    floors: list[tuple[str, Callable[[], object]]] = [
        ("as many entries as rows, raw", partial(raw_rows, PAYEES)),
        ("the same file, raw", raw_file),
    ]
    show("the floors", measure(floors, rounds=1), floors[0][0])


if __name__ == "__main__":
    main()
