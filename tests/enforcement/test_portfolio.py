"""A small portfolio of claims through its whole life, on both engines; the full one is in tests/soak."""

from tests.enforcement.portfolio_life import lived


def test_a_portfolio_lives_and_every_step_is_proved(store):
    life = lived(store, 240)
    assert len(life.steps) == 11
