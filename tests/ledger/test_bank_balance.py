"""What an account held before its first statement: asked for by one head, posted by another, checked by the statement."""

import datetime as dt
import io
from dataclasses import replace
from hashlib import sha256

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.audit.audit_store import audit
from ledger.audit.checks import Scope
from ledger.bank.bank_accounts_store import add_bank_account
from ledger.bank.bank_balance import (
    BalanceAccountError,
    BalanceAskedError,
    BalanceDayError,
    BalanceDiffersError,
    BalanceNotAskedError,
    BalanceNothingError,
    BalanceTakenOverError,
    BalanceWish,
    BalanceWordsError,
)
from ledger.bank.bank_balance_store import ask_balance, confirm_balance, drop_balance, waiting_balance
from ledger.bank.intake_joins import NotTakenOverError
from ledger.bank.intake_reader import continuity, new_gaps
from ledger.bank.intake_store import stage_file
from ledger.bank.posting_store import post_staged
from ledger.book.entry import Draft, Posting
from ledger.book.store import post
from ledger.book.verify_store import verify
from ledger.items.opening_store import _DONE
from ledger.people.users import NotAllowedError, OwnWorkError
from sepa.reading import read_statements
from tests.bankbooks import close_day
from tests.books import MAIN_IBAN, act
from tests.ledger.test_bank_accounts import NEW, WAGES, shown

MON, TUE = dt.date(2026, 11, 16), dt.date(2026, 11, 17)
WISH = BalanceWish(NEW, 500000, "2026-11-13", "3000", "Konto des Zweckverbands", "Schlussauszug 46")


@pytest.fixture
def town(store):
    add_bank_account(act(store, "emil"), replace(WAGES, day=dt.date(2026, 1, 1)))
    return store


def takes(store, bank: DemoBank, day: dt.date, *bookings: Booking) -> list[str]:
    """Take in a statement as the machine does, and return the codes of what is said of it."""
    data = bank.statement(day, bookings or (Booking(100, "Eva", lines=("Danke",)),))
    user, store.today = store.user, "2026-11-20"
    act(store, "import")
    try:
        digest = sha256(data).hexdigest()
        staged = stage_file(store, f"{day}.xml", digest, len(data), read_statements(io.BytesIO(data)))
        post_staged(store)
        return [one.code for one in (*staged.findings, *new_gaps(store, staged.accounts, staged.numbers))]
    finally:
        store.user = user


def entered(store, wish=WISH):
    ask_balance(act(store, "emil"), wish)
    return confirm_balance(act(store, "frida"), wish.iban)


def balance(store) -> int:
    return shown(store)[-1]


def test_two_heads_enter_what_the_account_held_and_the_first_statement_joins(town):
    asked = ask_balance(act(town, "emil"), WISH)
    assert (asked.state, asked.asked_by, balance(town)) == ("asked", "emil", 0)
    assert waiting_balance(town, NEW) == asked
    done = confirm_balance(act(town, "frida"), NEW)
    assert (done.state, done.entry, done.posting_day, done.posted_cents) == (
        "posted",
        "KASSE-2026-1",
        "2026-11-13",
        500000,
    )
    lines = town.all("SELECT account, cents FROM posting ORDER BY account")
    assert lines == [("2802", 500000), ("3000", -500000)]
    assert takes(town, DemoBank(NEW, 500000), MON) == []
    (chain,) = continuity(town, NEW)
    assert (chain.gaps, chain.beginning, balance(town)) == ((), None, 500100)
    assert verify(act(town, "root")).findings == ()


def test_a_statement_that_begins_otherwise_is_refused_and_the_balance_corrected(town):
    entered(town)
    bank = DemoBank(NEW, 450000)
    with pytest.raises(NotTakenOverError):
        takes(town, bank, MON)
    done = entered(town, replace(WISH, cents=450000))
    assert (done.posted_cents, balance(town)) == (-50000, 450000)
    assert takes(town, DemoBank(NEW, 450000), MON) == []
    assert verify(act(town, "root")).findings == ()


def test_money_that_the_book_knows_nothing_of_is_told_until_it_is_entered(town):
    """It was told at the first closing only, without a way out."""
    assert takes(town, DemoBank(NEW, 500000), MON) == ["statement.unknown_beginning"]
    (chain,) = continuity(town, NEW)
    assert chain.beginning is not None
    assert chain.beginning.finding.fields["opening_cents"] == 500000
    assert chain.complete_until == "2026-11-16", "no statement is missing for that"
    with pytest.raises(BalanceDiffersError):
        ask_balance(act(town, "emil"), replace(WISH, cents=500100))
    with pytest.raises(BalanceDayError):
        ask_balance(town, replace(WISH, day="2026-11-16"))
    entered(town)
    (chain,) = continuity(town, NEW)
    assert (chain.beginning, chain.gaps, balance(town)) == (None, (), 500100)
    assert verify(act(town, "root")).findings == ()


def test_an_account_that_begins_with_nothing_tells_nothing(town):
    assert takes(town, DemoBank(NEW, 0), MON) == []
    with pytest.raises(BalanceNothingError):
        ask_balance(act(town, "emil"), replace(WISH, cents=0))


def test_an_overdrawn_account_is_entered_with_a_minus(town):
    entered(town, replace(WISH, cents=-12345))
    assert balance(town) == -12345
    assert takes(town, DemoBank(NEW, -12345), MON) == []
    assert verify(act(town, "root")).findings == ()


def test_a_balance_of_a_closed_day_is_posted_on_the_first_open_one(town):
    close_day(act(town, "emil"), "2026-11-15")
    assert entered(town).posting_day == "2026-11-16"
    assert takes(town, DemoBank(NEW, 500000), MON) == []


def test_nobody_posts_what_they_asked_for(town):
    ask_balance(act(town, "emil"), WISH)
    with pytest.raises(OwnWorkError):
        confirm_balance(town, NEW)
    for user in ("clara", "dirk", "import", "root"):
        for step in (lambda: confirm_balance(town, NEW), lambda: drop_balance(town, NEW)):
            act(town, user)
            with pytest.raises(NotAllowedError):
                step()
    assert balance(town) == 0


def test_what_waits_is_one_and_can_be_taken_away(town):
    for step in (confirm_balance, drop_balance, waiting_balance):
        with pytest.raises(BalanceNotAskedError):
            step(act(town, "frida"), NEW)
    ask_balance(act(town, "emil"), WISH)
    with pytest.raises(BalanceAskedError):
        ask_balance(act(town, "frida"), replace(WISH, cents=1))
    assert drop_balance(town, NEW).state == "dropped"
    with pytest.raises(BalanceNotAskedError):
        confirm_balance(town, NEW)
    entered(town, replace(WISH, cents=1))
    with pytest.raises(BalanceNotAskedError):
        confirm_balance(act(town, "emil"), NEW)
    with pytest.raises(BalanceNothingError):
        ask_balance(town, replace(WISH, cents=1))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"account": "2800"}, BalanceAccountError),
        ({"account": "4800"}, BalanceAccountError),
        ({"account": "2400"}, BalanceAccountError),
        ({"account": "2690.BAU"}, BalanceAccountError),
        ({"account": "9999"}, BalanceAccountError),
        ({"day": "2026-11-17"}, BalanceDayError),
    ],
)
def test_what_cannot_be_entered_is_refused_when_it_is_asked_for(town, change, error):
    with pytest.raises(error):
        ask_balance(act(town, "emil"), replace(WISH, **change))
    with pytest.raises(BalanceNotAskedError):
        waiting_balance(town, NEW)


@pytest.mark.parametrize("change", [{"reason": " "}, {"document": ""}, {"reason": "x" * 141}])
def test_a_balance_needs_its_words(change):
    with pytest.raises(BalanceWordsError):
        replace(WISH, **change)


def test_the_statement_that_came_meanwhile_decides(town):
    ask_balance(act(town, "emil"), WISH)
    takes(town, DemoBank(NEW, 499900), MON)
    with pytest.raises(BalanceDiffersError):
        confirm_balance(act(town, "frida"), NEW)
    assert balance(town) == 100


def test_a_balance_that_was_taken_over_is_not_entered_here(town):
    with town.unit(["KASSE"]):
        post(
            town, [Draft("KASSE", "opening", "2026-11-13", (Posting("2800", 5), Posting("3000", -5)), source="opening")]
        )
    with pytest.raises(BalanceTakenOverError):
        ask_balance(act(town, "emil"), replace(WISH, iban=MAIN_IBAN))


def test_it_is_no_take_over_of_the_office(town):
    """An office is taken over once, whole: a balance of one account does not count as that."""
    entered(town)
    assert town.all(_DONE, run=0) == []


def test_an_auditor_reads_who_asked_and_who_posted(town):
    entered(town)
    rows = town.all(
        "SELECT e.action, u.name FROM event e JOIN app_user u ON u.id = e.by"
        " WHERE e.action LIKE 'bank_account.%balance' ORDER BY e.position"
    )
    assert rows == [("bank_account.ask_balance", "emil"), ("bank_account.balance", "frida")]
    found = audit(act(town, "root"), Scope("2026-11-01", "2026-11-30")).findings
    assert [one for one in found if one.severity == "error"] == []
    (told,) = [one for one in found if one.code == "audit.bank_balance_entered"]
    assert (told.fields["iban"], told.fields["user"]) == (NEW, "frida")
