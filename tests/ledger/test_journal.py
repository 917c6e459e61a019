"""The journal: lists in the order of writing, entries in full, numbers and heads as people write them."""

import pytest

from ledger.book.creation import UnknownOfficeError
from ledger.book.entry import Posting, UnknownAccountError
from ledger.book.journal import (
    EntryNumber,
    InvalidEntryNumberError,
    InvalidHeadError,
    JournalFilter,
    UnknownEntryError,
    grouped,
    parse_entry_number,
    parse_head,
)
from ledger.book.journal_store import count_lines, journal_lines, show_entry
from ledger.book.store import post
from ledger.book.transfer import across
from ledger.book.verify_store import verify
from tests.books import act, entry
from tests.ledger.bank_days import claim, party, settle


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("KASSE-2026-17", EntryNumber("KASSE", 2026, 17)),
        (" kasse-2026-1 ", EntryNumber("KASSE", 2026, 1)),
        ("20-2026-100000", EntryNumber("20", 2026, 100000)),
    ],
)
def test_entry_numbers_are_read_as_they_are_written(text, number):
    assert parse_entry_number(text) == number
    assert parse_entry_number(str(number)) == number


@pytest.mark.parametrize("text", ["", "17", "KASSE-17", "KASSE-26-17", "KASSE-2026-", "KASSE/2026/17", "A-B-2026-17"])
def test_what_is_no_entry_number_is_refused(text):
    with pytest.raises(InvalidEntryNumberError):
        parse_entry_number(text)


def test_a_head_is_read_back_from_its_blocks():
    head = "0123456789abcdef" * 4
    assert parse_head(f" {grouped(head).upper()}\n") == head
    for text in ("", "12", head + "0", head[:-1] + "g"):
        with pytest.raises(InvalidHeadError):
            parse_head(text)


@pytest.fixture
def journal(store):
    """Three units of work at three moments, one of them across offices; written by different people."""
    transfer = {"KASSE": [Posting("6100", 250)], "BAU": [Posting("5900", -250)]}
    units = [
        ("2026-11-16T08:00:00Z", "clara", [entry("2800 5,00", "3000 -5,00", text="Anfang", source="file:1")]),
        ("2026-11-16T09:00:00Z", "dirk", across("KASSE", transfer, kind="transfer", posting_day="2026-11-17", group=1)),
        ("2026-11-16T10:00:00Z", "clara", [
            entry("6100 1", "2800 -1", day="2026-11-15", source="order:1"),
            entry("6100 2", "5900 -2", day="2026-11-16", source="order:12", office="BAU"),
        ]),
    ]  # fmt: skip
    for moment, user, drafts in units:
        store.now = moment
        act(store, user)
        with store.unit(["KASSE", "BAU"]):
            post(store, drafts)
    return store


def numbers(store, wanted=JournalFilter(), limit=0):  # noqa: B008
    with store.snapshot():
        return [line.number for line in journal_lines(store, wanted, limit=limit)]


ALL = ["KASSE-2026-1", "BAU-2026-1", "KASSE-2026-2", "BAU-2026-2", "KASSE-2026-3"]
FILTERS = [
    (JournalFilter(), ALL),
    (JournalFilter(office="BAU"), ["BAU-2026-1", "BAU-2026-2"]),
    (JournalFilter(from_day="2026-11-16"), ["KASSE-2026-1", "BAU-2026-1", "KASSE-2026-2", "BAU-2026-2"]),
    (JournalFilter(to_day="2026-11-15"), ["KASSE-2026-3"]),
    (JournalFilter(from_day="2026-11-17", to_day="2026-11-17"), ["BAU-2026-1", "KASSE-2026-2"]),
    (JournalFilter(account="2800"), ["KASSE-2026-1", "KASSE-2026-3"]),
    (JournalFilter(kind="transfer"), ["BAU-2026-1", "KASSE-2026-2"]),
    (JournalFilter(source="order"), ["BAU-2026-2", "KASSE-2026-3"]),
    (JournalFilter(source="order:1"), ["KASSE-2026-3"]),
    (JournalFilter(source="ord"), []),
    (JournalFilter(office="KASSE", account="6100", to_day="2026-11-16"), ["KASSE-2026-3"]),
]


def test_the_list_shows_what_fits_newest_last(journal):
    for wanted, expected in FILTERS:
        assert numbers(journal, wanted) == expected, wanted
        assert count_lines(journal, wanted) == len(expected), wanted
        for limit in (1, 2, 3, 9):
            assert numbers(journal, wanted, limit) == expected[-limit:], wanted


def test_a_line_says_who_when_and_how_much(journal):
    with journal.snapshot():
        first, *_, last = journal_lines(journal, JournalFilter(account="2800"))
    assert (first.amount_cents, first.on_account_cents, first.text, first.user) == (500, 500, "Anfang", "clara")
    assert (first.recorded_at, first.kind, first.source) == ("2026-11-16T08:00:00Z", "manual", "file:1")
    assert (last.amount_cents, last.on_account_cents, last.text, last.posting_day) == (100, -100, None, "2026-11-15")


def test_what_is_not_in_the_book_is_refused(journal):
    with pytest.raises(UnknownOfficeError), journal.snapshot():
        list(journal_lines(journal, JournalFilter(office="XX")))
    with pytest.raises(UnknownAccountError), journal.snapshot():
        list(journal_lines(journal, JournalFilter(account="9999")))
    with pytest.raises(UnknownAccountError), journal.snapshot():
        list(journal_lines(journal, JournalFilter(office="BAU", account="2800")))
    with pytest.raises(UnknownEntryError):
        show_entry(journal, EntryNumber("KASSE", 2026, 99))
    with pytest.raises(UnknownEntryError):
        show_entry(journal, EntryNumber("KASSE", 2025, 1))


def test_a_linked_entry_is_shown_with_its_other_half(journal):
    for number in ("KASSE-2026-2", "BAU-2026-1"):
        detail = show_entry(journal, parse_entry_number(number))
        assert {detail.line.number, *(line.number for line in detail.linked)} == {"KASSE-2026-2", "BAU-2026-1"}
        assert detail.line.number == number
        assert sum(posting.amount_cents for posting in detail.postings) == 0
        assert len(detail.postings) == 4
        assert detail.line.transaction == "KASSE-2"


def test_an_entry_is_shown_with_items_and_clearings(store):
    item = claim(store, "10,00", reference="R7", party=party(store, "Erika Muster"))
    posted, clearing = settle(store, item, "4,00")
    detail = show_entry(store, EntryNumber("KASSE", posted.year, posted.number))
    line = next(posting for posting in detail.postings if posting.item)
    assert (line.account, line.account_name) == ("2400", "Öffentlich-rechtliche Forderungen")
    assert (line.reference, line.party, line.debit_cents, line.credit_cents) == ("R7", "Erika Muster", None, 400)
    (cleared,) = detail.clearings
    assert (cleared.clearing, cleared.item, cleared.cleared_cents, cleared.open_cents) == (clearing, item, 400, 600)
    assert detail.seal.hash == verify(store).heads["KASSE"].hash
    assert detail.seal.short_hash.replace(" ", "") == detail.seal.hash[:16]


def test_an_erased_text_is_told_apart_from_none(journal):
    first = parse_entry_number("KASSE-2026-1")
    assert not show_entry(journal, first).line.text_erased
    erase = "DELETE FROM entry_text WHERE office = 'KASSE' AND position = 1"
    trigger = "DROP TRIGGER guard_entry_text_delete" + (" ON entry_text" if journal.engine.name != "sqlite" else "")
    with journal.unit():
        journal.execute(trigger)
        journal.execute(erase)
    line = show_entry(journal, first).line
    assert (line.text, line.text_erased) == (None, True)
    assert not show_entry(journal, parse_entry_number("KASSE-2026-3")).line.text_erased
