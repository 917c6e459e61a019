"""Reports beside plain sums over the postings, for any sequence of claims and payments and any day."""

import datetime as dt

from ledger.book.store import post
from ledger.cash.take_store import Payment, take
from ledger.reports.ageing_store import ageing
from ledger.reports.balances_store import trial_balance, turnover
from ledger.reports.cash_store import cash_position, desk_position
from ledger.reports.figures_store import key_figures
from ledger.reports.forecast_store import forecast
from ledger.reports.items_store import open_totals
from ledger.reports.sheets_store import account_sheet, sheet_lines
from tests.books import MAIN_IBAN, act, entry
from tests.cashbooks import counted, desk, held, on, pieces
from tests.kasse_cli.books_day import fill
from tests.ledger.bank_days import claim, party, receive, settle, statement, take_over

DAYS = ("2026-11-16", "2026-11-17", "2026-11-18", "2026-12-01")


def test_the_sheet_of_an_account_adds_up(store):
    fill(act(store, "clara"))
    for day in DAYS:
        for account in trial_balance(store, day).accounts:
            with store.snapshot():
                head = account_sheet(store, account.number, "2026-11-17", day, office=account.office)
                lines = list(sheet_lines(store, head)) if day >= "2026-11-17" else []
            assert head.closing_cents == account.balance_cents
            assert head.opening_cents + head.debit_cents - head.credit_cents == head.closing_cents
            if lines:
                assert lines[-1].balance_cents == head.closing_cents
                assert sum((line.debit_cents or 0) - (line.credit_cents or 0) for line in lines) == (
                    head.closing_cents - head.opening_cents
                )


_SINCE = """
    SELECT p.office, p.account, sum(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END),
           sum(CASE WHEN p.cents < 0 THEN -p.cents ELSE 0 END)
    FROM posting p JOIN entry e ON e.office = p.office AND e.position = p.position
    WHERE e.posting_day >= :first AND e.posting_day <= :last GROUP BY p.office, p.account ORDER BY p.office, p.account"""


def test_a_period_has_its_own_debits_and_credits_beside_what_was_there_before(store):
    fill(act(store, "clara"))
    for first in DAYS:
        for last in DAYS:
            found = turnover(store, first, last).accounts if first <= last else ()
            moved = [
                (a.office, a.number, a.debit_cents, a.credit_cents) for a in found if a.debit_cents or a.credit_cents
            ]
            assert moved == [
                (office, account, int(debit), int(credit))
                for office, account, debit, credit in store.all(_SINCE, first=first, last=last)
            ]
            assert all(a.opening_cents + a.debit_cents - a.credit_cents == a.balance_cents for a in found)
            assert sum(a.opening_cents for a in found) == 0


AGES = (  # days past due on 2026-11-20, and the span they fall into
    (-30, "not_due_cents"),
    (0, "not_due_cents"),
    (1, "month_cents"),
    (30, "month_cents"),
    (31, "quarter_cents"),
    (90, "quarter_cents"),
    (91, "year_cents"),
    (365, "year_cents"),
    (366, "three_years_cents"),
    (1096, "three_years_cents"),
    (1097, "older_cents"),
)


def test_each_age_falls_into_its_span(store):
    for number, (past, _) in enumerate(AGES):
        due = dt.date(2026, 11, 20) - dt.timedelta(days=past)
        claim(store, 100 * 2**number, office="BAU", due=due.isoformat())
    (group,) = ageing(store, "2026-11-20", kind="receivable")
    expected = {}
    for number, (_, span) in enumerate(AGES):
        expected[span] = expected.get(span, 0) + 100 * 2**number
    assert {span: getattr(group, span) for span in expected} == expected
    assert (group.count, group.open_cents) == (len(AGES), 100 * (2 ** len(AGES) - 1))


def test_ages_of_a_past_day_count_what_was_open_then(store):
    item = claim(store, "50,00", "2026-11-16", "BAU", due="2026-11-16")
    settle(store, item, "20,00", "2026-11-18", "BAU")
    (before,), (after,) = ageing(store, "2026-11-17"), ageing(store, "2026-11-18")
    assert (before.open_cents, after.open_cents) == (5000, 3000)


def test_groups_are_always_the_whole(store):
    fill(act(store, "clara"))
    for day in DAYS:
        whole = {total.kind: total.open_cents for total in open_totals(store, day)}
        assert whole
        for by in ("office", "kind", "profile", "year"):
            sums = {}
            for group in ageing(store, day, by=by):
                sums[group.kind] = sums.get(group.kind, 0) + group.open_cents
            assert sums == whole


def test_the_cash_position_chains_and_stands_beside_the_bank(store):
    act(store, "clara")
    take_over(store, "2026-11-16", "100,00")
    receive(store, "2026-11-17", "7,50")
    receive(store, "2026-11-18", "2,50")
    statement(store, "2026-11-16", "100,00", number=1)
    statement(store, "2026-11-18", "111,00", number=2)
    days = [one for one in cash_position(store, "2026-11-17", "2026-11-30") if one.iban == MAIN_IBAN]
    assert [(one.day, one.opening_cents, one.in_cents, one.closing_cents, one.bank_cents) for one in days] == [
        ("2026-11-17", 10000, 750, 10750, None),
        ("2026-11-18", 10750, 250, 11000, 11100),
    ]
    assert days[1].difference_cents == -100


def test_the_balance_taken_over_before_the_account_was_entered_is_in_the_books(store):
    """A book is made in the first days of January and takes over the balances of 31 December."""
    act(store, "clara")
    take_over(store, "2025-12-31", "100,00")
    receive(store, "2026-01-05", "7,50")
    statement(store, "2026-01-05", "107,50", number=1)
    (day,) = [one for one in cash_position(store, "2026-01-01", "2026-01-31") if one.iban == MAIN_IBAN]
    assert (day.opening_cents, day.closing_cents, day.difference_cents) == (10000, 10750, 0)
    (first,) = cash_position(store, "2025-12-31", "2025-12-31")
    assert (first.closing_cents, forecast(store, "2025-12-31", 1).balance_cents) == (10000, 10000)


def test_cash_in_desks_chains_from_day_to_day_and_ends_with_the_desk(store):
    desk(on(store, "2026-11-16"))
    take(store, "B1", (), cents=5000, payment=Payment(payer="Erika"))
    counted(store, pieces(5000))
    on(store, "2026-11-18")
    take(store, "B1", (), cents=2500, payment=Payment(payer="Adam"))
    days = desk_position(store, "2026-11-16", "2026-11-18")
    assert [(one.day, one.opening_cents, one.in_cents, one.closing_cents, one.counted_cents) for one in days] == [
        ("2026-11-16", 0, 5000, 5000, 5000),
        ("2026-11-18", 5000, 2500, 7500, None),
    ]
    assert days[-1].closing_cents == held(store)
    (quiet,) = desk_position(store, "2026-11-17", "2026-11-17")
    assert (quiet.day, quiet.in_cents, quiet.closing_cents) == ("2026-11-17", 0, 5000)
    assert desk_position(store, "2026-11-01", "2026-11-15") == ()


def test_the_forecast_counts_own_debts_but_not_overdue_claims(store):
    act(store, "clara")
    take_over(store, "2026-11-16", "100,00")
    who = party(store, "Bau GmbH")
    claim(store, "40,00", "2026-11-16", "BAU", due="2026-11-01")
    claim(store, "5,00", "2026-11-16", "BAU", "payable", due="2026-11-10", party=who)
    claim(store, "30,00", "2026-11-16", "BAU", due="2026-11-22")
    claim(store, "7,00", "2026-11-16", "BAU", "payable", due="2026-11-23", party=who)
    found = forecast(store, "2026-11-20", 2)
    assert [(week.week, week.in_cents, week.out_cents, week.expected_cents) for week in found.weeks] == [
        ("", 4000, 500, 9500),
        ("2026-W47", 3000, 0, 12500),
        ("2026-W48", 0, 700, 11800),
    ]
    assert (found.weeks[1].first, found.weeks[1].last) == ("2026-11-20", "2026-11-22")


def test_the_forecast_of_a_day_that_is_over_is_what_it_was(store):
    """What was ordered, paid and released since is not in it."""
    act(store, "clara")
    take_over(store, "2026-11-16", "100,00")
    item = claim(store, "30,00", "2026-11-16", "BAU", due="2026-11-22")
    claim(store, "7,00", "2026-11-16", "BAU", "payable", due="2026-11-23", party=party(store, "Bau GmbH"))
    with store.unit(["KASSE"]):
        post(store, [entry("2880 -9,00", "2890 9,00", day="2026-11-16", kind="run")])
    before = forecast(store, "2026-11-17", 2)
    assert (before.under_way_cents, [week.expected_cents for week in before.weeks]) == (900, [9100, 12100, 11400])
    settle(store, item, "30,00", "2026-11-18", "BAU")
    claim(store, "11,00", "2026-11-18", "BAU", due="2026-11-24")
    with store.unit(["KASSE"]):
        post(store, [entry("2880 -5,00", "2890 5,00", day="2026-11-18", kind="run")])
    assert forecast(store, "2026-11-17", 2) == before
    assert forecast(store, "2026-11-18", 2).under_way_cents == 1400


def test_key_figures_are_counts_sums_and_shares(store):
    fill(act(store, "clara"))
    figures = {one.name: one for one in key_figures(store, "2026-11-01", "2026-11-20")}
    assert (figures["receivables open"].count, figures["receivables open"].sum_cents) == (1, 3000)
    assert figures["of these overdue"].share_permille == 1000
    assert figures["of these overdue by more than a year"].count == 0
    assert (figures["money received and unclear"].count, figures["payables open"].sum_cents) == (1, 1200)
