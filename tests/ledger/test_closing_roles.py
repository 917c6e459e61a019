"""Closings by people whose rights the database itself enforces: all of it works, and nothing beyond it."""

import os

import pytest

from ledger.book.closing_periods import month_period, year_period
from ledger.book.closing_service import close_day, close_period, confirm_day, confirm_period
from ledger.book.closing_year_service import close_year, prepare_year
from ledger.book.verify_store import verify
from tests import rolebooks
from tests.books import MAIN_IBAN
from tests.ledger.bank_days import claim, receive, take_over
from tests.ledger.closing_days import FAR

DECEMBER, YEAR = month_period("2025-12"), year_period(2025)


def prepare(store):
    take_over(store, "2025-12-01", "100,00")
    claim(store, "50,00", "2025-12-01", "ORDNUNG")
    receive(store, "2025-12-02", "7,00")


@pytest.fixture
def location(postgres_server, postgres_template, tmp_path):
    name = f"kasse_closing_roles_{os.getpid()}"
    with rolebooks.granted(postgres_server, postgres_template, name, prepare) as made:
        yield made


def test_a_year_is_closed_by_logins_of_the_database(location):
    clara, emil = (rolebooks.opened(location, user) for user in ("clara", "emil"))
    assert close_day(clara, "2025-12-31", today=FAR, reasons={MAIN_IBAN: "kein Umsatz"}).fresh
    assert confirm_day(emil, "2025-12-31").fresh
    assert close_period(clara, DECEMBER, today=FAR).fresh
    assert confirm_period(emil, DECEMBER).fresh
    assert prepare_year(clara, YEAR, today=FAR).fresh
    assert close_year(emil, YEAR, today=FAR).closed_by == "clara"
    assert verify(emil).findings == ()
    clara.close()
    emil.close()
