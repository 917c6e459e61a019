"""Match, post and clear staged bank entries against many open items, on SQLite and PostgreSQL.

`python -m bench.reconcile [ENTRIES] [ITEMS] [sqlite|postgresql]` (100,000 against 1,000,000 by default).
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from bench.reconcile_data import fill_items, stage_entries
from ledger.bank.posting_store import post_staged
from ledger.store.engines import Store
from tests import books
from tests.bankbooks import check_invariants
from tests.servers import postgres_url

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ITEMS = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
ENGINES = sys.argv[3:] or ["sqlite", "postgresql"]


def wrong_matches(store: Store, truth: dict[int, set[tuple[str, int]]]) -> int:
    """Return how many items were settled by money that was not meant for them."""
    sql = "SELECT entry, item_office, item FROM bank_match WHERE rule IN ('reference', 'evidence')"
    return sum((office, item) not in truth[entry] for entry, office, item in store.rows(sql))


def reconcile(location: str) -> None:
    """Fill a book, match and post, and print what it took."""
    store = books.opened(location, "import")
    start = time.perf_counter()
    truth = stage_entries(store, fill_items(store, ITEMS), ENTRIES, books.MAIN_IBAN)
    store.close()
    print(f"  made in {time.perf_counter() - start:.1f} s")
    store = books.opened(location, "import")
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = post_staged(store)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"  {outcome.posted:,} entries: {wall:.2f} s wall, {cpu:.2f} s CPU of this process, peak {peak} MiB")
    print(f"  matched {outcome.matched / outcome.posted:.1%}, {dict(outcome.reasons)}, surpluses {outcome.surpluses}")
    print(f"  wrong matches: {wrong_matches(store, truth)}")
    check_invariants(store)
    store.close()


def main() -> None:
    """Measure the engines asked for."""
    folder = Path(tempfile.mkdtemp(prefix="kasse-bench-"))
    try:
        if "sqlite" in ENGINES:
            print(f"SQLite, {ENTRIES:,} entries against {ITEMS:,} items")
            books.make_sqlite_template(folder / "kasse.db")
            reconcile(str(folder / "kasse.db"))
        if "postgresql" in ENGINES:
            with postgres_url() as (url, reason):
                print(f"PostgreSQL, {ENTRIES:,} entries against {ITEMS:,} items {reason}")
                if url:
                    books.make_postgres_template(url, "kasse_bench")
                    reconcile(books.database(url, "kasse_bench"))
                    books.run_sql(url, "DROP DATABASE kasse_bench WITH (FORCE)")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
