"""A number that the bank never gave: a person says so by name and reason, unless money moved; its coming proves more."""

import json
import os

import pytest

from kasse_cli.i18n import sentence
from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.bank.formats import UnknownBankAccountError
from ledger.bank.intake_reader import continuity, new_gaps
from ledger.bank.posting_store import post_staged
from ledger.bank.skip_store import skip_numbers, unskip_numbers
from ledger.bank.skipped_reader import list_skips
from ledger.bank.skipping import (
    NotMissingError,
    NotSkippedError,
    SkipBalanceError,
    SkipKnownError,
    SkipNumbersError,
    SkipReasonError,
    SkipUnprovenError,
    read_numbers,
)
from ledger.bank.withdraw_store import ask_withdrawal, confirm_withdrawal
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError
from ledger.store.postgres import DatabaseRightError
from tests import rolebooks
from tests.books import MAIN_IBAN, SECOND_IBAN, act
from tests.ledger.statement_texts import statement, take

WHY = "left out, says the bank on 18 November"
DAYS = {1: "16.11. 0,00 | +5,00 Meyer | 5,00", 3: "17.11. 5,00 | +1,00 Meyer | 6,00", 6: "18.11. 6,00 | 6,00"}


@pytest.fixture
def town(store):
    """Statements 1, 3 and 6, over whose gaps the balances go on."""
    act(store, "clara")
    for number, text in DAYS.items():
        take(store, statement(text, number=number))
    post_staged(store)
    return act(store, "emil")


def missing(store, iban=MAIN_IBAN):
    (chain,) = continuity(store, iban)
    return [str(gap.finding.fields.get("numbers", gap.finding.code)) for gap in chain.gaps], chain.complete_until


def skip(store, numbers, reason=WHY, iban=MAIN_IBAN, year=2026):
    return skip_numbers(store, iban, read_numbers(numbers), year, reason)


@pytest.mark.parametrize("text", ["", "zwei", "0", "3-2", "1234567890", "1-100001"])
def test_what_are_no_numbers_is_refused(text):
    with pytest.raises(SkipNumbersError):
        read_numbers(text)


def test_a_number_that_the_bank_never_gave_is_missing_no_more(town):
    assert missing(town) == (["2", "4-5"], "2026-11-16")
    assert skip(town, "2").new
    assert not skip(town, "2", "again").new, "the second time says nothing new"
    assert missing(town) == (["4-5"], "2026-11-17")
    skip(town, "4")
    assert missing(town) == (["5"], "2026-11-17")
    skip(town, "5")
    assert missing(town) == ([], "2026-11-18")
    said = [(one.numbers, one.user, one.reason, one.state) for one in list_skips(town)]
    assert said == [(number, "emil", WHY, "accepted") for number in ("2", "4", "5")]
    facts, details = town.one(
        "SELECT e.facts, d.details FROM event e JOIN event_details d ON d.office = e.office AND d.position = e.position "
        "WHERE e.action = 'statement.skip' ORDER BY e.position LIMIT 1"
    )
    assert (json.loads(facts)["first"], WHY in details) == (2, True)
    assert verify(town).findings == ()


@pytest.mark.parametrize("numbers", ["1", "3", "1-2", "2-3", "2-4", "7", "250"])
def test_what_is_not_missing_is_refused(town, numbers):
    with pytest.raises(NotMissingError):
        skip(town, numbers)


def test_a_year_an_account_and_a_reason_belong_to_it(town):
    with pytest.raises(NotMissingError):
        skip(town, "2", year=2025)
    with pytest.raises(NotMissingError):
        skip(town, "2", iban=SECOND_IBAN)
    with pytest.raises(UnknownBankAccountError):
        skip(town, "2", iban="DE02300209000106531065")
    with pytest.raises(SkipReasonError):
        skip(town, "2", "  ")
    for user in ("clara", "import", "root", "anna"):
        act(town, user)
        with pytest.raises(NotAllowedError):
            skip(town, "2")
    assert missing(town) == (["2", "4-5"], "2026-11-16")


def test_where_money_moved_within_the_gap_it_is_refused(town):
    take(act(town, "clara"), statement("20.11. 9,00 | 9,00", number=8))
    with pytest.raises(SkipBalanceError) as refused:
        skip(act(town, "emil"), "7")
    assert (refused.value.fields["closing_cents"], refused.value.fields["opening_cents"]) == (600, 900)


@pytest.mark.parametrize("last", ["20.11. - | -", "20.11. 6,00 | 6,00"], ids=["no balances", "pages are missing"])
def test_where_nothing_proves_it_it_is_refused(town, last):
    more = {"page": 2} if "6,00" in last else {}
    take(act(town, "clara"), statement(last, number=8, **more))
    with pytest.raises(SkipUnprovenError):
        skip(act(town, "emil"), "7")


def test_the_first_number_of_a_year_may_be_one(town):
    town.today = "2027-01-05"
    take(act(town, "clara"), statement("04.01.2027 6,00 | 6,00", number=2))
    assert missing(town)[0] == ["2", "4-5", "1"]
    skip(act(town, "emil"), "1", year=2027)
    assert missing(town)[0] == ["2", "4-5"]


def test_a_number_that_comes_after_all_proves_that_it_exists_for_good(town):
    skip(town, "2")
    skip(town, "4-5")
    late = take(act(town, "clara"), statement("17.11. 6,00 | 6,00", number=4))
    (said,) = [one for one in new_gaps(town, late.accounts, late.numbers) if one.code == "statement.skip_came"]
    assert (said.fields["number"], said.fields["user"], said.fields["numbers"]) == (4, "emil", "4-5")
    assert missing(town) == (["5"], "2026-11-17"), "of the others nothing is said any more"
    assert [one.state for one in list_skips(town)] == ["accepted", "came"]
    (number,) = late.numbers
    ask_withdrawal(town, number, "wrong file")
    confirm_withdrawal(act(town, "dirk"), number, day="2026-11-20")
    assert missing(town) == (["4-5"], "2026-11-17"), "a withdrawn statement shows as well that its number exists"
    assert verify(town).findings == ()


def test_what_was_said_is_taken_back(town):
    with pytest.raises(NotSkippedError):
        unskip_numbers(town, MAIN_IBAN, (2, 2), 2026)
    skip(town, "2")
    with pytest.raises(NotAllowedError):
        unskip_numbers(act(town, "clara"), MAIN_IBAN, (2, 2), 2026)
    assert unskip_numbers(act(town, "emil"), MAIN_IBAN, (2, 2), 2026).skip.state == "taken_back"
    assert missing(town) == (["2", "4-5"], "2026-11-16")
    assert skip(town, "2", "said once more").new
    assert missing(town)[0] == ["4-5"]
    assert verify(town).findings == ()


def test_the_number_of_a_withdrawn_statement_exists(town):
    take(act(town, "clara"), statement("19.11. 6,00 | 6,00", number=7))
    take(town, statement("20.11. 6,00 | 6,00", number=8))
    (number,) = town.one("SELECT id FROM statement WHERE electronic_number = 7")
    ask_withdrawal(town, number, "wrong file")
    confirm_withdrawal(act(town, "dirk"), number, day="2026-11-20")
    assert missing(town)[0] == ["2", "4-5", "7"]
    act(town, "emil")
    with pytest.raises(SkipKnownError):
        skip(town, "7")
    assert list_skips(town) == []


def test_an_auditor_reads_who_said_it_and_why(town):
    skip(town, "4-5")
    skip(town, "2")
    found = audit(act(town, "root"), Scope("2026-11-01", "2026-11-30")).findings
    noted, one = [one for one in found if one.code == "audit.statement_skipped"]
    said = [noted.fields[name] for name in ("user", "first", "last", "year", "reason")]
    assert (said, noted.severity) == (["emil", 4, 5, 2026, WHY], "info")
    assert [sentence(found.template, found.fields).split(" of ")[0] for found in (noted, one)] == [
        "emil noted that the bank never gave 4-5", "emil noted that the bank never gave 2",
    ]  # fmt: skip


def test_a_statement_between_that_is_withdrawn_is_missing_again(town):
    skip(town, "2")
    skip(town, "4-5")
    ask_withdrawal(act(town, "clara"), 2, "wrong file")
    confirm_withdrawal(act(town, "dirk"), 2, day="2026-11-20")
    assert missing(town) == (["3"], "2026-11-16"), "numbers said not to exist explain no other"


def test_whose_rights_the_database_enforces(postgres_server, postgres_template):
    def prepare(store):
        act(store, "clara")
        for number, text in DAYS.items():
            take(store, statement(text, number=number))
        post_staged(store)

    name = f"kasse_skip_roles_{os.getpid()}"
    with rolebooks.granted(postgres_server, postgres_template, name, prepare) as location:
        clara, emil = rolebooks.opened(location, "clara"), rolebooks.opened(location, "emil")
        by_hand = (
            "INSERT INTO statement_skip (iban, line, message, year, first_number, last_number, reason, state, made_by, "
            f"made_at) VALUES ('{MAIN_IBAN}', 9, 'camt.053', 2026, 2, 2, 'x', 'accepted', {{}}, 'x')"
        )
        for store, who in ((clara, clara.user), (clara, emil.user), (emil, clara.user)):
            with pytest.raises(DatabaseRightError), store.unit(["KASSE"]):
                store.execute(by_hand.format(who))
        assert skip(emil, "2").new
        assert missing(clara)[0] == ["4-5"]
        assert unskip_numbers(emil, MAIN_IBAN, (2, 2), 2026).skip.state == "taken_back"
        assert verify(emil).findings == ()
        clara.close()
        emil.close()
