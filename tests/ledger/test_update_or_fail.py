"""An UPDATE that fails in its middle ends the unit of work, and nothing of it stays."""

import sqlite3

import psycopg
import pytest

from tests.bankbooks import item, reference
from tests.books import act

OPEN = "SELECT id, open_cents FROM item ORDER BY id"


@pytest.fixture
def claims(store):
    """Three claims, of which the last cannot bear what is taken off all of them."""
    act(store, "import")
    for number, amount in enumerate(("50", "50", "10"), 1):
        item(store, amount, reference(store, number))
    return store


def take_twenty(store):
    with store.unit(["ORDNUNG", "KASSE"]):
        store.update_or_fail("UPDATE item SET open_cents = open_cents - 2000 WHERE id > :id", id=0)


def test_what_fails_half_way_leaves_nothing(claims):
    before = claims.all(OPEN)
    with pytest.raises((sqlite3.IntegrityError, psycopg.errors.CheckViolation)):
        take_twenty(claims)
    assert claims.all(OPEN) == before


def test_a_rehearsal_goes_on_after_it(claims):
    before = claims.all(OPEN)
    with claims.rehearsal():
        with pytest.raises((sqlite3.IntegrityError, psycopg.errors.CheckViolation)):
            take_twenty(claims)
        assert claims.all(OPEN) == before
    assert claims.all(OPEN) == before
