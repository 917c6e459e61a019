"""What the audit lists beside its checks: cash as it was counted, series of relief, limits of the lists."""

import pytest

from enforcement.relief_audit import CHECKS as RELIEF
from ledger.audit import audit_store
from ledger.audit.audit_store import CHECKS, audit
from ledger.audit.checks import Scope, days_between
from ledger.cash.count_store import count
from ledger.cash.take_store import Payment, take
from ledger.cash.transport_store import deposit
from ledger.people.users import NotAllowedError
from tests.books import act
from tests.cashbooks import counted, desk, pieces
from tests.ledger.fraud_cases import Town, owner, small_office

YEAR = Scope("2026-01-01", "2027-12-31")


def cash(store):
    report = audit(act(store, "emil"), YEAR)
    (line,) = [line for line in report.money if line.source == "count"]
    codes = [one.code for one in report.findings if one.fields.get("object") == f"account:KASSE/{line.account}"]
    return (line.books_cents, line.there_cents, line.seen_on), codes


def test_cash_stands_beside_its_last_count(store):
    desk(store)
    take(store, "B1", (), cents=5000, payment=Payment(payer="Erika"))
    assert cash(store) == ((5000, None, None), ["audit.money_unseen"])
    counted(store, pieces(5000))
    assert cash(store) == ((5000, 5000, "2026-11-16"), [])
    store.now = "2026-11-16T06:00:00Z"
    deposit(act(store, "dirk"), "B1", 2000)
    assert cash(store) == ((3000, None, "2026-11-16"), []), "moved after the count of the same day: seen by nobody"
    store.now = "2026-11-16T07:00:00Z"
    count(act(store, "dirk"), "B1", pieces(2900))
    assert cash(store) == ((2900, 2900, "2026-11-16"), [])
    owner(store, "UPDATE cash_count SET counted_cents = 3100 WHERE number = 2", "cash_count")
    assert cash(store) == ((2900, 3100, "2026-11-16"), ["audit.money"]), "nothing moved since, and the count differs"


def relief(store, number, cents, **more):
    """Write a decision of frida about the first party as a plain INSERT."""
    values = {
        "id": number, "kind": "erlass", "state": "proposed", "party": 1, "first_day": "2026-11-16", "sum_cents": cents,
        "reason": "Unbilligkeit", "proposed_by": 1, "proposed_at": store.now,
    }  # fmt: skip
    store.insert_one("relief", **values)
    given = {"decided_by": store.user, "decided_at": f"2027-0{number}-01T09:00:00Z"} | more
    sets = ", ".join(f"{name} = :{name}" for name in given)
    owner(store, f"UPDATE relief SET state = 'granted', {sets} WHERE id = :id", "relief", id=number, **given)


SERIES = {
    "together above the limit": ([40_000, 40_000, 40_000], ["relief:3"]),
    "together below it": ([30_000, 30_000], []),
    "one alone": ([90_000], []),
}


@pytest.mark.parametrize("name", SERIES)
def test_a_waiver_in_parts_is_named(store, name):
    amounts, expected = SERIES[name]
    town = Town(store)
    town.order("BAU receivable 5.000,00 Max Mustermann")
    act(store, "frida")
    store.insert_one("relief_limit", user_id=store.user, kind="*", max_cents=100_000)
    for number, cents in enumerate(amounts, 1):
        relief(store, number, cents)
    report = audit(act(store, "emil"), YEAR, checks=RELIEF)
    found = [one for one in report.findings if one.code == "audit.relief_series"]
    assert [one.fields["object"] for one in found] == expected
    assert all(one.fields["amount_cents"] == sum(amounts) for one in found)


def test_a_long_list_is_cut_and_says_so(store, monkeypatch):
    monkeypatch.setattr(audit_store, "MOST", 2)
    town = Town(store)
    for _ in range(3):
        small_office(town)
    report = audit(town.by("emil"), Scope("2026-11-16", town.day))
    named = [one for one in report.findings if one.code == "audit.small_office"]
    (many,) = [one for one in report.findings if one.code == "audit.many"]
    assert (len(named), many.fields["count"]) == (2, 1)
    (line,) = [line for line in report.checks if line.name == "small_office"]
    assert (line.count, line.severity) == (3, "info")


def test_the_audit_leaves_a_trace_and_is_for_few(store):
    with pytest.raises(NotAllowedError):
        audit(act(store, "clara"), YEAR)
    audit(act(store, "emil"), YEAR)
    assert store.all("SELECT by FROM event WHERE action = 'book.audit'") == [(store.user,)]


def test_every_check_is_named_once_and_says_what_it_is():
    checks = (*CHECKS, *RELIEF)
    names = [check.name for check in checks]
    assert len(set(names)) == len(names)
    assert all(check.meaning and check.norm and check.finding.hint for check in checks)
    assert days_between("2026-02-28", "2026-03-01T08:00:00Z") == 1


def test_the_verdict_counts_what_stands_in_the_table_of_checks(store):
    desk(store)
    take(store, "B1", (), cents=5000, payment=Payment(payer="Erika"))
    report = audit(act(store, "emil"), YEAR)
    assert "audit.money_unseen" in {one.code for one in report.findings}
    for severity in ("error", "warning", "info"):
        told = [one for one in report.findings if one.severity == severity]
        assert sum(line.count for line in report.checks if line.severity == severity) == len(told)
        assert report.count(severity) == len(told)
    assert [line.count for line in report.checks if line.name == "money_unseen"] == [1]


@pytest.mark.parametrize(("last", "hours"), [("23:30:59", "23:30"), ("23:41:00", "23:30–23:41")])
def test_hours_are_a_range_only_where_they_differ(last, hours):
    (check,) = [one for one in CHECKS if one.name == "odd_hours"]
    moments = ("2026-11-20T22:30:00Z", f"2026-11-20T{int(last[:2]) - 1}{last[2:]}Z")  # an hour behind Germany
    hits = [{"day": moment, "who": 7, "user": "clara"} for moment in moments]
    (found,) = check.judge(hits, Scope("2026-11-01", "2026-11-30"))
    assert (found["day"], found["count"], found["hours"]) == ("2026-11-20", 2, hours)
