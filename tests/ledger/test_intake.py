"""Invariants 3, 10 and 11 on both engines: files into the book, each booking once, a file whole or absent."""

import dataclasses

import pytest

from ledger.bank.formats import NotPostedError
from ledger.bank.intake import (
    AssumedDayError,
    ForeignAccountError,
    ForeignCurrencyError,
    NoDayError,
    UnfitEntryError,
    UnknownStatusError,
    ZeroEntryError,
)
from ledger.bank.intake_days_store import BeforeTakeOverError, FutureStatementError
from ledger.bank.intake_joins import BrokenJoinError, NotContinuedError, NotTakenOverError
from ledger.bank.intake_reader import complete_until, continuity, list_statements, new_gaps, show_statement
from ledger.bank.intake_sheets import BalanceBreakError, ReissueDiffersError, WithdrawnEntryError
from ledger.bank.intake_store import stage_file
from ledger.bank.merge import AmbiguousStatementsError, UnconnectedStatementsError
from ledger.book.store import post
from ledger.people.users import NotAllowedError
from sepa.errors import KasseError
from sepa.statements import Balance, Closed, Detail
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.books import entry as drafted
from tests.ledger.statement_texts import booked, day, entry, statement, structured, take

MONDAY = "16.11. 100,00 | +5,00 Meyer / 1234 | -3,00 Entgelt | 102,00"
MORNING = "16.11. 100,00 | +5,00 Meyer / 1234 | 105,00"
AFTERNOON = "16.11. 105,00 | -3,00 Entgelt | 102,00"
TUESDAY = "17.11. 102,00 | +8,00 Schulz | 110,00"
WEDNESDAY = "18.11. 110,00 | +8,00 Schulz | 118,00"


@pytest.fixture
def clerk(store):
    return act(store, "clara")


def count(store, table):
    return store.value(f"SELECT count(*) FROM {table}")


def test_a_statement_is_staged(clerk):
    staged = take(clerk, statement(MONDAY, number=7))
    assert (staged.statements, staged.entries, staged.new, staged.duplicates) == (1, 2, 2, 0)
    assert (staged.credit_cents, staged.debit_cents, staged.findings) == (500, 300, ())
    assert booked(clerk) == ["16.11. -300 Entgelt", "16.11. +500 Meyer"]
    assert clerk.all("SELECT DISTINCT state, office, value_day FROM bank_entry") == [("staged", "KASSE", "2026-11-16")]
    (row,) = list_statements(clerk)
    assert (row.electronic_number, row.day, row.opening_cents, row.closing_cents) == (7, "2026-11-16", 10000, 10200)
    assert [line.name for line in show_statement(clerk, row.number)[1]] == ["Meyer", "Entgelt"]
    event = clerk.one("SELECT action, facts FROM event ORDER BY position DESC LIMIT 1")
    assert event[0] == "statement.import"
    assert '"new":2' in event[1]


def test_more_of_an_older_day_than_the_next_day_allows_is_refused(clerk):
    """A longer issue of Monday would end elsewhere than Tuesday begins: nothing of it is taken, until Tuesday says so."""
    take(clerk, statement(MORNING, named="MO"), name="1.xml", sha="1" * 64)
    take(clerk, statement("17.11. 105,00 | +8,00 Schulz | 113,00", named="DI"), name="2.xml", sha="2" * 64)
    with pytest.raises(BrokenJoinError) as refused:
        take(clerk, statement(MONDAY, named="MO"), name="3.xml", sha="3" * 64)
    fields = refused.value.fields
    assert (fields["closing_cents"], fields["opening_cents"], fields["after"]) == (10200, 10500, "DI")
    assert booked(clerk) == ["16.11. +500 Meyer", "17.11. +800 Schulz"]
    assert clerk.value("SELECT count(*) FROM event WHERE action = 'statement.refuse'") == 1
    assert [chain.findings for chain in continuity(clerk)] == [()]


def test_a_statement_of_several_days_is_met_with_all_its_pieces(clerk):
    """The middle day is placed by the balances of its neighbours, though these share no day with it."""
    week = "18.11. 100,00 | 16.11. +1,00 A | 17.11. +1,00 A | 17.11. +1,00 A | 18.11. +1,00 A | 104,00"
    days = ["16.11. 100,00 | +1,00 A | 101,00", "18.11. 103,00 | +1,00 A | 104,00", week]
    days.append("17.11. 101,00 | +1,00 A | +1,00 A | 103,00")
    for number, text in enumerate(days):
        take(clerk, statement(text, named=f"S{number}"), name=f"{number}.xml", sha=f"{number}" * 64)
    assert booked(clerk) == ["16.11. +100 A", "17.11. +100 A", "17.11. +100 A", "18.11. +100 A"]


TWICE = {
    "same file": [[MONDAY], [MONDAY]],
    "other bytes": [[MONDAY], [MONDAY, TUESDAY]],
    "in halves, then whole": [[MORNING], [AFTERNOON], [MONDAY]],
    "whole, then in halves": [[MONDAY], [MORNING], [AFTERNOON]],
    "longer": [[MORNING], [MONDAY]],
    "longer, other order": [[MONDAY], [MORNING]],
    "second half first": [[AFTERNOON], [MONDAY], [MORNING]],
    "all in one file": [[MORNING, AFTERNOON, MONDAY, MORNING]],
}


@pytest.mark.parametrize("files", TWICE.values(), ids=TWICE)
def test_a_booking_is_in_the_book_once_however_often_it_is_told(clerk, files):
    for index, texts in enumerate(files):
        pages = [statement(text, named=f"{index}-{number}") for number, text in enumerate(texts)]
        staged = take(clerk, *pages, name=f"{index}.xml", sha=f"{index}" * 64)
        assert staged.new + staged.duplicates == staged.entries
    more = ["17.11. +800 Schulz"] if TUESDAY in files[-1] else []
    assert booked(clerk) == ["16.11. -300 Entgelt", "16.11. +500 Meyer", *more]


def test_the_same_bytes_are_known_without_reading_them(clerk):
    first = take(clerk, statement(MONDAY), sha="a" * 64)
    again = stage_file(clerk, "again.xml", "a" * 64, 1, iter(()))
    assert again.repeated
    assert (again.entries, again.new, again.duplicates) == (first.entries, 0, first.entries)
    assert count(clerk, "statement") == 1


def test_the_same_statement_in_other_bytes_leaves_no_second_row(clerk):
    take(clerk, statement(MONDAY), sha="a" * 64)
    staged = take(clerk, statement(MONDAY), sha="b" * 64)
    assert (staged.new, staged.duplicates, staged.repeated) == (0, 2, False)
    assert (count(clerk, "statement"), count(clerk, "statement_entry"), count(clerk, "source_file")) == (1, 2, 2)


def test_identical_bookings_of_a_day_are_all_kept(clerk):
    take(clerk, statement("16.11. 0,00 | +20,00 Bar | +20,00 Bar | 40,00", named="A"))
    take(clerk, statement("16.11. 40,00 | +20,00 Bar | +1,00 Bar | 61,00", named="B"))
    assert booked(clerk) == ["16.11. +100 Bar", *["16.11. +2000 Bar"] * 3]
    assert clerk.all("SELECT occurrence FROM bank_entry WHERE amount_cents = 2000 ORDER BY 1") == [(1,), (2,), (3,)]


def test_the_same_booking_on_two_days_is_two(clerk):
    take(clerk, statement(TUESDAY), statement(WEDNESDAY))
    assert booked(clerk) == ["17.11. +800 Schulz", "18.11. +800 Schulz"]


def test_accounts_are_kept_apart(clerk):
    take(clerk, statement(MONDAY), statement(MONDAY, iban=SECOND_IBAN))
    assert booked(clerk) == booked(clerk, SECOND_IBAN) == ["16.11. -300 Entgelt", "16.11. +500 Meyer"]


def test_both_readings_possible_takes_nothing(clerk):
    take(clerk, statement("16.11. 100,00 | +5,00 A | -5,00 B | 100,00", named="A"))
    with pytest.raises(AmbiguousStatementsError):
        take(clerk, statement("16.11. 100,00 | +5,00 A | -5,00 B | 100,00", named="B"))
    assert count(clerk, "bank_entry") == 2
    assert clerk.value("SELECT action FROM event ORDER BY position DESC LIMIT 1") == "statement.refuse"


def test_neither_reading_possible_takes_nothing_until_the_middle_comes(clerk):
    last = statement("16.11. 130,00 | +5,00 Meyer | 135,00", named="C")
    take(clerk, statement("16.11. 100,00 | +5,00 Meyer | 105,00", named="A"))
    with pytest.raises(UnconnectedStatementsError) as refused:
        take(clerk, last, name="c.xml")
    assert refused.value.place.file == "c.xml"
    take(clerk, statement("16.11. 105,00 | +25,00 Schulz | 130,00", named="B"))
    take(clerk, last)
    assert booked(clerk) == ["16.11. +500 Meyer", "16.11. +500 Meyer", "16.11. +2500 Schulz"]


def test_a_later_issue_that_tells_a_booking_otherwise_is_not_added(clerk):
    take(clerk, statement(MORNING, named="A"))
    with pytest.raises(UnconnectedStatementsError):
        take(clerk, statement("16.11. 100,00 | +5,00 Meyer / 12 34 | -3,00 Entgelt | 102,00", named="B"))
    with pytest.raises(ReissueDiffersError):
        take(clerk, statement("16.11. 100,00 | +6,00 Meyer / 1234 | 106,00", named="A"))
    assert booked(clerk) == ["16.11. +500 Meyer"]


def test_a_withdrawn_booking_is_a_finding_and_stays(clerk):
    take(clerk, statement(MONDAY, named="A", created="2026-11-16T20:00:00"))
    staged = take(clerk, statement(MORNING, named="A", created="2026-11-17T08:00:00"))
    assert [type(finding) for finding in staged.findings] == [WithdrawnEntryError]
    assert staged.new == 0
    assert len(booked(clerk)) == 2


def test_an_older_issue_that_comes_late_is_no_finding(clerk):
    take(clerk, statement(MONDAY, named="A", created="2026-11-16T20:00:00"))
    staged = take(clerk, statement(MORNING, named="A", created="2026-11-16T12:00:00"))
    assert (staged.findings, staged.new, staged.duplicates) == ((), 0, 1)


PAGES = [
    statement("16.11. 100,00 | +5,00 Meyer | 105,00", named="P", page=1, last_page=False, codes=("OPBD", "ITBD")),
    statement("16.11. 105,00 | +5,00 Meyer | 110,00", named="P", page=2, last_page=False, codes=("ITBD", "ITBD")),
    statement("16.11. 110,00 | +5,00 Meyer | 115,00", named="P", page=3, codes=("ITBD", "CLBD")),
]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_pages_of_a_statement_add_up_in_any_order(clerk, order):
    for index in order:
        take(clerk, PAGES[index])
    assert booked(clerk) == ["16.11. +500 Meyer"] * 3
    assert take(clerk, *PAGES).new == 0
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-16"


def test_a_page_that_does_not_fit_the_whole_is_refused(clerk):
    take(clerk, *PAGES[:2])
    with pytest.raises(BalanceBreakError):
        take(clerk, statement("16.11. 110,00 | +6,00 Meyer | 115,00", named="P", page=3))
    assert len(booked(clerk)) == 2


def broken(text=MONDAY, **more):
    values = statement(text)
    return [values[0], dataclasses.replace(values[1], **more), *values[2:]]


REFUSED = {
    "balance break": (statement("16.11. 100,00 | +5,00 Meyer | 104,00"), BalanceBreakError),
    "foreign account": (statement(MONDAY, iban="DE89370400440532013000"), ForeignAccountError),
    "intraday": (statement(MONDAY, message="camt.052.001.08"), NotPostedError),
    "advice": (statement(MONDAY, message="camt.054.001.08"), NotPostedError),
    "entry in CHF": (broken(currency="CHF"), ForeignCurrencyError),
    "half a cent": (broken(amount_written="5.005"), UnfitEntryError),
    "status unknown": (broken(status=""), UnknownStatusError),
    "account in USD": ([dataclasses.replace(statement(MONDAY)[0], currency="USD")], ForeignCurrencyError),
}  # fmt: skip


@pytest.mark.parametrize(("values", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_has_a_place_and_leaves_nothing(clerk, values, error):
    with pytest.raises(error) as refused:
        take(clerk, statement("13.11. 0,00 | +1,00 A | 1,00"), values, name="file.xml")
    assert refused.value.place.file == "file.xml"
    assert refused.value.place.line
    assert [count(clerk, table) for table in ("statement", "bank_entry", "source_file")] == [0, 0, 0]


def test_a_balance_in_another_currency_is_refused(clerk):
    values = statement(MONDAY)
    values[-1] = Closed(
        (Balance("OPBD", 0, "EUR", day("16.11.")), Balance("CLBD", 0, "SEK", day("16.11."))), 2, 500, 300
    )
    with pytest.raises(ForeignCurrencyError):
        take(clerk, values)


def test_only_booked_entries_count(clerk):
    pending = [entry("+9,00 Vorgemerkt", 5, day("16.11."), status=status) for status in ("PDNG", "INFO", "FUTR")]
    values = statement("16.11. 100,00 | +5,00 Meyer | 105,00", entries=pending)
    staged = take(clerk, values)
    assert (staged.entries, staged.pending, booked(clerk)) == (1, 3, ["16.11. +500 Meyer"])
    assert [take(clerk, values, sha=sha).pending for sha in (None, "07" * 32)] == [0, 0], "told once"


def test_entries_over_nothing_are_reported_and_left_out(clerk):
    staged = take(clerk, statement("16.11. 100,00 | +0,00 Hinweis | 100,00"))
    assert [type(finding) for finding in staged.findings] == [ZeroEntryError]
    assert (staged.entries, count(clerk, "bank_entry"), count(clerk, "statement")) == (0, 0, 1)


def test_an_entry_without_a_day_gets_the_closing_day_with_a_finding(clerk):
    values = statement(MONDAY)
    values[1] = dataclasses.replace(values[1], booking_day=None, value_day=None)
    staged = take(clerk, values)
    assert [type(finding) for finding in staged.findings] == [AssumedDayError]
    assert booked(clerk) == ["16.11. -300 Entgelt", "16.11. +500 Meyer"]


def test_an_entry_without_any_day_is_refused(clerk):
    values = statement("16.11. - | +5,00 Meyer | -", to_day=None)
    values[1] = dataclasses.replace(values[1], booking_day=None, value_day=None)
    with pytest.raises(NoDayError):
        take(clerk, values)


def test_a_failure_in_the_middle_leaves_nothing(clerk):
    class KilledError(Exception):
        pass

    def cut():
        yield from statement(MONDAY)
        yield from statement(TUESDAY)[:2]
        raise KilledError

    with pytest.raises(KilledError):
        stage_file(clerk, "cut.xml", "c" * 64, 1, cut())
    assert [count(clerk, table) for table in ("statement", "bank_entry", "source_file")] == [0, 0, 0]
    assert take(clerk, statement(MONDAY)).new == 2


def test_the_right_to_import_is_needed(store):
    act(store, "bernd")
    with pytest.raises(NotAllowedError):
        take(store, statement(MONDAY))
    assert count(store, "event") == store.value("SELECT sum(event_position) FROM head")


def test_a_collective_entry_has_its_details_beside_it(clerk):
    details = (
        Detail(
            amount_cents=200, currency="EUR", end_to_end_id="E1", name="A", iban=SECOND_IBAN, remittance=("Rate", "1")
        ),
        Detail(amount_cents=300, currency="EUR", structured=structured("RF18539007547034"), name="B"),
    )
    whole = entry("+5,00 Sammler", 0, day("16.11."), details=details, batch_payment_information_id="P1")
    take(clerk, statement("16.11. 100,00 | 105,00", entries=[whole]))
    row = clerk.one("SELECT detail_count, payment_information_id, name, remittance FROM bank_entry")
    assert row == (2, "P1", None, None)
    assert clerk.all(
        "SELECT line, amount_cents, end_to_end_id, name, remittance, creditor_reference FROM bank_detail ORDER BY line"
    ) == [(1, 200, "E1", "A", "Rate\n1", None), (2, 300, None, "B", None, "RF18539007547034")]


def test_details_that_do_not_add_up_are_left_out(clerk):
    details = (Detail(amount_cents=200, currency="EUR", name="A"), Detail(amount_cents=200, currency="EUR", name="B"))
    whole = entry("+5,00 Sammler", 0, day("16.11."), details=details, details_agree=False)
    take(clerk, statement("16.11. 100,00 | 105,00", entries=[whole]))
    assert clerk.one("SELECT detail_count, name FROM bank_entry") == (0, None)
    assert count(clerk, "bank_detail") == 0


def test_gaps_are_found_and_filled_by_a_late_file(clerk):
    first, second, third = (
        statement(text, number=number) for number, text in enumerate((MONDAY, TUESDAY, WEDNESDAY), 1)
    )
    take(clerk, first)
    staged = take(clerk, third)
    (gap,) = new_gaps(clerk, staged.accounts, staged.numbers)
    assert (gap.code, gap.fields["first"], gap.fields["last"]) == ("statement.number_gap", 2, 2)
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-16"
    late = take(clerk, second)
    assert new_gaps(clerk, late.accounts, late.numbers) == []
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-18"
    assert [chain.iban for chain in continuity(clerk)] == [MAIN_IBAN]


def test_an_account_without_statements_is_complete_until_nothing(clerk):
    assert complete_until(clerk, SECOND_IBAN) is None


def test_pieces_of_a_day_do_not_break_the_chain(clerk):
    for index, text in enumerate((MORNING, MONDAY, AFTERNOON, TUESDAY)):
        take(clerk, statement(text, named=f"{index}"))
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-17"
    assert [row.part_of for row in list_statements(clerk)].count(None) == 2


def test_errors_of_the_reader_refuse_the_file(clerk):
    class WrongError(KasseError):
        code = "test.wrong"

    values = statement(MONDAY)
    values[-1] = dataclasses.replace(values[-1], findings=(WrongError(),))
    with pytest.raises(WrongError):
        take(clerk, values)


def take_over(clerk, amount, day):
    with clerk.unit(["KASSE"]):
        taken_over = drafted(f"2800 {amount}", f"8000 -{amount}")
        post(clerk, [dataclasses.replace(taken_over, kind="opening", posting_day=day)])


def test_the_first_statement_must_begin_with_the_balance_taken_over(clerk):
    """On the next bank day nothing can lie between; later a statement may be missing, and continuity says so."""
    take_over(clerk, "102,00", "2026-11-13")
    wrong = statement("16.11. 101,99 | +8,00 Schulz | 109,99", number=1, named="DI")
    with pytest.raises(NotTakenOverError) as refused:
        take(clerk, wrong)
    fields = refused.value.fields
    assert (fields["opening_cents"], fields["closing_cents"], fields["taken"]) == (10199, 10200, "2026-11-13")
    assert (count(clerk, "bank_entry"), count(clerk, "statement")) == (0, 0)
    assert take(clerk, statement("17.11. 107,00 | +3,00 Meyer | 110,00", number=2)).new == 1
    (chain,) = continuity(clerk, MAIN_IBAN)
    assert "statement.take_over_break" in {gap.finding.code for gap in chain.gaps}
    assert chain.complete_until == "2026-11-13"
    assert take(clerk, statement("16.11. 102,00 | +5,00 Schulz | 107,00", number=1)).new == 1
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-17"


def test_what_the_balance_taken_over_holds_is_not_taken_again(clerk):
    take_over(clerk, "102,00", "2026-11-17")
    with pytest.raises(BeforeTakeOverError):
        take(clerk, statement(MONDAY))
    assert (count(clerk, "bank_entry"), count(clerk, "statement")) == (0, 0)
    assert take(clerk, statement(TUESDAY)).new == 1
    assert take(clerk, statement("16.11. 5,00 | +5,00 Meyer | 10,00", iban=SECOND_IBAN)).new == 1


def test_a_day_to_come_is_not_taken(clerk):
    assert take(clerk, statement(MONDAY)).new == 2
    with pytest.raises(FutureStatementError):
        take(clerk, statement("24.11. 102,00 | +8,00 Schulz | 110,00"))
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-16"
    clerk.today = "2026-11-17"
    assert take(clerk, statement("24.11. 102,00 | +8,00 Schulz | 110,00")).new == 1


def test_the_next_number_must_begin_where_the_one_before_ended(clerk):
    """A wrong file is refused whole, so that the corrected one can be taken, under the same name or another."""
    take(clerk, statement(MONDAY, number=1))
    wrong = statement("17.11. 9.999,00 | +8,00 Schulz | 10.007,00", named="DI", number=2)
    with pytest.raises(NotContinuedError) as refused:
        take(clerk, wrong, name="wrong.xml")
    fields = refused.value.fields
    assert (fields["number"], fields["opening_cents"], fields["before"], fields["closing_cents"]) == (
        2, 999900, 1, 10200,
    )  # fmt: skip
    assert booked(clerk) == ["16.11. -300 Entgelt", "16.11. +500 Meyer"]
    assert clerk.value("SELECT count(*) FROM event WHERE action = 'statement.refuse'") == 1
    assert take(clerk, statement(TUESDAY, named="DI", number=2)).new == 1
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-17"


def test_a_statement_before_one_that_is_known_must_end_where_that_begins(clerk):
    take(clerk, statement(TUESDAY, number=2))
    with pytest.raises(NotContinuedError):
        take(clerk, statement(MORNING, number=1))
    take(clerk, statement(MONDAY, number=1))
    assert complete_until(clerk, MAIN_IBAN) == "2026-11-17"


def contradicts(clerk, values):
    """Take a statement; return whether it was refused for the numbers 2 and 3."""
    try:
        take(clerk, values)
    except NotContinuedError as refused:
        return (refused.fields["before"], refused.fields["number"]) == (2, 3)
    return False


@pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1), (1, 2, 0), (2, 1, 0)])
def test_of_two_statements_that_contradict_each_other_the_second_is_refused_in_any_order(clerk, order):
    """What lies on the other side says nothing: the bank says which of the two is right, the wrong one is withdrawn."""
    days = (MONDAY, TUESDAY, "18.11. 999,00 | +8,00 Schulz | 1.007,00")
    refused = [number for number in order if contradicts(clerk, statement(days[number], number=number + 1))]
    assert refused == [max((1, 2), key=order.index)]


def test_after_a_withdrawn_booking_the_next_number_may_go_on_from_either_issue(clerk):
    take(clerk, statement(MONDAY, named="A", number=1, created="2026-11-16T20:00:00"))
    take(clerk, statement(MORNING, named="A", number=1, created="2026-11-17T08:00:00"))
    assert take(clerk, statement("17.11. 105,00 | +8,00 Schulz | 113,00", number=2)).new == 1


def test_numbers_begin_anew_with_the_year(clerk):
    take(clerk, statement("31.12.2025 100,00 | +5,00 Meyer | 105,00", number=4))
    assert take(clerk, statement("16.11. 90,00 | +5,00 Meyer | 95,00", number=5)).new == 1
