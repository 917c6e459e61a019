"""Cash desks for tests: opened by a head, held by dirk, with what must hold after every step."""

from ledger.cash.check_store import cash_contradictions
from ledger.cash.count_store import confirm, count
from ledger.cash.desks import DeskPlan
from ledger.cash.desks_reader import balance, find_desk
from ledger.cash.desks_store import open_new
from tests.bankbooks import check_invariants
from tests.books import act

DAY = "2026-11-16"


def desk(store, code="B1", *, office="KASSE", holder="dirk", **more):
    """Open a desk as a head and go on as its holder."""
    act(store, "emil")
    done = open_new(store, DeskPlan(code, office, more.pop("name", "Barkasse im Rathaus"), holder, **more))
    act(store, holder)
    return done.desk


def fund(store, code="H1", *, office="ORDNUNG", holder="clara", fixed_cents=20000, **more):
    return desk(
        store, code, office=office, holder=holder, kind="fund", fixed_cents=fixed_cents, name="Handkasse", **more
    )


def on(store, day: str):
    """Go on with another day."""
    store.today = day
    return store


def held(store, code="B1") -> int:
    return balance(store, find_desk(store, code, store.today))


def counted(store, pieces, code="B1", *, counter="dirk", witness="emil"):
    """Count a desk and let another person sign."""
    act(store, counter)
    count(store, code, pieces)
    act(store, witness)
    done = confirm(store, code)
    act(store, counter)
    return done


def pieces(cents: int) -> dict[int, int]:
    """Return notes and coins that make the sum."""
    found = {}
    for value in (50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1):
        found[value], cents = divmod(cents, value)
    return {value: number for value, number in found.items() if number}


def check(store) -> None:
    """Check that books, items and cash agree."""
    check_invariants(store)
    assert [finding.fields for finding in cash_contradictions(store)] == []
