"""The gap report: numbers, days, and postings that were broken off and noted outside the unit that failed."""

from datetime import date
from functools import partial

import pytest

from ledger.book.entry import Posting, UnknownAccountError
from ledger.book.journal_gaps import EmptyDays, days_between, empty_days
from ledger.book.journal_gaps_store import gap_report, note_aborted
from ledger.book.store import post
from ledger.book.transfer import across
from ledger.book.verify_store import verify
from tests.books import act, entry


@pytest.fixture
def journal(store):
    """Three entries of the Kasse on two days a week apart, with the log of broken-off postings switched on."""
    act(store, "clara")
    store.on_abort = partial(note_aborted, store)
    for day in ("2026-11-09", "2026-11-09", "2026-11-16"):
        with store.unit(["KASSE"]):
            post(store, [entry("6100 1", "5900 -1", day=day)])
    return store


def break_off(store, drafts):
    with store.unit(["KASSE", "BAU"]):
        post(store, [*drafts, entry("6100 1", "5900 -1")])
        raise RuntimeError


def test_a_sound_journal_has_no_gap(journal):
    found = gap_report(journal)
    assert [(n.office, n.year, n.entries, n.first, n.last, n.missing) for n in found.numbers] == [
        ("KASSE", 2026, 3, 1, 3, 0)
    ]
    assert found.days == (EmptyDays("2026-11-10", "2026-11-13", 4),)
    assert (found.aborted, found.findings) == ((), ())


def test_a_posting_that_breaks_off_is_noted_with_the_numbers_it_had(journal):
    lines = {"KASSE": [Posting("6100", 5)], "BAU": [Posting("5900", -5)]}
    with pytest.raises(RuntimeError):
        break_off(journal, across("KASSE", lines, kind="transfer", posting_day="2026-11-16", group=1))
    found = gap_report(journal)
    assert [(a.user, a.office, a.year, a.first, a.last, a.reason) for a in found.aborted] == [
        ("clara", "BAU", 2026, 1, 1, "RuntimeError"),
        ("clara", "KASSE", 2026, 4, 5, "RuntimeError"),
    ]
    assert [n.aborted for n in found.numbers] == [1]
    with journal.unit(["KASSE"]):
        (posted,) = post(journal, [entry("6100 1", "5900 -1")])
    assert posted.number == 4
    assert verify(journal).findings == ()


def test_what_took_no_number_and_what_was_a_trial_is_not_noted(journal):
    with pytest.raises(UnknownAccountError), journal.unit(["KASSE"]):
        post(journal, [entry("9999 1", "5900 -1")])
    with pytest.raises(RuntimeError), journal.rehearsal():
        break_off(journal, [])
    with pytest.raises(RuntimeError), journal.unit(["KASSE"]):
        raise RuntimeError
    assert gap_report(journal).aborted == ()


def test_an_entry_taken_out_by_force_leaves_a_finding(journal):
    with journal.unit():
        for table in ("posting", "entry"):
            on = f" ON {table}" if journal.engine.name == "postgresql" else ""
            journal.execute(f"DROP TRIGGER guard_{table}_delete{on}")
            journal.execute(f"DELETE FROM {table} WHERE position = 2")
    found = gap_report(journal, office="KASSE", year=2026)
    (gap,) = found.findings
    assert (gap.code, gap.fields["first"], gap.fields["last"], gap.fields["numbers"]) == ("gaps.missing", 2, 2, "2")
    assert found.numbers[0].missing == 1
    assert gap_report(journal, office="BAU").numbers == ()


def test_a_clock_that_was_set_back_is_a_finding(journal):
    journal.now = "2026-11-01T00:00:00Z"
    with journal.unit(["KASSE"]):
        post(journal, [entry("6100 1", "5900 -1")])
    (finding,) = gap_report(journal).findings
    assert (finding.code, finding.severity, finding.fields["number"]) == ("gaps.out_of_time", "warning", "KASSE-2026-4")


def test_empty_days_are_told_in_runs():
    days = list(days_between(date(2026, 11, 2), date(2026, 11, 8)))
    assert list(empty_days(days, {"2026-11-03", "2026-11-06"})) == [
        EmptyDays("2026-11-02", "2026-11-02", 1),
        EmptyDays("2026-11-04", "2026-11-05", 2),
        EmptyDays("2026-11-07", "2026-11-08", 2),
    ]
