"""The books: posting, verifying and the trial balance on both engines, beside raw rows and other ledgers.

`python -m bench.ledger [ENTRIES…]` (10,000 and 100,000 by default; two postings to an entry). What grows must stay
near the same cost for each entry; PostgreSQL is left out, with the reason, where there is none.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path

from bench.harness import Figure, measure, show, wall
from bench.ledger_data import Engine, filled, journal, postgres_engine, posting, sqlite_engine
from ledger.book.verify_store import verify
from tests import books
from tests.servers import postgres_url

SIZES = tuple(int(text.replace(",", "")) for text in sys.argv[1:]) or (10_000, 100_000)
LAST_DAY = "2026-11-30"
PEERS = {
    "hledger": ("hledger", "-f", "{journal}", "balance"),
    "ledger": ("ledger", "-f", "{journal}", "balance"),
    "beancount": ("bean-query", "{journal}", "SELECT account, sum(position) GROUP BY account"),
}
PEER_ENTRIES = 100_000
"""Peers read their whole journal for every report: beyond this they would be measured for minutes."""


def verifying(engine: Engine, location: str) -> float:
    """Verify the book and return what it took."""
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
            ("kasse verify", partial(verifying, engine, location)),
        ],
        rounds,
    )
    show(f"{engine.name}: read {2 * count:,} postings", read, select)
    return [figure.seconds / count * 1e6 for figure in (written[1], read[2])]


def peers(folder: str, count: int) -> None:
    """Show what other ledgers take for the balances of the same journal, in wall seconds."""
    path = Path(folder) / "books.journal"
    journal(path, count)
    engine = sqlite_engine(folder)
    location = filled(engine, "peers", count)
    command = [sys.executable, "-m", "kasse_cli", "report", "trial-balance", "--on", LAST_DAY, "--book", location]
    figures = [Figure("kasse report trial-balance", wall(command, 3), 0)]
    for name, parts in PEERS.items():
        if shutil.which(parts[0]) is None:
            print(f"  {name}: not measured, there is no program {parts[0]} here")
            continue
        figures.append(Figure(name, wall([part.format(journal=path) for part in parts], 2), 0))
    show(f"balances of {count:,} entries, from start to end of the command (wall)", figures, figures[0].name)


def main() -> None:
    """Print what posting, verifying and reporting take, on every engine there is."""
    costs: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder, postgres_url() as (server, reason):
        engines = [sqlite_engine(folder), *([postgres_engine(server)] if server else [])]
        if not server:
            print(f"PostgreSQL: not measured, {reason}")
        for count in SIZES:
            for engine in engines:
                costs[f"{engine.name} {count:,}"] = of_engine(engine, count)
        peers(folder, min(max(SIZES), PEER_ENTRIES))
    print("\nmicroseconds for each entry    post   verify")
    for name, (post_us, verify_us) in costs.items():
        print(f"  {name:26} {post_us:6.1f}   {verify_us:6.1f}")


if __name__ == "__main__":
    main()
