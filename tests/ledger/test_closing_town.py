"""Invariant 13 over a year end: a town closed day by day equals the one rebuilt from files, orders and decisions."""

from enforcement.relief_audit import CHECKS as RELIEF
from ledger.audit.audit_store import CHECKS, audit
from ledger.audit.checks import Scope
from ledger.book.closing_periods import month_period, year_period
from ledger.book.closing_year_service import close_year, prepare_year
from ledger.book.verify_store import verify
from ledger.items.kassenzeichen import active_schemes
from tests.books import NOW, act, opened, sqlite_copy
from tests.ledger.town_year import FAR, at, balances, items, live, months_of, plan_town, rebuild, shut, shut_month

YEAR = year_period(2026)
OF_THE_TEST = {("audit.entry_unnoted", "entry:KASSE-2026-1"), ("audit.clock_backwards", "event:KASSE/10")}
"""The balance of the bank is posted by hand, in a book whose template was made on another day."""
ROLES = {"audit.role_unknown", "audit.relief_role"}
SAME = ("results", "stocks", "rests", "controls", "between")


def close_the_year(store):
    """Prepare and close the year by two persons and return its protocol."""
    at(store, "2027-01-15")
    act(store, "emil")
    assert prepare_year(store, YEAR, today=FAR).fresh
    act(store, "frida")
    return close_year(store, YEAR, today=FAR).protocol


def close_at_once(store):
    """Close a rebuilt year: its days, its months and itself in one go each."""
    shut(store, "2026-12-31")
    shut_month(store, "2026-12")
    return close_the_year(store)


def lived_and_rebuilt(store, again, first, per_day, every=1):
    """Live a town in one book, rebuild it in another, and prove that both are the same."""
    days = plan_town(active_schemes(store)[0], first, "2026-12-31", per_day, every)
    known = {}
    live(store, days, lambda book, month: known.update({month: balances(book, month_period(month).last_day)}))
    rebuild(again, days)
    assert known == {month: balances(again, month_period(month).last_day) for month in months_of(days)}
    assert items(again) == items(store)
    protocols = [close_the_year(store), close_at_once(again)]
    for part in SAME:
        assert getattr(protocols[0], part) == getattr(protocols[1], part), part
    unclear = [sorted((u.office, u.kind, u.day, u.open_cents) for u in p.unclear) for p in protocols]
    assert unclear[0] == unclear[1]
    for book, protocol in zip((store, again), protocols, strict=True):
        assert verify(book, against=protocol.head).findings == ()
        assert suspected(book, first) <= OF_THE_TEST
    return protocols[0]


def suspected(book, first):
    """Return what an audit of the year finds: honest people gave no reason.

    Their roles are told by the template, which was made in the midst of their year: they are asked for from then on.
    """
    report = audit(act(book, "root"), Scope(first, "2026-12-31"), checks=(*CHECKS, *RELIEF))
    found = [one for one in report.findings if one.severity != "info" and one.code not in ROLES]
    late = audit(book, Scope(NOW[:10], "2026-12-31"), checks=(*CHECKS, *RELIEF))
    found += [one for one in late.findings if one.code in ROLES]
    return {(one.code, one.fields["object"]) for one in found}


def test_three_months_lived_are_three_months_rebuilt(store, sqlite_template, tmp_path):
    folder = tmp_path / "again"
    folder.mkdir()
    with sqlite_copy(sqlite_template, folder) as location:
        again = opened(location)
        protocol = lived_and_rebuilt(store, again, "2026-10-01", per_day=15, every=5)
        again.close()
    assert sum(line.entries for line in protocol.offices) > 400
    assert [line.period for line in protocol.periods] == ["2026-10", "2026-11", "2026-12"]
    assert {line.kind for line in protocol.rests} == {"receivable", "payable"}
    assert protocol.unclear
    assert protocol.results
