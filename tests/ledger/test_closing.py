"""Closing a day: what stands against it, what the protocol says, who signs, and that nothing follows."""

import json

import pytest

from ledger.bank.skip_store import skip_numbers
from ledger.book.chain import book_head
from ledger.book.closing_findings import (
    ClosingRefusedError,
    DifferentHeadError,
    DifferentProtocolError,
    FutureDayError,
    NotClosedError,
)
from ledger.book.closing_protocol import protocol_text, read_protocol
from ledger.book.closing_service import close_day, confirm_day, list_days, show_day
from ledger.book.entry import ClosedPeriodError
from ledger.book.store import heads, post
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, OwnWorkError
from tests.books import MAIN_IBAN, SECOND_IBAN, act, entry
from tests.ledger.bank_days import (
    DAY,
    NEXT,
    OPENED,
    bank_entry,
    claim,
    receive,
    settle,
    statement,
    take_over,
)

FRIDAY, SATURDAY, SUNDAY, MONDAY = "2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"
QUIET = {SECOND_IBAN: "kein Umsatz"}


@pytest.fixture
def kasse(store):
    """A book with 100,00 taken over on the main account and its statement of the first day."""
    take_over(store, OPENED, "100,00")
    statement(store, OPENED, "100,00", number=1)
    return store


def close(store, day, user="clara", reasons=QUIET, **more):
    act(store, user)
    return close_day(store, day, today=more.pop("today", "2026-12-31"), reasons=reasons, **more)


def refusals(store, day, **more):
    with pytest.raises(ClosingRefusedError) as caught:
        close(store, day, **more)
    assert store.value("SELECT count(*) FROM closing WHERE last_day >= :day", day=day) == 0
    return [(f.code, f.fields.get("iban")) for f in caught.value.findings]


def account(done, iban=MAIN_IBAN):
    return next(line for line in done.protocol.accounts if line.iban == iban)


def test_the_protocol_of_a_day(kasse):
    store = kasse
    receive(store, OPENED, "20,00")
    statement(store, OPENED, "120,00", number=2)
    close(store, OPENED)
    receive(store, DAY, "7,00")
    receive(store, DAY, "-2,00")
    receive(store, OPENED, "1,00", posting_day=DAY)  # came late
    with store.unit(["BAU", "KASSE"]):
        post(store, [entry("6100 3", "5900 -3", office="BAU", day=DAY), entry("2880 4", "5900 -4", day=DAY)])
    claim(store, "8,00", DAY, kind="suspense", how="bank")
    claim(store, "9,00", "2026-11-18", kind="suspense", how="bank")  # later than the day
    statement(store, DAY, "126,00", number=3)
    done = close(store, DAY)
    line, protocol = account(done), done.protocol
    figures = (line.opening_cents, line.in_cents, line.out_cents, line.balance_cents, line.bank_cents)
    assert figures == (12000, 800, 200, 12600, 12600)
    assert (line.statement, line.statement_day, line.difference_cents, line.reason_code) == ("3", DAY, 0, "")
    quiet = account(done, SECOND_IBAN)
    assert (quiet.balance_cents, quiet.statement_day, quiet.reason_code, quiet.reason) == (
        0,
        None,
        "given",
        "kein Umsatz",
    )
    assert (protocol.label, protocol.first_day, protocol.last_day) == ("2026/2", DAY, DAY)
    assert [(d.day, d.entries) for d in protocol.days] == [(DAY, 6)]
    assert [(o.office, o.entries, o.first, o.last) for o in protocol.offices] == [("BAU", 1, 1, 1), ("KASSE", 5, 3, 7)]
    assert [(a.kind, a.from_days, a.to_days, a.count, a.open_cents) for a in protocol.ages] == [
        ("suspense", 0, 7, 1, 800)
    ]
    assert [(t.account, t.balance_cents) for t in protocol.transit] == [("2880", 400), ("2890", 800)]
    assert [(f.number, f.bank_day, f.posting_day, f.amount_cents) for f in protocol.floating] == [
        ("KASSE-2026-5", OPENED, DAY, 100)
    ]
    assert protocol.head == book_head(heads(store)).hex()
    assert read_protocol(protocol_text(protocol)) == protocol
    assert (done.closed_by, done.confirmed_by, done.fresh) == ("clara", None, True)


def test_the_head_of_a_closing_can_be_verified_against_later(kasse):
    head = close(kasse, OPENED).protocol.head
    receive(kasse, DAY, "7,00")
    assert verify(kasse, against=head).findings == ()
    assert json.loads(kasse.value("SELECT heads FROM closing"))["heads"].count(":") == 6


def test_the_protocol_holds_no_names(kasse):
    close(kasse, OPENED)
    text = kasse.value("SELECT protocol FROM closing")
    assert "clara" not in text
    assert json.loads(text)["closed_by"] == kasse.user


def test_each_wrong_thing_stands_against_closing(kasse):
    store = kasse
    assert refusals(store, OPENED, reasons={}) == [("closing.no_statement", SECOND_IBAN)]
    other = {**QUIET, MAIN_IBAN: "vergessen"}
    assert refusals(store, OPENED, reasons=other) == [("closing.reason", MAIN_IBAN)]
    assert refusals(store, OPENED, reasons={**QUIET, "DE00": "?"}) == [("closing.reason", "DE00")]
    bank_entry(store, "2026-11-18", "3,00")  # a later day does not matter
    bank_entry(store, "2026-11-13", "2,00")
    bank_entry(store, OPENED, "-5,00")
    with pytest.raises(ClosingRefusedError) as caught:
        close(store, OPENED)
    (staged,) = caught.value.findings
    assert (staged.code, staged.fields["count"], staged.fields["sum_cents"]) == ("closing.staged", 2, -300)


def test_books_and_bank_must_agree_to_the_cent(kasse):
    store = kasse
    with store.unit(["KASSE"]):
        post(store, [entry("2800 0,01", "5900 -0,01", day=DAY)])
    close(store, OPENED)
    statement(store, DAY, "100,00", number=2)
    with pytest.raises(ClosingRefusedError) as caught:
        close(store, DAY)
    (finding,) = caught.value.findings
    assert finding.code == "closing.difference"
    wanted = {"balance_cents": 10001, "bank_cents": 10000, "difference_cents": 1, "day": DAY}
    assert {key: finding.fields[key] for key in wanted} == wanted
    statement(store, DAY, "100,01", number=3)
    assert account(close(store, DAY)).statement == "3"


def test_a_day_before_an_account_was_entered_is_compared_with_its_bank_too(store):
    """A new book takes the statements of the days before it was made: no such day closes unseen (invariant 3)."""
    day = "2025-12-30"
    statement(store, day, "1.000,00", number=1)
    found = refusals(store, day, reasons={})
    assert ("closing.difference", MAIN_IBAN) in found
    assert all(iban != SECOND_IBAN for _, iban in found), "of the other account the bank has said nothing"


STATEMENTS = [
    ("the last by number counts", [("90,00", 2, None, False), ("100,00", 10, None, False)], True),
    ("whatever order they came in", [("100,00", 10, None, False), ("90,00", 2, None, False)], True),
    ("the last page counts", [("100,00", 2, 2, False), ("90,00", 2, 1, False)], True),
    ("a page without a balance does not", [("100,00", 2, 1, False), (None, 2, 2, False)], True),
    ("an issue again replaces", [("90,00", 2, None, False), ("100,00", 2, None, False)], True),
    ("a shorter issue that came late does not", [("100,00", 2, None, False), ("90,00", 2, None, True)], True),
    ("a statement that lies in a longer one counts for its day", [("100,00", 2, None, True)], True),
    ("the last may be wrong", [("100,00", 2, None, False), ("90,00", 3, None, False)], False),
]


def test_which_statement_of_a_day_counts(kasse):
    store, days = kasse, [f"2026-11-{day}" for day in (17, 18, 19, 20, 23, 24, 25, 26)]
    close(store, OPENED)
    for day, (what, known, agrees) in zip(days, STATEMENTS, strict=True):
        for closing, number, page, part in known:
            statement(store, day, closing, number=number, page=page, part=part)
        if agrees:
            assert account(close(store, day)).difference_cents == 0, what
        else:
            assert refusals(store, day)[0] == ("closing.difference", MAIN_IBAN), what


def test_only_final_statements_count(kasse):
    statement(kasse, DAY, "100,00", message="camt.052.001.08")
    statement(kasse, DAY, "100,00", message="camt.054.001.08")
    assert refusals(kasse, DAY) == [("closing.no_statement", MAIN_IBAN)]


def test_a_day_without_a_statement_carries_the_last_balance(kasse):
    store = kasse
    close(store, OPENED)
    reasons = {**QUIET, MAIN_IBAN: "Bank liefert morgen"}
    done = account(close(store, DAY, reasons=reasons))
    assert (done.bank_cents, done.statement, done.statement_day, done.reason) == (
        10000,
        "1",
        OPENED,
        "Bank liefert morgen",
    )
    with store.unit(["KASSE"]):
        post(store, [entry("2800 1", "5900 -1", day=NEXT)])
    assert refusals(store, NEXT, reasons=reasons) == [("closing.difference", MAIN_IBAN)]


def test_what_a_later_statement_books_for_the_day_belongs_to_it(kasse):
    store = kasse
    close(store, OPENED)
    receive(store, DAY, "7,00")
    receive(store, NEXT, "1,00")
    statement(store, NEXT, "108,00", number=2)  # one statement for two days
    done = account(close(store, DAY, reasons={**QUIET, MAIN_IBAN: "zwei Tage in einem Auszug"}))
    assert (done.balance_cents, done.bank_cents) == (10700, 10700)
    assert account(close(store, NEXT)).balance_cents == 10800


def test_a_weekend_needs_no_reason_but_the_friday_before_a_statement(kasse):
    store = kasse
    for day in (SATURDAY, SUNDAY):
        codes = [("closing.no_statement", MAIN_IBAN), ("closing.no_statement", SECOND_IBAN)]
        assert refusals(store, day, reasons={}) == codes
    statement(store, FRIDAY, "100,00", number=2)
    statement(store, FRIDAY, "0,00", iban=SECOND_IBAN)
    done = close(store, SATURDAY, reasons={})
    assert {line.reason_code for line in done.protocol.accounts} == {"no_banking_day"}
    assert {line.statement_day for line in done.protocol.accounts} == {FRIDAY}
    close(store, SUNDAY, reasons={})
    assert refusals(store, MONDAY, reasons=QUIET) == [("closing.no_statement", MAIN_IBAN)]


def test_a_number_that_is_missing_among_the_statements_stands_in_the_protocol(kasse):
    store = kasse
    receive(store, DAY, "7,00")
    statement(store, DAY, "107,00", number=2)
    assert noted(close(store, DAY)) == (0, [])
    statement(store, "2026-11-19", "107,00", number=4)
    assert noted(close(store, "2026-11-19")) == (1, ["3"])
    statement(store, NEXT, "107,00", number=3)
    assert noted(close(store, FRIDAY, reasons={**QUIET, MAIN_IBAN: "kein Umsatz"})) == (0, [])


def test_a_number_that_the_bank_never_gave_stands_in_no_protocol_any_more(kasse):
    store = kasse
    receive(store, DAY, "7,00")
    statement(store, DAY, "107,00", number=2)
    close(store, DAY)
    statement(store, "2026-11-19", "107,00", number=4, opening="107,00")
    assert noted(close(store, "2026-11-19")) == (1, ["3"])
    user = store.user
    skip_numbers(act(store, "emil"), MAIN_IBAN, (3, 3), 2026, "never given, says the bank")
    store.user = user
    assert noted(close(store, FRIDAY, reasons={**QUIET, MAIN_IBAN: "kein Umsatz"})) == (0, [])


def noted(done):
    numbers = [one.fields["numbers"] for one in done.findings if one.code == "statement.number_gap"]
    return next(line.notes for line in done.protocol.checks if line.code == "statements"), numbers


def test_an_account_whose_bank_has_said_nothing_has_no_balance_there(kasse):
    line = account(close(kasse, OPENED), SECOND_IBAN)
    assert (line.balance_cents, line.bank_cents, line.difference_cents, line.reason) == (0, None, 0, "kein Umsatz")
    carried = account(close(kasse, DAY, reasons={**QUIET, MAIN_IBAN: "Bank liefert morgen"}))
    assert (carried.bank_cents, carried.statement_day) == (10000, OPENED)


def test_a_reason_is_kept_on_a_day_that_is_no_banking_day(kasse):
    close(kasse, FRIDAY, reasons={**QUIET, MAIN_IBAN: "Bank liefert nicht"})
    done = close(kasse, SATURDAY, reasons={MAIN_IBAN: "Bank liefert nicht"})
    assert (account(done).reason_code, account(done).reason) == ("given", "Bank liefert nicht")


def test_a_holiday_of_the_banks_needs_no_reason(kasse):
    close(kasse, "2026-12-24", reasons={**QUIET, MAIN_IBAN: "Quartal"})
    done = close(kasse, "2026-12-25", reasons={})
    assert {line.reason_code for line in done.protocol.accounts} == {"no_banking_day"}


def test_closing_a_day_closes_the_open_days_before_it(kasse):
    store = kasse
    receive(store, DAY, "7,00")
    statement(store, DAY, "107,00", number=2)
    receive(store, "2026-11-19", "1,00")
    statement(store, "2026-11-19", "108,00", number=3)
    done = close(store, "2026-11-19")
    assert (done.protocol.first_day, done.protocol.last_day) == (OPENED, "2026-11-19")
    assert [(d.day, d.entries) for d in done.protocol.days] == [(OPENED, 1), (DAY, 1), ("2026-11-19", 1)]
    for day in (OPENED, DAY, NEXT, "2026-11-19"):
        assert show_day(store, day).protocol == done.protocol
    for day in ("2026-11-15", "2026-11-20"):
        with pytest.raises(NotClosedError):
            show_day(store, day)


def test_a_day_closed_along_must_agree_with_its_own_statement(kasse):
    store = kasse
    receive(store, DAY, "7,00")
    statement(store, DAY, "106,00", number=2)
    statement(store, NEXT, "107,00", number=3)
    with pytest.raises(ClosingRefusedError) as caught:
        close(store, NEXT)
    (finding,) = caught.value.findings
    assert (finding.fields["day"], finding.fields["difference_cents"]) == (DAY, 100)


def test_a_closed_day_takes_no_posting_and_is_closed_once(kasse):
    store = kasse
    first = close(store, OPENED)
    for day in ("2026-01-01", OPENED):
        with pytest.raises(ClosedPeriodError), store.unit(["BAU"]):
            post(store, [entry("6100 1", "5900 -1", day=day, office="BAU")])
    again = close(store, OPENED, user="emil", reasons={})
    assert (again.fresh, again.closed_by, again.protocol) == (False, "clara", first.protocol)
    assert store.value("SELECT count(*) FROM closing") == 1


def test_protocols_are_numbered_by_year(kasse):
    store = kasse
    for day, label in (
        (OPENED, "2026/1"),
        ("2026-12-31", "2026/2"),
        ("2027-01-01", "2027/1"),
        ("2027-01-04", "2027/2"),
    ):
        done = close(
            store,
            day,
            today="2027-06-30",
            reasons=dict.fromkeys((MAIN_IBAN, SECOND_IBAN), "x") if day != OPENED else QUIET,
        )
        assert done.protocol.label == label
    assert [done.protocol.label for done in list_days(store)] == ["2026/1", "2026/2", "2027/1", "2027/2"]


def test_the_future_cannot_be_closed(kasse):
    with pytest.raises(FutureDayError):
        close(kasse, DAY, today=OPENED)
    close(kasse, OPENED, today=OPENED)


def test_a_dry_run_shows_the_protocol_and_changes_nothing(kasse):
    before = kasse.value("SELECT count(*) FROM event")
    dry = close(kasse, OPENED, dry_run=True)
    assert kasse.value("SELECT count(*) FROM event") == before
    assert list(list_days(kasse)) == []
    assert close(kasse, OPENED).protocol == dry.protocol
    with pytest.raises(ClosingRefusedError):
        close(kasse, DAY, reasons={}, dry_run=True)


CLOSERS = [("clara", True), ("dirk", True), ("emil", True), ("anna", False), ("bernd", False), ("root", False)]


def test_who_may_close(kasse):
    for user, allowed in CLOSERS:
        if allowed:
            assert close(kasse, OPENED, user=user, dry_run=True).closed_by == user
        else:
            with pytest.raises(NotAllowedError):
                close(kasse, OPENED, user=user)


def test_another_person_with_the_role_head_confirms(kasse):
    store = kasse
    closed = close(store, OPENED, user="emil")
    for user, error in (("emil", OwnWorkError), ("clara", NotAllowedError), ("root", NotAllowedError)):
        act(store, user)
        with pytest.raises(error):
            confirm_day(store, OPENED)
    act(store, "frida")
    done = confirm_day(store, OPENED)
    assert (done.protocol, done.closed_by, done.confirmed_by, done.fresh) == (closed.protocol, "emil", "frida", True)
    again = confirm_day(store, OPENED)
    assert (again.confirmed_by, again.fresh) == ("frida", False)
    assert store.value("SELECT count(*) FROM closing_confirmation") == 1
    actions = [
        a for (a,) in store.rows("SELECT action FROM event WHERE object = :o ORDER BY position", o=f"day:{OPENED}")
    ]
    assert actions == ["day.close", "day.confirm"]
    assert verify(store).findings == ()


def test_an_open_day_cannot_be_confirmed(kasse):
    act(kasse, "frida")
    with pytest.raises(NotClosedError):
        confirm_day(kasse, OPENED)


def test_what_waits_for_its_second_signature_is_noted(kasse):
    close(kasse, OPENED, user="emil")
    (note,) = close(kasse, DAY, reasons={**QUIET, MAIN_IBAN: "x"}).findings
    assert (note.code, note.severity, note.fields["day"]) == ("closing.unconfirmed", "info", OPENED)
    act(kasse, "frida")
    confirm_day(kasse, OPENED)
    confirm_day(kasse, DAY)
    assert close(kasse, NEXT, reasons={**QUIET, MAIN_IBAN: "x"}).findings == ()


FORGERIES = [
    ("closing", "UPDATE closing SET heads = replace(heads, 'KASSE:1:', 'KASSE:1:00')", DifferentHeadError),
    ("closing", "UPDATE closing SET protocol = replace(protocol, '10000', '10001')", DifferentProtocolError),
    ("entry", "UPDATE entry SET hash = canonical", DifferentHeadError),
]


@pytest.mark.parametrize(("table", "sql", "error"), FORGERIES, ids=[f"{t}-{e.code}" for t, _, e in FORGERIES])
def test_nothing_is_confirmed_that_was_changed_since(kasse, table, sql, error):
    close(kasse, OPENED)
    if kasse.engine.name == "sqlite":
        with kasse.unit():
            kasse.execute(f"DROP TRIGGER guard_{table}_update")
    else:
        kasse.execute("SET session_replication_role = replica")
    with kasse.unit():
        kasse.execute(sql)
    act(kasse, "frida")
    with pytest.raises(error):
        confirm_day(kasse, OPENED)
    assert kasse.value("SELECT count(*) FROM closing_confirmation") == 0


def test_a_settled_case_is_unclear_on_the_day_it_was_open(kasse):
    item = claim(kasse, "8,00", OPENED, kind="suspense", how="bank")
    settle(kasse, item, "8,00", DAY, kind="suspense")
    assert [(a.count, a.open_cents) for a in close(kasse, OPENED).protocol.ages] == [(1, 800)]
    assert close(kasse, DAY, reasons={**QUIET, MAIN_IBAN: "x"}).protocol.ages == ()


UNNOTED = """
    INSERT INTO closing (kind, period, year, number, last_day, closed_by, closed_at, book_head, heads, protocol)
    VALUES ('day', '2026-11-18', 2026, 9, '2026-11-18', 1, '2026-11-18T05:00:00Z', :head, '{}', '{}')"""
FORGED = {
    "a closing that nobody noted": (UNNOTED, "event"),
    "a second signature that nobody gave": (
        "INSERT INTO closing_confirmation SELECT kind, period, 1, '2026-11-18T05:00:00Z' FROM closing",
        "confirmation",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_closing_is_named(kasse, name):
    sql, part = FORGED[name]
    close(kasse, OPENED)
    kasse.execute(sql, **({"head": b"0"} if ":head" in sql else {}))
    found = [one for one in verify(kasse).findings if one.code == "verify.closing"]
    assert part in {one.fields["part"] for one in found}
