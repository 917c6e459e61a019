"""`kasse item` and `kasse suspense explain`: every match afterwards, with rule, evidence and who decided."""

import pytest

from ledger.bank.posting_store import post_staged
from ledger.items.targets_store import register
from tests.bankbooks import check_invariants, item, reference, staged
from tests.books import opened, sqlite_copy

PAYER = {"name": "Erika Mustermann", "counter_iban": "DE89370400440532013000"}


@pytest.fixture
def town(shell, sqlite_template):
    """A book in which one item was paid by rule, in part by a person, and a case is left."""
    shell.environ["KASSE_USER"] = "clara"
    with sqlite_copy(sqlite_template, shell.folder) as location:
        store = opened(location, "import")
        main = item(store, "50", reference(store, 1), name="Erika Mustermann", iban=PAYER["counter_iban"])
        person = store.value("SELECT max(id) FROM party")
        fee = item(store, "5", person=person, main_item=main)
        item(store, "12,50", reference(store, 2), office="BAU", name="Max Muster")
        with store.unit(["KASSE", "ORDNUNG"]):
            register(store, reference(store, 8), "letter", "ORDNUNG", 7, [("ORDNUNG", main), ("ORDNUNG", fee)])
        staged(store, "20", f"Rate {reference(store, 1)}", day="2026-11-12", **PAYER)
        staged(store, "60", "für den Hund", day="2026-11-13", **PAYER)
        post_staged(store)
        store.close()
        yield shell
        store = opened(location)
        check_invariants(store)
        store.close()


def test_items_are_listed_and_shown(town):
    town.transcript(
        "item",
        "kasse item list",
        "kasse item list --party 'mustermann erika' --csv",
        "kasse item list --office BAU --kind receivable --due-until 2026-12-31",
        "kasse item list --office MOND",
        "kasse item lock ORDNUNG/1 --kind dunning --reason Widerspruch",
        "kasse item show 1000.0000.0001.5",
        "kasse item show 1000000000082 --json",
        "kasse item show 1000000000990",
    )


def test_every_match_is_explained(town):
    cases = town("kasse suspense list --json").data["cases"]
    number = cases[0]["number"]
    town.transcript(
        "explain",
        f"kasse suspense assign {number} ORDNUNG/1 --amount 30",
        f"kasse suspense explain {number}",
        f"kasse suspense undo {number} --last --reason 'another dog'",
        "kasse item explain 1000000000015",
        f"kasse suspense explain {number} --json",
        "kasse suspense explain 99",
        "kasse item explain ORDNUNG/99",
    )
