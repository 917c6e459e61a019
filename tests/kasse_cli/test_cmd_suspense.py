"""`kasse suspense` as a clerk types it."""

import pytest

from ledger.bank.posting_store import post_staged
from tests.bankbooks import check_invariants, item, reference, staged
from tests.books import opened, sqlite_copy


@pytest.fixture
def town(shell, sqlite_template):
    """A book with unclear money: Erika's without a reference, a debit, and two open items."""
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        item(store, "50", reference(store, 1), name="Erika Mustermann", iban="DE89370400440532013000")
        item(store, "12,50", reference(store, 2), office="BAU", name="Erika Mustermann")
        person = store.value("SELECT max(id) FROM party")
        item(store, "7", reference(store, 3), office="BAU", person=person)
        said = {"name": "Erika Mustermann", "counter_iban": "DE89370400440532013000"}
        staged(store, "60", "Danke für alles", day="2026-11-12", **said)
        staged(store, "10", "gruss", day="2026-11-19", **said)
        staged(store, "-99", "Abschlag Strom", day="2026-11-16", name="Stadtwerke", gvc="105")
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        store.close()


def number(town) -> list[int]:
    return [case["number"] for case in town("kasse suspense list --json").data["cases"]]


def test_cases_are_listed_looked_at_and_assigned(town):
    first, *_ = number(town)
    town.transcript(
        "suspense",
        "kasse suspense list",
        "kasse suspense list --older-than 5 --csv",
        f"kasse suspense show {first}",
        f"kasse suspense assign {first} 1000000000015 --amount 40",
        f"kasse suspense assign {first} --items 1000000000015=10,00 BAU/1=5",
        f"kasse suspense assign {first} 1000.0000.0002.3 --surplus credit",
        f"kasse suspense assign {first} 1000000000015",
        f"kasse suspense show {first}",
        f"kasse suspense assign {first}",
        "kasse suspense assign 99 1000000000015",
        "kasse suspense assign 2 1000000000015 BAU/1 --amount 5",
        "kasse suspense assign 2 1000000000015 --user anna",
    )


def test_the_same_for_scripts(town):
    first, *_ = number(town)
    town.transcript(
        "suspense-json",
        "kasse suspense list --json --older-than 5",
        f"kasse suspense show {first} --json",
        f"kasse suspense assign {first} 1000000000015 --json",
        f"kasse suspense assign {first} 1000000000015 --json",
        f"kasse suspense assign {first} 1000000000996=1,00 --json",
        f"kasse suspense assign {first} 1000000000015=1.000 --json",
    )
