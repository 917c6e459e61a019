"""Bank accounts that join a book later: they take statements, pay, get another name and close with nothing left."""

import datetime as dt
import os
from dataclasses import replace

import pytest

from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.bank import posting_store
from ledger.bank.bank_accounts import (
    BankAccountClosedError,
    BankAccountExistsError,
    BankAccountNameError,
    BankAccountsFullError,
    BankAheadError,
    BankBalanceError,
    BankBusyError,
    BankLaterError,
    LastBankAccountError,
    NewBankAccount,
    NothingToChangeError,
)
from ledger.bank.bank_accounts_store import (
    add_bank_account,
    change_bank_account,
    close_bank_account,
    list_bank_accounts,
    reopen_bank_account,
)
from ledger.bank.formats import UnknownBankAccountError
from ledger.book.accounts_store import add_account
from ledger.book.chart import ChartRow
from ledger.book.creation import UnknownOfficeError
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError
from ledger.store.postgres import DatabaseRightError
from sepa.identifiers import make_iban
from tests import rolebooks
from tests.bankbooks import run, staged
from tests.books import MAIN_IBAN, SECOND_IBAN, act, entry

DAY = dt.date(2026, 11, 16)
NEW = make_iban("DE", "370400440000000777")
WAGES = NewBankAccount(NEW, "Gehaltskonto", DAY, bic="COBADEFFXXX", collects=False)


@pytest.fixture
def town(store):
    return act(store, "emil")


def shown(store, iban=NEW):
    (line,) = list_bank_accounts(store, iban)
    return line.account, line.name, line.bic, line.office, line.collects, line.closed_on, line.balance_cents


def test_an_account_gets_the_next_number_and_the_same_once_more_is_nothing_new(town):
    assert add_bank_account(town, WAGES).new
    assert shown(town) == ("2802", "Gehaltskonto", "COBADEFFXXX", "KASSE", False, None, 0)
    assert not add_bank_account(town, WAGES).new
    other = NewBankAccount(make_iban("DE", "370400440000000778"), "Bauamt", DAY, office="BAU")
    assert add_bank_account(town, other).line.account == "2800"
    assert [line.account for line in list_bank_accounts(town)] == ["2800", "2800", "2801", "2802"]
    assert verify(town).findings == ()


def test_money_on_a_new_account_is_posted_and_money_sent_there_is_in_transit(town):
    add_bank_account(town, WAGES)
    staged(act(town, "import"), "-700,00", iban=MAIN_IBAN, counter_iban=NEW, name="Stadt", sha="01")
    staged(town, "700,00", iban=NEW, counter_iban=MAIN_IBAN, name="Stadt", sha="02")
    done = posting_store.post_staged(town)
    assert (done.posted, done.matched) == (2, 2)
    assert shown(town)[-1] == 70000
    assert town.value("SELECT count(*) FROM item WHERE kind IN ('suspense', 'advance')") == 0


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": "Anders"}, BankAccountExistsError),
        ({"office": "BAU"}, BankAccountExistsError),
        ({"name": "  "}, BankAccountNameError),
        ({"name": "zwei\nZeilen"}, BankAccountNameError),
        ({"name": "x" * 81}, BankAccountNameError),
        ({"office": "NIX"}, UnknownOfficeError),
        ({"iban": MAIN_IBAN}, BankAccountExistsError),
    ],
)
def test_what_is_refused_changes_nothing(town, change, error):
    add_bank_account(town, WAGES)
    before = list_bank_accounts(town)
    with pytest.raises(error):
        add_bank_account(town, replace(WAGES, **change))
    assert list_bank_accounts(town) == before


def test_an_office_has_as_many_accounts_as_its_chart_has_numbers(town):
    for number in range(78):
        add_bank_account(town, NewBankAccount(make_iban("DE", f"37040044{9000 + number:010d}"), f"Konto {number}", DAY))
    with pytest.raises(BankAccountsFullError):
        add_bank_account(town, WAGES)
    assert list_bank_accounts(town)[-1].account == "2879"


@pytest.mark.parametrize("user", ["dirk", "clara", "import", "root"])
def test_only_a_head_says_which_accounts_the_kasse_has(town, user):
    act(town, user)
    for work in (
        lambda: add_bank_account(town, WAGES),
        lambda: change_bank_account(town, MAIN_IBAN, name="Meins"),
        lambda: close_bank_account(town, SECOND_IBAN, "2026-11-16"),
        lambda: reopen_bank_account(town, SECOND_IBAN),
    ):
        with pytest.raises(NotAllowedError):
            work()


def test_another_name_is_that_of_the_account_in_the_books(town):
    add_bank_account(town, WAGES)
    assert change_bank_account(town, NEW, name=" Löhne ").new
    assert change_bank_account(town, NEW, bic="DEUTDEFF").line.bic == "DEUTDEFF"
    assert not change_bank_account(town, NEW, name="Löhne").new
    assert town.value("SELECT name FROM account WHERE office = 'KASSE' AND number = '2802'") == "Löhne"
    with pytest.raises(NothingToChangeError):
        change_bank_account(town, NEW)
    with pytest.raises(UnknownBankAccountError):
        change_bank_account(town, make_iban("DE", "370400440000000779"), name="Fremd")
    assert verify(town).findings == ()


def test_an_account_closes_when_nothing_is_left_and_opens_again(town):
    add_bank_account(town, WAGES)
    assert close_bank_account(town, NEW, "2026-11-16").line.closed_on == "2026-11-16"
    assert not close_bank_account(town, NEW, "2026-11-16").new
    with pytest.raises(BankAccountClosedError):
        close_bank_account(town, NEW, "2026-11-15")
    assert reopen_bank_account(town, NEW).line.closed_on is None
    assert not reopen_bank_account(town, NEW).new
    assert verify(town).findings == ()


def test_what_waits_on_an_account_keeps_it_open(town):
    act(town, "import")
    run(town, "E1 50,00", iban=SECOND_IBAN)
    number = staged(town, "5,00", "ohne", iban=SECOND_IBAN)
    act(town, "emil")
    with pytest.raises(BankBusyError) as refused:
        close_bank_account(town, SECOND_IBAN, "2026-11-16")
    assert refused.value.fields["runs"] == refused.value.fields["entries"] == number


def test_money_or_later_bookings_keep_an_account_open(town):
    with town.unit(["KASSE"]):
        post(town, [entry("2801 5,00", "4800 -5,00", day="2026-11-14")])
    with pytest.raises(BankBalanceError) as refused:
        close_bank_account(town, SECOND_IBAN, "2026-11-16")
    assert refused.value.fields["balance_cents"] == 500
    with town.unit(["KASSE"]):
        post(town, [entry("2801 -5,00", "4800 5,00", day="2026-11-14")])
    with pytest.raises(BankLaterError):
        close_bank_account(town, SECOND_IBAN, "2026-11-14")
    assert close_bank_account(town, SECOND_IBAN, "2026-11-16").new
    with pytest.raises(LastBankAccountError):
        close_bank_account(town, MAIN_IBAN, "2026-11-16")


def test_an_account_is_not_closed_before_its_day(town):
    with pytest.raises(BankAheadError):
        close_bank_account(town, SECOND_IBAN, "2026-11-17")
    assert shown(town, SECOND_IBAN)[5] is None


def test_an_auditor_reads_who_added_it(town):
    add_bank_account(town, WAGES)
    found = audit(act(town, "root"), Scope("2026-11-01", "2026-11-30")).findings
    (noted,) = [one for one in found if one.code == "audit.bank_account_added"]
    assert (noted.fields["iban"], noted.fields["user"]) == (NEW, "emil")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE bank_account SET name = 'Anders' WHERE iban = :iban",
        "UPDATE bank_account SET closed_on = '2026-11-01' WHERE iban = :iban",
        (
            "INSERT INTO bank_account SELECT 'DE1', office, '2898', name, bic, collects, statements, opened_on, closed_on"
            " FROM bank_account WHERE iban = :iban"
        ),
    ],
    ids=["name", "closed", "added"],
)
def test_what_plain_sql_does_to_one_is_found(town, sql):
    add_bank_account(town, WAGES)
    add_account(act(town, "root"), ChartRow("2898", "Fremd", "asset"), day="2026-01-01", office="KASSE")
    assert verify(town).findings == ()
    with town.unit():
        town.execute(sql, iban=NEW)
    assert [finding.code for finding in verify(town).findings] == ["verify.master"]


def test_whose_rights_the_database_enforces(postgres_server, postgres_template):
    name = f"kasse_bank_roles_{os.getpid()}"
    with rolebooks.granted(postgres_server, postgres_template, name, lambda store: None) as location:
        clara, emil = rolebooks.opened(location, "clara"), rolebooks.opened(location, "emil")
        with pytest.raises(DatabaseRightError), clara.unit(["KASSE"]):
            clara.execute("UPDATE bank_account SET name = 'Meins'")
        assert add_bank_account(emil, WAGES).new
        assert change_bank_account(emil, NEW, name="Lohn").new
        assert close_bank_account(emil, NEW, "2026-11-16").new
        assert verify(emil).findings == ()
        clara.close()
        emil.close()
