"""Money is spread in the order of the book's own law, by reconciling and at the clarification desk alike."""

from datetime import date

import pytest

from kasse_cli.demo.bank import Booking, DemoBank
from ledger.items.targets_store import register
from tests.bankbooks import item, party, reference
from tests.books import MAIN_IBAN, opened


@pytest.fixture
def claims(shell, book):
    """A reminder's fee that is due earlier, and a way's fee that Hamburg's law settles before it (§ 18 VKO HH)."""
    shell.environ |= {"KASSE_BOOK": book, "KASSE_USER": "import"}
    store = opened(book)
    text = reference(store, 7)
    with store.unit(["KASSE"]):
        person = party(store, "Max Mustermann")
    numbers = [
        item(store, "5,00", person=person, claim_kind=kind, profile="fee", due=due)
        for kind, due in (("mahngebuehr", "2026-10-01"), ("wegegeld", "2026-10-20"))
    ]
    with store.unit(["ORDNUNG", "KASSE"]):
        register(store, text, "case", "ORDNUNG", 1, [("ORDNUNG", number) for number in numbers])
    store.close()
    return shell, book, text


def paid(book):
    store = opened(book)
    found = store.value("SELECT claim_kind FROM item WHERE kind = 'receivable' AND open_cents = 0")
    store.close()
    return found


def statement(shell, text):
    booking = Booking(500, "Max Mustermann", lines=(text,))
    (shell.folder / "tag.xml").write_bytes(DemoBank(MAIN_IBAN, 0).statement(date(2026, 11, 16), (booking,)))


def test_reconciling_follows_the_law_of_the_land(claims):
    shell, book, text = claims
    statement(shell, text)
    assert shell("kasse reconcile tag.xml").code == 0
    assert paid(book) == "wegegeld"


def test_so_does_the_clarification_desk(claims):
    shell, book, text = claims
    statement(shell, "ohne ein Wort")
    assert shell("kasse reconcile tag.xml").code in {0, 3}
    done = shell(f"kasse suspense assign 1 {text} --user clara")
    assert done.code == 0, done.err
    assert paid(book) == "wegegeld"
