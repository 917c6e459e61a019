"""One format leads each account: a bank that sends MT940 alone is posted, one that sends both is posted once."""

from itertools import permutations

import pytest

from ledger.bank.formats import (
    LeftOutError,
    NotLeadingError,
    StraddlingError,
    ToldBeforeError,
    ToldBeforeLeftOutError,
    UnknownBankAccountError,
    UnknownFormatError,
)
from ledger.bank.formats_store import list_formats, set_format
from ledger.bank.intake_joins import NotContinuedError
from ledger.bank.intake_reader import continuity, list_statements
from ledger.bank.intake_store import stage_file
from ledger.bank.posting_store import post_staged
from ledger.people.users import NotAllowedError
from sepa.reading import read_statements
from sepa.sources import opened
from tests.bankbooks import check_invariants, item, matches, reference
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.statement_texts import booked, statement, take

MONDAY = "16.11. 100,00 | +5,00 Meyer | -3,00 Entgelt | 102,00"
TUESDAY = "17.11. 102,00 | +8,00 Schulz | 110,00"
WEDNESDAY = "18.11. 110,00 | +1,00 Kurz | 111,00"
FILE = """:20:STARTUMS
:25:37040044/24
:28C:00211/001
:60F:C261116EUR100,00
:61:2611171117CR50,00NTRFNONREF//B1
:86:166?00GUTSCHRIFT?20SVWZ+KZ {reference}?31DE89370400440532013000?32Erika Muster
:61:2611171117DR4,50NCHGNONREF//B2
:86:808?00ENTGELT?20Kontofuehrung
:62M:C261117EUR145,50
-
:20:STARTUMS
:25:37040044/24
:28C:00211/002
:60M:C261117EUR145,50
:61:2611171117CR8,00NTRFNONREF//B3
:86:166?00GUTSCHRIFT?20SVWZ+Danke?32Adam Beispiel
:62F:C261117EUR153,50
-
"""


def mt(text, **more):
    return statement(text, message="MT940", **more)


@pytest.fixture
def mt_book(store):
    act(store, "emil")
    set_format(store, MAIN_IBAN, "mt940")
    return act(store, "clara")


def test_a_real_mt940_file_is_taken_posted_and_complete(mt_book, tmp_path):
    act(mt_book, "import")
    number = reference(mt_book, 1)
    debt = item(mt_book, "50", number)
    path = tmp_path / "tag.sta"
    path.write_text(FILE.format(reference=number))
    with opened(path) as source:
        staged = stage_file(mt_book, "tag.sta", "1" * 64, 1, read_statements(source))
    assert (staged.statements, staged.new, staged.credit_cents, staged.debit_cents) == (2, 3, 5800, 450)
    assert [(row.page, row.electronic_number, row.closing_cents) for row in list_statements(mt_book)] == [
        (1, 211, 14550), (2, 211, 15350),
    ]  # fmt: skip
    post_staged(mt_book)
    found = {rule for (entry,) in mt_book.all("SELECT id FROM bank_entry") for rule, *_ in matches(mt_book, entry)}
    assert found == {"reference", "rule", "clarify"}
    assert mt_book.value("SELECT open_cents FROM item WHERE office = 'ORDNUNG' AND id = :id", id=debt) == 0
    (chain,) = continuity(mt_book, MAIN_IBAN)
    assert (chain.complete_until, chain.findings, dict(chain.closings)) == ("2026-11-17", (), {"2026-11-17": 15350})
    check_invariants(mt_book)


PAGES = (
    mt("16.11. 100,00 | +5,00 Meyer | 105,00", named="JOB1", number=211, page=1, last_page=False),
    mt("16.11. 105,00 | +8,00 Schulz | 113,00", named="JOB2", number=211, page=2, last_page=False),
    mt("16.11. 113,00 | +1,00 Kurz | 114,00", named="JOB3", number=211, page=3),
)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_pages_with_a_reference_each_are_one_statement_in_any_order(mt_book, order):
    for index in order:
        take(mt_book, PAGES[index])
    (chain,) = continuity(mt_book, MAIN_IBAN)
    assert (chain.complete_until, chain.findings) == ("2026-11-16", ())
    assert take(mt_book, *PAGES).new == 0
    assert booked(mt_book) == ["16.11. +100 Kurz", "16.11. +500 Meyer", "16.11. +800 Schulz"]
    assert continuity(mt_book, MAIN_IBAN)[0].findings == ()


def test_pages_of_another_day_with_the_same_number_stay_apart(mt_book):
    take(mt_book, PAGES[0])
    take(mt_book, mt("17.11. 105,00 | +2,00 Lang | 107,00", named="JOB9", number=211, page=3))
    found = continuity(mt_book, MAIN_IBAN)[0].findings
    assert [finding.code for finding in found] == ["statement.page_missing", "statement.page_missing"]


AGAIN = {
    "a second one on a day": ("16.11. 113,00 | +5,00 Meyer | 118,00", "16.11. 118,00 | +8,00 Schulz | 126,00"),
    "one every day": ("17.11. 113,00 | -8,00 Meyer | 105,00", "17.11. 105,00 | +8,00 Schulz | 113,00"),
}


@pytest.mark.parametrize("texts", AGAIN.values(), ids=AGAIN.keys())
def test_a_number_that_the_bank_uses_again_is_another_statement(mt_book, texts):
    take(mt_book, mt("16.11. 100,00 | +5,00 Meyer | 105,00", named="JOB1", number=1, page=1, last_page=False))
    take(mt_book, mt("16.11. 105,00 | +8,00 Schulz | 113,00", named="JOB2", number=1, page=2))
    first, second = texts
    assert take(mt_book, mt(first, named="JOB3", number=1, page=1, last_page=False)).new == 1
    assert take(mt_book, mt(second, named="JOB4", number=1, page=2)).new == 1
    assert len(booked(mt_book)) == 4
    (chain,) = continuity(mt_book, MAIN_IBAN)
    assert (chain.complete_until, chain.findings) == (f"2026-11-{first[:2]}", ())


def test_the_format_that_does_not_lead_is_left_out(store):
    act(store, "clara")
    take(store, statement(MONDAY))
    with pytest.raises(NotLeadingError) as refused:
        take(store, mt(TUESDAY))
    assert refused.value.fields["leading"] == "camt.053"
    staged = take(store, mt(TUESDAY), statement(TUESDAY))
    assert (staged.new, [type(one) for one in staged.findings]) == (1, [LeftOutError])
    assert booked(store) == ["16.11. -300 Entgelt", "16.11. +500 Meyer", "17.11. +800 Schulz"]


def test_another_account_in_the_same_file_keeps_its_own_format(mt_book):
    staged = take(mt_book, mt(MONDAY), mt(MONDAY, iban=SECOND_IBAN), statement(TUESDAY, iban=SECOND_IBAN))
    assert (staged.statements, staged.new) == (2, 3)
    assert (len(booked(mt_book)), booked(mt_book, SECOND_IBAN)) == (2, ["17.11. +800 Schulz"])


def test_gaps_are_told_by_number_and_by_balance(mt_book):
    take(mt_book, mt(MONDAY, number=5))
    take(mt_book, mt(WEDNESDAY, number=7))
    assert [finding.code for finding in continuity(mt_book)[0].findings] == ["statement.number_gap"]
    take(mt_book, mt(TUESDAY, number=6))
    assert continuity(mt_book)[0].findings == ()
    with pytest.raises(NotContinuedError):
        take(mt_book, mt("19.11. 200,00 | +1,00 Kurz | 201,00", number=8))


def test_the_same_file_twice_and_a_second_download_are_nothing_new(mt_book):
    assert take(mt_book, mt(MONDAY, named="STARTUMS", number=5)).new == 2
    assert take(mt_book, mt(MONDAY, named="STARTUMS", number=5)).repeated
    again = take(mt_book, mt(MONDAY, named="STARTUMS", number=5), mt(TUESDAY, named="STARTUMS", number=6))
    assert (again.new, again.duplicates) == (1, 2)


def test_a_bank_that_goes_over_to_camt_is_told_once(mt_book):
    take(mt_book, mt(MONDAY, number=220))
    take(mt_book, mt(TUESDAY, number=221))
    act(mt_book, "emil")
    assert set_format(mt_book, MAIN_IBAN, "camt").mt_until == "2026-11-17"
    act(mt_book, "clara")
    with pytest.raises(ToldBeforeError):
        take(mt_book, statement(TUESDAY, number=1))
    with pytest.raises(StraddlingError):
        take(mt_book, statement("18.11. 102,00 | 17.11. +8,00 Schulz | 18.11. +1,00 Kurz | 111,00", number=2))
    staged = take(mt_book, statement(MONDAY), statement(TUESDAY), statement(WEDNESDAY, number=3))
    assert (staged.new, {type(one) for one in staged.findings}) == (1, {ToldBeforeLeftOutError})
    assert len(booked(mt_book)) == 4
    (chain,) = continuity(mt_book)
    assert (chain.findings, chain.complete_until) == ((), "2026-11-18")
    assert [row.number for row in list_statements(mt_book)] == [1, 2, 3]
    act(mt_book, "emil")
    set_format(mt_book, MAIN_IBAN, "MT940")
    act(mt_book, "clara")
    with pytest.raises(ToldBeforeError):
        take(mt_book, mt(WEDNESDAY, number=222))


def test_who_may_change_the_format_and_what_is_said(store):
    with pytest.raises(NotAllowedError):
        set_format(act(store, "clara"), MAIN_IBAN, "MT940")
    act(store, "emil")
    with pytest.raises(UnknownFormatError):
        set_format(store, MAIN_IBAN, "csv")
    with pytest.raises(UnknownBankAccountError):
        set_format(store, "DE89370400440532013000", "camt")
    set_format(store, MAIN_IBAN, "MT940")
    set_format(store, MAIN_IBAN, "MT940")
    assert [row.format for row in list_formats(store)] == [
        "MT940" if row.account == MAIN_IBAN else "camt.053" for row in list_formats(store)
    ]
    assert store.value("SELECT count(*) FROM event WHERE action = 'statement.format'") == 1


def test_statements_without_a_number_are_followed_by_balance_and_said_so(store):
    act(store, "clara")
    take(store, statement(MONDAY, named="A"), statement(WEDNESDAY, named="C"))
    (chain,) = continuity(store)
    assert [one.code for one in chain.findings] == ["statement.chain_break"]
    assert [(one.code, one.fields["count"]) for one in chain.notes] == [("statement.no_numbers", 2)]
    take(store, statement(TUESDAY, named="B"))
    assert continuity(store)[0].findings == ()


def test_numbered_statements_need_no_note(store):
    take(act(store, "clara"), statement(MONDAY, number=5))
    assert continuity(store)[0].notes == ()
