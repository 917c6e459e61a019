"""Dunning of a whole city's open claims, with charges and limitation, beside a bare pass over the same rows.

`python -m bench.enforcement [ITEMS] [sqlite|postgresql]` (355,073 by default, the number of Kasse.Hamburg).
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.enforcement_data import ITEMS as HAMBURG
from bench.enforcement_data import fill_portfolio
from bench.harness import measure, show
from enforcement.dunning_release_store import release
from enforcement.dunning_store import propose
from enforcement.proofs import PROOFS
from ledger.book.verify_store import verify
from ledger.store.engines import Store
from tests import books
from tests.bankbooks import close_day
from tests.servers import postgres_url

ITEMS = int(sys.argv[1]) if len(sys.argv) > 1 else HAMBURG
ENGINES = sys.argv[2:] or ["sqlite", "postgresql"]
DAY = dt.date(2026, 11, 24)
ROWS = """
    SELECT i.office, i.id, i.due, i.amount_cents, i.open_cents, i.profile, p.name FROM party p CROSS JOIN item i
    WHERE i.party = p.id AND i.kind = 'receivable' AND i.open_cents > 0 ORDER BY p.id, i.due, i.office, i.id"""


def timed(location: str, user: str, work: Callable[[Store], Any]) -> float:
    """Run the work on the book and return its CPU seconds; the server's own are in the wall time, which is printed."""
    store = books.opened(location, user)
    store.today = DAY.isoformat()
    wall, cpu = time.perf_counter(), time.process_time()
    found = work(store)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"  {found} in {wall:.2f} s wall", flush=True)
    store.close()
    return cpu


def fill(location: str) -> float:
    """Fill the book and close the days, so that dunning may begin."""
    store = books.opened(location, "import")
    fill_portfolio(store, ITEMS)
    close_day(store, DAY.isoformat().replace("24", "23"))
    store.close()
    return 0.0


def bare(store: Store) -> str:
    """Read the rows that dunning reads, and nothing else."""
    with store.snapshot():
        return f"{sum(1 for _ in store.stream(ROWS)):,} rows read"


def proposal(store: Store) -> str:
    """Propose the letters of a day."""
    made = propose(store, DAY)
    left = ", ".join(f"{why} {count:,}" for why, count in made.whys)
    return f"{made.letters:,} letters about {made.items:,} items; left out: {left}"


def released(store: Store) -> str:
    """Release the run: fees and charges become items."""
    done = release(store, 1)
    return f"{done.letters:,} letters released, {done.fee_items:,} fees and charges booked"


def verified(store: Store) -> str:
    """Re-compute the whole book, with what enforcement has proven of it."""
    return f"verified, findings: {len(verify(store, proofs=PROOFS).findings)}"


def on_engine(engine: str, location: str) -> None:
    """Measure one engine, each step in a process of its own."""
    measure([("fill", partial(fill, location))], rounds=1)
    steps = (("read the rows only (floor)", "clara", bare), ("dunning proposal", "clara", proposal),
             ("release", "emil", released), ("verify", "emil", verified))  # fmt: skip
    figures = [
        figure
        for name, user, work in steps
        for figure in measure([(name, partial(timed, location, user, work))], rounds=1)
    ]
    show(f"{ITEMS:,} open claims on {engine}", figures, steps[0][0])


def main() -> None:
    """Measure the engines asked for."""
    folder = Path(tempfile.mkdtemp(prefix="kasse-bench-"))
    try:
        if "sqlite" in ENGINES:
            books.make_sqlite_template(folder / "kasse.db")
            on_engine("sqlite", str(folder / "kasse.db"))
        if "postgresql" in ENGINES:
            with postgres_url() as (server, reason):
                if reason:
                    sys.exit(reason)
                books.make_postgres_template(server, "bench_enforcement")
                on_engine("postgresql", books.database(server, "bench_enforcement"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
