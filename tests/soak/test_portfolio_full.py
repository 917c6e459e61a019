"""The whole portfolio of Kasse.Hamburg through its life, proved after each step; a part of it on PostgreSQL."""

import pytest

from bench.enforcement_data import ITEMS
from tests.enforcement.portfolio_life import lived

SIZES = {"sqlite": ITEMS, "postgresql": 60_000}
"""How many claims; on PostgreSQL server and test share the processor, and every row goes through a socket."""


@pytest.mark.soak
def test_the_portfolio_lives_and_every_step_is_proved(store):
    assert len(lived(store, SIZES[store.engine.name]).steps) == 11
