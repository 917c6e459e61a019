"""The whole portfolio of Kasse.Hamburg through its life on both engines, proved after each step."""

import pytest

from bench.enforcement_data import ITEMS
from tests.enforcement.portfolio_life import lived


@pytest.mark.soak(minutes=70)
def test_the_portfolio_lives_and_every_step_is_proved(store):
    assert len(lived(store, ITEMS).steps) == 11
