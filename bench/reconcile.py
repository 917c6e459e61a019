"""Match, post and clear staged bank entries against many open items, beside the floors of the same machine and hour.

`python -m bench.reconcile [ENTRIES] [ITEMS] [sqlite|postgresql]` (100,000 against 1,000,000 by default).
"""

from __future__ import annotations

import pickle
import shutil
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from bench.harness import Figure, measure, show
from bench.ledger_writes import posting, raw_rows
from bench.reconcile_data import fill_items, stage_entries
from ledger.bank.posting_store import post_staged
from tests import books
from tests.bankbooks import check_invariants
from tests.servers import postgres_url

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ITEMS = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
ENGINES = sys.argv[3:] or ["sqlite", "postgresql"]


def fill(location: str, truth: Path) -> None:
    """Fill a book and keep beside it which items each entry may rightly settle."""
    store = books.opened(location, "import")
    truth.write_bytes(pickle.dumps(stage_entries(store, fill_items(store, ITEMS), ENTRIES, books.MAIN_IBAN)))
    store.close()


def reconcile(location: str) -> float:
    """Match and post everything and return the CPU seconds of this process; the server's own are in the wall time."""
    store = books.opened(location, "import")
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = post_staged(store)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    store.close()
    share = outcome.matched / outcome.posted
    print(f"  {outcome.posted:,} posted in {wall:.2f} s wall, matched {share:.1%}, {dict(outcome.reasons)}")
    return cpu


def check(location: str, truth: Path) -> float:
    """Print how many items were settled by money that was not meant for them, and check the books."""
    store, known = books.opened(location, "import"), pickle.loads(truth.read_bytes())
    sql = "SELECT entry, item_office, item FROM bank_match WHERE rule IN ('reference', 'evidence')"
    wrong = sum((office, item) not in known[entry] for entry, office, item in store.rows(sql))
    print(f"  wrong matches: {wrong}")
    check_invariants(store)
    store.close()
    return 0.0


def measured(engine: str, location: str, folder: Path) -> Figure:
    """Return what reconciling took, each step in a process of its own."""
    truth = folder / f"{engine}.truth"
    measure([("fill", partial(fill, location, truth))], rounds=1)
    (figure,) = measure([(f"kasse, {engine}", partial(reconcile, location))], rounds=1)
    measure([("check", partial(check, location, truth))], rounds=1)
    return figure


def main() -> None:
    """Measure the engines asked for beside the floors."""
    floors = [
        ("as many rows raw, executemany (floor)", partial(raw_rows, ENTRIES)),
        ("as many entries only posted", partial(posting, ENTRIES)),
    ]
    folder = Path(tempfile.mkdtemp(prefix="kasse-bench-"))
    figures: list[Figure] = []
    try:
        if "sqlite" in ENGINES:
            books.make_sqlite_template(folder / "kasse.db")
            figures.append(measured("sqlite", str(folder / "kasse.db"), folder))
        if "postgresql" in ENGINES:
            with postgres_url() as (url, reason):
                if url:
                    books.make_postgres_template(url, "kasse_bench")
                    figures.append(measured("postgresql", books.database(url, "kasse_bench"), folder))
                    books.run_sql(url, "DROP DATABASE kasse_bench WITH (FORCE)")
                else:
                    print(f"  PostgreSQL left out: {reason}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    title = f"match, post and clear {ENTRIES:,} bank entries against {ITEMS:,} open items"
    show(title, measure(floors, rounds=2) + figures, floors[0][0])


if __name__ == "__main__":
    main()
