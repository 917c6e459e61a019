"""Match, post and clear staged bank entries against many open items, beside the floors of the same machine and hour.

`python -m bench.reconcile [ENTRIES] [ITEMS] [sqlite|postgresql|rights]` (100,000 against 1,000,000 by default). Prints
how many entries each kind has and how many were decided wholly, the time of each stage, and the wrong matches: 0.
With `rights` PostgreSQL enforces them on the login that takes the day in.
"""

from __future__ import annotations

import os
import pickle
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from threading import get_ident
from typing import Any

from bench.harness import Figure, measure, show
from bench.ledger_data import posting, raw_rows, sqlite_engine
from bench.reconcile_data import fill_town
from bench.reconcile_days import shares_by_kind, stage, wrong_matches
from bench.reconcile_floor import plain_sql
from kasse_cli.tui.session import Session
from ledger.bank import match_store, posting_rows_store, posting_store
from ledger.book.store import Poster
from ledger.store.engines import Store
from tests import books, rolebooks
from tests.bankbooks import check_invariants
from tests.servers import postgres_url

ENTRIES = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
ITEMS = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
ENGINES = sys.argv[3:] or ["sqlite", "postgresql", "rights"]
CASES = 200
"""How many unclear cases a clerk looks at."""
STAGES = (
    "gather",
    "_look_up",
    "decide",
    "plan",
    "settle",
    "settle_share",
    "keep_unclear",
    "note",
    "take_off",
    "apply_effects",
)
"""What the service calls by these names is a stage.

`settle` posts what is paid at once, `settle_share` and `keep_unclear` what has one share, `draft` the others.
"""


class Stages:
    """Adds up the wall time of the stages of a service, each without those inside it.

    What is written behind runs beside the other stages, on a thread of its own.
    """

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._inside: defaultdict[int, list[float]] = defaultdict(list)

    def watch(self, module: Any, names: Iterable[str]) -> None:
        """Measure the functions that a module calls by these names."""
        for name in names:
            setattr(module, name, self._timed(name, getattr(module, name)))

    def _timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            start, inside = time.perf_counter(), self._inside[get_ident()]
            inside.append(0.0)
            try:
                return work(*arguments, **named)
            finally:
                took = time.perf_counter() - start
                self.seconds[name] += took - inside.pop()
                if inside:
                    inside[-1] += took

        return timed

    def stream(self, module: Any, name: str) -> None:
        """Measure a generator that a module calls by this name."""
        make = getattr(module, name)

        def timed(*arguments: Any) -> Iterator[Any]:
            found = make(*arguments)
            following = self._timed(name, partial(next, found, None))
            while (one := following()) is not None:
                yield one

        setattr(module, name, timed)


def fill(location: str, truth: Path) -> None:
    """Fill a book and keep beside it what each entry is and which items it may rightly move."""
    store = books.opened(location, "import")
    town = fill_town(store, ITEMS, max(3, ENTRIES // 200))
    truth.write_bytes(pickle.dumps(stage(store, town, ENTRIES)))
    store.close()


def by_stage(location: str) -> float:
    """Match and post everything in one process and print how long each stage takes; nothing is kept."""
    store, stages = books.opened(location, "import"), Stages()
    for module in (match_store, posting_rows_store, posting_store):
        stages.watch(module, [name for name in STAGES if hasattr(module, name)])
    stages.watch(Poster, ("draft",))
    stages.watch(Store, ("insert",))
    stages.stream(posting_rows_store, "candidates")
    posting_rows_store.LARGE = ENTRIES + 1
    start = time.process_time()
    with store.rehearsal():
        posting_store.post_staged(store)
    listed = ", ".join(f"{name} {seconds:.2f}" for name, seconds in stages.seconds.most_common())
    print(f"  seconds by stage in one process: {listed}")
    store.close()
    return time.process_time() - start


def enforce(location: str) -> float:
    """Have the server enforce the rights of the book."""
    store = books.opened(location)
    rolebooks.enforce(store)
    store.close()
    return 0.0


def reconcile(location: str) -> float:
    """Match and post everything and return the wall seconds: another process, or the server, works beside."""
    store = books.opened(location, "import")
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = posting_store.post_staged(store)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    store.close()
    share = outcome.matched / outcome.posted
    print(f"  {outcome.posted:,} posted in {wall:.2f} s wall, matched {share:.1%}, {dict(outcome.reasons)}")
    other = resource.getrusage(resource.RUSAGE_CHILDREN)
    there = f"{other.ru_utime + other.ru_stime:.2f} s and {other.ru_maxrss // 1024} MiB in the other process"
    print(f"  {cpu:.2f} s of CPU here, {there}")
    return wall


def check(location: str, truth: Path) -> float:
    """Print what share of each kind was decided and how many items were moved wrongly, and check the books."""
    store, known = books.opened(location, "import"), pickle.loads(truth.read_bytes())
    for kind, (count, decided) in shares_by_kind(store, known).items():
        print(f"    {kind:16} {count:7,}  decided {decided / count:6.1%}")
    wrong = wrong_matches(store, known)
    print(f"  wrong matches: {len(wrong)}")
    for number, kind, rule, item in wrong[:5]:
        said = store.one("SELECT amount_cents, name, remittance FROM bank_entry WHERE id = :id", id=number)
        print(f"    {kind} by {rule}: {said} went to {item}, meant for {sorted(known[number][1])}")
    check_invariants(store)
    store.close()
    return 0.0


def desk(location: str) -> float:
    """Print what a clerk waits for at the clarification desk: the list of all that is unclear, and case by case."""
    store = books.opened(location, "dirk")
    session = Session(store, "2026-12-31", clock=lambda: "")
    start = time.perf_counter()
    session.load()
    listed = time.perf_counter() - start
    waits: list[float] = []
    for _ in range(CASES):
        session.step(max(1, len(session.cases) // CASES))
        start = time.perf_counter()
        known = session.details()
        if known is not None:
            session.hints(known[0])
        waits.append(1000 * (time.perf_counter() - start))
    worst, middle = max(waits), sorted(waits)[CASES // 2]
    shown = f"a case with its proposals {middle:.0f} ms, the worst of {CASES} {worst:.0f} ms"
    print(f"  {len(session.cases):,} unclear cases listed in {listed:.2f} s; {shown}")
    store.close()
    return listed


def measured(engine: str, location: str, folder: Path, copied: Callable[[], AbstractContextManager[str]]) -> Figure:
    """Return what reconciling took, each step in a process of its own; the stages of a copy of the book."""
    truth = folder / f"{engine}.truth"
    measure([("fill", partial(fill, location, truth))], rounds=1)
    with copied() as copy:
        measure([("stages", partial(by_stage, copy))], rounds=1)
    for_whom = location
    if engine == "rights":
        measure([("enforce", partial(enforce, location))], rounds=1)
        for_whom = rolebooks.login(location, "import")
    (figure,) = measure([(f"kasse, {engine}, wall", partial(reconcile, for_whom))], rounds=1)
    measure([("check", partial(check, location, truth))], rounds=1)
    measure([("desk", partial(desk, rolebooks.login(location, "dirk") if engine == "rights" else location))], rounds=1)
    return figure


@contextmanager
def copied_file(book: Path) -> Iterator[str]:
    """Yield a copy of a SQLite book."""
    copy = book.with_name("stages.db")
    shutil.copy(book, copy)
    yield str(copy)
    copy.unlink()


@contextmanager
def copied_database(url: str, name: str) -> Iterator[str]:
    """Yield a copy of a book on a server: rows that a rehearsal leaves dead there would slow down what follows."""
    books.run_sql(url, f"CREATE DATABASE {name}_stages TEMPLATE {name}")
    yield books.database(url, f"{name}_stages")
    books.run_sql(url, f"DROP DATABASE {name}_stages WITH (FORCE)")


def posted() -> float:
    """Post as many entries without matching and return the CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        return posting(sqlite_engine(folder), ENTRIES)


def main() -> None:
    """Measure the engines asked for beside the floors."""
    floors = [
        ("the same in plain SQL (floor)", partial(plain_sql, ENTRIES, ITEMS)),
        ("as many rows raw, executemany", partial(raw_rows, ENTRIES)),
        ("as many entries only posted", posted),
    ]
    folder = Path(tempfile.mkdtemp(prefix="kasse-bench-"))
    figures: list[Figure] = []
    try:
        if "sqlite" in ENGINES:
            book = folder / "kasse.db"
            books.make_sqlite_template(book)
            figures.append(measured("sqlite", str(book), folder, partial(copied_file, book)))
        if servers := [engine for engine in ENGINES if engine != "sqlite"]:
            with postgres_url() as (url, reason):
                if not url:
                    print(f"  PostgreSQL left out: {reason}")
                    servers = []
                for engine in servers:
                    books.make_postgres_template(url, "kasse_bench")
                    copied = partial(copied_database, url, "kasse_bench")
                    figures.append(measured(engine, books.database(url, "kasse_bench"), folder, copied))
                    rolebooks.drop(url, "kasse_bench")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    title = f"match, post and clear {ENTRIES:,} bank entries against {ITEMS:,} open items"
    show(title, measure(floors, rounds=2) + figures, floors[0][0])
    print(f"\nload of the machine: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")


if __name__ == "__main__":
    main()
