"""The end of a year: period 13, the result carried over, what goes on, two persons, and that nothing follows."""

import pytest

from ledger.book.chart import BANK, CASH_ROLES
from ledger.book.closing_findings import (
    ChangedSinceError,
    ClosingRefusedError,
    FutureDayError,
    NoResultAccountError,
    NotPreparedError,
    YearNotClosedError,
)
from ledger.book.closing_periods import year_period
from ledger.book.closing_protocol import protocol_text, read_protocol
from ledger.book.closing_service import list_closings
from ledger.book.closing_year_service import close_year, prepare_year, show_year
from ledger.book.entry import ClosedPeriodError, Draft, Posting
from ledger.book.journal import parse_entry_number
from ledger.book.manual_errors import RefusedEntriesError
from ledger.book.manual_store import post_manual
from ledger.book.periods import MONEY_ROLES, MoneyInClosingError
from ledger.book.reversal import AlreadyReversedError, OwnCommandError
from ledger.book.reversal_store import reverse
from ledger.book.store import post
from ledger.book.transfer import across
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, OwnWorkError
from ledger.reports.ageing_store import ageing
from ledger.reports.balances_store import dimension_balance, trial_balance, turnover
from ledger.reports.items_store import open_items
from ledger.reports.sheets_store import account_sheet, sheet_lines
from ledger.store.failures import RefusedByBookError
from tests.books import act, entry
from tests.ledger.bank_days import claim, receive, settle, take_over
from tests.ledger.closing_days import FAR, shut_day, shut_month
from tests.ledger.test_closing_month import forge
from tests.ledger.test_export import checked, exported
from tests.ledger.test_manual import made

YEAR, LAST, NEXT = year_period(2026), "2026-12-31", "2027-01-01"


@pytest.fixture
def kasse(store):
    """A book with a year behind it: money, claims, an expense with a dimension, unclear money; December is closed."""
    take_over(store, "2026-11-16", "100,00")
    claim(store, "50,00", "2026-11-17", "ORDNUNG", due="2026-12-15")
    claim(store, "12,00", "2026-12-01", "BAU", "payable", due="2027-01-15")
    lines = {"KASSE": [Posting("6100", 300)], "BAU": [Posting("5900", -300)]}
    with store.unit(["KASSE", "BAU"]):
        post(store, across("KASSE", lines, kind="transfer", posting_day="2026-12-02", group=1))
        costs = (Posting("6100", 2000, None, "kostenstelle=4711"), Posting("6100", 500), Posting("5900", -2500))
        post(store, [Draft("BAU", "manual", "2026-12-03", costs)])
    receive(store, "2026-12-04", "7,00")
    claim(store, "8,00", "2026-12-05", kind="suspense", how="bank")
    for month in ("2026-11", "2026-12"):
        shut_month(store, month, {"KASSE:2890": "Test"})
    return store


WHY = {"KASSE:2890": "Test"}


def prepare(store, user="clara", today=FAR, year=YEAR, reasons=WHY):
    act(store, user)
    return prepare_year(store, year, today=today, reasons=reasons)


def close(store, user="frida", **more):
    act(store, user)
    return close_year(store, YEAR, today=FAR, **more)


def balances(store, day, **more):
    found = trial_balance(store, day, **more).accounts
    return {(a.office, a.number): a.balance_cents for a in found if a.balance_cents}


def adjust(store, *lines, office="BAU", day=LAST):
    with store.unit([office]):
        return post(store, [entry(*lines, day=day, office=office, kind="closing")])


def test_income_and_expense_go_to_the_result_and_stocks_go_on(kasse):
    store, before = kasse, balances(kasse, LAST)
    done = prepare(store)
    assert balances(store, LAST) == before  # the year as it was lived, before its closing
    after = balances(store, LAST, closing=True)
    assert after == balances(store, NEXT)
    assert not [key for key in after if key[1] in ("5100", "5900", "6100")]
    assert {key: cents for key, cents in after.items() if key[1] == "3400"} == {
        ("BAU", "3400"): 900, ("KASSE", "3400"): -400, ("ORDNUNG", "3400"): -5000,
    }  # fmt: skip
    stocks = {key: cents for key, cents in before.items() if key[1] not in ("5100", "5900", "6100")}
    assert {key: cents for key, cents in after.items() if key[1] != "3400"} == stocks
    assert {(s.office, s.account): s.balance_cents for s in done.protocol.stocks} == after
    opening = turnover(store, NEXT, NEXT).accounts
    assert {(a.office, a.number): a.opening_cents for a in opening} == after, "period 13 lies before 1 January"
    lived = {(a.office, a.number): a.balance_cents for a in turnover(store, YEAR.first_day, LAST).accounts}
    assert {key: cents for key, cents in lived.items() if cents} == before
    assert all(line.balance_cents == line.carried_cents for line in done.protocol.results)
    assert sum(line.balance_cents for line in done.protocol.results) == -4500
    assert verify(store).findings == ()


def test_an_export_with_period_13_agrees(kasse, tmp_path):
    prepare(kasse)
    exported(kasse, tmp_path / "export")
    assert checked(tmp_path / "export").stdout.splitlines()[0] == "everything agrees"


def test_dimensions_are_carried_too(kasse):
    prepare(kasse)
    assert [a.balance_cents for a in dimension_balance(kasse, LAST, "kostenstelle", "4711").accounts] == [2000]
    assert [a.balance_cents for a in dimension_balance(kasse, NEXT, "kostenstelle", "4711").accounts] == [0]


def test_a_sheet_shows_period_13_between_the_years(kasse):
    store = kasse
    prepare(store)
    with store.unit(["BAU"]):
        post(store, [entry("6100 4", "5900 -4", office="BAU", day="2027-01-04")])

    def sheet(first, last):
        head = account_sheet(store, "6100", first, last, office="BAU")
        with store.snapshot():
            lines = list(sheet_lines(store, head))
        moved = sum((line.debit_cents or 0) - (line.credit_cents or 0) for line in lines)
        assert head.opening_cents + moved == head.closing_cents
        return head.opening_cents, [line.kind for line in lines], head.closing_cents

    assert sheet("2026-12-01", LAST) == (0, ["order", "manual", "manual"], 3700)
    assert sheet("2026-12-01", NEXT) == (0, ["order", "manual", "manual", "closing", "closing"], 0)
    assert sheet(NEXT, "2027-01-31") == (0, ["manual"], 400)


def test_items_keep_their_identity_and_the_new_year_settles_them(kasse):
    store = kasse
    with store.snapshot():
        before = list(open_items(store, LAST))
    prepare(store)
    close(store)
    with store.snapshot():
        assert [(i.number, i.due, i.open_cents) for i in open_items(store, LAST)] == [
            (i.number, i.due, i.open_cents) for i in before
        ]
    owed = next(item for item in before if item.kind == "receivable")
    settle(store, owed.number, "50,00", "2027-01-05", "ORDNUNG")
    rests = show_year(store, YEAR).protocol.rests
    assert [(r.office, r.kind, r.count, r.open_cents, r.overdue_cents) for r in rests] == [
        ("BAU", "payable", 1, 1200, 0), ("ORDNUNG", "receivable", 1, 5000, 5000),
    ]  # fmt: skip
    assert [(u.kind, u.age_days, u.open_cents) for u in show_year(store, YEAR).protocol.unclear] == [
        ("suspense", 26, 800)
    ]
    assert verify(store).findings == ()


def test_entry_numbers_begin_anew_and_the_old_range_goes_on_in_period_13(kasse):
    store = kasse
    with store.unit(["BAU"]):
        (first,) = post(store, [entry("6100 4", "5900 -4", office="BAU", day=NEXT)])
    last = store.value("SELECT max(number) FROM entry WHERE office = 'BAU' AND year = 2026")
    (late,) = adjust(store, "6500 1", "2490 -1")
    assert (first.year, first.number, late.year, late.number) == (2027, 1, 2026, last + 1)
    assert verify(store).findings == ()


def test_what_is_posted_after_preparing_is_carried_by_preparing_again(kasse):
    store = kasse
    prepare(store)
    adjust(store, "6500 9", "2490 -9")
    with pytest.raises(ClosingRefusedError) as caught:
        close(store)
    assert [f.code for f in caught.value.findings] == ["closing.uncarried"]
    again = prepare(store)
    assert again.fresh
    lines = {(r.office, r.account): (r.balance_cents, r.carried_cents) for r in again.protocol.results}
    assert lines["BAU", "6500"] == (900, 900)
    (stock,) = [s for s in again.protocol.stocks if s.account == "2490"]
    assert (stock.closing_cents, stock.balance_cents) == (-900, -900)
    adjust(store, "3400 1", "3000 -1")
    with pytest.raises(ChangedSinceError) as changed:
        close(store)
    assert changed.value.fields["parts"] == "offices, stocks"
    prepare(store)
    assert close(store).fresh


def test_preparing_twice_changes_nothing(kasse):
    store = kasse
    first = prepare(store)
    count = store.value("SELECT count(*) FROM entry"), store.value("SELECT count(*) FROM closing_proposal")
    with store.unit(["BAU"]):
        post(store, [entry("6100 4", "5900 -4", office="BAU", day=NEXT)])  # the new year goes on
    again = prepare(store, "emil")
    assert (again.fresh, again.protocol.closed_by) == (False, first.protocol.closed_by)
    assert store.value("SELECT count(*) FROM entry") == count[0] + 1
    assert store.value("SELECT count(*) FROM closing_proposal") == count[1]


def test_another_person_closes_and_then_it_is_final(kasse):
    store = kasse
    with pytest.raises(NotPreparedError):
        close(store)
    prepare(store, "emil")
    for user, error in (("emil", OwnWorkError), ("clara", NotAllowedError)):
        with pytest.raises(error):
            close(store, user)
    dry = close(store, dry_run=True)
    assert list(list_closings(store, "year")) == []
    done = close(store)
    assert done.protocol == dry.protocol
    assert (done.protocol.label, done.closed_by, done.confirmed_by) == ("2026/1", "emil", "frida")
    assert read_protocol(protocol_text(done.protocol)) == done.protocol
    assert (close(store).fresh, prepare(store).fresh) == (False, False)
    with pytest.raises(ClosedPeriodError):
        adjust(store, "6500 1", "2490 -1")
    with pytest.raises(RefusedByBookError, match="period 13"), store.unit(["KASSE"]):
        forge(store, LAST, kind="closing")
    actions = [a for (a,) in store.rows("SELECT action FROM event WHERE object = 'year:2026' ORDER BY position")]
    assert actions == ["year.prepare", "year.close"]
    assert verify(store, against=done.protocol.head).findings == ()


def test_period_13_moves_no_money(kasse):
    store = kasse
    for account in ("2800", "2801"):
        with pytest.raises(MoneyInClosingError):
            adjust(store, f"{account} 1", "5900 -1", office="KASSE")
        with pytest.raises(RefusedByBookError, match="no money"), store.unit(["KASSE"]):
            forge(store, LAST, kind="closing", accounts=(account, "5900"))
    assert (BANK, *CASH_ROLES) == MONEY_ROLES


def test_the_forger_of_these_tests_would_succeed_in_period_13(kasse):
    with kasse.unit(["KASSE"]):
        forge(kasse, LAST, kind="closing")
    assert kasse.value("SELECT count(*) FROM entry WHERE kind = 'closing'") == 1


def test_a_year_needs_its_twelve_months_closed_and_signed(store):
    take_over(store, "2026-11-16", "100,00")
    receive(store, "2026-11-17", "7,00")
    with pytest.raises(ClosingRefusedError) as caught:
        prepare(store, reasons={})
    assert [(f.code, f.fields["month"]) for f in caught.value.findings] == [
        ("closing.open_month", "2026-11"),
        ("closing.open_month", "2026-12"),
    ]  # fmt: skip - the first month that is closed takes along what lies before the first entry
    shut_month(store, "2026-11")
    shut_day(store, LAST)
    from ledger.book.closing_periods import month_period
    from ledger.book.closing_service import close_period

    act(store, "clara")
    close_period(store, month_period("2026-12"), today=FAR)
    with pytest.raises(ClosingRefusedError) as caught:
        prepare(store, reasons={})
    assert [f.code for f in caught.value.findings] == ["closing.unsigned_month"]
    assert store.value("SELECT count(*) FROM entry WHERE kind = 'closing'") == 0


def test_what_is_due_on_the_last_day_is_not_overdue(store):
    take_over(store, "2026-11-16", "100,00")
    claim(store, "9,00", "2026-12-05", "ORDNUNG", due=LAST)
    claim(store, "4,00", "2026-12-05", "ORDNUNG", due="2026-12-30")
    for month in ("2026-11", "2026-12"):
        shut_month(store, month, {"ORDNUNG:2890": "Test"})
    prepare(store)
    told = [(rest.open_cents, rest.overdue_cents) for rest in show_year(store, YEAR).protocol.rests]
    aged = [(own.open_cents, own.open_cents - own.not_due_cents) for own in ageing(store, LAST)]
    assert told == aged == [(1300, 400)]


def test_years_are_closed_in_order(kasse):
    store = kasse
    prepare(store)
    close(store)
    for month in range(1, 13):
        shut_month(store, f"2027-{month:02d}", {"KASSE:2890": "Test"})
    for month in range(1, 13):
        shut_month(store, f"2028-{month:02d}", {"KASSE:2890": "Test"})
    with pytest.raises(ClosingRefusedError) as caught:
        prepare(store, year=year_period(2028))
    assert [f.code for f in caught.value.findings if f.severity == "error"] == ["closing.open_year"]
    assert prepare(store, year=year_period(2027)).protocol.first_day == NEXT


def test_an_office_needs_an_account_for_the_result(kasse):
    store = kasse
    with store.unit():
        store.execute("UPDATE account SET closed_on = '2026-06-30' WHERE number = '3400' AND office = 'BAU'")
    with pytest.raises(NoResultAccountError):
        prepare(store)


def test_the_year_must_be_over(kasse):
    with pytest.raises(FutureDayError):
        prepare(kasse, today="2026-12-30")
    with pytest.raises(YearNotClosedError):
        show_year(kasse, YEAR)


def by_hand(store, *lines):
    return post_manual(act(store, "clara"), [made(*lines, day=LAST, closing=True)], today=FAR).entries[0].number


def test_a_closing_entry_by_hand_is_taken_back_once_in_period_13(kasse):
    store, before = kasse, balances(kasse, LAST, closing=True)
    number = by_hand(store, "6100 9", "5900 -9")
    done = reverse(store, parse_entry_number(number), reason="verrechnet", day=FAR)
    assert (done.day, balances(store, LAST, closing=True)) == (LAST, before)
    mirror = parse_entry_number(done.entries[0].reversal)
    assert store.one(
        "SELECT kind, posting_day FROM entry WHERE office = 'KASSE' AND year = 2026 AND number = :n", n=mirror.number
    ) == ("closing", LAST)
    with pytest.raises(AlreadyReversedError):
        reverse(store, parse_entry_number(number), reason="noch einmal", day=FAR)
    with pytest.raises(OwnCommandError):
        reverse(store, mirror, reason="doch", day=FAR)
    assert verify(act(store, "root")).findings == ()


def test_nothing_is_taken_back_in_a_year_that_is_closed(kasse):
    store = kasse
    number = by_hand(store, "6100 9", "5900 -9")
    prepare(store)
    close(store)
    with pytest.raises(ClosedPeriodError):
        reverse(act(store, "clara"), parse_entry_number(number), reason="zu spät", day=FAR)


def test_period_13_takes_no_money_under_way(kasse):
    with pytest.raises(RefusedEntriesError) as refused:
        by_hand(kasse, "2890 9", "5900 -9")
    assert [finding.code for finding in refused.value.findings] == ["journal.transit_closing"]
