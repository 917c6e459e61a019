"""A whole year of a town, some 200,000 entries, closed day by day, at its end, and rebuilt from what came to it."""

import pytest

from tests.books import opened, sqlite_copy
from tests.ledger.test_closing_town import lived_and_rebuilt

PER_DAY = {"sqlite": 330, "postgresql": 120}
"""Orders on each of 254 days: with their payments some 200,000 entries; fewer where every row goes through a socket."""


@pytest.fixture
def counted(store):
    """Let the server count its rows by itself, as servers do that live longer than a test."""
    if store.engine.name == "sqlite":
        yield
        return
    before = store.value("SHOW autovacuum")
    store.execute("ALTER SYSTEM SET autovacuum = on")
    store.value("SELECT pg_reload_conf()")
    yield
    store.execute(f"ALTER SYSTEM SET autovacuum = {before}")
    store.value("SELECT pg_reload_conf()")


@pytest.mark.soak(minutes=15)
@pytest.mark.usefixtures("counted")
def test_a_year_lived_is_a_year_rebuilt(store, sqlite_template, tmp_path):
    folder = tmp_path / "again"
    folder.mkdir()
    with sqlite_copy(sqlite_template, folder) as location:
        again = opened(location)
        protocol = lived_and_rebuilt(store, again, "2026-01-02", PER_DAY[store.engine.name])
        again.close()
    entries = sum(line.entries for line in protocol.offices)
    assert entries > (200_000 if store.engine.name == "sqlite" else 70_000)
    assert len(protocol.periods) == 12
