"""What waits for another person is said when a day is closed: runs to collect, approved orders, a change of the law."""

import datetime as dt

from enforcement.law_change_store import law_waits_since, propose_law, release_law
from kasse_cli.wiring import waiting_work
from ledger.items.orders_queue_reader import unaccepted
from ledger.payments.collection_change_store import change
from ledger.payments.overdue_reader import unreleased
from tests.books import act
from tests.enforcement.test_law_store import FILES
from tests.ledger.collection_texts import MONDAY, claims, proposed, ready
from tests.ledger.mandate_texts import mandate
from tests.ledger.order_lists import row, step, take


def said(findings):
    return [(one.code, *(str(one.fields[name]) for name in ("day", "count", "sum_cents"))) for one in findings]


def test_a_collection_that_nobody_released(store):
    ready(store)
    claims(store, "BAU 10,00 2026-10-01 Meyer 1")
    mandate(store, "Meyer - 2026-01-01")
    (run,) = proposed(store).runs
    day = run.collection_day
    assert said(unreleased(store, "2026-11-01", day)) == [("collection.unreleased", day, "1", "1000")]
    assert said(unreleased(store, "2026-11-01", "2026-11-16")) == []
    moved = dt.date.fromisoformat(day) + dt.timedelta(days=7)
    change(act(store, "dirk"), 1, reason="später", today=MONDAY, day=moved)
    assert [said(unreleased(store, one, one)) for one in (day, moved.isoformat())] == [
        [], [("collection.unreleased", moved.isoformat(), "1", "1000")],
    ]  # fmt: skip


def test_orders_that_the_kasse_did_not_accept(store):
    take(store, row("ORDNUNG receivable 125,50 Erika Musterfrau"), row("BAU payable 89,00 Papierhaus", seq=3))
    step(store, "anna", "certified")
    assert [*unaccepted(store, "2026-12-31")] == [], "the office is not done with them"
    step(store, "bernd", "approved")
    day = store.now[:10]
    assert said(unaccepted(store, day)) == [
        ("order.unaccepted", day, "1", "8900"), ("order.unaccepted", day, "1", "12550"),
    ]  # fmt: skip
    assert [*unaccepted(store, "2026-01-01")] == [], "approved later than the day that is closed"
    step(store, "clara", "accepted")
    assert [*unaccepted(store, day)] == []


def test_a_change_of_the_law(store):
    assert (law_waits_since(store), [*waiting_work(store, "2026-11-16", "2026-11-16")]) == (None, [])
    made = propose_law(act(store, "root"), FILES)
    assert law_waits_since(store) == store.now[:10]
    assert [one.code for one in waiting_work(store, "2026-11-16", "2026-11-16")] == ["law.waits"]
    release_law(act(store, "emil"), made.number)
    assert law_waits_since(store) is None
