"""Many claims are decided by two processes: the run is the same to the byte as by one."""

import datetime as dt

import pytest

from bench.enforcement_data import fill_portfolio
from enforcement import dunning_store
from enforcement.dunning_store import propose
from ledger.store.beside import beside
from tests.bankbooks import close_day
from tests.books import act

DAY = dt.date(2026, 11, 24)
WRITTEN = (
    "SELECT * FROM letter ORDER BY id",
    "SELECT * FROM letter_item ORDER BY letter, line",
    "SELECT * FROM letter_fee ORDER BY letter, line",
    "SELECT * FROM dunning_skip ORDER BY office, item",
    "SELECT * FROM dunning_run",
    "SELECT number, facts FROM (SELECT position AS number, facts FROM event WHERE action = 'dunning.propose') AS noted",
)


@pytest.fixture
def portfolio(store):
    """Claims of persons, some of them without an address."""
    importer = act(store, "import")
    fill_portfolio(importer, 160)
    with importer.unit(["BAU", "KASSE", "ORDNUNG"]):
        importer.execute("UPDATE party SET town = NULL WHERE id % 20 = 1")
    close_day(store, "2026-11-23")
    return store


def written(store, monkeypatch, large, asked):
    """Propose as a dry run and return what would stand in the book, with the findings in their order."""
    clara = act(store, "clara")
    clara.today = DAY.isoformat()

    def watched(work, *what):
        asked.append(work)
        return beside(work, *what)

    with monkeypatch.context() as patch, clara.rehearsal():
        patch.setattr(dunning_store, "LARGE", large)
        patch.setattr(dunning_store, "BLOCK", 7)
        patch.setattr(dunning_store, "beside", watched)
        made = propose(clara, DAY)
        rows = [clara.all(sql) for sql in WRITTEN]
    found = [(one.code, *sorted(one.fields.items(), key=str)) for one in made.findings]
    return rows, made.letters, made.whys, sorted(found), [one for one in found if one[0] == "dunning.no_address"]


def test_two_processes_write_what_one_writes(portfolio, monkeypatch):
    asked = []
    alone = written(portfolio, monkeypatch, 10**9, asked)
    assert asked == []
    together = written(portfolio, monkeypatch, 1, asked)
    assert len(asked) == 1
    assert alone == together
    assert alone[1] > 80
    assert len(alone[4]) > 2, "persons without an address are named in their order"


def test_a_unit_that_changed_something_decides_alone(portfolio):
    clara = act(portfolio, "clara")
    with clara.rehearsal():
        with clara.unit(["KASSE"]):
            assert clara.as_committed
            clara.execute("UPDATE office SET name = name")
            assert not clara.as_committed
        with clara.unit(["KASSE"]):
            assert not clara.as_committed
