"""The states that a refused step asks for, in the reader's language."""

import pytest

from kasse_cli.i18n import set_language, shown


@pytest.fixture
def german():
    set_language("de")
    yield
    set_language("en")


def test_the_states_a_step_needs_are_words_of_the_reader(german):
    assert shown("needed", "proposed / reviewed") == f"{shown('state', 'proposed')} / {shown('state', 'reviewed')}"
    assert shown("needed", "proposed / reviewed") != "proposed / reviewed"
