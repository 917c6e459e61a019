"""The books: posting, verifying and the trial balance on both engines, beside raw rows and other ledgers.

`python -m bench.ledger [--sizes 10000,100000,1000000] [--peers 10000,100000] [sqlite] [postgresql]`: by default 10,000
and 100,000 entries of two postings on both engines, and the same for other ledgers. What grows must stay near the same
cost for each entry; an engine or a peer that is not there is left out, with the reason.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from bench.harness import command, measure, show
from bench.ledger_data import Engine, beancount, filled, journal, postgres_engine, posting, sqlite_engine
from ledger.book.verify_halves_store import LARGE
from ledger.book.verify_store import verify
from tests import books
from tests.servers import postgres_url

LAST_DAY = "2026-11-30"
ENGINES = ("sqlite", "postgresql")
PEERS = {
    "hledger": ("hledger", "-f", "{folder}/books.journal", "balance"),
    "ledger": ("ledger", "-f", "{folder}/books.journal", "balance"),
    "beancount": ("bean-query", "{folder}/books.beancount", "SELECT account, sum(position) GROUP BY account"),
}


def verifying(engine: Engine, count: int, location: str) -> float:
    """Verify the book and return what it took; a large one by the command, on the clock: two processes do it."""
    if count >= LARGE:
        start = time.perf_counter()
        subprocess.run(_verify(location), check=True, capture_output=True)
        return time.perf_counter() - start
    store = books.opened(location)
    start = engine.clock()
    assert verify(store).findings == ()
    return engine.clock() - start


def adding_up(engine: Engine, location: str) -> float:
    """Add all postings up by one SELECT, the floor of a trial balance without month balances."""
    store = books.opened(location)
    start = engine.clock()
    store.all("SELECT office, account, sum(cents) FROM posting GROUP BY office, account")
    return engine.clock() - start


def trial_balance(engine: Engine, location: str) -> float:
    """Report the balances and return what it took."""
    from ledger.reports.balances_store import trial_balance as report

    store = books.opened(location)
    start = engine.clock()
    report(store, LAST_DAY)
    return engine.clock() - start


def of_engine(engine: Engine, count: int) -> list[float]:
    """Show the figures of one engine at one size; return the microseconds an entry takes to post and to verify."""
    rounds = 3 if count < 1_000_000 else 1
    raw, own = "the same rows raw (floor)", "kasse post"
    written = measure([(raw, partial(engine.raw, count)), (own, partial(posting, engine, count))], rounds)
    show(f"{engine.name}: post {count:,} entries ({3 * count:,} rows), all guards on", written, raw)
    location = filled(engine, "filled", count)
    select = "one SELECT over all postings (floor)"
    read = measure(
        [
            (select, partial(adding_up, engine, location)),
            ("kasse trial balance", partial(trial_balance, engine, location)),
            ("kasse verify", partial(verifying, engine, count, location)),
        ],
        rounds,
    )
    show(f"{engine.name}: read {2 * count:,} postings", read, select)
    return [figure.seconds / count * 1e6 for figure in (written[1], read[2])]


def peers(folder: str, count: int) -> dict[str, float]:
    """Show what other ledgers take for the balances of the same journal, each as a command; return CPU seconds."""
    journal(Path(folder) / "books.journal", count)
    beancount(Path(folder) / "books.beancount", count)
    location = filled(sqlite_engine(folder), "peers", count)
    ours = (sys.executable, "-m", "kasse_cli", "report", "trial-balance", "--on", LAST_DAY, "--book", location)
    figures = [command("kasse report trial-balance", ours), command("kasse journal verify", _verify(location))]
    for name, parts in PEERS.items():
        if shutil.which(parts[0]) is None:
            print(f"  {name}: not measured, there is no program {parts[0]} here")
            continue
        figures.append(command(name, [part.format(folder=folder) for part in parts]))
    show(f"balances of {count:,} entries, from start to end of the command", figures, figures[0].name)
    return {figure.name: figure.seconds for figure in figures}


def _verify(location: str) -> Sequence[str]:
    return (sys.executable, "-m", "kasse_cli", "journal", "verify", "--book", location, "--user", "emil")


def wanted() -> argparse.Namespace:
    """Return what is to be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger")
    parser.add_argument("engines", nargs="*", default=ENGINES, help=" or ".join(ENGINES))
    parser.add_argument("--sizes", type=_sizes, default=(10_000, 100_000), help="numbers of entries for kasse")
    parser.add_argument("--peers", type=_sizes, default=None, help="numbers of entries for other ledgers; 0 for none")
    return parser.parse_args()


def _sizes(text: str) -> tuple[int, ...]:
    return tuple(int(part.replace("_", "")) for part in text.split(",") if int(part.replace("_", "")))


def costs(folder: str, names: Sequence[str], sizes: Sequence[int]) -> dict[str, list[float]]:
    """Measure each size on each engine that is there; return microseconds an entry to post and to verify."""
    found: dict[str, list[float]] = {}
    with ExitStack() as stack:
        engines = [sqlite_engine(folder)] if "sqlite" in names else []
        if "postgresql" in names:
            server, reason = stack.enter_context(postgres_url())
            engines += [postgres_engine(server)] if server else []
            if not server:
                print(f"PostgreSQL: not measured, {reason}")
        for count in sizes:
            for engine in engines:
                found[f"{engine.name} {count:,}"] = of_engine(engine, count)
    return found


def main() -> None:
    """Print what posting, verifying and reporting take, on every engine there is, and what other ledgers take."""
    asked = wanted()
    with tempfile.TemporaryDirectory() as folder:
        ours = costs(folder, asked.engines, asked.sizes)
        theirs = {count: peers(folder, count) for count in (asked.sizes if asked.peers is None else asked.peers)}
    print("\nmicroseconds for each entry        post   verify")
    for name, (post_us, verify_us) in ours.items():
        print(f"  {name:30} {post_us:6.1f}   {verify_us:6.1f}")
    print("\nmicroseconds of CPU for each entry, from start to end of a command")
    for count, seconds in theirs.items():
        for name, spent in seconds.items():
            print(f"  {count:>10,} {name:30} {spent / count * 1e6:8.1f}")


if __name__ == "__main__":
    main()
