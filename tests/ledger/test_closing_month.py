"""Closing a month: what stands against it, what the protocol says, who signs, and that nothing follows."""

import pytest

from ledger.book.closing_checks_store import CHECKS
from ledger.book.closing_findings import (
    ClosingRefusedError,
    DifferentProtocolError,
    FutureDayError,
    MonthNotClosedError,
)
from ledger.book.closing_periods import month_period
from ledger.book.closing_protocol import protocol_text, read_protocol
from ledger.book.closing_service import close_period, confirm_period, list_closings, show_day, show_period
from ledger.book.entry import ClosedPeriodError, Draft, Posting
from ledger.book.store import post
from ledger.book.transfer import across
from ledger.book.verify_store import verify
from ledger.people.users import NotAllowedError, OwnWorkError
from ledger.store.failures import RefusedByBookError
from tests.books import act, entry
from tests.ledger.bank_days import claim, receive, take_over
from tests.ledger.closing_days import FAR, QUIET, shut_day, shut_month

NOVEMBER, DECEMBER = month_period("2026-11"), month_period("2026-12")
DAY, LAST = "2026-11-17", "2026-11-30"


@pytest.fixture
def kasse(store):
    """A book with 100,00 taken over in November, a claim, money received, and something between two offices."""
    take_over(store, DAY, "100,00")
    claim(store, "50,00", DAY, "ORDNUNG")
    lines = {"KASSE": [Posting("6100", 300)], "BAU": [Posting("5900", -300)]}
    with store.unit(["KASSE", "BAU"]):
        post(store, across("KASSE", lines, kind="transfer", posting_day=DAY, group=1))
    receive(store, "2026-11-18", "7,00")
    return store


def close(store, month=NOVEMBER, user="clara", today=FAR, **more):
    act(store, user)
    return close_period(store, month, today=today, **more)


def refusals(store, month=NOVEMBER, **more):
    with pytest.raises(ClosingRefusedError) as caught:
        close(store, month, **more)
    assert store.value("SELECT count(*) FROM closing WHERE kind = 'month' AND period = :p", p=month.name) == 0
    return [f.code for f in caught.value.findings if f.severity == "error"]


def test_the_protocol_of_a_month(kasse):
    store = kasse
    shut_day(store, LAST)
    with store.unit(["KASSE"]):
        post(store, [entry("2800 4", "5900 -4", day="2026-12-01")])  # a later day does not matter
    protocol = close(store).protocol
    assert (protocol.label, protocol.first_day, protocol.last_day) == ("2026/1", "2026-11-01", LAST)
    main = protocol.accounts[0]
    assert (main.opening_cents, main.in_cents, main.balance_cents, main.bank_cents) == (0, 10700, 10700, None)
    day = show_day(store, LAST).protocol.accounts
    assert [line.reason for line in protocol.accounts] == [line.reason for line in day] != [""] * len(day)
    assert [(p.period, p.protocol, p.entries, p.confirmed) for p in protocol.periods] == [(LAST, "2026/1", 5, True)]
    assert [(g.office, g.entries, g.missing) for g in protocol.gaps] == [
        ("BAU", 1, 0),
        ("KASSE", 4, 0),
        ("ORDNUNG", 1, 0),
    ]
    owed = next(line for line in protocol.controls if (line.office, line.account) == ("ORDNUNG", "2400"))
    assert (owed.count, owed.items_cents, owed.balance_cents) == (1, 5000, 5000)
    assert [(b.office, b.other, b.balance_cents, b.back_cents) for b in protocol.between] == [
        ("BAU", "KASSE", 300, -300)
    ]
    assert [check.code for check in protocol.checks] == [check.code for check in CHECKS if "month" in check.kinds]
    assert read_protocol(protocol_text(protocol)) == protocol
    assert verify(store, against=protocol.head).findings == ()


def test_every_day_must_be_closed_and_confirmed(kasse):
    store = kasse
    assert refusals(store) == ["closing.open_day"]
    act(store, "clara")
    close_period(store, month_day(DAY), today=FAR, reasons=QUIET)
    assert refusals(store) == ["closing.open_day", "closing.unsigned_day"]
    act(store, "emil")
    confirm_period(store, month_day(DAY))
    shut_day(store, LAST)
    assert close(store).fresh


def month_day(day):
    from ledger.book.closing_periods import day_period

    return day_period(day)


def test_months_are_closed_one_by_one_after_the_first(kasse):
    store = kasse
    with store.unit(["BAU"]):
        post(store, [entry("6100 1", "5900 -1", office="BAU", day="2026-09-30")])
    shut_day(store, "2027-02-28")
    first = close(store)
    assert first.protocol.first_day == "2026-09-30"  # what was never closed is closed along
    later = month_period("2027-02")
    assert refusals(store, later) == ["closing.open_month", "closing.open_month"]
    for name, label in (("2026-12", "2026/2"), ("2027-01", "2027/1"), ("2027-02", "2027/2")):
        assert close(store, month_period(name)).protocol.label == label


def test_money_between_own_accounts_is_explained(kasse):
    store = kasse
    claim(store, "8,00", DAY, kind="suspense", how="bank")  # leaves 8,00 on 2890
    shut_day(store, LAST)
    assert refusals(store) == ["closing.unexplained"]
    done = close(store, reasons={"KASSE:2890": "Gutschrift am 01.12."})
    (line,) = [line for line in done.protocol.transit if line.account == "2890"]
    assert (line.balance_cents, line.reason) == (800, "Gutschrift am 01.12.")


def test_money_in_transit_must_be_that_of_runs(kasse):
    store = kasse
    with store.unit(["KASSE"]):
        post(store, [entry("6100 4", "2880 -4", day=DAY)])  # no run stands behind it
    shut_day(store, LAST)
    assert refusals(store) == ["closing.transit"]


def test_old_unclear_money_is_noted_and_does_not_stand_against_it(kasse):
    store = kasse
    claim(store, "8,00", "2026-07-01", kind="suspense", how="bank")
    claim(store, "9,00", "2026-11-10", kind="suspense", how="bank")
    shut_day(store, LAST)
    done = close(store, reasons={"KASSE:2890": "Test"})
    (note,) = done.findings
    assert (note.code, note.severity, note.fields["count"], note.fields["sum_cents"]) == (
        "closing.old_unclear", "warning", 1, 800,
    )  # fmt: skip
    assert [c.notes for c in done.protocol.checks if c.code == "unclear"] == [1]
    assert [(a.from_days, a.open_cents) for a in done.protocol.ages] == [(8, 900), (91, 800)]


def test_a_control_account_must_be_the_sum_of_its_items(kasse):
    store = kasse
    shut_day(store, LAST)
    if store.engine.name == "sqlite":
        with store.unit():
            store.execute("DROP TRIGGER IF EXISTS guard_item_update")
    else:
        store.execute("SET session_replication_role = replica")
    with store.unit():
        store.execute("UPDATE item SET open_cents = open_cents - 100 WHERE office = 'ORDNUNG'")
    assert refusals(store) == ["closing.control"]


def test_a_closed_month_takes_no_posting_from_any_client(kasse):
    store = kasse
    shut_month(store, "2026-11")
    before = store.value("SELECT count(*) FROM entry")
    with pytest.raises(ClosedPeriodError), store.unit(["BAU"]):
        post(store, [entry("6100 1", "5900 -1", day=LAST, office="BAU")])
    with pytest.raises(RefusedByBookError, match="closed"), store.unit(["KASSE"]):
        forge(store, LAST)
    assert store.value("SELECT count(*) FROM entry") == before
    assert verify(store).findings == ()


def forge(store, day, kind="manual", accounts=("6100", "5900")):
    """Write an entry as any SQL client could that knows the format, past every rule of ours."""
    from hashlib import sha256

    from ledger.book.chain import entry_bytes

    position, number, before = store.one(
        """SELECT e.position, e.number, e.hash FROM entry e WHERE e.office = 'KASSE' ORDER BY e.position DESC LIMIT 1"""
    )
    number = store.value("SELECT max(number) FROM entry WHERE office = 'KASSE' AND year = :y", y=int(day[:4])) or 0
    lines = [(accounts[0], 100, None, None), (accounts[1], -100, None, None)]
    fields = (
        "KASSE",
        position + 1,
        int(day[:4]),
        number + 1,
        kind,
        None,
        None,
        day,
        None,
        None,
        None,
        store.now,
        1,
        None,
    )
    canonical = entry_bytes(bytes(before), fields, None, lines)
    columns = ("account", "cents", "item", "dimensions", "office", "position", "line")
    store.insert("posting", columns, [(*line, "KASSE", position + 1, n) for n, line in enumerate(lines, 1)])
    from ledger.book.store import ENTRY_COLUMNS

    store.insert("entry", ENTRY_COLUMNS, [(*fields, 2, None, canonical, sha256(canonical).digest())])


def test_the_forger_of_these_tests_would_succeed_in_an_open_month(kasse):
    shut_month(kasse, "2026-11")
    with kasse.unit(["KASSE"]):
        forge(kasse, "2026-12-01")
    assert kasse.value("SELECT count(*) FROM entry WHERE posting_day = '2026-12-01'") == 1


def test_a_month_that_is_not_over_cannot_be_closed(kasse):
    with pytest.raises(FutureDayError):
        close(kasse, today="2026-11-29")


def test_a_dry_run_shows_the_protocol_and_changes_nothing(kasse):
    shut_day(kasse, LAST)
    before = kasse.value("SELECT count(*) FROM event")
    dry = close(kasse, dry_run=True)
    assert (kasse.value("SELECT count(*) FROM event"), list(list_closings(kasse, "month"))) == (before, [])
    assert close(kasse).protocol == dry.protocol
    again = close(kasse, user="emil")
    assert (again.fresh, again.closed_by) == (False, "clara")


def test_another_person_with_the_role_head_confirms(kasse):
    store = kasse
    shut_day(store, LAST)
    close(store, user="emil")
    for user, error in (("emil", OwnWorkError), ("clara", NotAllowedError), ("root", NotAllowedError)):
        act(store, user)
        with pytest.raises(error):
            confirm_period(store, NOVEMBER)
    act(store, "frida")
    assert confirm_period(store, NOVEMBER).confirmed_by == "frida"
    assert not confirm_period(store, NOVEMBER).fresh
    actions = [a for (a,) in store.rows("SELECT action FROM event WHERE object = 'month:2026-11' ORDER BY position")]
    assert actions == ["month.close", "month.confirm"]
    assert verify(store).findings == ()


def test_an_open_month_is_neither_shown_nor_confirmed(kasse):
    act(kasse, "frida")
    for step in (show_period, confirm_period):
        with pytest.raises(MonthNotClosedError):
            step(kasse, NOVEMBER)


def test_a_changed_protocol_is_not_confirmed(kasse):
    shut_day(kasse, LAST)
    close(kasse, user="emil")
    if kasse.engine.name == "sqlite":
        with kasse.unit():
            kasse.execute("DROP TRIGGER guard_closing_update")
    else:
        kasse.execute("SET session_replication_role = replica")
    with kasse.unit():
        kasse.execute("UPDATE closing SET protocol = replace(protocol, '10700', '10701') WHERE kind = 'month'")
    act(kasse, "frida")
    with pytest.raises(DifferentProtocolError):
        confirm_period(kasse, NOVEMBER)


def test_a_month_that_is_waiting_for_its_second_signature_is_noted(kasse):
    shut_day(kasse, "2026-12-31")
    close(kasse)
    (note,) = close(kasse, DECEMBER).findings
    assert (note.code, note.fields["day"]) == ("closing.month_unconfirmed", "2026-11")


@pytest.mark.parametrize(
    ("text", "name"), [("2026-11", "2026-11"), ("11.2026", "2026-11"), (" 2/2027 ", "2027-02"), ("2026-13", None),
                       ("November", None), ("2026", None), ("0.2026", None)]
)  # fmt: skip
def test_how_people_write_months(text, name):
    from ledger.book.closing_periods import InvalidMonthError, parse_month

    if name is None:
        with pytest.raises(InvalidMonthError):
            parse_month(text)
    else:
        assert parse_month(text).name == name


def test_no_closing_entry_before_december_is_closed(kasse):
    from ledger.book.periods import ClosingDayError, PeriodNotOpenError

    for day, error in (("2026-11-30", ClosingDayError), ("2026-12-31", PeriodNotOpenError)):
        draft = Draft("BAU", "closing", day, (Posting("6100", 100), Posting("5900", -100)))
        with pytest.raises(error), kasse.unit(["BAU"]):
            post(kasse, [draft])
    with pytest.raises(RefusedByBookError), kasse.unit(["KASSE"]):
        forge(kasse, "2026-12-31", kind="closing")


def test_days_that_a_later_closing_closed_along_are_within_and_need_its_two_signatures(kasse):
    store = kasse
    act(store, "clara")
    close_period(store, month_day("2026-12-03"), today=FAR, reasons=QUIET)
    assert refusals(store) == ["closing.unsigned_day"]
    act(store, "emil")
    confirm_period(store, month_day("2026-12-03"))
    november = close(store).protocol
    assert [(line.period, line.confirmed) for line in november.periods] == [("2026-12-03", True)]
    shut_day(store, DECEMBER.last_day)
    confirm_period(act(store, "emil"), NOVEMBER)
    december = close(store, DECEMBER).protocol
    assert [line.period for line in december.periods] == ["2026-12-03", "2026-12-31"]
